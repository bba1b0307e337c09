"""Control: people who are told what to do from outside, instead of following their doctrine.

A command (``World.control``) stands until the next one. It says either which option of the doctrine to take up, whatever
that would score, or in which direction to run and at what pace; and beside it which technique to begin against whom, as
soon as nothing hinders it. Bodies, senses and nerve are the person's own: a command cannot do what its body cannot.

Who runs in a direction climbs, drops or leaps where the next cell asks for it and the body allows it, as along a way.
Compiled only for those who ask for it (``control`` in ``uses``): worlds played by doctrine alone are not slowed by it.
"""

import warp as wp

from rearguard.engine.airborne import HAND_REACH, far_side
from rearguard.engine.columns import Body, Effect
from rearguard.engine.doctrine import gather_view, needs_target, resolve_target
from rearguard.engine.events import Event, note
from rearguard.engine.exertion import pace_speed
from rearguard.engine.ground import STEP, cell_of, centre_of, direction_of, inside
from rearguard.engine.knowledge import bit
from rearguard.engine.leap import TAKEOFF_SHARE, leap_range, takeoff_upward
from rearguard.engine.model import Model
from rearguard.engine.steer import ANY_SPEED, LEAP, steer
from rearguard.engine.techniques import Hindrance, begin, bond, hindrance
from rearguard.engine.world import World

BY_POLICY = wp.constant(2)
"""Value of ``World.control.commanded`` for those whose commands come from a policy (``policy``); 1: from outside."""
COMPASS = wp.constant(9)
"""Moves before the options of the doctrine: to stand, and the eight directions by their code."""
AHEAD = wp.constant(10.0)
"""How far ahead the mark of one who runs in a direction is set [m]: farther than anybody runs between two commands."""
EIGHTH = wp.constant(0.7853982)
"""An eighth of a turn [rad]."""
NO_FLOOR = wp.constant(1.0e8)
"""Height from which on a cell's floor means that nobody can stand there [m]."""


@wp.func
def code_of(direction: wp.vec2) -> int:
    """The direction code (``ground.direction_of``) nearest to a direction."""
    return int(wp.round(wp.atan2(direction[1], direction[0]) / EIGHTH) + 8.0) & 7


@wp.func
def can_leap(m: Model, s: World, w: int, i: int, row: int, column: int, d: wp.vec2i) -> bool:
    """True when a gap begins next to a cell in a grid direction and the body can clear it, or catch its far edge."""
    g = m.ground
    far = far_side(m, s, w, i, row, column, d)
    if far == 0:
        return False
    here = g.elevation[row, column]
    for k in range(1, far):
        if g.elevation[row + k * d[0], column + k * d[1]] > here + STEP:
            return False
    sprint = s.body[w, i, int(Body.sprint)]
    upward = takeoff_upward(s.body[w, i, int(Body.leap)], sprint)
    drop = here - g.elevation[row + far * d[0], column + far * d[1]]
    gap = float(far - 1) * g.cell * wp.length(wp.vec2(float(d[0]), float(d[1])))
    return leap_range(TAKEOFF_SHARE * sprint * (1.0 - s.strength.slow[w, i]), upward, drop) + HAND_REACH >= gap


@wp.func
def link_toward(m: Model, s: World, w: int, i: int, code: int) -> int:
    """The link by which an agent gets on in a direction: code of a climb, drop or leap; -1: on foot, or not at all."""
    g = m.ground
    c = cell_of(g, s.motion.position[w, i])
    d = direction_of(code)
    row = c[0] + d[0]
    column = c[1] + d[1]
    if not inside(g, row, column):
        return -1
    floor = g.floor[row, column]
    rise = floor - s.motion.height[w, i]
    if wp.abs(rise) <= STEP:
        return -1
    if rise < 0.0 and -rise <= s.body[w, i, int(Body.drop)]:
        return code
    if rise > 0.0 and rise <= s.body[w, i, int(Body.climb)] and floor < NO_FLOOR:
        return code
    if can_leap(m, s, w, i, c[0], c[1], d):
        return code | LEAP
    return -1


@wp.func
def head(m: Model, s: World, w: int, i: int):
    """Run in the commanded direction, or stand."""
    p = s.motion.position[w, i]
    direction = s.control.direction[w, i]
    s.motion.link[w, i] = -1
    if wp.dot(direction, direction) < 1.0e-6:
        s.motion.arrival[w, i] = 0.0
        s.motion.mark[w, i] = p
        return
    s.motion.speed_wanted[w, i] = pace_speed(
        s.control.pace[w, i], s.body[w, i, int(Body.critical_speed)], s.body[w, i, int(Body.sprint)]
    )
    s.motion.arrival[w, i] = ANY_SPEED
    s.motion.mark[w, i] = p + direction * AHEAD
    code = code_of(direction)
    link = link_toward(m, s, w, i, code)
    if link >= 0:
        c = cell_of(m.ground, p)
        d = direction_of(code)
        s.motion.link[w, i] = link
        s.motion.mark[w, i] = centre_of(m.ground, c[0] + d[0], c[1] + d[1])


@wp.func
def can_take_up(m: Model, s: World, w: int, i: int, option: int, target: int) -> bool:
    """True when an order of the doctrine means something now and is not barred."""
    order = m.doctrine.order[option]
    if (s.barred_order[w, i] & bit(order)) != wp.uint64(0):
        return False
    return target >= 0 or not needs_target(order)


@wp.func
def take_up(m: Model, s: World, w: int, tick: int, i: int, option: int):
    """Follow an option of the doctrine; without somebody it could be about, stand."""
    v = gather_view(m, s, w, i, float(tick) * m.dt)
    target = resolve_target(m, s, w, i, v, m.doctrine.target[option], m.doctrine.named[option])
    taken = option
    if not can_take_up(m, s, w, i, option, target):
        taken = -1
    if taken >= 0 and (taken != s.mind.option[w, i] or target != s.mind.target[w, i]):
        note(s, w, tick, int(Event.order), i, target, m.doctrine.order[taken], 1.0, s.motion.position[w, i])
    s.mind.option[w, i] = taken
    s.mind.target[w, i] = target


@wp.func
def is_against_foes(effect: int) -> bool:
    """True for effects that are meant for people of another side; the others may be used on anybody."""
    return effect <= int(Effect.pin) or effect == int(Effect.missile) or effect == int(Effect.taunt)


@wp.func
def can_use(m: Model, s: World, w: int, time: float, i: int, slot: int, target: int) -> bool:
    """True when a technique can be begun now against somebody; ``bond`` apart."""
    technique = m.craft[i, slot]
    if technique < 0 or (s.barred_use[w, i] & bit(slot)) != wp.uint64(0):
        return False
    if target >= 0 and target < m.people and is_against_foes(m.effect[technique]):
        if m.side[target] == m.side[i]:
            return False
    return hindrance(m, s, w, time, i, slot, target) == int(Hindrance.none)


@wp.func
def use_at_once(m: Model, s: World, w: int, tick: int, i: int):
    """Begin the commanded technique if nothing hinders it now; else it is tried again in the next tick."""
    slot = s.control.slot[w, i]
    time = float(tick) * m.dt
    if bond(s, w, i, time) == int(Hindrance.none):
        if can_use(m, s, w, time, i, slot, s.control.target[w, i]):
            begin(m, s, w, tick, i, slot, s.control.target[w, i])
            s.control.slot[w, i] = -1


@wp.func
def give_command(m: Model, s: World, w: int, i: int, move: int, option: int, pace: float, use: int):
    """Command a move (0: stand, 1 to 8: a direction, above: ``option`` of the doctrine) and a use (slot x people + target + 1)."""
    direction = wp.vec2(0.0, 0.0)
    if move >= 1 and move < COMPASS:
        d = direction_of(move - 1)
        direction = wp.normalize(wp.vec2(float(d[1]), float(d[0])))
    s.control.direction[w, i] = direction
    s.control.option[w, i] = option
    s.control.pace[w, i] = pace
    s.control.slot[w, i] = -1
    if use >= 1 and use <= m.slots * m.people:
        s.control.slot[w, i] = (use - 1) // m.people
        s.control.target[w, i] = (use - 1) % m.people


@wp.func
def obey(m: Model, s: World, w: int, tick: int, i: int, think: bool, look: bool):
    """One tick of a commanded agent on its feet; ``think`` and ``look``: its turns to choose a target and to find the way."""
    option = s.control.option[w, i]
    if option >= 0:
        new = option != s.mind.option[w, i]
        if think or new:
            take_up(m, s, w, tick, i, option)
        if think or new or look:
            steer(m, s, w, tick, i)
    else:
        s.mind.option[w, i] = -1
        s.mind.target[w, i] = -1
        head(m, s, w, i)
    s.mind.decided[w, i] = tick
    if s.control.slot[w, i] >= 0:
        use_at_once(m, s, w, tick, i)
    if s.control.goal[w, i] != wp.uint32(0):
        c = cell_of(m.ground, s.motion.position[w, i])
        if (m.ground.zones[c[0], c[1]] & s.control.goal[w, i]) != wp.uint32(0):
            s.control.arrived[w, i] = 1

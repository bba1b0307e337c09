"""What an agent knows, as numbers for one who learns to be it; and the truth, for critics.

An observation is made of the agent's own body, its senses and its beliefs, with their ages; nothing of it is the truth about
what the agent does not perceive. Places are relative to the agent. Units are scaled so that usual values lie within
[-1, 1] (``METRES``, ``SECONDS``, ``SPEED``) and clipped to [-``MOST``, ``MOST``].

Layout: ``Own``, then 8 ``ways`` and 8 ``links`` (by direction code), then ``Skill`` per technique slot, then ``Other`` per
entity but oneself, in the order of the scenario. Shapes: [worlds, learners, features].
"""

from enum import IntEnum

import warp as wp

from rearguard.engine.columns import Body
from rearguard.engine.control import link_toward
from rearguard.engine.ground import STEP, cell_of, direction_of, inside
from rearguard.engine.hearing import ambient_intensity, level_of
from rearguard.engine.jams import crowd_within
from rearguard.engine.knowledge import bit, sees
from rearguard.engine.marks import next_mark
from rearguard.engine.model import Ground, Model
from rearguard.engine.steer import believed, velocity_of
from rearguard.engine.techniques import Hindrance, bond, technique_cost
from rearguard.engine.trail import unpack_place
from rearguard.engine.world import ActPhase, Mode, World

METRES = wp.constant(50.0)
"""Length that counts as 1 [m]."""
SECONDS = wp.constant(10.0)
"""Duration that counts as 1 [s]."""
SPEED = wp.constant(10.0)
"""Speed that counts as 1 [m/s]."""
MOST = wp.constant(10.0)
"""Largest value of an observation."""
WAY = wp.constant(20.0)
"""How far a way is looked along [m]."""


class Own(IntEnum):
    """What an agent knows of itself."""

    time = 0  # share of the longest time
    x = 1  # share of the map's extent, from its left edge
    y = 2
    height = 3
    vx = 4
    vy = 5
    heading_x = 6
    heading_y = 7
    feet = 8  # 1 in this mode of the body, else 0
    air = 9
    climb = 10
    skid = 11
    down = 12
    hang = 13
    timer = 14  # time left in the mode
    reserve = 15  # share of the running reserve
    spent = 16  # 1: overdrawn
    power = 17  # share of the second reserve
    wound = 18
    blood = 19  # lost [L]
    arm = 20
    slow = 21
    held = 22  # 1: in a hold
    holding = 23  # how many are held
    windup = 24
    lunge = 25
    recovery = 26
    act_timer = 27  # time left of that
    hesitation = 28  # time left of it
    shock = 29
    presence = 30
    presence_stage = 31
    carrying = 32
    threatened = 33  # 1: a wind-up has been read
    bidden = 34  # 1: an order is in the ear
    noise = 35  # of the surroundings [100 dB]
    on_trail = 36
    trail_x = 37  # next print of it
    trail_y = 38
    mark_known = 39
    mark_x = 40  # next way mark
    mark_y = 41
    crowd = 42  # pedestrians near, in tens


class Skill(IntEnum):
    """What an agent knows of a technique of its own."""

    ready = 0  # 1: it could be begun now if there is somebody to use it on
    cooldown = 1  # time left
    uses = 2  # uses so far, in tens
    cost = 3  # of the next use, as a share of all the power


class Other(IntEnum):
    """What an agent knows of another entity; all 0 when it knows nothing."""

    known = 0
    seen = 1
    heard = 2
    source = 3  # number of the ``Source`` over 8
    x = 4  # relative to oneself, as believed
    y = 5
    distance = 6
    age = 7  # of that belief
    vx = 8  # while seen
    vy = 9
    friend = 10
    down = 11  # while seen: off the feet
    held = 12
    busy = 13  # in a wind-up or a lunge
    threat = 14  # its wind-up has been read
    falters = 15
    carried = 16  # by oneself
    stage = 17  # of a payload, as believed


class Truth(IntEnum):
    """A person in the state that is told to critics."""

    x = 0
    y = 1
    height = 2
    vx = 3
    vy = 4
    mode = 5  # number of the ``Mode`` over 8
    reserve = 6
    power = 7
    wound = 8
    held = 9
    carrying = 10


class Load(IntEnum):
    """A payload in that state."""

    x = 0
    y = 1
    stage = 2
    left = 3  # time to the next stage
    carriers = 4


def feature_count(slots: int, entities: int) -> int:
    """Numbers of an observation."""
    return len(Own) + 16 + slots * len(Skill) + (entities - 1) * len(Other)


@wp.func
def clipped(x: float) -> float:
    """A value within the bounds of an observation."""
    return wp.clamp(x, -MOST, MOST)


@wp.func
def flag(x: bool) -> float:
    """1 for true, 0 for false."""
    return wp.where(x, 1.0, 0.0)


@wp.func
def open_way(g: Ground, p: wp.vec2, height: float, code: int) -> float:
    """How far one can walk from ``p`` in a direction without climb or drop, as a share of ``WAY``."""
    d = direction_of(code)
    span = g.cell * wp.length(wp.vec2(float(d[0]), float(d[1])))
    c = cell_of(g, p)
    row = int(c[0])
    column = int(c[1])
    here = float(height)
    length = float(0.0)
    free = bool(True)
    while free and length < WAY:
        row = row + d[0]
        column = column + d[1]
        free = inside(g, row, column)
        if free:
            there = g.floor[row, column]
            free = wp.abs(there - here) <= STEP
            here = there
        if free:
            length = length + span
    return wp.min(length / WAY, 1.0)


@wp.func
def tell_own(m: Model, s: World, w: int, i: int, time: float, o: wp.array(dtype=wp.float32)):
    """Body, mind and surroundings of an agent."""
    g = m.ground
    p = s.motion.position[w, i]
    v = s.motion.velocity[w, i]
    mode = s.motion.mode[w, i]
    phase = s.act.phase[w, i]
    o[int(Own.time)] = time / (float(m.limit_ticks) * m.dt)
    o[int(Own.x)] = p[0] / (float(g.columns) * g.cell)
    o[int(Own.y)] = p[1] / (float(g.rows) * g.cell)
    o[int(Own.height)] = clipped(s.motion.height[w, i] / SECONDS)
    o[int(Own.vx)] = v[0] / SPEED
    o[int(Own.vy)] = v[1] / SPEED
    o[int(Own.heading_x)] = s.motion.heading[w, i][0]
    o[int(Own.heading_y)] = s.motion.heading[w, i][1]
    for k in range(6):
        o[int(Own.feet) + k] = flag(mode == int(Mode.feet) + k)
    o[int(Own.timer)] = clipped(wp.max(s.motion.timer[w, i], 0.0) / SECONDS)
    o[int(Own.reserve)] = s.strength.reserve[w, i] / wp.max(s.body[w, i, int(Body.reserve)], 1.0e-6)
    o[int(Own.spent)] = float(s.strength.spent[w, i])
    o[int(Own.power)] = s.strength.power[w, i] / wp.max(s.body[w, i, int(Body.power)], 1.0e-6)
    o[int(Own.wound)] = s.strength.wound[w, i]
    o[int(Own.blood)] = clipped(0.001 * s.strength.blood[w, i])
    o[int(Own.arm)] = s.strength.arm[w, i]
    o[int(Own.slow)] = s.strength.slow[w, i]
    o[int(Own.held)] = flag(s.act.held_by[w, i] >= 0)
    o[int(Own.holding)] = float(s.act.heads[w, i])
    o[int(Own.windup)] = flag(phase == int(ActPhase.windup))
    o[int(Own.lunge)] = flag(phase == int(ActPhase.lunge))
    o[int(Own.recovery)] = flag(phase == int(ActPhase.recovery))
    o[int(Own.act_timer)] = 0.0
    if phase != int(ActPhase.none):
        o[int(Own.act_timer)] = clipped(wp.max(s.act.timer[w, i], 0.0) / SECONDS)
    o[int(Own.hesitation)] = clipped(wp.max(s.nerve.falters_until[w, i] - time, 0.0) / SECONDS)
    o[int(Own.shock)] = s.nerve.shock[w, i]
    o[int(Own.presence)] = s.nerve.felt[w, i]
    o[int(Own.presence_stage)] = clipped(float(int(s.nerve.felt_stage[w, i]) + 1) / 8.0)
    o[int(Own.carrying)] = flag(s.cargo.carried[w, i] >= 0)
    o[int(Own.threatened)] = flag(s.act.threat[w, i] >= 0 and time >= s.act.threat_at[w, i])
    o[int(Own.bidden)] = flag(s.nerve.bidden[w, i] >= 0 and time < s.nerve.bidden_until[w, i])
    o[int(Own.noise)] = 0.01 * level_of(ambient_intensity(m, p))
    o[int(Own.on_trail)] = 0.0
    o[int(Own.trail_x)] = 0.0
    o[int(Own.trail_y)] = 0.0
    if s.mind.crumb[w, i] >= 0 and s.mind.trail[w, i] >= 0:
        k = s.mind.trail[w, i]
        crumb = unpack_place(g, s.trail.place[w, k, s.mind.crumb[w, i] % s.trail.place.shape[2]])
        o[int(Own.on_trail)] = 1.0
        o[int(Own.trail_x)] = clipped((crumb[0] - p[0]) / METRES)
        o[int(Own.trail_y)] = clipped((crumb[1] - p[1]) / METRES)
    o[int(Own.mark_known)] = 0.0
    o[int(Own.mark_x)] = 0.0
    o[int(Own.mark_y)] = 0.0
    if s.things.marks[w] > 0:
        n = next_mark(m, s, w, i, time)
        if n >= 0:
            at = s.things.mark_at[w, n]
            o[int(Own.mark_known)] = 1.0
            o[int(Own.mark_x)] = clipped((at[0] - p[0]) / METRES)
            o[int(Own.mark_y)] = clipped((at[1] - p[1]) / METRES)
    o[int(Own.crowd)] = 0.0
    if m.throng.pedestrians > 0:
        o[int(Own.crowd)] = clipped(0.1 * crowd_within(m, s, w, p, 12.0))


@wp.func
def tell_skill(m: Model, s: World, w: int, i: int, slot: int, time: float, first: int, o: wp.array(dtype=wp.float32)):
    """A technique of one's own."""
    for k in range(int(Skill.cost) + 1):
        o[first + k] = 0.0
    technique = m.craft[i, slot]
    if technique < 0:
        return
    used = s.act.uses[w, i, slot]
    cost = technique_cost(s, w, i, slot, technique)
    ready = time >= s.act.ready_at[w, i, slot] and cost <= s.strength.power[w, i] and s.strength.arm[w, i] <= 0.5
    ready = ready and (m.limit[technique] < 0 or used < m.limit[technique])
    o[first + int(Skill.ready)] = flag(ready and bond(s, w, i, time) == int(Hindrance.none))
    o[first + int(Skill.cooldown)] = clipped(wp.max(s.act.ready_at[w, i, slot] - time, 0.0) / SECONDS)
    o[first + int(Skill.uses)] = clipped(0.1 * float(used))
    o[first + int(Skill.cost)] = clipped(cost / wp.max(s.body[w, i, int(Body.power)], 1.0e-6))


@wp.func
def tell_other(m: Model, s: World, w: int, i: int, e: int, time: float, first: int, o: wp.array(dtype=wp.float32)):
    """What an agent knows of an entity."""
    for k in range(int(Other.stage) + 1):
        o[first + k] = 0.0
    b = s.mind.belief[w, i, e]
    if b[2] < 0.0:
        return
    d = believed(m, s, w, i, e) - s.motion.position[w, i]
    seen = sees(s, w, i, e)
    o[first + int(Other.known)] = 1.0
    o[first + int(Other.seen)] = flag(seen)
    o[first + int(Other.heard)] = flag((s.ears.heard[w, i] & bit(e)) != wp.uint64(0))
    o[first + int(Other.source)] = float(int(s.mind.how[w, i, e])) / 8.0
    o[first + int(Other.x)] = clipped(d[0] / METRES)
    o[first + int(Other.y)] = clipped(d[1] / METRES)
    o[first + int(Other.distance)] = clipped(wp.length(d) / METRES)
    o[first + int(Other.age)] = clipped((time - b[2]) / SECONDS)
    if seen:
        v = velocity_of(m, s, w, e)
        o[first + int(Other.vx)] = clipped(v[0] / SPEED)
        o[first + int(Other.vy)] = clipped(v[1] / SPEED)
    if e >= m.people:
        p = e - m.people
        o[first + int(Other.friend)] = flag(m.payload_side[p] == m.side[i])
        o[first + int(Other.carried)] = flag(s.cargo.carried[w, i] == p)
        o[first + int(Other.stage)] = float(int(s.mind.stage[w, i, p])) / 8.0
        return
    o[first + int(Other.friend)] = flag(m.side[e] == m.side[i])
    if seen:
        mode = s.motion.mode[w, e]
        phase = s.act.phase[w, e]
        o[first + int(Other.down)] = flag(mode == int(Mode.down) or mode == int(Mode.hang))
        o[first + int(Other.held)] = flag(s.act.held_by[w, e] >= 0)
        o[first + int(Other.busy)] = flag(phase == int(ActPhase.windup) or phase == int(ActPhase.lunge))
        o[first + int(Other.threat)] = flag(s.act.threat[w, i] == e and time >= s.act.threat_at[w, i])
        o[first + int(Other.falters)] = flag(s.nerve.falters_until[w, e] > time)


@wp.func
def tell_agent(m: Model, s: World, w: int, i: int, o: wp.array(dtype=wp.float32)):
    """The whole observation of an agent."""
    time = float(s.account.tick[w]) * m.dt
    tell_own(m, s, w, i, time, o)
    n = int(int(Own.crowd) + 1)
    for code in range(8):
        o[n + code] = open_way(m.ground, s.motion.position[w, i], s.motion.height[w, i], code)
        o[n + 8 + code] = flag(link_toward(m, s, w, i, code) >= 0)
    n = n + 16
    for slot in range(m.slots):
        tell_skill(m, s, w, i, slot, time, n, o)
        n = n + int(Skill.cost) + 1
    for e in range(m.entities):
        if e != i:
            tell_other(m, s, w, i, e, time, n, o)
            n = n + int(Other.stage) + 1


@wp.func
def tell_state(m: Model, s: World, w: int, o: wp.array(dtype=wp.float32)):
    """The truth, for critics that are thrown away after training."""
    g = m.ground
    across = 1.0 / (float(g.columns) * g.cell)
    down = 1.0 / (float(g.rows) * g.cell)
    o[0] = float(s.account.tick[w]) / float(m.limit_ticks)
    n = int(1)
    for i in range(m.people):
        p = s.motion.position[w, i]
        v = s.motion.velocity[w, i]
        o[n + int(Truth.x)] = p[0] * across
        o[n + int(Truth.y)] = p[1] * down
        o[n + int(Truth.height)] = clipped(s.motion.height[w, i] / SECONDS)
        o[n + int(Truth.vx)] = clipped(v[0] / SPEED)
        o[n + int(Truth.vy)] = clipped(v[1] / SPEED)
        o[n + int(Truth.mode)] = float(s.motion.mode[w, i]) / 8.0
        o[n + int(Truth.reserve)] = s.strength.reserve[w, i] / wp.max(s.body[w, i, int(Body.reserve)], 1.0e-6)
        o[n + int(Truth.power)] = s.strength.power[w, i] / wp.max(s.body[w, i, int(Body.power)], 1.0e-6)
        o[n + int(Truth.wound)] = s.strength.wound[w, i]
        o[n + int(Truth.held)] = flag(s.act.held_by[w, i] >= 0)
        o[n + int(Truth.carrying)] = flag(s.cargo.carried[w, i] >= 0)
        n = n + int(Truth.carrying) + 1
    for k in range(m.payloads):
        p = s.cargo.position[w, k]
        left = s.cargo.stage_ends[w, k] - float(s.account.tick[w]) * m.dt
        o[n + int(Load.x)] = p[0] * across
        o[n + int(Load.y)] = p[1] * down
        o[n + int(Load.stage)] = float(s.cargo.stage[w, k]) / 8.0
        o[n + int(Load.left)] = clipped(left / SECONDS)
        o[n + int(Load.carriers)] = 0.1 * float(s.cargo.carriers[w, k])
        n = n + int(Load.carriers) + 1

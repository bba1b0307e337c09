"""Bodies off their feet: leaping, dropping, falling, skidding, and the hands that catch an edge.

Laws are in ``leap`` and ``balance``; ``motion`` hands over to here when a link of the way is no step, and takes over again
when the feet are on the ground.
"""

import warp as wp

from rearguard.engine.columns import Body
from rearguard.engine.events import Event, note
from rearguard.engine.ground import (
    STEP,
    cell_of,
    centre_of,
    direction_of,
    floor_at,
    height_at,
    inside,
    on_map,
    walkable,
)
from rearguard.engine.leap import (
    LANDING_TIME,
    RUN_UP_TIME,
    TAKEOFF_SHARE,
    fall_wound,
    flight_time,
    leap_range,
    takeoff_upward,
)
from rearguard.engine.load import GRAVITY
from rearguard.engine.model import Model
from rearguard.engine.rng import Purpose, uniform4
from rearguard.engine.world import Mode, World
from rearguard.engine.wounds import hurt

GET_UP_TIME = wp.constant(1.6)
"""Time on the ground after losing the footing [s] (declared)."""
IMPACT_WOUND = wp.constant(0.004)
"""Share of capacity lost per (m/s)² of an impact beyond ``IMPACT_FREE`` (declared)."""
IMPACT_FREE = wp.constant(1.0)
"""Speed at which hitting a wall does no harm [m/s] (declared)."""
HAND_REACH = wp.constant(0.6)
"""How much too short a leap may be and still be caught by the hands [m] (declared)."""
ARM_LENGTH = wp.constant(1.6)
"""Height that is climbed back from hanging [m]."""
NOTED_DROP = wp.constant(2.0)
"""Drop that is worth an event [m]."""
NEAR_LEVEL = wp.constant(2.0)
"""A landing this much lower still counts as the far side of a gap, not its floor [m]."""


@wp.func
def take_off(m: Model, s: World, w: int, tick: int, i: int, landing: wp.vec2, upward: float, drop: float, delay: float):
    """Leave the ground for ``landing``; ``delay`` [s] is spent on a run-up first."""
    s.motion.mode[w, i] = int(Mode.air)
    s.motion.landing[w, i] = landing
    s.motion.upward[w, i] = upward
    s.motion.drop[w, i] = drop
    s.motion.timer[w, i] = delay + flight_time(upward, drop)


@wp.func
def hang(s: World, w: int, tick: int, i: int, edge: wp.vec2):
    """Hold on to an edge with one hand; climbing back takes as long as the arm allows."""
    s.motion.mode[w, i] = int(Mode.hang)
    s.motion.landing[w, i] = edge
    s.motion.velocity[w, i] = wp.vec2(0.0, 0.0)
    arm = 1.0 - 0.8 * s.strength.arm[w, i]
    s.motion.timer[w, i] = ARM_LENGTH / (s.body[w, i, int(Body.climb_speed)] * arm)
    note(s, w, tick, int(Event.catch_edge), i, -1, -1, s.motion.timer[w, i], edge)


@wp.func
def grips(s: World, w: int, tick: int, i: int) -> bool:
    """Draw whether an edge is caught."""
    u = uniform4(s.key[w], tick, i, int(Purpose.GRIP), 0)
    return u[0] < s.body[w, i, int(Body.grip)] * (1.0 - 0.5 * s.strength.arm[w, i])


@wp.func
def far_side(m: Model, s: World, w: int, i: int, row: int, column: int, d: wp.vec2i) -> int:
    """How many cells from a cell in a grid direction the far side of the gap there lies; 0: there is none to land on."""
    g = m.ground
    here = g.elevation[row, column]
    deepest = s.body[w, i, int(Body.drop)]
    k = int(2)
    found = int(0)
    r = int(row + 2 * d[0])
    c = int(column + 2 * d[1])
    while inside(g, r, c) and found == 0 and k < 12:
        e = g.floor[r, c]
        if e <= here + STEP and e >= here - wp.min(NEAR_LEVEL, deepest):
            found = k
        else:
            k = k + 1
            r = row + k * d[0]
            c = column + k * d[1]
    return found


@wp.func
def leap(m: Model, s: World, w: int, tick: int, i: int, row: int, column: int, d: wp.vec2i):
    """Leap from a cell in a grid direction to the far side of the gap there; too short a leap is caught by hand or falls."""
    g = m.ground
    here = g.elevation[row, column]
    span = g.cell * wp.length(wp.vec2(float(d[0]), float(d[1])))
    sprint = s.body[w, i, int(Body.sprint)]
    upward = takeoff_upward(s.body[w, i, int(Body.leap)], sprint)
    found = far_side(m, s, w, i, row, column, d)
    if found == 0:
        return
    r = row + found * d[0]
    c = column + found * d[1]
    gap = float(found - 1) * span
    drop = here - g.elevation[r, c]
    speed = wp.length(s.motion.velocity[w, i])
    best = leap_range(TAKEOFF_SHARE * sprint * (1.0 - s.strength.slow[w, i]), upward, drop)
    reach = leap_range(TAKEOFF_SHARE * speed, upward, drop)
    if best + HAND_REACH < gap:
        return
    delay = float(0.0)
    if reach < gap and best >= gap:
        delay = RUN_UP_TIME
        reach = best
    far = centre_of(g, r, c)
    note(s, w, tick, int(Event.leap), i, -1, -1, gap, s.motion.position[w, i])
    if reach >= gap:
        take_off(m, s, w, tick, i, far, upward, drop, delay)
    elif reach + HAND_REACH >= gap and grips(s, w, tick, i):
        hang(s, w, tick, i, far)
    else:
        fall_off(m, s, w, tick, i, row + d[0], column + d[1])


@wp.func
def fall_off(m: Model, s: World, w: int, tick: int, i: int, row: int, column: int):
    """Come down, on purpose or not, into a lower cell."""
    g = m.ground
    r = wp.clamp(row, 0, g.rows - 1)
    c = wp.clamp(column, 0, g.columns - 1)
    drop = s.motion.height[w, i] - g.floor[r, c]
    if drop < 0.0:
        s.motion.velocity[w, i] = wp.vec2(0.0, 0.0)
        return
    take_off(m, s, w, tick, i, centre_of(g, r, c), 0.0, drop, 0.0)
    if drop > s.body[w, i, int(Body.drop)] + 0.01:
        note(s, w, tick, int(Event.fall), i, -1, -1, drop, s.motion.position[w, i])
    elif drop > NOTED_DROP:
        note(s, w, tick, int(Event.drop), i, -1, -1, drop, s.motion.position[w, i])


@wp.func
def take_link(m: Model, s: World, w: int, tick: int, i: int, code: int):
    """Leap, climb or drop along a link of the way."""
    g = m.ground
    d = direction_of(code)
    # the mark is the centre of the next cell; the link starts one step before it, wherever the feet are by now
    ahead = cell_of(g, s.motion.mark[w, i])
    row = ahead[0]
    column = ahead[1]
    s.motion.link[w, i] = -1
    if not inside(g, row - d[0], column - d[1]):
        return
    rise = g.elevation[row, column] - s.motion.height[w, i]
    if (code & 8) != 0:
        leap(m, s, w, tick, i, row - d[0], column - d[1], d)
    elif rise > STEP:
        speed = s.body[w, i, int(Body.climb_speed)] * (1.0 - 0.7 * s.strength.arm[w, i])
        s.motion.mode[w, i] = int(Mode.climb)
        s.motion.timer[w, i] = rise / speed
        s.motion.landing[w, i] = centre_of(g, row, column)
        s.motion.velocity[w, i] = wp.vec2(0.0, 0.0)
        note(s, w, tick, int(Event.climb), i, -1, -1, rise, s.motion.position[w, i])
    elif rise < -STEP:
        fall_off(m, s, w, tick, i, row, column)


@wp.func
def fly(m: Model, s: World, w: int, tick: int, i: int):
    """One tick in the air: leap, drop or fall."""
    left = s.motion.timer[w, i]
    to = s.motion.landing[w, i]
    p = s.motion.position[w, i]
    if left > m.dt:
        q = p + (to - p) * (m.dt / left)
        s.motion.position[w, i] = q
        tau = left - m.dt
        total = flight_time(s.motion.upward[w, i], s.motion.drop[w, i])
        flying = wp.min(tau, total)
        down = GRAVITY * total - s.motion.upward[w, i]
        s.motion.height[w, i] = height_at(m.ground, to) + down * flying - 0.5 * GRAVITY * flying * flying
        s.motion.timer[w, i] = tau
        s.account.distance[w, i] += wp.length(q - p)
        return
    s.motion.position[w, i] = to
    s.motion.height[w, i] = height_at(m.ground, to)
    s.account.distance[w, i] += wp.length(to - p)
    drop = s.motion.drop[w, i]
    safe = s.body[w, i, int(Body.drop)]
    s.motion.mode[w, i] = int(Mode.down)
    if drop > safe + 0.01 and s.motion.upward[w, i] == 0.0:
        hurt(s, w, i, fall_wound(drop, safe))
        s.motion.velocity[w, i] = wp.vec2(0.0, 0.0)
        s.motion.timer[w, i] = GET_UP_TIME
        s.motion.topples[w, i] = 1
        note(s, w, tick, int(Event.down), i, -1, -1, s.strength.wound[w, i], to)
    else:
        absorbed = wp.clamp(drop / wp.max(safe, 0.5), 0.0, 1.0)
        s.motion.velocity[w, i] = s.motion.velocity[w, i] * (0.9 - 0.5 * absorbed)
        s.motion.timer[w, i] = LANDING_TIME * absorbed
        s.motion.topples[w, i] = 0
    if s.motion.timer[w, i] < m.dt:
        s.motion.mode[w, i] = int(Mode.feet)


@wp.func
def skid(m: Model, s: World, w: int, tick: int, i: int):
    """One tick off one's line: friction, obstacles and edges decide."""
    g = m.ground
    p = s.motion.position[w, i]
    v = s.motion.velocity[w, i]
    h = s.motion.height[w, i]
    cell = cell_of(g, p)
    speed = wp.length(v)
    slow = wp.max(speed - g.friction[int(g.kind[cell[0], cell[1]])] * GRAVITY * m.dt, 0.0)
    new = v
    if speed > 1.0e-6:
        new = v * (slow / speed)
    q = p + (v + new) * (0.5 * m.dt)
    s.motion.velocity[w, i] = new
    s.motion.timer[w, i] = s.motion.timer[w, i] - m.dt
    if walkable(m.ground, q, h):
        s.motion.position[w, i] = q
        s.motion.height[w, i] = height_at(g, q)
        if s.motion.timer[w, i] <= 0.0 or slow <= 0.0:
            if s.motion.topples[w, i] == 1:
                s.motion.mode[w, i] = int(Mode.down)
                s.motion.timer[w, i] = GET_UP_TIME
                s.motion.velocity[w, i] = wp.vec2(0.0, 0.0)
                note(s, w, tick, int(Event.down), i, -1, -1, s.strength.wound[w, i], q)
            else:
                s.motion.mode[w, i] = int(Mode.feet)
        return
    drop = h - floor_at(g, q)
    if on_map(g, q) and drop > STEP:
        if grips(s, w, tick, i):
            hang(s, w, tick, i, p)
        else:
            note(s, w, tick, int(Event.fall), i, -1, -1, drop, p)
            take_off(m, s, w, tick, i, q, 0.0, drop, 0.0)
        return
    share = IMPACT_WOUND * wp.pow(wp.max(speed - IMPACT_FREE, 0.0), 2.0)
    hurt(s, w, i, share)
    s.motion.velocity[w, i] = wp.vec2(0.0, 0.0)
    note(s, w, tick, int(Event.impact), i, -1, -1, share, p)
    s.motion.timer[w, i] = 0.0
    if s.motion.topples[w, i] == 1:
        s.motion.mode[w, i] = int(Mode.down)
        s.motion.timer[w, i] = GET_UP_TIME
        note(s, w, tick, int(Event.down), i, -1, -1, s.strength.wound[w, i], p)
    else:
        s.motion.mode[w, i] = int(Mode.feet)

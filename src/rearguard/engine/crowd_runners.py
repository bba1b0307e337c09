"""Runners among pedestrians: what a crowd takes from their speed, whom they run over, and who makes way.

A runner's share of the speed is Weidmann's fundamental diagram at the density ahead; who is hit falls when the balance of
``balance`` says so. How pedestrians make way is declared.
"""

import warp as wp

from rearguard.engine.balance import withstood_speed
from rearguard.engine.columns import Body, Walk
from rearguard.engine.ground import height_at
from rearguard.engine.jams import fall_over
from rearguard.engine.knowledge import bit
from rearguard.engine.model import Model
from rearguard.engine.throng import CROWDED, SAME_LEVEL, along, radius_of
from rearguard.engine.walking import LOOK_ASIDE, weidmann_share
from rearguard.engine.world import Gait, Mode, World

SQUEEZE = wp.constant(0.1)
"""Share of the speed that is left at least: a runner squeezes through where a crowd stands (declared)."""
NEAR = wp.constant(5.0)
"""Runners this near to a crowd matter to it [m]."""
MASS = wp.constant(70.0)
"""Mass of a pedestrian [kg]."""
RECOVERY_STEP = wp.constant(0.6)
"""Step by which one who is hit keeps the balance [m], as a runner's."""
RECOVERY_DELAY = wp.constant(0.55)
"""Time until that step is placed by one who did not expect to be hit [s]: reaction and step of an unbraced runner."""
CLOSE = wp.constant(1.5)
"""Whoever is this near to a runner looks around in every tick [m]."""
FAST = wp.constant(1.5)
"""Speed above which one who comes is made way for [m/s] (declared)."""
MAKE_WAY_TIME = wp.constant(0.6)
"""Time before a runner is there when way is made (declared) [s]; three times that for those who were told to."""
MAKE_WAY_ROOM = wp.constant(0.3)
"""Room that is left between bodies when way is made [m] (declared)."""
SHOVE_SPEED = wp.constant(1.5)
"""Fastest at which a runner's body shoves a pedestrian aside [m/s] (declared)."""


@wp.struct
class Runners:
    """Who of the runners matters to the crowds in a tick, and where."""

    near: wp.uint64  # bit per runner near the box in which they are
    low: float  # along the box, no pedestrian before this or behind ``high`` minds them [m]
    high: float


@wp.func
def crowd_factor(m: Model, s: World, w: int, p: wp.vec2, heading: wp.vec2) -> float:
    """Share of the speed left to one at ``p`` [m] who runs along ``heading``: by the density on the 2 m² just ahead."""
    middle = p + heading * CROWDED
    height = height_at(m.ground, p)
    count = int(0)
    for k in range(s.crowd.presence[w]):
        at = s.crowd.position[w, int(s.crowd.present[w, k])]
        d = at - middle
        if wp.dot(d, d) < CROWDED * CROWDED:
            if wp.abs(height_at(m.ground, at) - height) < SAME_LEVEL:
                count = count + 1
    return wp.max(weidmann_share(0.5 * float(count)), SQUEEZE)


@wp.func
def run_into(m: Model, s: World, w: int, tick: int, i: int):
    """Whoever is hit harder by runner ``i`` than a step can catch falls: an inelastic push, and the balance of ``balance``."""
    p = s.motion.position[w, i]
    v = s.motion.velocity[w, i]
    radius = s.body[w, i, int(Body.radius)]
    mass = s.body[w, i, int(Body.mass)]
    for k in range(s.crowd.presence[w]):
        a = int(s.crowd.present[w, k])
        d = s.crowd.position[w, a] - p
        q = wp.dot(d, d)
        touch = radius + radius_of(m, s, w, a)
        if q < touch * touch and q > 1.0e-8 and int(s.crowd.gait[w, a]) != int(Gait.lie):
            push = wp.dot(v - s.crowd.velocity[w, a], d) / wp.sqrt(q) * mass / (mass + MASS)
            if push > withstood_speed(RECOVERY_STEP, RECOVERY_DELAY):
                if wp.abs(height_at(m.ground, s.crowd.position[w, a]) - s.motion.height[w, i]) < SAME_LEVEL:
                    fall_over(m, s, w, tick, a, i, push)


@wp.func
def notice_runners(m: Model, s: World, w: int, tick: int) -> Runners:
    """Who is near the box in which the crowds were when they last lined up; these are slowed by whom they meet."""
    found = Runners()
    found.low = 1.0e9
    found.high = -1.0e9
    low = s.crowd.low[w]
    high = s.crowd.high[w]
    for i in range(m.people):
        s.crowd.hindrance[w, i] = 1.0
        mode = s.motion.mode[w, i]
        if mode != int(Mode.away) and mode != int(Mode.out):
            p = s.motion.position[w, i]
            if p[0] > low[0] - NEAR and p[1] > low[1] - NEAR and p[0] < high[0] + NEAR and p[1] < high[1] + NEAR:
                found.near = found.near | bit(i)
                reach = NEAR + wp.length(s.motion.velocity[w, i]) * 3.0 * MAKE_WAY_TIME
                found.low = wp.min(found.low, along(m, p) - reach)
                found.high = wp.max(found.high, along(m, p) + reach)
                s.crowd.hindrance[w, i] = crowd_factor(m, s, w, p, s.motion.heading[w, i])
                run_into(m, s, w, tick, i)
    return found


@wp.func
def next_of(near: wp.uint64, i: int) -> int:
    """The first of the runners ``near`` from number ``i`` on; -1: none."""
    rest = near >> wp.uint64(i)
    k = int(i)
    while rest != wp.uint64(0):
        if (rest & wp.uint64(1)) != wp.uint64(0):
            return k
        rest = rest >> wp.uint64(1)
        k = k + 1
    return -1


@wp.func
def near_to(m: Model, s: World, w: int, near: wp.uint64, p: wp.vec2, least: float, time: float) -> wp.uint64:
    """Those of the runners ``near`` who are ``least`` [m] from ``p`` or less, or can be there in ``time`` [s]."""
    out = wp.uint64(0)
    i = next_of(near, 0)
    while i >= 0:
        d = p - s.motion.position[w, i]
        reach = wp.max(least, 1.0 + wp.length(s.motion.velocity[w, i]) * time)
        if wp.dot(d, d) < reach * reach:
            out = out | bit(i)
        i = next_of(near, i + 1)
    return out


@wp.func
def make_way_time(told: bool) -> float:
    """Time before a runner is there when way is made [s]."""
    return wp.where(told, 3.0 * MAKE_WAY_TIME, MAKE_WAY_TIME)


@wp.func
def make_way(m: Model, s: World, w: int, near: wp.uint64, p: wp.vec2, radius: float, c: int, told: bool) -> wp.vec2:
    """What runners add to the direction of one at ``p``: off their bodies, and aside from the line of those who come."""
    out = wp.vec2(0.0, 0.0)
    strength = s.walk[w, c, int(Walk.repulsion)]
    reach = s.walk[w, c, int(Walk.reach)]
    height = height_at(m.ground, p)
    time = make_way_time(told)
    i = next_of(near, 0)
    while i >= 0:
        d = p - s.motion.position[w, i]
        v = s.motion.velocity[w, i]
        speed = wp.length(v)
        distance = wp.length(d)
        touch = radius + s.body[w, i, int(Body.radius)]
        if distance < touch + wp.max(speed * time, LOOK_ASIDE * reach) and distance > 1.0e-4:
            if wp.abs(s.motion.height[w, i] - height) < SAME_LEVEL:
                out = out + d * (strength * wp.exp((touch - distance) / reach) / distance)
                if speed > FAST:
                    side = (v[0] * d[1] - v[1] * d[0]) / speed
                    if wp.dot(v, d) > 0.0 and wp.abs(side) < touch + MAKE_WAY_ROOM:
                        across = wp.vec2(-v[1], v[0]) / speed
                        out = out + across * wp.where(side < 0.0, -2.0, 2.0)
        i = next_of(near, i + 1)
    return out


@wp.func
def gap_to_runners(
    m: Model, s: World, w: int, near: wp.uint64, p: wp.vec2, e: wp.vec2, radius: float, far: float
) -> float:
    """Gap [m] to the nearest runner in the band ahead, ``far`` [m] when it is at least that."""
    gap = float(far)
    i = next_of(near, 0)
    while i >= 0:
        d = s.motion.position[w, i] - p
        touch = radius + s.body[w, i, int(Body.radius)]
        if wp.dot(d, e) > 0.0 and wp.abs(d[0] * e[1] - d[1] * e[0]) <= touch:
            if wp.abs(s.motion.height[w, i] - height_at(m.ground, p)) < SAME_LEVEL:
                gap = wp.min(gap, wp.length(d) - touch)
        i = next_of(near, i + 1)
    return gap


@wp.func
def shoved(m: Model, s: World, w: int, near: wp.uint64, p: wp.vec2, radius: float) -> wp.vec2:
    """Velocity [m/s] at which runners' bodies shove one at ``p`` out of where they are."""
    out = wp.vec2(0.0, 0.0)
    i = next_of(near, 0)
    while i >= 0:
        d = p - s.motion.position[w, i]
        distance = wp.length(d)
        touch = radius + s.body[w, i, int(Body.radius)]
        if distance < touch and distance > 1.0e-4:
            if wp.abs(s.motion.height[w, i] - height_at(m.ground, p)) < SAME_LEVEL:
                out = out + d * (wp.min((touch - distance) / m.dt, SHOVE_SPEED) / distance)
        i = next_of(near, i + 1)
    return out

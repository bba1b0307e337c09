"""Wards: lines placed on purpose, which stop missiles and make enemies go round.

Model (declared: the effect is the source's, the sizes are a scenario's): a ward is a line of given length across the way,
with a lifetime and a strength, the probability with which it stops a missile that crosses it. Every missile it stops and
every enemy it turns aside wears it by ``WEAR``. An enemy who would cross it goes round the nearer end: what that costs
follows from the geometry.
"""

import warp as wp

from rearguard.engine.columns import Craft
from rearguard.engine.events import Event, note
from rearguard.engine.knowledge import bit
from rearguard.engine.model import Model
from rearguard.engine.world import Overflow, World

WEAR = wp.constant(0.1)
"""Share of the strength that a ward loses with everything it stops (declared)."""
ROOM = wp.constant(0.8)
"""Distance from its end at which a ward is passed [m]."""
IN_FRONT = wp.constant(1.0)
"""Distance in front of its setter at which a ward stands [m]."""


@wp.func
def crosses(a: wp.vec2, b: wp.vec2, c: wp.vec2, d: wp.vec2) -> bool:
    """True when the segments ab and cd cross."""
    ab = b - a
    cd = d - c
    turn = ab[0] * cd[1] - ab[1] * cd[0]
    if wp.abs(turn) < 1.0e-9:
        return False
    ac = c - a
    s = (ac[0] * cd[1] - ac[1] * cd[0]) / turn
    t = (ac[0] * ab[1] - ac[1] * ab[0]) / turn
    return s >= 0.0 and s <= 1.0 and t >= 0.0 and t <= 1.0


@wp.func
def set_ward(m: Model, s: World, w: int, tick: int, i: int, j: int, technique: int):
    """Place a ward in front of ``i``, across the line to ``j``; across the way come when ``j`` is oneself."""
    at = s.motion.position[w, i]
    facing = -s.motion.heading[w, i]
    if j >= 0 and j != i:
        facing = wp.normalize(s.motion.position[w, j] - at)
    across = wp.vec2(-facing[1], facing[0]) * (0.5 * s.craft[w, technique, int(Craft.length)])
    middle = at + facing * IN_FRONT
    slot = int(0)
    oldest = float(1.0e9)
    for k in range(s.things.ward_until.shape[1]):
        if s.things.ward_until[w, k] < oldest:
            oldest = s.things.ward_until[w, k]
            slot = k
    if oldest > float(tick) * m.dt:
        s.account.overflow[w] = s.account.overflow[w] | int(Overflow.things)
    s.things.ward_ends[w, slot] = wp.vec4(
        middle[0] - across[0], middle[1] - across[1], middle[0] + across[0], middle[1] + across[1]
    )
    s.things.ward_until[w, slot] = float(tick) * m.dt + s.craft[w, technique, int(Craft.lasts)]
    s.things.ward_left[w, slot] = s.craft[w, technique, int(Craft.strength)]
    s.things.ward_owner[w, slot] = i
    s.things.ward_turned[w, slot] = wp.uint64(0)
    s.things.wards[w] = s.things.wards[w] + 1
    note(s, w, tick, int(Event.ward), i, -1, technique, s.craft[w, technique, int(Craft.strength)], middle)


@wp.func
def wear(s: World, w: int, k: int):
    """Wear a ward by one thing stopped."""
    s.things.ward_left[w, k] = wp.max(s.things.ward_left[w, k] - WEAR, 0.0)


@wp.func
def ward_in_way(m: Model, s: World, w: int, time: float, side: int, a: wp.vec2, b: wp.vec2) -> int:
    """The first standing ward of another side than ``side`` that the line from ``a`` to ``b`` crosses; -1: none."""
    found = int(-1)
    for k in range(s.things.ward_until.shape[1]):
        if found < 0 and s.things.ward_until[w, k] > time and s.things.ward_left[w, k] > 0.0:
            if m.side[s.things.ward_owner[w, k]] != side:
                e = s.things.ward_ends[w, k]
                if crosses(a, b, wp.vec2(e[0], e[1]), wp.vec2(e[2], e[3])):
                    found = k
    return found


@wp.func
def stopping_ward(m: Model, s: World, w: int, tick: int, side: int, a: wp.vec2, b: wp.vec2, u: float) -> int:
    """The ward that stops a missile of ``side`` from ``a`` to ``b``, from a uniform; -1: none."""
    k = int(-1)
    if s.things.wards[w] > 0:
        k = ward_in_way(m, s, w, float(tick) * m.dt, side, a, b)
        if k >= 0:
            if u >= s.things.ward_left[w, k]:
                k = -1
    return k


@wp.func
def step_wide(m: Model, s: World, w: int, tick: int, i: int, mark: wp.vec2) -> wp.vec2:
    """Where ``i`` goes instead of straight to ``mark`` when a ward of another side lies across: round its nearer end."""
    p = s.motion.position[w, i]
    k = ward_in_way(m, s, w, float(tick) * m.dt, m.side[i], p, mark)
    if k < 0:
        return mark
    e = s.things.ward_ends[w, k]
    c = wp.vec2(e[0], e[1])
    d = wp.vec2(e[2], e[3])
    out = wp.normalize(c - d)
    near = c + out * ROOM
    if wp.length(d - p) + wp.length(d - mark) < wp.length(c - p) + wp.length(c - mark):
        near = d - out * ROOM
    if (s.things.ward_turned[w, k] & bit(i)) == wp.uint64(0):
        s.things.ward_turned[w, k] = s.things.ward_turned[w, k] | bit(i)
        wear(s, w, k)
        extra = wp.length(near - p) + wp.length(mark - near) - wp.length(mark - p)
        note(s, w, tick, int(Event.ward_detour), i, s.things.ward_owner[w, k], -1, extra, p)
    return near

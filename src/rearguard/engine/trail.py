"""Sign: what passes leaves crumbs on the ground, and trackers follow them.

Models: a ring of crumbs every ``SPACING`` metres with time, depth and how well the ground keeps it; legibility halves
every ``HALF_LIFE`` (self-consistent, no accepted ageing law); the trail is lost as a Poisson process per metre and found
again after casting about, so that the mean speed is 1/(1/v + lambda t_c) (renewal; MODELS 8e). Trackers read at most at
their tracking speed times what the sign allows.
"""

import warp as wp

from rearguard.engine.columns import Body, Phase
from rearguard.engine.events import Event, note
from rearguard.engine.ground import height_at, kind_at
from rearguard.engine.model import Ground, Model
from rearguard.engine.rng import Purpose, uniform4
from rearguard.engine.world import Mode, Overflow, Trail, World

SPACING = wp.constant(4.0)
"""Distance between crumbs [m]."""
HALF_LIFE = wp.constant(3600.0)
"""Time in which legibility halves [s] (declared)."""
SNIFF_EVERY = wp.constant(10)
"""Ticks between two looks for sign underfoot."""
SAME_LEVEL = wp.constant(2.5)
"""Sign further above or below than this is out of reach [m]."""
OFF_TRAIL = wp.constant(25.0)
"""Distance from its next crumb at which a trail is given up [m]."""
FIND_RADIUS = wp.constant(12.0)
"""Distance within which a skilled tracker comes upon a trail [m] (declared)."""


@wp.func
def legibility(strength: float, age: float, half_life: float) -> float:
    """How well a mark of initial ``strength`` reads at ``age`` [s]: s 2^(-t/h)."""
    return strength * wp.exp(-0.6931471805599453 * age / half_life)


@wp.func
def loss_rate(base: float, skill: float, legible: float) -> float:
    """Losses of the trail per metre for a tracker of ``skill`` in [0, 1] on sign of legibility in [0, 1]."""
    return base * (1.0 - skill) / wp.max(legible, 0.05)


@wp.func
def trailing_speed(speed: float, losses_per_metre: float, recast: float) -> float:
    """Mean speed [m/s] of a tracker who loses the trail and casts about for ``recast`` [s] each time."""
    return 1.0 / (1.0 / speed + losses_per_metre * recast)


@wp.func
def pack_place(g: Ground, p: wp.vec2) -> wp.uint32:
    """A position in 32 bits; exact to the map's extent over 65,535."""
    x = wp.clamp(p[0] / (float(g.columns) * g.cell), 0.0, 1.0)
    y = wp.clamp(p[1] / (float(g.rows) * g.cell), 0.0, 1.0)
    return (wp.uint32(x * 65535.0) << wp.uint32(16)) | wp.uint32(y * 65535.0)


@wp.func
def unpack_place(g: Ground, word: wp.uint32) -> wp.vec2:
    """The position [m] that ``pack_place`` stored."""
    x = float(word >> wp.uint32(16)) / 65535.0
    y = float(word & wp.uint32(0xFFFF)) / 65535.0
    return wp.vec2(x * float(g.columns) * g.cell, y * float(g.rows) * g.cell)


@wp.func
def moved_on(t: Trail, w: int, k: int, p: wp.vec2) -> bool:
    """True when a trail's owner at ``p`` has left its last crumb ``SPACING`` behind."""
    d = p - t.last[w, k]
    return t.head[w, k] == 0 or wp.dot(d, d) >= SPACING * SPACING


@wp.func
def lay(t: Trail, g: Ground, overflow: wp.array(dtype=wp.int32), w: int, k: int, p: wp.vec2, time: float, depth: float):
    """Leave a crumb on trail ``k``."""
    n = t.head[w, k]
    if n == t.place.shape[2]:
        overflow[w] = overflow[w] | int(Overflow.crumbs)
    at = n % t.place.shape[2]
    strength = depth * g.sign[kind_at(g, p)]
    stamp = wp.uint32(wp.min(time * 10.0, 65535.0)) << wp.uint32(16)
    deep = wp.uint32(wp.clamp(depth, 0.0, 1.0) * 255.0) << wp.uint32(8)
    t.place[w, k, at] = pack_place(g, p)
    t.print[w, k, at] = stamp | deep | wp.uint32(wp.clamp(strength, 0.0, 1.0) * 255.0)
    t.head[w, k] = n + 1
    t.last[w, k] = p


@wp.func
def crumb_time(word: wp.uint32) -> float:
    """When a crumb was laid [s]."""
    return float(word >> wp.uint32(16)) * 0.1


@wp.func
def crumb_strength(word: wp.uint32) -> float:
    """How well a fresh crumb reads, in [0, 1]."""
    return float(word & wp.uint32(0xFF)) / 255.0


@wp.func
def on_ground(m: Model, s: World, w: int, p: int, surface: float) -> bool:
    """True unless a payload is being hauled over a gap or a face: a carrier on its feet is on the payload's level."""
    level = bool(s.cargo.carriers[w, p] == 0)
    for i in range(m.people):
        if s.cargo.carried[w, i] == p and s.motion.mode[w, i] == int(Mode.feet):
            level = level or wp.abs(s.motion.height[w, i] - surface) < 1.0
    return level


@wp.func
def lay_trails(m: Model, s: World, w: int, time: float):
    """Everybody who leaves sign leaves it where the feet are; a payload by its stage."""
    for k in range(m.trails):
        owner = m.trail_owner[k]
        if owner < m.people:
            mode = s.motion.mode[w, owner]
            at = s.motion.position[w, owner]
            if (mode == int(Mode.feet) or mode == int(Mode.skid)) and moved_on(s.trail, w, k, at):
                depth = wp.clamp(s.body[w, owner, int(Body.mass)] / 200.0, 0.05, 1.0)
                lay(s.trail, m.ground, s.account.overflow, w, k, at, time, depth)
        else:
            p = owner - m.people
            at = s.cargo.position[w, p]
            if moved_on(s.trail, w, k, at):
                if on_ground(m, s, w, p, height_at(m.ground, at)):
                    depth = s.phase[w, p, s.cargo.stage[w, p], int(Phase.sign)]
                    lay(s.trail, m.ground, s.account.overflow, w, k, at, time, depth)


@wp.func
def find_crumb(m: Model, s: World, w: int, i: int, k: int) -> int:
    """The newest crumb of trail ``k`` that agent ``i`` comes upon here; -1: none."""
    n = s.trail.head[w, k]
    size = s.trail.place.shape[2]
    oldest = wp.max(n - size, 0)
    here = s.motion.position[w, i]
    reach = FIND_RADIUS * (0.3 + s.body[w, i, int(Body.tracking)])
    c = n - 1
    found = int(-1)
    while c >= oldest and found < 0:
        at = unpack_place(m.ground, s.trail.place[w, k, c % size])
        d = at - here
        if wp.dot(d, d) < reach * reach:
            if wp.abs(height_at(m.ground, at) - s.motion.height[w, i]) < SAME_LEVEL:
                found = c
        c = c - 1
    return found


@wp.func
def look_for_sign(m: Model, s: World, w: int, tick: int):
    """Once a second, those who track look for their trail at their feet; what it tells of the quarry is believed."""
    time = float(tick) * m.dt
    for i in range(m.people):
        entity = m.tracks[i]
        due = False
        if entity >= 0:
            due = (tick + i) % SNIFF_EVERY == 0 and s.motion.mode[w, i] == int(Mode.feet)
        if due:
            k = m.trail_of[entity]
            size = s.trail.place.shape[2]
            c = s.mind.crumb[w, i]
            if c >= 0:
                d = unpack_place(m.ground, s.trail.place[w, k, c % size]) - s.motion.position[w, i]
                if c < s.trail.head[w, k] - size or wp.dot(d, d) > OFF_TRAIL * OFF_TRAIL:
                    c = -1
            newest = find_crumb(m, s, w, i, k)
            if newest > c:
                if c < 0 and s.mind.crumb[w, i] < 0:
                    laid = crumb_time(s.trail.print[w, k, newest % size])
                    note(s, w, tick, int(Event.trail_found), i, entity, -1, time - laid, s.motion.position[w, i])
                c = newest
                believe_sign(m, s, w, i, entity, c)
            s.mind.crumb[w, i] = c


@wp.func
def believe_sign(m: Model, s: World, w: int, i: int, entity: int, c: int):
    """Take a crumb for where ``entity`` was when it was laid, unless something newer is known."""
    k = m.trail_of[entity]
    at = c % s.trail.place.shape[2]
    laid = crumb_time(s.trail.print[w, k, at])
    if laid > s.mind.belief[w, i, entity][2]:
        p = unpack_place(m.ground, s.trail.place[w, k, at])
        s.mind.belief[w, i, entity] = wp.vec3(p[0], p[1], laid)


@wp.func
def follow_trail(m: Model, s: World, w: int, tick: int, i: int, entity: int) -> bool:
    """Advance along ``entity``'s trail; False while it is not underfoot or has to be cast about for."""
    k = m.trail_of[entity]
    c = s.mind.crumb[w, i]
    time = float(tick) * m.dt
    if k < 0 or c < 0:
        return False
    if time < s.mind.lost_until[w, i]:
        return True
    n = s.trail.head[w, k]
    size = s.trail.place.shape[2]
    here = s.motion.position[w, i]
    passed = int(0)
    while c < n - 1 and wp.length(unpack_place(m.ground, s.trail.place[w, k, c % size]) - here) < 0.75 * SPACING:
        c = c + 1
        passed = passed + 1
    s.mind.crumb[w, i] = c
    believe_sign(m, s, w, i, entity, c)
    if passed > 0:
        print_ = s.trail.print[w, k, c % size]
        legible = legibility(crumb_strength(print_), time - crumb_time(print_), HALF_LIFE)
        rate = loss_rate(s.body[w, i, int(Body.trail_loss)], s.body[w, i, int(Body.tracking)], legible)
        u = uniform4(s.key[w], tick, i, int(Purpose.TRAIL), 0)
        if u[0] < 1.0 - wp.exp(-rate * SPACING * float(passed)):
            lost = -wp.log(u[1]) * s.body[w, i, int(Body.recast)]
            s.mind.lost_until[w, i] = time + lost
            note(s, w, tick, int(Event.trail_lost), i, entity, -1, lost, here)
    return True

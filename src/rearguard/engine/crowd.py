"""Crowds: pedestrians without a mind of their own who walk to a place, get in one another's way, stop, fall and jam.

Model: collision-free speed model (Tordeux, Chraibi & Seyfried 2016, arXiv 1512.05597). The direction is that of the way,
turned aside by neighbours, e ~ e0 + sum a exp((l - s)/D) e_ij, and by walls; the speed is min(v0, (s - l)/T) with s the
distance of the nearest one in a band ahead as wide as two bodies. State: ``world.Crowd``; numbers: columns ``Walk``.

Declared, as no accepted figure is known: when people stop in the middle (Leach 2004 says only that they do), when they
fall in a dense crowd, how long they lie, how they step aside for runners, and when a crowd counts as jammed.
"""

import warp as wp

from rearguard.engine.columns import Walk
from rearguard.engine.ground import STEP, cell_of, floor_at
from rearguard.engine.model import Model
from rearguard.engine.rng import Purpose, uniform4
from rearguard.engine.walking import clear_of_walls, follow_speed, off_walls
from rearguard.engine.world import Gait, World

BEARING = wp.constant(0.025132741228718346)
"""Angle between two bearings of a way [rad]: 250 make a turn."""
ARRIVED = wp.constant(254)
NOWHERE = wp.constant(255)
LOOK_ASIDE = wp.constant(6.0)
"""Neighbours turn the way aside up to this many lengths D beyond touching; there the term has fallen to 1/400."""
TRIES = wp.constant(24)
"""Spots that are tried for one who comes; where none is free, it is tried again in the next tick."""


@wp.func
def bucket(m: Model, row: int, column: int) -> int:
    """Bucket of the grid that a square of the ground falls into; the grid wraps around."""
    t = m.throng
    return (row & (t.bucket_rows - 1)) * t.bucket_columns + (column & (t.bucket_columns - 1))


@wp.func
def bucket_at(m: Model, p: wp.vec2) -> int:
    """Bucket of a position [m]."""
    return bucket(m, int(p[1] * m.throng.buckets_per_metre), int(p[0] * m.throng.buckets_per_metre))


@wp.func
def put_in(m: Model, s: World, w: int, a: int):
    """Put a pedestrian at the head of its bucket's list."""
    b = bucket_at(m, s.crowd.position[w, a])
    s.crowd.chain[w, a] = s.crowd.head[w, b]
    s.crowd.head[w, b] = wp.int16(a)


@wp.func
def radius_of(m: Model, s: World, w: int, a: int) -> float:
    """Radius of a pedestrian's body [m]."""
    return s.walk[w, m.throng.crowd_of[a], int(Walk.radius)]


@wp.func
def is_behind_wall(m: Model, p: wp.vec2, q: wp.vec2) -> bool:
    """True when nobody can stand half way between two who are near each other."""
    return wp.abs(floor_at(m.ground, (p + q) * 0.5) - floor_at(m.ground, p)) > STEP


# ------------------------------------------------------------------------------------------------------- coming, leaving


@wp.func
def has_room(m: Model, s: World, w: int, p: wp.vec2, radius: float) -> bool:
    """True when a body at ``p`` [m] would touch nobody who is there."""
    t = m.throng
    row = int(p[1] * t.buckets_per_metre)
    column = int(p[0] * t.buckets_per_metre)
    nine = int(9)
    free = bool(True)
    for k in range(nine):
        j = int(s.crowd.head[w, bucket(m, row + k // 3 - 1, column + k % 3 - 1)])
        while j >= 0:
            d = p - s.crowd.position[w, j]
            touch = radius + radius_of(m, s, w, j)
            if wp.dot(d, d) < touch * touch:
                free = False
            j = int(s.crowd.chain[w, j])
    return free


@wp.func
def come(m: Model, s: World, w: int, tick: int, c: int) -> bool:
    """Let the next one of crowd ``c`` come at a free spot of its place; False when none was found."""
    t = m.throng
    a = t.first[c] + s.crowd.come[w, c]
    radius = s.walk[w, c, int(Walk.radius)]
    g = m.ground
    k = int(0)
    while k < TRIES:
        u = uniform4(s.key[w], tick, a, int(Purpose.CROWD_PLACE), k)
        cell = t.spot[t.spot_first[c] + wp.min(int(u[0] * float(t.spot_count[c])), t.spot_count[c] - 1)]
        row = cell // g.columns
        column = cell % g.columns
        p = wp.vec2((float(column) + u[1]) * g.cell, (float(row) + u[2]) * g.cell)
        p = clear_of_walls(m, p, row, column, radius)
        if has_room(m, s, w, p, radius):
            s.crowd.position[w, a] = p
            s.crowd.velocity[w, a] = wp.vec2(0.0, 0.0)
            v = uniform4(s.key[w], 0, a, int(Purpose.CROWD_PACE), 0)
            quantiles = t.pace.shape[1]
            share = t.pace[c, wp.min(int(v[0] * float(quantiles)), quantiles - 1)]
            s.crowd.pace[w, a] = s.walk[w, c, int(Walk.speed)] * share
            s.crowd.until[w, a] = 0.0
            s.crowd.gait[w, a] = wp.uint8(int(Gait.walk))
            n = s.crowd.presence[w]
            s.crowd.present[w, n] = wp.int16(a)
            s.crowd.presence[w] = n + 1
            s.crowd.come[w, c] = s.crowd.come[w, c] + 1
            put_in(m, s, w, a)
            return True
        k = k + 1
    return False


@wp.func
def let_come(m: Model, s: World, w: int, tick: int):
    """Let everybody come whose time it is."""
    time = float(tick) * m.dt
    for c in range(m.throng.crowds):
        start = s.walk[w, c, int(Walk.start)]
        apart = s.walk[w, c, int(Walk.over)] / float(m.throng.count[c])
        found = bool(True)
        while found:
            found = False
            if s.crowd.come[w, c] < m.throng.count[c]:
                if time >= start + apart * float(s.crowd.come[w, c]):
                    found = come(m, s, w, tick, c)


@wp.func
def leave(m: Model, s: World, w: int, tick: int):
    """Take those out who have reached their place."""
    k = s.crowd.presence[w] - 1
    while k >= 0:
        a = int(s.crowd.present[w, k])
        c = m.throng.crowd_of[a]
        cell = cell_of(m.ground, s.crowd.position[w, a])
        if int(m.throng.way[m.throng.way_of[c], cell[0], cell[1]]) == ARRIVED:
            s.crowd.gait[w, a] = wp.uint8(int(Gait.left))
            s.crowd.velocity[w, a] = wp.vec2(0.0, 0.0)
            n = s.crowd.presence[w] - 1
            s.crowd.present[w, k] = s.crowd.present[w, n]
            s.crowd.presence[w] = n
            s.crowd.gone[w, c] = s.crowd.gone[w, c] + 1
        k = k - 1


# --------------------------------------------------------------------------------------------------------------- walking


@wp.func
def aside(m: Model, s: World, w: int, a: int, p: wp.vec2, c: int, walled: bool) -> wp.vec2:
    """What neighbours add to the direction of ``a``."""
    t = m.throng
    row = int(p[1] * t.buckets_per_metre)
    column = int(p[0] * t.buckets_per_metre)
    radius = s.walk[w, c, int(Walk.radius)]
    strength = s.walk[w, c, int(Walk.repulsion)]
    per_reach = 1.0 / s.walk[w, c, int(Walk.reach)]
    far = 2.0 * radius + LOOK_ASIDE / per_reach
    out = wp.vec2(0.0, 0.0)
    nine = int(9)
    for k in range(nine):
        j = int(s.crowd.head[w, bucket(m, row + k // 3 - 1, column + k % 3 - 1)])
        while j >= 0:
            at = s.crowd.position[w, j]
            d = p - at
            q = wp.dot(d, d)
            if q < far * far and q > 1.0e-10:
                seen = bool(True)
                if walled:
                    seen = not is_behind_wall(m, p, at)
                if seen:
                    distance = wp.sqrt(q)
                    touch = radius + radius_of(m, s, w, j)
                    out = out + d * (strength * wp.exp((touch - distance) * per_reach) / distance)
            j = int(s.crowd.chain[w, j])
    return out


@wp.func
def spacing_in(
    m: Model, s: World, w: int, b: int, p: wp.vec2, e: wp.vec2, radius: float, least: float, walled: bool
) -> float:
    """The smaller of ``least`` and the gap [m] to the nearest one of a bucket who stands in the band ahead."""
    gap = float(least)
    j = int(s.crowd.head[w, b])
    while j >= 0:
        at = s.crowd.position[w, j]
        d = at - p
        if wp.dot(d, e) > 0.0:
            touch = radius + radius_of(m, s, w, j)
            if wp.abs(d[0] * e[1] - d[1] * e[0]) <= touch:
                room = wp.length(d) - touch
                if room < gap:
                    seen = bool(True)
                    if walled:
                        seen = not is_behind_wall(m, p, at)
                    if seen:
                        gap = room
        j = int(s.crowd.chain[w, j])
    return gap


@wp.func
def gap_ahead(m: Model, s: World, w: int, p: wp.vec2, e: wp.vec2, radius: float, far: float, walled: bool) -> float:
    """Gap [m] to the nearest one in the band ahead, ``far`` [m] when it is at least that."""
    t = m.throng
    row = int(p[1] * t.buckets_per_metre)
    column = int(p[0] * t.buckets_per_metre)
    gap = float(far)
    nine = int(9)
    for k in range(nine):
        gap = spacing_in(m, s, w, bucket(m, row + k // 3 - 1, column + k % 3 - 1), p, e, radius, gap, walled)
    # whoever is not in the nine buckets around is at least a bucket away
    if gap > 1.0 / t.buckets_per_metre - 2.0 * radius:
        ring = int(25)
        for k in range(ring):
            dr = k // 5 - 2
            dc = k % 5 - 2
            if wp.max(wp.abs(dr), wp.abs(dc)) == 2:
                if float(dc) * e[0] + float(dr) * e[1] > -0.5:
                    gap = spacing_in(m, s, w, bucket(m, row + dr, column + dc), p, e, radius, gap, walled)
    return gap


@wp.func
def choose_velocity(m: Model, s: World, w: int, a: int):
    """Where ``a`` goes next, and how fast."""
    c = m.throng.crowd_of[a]
    p = s.crowd.position[w, a]
    if int(s.crowd.gait[w, a]) != int(Gait.walk):
        s.crowd.velocity[w, a] = wp.vec2(0.0, 0.0)
        return
    cell = cell_of(m.ground, p)
    walled = m.throng.walls[cell[0], cell[1]] != wp.uint8(0)
    bearing = int(m.throng.way[m.throng.way_of[c], cell[0], cell[1]])
    e = wp.vec2(0.0, 0.0)
    if bearing < ARRIVED:
        angle = float(bearing) * BEARING
        e = wp.vec2(wp.cos(angle), wp.sin(angle))
    radius = s.walk[w, c, int(Walk.radius)]
    e = e + aside(m, s, w, a, p, c, walled)
    if walled:
        e = e + off_walls(m, p, cell[0], cell[1], radius)
    length = wp.length(e)
    if length < 1.0e-6:
        s.crowd.velocity[w, a] = wp.vec2(0.0, 0.0)
        return
    e = e / length
    free = s.crowd.pace[w, a] * m.ground.speed[int(m.ground.kind[cell[0], cell[1]])]
    time_gap = s.walk[w, c, int(Walk.time_gap)]
    gap = gap_ahead(m, s, w, p, e, radius, free * time_gap, walled)
    s.crowd.velocity[w, a] = e * follow_speed(gap, 0.0, time_gap, free)


@wp.func
def advance(m: Model, s: World, w: int, a: int, dt: float):
    """Move ``a`` by its velocity, kept clear of walls."""
    g = m.ground
    p = s.crowd.position[w, a]
    s.crowd.head[w, bucket_at(m, p)] = wp.int16(-1)
    v = s.crowd.velocity[w, a]
    if v[0] == 0.0 and v[1] == 0.0:
        return
    radius = radius_of(m, s, w, a)
    before = cell_of(g, p)
    q = clear_of_walls(m, p + v * dt, before[0], before[1], radius)
    after = cell_of(g, q)
    if after[0] != before[0] or after[1] != before[1]:
        q = clear_of_walls(m, q, after[0], after[1], radius)
    if wp.abs(floor_at(g, q) - floor_at(g, p)) <= STEP:
        s.crowd.position[w, a] = q


@wp.func
def walk_on(m: Model, s: World, w: int, tick: int):
    """One tick of all crowds."""
    n = int(s.crowd.presence[w])
    waiting = bool(False)
    for c in range(m.throng.crowds):
        if s.crowd.come[w, c] < m.throng.count[c]:
            waiting = True
    if n == 0 and not waiting:
        return
    dt = m.dt / float(m.throng.steps)
    for step in range(m.throng.steps):
        for k in range(n):
            put_in(m, s, w, int(s.crowd.present[w, k]))
        if step == 0 and waiting:
            let_come(m, s, w, tick)
            n = s.crowd.presence[w]
        for k in range(n):
            choose_velocity(m, s, w, int(s.crowd.present[w, k]))
        for k in range(n):
            advance(m, s, w, int(s.crowd.present[w, k]), dt)
    s.crowd.steps[w] += wp.int64(n)
    leave(m, s, w, tick)

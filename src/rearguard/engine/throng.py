"""Who of the crowds is there, and who is near whom.

Those present are sorted by the buckets of a grid that is laid over them anew at every step, so that whoever stands near
a point is found in a few runs of one list.
"""

import warp as wp

from rearguard.engine.columns import Walk
from rearguard.engine.events import Event, note
from rearguard.engine.ground import cell_of, height_at
from rearguard.engine.model import Model
from rearguard.engine.rng import Purpose, uniform4
from rearguard.engine.walking import clear_of_walls
from rearguard.engine.world import Gait, World

ARRIVED = wp.constant(254)
"""Bearing of a way inside the place it leads to; above it, where no way leads."""
BEARING = wp.constant(0.025132741228718346)
"""Angle between two bearings of a way [rad]: 250 make a turn."""
TRIES = wp.constant(24)
"""Spots that are tried for one who comes; where none is free, it is tried again in the next tick."""
SAME_LEVEL = wp.constant(1.5)
"""Bodies whose feet differ less than this in height meet [m]."""
CROWDED = wp.constant(0.7978845608028654)
"""Radius of the disc of 2 m² over which the density around somebody is taken [m]."""


@wp.struct
class Grid:
    """Buckets over the people present: square, as wide as they look aside or, where they are far spread, wider."""

    low: wp.vec2  # corner [m]
    per_metre: float
    rows: int
    columns: int
    widest: float  # largest radius of a body [m]


@wp.func(inline=True)
def direction_of_bearing(bearing: int) -> wp.vec2:
    """Unit vector of a bearing."""
    angle = float(bearing) * BEARING
    return wp.vec2(wp.cos(angle), wp.sin(angle))


@wp.func(inline=True)
def row_of(grid: Grid, y: float) -> int:
    """Row of buckets at ``y`` [m], the nearest one for what lies outside."""
    return wp.clamp(int(wp.floor((y - grid.low[1]) * grid.per_metre)), 0, grid.rows - 1)


@wp.func(inline=True)
def column_of(grid: Grid, x: float) -> int:
    """Column of buckets at ``x`` [m], the nearest one for what lies outside."""
    return wp.clamp(int(wp.floor((x - grid.low[0]) * grid.per_metre)), 0, grid.columns - 1)


@wp.func(inline=True)
def bucket_at(grid: Grid, p: wp.vec2) -> int:
    """Bucket of a position [m]."""
    return row_of(grid, p[1]) * grid.columns + column_of(grid, p[0])


@wp.func
def lay_grid(m: Model, s: World, w: int) -> Grid:
    """Lay buckets over the people present, and sort ``order`` by them; at least one must be there."""
    n = s.crowd.presence[w]
    low = s.crowd.position[w, int(s.crowd.present[w, 0])]
    high = low
    k = int(0)
    while k < n:
        p = s.crowd.position[w, int(s.crowd.present[w, k])]
        low = wp.min(low, p)
        high = wp.max(high, p)
        k = k + 1
    room = s.crowd.start.shape[1] - 1
    side = m.throng.bucket
    rows = int((high[1] - low[1]) / side) + 1
    columns = int((high[0] - low[0]) / side) + 1
    while rows * columns > room:
        side = side * 1.25
        rows = int((high[1] - low[1]) / side) + 1
        columns = int((high[0] - low[0]) / side) + 1
    s.crowd.low[w] = low
    s.crowd.high[w] = high
    grid = Grid()
    grid.low = low
    grid.per_metre = 1.0 / side
    grid.rows = rows
    grid.columns = columns
    grid.widest = 0.0
    for c in range(m.throng.crowds):
        grid.widest = wp.max(grid.widest, s.walk[w, c, int(Walk.radius)])
    # counting sort: start[b] counts bucket b, then says where it ends; filling moves it back to where it begins
    buckets = rows * columns
    b = int(0)
    while b <= buckets:
        s.crowd.start[w, b] = wp.int16(0)
        b = b + 1
    k = int(0)
    while k < n:
        b = bucket_at(grid, s.crowd.position[w, int(s.crowd.present[w, k])])
        s.crowd.start[w, b] = s.crowd.start[w, b] + wp.int16(1)
        k = k + 1
    total = int(0)
    b = int(0)
    while b <= buckets:
        total = total + int(s.crowd.start[w, b])
        s.crowd.start[w, b] = wp.int16(total)
        b = b + 1
    k = int(0)
    while k < n:
        a = s.crowd.present[w, k]
        b = bucket_at(grid, s.crowd.position[w, int(a)])
        place = s.crowd.start[w, b] - wp.int16(1)
        s.crowd.start[w, b] = place
        s.crowd.order[w, int(place)] = a
        k = k + 1
    return grid


@wp.func(inline=True)
def radius_of(m: Model, s: World, w: int, a: int) -> float:
    """Radius of a pedestrian's body [m]."""
    return s.walk[w, m.throng.crowd_of[a], int(Walk.radius)]


@wp.func
def crowding(m: Model, s: World, w: int, grid: Grid, p: wp.vec2) -> int:
    """Pedestrians on the disc of 2 m² around ``p`` [m], at its level."""
    height = height_at(m.ground, p)
    left = column_of(grid, p[0] - CROWDED)
    right = column_of(grid, p[0] + CROWDED)
    count = int(0)
    row = row_of(grid, p[1] - CROWDED)
    last = row_of(grid, p[1] + CROWDED)
    while row <= last:
        k = int(s.crowd.start[w, row * grid.columns + left])
        end = int(s.crowd.start[w, row * grid.columns + right + 1])
        while k < end:
            at = s.crowd.position[w, int(s.crowd.order[w, k])]
            d = at - p
            if wp.dot(d, d) < CROWDED * CROWDED:
                if wp.abs(height_at(m.ground, at) - height) < SAME_LEVEL:
                    count = count + 1
            k = k + 1
        row = row + 1
    return count


@wp.func
def has_room(m: Model, s: World, w: int, p: wp.vec2, radius: float) -> bool:
    """True when a body at ``p`` [m] would touch nobody who is there."""
    k = s.crowd.presence[w] - 1
    while k >= 0:
        a = int(s.crowd.present[w, k])
        d = p - s.crowd.position[w, a]
        touch = radius + radius_of(m, s, w, a)
        if wp.dot(d, d) < touch * touch:
            return False
        k = k - 1
    return True


@wp.func
def come(m: Model, s: World, w: int, tick: int, c: int) -> bool:
    """Let the next one of crowd ``c`` come at a free spot of its place; False when none was found."""
    a = m.throng.first[c] + s.crowd.come[w, c]
    radius = s.walk[w, c, int(Walk.radius)]
    g = m.ground
    k = int(0)
    while k < TRIES:
        u = uniform4(s.key[w], tick, a, int(Purpose.CROWD_PLACE), k)
        cell = m.throng.spot[
            m.throng.spot_first[c] + wp.min(int(u[0] * float(m.throng.spot_count[c])), m.throng.spot_count[c] - 1)
        ]
        row = cell // g.columns
        column = cell % g.columns
        p = wp.vec2((float(column) + u[1]) * g.cell, (float(row) + u[2]) * g.cell)
        p = clear_of_walls(m, p, row, column, radius)
        if has_room(m, s, w, p, radius):
            s.crowd.position[w, a] = p
            s.crowd.velocity[w, a] = wp.vec2(0.0, 0.0)
            v = uniform4(s.key[w], 0, a, int(Purpose.CROWD_PACE), 0)
            quantiles = m.throng.pace.shape[1]
            share = m.throng.pace[c, wp.min(int(v[0] * float(quantiles)), quantiles - 1)]
            s.crowd.pace[w, a] = s.walk[w, c, int(Walk.speed)] * share
            s.crowd.until[w, a] = 0.0
            s.crowd.gait[w, a] = wp.uint8(int(Gait.walk))
            n = s.crowd.presence[w]
            s.crowd.present[w, n] = wp.int16(a)
            s.crowd.presence[w] = n + 1
            s.crowd.come[w, c] = s.crowd.come[w, c] + 1
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
        at = s.crowd.position[w, a]
        cell = cell_of(m.ground, at)
        if int(m.throng.way[m.throng.way_of[c], cell[0], cell[1]]) == ARRIVED:
            s.crowd.gait[w, a] = wp.uint8(int(Gait.left))
            s.crowd.velocity[w, a] = wp.vec2(0.0, 0.0)
            n = s.crowd.presence[w] - 1
            s.crowd.present[w, k] = s.crowd.present[w, n]
            s.crowd.presence[w] = n
            s.crowd.gone[w, c] = s.crowd.gone[w, c] + 1
            if s.crowd.gone[w, c] == m.throng.count[c]:
                time = float(tick) * m.dt
                if s.crowd.jammed_since[w, c] >= 0.0:
                    note(s, w, tick, int(Event.clear), -1, -1, c, time - s.crowd.jammed_since[w, c], at)
                note(s, w, tick, int(Event.dispersed), -1, -1, c, time, at)
        k = k - 1

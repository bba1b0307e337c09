"""Ground under the feet: cells, heights, clear ways, torn ground.

A cell belongs to one ground type and has one elevation; steps up to ``STEP`` are walked, anything higher is a climb,
anything deeper a drop. Speeds, terrain coefficients and cover per type come from ``scenario.grounds``.
"""

import warp as wp

from rearguard.engine.model import Ground
from rearguard.engine.world import Scars

STEP = wp.constant(0.5)
"""Height that is walked over without climbing [m]."""
TORN_SPEED = wp.constant(0.5)
"""Share of the speed on ground torn up by a strike (declared)."""


@wp.func
def cell_of(g: Ground, p: wp.vec2) -> wp.vec2i:
    """Row and column of a position, clamped to the map."""
    row = wp.clamp(int(p[1] * g.cells_per_metre), 0, g.rows - 1)
    column = wp.clamp(int(p[0] * g.cells_per_metre), 0, g.columns - 1)
    return wp.vec2i(row, column)


@wp.func
def centre_of(g: Ground, row: int, column: int) -> wp.vec2:
    """Position [m] of a cell's centre."""
    return wp.vec2((float(column) + 0.5) * g.cell, (float(row) + 0.5) * g.cell)


@wp.func
def inside(g: Ground, row: int, column: int) -> bool:
    """True for cells of the map."""
    return row >= 0 and column >= 0 and row < g.rows and column < g.columns


@wp.func
def on_map(g: Ground, p: wp.vec2) -> bool:
    """True for positions [m] of the map."""
    return p[0] >= 0.0 and p[1] >= 0.0 and p[0] < float(g.columns) * g.cell and p[1] < float(g.rows) * g.cell


@wp.func
def onto_map(g: Ground, p: wp.vec2) -> wp.vec2:
    """The position [m] of the map nearest to ``p``."""
    x = wp.clamp(p[0], 0.0, float(g.columns) * g.cell - 0.01)
    y = wp.clamp(p[1], 0.0, float(g.rows) * g.cell - 0.01)
    return wp.vec2(x, y)


@wp.func
def kind_at(g: Ground, p: wp.vec2) -> int:
    """Ground type at a position."""
    c = cell_of(g, p)
    return int(g.kind[c[0], c[1]])


@wp.func
def height_at(g: Ground, p: wp.vec2) -> float:
    """Elevation of the surface at a position [m]."""
    c = cell_of(g, p)
    return g.elevation[c[0], c[1]]


@wp.func
def floor_at(g: Ground, p: wp.vec2) -> float:
    """Height at which a body stands at a position [m]; 1e9 where none can."""
    c = cell_of(g, p)
    return g.floor[c[0], c[1]]


@wp.func
def direction_of(code: int) -> wp.vec2i:
    """Row and column step of a direction code: 0..7 = E, SE, S, SW, W, NW, N, NE."""
    d = code & 7
    column = int(0)
    row = int(0)
    if d == 0 or d == 1 or d == 7:
        column = 1
    if d == 3 or d == 4 or d == 5:
        column = -1
    if d == 1 or d == 2 or d == 3:
        row = 1
    if d == 5 or d == 6 or d == 7:
        row = -1
    return wp.vec2i(row, column)


@wp.func
def clear_way(g: Ground, a: wp.vec2, b: wp.vec2, half_width: float) -> bool:
    """True when a runner can walk straight from ``a`` to ``b``: no wall, climb or drop ``half_width`` [m] left or right of the line."""
    d = b - a
    length = wp.length(d)
    if length < 1.0e-3:
        return True
    n = int(length * g.cells_per_metre) + 1
    step = d / float(n)
    side = wp.vec2(-d[1], d[0]) * (half_width / length)
    left = height_at(g, a)
    right = left
    for k in range(n):
        p = a + step * float(k + 1)
        here = floor_at(g, p + side)
        there = floor_at(g, p - side)
        if wp.abs(here - left) > STEP or wp.abs(there - right) > STEP or wp.abs(here - there) > STEP:
            return False
        left = here
        right = there
    return True


@wp.func
def gradient_toward(g: Ground, p: wp.vec2, here: float, direction: wp.vec2) -> float:
    """Slope of the surface ahead of ``p`` at height ``here`` [m] (rise over run), 0 at climbs and drops."""
    rise = height_at(g, p + direction * g.cell) - here
    if wp.abs(rise) > STEP:
        return 0.0
    return wp.clamp(rise * g.cells_per_metre, -0.45, 0.45)


@wp.func
def torn_factor(scars: Scars, w: int, p: wp.vec2) -> float:
    """Share of the speed left where strikes have torn up the ground."""
    n = wp.min(scars.count[w], scars.spot.shape[1])
    factor = float(1.0)
    for k in range(n):
        spot = scars.spot[w, k]
        d = p - wp.vec2(spot[0], spot[1])
        if wp.dot(d, d) < spot[2] * spot[2]:
            factor = TORN_SPEED
    return factor


@wp.func
def walkable(g: Ground, p: wp.vec2, height: float) -> bool:
    """True when the cell at ``p`` can be stepped onto from ``height`` [m]."""
    if not on_map(g, p):
        return False
    return wp.abs(floor_at(g, p) - height) <= STEP

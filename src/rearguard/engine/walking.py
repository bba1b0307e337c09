"""Laws of walking in a crowd, and keeping off walls.

Speeds follow the gap ahead (collision-free speed model: Tordeux, Chraibi & Seyfried 2016, arXiv 1512.05597); how much of
the speed is left at a density is Weidmann's fundamental diagram (Weidmann 1993, Transporttechnik der Fussgaenger).
"""

import warp as wp

from rearguard.engine.model import Model

WEIDMANN_FREE = wp.constant(1.34)
"""Speed of a pedestrian with nobody around [m/s]."""
WEIDMANN_GAMMA = wp.constant(1.913)
"""Shape of the diagram [1/m²]."""
WEIDMANN_JAM = wp.constant(5.4)
"""Density at which nobody moves [1/m²]."""
LOOK_ASIDE = wp.constant(5.0)
"""Neighbours turn the way aside up to this many lengths D beyond touching; there the term has fallen to 1/150."""
WALL_ROOM = wp.constant(0.02)
"""Room to a wall below which it is touched [m]."""

EAST = wp.constant(1)
SOUTH_EAST = wp.constant(2)
SOUTH = wp.constant(4)
SOUTH_WEST = wp.constant(8)
WEST = wp.constant(16)
NORTH_WEST = wp.constant(32)
NORTH = wp.constant(64)
NORTH_EAST = wp.constant(128)


@wp.func
def follow_speed(spacing: float, length: float, time_gap: float, free: float) -> float:
    """Speed [m/s] at a ``spacing`` between middles [m], of bodies ``length`` long [m]: min(v0, (s - l)/T), at least 0."""
    return wp.clamp((spacing - length) / time_gap, 0.0, free)


@wp.func
def file_capacity(length: float, time_gap: float, free: float) -> float:
    """Largest flow of a single file [1/s], at the density 1/(v0 T + l)."""
    return free / (free * time_gap + length)


@wp.func
def weidmann_speed(density: float) -> float:
    """Mean speed [m/s] of pedestrians at a density [1/m²]."""
    if density <= 0.0:
        return WEIDMANN_FREE
    return WEIDMANN_FREE * wp.max(1.0 - wp.exp(-WEIDMANN_GAMMA * (1.0 / density - 1.0 / WEIDMANN_JAM)), 0.0)


@wp.func
def weidmann_share(density: float) -> float:
    """Share of the free speed that is left at a density [1/m²]."""
    return weidmann_speed(density) / WEIDMANN_FREE


@wp.func
def slide(e: wp.vec2, off: wp.vec2, room: float) -> wp.vec2:
    """``e`` without what leads into a wall that is touched: ``off`` points away from it, ``room`` [m] is left to it."""
    into = wp.dot(e, off)
    if room < WALL_ROOM and into < 0.0:
        return e - off * into
    return e


@wp.func(inline=True)
def along_walls(m: Model, p: wp.vec2, direction: wp.vec2, row: int, column: int, radius: float) -> wp.vec2:
    """A direction turned along the walls that a body at ``p`` [m] touches, in a cell."""
    e = direction
    walls = int(m.throng.walls[row, column])
    cell = m.ground.cell
    wide = wp.min(radius, 0.5 * cell)
    x = p[0] - float(column) * cell
    y = p[1] - float(row) * cell
    if (walls & EAST) != 0:
        e = slide(e, wp.vec2(-1.0, 0.0), cell - x - wide)
    if (walls & WEST) != 0:
        e = slide(e, wp.vec2(1.0, 0.0), x - wide)
    if (walls & SOUTH) != 0:
        e = slide(e, wp.vec2(0.0, -1.0), cell - y - wide)
    if (walls & NORTH) != 0:
        e = slide(e, wp.vec2(0.0, 1.0), y - wide)
    # a corner counts where no side covers it
    off = wp.vec2(0.0, 0.0)
    if (walls & SOUTH_EAST) != 0 and (walls & (SOUTH | EAST)) == 0:
        off = wp.vec2(x - cell, y - cell)
        e = slide(e, wp.normalize(off), wp.length(off) - wide)
    if (walls & SOUTH_WEST) != 0 and (walls & (SOUTH | WEST)) == 0:
        off = wp.vec2(x, y - cell)
        e = slide(e, wp.normalize(off), wp.length(off) - wide)
    if (walls & NORTH_WEST) != 0 and (walls & (NORTH | WEST)) == 0:
        off = wp.vec2(x, y)
        e = slide(e, wp.normalize(off), wp.length(off) - wide)
    if (walls & NORTH_EAST) != 0 and (walls & (NORTH | EAST)) == 0:
        off = wp.vec2(x - cell, y)
        e = slide(e, wp.normalize(off), wp.length(off) - wide)
    return e


@wp.func
def from_corner(at: wp.vec2, corner: wp.vec2, radius: float) -> wp.vec2:
    """``at`` moved straight away from a corner until it is ``radius`` off it."""
    d = at - corner
    length = wp.length(d)
    if length >= radius or length < 1.0e-6:
        return at
    return corner + d * (radius / length)


@wp.func(inline=True)
def clear_of_walls(m: Model, p: wp.vec2, row: int, column: int, radius: float) -> wp.vec2:
    """``p`` moved until a body of ``radius`` [m] does not reach into the walls around a cell; midway where it cannot help it."""
    walls = int(m.throng.walls[row, column])
    if walls == 0:
        return p
    cell = m.ground.cell
    origin = wp.vec2(float(column) * cell, float(row) * cell)
    x = p[0] - origin[0]
    y = p[1] - origin[1]
    wide = wp.min(radius, 0.5 * cell)
    if (walls & EAST) != 0:
        x = wp.min(x, cell - wide)
    if (walls & WEST) != 0:
        x = wp.max(x, wide)
    if (walls & SOUTH) != 0:
        y = wp.min(y, cell - wide)
    if (walls & NORTH) != 0:
        y = wp.max(y, wide)
    at = wp.vec2(x, y)
    if x > 0.0 and y > 0.0 and x < cell and y < cell:
        if (walls & SOUTH_EAST) != 0 and (walls & (SOUTH | EAST)) == 0:
            at = from_corner(at, wp.vec2(cell, cell), wide)
        if (walls & SOUTH_WEST) != 0 and (walls & (SOUTH | WEST)) == 0:
            at = from_corner(at, wp.vec2(0.0, cell), wide)
        if (walls & NORTH_WEST) != 0 and (walls & (NORTH | WEST)) == 0:
            at = from_corner(at, wp.vec2(0.0, 0.0), wide)
        if (walls & NORTH_EAST) != 0 and (walls & (NORTH | EAST)) == 0:
            at = from_corner(at, wp.vec2(cell, 0.0), wide)
    return origin + at

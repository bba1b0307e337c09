"""Who of the crowds is there, and who is near whom.

Those present stand in one list, sorted by bands along the longer side of the box of all ways and, in a band, along it, so that
whoever is near a point is found in a few runs. From tick to tick the order hardly changes, which makes sorting it cheap.
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
TRIES = wp.constant(24)
"""Spots that are tried for one who comes; where none is free, it is tried again in the next tick."""
SAME_LEVEL = wp.constant(1.5)
"""Bodies whose feet differ less than this in height meet [m]."""
CROWDED = wp.constant(0.7978845608028654)
"""Radius of the disc of 2 m² over which the density around somebody is taken [m]."""


@wp.func(inline=True)
def along(m: Model, p: wp.vec2) -> float:
    """Coordinate [m] along the longer side of the box of all ways."""
    return wp.where(m.throng.upright != 0, p[1], p[0])


@wp.func(inline=True)
def across(m: Model, p: wp.vec2) -> float:
    """Coordinate [m] along its shorter side."""
    return wp.where(m.throng.upright != 0, p[0], p[1])


@wp.func(inline=True)
def band_at(m: Model, y: float) -> int:
    """Band of a place ``y`` [m] across, the nearest one for what lies outside."""
    return wp.clamp(int((y - m.throng.edge) * m.throng.bands_per_metre), 0, m.throng.bands - 1)


@wp.func
def line_up(m: Model, s: World, w: int):
    """Sort those present by band and along it, from the order that they had, and take the box in which they are."""
    n = s.crowd.presence[w]
    b = int(0)
    while b <= m.throng.bands:
        s.crowd.start[w, b] = wp.int16(0)
        b = b + 1
    low = wp.vec2(1.0e9, 1.0e9)
    high = wp.vec2(-1.0e9, -1.0e9)
    k = int(0)
    while k < n:
        a = s.crowd.present[w, k]
        p = s.crowd.position[w, int(a)]
        low = wp.min(low, p)
        high = wp.max(high, p)
        x = along(m, p)
        band = band_at(m, across(m, p))
        s.crowd.start[w, band + 1] = s.crowd.start[w, band + 1] + wp.int16(1)
        j = int(k)
        while j > 0:
            before = s.crowd.present[w, j - 1]
            q = s.crowd.position[w, int(before)]
            other = band_at(m, across(m, q))
            if other < band or (other == band and along(m, q) <= x):
                break
            s.crowd.present[w, j] = before
            j = j - 1
        s.crowd.present[w, j] = a
        k = k + 1
    b = int(0)
    while b < m.throng.bands:
        s.crowd.start[w, b + 1] = s.crowd.start[w, b] + s.crowd.start[w, b + 1]
        b = b + 1
    s.crowd.low[w] = low
    s.crowd.high[w] = high


@wp.func(inline=True)
def first_from(m: Model, s: World, w: int, here: int, band: int, x: float) -> int:
    """Place in the order of the first one of a band at ``x`` [m] along it or farther.

    ``here``: place of one who is farther, if in this band, and not by much; -1 where nobody is known to be.
    """
    low = int(s.crowd.start[w, band])
    high = int(s.crowd.start[w, band + 1])
    if here >= low and here < high:
        k = int(here)
        while k > low:
            if along(m, s.crowd.position[w, int(s.crowd.present[w, k - 1])]) < x:
                break
            k = k - 1
        return k
    while low < high:
        middle = (low + high) // 2
        if along(m, s.crowd.position[w, int(s.crowd.present[w, middle])]) < x:
            low = middle + 1
        else:
            high = middle
    return low


@wp.func(inline=True)
def radius_of(m: Model, s: World, w: int, a: int) -> float:
    """Radius of a pedestrian's body [m]."""
    return s.walk[w, m.throng.crowd_of[a], int(Walk.radius)]


@wp.func
def crowding(m: Model, s: World, w: int, here: int, p: wp.vec2) -> int:
    """Pedestrians on the disc of 2 m² around ``p`` [m], at its level; ``here`` as for ``first_from``."""
    height = height_at(m.ground, p)
    x = along(m, p)
    y = across(m, p)
    count = int(0)
    band = band_at(m, y - CROWDED)
    last = band_at(m, y + CROWDED)
    while band <= last:
        k = first_from(m, s, w, here, band, x - CROWDED)
        end = int(s.crowd.start[w, band + 1])
        while k < end:
            at = s.crowd.position[w, int(s.crowd.present[w, k])]
            if along(m, at) > x + CROWDED:
                break
            d = at - p
            if wp.dot(d, d) < CROWDED * CROWDED:
                if wp.abs(height_at(m.ground, at) - height) < SAME_LEVEL:
                    count = count + 1
            k = k + 1
        band = band + 1
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
    """Take those out who have reached their place; the others keep their order."""
    n = s.crowd.presence[w]
    left = int(0)
    k = int(0)
    while k < n:
        a = s.crowd.present[w, k]
        c = m.throng.crowd_of[int(a)]
        at = s.crowd.position[w, int(a)]
        cell = cell_of(m.ground, at)
        if int(m.throng.way[m.throng.way_of[c], cell[0], cell[1]]) == ARRIVED:
            s.crowd.gait[w, int(a)] = wp.uint8(int(Gait.left))
            s.crowd.velocity[w, int(a)] = wp.vec2(0.0, 0.0)
            left = left + 1
            s.crowd.gone[w, c] = s.crowd.gone[w, c] + 1
            if s.crowd.gone[w, c] == m.throng.count[c]:
                time = float(tick) * m.dt
                if s.crowd.jammed_since[w, c] >= 0.0:
                    note(s, w, tick, int(Event.clear), -1, -1, c, time - s.crowd.jammed_since[w, c], at)
                note(s, w, tick, int(Event.dispersed), -1, -1, c, time, at)
        elif left > 0:
            s.crowd.present[w, k - left] = a
        k = k + 1
    s.crowd.presence[w] = n - left

"""Crowds: pedestrians without a mind of their own who walk to a place and get in one another's way.

Model: collision-free speed model (Tordeux, Chraibi & Seyfried 2016, arXiv 1512.05597). The direction is that of the way,
turned aside by neighbours, e ~ e0 + sum a exp((l - s)/D) e_ij, and along walls; the speed is min(v0, (s - l)/T) with s the
distance of the nearest one in a band ahead as wide as two bodies. State: ``world.Crowd``; numbers: columns ``Walk``;
``throng`` says who is there and near whom, ``jams`` what goes wrong, ``crowd_runners`` how runners get through.
"""

import warp as wp

from rearguard.engine.columns import Body, Walk
from rearguard.engine.crowd_runners import gap_to_runners, make_way, notice_runners, shoved
from rearguard.engine.ground import STEP, cell_of, floor_at
from rearguard.engine.jams import go_on, hear_calls, judge_flow
from rearguard.engine.model import Model
from rearguard.engine.throng import (
    ARRIVED,
    Grid,
    column_of,
    direction_of_bearing,
    lay_grid,
    leave,
    let_come,
    radius_of,
    row_of,
)
from rearguard.engine.walking import LOOK_ASIDE, along_walls, clear_of_walls, follow_speed
from rearguard.engine.world import Gait, Mode, World

WEDGED = wp.constant(0.01)
"""Gap below which one who is wedged in shifts about for a way out, another way in every tick (declared) [m]."""
SHIFT_SPEED = wp.constant(0.3)
"""Fastest at which one shifts about [m/s] (declared)."""
COMPANY = wp.constant(20.0)
"""Nobody farther than this from where crowds can be meets, hinders or counts them before the next tick [m]."""


@wp.func(inline=True)
def is_behind_wall(m: Model, p: wp.vec2, floor: float, q: wp.vec2) -> bool:
    """True when nobody can stand half way between ``p``, whose ``floor`` [m] is known, and one near it at ``q``."""
    return wp.abs(floor_at(m.ground, (p + q) * 0.5) - floor) > STEP


@wp.func(inline=True)
def turn_aside(m: Model, s: World, w: int, grid: Grid, here: int):
    """Add to ``velocity`` what the one at ``here`` in the order and all behind it in the order do to each other's direction.

    So that every pair is met once; the sums of all are complete when it has been called for everybody. A pair of whom
    neither walks is left out: nobody asks for their direction.
    """
    a = int(s.crowd.order[w, here])
    walks = int(s.crowd.gait[w, a]) == int(Gait.walk)
    p = s.crowd.position[w, a]
    c = m.throng.crowd_of[a]
    radius = s.walk[w, c, int(Walk.radius)]
    strength = s.walk[w, c, int(Walk.repulsion)]
    reach = s.walk[w, c, int(Walk.reach)]
    far = radius + grid.widest + LOOK_ASIDE * reach
    cell = cell_of(m.ground, p)
    walled = m.throng.walls[cell[0], cell[1]] != wp.uint8(0)
    floor = m.ground.floor[cell[0], cell[1]]
    left = column_of(grid, p[0] - far)
    right = column_of(grid, p[0] + far)
    own = row_of(grid, p[1])
    out = s.crowd.velocity[w, a]
    row = int(own)
    last = row_of(grid, p[1] + far)
    while row <= last:
        first = row * grid.columns
        k = int(s.crowd.start[w, first + left])
        if row == own:
            k = here + 1
        end = int(s.crowd.start[w, first + right + 1])
        while k < end:
            at = s.crowd.position[w, int(s.crowd.order[w, k])]
            d = p - at
            q = wp.dot(d, d)
            if q < far * far and q > 1.0e-10:
                j = int(s.crowd.order[w, k])
                seen = walks or int(s.crowd.gait[w, j]) == int(Gait.walk)
                if seen and walled:
                    seen = not is_behind_wall(m, p, floor, at)
                if seen:
                    distance = wp.sqrt(q)
                    other = m.throng.crowd_of[j]
                    beyond = distance - radius - s.walk[w, other, int(Walk.radius)]
                    turn = d * (strength * wp.exp(-beyond / reach) / distance)
                    out = out + turn
                    if other != c:
                        weight = s.walk[w, other, int(Walk.repulsion)] * wp.exp(
                            -beyond / s.walk[w, other, int(Walk.reach)]
                        )
                        turn = d * (weight / distance)
                    s.crowd.velocity[w, j] = s.crowd.velocity[w, j] - turn
            k = k + 1
        row = row + 1
    s.crowd.velocity[w, a] = out


@wp.func(inline=True)
def gap_ahead(
    m: Model,
    s: World,
    w: int,
    grid: Grid,
    p: wp.vec2,
    e: wp.vec2,
    radius: float,
    far: float,
    enough: float,
    walled: bool,
) -> float:
    """Gap [m] to the nearest one in the band ahead, ``far`` [m] when it is at least that.

    Once it is known to be below ``enough`` [m] nobody nearer is looked for.
    """
    half = radius + grid.widest
    floor = floor_at(m.ground, p)
    gap = float(far)
    # rows of buckets from the own one on, as the band goes through them; what lies behind the nearest so far is left out
    side = 1.0 / grid.per_metre
    way = int(1)
    if e[1] < 0.0:
        way = int(-1)
    row = row_of(grid, p[1] - half * float(way))
    last = row_of(grid, p[1] + (far + half) * e[1] + half * float(way))
    slant = 1.0 / wp.max(wp.abs(e[1]), 1.0e-3)
    # how far the band runs until its near edge enters a row, and its far edge leaves it
    enter = float(0.0)
    if way > 0:
        enter = (grid.low[1] + float(row) * side - p[1] - half) * slant
    else:
        enter = (p[1] - grid.low[1] - float(row + 1) * side - half) * slant
    rows = (last - row) * way + 1
    while rows > 0:
        begin = wp.max(enter, 0.0)
        end = wp.min(enter + (side + 2.0 * half) * slant, gap + half)
        if begin < end:
            left = column_of(grid, p[0] + wp.min(begin * e[0], end * e[0]) - half)
            right = column_of(grid, p[0] + wp.max(begin * e[0], end * e[0]) + half)
            first = row * grid.columns
            k = int(s.crowd.start[w, first + left])
            stop = int(s.crowd.start[w, first + right + 1])
            while k < stop:
                at = s.crowd.position[w, int(s.crowd.order[w, k])]
                d = at - p
                ahead = wp.dot(d, e)
                if ahead > 0.0 and ahead < gap + half:
                    touch = radius + radius_of(m, s, w, int(s.crowd.order[w, k]))
                    if wp.abs(d[0] * e[1] - d[1] * e[0]) <= touch:
                        room = wp.length(d) - touch
                        if room < gap:
                            seen = bool(True)
                            if walled:
                                seen = not is_behind_wall(m, p, floor, at)
                            if seen:
                                gap = room
                                if gap < enough:
                                    return gap
                k = k + 1
        rows = rows - 1
        enter = enter + side * slant
        row = row + way
    return gap


@wp.func(inline=True)
def choose_velocity(m: Model, s: World, w: int, tick: int, grid: Grid, near: wp.uint64, a: int):
    """Where ``a`` goes next, and how fast; ``velocity`` holds what its neighbours add to the direction."""
    c = m.throng.crowd_of[a]
    p = s.crowd.position[w, a]
    radius = s.walk[w, c, int(Walk.radius)]
    push = wp.vec2(0.0, 0.0)
    if near != wp.uint64(0):
        push = shoved(m, s, w, near, p, radius)
    if int(s.crowd.gait[w, a]) != int(Gait.walk):
        s.crowd.velocity[w, a] = push
        return
    cell = cell_of(m.ground, p)
    walled = m.throng.walls[cell[0], cell[1]] != wp.uint8(0)
    bearing = int(m.throng.way[m.throng.way_of[c], cell[0], cell[1]])
    e = wp.vec2(0.0, 0.0)
    if bearing < ARRIVED:
        e = direction_of_bearing(bearing)
    e = e + s.crowd.velocity[w, a]
    if near != wp.uint64(0):
        e = e + make_way(m, s, w, near, p, radius, c, s.crowd.until[w, a] > float(tick) * m.dt)
    if walled:
        e = along_walls(m, p, e, cell[0], cell[1], radius)
    length = wp.length(e)
    if length < 1.0e-6:
        s.crowd.velocity[w, a] = push
        return
    e = e / length
    free = s.crowd.pace[w, a] * m.ground.speed[int(m.ground.kind[cell[0], cell[1]])]
    time_gap = s.walk[w, c, int(Walk.time_gap)]
    gap = float(0.0)
    enough = float(WEDGED)
    tries = int(0)
    while tries < 2 and gap < WEDGED:
        if tries == 1:
            # two who touch and mean to pass before one another would stand for ever
            e = direction_of_bearing((tick * 97 + a * 31) % 250)
            free = wp.min(free, SHIFT_SPEED)
            enough = 0.0
        gap = gap_ahead(m, s, w, grid, p, e, radius, free * time_gap, enough, walled)
        tries = tries + 1
    if near != wp.uint64(0):
        gap = gap_to_runners(m, s, w, near, p, e, radius, gap)
    s.crowd.velocity[w, a] = e * follow_speed(gap, 0.0, time_gap, free) + push


@wp.func(inline=True)
def advance(m: Model, s: World, w: int, a: int, dt: float):
    """Move ``a`` by its velocity, kept clear of walls."""
    g = m.ground
    p = s.crowd.position[w, a]
    v = s.crowd.velocity[w, a]
    if v[0] == 0.0 and v[1] == 0.0:
        return
    radius = radius_of(m, s, w, a)
    q = p + v * dt
    cell = cell_of(g, p)
    ahead = cell
    # clear of the walls around where it was, and then around where it has come to
    sides = int(0)
    while sides < 2:
        q = clear_of_walls(m, q, cell[0], cell[1], radius)
        ahead = cell_of(g, q)
        sides = sides + 1
        if ahead[0] == cell[0] and ahead[1] == cell[1]:
            sides = 2
        cell = ahead
    if wp.abs(floor_at(g, q) - floor_at(g, p)) <= STEP:
        s.crowd.position[w, a] = q


@wp.func
def is_alone(m: Model, s: World, w: int, tick: int) -> bool:
    """True while nobody is, comes or calls near where the crowds of a world that may wait can be."""
    if s.crowds_wait == 0:
        return False
    low = wp.min(m.throng.low, s.crowd.low[w])
    high = wp.max(m.throng.high, s.crowd.high[w])
    soon = float(tick + 2) * m.dt
    i = int(0)
    while i < m.people:
        if s.crowd.voice[w, i][2] > 0.0:
            return False
        mode = s.motion.mode[w, i]
        if mode != int(Mode.out) and (mode != int(Mode.away) or soon >= s.body[w, i, int(Body.start)]):
            p = s.motion.position[w, i]
            if p[0] > low[0] - COMPANY and p[1] > low[1] - COMPANY:
                if p[0] < high[0] + COMPANY and p[1] < high[1] + COMPANY:
                    return False
        i = i + 1
    return True


@wp.func
def walk_tick(m: Model, s: World, w: int, tick: int, alone: bool):
    """One tick of all crowds; ``alone``: without runners."""
    let_come(m, s, w, tick)
    n = int(s.crowd.presence[w])
    if n == 0:
        return
    near = wp.uint64(0)
    dt = m.dt / float(m.throng.steps)
    for step in range(m.throng.steps):
        grid = lay_grid(m, s, w)
        if step == 0:
            if not alone:
                extent = wp.vec2(float(grid.columns), float(grid.rows)) / grid.per_metre
                near = notice_runners(m, s, w, tick, grid.low, grid.low + extent)
            k = int(0)
            while k < n:
                go_on(m, s, w, tick, grid, int(s.crowd.present[w, k]))
                k = k + 1
            if tick % m.look_every == 0:
                for c in range(m.throng.crowds):
                    judge_flow(m, s, w, tick, grid, c)
        # in the order of the buckets, so that what is near is near in memory
        k = int(0)
        while k < n:
            s.crowd.velocity[w, int(s.crowd.present[w, k])] = wp.vec2(0.0, 0.0)
            k = k + 1
        k = int(0)
        while k < n:
            turn_aside(m, s, w, grid, k)
            k = k + 1
        k = int(0)
        while k < n:
            choose_velocity(m, s, w, tick, grid, near, int(s.crowd.order[w, k]))
            k = k + 1
        k = int(0)
        while k < n:
            advance(m, s, w, int(s.crowd.present[w, k]), dt)
            k = k + 1
    s.crowd.steps[w] += wp.int64(n)
    leave(m, s, w, tick)
    if s.crowd.presence[w] == 0:
        for i in range(m.people):
            s.crowd.hindrance[w, i] = 1.0


@wp.func
def walk_on(m: Model, s: World, w: int, tick: int):
    """Let all crowds walk up to the end of a tick.

    A crowd without company goes its way whatever others do, so that it may wait until somebody comes near and then walk what
    it owes, to the same bits; in many worlds nobody comes near again. Where events are kept it does not wait.
    """
    if m.throng.crowds == 0 or is_alone(m, s, w, tick):
        return
    owed = s.crowd.walked[w]
    while owed <= tick:
        if owed == tick:
            hear_calls(m, s, w, tick)
        walk_tick(m, s, w, owed, owed < tick)
        owed = owed + 1
    s.crowd.walked[w] = owed

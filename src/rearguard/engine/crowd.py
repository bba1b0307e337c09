"""Crowds: pedestrians without a mind of their own who walk to a place and get in one another's way.

Model: collision-free speed model (Tordeux, Chraibi & Seyfried 2016, arXiv 1512.05597). The direction is that of the way,
turned aside by neighbours, e ~ e0 + sum a exp((l - s)/D) e_ij, and along walls; the speed is min(v0, (s - l)/T) with s the
distance of the nearest one in a band ahead as wide as two bodies. State: ``world.Crowd``; numbers: columns ``Walk``;
``throng`` says who is there and near whom, ``jams`` what goes wrong, ``crowd_runners`` how runners get through.
"""

import warp as wp

from rearguard.engine.columns import Body, Walk
from rearguard.engine.crowd_runners import (
    CLOSE,
    NEAR,
    Runners,
    gap_to_runners,
    make_way,
    make_way_time,
    near_to,
    notice_runners,
    shoved,
)
from rearguard.engine.ground import STEP, cell_of, floor_at
from rearguard.engine.jams import go_on, hear_calls, judge_flow
from rearguard.engine.model import Model
from rearguard.engine.throng import (
    ARRIVED,
    across,
    along,
    band_at,
    first_from,
    leave,
    let_come,
    line_up,
    radius_of,
)
from rearguard.engine.walking import LOOK_ASIDE, along_walls, clear_of_walls, follow_speed
from rearguard.engine.world import Gait, Mode, World

WEDGED = wp.constant(0.01)
"""Gap below which one who is wedged in shifts about for a way out, another way in every tick (declared) [m]."""
SHIFT_SPEED = wp.constant(0.3)
"""Fastest at which one shifts about [m/s] (declared)."""
CLOSE_BY = wp.constant(0.25)
"""Room to a neighbour below which one looks around in every tick [m]."""
COMPANY = wp.constant(20.0)
"""Nobody farther than this from where crowds can be meets, hinders or counts them before the next tick [m]."""


@wp.func(inline=True)
def is_behind_wall(m: Model, p: wp.vec2, floor: float, q: wp.vec2) -> bool:
    """True when nobody can stand half way between ``p``, whose ``floor`` [m] is known, and one near it at ``q``."""
    return wp.abs(floor_at(m.ground, (p + q) * 0.5) - floor) > STEP


@wp.func(inline=True)
def turn_aside(m: Model, s: World, w: int, widest: float, here: int, p: wp.vec2, walled: bool) -> wp.vec3:
    """What its neighbours add to the direction of the one at ``here`` in the order, who is at ``p`` [m]; and the least room [m]."""
    c = m.throng.crowd_of[int(s.crowd.present[w, here])]
    radius = s.walk[w, c, int(Walk.radius)]
    strength = s.walk[w, c, int(Walk.repulsion)]
    reach = s.walk[w, c, int(Walk.reach)]
    far = radius + widest + LOOK_ASIDE * reach
    floor = floor_at(m.ground, p)
    x = along(m, p)
    y = across(m, p)
    out = wp.vec2(0.0, 0.0)
    least = float(far)
    band = band_at(m, y - far)
    last = band_at(m, y + far)
    while band <= last:
        k = first_from(m, s, w, here, band, x - far)
        end = int(s.crowd.start[w, band + 1])
        while k < end:
            j = int(s.crowd.present[w, k])
            at = s.crowd.position[w, j]
            if along(m, at) > x + far:
                break
            d = p - at
            q = wp.dot(d, d)
            if q < far * far and q > 1.0e-10:
                seen = bool(True)
                if walled:
                    seen = not is_behind_wall(m, p, floor, at)
                if seen:
                    distance = wp.sqrt(q)
                    beyond = distance - radius - radius_of(m, s, w, j)
                    least = wp.min(least, beyond)
                    out = out + d * (strength * wp.exp(-beyond / reach) / distance)
            k = k + 1
        band = band + 1
    return wp.vec3(out[0], out[1], least)


@wp.func(inline=True)
def gap_ahead(
    m: Model,
    s: World,
    w: int,
    widest: float,
    here: int,
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
    half = radius + widest
    floor = floor_at(m.ground, p)
    gap = float(far)
    x = along(m, p)
    y = across(m, p)
    dx = along(m, e) * (far + half)
    dy = across(m, e) * (far + half)
    high = x + wp.max(dx, 0.0) + half
    band = band_at(m, y + wp.min(dy, 0.0) - half)
    last = band_at(m, y + wp.max(dy, 0.0) + half)
    while band <= last:
        k = first_from(m, s, w, here, band, x + wp.min(dx, 0.0) - half)
        end = int(s.crowd.start[w, band + 1])
        while k < end:
            j = int(s.crowd.present[w, k])
            at = s.crowd.position[w, j]
            if along(m, at) > high:
                break
            d = at - p
            ahead = wp.dot(d, e)
            if ahead > 0.0 and ahead < gap + half:
                touch = radius + radius_of(m, s, w, j)
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
        band = band + 1
    return gap


@wp.func
def choose_velocity(m: Model, s: World, w: int, tick: int, widest: float, near: wp.uint64, told: bool, here: int):
    """Where the one at ``here`` in the order, who walks, goes next, and how fast."""
    a = int(s.crowd.present[w, here])
    c = m.throng.crowd_of[a]
    p = s.crowd.position[w, a]
    radius = s.walk[w, c, int(Walk.radius)]
    cell = cell_of(m.ground, p)
    walled = m.throng.walls[cell[0], cell[1]] != wp.uint8(0)
    bearing = int(m.throng.way[m.throng.way_of[c], cell[0], cell[1]])
    aside = turn_aside(m, s, w, widest, here, p, walled)
    s.crowd.pressed[w, a] = wp.where(aside[2] < CLOSE_BY, wp.uint8(1), wp.uint8(0))
    e = wp.vec2(aside[0], aside[1])
    if bearing < ARRIVED:
        e = e + m.throng.direction[bearing]
    push = wp.vec2(0.0, 0.0)
    if near != wp.uint64(0):
        push = shoved(m, s, w, near, p, radius)
        e = e + make_way(m, s, w, near, p, radius, c, told)
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
            e = m.throng.direction[(tick * 97 + a * 31) % m.throng.direction.shape[0]]
            free = wp.min(free, SHIFT_SPEED)
            enough = 0.0
        gap = gap_ahead(m, s, w, widest, here, p, e, radius, free * time_gap, enough, walled)
        tries = tries + 1
    if near != wp.uint64(0):
        gap = gap_to_runners(m, s, w, near, p, e, radius, gap)
    s.crowd.velocity[w, a] = e * follow_speed(gap, 0.0, time_gap, free) + push


@wp.func
def look_round(m: Model, s: World, w: int, tick: int, runners: Runners, turn: bool, first: bool):
    """Everybody who walks chooses a velocity when it is the ``turn`` for it; those close to another or a runner in every tick.

    ``first``: the first step of a tick, in which some stop, fall, get up or walk on.
    """
    n = s.crowd.presence[w]
    widest = float(0.0)
    for c in range(m.throng.crowds):
        widest = wp.max(widest, s.walk[w, c, int(Walk.radius)])
    k = int(0)
    while k < n:
        a = int(s.crowd.present[w, k])
        if turn and first:
            go_on(m, s, w, tick, k, a)
        p = s.crowd.position[w, a]
        near = wp.uint64(0)
        told = bool(False)
        if runners.near != wp.uint64(0):
            x = along(m, p)
            if x > runners.low and x < runners.high:
                if turn:
                    told = s.crowd.until[w, a] > float(tick) * m.dt
                    near = near_to(m, s, w, runners.near, p, NEAR, make_way_time(told))
                else:
                    near = near_to(m, s, w, runners.near, p, CLOSE, 0.0)
        if int(s.crowd.gait[w, a]) != int(Gait.walk):
            push = wp.vec2(0.0, 0.0)
            if near != wp.uint64(0):
                push = shoved(m, s, w, near, p, radius_of(m, s, w, a))
            s.crowd.velocity[w, a] = push
        elif turn or near != wp.uint64(0) or s.crowd.pressed[w, a] != wp.uint8(0):
            choose_velocity(m, s, w, tick, widest, near, told, k)
        k = k + 1


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
    """One tick of all crowds; ``alone``: without runners. Pedestrians look around every few ticks and hold their velocity meanwhile."""
    turn = tick % m.throng.look_every == 0
    if turn:
        let_come(m, s, w, tick)
    n = s.crowd.presence[w]
    if n == 0:
        return
    runners = Runners()
    if not alone:
        runners = notice_runners(m, s, w, tick)
    dt = m.dt / float(m.throng.steps)
    for step in range(m.throng.steps):
        line_up(m, s, w)
        if turn and step == 0:
            if (tick // m.throng.look_every) % m.throng.judge_every == 0:
                for c in range(m.throng.crowds):
                    judge_flow(m, s, w, tick, c)
        look_round(m, s, w, tick, runners, turn, step == 0)
        k = int(0)
        while k < n:
            advance(m, s, w, int(s.crowd.present[w, k]), dt)
            k = k + 1
    s.crowd.steps[w] += wp.int64(n)
    if turn:
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

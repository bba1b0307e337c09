"""Missiles: thrown steel on moving targets, with flight time, dispersion by range, dodging, stems and wards in the way.

Models: two-dimensional normal error of aim, sigma = dispersion x distance, so that P(hit) = 1 - exp(-R²/(2 sigma²)) on a
disc at rest (Rayleigh); flight time r/v, the thrower leading the target by its velocity; who has read the throw steps
aside by a t²/2 within what the flight leaves after the reaction; stems stop missiles as they stop sight, exp(-N d r).
Drag is left out: ranges are short.
"""

import warp as wp

from rearguard.engine.columns import Body, Craft
from rearguard.engine.events import Event, note
from rearguard.engine.model import Model
from rearguard.engine.rng import Purpose, normal2, uniform4
from rearguard.engine.sight import CHEST, clear_probability, line_of_sight
from rearguard.engine.wards import stopping_ward, wear
from rearguard.engine.world import Mode, Overflow, World
from rearguard.engine.wounds import hurt


@wp.func
def sidestep(acceleration: float, time: float) -> float:
    """How far a body gets out of the way [m] from a standstill across, at ``acceleration`` [m/s²] for ``time`` [s]."""
    t = wp.max(time, 0.0)
    return 0.5 * acceleration * t * t


@wp.func
def throw(m: Model, s: World, w: int, tick: int, i: int, j: int, technique: int):
    """Let a missile fly at where ``j`` will be; it comes down by itself (``fly_on``)."""
    a = s.motion.position[w, i]
    b = s.motion.position[w, j]
    distance = wp.length(b - a)
    seconds = distance / wp.max(s.craft[w, technique, int(Craft.speed)], 1.0)
    slot = int(-1)
    for k in range(s.things.missile.shape[1]):
        if s.things.missile[w, k][0] < 0 and slot < 0:
            slot = k
    if slot < 0:
        s.account.overflow[w] = s.account.overflow[w] | int(Overflow.things)
        return
    s.things.missile[w, slot] = wp.vec4i(i, j, technique, tick + int(wp.ceil(seconds / m.dt)))
    s.things.missile_from[w, slot] = a
    s.things.missile_to[w, slot] = b + s.motion.velocity[w, j] * seconds
    note(s, w, tick, int(Event.throw), i, j, technique, distance, a)


@wp.func
def come_down(m: Model, s: World, w: int, tick: int, k: int):
    """Whether missile ``k`` hits its target, where that is by now."""
    what = s.things.missile[w, k]
    i = what[0]
    j = what[1]
    technique = what[2]
    a = s.things.missile_from[w, k]
    aimed = s.things.missile_to[w, k]
    p = s.motion.position[w, j]
    line = aimed - a
    distance = wp.max(wp.length(line), 0.1)
    u = uniform4(s.key[w], tick, i * 64 + k, int(Purpose.MISSILE), 0)
    v = uniform4(s.key[w], tick, i * 64 + k, int(Purpose.MISSILE), 1)
    z = normal2(u[0], u[1]) * (s.craft[w, technique, int(Craft.dispersion)] * distance)
    across = wp.vec2(-line[1], line[0]) / distance
    off = wp.dot(p - aimed, across) - z[0]
    radius = s.craft[w, technique, int(Craft.width)]
    would_hit = off * off + z[1] * z[1] < radius * radius
    ward = stopping_ward(m, s, w, tick, m.side[i], a, p, v[0])
    if ward >= 0:
        wear(s, w, ward)
        note(s, w, tick, int(Event.missile_stopped), s.things.ward_owner[w, ward], i, technique, distance, p)
        return
    depth = line_of_sight(m.ground, a, s.motion.height[w, i] + CHEST, p, s.motion.height[w, j] + CHEST)
    blocked = depth < 0.0
    if depth > 0.0:
        blocked = v[1] > clear_probability(depth)
    mode = s.motion.mode[w, j]
    if blocked or mode == int(Mode.out) or not would_hit:
        note(s, w, tick, int(Event.missile_miss), i, j, technique, distance, p)
        return
    if s.act.threat[w, j] == i and mode == int(Mode.feet):
        # who has read the wind-up knows before the missile leaves; a held one cannot step
        free = float(tick) * m.dt - s.act.threat_at[w, j]
        acceleration = s.body[w, j, int(Body.sprint)] / s.body[w, j, int(Body.acceleration_time)]
        if s.act.held_by[w, j] < 0 and wp.abs(off) + sidestep(acceleration, free) > radius:
            note(s, w, tick, int(Event.dodge), j, i, technique, distance, p)
            return
    share = s.craft[w, technique, int(Craft.wound)] * (0.4 + 0.6 * v[2])
    hurt(s, w, j, share)
    s.strength.flow[w, j] += s.craft[w, technique, int(Craft.bleeding)] * (0.4 + 0.6 * v[2])
    note(s, w, tick, int(Event.missile_hit), i, j, technique, share, p)


@wp.func
def fly_on(m: Model, s: World, w: int, tick: int):
    """Let missiles whose flight is over come down."""
    for k in range(s.things.missile.shape[1]):
        what = s.things.missile[w, k]
        if what[0] >= 0:
            if tick >= what[3]:
                come_down(m, s, w, tick, k)
                s.things.missile[w, k] = wp.vec4i(-1, -1, -1, 0)

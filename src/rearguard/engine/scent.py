"""Scent: odours with identities, age, contamination, masking, and what shakes them loose.

Models and sources: laws of ageing and of reading a trail's direction are in ``odour.py``; the half-life is one of the
ground's (declared: there is no accepted curve of success against age). The chance to hold the trail is monotone in the
strength (``trail.loss_rate``). Contamination: every crossing by others adds its share of errors. Companions who run hard
near the nose disturb it (declared; the source describes it). An overpowering source within its ``stench`` dulls the nose
for everything else, and is itself known by direction. A tracker tells apart the odours it has been given (``scents``):
each of those leaves a trail of its own.
"""

import warp as wp

from rearguard.engine.columns import Body, Phase
from rearguard.engine.events import Event, note
from rearguard.engine.ground import onto_map
from rearguard.engine.knowledge import learn, sees
from rearguard.engine.model import Model
from rearguard.engine.rng import Purpose, normal2, uniform4
from rearguard.engine.world import Mode, Source, World

COMPANY = wp.constant(10.0)
"""Distance within which companions disturb a nose [m] (declared)."""
CROSSING = wp.constant(0.25)
"""Share by which each crossing of the trail by others raises its losses (declared)."""
DULLED = wp.constant(0.8)
"""Share of the nose that an overpowering source takes (declared)."""
QUARRY = wp.constant(2)
"""Passages over a patch that are put down to the quarry itself (declared)."""
BEARING = wp.constant(0.3)
"""Error of the direction of an overpowering source [rad, standard deviation] (declared)."""


@wp.func
def scent_of(m: Model, s: World, w: int, entity: int) -> float:
    """Odour that an entity leaves, in [0, 1]; a payload's is plain."""
    if entity >= m.people:
        return 1.0
    return s.body[w, entity, int(Body.odour)]


@wp.func
def patch_of(m: Model, p: wp.vec2) -> int:
    """The patch of ground a position is on."""
    return int(p[1] * m.patches_per_metre) * m.patch_columns + int(p[0] * m.patches_per_metre)


@wp.func
def tread(m: Model, s: World, w: int):
    """Count who passes over each patch of ground."""
    i = int(0)
    while i < m.people:
        if s.motion.mode[w, i] == int(Mode.feet):
            k = patch_of(m, s.motion.position[w, i])
            if k != s.trail.patch[w, i]:
                s.trail.patch[w, i] = k
                n = int(s.trail.traffic[w, k])
                if n < 255:
                    s.trail.traffic[w, k] = wp.uint8(n + 1)
        i = i + 1


@wp.func
def stamping(mass: float, speed_squared: float) -> float:
    """Weight of a companion's steps: 1 for 70 kg at 5 m/s, in proportion to the mass and the square of the speed."""
    return mass / 70.0 * speed_squared / 25.0


@wp.func
def disturbance(m: Model, s: World, w: int, i: int, place: wp.vec2) -> float:
    """Factor on the losses of a nose: companions who run hard near it, and others' crossings of the trail at ``place``."""
    factor = float(1.0)
    for j in range(m.people):
        if j != i and m.side[j] == m.side[i] and s.motion.mode[w, j] == int(Mode.feet):
            d = s.motion.position[w, j] - s.motion.position[w, i]
            v = s.motion.velocity[w, j]
            if wp.dot(d, d) < COMPANY * COMPANY:
                factor += s.body[w, i, int(Body.disturbed)] * stamping(s.body[w, j, int(Body.mass)], wp.dot(v, v))
    passed = int(s.trail.traffic[w, patch_of(m, place)])
    return factor * (1.0 + CROSSING * float(wp.max(passed - QUARRY, 0)))


@wp.func
def meet_stench(m: Model, s: World, w: int, tick: int, i: int):
    """Whether something overpowers the nose here."""
    s.nerve.dulled[w, i] = 0.0
    here = s.motion.position[w, i]
    for p in range(m.payloads):
        stench = s.phase[w, p, s.cargo.stage[w, p], int(Phase.stench)]
        d = s.cargo.position[w, p] - here
        if stench > 0.0 and wp.dot(d, d) < stench * stench:
            s.nerve.dulled[w, i] = DULLED
            if (s.nerve.reeked[w, i] & (1 << p)) == 0:
                s.nerve.reeked[w, i] = s.nerve.reeked[w, i] | (1 << p)
                note(s, w, tick, int(Event.overpowered), i, m.people + p, -1, wp.length(d), here)
            if not sees(s, w, i, m.people + p):
                u = uniform4(s.key[w], tick, i * 64 + p, int(Purpose.SCENT), 0)
                turn = BEARING * normal2(u[0], u[1])[0]
                side = wp.vec2(-d[1], d[0])
                at = here + d * wp.cos(turn) + side * wp.sin(turn)
                learn(s, w, i, m.people + p, onto_map(m.ground, at), float(tick) * m.dt, int(Source.smelled))

"""Presence: a field around a payload that grows with its stage, is felt by those near it, and gives them a direction.

Model (declared; nothing of the kind is in the literature): strength 1/(1 + (d/presence)²) at distance d, where the
stage's ``presence`` is the distance at which it is half as strong as on the spot. Felt from ``FELT`` on by those whose
senses answer to it; the direction is known within ``BEARING``, the distance only roughly.
"""

import warp as wp

from rearguard.engine.columns import Body, Phase
from rearguard.engine.events import Event, note
from rearguard.engine.ground import onto_map
from rearguard.engine.knowledge import learn, sees
from rearguard.engine.model import Model
from rearguard.engine.nerve import meet_horror
from rearguard.engine.rng import Purpose, normal2, uniform4
from rearguard.engine.world import Mode, Source, World

FELT = wp.constant(0.2)
"""Strength from which a presence is felt, in [0, 1] (declared)."""
DREAD = wp.constant(0.5)
"""Strength from which the horror of a stage is met by feeling it (declared)."""
BEARING = wp.constant(0.25)
"""Error of a direction felt [rad, standard deviation] (declared)."""
RANGE = wp.constant(0.3)
"""Error of a distance felt [standard deviation of its logarithm] (declared)."""


@wp.func
def presence_strength(distance: float, half_distance: float) -> float:
    """Strength of a presence in [0, 1] at ``distance`` [m], half at ``half_distance`` [m]; 0 without one."""
    if half_distance <= 0.0:
        return 0.0
    ratio = distance / half_distance
    return 1.0 / (1.0 + ratio * ratio)


@wp.func
def feel(m: Model, s: World, w: int, tick: int):
    """Once a second everybody near a payload feels it."""
    i = int(0)
    while i < m.people:
        mode = s.motion.mode[w, i]
        if (tick + i) % m.listen_every == 0 and mode != int(Mode.away) and mode != int(Mode.out):
            strongest = float(0.0)
            for p in range(m.payloads):
                stage = s.cargo.stage[w, p]
                d = s.cargo.position[w, p] - s.motion.position[w, i]
                strength = presence_strength(wp.length(d), s.phase[w, p, stage, int(Phase.presence)])
                strength = strength * s.body[w, i, int(Body.presence)]
                strongest = wp.max(strongest, strength)
                if strength >= FELT:
                    feel_one(m, s, w, tick, i, p, stage, d, strength)
            s.nerve.felt[w, i] = strongest
        i = i + 1


@wp.func
def feel_one(m: Model, s: World, w: int, tick: int, i: int, p: int, stage: int, d: wp.vec2, strength: float):
    """What the presence of payload ``p`` tells agent ``i``, and does to it."""
    here = s.motion.position[w, i]
    if stage > int(s.nerve.felt_stage[w, i]):
        s.nerve.felt_stage[w, i] = wp.int8(stage)
        note(s, w, tick, int(Event.feel), i, m.people + p, -1, strength, here)
    if strength >= DREAD:
        meet_horror(m, s, w, tick, i, p, stage, 1.0)
    if not sees(s, w, i, m.people + p):
        u = uniform4(s.key[w], tick, i * 64 + p, int(Purpose.PRESENCE), 0)
        z = normal2(u[0], u[1])
        turn = BEARING * z[0]
        side = wp.vec2(-d[1], d[0])
        at = here + (d * wp.cos(turn) + side * wp.sin(turn)) * wp.exp(RANGE * z[1])
        learn(s, w, i, m.people + p, onto_map(m.ground, at), float(tick) * m.dt, int(Source.felt))

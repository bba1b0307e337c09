"""Hearing: sources in dB, spreading, what ground swallows, and masking by surroundings, breath and steps.

Models and sources:
 - level at a distance: L(r) = L1 - 20 log10 r - air r - A_ground (``acoustics``; ISO 9613-1 and 9613-2);
 - powers add; what is heard stands out of everything that masks it: the surroundings, one's own breath and steps;
 - steps: level at 1 m and 1 m/s, growing with the square of the speed and with the mass (declared: no sourced levels of
   steps outdoors or of one's own breath exist, MODELS 7).
Everybody listens once a second. Who hears somebody without seeing them knows a direction within ``BEARING`` and a distance
within ``RANGE``; a payload's stage is known by its sound.
"""

import warp as wp

from rearguard.engine.acoustics import audibility, forest_attenuation
from rearguard.engine.columns import Body, Phase
from rearguard.engine.events import Event, note
from rearguard.engine.ground import cell_of, onto_map
from rearguard.engine.knowledge import MEMORY, bit, is_foe, learn, learn_stage, sees
from rearguard.engine.model import Model
from rearguard.engine.rng import Purpose, normal2, uniform4
from rearguard.engine.world import Mode, Source, World

BEARING = wp.constant(0.15)
"""Error of a direction heard [rad, standard deviation] (declared)."""
RANGE = wp.constant(0.3)
"""Error of a distance heard [standard deviation of its logarithm] (declared)."""
SOFT = wp.constant(2.0)
"""Excess over the masking level that turns the chance to hear from one half to 73 % [dB] (declared)."""
OWN_STEPS = wp.constant(0.4)
"""Intensity of one's own steps at the ear over that at 1 m (1.6 m from the ground)."""
BREATH_RISE = wp.constant(25.0)
"""How much louder breath at critical speed is than at rest [dB] (declared)."""
NOTED = wp.constant(8.0)
"""Change of the surroundings' level that is worth an event [dB]."""
GROWN_USED = wp.constant(0.2)
"""Share by which one gets used to the surroundings' level at each listening."""
STAGE_HEARD = wp.constant(3.0)
"""Excess at which the sound of a payload tells its stage [dB] (declared)."""


@wp.func
def intensity(level: float) -> float:
    """Intensity over that of 0 dB, of a ``level`` [dB]."""
    return wp.pow(10.0, 0.1 * level)


@wp.func
def level_of(intensity_: float) -> float:
    """Level [dB] of an intensity over that of 0 dB."""
    return 10.0 * wp.log10(wp.max(intensity_, 1.0e-12))


@wp.func
def step_intensity(footfall: float, speed: float, mass: float, ground: float) -> float:
    """Intensity of steps at 1 m: ``footfall`` [dB] at 1 m/s and 70 kg, on ``ground`` (a factor), at ``speed`` [m/s]."""
    return intensity(footfall) * speed * speed * (mass / 70.0) * ground


@wp.func
def breath_intensity(breath: float, exertion: float) -> float:
    """Intensity of one's own breath at the ear: ``breath`` [dB] at rest; ``exertion`` is speed over critical speed."""
    return intensity(breath + BREATH_RISE * wp.min(exertion, 1.3))


@wp.func
def attenuation(m: Model, a: wp.vec2, b: wp.vec2, distance: float) -> float:
    """What air and ground take from a sound between two places [dB]: the mean of both ends' ground, capped at 200 m."""
    ca = cell_of(m.ground, a)
    cb = cell_of(m.ground, b)
    muffle = 0.5 * (
        m.ground.muffle[int(m.ground.kind[ca[0], ca[1]])] + m.ground.muffle[int(m.ground.kind[cb[0], cb[1]])]
    )
    return m.air * distance + forest_attenuation(distance, muffle)


@wp.func
def ambient_intensity(m: Model, at: wp.vec2) -> float:
    """Intensity of the surroundings at a place."""
    c = cell_of(m.ground, at)
    return intensity(0.5 * float(m.ground.ambient[c[0], c[1]]))


@wp.func
def measure(m: Model, s: World, w: int, tick: int, i: int):
    """How loud an agent is, and what masks sounds at its ears."""
    p = s.motion.position[w, i]
    speed = wp.length(s.motion.velocity[w, i])
    c = cell_of(m.ground, p)
    mass = s.body[w, i, int(Body.mass)]
    steps = float(0.0)
    if s.motion.mode[w, i] == int(Mode.feet):
        ground = m.ground.noise[int(m.ground.kind[c[0], c[1]])]
        steps = step_intensity(s.body[w, i, int(Body.footfall)], speed, mass, ground)
    breath = breath_intensity(s.body[w, i, int(Body.breath)], speed / s.body[w, i, int(Body.critical_speed)])
    around = ambient_intensity(m, p)
    s.ears.volume[w, i] = steps + 0.1 * breath + s.ears.burst[w, i]
    s.ears.burst[w, i] = 0.0
    s.ears.masker[w, i] = (around + OWN_STEPS * steps + breath) * intensity(s.body[w, i, int(Body.hearing)])
    listen_to_surroundings(s, w, tick, i, level_of(around), p)


@wp.func
def listen_to_surroundings(s: World, w: int, tick: int, i: int, level: float, at: wp.vec2):
    """Note that it has become louder or quieter, once it has done so for some seconds."""
    if s.ears.around[w, i] <= 0.0:
        s.ears.around[w, i] = level
        s.ears.noted[w, i] = level
    around = s.ears.around[w, i] + GROWN_USED * (level - s.ears.around[w, i])
    s.ears.around[w, i] = around
    if wp.abs(around - s.ears.noted[w, i]) > NOTED:
        s.ears.noted[w, i] = around
        note(s, w, tick, int(Event.noise), i, -1, -1, around, at)


@wp.func
def source_place(m: Model, s: World, w: int, entity: int) -> wp.vec2:
    """Where a person or payload is [m]."""
    if entity >= m.people:
        return s.cargo.position[w, entity - m.people]
    return s.motion.position[w, entity]


@wp.func
def is_abroad(m: Model, s: World, w: int, entity: int) -> bool:
    """True for payloads and for people who are on the ground."""
    if entity >= m.people:
        return True
    mode = s.motion.mode[w, entity]
    return mode != int(Mode.away) and mode != int(Mode.out)


@wp.func
def hear_one(m: Model, s: World, w: int, tick: int, i: int, entity: int):
    """Whether agent ``i`` hears ``entity`` now, and what it makes of it."""
    a = s.motion.position[w, i]
    b = source_place(m, s, w, entity)
    d = b - a
    q = wp.max(wp.dot(d, d), 1.0)
    arriving = s.ears.volume[w, entity] / q
    masker = s.ears.masker[w, i]
    if arriving < 0.2 * masker:
        return
    distance = wp.sqrt(q)
    excess = level_of(arriving / masker) - attenuation(m, a, b, distance)
    u = uniform4(s.key[w], tick, i * 64 + entity, int(Purpose.HEARING), 0)
    if u[3] >= audibility(excess, 0.0, SOFT):
        return
    time = float(tick) * m.dt
    unseen = not sees(s, w, i, entity)
    news = float(0.0)
    if unseen:
        if time - s.mind.belief[w, i, entity][2] > MEMORY:
            news = 1.0
        z = normal2(u[0], u[1])
        turn = BEARING * z[0]
        far = wp.exp(RANGE * z[1])
        side = wp.vec2(-d[1], d[0])
        at = a + (d * wp.cos(turn) + side * wp.sin(turn)) * far
        learn(s, w, i, entity, onto_map(m.ground, at), time, int(Source.heard))
        s.ears.heard[w, i] = s.ears.heard[w, i] | bit(entity)
    if entity >= m.people and excess > STAGE_HEARD:
        k = entity - m.people
        stage = s.cargo.stage[w, k]
        if stage > int(s.mind.stage[w, i, k]):
            news = 1.0
            learn_stage(s, w, i, k, stage)
    if news > 0.0 and is_foe(m, i, entity):
        note(s, w, tick, int(Event.hear), i, entity, -1, excess, a)


@wp.func
def listen(m: Model, s: World, w: int, tick: int):
    """Once a second everybody listens for who and what is not in sight, and for payloads."""
    if m.listens == 0 or tick % m.listen_every != 0:
        return
    i = int(0)
    while i < m.people:
        if is_abroad(m, s, w, i):
            measure(m, s, w, tick, i)
        i = i + 1
    for p in range(m.payloads):
        stage = s.cargo.stage[w, p]
        s.ears.volume[w, m.people + p] = intensity(s.phase[w, p, stage, int(Phase.loudness)])
    i = int(0)
    while i < m.people:
        mode = s.motion.mode[w, i]
        s.ears.heard[w, i] = wp.uint64(0)
        if mode != int(Mode.away) and mode != int(Mode.out):
            for e in range(m.entities):
                if e != i and is_abroad(m, s, w, e):
                    if e >= m.people or not sees(s, w, i, e):
                        if e < m.people or s.cargo.carried[w, i] != e - m.people:
                            hear_one(m, s, w, tick, i, e)
        i = i + 1


@wp.func
def voice_reaches(m: Model, s: World, w: int, i: int, j: int, loudness: float) -> bool:
    """True when a voice of ``loudness`` [dB at 1 m] of ``i`` is understood by ``j`` over what masks it there (3 dB above)."""
    a = s.motion.position[w, i]
    b = s.motion.position[w, j]
    d = b - a
    q = wp.max(wp.dot(d, d), 1.0)
    masker = wp.max(s.ears.masker[w, j], ambient_intensity(m, b))
    excess = loudness - level_of(q) - level_of(masker) - attenuation(m, a, b, wp.sqrt(q))
    return excess >= STAGE_HEARD


@wp.func
def make_noise(s: World, w: int, i: int, loudness: float):
    """Add a sound of ``loudness`` [dB at 1 m] at an agent, to be heard at the next listening."""
    if loudness > 0.0:
        s.ears.burst[w, i] = s.ears.burst[w, i] + intensity(loudness)

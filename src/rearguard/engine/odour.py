"""Odour: how it fades on the ground, what its gradient tells, how it drifts in the air.

Models and sources:
 - age: strength halves every half-life, s0 2^(-t/h); there is no accepted curve of a dog's success against the age of a
   trail, so h is a parameter of ground and weather;
 - direction: dogs tell which way a trail runs from ages that differ by one to two seconds: they succeed on five
   footsteps in a row and fail on three, or when the order is shuffled (Hepper & Wells 2005, Chem Senses 30:291). Not all
   do: 8 of 22 police dogs (Wells & Hepper 2003), 20 of 20 tracks by four chosen dogs (Thesen 1993, J Exp Biol 180:247);
 - air: Gaussian plume of a source on the ground over open country in neutral air (Briggs, class D).
How long losing a trail takes is in ``trail.py``: ``trailing_speed``.
"""

import warp as wp

UNTOLD_SPAN = wp.constant(1.0)
"""Difference in age between the first and the last print that tells nothing yet [s]: three prints of a walk."""
TOLD_SPAN = wp.constant(2.0)
"""Difference in age that tells a dog who can all it can [s]: five prints of a walk."""
NEAREST_DRIFT = wp.constant(1.0)
"""Distance below which a plume is not resolved [m]."""


@wp.func
def scent_strength(initial: float, age: float, half_life: float) -> float:
    """Strength of a scent of ``initial`` strength after ``age`` [s]."""
    return initial * wp.exp(-0.6931471805599453 * age / half_life)


@wp.func
def direction_discrimination(prints: int, interval: float, skill: float) -> float:
    """Chance to read the right way from ``prints`` in a row laid ``interval`` [s] apart; ``skill`` in [0, 1]; 0.5 is a guess.

    An ``interval`` of 0 is a shuffled order. Between the two spans the chance grows evenly (declared).
    """
    span = wp.max(float(prints - 1), 0.0) * interval
    told = wp.clamp((span - UNTOLD_SPAN) / (TOLD_SPAN - UNTOLD_SPAN), 0.0, 1.0)
    return 0.5 + 0.5 * skill * told


@wp.func
def plume_width(downwind: float) -> float:
    """Lateral spread sigma_y [m] of a plume ``downwind`` [m] of its source."""
    return 0.08 * downwind / wp.sqrt(1.0 + 0.0001 * downwind)


@wp.func
def plume_height(downwind: float) -> float:
    """Vertical spread sigma_z [m] of a plume ``downwind`` [m] of its source."""
    return 0.06 * downwind / wp.sqrt(1.0 + 0.0015 * downwind)


@wp.func
def plume_concentration(emission: float, wind: float, downwind: float, across: float) -> float:
    """Concentration on the ground per m³ of a source of ``emission`` per second in ``wind`` [m/s]; 0 upwind of it."""
    if downwind <= 0.0:
        return 0.0
    x = wp.max(downwind, NEAREST_DRIFT)
    width = plume_width(x)
    off = across / width
    return emission / (3.141592653589793 * wp.max(wind, 0.1) * width * plume_height(x)) * wp.exp(-0.5 * off * off)

"""Balance under a push.

Model: linear inverted pendulum with extrapolated centre of mass (Hof, Gazendam & Sinke 2005, J Biomech 38:1; capture
point, Pratt 2006). A velocity change is recovered when the extrapolated centre stays within the base of support or
within reach of a step placed in time. A braced runner has lowered the body and steps at once; an unbraced one first
needs the reaction time and the step time. No figure for felling a runner was found: it follows from this model.
"""

import warp as wp

from rearguard.engine.load import GRAVITY

PENDULUM = wp.constant(1.0)
"""Pendulum length [m]."""
STANCE = wp.constant(0.2)
"""Margin within the base of support of a runner's stance [m]."""


@wp.func
def eigenfrequency(length: float) -> float:
    """omega_0 = sqrt(g/l) [1/s] of a pendulum of ``length`` [m]."""
    return wp.sqrt(GRAVITY / length)


@wp.func
def tipping_impulse(mass: float, margin: float, length: float) -> float:
    """Impulse [N s] that carries the extrapolated centre of a standing ``mass`` [kg] over a ``margin`` [m]."""
    return mass * eigenfrequency(length) * margin


@wp.func
def recoverable_speed(step: float, delay: float, length: float) -> float:
    """Largest velocity change [m/s] saved by a step of ``step`` [m] placed after ``delay`` [s]."""
    omega = eigenfrequency(length)
    return step * omega * wp.exp(-omega * delay)


@wp.func
def withstood_speed(step: float, delay: float) -> float:
    """Largest velocity change [m/s] that a runner takes without falling: the stance's margin and one step."""
    return eigenfrequency(PENDULUM) * STANCE + recoverable_speed(step, delay, PENDULUM)


@wp.func
def topple_time(lean: float, fallen: float, length: float) -> float:
    """Time [s] to fall from an angle ``lean`` to ``fallen`` [rad] from rest."""
    ratio = fallen / lean
    return wp.log(ratio + wp.sqrt(ratio * ratio - 1.0)) / eigenfrequency(length)

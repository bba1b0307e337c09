"""Cost of running on a slope.

Model: energy cost of running per kilogram and metre on a gradient i (rise over run, within ±0.45), a fifth-order
polynomial. Source: Minetti, Moia, Roi, Susta & Ferretti 2002, J Appl Physiol 93:1039.
"""

import warp as wp


@wp.func
def running_cost(gradient: float) -> float:
    """Energy cost of running on ``gradient`` [J/(kg m)]."""
    i = wp.clamp(gradient, -0.45, 0.45)
    return ((((155.4 * i - 30.4) * i - 43.3) * i + 46.3) * i + 19.5) * i + 3.6


@wp.func
def walking_cost(gradient: float) -> float:
    """Energy cost of walking on ``gradient`` [J/(kg m)]."""
    i = wp.clamp(gradient, -0.45, 0.45)
    return ((((280.5 * i - 58.7) * i - 76.8) * i + 51.9) * i + 19.6) * i + 2.5


@wp.func
def uphill_factor(gradient: float) -> float:
    """Cost of running on ``gradient`` over that on the level; 1 downhill, where braking limits the speed, not power."""
    if gradient <= 0.0:
        return 1.0
    return running_cost(gradient) / 3.6

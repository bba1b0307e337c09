"""Geometry of pursuit.

Models: straight chase T = g/(vp - ve); pure pursuit of a straight runner T = L (vp + ve cos phi)/(vp² - ve²), with the
invariant Q = r (vp + ve cos phi) falling at vp² - ve²; constant bearing, sin(delta) = (ve/vp) sin(phi) (Isaacs 1965;
Apollonius circle). ``intercept_point`` is what pursuers who see their quarry run for.
"""

import warp as wp


@wp.func
def intercept_time(offset: wp.vec2, velocity: wp.vec2, speed: float) -> float:
    """Least time [s] in which a pursuer at ``speed`` reaches a runner at ``offset`` [m] with ``velocity`` [m/s]; -1: never."""
    a = wp.dot(velocity, velocity) - speed * speed
    b = 2.0 * wp.dot(offset, velocity)
    c = wp.dot(offset, offset)
    if wp.abs(a) < 1.0e-6:
        if b >= -1.0e-9:
            return -1.0
        return -c / b
    disc = b * b - 4.0 * a * c
    if disc < 0.0:
        return -1.0
    root = wp.sqrt(disc)
    first = (-b - root) / (2.0 * a)
    second = (-b + root) / (2.0 * a)
    low = wp.min(first, second)
    high = wp.max(first, second)
    if low > 0.0:
        return low
    if high > 0.0:
        return high
    return -1.0


@wp.func
def intercept_point(position: wp.vec2, target: wp.vec2, velocity: wp.vec2, speed: float, horizon: float) -> wp.vec2:
    """Point [m] to run for so as to meet a runner who keeps on; the lead is cut at ``horizon`` [s]; pure pursuit when never."""
    t = intercept_time(target - position, velocity, speed)
    if t < 0.0:
        return target
    return target + velocity * wp.min(t, horizon)

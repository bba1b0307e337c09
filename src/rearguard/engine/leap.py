"""Leaps, drops and falls.

Model: ballistics of a point mass, take-off with 0.9 of the run-up speed forward (Linthorne 2008) and a vertical speed
that follows from the widest level gap the runner clears at full sprint. Landing lower lengthens the flight.
What a fall costs has no accepted figure for runners: share of capacity per metre beyond the safe drop is declared.
"""

import warp as wp

from rearguard.engine.load import GRAVITY

TAKEOFF_SHARE = wp.constant(0.9)
"""Share of the run-up speed kept at take-off."""
LANDING_TIME = wp.constant(0.3)
"""Time to absorb a landing [s] (declared)."""
FALL_WOUND = wp.constant(0.07)
"""Share of the capacity lost per metre fallen beyond the safe drop (declared)."""
RUN_UP_TIME = wp.constant(1.2)
"""Time to step back and take a run-up for a gap too wide for the present speed [s] (declared)."""


@wp.func
def leap_range(forward: float, upward: float, drop: float) -> float:
    """Horizontal range [m] of a take-off at (``forward``, ``upward``) [m/s] landing ``drop`` [m] lower; 0 out of reach."""
    root = upward * upward + 2.0 * GRAVITY * drop
    if root < 0.0:
        return 0.0
    return forward / GRAVITY * (upward + wp.sqrt(root))


@wp.func
def flight_time(upward: float, drop: float) -> float:
    """Time in the air [s] of a take-off at ``upward`` [m/s] landing ``drop`` [m] lower."""
    return (upward + wp.sqrt(wp.max(upward * upward + 2.0 * GRAVITY * drop, 0.0))) / GRAVITY


@wp.func
def takeoff_upward(leap: float, sprint: float) -> float:
    """Vertical take-off speed [m/s] of one who clears a level gap of ``leap`` [m] at full ``sprint`` [m/s]."""
    return leap * GRAVITY / (2.0 * TAKEOFF_SHARE * wp.max(sprint, 0.1))


@wp.func
def fall_time(height: float) -> float:
    """Time of a free fall from ``height`` [m]."""
    return wp.sqrt(2.0 * wp.max(height, 0.0) / GRAVITY)


@wp.func
def fall_wound(height: float, safe: float) -> float:
    """Share of the capacity lost by a fall from ``height`` [m] for one who lands ``safe`` [m] unhurt."""
    return wp.clamp(FALL_WOUND * (height - safe), 0.0, 1.0)

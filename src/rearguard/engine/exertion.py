"""Exertion: critical speed, the D' balance, and the start from rest.

Models and sources:
 - above critical speed CS the reserve D' falls at (v - CS): Monod & Scherrer 1965, for running Hughson 1984;
 - below it, it comes back as D'bal = D' - (D' - D'bal0) exp(-t/tau), tau = D'/(CS - v): Skiba & Clarke 2021, ODE form
   (recovery constants differ 4 to 7 times between accepted forms: ``recovery`` multiplies tau);
 - start: v = vm (1 - exp(-t/tau_a)): Furusawa, Hill & Parkinson 1927; Keller 1973.
An emptied reserve is overdrawn: until a tenth of it is back, only 0.9 CS is left (declared, no literature).
"""

import warp as wp

EXHAUSTED_PACE = wp.constant(0.9)
RECOVERED = wp.constant(0.1)


@wp.func
def reserve_after(
    balance: float, reserve: float, critical_speed: float, recovery: float, speed: float, dt: float
) -> float:
    """D' balance [m] after ``dt`` [s] at an equivalent ``speed`` [m/s]; exact for a constant speed, never below 0."""
    if speed > critical_speed:
        return wp.max(balance - (speed - critical_speed) * dt, 0.0)
    rate = (critical_speed - speed) / wp.max(reserve * recovery, 1.0e-6)
    return reserve - (reserve - balance) * wp.exp(-rate * dt)


@wp.func
def time_to_exhaustion(reserve: float, critical_speed: float, speed: float) -> float:
    """Seconds that an equivalent ``speed`` above critical can be held; 1e9 at or below it."""
    if speed <= critical_speed:
        return 1.0e9
    return reserve / (speed - critical_speed)


@wp.func
def pace_speed(pace: float, critical_speed: float, sprint: float) -> float:
    """Equivalent speed of a pace: up to 1 a share of critical speed, from 1 to 2 between critical and top speed."""
    if pace <= 1.0:
        return pace * critical_speed
    return critical_speed + wp.min(pace - 1.0, 1.0) * wp.max(sprint - critical_speed, 0.0)


@wp.func
def speed_after_start(speed: float, target: float, time_constant: float, dt: float) -> float:
    """Speed [m/s] after ``dt`` of accelerating toward ``target``; exact for a constant target."""
    return target + (speed - target) * wp.exp(-dt / time_constant)

"""Reaction times.

Model: ex-Gaussian, a normal(mu, sigma) plus an exponential(tau): mean mu + tau, variance sigma² + tau² (Luce 1986;
simple reactions average 231 ms, Woods 2015). Parameter sets are specific to the task, hence scenario parameters.
"""

import warp as wp

from rearguard.engine.rng import normal2


@wp.func
def reaction_time(mu: float, sigma: float, tau: float, u: wp.vec4) -> float:
    """A reaction time [s] from three uniforms; never below 0.05 s."""
    return wp.max(mu + sigma * normal2(u[0], u[1])[0] - tau * wp.log(u[2]), 0.05)

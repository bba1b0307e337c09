"""Differences between worlds that share their draws, each with its interval, and how many worlds would show how much.

Sources: Bonett & Price 2012 (difference of paired shares: Wald's interval with one discordant pair added on each side,
which stays right where nothing or everything changed), Student 1908 (mean of paired differences), and the usual sample
size for a two-sided test with a power of 80 %.
"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from scipy.special import stdtrit

from rearguard.study.statistics import Estimate, Flags, Floats, normal_quantile

POWER = 0.8
"""Chance with which a number of worlds is said to show a difference."""


def paired_share(before: Flags, after: Flags, level: float = 0.95) -> Estimate:
    """Change of a share [-1, 1] from ``before`` to ``after``, flags of the same worlds."""
    n = len(before)
    if n == 0:
        return Estimate(float("nan"), -1.0, 1.0)
    value = (float(after.sum()) - float(before.sum())) / n
    middle, variance = _adjusted(before, after)
    half = normal_quantile(level) * math.sqrt(variance / (n + 2))
    return Estimate(value, max(middle - half, -1.0), min(middle + half, 1.0))


def _adjusted(before: Flags, after: Flags) -> tuple[float, float]:
    """Change of a share and its variance for one world, with one more pair that changes either way."""
    n = len(before)
    gained = (float((after & ~before).sum()) + 1.0) / (n + 2)
    lost = (float((before & ~after).sum()) + 1.0) / (n + 2)
    return gained - lost, gained + lost - (gained - lost) ** 2


def paired_mean(differences: Floats, level: float = 0.95) -> Estimate:
    """Mean of differences between paired worlds; unbounded where there are fewer than two."""
    n = len(differences)
    if n < 2:
        return Estimate(float(differences[0]) if n else float("nan"), -math.inf, math.inf)
    mean = float(np.mean(differences))
    half = float(stdtrit(n - 1, 0.5 + 0.5 * level)) * math.sqrt(float(np.var(differences, ddof=1)) / n)
    return Estimate(mean, mean - half, mean + half)


def share_variance(before: Flags, after: Flags) -> float:
    """Variance of the change of a share for one world; never 0."""
    return _adjusted(before, after)[1]


def detectable(variance: float, worlds: int, level: float = 0.95) -> float:
    """The difference that so many worlds show with a chance of ``POWER``, given the variance for one world."""
    return (normal_quantile(level) + NormalDist().inv_cdf(POWER)) * math.sqrt(variance / max(worlds, 1))


def worlds_to_show(variance: float, difference: float, level: float = 0.95) -> int:
    """Worlds that show a difference with a chance of ``POWER``."""
    return math.ceil((detectable(variance, 1, level) / difference) ** 2)

"""Means of paired differences, with intervals.

Student's t over pairs. The variance takes in one more pair that differs by as much as worlds differ among themselves, so
that a few pairs that happen to agree are not taken for sure; this fades as 1/n.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import stdtrit

from rearguard.study.statistics import Estimate, Floats


def t_quantile(n: int, level: float) -> float:
    """How many standard errors hold the middle ``level`` for the mean of ``n`` values."""
    return float(stdtrit(max(n - 1, 1), 0.5 + 0.5 * level))


def mean_difference(differences: Floats, spread: float, level: float = 0.95) -> Estimate:
    """Mean of ``differences`` [pairs]; spread: standard deviation between worlds."""
    n = len(differences)
    if n < 2:
        return Estimate(float(differences.mean()) if n else math.nan, -math.inf, math.inf)
    mean = float(differences.mean())
    variance = (float(((differences - mean) ** 2).sum()) + spread**2) / n
    half = t_quantile(n, level) * math.sqrt(variance / n)
    return Estimate(mean, mean - half, mean + half)


def ratio_of_means(differences: Floats, amounts: Floats, spread: float, level: float = 0.95) -> Estimate | None:
    """Mean difference per unit of mean amount, by the delta method; None where there is no amount."""
    per = float(amounts.mean()) if len(amounts) else 0.0
    if per <= 0.0:
        return None
    ratio = float(differences.mean()) / per
    left = mean_difference((differences - ratio * amounts) / per, spread / per, level)
    half = 0.5 * (left.high - left.low)
    return Estimate(ratio, ratio - half, ratio + half)


def needed_pairs(half: float, n: int, precision: float) -> int:
    """How many pairs bring half an interval from ``half``, at ``n`` pairs, down to ``precision``."""
    if half <= precision:
        return n
    return math.ceil(n * (half / precision) ** 2) if math.isfinite(half) else 2 * n


def reduction(paired: Floats, one: Floats, other: Floats) -> float:
    """How many times more worlds independent draws would take than common ones; infinite where nothing differs."""
    variance = float(np.var(paired))
    return math.inf if variance == 0.0 else float(np.var(one) + np.var(other)) / variance

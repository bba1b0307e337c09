"""Intervals that hold at every number of worlds at once, so that one may look after every batch and stop when it suffices.

Shares: the beta-binomial mixture of Robbins 1970 with Beta(1/2, 1/2) weights. The interval at n worlds holds the shares
that the mixture has not outweighed by 1/error; by Ville's inequality the chance that it ever leaves the true share out is
at most ``error``, exactly, for every number of looks.
Quantiles: a quantile q lies above t when the share of values up to t lies below q, so each end of the interval is such
a test of a share, with the same guarantee. Censored times enter through Kaplan & Meier's estimate, with the effective
number of worlds of Cutler & Ederer 1958 (the number that would have given Greenwood's variance): then right
asymptotically, and exactly the above where nothing is censored.
Means: the asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas 2024 (Time-uniform central
limit theory and asymptotic confidence sequences, theorem 2.2), looked at from ``FEWEST_FOR_MEAN`` worlds on. The variance
takes in one more world at the far end of what is possible, so that worlds that happen to agree are not taken for sure.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import betaln, xlog1py, xlogy

from rearguard.scenario.expectations import Band
from rearguard.study.statistics import Estimate, Floats, Survival, kaplan_meier

Verdict = Literal["pass", "fail"]

FEWEST_FOR_MEAN = 64
"""Worlds before a mean is looked at: its interval rests on the central limit theorem."""
TIGHTEST = 500
"""Number of worlds at which the interval of a mean is tightest."""
_HALVINGS = 50


def log_evidence(successes: npt.ArrayLike, trials: npt.ArrayLike, share: npt.ArrayLike) -> Floats:
    """Log of how far the mixture outweighs ``share`` after so many successes; log(1/error) or more refutes it."""
    s, n, p = (np.asarray(x, float) for x in (successes, trials, share))
    weight = betaln(s + 0.5, n - s + 0.5) - betaln(0.5, 0.5)
    return np.asarray(weight - xlogy(s, p) - xlog1py(n - s, -p), float)


def share_interval(successes: float, trials: float, error: float) -> Estimate:
    """A share with the interval that holds at every number of trials, but for a chance of ``error``."""
    if trials <= 0:
        return Estimate(float("nan"), 0.0, 1.0)
    middle, wanted = successes / trials, math.log(1.0 / error)
    weight = float(log_evidence(successes, trials, middle)) + _log_likelihood(successes, trials, middle)

    def edge(outside: float) -> float:
        """Where the evidence comes to what is wanted, between the estimate and an end of [0, 1]."""
        if middle == outside:
            return outside
        near, far = middle, outside
        for _ in range(_HALVINGS):
            half = 0.5 * (near + far)
            refuted = weight - _log_likelihood(successes, trials, half) >= wanted
            near, far = (near, half) if refuted else (half, far)
        return far

    return Estimate(middle, edge(0.0), edge(1.0))


def _log_likelihood(successes: float, trials: float, share: float) -> float:
    hits = successes * math.log(share) if successes > 0.0 else 0.0
    misses = (trials - successes) * math.log1p(-share) if trials > successes else 0.0
    return hits + misses


def _effective(curve: Survival, worlds: int) -> tuple[Floats, Floats]:
    """Share of values up to each of the curve's times, and the number of worlds it is worth."""
    share = 1.0 - curve.surviving
    if curve.censored == 0:
        return share, np.full(len(share), float(worlds))
    with np.errstate(divide="ignore", invalid="ignore"):
        size = share * curve.surviving / curve.error**2
    # a curve that has come down to nothing has no variance of its own: take what it was worth before
    size = np.where(np.isfinite(size), size, np.nan)
    for k in np.flatnonzero(np.isnan(size)):
        size[k] = size[k - 1] if k else 1.0
    return share, np.minimum(size, worlds)


def quantile_interval(values: Floats, observed: npt.NDArray[np.bool_], q: float, error: float) -> Estimate:
    """The quantile ``q`` of times of which some are censored; infinite where it is not reached, or not known."""
    if not len(values):
        return Estimate(float("nan"), -math.inf, math.inf)
    wanted = math.log(1.0 / error)
    curve = kaplan_meier(values, observed)
    share, size = _effective(curve, len(values))
    refuted = log_evidence(share * size, size, q) >= wanted
    above = np.flatnonzero((share > q) & refuted)
    reached = np.flatnonzero(share >= q - 1e-12)
    low = _free_until(values, curve.times[0] if len(curve.times) else math.inf, q, wanted)
    if len(curve.times) and low >= curve.times[0]:
        not_below = np.flatnonzero(~((share < q) & refuted))
        low = float(curve.times[not_below[0] if len(not_below) else -1])
    return Estimate(
        float(curve.times[reached[0]]) if len(reached) else math.inf,
        low,
        float(curve.times[above[0]]) if len(above) else math.inf,
    )


def _free_until(values: Floats, first: float, q: float, wanted: float) -> float:
    """The latest time, up to the first event, that so many worlds came to without one that the quantile is not before."""
    ordered = np.sort(values)
    at_risk = len(values) - np.searchsorted(ordered, ordered, side="left")
    told = ordered[(log_evidence(0.0, at_risk, q) >= wanted) & (ordered <= first)]
    return float(told[-1]) if len(told) else -math.inf


def mean_interval(worlds: int, mean: float, variance: float, error: float) -> Estimate:
    """A mean with its interval; ``variance`` is that of one world."""
    if worlds < FEWEST_FOR_MEAN:
        return Estimate(mean if worlds else float("nan"), -math.inf, math.inf)
    twice = -2.0 * math.log(error)
    spread = (twice + math.log(twice) + 1.0) / TIGHTEST  # rho^2
    grown = worlds * spread + 1.0
    half = math.sqrt(2.0 * variance * grown / (worlds**2 * spread) * math.log(math.sqrt(grown) / error))
    return Estimate(mean, mean - half, mean + half)


def sample_mean_interval(values: Floats, reach: float, error: float) -> Estimate:
    """Mean of ``values``; reach: how far off the mean one more world could be."""
    n = len(values)
    if n == 0:
        return mean_interval(0, float("nan"), 0.0, error)
    variance = (float(np.var(values)) * n + reach**2) / (n + 1)
    return mean_interval(n, float(np.mean(values)), variance, error)


def restricted_mean_interval(values: Floats, observed: npt.NDArray[np.bool_], horizon: float, error: float) -> Estimate:
    """Mean of censored times, every time cut at ``horizon`` [s]: the area under the Kaplan–Meier curve.

    Its variance is Greenwood's for areas (Klein & Moeschberger 2003, 4.5).
    """
    n = len(values)
    if n == 0:
        return mean_interval(0, float("nan"), 0.0, error)
    curve = kaplan_meier(values, observed)
    times = np.sort(values)
    mean = curve.restricted_mean(horizon)
    inside = curve.times < horizon
    moments, deaths = np.unique(values[observed], return_counts=True)
    at_risk = (n - np.searchsorted(times, moments, side="left")).astype(float)
    knots = np.concatenate([moments[inside], [horizon]])
    areas = np.cumsum((np.diff(knots) * curve.surviving[inside])[::-1])[::-1]
    d, r = deaths[inside].astype(float), at_risk[inside]
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(r > d, areas**2 * d / (r * (r - d)), 0.0)
    variance = (float(terms.sum()) * n * n + horizon**2) / (n + 1)
    return mean_interval(n, mean, variance, error)


def decide(interval: Estimate, band: Band) -> Verdict | None:
    """Pass when the interval lies in the band (and its indifference), fail when it lies outside the band, else None.

    With an indifference every interval narrower than it decides.
    """
    if interval.low > band.high or interval.high < band.low:
        return "fail"
    if interval.low >= band.low - band.indifference and interval.high <= band.high + band.indifference:
        return "pass"
    return None

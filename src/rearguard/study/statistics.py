"""Estimates from worlds, each with its interval.

Sources: Wilson 1927 (shares), Kaplan & Meier 1958 with Greenwood's variance and the log-log interval of Brookmeyer &
Crowley 1982 (times), Karrison 1987 (restricted mean). ``scipy.stats`` takes a second to load, so that only what needs
it (the log-rank test) does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def normal_quantile(level: float) -> float:
    """How many standard deviations hold the middle ``level`` of a normal law."""
    return NormalDist().inv_cdf(0.5 + 0.5 * level)


@dataclass(frozen=True)
class Estimate:
    """A number with its interval; nan where the data do not reach."""

    value: float
    low: float
    high: float

    def to_dict(self) -> dict[str, float | None]:
        """Plain data, to six decimals; what is unknown or infinite becomes None."""
        return {
            k: (round(float(v), 6) if math.isfinite(v) else None)
            for k, v in (("value", self.value), ("low", self.low), ("high", self.high))
        }


def share(successes: int, trials: int, level: float = 0.95) -> Estimate:
    """A share with its Wilson score interval."""
    if trials == 0:
        return Estimate(float("nan"), 0.0, 1.0)
    p, z2 = successes / trials, normal_quantile(level) ** 2
    middle = (p + z2 / (2 * trials)) / (1 + z2 / trials)
    half = math.sqrt(z2 * (p * (1 - p) / trials + z2 / (4 * trials**2))) / (1 + z2 / trials)
    low = 0.0 if successes == 0 else middle - half
    high = 1.0 if successes == trials else middle + half
    return Estimate(p, low, high)


@dataclass(frozen=True)
class Survival:
    """A Kaplan–Meier curve: at ``times`` [s] (ascending) the share ``surviving``, and its Greenwood ``error``."""

    times: Floats
    surviving: Floats
    error: Floats
    events: int
    censored: int

    def at(self, time: float) -> float:
        """Share still without the event at ``time``."""
        k = int(np.searchsorted(self.times, time, side="right")) - 1
        return 1.0 if k < 0 else float(self.surviving[k])

    def band(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """Pointwise log-log interval of the curve: low and high at ``times``."""
        z = normal_quantile(level)
        inside = (self.surviving > 0.0) & (self.surviving < 1.0)
        low, high = self.surviving.copy(), self.surviving.copy()
        s = self.surviving[inside]
        width = z * self.error[inside] / np.abs(s * np.log(s))
        low[inside] = s ** np.exp(width)
        high[inside] = s ** np.exp(-width)
        return low, high

    def quantile(self, q: float = 0.5, level: float = 0.95) -> Estimate:
        """Time by which a share ``q`` has had the event, with the interval where the band crosses; nan: not reached."""
        low, high = self.band(level)

        def first(curve: Floats) -> float:
            reached = np.flatnonzero(curve <= 1.0 - q + 1e-12)
            return float(self.times[reached[0]]) if len(reached) else float("nan")

        return Estimate(first(self.surviving), first(low), first(high))

    def restricted_mean(self, horizon: float) -> float:
        """Mean time to the event, with every time cut at ``horizon`` [s]: the area under the curve up to it."""
        inside = self.times < horizon
        knots = np.concatenate([[0.0], self.times[inside], [horizon]])
        heights = np.concatenate([[1.0], self.surviving[inside]])
        return float(np.sum(np.diff(knots) * heights))


def kaplan_meier(times: npt.ArrayLike, observed: npt.ArrayLike) -> Survival:
    """Kaplan–Meier curve of ``times`` [s], of which those not ``observed`` are censored; only event times are kept."""
    t = np.asarray(times, dtype=float)
    seen = np.asarray(observed, dtype=bool)
    moments, deaths = np.unique(t[seen], return_counts=True)
    at_risk = (len(t) - np.searchsorted(np.sort(t), moments, side="left")).astype(float)
    if len(moments) == 0:
        empty = np.zeros(0)
        return Survival(empty, empty, empty, 0, len(t))
    surviving = np.cumprod(1.0 - deaths / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(deaths / (at_risk * (at_risk - deaths)))
        error = np.where(surviving > 0.0, surviving * np.sqrt(greenwood), 0.0)
    return Survival(moments, surviving, error, int(seen.sum()), int((~seen).sum()))


def logrank(a: tuple[Floats, Flags], b: tuple[Floats, Flags]) -> tuple[float, float]:
    """Log-rank chi-squared and p-value between two samples of (times, observed)."""
    from scipy import stats

    def censored(sample: tuple[Floats, Flags]) -> stats.CensoredData:
        times, seen = sample
        return stats.CensoredData(uncensored=times[seen], right=times[~seen])

    result = stats.logrank(censored(a), censored(b))
    return float(result.statistic) ** 2, float(result.pvalue)


def median(values: Floats, level: float = 0.95) -> Estimate:
    """Median with its distribution-free (order statistics) interval."""
    x = np.sort(values[~np.isnan(values)])
    n = len(x)
    if n == 0:
        return Estimate(float("nan"), float("nan"), float("nan"))
    # the most values that can be left out below with a chance of at most half of what the level leaves
    below = int(np.searchsorted(bdtr(np.arange(n // 2 + 1), n, 0.5), 0.5 - 0.5 * level, side="left"))
    return Estimate(float(np.median(x)), float(x[max(below - 1, 0)]), float(x[min(n - below, n - 1)]))

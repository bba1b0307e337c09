"""What factors do to the worlds across their ranges: elementary effects and Sobol' indices, with the worlds' noise taken out.

Screening: elementary effects along trajectories in which one factor moves at a time (Morris 1991, "Factorial sampling plans
for preliminary computational experiments"; mu* of Campolongo, Cariboni & Saltelli 2007). Indices: first-order (Saltelli et al.
2010) and total (Jansen 1999). The designs are SALib's.

What is measured is a mean over a few worlds, so that it differs between points by chance alone, which would pass for an
effect (and for an interaction). Here every trajectory, and every row of a Sobol' design, has worlds of its own, which all its
points share. That makes rows independent of one another, so that a bootstrap over rows holds both kinds of chance; and the
differences between points of one row, world by world, say how large the noise is, so that it can be subtracted: all sums
below are unbiased for the effects themselves. Indices can therefore come out a little below 0.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rearguard.study.folder import RunError
from rearguard.study.statistics import Estimate, Floats

LEVELS = 4
"""Values that a factor takes in screening; a step goes over half of them."""
DRAWS = 1000
"""Draws of the bootstrap over rows."""
LEVEL = 0.95


@dataclass(frozen=True)
class Effect:
    """What a factor does to a measure, per full range, in screening.

    mean: signed, with its interval over trajectories; size: mean of absolute effects (mu*); spread: standard deviation of
    the effects (interactions, bends, and noise); noise: the size that noise alone would show. p: chance of effects this
    large when there are none. changes: share of world pairs that come out different at all.
    """

    mean: Estimate
    size: float
    spread: float
    noise: float
    p: float
    changes: float


@dataclass(frozen=True)
class Indices:
    """Shares of the variance that the factors cause. first, total: per factor. caused: of the variance between worlds,
    the share that is caused by the factors, the rest being chance; nan where nothing differs.
    """

    first: list[Estimate]
    total: list[Estimate]
    caused: Estimate


# ------------------------------------------------------------------------------------------------------------- screening


def screening_design(factors: int, trajectories: int, seed: int) -> Floats:
    """Points in the unit cube, [trajectories, factors + 1, factors]."""
    with _wanted():
        from SALib.sample import morris
    points = morris.sample(_problem(factors), trajectories, num_levels=LEVELS, seed=seed)
    return np.asarray(points, float).reshape(trajectories, factors + 1, factors)


@contextlib.contextmanager
def _wanted() -> Iterator[None]:
    """SALib is an extra: say how to get it."""
    try:
        yield
    except ImportError:
        raise RunError("designs need SALib: pip install 'rearguard[tune]'") from None


def _problem(factors: int) -> dict[str, object]:
    names = [f"x{k}" for k in range(factors)]
    return {"num_vars": factors, "names": names, "bounds": [[0.0, 1.0]] * factors}


def screen(design: Floats, values: Floats, reach: float) -> list[Effect]:
    """Effects of every factor. values: [trajectories, points, worlds]; reach: how far two worlds can differ, about."""
    trajectories, _, factors = design.shape
    worlds = values.shape[2]
    effects = np.zeros((factors, trajectories))
    errors = np.zeros((factors, trajectories))
    changes = np.zeros(factors)
    for t in range(trajectories):
        steps = np.diff(design[t], axis=0)
        for step, lead in zip(steps, np.diff(values[t], axis=0), strict=True):
            k = int(np.argmax(np.abs(step)))
            slopes = lead / step[k]
            effects[k, t] = slopes.mean()
            # one more world at the far end of what is possible: worlds that happen to agree are not taken for sure
            far = (reach / step[k]) ** 2
            errors[k, t] = math.sqrt((slopes.var() * worlds + far) / (worlds + 1) / worlds)
            changes[k] += float(np.mean(lead != 0.0)) / trajectories
    return [_effect(effects[k], errors[k], float(changes[k])) for k in range(factors)]


def _effect(effects: Floats, errors: Floats, changes: float) -> Effect:
    from scipy.special import gammaincc, stdtrit

    n = len(effects)
    middle = float(effects.mean())
    half = float(stdtrit(n - 1, 0.5 + 0.5 * LEVEL)) * float(effects.std(ddof=1)) / math.sqrt(n)
    evidence = float(np.sum((effects / errors) ** 2))
    return Effect(
        mean=Estimate(middle, middle - half, middle + half),
        size=float(np.abs(effects).mean()),
        spread=float(effects.std(ddof=1)),
        noise=float(errors.mean()) * math.sqrt(2.0 / math.pi),
        p=float(gammaincc(0.5 * n, 0.5 * evidence)),
        changes=changes,
    )


def holm(p: Sequence[float]) -> list[float]:
    """p-values as they count when so many things are looked at (Holm 1979)."""
    order = sorted(range(len(p)), key=lambda k: p[k])
    out, worst = [1.0] * len(p), 0.0
    for rank, k in enumerate(order):
        worst = max(worst, min(1.0, (len(p) - rank) * p[k]))
        out[k] = worst
    return out


# --------------------------------------------------------------------------------------------------------------- indices


def indices_design(factors: int, rows: int, seed: int) -> Floats:
    """Points in the unit cube, [rows, factors + 2, factors]: A, A with each factor from B in turn, B. rows: a power of 2."""
    with _wanted():
        from SALib.sample import sobol
    points = sobol.sample(_problem(factors), rows, calc_second_order=False, seed=seed)
    return np.asarray(points, float).reshape(rows, factors + 2, factors)


def indices(values: Floats, seed: int = 0) -> Indices:
    """Sobol' indices of every factor. values: [rows, points, worlds], points as ``indices_design`` orders them."""
    rows, points, worlds = values.shape
    factors = points - 2
    a, b = values[:, 0], values[:, -1]
    centre = float(0.5 * (a.mean() + b.mean()))
    first, total = np.zeros((factors, rows)), np.zeros((factors, rows))
    for k in range(factors):
        c = values[:, k + 1]
        product = (b.mean(axis=1) - centre) * (c - a).mean(axis=1)
        first[k] = product - _covariance(b, c - a) / worlds
        total[k] = 0.5 * ((a - c).mean(axis=1) ** 2 - _covariance(a - c, a - c) / worlds)
    own = 0.5 * (_covariance(a, a) + _covariance(b, b))
    square = 0.5 * ((a.mean(axis=1) - centre) ** 2 + (b.mean(axis=1) - centre) ** 2) - own / worlds
    weights = _weights(rows, seed)
    variance, chance = weights @ square, weights @ own
    caused = _ratio(variance, variance + chance)
    return Indices(
        first=[_ratio(weights @ f, variance) for f in first],
        total=[_ratio(weights @ t, variance) for t in total],
        caused=caused,
    )


def _covariance(x: Floats, y: Floats) -> Floats:
    """Between worlds, row by row."""
    worlds = x.shape[1]
    gap = (x - x.mean(axis=1, keepdims=True)) * (y - y.mean(axis=1, keepdims=True))
    return np.asarray(gap.sum(axis=1) / (worlds - 1), float)


def _weights(rows: int, seed: int) -> npt.NDArray[np.float64]:
    """Weights of rows: even ones first, then those of the bootstrap, [1 + draws, rows]."""
    rng = np.random.default_rng([seed, rows])
    counts = rng.multinomial(rows, np.full(rows, 1.0 / rows), size=DRAWS)
    return np.vstack([np.full((1, rows), 1.0), counts]) / rows


def _ratio(above: Floats, below: Floats) -> Estimate:
    """The first ratio, with the interval that the others make; nan where what is below is nothing."""
    if below[0] <= 0.0:
        return Estimate(float("nan"), float("nan"), float("nan"))
    sound = below[1:] > 0.0
    low, high = np.quantile(above[1:][sound] / below[1:][sound], [0.5 - 0.5 * LEVEL, 0.5 + 0.5 * LEVEL])
    return Estimate(float(above[0] / below[0]), float(low), float(high))

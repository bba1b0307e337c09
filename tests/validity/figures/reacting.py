"""14: reaction times."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import numpy.typing as npt

from validity.figures.figure import Figure
from validity.figures.plays import duel, events, play

LUCE = "ex-Gaussian 0.25, 0.04, 0.08 s (closed form)"
WORLDS = 8000


@cache
def sample() -> npt.NDArray[np.float64]:
    """Reaction times of those who read a wind-up; played."""
    push = "effect: push, shape: {reach: 6 m, cone: 60 deg}, impulse: 1 N s, windup: 1.8 s, uses: 1"
    result = play(duel(push, distance=2.0, limit="2 s", bob=", senses: {anticipation: 1}"), WORLDS)
    times = events(result, "anticipate", 1)["value"].astype(float)
    assert len(times) == WORLDS
    return times


def skewness() -> float:
    """Third standardised moment."""
    x = sample() - sample().mean()
    return float((x**3).mean() / (x**2).mean() ** 1.5)


def outrun() -> float:
    """How often one is faster than a rival who starts 0.05 s later."""
    half = WORLDS // 2
    return float((sample()[:half] < sample()[half:] + 0.05).mean())


def figures() -> Iterator[Figure]:
    """Rows of the page."""
    for what, expected, ours, unit, tolerance in (
        ("mean", 0.330, lambda: sample().mean(), "s", 0.003),
        ("standard deviation", 0.0894, lambda: sample().std(), "s", 0.004),
        ("skewness", 1.431, skewness, "", 0.25),
        ("5 % quantile", 0.2189, lambda: np.quantile(sample(), 0.05), "s", 0.004),
        ("median", 0.3131, lambda: np.quantile(sample(), 0.5), "s", 0.004),
        ("95 % quantile", 0.4997, lambda: np.quantile(sample(), 0.95), "s", 0.011),
        ("share within 0.4 s", 0.8262, lambda: (sample() < 0.4).mean(), "", 0.0127),
        ("share faster than a rival 0.05 s later", 0.6828, outrun, "", 0.022),
    ):
        yield Figure(
            quantity=f"reaction time, {what}",
            source=LUCE,
            expected=expected,
            ours=ours,
            unit=unit,
            tolerance=tolerance,
            played=True,
        )

"""15d and 9: intervals and curves that a study reports."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np

from rearguard.study.statistics import Survival, kaplan_meier, logrank, share
from validity.figures.figure import Figure

FREIREICH = "Freireich et al. 1963, 6-MP arm"
WILSON = "Wilson 1927; Brown, Cai & DasGupta 2001"
WEEKS = np.array([6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35], float)
RELAPSED = np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0], bool)
PLACEBO = np.array([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23], float)


@cache
def curve() -> Survival:
    """The remission of the 6-MP arm."""
    return kaplan_meier(WEEKS, RELAPSED)


def half_width(trials: int) -> float:
    """Half the width of the interval of a share of one half."""
    e = share(trials // 2, trials)
    return 0.5 * (e.high - e.low)


def figures() -> Iterator[Figure]:
    """Rows of the page."""
    rows = zip(
        (6, 7, 10, 13, 16, 22, 23),
        (0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482),
        (0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346),
        strict=True,
    )
    for k, (week, surviving, error) in enumerate(rows):
        yield Figure(
            quantity=f"Kaplan–Meier, week {week}",
            source=FREIREICH,
            expected=surviving,
            ours=lambda w=week: curve().at(w),
            tolerance=1e-4,
        )
        yield Figure(
            quantity=f"Greenwood error, week {week}",
            source=FREIREICH,
            expected=error,
            ours=lambda i=k: curve().error[i],
            tolerance=1e-4,
        )
    for arm, weeks, seen, half in (("6-MP", WEEKS, RELAPSED, 23.0), ("placebo", PLACEBO, np.ones(21, bool), 8.0)):
        yield Figure(
            quantity=f"median remission, {arm}",
            source="Freireich et al. 1963",
            expected=half,
            ours=lambda t=weeks, s=seen: kaplan_meier(t, s).quantile(0.5).value,
            unit="weeks",
            tolerance=1e-6,
        )
    yield Figure(
        quantity="log-rank χ² between the arms",
        source="Freireich et al. 1963 (textbook value)",
        expected=16.793,
        ours=lambda: logrank((WEEKS, RELAPSED), (PLACEBO, np.ones(21, bool)))[0],
        tolerance=0.001,
    )
    for successes, trials, low, high in (
        (50, 100, 0.4038, 0.5962),
        (500, 1000, 0.4691, 0.5309),
        (5, 100, 0.0215, 0.1118),
        (0, 100, 0.0, 0.0370),
        (557, 569, 0.9635, 0.9879),
    ):
        source = WILSON if trials != 569 else "Stander 1997: trackers right in 557 of 569"
        yield Figure(
            quantity=f"95 % interval of {successes}/{trials}, low",
            source=source,
            expected=low,
            ours=lambda s=successes, n=trials: share(s, n).low,
            tolerance=1e-4,
        )
        yield Figure(
            quantity=f"95 % interval of {successes}/{trials}, high",
            source=source,
            expected=high,
            ours=lambda s=successes, n=trials: share(s, n).high,
            tolerance=1e-4,
        )
    for trials, width in ((381, 0.05), (1064, 0.03), (2398, 0.02), (9600, 0.01)):
        yield Figure(
            quantity=f"half-width of the interval of 1/2 with {trials} worlds",
            source=WILSON,
            expected=width,
            ours=lambda n=trials: half_width(n),
            relative=0.002,
        )

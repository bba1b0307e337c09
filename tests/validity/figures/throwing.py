"""11 and 12: aim, and rounds of a duel."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache, partial

import numpy as np

from rearguard.engine.techniques import BODY_RADIUS, hit_probability
from validity.figures.figure import Figure
from validity.figures.plays import duel, events, play

RAYLEIGH = "1 − e^(−R²/2σ²), Rayleigh (derived)"
SPEAR = "Milks et al. 2019, trained throwers; 95 % of about 20 throws"
ANCKER = "simultaneous rounds, Ancker (closed form)"
CUT = "effect: cut, shape: {reach: 30 m, dispersion: DISPERSION mrad}, wound: 0, windup: 0.3 s, recovery: 0.1 s"
SPREAD = float(BODY_RADIUS) / (10.0 * math.sqrt(-2.0 * math.log(0.75)))
"""Angular error [rad] of a thrower who hits a body one time in four at 10 m."""
WORLDS = 1000


@cache
def hits(dispersion: float, distance: float) -> float:
    """Share of aimed techniques that hit an unready body; played."""
    text = duel(CUT.replace("DISPERSION", f"{1000 * dispersion:.4f}") + ", uses: 1", distance=distance, limit="4 s")
    return len(events(play(text, WORLDS), "cut", 0)) / WORLDS


@cache
def rounds() -> tuple[float, float]:
    """Shares of duels in which Ann hits in an earlier round than Bob, and in the same; R/σ 1 against 0.5, played."""
    blow = CUT.replace("DISPERSION", f"{1000 * 0.3 / 10.0:.4f}") + ", cooldown: 2 s"
    slow = CUT.replace("DISPERSION", f"{1000 * 0.6 / 10.0:.4f}") + ", cooldown: 2 s"
    text = duel(
        blow,
        distance=10.0,
        limit="50 s",
        bob=", techniques: [answer], senses: {anticipation: 0}",
        ann=", senses: {anticipation: 0}",
    )
    text = text.replace("doctrine: stay, knows: [ann]", "doctrine: answer, knows: [ann]")
    text = text.replace(
        "\ndoctrines:", f"\n  answer: {{{slow}}}\ndoctrines:\n  answer: {{options: [{{order: wait}}, {{use: answer}}]}}"
    )
    result = play(text, WORLDS)
    first = np.full((2, WORLDS), 10_000)
    for who in (0, 1):
        cut, missed = events(result, "cut", who), events(result, "miss", who)
        for w in range(WORLDS):
            mine = cut["tick"][cut["world"] == w]
            if len(mine):
                first[who, w] = int((missed["tick"][missed["world"] == w] < mine[0]).sum())
    return float((first[0] < first[1]).mean()), float((first[0] == first[1]).mean())


def figures() -> Iterator[Figure]:
    """Rows of the page."""
    for ratio, p in ((0.5, 0.1175), (1.0, 0.3935), (1.1774, 0.5), (2.0, 0.8647)):
        yield Figure(
            quantity=f"hits at R/σ {ratio:g}",
            source=RAYLEIGH,
            expected=p,
            ours=partial(hit_probability, ratio, 0.1, 10.0),
            tolerance=1e-4,
        )
    for distance, p in ((10.0, 0.5422), (20.0, 0.1774)):
        yield Figure(
            quantity=f"hits on R 0.25 m at {distance:g} m, 20 mrad",
            source=RAYLEIGH,
            expected=p,
            ours=partial(hit_probability, 0.25, 0.02, distance),
            tolerance=1e-4,
        )
    yield Figure(
        quantity=f"share of hits on a body at 10 m, {1000 * SPREAD:.1f} mrad",
        source=f"{RAYLEIGH}; set to the 25 % of Milks et al. 2019",
        expected=0.25,
        ours=partial(hits, SPREAD, 10.0),
        tolerance=0.041,
        played=True,
    )
    for distance, low, high in ((5.0, 0.36, 0.80), (20.0, 0.01, 0.33)):
        yield Figure(
            quantity=f"the same thrower at {distance:g} m",
            source=SPEAR,
            expected=(low, high),
            ours=partial(hits, SPREAD, distance),
            played=True,
        )


def duels() -> Iterator[Figure]:
    """Rows of the page on duels."""
    pa, pb = 0.3935, 0.1175
    yield Figure(
        quantity="first hit in a duel of rounds, 0.3935 against 0.1175",
        source=ANCKER,
        expected=pa * (1.0 - pb) / (1.0 - (1.0 - pa) * (1.0 - pb)),
        ours=lambda: rounds()[0],
        tolerance=0.042,
        played=True,
    )
    yield Figure(
        quantity="the same: both in the same round",
        source=ANCKER,
        expected=pa * pb / (1.0 - (1.0 - pa) * (1.0 - pb)),
        ours=lambda: rounds()[1],
        tolerance=0.029,
        played=True,
    )

"""8 and 9: scent, sign, and following either."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache, partial

import numpy as np

from rearguard.engine.odour import (
    direction_discrimination,
    plume_concentration,
    plume_height,
    plume_width,
    scent_strength,
)
from rearguard.engine.trail import HALF_LIFE, legibility, loss_rate, trailing_speed
from validity.figures.figure import Figure
from validity.figures.plays import events, play

HEPPER = "Hepper & Wells 2005"
BRIGGS = "Briggs, class D, open country"
FADING = "s₀ 2^(−t/h), self-consistent only"
RENEWAL = "1/(1/v + λ t_c), renewal (derived)"
FOREST = "f" * 240
WORLDS = 300


def tracking(loss: float) -> str:
    """A walker through 900 m of forest, and ten minutes later a dog on its trail at 4 m/s, without any skill."""
    return (
        f"map:\n  metres_per_cell: 4 m\n  ascii: |\n    {FOREST}\n    fS{FOREST[5:]}Gff\n    {FOREST}\n"
        "time: {limit: 25 min}\nlog: {crumbs: 512}\nground: {forest: {energy: 1}}\n"
        "people:\n"
        "  walker: {side: a, at: s, doctrine: leave, body: {critical_speed: 6 m/s, mass: 200 kg}}\n"
        "  dog: {side: b, at: s, start: 170 s, doctrine: trail, body: {critical_speed: 6 m/s, sprint: 9 m/s, acceleration_time: 0.05 s},"
        f" senses: {{sight: 5 m, tracking: 0, tracking_speed: 4 m/s, trail_loss: {loss} /m, recast: 8 s}}}}\n"
        "doctrines:\n"
        "  leave: {options: [{order: flee, to: g, pace: steady}]}\n"
        "  trail: {options: [{order: track, target: walker, pace: hard}]}\n"
        "ends: {found: {when: 'contact(b, walker)'}}\n"
    )


@cache
def followed(loss: float) -> tuple[float, float]:
    """Mean pace of the dogs [s/m] and mean losses per metre; played."""
    result = play(tracking(loss), WORLDS)
    found = events(result, "trail_found", 1)
    begun = np.full(WORLDS, np.nan)
    np.fmin.at(begun, found["world"], found["time"])
    metres = result.people["distance"][:, 1]
    lost = np.bincount(events(result, "trail_lost", 1)["world"], minlength=WORLDS)
    seconds = result.outcomes["end_time"] - begun
    assert (result.outcomes["outcome"] == 0).all()
    return float(seconds.sum() / metres.sum()), float(lost.sum() / metres.sum())


def figures() -> Iterator[Figure]:
    """Rows of the page."""
    for hours, left in ((1, 0.944), (4, 0.794), (12, 0.5), (24, 0.25), (48, 0.0625)):
        yield Figure(
            quantity=f"scent of half-life 12 h after {hours} h",
            source=FADING,
            expected=left,
            ours=partial(scent_strength, 1.0, hours * 3600.0, 12 * 3600.0),
            tolerance=0.001,
        )
    yield Figure(
        quantity="sign after two half-lives",
        source=FADING,
        expected=0.25,
        ours=lambda: legibility(1.0, 2.0 * float(HALF_LIFE), float(HALF_LIFE)),
        tolerance=1e-4,
    )
    for prints, interval, right, about in (
        (5, 0.5, 1.0, "five prints of a walk"),
        (3, 0.5, 0.5, "three prints of a walk: chance"),
        (5, 0.0, 0.5, "five prints in shuffled order: chance"),
    ):
        yield Figure(
            quantity=f"direction told from {about}",
            source=HEPPER,
            expected=right,
            ours=partial(direction_discrimination, prints, interval, 1.0),
            tolerance=0.001,
        )
    for name, law, metres in (("σy", plume_width, 80.0 / math.sqrt(1.1)), ("σz", plume_height, 60.0 / math.sqrt(2.5))):
        yield Figure(
            quantity=f"{name} of a plume at 1 km",
            source=BRIGGS,
            expected=metres,
            ours=partial(law, 1000.0),
            unit="m",
            relative=1e-4,
        )
    yield Figure(
        quantity="concentration on its axis at 100 m, 1 g/s in 2 m/s",
        source=f"Q/(π u σy σz), {BRIGGS}",
        expected=1000.0 / (math.pi * 2.0 * (8.0 / math.sqrt(1.01)) * (6.0 / math.sqrt(1.15))),
        ours=lambda: 1000.0 * plume_concentration(1.0, 2.0, 100.0, 0.0),
        unit="mg/m³",
        relative=1e-4,
    )
    yield Figure(
        quantity="the same one σy off the axis",
        source="e^(−1/2)",
        expected=math.exp(-0.5),
        ours=lambda: (
            plume_concentration(1.0, 2.0, 100.0, plume_width(100.0)) / plume_concentration(1.0, 2.0, 100.0, 0.0)
        ),
        tolerance=1e-4,
    )
    yield Figure(
        quantity="tracker at 3 m/s, 0.01 losses/m, 8 s to recast",
        source=RENEWAL,
        expected=1.0 / (1.0 / 3.0 + 0.08),
        ours=partial(trailing_speed, 3.0, 0.01, 8.0),
        unit="m/s",
        tolerance=0.001,
    )
    yield Figure(
        quantity="losses of a dog without skill on fresh sign of 0.6",
        source="a Poisson process per metre, rate λ/legibility (declared)",
        expected=0.006 / 0.6,
        ours=partial(loss_rate, 0.006, 0.0, 0.6),
        unit="/m",
        tolerance=1e-5,
    )
    yield Figure(
        quantity="losses of played dogs without skill, 0.003 /m on sign of 0.6 some 220 s old",
        source="λ/(s₀ 2^(−t/h)); a crumb every 4 m is counted, they lie 4.2 m apart",
        expected=0.003 / 0.6 * 2.0 ** (220.0 / 3600.0),
        ours=lambda: followed(0.003)[1],
        unit="/m",
        relative=0.08,
        played=True,
    )
    yield Figure(
        quantity="speed of those dogs, 4 m/s while on the trail, 8 s to recast",
        source=RENEWAL,
        expected=1.0 / (0.25 + 8.0 * 0.003 / 0.6 * 2.0 ** (220.0 / 3600.0)),
        ours=lambda: 1.0 / followed(0.003)[0],
        unit="m/s",
        relative=0.03,
        played=True,
    )

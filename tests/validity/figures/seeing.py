"""6: sight through stems, and the chance to notice."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache, partial

import numpy as np

from rearguard.engine.sight import clear_probability, notice_probability
from validity.figures.figure import Figure
from worlds import program, strip

STEMS = "e^(−N d r), stems as Poisson discs (derived)"
JOHNSON = "TTPF, P = r^E/(1 + r^E), E = 2.7 + 0.7 r"
WORLDS, LOOKS = 2000, 10


@cache
def share_seen(distance: float, sight: float, cover: float) -> float:
    """Share of looks in which a watcher has somebody in sight, played over 20,000 looks."""
    text = (
        f"{strip(40, rows=3, cell='5 m', ground='f')}time: {{limit: 1 min}}\n"
        f"ground: {{forest: {{cover: {cover}}}}}\n"
        "people:\n"
        f"  watcher: {{side: a, at: [20, 7], doctrine: stay, senses: {{sight: {sight} m}}}}\n"
        f"  walker: {{side: b, at: [{20.0 + distance}, 7], doctrine: stay, senses: {{sight: {sight} m}}}}\n"
        "doctrines: {stay: {options: [{order: wait}]}}\n"
        "ends: {never: {when: 'out(watcher)'}}\n"
    )
    p = program(text)
    world = p.begin(1, np.arange(WORLDS), log=False)
    p.advance(world, 10)
    seen = 0
    for _ in range(LOOKS):
        p.advance(world, 10)  # enemies far apart look at each other once a second
        seen += int((world.mind.sees.numpy()[:, 0] & np.uint64(2) != 0).sum())
    return seen / (WORLDS * LOOKS)


def three_sigma(p: float) -> float:
    """Three standard errors of a share among all looks."""
    return 3.0 * math.sqrt(p * (1.0 - p) / (WORLDS * LOOKS))


def reach_of_share(share: float, cover: float) -> float:
    """Distance [m] at which a share of lines is clear."""
    grid = np.arange(0.0, 400.0, 0.05)
    return float(grid[np.argmin([abs(clear_probability(cover * float(r)) - share) for r in grid])])


def figures() -> Iterator[Figure]:
    """Rows of the page."""
    stands = ((0.1, 0.3, 30.0, 0.4066), (0.05, 0.25, 50.0, 0.5353), (0.04, 0.4, 100.0, 0.2019))
    for density, diameter, distance, p in stands:
        stand = f"{density:g} stems/m² of {diameter:g} m, {distance:g} m"
        yield Figure(
            quantity=f"clear lines, {stand}",
            source=STEMS,
            expected=p,
            ours=partial(clear_probability, density * diameter * distance),
            tolerance=1e-4,
        )
        yield Figure(
            quantity=f"share of looks that see through, {stand}",
            source=STEMS,
            expected=p,
            ours=partial(share_seen, distance, 3000.0, density * diameter),
            tolerance=three_sigma(p),
            played=True,
        )
    for share, metres, about in (
        (1.0 / math.e, 80.0, "mean free line"),
        (0.5, 55.45, "half of all lines clear"),
        (0.05, 239.7, "5 % clear"),
    ):
        yield Figure(
            quantity=f"{about}, 0.05 stems/m² of 0.25 m",
            source=STEMS,
            expected=metres,
            ours=partial(reach_of_share, share, 0.0125),
            unit="m",
            tolerance=0.1,
        )
    for ratio, p in ((0.5, 0.1077), (0.8, 0.3257), (1.0, 0.5), (1.5, 0.8205), (2.0, 0.9449)):
        yield Figure(
            quantity=f"chance of a look at 1/{ratio:g} of the range of sight",
            source=JOHNSON,
            expected=p,
            ours=partial(notice_probability, 100.0 / ratio, 100.0),
            tolerance=2e-4,
        )
    for ratio, p in ((0.5, 0.1077), (1.0, 0.5), (2.0, 0.9449)):
        yield Figure(
            quantity=f"share of looks that notice at {80.0 / ratio:g} m, range of sight 80 m",
            source=JOHNSON,
            expected=p,
            ours=partial(share_seen, 80.0 / ratio, 80.0, 0.0),
            tolerance=three_sigma(p),
            played=True,
        )

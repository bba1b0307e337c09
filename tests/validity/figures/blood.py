"""13: blood and what its loss costs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache, partial

import numpy as np

from rearguard.engine.exertion import time_to_exhaustion
from rearguard.engine.wounds import CLOTTING_TIME, FATAL_SHARE, blood_share, capacity, flow_after
from validity.figures.figure import Figure
from validity.figures.plays import by_world, duel, events, play

ATLS = "ATLS classes, European guideline"
FIVE_LITRES = 5000.0 / 70.0
CLOTTING = "flows subside, time constant 10 min (declared)"
WORLDS = 60


@cache
def time_to_share(flow: float, lost: float) -> float:
    """Minutes until a ``flow`` [mL/min] at the start has taken a share of 5 L, stepped by the engine's own laws."""
    volume, time, q, dt = 0.0, 0.0, flow / 60.0, 0.1
    while blood_share(volume, FIVE_LITRES) < lost:
        volume, q, time = volume + q * dt, flow_after(q, dt), time + dt
    return time / 60.0


@cache
def time_to_out() -> float:
    """Time from a deep cut until the cut one is out, over that of the closed form; played."""
    cut = "effect: cut, shape: {reach: 6 m}, wound: 0.01, bleeding: 3 L/min, windup: 0.2 s, uses: 1"
    result = play(duel(cut, distance=2.0, limit="5 min"), WORLDS)
    cuts = events(result, "cut", 0)
    flow = 50.0 * by_world(cuts, "value", WORLDS, np.fmax) / 0.01
    seconds = by_world(events(result, "out", 1), "time", WORLDS, np.fmin) - by_world(cuts, "time", WORLDS, np.fmin)
    tau = float(CLOTTING_TIME)
    closed = -tau * np.log(1.0 - float(FATAL_SHARE) * 4900.0 / (flow * tau))
    return float(np.mean(seconds / closed))


def figures() -> Iterator[Figure]:
    """Rows of the page."""
    for volume, part, about in ((750.0, 0.15, "II"), (1500.0, 0.30, "III"), (2000.0, 0.40, "IV")):
        yield Figure(
            quantity=f"share lost at the onset of class {about}, {volume:g} mL of 70 kg",
            source=ATLS,
            expected=part,
            ours=partial(blood_share, volume, 70.0),
            tolerance=0.01,
        )
    yield Figure(
        quantity="share at which a runner is out",
        source=f"class IV, {ATLS}",
        expected=0.40,
        ours=lambda: float(FATAL_SHARE),
        tolerance=1e-6,
    )
    for minutes, part in ((1.18, 0.15), (2.36, 0.30), (3.15, 0.40)):
        yield Figure(
            quantity=f"time to {100 * part:g} % of 5 L at 635 mL/min",
            source="constant flow, common femoral artery at rest (closed form)",
            expected=minutes,
            ours=partial(time_to_share, 635.0, part),
            unit="min",
            relative=0.05,
            outside=CLOTTING,
        )
    yield Figure(
        quantity="time to 40 % of 5 L at 635 mL/min, at the soonest",
        source="large central vessel in 3 min or more (TCCC, secondary)",
        expected=(3.0, math.inf),
        ours=partial(time_to_share, 635.0, 0.40),
        unit="min",
    )
    yield Figure(
        quantity="time from a cut of 3 L/min to being out, over the law's",
        source="−τ ln(1 − V/(q τ)) (closed form)",
        expected=1.0,
        ours=time_to_out,
        tolerance=0.01,
        played=True,
    )
    yield Figure(
        quantity="aerobic ceiling lost with a donation of 500 mL",
        source="VO₂max −9 % (PMID 18535983), −10 % (Meurrens 2016)",
        expected=(0.09, 0.105),
        ours=lambda: 1.0 - capacity(0.0, 500.0, 70.0),
    )
    yield Figure(
        quantity="CS 4.5 m/s after losing 9 %",
        source="in proportion (rule)",
        expected=4.095,
        ours=lambda: 4.5 * capacity(0.0, 0.09 * 4900.0, 70.0),
        unit="m/s",
        tolerance=0.001,
    )
    yield Figure(
        quantity="D′ 200 m at 5.5 m/s after it",
        source="in proportion (rule); 200 s before",
        expected=142.3,
        ours=lambda: time_to_exhaustion(200.0, 4.5 * capacity(0.0, 0.09 * 4900.0, 70.0), 5.5),
        unit="s",
        tolerance=0.1,
    )

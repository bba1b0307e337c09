"""16: scores of options."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache, partial

from rearguard.engine.doctrine import compensated, response
from rearguard.engine.model import Curve
from validity.figures.figure import Figure
from validity.figures.plays import events, play
from worlds import strip

MARK = "Mark & Dill, GDC 2010: s + (1 − s)(1 − 1/n) s"


@cache
def taken() -> tuple[float, float]:
    """Score and number of the order that a person takes who weighs (0.5, 0.8) against (0.8)³ and a vetoed (0, 1); played."""
    reasons = {
        "wait": "{input: always, low: 0, high: 2}, {input: always, low: 0, high: 1.25}",
        "block": ", ".join(["{input: always, low: 0, high: 1.25}"] * 3),
        "pursue": "{input: carrying}, {input: always}",
    }
    options = ", ".join(f"{{order: {order}, target: bob, when: [{when}]}}" for order, when in reasons.items())
    text = (
        f"{strip(20)}time: {{limit: 1 s}}\n"
        "people:\n"
        "  ann: {side: a, at: [55, 25], doctrine: weigh, knows: [bob]}\n"
        "  bob: {side: b, at: [105, 25], doctrine: alone}\n"
        f"doctrines:\n  weigh: {{options: [{options}]}}\n"
        f"  alone: {{options: [{{order: wait, when: [{reasons['wait']}]}}]}}\n"
        "ends: {never: {when: 'out(ann)'}}\n"
    )
    orders = events(play(text), "order")
    return tuple(float(orders[orders["actor"] == who]["value"][0]) for who in (0, 1))  # type: ignore[return-value]


def figures() -> Iterator[Figure]:
    """Rows of the page."""
    for values, score in (
        ((0.5, 0.8), 0.52),
        ((0.5, 0.8, 0.8, 0.8, 0.8), 0.33509),
        ((0.9,) * 4, 0.82532),
        ((0.8,) * 3, 0.67857),
        ((1.0, 1.0), 1.0),
        ((0.0, 1.0), 0.0),
    ):
        yield Figure(
            quantity=f"score of {', '.join(f'{v:g}' for v in values)}",
            source=MARK,
            expected=score,
            ours=partial(compensated, math.prod(values), len(values)),
            tolerance=1e-5,
        )
    yield Figure(
        quantity="score of the only order there is, (0.5, 0.8)",
        source=MARK,
        expected=0.52,
        ours=lambda: taken()[1],
        tolerance=1e-5,
        played=True,
    )
    yield Figure(
        quantity="score of the order taken among it, (0.8, 0.8, 0.8) and a vetoed one",
        source=MARK,
        expected=0.67857,
        ours=lambda: taken()[0],
        tolerance=1e-5,
        played=True,
    )
    for curve, x, low, high, shape, least, y, about in (
        (Curve.logistic, 0.6, 0.0, 1.0, 10.0, 0.0, 0.73106, "logistic, steepness 10, at 0.6"),
        (Curve.linear, 3.0, 4.0, 0.0, 1.0, 0.0, 0.25, "linear from 4 down to 0, at 3"),
        (Curve.power, 0.5, 0.0, 1.0, 3.0, 0.0, 0.125, "cubic at 0.5"),
        (Curve.step, 0.49, 0.0, 1.0, 1.0, 0.0, 0.0, "step at 0.49"),
        (Curve.linear, -5.0, 0.0, 1.0, 1.0, 0.2, 0.2, "linear lifted to 0.2, below its range"),
    ):
        yield Figure(
            quantity=f"response: {about}",
            source="closed form",
            expected=y,
            ours=partial(response, int(curve), x, low, high, shape, least),
            tolerance=1e-5,
        )

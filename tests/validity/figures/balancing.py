"""5: pushes against balance."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache, partial

import numpy as np

from rearguard.engine.balance import eigenfrequency, recoverable_speed, tipping_impulse, topple_time
from rearguard.engine.techniques import deflection
from validity.figures.figure import Figure
from validity.figures.plays import by_world, duel, events, play

HOF = "Hof, Gazendam & Sinke 2005"
STEP = "one step in time, Pratt 2006 (derived)"
WORLDS = 600


def pushed(step_time: float, impulses: str) -> str:
    """A push of a drawn impulse on one of 75 kg who stands unready and answers after ``step_time``."""
    push = (
        f'effect: push, shape: {{reach: 6 m, cone: 60 deg}}, impulse: "uniform({impulses}) N s", windup: 0.2 s, uses: 1'
    )
    bob = (
        f", body: {{mass: 75 kg, step: 0.6 m, step_time: {step_time} s}}"
        ", nerve: {reaction: 0.001 s}, senses: {anticipation: 0}"
    )
    return duel(push, distance=2.0, limit="4 s", bob=bob)


@cache
def felling_speed(step_time: float, impulses: str) -> float:
    """Speed change [m/s] between the hardest push that is withstood and the lightest that fells; played."""
    result = play(pushed(step_time, impulses), WORLDS)
    change = by_world(events(result, "skid", 1), "value", WORLDS, np.fmax)
    fell = np.isin(np.arange(WORLDS), events(result, "down", 1)["world"])
    stood = ~fell & ~np.isnan(change)
    return 0.5 * float(change[stood].max() + change[fell].min())


def given_speed() -> float:
    """Speed change of 75 kg per 100 N s that arrive; played."""
    result = play(pushed(0.3, "90, 160"), WORLDS)
    arrived = by_world(events(result, "push", 0), "value", WORLDS, np.fmax)
    change = by_world(events(result, "skid", 1), "value", WORLDS, np.fmax)
    return float(np.nanmean(100.0 * change / arrived))


def figures() -> Iterator[Figure]:
    """Rows of the page."""
    yield Figure(
        quantity="time constant of the pendulum, l 1 m",
        source=HOF,
        expected=0.319,
        ours=lambda: 1.0 / eigenfrequency(1.0),
        unit="s",
        tolerance=0.001,
    )
    for margin, impulse in ((0.15, 35.2), (0.20, 47.0), (0.60, 140.9), (0.90, 211.4)):
        yield Figure(
            quantity=f"impulse that tips 75 kg over a margin of {margin:g} m",
            source=HOF,
            expected=impulse,
            ours=partial(tipping_impulse, 75.0, margin, 1.0),
            unit="N s",
            tolerance=0.1,
        )
    for step, delay, change in ((0.2, 0.3, 0.245), (0.6, 0.3, 0.734), (0.8, 0.5, 0.523)):
        yield Figure(
            quantity=f"speed change saved by a step of {step:g} m after {delay:g} s",
            source=STEP,
            expected=change,
            ours=partial(recoverable_speed, step, delay, 1.0),
            unit="m/s",
            tolerance=0.001,
        )
    yield Figure(
        quantity="topple from 5° to 30°",
        source="arccosh(θ1/θ0)/ω0 (derived)",
        expected=0.791,
        ours=partial(topple_time, math.radians(5.0), math.radians(30.0), 1.0),
        unit="s",
        tolerance=0.001,
    )
    yield Figure(
        quantity="speed change of 75 kg by 100 N s",
        source="J/m",
        expected=1.333,
        ours=given_speed,
        unit="m/s",
        tolerance=0.001,
        played=True,
    )
    for step_time, impulses in ((0.3, "90, 160"), (0.2, "90, 200")):
        expected = 0.2 * 3.1316 + 0.6 * 3.1316 * math.exp(-3.1316 * (step_time + 0.001))
        yield Figure(
            quantity=f"least speed change that fells, stance 0.2 m, step 0.6 m after {step_time:g} s",
            source=f"{HOF}; {STEP}",
            expected=expected,
            ours=partial(felling_speed, step_time, impulses),
            unit="m/s",
            tolerance=0.01,
            played=True,
        )
    yield Figure(
        quantity="turn of 42 kg at 13 m/s by 300 N s across",
        source="atan(J/(m v)) (derived)",
        expected=math.degrees(math.atan(300.0 / (42.0 * 13.0))),
        ours=lambda: math.degrees(deflection(300.0, 42.0, 13.0)),
        unit="°",
        tolerance=0.001,
    )

"""2: critical speed, the reserve and its recovery, the start from rest."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache, partial

import numpy as np

from rearguard.engine.exertion import reserve_after, speed_after_start, time_to_exhaustion
from validity.figures.figure import Figure
from validity.figures.plays import dash, events, play, time_over
from worlds import of, track

MONOD = "Monod & Scherrer 1965, Hughson 1984"
SKIBA = "Skiba & Clarke 2021, ODE form"
KELLER = "Keller 1973 (F 12.2 m/s², τ 0.892 s)"
SPLITS = (1.87, 2.89, 3.82, 4.70, 5.56, 6.41, 7.27, 8.13, 9.00, 9.88)
SPRINTER = "critical_speed: 11.657 m/s, sprint: 11.657 m/s, acceleration_time: 1.172 s, reserve: 400 m"


@cache
def exhaustion(speed: float, length: int) -> tuple[float, float]:
    """When and after how many metres a runner with CS 4.5 m/s and D' 200 m is spent, played."""
    body = f"critical_speed: 4.5 m/s, sprint: {speed} m/s, acceleration_time: 0.01 s, reserve: 200 m"
    result = play(dash(body, length=length, cell="10 m"))
    row = events(result, "exhausted")[0]
    start = events(result, "enter")[0]
    return float(row["time"] - start["time"]), float(row["x"] - start["x"])


def drained(speed: float, dt: float = 0.1) -> float:
    """Time until a reserve of 200 m is empty at a constant speed, stepped by the engine's own law."""
    balance, time = 200.0, 0.0
    while balance > 0.0:
        balance, time = reserve_after(balance, 200.0, 4.5, 1.0, speed, dt), time + dt
    return time


def exhausted_pace() -> tuple[float, float]:
    """Speed of the spent, and for how long they keep to it: CS 4 m/s, D' 60 m, played."""
    t = track(dash("critical_speed: 4 m/s, sprint: 5 m/s, acceleration_time: 0.01 s, reserve: 60 m", length=100))
    times, speed = of(t, 0, "time"), of(t, 0, "speed")
    spent = int(np.argmax(of(t, 0, "reserve") <= 0.0))
    slow = spent + int(np.argmax(speed[spent:] < 3.7))
    back = slow + int(np.argmax(speed[slow:] > 3.9))
    return float(speed[slow + 5]), float(times[back] - times[spent])


def rest_half_time() -> float:
    """Time in which half of what is missing of D' 120 m (CS 4 m/s) is back at rest, played [s]."""
    body = "critical_speed: 4 m/s, sprint: 7 m/s, acceleration_time: 0.01 s, reserve: 120 m"
    text = dash(body, length=24).replace("arrived(runner, g)", "out(runner)").replace("30 min", "120 s")
    t = track(text)
    times, missing = of(t, 0, "time"), 1.0 - of(t, 0, "reserve")
    rest = int(np.argmax((of(t, 0, "speed") < 0.01) & (missing > 0.1)))
    half = rest + int(np.argmax(missing[rest:] <= 0.5 * missing[rest]))
    return float(times[half] - times[rest])


@cache
def keller() -> dict[float, float]:
    """Distance → time of a start from rest with Keller's constants, stepped by the engine's own law."""
    found: dict[float, float] = {}
    v, x, t, dt = 0.0, 0.0, 0.0, 0.02
    for distance in (45.72, 54.864, 100.0, 200.0):
        while x < distance:
            w = speed_after_start(v, 12.2 * 0.892, 0.892, dt)
            x, v, t = x + 0.5 * (v + w) * dt, w, t + dt
        found[distance] = t - (x - distance) / v
    return found


def figures() -> Iterator[Figure]:
    """Rows of the page."""
    for speed, seconds in ((5.5, 200.0), (4.95, 444.4), (4.725, 888.9)):
        yield Figure(
            quantity=f"D′ 200 m at {speed:g} m/s, CS 4.5 m/s",
            source=MONOD,
            expected=seconds,
            ours=partial(time_to_exhaustion, 200.0, 4.5, speed),
            unit="s",
            tolerance=0.1,
        )
    yield Figure(
        quantity="the same at 5.5 m/s, step by step",
        source=MONOD,
        expected=200.0,
        ours=partial(drained, 5.5),
        unit="s",
        tolerance=0.2,
    )
    yield Figure(
        quantity="5 km with them: (d − D′)/CS",
        source=MONOD,
        expected=1066.7,
        ours=partial(time_to_exhaustion, 200.0, 4.5, 4.6875),
        unit="s",
        tolerance=0.1,
    )
    for speed, seconds, metres, length in ((5.5, 200.0, 1100.0, 140), (4.95, 444.4, 2200.0, 250)):
        yield Figure(
            quantity=f"runner spent at {speed:g} m/s: time",
            source=MONOD,
            expected=seconds,
            ours=lambda v=speed, n=length: exhaustion(v, n)[0],
            unit="s",
            tolerance=0.5,
            played=True,
        )
        yield Figure(
            quantity=f"runner spent at {speed:g} m/s: distance",
            source=MONOD,
            expected=metres,
            ours=lambda v=speed, n=length: exhaustion(v, n)[1],
            unit="m",
            relative=0.005,
            played=True,
        )
    for power, joules, half in ((0.0, 10553.0, 55.45), (100.0, 7247.0, 92.42), (200.0, 2786.0, 277.26)):
        yield Figure(
            quantity=f"W′ 20 kJ, CP 250 W, empty: 60 s at {power:g} W",
            source=SKIBA,
            expected=joules,
            ours=partial(reserve_after, 0.0, 20000.0, 250.0, 1.0, power, 60.0),
            unit="J",
            tolerance=1.0,
        )
        yield Figure(
            quantity=f"the same after its half-time of {half:g} s",
            source=SKIBA,
            expected=10000.0,
            ours=partial(reserve_after, 0.0, 20000.0, 250.0, 1.0, power, half),
            unit="J",
            tolerance=2.0,
        )
    yield Figure(
        quantity="half of the missing D′ 120 m back at rest, CS 4 m/s",
        source=f"ln 2 D′/CS, {SKIBA}",
        expected=20.79,
        ours=rest_half_time,
        unit="s",
        tolerance=0.15,
        played=True,
    )
    yield Figure(
        quantity="tenth of D′ 60 m back at 0.9 CS, CS 4 m/s",
        source=f"−ln 0.9 D′/(CS − v), {SKIBA}",
        expected=-math.log(0.9) * 60.0 / 0.4,
        ours=lambda: exhausted_pace()[1],
        unit="s",
        tolerance=0.5,
        played=True,
    )
    for k, seconds in enumerate(SPLITS, 1):
        yield Figure(
            quantity=f"split at {10 * k} m, fit: vm 11.657 m/s, τ 1.172 s, start at 0.109 s",
            source="arXiv 1606.09497 table 1; Furusawa, Hill & Parkinson 1927",
            expected=seconds,
            ours=lambda metres=10.0 * k: 0.109 + time_over(dash(SPRINTER, length=34), metres),
            unit="s",
            tolerance=0.03,
            played=True,
        )
    for distance, seconds in ((45.72, 5.09), (54.864, 5.93), (100.0, 10.08), (200.0, 19.27)):
        yield Figure(
            quantity=f"{distance:g} m from rest",
            source=KELLER,
            expected=seconds,
            ours=lambda d=distance: keller()[d],
            unit="s",
            tolerance=0.03,
        )

"""3: loads, drags, slopes and ground."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache, partial

import numpy as np

from rearguard.engine.load import drag_power, pandolf_power, speed_at_power, sprint_factor
from rearguard.engine.slope import running_cost, uphill_factor, walking_cost
from validity.figures.figure import Figure
from validity.figures.plays import BRISK, dash, haul, ramp, settled_speed, time_over

PANDOLF = "Pandolf, Givoni & Goldman 1977"
MINETTI = "Minetti et al. 2002"
MEASURED = "Minetti et al. 2002, measured mean ± SD"
TREADMILL = ((0.0, 3.600), (0.1, 5.968), (0.2, 9.007), (0.3, 12.579), (0.45, 19.43), (-0.2, 1.80))
WALKS = (
    (81.65, 13.61, 1.5646, 0.0, 1.0, 477.6),
    (70.0, 0.0, 1.34, 0.0, 1.0, 293.54),
    (70.0, 20.0, 1.34, 0.0, 1.0, 362.10),
    (70.0, 20.0, 1.34, 0.0, 1.5, 483.30),
    (70.0, 20.0, 1.34, 5.0, 1.0, 573.15),
    (70.0, 20.0, 1.34, 0.0, 2.1, 628.75),
    (75.0, 40.0, 1.2, 0.0, 1.2, 476.00),
)


def walker(watts: float, mass: float = 70.0) -> str:
    """A body whose steady pace costs ``watts`` unloaded on the level: 1.5 W + 1.5 W v²."""
    speed = math.sqrt(watts / (1.5 * mass) - 1.0)
    return f"mass: {mass} kg, critical_speed: {speed:.5f} m/s, sprint: 7 m/s, {BRISK}"


def runner(speed: float) -> str:
    """A body whose steady pace is ``speed``."""
    return f"mass: 70 kg, critical_speed: {speed} m/s, sprint: 11 m/s, {BRISK}"


def percent(gradient: float) -> str:
    """A gradient as a reader sees it."""
    return f"{100.0 * gradient:+g} %".replace("-", "−")


@cache
def cheapest() -> tuple[float, float]:
    """Gradient at which running costs least, and what it costs there."""
    grid = np.linspace(-0.45, 0.45, 901)
    costs = [running_cost(float(i)) for i in grid]
    return float(grid[int(np.argmin(costs))]), float(min(costs))


def sprint_30_m(load: float) -> float:
    """Time over 30 m from rest of a soldier of 79 kg who takes 6.2 s without a load, played [s]."""
    speed = 30.0 / (6.2 - 1.2 * (1.0 - math.exp(-6.2 / 1.2)))
    body = f"mass: 79 kg, critical_speed: {speed:.4f} m/s, sprint: {speed:.4f} m/s, acceleration_time: 1.2 s"
    return time_over(haul(body, load, pace="sprint"), 30.0)


def figures() -> Iterator[Figure]:
    """Rows of the page."""
    for mass, load, speed, grade, terrain, watts in WALKS:
        yield Figure(
            quantity=f"walking power, {mass:g} + {load:g} kg, {speed:g} m/s, {grade:g} %, η {terrain:g}",
            source=PANDOLF,
            expected=watts,
            ours=partial(pandolf_power, mass, load, speed, grade, terrain),
            unit="W",
            tolerance=0.1,
        )
    for what, text in (
        ("20 kg at 362.1 W", haul(walker(362.10), 20.0)),
        ("20 kg at 483.3 W through η 1.5", haul(walker(483.30), 20.0, ground="b")),
        ("no load at 293.5 W", haul(walker(293.54), 0.0)),
    ):
        yield Figure(
            quantity=f"walking speed under {what}",
            source=f"{PANDOLF}, inverted",
            expected=1.34,
            ours=partial(settled_speed, text),
            unit="m/s",
            tolerance=0.005,
            played=True,
        )
    for what, expected, mass, load, watts, gradient, terrain in (
        ("40 kg at 476 W over η 1.2, 75 kg", 1.2, 75.0, 40.0, 476.0, 0.0, 1.2),
        ("20 kg at 573.2 W up 5 %", 1.34, 70.0, 20.0, 573.15, 0.05, 1.0),
    ):
        yield Figure(
            quantity=f"walking speed under {what}",
            source=f"{PANDOLF}, inverted",
            expected=expected,
            ours=partial(speed_at_power, mass, load, 0.0, watts / mass, gradient, terrain),
            unit="m/s",
            tolerance=0.001,
        )
    for carriers, watts, who in ((1.0, 784.8, "one"), (4.0, 196.2, "each of four")):
        yield Figure(
            quantity=f"extra power of {who} dragging 80 kg at 0.5 m/s, μ 0.5",
            source="μ m g v/(k 0.25) (Margaria)",
            expected=watts,
            ours=partial(drag_power, 80.0, 0.5, 0.5, carriers),
            unit="W",
            tolerance=0.3,
        )
    for mass, expected in ((35.0, 4.0 / 1.5), (14.0, 4.0 / 1.2)):
        yield Figure(
            quantity=f"steady running at 4 m/s with {mass:g} kg on 70 kg",
            source="cost in proportion to total mass, Taylor et al. 1980",
            expected=expected,
            ours=partial(settled_speed, haul(runner(4.0), mass)),
            unit="m/s",
            relative=0.01,
            played=True,
        )
    drag = 0.1 * 40.0 * 9.80665 / 0.25 / 70.0
    for carriers, who in ((1, "one"), (2, "two")):
        yield Figure(
            quantity=f"steady running at 4 m/s, {who} dragging 40 kg, μ 0.1",
            source="friction work at 0.25 (Margaria; closed form)",
            expected=4.0 * 3.6 / (3.6 + drag / carriers),
            ours=partial(settled_speed, haul(runner(4.0), 40.0, 0.1, carriers=carriers)),
            unit="m/s",
            relative=0.01,
            played=True,
        )
    yield Figure(
        quantity="30 m under 21.6 kg by one who takes 6.2 s without",
        source="Treloar & Billing 2011, mean ± SD",
        expected=8.2,
        ours=partial(sprint_30_m, 21.6),
        unit="s",
        tolerance=1.4,
        played=True,
    )
    yield Figure(
        quantity="loss of time under 21.6 kg, 79 kg",
        source="Treloar & Billing 2011 (6.2 → 8.2 s)",
        expected=8.2 / 6.2 - 1.0,
        ours=lambda: 1.0 / sprint_factor(79.0, 21.6) - 1.0,
        tolerance=0.03,
    )
    for gradient, cost in TREADMILL:
        yield Figure(
            quantity=f"running cost on {percent(gradient)}",
            source=MINETTI,
            expected=cost,
            ours=partial(running_cost, gradient),
            unit="J/(kg m)",
            tolerance=0.006,
        )
    for gradient, mean, sd in ((0.45, 18.93, 1.74), (-0.2, 1.73, 0.36)):
        yield Figure(
            quantity=f"running cost on {percent(gradient)}",
            source=MEASURED,
            expected=mean,
            ours=partial(running_cost, gradient),
            unit="J/(kg m)",
            tolerance=sd,
        )
    for gradient, cost, source, tolerance in (
        (0.45, 17.60, MINETTI, 0.02),
        (-0.1, 1.13, MINETTI, 0.02),
        (0.45, 17.33, MEASURED, 1.11),
        (-0.1, 0.81, MEASURED, 0.37),
    ):
        yield Figure(
            quantity=f"walking cost on {percent(gradient)}",
            source=source,
            expected=cost,
            ours=partial(walking_cost, gradient),
            unit="J/(kg m)",
            tolerance=tolerance,
        )
    yield Figure(
        quantity="gradient of the cheapest run",
        source=MINETTI,
        expected=-0.181,
        ours=lambda: cheapest()[0],
        tolerance=0.002,
    )
    yield Figure(
        quantity="its cost",
        source=MINETTI,
        expected=1.781,
        ours=lambda: cheapest()[1],
        unit="J/(kg m)",
        tolerance=0.002,
    )
    for gradient, speed in ((0.1, 2.714), (0.2, 1.799)):
        yield Figure(
            quantity=f"4.5 m/s at equal power on {percent(gradient)}",
            source=MINETTI,
            expected=speed,
            ours=lambda i=gradient: 4.5 / uphill_factor(i),
            unit="m/s",
            tolerance=0.001,
        )
    for base, rise, speed in ((4.5, 0.2, 2.714), (7.0, 0.4, 2.798)):
        yield Figure(
            quantity=f"{base:g} m/s at equal power up {50 * rise:g} %",
            source=MINETTI,
            expected=speed,
            ours=partial(settled_speed, ramp(runner(base), rise)),
            unit="m/s",
            relative=0.01,
            played=True,
        )
    yield Figure(
        quantity="4.5 m/s at equal power up 20 %",
        source=MINETTI,
        expected=1.799,
        ours=partial(settled_speed, ramp(runner(4.5), 0.4)),
        unit="m/s",
        relative=0.01,
        played=True,
        outside="walked after Pandolf",
    )
    for name, letter, eta in (("forest (light brush)", "f", 1.2), ("grass", '"', 1.1)):
        yield Figure(
            quantity=f"4 m/s at equal power through {name}",
            source=f"η {eta:g}, Soule & Goldman 1972",
            expected=4.0 / eta,
            ours=partial(settled_speed, dash(runner(4.0), "steady", ground=letter)),
            unit="m/s",
            relative=0.01,
            played=True,
        )

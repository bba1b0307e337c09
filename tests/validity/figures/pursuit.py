"""1 and 15a: geometry of pursuit, and what holding a pursuer is worth."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache, partial

import numpy as np
import numpy.typing as npt
import warp as wp

from rearguard.engine.pursuit import intercept_point, intercept_time
from validity.figures.figure import Figure
from validity.figures.plays import BRISK, by_world, chase, chasers, crossing, duel, events, play, time_to_catch
from worlds import of, strip, track

Plane = npt.NDArray[np.float64]
CURVE = "curve of pursuit (closed form)"
BEARING = "constant bearing, Isaacs 1965 (closed form)"


def heading(phi: float) -> Plane:
    """Unit vector at ``phi`` [degrees]."""
    return np.array([math.cos(math.radians(phi)), math.sin(math.radians(phi))])


@cache
def pure(vp: float, ve: float, length: float, phi: float, reach: float, dt: float = 0.02) -> tuple[float, float]:
    """Time to capture by one who runs for ``intercept_point`` without any lead, and the slope of r (vp + ve cos phi)."""
    p, e, v = np.zeros(2), np.array([length, 0.0]), ve * heading(phi)
    time, invariant = 0.0, []
    while (r := float(np.linalg.norm(e - p))) > reach:
        invariant.append(r * (vp + float(v @ (e - p)) / r))
        aim = np.array(intercept_point(wp.vec2(*p), wp.vec2(*e), wp.vec2(*v), vp, 0.0))
        p, e, time = p + (aim - p) / np.linalg.norm(aim - p) * vp * dt, e + v * dt, time + dt
    return time, float(np.polyfit(np.arange(len(invariant)) * dt, invariant, 1)[0])


@cache
def gap_at_equal_speeds(length: float, speed: float, seconds: float, dt: float = 0.1) -> float:
    """Gap left to a pure pursuer as fast as a runner who set off across its front."""
    p, e, v = np.zeros(2), np.array([length, 0.0]), speed * heading(90.0)
    for _ in range(round(seconds / dt)):
        aim = np.array(intercept_point(wp.vec2(*p), wp.vec2(*e), wp.vec2(*v), speed, 0.0))
        p, e = p + (aim - p) / np.linalg.norm(aim - p) * speed * dt, e + v * dt
    return float(np.linalg.norm(e - p))


@cache
def limit_circle(vp: float, ve: float, radius: float, seconds: float = 150.0, dt: float = 0.05) -> tuple[float, float]:
    """Radius run by a slower pure pursuer of one who circles, and the separation that stays."""
    p, e = np.zeros(2), np.zeros(2)
    for k in range(round(seconds / dt)):
        angle = ve / radius * k * dt
        e, v = radius * heading(math.degrees(angle)), ve * heading(math.degrees(angle) + 90.0)
        aim = np.array(intercept_point(wp.vec2(*p), wp.vec2(*e), wp.vec2(*v), vp, 0.0))
        p = p + (aim - p) / np.linalg.norm(aim - p) * vp * dt
    return float(np.linalg.norm(p)), float(np.linalg.norm(e - p))


def lead_time(vp: float, ve: float, phi: float) -> float:
    """Time to meet a runner 100 m off on a constant bearing."""
    return float(intercept_time(wp.vec2(100.0, 0.0), wp.vec2(*(ve * heading(phi))), vp))


def meeting(vp: float, ve: float, phi: float) -> Plane:
    """Where a runner who starts 100 m off along x is met by a pursuer at the origin."""
    velocity = wp.vec2(*(ve * heading(phi)))
    return np.array(intercept_point(wp.vec2(0.0, 0.0), wp.vec2(100.0, 0.0), velocity, vp, 1e9))


def bearing() -> float:
    """Lead angle [degrees] against a runner at 45°, 6 against 4 m/s."""
    x, y = meeting(6.0, 4.0, 45.0)
    return math.degrees(math.atan2(y, x))


def apollonius(of_circle: str) -> float:
    """Circle through the points where runners straight away from and straight toward the pursuer are met."""
    far, near = meeting(6.0, 4.0, 0.0)[0], meeting(6.0, 4.0, 180.0)[0]
    return float({"radius": 0.5 * (far - near), "offset": 0.5 * (far + near) - 100.0}[of_circle])


def closing_rate() -> float:
    """Rate at which the gap of a played chase closes [m/s]."""
    t = track(chase(6.0, 4.0, 50.0, 0.1))
    gap = of(t, 0, "x") - of(t, 1, "x")
    return float(np.polyfit(of(t, 0, "time")[20:200], gap[20:200], 1)[0])


def gap_lost() -> float:
    """Change of the gap of a chase at equal speeds over four minutes, played [m]."""
    t = track(chase(5.0, 5.0, 40.0, 0.1))
    gap = of(t, 0, "x") - of(t, 1, "x")
    return float(gap[20] - gap[-1])


def detour(angle: float) -> float:
    """Time to reach somebody who stands 200 m away at ``angle`` [degrees] on a bare map, over that of a straight line."""
    x, y = np.array([20.0, 20.0]) + 200.0 * heading(angle)
    people = chasers(6.0, 1.0, "[20, 20]", f"[{x:.2f}, {y:.2f}]", "order: wait")
    text = f"{strip(80, rows=60, cell='5 m')}time: {{limit: 2 min}}\n{people}"
    return time_to_catch(text) / ((200.0 - 1.5) / 6.0)


def held_chase(hold: float) -> str:
    """Carriers at 1.2 m/s, a pursuer at 3 m/s 200 m behind, a guard who holds it for ``hold`` seconds as the power lasts."""
    uses = 1 if hold > 0.0 else 0
    return (
        f"{strip(60)}time: {{limit: 6 min}}\n"
        "people:\n"
        f"  porter: {{side: a, at: [250, 25], doctrine: run, senses: {{sight: 3 km}}, knows: [post], body: {{critical_speed: 1.2 m/s, sprint: 1.2 m/s, {BRISK}}}}}\n"
        f"  hunter: {{side: b, at: [50, 25], doctrine: chase, senses: {{sight: 3 km}}, knows: [porter], body: {{critical_speed: 3 m/s, sprint: 3 m/s, {BRISK}}}}}\n"
        f"  guard: {{side: a, at: [50, 32], doctrine: guard, techniques: [hold], knows: [hunter], body: {{power: {2.0 * max(hold, 1.0)}}}}}\n"
        "  post: {side: a, at: [590, 25], doctrine: stay}\n"
        f"techniques:\n  hold: {{effect: pin, shape: {{reach: 30 m}}, windup: 0.1 s, uses: {uses}, upkeep: 2, strain: 0 /s}}\n"
        "doctrines:\n"
        "  stay: {options: [{order: wait}]}\n"
        "  run: {options: [{order: pursue, target: post, pace: sprint}]}\n"
        "  chase: {options: [{order: pursue, target: porter, pace: sprint}]}\n"
        "  guard: {options: [{order: wait}, {use: hold, target: hunter}]}\n"
        "ends: {caught: {when: 'contact(b, porter)'}}\n"
    )


def carried(hold: float) -> float:
    """Distance that the carriers run before they are caught, played [m]."""
    return float(play(held_chase(hold)).people["distance"][0, 0])


PIN = "effect: pin, shape: {reach: 30 m}, windup: 0.1 s, uses: 1, heads: HEADS, strain: RATE /s"
THREE = "".join(f"  bob{k}: {{side: b, at: [{14 + 2 * k}, 7], doctrine: stay}}\n" for k in (2, 3))


@cache
def holds(heads: int, rate: float, worlds: int) -> tuple[Plane, Plane]:
    """Shortest and longest hold of each world by one guard on ``heads`` enemies [s]."""
    text = PIN.replace("HEADS", str(heads)).replace("RATE", str(rate))
    result = play(duel(text, distance=6.0, limit="110 s", people=THREE if heads == 3 else ""), worlds)
    begun = by_world(events(result, "pin"), "time", worlds, np.fmin)
    freed = events(result, "release")
    return by_world(freed, "time", worlds, np.fmin) - begun, by_world(freed, "time", worlds, np.fmax) - begun


def figures() -> Iterator[Figure]:
    """Rows of the page."""
    for vp, ve, gap in ((6.0, 4.0, 50.0), (7.0, 5.0, 60.0), (5.0, 4.0, 30.0)):
        yield Figure(
            quantity=f"straight chase, {gap:g} m, {vp:g} against {ve:g} m/s, contact at 1.5 m",
            source="g/(vp − ve), g less the reach (closed form)",
            expected=(gap - 1.5) / (vp - ve),
            ours=partial(time_to_catch, chase(vp, ve, gap)),
            unit="s",
            tolerance=0.15,
            played=True,
        )
    yield Figure(
        quantity="rate at which the gap closes, 6 against 4 m/s",
        source="closed form",
        expected=-2.0,
        ours=closing_rate,
        unit="m/s",
        tolerance=0.001,
        played=True,
    )
    yield Figure(
        quantity="gap lost in four minutes at equal speeds",
        source="closed form",
        expected=0.0,
        ours=gap_lost,
        unit="m",
        tolerance=0.05,
        played=True,
    )
    for vp, ve, phi, seconds in (
        (6.0, 4.0, 90.0, 30.0),
        (5.0, 3.0, 90.0, 31.25),
        (6.0, 4.0, 45.0, 44.142),
        (7.0, 2.0, 120.0, 13.333),
    ):
        yield Figure(
            quantity=f"pure pursuit, 100 m, {vp:g} against {ve:g} m/s at {phi:g}°",
            source=CURVE,
            expected=seconds,
            ours=lambda a=vp, b=ve, c=phi: pure(a, b, 100.0, c, 0.05)[0],
            unit="s",
            relative=0.01,
        )
    yield Figure(
        quantity="pure pursuit, 100 m, 6 against 4 m/s at 90°, capture within 1 m",
        source=CURVE,
        expected=29.50,
        ours=lambda: pure(6.0, 4.0, 100.0, 90.0, 1.0)[0],
        unit="s",
        relative=0.01,
    )
    yield Figure(
        quantity="fall of r (vp + ve cos φ), 6 against 4 m/s",
        source="vp² − ve² (derived)",
        expected=-20.0,
        ours=lambda: pure(6.0, 4.0, 100.0, 90.0, 1.0)[1],
        unit="m²/s²",
        relative=0.01,
    )
    yield Figure(
        quantity="gap left in pure pursuit across the front, 100 m, equal speeds",
        source=f"half of it, {CURVE}",
        expected=50.0,
        ours=lambda: gap_at_equal_speeds(100.0, 5.0, 150.0),
        unit="m",
        relative=0.005,
    )
    yield Figure(
        quantity="circle run by a pursuer at 3 m/s of one who circles at 4 m/s, R 50 m",
        source="R vp/ve (closed form)",
        expected=37.5,
        ours=lambda: limit_circle(3.0, 4.0, 50.0)[0],
        unit="m",
        relative=0.01,
    )
    yield Figure(
        quantity="separation that stays in it",
        source="√(R² − r²) (closed form)",
        expected=33.07,
        ours=lambda: limit_circle(3.0, 4.0, 50.0)[1],
        unit="m",
        relative=0.01,
    )
    for phi, seconds in ((90.0, 22.361), (45.0, 40.600)):
        yield Figure(
            quantity=f"lead interception, 100 m, 6 against 4 m/s at {phi:g}°",
            source=BEARING,
            expected=seconds,
            ours=partial(lead_time, 6.0, 4.0, phi),
            unit="s",
            tolerance=0.001,
        )
    yield Figure(quantity="lead angle at 45°", source=BEARING, expected=28.126, ours=bearing, unit="°", tolerance=0.001)
    yield Figure(
        quantity="pure over lead pursuit at 90°",
        source="closed form",
        expected=1.3416,
        ours=lambda: pure(6.0, 4.0, 100.0, 90.0, 0.05)[0] / lead_time(6.0, 4.0, 90.0),
        relative=0.01,
    )
    for part, metres in (("radius", 120.0), ("offset", 80.0)):
        yield Figure(
            quantity=f"Apollonius circle, 100 m, 6 against 4 m/s: {'radius' if part == 'radius' else 'centre beyond the runner'}",
            source="Dorothy et al. 2021 (closed form)",
            expected=metres,
            ours=partial(apollonius, part),
            unit="m",
            tolerance=0.01,
        )
    side = 20.0
    yield Figure(
        quantity=f"runner across the front at {side:g} m met, 12 against 8 m/s, contact at 1.5 m",
        source=BEARING,
        expected=(side - 1.5) / math.sqrt(12.0**2 - 8.0**2),
        ours=partial(time_to_catch, crossing(12.0, 8.0, side, 0.02)),
        unit="s",
        tolerance=0.1,
        played=True,
    )
    yield Figure(
        quantity="the same at 100 m, 6 against 4 m/s: the lead is cut at 4 s",
        source="between lead and pure pursuit, capture within 1 m (closed form)",
        expected=(22.062, 29.50),
        ours=partial(time_to_catch, crossing(6.0, 4.0, 100.0)),
        unit="s",
        played=True,
    )
    for angle, reason in ((45.0, ""), (22.5, "eight directions and landmarks beyond 32 m")):
        yield Figure(
            quantity=f"somebody 200 m away at {angle:g}° on an empty field reached, over the straight line",
            source="closed form",
            expected=1.0,
            ours=partial(detour, angle),
            tolerance=0.01,
            played=True,
            outside=reason,
        )
    yield Figure(
        quantity="way of carriers at 1.2 m/s, hunter at 3 m/s 200 m behind",
        source="vc g/(vp − vc), contact at 1.5 m (closed form)",
        expected=132.33,
        ours=partial(carried, 0.0),
        unit="m",
        tolerance=0.5,
        played=True,
    )
    for hold in (30.0, 45.0):
        yield Figure(
            quantity=f"way won by holding the hunter for {hold:g} s",
            source="vc vp d/(vp − vc) (derived)",
            expected=1.2 * 3.0 * hold / (3.0 - 1.2),
            ours=lambda d=hold: carried(d) - carried(0.0),
            unit="m",
            tolerance=0.5,
            played=True,
        )


def rear_guard() -> Iterator[Figure]:
    """Rows of the page on guards who hold enemies: every hold breaks at a constant rate."""
    yield Figure(
        quantity="mean hold of one enemy, strain 0.5 /s",
        source="1/a, exponential",
        expected=2.0,
        ours=lambda: float(np.nanmean(holds(1, 0.5, 1000)[0])),
        unit="s",
        tolerance=0.19,
        played=True,
    )
    yield Figure(
        quantity="share of holds that outlast their mean",
        source="1/e, exponential",
        expected=0.3679,
        ours=lambda: float(np.mean(holds(1, 0.5, 1000)[0] > 2.0)),
        tolerance=0.046,
        played=True,
    )
    yield Figure(
        quantity="standard deviation of the hold",
        source="1/a, exponential",
        expected=2.0,
        ours=lambda: float(np.nanstd(holds(1, 0.5, 1000)[0])),
        unit="s",
        tolerance=0.28,
        played=True,
    )
    yield Figure(
        quantity="guard against three at 0.1 /s each: until the first is free",
        source="1/(n a), least of n exponentials",
        expected=10.0 / 3.0,
        ours=lambda: float(np.nanmean(holds(3, 0.1, 1000)[0])),
        unit="s",
        tolerance=0.32,
        played=True,
    )
    yield Figure(
        quantity="the same: until all are free",
        source="(1 + 1/2 + 1/3)/a, greatest of n exponentials",
        expected=18.333,
        ours=lambda: float(np.nanmean(holds(3, 0.1, 1000)[1])),
        unit="s",
        tolerance=1.11,
        played=True,
    )

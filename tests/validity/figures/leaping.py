"""4: leaps over gaps."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial

import numpy as np

from rearguard.engine.leap import fall_time, flight_time, leap_range, takeoff_upward
from rearguard.engine.world import Mode
from validity.figures.figure import Figure
from validity.figures.plays import RUN
from worlds import of, track

BALLISTICS = "ballistics of a point mass (closed form)"


def gap_map(cells: int, leap: float, far: float, sprint: float) -> str:
    """A runner on a roof at 5 m who makes for one at ``far`` [m], ``cells`` cells of street away."""
    row = "    " + "r" * 12 + "." * cells + "o" * 8 + "\n"
    first = "    rS" + "r" * 10 + "." * cells + "o" * 5 + "Goo\n"
    return (
        f"map:\n  metres_per_cell: 1 m\n  legend: {{r: {{ground: street, elevation: 5 m}}, o: {{ground: street, elevation: {far} m}}}}\n  ascii: |\n{row}{first}{row}"
        "time: {limit: 2 min}\n"
        "people:\n"
        f"  runner: {{side: a, at: s, doctrine: go, body: {{leap: {leap} m, sprint: {sprint} m/s, acceleration_time: 0.1 s, drop: 6 m, climb: 8 m}}}}\n"
        + RUN.replace("PACE", "sprint")
    )


def level(drop: float) -> str:
    """Where a leap lands, in words."""
    return "level" if drop == 0.0 else f"{drop:g} m lower" if drop > 0.0 else f"{-drop:g} m higher"


@cache
def flight(cells: int, leap: float, far: float, sprint: float) -> tuple[bool, float]:
    """Whether the gap is leapt without touching the street, and for how long the runner is in the air [s]; played."""
    t = track(gap_map(cells, leap, far, sprint))
    in_air = of(t, 0, "mode") == int(Mode.air)
    return bool(of(t, 0, "z")[2:].min() >= min(far, 5.0) - 0.01), 0.1 * float(in_air.sum())


def widest(leap: float, far: float, sprint: float) -> float:
    """The widest gap in whole metres that is leapt [m]; played."""
    return max(float(n) for n in range(2, 10) if flight(n, leap, far, sprint)[0])


def figures() -> Iterator[Figure]:
    """Rows of the page."""
    for vx, vz, drop, metres in (
        (5.0, 3.0, 0.0, 3.058),
        (7.0, 3.0, 0.0, 4.281),
        (7.0, 3.0, 2.0, 7.097),
        (7.0, 3.0, -0.3, 3.400),
        (4.0, 3.0, 3.0, 4.582),
        (6.0, 2.5, 1.0, 4.640),
    ):
        yield Figure(
            quantity=f"leap at {vx:g} m/s forward, {vz:g} m/s up, landing {level(drop)}",
            source=BALLISTICS,
            expected=metres,
            ours=partial(leap_range, vx, vz, drop),
            unit="m",
            tolerance=0.002,
        )
    yield Figure(
        quantity="highest landing reached at 3 m/s up",
        source=BALLISTICS,
        expected=0.4587,
        ours=lambda: max(h for h in np.arange(0.0, 1.0, 1e-4) if leap_range(7.0, 3.0, -float(h)) > 0.0),
        unit="m",
        tolerance=2e-4,
    )
    yield Figure(
        quantity="flight at 3 m/s up, landing 2 m lower",
        source=BALLISTICS,
        expected=1.0138,
        ours=partial(flight_time, 3.0, 2.0),
        unit="s",
        tolerance=0.001,
    )
    yield Figure(
        quantity="fall from 4.903 m",
        source=BALLISTICS,
        expected=1.0,
        ours=partial(fall_time, 4.903325),
        unit="s",
        tolerance=1e-5,
    )
    # who clears 4.281 m on the level at 7 m/s forward takes off at 3 m/s upward
    yield Figure(
        quantity="upward speed of one who clears 4.281 m at 7 m/s forward",
        source=BALLISTICS,
        expected=3.0,
        ours=partial(takeoff_upward, 4.281, 7.0 / 0.9),
        unit="m/s",
        tolerance=0.002,
    )
    for far, metres, about in ((5.0, 4.0, "on the level"), (3.0, 7.0, "landing 2 m lower")):
        yield Figure(
            quantity=f"widest gap of whole metres leapt at those speeds, {about}",
            source=f"{BALLISTICS}, rounded down",
            expected=metres,
            ours=partial(widest, 4.284, far, 7.0 / 0.9),
            unit="m",
            tolerance=0.01,
            played=True,
        )
    yield Figure(
        quantity="time in the air over the wider one",
        source=BALLISTICS,
        expected=1.0138,
        ours=lambda: flight(7, 4.284, 3.0, 7.0 / 0.9)[1],
        unit="s",
        tolerance=0.1,
        played=True,
    )

"""24: crowds: single file, Weidmann's diagram, corridors and doors."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from crowds import WIDTHS, corridor_speed, door_flow, file_flow
from rearguard.engine.walking import file_capacity, follow_speed, weidmann_speed
from validity.figures.figure import Figure

WEIDMANN = "Weidmann 1993"
FILE = "collision-free speed model, Tordeux et al. 2016 (closed form)"
DENSITIES = np.linspace(0.1, 5.3, 2000)


def flows() -> np.ndarray:
    """Flow [1/(m s)] at ``DENSITIES``."""
    return np.array([d * weidmann_speed(float(d)) for d in DENSITIES])


def linearity() -> float:
    """How well a straight line fits flow against width of a door, R²."""
    return float(np.corrcoef(WIDTHS, [door_flow(w) for w in WIDTHS])[0, 1] ** 2)


def weidmann(density: float) -> float:
    """Weidmann's diagram, written out [m/s]."""
    return float(1.34 * (1.0 - np.exp(-1.913 * (1.0 / density - 1.0 / 5.4))))


def off_weidmann(density: float) -> float:
    """Speed [m/s] in a corridor less that of Weidmann's diagram at the density where it is measured."""
    measured, speed = corridor_speed(density)
    return speed - weidmann(measured)


def figures() -> Iterator[Figure]:
    """Rows of the page."""
    for density, speed in ((0.5, 1.298), (1, 1.058), (2, 0.606), (3, 0.331), (4, 0.156), (5.4, 0.0), (7, 0.0)):
        yield Figure(
            quantity=f"walking speed at {density:g} /m²",
            source=WEIDMANN,
            expected=speed,
            ours=lambda d=density: weidmann_speed(float(d)),
            unit="m/s",
            tolerance=0.0005,
        )
    yield Figure(
        quantity="largest flow",
        source=WEIDMANN,
        expected=1.2249,
        ours=lambda: flows().max(),
        unit="/(m s)",
        tolerance=0.001,
    )
    yield Figure(
        quantity="density of the largest flow",
        source=WEIDMANN,
        expected=1.751,
        ours=lambda: DENSITIES[flows().argmax()],
        unit="/m²",
        tolerance=0.005,
    )
    for density, speed in ((0.5, 1.2), (0.667, 1.2), (1.0, 0.7), (2.0, 0.2), (4.0, 0.0)):
        yield Figure(
            quantity=f"single file at {density:g} /m, free speed 1.2 m/s",
            source=FILE,
            expected=speed,
            ours=lambda d=density: follow_speed(1.0 / d, 0.3, 1.0, 1.2),
            unit="m/s",
            tolerance=0.002,
        )
    for length, speed, capacity in ((0.3, 1.2, 0.8), (0.4, 1.34, 0.7701)):
        yield Figure(
            quantity=f"capacity of a single file, bodies of {length:g} m at {speed:g} m/s",
            source=FILE,
            expected=capacity,
            ours=lambda n=length, v=speed: file_capacity(n, 1.0, v),
            unit="/s",
            tolerance=0.0001,
        )
    yield Figure(
        quantity="flow of a single file, 1.2 m/s",
        source=FILE,
        expected=0.8,
        ours=file_flow,
        unit="/s",
        relative=0.03,
        played=True,
    )
    for density in (1.0, 1.5, 2.0, 3.0, 4.0):
        yield Figure(
            quantity=f"corridor 3 m wide, {density:g} /m² at the start: speed less that of the diagram (RiMEA 4)",
            source=WEIDMANN,
            expected=0.0,
            ours=lambda d=density: off_weidmann(d),
            unit="m/s",
            tolerance=0.12,
            played=True,
        )
    for width in WIDTHS:
        yield Figure(
            quantity=f"door of {width:g} m, 100 people: specific flow",
            source="design value 1.3, experiments up to 2.3 (Seyfried et al. 2009; Liao et al. 2014)",
            expected=(1.3, 2.3),
            ours=lambda w=width: door_flow(w) / w,
            unit="/(m s)",
            played=True,
        )
    yield Figure(
        quantity="flow against width of a door, R² of a straight line",
        source="linear (Seyfried et al. 2009)",
        expected=(0.99, 1.0),
        ours=linearity,
        played=True,
    )

"""Crowds on small drawings, played through the engine, for the tests of them."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from rearguard.engine import EVENT_NUMBERS
from rearguard.engine.world import Gait
from worlds import program

LENGTH, TIME_GAP = 0.3, 1.0
"""Length of a body l [m] and time gap T [s] that crowds have when a scenario says nothing."""
WIDTHS = (0.8, 1.2, 1.6, 2.0, 2.4)
"""Doors that are measured [m]."""
STAY = "  stay: {options: [{order: wait}]}\n"
PLACES = {"a": "hall", "b": "hall_b", "c": "hall_c", "d": "hall_d", "e": "out", "s": "post", "t": "far"}
"""Signs of a drawing and the places they make."""


def scenario(
    rows: list[str], crowds: str, cell: float, *, people: str = "", doctrines: str = "", limit: int = 600
) -> str:
    """A scenario of crowds on a drawing; somebody watches from behind its walls, so that nothing ends the world."""
    width = len(rows[0])
    drawing = ["W" + "#" * (width + 1), "#" * (width + 2), *(f"#{row}#" for row in rows), "#" * (width + 2)]
    signs = ", ".join(f"{sign}: {{ground: street, place: {place}}}" for sign, place in PLACES.items())
    text = "\n".join(f"    {row}" for row in drawing)
    return (
        f"map:\n  metres_per_cell: {cell} m\n  legend: {{{signs}}}\n  ascii: |\n{text}\n"
        f"time: {{limit: {limit} s}}\n"
        f"people:\n  watcher: {{side: a, at: w, doctrine: stay}}\n{people}"
        f"crowds:\n{crowds}"
        f"doctrines:\n{STAY}{doctrines}"
        "ends: {never: {when: 'out(watcher)'}}\n"
    )


def crowd(count: int, more: str = "", *, name: str = "crowd", at: str = "hall") -> str:
    """A block of ``crowds:``."""
    return f"  {name}: {{count: {count}, at: {at}, to: out{more}}}\n"


def door(width: float, cell: float, *, deep: float = 0.0, hall: tuple[float, float] = (8.0, 6.0)) -> list[str]:
    """A hall, a door ``width`` [m] wide in a wall ``deep`` [m] thick, two cells at least, and 3 m behind it."""
    long, high = (round(side / cell) for side in hall)
    gap, wall = round(width / cell), max(round(deep / cell), 2)
    top = (high - gap) // 2
    behind = "." * round(3.0 / cell)
    return ["a" * long + (".#"[not top <= r < top + gap] * wall) + behind + "ee" for r in range(high)]


class Play:
    """Worlds of a scenario, played on; arrays are [worlds, pedestrians]."""

    def __init__(self, text: str, worlds: int = 1, seed: int = 1) -> None:
        self.program = program(text)
        self.ids = np.arange(worlds)
        self.state: Any = self.program.begin(seed, self.ids)
        self.ground = self.program.compiled.map

    def on(self, ticks: int) -> None:
        """Play ``ticks`` ticks."""
        self.program.advance(self.state, ticks)

    def get(self, name: str) -> np.ndarray:
        """An array of ``world.Crowd``."""
        return np.asarray(getattr(self.state.crowd, name).numpy())

    def cells(self) -> np.ndarray:
        """Row and column, in the drawing, of everybody who is there."""
        p = self.get("position")[self.there]
        return np.asarray((p[:, ::-1] / self.ground.cell).astype(int) - [2, 1])

    @property
    def there(self) -> np.ndarray:
        """True for those who have come and not left."""
        gait = self.get("gait")
        return np.asarray((gait != Gait.away) & (gait != Gait.left))

    def events(self, kind: str) -> np.ndarray:
        """Events of a kind so far."""
        rows = self.program.result(self.state, self.ids).events
        return np.asarray(rows[rows["kind"] == EVENT_NUMBERS[kind]])


def left_by_time(play: Play, ticks: int, every: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Times [s] and how many have reached their place by then [times, worlds]."""
    gone = []
    for _ in range(ticks // every):
        play.on(every)
        gone.append(play.get("gone").sum(axis=1))
    return (np.arange(len(gone)) + 1) * every * 0.1, np.array(gone)


def flow_between(times: np.ndarray, gone: np.ndarray, low: float, high: float) -> float:
    """Mean flow [1/s] over worlds while between the shares ``low`` and ``high`` of all leave."""
    total = gone.max()
    span = [np.interp([low * total, high * total], gone[:, w], times) for w in range(gone.shape[1])]
    return float(np.mean([(high - low) * total / (b - a) for a, b in span]))


@cache
def corridor_speed(density: float) -> tuple[float, float]:
    """Density [1/m²] and mean speed [m/s] in the middle of a long column of people in a corridor 3 m wide."""
    length, width = 40.0, 3.0
    row = "a" * 80 + "." * 40 + "ee"
    play = Play(scenario([row] * 6, crowd(round(density * length * width)), 0.5), worlds=3)
    play.on(50)
    densities, speeds = [], []
    for _ in range(6):
        before = play.get("position")[..., 0].copy()
        play.on(5)
        x = play.get("position")[..., 0]
        inside = play.there & (x > 0.35 * length) & (x < 0.6 * length)
        speeds.append(((x - before)[inside] / 0.5).mean())
        densities.append(inside.sum() / 3 / (0.25 * length * width))
    return float(np.mean(densities)), float(np.mean(speeds))


@cache
def door_flow(width: float) -> float:
    """Flow [1/s] of a jam of 100 people through a door."""
    play = Play(scenario(door(width, 0.2), crowd(100), 0.2), worlds=6)
    times, gone = left_by_time(play, 1200)
    return flow_between(times, gone, 0.15, 0.75)


@cache
def file_flow() -> float:
    """Flow [1/s] of a single file that sets off from a standstill, at 1.2 m/s."""
    row = "a" * 120 + "." * 30 + "e"
    play = Play(scenario([row], crowd(75, ", speed: 1.2 m/s"), 0.35), worlds=4)
    return flow_between(*left_by_time(play, 900), 0.2, 0.8)

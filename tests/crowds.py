"""Crowds on small drawings, played through the engine, for the tests of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from rearguard.engine import EVENT_NUMBERS
from rearguard.engine.world import Gait
from worlds import program

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
        return (p[:, ::-1] / self.ground.cell).astype(int) - [2, 1]

    @property
    def there(self) -> np.ndarray:
        """True for those who have come and not left."""
        gait = self.get("gait")
        return (gait != Gait.away) & (gait != Gait.left)

    def events(self, kind: str) -> np.ndarray:
        """Events of a kind so far."""
        rows = self.program.result(self.state, self.ids).events
        return rows[rows["kind"] == EVENT_NUMBERS[kind]]

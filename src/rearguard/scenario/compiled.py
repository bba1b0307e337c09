"""What a scenario compiles to: arrays, tables with their noise, and the names of everything the engine knows by index."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from rearguard.engine.events import ITEM_OF
from rearguard.engine.model import Order
from rearguard.scenario.fields import Mobility
from rearguard.scenario.maps import GroundMap
from rearguard.scenario.units import Draw, Quantity


@dataclass(frozen=True)
class Noise:
    """A table cell that every world draws: where it is, what it is drawn from and where it is clipped."""

    table: str
    cell: tuple[int, ...]
    path: str
    draw: Draw
    low: float
    high: float


@dataclass(frozen=True)
class Names:
    """Names of everything that the engine knows by index."""

    people: list[str]
    titles: list[str]
    groups: list[str]
    sides: list[str]
    side_of: list[int]
    payloads: list[str]
    techniques: list[str]
    places: list[str]
    outcomes: list[str]
    stages: list[list[str]]
    choices: dict[str, list[str]]
    crowds: list[str] = field(default_factory=list)

    @property
    def entities(self) -> list[str]:
        """People, then payloads: what ``actor`` and ``target`` of an event index."""
        return [*self.people, *self.payloads]

    @cached_property
    def orders(self) -> list[str]:
        """Orders by index."""
        return [o.name for o in Order]

    def item_names(self, kind: str) -> list[str]:
        """What the ``item`` column of an event kind indexes; empty when it has none.

        Stages are counted within their payload, the event's target; here all payloads' follow one another.
        """
        stages = [name for per_payload in self.stages for name in per_payload]
        by_noun = {
            "technique": self.techniques,
            "order": self.orders,
            "payload": self.payloads,
            "outcome": self.outcomes,
            "crowd": self.crowds,
            "stage": stages,
        }
        return by_noun.get(ITEM_OF.get(kind, "none"), [])

    def item_name(self, kind: str, item: int) -> str | None:
        """Name of an event's item; None when it has none."""
        names = self.item_names(kind)
        return names[item] if 0 <= item < len(names) else None


@dataclass(frozen=True)
class Compiled:
    """A scenario as arrays, ready for the engine. Shapes use the dimension names of ``engine.model``."""

    name: str
    digest: str
    names: Names
    sizes: dict[str, int]
    arrays: dict[str, Any]
    tables: dict[str, np.ndarray]
    noise: list[Noise]
    cells: dict[str, tuple[str, tuple[int, ...]]]
    uses: frozenset[str]
    map: GroundMap
    choice_default: np.ndarray
    mobility: list[Mobility] = field(default_factory=list)

    @property
    def limit(self) -> float:
        """Longest a world may last [s]."""
        return float(self.arrays["limit_ticks"] * self.arrays["dt"])


class Tables:
    """Collects table cells with their nominal values and draws."""

    def __init__(self) -> None:
        self.tables: dict[str, np.ndarray] = {}
        self.noise: list[Noise] = []
        self.cells: dict[str, tuple[str, tuple[int, ...]]] = {}

    def put(self, table: str, cell: tuple[int, ...], path: str, draw: Draw, info: Quantity | None) -> None:
        """Fill a cell with the nominal value of ``draw`` and remember its path, and its noise if it has any."""
        self.tables[table][cell] = draw.nominal
        self.cells[path] = (table, cell)
        if draw.is_noisy:
            low, high = (info.low, info.high) if info else (-np.inf, np.inf)
            self.noise.append(Noise(table, cell, path, draw, low, high))

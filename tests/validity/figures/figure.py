"""A figure: a published or closed-form number, and what the engine makes of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

MOST_DECIMALS = 7


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One row of the page.

    expected: the number, an interval (low, high), or a text that must come out as it is. ours: computes ours, by the
    engine's own functions or, when ``played``, by playing worlds. tolerance: in the unit; relative: as a share of the
    number; the larger of the two counts. outside: why ours is known to lie outside; empty for all that must lie inside.
    """

    quantity: str
    source: str
    expected: float | tuple[float, float] | str
    ours: Callable[..., Any]
    unit: str = ""
    tolerance: float = 0.0
    relative: float = 0.0
    played: bool = False
    outside: str = ""

    @cached_property
    def value(self) -> float | str:
        """Ours; computed once."""
        found = self.ours()
        return found if isinstance(found, str) else float(found)

    @property
    def allowed(self) -> float:
        """How far ours may lie from the number or from the interval, in the unit."""
        size = abs(self.expected) if isinstance(self.expected, int | float) else 0.0
        return max(self.tolerance, self.relative * size)

    @property
    def inside(self) -> bool:
        """True where ours agrees with the figure."""
        if isinstance(self.expected, str) or isinstance(self.value, str):
            return self.value == self.expected
        low, high = self.expected if isinstance(self.expected, tuple) else (self.expected, self.expected)
        return low - self.allowed <= self.value <= high + self.allowed

    @property
    def decimals(self) -> int:
        """Decimals worth printing of ours: down to a third of the tolerance, of what is played to its first digit."""
        grain = self.allowed if self.played else self.allowed / 3.0
        if isinstance(self.expected, tuple):
            low, high = self.expected
            grain = (high - low) / 20.0 if math.isfinite(high) else abs(low) / 100.0
        if grain <= 0.0:
            return 0
        return min(max(math.ceil(-math.log10(grain) - 1e-9), 0), MOST_DECIMALS)

    def __str__(self) -> str:
        known = f" (known: {self.outside})" if self.outside else ""
        return f"{self.quantity}: {self.source} has {self.expected} ± {self.allowed:g} {self.unit}, ours is {self.value}{known}"


@dataclass(frozen=True)
class Section:
    """A section of the page: its title, what it rests on, and the function that gives its figures."""

    title: str
    about: str
    figures: Callable[[], Iterator[Figure]]

    @cached_property
    def rows(self) -> tuple[Figure, ...]:
        """The figures, made once."""
        return tuple(self.figures())

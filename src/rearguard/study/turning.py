"""The smallest change of one input that would have turned a decision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from rearguard.scenario.inputs import digits_of, scale_of
from rearguard.study.course import Scene

Bracket = tuple[int, int, float, float]
"""An input, the option that it makes win, the value nearest to what was that does so, and the one before, which does not."""

GRID = 129
"""Values of an input that are tried before the turning point between two of them is halved into."""
HALVINGS = 40
MOST_DIGITS = 6
"""Digits behind the point that a turning point is told with at most."""

ORDER, USE = 0, 1
"""The two channels of a decision: columns of what the engine picks."""


@dataclass(frozen=True)
class Turning:
    """One input, changed alone, and the option that it would have made win.

    option: its number in the doctrine; None: nothing. input, of: what is measured, and of whom. before, after: value as
    it was, and the first that turns the decision [SI]. told, digits: ``after`` with as few digits behind the point as
    still turn it, rounded away from ``before``. size: the change in widths of the response curve.
    """

    option: int | None
    input: str
    of: str | None
    unit: str
    before: float
    after: float
    told: float
    digits: int
    size: float


@dataclass(frozen=True)
class _Reading:
    """An input that one or several considerations read: its value and the values that make a difference."""

    name: str
    of: str | None
    reasons: list[int]
    value: float
    span: float
    candidates: np.ndarray

    @property
    def is_whole(self) -> bool:
        """True for flags and counts."""
        return scale_of(self.name).kind in ("flag", "count")


def reading_of(scene: Scene, moment: Any, option: int, reason: int) -> tuple[str, str | None]:
    """Name of a consideration's input, and what it is about: a target, place, choice or order; None: the person."""
    from rearguard.engine.model import Input, Order

    d, names = scene.doctrine, scene.names
    name = Input(int(d["input"][reason])).name
    about = scale_of(name).about
    target = int(moment.reasoning["target"][option])
    written = scene.options[option - scene.first]
    if about == "target":
        return name, names.entities[target] if target >= 0 else "nobody"
    if about == "place":
        return name, written.to
    if about == "choice":
        consideration = written.when[reason - int(d["reason_first"][option])]
        value = consideration.value
        return name, consideration.choice if value is None else f"{consideration.choice}: {value}"
    if about == "order":
        return name, Order(int(d["order"][option])).name
    return name, None


def _readings(scene: Scene, moment: Any) -> Iterator[_Reading]:
    """Everything that the considerations of the possible options read, each once."""
    d, r = scene.doctrine, moment.reasoning
    found: dict[tuple[str, str | None], list[int]] = {}
    for option in range(scene.first, scene.first + len(scene.options)):
        if r["hindrance"][option] == 0:
            for k in range(int(d["reason_count"][option])):
                reason = int(d["reason_first"][option]) + k
                found.setdefault(reading_of(scene, moment, option, reason), []).append(reason)
    for (name, of), reasons in found.items():
        if name != "always":
            value = float(r["input"][reasons[0]])
            ends = np.concatenate([d["low"][reasons], d["high"][reasons]]).astype(float)
            spans = np.abs(d["high"][reasons] - d["low"][reasons])
            span = float(spans[spans > 0.0].min()) if (spans > 0.0).any() else 1.0
            yield _Reading(name, of, reasons, value, span, _candidates(name, ends, value))


def _candidates(name: str, ends: np.ndarray, value: float) -> np.ndarray:
    """Values of an input worth trying; beyond the ends of the curves nothing changes any more."""
    kind = scale_of(name).kind
    if kind == "flag":
        tried = np.array([0.0, 1.0])
    elif kind == "count":
        tried = np.arange(0.0, np.ceil(ends.max()) + 1.0)
    else:
        tried = np.concatenate([np.linspace(ends.min(), ends.max(), GRID), ends])
        tried = np.clip(tried, 0.0, 1.0 if kind == "share" else None)
    distinct = np.unique(tried.astype(np.float32))
    others: np.ndarray = distinct[distinct != np.float32(value)]
    return others


@dataclass(frozen=True)
class _Search:
    """Decides a moment again and again, with one of its inputs different."""

    scene: Scene
    moment: Any
    channel: int
    readings: list[_Reading]

    def picks(self, which: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Options that win with input ``which`` at ``x`` [suppositions]."""
        reads = np.zeros((len(self.readings), len(self.scene.doctrine["input"])), np.int32)
        for k, reading in enumerate(self.readings):
            reads[k, reading.reasons] = 1
        picked: np.ndarray = self.scene.explainer.suppose(self.moment, reads, which, x.astype(np.float32))
        return picked[:, self.channel]

    def brackets(self) -> list[Bracket]:
        """For every input, side and option that wins there: the nearest value tried at which it does."""
        counts = [len(reading.candidates) for reading in self.readings]
        which = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
        tried = np.concatenate([reading.candidates for reading in self.readings])
        picked = self.picks(which, tried)
        won = int(self.moment.reasoning["picked"][2 * self.channel])
        found: list[Bracket] = []
        for k, reading in enumerate(self.readings):
            x, options = tried[which == k], picked[which == k]
            for side in (x < reading.value, x > reading.value):
                near_first = np.argsort(np.abs(x[side] - reading.value), kind="stable")
                values, wins = x[side][near_first], options[side][near_first]
                for option in np.unique(wins[wins != won]).tolist():
                    at = int(np.argmax(wins == option))
                    before = reading.value if at == 0 else float(values[at - 1])
                    found.append((k, int(option), float(values[at]), before))
        return found

    def halve(self, brackets: list[Bracket]) -> np.ndarray:
        """The first value in each bracket that makes its option win; whole numbers are that already."""
        which, wanted, inside, outside = _columns(brackets)
        halved = np.array([not self.readings[k].is_whole for k in which])
        for _ in range(HALVINGS if halved.any() else 0):
            middle = (0.5 * (outside + inside)).astype(np.float32).astype(float)
            turned = self.picks(which, middle) == wanted
            inside = np.where(halved & turned, middle, inside)
            outside = np.where(halved & ~turned, middle, outside)
        return inside

    def tell(self, brackets: list[Bracket], after: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Each value with as few digits as still turn the decision, and how many these are."""
        which, wanted, *_ = _columns(brackets)
        told, digits = after.copy(), np.full(len(after), MOST_DIGITS)
        least = np.array([digits_of(self.readings[k].name, x) for k, x in zip(which, after, strict=True)])
        up = after > np.array([self.readings[k].value for k in which])
        for n in range(MOST_DIGITS, -1, -1):
            scaled = after * 10.0**n
            # a hair of room, or 0.3 would be rounded up to 0.4 for being 0.30000001
            rounded = np.where(up, np.ceil(scaled - 1.0e-6), np.floor(scaled + 1.0e-6)) / 10.0**n
            better = (n >= least) & (self.picks(which, rounded) == wanted)
            told, digits = np.where(better, rounded, told), np.where(better, n, digits)
        return told, digits


def _columns(brackets: list[Bracket]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    which, wanted, inside, outside = zip(*brackets, strict=True)
    return np.array(which, np.int32), np.array(wanted), np.array(inside), np.array(outside)


def find_turnings(scene: Scene, moment: Any, channel: int) -> dict[int, Turning]:
    """For every option of a channel that one input alone could have made win: the smallest such change.

    Keys are indices of options in the compiled doctrine; -1 stands for nothing at all. What hinders an option is not an
    input and goes on to hinder it.
    """
    search = _Search(scene, moment, channel, list(_readings(scene, moment)))
    brackets = search.brackets() if search.readings else []
    if not brackets:
        return {}
    values = search.halve(brackets)
    told, digits = search.tell(brackets, values)
    best: dict[int, Turning] = {}
    for n, (k, option, *_) in enumerate(brackets):
        reading, after = search.readings[k], float(values[n])
        size = abs(after - reading.value) / reading.span
        if option not in best or size < best[option].size:
            best[option] = Turning(
                option=option - scene.first + 1 if option >= 0 else None,
                input=reading.name,
                of=reading.of,
                unit=scale_of(reading.name).unit,
                before=reading.value,
                after=after,
                told=float(told[n]),
                digits=int(digits[n]),
                size=size,
            )
    return best

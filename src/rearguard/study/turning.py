"""The smallest change of one input that would have turned a decision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from rearguard.scenario.inputs import SCALES
from rearguard.study.course import Scene

GRID = 129
"""Values of an input that are tried before the turning point between two of them is halved into."""
HALVINGS = 40

ORDER, USE = 0, 1
"""The two channels of a decision: columns of what the engine picks."""


@dataclass(frozen=True)
class Turning:
    """One input, changed alone, and the option that it would have made win.

    option: its number in the doctrine; None: nothing. input, of: what is measured, and of whom. before, after: value as
    it was, and the first that turns the decision [SI]. size: the change in widths of the response curve.
    """

    option: int | None
    input: str
    of: str | None
    unit: str
    before: float
    after: float
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
        return SCALES[self.name].kind in ("flag", "count")


def reading_of(scene: Scene, moment: Any, option: int, reason: int) -> tuple[str, str | None]:
    """Name of a consideration's input, and what it is about: a target, place, choice or order; None: the person."""
    from rearguard.engine.model import Input, Order

    d, names = scene.doctrine, scene.names
    name = Input(int(d["input"][reason])).name
    about = SCALES[name].about
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
    kind = SCALES[name].kind
    if kind == "flag":
        tried = np.array([0.0, 1.0])
    elif kind == "count":
        tried = np.arange(0.0, np.ceil(ends.max()) + 1.0)
    else:
        tried = np.concatenate([np.linspace(ends.min(), ends.max(), GRID), ends])
        tried = np.clip(tried, 0.0, 1.0 if kind == "share" else None)
    distinct: np.ndarray = np.unique(tried.astype(np.float32))
    others: np.ndarray = distinct[distinct != np.float32(value)]
    return others


def find_turnings(scene: Scene, moment: Any, channel: int) -> dict[int, Turning]:
    """For every option of a channel that one input alone could have made win: the smallest such change.

    Keys are indices of options in the compiled doctrine; -1 stands for nothing at all. What hinders an option is not an
    input and goes on to hinder it.
    """
    readings = list(_readings(scene, moment))
    if not readings:
        return {}
    reads = np.zeros((len(readings), len(scene.doctrine["input"])), np.int32)
    for k, reading in enumerate(readings):
        reads[k, reading.reasons] = 1
    which = np.repeat(np.arange(len(readings), dtype=np.int32), [len(reading.candidates) for reading in readings])
    tried = np.concatenate([reading.candidates for reading in readings])
    picked = scene.explainer.suppose(moment, reads, which, tried)[:, channel]
    won = int(moment.reasoning["picked"][2 * channel])
    # brackets: an input, the option that it makes win, the nearest value tried that does, and the one before, that does not
    brackets: list[tuple[int, int, float, float]] = []
    for k, reading in enumerate(readings):
        x, options = tried[which == k], picked[which == k]
        for side in (x < reading.value, x > reading.value):
            near_first = np.argsort(np.abs(x[side] - reading.value), kind="stable")
            values, wins = x[side][near_first], options[side][near_first]
            for option in np.unique(wins[wins != won]).tolist():
                at = int(np.argmax(wins == option))
                before = reading.value if at == 0 else float(values[at - 1])
                brackets.append((k, int(option), before, float(values[at])))
    if not brackets:
        return {}
    inputs = np.array([b[0] for b in brackets], np.int32)
    wanted = np.array([b[1] for b in brackets])
    outside, inside = np.array([b[2] for b in brackets]), np.array([b[3] for b in brackets])
    halved = np.array([not readings[k].is_whole for k in inputs])
    for _ in range(HALVINGS if halved.any() else 0):
        middle = 0.5 * (outside + inside)
        turned = scene.explainer.suppose(moment, reads, inputs, middle.astype(np.float32))[:, channel] == wanted
        inside = np.where(halved & turned, middle.astype(np.float32), inside)
        outside = np.where(halved & ~turned, middle, outside)
    best: dict[int, Turning] = {}
    for k, option, after in zip(inputs.tolist(), wanted.tolist(), inside.tolist(), strict=True):
        reading = readings[k]
        size = abs(after - reading.value) / reading.span
        if option not in best or size < best[option].size:
            number = option - scene.first + 1 if option >= 0 else None
            unit = SCALES[reading.name].unit
            best[option] = Turning(number, reading.name, reading.of, unit, reading.value, after, size)
    return best

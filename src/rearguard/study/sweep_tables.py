"""The tables of a sweep: a row per point and world, and a row per point with its estimates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from rearguard.study.folder import strings
from rearguard.study.point_variants import number_of
from rearguard.study.summary import Answer, answer

if TYPE_CHECKING:
    from rearguard.engine import SliceResult
    from rearguard.study.point_variants import Group
    from rearguard.study.points import Points
    from rearguard.study.statistics import Estimate

MEASURES = ("in_time", "contact", "slack")
"""Estimates of points.parquet besides the shares of outcomes."""
WORLD_COLUMNS = ("end_time", "contact_time", "deadline", "slack", "ticks", "agent_steps", "overflow")
OWN_COLUMNS = ("point", "world", "worlds", "outcome", *WORLD_COLUMNS)
"""Columns that the tables have whatever is varied."""


@dataclass(frozen=True)
class SweepPoint:
    """One point and what its worlds came to. settings: name → text as ``--set`` takes it, None: as the scenario has it."""

    number: int
    settings: dict[str, str | None]
    overrides: tuple[str, ...]
    answer: Answer

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "point": self.number,
            "settings": self.settings,
            "overrides": list(self.overrides),
            "worlds": self.answer.worlds,
            **self.answer.to_dict(),
        }


class SettingColumns:
    """The columns that say what a point sets: numbers in SI units where all are such, else text.

    They are called as the user calls them, or by their paths where a column of the tables has that name.
    """

    def __init__(self, scenario: Any, points: Points, taken: Sequence[str]) -> None:
        self.values: dict[str, Any] = {}
        for k, (name, path) in enumerate(zip(points.names, points.paths, strict=True)):
            texts = [row[k] for row in points.rows]
            numbers = [None if text is None else number_of(scenario, path, text) for text in texts]
            whole = all((n is None) == (t is None) for n, t in zip(numbers, texts, strict=True))
            self.values[path if name in taken else name] = pa.array(
                numbers if whole else texts, pa.float64() if whole else pa.string()
            )

    def take(self, points: np.ndarray) -> dict[str, Any]:
        """The columns of rows of the given points."""
        return {name: values.take(pa.array(points)) for name, values in self.values.items()}


def outcome_rows(result: SliceResult, points: np.ndarray, names: list[str], columns: SettingColumns) -> pa.Table:
    """The rows of a slice; ``points`` [rows]: the point of each."""
    o = result.outcomes

    def seconds(values: np.ndarray) -> pa.Array:
        return pa.array(values, pa.float32(), from_pandas=True)

    return pa.table(
        {
            "point": pa.array(points, pa.int32()),
            "world": pa.array(o["world"], pa.int64()),
            **columns.take(points),
            "outcome": strings(o["outcome"], names),
            "end_time": seconds(o["end_time"]),
            "contact_time": seconds(o["contact_time"]),
            "deadline": seconds(o["deadline_time"]),
            "slack": seconds(o["deadline_time"] - o["contact_time"]),
            "ticks": pa.array(o["ticks"], pa.int32()),
            "agent_steps": pa.array(o["agent_steps"], pa.int64()),
            "overflow": pa.array(o["overflow"], pa.int32()),
        }
    )


def point_table(points: Sequence[SweepPoint], outcomes: list[str], columns: SettingColumns) -> pa.Table:
    """A row per point: what it sets, then every estimate with its interval."""
    numbers = np.array([p.number for p in points], np.int32)
    data: dict[str, Any] = {
        "point": pa.array(numbers),
        **columns.take(numbers),
        "worlds": pa.array([p.answer.worlds for p in points], pa.int64()),
    }

    def put(name: str, estimates: list[Estimate | None]) -> None:
        for end, key in (("", "value"), ("_low", "low"), ("_high", "high")):
            values = [None if e is None else getattr(e, key) for e in estimates]
            data[f"{name}{end}"] = pa.array(values, pa.float64(), from_pandas=True)

    for name in outcomes:
        put(name, [next((o.share for o in p.answer.outcomes if o.name == name), None) for p in points])
    for name in MEASURES:
        put(name, [getattr(p.answer, name) for p in points])
    return pa.table(data)


def sum_up(points: Points, groups: Sequence[Group], rows: pa.Table) -> list[SweepPoint]:
    """What the worlds of every point came to; ``rows`` in the order of the points."""
    column = rows["point"].to_numpy()
    group_of = {p: group for group in groups for p in group.points}
    out = []
    for k in map(int, np.unique(column)):
        first, last = np.searchsorted(column, [k, k + 1])
        scenario = group_of[k].loaded.scenario
        found = answer(rows.slice(first, last - first), list(scenario.ends), bool(scenario.payloads))
        settings = dict(zip(points.names, points.rows[k], strict=True))
        out.append(SweepPoint(k, settings, tuple(points.overrides(k)), found))
    return out

"""The points of a sweep: which values of a scenario are changed together, from grids, lists and designs.

An axis is a path of the scenario, or the name of a factor or a choice, which stand for theirs. Every value is kept as the
text that ``--set PATH=TEXT`` takes, so that any point can be run and replayed by itself.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from rearguard.scenario.errors import Problem, ScenarioError, did_you_mean
from rearguard.scenario.rules import quantity_at
from rearguard.scenario.source import Position
from rearguard.scenario.units import Quantity, parse_quantity, written_unit

if TYPE_CHECKING:
    from rearguard.scenario.schema import Scenario

Design = Literal["lhs", "sobol"]

STEPS = 5
"""Values of a range that does not say how many."""
MOST_POINTS = 100_000
"""Points of a sweep."""
_RANGE = re.compile(r"^(?P<low>.+?)\s*\.\.\s*(?P<high>.+?)(?:\s*/\s*(?P<steps>\d+))?$")
_BARE = re.compile(r"^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$")
_ONE_TERM = re.compile(r"^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*(?P<unit>[^\d\s(),][^(),]*)?$")


@dataclass(frozen=True)
class Span:
    """A range of numbers that are written with ``unit``; whole: only whole ones."""

    low: float
    high: float
    unit: str
    whole: bool = False

    def text(self, share: float) -> str:
        """The value at a share of the way from low to high."""
        value = self.low + (self.high - self.low) * share
        if self.whole:
            return str(round(value))
        return f"{value:.6g} {self.unit}".rstrip()


@dataclass(frozen=True)
class Axis:
    """What one ``--vary`` changes. name: as it was given; values: of a grid; span: the range, if it is one."""

    name: str
    path: str
    values: tuple[str, ...]
    span: Span | None = None

    def at(self, share: float) -> str:
        """The value at a share in [0, 1) of the range, or of the list."""
        if self.span is not None:
            return self.span.text(share)
        return self.values[min(int(share * len(self.values)), len(self.values) - 1)]


@dataclass(frozen=True)
class Points:
    """Rows of settings. names: as the user calls what is set, paths: where it stands; None: as the scenario has it."""

    names: tuple[str, ...]
    paths: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]

    def __len__(self) -> int:
        return len(self.rows)

    def overrides(self, k: int) -> list[str]:
        """Texts for ``--set`` that give point ``k``."""
        return [f"{path}={text}" for path, text in zip(self.paths, self.rows[k], strict=True) if text is not None]


# ----------------------------------------------------------------------------------------------------------------- paths


def full_path(scenario: Scenario, name: str) -> str:
    """The path that a name of a sweep stands for: that of a factor, that of a choice, or itself."""
    name = name.strip()
    if name in scenario.factors:
        return scenario.factors[name].path
    choice = name.removeprefix("choices.")
    if choice in scenario.choices:
        return f"choices.{choice}.default"
    return name


def _fault(label: str, text: str, part: str, message: str, hint: str | None = None) -> ScenarioError:
    """An error about ``part`` of what was given on the command line, where it stands last."""
    column = max(text.rfind(part), 0) + 1
    where = Position(label, 1, column, max(1, len(part)), text)
    return ScenarioError([where.problem("RG041", message, hint, found=part)])


# ------------------------------------------------------------------------------------------------------------------ grid


def read_axis(scenario: Scenario, text: str, label: str = "--vary") -> Axis:
    """``name=a,b,c``, ``name=from..to/n`` or a name alone (the range of a factor, all that a choice offers)."""
    name, equals, given = (part.strip() for part in text.partition("="))
    if not name:
        raise _fault(label, text or " ", text, "--vary takes path=values", "such as --vary 'time.limit=1 min,2 min'")
    path = full_path(scenario, name)
    if not equals:
        return _whole_axis(scenario, name, path, text, label)
    if "." not in path and path not in type(scenario).model_fields:
        known = [*scenario.factors, *scenario.choices]
        hint = did_you_mean(name, known) if known else "such as time.limit"
        raise _fault(label, text, name, f"'{name}' is no factor, no choice and no path", hint)
    info = quantity_at(scenario, path.split("."))[1]
    if span := _RANGE.match(given):
        return _ranged(name, path, info, span, text, label)
    values = split_values(given)
    if not values or not all(values):
        raise _fault(label, text, given, "a value is missing", "such as a,b,c or 2 s..8 s/4")
    return Axis(name, path, tuple(_with_units(values, info)))


def split_values(text: str) -> list[str]:
    """The values between commas that stand in no bracket and no quotes."""
    parts, depth, quote = [""], 0, ""
    for sign in text:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        depth += (sign in "([{") - (sign in ")]}") if not quote else 0
        if sign == "," and depth <= 0 and not quote:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts]


def _with_units(values: list[str], info: Quantity | None) -> list[str]:
    """Bare numbers of a quantity take the unit of the last value that has one: ``2,4,6 s``."""
    if info is None or not info.dimension.si:
        return values
    units = [m["unit"] for v in values if (m := _ONE_TERM.match(v)) and m["unit"]]
    return [f"{v} {units[-1].strip()}" if units and _BARE.match(v) else v for v in values]


def _whole_axis(scenario: Scenario, name: str, path: str, text: str, label: str) -> Axis:
    if name in scenario.factors:
        factor = scenario.factors[name]
        info = quantity_at(scenario, path.split("."))[1]
        low, high = (str(end) for end in factor.range)
        match = _RANGE.match(f"{low}..{high}")
        assert match is not None, "a factor has a range"
        return _ranged(name, path, info, match, text, label)
    choice = name.removeprefix("choices.")
    if choice in scenario.choices:
        return Axis(name, path, tuple(scenario.choices[choice].of))
    known = [*scenario.factors, *scenario.choices]
    hint = did_you_mean(name, known) if known else "such as --vary 'time.limit=1 min,2 min'"
    raise _fault(label, text, name, f"'{name}' is no factor and no choice; which values shall it take?", hint)


def _ranged(name: str, path: str, info: Quantity | None, match: re.Match[str], text: str, label: str) -> Axis:
    steps = int(match["steps"]) if match["steps"] else STEPS
    if not 2 <= steps <= MOST_POINTS:
        raise _fault(label, text, match["steps"], f"a range has from 2 to {MOST_POINTS:,} values", "such as 2 s..8 s/4")
    span = _span(info, match["low"], match["high"], text, label)
    texts = [span.text(share) for share in np.linspace(0.0, 1.0, steps)]
    return Axis(name, path, tuple(dict.fromkeys(texts)), span)


def _span(info: Quantity | None, low: str, high: str, text: str, label: str) -> Span:
    """The range between two ends, in the unit of the upper one."""
    if info is None:
        try:
            first, last = float(low), float(high)
        except ValueError:
            hint = "such as 1..5/5, or a list of values: a,b,c"
            raise _fault(label, text, f"{low}..{high}", "a range runs from one number to another", hint) from None
        whole = all(re.fullmatch(r"[-+]?\d+", end) for end in (low, high))
        return Span(first, last, "", whole)
    term = _ONE_TERM.match(high)
    unit = (term["unit"] or "").strip() if term else written_unit(info.dimension)
    ends = []
    for end in (f"{low} {unit}" if _BARE.match(low) else low, high):
        try:
            draw = parse_quantity(float(end) if _BARE.match(end) else end, info.dimension)
        except ValueError as error:
            message, _, hint = str(error).partition("; ")
            raise _fault(label, text, end if end in text else low, message, hint or None) from None
        if draw.is_noisy:
            raise _fault(
                label, text, end, "an end of a range is one value", "a list of draws: normal(2, 1) s,normal(3, 1) s"
            )
        ends.append(draw.nominal)
    factor = info.dimension.factors.get(unit) or 1.0
    return Span(ends[0] / factor, ends[1] / factor, unit)


def grid(axes: Sequence[Axis]) -> Points:
    """Every combination of the values of several axes; the last changes fastest."""
    _check_axes(axes)
    if math.prod(len(axis.values) for axis in axes) > MOST_POINTS:
        raise _fault(
            "--vary", " ", " ", f"the grid has more than {MOST_POINTS:,} points", "a design takes as many as you say"
        )
    rows = tuple(itertools.product(*(axis.values for axis in axes)))
    return Points(tuple(a.name for a in axes), tuple(a.path for a in axes), rows)


def _check_axes(axes: Sequence[Axis]) -> None:
    for k, axis in enumerate(axes):
        if axis.path in [other.path for other in axes[:k]]:
            raise _fault(
                "--vary", axis.name, axis.name, f"'{axis.name}' is varied twice", "give all its values at once"
            )


# ----------------------------------------------------------------------------------------------------------------- lists


def read_points(scenario: Scenario, file: Path) -> Points:
    """Points of a file: CSV with a column per name, or a JSON list of objects. An empty cell: as the scenario has it."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError([Problem("RG041", f"the points cannot be read: {error}", str(file))]) from None
    rows = list(_json_rows(text, file) if file.suffix == ".json" else _csv_rows(text, file))
    if not rows:
        raise ScenarioError([Problem("RG041", "there are no points in this file", str(file))])
    names = list(dict.fromkeys(name for row in rows for name in row))
    paths = tuple(full_path(scenario, name) for name in names)
    if len(set(paths)) < len(paths):
        raise ScenarioError([Problem("RG041", "two columns set the same value", str(file))])
    return Points(tuple(names), paths, tuple(tuple(row.get(name) for name in names) for row in rows))


def _csv_rows(text: str, file: Path) -> Iterator[dict[str, str]]:
    lines = text.splitlines()
    reader = csv.reader(io.StringIO(text))
    try:
        head = [name.strip() for name in next(reader, [])]
        if not all(head):
            raise ScenarioError(
                [Problem("RG041", "a column has no name", str(file), 1, 1, 1, lines[0] if lines else None)]
            )
        for row in reader:
            if len(row) > len(head):
                line = lines[reader.line_num - 1]
                message = f"this row has {len(row)} values, and there are {len(head)} columns"
                hint = "put a value that holds a comma in quotes"
                raise ScenarioError([Problem("RG041", message, str(file), reader.line_num, 1, len(line), line, hint)])
            if row:
                yield {name: cell.strip() for name, cell in zip(head, row, strict=False) if cell.strip()}
    except csv.Error as error:
        raise ScenarioError([Problem("RG041", f"not CSV: {error}", str(file), reader.line_num)]) from None


def _json_rows(text: str, file: Path) -> Iterator[dict[str, str]]:
    try:
        data = json.loads(text)
    except ValueError as error:
        line, column = getattr(error, "lineno", 0), getattr(error, "colno", 0)
        raise ScenarioError([Problem("RG041", f"not JSON: {error}", str(file), line, column)]) from None
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
        hint = '[{"people.ana.start": "2 s"}, {"people.ana.start": "4 s"}]'
        raise ScenarioError([Problem("RG041", "points are a list of objects", str(file), hint=hint)])
    for row in data:
        yield {name.strip(): _as_text(value) for name, value in row.items() if value is not None}


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


# --------------------------------------------------------------------------------------------------------------- designs


def design_points(axes: Sequence[Axis], kind: Design, count: int, seed: int) -> Points:
    """``count`` points that fill the space of the axes.

    lhs: Latin hypercube (McKay, Beckman & Conover 1979): every n-th part of every range is hit once. sobol: Sobol's
    sequence with Owen's scrambling, at its best for powers of two. Both from SciPy, seeded with ``seed``.
    """
    from scipy.stats import qmc

    _check_axes(axes)
    if not 1 <= count <= MOST_POINTS:
        raise _fault("--points", str(count), str(count), f"a design has from 1 to {MOST_POINTS:,} points")
    if kind == "lhs":
        shares = qmc.LatinHypercube(len(axes), rng=seed).random(count)
    else:
        power = math.ceil(math.log2(count))
        shares = qmc.Sobol(len(axes), scramble=True, rng=seed).random_base2(power)[:count]
    rows = tuple(tuple(axis.at(float(u)) for axis, u in zip(axes, row, strict=True)) for row in shares)
    return Points(tuple(a.name for a in axes), tuple(a.path for a in axes), rows)


def factor_axes(scenario: Scenario) -> list[Axis]:
    """An axis for every factor that a scenario declares."""
    return [read_axis(scenario, name) for name in scenario.factors]

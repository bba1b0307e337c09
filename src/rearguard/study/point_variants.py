"""How the points of a sweep are played: as variants of one compiled scenario where that comes to the same, else each
combination that needs it is loaded and compiled for itself.

A number that lies in the tables of the worlds, and a choice, can differ from world to world of a batch. Some numbers of
the tables have a say in what is compiled too (leaps shape the travel-time fields, a sound that is heard switches hearing
on). So the outermost points are compiled, and a path is played as a variant only where nothing but its cells differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from rearguard.engine import Variant
from rearguard.scenario.check import expand_people
from rearguard.scenario.compile import compile_scenario
from rearguard.scenario.errors import ScenarioError
from rearguard.scenario.load import LoadedScenario, load_scenario
from rearguard.scenario.rules import quantity_at
from rearguard.scenario.source import parse_value

if TYPE_CHECKING:
    from rearguard.scenario.compiled import Compiled
    from rearguard.scenario.schema import Scenario
    from rearguard.study.points import Points


@dataclass(frozen=True)
class Group:
    """Points (numbers) that one compiled scenario plays, each with its variant."""

    loaded: LoadedScenario
    points: tuple[int, ...]
    variants: tuple[Variant, ...]


def number_of(scenario: Scenario, path: str, text: str) -> float | None:
    """The one number [SI] that a text gives a quantity; None for draws and for what is no quantity."""
    info = quantity_at(scenario, path.split("."))[1]
    if info is None:
        return None
    try:
        draw = info.parse(parse_value(text, "--set", text, 0).data)
    except (ValueError, ScenarioError):
        return None
    return None if draw.is_noisy else draw.nominal


def cells_of(scenario: Scenario, path: str) -> list[str]:
    """Paths of the table cells that a path of a scenario names: of a group, those of all its people."""
    section, _, rest = path.partition(".")
    name, _, field = rest.partition(".")
    if section != "people" or name not in scenario.people:
        return [path]
    return [f"people.{person}.{field}" for person, _, group, _ in expand_people(scenario) if group == name]


def variant_of(scenario: Scenario, settings: Sequence[tuple[str, str]]) -> Variant:
    """The variant that gives choices and cells the values of (path, text) pairs."""
    choices: dict[int, int] = {}
    cells: dict[str, float] = {}
    for path, text in settings:
        if (value := _choice_value(scenario, path, text)) is not None:
            choices[value[0]] = value[1]
        elif (number := number_of(scenario, path, text)) is not None:
            cells |= dict.fromkeys(cells_of(scenario, path), number)
    return Variant(choices=choices, cells=cells)


def _choice_value(scenario: Scenario, path: str, text: str) -> tuple[int, int] | None:
    """(choice, value) by number; None for what sets no choice to one of its values."""
    parts = path.split(".")
    if len(parts) != 3 or parts[0] != "choices" or parts[2] != "default" or parts[1] not in scenario.choices:
        return None
    of = scenario.choices[parts[1]].of
    return (list(scenario.choices).index(parts[1]), of.index(text)) if text in of else None


class _Planner:
    """Sorts settings into those that variants can play and those that have to be loaded."""

    def __init__(self, loaded: LoadedScenario, compiled: Compiled, points: Points) -> None:
        self.loaded = loaded
        self.compiled = compiled
        self.points = points
        self.cells = self._inert([p for p in dict.fromkeys(points.paths) if self._may_be_cell(p)])

    def _may_be_cell(self, path: str) -> bool:
        return all(cell in self.compiled.cells for cell in cells_of(self.loaded.scenario, path))

    def _texts(self, path: str) -> list[str]:
        """Values of a path that are one number, from the lowest to the highest."""
        column = self.points.paths.index(path)
        texts = {row[column] for row in self.points.rows}
        numbers = {t: n for t in texts if t is not None and (n := number_of(self.loaded.scenario, path, t)) is not None}
        return sorted(numbers, key=lambda t: (numbers[t], t))

    def _inert(self, paths: list[str]) -> frozenset[str]:
        """Those of ``paths`` that change nothing but their cells."""
        extremes = {path: texts for path in paths if (texts := self._texts(path))}
        corners = [[(path, texts[end]) for path, texts in extremes.items()] for end in (0, -1)]
        if all(self._same(corner) for corner in corners):
            return frozenset(extremes)
        single = {p: [[(p, texts[0])], [(p, texts[-1])]] for p, texts in extremes.items()}
        found = [path for path, ends in single.items() if all(self._same(end) for end in ends)]
        rest = [[pair for pair in corner if pair[0] in found] for corner in corners]
        return frozenset(found) if all(self._same(corner) for corner in rest) else frozenset()

    def _same(self, settings: list[tuple[str, str]]) -> bool:
        """True when compiling with these settings gives what the variant gives."""
        if not settings:
            return True
        overrides = [*self.loaded.overrides, *(f"{path}={text}" for path, text in settings)]
        try:
            other = compile_scenario(load_scenario(self.loaded.path, overrides=overrides))
        except ScenarioError:
            return False
        return _equals(_varied(self.compiled, variant_of(self.loaded.scenario, settings)), other)

    def is_loaded(self, path: str, text: str) -> bool:
        """True for a setting that only loading can follow."""
        scenario = self.loaded.scenario
        if _choice_value(scenario, path, text) is not None:
            return False
        return path not in self.cells or number_of(scenario, path, text) is None

    def groups(self) -> list[Group]:
        """The groups in the order of their first points."""
        members: dict[tuple[str, ...], list[int]] = {}
        settings: list[list[tuple[str, str]]] = []
        for k, row in enumerate(self.points.rows):
            given = [(p, t) for p, t in zip(self.points.paths, row, strict=True) if t is not None]
            settings.append([pair for pair in given if not self.is_loaded(*pair)])
            members.setdefault(tuple(f"{p}={t}" for p, t in given if self.is_loaded(p, t)), []).append(k)
        out, problems = [], []
        for overrides, numbers in members.items():
            loaded = self.loaded
            if overrides:
                try:
                    loaded = load_scenario(self.loaded.path, overrides=[*self.loaded.overrides, *overrides])
                except ScenarioError as error:
                    problems += [_at_point(p, numbers[0], len(self.loaded.overrides)) for p in error.problems]
                    continue
            variants = tuple(variant_of(loaded.scenario, settings[k]) for k in numbers)
            out.append(Group(loaded, tuple(numbers), variants))
        if problems:  # what every value of a path has in common is said once
            raise ScenarioError({(p.code, p.message): p for p in reversed(problems)}.values())
        return out


def _at_point(problem: Any, point: int, before: int) -> Any:
    """A problem with a setting of a point, which says so instead of ``--set #n``."""
    number = problem.file.removeprefix("--set #")
    if number == problem.file or int(number) <= before:
        return problem
    return replace(problem, file=f"point {point}")


def group_points(loaded: LoadedScenario, compiled: Compiled, points: Points) -> list[Group]:
    """How points are played. Raises ScenarioError with all that is wrong with those that have to be loaded."""
    return _Planner(loaded, compiled, points).groups()


# ------------------------------------------------------------------------------------------------------------- comparing


def _varied(compiled: Compiled, variant: Variant) -> Compiled:
    """What a scenario would have compiled to if its text gave the values of a variant."""
    tables = {name: table.copy() for name, table in compiled.tables.items()}
    for path, number in variant.cells.items():
        table, cell = compiled.cells[path]
        tables[table][cell] = number
    gone = {compiled.cells[path] for path in variant.cells}
    noise = [n for n in compiled.noise if (n.table, n.cell) not in gone]
    return replace(compiled, tables=tables, noise=noise)


def _equals(a: Compiled, b: Compiled) -> bool:
    """True when two compiled scenarios play the same, whatever their names."""
    return all(
        _alike(getattr(a, name), getattr(b, name))
        for name in ("names", "sizes", "uses", "noise", "cells", "choice_default", "tables", "arrays")
    )


def _alike(a: Any, b: Any) -> bool:
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(_alike(a[key], b[key]) for key in a)
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return np.array_equal(a, b)
    return bool(a == b)

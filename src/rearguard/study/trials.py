"""Trials: a scenario with some of its factors set to other values, played in the same worlds as all the others.

A factor moves the value that its quantity has at the middle (``Draw.nominal``); what worlds draw around it keeps its shape
and width, as it would with the number changed in the file. Most factors are cells of the tables that every world carries:
such a trial is the program as it is with a few numbers changed, and nothing is compiled. Whether a factor is of that kind is
found out, not listed: the scenario is compiled with it at both ends of its range, and whatever else differs (ways across
the map, rules of the ends, mechanics in use) makes it one that is loaded afresh for every value.
"""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from rearguard.scenario.compile import compile_scenario
from rearguard.scenario.errors import did_you_mean
from rearguard.scenario.load import load_scenario
from rearguard.scenario.rules import quantity_at
from rearguard.scenario.units import Dimension, Draw, Quantity, parse_quantity, written_unit
from rearguard.study.executor import Executor, gather
from rearguard.study.folder import RunError
from rearguard.study.measure import join_results
from rearguard.study.parcel import Parcel, place_of, program_of
from rearguard.study.run import prepare_program
from rearguard.study.variants import slice_size

if TYPE_CHECKING:
    from rearguard.engine import Program, SliceResult
    from rearguard.scenario.compiled import Compiled
    from rearguard.scenario.load import LoadedScenario

STEPS = 400
"""Values that a factor can take across its range, about: numbers a person would write."""
MOST_RELOADED = 64
"""Programs of scenarios loaded afresh that are kept."""


@dataclass(frozen=True)
class Knob:
    """A factor. draw: what stands there today; low, high: its range [SI]; unit, scale: in which it is written, and its size
    in SI. cells: (table, cell) of what it sets in every world, None: it takes loading afresh.
    """

    name: str
    path: str
    about: str | None
    draw: Draw
    quantity: Quantity
    low: float
    high: float
    unit: str
    scale: float
    cells: tuple[tuple[str, tuple[int, ...]], ...] | None = None

    @property
    def today(self) -> float:
        """Its value in the scenario [SI]."""
        return self.draw.nominal

    @property
    def step(self) -> float:
        """What neighbouring values differ by [SI]: 1, 2 or 5 of some digit in the unit it is written in."""
        rough = (self.high - self.low) / self.scale / STEPS
        power = 10.0 ** math.floor(math.log10(rough))
        return self.scale * power * next(m for m in (1.0, 2.0, 5.0, 10.0) if m * power >= rough * (1.0 - 1e-9))

    def neat(self, value: float) -> float:
        """The nearest value that a person would write, within the range; today's stays as it is."""
        if value == self.today:
            return value
        return min(max(round(value / self.step) * self.step, self.low), self.high)

    def share(self, value: float) -> float:
        """How far from today's value, as a signed share of the range."""
        return (value - self.today) / (self.high - self.low)

    def moved(self, value: float) -> Draw:
        """What stands there when the middle is ``value``: the same shape and width."""
        return shifted(self.draw, value - self.today)

    def text(self, value: float) -> str:
        """The quantity as it would be written with its middle at ``value``."""
        return written(self.moved(value), self.unit, self.scale)

    def plain(self, value: float) -> str:
        """The middle alone, with its unit."""
        return f"{_digits(value / self.scale)} {self.unit}".rstrip()


def shifted(draw: Draw, by: float) -> Draw:
    """A draw moved along, its width kept."""
    if by == 0.0:
        return draw
    if draw.kind == "normal":
        return Draw("normal", (draw.values[0] + by, draw.values[1]))
    return Draw(draw.kind, tuple(v + by for v in draw.values))


def _digits(value: float) -> str:
    return f"{value:.7g}"


def written(draw: Draw, unit: str, scale: float) -> str:
    """Text that reads back as ``draw``."""
    numbers = [_digits(v / scale) for v in draw.values]
    text = numbers[0] if draw.kind == "fixed" else f"{draw.kind}({', '.join(numbers)})"
    return f"{text} {unit}".rstrip()


def path_of(loaded: LoadedScenario, dotted: str) -> tuple[Any, ...]:
    """A dotted path as the keys and list numbers of the source."""
    out: list[Any] = []
    node: Any = loaded.source.data
    for part in dotted.split("."):
        key: Any = int(part) if isinstance(node, list) else part
        out.append(key)
        try:
            node = node[key]
        except (KeyError, IndexError, TypeError):
            node = None
    return tuple(out)


def source_text(loaded: LoadedScenario, dotted: str) -> Any:
    """What the file has at a dotted path; None where it leaves the default."""
    node: Any = loaded.source.data
    for key in path_of(loaded, dotted):
        if (isinstance(node, dict) and key in node) or (
            isinstance(node, list) and isinstance(key, int) and key < len(node)
        ):
            node = node[key]
        else:
            return None
    return node


def _unit_of(text: Any, dimension: Dimension) -> tuple[str, float]:
    """The unit in which a quantity is written, and its size in SI; the SI unit where it is none or several."""
    usual = written_unit(dimension)
    if isinstance(text, str):
        found = {" ".join(u.split()) for u in re.findall(r"[\d.]\s*([^\s\d,().+-][^\d,()]*|/[^\d,()]+)", text)}
        found |= {m[1].strip() for m in [re.search(r"\)\s*(\S.*)$", text)] if m}
        known = [u for u in found if u in dimension.factors]
        if len(found) == 1 and known:
            return known[0], dimension.factors[known[0]]
    return usual, 1.0


def read_knobs(loaded: LoadedScenario, only: Sequence[str] = ()) -> list[Knob]:
    """The scenario's factors as knobs, cells not yet known; only: names of those to move, default all."""
    scenario = loaded.scenario
    if not scenario.factors:
        person = next(iter(scenario.people))
        body = scenario.people[person].body
        low, high = 0.8 * body.critical_speed.nominal, 1.2 * body.critical_speed.nominal
        raise RunError(
            f"{scenario.name} declares no factors, so there is nothing to move. Declare what may be tuned:\n"
            f"  factors:\n    pace: {{path: people.{person}.body.critical_speed, range: [{low:.3g} m/s, {high:.3g} m/s]}}"
        )
    for name in only:
        if name not in scenario.factors:
            raise RunError(f"no factor is called '{name}'; {did_you_mean(name, scenario.factors)}")
    out = []
    for name, factor in scenario.factors.items():
        if only and name not in only:
            continue
        draw, info = quantity_at(scenario, factor.path.split("."))
        assert draw is not None and info is not None, "the scenario has passed its checks"
        low, high = (parse_quantity(text, info.dimension).nominal for text in factor.range)
        unit, scale = _unit_of(source_text(loaded, factor.path), info.dimension)
        low, high = _room(draw, info, low, high)
        out.append(Knob(name, factor.path, factor.about, draw, info, low, high, unit, scale))
    return out


def _room(draw: Draw, info: Quantity, low: float, high: float) -> tuple[float, float]:
    """The part of a range in which all that worlds draw around the middle may stand there."""
    if draw.kind in ("fixed", "normal"):
        return low, high
    least, most = draw.support
    return max(low, info.low + draw.nominal - least), min(high, info.high + draw.nominal - most)


# --------------------------------------------------------------------------------------------------------------- playing


@dataclass(frozen=True)
class Move:
    """A cell of the tables that every world carries, set to ``value`` [SI]; what is drawn there moves along by ``by``."""

    table: str
    cell: tuple[int, ...]
    value: float
    by: float


class Trials:
    """Worlds of a scenario played with values of its factors. Not for several threads at once."""

    def __init__(
        self,
        loaded: LoadedScenario,
        only: Sequence[str] = (),
        *,
        executor: Executor,
        say: Callable[[str], None] | None = None,
    ) -> None:
        self.loaded, self.executor = loaded, executor
        knobs = read_knobs(loaded, only)
        self.program = prepare_program(loaded, "cpu", say)
        self.compiled = self.program.compiled
        self.place = place_of(executor, loaded, self.program)
        self.knobs = [replace(knob, cells=_cells(loaded, knob)) for knob in knobs]
        self._fresh: dict[tuple[str, ...], Any] = {}

    def place_for(self, values: Mapping[str, float]) -> tuple[Any, tuple[Move, ...]]:
        """Where tasks find the scenario with factors (by name, the others as today) at ``values`` [SI], and what moves in it."""
        moved = [(k, values[k.name]) for k in self.knobs if k.name in values and values[k.name] != k.today]
        loads = tuple(f"{k.path}={k.text(value)}" for k, value in moved if k.cells is None)
        moves = [Move(*at, value, value - k.today) for k, value in moved for at in k.cells or ()]
        return self._loaded_with(loads) if loads else self.place, tuple(moves)

    def _loaded_with(self, overrides: tuple[str, ...]) -> Any:
        if overrides not in self._fresh:
            if len(self._fresh) >= MOST_RELOADED:
                self._fresh.pop(next(iter(self._fresh)))
            loaded = load_scenario(self.loaded.path, overrides=[*self.loaded.overrides, *overrides])
            self._fresh[overrides] = place_of(self.executor, loaded, prepare_program(loaded))
        return self._fresh[overrides]

    def play(
        self,
        points: Sequence[Mapping[str, float]],
        worlds: Sequence[npt.NDArray[np.int64]],
        seed: int,
        *,
        log: bool = False,
        done: Callable[[int], None] = lambda worlds: None,
    ) -> list[SliceResult]:
        """Play at each of ``points`` its ``worlds`` (ids) to their end; what comes out does not depend on the executor.

        done: called from this thread with the number of worlds played since the last call.
        """
        size = slice_size(self.executor, sum(len(ids) for ids in worlds))
        places = [self.place_for(point) for point in points]
        jobs = [(k, ids[first : first + size]) for k, ids in enumerate(worlds) for first in range(0, len(ids), size)]
        tasks = ((*places[k], seed, ids, log) for k, ids in jobs)
        found = gather(self.executor, play_moved, tasks, take=lambda part: done(len(part.outcomes["world"])))
        parts: list[list[SliceResult]] = [[] for _ in points]
        for (k, _), part in zip(jobs, found, strict=True):
            parts[k].append(part)
        return [join_results(part) for part in parts]


def play_moved(
    place: Program | Parcel, moves: Sequence[Move], seed: int, ids: npt.NDArray[np.int64], log: bool
) -> SliceResult:
    """Play worlds ``ids`` of a scenario in which cells have moved."""
    return moved_program(program_of(place), moves).play(seed, ids, log=log)


def moved_program(program: Program, moves: Sequence[Move]) -> Program:
    """A program as it would be with cells moved."""
    out = copy.copy(program)
    out.compiled = _with_cells(program.compiled, moves)
    return out


def _with_cells(compiled: Compiled, moves: Sequence[Move]) -> Compiled:
    """A compiled scenario with cells changed, and the draws around them moved along."""
    tables = dict(compiled.tables)
    by = {(move.table, move.cell): move.by for move in moves}
    for move in moves:
        if tables[move.table] is compiled.tables[move.table]:
            tables[move.table] = compiled.tables[move.table].copy()
        tables[move.table][move.cell] = move.value
    noise = [replace(n, draw=shifted(n.draw, by.get((n.table, n.cell), 0.0))) for n in compiled.noise]
    return replace(compiled, tables=tables, noise=noise)


def _cells(loaded: LoadedScenario, knob: Knob) -> tuple[tuple[str, tuple[int, ...]], ...] | None:
    """The cells that a factor sets, if they are all that it sets."""
    low, high = (
        compile_scenario(load_scenario(loaded.path, overrides=[*loaded.overrides, f"{knob.path}={knob.text(value)}"]))
        for value in (knob.low, knob.high)
    )
    same = low.uses == high.uses and low.sizes == high.sizes and _equal(low.arrays, high.arrays)
    if not same or len(low.noise) != len(high.noise):
        return None
    cells = []
    for table, numbers in low.tables.items():
        for cell in np.argwhere(numbers != high.tables[table]):
            at = tuple(int(i) for i in cell)
            ends = (float(numbers[at]), float(high.tables[table][at]))
            if not np.allclose(ends, (knob.low, knob.high), rtol=1e-5):
                return None
            cells.append((table, at))
    return tuple(cells)


def _equal(a: Any, b: Any) -> bool:
    """True for nested mappings of equal arrays and numbers."""
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(_equal(a[key], b[key]) for key in a)
    return bool(np.array_equal(a, b))

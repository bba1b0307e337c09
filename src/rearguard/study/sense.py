"""Which numbers matter: ``rearguard sense``.

Declared factors are screened (elementary effects), those with a detectable effect get Sobol' indices (``sense_designs``),
and the noise that ordinary worlds draw is ranked without any trial (``sense_draws``).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from rearguard.engine import AS_WRITTEN
from rearguard.study.executor import open_executor
from rearguard.study.folder import Interrupted, RunError
from rearguard.study.goal import Goal, read_goal
from rearguard.study.parcel import place_of
from rearguard.study.result import StudyResult
from rearguard.study.run import check_seed, prepare_program
from rearguard.study.sense_designs import (
    Effect,
    Indices,
    holm,
    indices,
    indices_design,
    screen,
    screening_design,
)
from rearguard.study.sense_draws import Look, correlate, drawn
from rearguard.study.statistics import Estimate, Floats
from rearguard.study.trials import Trials
from rearguard.study.variants import play_variants

if TYPE_CHECKING:
    from rearguard.engine import Program, SliceResult
    from rearguard.scenario.load import LoadedScenario

ERROR = 0.05
"""Chance that anything without an effect is said to have one."""
TRAJECTORIES, WORLDS, ROWS, ROW_WORLDS, FREE_WORLDS = 12, 64, 128, 8, 1000
AT_ONCE = 1024
"""Worlds of a design that are played in one batch, about."""


@dataclass(frozen=True)
class Screened:
    """A factor and a measure after screening; p is corrected for the number of looks."""

    factor: str
    measure: str
    effect: Effect
    p: float

    @property
    def is_detectable(self) -> bool:
        """True when noise alone would hardly show this."""
        return self.p < ERROR


@dataclass(frozen=True)
class Share:
    """A factor's part in the variance of a measure that all factors cause."""

    factor: str
    measure: str
    first: Estimate
    total: Estimate

    @property
    def is_detectable(self) -> bool:
        """True when its interval lies above nothing."""
        return bool(self.total.low > 0.0)


@dataclass(frozen=True)
class Drawn:
    """A quantity that worlds draw and a measure; p is corrected for the number of looks."""

    path: str
    measure: str
    look: Look
    p: float

    @property
    def is_detectable(self) -> bool:
        """True when chance alone would hardly show this."""
        return self.p < ERROR


@dataclass(frozen=True)
class SenseProgress:
    """Where it stands: worlds played and to play, so far as is known yet."""

    phase: str
    played: int
    total: int


@dataclass(frozen=True)
class SenseResult(StudyResult):
    """screened, shares: per factor and measure; shares is empty where fewer than two factors have an effect. draws: of
    ordinary worlds. caused: of what worlds differ by when the factors roam their ranges, the share that they cause, per
    measure. explained: of the ranks in ordinary worlds, the share that the draws explain.
    """

    kind = "sense"
    in_table = ("rows",)

    scenario: str
    seed: int
    overrides: tuple[str, ...]
    goals: list[Goal]
    screened: list[Screened]
    shares: list[Share]
    caused: dict[str, Estimate]
    draws: list[Drawn]
    explained: dict[str, float]
    played: int
    draw_worlds: int
    units: dict[str, str] = field(repr=False, default_factory=dict)

    @property
    def table(self) -> pa.Table:
        """A row per thing looked at: kind is ``screen``, ``sobol`` or ``draw``."""
        rows: list[dict[str, Any]] = []
        for s in self.screened:
            e = s.effect
            value = {"value": e.mean.value, "low": e.mean.low, "high": e.mean.high}
            more = {"size": e.size, "spread": e.spread, "noise": e.noise, "changes": e.changes}
            rows.append(_row("screen", s.factor, s.measure, value, s.is_detectable, p=s.p, **more))
        for x in self.shares:
            value = {"value": x.total.value, "low": x.total.low, "high": x.total.high}
            first = {"first": x.first.value, "first_low": x.first.low, "first_high": x.first.high}
            rows.append(_row("sobol", x.factor, x.measure, value, x.is_detectable, **first))
        for d in self.draws:
            c = d.look.correlation
            value = {"value": c.value, "low": c.low, "high": c.high}
            rows.append(_row("draw", d.path, d.measure, value, d.is_detectable, p=d.p))
        return pa.Table.from_pylist(rows)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for ``--json``."""
        return {
            "schema_version": 1,
            "scenario": self.scenario,
            "seed": self.seed,
            "overrides": list(self.overrides),
            "measures": [g.text for g in self.goals],
            "played": self.played,
            "draw_worlds": self.draw_worlds,
            "rows": [{k: _plain(v) for k, v in row.items() if v is not None} for row in self.table.to_pylist()],
            "caused": {m: e.to_dict() for m, e in self.caused.items()},
            "explained": {m: _plain(v) for m, v in self.explained.items()},
        }


_COLUMNS = ("p", "size", "spread", "noise", "changes", "first", "first_low", "first_high")


def _row(
    kind: str, what: str, measure: str, value: dict[str, float], detectable: bool, **more: float
) -> dict[str, Any]:
    return {
        "kind": kind,
        "what": what,
        "measure": measure,
        **value,
        "detectable": detectable,
        **{column: more.get(column) for column in _COLUMNS},
    }


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return value


# -------------------------------------------------------------------------------------------------------------- playing


class _Design:
    """Plays the points of a design, row by row, each row in worlds of its own."""

    def __init__(self, bench: Trials, goals: Sequence[Goal], seed: int, done: Callable[[int], None]) -> None:
        self.bench, self.goals, self.seed, self.done = bench, goals, seed, done

    def play(self, factors: Sequence[int], design: Floats, worlds: int, first: int) -> list[Floats]:
        """Measures at all points, one array [rows, points, worlds] per goal; the other factors as today."""
        rows, points, _ = design.shape
        out = [np.zeros((rows, points, worlds)) for _ in self.goals]
        knobs = [self.bench.knobs[k] for k in factors]
        cells = [(row, point) for row in range(rows) for point in range(points)]
        size = max(points, AT_ONCE // worlds)
        for start in range(0, len(cells), size):
            part = cells[start : start + size]
            places = [
                {k.name: k.low + u * (k.high - k.low) for k, u in zip(knobs, design[cell], strict=True)}
                for cell in part
            ]
            ids = [np.arange(first + row * worlds, first + (row + 1) * worlds) for row, _ in part]
            results = self.bench.play(places, ids, self.seed, done=self.done)
            for cell, result in zip(part, results, strict=True):
                for goal, values in zip(self.goals, out, strict=True):
                    values[cell] = goal.values(result)
        return out


def sense(
    scenario: str | Path | LoadedScenario,
    *,
    on: Sequence[str] = (),
    factors: Sequence[str] = (),
    free: bool = False,
    trajectories: int = TRAJECTORIES,
    worlds: int = WORLDS,
    rows: int = ROWS,
    free_worlds: int = FREE_WORLDS,
    seed: int = 0,
    overrides: Sequence[str] = (),
    threads: int | None = None,
    ray: str | None = None,
    progress: Callable[[SenseProgress], None] | None = None,
    say: Callable[[str], None] | None = None,
) -> SenseResult:
    """Say which factors and which draws decide how worlds end.

    on: measures (as ``study.goal`` has them), default the first two as far as there are. factors: names,
    default all. ray: address of a Ray cluster that plays instead of threads of this machine, to the same numbers. free: only
    the draws of ordinary worlds. trajectories, worlds: of screening, and worlds of each. rows: of
    the Sobol' design, a power of 2; 0 leaves it out. Raises ScenarioError, and RunError for what a user can mend.
    """
    from rearguard.scenario.load import LoadedScenario, load_scenario

    check_seed(seed)
    if rows and (rows & (rows - 1) or rows < 8):
        raise RunError(f"--rows takes a power of 2 from 8 up, or 0; found {rows}")
    if trajectories < 4:
        raise RunError(f"screening needs at least 4 trajectories, found {trajectories}")
    loaded = scenario if isinstance(scenario, LoadedScenario) else load_scenario(scenario, overrides=overrides)
    if not loaded.scenario.factors and not factors:
        free = True
        if say is not None:
            say(f"{loaded.scenario.name} declares no factors: only what its worlds draw is ranked; see docs/tune.md")
    with closing(open_executor(ray, threads)) as executor:
        bench = None if free else Trials(loaded, factors, executor=executor, say=say)
        program = prepare_program(loaded, "cpu", say) if bench is None else bench.program
        goals = read_goals(on, program)
        watch = _Watch(progress)
        found: list[Screened] = []
        shares: list[Share] = []
        caused: dict[str, Estimate] = {}
        try:
            if bench is not None:
                design = _Design(bench, goals, seed, watch.count)
                names = [k.name for k in bench.knobs]
                watch.begin("screening", trajectories * (len(names) + 1) * worlds)
                found = _screen(design, names, trajectories, worlds, seed)
                live = [k for k, name in enumerate(names) if any(s.factor == name and s.is_detectable for s in found)]
                if rows and len(live) > 1:
                    watch.begin("Sobol' indices", rows * (len(live) + 2) * ROW_WORLDS)
                    shares, caused = _sobol(design, names, live, rows, trajectories * worlds, seed)
            watch.begin("ordinary worlds", free_worlds)
            ids = np.arange(free_worlds)
            place = place_of(executor, loaded, program) if bench is None else bench.place
            (result,) = play_variants(executor, place, [AS_WRITTEN], ids, seed, done=watch.count)
        except KeyboardInterrupt:
            raise Interrupted("interrupted before there was anything to show") from None
    draws, explained = _draws(program, goals, result, ids, seed)
    return SenseResult(
        scenario=loaded.scenario.name,
        seed=seed,
        overrides=loaded.overrides,
        goals=goals,
        screened=found,
        shares=shares,
        caused=caused,
        draws=draws,
        explained=explained,
        played=watch.played,
        draw_worlds=free_worlds,
        units={g.text: g.unit for g in goals},
    )


class _Watch:
    """Counts worlds and tells how far it is."""

    def __init__(self, progress: Callable[[SenseProgress], None] | None) -> None:
        self.progress, self.phase, self.played, self.total = progress, "", 0, 0

    def begin(self, phase: str, worlds: int) -> None:
        self.phase, self.total = phase, self.played + worlds

    def count(self, worlds: int) -> None:
        self.played += worlds
        if self.progress is not None:
            self.progress(SenseProgress(self.phase, self.played, self.total))


def read_goals(on: Sequence[str], program: Program) -> list[Goal]:
    """What is measured; default: reached in time, and slack where there is a deadline, else the first outcome."""
    compiled = program.compiled
    if on:
        return [read_goal(text, compiled) for text in dict.fromkeys(on)]
    if not compiled.names.payloads:
        return [read_goal(f"share({compiled.names.outcomes[0]})", compiled)]
    timed = int(compiled.arrays["deadline_stage"]) > 0
    return [read_goal(text, compiled) for text in ("in_time", *(["slack"] if timed else []))]


def _screen(design: _Design, names: list[str], trajectories: int, worlds: int, seed: int) -> list[Screened]:
    points = screening_design(len(names), trajectories, seed)
    values = design.play(range(len(names)), points, worlds, 0)
    looks = []
    for goal, measured in zip(design.goals, values, strict=True):
        spread = 1.0 if goal.is_share else max(float(measured.std()), 1e-6)
        effects = screen(points, measured, spread)
        looks += [(name, goal.text, effect) for name, effect in zip(names, effects, strict=True)]
    chances = holm([effect.p for *_, effect in looks])
    out = [Screened(name, measure, effect, p) for (name, measure, effect), p in zip(looks, chances, strict=True)]
    order = {goal.text: k for k, goal in enumerate(design.goals)}
    return sorted(out, key=lambda s: (order[s.measure], not s.is_detectable, -s.effect.size, s.factor))


def _sobol(
    design: _Design, names: list[str], live: list[int], rows: int, first: int, seed: int
) -> tuple[list[Share], dict[str, Estimate]]:
    points = indices_design(len(live), rows, seed)
    values = design.play(live, points, ROW_WORLDS, first)
    shares: list[Share] = []
    caused: dict[str, Estimate] = {}
    for goal, measured in zip(design.goals, values, strict=True):
        found: Indices = indices(measured, seed)
        caused[goal.text] = found.caused
        mine = [
            Share(names[k], goal.text, one, whole) for k, one, whole in zip(live, found.first, found.total, strict=True)
        ]
        shares += sorted(mine, key=lambda s: (-s.total.value if math.isfinite(s.total.value) else 0.0, s.factor))
    return shares, caused


def _draws(
    program: Program, goals: Sequence[Goal], result: SliceResult, ids: np.ndarray, seed: int
) -> tuple[list[Drawn], dict[str, float]]:
    noise = drawn(program.compiled, seed, ids)
    if not noise:
        return [], {}
    looks: list[tuple[str, Look]] = []
    explained = {}
    for goal in goals:
        found, explained[goal.text] = correlate(noise, goal.values(result))
        looks += [(goal.text, look) for look in found]
    chances = holm([look.p for _, look in looks])
    out = [Drawn(look.path, measure, look, p) for (measure, look), p in zip(looks, chances, strict=True)]
    order = {goal.text: k for k, goal in enumerate(goals)}
    return sorted(out, key=lambda d: (order[d.measure], -abs(d.look.correlation.value), d.path)), explained

"""What a change changes: two scenarios in the same worlds, sharing every draw that both of them make.

A world that reaches nobody has no time of contact. For means it counts as contact at a horizon (the shorter of the two
time limits, unless another is given), which is stated with them: the restricted mean (Karrison 1987). Beside it stands the
mean over worlds in which both sides come to contact. All intervals of a comparison hold together with 95 % (Bonferroni).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rearguard.study.check import replay_command
from rearguard.study.executor import Executor, open_executor
from rearguard.study.folder import Interrupted, RunError, strings
from rearguard.study.pairs import detectable, paired_mean, paired_share, share_variance, worlds_to_show
from rearguard.study.parcel import Batch, place_of, play_batch
from rearguard.study.result import StudyResult
from rearguard.study.run import check_seed, first_interrupt, prepare_program
from rearguard.study.statistics import Estimate, Flags, Floats
from rearguard.study.text_changes import TextChange, text_changes

if TYPE_CHECKING:
    from rearguard.engine import SliceResult
    from rearguard.scenario.load import LoadedScenario

BATCH = 64
"""Worlds of a batch."""
EXAMPLES = 3
"""Worlds that are named."""
TOGETHER = 0.95
"""Chance that all intervals of a comparison hold."""


@dataclass(frozen=True)
class Figure:
    """One figure on both sides. unit: ``points`` (of a share, in [0, 1] here) or ``s``.

    change: b less a, over ``pairs`` worlds. shows: the difference that so many worlds show; needed: worlds that show
    ``told``, one point or one second.
    """

    name: str
    unit: str
    a: float
    b: float
    change: Estimate
    pairs: int
    shows: float
    told: float
    needed: int

    @property
    def is_seen(self) -> bool:
        """True when luck does not explain the change."""
        return self.change.low > 0.0 or self.change.high < 0.0

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "name": self.name,
            "unit": self.unit,
            "a": _plain(self.a),
            "b": _plain(self.b),
            "change": {k: _plain(getattr(self.change, k)) for k in ("value", "low", "high")},
            "pairs": self.pairs,
            "seen": self.is_seen,
            "shows": _plain(self.shows),
            "worlds_to_show": {"difference": self.told, "worlds": self.needed},
        }


def _plain(value: float) -> float | None:
    return round(float(value), 6) if np.isfinite(value) else None


@dataclass(frozen=True)
class Example:
    """A world in which much changed, and the commands that play both of it."""

    world: int
    outcomes: tuple[str, str]
    end_times: tuple[float, float]
    slack: float | None
    replay: tuple[str, str]

    def to_dict(self) -> dict[str, Any]:
        """Plain data; slack is that of b less that of a [s]."""
        return {
            "world": self.world,
            "outcomes": list(self.outcomes),
            "end_times": [_plain(t) for t in self.end_times],
            "slack_change": self.slack,
            "replay": list(self.replay),
        }


@dataclass(frozen=True)
class Progress:
    """Pairs of worlds that have been played, and in how many of them the outcome differs."""

    done: int
    total: int
    played: int
    seconds: float
    changed: int


@dataclass(frozen=True)
class Diff(StudyResult):
    """Two scenarios compared.

    names: of both sides. changes: of the text. transitions: int64 [outcomes of a, outcomes of b], worlds, by ``outcomes``.
    same: worlds in which nothing that is measured differs. horizon [s]: when those who never come count as come.
    table: a row per world with what it came to on both sides.
    """

    kind = "diff"
    in_table = ()

    names: tuple[str, str]
    seed: int
    worlds: int
    changes: list[TextChange]
    outcomes: list[str]
    transitions: npt.NDArray[np.int64]
    same: int
    horizon: float
    figures: list[Figure]
    examples: list[Example]
    interrupted: bool = False
    table: pa.Table = field(default=None, repr=False)

    @property
    def seen(self) -> list[Figure]:
        """Figures in which a difference can be seen."""
        return [figure for figure in self.figures if figure.is_seen]

    @property
    def changed(self) -> int:
        """Worlds with another outcome."""
        return int(self.transitions.sum() - np.trace(self.transitions))

    def to_dict(self) -> dict[str, Any]:
        """Plain data for ``--json``."""
        return {
            "schema_version": 1,
            "a": self.names[0],
            "b": self.names[1],
            "seed": self.seed,
            "worlds": self.worlds,
            "interrupted": self.interrupted,
            "changes": [change.to_dict() for change in self.changes],
            "outcomes": self.outcomes,
            "transitions": self.transitions.tolist(),
            "changed": self.changed,
            "same": self.same,
            "horizon": self.horizon,
            "difference_seen": bool(self.seen),
            "figures": [figure.to_dict() for figure in self.figures],
            "examples": [example.to_dict() for example in self.examples],
        }


# --------------------------------------------------------------------------------------------------------------- figures


@dataclass(frozen=True)
class _Side:
    """What worlds came to on one side, all [worlds]: outcome (of the joint list), times [s], nan where there is none."""

    outcome: npt.NDArray[np.int64]
    end: Floats
    contact: Floats
    deadline: Floats

    @classmethod
    def of(cls, parts: Sequence[SliceResult], own: Sequence[str], outcomes: list[str]) -> _Side:
        """From batches in the order of their worlds; ``own``: names of the outcomes of this side."""

        def column(name: str) -> Any:
            return np.concatenate([part.outcomes[name] for part in parts])

        place = np.array([*(outcomes.index(name) for name in own), len(outcomes) - 1], np.int64)
        times = (column(name).astype(float) for name in ("end_time", "contact_time", "deadline_time"))
        return cls(place[column("outcome")], *times)

    def contact_by(self, horizon: float) -> Floats:
        """Time of contact, cut at the horizon."""
        return np.minimum(np.where(np.isnan(self.contact), np.inf, self.contact), horizon)


def _figures(a: _Side, b: _Side, outcomes: list[str], horizon: float) -> Iterator[Callable[[float], Figure]]:
    """The figures, each to be made with the level of its interval."""

    def share(name: str, before: Flags, after: Flags) -> Callable[[float], Figure]:
        variance, n = share_variance(before, after), len(before)

        def made(level: float) -> Figure:
            change = paired_share(before, after, level)
            shows, needed = detectable(variance, n, level), worlds_to_show(variance, 0.01, level)
            return Figure(name, "points", float(before.mean()), float(after.mean()), change, n, shows, 0.01, needed)

        return made

    def mean(name: str, before: Floats, after: Floats) -> Callable[[float], Figure]:
        n = len(before)
        variance = float(np.var(after - before, ddof=1)) if n > 1 else float("nan")

        def made(level: float) -> Figure:
            change = paired_mean(after - before, level)
            shows = detectable(variance, n, level)
            needed = worlds_to_show(variance, 1.0, level) if n > 1 else 0
            return Figure(name, "s", float(before.mean()), float(after.mean()), change, n, shows, 1.0, needed)

        return made

    for k, name in enumerate(outcomes):
        if (a.outcome == k).any() or (b.outcome == k).any():
            yield share(name, a.outcome == k, b.outcome == k)
    by = f"by {horizon:g} s"
    met = ~np.isnan(a.contact), ~np.isnan(b.contact)
    if met[0].any() or met[1].any():
        if not (np.isnan(a.deadline).any() or np.isnan(b.deadline).any()):
            slack = a.deadline - a.contact_by(horizon), b.deadline - b.contact_by(horizon)
            yield share("in time", met[0] & (a.deadline > a.contact), met[1] & (b.deadline > b.contact))
            yield mean(f"slack, contact {by}", *slack)
            if (both := met[0] & met[1]).sum() > 1:
                own = a.deadline - a.contact, b.deadline - b.contact
                yield mean("slack, contact in both", own[0][both], own[1][both])
        yield mean(f"contact {by}", a.contact_by(horizon), b.contact_by(horizon))
    yield mean("duration", a.end, b.end)


def compare(a: _Side, b: _Side, outcomes: list[str], horizon: float) -> list[Figure]:
    """Every figure with its change; the intervals hold together."""
    makers = list(_figures(a, b, outcomes, horizon))
    level = 1.0 - (1.0 - TOGETHER) / len(makers)
    return [made(level) for made in makers]


def most_changed(a: _Side, b: _Side, horizon: float, count: int) -> npt.NDArray[np.int64]:
    """Rows of the worlds that changed most: another outcome first, then by how far contact or the end has moved."""
    moved = np.abs(b.contact_by(horizon) - a.contact_by(horizon))
    moved = np.where(moved > 0.0, moved, np.minimum(np.abs(b.end - a.end), horizon))
    order = np.lexsort((-moved, a.outcome == b.outcome))
    differ = (a.outcome != b.outcome) | (moved > 0.0)
    return np.array([k for k in order if differ[k]][:count], np.int64)


# --------------------------------------------------------------------------------------------------------------- playing


def diff(
    a: str | Path | LoadedScenario,
    b: str | Path | LoadedScenario | None = None,
    *,
    worlds: int = 300,
    seed: int = 0,
    overrides: Sequence[str] = (),
    overrides_a: Sequence[str] = (),
    horizon: float | None = None,
    threads: int | None = None,
    ray: str | None = None,
    progress: Callable[[Progress], None] | None = None,
    say: Callable[[str], None] | None = None,
) -> Diff:
    """Play the same worlds of two scenarios and say what changed from ``a`` to ``b``.

    b: default ``a`` again. overrides: ``path=value`` texts of b; overrides_a: of a. horizon [s]: when those who never come
    count as come, default the shorter time limit. The first Ctrl-C ends it with the pairs that are finished.
    Raises ScenarioError for a scenario that cannot be used, RunError for anything else a user can mend.
    """
    from rearguard.scenario.load import LoadedScenario, load_scenario

    check_seed(seed)
    if worlds < 1:
        raise RunError(f"comparing needs at least 1 world, found {worlds}")
    if b is None and not overrides:
        raise RunError("compare with what? Give a second scenario, or a change: --set path=value")
    second = a if b is None else b
    if isinstance(second, LoadedScenario) and overrides:
        second = second.path
    if isinstance(a, LoadedScenario) and overrides_a:
        a = a.path
    before = a if isinstance(a, LoadedScenario) else load_scenario(a, overrides=overrides_a)
    after = second if isinstance(second, LoadedScenario) else load_scenario(second, overrides=overrides)
    limit = min(side.scenario.time.limit.nominal for side in (before, after))
    until = limit if horizon is None else horizon
    if not 0.0 < until <= limit:
        raise RunError(f"the horizon lies between 0 and the time limit, {limit:g} s; found {until:g}")
    paths = tuple(str(side.path) if isinstance(side, LoadedScenario) else str(side) for side in (a, second))
    outcomes = [*dict.fromkeys([*before.scenario.ends, *after.scenario.ends]), "unresolved"]
    executor = open_executor(ray, threads)
    try:
        pairs, interrupted = _play((before, after), worlds, seed, executor, progress, say)
    finally:
        executor.close()
    ids = np.concatenate([pair[0].outcomes["world"] for pair in pairs])
    x, y = (
        _Side.of([pair[k] for pair in pairs], list(side.scenario.ends), outcomes)
        for k, side in enumerate((before, after))
    )
    transitions = np.zeros((len(outcomes), len(outcomes)), np.int64)
    np.add.at(transitions, (x.outcome, y.outcome), 1)
    same = (x.outcome == y.outcome) & (x.end == y.end) & (x.contact_by(np.inf) == y.contact_by(np.inf))
    return Diff(
        names=(_side_name(before, paths[0]), _side_name(after, paths[1])),
        seed=seed,
        worlds=len(ids),
        changes=text_changes(before, after),
        outcomes=outcomes,
        transitions=transitions,
        same=int(same.sum()),
        horizon=until,
        figures=compare(x, y, outcomes, until),
        examples=[
            _example(int(ids[k]), k, (x, y), outcomes, (before, after), paths, seed)
            for k in most_changed(x, y, until, EXAMPLES)
        ],
        interrupted=interrupted,
        table=_table(ids, x, y, outcomes),
    )


def _side_name(loaded: LoadedScenario, path: str) -> str:
    return " ".join([path, *(f"--set {text}" for text in loaded.overrides)])


def _play(
    sides: tuple[LoadedScenario, LoadedScenario],
    worlds: int,
    seed: int,
    executor: Executor,
    progress: Callable[[Progress], None] | None,
    say: Callable[[str], None] | None,
) -> tuple[list[tuple[SliceResult, SliceResult]], bool]:
    """Batches of both sides in the order of their worlds, and whether it was interrupted."""
    from rearguard.engine import AS_WRITTEN

    places = [place_of(executor, side, prepare_program(side, "cpu", say)) for side in sides]
    blocks = [np.arange(first, min(first + BATCH, worlds)) for first in range(0, worlds, BATCH)]
    found: dict[int, SliceResult] = {}
    stop, started, done, changed = threading.Event(), time.perf_counter(), 0, 0
    tasks = ((place, Batch((AS_WRITTEN,), block, seed)) for block in blocks for place in places)
    ends = [np.array([*side.scenario.ends, "unresolved"]) for side in sides]
    try:
        with first_interrupt(stop):
            for k, result in executor.submit(play_batch, tasks, stop):
                found[k] = result
                if k ^ 1 in found:
                    pair = [found[k & ~1], found[k | 1]]
                    differ = ends[0][pair[0].outcomes["outcome"]] != ends[1][pair[1].outcomes["outcome"]]
                    done, changed = done + len(differ), changed + int(differ.sum())
                    if progress is not None:
                        progress(Progress(done, worlds, done, time.perf_counter() - started, changed))
    except KeyboardInterrupt:
        raise Interrupted("interrupted; nothing is known that could be told") from None
    pairs = [(found[2 * k], found[2 * k + 1]) for k in range(len(blocks)) if {2 * k, 2 * k + 1} <= found.keys()]
    if not pairs:
        raise Interrupted("interrupted before any world was played on both sides; nothing is known yet")
    return pairs, len(pairs) < len(blocks)


def _example(
    world: int,
    row: int,
    sides: tuple[_Side, _Side],
    outcomes: list[str],
    loaded: tuple[LoadedScenario, LoadedScenario],
    paths: tuple[str, ...],
    seed: int,
) -> Example:
    slack = [float(side.deadline[row] - side.contact[row]) for side in sides]
    return Example(
        world=world,
        outcomes=(outcomes[sides[0].outcome[row]], outcomes[sides[1].outcome[row]]),
        end_times=(float(sides[0].end[row]), float(sides[1].end[row])),
        slack=_plain(slack[1] - slack[0]),
        replay=(
            replay_command(loaded[0], paths[0], world, seed),
            replay_command(loaded[1], paths[1], world, seed),
        ),
    )


def _table(ids: npt.NDArray[np.int64], a: _Side, b: _Side, outcomes: list[str]) -> pa.Table:
    """A row per world: what it came to on both sides."""
    columns: dict[str, Any] = {"world": pa.array(ids, pa.int64())}
    for mark, side in (("a", a), ("b", b)):
        columns[f"outcome_{mark}"] = strings(side.outcome, outcomes)
        times = {"end_time": side.end, "contact_time": side.contact, "slack": side.deadline - side.contact}
        for name, values in times.items():
            columns[f"{name}_{mark}"] = pa.array(values, pa.float64(), from_pandas=True)
    return pa.table(columns)

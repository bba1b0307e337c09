"""Playing many points of a scenario, the same worlds in each: a table of outcomes over what was changed.

World number k has the same seed in every point (common random numbers), so that points differ by what was changed and
not by luck. Points are played as variants in shared batches wherever that comes to the same as loading them.

    manifest.json      what is played: versions, seed, points, the resolved scenario, which slices are done
    outcomes.parquet   a row per point and world, with what the point sets (SI units)
    points.parquet     a row per point: what it sets, shares and times with their intervals
    parts/             outcomes per slice, while the sweep is under way
"""

from __future__ import annotations

import hashlib
import shlex
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from rearguard.study.executor import Executor, open_executor
from rearguard.study.folder import (
    Interrupted,
    RunError,
    RunFolder,
    check_free,
    default_folder,
    point_latest,
    tool_versions,
    write_table,
)
from rearguard.study.lock import locked
from rearguard.study.parcel import Batch, content_digest, pack, place_of, play_batch
from rearguard.study.point_variants import Group, group_points
from rearguard.study.points import Axis, Design, Points, design_points, factor_axes, grid, read_axis, read_points
from rearguard.study.result import StudyResult
from rearguard.study.run import check_seed, first_interrupt, prepare_program
from rearguard.study.summary import overflow_advice
from rearguard.study.sweep_tables import (
    MEASURES,
    OWN_COLUMNS,
    SettingColumns,
    SweepPoint,
    outcome_rows,
    point_table,
    sum_up,
)

if TYPE_CHECKING:
    from rearguard.engine import Program, SliceResult
    from rearguard.scenario.load import LoadedScenario

LARGEST_SLICE = 256
"""Worlds of a slice, of whatever points."""
WORLDS_TOGETHER = 16
"""Worlds of one point that a slice holds at least, if there are as many: the same ones of many points come together."""


SAVE_EVERY = 2.0
"""How often the manifest of a sweep under way is written [s]."""


@dataclass(frozen=True)
class Progress:
    """Where a sweep stands. counts: worlds by point and outcome (last: unresolved), int64 [points, outcomes + 1].

    played: worlds of this session, without those that a resumed sweep had already, in ``seconds`` since its start.
    """

    done: int
    total: int
    played: int
    seconds: float
    points: Points
    outcomes: list[str]
    counts: np.ndarray


@dataclass(frozen=True)
class Sweep(StudyResult):
    """A finished (or interrupted) sweep.

    points: those of which worlds have been played. table: a row per point, as points.parquet. outcomes: a row per point
    and world, as outcomes.parquet.
    """

    kind = "sweep"
    in_table = ("points",)

    folder: Path
    status: str
    scenario: str
    seed: int
    names: tuple[str, ...]
    points: list[SweepPoint]
    table: pa.Table = field(repr=False)
    outcomes: pa.Table = field(repr=False)
    overflow: list[str] = field(repr=False)
    manifest: dict[str, Any] = field(repr=False)

    @property
    def worlds(self) -> int:
        """Worlds that were played, over all points."""
        return int(self.outcomes.num_rows)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for ``--json``."""
        return {
            "schema_version": 1,
            "folder": str(self.folder),
            "status": self.status,
            "scenario": self.scenario,
            "seed": self.seed,
            "worlds": self.worlds,
            "play_seconds": self.manifest["wall_seconds"],
            "names": list(self.names),
            "points": [point.to_dict() for point in self.points],
            "overflow": self.overflow,
        }


class SweepFolder(RunFolder):
    """The folder of a sweep, being written or resumed."""

    kind = "sweep"
    tables = ("outcomes",)
    plan_keys = ("path", "overrides", "worlds", "seed", "slice_size", "names", "paths", "points")

    def __init__(self, path: Path, manifest: dict[str, Any]) -> None:
        super().__init__(path, manifest)
        self.saved = time.monotonic()

    def add(self, k: int, tables: dict[str, pa.Table], seconds: float) -> None:
        """Keep a finished slice. The manifest, long with points, follows at its own pace: what is there is what counts."""
        write_table(self.part("outcomes", k), tables["outcomes"])
        self.manifest["done"].append(k)
        self.manifest["wall_seconds"] = round(float(self.manifest["wall_seconds"]) + seconds, 3)
        if time.monotonic() - self.saved >= SAVE_EVERY:
            self.save()
            self.saved = time.monotonic()

    def read_parts(self, table: str, slices: list[int]) -> pa.Table:
        """The parts of a table, by point and world."""
        return super().read_parts(table, slices).sort_by([("point", "ascending"), ("world", "ascending")])


# ---------------------------------------------------------------------------------------------------------------- plans


def choose_points(
    scenario: Any, vary: Sequence[str], points: str | Path | int | None, design: Design | None, seed: int
) -> Points:
    """The points that ``--vary``, ``--points`` and ``--design`` ask for."""
    axes: list[Axis] = [read_axis(scenario, text, f"--vary #{k}") for k, text in enumerate(vary, start=1)]
    if isinstance(points, str) and points.isascii() and points.isdigit():
        points = int(points)
    if design is not None:
        if not isinstance(points, int):
            raise RunError("--design takes --points N, how many points: --design lhs --points 64")
        if not axes and not scenario.factors:
            raise RunError("a design varies the declared factors, and there are none; name what it varies with --vary")
        return design_points(axes or factor_axes(scenario), design, points, seed)
    if isinstance(points, int):
        raise RunError("--points N wants a design: --design lhs or --design sobol; a list of points is a file")
    if points is not None:
        if axes:
            raise RunError("--points FILE says what every point sets; leave --vary out")
        return read_points(scenario, Path(points))
    if not axes:
        raise RunError(
            "what shall be varied? Try: rearguard sweep alley --vary lead=6..14s/5, or --design lhs --points 64"
        )
    return grid(axes)


def make_plan(
    loaded: LoadedScenario, points: Points, groups: Sequence[Group], *, worlds: int, seed: int, slice_size: int
) -> dict[str, Any]:
    """What a sweep plays, in plain data. digest: of all that is compiled for it."""
    sha = hashlib.sha256("".join(content_digest(group.loaded) for group in groups).encode())
    return {
        "scenario": loaded.scenario.name,
        "path": str(loaded.path.resolve()),
        "digest": sha.hexdigest(),
        "overrides": list(loaded.overrides),
        "worlds": worlds,
        "seed": seed,
        "slice_size": slice_size,
        "names": list(points.names),
        "paths": list(points.paths),
        "points": [list(row) for row in points.rows],
    }


@dataclass(frozen=True)
class Slice:
    """A part of a sweep: ``worlds`` of some of the points of a group (places within it)."""

    group: int
    members: range
    worlds: range


def cut(groups: Sequence[Group], worlds: int, size: int) -> list[Slice]:
    """The slices of a sweep, group by group; within a group all its points go ahead together."""
    out = []
    for g, group in enumerate(groups):
        count = len(group.points)
        together = min(count, max(1, size // min(worlds, WORLDS_TOGETHER)))
        block = max(1, size // together)
        for first in range(0, worlds, block):
            for member in range(0, count, together):
                members = range(member, min(member + together, count))
                out.append(Slice(g, members, range(first, min(first + block, worlds))))
    return out


# --------------------------------------------------------------------------------------------------------------- playing


class _Player:
    """Plays the missing slices of a folder and keeps what comes back."""

    def __init__(
        self,
        loaded: LoadedScenario,
        program: Program,
        points: Points,
        groups: list[Group],
        folder: SweepFolder,
        executor: Executor,
    ) -> None:
        self.loaded, self.program = loaded, program
        plan = folder.manifest["plan"]
        self.points, self.groups, self.folder, self.executor = points, groups, folder, executor
        self.seed, self.total = int(plan["seed"]), int(plan["worlds"]) * len(points)
        self.slices = cut(groups, int(plan["worlds"]), int(plan["slice_size"]))
        self.outcomes = list(dict.fromkeys(name for g in groups for name in g.loaded.scenario.ends))
        ends = [f"{name}{end}" for name in (*self.outcomes, *MEASURES) for end in ("", "_low", "_high")]
        self.columns = SettingColumns(loaded.scenario, points, [*OWN_COLUMNS, *ends])
        self.counts = np.zeros((len(points), len(self.outcomes) + 1), np.int64)
        self.stop = threading.Event()
        self.started = time.perf_counter()
        self.found, self.played_seconds = 0, 0.0

    def tasks(self, numbers: Sequence[int]) -> Iterator[tuple[Any, Batch]]:
        """The arguments of ``play_batch`` for slices, made when they are asked for."""
        places: dict[int, Any] = {}
        for k in numbers:
            part = self.slices[k]
            group = self.groups[part.group]
            if part.group not in places:
                places = {part.group: self._place(group)}
            variants = tuple(group.variants[m] for m in part.members)
            yield places[part.group], Batch(variants, np.arange(part.worlds.start, part.worlds.stop), self.seed)

    def _place(self, group: Group) -> Any:
        """Where a group is played; what has to be loaded for itself is loaded by the tasks, several at once."""
        if group.loaded is self.loaded:
            return place_of(self.executor, self.loaded, self.program)
        return self.executor.share(pack(group.loaded))

    def take(self, k: int, result: SliceResult) -> None:
        """Keep a slice that has been played."""
        part = self.slices[k]
        group = self.groups[part.group]
        points = np.repeat([group.points[m] for m in part.members], len(part.worlds))
        rows = outcome_rows(result, points, list(group.loaded.scenario.ends), self.columns)
        now = time.perf_counter() - self.started
        self.folder.add(k, {"outcomes": rows}, now - self.played_seconds)
        self.played_seconds = now
        self.count(rows)

    def count(self, rows: pa.Table) -> None:
        """Add rows to what is shown."""
        ended = np.array([self.outcomes.index(o) if o is not None else -1 for o in rows["outcome"].to_pylist()])
        np.add.at(self.counts, (rows["point"].to_numpy(), ended), 1)

    def progress(self) -> Progress:
        """Where it stands."""
        done = int(self.counts.sum())
        seconds = time.perf_counter() - self.started
        return Progress(done, self.total, done - self.found, seconds, self.points, self.outcomes, self.counts.copy())

    def run(self, progress: Callable[[Progress], None] | None) -> list[int]:
        """Play what is missing; returns the finished slices in order. Once told to stop, finishes those in flight."""
        finished = self.folder.finished_slices(len(self.slices))
        for k in sorted(finished):
            self.count(self.folder.read_parts("outcomes", [k]))
        self.found = int(self.counts.sum())
        missing = [k for k in range(len(self.slices)) if k not in finished]
        for place, result in self.executor.submit(play_batch, self.tasks(missing), self.stop):
            self.take(missing[place], result)
            finished.add(missing[place])
            if progress is not None:
                progress(self.progress())
        return sorted(finished)


def _play(player: _Player, sizes: dict[str, int], progress: Callable[[Progress], None] | None) -> Sweep:
    folder = player.folder
    folder.manifest["versions"] = tool_versions()
    go_on = f"go on with: rearguard sweep --resume {shlex.quote(str(folder.path))}"
    try:
        with first_interrupt(player.stop):
            slices = player.run(progress)
            if not slices:
                folder.manifest["status"] = "interrupted"
                folder.save()
                raise Interrupted(f"interrupted before a slice of worlds was finished; {go_on}")
            status = "complete" if len(slices) == len(player.slices) else "interrupted"
            rows = folder.merge(slices, status)["outcomes"]
    except KeyboardInterrupt:
        raise Interrupted(f"interrupted; what is finished is kept, {go_on}") from None
    points = sum_up(player.points, player.groups, rows)
    table = point_table(points, player.outcomes, player.columns)
    write_table(folder.path / "points.parquet", table)
    plan = folder.manifest["plan"]
    return Sweep(
        folder=folder.path,
        status=status,
        scenario=plan["scenario"],
        seed=plan["seed"],
        names=player.points.names,
        points=points,
        table=table,
        outcomes=rows,
        overflow=overflow_advice(rows, sizes),
        manifest=folder.manifest,
    )


def sweep(
    scenario: str | Path | LoadedScenario,
    *,
    vary: Sequence[str] = (),
    points: str | Path | int | None = None,
    design: Design | None = None,
    worlds: int = 200,
    seed: int = 0,
    out: str | Path | None = None,
    overrides: Sequence[str] = (),
    threads: int | None = None,
    ray: str | None = None,
    slice_size: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    say: Callable[[str], None] | None = None,
) -> Sweep:
    """Play the same ``worlds`` worlds at every point and keep them in a folder.

    vary: texts ``path=a,b,c``, ``path=from..to/n``, or the name of a factor or a choice alone; several make a grid.
    points: a CSV or JSON file that lists points, or with ``design`` how many. design: ``lhs`` or ``sobol``, over what is
    varied, else over all declared factors. out: folder, default sweeps/TIME-NAME-HASH. ray: address of a Ray cluster that
    plays instead of threads of this machine, to the same numbers. progress: called after every slice.
    The first Ctrl-C finishes the slices in flight and returns what there is, with the status "interrupted".
    Raises ScenarioError for a scenario or points that cannot be used, RunError for anything else a user can mend,
    Interrupted when it was interrupted before there was anything to sum up.
    """
    from rearguard.scenario.load import LoadedScenario, load_scenario

    check_seed(seed)
    if worlds < 1:
        raise RunError(f"a point needs at least 1 world, found {worlds}")
    if slice_size is not None and slice_size < 1:
        raise RunError("worlds per slice are a whole number from 1 up")
    loaded = scenario if isinstance(scenario, LoadedScenario) else load_scenario(scenario, overrides=overrides)
    chosen = choose_points(loaded.scenario, vary, points, design, seed)
    if len(chosen) * worlds > 2**32:
        raise RunError("a sweep can have at most 2^32 worlds over all points")
    if out is not None:
        check_free(Path(out))
    executor = open_executor(ray, threads)
    try:
        program = prepare_program(loaded, "cpu", say)
        groups = group_points(loaded, program.compiled, chosen)
        size = slice_size or max(1, min(LARGEST_SLICE, -(-len(chosen) * worlds // (4 * executor.slots()))))
        plan = make_plan(loaded, chosen, groups, worlds=worlds, seed=seed, slice_size=size)
        path = Path(out) if out is not None else default_folder(loaded.scenario.name, plan["digest"], "sweeps")
        with locked(path):
            folder = SweepFolder.create(path, plan, loaded.resolved_yaml())
            if out is None:
                point_latest(path)
            player = _Player(loaded, program, chosen, groups, folder, executor)
            return _play(player, program.compiled.sizes, progress)
    finally:
        executor.close()


def resume_sweep(
    path: str | Path,
    *,
    threads: int | None = None,
    ray: str | None = None,
    progress: Callable[[Progress], None] | None = None,
    say: Callable[[str], None] | None = None,
) -> Sweep:
    """Go on with an interrupted sweep: the same points, the same seed, only the worlds that are missing."""
    from rearguard.scenario.load import load_scenario

    SweepFolder.open(Path(path))  # what holds no sweep is left as it is
    with locked(Path(path)):
        folder = SweepFolder.open(Path(path))
        plan = folder.manifest["plan"]
        if folder.manifest["status"] == "complete":
            raise RunError(f"{path} is complete; nothing to resume")
        loaded = load_scenario(plan["path"], overrides=plan["overrides"])
        rows = tuple(tuple(row) for row in plan["points"])
        points = Points(tuple(plan["names"]), tuple(plan["paths"]), rows)
        executor = open_executor(ray, threads)
        try:
            program = prepare_program(loaded, "cpu", say)
            groups = group_points(loaded, program.compiled, points)
            again = make_plan(
                loaded, points, groups, worlds=plan["worlds"], seed=plan["seed"], slice_size=plan["slice_size"]
            )
            folder.check_plan(again)
            player = _Player(loaded, program, points, groups, folder, executor)
            return _play(player, program.compiled.sizes, progress)
        finally:
            executor.close()

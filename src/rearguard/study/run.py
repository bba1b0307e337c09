"""Playing many worlds of a scenario: slices on a thread per core or a cluster, a folder that survives, a summary.

Worlds are numbered; a world's course depends on the scenario, the seed and its number, on nothing else. How worlds are
cut into slices, how many threads play them and whether the run was interrupted and resumed changes no row.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
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
    strings,
    tool_versions,
)
from rearguard.study.lock import locked
from rearguard.study.parcel import Parcel, place_of, program_of
from rearguard.study.summary import Summary, summarize

if TYPE_CHECKING:
    from rearguard.engine import Program, SliceResult
    from rearguard.scenario.compiled import Compiled
    from rearguard.scenario.load import LoadedScenario

EVENT_WORLDS = 2000
"""Worlds whose events are kept unless told otherwise; any other can be replayed exactly."""
LARGEST_SLICE = 256


@dataclass(frozen=True)
class Progress:
    """Where a run stands: worlds done and to do, worlds per outcome (last: unresolved).

    played: worlds of this session, without those that a resumed run had already, in ``seconds`` since its start.
    """

    done: int
    total: int
    played: int
    seconds: float
    outcomes: list[str]
    counts: list[int]


@dataclass(frozen=True)
class Run:
    """A finished (or interrupted) run: its folder, tables and summary.

    played: the scenario and the program that played it, where this process did.
    """

    folder: Path
    status: str
    outcomes: pa.Table
    people: pa.Table
    events: pa.Table
    summary: Summary
    manifest: dict[str, Any] = field(repr=False)
    played: tuple[LoadedScenario, Program] | None = field(default=None, repr=False, compare=False)

    @property
    def typical_world(self) -> int:
        """A world with the commonest outcome whose end is nearest to that outcome's median."""
        kind = max(self.summary.outcomes, key=lambda o: o.worlds).name
        names = np.array([x if x is not None else "unresolved" for x in self.outcomes["outcome"].to_pylist()])
        rows = np.flatnonzero(names == kind)
        ends = self.outcomes["end_time"].to_numpy()[rows]
        return int(self.outcomes["world"][int(rows[np.argmin(np.abs(ends - np.median(ends)))])].as_py())

    def to_dict(self) -> dict[str, Any]:
        """Plain data for ``--json``."""
        return {
            "schema_version": 1,
            "folder": str(self.folder),
            "status": self.status,
            "compile_seconds": self.manifest.get("compile_seconds"),
            "play_seconds": self.manifest["wall_seconds"],
            **self.summary.to_dict(),
        }


def core_count() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def to_tables(compiled: Compiled, result: SliceResult, event_worlds: int) -> dict[str, pa.Table]:
    """The three tables of a slice; events of worlds from ``event_worlds`` on are left out."""
    from rearguard.engine import EVENT_NUMBERS
    from rearguard.engine.events import ITEM_OF
    from rearguard.engine.world import Overflow

    names = compiled.names
    o = result.outcomes
    slack = o["deadline_time"] - o["contact_time"]
    silent = o["world"] >= event_worlds

    def seconds(values: np.ndarray) -> pa.Array:
        return pa.array(values, pa.float32(), from_pandas=True)

    outcomes = pa.table(
        {
            "world": pa.array(o["world"], pa.int64()),
            "outcome": strings(o["outcome"], names.outcomes),
            "end_time": seconds(o["end_time"]),
            "contact_time": seconds(o["contact_time"]),
            "deadline": seconds(o["deadline_time"]),
            "slack": seconds(slack),
            "ticks": pa.array(o["ticks"], pa.int32()),
            "agent_steps": pa.array(o["agent_steps"], pa.int64()),
            "events": pa.array(o["events"], pa.int32(), mask=silent),
            "overflow": pa.array(np.where(silent, o["overflow"] & ~int(Overflow.events), o["overflow"]), pa.int32()),
        }
    )
    count = len(names.people)
    worlds = len(o["world"])
    people: dict[str, Any] = {
        "world": pa.array(np.repeat(o["world"], count), pa.int64()),
        "person": strings(np.tile(np.arange(count), worlds), names.people),
        "side": strings(np.tile(np.array(names.side_of), worlds), names.sides),
    }
    for column, values in result.people.items():
        people[column] = pa.array(values.reshape(-1))
    e = result.events[result.events["world"] < event_worlds]
    kinds = list(EVENT_NUMBERS)
    place = np.full(max(EVENT_NUMBERS.values()) + 1, -1)
    place[list(EVENT_NUMBERS.values())] = np.arange(len(kinds))
    kind_of = place[e["kind"]]
    item_names = sorted({n for kind in kinds for n in names.item_names(kind)})
    position = {n: k for k, n in enumerate(item_names)}
    items = np.full(len(e), -1, np.int64)
    # stages are counted within their payload, the target: how many come before those of an entity
    stage_before = np.zeros(len(names.entities) + 1, np.int64)
    stage_before[count:-1] = np.cumsum([0, *map(len, names.stages[:-1])])[: len(names.payloads)]
    for k, kind in enumerate(kinds):
        own = np.array([position[n] for n in names.item_names(kind)] or [-1], np.int64)
        at = e["item"] + (stage_before[e["target"]] if ITEM_OF.get(kind) == "stage" else 0)
        rows = (kind_of == k) & (e["item"] >= 0) & (at < len(own))
        items[rows] = own[at[rows]]
    events = pa.table(
        {
            "world": pa.array(e["world"], pa.int64()),
            "tick": pa.array(e["tick"], pa.int32()),
            "time": pa.array(e["time"], pa.float32()),
            "kind": strings(kind_of, kinds),
            "actor": strings(e["actor"], names.entities),
            "target": strings(e["target"], names.entities),
            "item": strings(items, item_names),
            "value": pa.array(e["value"], pa.float32()),
            "x": pa.array(e["x"], pa.float32()),
            "y": pa.array(e["y"], pa.float32()),
        }
    )
    return {"outcomes": outcomes, "people": pa.table(people), "events": events}


def play_slice(place: Program | Parcel, worlds: range, seed: int, event_worlds: int) -> dict[str, pa.Table]:
    """A task: the tables of a slice of worlds."""
    program = program_of(place)
    result = program.play(seed, np.arange(worlds.start, worlds.stop), log=worlds.start < event_worlds)
    return to_tables(program.compiled, result, event_worlds)


class _Player:
    """Plays the missing slices of a folder and keeps what comes back."""

    def __init__(
        self,
        loaded: LoadedScenario,
        program: Program,
        folder: RunFolder,
        executor: Executor,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self.loaded, self.program, self.folder, self.executor = loaded, program, folder, executor
        self.plan = folder.manifest["plan"]
        self.progress = progress
        self.stop = threading.Event()
        self.started = time.perf_counter()
        self.names = program.compiled.names.outcomes
        self.counts = [0] * (len(self.names) + 1)
        self.done = 0
        self.found = 0
        self.played_seconds = 0.0

    @property
    def slice_count(self) -> int:
        return -(-int(self.plan["worlds"]) // int(self.plan["slice_size"]))

    def worlds_of(self, k: int) -> range:
        size = self.plan["slice_size"]
        return range(k * size, min((k + 1) * size, self.plan["worlds"]))

    def take(self, k: int, tables: dict[str, pa.Table]) -> None:
        now = time.perf_counter()
        self.folder.add(k, tables, now - self.started - self.played_seconds)
        self.played_seconds = now - self.started
        self.count(tables["outcomes"])

    def count(self, outcomes: pa.Table) -> None:
        for entry in outcomes["outcome"].combine_chunks().value_counts().to_pylist():
            name = entry["values"]
            self.counts[self.names.index(name) if name is not None else -1] += entry["counts"]
        self.done += outcomes.num_rows
        if self.progress is not None:
            seconds = time.perf_counter() - self.started
            played = self.done - self.found
            self.progress(Progress(self.done, self.plan["worlds"], played, seconds, self.names, list(self.counts)))

    def run(self) -> list[int]:
        """Play what is missing; returns the finished slices in order. Once told to stop, finishes those in flight."""
        finished = self.folder.finished_slices(self.slice_count)
        for k in sorted(finished):
            self.found += len(self.worlds_of(k))
            self.count(self.folder.read_parts("outcomes", [k]))
        missing = [k for k in range(self.slice_count) if k not in finished]
        place = place_of(self.executor, self.loaded, self.program)
        tasks = ((place, self.worlds_of(k), self.plan["seed"], self.plan["event_worlds"]) for k in missing)
        with closing(self.executor.submit(play_slice, tasks, self.stop)) as results:
            for number, tables in results:
                self.take(missing[number], tables)
                finished.add(missing[number])
        return sorted(finished)


@contextlib.contextmanager
def first_interrupt(stop: threading.Event) -> Iterator[None]:
    """Within it the first Ctrl-C only asks to stop, so that no slice is lost half-way; the second interrupts."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ask(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def check_seed(seed: int) -> None:
    """Refuse a seed that is not a word of 32 bits."""
    if not 0 <= seed < 2**32:
        raise RunError(f"the seed must lie between 0 and 2^32 - 1, found {seed}")


def make_plan(
    loaded: LoadedScenario, *, worlds: int, seed: int, event_worlds: int, slice_size: int | None, slots: int
) -> dict[str, Any]:
    """What a run plays, in plain data. slots: slices that are under way at once."""
    if worlds < 1:
        raise RunError(f"a run needs at least 1 world, found {worlds}")
    if worlds > 2**32:
        raise RunError(f"a run can have at most 2^32 worlds, found {worlds}")
    check_seed(seed)
    if slice_size is not None and slice_size < 1:
        raise RunError("worlds per slice are a whole number from 1 up")
    size = slice_size or max(1, min(LARGEST_SLICE, -(-worlds // (4 * slots))))
    return {
        "scenario": loaded.scenario.name,
        "path": str(loaded.path.resolve()),
        "digest": loaded.digest,
        "overrides": list(loaded.overrides),
        "worlds": worlds,
        "seed": seed,
        "event_worlds": event_worlds,
        "slice_size": size,
    }


def prepare_program(loaded: LoadedScenario, device: str = "cpu", say: Callable[[str], None] | None = None) -> Program:
    """Compile a scenario and get its kernel, saying so when that takes long."""
    from rearguard import engine
    from rearguard.scenario.compile import compile_scenario

    compiled = compile_scenario(loaded)
    if say is not None and not engine.is_compiled(compiled, device):
        say("compiling kernels for the mechanics in use (once; cached after) …")
    program = engine.prepare(compiled, device)
    if say is not None and not program.was_cached:
        say(f"compiled in {program.compile_seconds:.1f} s")
    return program


def run(
    scenario: str | Path | LoadedScenario,
    *,
    worlds: int = 1000,
    seed: int = 0,
    out: str | Path | None = None,
    device: str = "cpu",
    overrides: Sequence[str] = (),
    threads: int | None = None,
    ray: str | None = None,
    event_worlds: int = EVENT_WORLDS,
    slice_size: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    say: Callable[[str], None] | None = None,
) -> Run:
    """Play ``worlds`` worlds of a scenario and keep them in a folder.

    scenario: name of a shipped scenario, path of a file, or a loaded one. seed: of all draws. out: folder of the run,
    default runs/TIME-NAME-HASH. overrides: ``path=value`` texts. threads: default one per core. ray: address of a Ray
    cluster that plays instead of threads of this machine, to the same rows. event_worlds: how many worlds keep their
    events. progress: called after every slice; say: called with messages for people.
    The first Ctrl-C finishes the slices in flight and returns what there is, with the status "interrupted".
    Raises ScenarioError for a scenario that cannot be used, RunError for anything else a user can mend, Interrupted when
    it was interrupted before there was anything to sum up.
    """
    from rearguard.scenario.load import LoadedScenario, load_scenario

    loaded = scenario if isinstance(scenario, LoadedScenario) else load_scenario(scenario, overrides=overrides)
    if ray is not None and device != "cpu":
        raise RunError(
            "a device is of this machine, and --ray plays on the processors of a cluster; leave one of them out"
        )
    with closing(open_executor(ray, threads)) as executor:
        plan = make_plan(
            loaded,
            worlds=worlds,
            seed=seed,
            event_worlds=event_worlds,
            slice_size=slice_size,
            slots=executor.slots(),
        )
        if out is not None:
            check_free(Path(out))
        program = prepare_program(loaded, device, say)
        path = Path(out) if out is not None else default_folder(loaded.scenario.name, loaded.digest)
        with locked(path):
            folder = RunFolder.create(path, plan, loaded.resolved_yaml())
            if out is None:
                point_latest(path)
            return _play(loaded, program, folder, executor, progress)


def resume(
    path: str | Path,
    *,
    device: str | None = None,
    threads: int | None = None,
    ray: str | None = None,
    progress: Callable[[Progress], None] | None = None,
    say: Callable[[str], None] | None = None,
) -> Run:
    """Go on with an interrupted run: same scenario, same seed, same device, only the worlds that are missing.

    device: where it was begun unless given; another one is refused, because results may differ in the last digits.
    ray: as for ``run``; what was begun on processors goes on on a cluster, and the other way round. A folder that another
    process is writing is refused as well.
    """
    RunFolder.open(Path(path))  # what holds no run is left as it is
    with locked(Path(path)):
        return _resume(RunFolder.open(Path(path)), device, threads, ray, progress, say)


def _resume(
    folder: RunFolder,
    device: str | None,
    threads: int | None,
    ray: str | None,
    progress: Callable[[Progress], None] | None,
    say: Callable[[str], None] | None,
) -> Run:
    from rearguard.scenario.load import load_scenario

    path, plan = folder.path, folder.manifest["plan"]
    if folder.manifest["status"] == "complete":
        raise RunError(f"{path} is complete: {plan['worlds']} worlds; nothing to resume")
    loaded = load_scenario(plan["path"], overrides=plan["overrides"])
    folder.check_plan(
        make_plan(
            loaded,
            worlds=plan["worlds"],
            seed=plan["seed"],
            event_worlds=plan["event_worlds"],
            slice_size=plan["slice_size"],
            slots=1,
        )
    )
    begun = str(folder.manifest.get("device", "cpu"))
    if device is not None and device != begun:
        raise RunError(f"{path} was begun on {begun} and cannot go on on {device}; leave --device out")
    if ray is not None and begun != "cpu":
        raise RunError(f"{path} was begun on {begun} and cannot go on on the processors of a cluster; leave --ray out")
    with closing(open_executor(ray, threads)) as executor:
        program = prepare_program(loaded, begun, say)
        return _play(loaded, program, folder, executor, progress)


def read_run(path: str | Path, *, say: Callable[[str], None] | None = None) -> Run:
    """A finished run as it lies in its folder. Raises RunError for one that is none, or whose scenario has changed."""
    import pyarrow.parquet as pq

    from rearguard.scenario.load import load_scenario

    folder = RunFolder.open(Path(path))
    if folder.manifest["status"] == "running":
        raise RunError(f"{path} is not finished; go on with: rearguard run --resume {shlex.quote(str(path))}")
    plan = folder.manifest["plan"]
    loaded = load_scenario(plan["path"], overrides=plan["overrides"])
    if loaded.digest != plan["digest"]:
        raise RunError(f"{plan['path']} has changed since {path} was played; run it again")
    program = prepare_program(loaded, "cpu", say)
    try:
        tables = {name: pq.read_table(folder.path / f"{name}.parquet") for name in ("outcomes", "people", "events")}
    except (OSError, pa.ArrowException) as error:
        raise RunError(f"{path} cannot be read: {error}") from error
    summary = summarize(program.compiled, tables, folder.manifest)
    return Run(
        folder.path,
        folder.manifest["status"],
        tables["outcomes"],
        tables["people"],
        tables["events"],
        summary,
        folder.manifest,
        (loaded, program),
    )


def _play(
    loaded: LoadedScenario,
    program: Program,
    folder: RunFolder,
    executor: Executor,
    progress: Callable[[Progress], None] | None,
) -> Run:
    player = _Player(loaded, program, folder, executor, progress)
    folder.manifest["compile_seconds"] = round(program.compile_seconds, 3)
    folder.manifest["device"] = program.device
    folder.manifest["versions"] = tool_versions()
    go_on = f"go on with: rearguard run --resume {shlex.quote(str(folder.path))}"
    try:
        with first_interrupt(player.stop):
            slices = player.run()
            if not slices:
                folder.manifest["status"] = "interrupted"
                folder.save()
                raise Interrupted(f"interrupted before a slice of worlds was finished; {go_on}")
            status = "complete" if len(slices) == player.slice_count else "interrupted"
            tables = folder.merge(slices, status)
            summary = summarize(program.compiled, tables, folder.manifest)
    except KeyboardInterrupt:
        raise Interrupted(f"interrupted; what is finished is kept, {go_on}") from None
    return Run(
        folder.path,
        status,
        tables["outcomes"],
        tables["people"],
        tables["events"],
        summary,
        folder.manifest,
        (loaded, program),
    )

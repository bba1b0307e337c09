"""Deciding expectations: worlds are played until every one has passed or failed, or the budget is spent.

Every verdict comes from an interval that holds at all numbers of worlds at once (``sequential.py``), so that looking
after every batch costs nothing of its error rate. The error that is asked for is that of the whole check: it is shared
out evenly over the expectations (Bonferroni).
"""

from __future__ import annotations

import math
import shlex
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from rearguard.scenario.expect_entries import expectations_of
from rearguard.scenario.expectations import Band, Expectation
from rearguard.study.beats import band_dict, chosen, finite
from rearguard.study.executor import open_executor
from rearguard.study.folder import Interrupted, RunError
from rearguard.study.measure import Gauge, Readings, event_log, gauges
from rearguard.study.parcel import place_of
from rearguard.study.run import check_seed, first_interrupt, prepare_program
from rearguard.study.sequential import decide
from rearguard.study.statistics import Estimate
from rearguard.study.stream import BATCH, stream

if TYPE_CHECKING:
    from rearguard.engine import Program, SliceResult
    from rearguard.scenario.load import LoadedScenario
    from rearguard.scenario.source import Position

MAX_WORLDS = 10_000
"""Worlds that are played at most unless told otherwise."""
ERROR = 0.01
"""Chance that any verdict of a check is wrong, unless told otherwise."""
GROWTH = 1.1
"""Factor by which the worlds grow between two looks."""

Answer = Literal["pass", "fail", "inconclusive"]


@dataclass(frozen=True)
class Verdict:
    """What was decided about one expectation.

    worlds: played until then; counted: those of them that count. why: what kept it from being decided. world: one that
    shows the failure, and ``replay`` the command that plays it again. where: its place in the scenario file.
    """

    expectation: Expectation
    answer: Answer
    estimate: Estimate
    worlds: int
    counted: int
    vacuous: int = 0
    truncated: int = 0
    why: str | None = None
    world: int | None = None
    replay: str | None = None
    where: Position | None = None

    @property
    def certifiable(self) -> float:
        """Width of the narrowest band that so many worlds could certify."""
        return self.estimate.high - self.estimate.low

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        e = self.expectation
        return {
            "name": e.name,
            "text": e.text,
            "about": e.about,
            "kind": "share" if e.is_share else "statistic",
            "unit": e.unit,
            "verdict": self.answer,
            "estimate": finite(self.estimate),
            "band": band_dict(e.band),
            "worlds": self.worlds,
            "counted": self.counted,
            "vacuous": self.vacuous,
            "truncated": self.truncated,
            "certifiable_width": round(self.certifiable, 6) if math.isfinite(self.certifiable) else None,
            "why": self.why,
            "world": self.world,
            "replay": self.replay,
            "file": None if self.where is None else self.where.file,
            "line": None if self.where is None else self.where.line,
            "column": None if self.where is None else self.where.column,
        }


@dataclass(frozen=True)
class CheckProgress:
    """Where a check stands: worlds done, budget, seconds since its start, answers so far, expectations in all."""

    done: int
    budget: int
    seconds: float
    answers: list[Answer]
    total: int


@dataclass(frozen=True)
class CheckResult:
    """All verdicts of a check. error: chance that any of them is wrong."""

    scenario: str
    seed: int
    worlds: int
    budget: int
    error: float
    verdicts: list[Verdict]
    interrupted: bool = False
    seconds: float = field(default=0.0, compare=False)

    @property
    def status(self) -> Literal["pass", "fail", "inconclusive", "interrupted", "nothing"]:
        """The answer of the whole: a failure weighs most, and nothing passes that is undecided."""
        if not self.verdicts:
            return "nothing"
        if self.interrupted:
            return "interrupted"
        answers = {verdict.answer for verdict in self.verdicts}
        return "fail" if "fail" in answers else "inconclusive" if "inconclusive" in answers else "pass"

    def of(self, answer: Answer) -> list[Verdict]:
        """Verdicts with an answer."""
        return [verdict for verdict in self.verdicts if verdict.answer == answer]

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "schema_version": 1,
            "scenario": self.scenario,
            "status": self.status,
            "seed": self.seed,
            "worlds": self.worlds,
            "max_worlds": self.budget,
            "error": self.error,
            "seconds": round(self.seconds, 3),
            "expectations": [verdict.to_dict() for verdict in self.verdicts],
        }


def replay_command(loaded: LoadedScenario, scenario: str, world: int, seed: int) -> str:
    """The command that plays a world again."""
    again = "".join(f" --set {shlex.quote(text)}" for text in loaded.overrides)
    return f"rearguard replay {shlex.quote(scenario)} --world {world} --seed {seed}{again}"


def telling_world(readings: Readings, estimate: Estimate, expectation: Expectation) -> int | None:
    """A world that shows why the estimate lies outside the band; of a statistic, one of middling offence."""
    too_high = not estimate.value <= expectation.band.high
    if expectation.is_share:
        offending = np.flatnonzero(readings.holds if too_high else readings.breaks)
        return int(readings.ids[offending[0]]) if len(offending) else None
    high, low = expectation.band.high, expectation.band.low
    beyond = (readings.values > high) | ~readings.observed if too_high else readings.values < low
    offending = np.flatnonzero(readings.counted & beyond)
    if not len(offending):
        return None
    values = readings.values[offending]
    return int(readings.ids[offending[np.argmin(np.abs(values - np.median(values)))]])


class _Trial:
    """One expectation under test: its readings so far, and its verdict once there is one."""

    def __init__(self, gauge: Gauge, error: float, command: Callable[[int], str], where: Position | None) -> None:
        self.gauge = gauge
        self.error = error
        self.command = command
        self.where = where
        self.parts: list[Readings] = []
        self.verdict: Verdict | None = None
        self.most_events = 0

    @property
    def is_open(self) -> bool:
        return self.verdict is None

    def look(self, worlds: int, *, last: bool = False) -> None:
        """Decide if that can be done; when it is the ``last`` look, say what is missing."""
        if not self.is_open:
            return
        expectation = self.gauge.expectation
        self.parts = [Readings.join(self.parts)]
        readings = self.parts[0]
        estimate = self.gauge.estimate(readings, self.error)
        counted, truncated = int(readings.counted.sum()), int(readings.truncated.sum())
        found = decide(estimate, expectation.band) if counted else None
        why, world = None, None
        answer: Answer
        if truncated:
            answer = "inconclusive"
            why = (
                f"the logs of {truncated:,} worlds are cut, so that late events are missing: "
                f"set log.events to {self.most_events:,} or more (--set log.events={self.most_events})"
            )
        elif found is not None:
            answer = found
            world = telling_world(readings, estimate, expectation) if found == "fail" else None
        elif last:
            answer, why = "inconclusive", _missing(estimate, expectation, counted)
        else:
            return
        self.verdict = Verdict(
            expectation,
            answer,
            estimate,
            worlds,
            counted,
            int((readings.vacuous & readings.counted).sum()),
            truncated,
            why,
            world,
            None if world is None else self.command(world),
            self.where,
        )


def _missing(estimate: Estimate, expectation: Expectation, counted: int) -> str:
    """Why worlds did not suffice, and about how many would."""
    if counted == 0:
        what = f"'{expectation.given}' occurred" if expectation.given is not None else "there was contact"
        return f"in no world {what}, so nothing is known"
    band = expectation.band
    edges = [edge for edge in (band.low, band.high) if math.isfinite(edge)]
    gap = min(abs(estimate.value - edge) for edge in edges) if math.isfinite(estimate.value) else 0.0
    gap = max(gap, 0.5 * band.indifference)
    half = 0.5 * (estimate.high - estimate.low)
    if gap <= 0.0 or not math.isfinite(half):
        return "these worlds do not tell whether it lies in the band"
    needed = counted * (half / gap) ** 2
    if needed > 1e9:
        return "it lies so near an edge of the band that no number of worlds will tell; give an indifference"
    rounded = math.ceil(float(f"{needed:.1g}"))
    return f"the interval reaches over an edge of the band; about {rounded:,} worlds that count would decide it"


def _with_indifference(expectation: Expectation, indifference: float) -> Expectation:
    """A share that has no indifference of its own takes that of the whole check."""
    if not expectation.is_share or expectation.band.indifference > 0.0:
        return expectation
    band = Band(expectation.band.low, expectation.band.high, indifference)
    return replace(expectation, band=band)


def prepare_check(
    scenario: str | Path | LoadedScenario,
    seed: int,
    only: Sequence[str],
    max_worlds: int,
    error: float,
    indifference: float,
    overrides: Sequence[str],
) -> tuple[LoadedScenario, list[Expectation]]:
    """The scenario and the expectations that are to be decided; refuses options that cannot be."""
    from rearguard.scenario.load import LoadedScenario, load_scenario

    check_seed(seed)
    if not 0.0 < error < 0.5:
        raise RunError(f"the error is a chance above 0 and below 0.5, found {error:g}")
    if not 0.0 <= indifference < 0.5:
        raise RunError(f"the indifference is a share from 0 to below 0.5, found {indifference:g}")
    if not 1 <= max_worlds <= 2**32:
        raise RunError(f"a check plays at least 1 and at most 2^32 worlds, found {max_worlds}")
    loaded = scenario if isinstance(scenario, LoadedScenario) else load_scenario(scenario, overrides=overrides)
    wanted = chosen(expectations_of(loaded.scenario), only)
    return loaded, [_with_indifference(expectation, indifference) for expectation in wanted]


def check(
    scenario: str | Path | LoadedScenario,
    *,
    seed: int = 0,
    only: Sequence[str] = (),
    max_worlds: int = MAX_WORLDS,
    error: float = ERROR,
    indifference: float = 0.0,
    overrides: Sequence[str] = (),
    threads: int | None = None,
    ray: str | None = None,
    progress: Callable[[CheckProgress], None] | None = None,
    say: Callable[[str], None] | None = None,
) -> CheckResult:
    """Play worlds until every expectation of a scenario is decided, or ``max_worlds`` are played.

    only: names (or numbers) of expectations. error: chance that any verdict is wrong. indifference: how far outside its
    band a share may lie without it mattering, unless the expectation says so itself. ray: address of a Ray cluster that
    plays instead of threads of this machine, to the same verdicts. The first Ctrl-C ends the check
    with what is known. A scenario without expectations gives a result with the status "nothing". Raises ScenarioError
    for a scenario that cannot be used, RunError for anything else that a user can mend.
    """
    loaded, wanted = prepare_check(scenario, seed, only, max_worlds, error, indifference, overrides)
    name = str(loaded.path if scenario is loaded else scenario)
    result = CheckResult(loaded.scenario.name, seed, 0, max_worlds, error, [])
    if not wanted:
        return result
    program = prepare_program(loaded, "cpu", say)
    trials = [
        _Trial(
            gauge,
            error / len(wanted),
            lambda world: replay_command(loaded, name, world, seed),
            loaded.source.value(("expect", gauge.expectation.index)),
        )
        for gauge in gauges(wanted, program.compiled)
    ]
    stop = threading.Event()
    started = time.perf_counter()
    try:
        with closing(open_executor(ray, threads)) as executor, first_interrupt(stop):
            place = place_of(executor, loaded, program)
            batches = stream(
                executor, place, seed=seed, worlds=max_worlds, stop=stop, log=lambda: _needs_events(trials)
            )
            worlds = _play(program, trials, max_worlds, batches, progress)
    except KeyboardInterrupt:
        raise Interrupted("interrupted; nothing is known that could be told") from None
    if worlds == 0:
        raise Interrupted("interrupted before any world was played to its end; nothing is known yet")
    for trial in trials:
        trial.look(worlds, last=True)
    verdicts = [trial.verdict for trial in trials if trial.verdict is not None]
    seconds = time.perf_counter() - started
    return replace(result, worlds=worlds, verdicts=verdicts, interrupted=stop.is_set(), seconds=seconds)


def _needs_events(trials: Sequence[_Trial]) -> bool:
    return any(trial.is_open and trial.gauge.expectation.needs_events for trial in trials)


def _play(
    program: Program,
    trials: list[_Trial],
    budget: int,
    batches: Generator[SliceResult, None, None],
    progress: Callable[[CheckProgress], None] | None,
) -> int:
    """Play at most ``budget`` worlds and look, until all is decided; returns how many worlds were played."""
    started = time.perf_counter()
    worlds, next_look = 0, BATCH
    for result in batches:
        events = event_log(result, program.compiled) if _needs_events(trials) else None
        for trial in trials:
            if trial.is_open:
                trial.parts.append(trial.gauge.measure(result, events))
                trial.most_events = max(trial.most_events, int(result.outcomes["events"].max()))
        worlds += len(result.outcomes["world"])
        if worlds >= min(next_look, budget):
            next_look = max(worlds + BATCH, int(worlds * GROWTH))
            for trial in trials:
                trial.look(worlds)
        if progress is not None:
            answers = [trial.verdict.answer for trial in trials if trial.verdict is not None]
            progress(CheckProgress(worlds, budget, time.perf_counter() - started, answers, len(trials)))
        if not any(trial.is_open for trial in trials):
            batches.close()
    return worlds

"""Why an expectation does not hold: which clause broke, in how many worlds, and in which one to see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rearguard.scenario.expect_entries import expectations_of
from rearguard.scenario.expectations import Chain, Ends, Expectation, Statistic, Window
from rearguard.scenario.patterns import EventPattern
from rearguard.study.beats import chosen
from rearguard.study.check import replay_command
from rearguard.study.folder import RunError
from rearguard.study.measure import Gauge, Readings, event_log, join_results
from rearguard.study.monitor import (
    ChainMonitor,
    EventLog,
    Flags,
    Matcher,
    Reached,
    Rows,
    Runs,
    WindowMonitor,
    bindings,
    follow,
    look_up,
    runs,
)
from rearguard.study.run import check_seed, prepare_program
from rearguard.study.statistics import Floats
from rearguard.study.stream import play_worlds

if TYPE_CHECKING:
    from rearguard.engine import SliceResult
    from rearguard.scenario.compiled import Names
    from rearguard.scenario.load import LoadedScenario


@dataclass(frozen=True)
class Reason:
    """One way to fail. clause: the part that broke; what: how; worlds: in how many; example: one of them.

    hints: what came near, each a sentence.
    """

    clause: str
    what: str
    worlds: int
    example: int
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class WhyNot:
    """All ways in which an expectation failed. counted: worlds that count; failing: those in which it does not hold."""

    expectation: Expectation
    worlds: int
    counted: int
    failing: int
    reasons: list[Reason]
    example: int | None
    replay: str | None

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "schema_version": 1,
            "name": self.expectation.name,
            "text": self.expectation.text,
            "worlds": self.worlds,
            "counted": self.counted,
            "failing": self.failing,
            "reasons": [
                {"clause": r.clause, "what": r.what, "worlds": r.worlds, "example": r.example, "hints": list(r.hints)}
                for r in self.reasons
            ],
            "example": self.example,
            "replay": self.replay,
        }


@dataclass(frozen=True)
class _Sample:
    """Worlds to explain: their log, and which of them fail."""

    log: EventLog
    ids: np.ndarray
    names: Names
    failing: Flags

    def reason(self, clause: str, what: str, worlds: Flags, hints: Sequence[str] = ()) -> Iterator[Reason]:
        """A reason for those of ``worlds`` that fail, if there are any."""
        own = np.flatnonzero(worlds & self.failing)
        if len(own):
            yield Reason(clause, what, len(own), int(self.ids[own[0]]), tuple(hints))

    def occurs(self, matcher: Matcher) -> Flags:
        """Worlds in which a pattern occurs under some binding."""
        found = np.zeros(self.log.count, bool)
        for binding in bindings(self.log, [matcher]):
            found |= self.log.flags(runs(self.log, matcher, binding).end)
        return found

    def near(self, pattern: EventPattern, worlds: Flags) -> list[str]:
        """In how many of ``worlds`` the event would have been found without one of its clauses."""
        out = []
        for words, relaxed in _relaxed(pattern):
            count = int((self.occurs(look_up(relaxed, self.names, {})) & worlds & self.failing).sum())
            if count:
                out.append((count, f"in {count} of them it did, but not `{words}`"))
        return [text for _, text in sorted(out, key=lambda pair: -pair[0])]


def _relaxed(pattern: EventPattern) -> Iterator[tuple[str, EventPattern]]:
    """A pattern without each of its clauses in turn, with the words of the clause."""
    if pattern.item is not None:
        yield f"with {pattern.item}", replace(pattern, item=None)
    if pattern.actor is not None:
        yield f"by {pattern.actor}", replace(pattern, actor=None)
    if pattern.target is not None:
        yield f"on {pattern.target}", replace(pattern, target=None)
    if pattern.sign:
        unit = pattern.kind.value.si if pattern.kind.value is not None else ""
        yield f"value {pattern.sign} {pattern.limit:g} {unit}".rstrip(), replace(pattern, sign="")
    if pattern.times > 1:
        yield f"at least {pattern.times} times", replace(pattern, times=1)


def _never(sample: _Sample, clause: str, matcher: Matcher, worlds: Flags) -> Iterator[Reason]:
    """Worlds in which an event never happened, with what came near."""
    pattern = matcher.pattern
    yield from sample.reason(clause, "never happened", worlds, sample.near(pattern, worlds))


# -------------------------------------------------------------------------------------------------------------- chains


def _reach(log: EventLog, chain: ChainMonitor, steps: int) -> list[tuple[dict[str, int], Reached]]:
    """Where chains stand after so many steps, by binding."""
    out = []
    for binding in bindings(log, chain.steps[:steps]):
        first = runs(log, chain.steps[0], binding)
        reached = Reached(first.end, first.start)
        for matcher, within in zip(chain.steps[1:steps], chain.within[1:steps], strict=True):
            reached = follow(log, reached, runs(log, matcher, binding), log.ticks_within(within))
        out.append((binding, reached))
    return out


def _chain_reasons(sample: _Sample, chain: ChainMonitor) -> Iterator[Reason]:
    """For each step, the worlds that came up to it and no further, and why."""
    log = sample.log
    before = np.ones(log.count, bool)
    for k, matcher in enumerate(chain.steps):
        clause = f"{'first' if k == 0 else 'then'}: {matcher.pattern}"
        after = np.zeros(log.count, bool)
        for _, reached in _reach(log, chain, k + 1):
            after |= log.flags(reached.end)
        stuck = before & ~after
        if k == 0:
            yield from _never(sample, clause, matcher, stuck)
        else:
            yield from _step_reasons(sample, chain, k, clause, stuck)
        before = after
    if chain.unless is not None:
        yield from sample.reason(f"unless: {chain.unless.pattern}", "came in between", before)


def _delays(log: EventLog, reached: Reached, step: Runs) -> tuple[Rows, Floats]:
    """Rows of steps that come behind a place reached in their world, and how long behind [s]."""
    if not len(reached.end):
        return np.zeros(0, np.int64), np.zeros(0)
    came = np.searchsorted(reached.end, step.start, side="left") - 1
    place = reached.end[np.maximum(came, 0)]
    behind = (came >= 0) & (log.world[place] == log.world[step.end])
    return step.end[behind], (log.tick[step.end] - log.tick[place])[behind] * log.step


def _step_reasons(sample: _Sample, chain: ChainMonitor, k: int, clause: str, stuck: Flags) -> Iterator[Reason]:
    """Why step ``k`` was not taken in the worlds that were ``stuck`` before it."""
    log, matcher = sample.log, chain.steps[k]
    late, both = np.full(log.count, np.inf), np.zeros(log.count, bool)
    for binding, reached in _reach(log, chain, k):
        step = runs(log, matcher, binding)
        rows, delay = _delays(log, reached, step)
        np.minimum.at(late, log.world[rows], delay)
        both |= log.flags(step.end) & log.flags(reached.end)
    too_late = stuck & np.isfinite(late)
    if (own := too_late & sample.failing).any():
        allowed = chain.within[k]
        what = f"came too late (median {np.median(late[own]):.1f} s after, allowed {allowed:g} s)"
        yield from sample.reason(clause, what, too_late)
    only_before = stuck & ~too_late & both
    where = f"`{chain.steps[k - 1].pattern}`"
    yield from sample.reason(clause, f"happened, but only before {where}", only_before)
    missing = stuck & ~too_late & ~only_before
    elsewhere = missing & sample.occurs(matcher) if matcher.variables else np.zeros(log.count, bool)
    variables = ", ".join(f"?{v}" for v in matcher.variables)
    yield from sample.reason(clause, f"happened, but not with the same {variables}", elsewhere)
    yield from _never(sample, clause, matcher, missing & ~elsewhere)


# ------------------------------------------------------------------------------------------------------------- windows


def _window_reasons(sample: _Sample, window: WindowMonitor) -> Iterator[Reason]:
    """Why an event did not happen in its window; of ``never``, that it did."""
    log, event = sample.log, window.event
    if window.never:
        first = np.full(log.count, np.inf)
        for binding in bindings(log, [m for m in (window.after, event) if m is not None]):
            found = window.occurrences(log, binding)
            np.minimum.at(first, log.world[found.end], log.tick[found.end] * log.step)
        own = np.isfinite(first) & sample.failing
        when = f"happened (first at {np.median(first[own]):.1f} s, median)" if own.any() else "happened"
        yield from sample.reason(f"never: {event.pattern}", when, own)
        return
    clause = f"happens: {event.pattern}"
    left = np.ones(log.count, bool)
    if window.after is not None:
        opened = sample.occurs(window.after)
        yield from _never(sample, f"after: {window.after.pattern}", window.after, ~opened)
        left &= opened
    occurs = sample.occurs(event)
    yield from _never(sample, clause, event, left & ~occurs)
    left &= occurs
    joint = np.zeros(log.count, bool)
    for binding in bindings(log, [m for m in (window.after, event) if m is not None]):
        both = log.flags(runs(log, event, binding).end)
        if window.after is not None:
            both &= log.flags(runs(log, window.after, binding).end)
        joint |= both
    yield from sample.reason(clause, "happened, but not with the same variables", left & ~joint)
    left &= joint
    inside = replace(window, unless=None).happens(log)
    yield from sample.reason(clause, "happened, but only outside the window", left & ~inside)
    if window.unless is not None:
        yield from sample.reason(f"unless: {window.unless.pattern}", "came first", left & inside)


# -------------------------------------------------------------------------------------------------------------- others


def _outcome_reasons(sample: _Sample, ended: np.ndarray) -> Iterator[Reason]:
    """What worlds ended with instead."""
    for k, name in [*enumerate(sample.names.outcomes), (-1, "unresolved")]:
        yield from sample.reason(f"outcome: {name}", "came instead", ended == k)


def _statistic_reasons(sample: _Sample, expectation: Expectation, readings: Readings) -> Iterator[Reason]:
    """On which side of the band the worlds lie."""
    values, band, unit = readings.values, expectation.band, expectation.unit
    sides = (
        (f"below {band.low:g} {unit}".rstrip(), readings.observed & (values < band.low)),
        (f"above {band.high:g} {unit}".rstrip(), (values > band.high) & readings.observed),
        ("unknown: the world ended first", ~readings.observed),
    )
    for what, worlds in sides:
        own = worlds & readings.counted
        middle = (
            f", median {np.median(values[own & readings.observed]):.1f} {unit}"
            if (own & readings.observed).any()
            else ""
        )
        yield from sample.reason(str(expectation.text), f"{what}{middle}".rstrip(), own)


def explain(gauge: Gauge, result: SliceResult, log: EventLog, names: Names) -> tuple[Readings, list[Reason]]:
    """What worlds show of an expectation, and why it does not hold where it does not."""
    readings, expectation = gauge.measure(result, log), gauge.expectation
    subject = expectation.subject
    failing = readings.counted if isinstance(subject, Statistic) else readings.breaks
    sample = _Sample(log, readings.ids, names, failing)
    if isinstance(subject, Ends):
        reasons = list(_outcome_reasons(sample, result.outcomes["outcome"]))
    elif isinstance(subject, Statistic):
        reasons = list(_statistic_reasons(sample, expectation, readings))
    elif isinstance(subject, Chain):
        assert isinstance(gauge.monitor, ChainMonitor)
        reasons = list(_chain_reasons(sample, gauge.monitor))
    else:
        assert isinstance(subject, Window) and isinstance(gauge.monitor, WindowMonitor)
        reasons = list(_window_reasons(sample, gauge.monitor))
    return readings, reasons


def why_not(
    scenario: str | Path | LoadedScenario,
    name: str,
    *,
    worlds: int = 200,
    seed: int = 0,
    overrides: Sequence[str] = (),
    threads: int | None = None,
    ray: str | None = None,
    say: Callable[[str], None] | None = None,
) -> WhyNot:
    """Play ``worlds`` worlds and say why the expectation ``name`` (or number) does not hold in those where it does not.

    ray: as for ``check``. Raises ScenarioError for a scenario that cannot be used, RunError for anything else that a user
    can mend.
    """
    from rearguard.scenario.load import LoadedScenario, load_scenario

    check_seed(seed)
    loaded = scenario if isinstance(scenario, LoadedScenario) else load_scenario(scenario, overrides=overrides)
    wanted = chosen(expectations_of(loaded.scenario), [name])
    if not wanted:
        raise RunError(f"{loaded.scenario.name} expects nothing: it has no `expect:`")
    program = prepare_program(loaded, "cpu", say)
    result = join_results(list(play_worlds(loaded, program, seed=seed, worlds=worlds, threads=threads, ray=ray)))
    gauge = Gauge(wanted[0], program.compiled)
    names = program.compiled.names
    readings, reasons = explain(gauge, result, event_log(result, program.compiled), names)
    reasons.sort(key=lambda reason: -reason.worlds)
    example = reasons[0].example if reasons else None
    path = str(loaded.path) if isinstance(scenario, LoadedScenario) else str(scenario)
    command = None if example is None else replay_command(loaded, path, example, seed)
    failing = int(readings.breaks.sum()) if wanted[0].is_share else sum(r.worlds for r in reasons)
    return WhyNot(wanted[0], worlds, int(readings.counted.sum()), failing, reasons, example, command)

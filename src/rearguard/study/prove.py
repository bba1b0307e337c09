"""Proving that a check can fail: every expectation is tried on worlds that were tampered with to break it.

Worlds are played, and then their results are falsified in two ways: so that the expectation's value is as low as it can
be in every world, and as high. For patterns that means logs from which the key event (the last step of a chain, the
event of a window) has been taken out, and logs into which a whole occurrence has been written. The same gauges and the
same test then look at them. An expectation for which neither comes out as a failure can never fail: its band holds all
that is possible, or no log can make its pattern false (or true). An expectation about a window that never opened in any
world was not put to the test either.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from rearguard.engine import SliceResult
from rearguard.scenario.expectations import Ends, Expectation, Statistic
from rearguard.study.beats import finite
from rearguard.study.check import ERROR, MAX_WORLDS, Answer, prepare_check
from rearguard.study.measure import Gauge, Readings, event_log, join_results
from rearguard.study.monitor import ChainMonitor, EventLog, Matcher
from rearguard.study.run import prepare_program
from rearguard.study.sequential import decide, share_interval
from rearguard.study.statistics import Estimate
from rearguard.study.stream import play_worlds

if TYPE_CHECKING:
    from rearguard.scenario.compiled import Compiled
    from rearguard.scenario.load import LoadedScenario

SAMPLE = 128
"""Worlds that are played and tampered with."""
MANY = 1000
"""How often a counted event is written into a log."""
MOST_COPIES = 1000
"""How often tampered worlds are repeated at most to fill the budget: more tell no more about them."""

Side = Literal["lowest", "highest"]


@dataclass(frozen=True)
class Attempt:
    """One way of tampering: what was done, what came out, and what the check says of it."""

    what: str
    estimate: Estimate
    answer: Answer


@dataclass(frozen=True)
class Proof:
    """Whether an expectation can fail. seen: what the untouched worlds show; why: what is wrong when it cannot.

    fails_below, fails_above: shares that the check would call a failure with its budget; None where there are none.
    """

    expectation: Expectation
    seen: Estimate
    attempts: list[Attempt]
    why: str | None
    fails_below: float | None = None
    fails_above: float | None = None

    @property
    def holds(self) -> bool:
        """True when the expectation can fail and was put to the test."""
        return self.why is None

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        attempts = [{"what": a.what, "estimate": finite(a.estimate), "verdict": a.answer} for a in self.attempts]
        return {
            "name": self.expectation.name,
            "text": self.expectation.text,
            "can_fail": self.holds,
            "why": self.why,
            "seen": finite(self.seen),
            "attempts": attempts,
            "fails_below": self.fails_below,
            "fails_above": self.fails_above,
        }


@dataclass(frozen=True)
class Proofs:
    """Proofs for all expectations of a scenario, from ``worlds`` worlds, for checks of at most ``budget``."""

    scenario: str
    seed: int
    worlds: int
    budget: int
    proofs: list[Proof]

    @property
    def status(self) -> Literal["pass", "fail", "nothing"]:
        """Pass when every expectation can fail."""
        if not self.proofs:
            return "nothing"
        return "pass" if all(proof.holds for proof in self.proofs) else "fail"

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "schema_version": 1,
            "scenario": self.scenario,
            "status": self.status,
            "seed": self.seed,
            "worlds": self.worlds,
            "max_worlds": self.budget,
            "proofs": [proof.to_dict() for proof in self.proofs],
        }


# ----------------------------------------------------------------------------------------------------- tampering: values


def _all_alike(result: SliceResult, expectation: Expectation, side: Side, outcome: int, limit: float) -> SliceResult:
    """Every world at the lowest (or highest) that an outcome or a time can be."""
    outcomes = dict(result.outcomes)
    n, high = len(outcomes["world"]), side == "highest"

    def fill(value: float) -> np.ndarray:
        return np.full(n, value, np.float32)

    subject = expectation.subject
    if isinstance(subject, Ends):
        # one outcome more than there are stands for any other
        outcomes["outcome"] = np.full(n, outcome if high else outcome + 1, np.int16)
    elif isinstance(subject, Statistic) and subject.measure == "duration":
        outcomes["end_time"] = fill(limit if high else 0.0)
        outcomes["outcome"] = np.full(n, -1 if high else 0, np.int16)
    elif isinstance(subject, Statistic) and subject.measure == "contact":
        outcomes["end_time"] = fill(limit if high else 0.0)
        outcomes["contact_time"] = fill(math.nan if high else 0.0)
    elif isinstance(subject, Statistic) and subject.measure == "slack":
        outcomes["contact_time"] = fill(0.0 if high else limit)
        outcomes["deadline_time"] = fill(1e6 if high else 0.0)
    return replace(result, outcomes=outcomes)


# ------------------------------------------------------------------------------------------------------- tampering: logs


def _witness(matcher: Matcher, binding: Mapping[str, int], tick: int, times: int | None = None) -> list[dict[str, Any]]:
    """Events that are what a pattern says."""
    pattern = matcher.pattern
    row: dict[str, Any] = {"tick": tick, "kind": matcher.kind, "actor": -1, "target": -1, "item": -1, "value": 0.0}
    for column, clause in (("actor", matcher.actor), ("target", matcher.target)):
        if clause is not None:
            bound = binding.get(clause.variable) if clause.variable is not None else None
            row[column] = bound if bound is not None else int(np.flatnonzero(clause.allowed)[0])
    if matcher.items is not None:
        row["item"] = int(matcher.items[0])
    if matcher.pairs is not None:
        allowed = matcher.target.allowed if matcher.target is not None else None
        pairs = [pair for pair in matcher.pairs if allowed is None or allowed[pair[0]]]
        row["target"], row["item"] = pairs[0] if pairs else (-1, -1)
    if pattern.sign:
        row["value"] = pattern.limit + {"<": -1.0, ">": 1.0}.get(pattern.sign, 0.0)
    return [row] * (times or pattern.times)


def _binding(matchers: Sequence[Matcher]) -> dict[str, int]:
    """Somebody for every variable."""
    clauses = [c for m in matchers for c in (m.actor, m.target) if c is not None and c.variable is not None]
    return {str(c.variable): int(np.flatnonzero(c.allowed)[0]) for c in clauses}


def _write(result: SliceResult, rows: list[dict[str, Any]], at_end: bool = False) -> SliceResult:
    """Results with ``rows`` in every world's log: before all events of their tick or later, or at the end."""
    if not rows:
        return result
    worlds = result.outcomes["world"]
    added = np.zeros(len(rows) * len(worlds), result.events.dtype)
    added["world"] = np.repeat(worlds, len(rows))
    for key in rows[0]:
        added[key] = np.tile([row[key] for row in rows], len(worlds))
    if at_end:
        added["tick"] = np.repeat(result.outcomes["ticks"], len(rows))
    events = np.concatenate([result.events, added] if at_end else [added, result.events])
    order = np.lexsort((events["tick"], events["world"]))  # stable: what stands first stays first
    return replace(result, events=events[order])


def _without(result: SliceResult, log: EventLog, matcher: Matcher) -> SliceResult:
    """Results with every event that matches taken out of the logs."""
    keep = np.ones(len(result.events), bool)
    keep[matcher.rows(log)] = False
    return replace(result, events=result.events[keep])


def _tampered_log(result: SliceResult, log: EventLog, gauge: Gauge, side: Side) -> SliceResult:
    """Logs that hold none of what a pattern asks for, or all of it from the start."""
    watch = gauge.monitor
    if watch is None:
        assert gauge.counted is not None, "only counts and patterns look at the log"
        bare = _without(result, log, gauge.counted)
        return bare if side == "lowest" else _write(bare, _witness(gauge.counted, {}, 0, MANY))
    if isinstance(watch, ChainMonitor):
        required, key, tick = list(watch.steps), watch.steps[-1], 0
    else:
        required = [m for m in (watch.after, watch.event) if m is not None]
        key, tick = watch.event, watch.ticks(log)[0]
    if not _occurs(gauge, side):
        return _without(result, log, key)
    binding = _binding(required)
    return _write(result, [row for matcher in required for row in _witness(matcher, binding, tick)])


def _words(gauge: Gauge, side: Side) -> str:
    """What tampering does, in words."""
    if gauge.counted is not None or gauge.monitor is not None:
        return "the events written into every log" if _occurs(gauge, side) else "the key event taken out of every log"
    if isinstance(gauge.expectation.subject, Ends):
        return "every world ends so" if side == "highest" else "no world ends so"
    return f"every world at the {side} there can be"


def _occurs(gauge: Gauge, side: Side) -> bool:
    """Whether the events must be in the log; of `never`, they are what makes it not hold."""
    return (side == "highest") != (gauge.monitor is not None and gauge.monitor.never)


def tamper(result: SliceResult, gauge: Gauge, compiled: Compiled, side: Side) -> Readings:
    """What the gauge reads from worlds that were tampered with."""
    log = event_log(result, compiled)
    if gauge.monitor is None and gauge.counted is None:
        altered = _all_alike(result, gauge.expectation, side, gauge.outcome, gauge.limit)
    else:
        altered = _tampered_log(result, log, gauge, side)
    if gauge.given is not None:
        altered = _write(altered, _witness(gauge.given, {}, 0), at_end=True)
    return gauge.measure(altered, event_log(altered, compiled))


# --------------------------------------------------------------------------------------------------------------- proving


def prove_one(gauge: Gauge, result: SliceResult, compiled: Compiled, error: float, budget: int) -> Proof:
    """Try to make one expectation fail, as a check with a budget of ``budget`` worlds would see it."""
    expectation = gauge.expectation
    readings = gauge.measure(result, event_log(result, compiled))
    seen = gauge.estimate(readings, error)
    copies = min(max(1, budget // len(readings.ids)), MOST_COPIES)
    attempts = []
    sides: tuple[Side, Side] = ("lowest", "highest")
    for side in sides:
        altered = Readings.join([tamper(result, gauge, compiled, side)] * copies)
        estimate = gauge.estimate(altered, error)
        found = decide(estimate, expectation.band) if altered.counted.any() else None
        attempts.append(Attempt(_words(gauge, side), estimate, found or "inconclusive"))
    why = None
    counted = int(readings.counted.sum())
    if expectation.is_vacuous(gauge.limit):
        why = "its band holds all that is possible"
    elif not any(attempt.answer == "fail" for attempt in attempts):
        why = _why(expectation, attempts)
    elif counted == 0:
        why = f"no world of {len(readings.ids):,} counts, so it was not put to the test"
    elif bool(readings.vacuous[readings.counted].all()):
        why = f"its window opened in none of {counted:,} worlds, so there was nothing to forbid"
    below, above = _thresholds(expectation, error, round(budget * counted / len(readings.ids)))
    return Proof(expectation, seen, attempts, why, below, above)


def _why(expectation: Expectation, attempts: Sequence[Attempt]) -> str:
    """Why neither way of tampering made it fail."""
    if any(attempt.answer == "inconclusive" for attempt in attempts):
        return "so few worlds cannot tell even the plainest breach: give the check more, or the band more room"
    values = {attempt.estimate.value for attempt in attempts}
    if expectation.is_share and len(values) == 1:
        always = "true" if values == {1.0} else "false"
        return f"no log can make its pattern anything but {always}"
    return "neither extreme lies outside its band"


def _thresholds(expectation: Expectation, error: float, trials: int) -> tuple[float | None, float | None]:
    """The shares next to the band that a check would call a failure, below and above."""
    if not expectation.is_share or trials < 1:
        return None, None
    band = expectation.band

    def fails(successes: int) -> bool:
        return decide(share_interval(successes, trials, error), band) == "fail"

    def first(start: int, end: int) -> float | None:
        """The failing share nearest to ``start``, on the way to ``end``, which must fail."""
        if not fails(end):
            return None
        while abs(end - start) > 1:
            middle = (start + end) // 2
            start, end = (start, middle) if fails(middle) else (middle, end)
        return end / trials

    inside = round(trials * 0.5 * (band.low + band.high))
    return first(inside, 0), first(inside, trials)


def prove(
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
    say: Callable[[str], None] | None = None,
) -> Proofs:
    """Show of every expectation whether a check of it with these options could fail; see ``check`` for them."""
    loaded, wanted = prepare_check(scenario, seed, only, max_worlds, error, indifference, overrides)
    if not wanted:
        return Proofs(loaded.scenario.name, seed, 0, max_worlds, [])
    program = prepare_program(loaded, "cpu", say)
    worlds = min(SAMPLE, max_worlds)
    result = join_results(list(play_worlds(loaded, program, seed=seed, worlds=worlds, threads=threads, ray=ray)))
    each = error / len(wanted)
    gauges = [Gauge(expectation, program.compiled) for expectation in wanted]
    proofs = [prove_one(gauge, result, program.compiled, each, max_worlds) for gauge in gauges]
    return Proofs(loaded.scenario.name, seed, worlds, max_worlds, proofs)

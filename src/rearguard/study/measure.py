"""What worlds show of an expectation, world by world, and the estimate that they add up to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from rearguard.engine import SliceResult
from rearguard.engine.world import Overflow
from rearguard.scenario.expectations import Chain, Ends, Expectation, Statistic, Window
from rearguard.study.monitor import EventLog, Flags, look_up, monitor, runs
from rearguard.study.sequential import (
    quantile_interval,
    restricted_mean_interval,
    sample_mean_interval,
    share_interval,
)
from rearguard.study.statistics import Estimate, Floats

if TYPE_CHECKING:
    from rearguard.scenario.compiled import Compiled


@dataclass(frozen=True)
class Readings:
    """What worlds show of one expectation, all [worlds].

    ids: numbers of the worlds. values: 1 where it holds, 0 where it does not; of a statistic, the world's value.
    counted: worlds that count (those in which what is given occurred; of slack, those with contact). observed: False
    where the value is only known to be larger. vacuous: it holds for want of an occasion. truncated: the log is cut.
    """

    ids: npt.NDArray[np.int64]
    values: Floats
    counted: Flags
    observed: Flags
    vacuous: Flags
    truncated: Flags

    @classmethod
    def join(cls, parts: Sequence[Readings]) -> Readings:
        """The readings of several batches."""
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in cls.__dataclass_fields__))

    @property
    def holds(self) -> Flags:
        """Counted worlds in which it holds."""
        return self.counted & (self.values > 0.5)

    @property
    def breaks(self) -> Flags:
        """Counted worlds in which it does not hold."""
        return self.counted & (self.values <= 0.5)


class Gauge:
    """Measures one expectation on batches of worlds."""

    def __init__(self, expectation: Expectation, compiled: Compiled) -> None:
        names, subject, given = compiled.names, expectation.subject, expectation.given
        self.expectation = expectation
        self.limit = compiled.limit
        self.outcome = names.outcomes.index(subject.outcome) if isinstance(subject, Ends) else -1
        self.monitor = monitor(subject, names) if isinstance(subject, Chain | Window) else None
        counted = subject.event if isinstance(subject, Statistic) else None
        self.counted = None if counted is None else look_up(counted, names, {})
        self.given = None if given is None else look_up(given, names, {})

    def measure(self, result: SliceResult, log: EventLog | None) -> Readings:
        """What a batch shows; ``log`` may be left out where no event is asked for."""
        outcomes, subject = result.outcomes, self.expectation.subject
        n = len(outcomes["world"])
        everywhere, nowhere = np.ones(n, bool), np.zeros(n, bool)
        counted, observed, vacuous, truncated = everywhere, everywhere, nowhere, nowhere
        if self.expectation.needs_events:
            assert log is not None, "an expectation about events needs the log"
            truncated = (outcomes["overflow"] & int(Overflow.events)) != 0
        if self.given is not None and log is not None:
            counted = log.flags(runs(log, self.given, {}).end)
        if isinstance(subject, Ends):
            values = (outcomes["outcome"] == self.outcome).astype(float)
        elif isinstance(subject, Statistic):
            values, observed = self._statistic(subject, outcomes, log)
            if subject.measure == "slack":
                counted = counted & observed
        else:
            assert self.monitor is not None and log is not None
            values, vacuous = self.monitor.holds(log).astype(float), self.monitor.vacuous(log)
        return Readings(outcomes["world"], values, counted, observed, vacuous, truncated)

    def _statistic(
        self, subject: Statistic, outcomes: dict[str, npt.NDArray[Any]], log: EventLog | None
    ) -> tuple[Floats, Flags]:
        """The value of each world, and whether it is known."""
        if subject.measure == "count":
            assert self.counted is not None and log is not None
            rows = self.counted.rows(log)
            return np.bincount(log.world[rows], minlength=log.count).astype(float), np.ones(log.count, bool)
        end, contact = outcomes["end_time"].astype(float), outcomes["contact_time"].astype(float)
        if subject.measure == "duration":
            return end, outcomes["outcome"] >= 0
        if subject.measure == "contact":
            return np.where(np.isnan(contact), end, contact), ~np.isnan(contact)
        slack = outcomes["deadline_time"].astype(float) - contact
        return np.nan_to_num(slack), ~np.isnan(slack)

    def estimate(self, readings: Readings, error: float) -> Estimate:
        """What worlds add up to, with an interval that holds at every number of worlds, but for ``error``."""
        subject, counted = self.expectation.subject, readings.counted
        values, observed = readings.values[counted], readings.observed[counted]
        if not isinstance(subject, Statistic):
            return share_interval(float(values.sum()), float(len(values)), error)
        if subject.quantile is not None:
            return quantile_interval(values, observed, subject.quantile, error)
        if subject.measure in ("duration", "contact"):
            return restricted_mean_interval(values, observed, self.limit, error)
        reach = max(1.0, float(values.max(initial=0.0))) if subject.measure == "count" else self.limit
        return sample_mean_interval(values, reach, error)


def gauges(expectations: Sequence[Expectation], compiled: Compiled) -> list[Gauge]:
    """A gauge for each expectation."""
    return [Gauge(expectation, compiled) for expectation in expectations]


def event_log(result: SliceResult, compiled: Compiled) -> EventLog:
    """The log of a batch, grouped once for all that look at it."""
    outcomes = result.outcomes
    return EventLog(result.events, outcomes["world"], outcomes["ticks"], float(compiled.arrays["dt"]))


def join_results(results: Sequence[SliceResult]) -> SliceResult:
    """Several batches as one."""
    outcomes = {key: np.concatenate([r.outcomes[key] for r in results]) for key in results[0].outcomes}
    people = {key: np.concatenate([r.people[key] for r in results]) for key in results[0].people}
    return SliceResult(outcomes, people, np.concatenate([r.events for r in results]))

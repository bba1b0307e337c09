"""What can be expected of worlds: shares of outcomes, statistics, and patterns over their event logs, as data.

The language and its meaning are told in docs/expectations.md. Entries of a scenario are read in ``expect_entries.py``,
event patterns in ``patterns.py``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from rearguard.scenario.patterns import ANYONE, EventPattern, Who
from rearguard.scenario.units import DURATION, NUMBER, Dimension

MEASURES = ("slack", "duration", "contact")
"""What a statistic can be of, beside counts."""


@dataclass(frozen=True)
class Band:
    """Where a value must lie, ends included; indifference: how far outside it does not matter."""

    low: float
    high: float
    indifference: float = 0.0


@dataclass(frozen=True)
class Ends:
    """Worlds that end with an outcome."""

    outcome: str


@dataclass(frozen=True)
class Step:
    """A step of a chain; within: longest time since the step before [s]."""

    event: EventPattern
    within: float = math.inf


@dataclass(frozen=True)
class Chain:
    """Worlds in which the steps follow one another, without an event that excuses in between."""

    steps: tuple[Step, ...]
    unless: EventPattern | None = None


@dataclass(frozen=True)
class Window:
    """Worlds in which an event happens (or never does) in a window that two events, or two times [s], bound."""

    event: EventPattern
    never: bool = False
    after: EventPattern | float | None = None
    before: EventPattern | float | None = None
    unless: EventPattern | None = None


@dataclass(frozen=True)
class Statistic:
    """A statistic over worlds. quantile: 0.5 is the median, None the mean; event: what is counted, for ``count``."""

    measure: str
    quantile: float | None
    event: EventPattern | None = None

    @property
    def dimension(self) -> Dimension:
        """What it is measured in."""
        return NUMBER if self.measure == "count" else DURATION

    def extremes(self, limit: float) -> tuple[float, float]:
        """Lowest and highest value there can be in worlds of at most ``limit`` [s]; a quantile may never be reached."""
        if self.measure == "slack":
            return -limit, math.inf
        top = limit if self.quantile is None and self.measure != "count" else math.inf
        return 0.0, top


Subject = Ends | Chain | Window | Statistic


@dataclass(frozen=True)
class Expectation:
    """One thing that the worlds must show. index: its place in the scenario; text: what it says, in words."""

    index: int
    name: str
    text: str
    subject: Subject
    band: Band
    given: EventPattern | None = None
    about: str | None = None

    @property
    def is_share(self) -> bool:
        """True when the band is about a share of worlds."""
        return not isinstance(self.subject, Statistic)

    @property
    def unit(self) -> str:
        """Unit of the band; "" for shares and counts."""
        return "" if not isinstance(self.subject, Statistic) else self.subject.dimension.si

    @property
    def needs_events(self) -> bool:
        """True when it cannot be told without the event log."""
        return self.given is not None or next(events_of(self.subject), None) is not None

    def extremes(self, limit: float) -> tuple[float, float]:
        """Lowest and highest value there can be."""
        return self.subject.extremes(limit) if isinstance(self.subject, Statistic) else (0.0, 1.0)

    def is_vacuous(self, limit: float) -> bool:
        """True when no world could keep it from holding: the band holds all that is possible."""
        low, high = self.extremes(limit)
        return self.band.low <= low and self.band.high >= high


def events_of(subject: Subject) -> Iterator[EventPattern]:
    """All event patterns of a subject."""
    if isinstance(subject, Chain):
        yield from (step.event for step in subject.steps)
        if subject.unless is not None:
            yield subject.unless
    elif isinstance(subject, Window):
        parts = (subject.after, subject.event, subject.before, subject.unless)
        yield from (part for part in parts if isinstance(part, EventPattern))
    elif isinstance(subject, Statistic) and subject.event is not None:
        yield subject.event


def required_events(subject: Subject) -> list[EventPattern]:
    """Patterns that must occur for the whole to occur: only they can say whom a variable means."""
    if isinstance(subject, Chain):
        return [step.event for step in subject.steps]
    if isinstance(subject, Window):
        return [part for part in (subject.after, subject.event) if isinstance(part, EventPattern)]
    return []


def members_of(who: Who, people: list[str], groups: list[str], sides: list[str], payloads: list[str]) -> frozenset[int]:
    """Indices of the entities that somebody means: people first, then payloads.

    people, groups, sides: name, group and side of each person.
    """
    count = len(people)
    if who.variable is not None and not who.name:
        return frozenset(range(count + len(payloads)))
    if who.name == ANYONE:
        return frozenset(range(count))
    if who.name in payloads:
        return frozenset({count + payloads.index(who.name)})
    return frozenset(i for i in range(count) if who.name in (people[i], groups[i], sides[i]))

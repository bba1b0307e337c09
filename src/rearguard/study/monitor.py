"""Temporal patterns over event logs: in which worlds do they hold?

All worlds of a batch are looked at together. A row is an index into the batch's log, in which worlds stand one after
the other, each in its own order; so "later in the same world" is a comparison of rows. Windows follow the scopes of
Dwyer, Avrunin & Corbett 1999 (Patterns in property specifications for finite-state verification): before, after, and
after-until. Variables are existential: a pattern occurs in a world when some binding makes it occur.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt

from rearguard.scenario.expectations import Chain, Window, members_of
from rearguard.scenario.patterns import SIGNS, EventPattern, Who, event_kinds
from rearguard.study.folder import RunError

if TYPE_CHECKING:
    from rearguard.scenario.compiled import Names

Rows = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Binding = Mapping[str, int]
"""Variable → entity."""

FOREVER = 2**31 - 1
"""A tick that no world reaches."""


class EventLog:
    """Events of worlds 0 .. count - 1, grouped once by kind.

    events: rows of ``EVENT_DTYPE`` in world order. ids: world numbers, ascending. ticks: how long each world lasted.
    step: length of a tick [s].
    """

    def __init__(self, events: np.ndarray, ids: np.ndarray, ticks: np.ndarray, step: float) -> None:
        self.count = len(ids)
        self.step = step
        self.ticks: Rows = np.asarray(ticks, np.int64)
        self.world: Rows = np.searchsorted(ids, events["world"]).astype(np.int64)
        self.tick: Rows = events["tick"].astype(np.int64)
        self.actor: Rows = events["actor"].astype(np.int64)
        self.target: Rows = events["target"].astype(np.int64)
        self.item: Rows = events["item"].astype(np.int64)
        self.value: npt.NDArray[np.float64] = events["value"].astype(np.float64)
        self.kind: Rows = events["kind"].astype(np.int64)
        self.first: Rows = np.searchsorted(self.world, np.arange(self.count)).astype(np.int64)
        order = np.argsort(self.kind, kind="stable")
        bounds = np.searchsorted(self.kind[order], np.arange(len(event_kinds()) + 1))
        self._rows = [order[a:b] for a, b in zip(bounds[:-1], bounds[1:], strict=True)]

    def of_kind(self, kind: int) -> Rows:
        """Rows of a kind, ascending."""
        return self._rows[kind]

    def ticks_within(self, seconds: float) -> int:
        """How many ticks fit into a time."""
        return FOREVER if math.isinf(seconds) else math.floor(seconds / self.step + 1e-6)

    def flags(self, rows: Rows) -> Flags:
        """Which worlds ``rows`` are of, [worlds]."""
        out = np.zeros(self.count, bool)
        out[self.world[rows]] = True
        return out


@dataclass(frozen=True)
class Clause:
    """Whom a clause lets stand in a column: a flag per entity (the last one: nobody), and the variable it binds."""

    allowed: Flags
    variable: str | None


@dataclass(frozen=True)
class Matcher:
    """An event pattern with its names looked up. items: of the item column; pairs: (target, item), for stages."""

    pattern: EventPattern
    kind: int
    actor: Clause | None
    target: Clause | None
    items: Rows | None = None
    pairs: tuple[tuple[int, int], ...] | None = None

    @property
    def variables(self) -> tuple[str, ...]:
        """Variables that it mentions."""
        return self.pattern.variables

    def rows(self, log: EventLog, binding: Binding | None = None, clip: tuple[int, int] = (0, FOREVER)) -> Rows:
        """Rows that match, ascending: under a binding, or under any; ``clip``: from tick, to tick (excluded)."""
        rows = log.of_kind(self.kind)
        for clause, column in ((self.actor, log.actor), (self.target, log.target)):
            if clause is None:
                continue
            if binding is not None and clause.variable is not None and clause.variable in binding:
                rows = rows[column[rows] == binding[clause.variable]]
            rows = rows[clause.allowed[column[rows]]]
        if self.pairs is not None:
            rows = rows[_any(((log.target[rows] == t) & (log.item[rows] == i) for t, i in self.pairs), len(rows))]
        elif self.items is not None:
            rows = rows[np.isin(log.item[rows], self.items)]
        if self.pattern.sign:
            # values are kept with single precision, so limits are compared with it too
            limit = float(np.float32(self.pattern.limit))
            rows = rows[SIGNS[self.pattern.sign](log.value[rows], limit)]  # type: ignore[arg-type]
        if self.actor is not None and self.target is not None and self.actor.variable is not None:
            if self.actor.variable == self.target.variable:
                rows = rows[log.actor[rows] == log.target[rows]]
        if clip != (0, FOREVER):
            rows = rows[(log.tick[rows] >= clip[0]) & (log.tick[rows] < clip[1])]
        return rows

    def tuples(self, log: EventLog, rows: Rows) -> list[dict[str, int]]:
        """The different bindings that ``rows`` give."""
        columns = {
            str(clause.variable): column[rows]
            for clause, column in ((self.actor, log.actor), (self.target, log.target))
            if clause is not None and clause.variable is not None
        }
        unique = np.unique(np.stack(list(columns.values()), axis=1), axis=0)
        return [dict(zip(columns, map(int, row), strict=True)) for row in unique]


def _any(flags: Iterator[Flags], count: int) -> Flags:
    out = np.zeros(count, bool)
    for one in flags:
        out |= one
    return out


def look_up(pattern: EventPattern, names: Names, ranges: Mapping[str, str]) -> Matcher:
    """Look the names of a pattern up. ranges: variable → the side or group that it is bound to somewhere."""
    kinds = list(event_kinds())

    def clause(who: Who | None) -> Clause | None:
        if who is None:
            return None
        if who.variable is not None and not who.name:
            who = Who(ranges.get(who.variable, ""), who.variable)
        sides = [names.sides[k] for k in names.side_of]
        members = members_of(who, names.people, names.groups, sides, names.payloads)
        allowed = np.zeros(len(names.entities) + 1, bool)
        allowed[list(members)] = True
        return Clause(allowed, who.variable)

    actor, target = clause(pattern.actor), clause(pattern.target)
    kind = kinds.index(pattern.kind.name)
    if pattern.item is None:
        return Matcher(pattern, kind, actor, target)
    if pattern.kind.noun == "stage":
        # stages are counted within their payload, which is the target
        pairs = tuple(
            (len(names.people) + p, stages.index(pattern.item))
            for p, stages in enumerate(names.stages)
            if pattern.item in stages
        )
        return Matcher(pattern, kind, actor, target, pairs=pairs)
    options = names.item_names(pattern.kind.name)
    if pattern.item not in options:
        raise RunError(f"'{pattern}': no {pattern.kind.noun} is called '{pattern.item}'")
    items = np.array([k for k, name in enumerate(options) if name == pattern.item], np.int64)
    return Matcher(pattern, kind, actor, target, items=items)


def ranges_of(patterns: Sequence[EventPattern]) -> dict[str, str]:
    """The side or group that each variable is bound to."""
    named = (who for p in patterns for who in (p.actor, p.target) if who is not None and who.variable and who.name)
    return {str(who.variable): who.name for who in named}


def bindings(log: EventLog, matchers: Sequence[Matcher]) -> list[dict[str, int]]:
    """Every binding that events of all of ``matchers`` can give; one empty binding where there is no variable."""
    found: list[dict[str, int]] = [{}]
    for matcher in matchers:
        if not matcher.variables:
            continue
        tuples = matcher.tuples(log, matcher.rows(log))
        joined = (
            {**one, **other} for one in found for other in tuples if all(one.get(k, v) == v for k, v in other.items())
        )
        found = [dict(pairs) for pairs in dict.fromkeys(tuple(sorted(one.items())) for one in joined)]
    return found


@dataclass(frozen=True)
class Runs:
    """Occurrences of a pattern: the rows of the first and the last event of each; they differ where it must occur
    several times.
    """

    start: Rows
    end: Rows

    def __len__(self) -> int:
        return len(self.end)


def runs(log: EventLog, matcher: Matcher, binding: Binding, clip: tuple[int, int] = (0, FOREVER)) -> Runs:
    """Occurrences under a binding, in order."""
    rows = matcher.rows(log, binding, clip)
    n = matcher.pattern.times
    if n == 1:
        return Runs(rows, rows)
    start, end = rows[: max(len(rows) - n + 1, 0)], rows[n - 1 :]
    same = log.world[start] == log.world[end]
    return Runs(start[same], end[same])


# -------------------------------------------------------------------------------------------------------------- chains


@dataclass(frozen=True)
class Reached:
    """Where chains stand after a step: the row of its last event, and the latest row they can have begun at."""

    end: Rows
    origin: Rows


def follow(log: EventLog, before: Reached, step: Runs, ticks: int) -> Reached:
    """Go on with a step that comes later in the same world, at most ``ticks`` after.

    The latest place reached before an event is the best to come from: it leaves the least time, and chains that end
    later never have to begin earlier.
    """
    k = np.searchsorted(before.end, step.start, side="left") - 1
    some = k >= 0
    came, end = before.end[k[some]], step.end[some]
    good = (log.world[came] == log.world[end]) & (log.tick[end] - log.tick[came] <= ticks)
    return Reached(end[good], before.origin[k[some][good]])


def free_of(rows: Rows, start: Rows, end: Rows) -> Flags:
    """Where none of ``rows`` lies strictly between ``start`` and ``end``."""
    if not len(rows):
        return np.ones(len(end), bool)
    k = np.searchsorted(rows, end, side="left") - 1
    return (k < 0) | (rows[np.maximum(k, 0)] <= start)


@dataclass(frozen=True)
class ChainMonitor:
    """Looks for chains. unless: an event that must not come between the first and the last step."""

    never: ClassVar[bool] = False

    steps: tuple[Matcher, ...]
    within: tuple[float, ...]
    unless: Matcher | None

    def occurrences(self, log: EventLog, binding: Binding) -> Reached:
        """Finished chains under a binding."""
        first = runs(log, self.steps[0], binding)
        reached = Reached(first.end, first.start)
        for matcher, within in zip(self.steps[1:], self.within[1:], strict=True):
            reached = follow(log, reached, runs(log, matcher, binding), log.ticks_within(within))
        if self.unless is not None:
            free = free_of(runs(log, self.unless, binding).end, reached.origin, reached.end)
            reached = Reached(reached.end[free], reached.origin[free])
        return reached

    def holds(self, log: EventLog) -> Flags:
        """In which worlds some binding makes the chain occur, [worlds]."""
        out = np.zeros(log.count, bool)
        for binding in bindings(log, self.steps):
            out |= log.flags(self.occurrences(log, binding).end)
        return out

    def vacuous(self, log: EventLog) -> Flags:
        """A chain never holds for want of an occasion."""
        return np.zeros(log.count, bool)


# ------------------------------------------------------------------------------------------------------------- windows


def _last_before(rows: Rows, at: Rows) -> Rows:
    """The last of ``rows`` before each of ``at``; -1 where there is none."""
    padded = np.concatenate([[-1], rows])
    return padded[np.searchsorted(rows, at, side="left")]


def _first_behind(rows: Rows, at: Rows) -> Rows:
    """The first of ``rows`` behind each of ``at``; ``FOREVER`` where there is none."""
    padded = np.concatenate([rows, [FOREVER]])
    return padded[np.searchsorted(rows, at, side="right")]


@dataclass(frozen=True)
class WindowMonitor:
    """Looks for an event in windows. A window opens behind ``after`` (or with the world) and closes at the next
    ``before`` (or with the world); after it has closed, only another ``after`` opens one. ``clip``: times that bound
    all that is looked at [s].
    """

    event: Matcher
    never: bool
    after: Matcher | None
    before: Matcher | None
    unless: Matcher | None
    clip: tuple[float, float]

    def ticks(self, log: EventLog) -> tuple[int, int]:
        """The clip in ticks: from, to (excluded)."""
        low = math.ceil(self.clip[0] / log.step - 1e-6)
        return low, FOREVER if math.isinf(self.clip[1]) else math.ceil(self.clip[1] / log.step - 1e-6)

    def occurrences(self, log: EventLog, binding: Binding) -> Runs:
        """Occurrences of the event inside a window, not excused, under a binding."""
        clip = self.ticks(log)
        event = runs(log, self.event, binding, clip)
        closing = runs(log, self.before, binding, clip).end if self.before is not None else np.zeros(0, np.int64)
        world_start = log.first[log.world[event.end]]
        # a window is open when the last closing lies before its opening; without one, the world's start is the edge
        closed = np.maximum(_last_before(closing, event.start), world_start - 1)
        if self.after is None:
            opened = world_start - 1
            good = closed == opened
        else:
            # an event that closes a window may open the next one
            opened = _first_behind(runs(log, self.after, binding, clip).end, np.maximum(closed, world_start) - 1)
            good = opened < event.start
        good &= _first_behind(closing, event.start - 1) > event.end
        if self.unless is not None:
            good &= free_of(runs(log, self.unless, binding, clip).end, opened, event.end)
        return Runs(event.start[good], event.end[good])

    def happens(self, log: EventLog) -> Flags:
        """In which worlds some binding makes the event occur, [worlds]."""
        out = np.zeros(log.count, bool)
        required = [m for m in (self.after, self.event) if m is not None]
        for binding in bindings(log, required):
            out |= log.flags(self.occurrences(log, binding).end)
        return out

    def holds(self, log: EventLog) -> Flags:
        """In which worlds what is asked for holds, [worlds]."""
        happens = self.happens(log)
        return ~happens if self.never else happens

    def vacuous(self, log: EventLog) -> Flags:
        """Worlds in which no window ever opens, so that ``never`` holds with nothing to forbid, [worlds]."""
        if not self.never:
            return np.zeros(log.count, bool)
        clip = self.ticks(log)
        opened = log.ticks > clip[0]
        if self.after is not None:
            after = np.zeros(log.count, bool)
            for binding in bindings(log, [self.after]):
                after |= log.flags(runs(log, self.after, binding, clip).end)
            opened &= after
        return ~opened


Monitor = ChainMonitor | WindowMonitor


def monitor(subject: Chain | Window, names: Names) -> Monitor:
    """A monitor for a chain or a window, with names looked up."""
    if isinstance(subject, Chain):
        patterns = [step.event for step in subject.steps]
        ranges = ranges_of([*patterns, *([subject.unless] if subject.unless else [])])
        unless = look_up(subject.unless, names, ranges) if subject.unless is not None else None
        steps = tuple(look_up(pattern, names, ranges) for pattern in patterns)
        return ChainMonitor(steps, tuple(step.within for step in subject.steps), unless)
    parts = (subject.after, subject.event, subject.before, subject.unless)
    ranges = ranges_of([part for part in parts if isinstance(part, EventPattern)])
    after, event, before, unless = (
        look_up(part, names, ranges) if isinstance(part, EventPattern) else None for part in parts
    )
    assert event is not None, "a window is about an event"
    clip = (
        subject.after if isinstance(subject.after, float) else 0.0,
        subject.before if isinstance(subject.before, float) else math.inf,
    )
    return WindowMonitor(event, subject.never, after, before, unless, clip)

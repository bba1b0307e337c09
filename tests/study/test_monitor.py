"""Patterns over logs: by hand, and against a reader that tries everything."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rearguard.engine import EVENT_DTYPE
from rearguard.scenario import schema
from rearguard.scenario.compiled import Names
from rearguard.scenario.expect_entries import expectations_of
from rearguard.scenario.expectations import Chain, Window
from rearguard.scenario.patterns import EventPattern, event_kinds
from rearguard.study.monitor import ChainMonitor, EventLog, monitor

NAMES = Names(
    people=["ana", "bo", "cy_1", "cy_2"],
    titles=["Ana", "Bo", "Cy 1", "Cy 2"],
    groups=["ana", "bo", "cy", "cy"],
    sides=["home", "away"],
    side_of=[0, 0, 1, 1],
    payloads=["chest", "box"],
    techniques=["gust", "shove"],
    places=[],
    outcomes=["reached", "opened"],
    stages=[["shut", "open"], ["light", "open"]],
    choices={},
)
KINDS = list(event_kinds())
TICK = 0.1

Event = tuple[Any, ...]
"""time [s], kind, actor, target, item, value; what is left out is nobody, none, 0."""


def entity(name: str | None) -> int:
    return -1 if name is None else NAMES.entities.index(name)


def log_of(*worlds: list[Event], lasting: float = 60.0) -> EventLog:
    rows = []
    for w, events in enumerate(worlds):
        for time, kind, *rest in events:
            actor, target, item, value = [*rest, None, None, None, None][:4]
            number = -1 if item is None else item if isinstance(item, int) else NAMES.item_names(kind).index(item)
            tick = round(time / TICK)
            rows.append(
                (w, tick, time, KINDS.index(kind), entity(actor), entity(target), number, value or 0.0, 0.0, 0.0)
            )
    events_ = np.array(rows, EVENT_DTYPE) if rows else np.zeros(0, EVENT_DTYPE)
    ticks = np.full(len(worlds), round(lasting / TICK))
    return EventLog(events_, np.arange(len(worlds)), ticks, TICK)


def subject(**entry: Any) -> Chain | Window:
    scenario = schema.Scenario.model_construct(expect=[schema.Expectation(at_least=0.5, **entry)])
    found = expectations_of(scenario)[0].subject
    assert isinstance(found, Chain | Window)
    return found


def holds(log: EventLog, **entry: Any) -> list[bool]:
    return [bool(x) for x in monitor(subject(**entry), NAMES).holds(log)]


PUSH = (1.0, "push", "ana", "cy_1", "gust", 300.0)
FALL = (2.0, "fall", "cy_1")

# ------------------------------------------------------------------------------------------------------- single events


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("push", True),
        ("push by ana", True),
        ("push by bo", False),
        ("push by home", True),
        ("push by away", False),
        ("push on cy", True),
        ("push on cy_1", True),
        ("push on cy_2", False),
        ("push by anyone on anyone", True),
        ("push with gust", True),
        ("push with shove", False),
        ("push value > 299 N s", True),
        ("push value > 300 N s", False),
        ("push value >= 300 N s", True),
        ("push value < 300 N s", False),
        ("push by ?x on ?x", False),
        ("push by ?x in home on ?y in away", True),
        ("push by ?x in away", False),
        ("push at least 2 times", False),
        ("fall", False),
    ],
)
def test_an_event_is_what_its_clauses_say(pattern, expected):
    assert holds(log_of([PUSH]), happens=pattern) == [expected]
    assert holds(log_of([PUSH]), never=pattern) == [not expected]


def test_a_stage_belongs_to_its_payload():
    log = log_of([(1.0, "stage", None, "box", 1)], [(1.0, "stage", None, "chest", 1)], [(1.0, "stage", None, "box", 0)])
    assert holds(log, happens="stage is open") == [True, True, False]
    assert holds(log, happens="stage of box is open") == [True, False, False]
    assert holds(log, happens="stage is shut") == [False, False, False]
    assert holds(log, happens="stage is light") == [False, False, True]


def test_anyone_is_a_person():
    log = log_of([(1.0, "sight", "ana", "chest")])
    assert holds(log, happens="sight on anyone") == [False]
    assert holds(log, happens="sight by anyone on chest") == [True]
    assert holds(log, happens="sight by ?x on ?y") == [True]


def test_events_are_counted_in_their_own_world():
    log = log_of([PUSH, PUSH], [PUSH], [PUSH, PUSH, PUSH])
    assert holds(log, happens="push at least 2 times") == [True, False, True]
    assert holds(log, happens="push at least 3 times") == [False, False, True]


# -------------------------------------------------------------------------------------------------------------- chains

A, B, C = (("fall", "ana"), ("fall", "bo"), ("fall", "cy_1"))


def at(time: float, event: tuple[str, str]) -> Event:
    return (time, *event)


def test_a_chain_goes_forward_in_time_and_stays_in_its_world():
    log = log_of([at(1, A), at(2, B)], [at(1, B), at(2, A)], [at(1, A)], [at(3, B)])
    assert holds(log, first="fall of ana", then="fall of bo") == [True, False, False, False]


def test_events_of_one_tick_follow_in_the_order_of_the_log():
    log = log_of([at(1, A), at(1, B)], [at(1, B), at(1, A)])
    assert holds(log, first="fall of ana", then="fall of bo", within="1 s") == [True, False]


def test_an_event_does_not_follow_itself():
    log = log_of([at(1, A)], [at(1, A), at(2, A)])
    assert holds(log, first="fall of ana", then="fall of ana") == [False, True]


def test_within_counts_from_the_step_before_and_includes_its_end():
    log = log_of([at(1, A), at(3, B)], [at(1, A), at(3.1, B)], [at(1, A), at(2, A), at(3.5, B)])
    assert holds(log, first="fall of ana", then="fall of bo", within="2 s") == [True, False, True]
    steps = ["fall of bo", {"event": "fall of cy", "within": "5 s"}]
    log = log_of([at(1, A), at(2, B), at(6.9, C)], [at(1, A), at(2, B), at(7.1, C)], [at(1, A), at(3.5, B), at(4, C)])
    assert holds(log, first="fall of ana", then=steps, within="2 s") == [True, False, False]


def test_a_later_start_can_save_a_chain_that_an_earlier_one_cannot():
    log = log_of([at(1, A), at(5, A), at(6, B), at(12, B)])
    assert holds(log, first="fall of ana", then="fall of bo", within="2 s") == [True]


def test_what_excuses_breaks_a_chain_only_in_between():
    log = log_of(
        [at(1, A), at(2, C), at(3, B)],
        [at(1, C), at(2, A), at(3, B), at(4, C)],
        [at(1, A), at(2, C), at(3, A), at(4, B)],
    )
    assert holds(log, first="fall of ana", then="fall of bo", unless="fall of cy") == [False, True, True]


def test_a_variable_is_one_and_the_same_throughout():
    log = log_of(
        [(1, "push", "ana", "cy_1"), (2, "fall", "cy_1")],
        [(1, "push", "ana", "cy_1"), (2, "fall", "cy_2")],
        [(1, "push", "ana", "cy_1"), (1, "push", "bo", "cy_2"), (2, "fall", "cy_2")],
    )
    assert holds(log, first="push on ?x", then="fall of ?x") == [True, False, True]
    assert holds(log, first="push by ana on ?x", then="fall of ?x") == [True, False, False]
    assert holds(log, first="push on ?x in home", then="fall of ?x") == [False, False, False]


def test_counted_steps_are_counted_behind_the_step_before():
    log = log_of([at(1, B), at(2, A), at(3, B)], [at(1, A), at(2, B), at(3, B)])
    assert holds(log, first="fall of ana", then="fall of bo at least 2 times") == [False, True]
    assert holds(log, first="fall of bo at least 2 times", then="fall of ana") == [False, False]


# ------------------------------------------------------------------------------------------------------------- windows


def test_a_window_opens_behind_after_and_closes_before():
    log = log_of(
        [at(1, B), at(2, A)],
        [at(1, A), at(2, B)],
        [at(1, A), at(2, C), at(3, B)],
        [at(2, B)],
        [at(1, A), at(2, C), at(3, A), at(4, B)],
    )
    assert holds(log, happens="fall of bo", after="fall of ana") == [False, True, True, False, True]
    both = {"after": "fall of ana", "before": "fall of cy"}
    assert holds(log, happens="fall of bo", **both) == [False, True, False, False, True]
    assert holds(log, never="fall of bo", **both) == [True, False, True, True, False]
    assert holds(log, happens="fall of bo", before="fall of cy") == [True, True, False, True, False]


def test_the_event_that_closes_a_window_is_not_in_it():
    log = log_of([at(1, A)], [at(1, A), at(2, A)])
    assert holds(log, happens="fall of ana", before="fall of ana") == [False, False]


def test_times_bound_a_window():
    log = log_of([at(19.9, A)], [at(20, A)], [at(29.9, A)], [at(30, A)])
    assert holds(log, happens="fall of ana", after="20 s") == [False, True, True, True]
    assert holds(log, happens="fall of ana", after="20 s", before="30 s") == [False, True, True, False]


def test_what_excuses_must_come_between_the_opening_and_the_event():
    log = log_of([at(1, C), at(2, A), at(3, B)], [at(1, A), at(2, C), at(3, B)], [at(1, A), at(2, B), at(3, C)])
    assert holds(log, never="fall of bo", after="fall of ana", unless="fall of cy") == [False, True, False]
    assert holds(log, never="fall of bo", unless="fall of cy") == [True, True, False]


def test_never_without_an_occasion_holds_and_is_told_apart():
    log = log_of([at(1, B)], [at(1, A)], [at(1, A), at(2, B)])
    watch = monitor(subject(never="fall of bo", after="fall of ana"), NAMES)
    assert list(watch.holds(log)) == [True, True, False]
    assert list(watch.vacuous(log)) == [True, False, False]
    late = monitor(subject(never="fall of bo", after="90 s"), NAMES)
    assert list(late.vacuous(log)) == [True, True, True]


def test_an_empty_log_is_read():
    log = log_of([], [])
    assert holds(log, happens="fall") == [False, False]
    assert holds(log, never="fall", after="push by ?x", unless="fall of ?x", before="leap") == [True, True]
    assert holds(log, first="fall of ?x", then="push by ?x at least 2 times") == [False, False]


# ------------------------------------------------------------------------------------- against one that tries everything


def matches(pattern: EventPattern, event: Event, binding: dict[str, str]) -> bool:
    """Whether an event is what a pattern says, told again in the plainest way."""
    _, kind, actor, target = event
    for who, name in ((pattern.actor, actor), (pattern.target, target)):
        if who is None:
            continue
        if name is None:
            return False
        if who.variable is not None and binding[who.variable] != name:
            return False
        side = {"ana": "home", "bo": "home", "cy_1": "away", "cy_2": "away"}.get(name)
        if who.name and who.name not in (name, side, name.split("_")[0]):
            return False
    return kind == pattern.kind.name


def everything(patterns: list[EventPattern]) -> list[dict[str, str]]:
    names = sorted({v for p in patterns for v in p.variables})
    return [dict(zip(names, chosen, strict=True)) for chosen in itertools.product(NAMES.entities, repeat=len(names))]


def slow_chain(chain: Chain, events: list[Event]) -> bool:
    patterns = [s.event for s in chain.steps] + ([chain.unless] if chain.unless else [])
    for binding in everything(patterns):
        for rows in itertools.combinations(range(len(events)), len(chain.steps)):
            fits = all(matches(s.event, events[r], binding) for s, r in zip(chain.steps, rows, strict=True))
            timely = all(
                math.isinf(s.within) or events[b][0] - events[a][0] <= s.within + 1e-9
                for s, a, b in zip(chain.steps[1:], rows[:-1], rows[1:], strict=True)
            )
            between = events[rows[0] + 1 : rows[-1]]
            free = chain.unless is None or not any(matches(chain.unless, e, binding) for e in between)
            if fits and timely and free:
                return True
    return False


def slow_window(window: Window, events: list[Event]) -> bool:
    """Walk through the log with the window open or shut."""
    parts = [p for p in (window.event, window.after, window.before, window.unless) if isinstance(p, EventPattern)]
    for binding in everything(parts):
        is_open, excused = window.after is None, False
        for event in events:

            def is_(part: Any, event: Event = event, binding: dict[str, str] = binding) -> bool:
                return isinstance(part, EventPattern) and matches(part, event, binding)

            if is_open and is_(window.before):
                is_open = False
            elif is_open and is_(window.event) and not excused:
                return True
            if not is_open and is_(window.after):
                is_open, excused = True, False
                continue
            if is_open and is_(window.unless):
                excused = True
    return False


KIND = st.sampled_from(["fall", "push", "down"])
PERSON = st.sampled_from(["ana", "bo", "cy_1"])
EVENTS = st.lists(
    st.tuples(st.integers(0, 12), KIND, PERSON, PERSON).map(
        lambda e: (float(e[0]), e[1], e[2], e[3] if e[1] == "push" else None)
    ),
    max_size=9,
).map(lambda events: sorted(events, key=lambda e: e[0]))
PATTERN = st.sampled_from(
    [
        "fall",
        "fall of ana",
        "fall of ?x",
        "push",
        "push by ?x",
        "push on ?x",
        "push by ?x on ?y",
        "down of ?y",
        "down of home",
    ]
)
POSITIVE = st.sampled_from(["push by ?x on ?y", "push by ?x in home on ?y"])


@settings(max_examples=300, deadline=None)
@given(
    POSITIVE,
    st.lists(st.tuples(PATTERN, st.integers(1, 6)), min_size=1, max_size=2),
    st.none() | PATTERN,
    st.lists(EVENTS, min_size=1, max_size=3),
)
def test_chains_agree_with_a_reader_that_tries_everything(first, then, unless, worlds):
    steps = [{"event": text, "within": f"{within} s"} for text, within in then]
    chain = subject(first=first, then=steps, unless=unless)
    assert isinstance(chain, Chain)
    found = monitor(chain, NAMES).holds(log_of(*worlds))
    assert [bool(x) for x in found] == [slow_chain(chain, events) for events in worlds]


@settings(max_examples=300, deadline=None)
@given(
    POSITIVE, st.none() | PATTERN, st.none() | PATTERN, st.none() | PATTERN, st.lists(EVENTS, min_size=1, max_size=3)
)
def test_windows_agree_with_a_reader_that_walks_through_the_log(event, after, before, unless, worlds):
    window = subject(happens=event, after=after, before=before, unless=unless)
    assert isinstance(window, Window)
    found = monitor(window, NAMES).holds(log_of(*worlds))
    assert [bool(x) for x in found] == [slow_window(window, events) for events in worlds]


def test_a_chain_tells_where_it_ends():
    chain = monitor(subject(first="fall of ana", then="fall of bo"), NAMES)
    assert isinstance(chain, ChainMonitor)
    reached = chain.occurrences(log_of([at(1, A), at(2, B), at(3, B)]), {})
    assert list(reached.end) == [1, 2]

"""What must hold of the language of event patterns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rearguard.engine.events import EVENT_KINDS, ITEM_OF
from rearguard.scenario.patterns import EventPattern, PatternError, Who, event_kinds, parse_pattern
from rearguard.scenario.units import DURATION, IMPULSE, NUMBER, SHARE


def who(part: Who | None) -> str | None:
    return None if part is None else str(part)


def bare(p: EventPattern) -> tuple[object, ...]:
    return p.kind.name, p.item, who(p.actor), who(p.target), p.sign, p.limit, p.times


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fall", ("fall", None, None, None, "", 0.0, 1)),
        ("push by ana", ("push", None, "ana", None, "", 0.0, 1)),
        ("push of ana", ("push", None, "ana", None, "", 0.0, 1)),
        ("push with gust by ana on cy_1", ("push", "gust", "ana", "cy_1", "", 0.0, 1)),
        ("push on cy_1 by ana with gust", ("push", "gust", "ana", "cy_1", "", 0.0, 1)),
        ("  push   by\tana ", ("push", None, "ana", None, "", 0.0, 1)),
        ("order is fall_back of ?x", ("order", "fall_back", "?x", None, "", 0.0, 1)),
        ("stage is open", ("stage", "open", None, None, "", 0.0, 1)),
        ("stage of chest is open", ("stage", "open", None, "chest", "", 0.0, 1)),
        ("stage is open on chest", ("stage", "open", None, "chest", "", 0.0, 1)),
        ("end is reached", ("end", "reached", None, None, "", 0.0, 1)),
        ("pin by ana on cy at least 3 times", ("pin", None, "ana", "cy", "", 0.0, 3)),
        ("pin by ana value >= 3 on cy", ("pin", None, "ana", "cy", ">=", 3.0, 1)),
        ("push value > 0.3 N s by ana", ("push", None, "ana", None, ">", 0.3, 1)),
        ("push value>300 N s at least 2 times", ("push", None, None, None, ">", 300.0, 2)),
        ("contact by away on chest value < -2 s", ("contact", None, "away", "chest", "<", -2.0, 1)),
        ("cut value < 5 %", ("cut", None, None, None, "<", 0.05, 1)),
        ("pin by ?x in home on ?y in cy", ("pin", None, "?x in home", "?y in cy", "", 0.0, 1)),
        ("sight by anyone on chest", ("sight", None, "anyone", "chest", "", 0.0, 1)),
    ],
)
def test_patterns_are_read(text, expected):
    assert bare(parse_pattern(text)) == expected


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("", 0, "an event pattern is missing here"),
        ("psuh by ana", 0, "did you mean 'push'?"),
        ("?x falls", 0, "no kind of event is called '?x'"),
        ("push by", 7, "a name is missing after `by`"),
        ("push by on cy", 8, "a name is missing after `by`, found 'on'"),
        ("push by ?", 8, "is no variable; such as ?x"),
        ("push by ?1", 8, "is no variable"),
        ("push by ana by bo", 12, "the actor is given twice, with `by` and `by`"),
        ("push by ?x of leaf", 11, "a variable is bound with `in`, such as ?x in SIDE"),
        ("push by ana in leaf", 12, "only a variable is bound with `in`"),
        ("push by ?x in", 13, "a side or group is missing here"),
        ("fall on cy", 5, "'fall' events have no target; it takes by WHO"),
        ("stage by ana", 6, "'stage' events have no actor; it takes is STAGE, of WHO"),
        ("fall with gust", 5, "'fall' events have no item"),
        ("enter value > 3", 6, "'enter' events have no value"),
        ("push value 300 N s", 11, "a value is compared with <, <=, > or >="),
        ("push value = 300 N s", 11, "a value is compared with"),
        ("push value > 300 m", 13, "'300 m' is a length"),
        ("push value > 300", 13, "has no unit"),
        ("push value > normal(3, 1) N s", 13, "write it without a draw"),
        ("push at most 3 times", 8, "only `at least` counts events"),
        ("push at least three times", 14, "a whole number is missing here"),
        ("push at least 0 times", 14, "from 1 to"),
        ("push at least 3", 15, "`times` is missing"),
        ("push by ana and fall", 12, "'and' does not belong here"),
        ("push (by ana)", 5, "'(' does not belong here"),
        ("push wiht gust", 5, "did you mean 'with'?"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_column(text, column, words):
    with pytest.raises(PatternError) as caught:
        parse_pattern(text)
    assert words in str(caught.value)
    assert caught.value.column == column


def test_a_pattern_knows_where_its_names_stand():
    text = "push with gust by ana on ?x in away value > 3 N s"
    pattern = parse_pattern(text)
    assert pattern.columns == (text.index("gust"), text.index("3 N"))
    assert pattern.actor is not None and pattern.actor.column == text.index("ana")
    assert pattern.target is not None
    assert (pattern.target.column, pattern.target.name_column) == (text.index("?x"), text.index("away"))
    assert pattern.variables == ("x",)


@given(st.text(alphabet="push bywithonval>=?x3 N", max_size=40))
def test_any_text_is_read_or_refused_within_it(text):
    try:
        assert parse_pattern(text).kind.name in EVENT_KINDS
    except PatternError as error:
        assert 0 <= error.column <= len(text)


def test_what_a_kind_has_follows_from_the_tables_of_the_engine():
    kinds = event_kinds()
    assert list(kinds) == list(EVENT_KINDS)
    assert {name: kind.noun for name, kind in kinds.items() if kind.noun != "none"}.keys() == {
        name for name, noun in ITEM_OF.items() if noun != "none"
    }
    values = {name: kinds[name].value for name in ("push", "contact", "cut", "pin", "enter")}
    assert values == {"push": IMPULSE, "contact": DURATION, "cut": SHARE, "pin": NUMBER, "enter": None}
    assert not kinds["stage"].has_actor and kinds["stage"].has_target
    assert kinds["fall"].has_actor and not kinds["fall"].has_target

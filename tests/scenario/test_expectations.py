"""What must hold of the entries of ``expect:``: what they mean, and what is told of those that mean nothing."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from rearguard.scenario.expect_entries import expectations_of
from rearguard.scenario.expectations import Band, Chain, Ends, Expectation, Statistic, Window
from scenario_text import BASE, load, only, problems, spot


def scenario(*entries: str) -> str:
    return BASE + "expect:\n" + "".join(f"  - {{{entry}}}\n" for entry in entries)


def read(folder: Path, entry: str) -> Expectation:
    return expectations_of(load(folder, scenario(entry)).scenario)[0]


# ------------------------------------------------------------------------------------------------------------- meaning


@pytest.mark.parametrize(
    ("entry", "name", "band"),
    [
        ("name: fair, outcome: reached, between: [0.35, 0.65]", "fair", Band(0.35, 0.65)),
        ("outcome: reached, between: [35 %, 65 %]", "outcome reached", Band(0.35, 0.65)),
        ("outcome: reached, at_least: 0.2", "outcome reached", Band(0.2, 1.0)),
        ("outcome: reached, at_most: 20 %", "outcome reached", Band(0.0, 0.2)),
        ("outcome: reached, at_least: 0.2, at_most: 0.4", "outcome reached", Band(0.2, 0.4)),
        ("outcome: reached, at_least: 1, indifference: 0.01", "outcome reached", Band(1.0, 1.0, 0.01)),
        ("statistic: median slack, between: [-5 s, 1 min]", "median slack", Band(-5.0, 60.0)),
        ("statistic: p95 duration, at_most: 4 min, indifference: 2 s", "p95 duration", Band(-math.inf, 240.0, 2.0)),
        ("statistic: mean count of push by ana, at_least: 2", "mean count of push by ana", Band(2.0, math.inf)),
        ("happens: push, at_least: 0.5", "happens push", Band(0.5, 1.0)),
        (
            "never: push  by ana, after: enter by cy, before: 20 s, unless: out of ana, at_least: 0.5",
            "never push by ana, after enter by cy, before 20 s, unless out of ana",
            Band(0.5, 1.0),
        ),
        (
            "first: push on ?x, then: fall of ?x, within: 2 s, at_most: 0.2, given: end is reached",
            "first push on ?x, then fall of ?x within 2 s, given end is reached",
            Band(0.0, 0.2),
        ),
    ],
)
def test_an_entry_has_a_name_and_a_band(tmp_path, entry, name, band):
    found = read(tmp_path, entry)
    assert found.name == name
    assert (found.band.low, found.band.high) == pytest.approx((band.low, band.high))
    assert found.band.indifference == band.indifference


def test_subjects_are_told_apart(tmp_path):
    entries = [
        "outcome: reached, at_least: 0.5",
        "statistic: p95 contact, at_most: 40 s",
        "first: push, then: [fall, {event: get_up, within: 3 s}], within: 1 s, at_least: 0.5",
        "never: push, before: 20 s, at_least: 0.5",
    ]
    ends, statistic, chain, window = [e.subject for e in expectations_of(load(tmp_path, scenario(*entries)).scenario)]
    assert ends == Ends("reached")
    assert isinstance(statistic, Statistic) and (statistic.measure, statistic.quantile) == ("contact", 0.95)
    assert isinstance(chain, Chain) and [step.within for step in chain.steps] == [math.inf, 1.0, 3.0]
    assert isinstance(window, Window) and window.never and (window.after, window.before) == (None, 20.0)


def test_expectations_change_nothing_about_what_is_played(tmp_path):
    plain = load(tmp_path, BASE)
    assert load(tmp_path, scenario("outcome: reached, at_least: 0.5")).digest == plain.digest


# -------------------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("entry", "needle", "code", "words", "hint"),
    [
        ("happens: psuh by ana, at_least: 0.5", "psuh", "RG012", "no kind of event", "did you mean 'push'?"),
        ("happens: push by anna, at_least: 0.5", "anna", "RG020", "person, side, group or payload 'anna'", "'ana'"),
        ("happens: push on cy_4, at_least: 0.5", "cy_4", "RG020", "'cy_4' does not exist", "cy_"),
        ("happens: push by ?x in hoem, at_least: 0.5", "hoem", "RG020", "'hoem' does not exist", "'home'"),
        ("happens: push by ?x in chest, at_least: 0.5", "chest", "RG020", "person, side or group 'chest'", "there are"),
        ("happens: push with gusty, at_least: 0.5", "gusty", "RG020", "technique 'gusty'", "'gust'"),
        ("happens: stage is opne, at_least: 0.5", "opne", "RG020", "stage 'opne'", "'open'"),
        ("happens: end is reach, at_least: 0.5", "reach", "RG020", "outcome 'reach'", "'reached'"),
        ("happens: order is hold_on, at_least: 0.5", "hold_on", "RG020", "order 'hold_on'", "'hold'"),
        ("happens: push value > 3 m, at_least: 0.5", "3 m", "RG012", "'3 m' is a length", "400 N s"),
        ("outcome: reachd, at_least: 0.5", "reachd", "RG020", "outcome 'reachd'", "'reached'"),
        ("outcome: reached, given: pin by ?x, at_least: 0.5", "pin", "RG021", "?x", "write anyone"),
        ("first: push, then: fall of annie, at_most: 0.5", "annie", "RG020", "'annie' does not exist", "ana"),
        ("first: push, then: [{event: fall of annie}], at_most: 0.5", "annie", "RG020", "does not exist", "ana"),
        ("never: push, after: fall of annie, at_least: 0.5", "annie", "RG020", "does not exist", "ana"),
        ("statistic: mean count of psuh, at_least: 1", "psuh", "RG012", "no kind of event", "'push'"),
        ("statistic: mean count of push by anna, at_least: 1", "anna", "RG020", "does not exist", "'ana'"),
        ("statistic: mean count of push by ?x, at_least: 1", "push", "RG021", "?x has no meaning in a count", "leave"),
        ("statistic: medain slack, at_least: 1 s", "medain", "RG012", "no statistic is called", "'median'"),
        ("statistic: p0 slack, at_least: 1 s", "p0", "RG012", "no statistic is called 'p0'", "there are"),
        ("statistic: median slcak, at_least: 1 s", "slcak", "RG012", "no statistic of 'slcak'", "'slack'"),
        ("statistic: median slack of ana, at_least: 1 s", "slack", "RG012", "stands alone", "median slack"),
        ("statistic: mean count, at_least: 1", "count", "RG012", "of an event pattern", "count of EVENT"),
        ("statistic: slack, at_least: 1 s", "slack", "RG012", "is not a statistic", "median slack"),
        ("statistic: median slack, at_least: 5", "5", "RG012", "has no unit", "duration"),
        ("statistic: median slack, at_least: 5 m", "5 m", "RG012", "is a length", "duration"),
        ("statistic: median duration, at_least: 6 min", "6 min", "RG021", "at most 300 s", "another band"),
        ("outcome: reached, between: [0.6, 0.4]", "[0.6", "RG021", "the band runs from 0.6 to 0.4", "low to high"),
        ("outcome: reached, between: [0.5, 0.5]", "[0.5", "RG021", "exactly 0.5", "indifference"),
        ("outcome: reached, at_least: 1", "1}", "RG021", "exactly 1", "at_least: 0.99"),
        ("outcome: reached, at_most: 0", "0}", "RG021", "exactly 0", "at_most: 0.01"),
        ("outcome: reached, at_most: 1.2", "1.2", "RG012", "a share of 1.2 cannot be", "0 to 1"),
        ("outcome: reached, between: [0.2, 0.4], at_most: 0.3", "0.3", "RG021", "both bound the band", "one of them"),
        ("outcome: reached, at_least: 0.5, indifference: 0.7", "0.7", "RG021", "indifference of 0.7", "0.02"),
        ("outcome: reached, within: 2 s, at_least: 0.5", "2 s", "RG021", "`within` has no meaning", "belongs to first"),
        ("happens: push, within: 2 s, at_least: 0.5", "2 s", "RG021", "`within` has no meaning", "belongs to first"),
        ("first: push, after: fall, then: fall, at_least: 0.5", "fall", "RG021", "`after` has no meaning", "never"),
        ("first: push, at_least: 0.5", "push", "RG021", "followed by nothing", "then: EVENT"),
        ("first: push, then: [], at_least: 0.5", "[]", "RG021", "`then` is empty", "a list"),
        (
            "first: push, then: fall, within: 'normal(2, 1) s', at_most: 0.5",
            "'normal",
            "RG021",
            "the same",
            "such as 2 s",
        ),
        ("never: push, after: 20 s, before: 10 s, at_least: 0.5", "10 s", "RG021", "the window is empty", "after 20 s"),
        ("never: push, unless: fall of ?x, at_least: 0.5", "push", "RG021", "?x stands only where nothing", "anyone"),
        (
            "first: push by ?x in home, then: fall of ?x in away, at_least: 0.5",
            "push",
            "RG021",
            "?x is bound to 'home' and to 'away'",
            "once",
        ),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(tmp_path, entry, needle, code, words, hint):
    text = scenario(entry)
    problem = only(tmp_path, text)
    assert (problem.line, problem.column) == spot(text, needle, "expect:")
    assert problem.code == code
    assert words in problem.message
    assert hint in (problem.hint or "")


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("at_least: 0.5", "this is about nothing"),
        ("outcome: reached, happens: push, at_least: 0.5", "this is about both `outcome` and `happens`"),
        ("outcome: reached", "in what share of worlds"),
        ("statistic: median slack", "which values it may have"),
    ],
)
def test_an_entry_without_subject_or_band_is_told(tmp_path, entry, words):
    problem = only(tmp_path, scenario(entry))
    assert problem.code == "RG011"
    assert words in problem.message
    assert problem.line == scenario(entry).count("\n")


def test_keys_and_kinds_are_those_of_the_schema(tmp_path):
    unknown = only(tmp_path, scenario("outcom: reached, at_least: 0.5"))
    assert (unknown.code, unknown.hint) == ("RG010", "did you mean 'outcome'?")
    kind = only(tmp_path, scenario("first: push, then: 3, at_least: 0.5"))
    assert kind.code == "RG012"
    assert "{event: PATTERN" in kind.message or "text" in kind.message
    step = only(tmp_path, scenario("first: push, then: [{evnt: fall}], at_least: 0.5"))
    assert step.hint == "did you mean 'event'?"


def test_two_of_one_name_are_refused_and_all_problems_are_told_at_once(tmp_path):
    text = scenario("outcome: reached, at_least: 0.5", "outcome: reached, at_most: 0.9", "outcome: gone, at_least: 0.1")
    found = problems(tmp_path, text)
    assert [p.code for p in found] == ["RG021", "RG020"]
    assert "two expectations are called 'outcome reached'" in found[0].message


@pytest.mark.parametrize(
    "entry",
    [
        "outcome: reached, between: [0, 1]",
        "statistic: median duration, at_least: 0 s",
        "statistic: mean duration, at_most: 5 min",
        "statistic: mean count of push, at_least: 0",
    ],
)
def test_a_band_that_holds_all_there_is_is_warned_of(tmp_path, entry):
    warnings = load(tmp_path, scenario(entry)).warnings
    assert [("cannot fail" in w.message, w.severity) for w in warnings] == [(True, "warning")]


def test_a_quantile_of_times_can_lie_beyond_the_limit(tmp_path):
    assert load(tmp_path, scenario("statistic: p95 duration, at_most: 5 min")).warnings == ()


def test_names_that_could_not_be_read_are_not_complained_of_again(tmp_path):
    text = scenario("happens: push by ana, at_least: 0.5").replace("mass: 60 kg", "mass: 60 miles")
    assert [p.code for p in problems(tmp_path, text)] == ["RG012"]

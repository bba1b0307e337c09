"""Checks, proofs and explanations on the small scenario: what they decide, and that what they say is so."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import rearguard
from rearguard.scenario.load import LoadedScenario, load_scenario
from rearguard.study.beats import beats
from rearguard.study.check import CheckProgress, CheckResult, Verdict, check
from rearguard.study.folder import RunError
from rearguard.study.prove import prove
from rearguard.study.replay import replay
from rearguard.study.stream import BATCH, stream
from rearguard.study.why_not import why_not

Make = Callable[..., LoadedScenario]


@pytest.fixture
def make(small: Path, tmp_path: Path) -> Make:
    """The small scenario with expectations, given as the insides of flow mappings."""

    def write(*entries: str, overrides: tuple[str, ...] = ()) -> LoadedScenario:
        file = tmp_path / "lane.yaml"
        lines = "".join(f"  - {{{entry}}}\n" for entry in entries)
        file.write_text(f"extends: {small.absolute()}\nexpect:\n{lines}", encoding="utf-8")
        return load_scenario(file, overrides=overrides)

    return write


def one(result: CheckResult) -> Verdict:
    (verdict,) = result.verdicts
    return verdict


# ------------------------------------------------------------------------------------------------------------- verdicts


def test_clear_expectations_pass_and_fail_and_say_with_what(make: Make) -> None:
    loaded = make(
        "name: mostly, outcome: caught, at_least: 0.5",
        "name: rarely, outcome: caught, at_most: 0.5",
        "name: shoves, first: push by blocker on ?x in runner, then: down of ?x, within: 1 s, at_least: 0.5",
        "name: never_shoves, never: push by blocker, at_least: 0.5",
        "name: in_time, statistic: median slack, at_least: 5 s",
        "name: late, statistic: median slack, at_most: 5 s",
        "name: pushes, statistic: mean count of push by blocker, at_most: 0.2",
        "name: long, statistic: p95 duration, at_most: 10 s",
    )
    result = check(loaded, seed=1)
    answers = {v.expectation.name: v.answer for v in result.verdicts}
    assert answers == {
        "mostly": "pass",
        "rarely": "fail",
        "shoves": "pass",
        "never_shoves": "fail",
        "in_time": "pass",
        "late": "fail",
        "pushes": "fail",
        "long": "fail",
    }
    assert result.status == "fail"
    assert result.worlds < 1000
    for verdict in result.verdicts:
        assert verdict.estimate.low <= verdict.estimate.value <= verdict.estimate.high
        assert (verdict.world is not None) == (verdict.answer == "fail")
        assert verdict.where is not None and verdict.where.line == 3 + verdict.expectation.index


def test_the_world_that_is_named_shows_the_failure(make: Make) -> None:
    loaded = make(
        "name: rarely, outcome: caught, at_most: 0.5",
        "name: opened, outcome: opened, at_least: 0.5",
        "name: shoves, never: push by blocker, at_least: 0.5",
        "name: late, statistic: median slack, at_most: 5 s",
        "name: soon, statistic: median duration, at_least: 30 s",
    )
    found = {v.expectation.name: v for v in check(loaded, seed=1).verdicts}
    worlds = {name: replay(loaded, world=int(v.world or 0), seed=1) for name, v in found.items()}
    assert worlds["rarely"].outcome["outcome"] == "caught"
    assert worlds["opened"].outcome["outcome"] == "caught"
    assert ("push", "blocker") in [(e["kind"], e["actor"]) for e in worlds["shoves"].events.to_pylist()]
    assert worlds["late"].outcome["slack"] > 5.0
    assert worlds["soon"].outcome["end_time"] < 30.0
    command = found["rarely"].replay
    assert command is not None
    assert command == f"rearguard replay {loaded.path} --world {found['rarely'].world} --seed 1"


def test_the_command_repeats_what_was_set(make: Make) -> None:
    loaded = make("outcome: caught, at_most: 0.5", overrides=("time.limit=50 s",))
    command = one(check(loaded)).replay
    assert command is not None and command.endswith("--set 'time.limit=50 s'")


def test_verdicts_do_not_depend_on_threads(make: Make) -> None:
    loaded = make(
        "outcome: caught, between: [0.85, 0.97]",
        "first: push by ?x, then: down, within: 1 s, at_least: 0.9",
        "statistic: mean slack, at_least: 12 s",
    )
    alone, together = (check(loaded, seed=3, max_worlds=2000, threads=n) for n in (1, 3))
    assert alone == together


def test_worlds_come_in_order_whatever_the_threads(make: Make) -> None:
    from rearguard.study.executor import LocalThreads
    from rearguard.study.run import prepare_program

    program = prepare_program(make("outcome: caught, at_least: 0.5"))
    batches = list(stream(LocalThreads(3), program, seed=1, worlds=BATCH * 3 + 5))
    ids = np.concatenate([batch.outcomes["world"] for batch in batches])
    assert list(ids) == list(range(BATCH * 3 + 5))


def test_a_budget_that_is_too_small_is_inconclusive_and_says_how_many_would_do(make: Make) -> None:
    loaded = make("name: near, outcome: caught, at_least: 0.9", "name: sure, outcome: caught, at_least: 0.3")
    result = check(loaded, seed=1, max_worlds=70)
    near, sure = result.verdicts
    assert (near.answer, sure.answer, result.status) == ("inconclusive", "pass", "inconclusive")
    assert "about" in (near.why or "") and "would decide it" in (near.why or "")
    assert near.certifiable == near.estimate.high - near.estimate.low > 0.1
    assert (near.worlds, sure.worlds) == (70, BATCH)


def test_an_indifference_lets_a_share_near_the_edge_be_decided(make: Make) -> None:
    loaded = make("outcome: caught, at_least: 0.92")
    strict, lenient = (check(loaded, seed=1, max_worlds=3000, indifference=d) for d in (0.0, 0.06))
    assert strict.status == "inconclusive"
    assert lenient.status == "pass"
    own = make("outcome: caught, at_least: 0.92, indifference: 0.06")
    assert one(check(own, seed=1, max_worlds=3000, indifference=0.001)).expectation.band.indifference == 0.06


def test_the_error_is_shared_out_over_the_expectations(make: Make) -> None:
    loaded = make(*(f"name: e{k}, outcome: caught, at_least: 0.3" for k in range(10)))
    many, few = check(loaded, seed=1), check(loaded, seed=1, only=["e3"])
    assert many.verdicts[3].estimate.low < few.verdicts[0].estimate.low
    assert few.verdicts[0].expectation.name == "e3"
    assert check(loaded, seed=1, only=["4"]).verdicts == few.verdicts


def test_only_worlds_in_which_the_given_occurred_are_counted(make: Make) -> None:
    loaded = make(
        "name: all, happens: down, at_least: 0.1",
        "name: some, happens: down, given: end is opened, at_least: 0.1",
        "name: none, happens: down, given: fall, at_least: 0.1",
    )
    result = check(loaded, seed=1, max_worlds=640)
    every, some, none = result.verdicts
    assert every.counted == BATCH
    assert 0 < some.counted < 200
    assert (none.counted, none.answer) == (0, "inconclusive")
    assert "in no world 'fall' occurred" in (none.why or "")


def test_what_holds_for_want_of_an_occasion_is_told(make: Make) -> None:
    loaded = make("never: down, after: stage is open, at_least: 0.5")
    verdict = one(check(loaded, seed=1))
    assert verdict.answer == "pass"
    assert 0 < verdict.vacuous <= verdict.counted


def test_cut_logs_never_pass_and_outcomes_are_not_touched_by_them(make: Make) -> None:
    loaded = make(
        "name: events, happens: push, at_least: 0.1",
        "name: outcome, outcome: caught, at_least: 0.3",
        "name: given, outcome: caught, given: enter, at_least: 0.3",
        overrides=("log.events=16",),
    )
    result = check(loaded, seed=1)
    events, outcome, given = result.verdicts
    assert (events.answer, outcome.answer, given.answer) == ("inconclusive", "pass", "inconclusive")
    assert "set log.events to" in (events.why or "")
    assert events.truncated > 0
    need = int((events.why or "").rsplit("=", 1)[1].rstrip(")"))
    assert need > 16
    roomy = make("name: events, happens: push, at_least: 0.1", overrides=("log.events=400",))
    assert one(check(roomy, seed=1)).answer == "pass"


def test_nothing_to_check_is_its_own_answer(make: Make, small: Path) -> None:
    assert check(small).status == "nothing"
    assert beats(small).beats == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"only": ["fiar"]}, "did you mean 'fair'?"),
        ({"only": ["7"]}, "no expectation is called '7'"),
        ({"error": 0.0}, "the error is a chance above 0"),
        ({"error": 0.7}, "the error is a chance above 0"),
        ({"indifference": -0.1}, "the indifference is a share"),
        ({"max_worlds": 0}, "at least 1"),
        ({"seed": -1}, "the seed must lie"),
    ],
)
def test_options_that_cannot_be_are_refused(make: Make, options: dict[str, object], words: str) -> None:
    with pytest.raises(RunError, match=words.replace("?", r"\?")):
        check(make("name: fair, outcome: caught, at_least: 0.5"), **options)  # type: ignore[arg-type]


def test_an_interrupted_check_tells_what_is_known(make: Make) -> None:
    loaded = make("name: sure, outcome: caught, at_least: 0.3", "name: near, outcome: caught, at_least: 0.92")
    seen: list[CheckProgress] = []

    def interrupt(progress: CheckProgress) -> None:
        seen.append(progress)
        if len(seen) == 2:
            os.kill(os.getpid(), signal.SIGINT)

    result = check(loaded, seed=1, progress=interrupt, threads=1)
    assert result.status == "interrupted"
    assert 2 * BATCH <= result.worlds == seen[-1].done <= 4 * BATCH, "what is in flight may still be finished"
    assert [v.answer for v in result.verdicts] == ["pass", "inconclusive"]


def test_the_package_offers_it(make: Make) -> None:
    assert rearguard.check is check
    assert rearguard.check(make("outcome: caught, at_least: 0.3"), seed=1).to_dict()["status"] == "pass"


def test_events_have_what_patterns_can_ask_of_them(make: Make) -> None:
    from rearguard.scenario.patterns import event_kinds
    from rearguard.study.run import prepare_program

    kinds = list(event_kinds().values())
    events = prepare_program(make("outcome: caught, at_least: 0.5")).play(1, np.arange(100)).events
    assert len(np.unique(events["kind"])) > 8
    for k in np.unique(events["kind"]):
        own = events[events["kind"] == k]
        assert (own["actor"] >= 0).any() == kinds[k].has_actor, kinds[k].name
        # what is taken up or let go is named as the item
        assert (own["target"] >= 0).any() <= (kinds[k].has_target or kinds[k].noun == "payload"), kinds[k].name
        assert (own["item"] >= 0).any() <= (kinds[k].noun != "none"), kinds[k].name


# -------------------------------------------------------------------------------------------------------------- proofs


def test_sound_expectations_can_fail(make: Make) -> None:
    loaded = make(
        "outcome: caught, at_most: 0.5",
        "statistic: median slack, between: [5 s, 20 s]",
        "statistic: p95 duration, at_most: 40 s",
        "statistic: mean duration, at_least: 5 s",
        "statistic: median contact, at_least: 1 s",
        "statistic: mean contact, at_most: 30 s",
        "statistic: mean count of push by blocker, between: [0.1, 5]",
        "statistic: median count of push, at_least: 1",
        "happens: push by blocker on runner value > 50 N s at least 2 times, at_most: 0.9",
        "happens: contact by foe on chest, after: 2 s, before: stage is open, at_least: 0.1",
        "never: push by ?x in home on ?y, after: enter by ?y, unless: down of ?x, at_least: 0.01",
        "first: push by ?x on ?y in runner, then: [down of ?y, get_up of ?y], within: 3 s, unless: out of ?y, at_most: 0.9",
        "happens: push with shove, given: end is opened, at_least: 0.1",
    )
    found = prove(loaded, seed=1)
    assert [(p.expectation.name, p.why) for p in found.proofs if not p.holds] == []
    assert found.status == "pass"


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("outcome: caught, between: [0, 1]", "all that is possible"),
        ("statistic: median duration, at_least: 0 s", "all that is possible"),
        ("statistic: mean duration, at_most: 60 s", "all that is possible"),
        ("never: push, before: push, at_least: 0.9", "no log can make its pattern anything but true"),
        ("happens: push, before: push, at_most: 0.9", "no log can make its pattern anything but false"),
        ("happens: push, given: push, at_least: 0.9", "no log can make its pattern anything but true"),
        ("first: push, then: [down, fall], unless: down, at_most: 0.5", "anything but false"),
        ("never: push, after: fall, at_least: 0.5", "its window opened in none of 128 worlds"),
        ("happens: push, given: fall, at_least: 0.5", "no world of 128 counts"),
        ("outcome: caught, at_most: 0.9999", "cannot tell even the plainest breach"),
    ],
)
def test_vacuous_expectations_are_exposed(make: Make, entry: str, words: str) -> None:
    found = prove(make(entry, "name: sound, outcome: caught, at_most: 0.5"), seed=1)
    assert found.status == "fail"
    vacuous, sound = found.proofs
    assert words in (vacuous.why or "")
    assert sound.holds


def test_a_proof_says_from_where_on_a_check_fails(make: Make) -> None:
    proof = prove(make("name: fair, outcome: caught, between: [0.4, 0.6]"), seed=1, max_worlds=2000).proofs[0]
    assert proof.fails_below is not None and proof.fails_above is not None
    assert 0.3 < proof.fails_below < 0.4
    assert 0.6 < proof.fails_above < 0.7
    assert [a.answer for a in proof.attempts] == ["fail", "fail"]


# -------------------------------------------------------------------------------------------------------------- why not


def test_why_not_counts_every_failing_world_once(make: Make) -> None:
    loaded = make(
        "name: chain, first: push by blocker on ?x, then: [down of ?x, {event: get_up of ?x, within: 1 s}], within: 1 s, at_least: 0.5",
        "name: never, never: push by blocker on runner_1, at_least: 0.5",
        "name: window, happens: get_up, after: stage is open, at_least: 0.5",
        "name: bound, happens: down of ?x, after: push by blocker on ?x, before: get_up of ?x, unless: skid of ?x, at_least: 0.5",
        "name: ends, outcome: opened, at_least: 0.5",
    )
    for name in ("chain", "never", "window", "bound", "ends"):
        found = why_not(loaded, name, worlds=150, seed=1)
        assert found.failing > 0
        assert sum(reason.worlds for reason in found.reasons) == found.failing, name
        assert found.replay is not None and f"--world {found.example} " in found.replay


def test_why_not_names_the_clause(make: Make) -> None:
    loaded = make(
        "name: hard, happens: push by blocker on runner value > 900 N s, at_least: 0.5",
        "name: late, first: push by blocker on ?x, then: get_up of ?x, within: 0.2 s, at_least: 0.5",
        "name: order, first: contact by foe on chest, then: push by blocker, at_least: 0.5",
    )
    hard = why_not(loaded, "hard", worlds=100, seed=1).reasons
    assert [(r.clause, r.what, r.worlds) for r in hard] == [
        ("happens: push by blocker on runner value > 900 N s", "never happened", 100)
    ]
    assert "but not `value > 900 N s`" in hard[0].hints[0]
    late = why_not(loaded, "late", worlds=100, seed=1).reasons
    (slow,) = [r for r in late if r.what.startswith("came too late (median ")]
    assert slow.clause == "then: get_up of ?x"
    assert slow.what.endswith("allowed 0.2 s)")
    order = why_not(loaded, "order", worlds=100, seed=1).reasons
    assert ("then: push by blocker", "happened, but only before `contact by foe on chest`") in [
        (r.clause, r.what) for r in order
    ]


def test_why_not_of_a_statistic_says_on_which_side_worlds_lie(make: Make) -> None:
    found = why_not(make("statistic: median slack, between: [5 s, 12 s]"), "1", worlds=100, seed=1)
    assert {r.what.split(",")[0] for r in found.reasons} <= {"below 5 s", "above 12 s"}
    assert sum(r.worlds for r in found.reasons) == found.failing


# --------------------------------------------------------------------------------------------------------------- beats


def test_beats_agree_with_the_outcomes_of_a_run(make: Make, tmp_path: Path) -> None:
    loaded = make("outcome: caught, at_least: 0.5", "happens: contact by foe on chest, at_least: 0.5")
    run = rearguard.run(loaded, worlds=100, seed=4, out=tmp_path / "out")
    caught, touched = beats(loaded, worlds=100, seed=4).beats
    outcomes = run.outcomes["outcome"].to_pylist()
    assert caught.held == outcomes.count("caught")
    assert caught.estimate == run.summary.outcomes[0].share
    assert touched.held == 100 - run.outcomes["contact_time"].null_count
    assert caught.example == outcomes.index("caught")
    assert caught.is_inside

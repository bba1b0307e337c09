"""Explained decisions: they are the ones that were made, their sums come out, and what would have turned them does."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rearguard
from rearguard.engine.arrays import array_fields
from rearguard.engine.model import Input
from rearguard.engine.techniques import Hindrance
from rearguard.engine.world import PARTS
from rearguard.scenario.inputs import SCALES
from rearguard.scenario.schema import INPUTS
from rearguard.study.changes import Changes, changes
from rearguard.study.course import Scene, find_person, follow, open_scene, parse_time
from rearguard.study.folder import RunError
from rearguard.study.reasoning import Channel, Consideration, Option
from rearguard.study.replay import Replay, replay
from rearguard.study.turning import Turning
from rearguard.study.why import Why, explain_at, why

FORD = Path(__file__).parents[1] / "data" / "ford.yaml"
WORLDS = (0, 1, 2, 3)
PEOPLE = ("porter", "guard", "runner_1", "runner_2")
MOMENTS = 7
FIRST = 1.7
"""By then everybody has decided something [s]."""


@cache
def scene(world: int, who: str) -> Scene:
    return open_scene(FORD, world=world, who=who)


@cache
def explained(world: int, who: str, at: float) -> Why:
    """What ``why`` says, without loading the scenario anew."""
    return explain_at(scene(world, who), parse_time(at))


@cache
def replayed(world: int) -> Replay:
    return replay(FORD, world=world)


def samples() -> Iterator[Why]:
    for world in WORLDS:
        end = replayed(world).outcome["end_time"]
        for who in PEOPLE:
            for at in np.linspace(FIRST, end, MOMENTS).round(2).tolist():
                yield explained(world, who, min(at, end))


# ------------------------------------------------------------------------------------- the documented formula, once more


def bent(c: Consideration, value: float) -> float:
    """A response curve, written from its documentation."""
    x = min(max((value - c.low) / (c.high - c.low), 0.0), 1.0)
    y = {
        "linear": x,
        "power": x**c.shape,
        "logistic": 1.0 / (1.0 + math.exp(-c.shape * (x - 0.5))),
        "step": 1.0 if x >= 0.5 else 0.0,
    }[c.curve]
    return c.least + (1.0 - c.least) * y


def value_of(c: Consideration) -> float:
    return 1.0e6 if c.value is None else c.value


def worth(o: Option, values: list[float]) -> tuple[float, float]:
    """Score and value of an option from the values of its inputs."""
    product = math.prod(bent(c, x) for c, x in zip(o.considerations, values, strict=True))
    n = len(values)
    score = product + (1.0 - product) * (1.0 - 1.0 / n) * product if n else product
    return score, (score * o.weight + o.bonus + 100.0 * o.rank if score > 0.0 else 0.0)


def winner(channel: Channel, changed: tuple[str, str | None] | None = None, to: float = 0.0) -> int | None:
    """Who wins with one input different."""
    best, found = 0.0, None
    for o in sorted(channel.options, key=lambda o: o.number):
        if o.possible:
            score, value = worth(o, [to if (c.input, c.of) == changed else value_of(c) for c in o.considerations])
            if value > best and (o.kind == "order" or score >= 0.05):
                best, found = value, o.number
    return found


# ---------------------------------------------------------------------------------------------------------------- winner


def test_the_explained_winner_is_the_order_in_force() -> None:
    seen = set()
    for w in samples():
        after = round(w.time / 0.1) + 1
        rows = replayed(w.world).track
        row = rows.slice(after * len(PEOPLE) + PEOPLE.index(w.person), 1).to_pylist()[0]
        assert (row["person"], row["tick"]) == (w.person, after)
        assert (w.goal.order, w.goal.target) == (row["order"], row["target"])
        seen.add((w.person, w.goal.order))
    assert len(seen) >= 6, "the sample is too tame to show anything"


def test_the_explained_winner_is_the_last_order_of_the_log() -> None:
    for w in samples():
        events = replayed(w.world).events.to_pylist()
        orders = [e for e in events if e["kind"] == "order" and e["actor"] == w.person and e["time"] < w.time + 0.05]
        assert orders[-1]["item"] == w.goal.order
        if orders[-1]["tick"] == round(w.time / 0.1):
            won = w.orders.option(w.orders.winner)
            assert won is not None
            assert (orders[-1]["target"], orders[-1]["value"]) == (won.target, np.float32(won.value))


def test_the_explained_technique_is_the_one_begun() -> None:
    begun = 0
    for world in WORLDS:
        for e in replayed(world).events.to_pylist():
            if e["kind"] == "windup":
                w = explained(world, e["actor"], round(e["time"], 3))
                assert (w.goal.begins, w.goal.against) == (e["item"], e["target"])
                begun += 1
    assert begun >= 6


@pytest.mark.slow
def test_the_winner_of_the_east_gate_is_the_order_in_force() -> None:
    played = replay("east-gate", world=4)
    names = list(dict.fromkeys(played.track["person"].to_pylist()))
    rows = {(r["tick"], r["person"]): r for r in played.track.select(["tick", "person", "order", "target"]).to_pylist()}
    compared = 0
    for k, who in enumerate(names[::5]):
        scene = open_scene("east-gate", who=who, world=4)
        steps = follow(scene, 2**31 - 1).steps
        for step in steps[k % 7 :: 23]:
            w = explain_at(scene, scene.time_of(step.tick))
            row = rows[step.tick + 1, who]
            assert (w.time, w.goal.order, w.goal.target) == (scene.time_of(step.tick), row["order"], row["target"])
            compared += 1
    assert compared > 40


def test_explaining_leaves_the_world_as_it_is() -> None:
    scene = open_scene(FORD, who="guard", world=1)
    world = scene.begin()
    scene.explainer.program.advance(world, 90)

    def bits() -> list[bytes]:
        return [getattr(getattr(world, p), f).numpy().tobytes() for p, s in PARTS.items() for f, _ in array_fields(s)]

    before = bits()
    moment = scene.explainer.explain(world, scene.agent)
    assert moment.tick == 90
    assert bits() == before


# ------------------------------------------------------------------------------------------------------------------ sums


def test_values_follow_from_the_considerations_by_the_documented_formula() -> None:
    curves = set()
    for w in samples():
        for o in w.options:
            for c in o.considerations:
                curves.add(c.curve)
                assert c.response == pytest.approx(bent(c, value_of(c)), abs=2e-6)
            score, value = worth(o, [value_of(c) for c in o.considerations])
            assert o.product == pytest.approx(math.prod(c.response for c in o.considerations), abs=1e-5)
            assert o.supposed == pytest.approx(score, abs=1e-5)
            assert o.score == pytest.approx(score if o.possible else 0.0, abs=1e-5)
            assert o.value == pytest.approx(value if o.possible else 0.0, abs=1e-5)
    assert curves == {"linear", "power", "logistic", "step"}


def test_the_best_sum_wins_and_the_margin_is_that_to_the_winner() -> None:
    for w in samples():
        for channel in (w.orders, w.techniques):
            assert channel.winner == winner(channel)
            won = channel.option(channel.winner)
            for o in channel.options:
                assert o.won == (o.number == channel.winner)
                if won is not None and o.possible and not o.won:
                    assert o.behind == pytest.approx(won.value - o.value)
            losers = [o for o in channel.options if o.possible and not o.won and o.value > 0.0 and not o.too_low]
            second = channel.option(channel.runner_up)
            assert second == max(losers, key=lambda o: o.value, default=None)


def test_only_the_order_in_force_has_inertia() -> None:
    for w in samples():
        with_bonus = [o for o in w.options if o.bonus > 0.0]
        assert len(with_bonus) <= 1
        if w.goal.kept and w.goal.since < w.time:
            assert [o.what for o in with_bonus] == [w.goal.order]


def test_options_come_in_the_order_of_the_doctrine_with_those_it_inherits_first() -> None:
    options = explained(0, "guard", 5.7).options
    assert [(o.number, o.what) for o in options] == [
        (1, "escort"),
        (2, "block"),
        (3, "regroup"),
        (4, "fall_back"),
        (5, "shove"),
        (6, "shove"),
        (7, "slash"),
    ]
    assert [o.aim for o in options[:3]] == ["porter", "threat", "porter"]


# ----------------------------------------------------------------------------------------------------------------- turns


def turnings() -> Iterator[tuple[Channel, Turning]]:
    for w in samples():
        for channel in (w.orders, w.techniques):
            for o in channel.options:
                if o.turning is not None:
                    yield channel, o.turning


def test_the_smallest_change_turns_the_decision_and_a_hair_less_does_not() -> None:
    kinds = set()
    for channel, t in turnings():
        changed = (t.input, t.of)
        kinds.add(SCALES[t.input].kind)
        assert t.option != channel.winner
        # the engine reckons with 24 bits: a hair beyond the point, so that this reckoning with 53 agrees
        beyond = t.after + math.copysign(1e-5 * max(1.0, abs(t.after)), t.after - t.before)
        whole = SCALES[t.input].kind in ("flag", "count")
        assert winner(channel, changed, t.after if whole else beyond) == t.option
        if not whole:
            short = t.after - math.copysign(1e-4 * max(1.0, abs(t.after)), t.after - t.before)
            if (short - t.before) * (t.after - t.before) > 0.0:
                assert winner(channel, changed, short) != t.option
        elif abs(t.after - t.before) > 1.0:
            assert winner(channel, changed, t.after - math.copysign(1.0, t.after - t.before)) != t.option
    assert kinds == {"amount", "share", "flag", "count"}


def test_the_figure_that_is_told_turns_the_decision_too() -> None:
    found = 0
    for channel, t in turnings():
        assert abs(t.told - t.before) >= abs(t.after - t.before) - 1e-5
        assert round(t.told, t.digits) == t.told
        assert winner(channel, (t.input, t.of), t.told) == t.option
        found += 1
    assert found > 50


def test_no_smaller_change_of_any_input_makes_the_option_win() -> None:
    tried = 0
    for w in list(samples())[::9]:
        for channel in (w.orders, w.techniques):
            inputs: dict[tuple[str, str | None], tuple[float, float]] = {}
            for o in w.options:  # a span is the same in both channels
                for c in o.considerations if o.possible else ():
                    _, span = inputs.get((c.input, c.of), (0.0, math.inf))
                    inputs[c.input, c.of] = (value_of(c), min(span, abs(c.high - c.low)))
            for o in channel.options:
                if not o.possible or o.won:
                    continue
                limit = o.turning.size if o.turning is not None else 3.0
                for (name, of), (x, span) in inputs.items():
                    whole = SCALES[name].kind in ("flag", "count")
                    for size in np.linspace(-0.98 * limit, 0.98 * limit, 25):
                        value = x + math.trunc(size * span) if whole else x + size * span
                        if SCALES[name].kind in ("flag", "share"):
                            value = min(max(value, 0.0), 1.0)
                        assert winner(channel, (name, of), max(value, 0.0)) != o.number
                        tried += 1
    assert tried > 500


def test_the_smallest_change_of_a_decision_is_the_smallest_of_its_options() -> None:
    for w in samples():
        sizes = [o.turning.size for o in w.orders.options if o.turning is not None]
        if w.orders.turning is None:
            assert not sizes
        else:
            assert w.orders.turning.size <= min(sizes, default=math.inf)


def test_a_turning_that_is_a_choice_turns_the_decision_when_it_is_set() -> None:
    before = explained(0, "runner_1", 1.6)
    hold = next(o for o in before.orders.options if o.what == "hold")
    assert (before.goal.order, hold.won) == ("pursue", False)
    assert hold.turning is not None
    assert (hold.turning.input, hold.turning.of, hold.turning.after) == ("chosen", "who_waits", 1.0)
    after = why(FORD, world=0, who="runner_1", at=1.6, overrides=["choices.who_waits.default=runner_1"])
    assert after.time == before.time
    assert (after.goal.order, after.orders.winner) == ("hold", hold.number)


def test_options_that_no_input_could_make_win_say_so() -> None:
    carry = explained(0, "porter", 5.7)
    assert carry.orders.turning is None
    assert [o.turning for o in carry.orders.options] == [None]


# ------------------------------------------------------------------------------------------------------------ hindrances


def test_what_hinders_a_technique_is_named_with_its_figures() -> None:
    found: dict[str, str] = {}
    for w in samples():
        for o in w.techniques.options:
            assert o.possible == (o.hindrance is None) == (o.why_not is None)
            if o.hindrance is not None and o.why_not is not None:
                found.setdefault(o.hindrance, o.why_not)
                assert o.hindrance in Hindrance.__members__
                assert (o.value, o.score, o.turning) == (0.0, 0.0, None)
    assert {"cooling", "out_of_reach", "unskilled", "not_free", "not_seen", "no_target"} <= set(found), found
    assert "s more)" in found["cooling"]
    assert "it reaches" in found["out_of_reach"]


def test_a_technique_that_is_too_dear_says_what_it_takes() -> None:
    dear = ["techniques.shove.cost=75"]
    poor = why(FORD, world=0, who="guard", at=6, overrides=dear)
    shove = next(o for o in poor.techniques.options if o.what == "shove")
    assert (shove.hindrance, shove.why_not) == ("too_dear", "takes 75 power, 70 is left")


def test_a_hindered_option_says_whether_it_would_have_won() -> None:
    would = set()
    for w in samples():
        for o in w.techniques.options:
            if o.hindrance not in (None, "unskilled") and o.target is not None:
                freed = replace(o, possible=True)
                others = [freed if p.number == o.number else p for p in w.techniques.options]
                assert o.would_win == (winner(replace(w.techniques, options=others)) == o.number)
                would.add(o.would_win)
    assert would == {True, False}


# ------------------------------------------------------------------------------------------------- knowledge, body, times


def test_beliefs_are_kept_apart_from_the_truth() -> None:
    w = explained(0, "guard", 7.3)
    rows = [r for r in replayed(0).track.to_pylist() if r["tick"] == round(w.time / 0.1)]
    at = {r["person"]: (r["x"], r["y"]) for r in rows}
    for k in w.knows:
        assert k.truth is not None
        if k.kind != "payload":
            assert (k.truth.position.x, k.truth.position.y) == at[k.name]
        if k.position is not None and k.truth.error is not None:
            off = math.dist((k.position.x, k.position.y), (k.truth.position.x, k.truth.position.y))
            assert k.truth.error == pytest.approx(off, abs=1e-4)
            assert k.age is None or k.age >= 0.0
    blind = why(FORD, world=0, who="guard", at=7.3, truth=False)
    assert all(k.truth is None for k in blind.knows)
    assert "truth" not in blind.to_dict()["knows"][0]
    assert [replace(k, truth=None) for k in w.knows] == blind.knows


def test_those_never_seen_are_listed_as_unknown() -> None:
    unknown = [k for k in explained(0, "porter", FIRST).knows if k.position is None]
    assert {k.name for k in unknown} >= {"runner_1", "runner_2"}
    assert {(k.source, k.age) for k in unknown} == {("nothing", None)}


def test_a_target_that_is_used_is_known() -> None:
    for w in samples():
        known = {k.name for k in w.knows if k.age is not None}
        for o in w.options:
            assert o.target is None or o.target in known


def test_the_body_is_that_of_the_track() -> None:
    for w in samples():
        row = next(
            r
            for r in replayed(w.world).track.slice(round(w.time / 0.1) * len(PEOPLE), len(PEOPLE)).to_pylist()
            if r["person"] == w.person
        )
        assert (w.body.mode, w.body.speed) == (row["mode"], pytest.approx(row["speed"], abs=1e-5))
        assert w.body.reserve / w.body.reserve_full == pytest.approx(row["reserve"], abs=1e-6)
        assert (w.body.power, w.body.wound, w.body.carries) == (row["power"], row["wound"], row["carries"])


def test_the_decision_is_the_last_at_or_before_the_time() -> None:
    times = sorted({explained(0, "guard", at).time for at in (5.0, 5.1, 5.2, 5.3, 5.4, 5.5, 5.9)})
    assert times == [4.9, 5.4, 5.9]
    assert explained(0, "guard", 5.4).time == 5.4
    assert explained(0, "guard", 5.39).time == 4.9


def test_the_order_stands_since_it_was_taken_up() -> None:
    for change in listed(0, "guard").changes:
        if change.kind == "order":
            w = explained(0, "guard", change.time)
            assert (w.goal.since, w.goal.kept) == (change.time, False)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("65", 65.0), ("65 s", 65.0), ("1:05.5", 65.5), ("1 min 5 s", 65.0), ("0:01:05", 65.0), ("0", 0.0), (7.25, 7.25)],
)
def test_times_are_read_as_people_write_them(text: str | float, seconds: float) -> None:
    assert parse_time(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["soon", "", "1:5", "-3", "1:2:3:4", "3 m", "nan", "inf", "1e99"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(RunError, match="is not a time"):
        parse_time(text)


def test_people_are_found_by_name_and_by_title() -> None:
    names = open_scene("east-gate", who="temari", world=0).names
    assert names.people[find_person(names, "Kankuro")] == "kankuro"
    assert names.people[find_person(names, "Kankurō")] == "kankuro"
    assert names.people[find_person(names, "Sound 3")] == "sound_3"
    for asked, said in (("temarri", "did you mean 'temari'"), ("sound", "9 people"), ("gaara", "a payload")):
        with pytest.raises(RunError, match=said):
            find_person(names, asked)


@pytest.mark.parametrize(
    ("who", "at", "said"),
    [
        ("runner_1", 0.2, "runner_1 is not here yet in world 0; the first decision is at"),
        ("guard", 0.0, "guard is not here yet in world 0; the first decision is at 0.1 s"),
        ("guard", 400, r"world 0 ends at .* \(caught\); ask for a time up to then"),
        ("guard", "later", "is not a time"),
        ("gard", 3, "did you mean 'guard'"),
    ],
)
def test_where_there_is_nothing_to_explain_that_is_said(who: str, at: Any, said: str) -> None:
    with pytest.raises(RunError, match=said):
        why(FORD, world=0, who=who, at=at)


def test_somebody_who_is_out_is_said_to_be_out() -> None:
    deadly = ["techniques.slash.wound=1", "techniques.slash.shape.reach=3 m", "techniques.slash.cost=1"]
    for world in range(12):
        events = replay(FORD, world=world, overrides=deadly).events.to_pylist()
        out = next((e for e in events if e["kind"] == "out"), None)
        if out is not None and out["time"] + 1.0 < events[-1]["time"]:
            with pytest.raises(
                RunError, match=f"{out['actor']} is out in world {world} since .*; the last decision was at"
            ):
                why(FORD, world=world, who=out["actor"], at=out["time"] + 1.0, overrides=deadly)
            return
    pytest.fail("nobody was out")


@pytest.mark.parametrize(("world", "seed"), [(-1, 0), (2**32, 0), (0, -1), (0, 2**32)])
def test_numbers_that_are_no_world_or_seed_are_refused(world: int, seed: int) -> None:
    with pytest.raises(RunError, match="must lie between 0 and"):
        why(FORD, world=world, who="guard", at=3, seed=seed)


def test_the_end_of_a_world_can_be_asked_about() -> None:
    end = replayed(0).outcome["end_time"]
    assert end - 0.6 < why(FORD, world=0, who="porter", at=end).time < end


def test_a_scene_that_is_asked_again_says_what_why_says() -> None:
    assert explained(1, "guard", 5.4) == why(FORD, world=1, who="guard", at=5.4)


def test_why_is_part_of_the_interface() -> None:
    assert rearguard.why is why
    assert "why" in rearguard.__all__


# --------------------------------------------------------------------------------------------------------------- changes


@cache
def listed(world: int, who: str) -> Changes:
    return changes(FORD, world=world, who=who)


def test_every_order_and_technique_of_the_log_is_listed() -> None:
    for world in WORLDS:
        events = replayed(world).events.to_pylist()
        for who in PEOPLE:
            own = [(round(e["time"], 3), e["kind"], e["item"]) for e in events if e["actor"] == who]
            times = {(c.time, c.kind): c.taken.what for c in listed(world, who).changes if c.taken is not None}
            for time, kind, item in own:
                if kind in ("order", "windup"):
                    assert times[time, "order" if kind == "order" else "technique"] == item
            begun = [c for c in listed(world, who).changes if c.kind == "technique"]
            assert len(begun) == sum(kind == "windup" for _, kind, _ in own)


def test_a_listed_moment_is_explained_as_it_is_listed() -> None:
    shifts = set()
    for who in PEOPLE:
        for change in listed(1, who).changes:
            w = explained(1, who, change.time)
            channel = w.orders if change.kind == "order" else w.techniques
            assert w.time == change.time
            for mine, theirs in (
                (channel.option(channel.winner), change.taken),
                (channel.option(channel.runner_up), change.runner_up),
            ):
                assert (mine is None) == (theirs is None)
                if mine is not None and theirs is not None:
                    assert (mine.number, mine.target, mine.value) == (theirs.number, theirs.target, theirs.value)
            shifts.add(change.shift.kind)
    assert {"first", "input", "freed"} <= shifts


def test_an_input_given_as_the_reason_moved_as_told() -> None:
    reasons = 0
    for world in WORLDS:
        for change in listed(world, "guard").changes:
            s = change.shift
            if s.kind == "input" and s.option is not None:
                now = explained(world, "guard", change.time)
                then = explained(world, "guard", round(change.time - 0.1, 3))
                for w, value, gives in ((now, s.after, s.response_after), (then, s.before, s.response_before)):
                    option = next(o for o in w.options if o.number == s.option.number)
                    assert any((c.input, c.value, c.response) == (s.input, value, gives) for c in option.considerations)
                reasons += 1
    assert reasons >= 6


# ---------------------------------------------------------------------------------------------------------------- tables


def test_every_input_has_a_scale() -> None:
    """A new input needs a line in ``scenario.inputs``: its kind, its unit, and whom it is about."""
    assert set(SCALES) == set(INPUTS) == set(Input.__members__)

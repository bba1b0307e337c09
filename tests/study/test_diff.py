"""Comparing: what is the same shows no difference, what is not shows where, in which worlds, and what it would take."""

import numpy as np
import pyarrow.parquet as pq
import pytest

import rearguard
from lane import write_lane
from rearguard.scenario.load import load_scenario
from rearguard.study.diff import _Side, compare, most_changed
from rearguard.study.folder import RunError
from rearguard.study.text_changes import text_changes

OUTCOMES = ["caught", "away", "unresolved"]


@pytest.fixture(scope="module")
def lane(tmp_path_factory, request):
    return write_lane(tmp_path_factory.mktemp("lane"), request.path.parent.parent / "data" / "small.yaml")


@pytest.fixture(scope="module")
def changed(lane):
    return rearguard.diff(lane, worlds=70, seed=4, overrides=["choices.who_stays.default=nobody"])


def side(outcome, end, contact, deadline):
    return _Side(np.array(outcome), *(np.array(values, float) for values in (end, contact, deadline)))


def test_each_side_is_what_a_run_of_it_gives(lane, changed, tmp_path):
    for mark, overrides in (("a", []), ("b", ["choices.who_stays.default=nobody"])):
        alone = rearguard.run(lane, worlds=70, seed=4, overrides=overrides, out=tmp_path / mark)
        assert changed.table[f"outcome_{mark}"].to_pylist() == alone.outcomes["outcome"].to_pylist()
        assert changed.table[f"end_time_{mark}"].to_pylist() == alone.outcomes["end_time"].to_pylist()
        assert changed.table["world"].to_pylist() == list(range(70))


def test_the_transitions_add_up(changed):
    assert changed.transitions.sum() == 70 == changed.worlds
    outcomes = changed.table["outcome_b"].to_pylist()
    for k, name in enumerate(changed.outcomes[:-1]):
        assert changed.transitions[:, k].sum() == outcomes.count(name)
    assert changed.changed == sum(a != b for a, b in zip(changed.table["outcome_a"].to_pylist(), outcomes, strict=True))


def test_a_real_difference_is_seen(changed):
    assert "duration" in [figure.name for figure in changed.seen]
    duration = next(f for f in changed.figures if f.name == "duration")
    assert duration.change.value == pytest.approx(duration.b - duration.a)
    assert duration.change.low < duration.change.value < duration.change.high


def test_examples_can_be_played_again(lane, changed):
    assert 1 <= len(changed.examples) <= 3
    example = changed.examples[0]
    assert f"--world {example.world} --seed 4" in example.replay[0]
    assert "--set choices.who_stays.default=nobody" in example.replay[1]
    again = rearguard.replay(lane, world=example.world, seed=4, overrides=["choices.who_stays.default=nobody"])
    assert again.outcome["end_time"] == pytest.approx(example.end_times[1])


def test_a_scenario_does_not_differ_from_itself(lane):
    found = rearguard.diff(lane, lane, worlds=20)
    assert found.changes == []
    assert found.same == 20
    assert found.changed == 0
    assert not found.seen
    assert found.examples == []


def test_another_version_of_a_file_shares_the_draws(lane, tmp_path):
    file = tmp_path / "version.yaml"
    file.write_text(
        lane.read_text(encoding="utf-8").replace('lasts: "normal(20, 1) s"', 'lasts: "normal(22, 1) s"'),
        encoding="utf-8",
    )
    found = rearguard.diff(lane, file, worlds=30)
    assert [(c.path, c.old, c.new) for c in found.changes] == [
        ("payloads.chest.stages.0.lasts", "normal(20, 1) s", "normal(22, 1) s")
    ]
    met = next(f for f in found.figures if f.name == "slack, contact in both")
    assert met.change.value == pytest.approx(2.0, abs=0.01)
    assert met.change.high - met.change.low < 0.1


def test_a_table_can_be_written(changed, tmp_path):
    changed.to_parquet(tmp_path / "pairs.parquet")
    assert pq.read_table(tmp_path / "pairs.parquet").equals(changed.table)


def test_worlds_without_contact_count_at_the_horizon():
    nan = float("nan")
    a = side([0, 1, 0], [10, 30, 12], [10, nan, 12], [20, 20, 20])
    b = side([0, 0, 1], [11, 28, 30], [11, 28, nan], [20, 20, 20])
    figures = {f.name: f for f in compare(a, b, OUTCOMES, 60.0)}
    assert figures["contact by 60 s"].change.value == pytest.approx((11 + 28 + 60 - 10 - 60 - 12) / 3)
    assert figures["slack, contact by 60 s"].change.value == pytest.approx(-(11 + 28 + 60 - 10 - 60 - 12) / 3)
    assert "slack, contact in both" not in figures
    assert (figures["caught"].a, figures["caught"].b, figures["caught"].change.value) == pytest.approx(
        (2 / 3, 2 / 3, 0)
    )
    assert figures["in time"].change.value == pytest.approx(-1 / 3)
    assert "unresolved" not in figures


def test_without_a_deadline_there_is_no_slack():
    nan = float("nan")
    a = side([0, 1], [10, 30], [10, nan], [nan, nan])
    assert [f.name for f in compare(a, a, OUTCOMES, 60.0)] == ["caught", "away", "contact by 60 s", "duration"]


def test_the_worlds_that_changed_most_come_first():
    nan = float("nan")
    a = side([0, 0, 1, 0], [10, 10, 30, 10], [10, 10, nan, 10], [20] * 4)
    b = side([0, 0, 0, 0], [10, 15, 28, 12], [10, 15, 28, 12], [20] * 4)
    assert most_changed(a, b, 60.0, 5).tolist() == [2, 1, 3]


def test_text_changes_see_through_order_and_layout(lane, tmp_path):
    file = tmp_path / "lane.yaml"
    text = lane.read_text(encoding="utf-8")
    file.write_text(
        "# another comment\n" + text.replace("shove: {effect: push,", "shove:\n    {effect:   push,"), encoding="utf-8"
    )
    assert text_changes(load_scenario(lane), load_scenario(file)) == []
    other = load_scenario(lane, overrides=["people.runner.count=3", "people.porter.body.mass=60 kg"])
    assert {(c.path, c.old, c.new) for c in text_changes(load_scenario(lane), other)} == {
        ("people.runner.count", 2, 3),
        ("people.porter.body.mass", None, "60 kg"),
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "compare with what"),
        ({"overrides": ["people.runner.count=3"], "worlds": 0}, "at least 1 world"),
        ({"overrides": ["people.runner.count=3"], "horizon": 1e4}, "time limit, 60 s"),
    ],
)
def test_what_cannot_be_compared_says_why(lane, options, message):
    with pytest.raises(RunError, match=message):
        rearguard.diff(lane, **options)

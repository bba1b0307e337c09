"""Tuning: closed forms come out, cells and files agree, noise keeps its width, files keep their comments, errors teach."""

from __future__ import annotations

import numpy as np
import pytest

from pursuits import CHASE, contact
from rearguard.scenario.edit import EditError, edited
from rearguard.scenario.errors import ScenarioError
from rearguard.scenario.expectations import Band
from rearguard.scenario.load import load_scenario
from rearguard.scenario.units import SPEED
from rearguard.study.executor import LocalThreads
from rearguard.study.folder import RunError
from rearguard.study.trials import Trials, _unit_of, moved_program, read_knobs
from rearguard.study.tune import tune, write
from rearguard.study.tune_search import aim_at
from worlds import prepare_shared


@pytest.fixture
def chase(chase_file, monkeypatch):
    monkeypatch.setattr("rearguard.study.trials.prepare_program", prepare_shared)
    return chase_file


# ---------------------------------------------------------------------------------------------------------- closed forms


def test_a_delay_is_found_by_its_closed_form(chase):
    fixed = ["people.hunter.body.critical_speed=8 m/s"]
    found = tune(chase, ["mean contact in [25 s, 26 s]"], factors=["delay"], worlds=20, trials=0, overrides=fixed)
    (best, *_) = found.solutions
    assert found.today.aims[0].value == pytest.approx(contact(8.0, 2.0), abs=0.15)
    # every second of delay lets him run for 8 / (8 - 4) seconds more
    assert best.changes["delay"] == pytest.approx(2.0 + (25.0 - contact(8.0, 2.0)) / 2.0, abs=0.1)
    assert best.holds == (True,)
    assert set(best.changes) == {"delay"}


def test_a_speed_is_found_by_its_closed_form(chase):
    found = tune(chase, ["median contact <= 12.5 s"], factors=["pace"], worlds=60, trials=0)
    (best, *_) = found.solutions
    assert contact(best.changes["pace"], 2.0) == pytest.approx(12.5, abs=0.15)
    assert found.texts(best)["people.hunter.body.critical_speed"].startswith("normal(")
    assert found.texts(best)["people.hunter.body.critical_speed"].endswith(", 0.2) m/s")


def test_several_targets_are_met_together_and_factors_without_effect_stay(chase):
    targets = ["mean contact in [20 s, 21 s]", "share(caught) >= 90 %"]
    found = tune(chase, targets, worlds=40, trials=16, solutions=3)
    assert found.solutions
    for solution in found.solutions:
        assert "nerve" not in solution.changes
        assert all(solution.holds)
    assert [s.size for s in found.solutions] == sorted(s.size for s in found.solutions)
    flat = {trial.aims[0].value for trial in found.curves["nerve"]}
    assert flat == {found.today.aims[0].value}
    assert found.table.num_rows == len(found.trials)


def test_what_is_met_needs_no_change_and_what_cannot_be_is_said(chase):
    met = tune(chase, ["share(caught) >= 0.9"], factors=["delay"], worlds=20, trials=0)
    assert met.is_met_today and not met.solutions
    never = tune(chase, ["mean contact <= 5 s"], factors=["delay"], worlds=20, trials=0)
    assert not never.solutions
    assert never.nearest.point == (0.0,)


def test_tuning_does_not_depend_on_threads(chase):
    options = {"factors": ["delay", "pace"], "worlds": 20, "trials": 8}
    one, two = (tune(chase, ["mean slack in [30 s, 35 s]"], threads=t, **options).to_dict() for t in (1, 2))
    assert one == two


def test_a_target_at_the_edge_is_not_taken_as_met():
    band = Band(0.4, 0.6)
    assert aim_at(band, 0.5, 0.02).off == 0.0
    assert aim_at(band, 0.41, 0.02).off < 0.0
    assert aim_at(band, 0.61, 0.02).off > 0.0
    assert aim_at(band, 0.48, 0.2).off == 0.0  # the margin leaves some of the band
    assert aim_at(band, float("nan"), 0.1).off != 0.0


# ---------------------------------------------------------------------------------------------------------------- trials


def test_factors_that_are_cells_play_as_the_file_would(chase):
    bench = Trials(load_scenario(chase), executor=LocalThreads(2))
    kinds = {k.name: k.cells is not None for k in bench.knobs}
    assert kinds == {"delay": True, "pace": True, "nerve": True, "look": False}
    values = {"delay": 3.5, "pace": 7.25, "look": 1.5}
    ids = np.arange(8)
    (cells,) = bench.play([values], [ids], 5)
    texts = [f"{k.path}={k.text(values[k.name])}" for k in bench.knobs if k.name in values]
    afresh = prepare_shared(load_scenario(chase, overrides=texts)).play(5, ids, log=False)
    for name, column in cells.outcomes.items():
        np.testing.assert_array_equal(column, afresh.outcomes[name])


def test_moving_a_draw_keeps_its_width(chase):
    bench = Trials(load_scenario(chase), ["pace"], executor=LocalThreads(1))
    program = moved_program(*bench.place_for({"pace": 7.0}))
    (noise,) = [n for n in program.compiled.noise if n.path == "people.hunter.body.critical_speed"]
    assert noise.draw.values == (7.0, 0.2)
    assert bench.program.compiled.tables["body"][1, 3] == 8.0


def test_groups_move_together(small, tmp_path, monkeypatch):
    monkeypatch.setattr("rearguard.study.trials.prepare_program", prepare_shared)
    factor = "factors:\n  quick: {path: people.runner.body.critical_speed, range: [4.2 m/s, 6 m/s]}\n"
    file = tmp_path / "small.yaml"
    file.write_text(small.read_text(encoding="utf-8") + factor, encoding="utf-8")
    (knob,) = Trials(load_scenario(file), executor=LocalThreads(1)).knobs
    assert knob.cells is not None
    assert len(knob.cells) == 2
    assert knob.text(5.0) == "uniform(4.5, 5.5) m/s"
    assert (knob.low, knob.high) == (4.2, 6.0)


@pytest.mark.parametrize(
    ("text", "unit"),
    [("21.6 km/h", "km/h"), ("normal(8, 0.2) m/s", "m/s"), ("uniform(2 km/h, 4 km/h)", "km/h"), (None, "m/s")],
)
def test_values_are_written_in_the_unit_of_the_file(text, unit):
    assert _unit_of(text, SPEED)[0] == unit


def test_values_are_those_that_a_person_would_write(chase):
    delay, pace, *_ = read_knobs(load_scenario(chase))
    assert delay.neat(3.14159) == pytest.approx(3.15)
    assert delay.neat(2.0) == 2.0
    assert delay.plain(3.15) == "3.15 s"
    assert pace.low == pytest.approx(6.0)


# --------------------------------------------------------------------------------------------------------------- writing


def test_writing_changes_the_value_and_nothing_else(chase):
    found = tune(chase, ["mean contact in [25 s, 26 s]"], factors=["delay"], worlds=20, trials=0)
    before = chase.read_text(encoding="utf-8").splitlines()
    (change,) = write(found, found.solutions[0])
    after = chase.read_text(encoding="utf-8").splitlines()
    differing = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert len(differing) == 1
    old, new = differing[0]
    value = found.texts(found.solutions[0])["people.hunter.start"]
    assert new == old.replace("2 s", value)
    assert new.endswith("# a pure delay")
    assert change == f"people.hunter.start: 2 s → {value}"
    again = tune(chase, ["mean contact in [25 s, 26 s]"], factors=["delay"], worlds=20, trials=0)
    assert again.is_met_today


def test_quotes_stay_and_defaults_are_put_in():
    out = edited(CHASE, "chase.yaml", {("people", "hunter", "body", "critical_speed"): "normal(7, 0.2) m/s"})
    assert 'critical_speed: "normal(7, 0.2) m/s", sprint' in out
    assert out.count("\n") == CHASE.count("\n")
    out = edited(CHASE, "chase.yaml", {("people", "porter", "nerve", "composure"): "0.4"})
    assert "# a pure delay" in out and "composure: 0.4" in out.replace("'", "")


def test_a_value_that_others_share_is_not_changed():
    text = "a: &speed 3 m/s\nb: *speed\n"
    with pytest.raises(EditError, match="nothing is written"):
        edited(text, "x.yaml", {("a",): "4 m/s"})
    with pytest.raises(EditError, match="nothing is written"):
        edited(text, "x.yaml", {("b",): "4 m/s"})


def test_shipped_scenarios_and_overridden_ones_are_not_written(chase, monkeypatch):
    monkeypatch.setattr("rearguard.study.trials.prepare_program", prepare_shared)
    found = tune(
        chase, ["mean contact in [25 s, 26 s]"], factors=["delay"], worlds=20, trials=0, overrides=["time.limit=85 s"]
    )
    with pytest.raises(RunError, match="values from --set"):
        write(found, found.solutions[0])
    alley = tune("alley", ["share(robbed) >= 45 %"], factors=["weight"], worlds=40, trials=0)
    with pytest.raises(RunError, match="rearguard new my-alley --template alley"):
        write(alley, alley.solutions[0])


# ---------------------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("target", "column", "hint"),
    [
        ("share(cought) in [0.4, 0.5]", 7, "did you mean 'caught'"),
        ("mediam slack <= 5 s", 1, "did you mean 'median'"),
        ("median slak <= 5 s", 8, "did you mean 'slack'"),
        ("median slack in [5, 6 s]", 18, "write a duration"),
        ("share(caught) = 3", 15, "write in \\[LOW, HIGH\\]"),
        ("share(caught) in [0.6, 0.5]", 15, "from low to high"),
        ("share caught <= 3", 1, "share\\(caught\\)"),
        ("caught", 1, "such as"),
    ],
)
def test_a_wrong_target_is_shown_with_the_nearest_right_thing(chase, target, column, hint):
    with pytest.raises(ScenarioError, match=rf"--target #1:1:{column}: RG0(.|\n)*{hint}"):
        tune(chase, [target], worlds=20)


def test_errors_say_what_to_declare(small, chase, monkeypatch):
    monkeypatch.setattr("rearguard.study.trials.prepare_program", prepare_shared)
    with pytest.raises(RunError, match=r"declares no factors(.|\n)*path: people.porter.body.critical_speed"):
        tune(small, ["share(caught) >= 0.5"])
    with pytest.raises(RunError, match="did you mean 'delay'"):
        tune(chase, ["share(caught) >= 0.5"], factors=["dely"])
    with pytest.raises(RunError, match="something to aim at"):
        tune(chase)
    with pytest.raises(RunError, match="expects nothing"):
        tune(chase, expect=True)

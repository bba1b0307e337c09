"""What must hold of ``--set path=value``."""

from __future__ import annotations

import pytest

from scenario_text import BASE, load, only, problems


@pytest.mark.parametrize(
    ("override", "read", "value"),
    [
        ("time.limit=10 min", lambda s: s.time.limit.nominal, 600.0),
        ("payloads.chest.stages.0.lasts=20 s", lambda s: s.payloads["chest"].stages[0].lasts.nominal, 20.0),
        ("people.ana.body.mass = 70 kg", lambda s: s.people["ana"].body.mass.nominal, 70.0),
        ("people.bo.body.mass=70 kg", lambda s: s.people["bo"].body.mass.nominal, 70.0),
        ("people.bo.at=[8, 3]", lambda s: s.people["bo"].at, [8.0, 3.0]),
        ("people.bo.title='Bo: the \"first\"'", lambda s: s.people["bo"].title, 'Bo: the "first"'),
        ("people.bo.body.familiarity.street=1.1", lambda s: s.people["bo"].body.familiarity["street"].nominal, 1.1),
        ("techniques.gust.opposes.push=0.5", lambda s: s.techniques["gust"].opposes["push"].nominal, 0.5),
        ("ground.brush.speed=0.4", lambda s: s.ground["brush"].speed.nominal, 0.4),
        ("log.events=64", lambda s: s.log.events, 64),
        ("people.ana.body={mass: 50 kg}", lambda s: s.people["ana"].body.mass.nominal, 50.0),
        ("people.ana.body.sprint=normal(8, 0.2) m/s", lambda s: s.people["ana"].body.sprint.kind, "normal"),
        ("choices.stays.default=cy_2", lambda s: s.choices["stays"].default, "cy_2"),
        ("about=", lambda s: s.about, None),
        ("deadline=stage(chest) is open", lambda s: s.deadline, "stage(chest) is open"),
    ],
)
def test_a_value_is_set(tmp_path, override, read, value):
    assert read(load(tmp_path, BASE, override).scenario) == value


def test_later_settings_win_and_are_kept(tmp_path):
    loaded = load(tmp_path, BASE, "time.limit=2 min", "time.limit=3 min")
    assert loaded.scenario.time.limit.nominal == 180.0
    assert loaded.overrides == ("time.limit=2 min", "time.limit=3 min")


def test_setting_a_value_changes_the_digest_and_setting_the_same_does_not(tmp_path):
    plain = load(tmp_path, BASE)
    assert load(tmp_path, BASE, "time.limit=300 s").digest == plain.digest
    assert load(tmp_path, BASE, "time.limit=301 s").digest != plain.digest


@pytest.mark.parametrize(
    ("override", "column", "words", "hint"),
    [
        ("time.limt=3 s", 6, "'time' has no 'limt'", "'limit'"),
        ("tiem.limit=3 s", 1, "no 'tiem' to set", "'time'"),
        ("people.anna.at=a", 8, "'people' has no 'anna'", "'ana'"),
        ("people.ana.body.mas=3 kg", 17, "has no 'mas'", "'mass'"),
        ("payloads.chest.stages.7.lasts=3 s", 23, "no entry of the list", "0 to 1"),
        ("payloads.chest.stages.²=3 s", 23, "no entry of the list", "0 to 1"),
        ("payloads.chest.stages.-1.lasts=3 s", 23, "no entry of the list", "0 to 1"),
        ("name.first=x", 6, "single value", None),
        ("time..limit=x", 6, "has no ''", "there are"),
        ("time.limit", 1, "path=value", "such as"),
        ("=3", 1, "path=value", "such as"),
        ("time.limit=[1", 14, "not YAML", None),
        ("time.limit=a: b", 12, "neither a plain value", "quotes"),
        ("time.limit=- a", 12, "neither a plain value", "quotes"),
        ("time.limit=3 s\nname: x", 12, "one line", None),
        ("time.limit=\"\\e[31m\"", 12, "control characters", None),
    ],
)  # fmt: skip
def test_what_cannot_be_set_is_told_at_its_column(tmp_path, override, column, words, hint):
    problem = only(tmp_path, BASE, override)
    assert (problem.file, problem.line, problem.column) == ("--set #1", 1, column)
    assert words in problem.message
    assert hint is None or hint in str(problem.hint)


@pytest.mark.parametrize(
    ("override", "column", "words"),
    [
        ("people.ana.body.mass=-1 kg", 22, "too small"),
        ("people.ana.doctrine=rn", 21, "doctrine 'rn' does not exist"),
        ("people.ana.body={mass: 3 m}", 24, "is a length"),
        ("people.ana.body={mas: 3 kg}", 18, "unknown key 'mas'"),
        ("people.ana.knows=[bo, nemo]", 23, "'nemo'"),
    ],
)
def test_a_wrong_value_is_told_where_it_was_set(tmp_path, override, column, words):
    problem = only(tmp_path, BASE, "time.limit=4 min", override)
    assert (problem.file, problem.line, problem.column) == ("--set #2", 1, column)
    assert words in problem.message
    assert problem.source == override


def test_all_settings_that_cannot_be_followed_are_told(tmp_path):
    found = problems(tmp_path, BASE, "a=1", "time.limit=4 min", "b=2")
    assert [p.file for p in found] == ["--set #1", "--set #3"]


def test_an_empty_setting_is_refused(tmp_path):
    assert "path=value" in only(tmp_path, BASE, "").message

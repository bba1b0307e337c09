"""What must hold of ``extends:``."""

from __future__ import annotations

import pytest

from rearguard.scenario.errors import ScenarioError
from rearguard.scenario.load import load_scenario, shipped
from scenario_text import BASE, changed, spot


@pytest.fixture
def base(tmp_path):
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    return tmp_path


def child(folder, text, name="child.yaml"):
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def problems_of(file):
    with pytest.raises(ScenarioError) as caught:
        load_scenario(file)
    return caught.value.problems


def test_mappings_merge_and_lists_replace(base):
    text = """\
extends: base.yaml
name: child
people:
  ana: {body: {mass: 70 kg}, techniques: []}
  di: {side: away, at: c, doctrine: chase}
payloads:
  chest: {stages: [{name: open}]}
doctrines:
  run: {options: [{order: flee, to: d}]}
  chase: {options: [{order: pursue, target: chest}]}
ends:
  opened: {when: time > 1 min}
"""
    s = load_scenario(child(base, text)).scenario
    assert s.name == "child"
    assert (s.people["ana"].body.mass.nominal, s.people["ana"].body.sprint.nominal) == (70.0, 8.0)
    assert s.people["ana"].techniques == []
    assert list(s.people) == ["ana", "bo", "cy", "di"]
    assert [stage.name for stage in s.payloads["chest"].stages] == ["open"]
    assert s.extends is None


def test_a_child_that_changes_nothing_plays_the_same(base):
    assert load_scenario(child(base, "extends: base.yaml\n")).digest == load_scenario(base / "base.yaml").digest


def test_positions_point_into_the_file_where_the_value_stands(base):
    (base / "base.yaml").write_text(changed(("mass: 60 kg", "mass: -60 kg")), encoding="utf-8")
    text = "extends: base.yaml\npeople:\n  ana: {doctrine: rnu}\n"
    found = {p.file.rsplit("/", 1)[-1]: p for p in problems_of(child(base, text))}
    assert set(found) == {"base.yaml", "child.yaml"}
    assert (found["base.yaml"].line, found["base.yaml"].column) == spot(changed(("mass: 60", "mass: -60")), "-60 kg")
    assert (found["child.yaml"].line, found["child.yaml"].column) == spot(text, "rnu")


def test_a_value_that_replaces_a_block_takes_its_positions_away(base):
    text = "extends: base.yaml\npayloads:\n  chest:\n    stages: [{name: open, lsats: 3 s}]\n"
    (problem,) = problems_of(child(base, text))
    assert (problem.line, problem.column) == spot(text, "lsats")


def test_the_map_of_a_parent_in_another_folder_is_found(base):
    (base / "sub").mkdir()
    loaded = load_scenario(child(base / "sub", "extends: ../base.yaml\n"))
    assert loaded.map.width == 48.0


def test_a_chain_is_followed(base):
    child(base, "extends: base.yaml\ntime: {limit: 2 min}\n", "one.yaml")
    loaded = load_scenario(child(base, "extends: one.yaml\ntime: {tick: 0.2 s}\n", "two.yaml"))
    assert (loaded.scenario.time.limit.nominal, loaded.scenario.time.tick.nominal) == (120.0, 0.2)


def test_a_shipped_scenario_can_be_extended(tmp_path):
    name = shipped()[0]
    loaded = load_scenario(child(tmp_path, f"extends: {name}\nname: mine\n"))
    assert loaded.scenario.name == "mine"
    assert loaded.map.digest == load_scenario(name).map.digest


@pytest.mark.parametrize(
    ("text", "code", "words", "hint"),
    [
        ("extends: bsae.yaml\n", "RG040", "no file 'bsae.yaml'", "'base.yaml'"),
        ("extends: child.yaml\n", "RG040", "circle: child.yaml → child.yaml", None),
        ("extends: [base.yaml]\n", "RG012", "name of one file", None),
        ("extends: 3\n", "RG012", "name of one file", None),
        (f"extends: {'x' * 4000}\n", "RG040", "no file", None),
    ],
)
def test_a_parent_that_cannot_be_used_is_told_at_its_name(base, text, code, words, hint):
    (problem,) = problems_of(child(base, text))
    assert (problem.code, problem.line, problem.column) == (code, 1, 10)
    assert words in problem.message
    assert hint is None or hint in str(problem.hint)


def test_a_circle_of_two_is_told(base):
    child(base, "extends: b.yaml\n", "a.yaml")
    (problem,) = problems_of(child(base, "extends: a.yaml\n", "b.yaml"))
    assert "b.yaml → a.yaml → b.yaml" in problem.message
    assert problem.file.endswith("a.yaml")


def test_an_endless_chain_is_refused(base):
    for k in range(15):
        child(base, f"extends: c{k + 1}.yaml\n", f"c{k}.yaml")
    assert "more than 10 files" in problems_of(base / "c0.yaml")[0].message


def test_what_is_wrong_with_a_parent_is_told_of_the_parent(base):
    (base / "base.yaml").write_bytes(b"\x00\x01")
    (problem,) = problems_of(child(base, "extends: base.yaml\n"))
    assert problem.file.endswith("base.yaml")
    assert "binary" in problem.message


def test_merge_keys_take_what_is_not_there_already(base):
    text = changed(
        ("    body: {mass: 60 kg, sprint: 8 m/s}\n", "    body: &body {mass: 60 kg, sprint: 8 m/s}\n"),
        ("    at: [6 , 3]\n", "    at: [6 , 3]\n    body: {<<: *body, mass: 50 kg}\n"),
    )
    body = load_scenario(child(base, text)).scenario.people["bo"].body
    assert (body.mass.nominal, body.sprint.nominal) == (50.0, 8.0)

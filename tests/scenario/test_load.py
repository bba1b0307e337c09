"""What must hold of loading: names and paths, digests, the resolved text, and the JSON schema."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rearguard.scenario import schema
from rearguard.scenario.check import expand_people
from rearguard.scenario.errors import ScenarioError
from rearguard.scenario.load import known_keys, load_scenario, shipped, to_yaml
from rearguard.scenario.schema_json import json_schema
from rearguard.scenario.source import parse
from rearguard.scenario.units import MASS, parse_quantity
from scenario_text import BASE, changed, load


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_scenario_loads_by_name_without_a_warning(name):
    loaded = load_scenario(name)
    assert loaded.scenario.name == name
    assert loaded.warnings == ()
    assert load_scenario(loaded.path).digest == loaded.digest


def test_the_examples_of_the_docs_load():
    examples = sorted((Path(__file__).parents[2] / "docs" / "examples").glob("*.yaml"))
    assert examples
    for file in examples:
        assert load_scenario(file).scenario.people


def test_a_folder_with_a_scenario_is_a_scenario(tmp_path):
    (tmp_path / "scenario.yaml").write_text(BASE)
    assert load_scenario(tmp_path).scenario.name == "yard"


def test_an_unknown_name_lists_what_there_is_nearest_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    name = shipped()[0]
    with pytest.raises(ScenarioError) as caught:
        load_scenario(name[:-1])
    assert caught.value.problems[0].hint == f"did you mean '{name}'?"
    with pytest.raises(ScenarioError, match=name):
        load_scenario("qqqqqq")


def test_groups_are_drawn_out_into_numbered_people(tmp_path):
    people = expand_people(load(tmp_path, BASE).scenario)
    assert [(name, group, k) for name, _, group, k in people] == [
        ("ana", "ana", 0),
        ("bo", "bo", 0),
        ("cy_1", "cy", 0),
        ("cy_2", "cy", 1),
        ("cy_3", "cy", 2),
    ]


def test_the_digest_follows_what_is_played_and_nothing_else(tmp_path):
    plain = load(tmp_path, BASE).digest
    same = [
        changed(("name: yard", "name: yard\nabout: words")),
        changed(("8 m/s", "28.8 km/h")),
        BASE.replace("    side: home\n    at: a\n", "    at: a\n    side: home\n"),
        changed(("name: yard", "name: yard # a comment")),
    ]
    other = [
        changed(("8 m/s", "8.1 m/s")),
        changed(("#.A...B", "#.A..~B")),
        changed(("is open}", "is open, after: 1 s}")),
    ]
    assert {load(tmp_path, text).digest for text in same} == {plain}
    assert len({plain, *(load(tmp_path, text).digest for text in other)}) == 4


def test_the_resolved_text_loads_to_the_same_scenario(tmp_path):
    loaded = load(tmp_path, BASE, "time.limit=2 min", "people.bo.title='# not: a comment'")
    again = load(tmp_path, loaded.resolved_yaml())
    assert again.digest == loaded.digest
    assert again.scenario == loaded.scenario
    assert "ascii: |" in loaded.resolved_yaml()


LEAF = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.sampled_from(["", "no", "1:30", "a\nb\n", " a", "1e3", "- x", "0x1f"])  # fmt: skip
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"]), max_size=12)
DATA = st.recursive(LEAF | TEXT, lambda t: st.lists(t, max_size=3) | st.dictionaries(TEXT, t, max_size=3), max_leaves=8)


@given(st.dictionaries(TEXT.filter(lambda k: k != "<<"), DATA, min_size=1, max_size=3))
def test_resolved_text_reads_back_as_it_was(data):
    assert parse(to_yaml(data), "x").data == data


def test_keys_and_scalars_are_yaml_1_2():
    data = parse("no: no\nyes: on\nclock: 1:30\ndate: 2024-01-01\noctal: 010\ntrue: true\n1: 1\n", "x").data
    assert data == {
        "no": "no",
        "yes": "on",
        "clock": "1:30",
        "date": "2024-01-01",
        "octal": 10,
        "true": True,
        "1": 1,
    }


def test_every_value_and_key_has_its_position():
    text = "a: 1\nb:\n  - {c: two}\n  - 'three'\n"
    source = parse(text, "x")
    where = {path: (p.line, p.column, p.width) for path, p in source.values.items()}
    assert where[("a",)] == (1, 4, 1)
    assert where[("b", 0, "c")] == (3, 9, 3)
    assert where[("b", 1)] == (4, 5, 7)
    key = source.keys[("b", 0, "c")]
    assert (key.line, key.column, key.width, key.text) == (3, 6, 1, "  - {c: two}")


def test_the_schema_knows_its_keys():
    assert set(known_keys(()) or ()) == set(schema.Scenario.model_fields)
    assert set(known_keys(("people", "anyone", "body")) or ()) == set(schema.Body.model_fields)
    assert known_keys(("people",)) is None
    assert set(known_keys(("techniques", "x", "opposes")) or ()) == {"push", "cut", "strike", "pin"}


def _walk(node):
    yield node
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _walk(value)


def test_the_json_schema_completes_names_and_explains_everything():
    out = json_schema()
    json.dumps(out)
    assert out["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    definitions = out["$defs"]
    order = definitions["Option"]["properties"]["order"]
    assert list(schema.ORDERS) in [option.get("enum") for option in order["anyOf"]]
    assert definitions["Consideration"]["properties"]["input"]["enum"] == list(schema.INPUTS)
    assert set(out["required"]) >= {"rearguard", "name", "map", "people", "doctrines", "ends"}
    assert not any("prefixItems" in node for node in _walk(out) if isinstance(node, dict))
    assert definitions["Body"]["additionalProperties"] is False
    unexplained = [
        f"{kind}.{name}"
        for kind, definition in {**definitions, "Scenario": out}.items()
        for name, entry in definition.get("properties", {}).items()
        # a block is explained where it is defined
        if "description" not in entry and "$ref" not in entry
    ]
    assert unexplained == []
    mass = definitions["Body"]["properties"]["mass"]
    assert mass["default"] == "70 kg"
    assert [parse_quantity(text, MASS).nominal for text in mass["examples"]] == [42.0, 42.0]

"""A small scenario that is right, and ways to spoil it, for the tests of loading."""

from __future__ import annotations

from pathlib import Path

import pytest

from rearguard.scenario.errors import Problem, ScenarioError
from rearguard.scenario.load import LoadedScenario, load_scenario

BASE = """\
rearguard: 1
name: yard
map:
  metres_per_cell: 2 m
  legend:
    t: {ground: brush, place: thicket}
    o: rubble
  ascii: |
    ########################
    #.A...B......o..t..#...#
    #..................#.C.#
    #......D...........#...#
    ########################
time: {tick: 0.1 s, limit: 5 min}
people:
  ana:
    side: home
    at: a
    body: {mass: 60 kg, sprint: 8 m/s}
    techniques: [gust]
    doctrine: run
    knows: [bo]
  bo:
    side: home
    at: [6 , 3]
    doctrine: run
  cy:
    side: away
    at: b
    count: 3
    doctrine: chase
payloads:
  chest:
    carriers: [ana, bo]
    stages:
      - {name: shut, lasts: 60 s}
      - {name: open}
techniques:
  gust: {effect: push, shape: {cone: 50 deg, reach: 9 m}, impulse: 300 N s, cost: 10}
doctrines:
  run:
    options:
      - {order: flee, to: d, when: [{input: always}]}
      - {use: gust, target: nearest_enemy, when: [{input: distance, low: 9, high: 4}]}
  chase:
    options:
      - {order: pursue, target: chest, pace: sprint}
      - {order: hold, to: b, when: [{input: chosen, choice: stays}]}
choices:
  stays: {side: away, of: [nobody, cy_1, cy_2], default: nobody}
factors:
  force: {path: techniques.gust.impulse, range: [100 N s, 600 N s]}
ends:
  reached: {when: "contact(away, chest)"}
  opened: {when: stage(chest) is open}
"""


def changed(*pairs: tuple[str, str]) -> str:
    """The right scenario with texts replaced; each must occur."""
    text = BASE
    for old, new in pairs:
        assert old in text, f"{old!r} is not in the scenario"
        text = text.replace(old, new, 1)
    return text


def spot(text: str, needle: str, after: str = "") -> tuple[int, int]:
    """Line and column, from 1, of the first ``needle`` behind the first ``after``."""
    at = text.index(needle, text.index(after) + len(after))
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1


def load(folder: Path, text: str, *overrides: str) -> LoadedScenario:
    """Load a scenario from text."""
    file = folder / "yard.yaml"
    file.write_text(text, encoding="utf-8")
    return load_scenario(file, overrides=overrides)


def problems(folder: Path, text: str, *overrides: str) -> list[Problem]:
    """All problems of a scenario that must not load."""
    with pytest.raises(ScenarioError) as caught:
        load(folder, text, *overrides)
    assert "Traceback" not in str(caught.value)
    return caught.value.problems


def only(folder: Path, text: str, *overrides: str) -> Problem:
    """The only problem of a scenario that must not load."""
    found = problems(folder, text, *overrides)
    assert len(found) == 1, "\n".join(map(str, found))
    return found[0]

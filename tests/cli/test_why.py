"""``rearguard why``: what it prints, where, and with which exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from answers import Ask
from rearguard.scenario.errors import cells
from rearguard.study.why import why
from rearguard.tell.why import runs, why_lines

FORD = Path(__file__).parents[1] / "data" / "ford.yaml"


def test_an_explanation_has_all_its_parts(ask: Ask) -> None:
    answer = ask("why", FORD, "--who", "guard", "--at", "0:09.1")
    assert answer.code == 0
    assert answer.out.startswith("ford, world 0, seed 0: why Guard, at 9.1 s\n")
    for part in ("decided ", "goal ", "order ", "body ", "KNOWS: ", "TRUTH: ", "ORDERS of guard", "TECHNIQUES"):
        assert f"\n{part}" in answer.out, part
    for option in ("escort porter", "block runner_", "regroup porter", "shove against"):
        assert option in answer.out
    assert "not among this person's techniques: slash (7)" in answer.out
    assert answer.out.count("  taken\n") == 1
    assert "would have won with: " in answer.out


@pytest.mark.parametrize("at", ["1.7", "5 s", "0:08", "13"])
@pytest.mark.parametrize("who", ["porter", "guard", "runner_1", "runner_2"])
def test_lines_fit_eighty_columns(who: str, at: str) -> None:
    for line in why_lines(why(FORD, world=0, who=who, at=at)):
        assert cells(line) <= 80, line
        assert line == line.rstrip()


def test_truth_can_be_left_out(ask: Ask) -> None:
    told = ask("why", FORD, "--who", "guard", "--at", "9", "--no-truth")
    assert told.code == 0
    assert "TRUTH" not in told.out
    assert "KNOWS" in told.out
    data = ask("why", FORD, "--who", "guard", "--at", "9", "--no-truth", "--json").data
    assert all("truth" not in known for known in data["knows"])


def test_json_says_the_same(ask: Ask) -> None:
    arguments = ("why", FORD, "--who", "guard", "--at", "9.1", "--world", "2", "--seed", "4")
    data = ask(*arguments, "--json").data
    assert (data["schema_version"], data["scenario"], data["world"], data["seed"]) == (1, "ford", 2, 4)
    found = why(FORD, world=2, who="guard", at=9.1, seed=4)
    assert data["goal"]["order"] == found.goal.order
    assert [o["value"] for o in data["orders"]["options"]] == [o.value for o in found.orders.options]
    assert {k["name"] for k in data["knows"]} == {"porter", "runner_1", "runner_2", "chest"}
    assert all("truth" in k for k in data["knows"])


def test_values_can_be_set(ask: Ask) -> None:
    chosen = "choices.who_waits.default=runner_1"
    data = ask("why", FORD, "--who", "runner_1", "--at", "1.7", "--set", chosen, "--json").data
    assert data["overrides"] == [chosen]
    assert data["goal"]["order"] == "hold"


def test_changes_are_listed_with_their_reasons(ask: Ask) -> None:
    answer = ask("why", FORD, "--who", "guard", "--changes")
    assert answer.code == 0
    assert "    0.1 s   escort porter 0.35\n              first decision\n" in answer.out
    assert " s + shove against runner_" in answer.out
    assert " over " in answer.out
    assert " → " in answer.out
    assert "ask about one: rearguard why " in answer.err
    assert "--who guard --at " in answer.err
    for line in answer.out.splitlines():
        assert cells(line) <= 80, line
    data = ask("why", FORD, "--who", "guard", "--changes", "--json").data
    assert answer.out.count(" s   ") + answer.out.count(" s + ") == len(data["changes"])
    assert data["changes"][0]["shift"]["kind"] == "first"
    assert set(data["changes"][0]["taken"]) == {"number", "kind", "what", "target", "place", "score", "value"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--who", "gard", "--at", "3"), "did you mean 'guard'?"),
        (("--who", "guard", "--at", "3 m"), "is not a time; write one such as 65 s, 1 min 5 s or 1:05.5"),
        (("--who", "guard", "--at", "400"), "world 0 ends at "),
        (("--who", "runner_1", "--at", "0.1"), "is not here yet in world 0; the first decision is at "),
        (("--who", "chest", "--at", "3"), "'chest' is a payload and decides nothing"),
        (("--who", "runner", "--at", "3"), "'runner' is 2 people: runner_1 … runner_2; ask for one of them"),
        (("--who", "guard"), "give --at TIME, or --changes"),
        (("--who", "guard", "--at", "3", "--changes"), "give --at TIME, or --changes"),
        (("--at", "3"), "--who"),
        (("--who", "guard", "--at", "3", "--set", "people.guard.side=7"), "RG"),
        (("--who", "guard", "--at", "3", "--seed", "-1"), "the seed must lie between"),
    ],
)
def test_what_cannot_be_answered_is_said_with_exit_code_2(ask: Ask, arguments: tuple[str, ...], said: str) -> None:
    answer = ask("why", FORD, *arguments)
    assert answer.code == 2
    assert said in answer.err
    assert answer.out == ""


def test_help_gives_examples(ask: Ask) -> None:
    answer = ask("why", "--help")
    assert answer.code == 0
    assert "rearguard why east-gate --world 3 --who temari --at 0:41" in answer.out


def test_numbered_names_in_a_row_are_told_as_a_run() -> None:
    assert runs(["sound_1", "sound_2", "sound_3", "asuma"]) == ["sound_1 … sound_3", "asuma"]
    assert runs(["sound_1", "sound_2", "sound_9"]) == ["sound_1, sound_2", "sound_9"]
    assert runs([]) == []

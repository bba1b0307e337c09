"""The studies on the command line: what they print, where, with which exit code, and what they have in common."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from answers import Ask
from pursuits import CHASE
from worlds import prepare_shared

CHOICES = (
    CHASE.replace(
        "{order: pursue, target: chest, pace: steady}",
        "{order: pursue, target: chest, pace: steady, when: [{input: chosen, choice: who_runs}]}",
    )
    + """choices:
  who_runs: {side: foe, of: [nobody, hunter], default: nobody}
"""
)


@pytest.fixture(autouse=True)
def one_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("plan", "trials", "sense"):
        monkeypatch.setattr(f"rearguard.study.{name}.prepare_program", prepare_shared)


@pytest.fixture
def chase(tmp_path: Path) -> Path:
    file = tmp_path / "chase.yaml"
    file.write_text(CHASE, encoding="utf-8")
    return file


@pytest.fixture
def choosing(tmp_path: Path) -> Path:
    file = tmp_path / "choosing.yaml"
    file.write_text(CHOICES, encoding="utf-8")
    return file


# ------------------------------------------------------------------------------------------------------------------ plan


def test_plan_names_the_best_and_says_how_sure(ask: Ask, choosing: Path) -> None:
    answer = ask("plan", choosing, "-n", "128", "--parquet", "plans.parquet")
    assert answer.code == 0, answer.err
    assert answer.out.startswith("chase: 2 plans, 128 worlds played, seed 0\n")
    assert "'hunter' is the best plan: every other one is behind it for sure" in answer.out
    assert "nobody (as written)" in answer.out
    assert Path("plans.parquet").is_file()
    assert not Path("plans-payoffs.parquet").exists()
    assert all(line == line.rstrip() for line in answer.out.splitlines())


def test_plan_json_says_the_same(ask: Ask, choosing: Path) -> None:
    data = ask("plan", choosing, "-n", "128", "--goal", "slack", "--json").data
    assert (data["schema_version"], data["side"], data["goal"], data["unit"]) == (1, "foe", "slack", "s")
    assert [p["plan"] for p in data["plans"]] == ["hunter", "nobody"]
    assert data["plans"][0]["chance_of_best"] == 1.0
    assert data["plans"][1]["value"] == pytest.approx(60.0 - 90.0)  # no contact: cut at the limit


def test_plan_says_how_to_declare_choices(ask: Ask, chase: Path) -> None:
    answer = ask("plan", chase)
    assert answer.code == 2
    assert "declares no choices" in answer.err
    assert "who_stays: {side: home, of: [nobody, porter], default: nobody}" in answer.err
    assert answer.out == ""


# ------------------------------------------------------------------------------------------------------------------ tune

TUNE = ("--factor", "delay", "-n", "20", "--trials", "0")


def test_tune_finds_writes_and_is_then_met(ask: Ask, chase: Path) -> None:
    target = ("--target", "mean contact in [25 s, 26 s]")
    answer = ask("tune", chase, *target, *TUNE)
    assert answer.code == 0, answer.err
    for part in ("1. moves one factor by", "each factor alone", "  today", "in fresh worlds"):
        assert part in answer.out
    assert "try the first: rearguard run" in answer.err
    assert "--set 'people.hunter.start=" in answer.err
    assert chase.read_text(encoding="utf-8") == CHASE
    written = ask("tune", chase, *target, *TUNE, "--write", "--json")
    assert "written: people.hunter.start: 2 s → " in written.err
    value = written.data["solutions"][0]["changes"]["delay"]["to"]
    assert f"start: {value}          # a pure delay" in chase.read_text(encoding="utf-8")
    assert "Every target is met as it is" in ask("tune", chase, *target, *TUNE).out


def test_tune_that_finds_nothing_says_what_comes_nearest(ask: Ask, chase: Path) -> None:
    answer = ask("tune", chase, "-t", "mean contact <= 5 s", *TUNE)
    assert answer.code == 1
    assert "Nothing within the ranges of the factors meets every target" in answer.out
    assert "delay 0 s" in answer.out


def test_tune_shows_a_wrong_target_with_a_caret(ask: Ask, chase: Path) -> None:
    answer = ask("tune", chase, "-t", "share(cought) >= 0.5")
    assert answer.code == 2
    assert "--target #1:1:7: RG020 outcome 'cought' does not exist" in answer.err
    assert "      |       ^^^^^^" in answer.err
    assert "did you mean 'caught'?" in answer.err


# ----------------------------------------------------------------------------------------------------------------- sense


def test_sense_ranks_and_says_where_there_is_nothing(ask: Ask, chase: Path) -> None:
    few = ("--trajectories", "4", "-n", "16", "--rows", "8", "--free-worlds", "60")
    answer = ask("sense", chase, "--on", "slack", "--factor", "delay", "--factor", "nerve", *few)
    assert answer.code == 0, answer.err
    assert "no effect: not one world changes" in answer.out
    assert answer.out.index("\ndelay ") < answer.out.index("\nnerve ")
    assert "people.hunter.body.critical_speed" in answer.out
    data = ask("sense", chase, "--free", "--free-worlds", "60", "--json").data
    assert {row["kind"] for row in data["rows"]} == {"draw"}
    assert json.dumps(data)


def test_all_three_are_in_the_package() -> None:
    import rearguard

    assert {"plan", "tune", "sense"} <= set(rearguard.__all__)
    assert all(callable(getattr(rearguard, name)) for name in ("plan", "tune", "sense"))


# ---------------------------------------------------------------------------------------------------------- all together


@pytest.mark.parametrize("study", ["ledger", "swing", "plan", "tune", "sense", "sweep", "diff"])
def test_every_study_has_the_same_options(ask: Ask, study: str) -> None:
    told = ask(study, "--help").out
    assert all(
        option in told
        for option in (
            "--json",
            "--parquet FILE",
            "--plot FILE",
            "--report FILE",
            "--force",
            "--ray ADDRESS",
            "--threads",
        )
    )
    assert not any(line.lstrip().startswith("--output") for line in told.splitlines())


@pytest.mark.parametrize("command", [("run",), ("check",), ("beats", "shares"), ("beats", "why-not")])
def test_worlds_of_other_commands_may_be_played_on_a_cluster_too(ask: Ask, command: tuple[str, ...]) -> None:
    assert "--ray ADDRESS" in ask(*command, "--help").out


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("plan", "alley", "--ray", "local", "--threads", "2"), "leave one of them out"),
        (("run", "alley", "--ray", "local", "--threads", "2"), "leave one of them out"),
        (("beats", "alley", "--ray", "local", "--threads", "2"), "leave one of them out"),
        (("swing", "alley", "--precision", "60"), "between 0 and 50 points, found 60"),
        (("tune", "alley", "-t", "share(robbed) >= 0.5", "--write"), "rearguard new my-alley --template alley"),
        (("tune", "alley", "-t", "share(robbed) >= 0.5", "--write", "--pick", "9"), "of at most 3 solutions"),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_is_played(
    ask: Ask, arguments: tuple[str, ...], text: str
) -> None:
    answer = ask(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert text in answer.err

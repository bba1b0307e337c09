"""What each command prints, where, and with which exit code. Run in this process; see test_process.py for the rest."""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from answers import Ask

ESCAPE = "\x1b"


def broken(small: Path, folder: Path, old: str = "side: home, at: b", new: str = "side: home, at: nowhere") -> Path:
    text = small.read_text(encoding="utf-8")
    assert old in text
    file = folder / "broken.yaml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    return file


# --------------------------------------------------------------------------------------------------------------- usage


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["run", "--help"], ["replay", "-h"], ["validate", "-h"]])
def test_help_is_an_answer(ask: Ask, arguments: list[str]) -> None:
    answer = ask(*arguments)
    assert answer.code == 0
    assert answer.out.lstrip().startswith("Usage: rearguard")
    assert "Example" in answer.out
    assert answer.err == ""


def test_every_command_is_listed_with_what_it_does(ask: Ask) -> None:
    out = ask("--help").out
    for command in ("run", "replay", "validate", "schema", "doctor", "check", "beats"):
        line = next(row for row in out.splitlines() if row.split()[:1] == [command])
        assert len(line.split()) > 4, line
        assert line.endswith("."), f"cut off: {line}"


@pytest.mark.parametrize(
    "arguments",
    [
        ["fly"],
        ["run", "--fly"],
        ["run", "x.yaml", "-n", "many"],
        ["run", "x.yaml", "-n", "0"],
        ["run", "x.yaml", "--threads", "0"],
        ["replay"],
        ["replay", "x.yaml", "--world", "-1"],
        ["validate"],
        [],
    ],
)
def test_wrong_usage_is_exit_2_and_says_so_on_stderr(ask: Ask, arguments: list[str]) -> None:
    answer = ask(*arguments)
    assert answer.code == 2
    assert "Usage: rearguard" in answer.err + answer.out
    if arguments:
        assert answer.out == ""
        assert "Error" in answer.err


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["run"], "which scenario?"),
        (["run", "SMALL", "--events", "some"], "--events takes all, none or a number of worlds, found 'some'"),
        (["run", "SMALL", "--events", "-3"], "found '-3'"),
        (["run", "SMALL", "--seed", "-1"], "seed must lie between"),
        (["run", "SMALL", "--device", "tpu"], "--device takes cpu or cuda, found 'tpu'"),
        (["run", "SMALL", "--resume", "."], "leave the scenario out"),
        (["run", "--resume", "nowhere"], "holds no run"),
        (["run", "SMALL", "--set", "people.porter.body.mass=heavy", "-n", "2"], "mass"),
        (["run", "SMALL", "--set", "people.nobody.side=home", "-n", "2"], "nobody"),
        (["run", "SMALL", "--set", "nonsense", "-n", "2"], "nonsense"),
        (["run", "nowhere.yaml"], "nowhere.yaml"),
        (["run", "no-such-scenario"], "no-such-scenario"),
        (["replay", "SMALL", "--world", "4294967296"], "world must lie between"),
        (["validate", "nowhere.yaml"], "nowhere.yaml"),
    ],
)
def test_what_a_user_can_mend_is_exit_2_with_a_sentence(ask: Ask, small: Path, arguments: list[str], text: str) -> None:
    answer = ask(*[str(small) if a == "SMALL" else a for a in arguments])
    assert answer.code == 2
    assert answer.out == ""
    assert text in answer.err
    assert "internal error" not in answer.err


def test_version(ask: Ask) -> None:
    answer = ask("--version")
    assert answer.code == 0
    try:
        assert answer.out == f"rearguard {version('rearguard')}\n"
    except PackageNotFoundError:
        assert answer.out.startswith("rearguard, of unknown version")


def test_an_internal_error_is_exit_3_without_a_traceback(
    ask: Ask, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr("rearguard.study.run.run", fail)
    answer = ask("run", small)
    assert answer.code == 3
    assert "internal error: ZeroDivisionError: by nothing" in answer.err
    assert "--debug" in answer.err
    with pytest.raises(ZeroDivisionError):
        ask("--debug", "run", small)


# ----------------------------------------------------------------------------------------------------------------- run


def test_run_prints_the_answer_on_stdout_and_the_next_step_on_stderr(ask: Ask, small: Path, tmp_path: Path) -> None:
    answer = ask("run", small, "-n", 20, "--seed", 5, "--out", "out")
    assert answer.code == 0
    lines = answer.out.splitlines()
    assert lines[0] == "lane: 20 worlds, seed 5"
    for start in (
        "caught",
        "opened",
        "time to contact",
        "in time",
        "slack",
        "Porter",
        "Runner (each of 2)",
        "written to out/",
    ):
        assert sum(line.startswith(start) for line in lines) == 1, start
    assert all(line == line.rstrip() for line in lines)
    assert "see one: rearguard replay" in answer.err
    assert ESCAPE not in answer.out + answer.err
    assert pq.read_table(tmp_path / "out" / "outcomes.parquet").num_rows == 20


def test_run_as_json_is_pure_and_agrees_with_the_tables(ask: Ask, small: Path, tmp_path: Path) -> None:
    data = ask("run", small, "-n", 20, "--seed", 5, "--out", "out", "--json").data
    assert (data["schema_version"], data["status"], data["worlds"], data["seed"]) == (1, "complete", 20, 5)
    names = pq.read_table(tmp_path / "out" / "outcomes.parquet")["outcome"].to_pylist()
    assert {o["name"]: o["worlds"] for o in data["outcomes"]} == {n: names.count(n) for n in ("caught", "opened")}
    assert data["time_to_contact"]["contacts"] + data["time_to_contact"]["censored"] == 20
    assert data["folder"] == "out"
    assert [p["name"] for p in data["people"]] == ["porter", "blocker", "runner"]


def test_the_replay_that_run_proposes_plays_that_world(ask: Ask, small: Path, tmp_path: Path) -> None:
    import shlex

    folder = tmp_path / "a folder; with 'odd' signs"
    folder.mkdir()
    own = folder / "my lane.yaml"
    own.write_text(small.read_text(encoding="utf-8"), encoding="utf-8")
    ran = ask("run", own, "-n", 20, "--seed", 5, "--out", "out", "--set", "time.limit=50 s")
    words = shlex.split(ran.err.split("see one: ")[1])
    assert words[:2] == ["rearguard", "replay"]
    replayed = ask(*words[1:], "--json")
    world = int(words[words.index("--world") + 1])
    rows = pq.read_table(tmp_path / "out" / "outcomes.parquet").to_pylist()
    assert replayed.data["outcome"] == rows[world]


@pytest.mark.parametrize(("wish", "kept"), [("none", 0), ("all", 12), ("5", 5)])
def test_events_keeps_those_of_as_many_worlds_as_wished(
    ask: Ask, small: Path, tmp_path: Path, wish: str, kept: int
) -> None:
    assert ask("run", small, "-n", 12, "--out", "out", "--events", wish).code == 0
    assert len(set(pq.read_table(tmp_path / "out" / "events.parquet")["world"].to_pylist())) == kept


def test_set_changes_the_answer(ask: Ask, small: Path) -> None:
    def caught(*more: str) -> int:
        data = ask("run", small, "-n", 100, "--seed", 5, "--json", "--out", f"out{len(more)}", *more).data
        return int(data["outcomes"][0]["worlds"])

    slow = ("--set", "people.runner.body.sprint=3 m/s", "--set", "people.runner.body.critical_speed=2.5 m/s")
    assert caught(*slow) < 10 < 70 < caught()


def test_quiet_says_nothing_on_stderr(ask: Ask, small: Path) -> None:
    assert ask("run", small, "-n", 4, "--out", "out", "--quiet").err == ""


def test_a_warning_goes_to_stderr_not_into_the_json(ask: Ask, small: Path) -> None:
    answer = ask("run", small, "-n", 4, "--out", "out", "--json", "--set", "log.events=16")
    assert "warning: 4 worlds had more events than fit (16)" in answer.err
    assert len(answer.data["overflow"]) == 1


def test_an_existing_run_is_not_written_over(ask: Ask, small: Path) -> None:
    assert ask("run", small, "-n", 4, "--out", "out").code == 0
    again = ask("run", small, "-n", 4, "--out", "out")
    assert again.code == 2
    assert "already holds a run" in again.err
    assert "--resume out" in again.err


def test_a_broken_scenario_is_exit_2_and_points_at_the_line(ask: Ask, small: Path, tmp_path: Path) -> None:
    file = broken(small, tmp_path)
    answer = ask("run", file, "-n", 4, "--out", "out")
    assert answer.code == 2
    assert answer.out == ""
    line = next(k for k, row in enumerate(file.read_text(encoding="utf-8").splitlines(), 1) if "nowhere" in row)
    assert f"broken.yaml:{line}:" in answer.err
    assert "^" in answer.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("content", [b"", b"\x00\x01\xff\xfe" * 50, b"{", b"- 1\n", b"a: *b\n", b"rearguard: 1\n"])
def test_a_file_that_is_no_scenario_is_exit_2(ask: Ask, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "odd.yaml").write_bytes(content)
    for command in ("run", "validate", "replay"):
        answer = ask(command, "odd.yaml")
        assert (answer.code, answer.out) == (2, "")
        assert "odd.yaml" in answer.err


# ---------------------------------------------------------------------------------------------- replay, validate, rest


def test_replay_lists_what_happened_and_writes_the_track(ask: Ask, small: Path, tmp_path: Path) -> None:
    answer = ask("replay", small, "--world", 3, "--seed", 5)
    assert answer.code == 0
    lines = answer.out.splitlines()
    assert any(line.startswith("world 3: ") and " after " in line for line in lines)
    assert any("shove" in line for line in lines)
    assert {p.name for p in (tmp_path / "replays" / "lane-s5-w3").iterdir()} == {
        "track.parquet",
        "events.parquet",
        "manifest.json",
    }


def test_replay_as_json(ask: Ask, small: Path) -> None:
    data = ask("replay", small, "--world", 3, "--seed", 5, "--json", "--out", "out").data
    assert data["schema_version"] == 1
    assert data["outcome"]["world"] == 3
    assert data["events"][-1]["kind"] == "end"
    assert data["folder"] == "out"


def test_validate_says_what_a_scenario_holds(ask: Ask, small: Path) -> None:
    answer = ask("validate", small)
    assert answer.code == 0
    assert answer.out.startswith("lane is valid: 4 people on 2 sides (home, foe), 1 payload")
    data = ask("validate", small, "--json").data
    assert (data["schema_version"], data["valid"], data["people"]) == (1, True, 4)
    assert data["outcomes"] == ["caught", "opened"]


def test_validate_of_a_broken_scenario(ask: Ask, small: Path, tmp_path: Path) -> None:
    file = broken(small, tmp_path)
    plain = ask("validate", file)
    assert (plain.code, plain.out) == (2, "")
    assert "broken.yaml:" in plain.err
    answer = ask("validate", file, "--json")
    assert answer.code == 2
    assert answer.data["valid"] is False
    assert {"code", "message", "line", "column"} <= set(answer.data["problems"][0])


def test_validate_of_a_missing_file_as_json_is_json(ask: Ask) -> None:
    answer = ask("validate", "nowhere.yaml", "--json")
    assert answer.code == 2
    assert answer.data["valid"] is False


def test_schema_is_a_json_schema_of_the_scenario(ask: Ask) -> None:
    data = ask("schema").data
    assert {"people", "map", "ends", "techniques"} <= set(data["properties"])
    assert data["$schema"].startswith("https://json-schema.org/")


def test_doctor_finds_this_installation_in_order(ask: Ask) -> None:
    plain = ask("doctor")
    assert plain.code == 0
    assert any(line.split() == ["random_numbers", "as", "published"] for line in plain.out.splitlines())
    data = ask("doctor", "--json").data
    assert data["schema_version"] == 1
    assert data["cores"] == len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else data["cores"] > 0
    assert any(d.startswith("cpu") for d in data["devices"])


def test_names_from_a_scenario_are_printed_as_they_are(ask: Ask, small: Path, tmp_path: Path) -> None:
    title = "[red]porter[/red] :smile:"
    file = broken(small, tmp_path, "porter: {side", f'porter: {{title: "{title}", side')
    assert title in ask("run", file, "-n", 2, "--out", "out").out


def test_control_characters_of_a_title_are_refused_and_do_not_reach_the_terminal(
    ask: Ask, small: Path, tmp_path: Path
) -> None:
    file = broken(small, tmp_path, "porter: {side", 'porter: {title: "a\\e[31mred\\a", side')
    answer = ask("run", file, "-n", 2, "--out", "out")
    assert answer.code == 2
    assert ESCAPE not in answer.out + answer.err
    assert "\a" not in answer.out + answer.err


def test_resume_takes_nothing_that_would_change_the_run(ask: Ask) -> None:
    answer = ask("run", "--resume", "anywhere", "--seed", "3", "-n", "5")
    assert answer.code == 2
    assert "leave --worlds, --seed out" in answer.err

"""What ``rearguard check`` and ``rearguard beats`` print, where, and with which exit code."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from answers import Ask
from rearguard.study import check as study

Make = Callable[..., Path]
PASSES = "name: mostly, outcome: caught, at_least: 0.5"
FAILS = "name: rarely, outcome: caught, at_most: 0.5"
OPEN = "name: near, outcome: caught, between: [0.9, 0.95]"


@pytest.fixture
def make(small: Path, tmp_path: Path) -> Make:
    """The small scenario with expectations, given as the insides of flow mappings."""

    def write(*entries: str) -> Path:
        file = tmp_path / "lane.yaml"
        lines = "".join(f"  - {{{entry}}}\n" for entry in entries)
        file.write_text(f"extends: {small.absolute()}\nexpect:\n{lines}", encoding="utf-8")
        return file

    return write


# ---------------------------------------------------------------------------------------------------------- exit codes


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([PASSES], 0),
        ([PASSES, FAILS], 1),
        ([PASSES, OPEN], 4),
        ([FAILS, OPEN], 1),
        (["outcome: cought, at_least: 0.5"], 2),
        (["happens: psuh, at_least: 0.5"], 2),
    ],
)
def test_the_exit_code_says_what_came_out(ask: Ask, make: Make, entries: list[str], code: int) -> None:
    answer = ask("check", make(*entries), "--max-worlds", 200, "--seed", 1)
    assert answer.code == code
    assert (answer.out == "") == (code == 2)


def test_nothing_to_check_is_exit_5(ask: Ask, small: Path) -> None:
    for command in (["check", small], ["check", small, "--prove"], ["beats", small], ["check", small, "--json"]):
        answer = ask(*command)
        assert answer.code == 5
        assert "expects nothing" in answer.err
        assert "Error" not in answer.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--only", "mostyl"], "did you mean 'mostly'?"),
        (["--error", "0"], "the error is a chance"),
        (["--format", "html"], "html"),
        (["--max-worlds", "0"], "max-worlds"),
        (["--prove", "--format", "junit"], "--format junit is not written here"),
        (["--output", "/proc/none/x"], "cannot write to"),
    ],
)
def test_wrong_options_are_exit_2(ask: Ask, make: Make, arguments: list[str], words: str) -> None:
    answer = ask("check", make(PASSES), *arguments)
    assert answer.code == 2
    assert words in answer.err


def test_an_error_in_an_expectation_points_into_its_text(ask: Ask, make: Make) -> None:
    answer = ask("check", make("happens: push by blokcer, at_least: 0.5"))
    assert answer.code == 2
    line, caret = next(
        (a, b)
        for a, b in zip(answer.err.splitlines(), answer.err.splitlines()[1:], strict=False)
        if "blokcer" in a and "^" in b
    )
    assert caret.index("^") == line.index("blokcer")
    assert "did you mean 'blocker'?" in answer.err


# ---------------------------------------------------------------------------------------------------------------- forms


def test_the_text_has_a_row_for_each_and_a_command_for_each_failure(ask: Ask, make: Make) -> None:
    file = make(PASSES, FAILS, "never: push, after: stage is open, at_least: 0.1")
    answer = ask("check", file, "--seed", 1)
    assert answer.err == ""
    lines = answer.out.splitlines()
    assert re.fullmatch(r"lane: 2 pass, 1 fail; [\d,]+ worlds, seed 1", lines[0])
    assert any(
        re.match(r"pass +mostly +64 +\d\d\.\d % +\d\d\.\d to \d+\.\d +at least 50\.0 % +\d+\.\d points", x)
        for x in lines
    )
    assert any(line.startswith("fail: outcome caught: the share of worlds is ") for line in lines)
    assert re.search(rf"    see a world: rearguard replay {re.escape(str(file))} --world \d+ --seed 1", answer.out)
    assert "it held for want of an occasion" in answer.out
    assert "the chance that any verdict is wrong is at most 1 %" in answer.out
    assert all(line == line.rstrip() for line in lines)


def test_the_command_that_is_printed_replays_a_failing_world(ask: Ask, make: Make) -> None:
    out = ask("check", make("name: never, never: push by blocker, at_least: 0.5"), "--seed", 1).out
    command = re.search(r"see a world: rearguard (.*)", out)
    assert command is not None
    again = ask(*command[1].split())
    assert again.code == 0
    assert re.search(r"blocker +push", again.out)


def test_json_holds_all_that_is_known(ask: Ask, make: Make) -> None:
    file = make(PASSES, FAILS)
    answer = ask("check", file, "--seed", 1, "--json")
    assert answer.code == 1
    data = answer.data
    assert (data["schema_version"], data["status"], data["seed"], data["error"]) == (1, "fail", 1, 0.01)
    good, bad = data["expectations"]
    assert (good["name"], good["verdict"], good["replay"]) == ("mostly", "pass", None)
    assert bad["estimate"]["low"] > 0.5 == bad["band"]["high"]
    assert bad["certifiable_width"] == pytest.approx(bad["estimate"]["high"] - bad["estimate"]["low"], abs=1e-5)
    assert (bad["file"], bad["line"]) == (str(file), 4)
    assert bad["replay"].startswith("rearguard replay ")
    assert ask("check", file, "--seed", 1, "--format", "json").data["expectations"] == data["expectations"]


def test_junit_has_a_case_for_each(ask: Ask, make: Make, tmp_path: Path) -> None:
    file = make(PASSES, FAILS, OPEN)
    target = tmp_path / "out" / "check.xml"
    answer = ask("check", file, "--seed", 1, "--max-worlds", 200, "--format", "junit", "--output", target)
    assert answer.code == 1
    assert "lane: 1 pass, 1 fail, 1 inconclusive" in answer.out, "with a file, stdout gets the text"
    suite = ET.fromstring(target.read_text(encoding="utf-8"))
    assert {k: suite.attrib[k] for k in ("tests", "failures", "errors")} == {
        "tests": "3",
        "failures": "1",
        "errors": "1",
    }
    cases = {case.attrib["name"]: [child.tag for child in case] for case in suite}
    assert cases == {"mostly": [], "rarely": ["failure"], "near": ["error"]}
    failure = suite.find("testcase/failure")
    assert failure is not None and "rearguard replay" in (failure.text or "")


def test_github_gets_an_annotation_at_the_line_of_each_failure(ask: Ask, make: Make) -> None:
    file = make(PASSES, FAILS, OPEN)
    out = ask("check", file, "--seed", 1, "--max-worlds", 200, "--format", "github").out.splitlines()
    assert [line.split(" ")[0] for line in out] == ["::error", "::warning", "::notice"]
    assert f"file={file},line=4," in out[0]
    assert "title=rarely%3A fail::" in out[0]
    assert "%0A" in out[0], "line breaks are escaped"


def test_what_is_written_to_a_file_is_what_stdout_would_get(ask: Ask, make: Make, tmp_path: Path) -> None:
    file = make(PASSES)
    ask("check", file, "--seed", 1, "--output", tmp_path / "check.txt")
    assert (tmp_path / "check.txt").read_text(encoding="utf-8") == ask("check", file, "--seed", 1).out


def test_an_interrupt_prints_what_is_known_and_is_exit_130(
    ask: Ask, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = study._Trial.look

    def look(self: study._Trial, worlds: int, *, last: bool = False) -> None:
        looked(self, worlds, last=last)
        if worlds == 64:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(study._Trial, "look", look)
    answer = ask("check", make(OPEN), "--seed", 1, "--threads", 1)
    assert answer.code == 130
    assert "lane: 1 inconclusive;" in answer.out
    assert "this is what is known so far" in answer.err


# --------------------------------------------------------------------------------------------------------------- proofs


def test_a_proof_names_what_cannot_fail(ask: Ask, make: Make) -> None:
    good = ask("check", make(PASSES), "--prove")
    assert good.code == 0
    assert "1 of 1 expectations can fail" in good.out
    bad = ask("check", make(PASSES, "name: hollow, never: push, before: push, at_least: 0.9"), "--prove")
    assert bad.code == 1
    assert re.search(r"vacuous +hollow", bad.out)
    assert "hollow: no log can make its pattern anything but true" in bad.out
    data = ask("check", make(PASSES), "--prove", "--json").data
    assert data["status"] == "pass"
    assert [a["verdict"] for a in data["proofs"][0]["attempts"]] == ["fail", "pass"]


# ---------------------------------------------------------------------------------------------------------------- beats


def test_beats_lists_every_expectation_with_its_share(ask: Ask, make: Make) -> None:
    file = make(PASSES, FAILS, "statistic: median slack, at_most: 5 s")
    answer = ask("beats", file, "-n", 80)
    assert answer.code == 0, "beats says how things stand, without a verdict"
    assert answer.out.splitlines()[0] == "lane: 80 worlds, seed 0"
    assert re.search(r"mostly +80 +\d\d +\d\d\.\d % +.* at least 50\.0 %", answer.out)
    assert re.search(r"rarely .* outside", answer.out)
    assert re.search(r"median slack +\d\d +\d+\.\d s ", answer.out)
    assert ask("beats", "shares", file, "-n", 80).out == answer.out
    assert ask("beats", "--json", file, "-n", 80).data["beats"][0]["name"] == "mostly"
    assert len(ask("beats", file, "-n", 80, "--only", "rarely", "--json").data["beats"]) == 1


def test_beats_why_not_says_which_clause_broke(ask: Ask, make: Make) -> None:
    file = make("name: hard, first: push by blocker on ?x value > 900 N s, then: down of ?x, at_least: 0.5")
    answer = ask("beats", "why-not", file, "hard", "-n", 50)
    assert answer.code == 0
    assert "holds in 0.0 % of worlds, expected at least 50.0 %; not in 50 of 50 worlds" in answer.out
    assert "first: push by blocker on ?x value > 900 N s\n    never happened in 50 of 50 (e.g. world 0)" in answer.out
    assert "but not `value > 900 N s`" in answer.out
    assert f"see one: rearguard replay {file} --world 0 --seed 0" in answer.out
    assert ask("beats", "why-not", file, "hard", "-n", 50, "--json").data["failing"] == 50
    assert "no expectation is called" in ask("beats", "why-not", file, "soft").err


def test_beats_alone_is_help(ask: Ask) -> None:
    assert "Usage: rearguard beats" in ask("beats", "--help").out
    assert ask("beats").code == 2

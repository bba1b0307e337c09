"""``--report`` on the commands of studies: one page with the answer as text and a replay, whatever else is printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from answers import Ask
from pursuits import CHASE
from rearguard.tell import page as pages
from worlds import prepare_shared

CHOICES = f"{CHASE}choices:\n  who_runs: {{side: foe, of: [nobody, hunter], default: hunter}}\n".replace(
    "{order: pursue, target: chest, pace: steady}",
    "{order: pursue, target: chest, pace: steady, when: [{input: chosen, choice: who_runs}]}",
)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One kernel, a viewer that has been built whatever this tree holds, and a folder of one's own."""
    for name in ("plan", "trials", "sense"):
        monkeypatch.setattr(f"rearguard.study.{name}.prepare_program", prepare_shared)
    monkeypatch.setattr(pages, "assets", lambda: ("viewer()", "body{}"))
    monkeypatch.chdir(tmp_path)
    Path("chase.yaml").write_text(CHOICES, encoding="utf-8")


@pytest.mark.parametrize(
    ("command", "title", "said"),
    [
        (["ledger", "--by", "person", "-n", 16], "Seconds bought", "every act"),
        (["ledger", "--event", "3:1", "-n", 64], "What one act was worth", "pairs of continuations"),
        (["swing", "--world", 3, "--step", 20, "--most", 64], "Swing", "chase, world 3, seed 0"),
        (["plan", "-n", 128], "Which plan", "every plan"),
        (["tune", "-t", "mean contact in [25 s, 26 s]", "--factor", "delay", "-n", 20, "--trials", 0], "Tuning", "delay alone"),
        (["sense", "--on", "slack", "--free", "--free-worlds", 50], "What matters", "rank correlation"),
        (["sweep", "--vary", "delay=0,4 s", "-n", 8], "The sweep", "every point"),
        (["diff", "--set", "people.hunter.start=9 s", "-n", 16], "What changes", "people.hunter.start"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)  # fmt: skip
def test_a_study_writes_its_page(ask: Ask, command: list[object], title: str, said: str) -> None:
    name, *options = command
    done = ask(name, "chase.yaml", *options, "--report", "out/page.html", "-q", "--json")
    assert done.code == 0, done.err
    assert done.data["schema_version"] == 1, "what is printed stays what it was"
    assert "open in a browser: out/page.html\n" in done.err
    text = Path("out/page.html").read_text(encoding="utf-8")
    assert f"<h2>{title}</h2>" in text
    assert said in text
    assert "World 3" in text if name == "swing" or "--event" in command else "World " in text
    assert pages.read_manifest(Path("out/page.html"))["scenario"] == "chase"


def test_a_page_that_cannot_be_written_is_said_before_anything_is_played(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> tuple[str, str]:
        raise pages.PageError("this copy of rearguard has no page")

    monkeypatch.setattr(pages, "assets", missing)
    done = ask("sweep", "chase.yaml", "--vary", "delay=0,4 s", "--report", "page.html")
    assert (done.code, done.out) == (2, "")
    assert "this copy of rearguard has no page" in done.err
    assert not Path("sweeps").exists()


def test_a_page_that_is_too_large_is_written_when_forced(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "TOO_LARGE", 1000)
    command = ["ledger", "chase.yaml", "--by", "person", "-n", 16, "--report", "page.html", "-q"]
    refused = ask(*command)
    assert refused.code == 2
    assert "or say --force" in refused.err
    assert "chase: 16 worlds" in refused.out, "the answer is not lost"
    assert not Path("page.html").exists()
    forced = ask(*command, "--force")
    assert forced.code == 0, forced.err
    assert pages.read_manifest(Path("page.html"))["scenario"] == "chase"


def test_a_run_and_its_page_played_again_are_forced_too(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "TOO_LARGE", 1000)
    refused = ask("run", "chase.yaml", "-n", 8, "--out", "small", "--json")
    assert (refused.code, refused.data["report"]) == (0, None)
    assert "no report.html" in refused.err and "or say --force" in refused.err
    forced = ask("run", "chase.yaml", "-n", 8, "--out", "large", "--json", "--force")
    assert forced.data["report"] == "large/report.html"
    assert ask("rerun", "large/report.html", "--out", "again", "--json").data["report"] is None
    assert ask("rerun", "large/report.html", "--out", "more", "--json", "--force").data["report"] == "more/report.html"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["ledger", "chase.yaml", "--force"], "--force is for the page that --report FILE writes"),
        (["swing", "chase.yaml", "--calibrate", 2, "--force"], "--force is for the page that --report FILE writes"),
        (["run", "chase.yaml", "--no-report", "--force"], "leave one of them out"),
    ],
)
def test_force_without_a_page_is_refused(ask: Ask, command: list[object], said: str) -> None:
    done = ask(*command)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_calibration_has_no_page(ask: Ask) -> None:
    done = ask("swing", "chase.yaml", "--calibrate", 2, "--report", "page.html")
    assert done.code == 2
    assert "leave one of them out" in done.err

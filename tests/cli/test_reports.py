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
    assert "World 3" in text if name == "swing" else "World " in text
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


def test_calibration_has_no_page(ask: Ask) -> None:
    done = ask("swing", "chase.yaml", "--calibrate", 2, "--report", "page.html")
    assert done.code == 2
    assert "leave one of them out" in done.err

"""``rearguard watch``, ``rearguard rerun`` and the report of a run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from answers import Ask
from rearguard.tell import page as pages


@pytest.fixture(autouse=True)
def viewer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A viewer that has been built, whatever this tree holds."""
    monkeypatch.setattr(pages, "assets", lambda: ("viewer()", "body{}"))


def test_every_run_writes_a_report(ask: Ask, small: Path) -> None:
    done = ask("run", small, "-n", 20, "--out", "r", "--json")
    assert done.code == 0
    assert json.loads(done.out)["report"] == str(Path("r/report.html"))
    text = Path("r/report.html").read_text(encoding="utf-8")
    assert "What each person spent" in text


def test_a_run_goes_without_when_told_to_or_when_there_is_no_page(
    ask: Ask, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert json.loads(ask("run", small, "-n", 5, "--out", "a", "--json", "--no-report").out)["report"] is None

    def missing() -> tuple[str, str]:
        raise pages.PageError("this copy of rearguard has no page")

    monkeypatch.setattr(pages, "assets", missing)
    done = ask("run", small, "-n", 5, "--out", "b")
    assert done.code == 0
    assert "no report.html: this copy of rearguard has no page\n" in done.err
    assert not Path("b/report.html").exists()
    assert ask("watch", small, "--no-open").code == 2


def test_watch_prints_where_the_page_is(ask: Ask, small: Path) -> None:
    done = ask("watch", small, "--world", 3, "--seed", 2, "--no-open")
    assert done.code == 0
    assert done.out == "replays/lane-s2-w3.html\n"
    assert pages.read_manifest(Path(done.out.strip()))["shown"] == [3]


def test_watch_opens_the_browser(ask: Ask, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda url: opened.append(url) or True)
    assert ask("watch", small).code == 0
    assert opened == [Path("replays/lane-s0-w0.html").resolve().as_uri()]


def test_watch_of_a_run_adds_the_world_that_is_asked_for(ask: Ask, small: Path) -> None:
    ask("run", small, "-n", 10, "--out", "r", "--no-report")
    done = ask("watch", "r", "--world", 7, "--no-open", "--json")
    assert json.loads(done.out)["worlds"][0] == 7
    assert Path("r/report.html").is_file()
    refused = ask("watch", "r", "--set", "time.limit=9 s", "--no-open")
    assert refused.code == 2
    assert "leave --set out" in refused.err


def test_watch_against_another_decision(ask: Ask) -> None:
    done = ask("watch", "alley", "--against", "who_stays=nobody", "--no-open", "--json")
    assert json.loads(done.out)["worlds"] == [0, 0]
    wrong = ask("watch", "alley", "--against", "who_stays=noboby", "--no-open")
    assert wrong.code == 2
    assert "did you mean 'nobody'?" in wrong.err
    assert "takes CHOICE=VALUE" in ask("watch", "alley", "--against", "nobody", "--no-open").err


def test_rerun_plays_the_same_again(ask: Ask, small: Path) -> None:
    ask("run", small, "-n", 30, "--seed", 4, "--out", "r", "--set", "time.limit=50 s")
    done = ask("rerun", "r/report.html", "--out", "again", "--json")
    assert done.code == 0
    for table in ("outcomes", "people", "events"):
        assert Path(f"again/{table}.parquet").read_bytes() == Path(f"r/{table}.parquet").read_bytes()


def test_rerun_goes_by_the_page_when_the_file_is_gone(ask: Ask, small: Path) -> None:
    mine = Path("mine.yaml")
    mine.write_text(small.read_text(encoding="utf-8"), encoding="utf-8")
    ask("run", mine, "-n", 10, "--out", "r", "--set", "time.limit=50 s")
    mine.unlink()
    assert ask("rerun", "r/report.html", "--out", "again", "--json").code == 0
    assert Path("again/outcomes.parquet").read_bytes() == Path("r/outcomes.parquet").read_bytes()


def test_rerun_of_a_replay_writes_it_again(ask: Ask, small: Path) -> None:
    page = Path(ask("watch", small, "--world", 3, "--no-open").out.strip())
    before = page.read_bytes()
    page.rename("kept.html")
    assert ask("rerun", "kept.html").out.strip() == str(page)
    assert page.read_bytes() == before


def test_rerun_refuses_what_is_no_page(ask: Ask, small: Path) -> None:
    assert "is not a page" in ask("rerun", small).err
    assert ask("rerun", "nothing.html").code == 2

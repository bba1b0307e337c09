"""``rearguard ledger`` and ``rearguard swing``: what they print, where, and with which exit code."""

from __future__ import annotations

import signal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from answers import Ask
from rearguard.cli import INTERRUPTED, USAGE
from rearguard.study.ledger import BATCH, ledger


def test_a_ledger_says_it_in_a_table_in_sentences_and_with_what_it_rests_on(ask: Ask) -> None:
    answer = ask("ledger", "alley", "-n", "128", "-q")
    assert answer.code == 0
    assert answer.err == ""
    assert "alley: 128 worlds with and without each act, seed 0" in answer.out
    assert "Anna’s shove" in answer.out
    assert "bought friends" in answer.out
    assert "the same draws with and without an act:" in answer.out
    assert "s after the start" in answer.out
    assert "█" in answer.out
    assert all(line == line.rstrip() for line in answer.out.splitlines())


def test_a_ledger_that_is_too_wide_says_how_many_worlds_would_do(ask: Ask) -> None:
    asked = ["ledger", "alley", "--only", "anna.hold", "--precision", "0.5", "-q"]
    last = ask(*asked, "-n", "60").out.splitlines()[-1]
    assert last.startswith("not within ± 0.5 s yet: anna.hold ± ")
    needed = int(last.split("about --worlds ")[1].split()[0])
    assert 300 < needed < 1500
    assert "not within" not in ask(*asked, "-n", str(2 * needed)).out


def test_json_says_the_same_as_the_study(ask: Ask) -> None:
    data = ask("ledger", "alley", "-n", "64", "--by", "technique,choice", "--seed", "3", "--json").data
    found = ledger("alley", by=["technique", "choice"], worlds=64, seed=3)
    assert data == found.to_dict()
    assert data["schema_version"] == 1
    assert {entry["kind"] for entry in data["entries"]} == {"technique", "choice"}
    assert data["horizon"]["after"] == "start"


def test_files_are_written_where_asked(ask: Ask, tmp_path: Path) -> None:
    answer = ask("ledger", "alley", "-n", "64", "--parquet", "out/ledger.parquet", "-q")
    assert answer.code == 0
    assert (tmp_path / "out" / "ledger.parquet").exists()


def test_a_plot_is_drawn(ask: Ask, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    answer = ask("ledger", "alley", "-n", "64", "--plot", "bars.svg", "-q")
    assert answer.code == 0
    assert (
        "Anna" in (tmp_path / "bars.svg").read_text(encoding="utf-8") or (tmp_path / "bars.svg").stat().st_size > 5000
    )


def test_files_are_there_for_who_stops_reading_and_the_answer_for_who_cannot_write(ask: Ask, tmp_path: Path) -> None:
    answer = ask("ledger", "alley", "-n", "64", "--parquet", "/proc/none/x.parquet", "-q")
    assert answer.code == 2
    assert answer.err == "cannot write to /proc/none: No such file or directory\n"
    assert "Anna’s shove" in answer.out


def test_one_event_is_valued(ask: Ask) -> None:
    answer = ask("ledger", "alley", "--event", "4:17:anna.shove", "-n", "128")
    assert answer.code == 0
    assert "Anna begins a technique against Thug" in answer.out
    assert "pairs of continuations" in answer.out
    data = ask("ledger", "alley", "--event", "4:0:17:shove", "-n", "128", "--json").data
    assert data["act"] == "anna.shove"
    assert data["seconds"]["low"] <= data["seconds"]["value"] <= data["seconds"]["high"]


def test_one_event_is_written_where_asked(ask: Ask, tmp_path: Path) -> None:
    answer = ask(
        "ledger", "alley", "--event", "4:17:shove", "-n", "64", "--parquet", "out/event.parquet", "-q", "--json"
    )
    assert answer.code == 0
    [row] = pq.read_table(tmp_path / "out" / "event.parquet").to_pylist()
    assert (row["act"], row["seconds"]) == ("anna.shove", answer.data["seconds"]["value"])


def test_one_event_is_drawn(ask: Ask, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    assert ask("ledger", "alley", "--event", "4:17:shove", "-n", "64", "--plot", "event.png", "-q").code == 0
    assert (tmp_path / "event.png").read_bytes().startswith(b"\x89PNG")


def test_shares_are_printed_where_asked(ask: Ask) -> None:
    answer = ask("ledger", "alley", "-n", "64", "--shapley", "2", "-q")
    assert "Shapley values over 64 worlds" in answer.out
    assert "all of them together" in answer.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--by", "techniques"], "did you mean 'technique'?"),
        (["--only", "anna.shovel"], "did you mean 'anna.shove'?"),
        (["--precision", "0"], "above 0 s"),
        (["--horizon", "-1"], "0 s or more"),
        (["--event", "later"], "WORLD:TIME"),
        (["--event", "4:17:anna.shovel"], "did you mean"),
    ],
)
def test_what_cannot_be_asked_is_refused(ask: Ask, arguments: list[str], said: str) -> None:
    answer = ask("ledger", "alley", "-n", "64", *arguments)
    assert answer.code == USAGE
    assert said in answer.err
    assert answer.out == ""


def test_ctrl_c_gives_what_there_is() -> None:
    def interrupt(progress: object) -> None:
        signal.raise_signal(signal.SIGINT)

    found = ledger("alley", by=["person"], worlds=1024, precision=0.01, threads=1, progress=interrupt)
    assert found.interrupted
    assert BATCH <= found.worlds < 1024
    assert found.entries


def test_interrupted_ledgers_say_so_by_their_exit_code(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    from rearguard import cli_ledger

    class Interrupting(cli_ledger.LiveLine):
        def __call__(self, progress: object) -> None:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(cli_ledger, "LiveLine", Interrupting)
    answer = ask("ledger", "alley", "-n", "2048", "--precision", "0.01", "--threads", "1")
    assert answer.code == INTERRUPTED
    assert "interrupted after" in answer.err
    assert ", interrupted" in answer.out


def test_a_swing_is_drawn_and_its_biggest_jump_named(ask: Ask) -> None:
    answer = ask("swing", "alley", "--world", "4", "--step", "4", "-q")
    assert answer.code == 0
    assert "alley, world 4, seed 0: the chance to reach chest in time" in answer.out
    assert "the biggest jump: −" in answer.out
    assert "thrown off the line" in answer.out
    assert "●" in answer.out
    data = ask("swing", "alley", "--world", "4", "--step", "4", "--json").data
    assert len(data["times"]) == len(data["chance"]) == len(data["low"]) == len(data["high"])
    assert data["times"] == sorted(data["times"])
    assert set(data["jumps"][0]) >= {"time", "change", "because"}
    assert abs(data["jumps"][0]["change"]) == max(abs(jump["change"]) for jump in data["jumps"])


def test_a_calibration_is_printed(ask: Ask) -> None:
    answer = ask("swing", "alley", "--calibrate", "4", "-q")
    assert answer.code == 0
    assert "moments of 4 held worlds" in answer.out
    assert ask("swing", "alley", "--calibrate", "4", "--json").data["worlds"] == 4

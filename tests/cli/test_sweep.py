"""``rearguard sweep`` and ``rearguard diff`` as a user meets them."""

import io
import json
import os
import re
import signal

import pytest
from rich.console import Console

import rearguard
from lane import write_lane
from rearguard.tell.sweep import print_sweep, progress_lines

INTERVAL = re.compile(r"\d+\.\d \(\d+\.\d to \d+\.\d\)")


@pytest.fixture
def lane(small, tmp_path):
    return write_lane(tmp_path, small)


def test_a_sweep_prints_a_row_per_point(ask, lane):
    answer = ask("sweep", lane, "--vary", "who_stays", "--vary", "people.runner.start=0..4 s/3", "-n", 6, "--out", "s")
    assert answer.code == 0, answer.err
    assert "lane: 6 points, the same 6 worlds in each, seed 0" in answer.out
    rows = [line for line in answer.out.splitlines() if line.lstrip().startswith(("nobody", "blocker"))]
    assert len(rows) == 6
    assert all(INTERVAL.search(row) for row in rows)
    assert "who_stays  start" in answer.out
    assert "written to s/" in answer.out


def test_a_sweep_in_json_and_its_design(ask, lane):
    answer = ask("sweep", lane, "--design", "sobol", "--points", 4, "-n", 5, "--json")
    data = json.loads(answer.out)
    assert data["status"] == "complete"
    assert data["names"] == ["force", "clock"]
    assert len(data["points"]) == 4
    assert data["points"][0]["overrides"][0].startswith("techniques.shove.impulse=")
    assert sum(o["worlds"] for o in data["points"][0]["outcomes"]) == 5
    assert data["folder"].startswith("sweeps/")


def test_a_sweep_over_a_file(ask, lane, tmp_path):
    (tmp_path / "points.csv").write_text("force,clock\n100 N s,\n,18 s\n", encoding="utf-8")
    answer = ask("sweep", lane, "--points", "points.csv", "-n", 4, "--out", "s")
    assert answer.code == 0, answer.err
    assert "as written" in answer.out


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("--vary", "forse=1,2"), "did you mean 'force'?"),
        (("--vary", "forse"), "did you mean 'force'?"),
        (("--vary", "force=1,2"), "has no unit"),
        (("--vary", "who_stays=nobdy"), "RG020"),
        (("--points", "none.csv"), "cannot be read"),
        ((), "what shall be varied"),
        (("--vary", "force", "--ray", "127.0.0.1:9"), "Ray"),
    ],
)
def test_a_wrong_sweep_says_what_to_do(ask, lane, arguments, text):
    answer = ask("sweep", lane, *arguments)
    assert answer.code == 2
    assert text in answer.err
    assert answer.out == ""


def test_an_interrupted_sweep_says_how_to_go_on(ask, lane, monkeypatch):
    from rearguard.study import sweep as study

    played = study.play_batch

    def press(parcel, batch):
        if batch.worlds[0] == 16:
            os.kill(os.getpid(), signal.SIGINT)
        return played(parcel, batch)

    monkeypatch.setattr(study, "play_batch", press)
    answer = ask("sweep", lane, "--vary", "force", "-n", 64, "--threads", 1, "--out", "s")
    assert answer.code == 130
    assert "rearguard sweep --resume s" in answer.err
    monkeypatch.setattr(study, "play_batch", played)
    assert ask("sweep", lane, "--resume", "s").code == 2
    again = ask("sweep", "--resume", "s", "--json")
    assert again.code == 0, again.err
    assert json.loads(again.out)["worlds"] == 320


@pytest.fixture(scope="module")
def swept(small, tmp_path_factory):
    folder = tmp_path_factory.mktemp("swept")
    seen = []
    vary = ["who_stays", "force", "people.runner.start=0,2 s"]
    found = rearguard.sweep(write_lane(folder, small), vary=vary, worlds=8, out=folder / "s", progress=seen.append)
    return found, seen


def shown(what, width=200):
    screen = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    screen.print(what)
    return screen.file.getvalue()


def test_while_it_is_played_the_table_fits_the_screen_and_tells_what_is_known(swept):
    _, seen = swept
    text = shown(progress_lines(seen[0], 12))
    assert len(text.splitlines()) <= 12
    assert "of 160 worlds" in text
    last = shown(progress_lines(seen[-1], 40))
    assert last.count(" ± ") >= 20
    assert "…" not in last


def test_a_wide_table_is_narrowed_on_a_terminal_and_never_cut(swept):
    found, _ = swept
    wide, narrow = io.StringIO(), io.StringIO()
    print_sweep(found, Console(file=wide, width=60))
    print_sweep(found, Console(file=narrow, width=60, force_terminal=True, color_system=None))
    assert "…" not in wide.getvalue() + narrow.getvalue()
    assert INTERVAL.search(wide.getvalue())
    assert " ± " in narrow.getvalue()


def test_diff_says_what_changed(ask, lane):
    answer = ask("diff", lane, "--set", "choices.who_stays.default=nobody", "-n", 40)
    assert answer.code == 0, answer.err
    assert re.search(r"choices\.who_stays\.default\s+blocker\s+nobody", answer.out)
    assert "another outcome in" in answer.out
    assert "a difference can be seen in" in answer.out
    assert f"rearguard replay {lane} --world" in answer.out


def test_diff_says_when_nothing_can_be_seen_and_what_it_would_take(ask, lane):
    answer = ask("diff", lane, "--set", "people.runner.body.critical_speed=uniform(4.41, 5.4) m/s", "-n", 30)
    assert "no difference can be seen; 30 worlds would have shown" in answer.out
    same = ask("diff", lane, "--set", "people.porter.title=Pia", "-n", 10)
    assert "no world moved: all 10 went the same way" in same.out


def test_diff_in_json_and_as_parquet(ask, lane, tmp_path):
    answer = ask("diff", lane, lane, "--set", "force=1", "-n", 5)
    assert answer.code == 2
    assert "RG040" in answer.err
    answer = ask(
        "diff", lane, lane, "--set-a", "people.runner.count=1", "-n", 5, "--json", "--parquet", "pairs.parquet"
    )
    data = json.loads(answer.out)
    assert data["changes"] == [{"path": "people.runner.count", "old": 1, "new": 2}]
    assert {f["name"] for f in data["figures"]} >= {"caught", "duration"}
    assert (tmp_path / "pairs.parquet").exists()

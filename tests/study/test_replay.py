"""One world played again: the same world as in the run, with where everybody was at every tick."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from rearguard.engine import MODES, ORDERS
from rearguard.study.folder import RunError
from rearguard.study.replay import Replay, replay
from rearguard.study.run import Run, run

PEOPLE = 4
WORLD = 23
TABLES = Path(__file__).parents[2] / "docs" / "tables.md"


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory, small: Path) -> Run:
    return run(small, worlds=30, seed=5, out=tmp_path_factory.mktemp("run") / "out")


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory, small: Path) -> Replay:
    return replay(small, world=WORLD, seed=5, out=tmp_path_factory.mktemp("replay") / "out")


def test_outcome_and_events_are_those_of_the_run(batch: Run, again: Replay) -> None:
    assert again.outcome == batch.outcomes.to_pylist()[WORLD]
    assert again.events.to_pylist() == [e for e in batch.events.to_pylist() if e["world"] == WORLD]
    assert again.events.num_rows > 10


def test_track_has_a_row_per_tick_and_person(again: Replay) -> None:
    frames = again.outcome["ticks"] + 1
    assert again.track.num_rows == frames * PEOPLE
    assert again.track["tick"].to_pylist() == [t for t in range(frames) for _ in range(PEOPLE)]
    assert again.track["person"].to_pylist()[:PEOPLE] == ["porter", "blocker", "runner_1", "runner_2"]
    assert again.track["time"].to_numpy() == pytest.approx(again.track["tick"].to_numpy() * 0.1, abs=1e-4)
    assert set(again.track["world"].to_pylist()) == {WORLD}


def test_track_columns_are_those_of_the_documentation(again: Replay) -> None:
    section = TABLES.read_text(encoding="utf-8").split("## track.parquet")[1]
    named = re.findall(r"`([A-Za-z_]+)`", section)
    names = {n.replace("NAME", "chest") for n in named}
    assert set(again.track.column_names) == names
    rows = again.track.to_pylist()
    assert {r["mode"] for r in rows} <= set(MODES)
    assert {r["order"] for r in rows} - {None} <= set(ORDERS)
    assert {r["carries"] for r in rows} == {"chest", None}


def test_last_frame_agrees_with_what_the_run_says_of_people(batch: Run, again: Replay) -> None:
    last = again.track.to_pylist()[-PEOPLE:]
    people = batch.people.to_pylist()[WORLD * PEOPLE : (WORLD + 1) * PEOPLE]
    for frame, person in zip(last, people, strict=True):
        assert frame["person"] == person["person"]
        assert frame["wound"] == person["wound"]
        assert (frame["mode"] == "out") == person["out"]


def test_way_along_the_track_is_the_distance_run(batch: Run, again: Replay) -> None:
    people = batch.people.to_pylist()[WORLD * PEOPLE : (WORLD + 1) * PEOPLE]
    at = np.stack([again.track[c].to_numpy().reshape(-1, PEOPLE) for c in ("x", "y")], axis=-1)
    way = np.linalg.norm(np.diff(at, axis=0), axis=-1).sum(axis=0)
    assert way == pytest.approx([p["distance"] for p in people], rel=0.1, abs=1.0)


def test_what_is_written_is_what_is_returned(again: Replay) -> None:
    assert again.folder is not None
    assert pq.read_table(again.folder / "track.parquet").equals(again.track)
    assert pq.read_table(again.folder / "events.parquet").num_rows == again.events.num_rows
    manifest = json.loads((again.folder / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["world"], manifest["seed"], manifest["scenario"]) == (WORLD, 5, "lane")
    assert {p.name for p in again.folder.iterdir()} == {"track.parquet", "events.parquet", "manifest.json"}


def test_worlds_beyond_the_run_can_be_played_and_nothing_is_written_unasked(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    far = replay(small, world=2**32 - 1, seed=5)
    assert far.outcome["world"] == 2**32 - 1
    assert far.folder is None
    assert list(tmp_path.iterdir()) == []


def test_a_world_open_at_the_limit_has_its_last_frame_there(small: Path) -> None:
    short = replay(small, world=0, overrides=["time.limit=3 s"])
    assert short.outcome["outcome"] is None
    assert short.track["time"].to_pylist()[-1] == pytest.approx(3.0)


@pytest.mark.parametrize(("world", "seed"), [(-1, 0), (2**32, 0), (0, -1), (0, 2**32)])
def test_numbers_that_are_no_world_or_seed_are_refused(small: Path, world: int, seed: int) -> None:
    with pytest.raises(RunError, match="must lie between 0 and"):
        replay(small, world=world, seed=seed)


def test_a_place_that_cannot_be_written_is_refused(small: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(RunError, match="cannot write"):
        replay(small, world=0, out=tmp_path / "file" / "below")


CROWD = """\
rearguard: 1
name: crossing
map:
  metres_per_cell: 1 m
  legend: {m: {ground: street, place: market}, x: {ground: street, place: out}}
  ascii: |
    mmmm.........xx
    mmmm.........xx
    W##############
time: {limit: 8 s}
people: {ana: {side: home, at: w, doctrine: stay}}
crowds: {civilians: {count: 12, at: market, to: out}}
doctrines: {stay: {options: [{order: wait}]}}
ends: {over: {when: time > 7 s}}
"""


def test_pedestrians_have_a_table_of_their_own(tmp_path: Path, again: Replay) -> None:
    file = tmp_path / "crossing.yaml"
    file.write_text(CROWD, encoding="utf-8")
    played = replay(file, world=3, out=tmp_path / "out")
    assert played.crowd is not None
    written = pq.read_table(tmp_path / "out" / "crowd.parquet")
    assert written.equals(played.crowd)
    section = TABLES.read_text(encoding="utf-8").split("## crowd.parquet")[1].split("##")[0].split("tick:")[1]
    assert set(written.column_names) == set(re.findall(r"`([A-Za-z_]+)`", section))
    rows = written.to_pylist()
    assert {r["crowd"] for r in rows} == {"civilians"}
    assert {r["gait"] for r in rows} == {"walk"}
    assert {r["pedestrian"] for r in rows} == set(range(12))
    one = [r["x"] for r in rows if r["pedestrian"] == 5]
    assert one[-1] > one[0] + 4.0
    assert again.crowd is None

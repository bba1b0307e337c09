"""Sweeps: every point gives what a run with its settings gives, however it is played, interrupted or cut."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest

import rearguard
from lane import write_lane
from rearguard.engine import prepare
from rearguard.scenario.compile import compile_scenario
from rearguard.scenario.load import load_scenario
from rearguard.scenario.source import find
from rearguard.study.executor import LocalThreads
from rearguard.study.folder import RunError
from rearguard.study.parcel import Batch, pack, play_batch, unpack
from rearguard.study.point_variants import group_points
from rearguard.study.points import grid, read_axis
from rearguard.study.variants import play_variants

VARY = ("who_stays", "force=100,300 N s", "people.porter.body.sprint=5.5,6 m/s")
SHARED = ("world", "outcome", "end_time", "contact_time", "deadline", "slack", "agent_steps", "overflow")


@pytest.fixture(scope="module")
def lane(tmp_path_factory, request):
    return write_lane(tmp_path_factory.mktemp("lane"), request.path.parent.parent / "data" / "small.yaml")


@pytest.fixture(scope="module")
def swept(lane, tmp_path_factory):
    return rearguard.sweep(lane, vary=VARY, worlds=12, seed=5, out=tmp_path_factory.mktemp("sweep") / "s")


def grouped(lane, *texts):
    loaded = load_scenario(lane)
    points = grid([read_axis(loaded.scenario, text) for text in texts])
    return group_points(loaded, compile_scenario(loaded), points)


def interrupt_after(worlds):
    """A progress that presses Ctrl-C once, when so many worlds are done."""
    pressed = []

    def progress(p):
        if p.done >= worlds and not pressed:
            pressed.append(True)
            os.kill(os.getpid(), signal.SIGINT)

    return progress


def test_every_point_is_the_run_with_its_settings(lane, swept, tmp_path):
    assert [p.number for p in swept.points] == list(range(8))
    for point in swept.points:
        alone = rearguard.run(lane, worlds=12, seed=5, overrides=point.overrides, out=tmp_path / f"r{point.number}")
        rows = swept.outcomes.filter(np.asarray(swept.outcomes["point"]) == point.number)
        for name in SHARED:
            assert rows[name].to_pylist() == alone.outcomes[name].to_pylist(), (point.overrides, name)
        assert [o.share for o in point.answer.outcomes] == [o.share for o in alone.summary.outcomes]
        assert point.answer.slack == alone.summary.slack or np.isnan(point.answer.slack.value)


def test_numbers_and_choices_are_variants_and_what_shapes_the_ways_is_loaded(lane):
    (one,) = grouped(lane, "who_stays", "force=100,300 N s", "people.runner.body.critical_speed=4,5 m/s")
    assert len(one.points) == 8
    assert set(one.variants[0].cells) >= {"people.runner_1.body.critical_speed", "people.runner_2.body.critical_speed"}
    groups = grouped(lane, "force=100,300 N s", "people.porter.body.sprint=5.5,6 m/s")
    assert [g.points for g in groups] == [(0, 2), (1, 3)]
    assert [g.loaded.overrides for g in groups] == [
        ("people.porter.body.sprint=5.5 m/s",),
        ("people.porter.body.sprint=6 m/s",),
    ]


def test_draws_are_loaded(lane):
    groups = grouped(lane, "force=100 N s,normal(200, 20) N s")
    assert [g.loaded.overrides for g in groups] == [(), ("techniques.shove.impulse=normal(200, 20) N s",)]


def test_the_tables_say_what_each_point_sets(swept):
    assert swept.table.column_names[:5] == ["point", "who_stays", "force", "people.porter.body.sprint", "worlds"]
    assert swept.table["force"].to_pylist() == [100.0, 100.0, 300.0, 300.0] * 2
    assert swept.table["who_stays"].to_pylist() == ["nobody"] * 4 + ["blocker"] * 4
    for share, low, high in zip(
        *(swept.table[f"caught{end}"].to_pylist() for end in ("", "_low", "_high")), strict=True
    ):
        assert low <= share <= high
    assert pq.read_table(swept.folder / "points.parquet").equals(swept.table)
    assert swept.outcomes.num_rows == 96 == swept.worlds


def test_a_setting_called_like_a_column_goes_by_its_path(lane, tmp_path):
    text = lane.read_text(encoding="utf-8").replace("  force:", "  caught:")
    file = tmp_path / "lane.yaml"
    file.write_text(text, encoding="utf-8")
    found = rearguard.sweep(file, vary=["caught=100,300 N s"], worlds=2, out=tmp_path / "s")
    assert found.table.column_names[:3] == ["point", "techniques.shove.impulse", "worlds"]
    assert list(found.points[0].settings) == ["caught"]


def test_slices_and_threads_change_nothing(lane, swept, tmp_path):
    again = rearguard.sweep(lane, vary=VARY, worlds=12, seed=5, threads=1, slice_size=7, out=tmp_path / "s")
    assert again.outcomes.equals(swept.outcomes)
    assert again.table.equals(swept.table)


def test_a_table_can_be_written_elsewhere(swept, tmp_path):
    swept.to_parquet(tmp_path / "mine.parquet")
    assert pq.read_table(tmp_path / "mine.parquet").equals(swept.table)


def test_progress_counts_every_world(lane, tmp_path):
    seen = []
    rearguard.sweep(lane, vary=["who_stays"], worlds=8, slice_size=4, out=tmp_path / "s", progress=seen.append)
    assert [p.done for p in seen] == [4, 8, 12, 16]
    assert seen[-1].counts.sum(axis=1).tolist() == [8, 8]


def test_interrupted_it_keeps_what_there_is_and_goes_on(lane, tmp_path):
    stop = interrupt_after(6)
    part = rearguard.sweep(
        lane, vary=["who_stays"], worlds=40, slice_size=3, threads=1, out=tmp_path / "s", progress=stop
    )
    assert part.status == "interrupted"
    assert 6 <= part.worlds < 80
    whole = rearguard.resume_sweep(tmp_path / "s")
    assert whole.status == "complete"
    fresh = rearguard.sweep(lane, vary=["who_stays"], worlds=40, slice_size=3, out=tmp_path / "fresh")
    assert whole.outcomes.equals(fresh.outcomes)
    assert not (tmp_path / "s" / "parts").exists()
    with pytest.raises(RunError, match="nothing to resume"):
        rearguard.resume_sweep(tmp_path / "s")


def test_killed_it_loses_at_most_the_slices_in_flight(lane, tmp_path):
    code = "import sys, rearguard; rearguard.sweep(sys.argv[1], vary=['who_stays'], worlds=400, slice_size=4, out=sys.argv[2])"
    folder = tmp_path / "s"
    victim = subprocess.Popen([sys.executable, "-c", code, str(lane), str(folder)])
    deadline = time.monotonic() + 120.0
    while len(list(folder.glob("parts/*.parquet"))) < 3 and time.monotonic() < deadline:
        assert victim.poll() is None
        time.sleep(0.005)
    victim.kill()
    victim.wait()
    kept = len(list(folder.glob("parts/*.parquet")))
    assert kept >= 3
    seen = []
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["status"] == "running"
    rearguard.resume_sweep(folder, progress=seen.append)
    assert seen[0].done - seen[0].played >= 4 * (kept - 1)
    whole = pq.read_table(folder / "outcomes.parquet")
    assert whole["world"].to_pylist() == list(range(400)) * 2


def test_a_changed_scenario_is_not_resumed(lane, tmp_path):
    file = tmp_path / "lane.yaml"
    text = lane.read_text(encoding="utf-8")
    file.write_text(text, encoding="utf-8")
    stop = interrupt_after(1)
    rearguard.sweep(file, vary=["force"], worlds=40, slice_size=4, threads=1, out=tmp_path / "s", progress=stop)
    file.write_text(text.replace("sprint: 6.5 m/s", "sprint: 6.6 m/s"), encoding="utf-8")
    with pytest.raises(RunError, match="has changed: digest"):
        rearguard.resume_sweep(tmp_path / "s")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "what shall be varied"),
        ({"points": "12"}, "wants a design"),
        ({"design": "lhs"}, "takes --points N"),
        ({"design": "lhs", "points": "points.csv"}, "takes --points N"),
        ({"points": "points.csv", "vary": ["force"]}, "leave --vary out"),
        ({"vary": ["force"], "worlds": 0}, "at least 1 world"),
        ({"vary": ["force"], "threads": 0}, "threads"),
        ({"vary": ["force"], "ray": "127.0.0.1:9"}, "no Ray cluster|needs the package Ray"),
    ],
)
def test_what_cannot_be_swept_says_what_to_do(lane, tmp_path, options, message):
    with pytest.raises(RunError, match=message):
        rearguard.sweep(lane, out=tmp_path / "s", **options)
    assert not (tmp_path / "s").exists()


def test_a_parcel_plays_without_the_files_it_was_packed_from(lane, tmp_path, monkeypatch):
    file = tmp_path / "there" / "lane.yaml"
    file.parent.mkdir()
    file.write_text(lane.read_text(encoding="utf-8"), encoding="utf-8")
    loaded = load_scenario(file, overrides=["techniques.shove.impulse=123 N s"])
    parcel = pack(loaded)
    file.unlink()
    assert unpack(parcel).scenario.techniques["shove"].impulse.nominal == 123.0
    (variant,) = grouped(lane, "techniques.shove.impulse=123 N s")[0].variants
    worlds = np.arange(5)
    there = play_batch(parcel, Batch((variant,), worlds, 2))
    here = play_batch(pack(load_scenario(lane)), Batch((variant,), worlds, 2))
    for name, values in there.outcomes.items():
        np.testing.assert_array_equal(values, here.outcomes[name])


def test_variants_of_a_parcel_are_those_of_the_program_it_was_packed_from(lane):
    loaded = load_scenario(lane)
    variants = grouped(lane, "who_stays")[0].variants
    worlds, seen = np.arange(3, 80), []
    there = play_variants(LocalThreads(2), pack(loaded), variants, worlds, 6, log=True, done=seen.append)
    here = play_variants(LocalThreads(1), prepare(compile_scenario(loaded)), variants, worlds, 6, log=True)
    assert sum(seen) == 154
    for a, b in zip(there, here, strict=True):
        assert a.events.tobytes() == b.events.tobytes()
        np.testing.assert_array_equal(a.outcomes["end_time"], b.outcomes["end_time"])
        np.testing.assert_array_equal(a.people["distance"], b.people["distance"])


def test_a_worker_with_other_versions_does_not_play(lane):
    parcel = pack(load_scenario(lane))
    other = replace(parcel, versions={**parcel.versions, "numpy": "1.0"})
    with pytest.raises(RunError, match=r"numpy .* instead of 1\.0"):
        unpack(other)


def test_a_parcel_that_reads_as_something_else_is_refused(lane):
    parcel = pack(load_scenario(lane))
    files = {name: content.replace(b"cost: 10", b"cost: 11") for name, content in parcel.files.items()}
    with pytest.raises(RunError, match="something else than was sent"):
        unpack(replace(parcel, files=files))


def test_a_map_in_another_folder_comes_along(tmp_path):
    east = find("east-gate").parent
    (tmp_path / "maps").mkdir()
    (tmp_path / "mine").mkdir()
    for file in east.iterdir():
        if file.is_file() and file.name != "scenario.yaml":
            shutil.copy(file, tmp_path / "maps" / file.name)
    text = (east / "scenario.yaml").read_text(encoding="utf-8").replace("map: map.tmx", "map: ../maps/map.tmx")
    (tmp_path / "mine" / "scenario.yaml").write_text(text, encoding="utf-8")
    parcel = pack(load_scenario(tmp_path / "mine"))
    shutil.rmtree(tmp_path / "maps")
    assert "maps/map.tmx" in parcel.files
    assert unpack(parcel).map.digest == load_scenario("east-gate").map.digest


def test_a_parcel_holds_the_map_and_what_it_is_drawn_with():
    loaded = load_scenario("east-gate")
    parcel = pack(loaded)
    assert any(name.endswith(".tmx") for name in parcel.files)
    again = unpack(parcel)
    assert again.map.digest == loaded.map.digest
    assert again.digest == loaded.digest

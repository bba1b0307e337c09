"""Runs and expectations on a Ray cluster of two nodes have the numbers of this machine, with a worker killed half-way. Run by ``make ray``."""

import os
import signal

import pytest

import rearguard
from rearguard.study import run as run_module
from rearguard.study.beats import beats
from rearguard.study.folder import TABLES
from rearguard.study.prove import prove
from rearguard.study.run import play_slice
from rearguard.study.why_not import why_not

pytestmark = pytest.mark.cluster

OPTIONS = {"worlds": 200, "seed": 3, "event_worlds": 50, "slice_size": 8}
EXPECT = "expect:\n  - {outcome: caught, between: [0.4, 0.6]}\n"


@pytest.fixture
def here(lane, tmp_path):
    return rearguard.run(lane, out=tmp_path / "here", **OPTIONS)


@pytest.fixture
def expecting(lane):
    lane.write_text(lane.read_text(encoding="utf-8") + EXPECT, encoding="utf-8")
    return lane


def same(a, b):
    return all(getattr(a, name).equals(getattr(b, name)) for name in TABLES)


def test_a_run(shared_cluster, lane, here, tmp_path):
    seen = []
    there = rearguard.run(lane, out=tmp_path / "there", ray=shared_cluster.address, progress=seen.append, **OPTIONS)
    assert there.status == "complete"
    assert same(there, here)
    assert there.summary.to_dict() == here.summary.to_dict()
    assert [p.done for p in seen] == list(range(8, 201, 8))
    assert there.manifest["plan"] == here.manifest["plan"]


def test_a_worker_killed_in_the_middle_of_a_run_loses_nothing(shared_cluster, lane, here, tmp_path, monkeypatch):
    died = tmp_path / "died"
    died.mkdir()

    def play_or_die(place, worlds, seed, event_worlds):
        marker = died / str(worlds.start)
        if worlds.start in (16, 48, 120) and not marker.exists():
            marker.write_text(str(os.getpid()))
            os.kill(os.getpid(), signal.SIGKILL)
        return play_slice(place, worlds, seed, event_worlds)

    monkeypatch.setattr(run_module, "play_slice", play_or_die)
    there = rearguard.run(lane, out=tmp_path / "there", ray=shared_cluster.address, **OPTIONS)
    assert len({file.read_text() for file in died.iterdir()}) == 3
    assert same(there, here)


def test_a_run_begun_on_a_cluster_goes_on_here_and_the_other_way_round(shared_cluster, lane, here, tmp_path):
    def press(progress):
        if progress.done >= 80 and not pressed:
            pressed.append(True)
            os.kill(os.getpid(), signal.SIGINT)

    for begun, ended in ((shared_cluster.address, None), (None, shared_cluster.address)):
        pressed = []
        folder = tmp_path / str(begun is None)
        part = rearguard.run(lane, out=folder, ray=begun, progress=press, **OPTIONS)
        assert part.status == "interrupted"
        assert 80 <= part.outcomes.num_rows < 200
        whole = rearguard.resume(folder, ray=ended)
        assert whole.status == "complete"
        assert same(whole, here)


def test_how_often_and_why_not(shared_cluster, expecting):
    address = shared_cluster.address
    there = beats(expecting, worlds=150, seed=3, ray=address)
    assert there.to_dict() == beats(expecting, worlds=150, seed=3).to_dict()
    reasons = why_not(expecting, "1", worlds=150, seed=3, ray=address)
    assert reasons.reasons
    assert reasons.to_dict() == why_not(expecting, "1", worlds=150, seed=3).to_dict()


def test_a_proof(shared_cluster, expecting):
    there = prove(expecting, seed=3, ray=shared_cluster.address)
    assert there.proofs[0].holds
    assert there.to_dict() == prove(expecting, seed=3).to_dict()


def test_one_act_of_one_world(shared_cluster, lane):
    options = {"world": 3, "time": 1.0, "seed": 3, "pairs": 96, "precision": 0.001}
    there = rearguard.value_event(lane, ray=shared_cluster.address, **options)
    assert there.table.equals(rearguard.value_event(lane, **options).table)

"""Sweeps on a Ray cluster of two nodes, of which a worker or a node is killed half-way. Run by ``make ray``."""

import os
import signal

import pytest

import rearguard
from rearguard.study import sweep as sweep_module
from rearguard.study.parcel import play_batch

pytestmark = pytest.mark.cluster

OPTIONS = {"vary": ["who_stays", "force=100..300 N s/3"], "worlds": 200, "seed": 3, "slice_size": 8}


@pytest.fixture
def here(lane, tmp_path):
    return rearguard.sweep(lane, out=tmp_path / "here", **OPTIONS)


def test_a_worker_killed_in_the_middle_loses_nothing(cluster, lane, here, tmp_path, monkeypatch):
    folder = tmp_path / "died"
    folder.mkdir()

    def play_or_die(parcel, batch):
        place = folder / str(batch.worlds[0])
        if batch.worlds[0] // 8 % 4 == 2 and not place.exists():
            place.write_text(str(os.getpid()))
            os.kill(os.getpid(), signal.SIGKILL)
        return play_batch(parcel, batch)

    monkeypatch.setattr(sweep_module, "play_batch", play_or_die)
    there = rearguard.sweep(lane, out=tmp_path / "there", ray=cluster.address, **OPTIONS)
    killed = {file.read_text() for file in folder.iterdir()}
    assert len(killed) >= 5
    assert there.status == "complete"
    assert there.outcomes.equals(here.outcomes)
    assert there.table.equals(here.table)


def test_a_node_that_goes_away_loses_nothing(cluster, lane, here, tmp_path):
    node = next(iter(cluster.worker_nodes))
    seen = []

    def take_away(progress):
        seen.append(progress.done)
        if len(seen) == 6:
            cluster.remove_node(node, allow_graceful=False)

    there = rearguard.sweep(lane, out=tmp_path / "there", ray=cluster.address, progress=take_away, **OPTIONS)
    assert len(seen) > 20
    assert not cluster.worker_nodes
    assert there.outcomes.equals(here.outcomes)


def test_what_was_begun_on_a_cluster_goes_on_here(cluster, lane, here, tmp_path):
    def press(progress):
        if progress.done >= 200 and not pressed:
            pressed.append(True)
            os.kill(os.getpid(), signal.SIGINT)

    pressed = []
    part = rearguard.sweep(lane, out=tmp_path / "there", ray=cluster.address, progress=press, **OPTIONS)
    assert part.status == "interrupted"
    whole = rearguard.resume_sweep(tmp_path / "there", threads=1)
    assert whole.outcomes.equals(here.outcomes)

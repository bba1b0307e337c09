"""Studies on a Ray cluster of two nodes have the numbers of this machine, with workers killed half-way. Run by ``make ray``."""

import os
import signal

import pytest

import rearguard
from pursuits import CHASE
from rearguard.study import ledger as ledger_module
from rearguard.study import variants as variants_module
from rearguard.study.parcel import play_batch
from rearguard.study.without import watch

pytestmark = pytest.mark.cluster


@pytest.fixture
def both(shared_cluster):
    """A study played here and on the cluster: ``both(rearguard.plan, scenario, **options)``."""

    def play(study, *arguments, **options):
        return study(*arguments, **options), study(*arguments, ray=shared_cluster.address, **options)

    return play


@pytest.fixture
def chase(tmp_path):
    """A scenario with a factor that has to be loaded afresh for every value."""
    file = tmp_path / "chase.yaml"
    file.write_text(CHASE, encoding="utf-8")
    return file


def plain(found):
    """What a study says, without how long it took."""
    return {key: value for key, value in found.to_dict().items() if key not in ("elapsed", "seconds", "play_seconds")}


def test_a_ledger(both, lane):
    here, there = both(rearguard.ledger, lane, by=["technique", "order", "person", "choice"], worlds=96, seed=3)
    assert len(here.entries) >= 4
    assert there.table.equals(here.table)
    assert plain(there) == plain(here)


def test_shares_of_a_ledger(both, lane):
    here, there = both(rearguard.ledger, lane, by=["technique", "order"], worlds=64, seed=3, shapley=3)
    assert len(here.shares.shares) == 3
    assert plain(there) == plain(here)


def test_a_plan(both, lane):
    here, there = both(rearguard.plan, lane, generate=["stay"], worlds=700, seed=3)
    assert len(here.plans) >= 4
    assert there.table.equals(here.table)
    assert plain(there) == plain(here)


def test_tuning_with_factors_that_are_cells_and_one_that_is_not(both, chase):
    pytest.importorskip("optuna")
    here, there = both(
        rearguard.tune, chase, ["mean contact in [25 s, 26 s]"], factors=["delay", "look"], worlds=20, trials=8
    )
    assert {knob.name: knob.cells is not None for knob in here.knobs} == {"delay": True, "look": False}
    assert here.solutions
    assert there.table.equals(here.table)
    assert plain(there) == plain(here)


def test_what_matters(both, lane):
    pytest.importorskip("SALib")
    here, there = both(rearguard.sense, lane, worlds=16, trajectories=4, rows=8, free_worlds=60, seed=3)
    assert there.table.equals(here.table)
    assert plain(there) == plain(here)


def test_a_swing_and_its_calibration(both, lane):
    here, there = both(rearguard.swing, lane, world=8, seed=3, precision=0.1)
    assert here.continuations >= 128
    assert plain(there) == plain(here)
    here, there = both(rearguard.calibrate, lane, worlds=12, seed=3)
    assert plain(there) == plain(here)


def test_a_check(both, lane):
    lane.write_text(lane.read_text(encoding="utf-8") + "expect:\n  - {outcome: caught, between: [0.4, 0.6]}\n")
    here, there = both(rearguard.check, lane, seed=3, max_worlds=640)
    assert plain(there) == plain(here)


def test_a_worker_killed_in_the_middle_of_a_ledger_loses_nothing(shared_cluster, lane, tmp_path, monkeypatch):
    died = tmp_path / "died"
    died.mkdir()

    def watch_or_die(place, acts, seed, ids):
        marker = died / str(ids[0])
        if ids[0] in (32, 64, 160) and not marker.exists():
            marker.write_text(str(os.getpid()))
            os.kill(os.getpid(), signal.SIGKILL)
        return watch(place, acts, seed, ids)

    options = {"by": ["technique", "order"], "worlds": 192, "precision": 0.001, "seed": 3}
    here = rearguard.ledger(lane, **options)
    monkeypatch.setattr(ledger_module, "watch", watch_or_die)
    there = rearguard.ledger(lane, ray=shared_cluster.address, **options)
    assert len({file.read_text() for file in died.iterdir()}) == 3
    assert there.worlds == 192
    assert there.table.equals(here.table)


def test_a_worker_killed_in_the_middle_of_a_plan_loses_nothing(shared_cluster, lane, tmp_path, monkeypatch):
    died = tmp_path / "died"
    died.mkdir()

    def play_or_die(place, batch):
        marker = died / f"{batch.worlds[0]}-{sorted(batch.variants[0].choices.items())}"
        if batch.worlds[0] > 0 and not marker.exists() and len(list(died.iterdir())) < 4:
            marker.write_text(str(os.getpid()))
            os.kill(os.getpid(), signal.SIGKILL)
        return play_batch(place, batch)

    options = {"worlds": 600, "seed": 3}
    here = rearguard.plan(lane, **options)
    monkeypatch.setattr(variants_module, "play_batch", play_or_die)
    there = rearguard.plan(lane, ray=shared_cluster.address, **options)
    assert len({file.read_text() for file in died.iterdir()}) >= 4
    assert there.table.equals(here.table)
    assert there.played == here.played


def test_ctrl_c_gives_what_is_known_so_far_as_it_would_be_here(shared_cluster, lane):
    def press(progress):
        if progress.worlds >= 96 and not pressed:
            pressed.append(True)
            os.kill(os.getpid(), signal.SIGINT)

    pressed = []
    options = {"by": ["technique", "order"], "precision": 0.001, "seed": 3}
    part = rearguard.ledger(lane, ray=shared_cluster.address, worlds=3200, progress=press, **options)
    assert part.interrupted
    assert 96 <= part.worlds < 3200
    whole = rearguard.ledger(lane, worlds=part.worlds, **options)
    assert part.table.equals(whole.table)

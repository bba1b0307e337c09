"""Calibration: chances that are right pass, chances that are not are found out."""

import numpy as np
import pytest

from chases import coin
from rearguard.study.calibration import BINS, HELD, _Asked, _bins, calibrate, clustered_mean
from rearguard.study.folder import RunError
from rearguard.tell.swing import calibration_lines


def asked(bias: float, worlds: int = 400, moments: int = 4, half: int = 32) -> _Asked:
    """Worlds whose true chance stays what it is, asked several times with binomial noise."""
    draws = np.random.default_rng(3)
    chance = draws.uniform(0.0, 1.0, worlds)
    came_true = np.repeat(draws.uniform(size=worlds) < np.clip(chance + bias, 0.0, 1.0), moments)
    each = np.repeat(chance, moments)
    first, second = (draws.binomial(half, each) / half for _ in range(2))
    return _Asked(np.repeat(np.arange(worlds), moments), first, second, came_true)


def test_right_chances_are_right_in_nearly_all_bins():
    bins = _bins(asked(0.0))
    assert len(bins) == BINS
    assert sum(b.is_right for b in bins) >= BINS - 2
    assert [b.predicted for b in bins] == sorted(b.predicted for b in bins)


def test_wrong_chances_are_found_out():
    found = asked(0.25)
    off = clustered_mean(found.came_true - found.predicted, found.world)
    assert off.low > 0.1
    assert sum(b.is_right for b in _bins(found)) < BINS


def test_moments_of_one_world_do_not_count_as_many():
    draws = np.random.default_rng(1)
    values = np.repeat(draws.normal(size=100), 20)
    cluster = np.repeat(np.arange(100), 20)
    together, apart = clustered_mean(values, cluster), clustered_mean(values, np.arange(2000))
    assert together.high - together.low > 3.0 * (apart.high - apart.low)


def test_a_throw_of_known_chance_is_calibrated(tmp_path):
    found = calibrate(coin(tmp_path), worlds=96, seed=5)
    assert found.worlds == 96
    assert found.error.low <= 0.0 <= found.error.high
    assert sum(b.is_right for b in found.bins) >= len(found.bins) - 1
    # before the throw all worlds have one chance, after it 0 or 1
    assert found.bins[0].predicted == 0.0
    assert found.bins[-1].predicted == 1.0
    assert any("came true" in line for line in calibration_lines(found))


def test_the_answer_does_not_depend_on_threads(tmp_path):
    loaded = coin(tmp_path)
    one, two = (calibrate(loaded, worlds=24, seed=5, threads=n).to_dict() for n in (1, 2))
    assert one == two
    assert one["first_world"] == HELD


def test_one_world_is_too_few(tmp_path):
    with pytest.raises(RunError, match="2 worlds"):
        calibrate(coin(tmp_path), worlds=1)

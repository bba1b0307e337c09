"""Paired intervals hold what they promise, and the number of worlds that shows a difference does show it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from rearguard.study.pairs import detectable, paired_mean, paired_share, share_variance, worlds_to_show


def test_a_share_that_nothing_changed_keeps_an_interval_around_nothing():
    same = np.arange(100) < 30
    change = paired_share(same, same)
    assert change.value == 0.0
    assert -0.04 < change.low < 0.0 < change.high < 0.04


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_the_interval_of_a_share_holds_the_estimate_and_stays_in_range(gained, lost, kept):
    before = np.repeat([False, True, True, False], [gained, lost, kept, 20])
    after = np.repeat([True, False, True, False], [gained, lost, kept, 20])
    change = paired_share(before, after)
    assert change.value == pytest.approx((gained - lost) / len(before))
    assert -1.0 <= change.low <= change.value + 1e-12
    assert change.value - 1e-12 <= change.high <= 1.0


def test_intervals_of_shares_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(1000):
        u = rng.random((60, 2))
        before = u[:, 0] < 0.4
        after = np.where(u[:, 1] < 0.2, u[:, 1] < 0.15, before)  # of a fifth, three quarters succeed whatever was
        change = paired_share(before, after)
        held += change.low <= 0.2 * (0.75 - 0.4) <= change.high
    assert 930 <= held <= 985


def test_the_mean_of_differences_is_students():
    x = np.random.default_rng(2).normal(1.0, 3.0, 25)
    low, high = stats.t.interval(0.9, 24, loc=x.mean(), scale=stats.sem(x))
    found = paired_mean(x, 0.9)
    assert (found.value, found.low, found.high) == pytest.approx((x.mean(), low, high))


def test_one_pair_bounds_nothing():
    assert paired_mean(np.array([2.0])).high == np.inf
    assert np.isnan(paired_mean(np.zeros(0)).value)


def test_as_many_worlds_as_are_said_to_show_a_difference_show_it():
    rng = np.random.default_rng(3)
    n = worlds_to_show(4.0, 0.5)
    assert detectable(4.0, n) == pytest.approx(0.5, rel=0.01)
    seen = sum(paired_mean(rng.normal(0.5, 2.0, n)).low > 0.0 for _ in range(600))
    assert 0.74 < seen / 600 < 0.86


def test_a_share_that_never_changed_could_still_have():
    same = np.ones(50, bool)
    assert share_variance(same, same) > 0.0

"""Estimates against published figures and closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from rearguard.study.statistics import Estimate, kaplan_meier, logrank, median, share

# Freireich et al. 1963, weeks of remission: 6-mercaptopurine and placebo
DRUG = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(50, 100, 0.4038, 0.5962), (500, 1000, 0.4691, 0.5309), (5, 100, 0.0215, 0.1118), (0, 100, 0.0, 0.0370)],
)
def test_wilson_interval_is_the_published_one(successes: int, trials: int, low: float, high: float) -> None:
    estimate = share(successes, trials)
    assert estimate.value == successes / trials
    assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("half", "trials"), [(0.05, 381), (0.03, 1064), (0.02, 2398), (0.01, 9600)])
def test_wilson_half_width_needs_the_published_number_of_worlds(half: float, trials: int) -> None:
    def width(n: int) -> float:
        e = share(n // 2, n)
        return (e.high - e.low) / 2

    assert width(trials + trials % 2) <= half * 1.0005
    assert width(trials - 4 - trials % 2) > half


@given(trials=st.integers(1, 10_000), data=st.data())
def test_wilson_interval_holds_the_share_and_mirrors(trials: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, trials))
    e, other = share(successes, trials), share(trials - successes, trials)
    assert -1e-12 <= e.low <= e.value + 1e-12
    assert e.value - 1e-12 <= e.high <= 1 + 1e-12
    assert (e.low, e.high) == pytest.approx((1 - other.high, 1 - other.low), abs=1e-9)


def test_share_of_no_worlds_says_nothing() -> None:
    e = share(0, 0)
    assert math.isnan(e.value)
    assert (e.low, e.high) == (0.0, 1.0)
    assert e.to_dict() == {"value": None, "low": 0.0, "high": 1.0}


def test_kaplan_meier_gives_the_figures_of_freireich() -> None:
    curve = kaplan_meier(DRUG, RELAPSED)
    assert curve.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.surviving == pytest.approx([0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482], abs=5e-5)
    assert curve.error == pytest.approx([0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346], abs=5e-5)
    assert (curve.events, curve.censored) == (9, 12)
    assert curve.quantile(0.5).value == 23
    assert kaplan_meier(PLACEBO, [True] * 21).quantile(0.5).value == 8


def test_log_log_interval_of_the_median_is_where_the_band_crosses_half() -> None:
    # R's survfit(conf.type = "log-log") prints 13 to NA for the drug and 4 to 11 for the placebo
    drug = kaplan_meier(DRUG, RELAPSED).quantile(0.5)
    assert drug.low == 13
    assert math.isnan(drug.high)
    placebo = kaplan_meier(PLACEBO, [True] * 21).quantile(0.5)
    assert (placebo.low, placebo.high) == (4, 11)


def test_log_log_band_at_a_time_is_the_textbook_formula() -> None:
    curve = kaplan_meier(DRUG, RELAPSED)
    low, high = curve.band()
    s, se = curve.surviving[2], curve.error[2]
    theta = math.exp(1.959964 * se / (s * math.log(s)))
    assert sorted([low[2], high[2]]) == pytest.approx(sorted([s ** (1 / theta), s**theta]), rel=1e-6)
    assert np.all(low <= curve.surviving) and np.all(curve.surviving <= high)


def test_logrank_of_freireich_is_the_published_statistic() -> None:
    everybody = np.ones(21, bool)
    drug = (np.array(DRUG, float), np.array(RELAPSED, bool))
    placebo = (np.array(PLACEBO, float), everybody)
    chi2, p = logrank(drug, placebo)
    assert chi2 == pytest.approx(16.793, abs=5e-4)
    assert p == pytest.approx(4.17e-5, rel=0.01)
    assert logrank(placebo, drug)[0] == pytest.approx(chi2)


def test_curve_steps_at_the_event_and_is_flat_between() -> None:
    curve = kaplan_meier([2.0, 4.0, 4.0, 6.0], [True, True, False, False])
    assert [curve.at(t) for t in (0.0, 1.999, 2.0, 3.0, 4.0, 100.0)] == [1.0, 1.0, 0.75, 0.75, 0.5, 0.5]


def test_restricted_mean_is_the_area_under_the_curve() -> None:
    curve = kaplan_meier([2.0, 4.0, 4.0, 6.0], [True, True, False, False])
    assert curve.restricted_mean(10.0) == pytest.approx(2 * 1 + 2 * 0.75 + 6 * 0.5)
    assert curve.restricted_mean(3.0) == pytest.approx(2 * 1 + 1 * 0.75)
    assert curve.restricted_mean(1.0) == pytest.approx(1.0)


def test_restricted_mean_without_censoring_is_the_mean_of_cut_times() -> None:
    times = np.random.default_rng(0).exponential(10.0, 200)
    curve = kaplan_meier(times, np.ones(200, bool))
    for horizon in (5.0, 20.0, 1000.0):
        assert curve.restricted_mean(horizon) == pytest.approx(np.minimum(times, horizon).mean())


def test_restricted_mean_under_censoring_is_that_of_the_true_law() -> None:
    rng = np.random.default_rng(1)
    times, given_up = rng.exponential(10.0, 20_000), rng.uniform(0.0, 40.0, 20_000)
    curve = kaplan_meier(np.minimum(times, given_up), times <= given_up)
    assert curve.restricted_mean(20.0) == pytest.approx(10 * (1 - math.exp(-2)), rel=0.02)


def test_all_censored_has_no_median_and_keeps_everybody() -> None:
    curve = kaplan_meier([5.0, 7.0, 9.0], [False] * 3)
    assert (curve.events, curve.censored) == (0, 3)
    assert curve.at(100.0) == 1.0
    assert all(math.isnan(x) for x in (curve.quantile().value, curve.quantile().low, curve.quantile().high))
    assert curve.restricted_mean(8.0) == 8.0


def test_no_worlds_at_all_is_not_an_error() -> None:
    curve = kaplan_meier([], [])
    assert (curve.events, curve.censored) == (0, 0)
    assert math.isnan(curve.quantile().value)
    assert all(math.isnan(x) for x in (median(np.zeros(0)).value, median(np.full(3, np.nan)).low))


def test_event_and_censoring_at_one_time_counts_the_censored_as_at_risk() -> None:
    assert kaplan_meier([3.0, 3.0], [True, False]).surviving.tolist() == [0.5]


def test_everybody_with_the_event_ends_the_curve_at_zero() -> None:
    curve = kaplan_meier([1.0, 2.0], [True, True])
    assert curve.surviving.tolist() == [0.5, 0.0]
    assert np.isfinite(curve.error).all()
    low, high = curve.band()
    assert np.isfinite(low).all() and np.isfinite(high).all()


def test_median_interval_is_the_order_statistics_one() -> None:
    # n = 15: the 4th and the 12th value bound the median with 96.5 %; n = 5 cannot reach 95 %: the whole range
    assert median(np.arange(1.0, 16.0)) == Estimate(8.0, 4.0, 12.0)
    assert median(np.arange(1.0, 6.0)) == Estimate(3.0, 1.0, 5.0)
    assert median(np.array([4.0, np.nan])) == Estimate(4.0, 4.0, 4.0)


def test_median_interval_covers_as_often_as_it_says() -> None:
    rng = np.random.default_rng(2)
    covered = 0
    for _ in range(2000):
        e = median(rng.exponential(1.0, 21))
        covered += e.low <= math.log(2) <= e.high
    assert 0.945 <= covered / 2000 <= 0.985


def test_an_estimate_becomes_plain_data() -> None:
    assert Estimate(1.0, 0.5, float("nan")).to_dict() == {"value": 1.0, "low": 0.5, "high": None}


@given(trials=st.integers(1, 3000), data=st.data())
def test_wilson_and_median_agree_with_scipy(trials: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, trials))
    level = data.draw(st.sampled_from([0.8, 0.95, 0.99]))
    e, theirs = share(successes, trials, level), binomtest(successes, trials).proportion_ci(level, method="wilson")
    assert (e.low, e.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
    below = int(binom.ppf(0.5 - 0.5 * level, trials, 0.5))
    assert median(np.arange(trials, dtype=float), level).low == max(below - 1, 0)

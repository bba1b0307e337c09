"""Intervals that hold at every number of worlds: their stated error rates, in simulation, and their corners."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rearguard.scenario.expectations import Band
from rearguard.study.sequential import (
    FEWEST_FOR_MEAN,
    Verdict,
    decide,
    log_evidence,
    quantile_interval,
    restricted_mean_interval,
    sample_mean_interval,
    share_interval,
)
from rearguard.study.statistics import Estimate, share

STREAMS, LENGTH = 400, 2000
ERROR = 0.1
"""Large enough for simulation to tell it from a rate that is too high."""
LOOKS = sorted({round(64 * 1.1**k) for k in range(37)} & set(range(LENGTH)) | {LENGTH})
ALLOWED = ERROR + 3.0 * math.sqrt(ERROR * (1.0 - ERROR) / STREAMS)
"""The rule of this project for simulated chances: three standard errors."""


def bernoulli(p: float, seed: int = 1) -> np.ndarray:
    """Successes so far, [streams, trials]."""
    draws = np.random.default_rng(seed).random((STREAMS, LENGTH)) < p
    return np.asarray(np.cumsum(draws, axis=1))


def verdicts(p: float, band: Band, error: float = ERROR) -> list[Verdict | None]:
    """The first verdict on each of many streams, as a check comes to it."""
    out: list[Verdict | None] = []
    for counts in bernoulli(p):
        looks = (decide(share_interval(float(counts[n - 1]), n, error), band) for n in LOOKS)
        out.append(next((found for found in looks if found is not None), None))
    return out


# -------------------------------------------------------------------------------------------------------------- shares


@pytest.mark.parametrize("p", [0.5, 0.1, 0.02])
def test_an_interval_of_a_share_holds_at_every_look(p):
    n = np.arange(1, LENGTH + 1)
    left_out = (log_evidence(bernoulli(p), n, p) >= math.log(1.0 / ERROR)).any(axis=1)
    assert left_out.mean() <= ALLOWED


def test_looking_again_and_again_with_a_fixed_interval_does_not_hold():
    """What the sequential interval is for: Wilson's leaves the truth out far more often when it is looked at anew."""
    left_out = 0
    for counts in bernoulli(0.5)[:100]:
        intervals = (share(int(counts[n - 1]), n, 1.0 - ERROR) for n in LOOKS)
        left_out += any(not e.low <= 0.5 <= e.high for e in intervals)
    assert left_out / 100 > 2.0 * ERROR


@pytest.mark.parametrize(("p", "band"), [(0.35, Band(0.35, 0.65)), (0.65, Band(0.35, 0.65)), (0.2, Band(0.0, 0.2))])
def test_a_share_on_the_edge_of_its_band_rarely_fails(p, band):
    assert verdicts(p, band).count("fail") / STREAMS <= ALLOWED


@pytest.mark.parametrize(("p", "band"), [(0.349, Band(0.35, 0.65)), (0.651, Band(0.35, 0.65)), (0.2, Band(0.0, 0.199))])
def test_a_share_just_outside_its_band_rarely_passes(p, band):
    assert verdicts(p, band).count("pass") / STREAMS <= ALLOWED


def test_a_share_beyond_the_indifference_rarely_passes_and_one_in_the_band_rarely_fails():
    band = Band(0.35, 0.65, indifference=0.1)
    beyond, inside = verdicts(0.76, band), verdicts(0.65, band)
    assert beyond.count("pass") / STREAMS <= ALLOWED
    assert inside.count("fail") / STREAMS <= ALLOWED
    assert None not in beyond + inside, "with an indifference so wide, the worlds suffice"


def test_clear_cases_are_decided():
    assert set(verdicts(0.5, Band(0.35, 0.65))) == {"pass"}
    assert set(verdicts(0.5, Band(0.0, 0.3))) == {"fail"}


def test_an_interval_is_where_the_evidence_says():
    for successes, trials in ((3, 10), (500, 1000), (1, 5000)):
        e = share_interval(successes, trials, 0.01)
        assert e.low < e.value < e.high
        for edge in (e.low, e.high):
            assert float(log_evidence(successes, trials, edge)) == pytest.approx(math.log(100.0), abs=1e-6)


def test_the_ends_of_the_scale_are_reached():
    nothing = share_interval(0, 0, 0.01)
    assert math.isnan(nothing.value) and (nothing.low, nothing.high) == (0.0, 1.0)
    none, every = share_interval(0, 100, 0.01), share_interval(100, 100, 0.01)
    assert none.low == 0.0 and 0.0 < none.high < 0.1
    assert every.high == 1.0 and every.low == pytest.approx(1.0 - none.high)


def test_an_interval_narrower_than_the_indifference_always_decides():
    rng = np.random.default_rng(3)
    for _ in range(500):
        low, width, delta = rng.uniform(0, 0.6), rng.uniform(0, 0.4), rng.uniform(0.01, 0.2)
        at, half = rng.uniform(0, 1), 0.499 * delta
        assert decide(Estimate(at, at - half, at + half), Band(low, low + width, delta)) is not None


# ----------------------------------------------------------------------------------------------------------- quantiles


def test_a_quantile_without_censoring_is_held_to_its_error():
    rng = np.random.default_rng(5)
    wrong = 0
    for _ in range(200):
        values = rng.exponential(10.0, 800)
        looks = (quantile_interval(values[:n], np.ones(n, bool), 0.5, ERROR) for n in LOOKS if n <= 800)
        wrong += any(not e.low <= 10.0 * math.log(2.0) <= e.high for e in looks)
    assert wrong / 200 <= ERROR + 3.0 * math.sqrt(ERROR * (1.0 - ERROR) / 200)


@pytest.mark.parametrize("q", [0.5, 0.9])
def test_a_quantile_of_censored_times_is_held_to_its_error(q):
    rng = np.random.default_rng(6)
    wrong = 0
    for _ in range(200):
        times, cut = rng.exponential(10.0, 800), rng.exponential(20.0, 800)
        values, seen = np.minimum(times, cut), times <= cut
        looks = (quantile_interval(values[:n], seen[:n], q, ERROR) for n in LOOKS if n <= 800)
        wrong += any(not e.low <= -10.0 * math.log(1.0 - q) <= e.high for e in looks)
    assert wrong / 200 <= ERROR + 3.0 * math.sqrt(ERROR * (1.0 - ERROR) / 200)


def test_a_quantile_is_that_of_the_values():
    values = np.arange(1.0, 1001.0)
    e = quantile_interval(values, np.ones(1000, bool), 0.5, 0.05)
    assert e.value == 500.0
    assert 400.0 < e.low < 500.0 < e.high < 600.0
    assert quantile_interval(values[:5], np.ones(5, bool), 0.5, 0.05).low == -math.inf
    assert quantile_interval(values[:5], np.ones(5, bool), 0.5, 0.05).high == math.inf


def test_a_quantile_that_is_not_reached_lies_beyond_what_was_seen():
    values = np.full(300, 60.0)
    never = quantile_interval(values, np.zeros(300, bool), 0.5, 0.01)
    assert (never.value, never.low, never.high) == (math.inf, 60.0, math.inf)
    seen = np.arange(300) < 30
    rarely = quantile_interval(np.where(seen, 10.0, 60.0), seen, 0.5, 0.01)
    assert rarely.value == math.inf
    assert rarely.low >= 10.0


# --------------------------------------------------------------------------------------------------------------- means


def test_a_mean_of_skewed_values_is_held_to_its_error():
    rng = np.random.default_rng(7)
    wrong = 0
    for _ in range(STREAMS):
        values = rng.exponential(10.0, LENGTH)
        looks = (sample_mean_interval(values[:n], 60.0, ERROR) for n in LOOKS)
        wrong += any(not e.low <= 10.0 <= e.high for e in looks)
    assert wrong / STREAMS <= ALLOWED


def test_a_mean_of_rare_counts_is_held_to_its_error():
    rng = np.random.default_rng(8)
    wrong = 0
    for _ in range(STREAMS):
        values = rng.poisson(0.02, LENGTH).astype(float)
        looks = (sample_mean_interval(values[:n], max(1.0, float(values[:n].max())), ERROR) for n in LOOKS)
        wrong += any(not e.low <= 0.02 <= e.high for e in looks)
    assert wrong / STREAMS <= ALLOWED


def test_a_restricted_mean_of_censored_times_is_held_to_its_error():
    rng = np.random.default_rng(9)
    true = 10.0 * (1.0 - math.exp(-2.0))
    wrong = 0
    for _ in range(200):
        times, cut = rng.exponential(10.0, 800), rng.exponential(20.0, 800)
        values, seen = np.minimum(times, cut), times <= cut
        looks = (restricted_mean_interval(values[:n], seen[:n], 20.0, ERROR) for n in LOOKS if n <= 800)
        wrong += any(not e.low <= true <= e.high for e in looks)
    assert wrong / 200 <= ERROR + 3.0 * math.sqrt(ERROR * (1.0 - ERROR) / 200)


def test_a_restricted_mean_without_censoring_is_the_mean():
    values = np.random.default_rng(2).uniform(0.0, 50.0, 500)
    e = restricted_mean_interval(values, np.ones(500, bool), 60.0, 0.05)
    assert e.value == pytest.approx(values.mean())
    plain = sample_mean_interval(values, 60.0, 0.05)
    assert e.high - e.low == pytest.approx(plain.high - plain.low, rel=0.02)


def test_few_worlds_or_worlds_that_agree_are_not_taken_for_sure():
    few = sample_mean_interval(np.ones(FEWEST_FOR_MEAN - 1), 1.0, 0.05)
    assert (few.low, few.high) == (-math.inf, math.inf)
    alike = sample_mean_interval(np.zeros(100), 1.0, 0.05)
    assert alike.value == 0.0
    assert alike.high > 0.02


# ------------------------------------------------------------------------------------------------------------- verdicts


@pytest.mark.parametrize(
    ("low", "high", "band", "expected"),
    [
        (0.4, 0.6, Band(0.35, 0.65), "pass"),
        (0.3, 0.6, Band(0.35, 0.65), None),
        (0.3, 0.6, Band(0.35, 0.65, 0.05), "pass"),
        (0.66, 0.7, Band(0.35, 0.65), "fail"),
        (0.66, 0.7, Band(0.35, 0.65, 0.1), "fail"),
        (0.1, 0.34, Band(0.35, 0.65), "fail"),
        (-math.inf, 5.0, Band(-math.inf, 6.0), "pass"),
        (-math.inf, 5.0, Band(4.0, 6.0), None),
    ],
)
def test_verdicts_follow_from_where_the_interval_lies(low, high, band, expected):
    assert decide(Estimate(0.5 * (low + high) if math.isfinite(low) else high, low, high), band) == expected

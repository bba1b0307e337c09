"""What matters is found and ranked, what does not is said not to; indices agree with closed forms and with SALib."""

from __future__ import annotations

import numpy as np
import pytest

from rearguard.study.folder import RunError
from rearguard.study.sense import sense
from rearguard.study.sense_designs import holm, indices, indices_design, screen, screening_design
from rearguard.study.sense_draws import correlate, ranks
from worlds import prepare_shared

QUICK = {"trajectories": 6, "worlds": 16, "rows": 16, "free_worlds": 200}


@pytest.fixture
def chase(chase_file, monkeypatch):
    monkeypatch.setattr("rearguard.study.trials.prepare_program", prepare_shared)
    monkeypatch.setattr("rearguard.study.sense.prepare_program", prepare_shared)
    return chase_file


def test_a_known_factor_comes_first_and_one_without_effect_is_said_to_have_none(chase):
    found = sense(chase, on=["slack"], factors=["delay", "pace", "nerve"], **QUICK)
    by_name = {s.factor: s for s in found.screened}
    # contact = (46.5 + v d) / (v - 4) + 1.2: over its range the delay moves it by 20 v / (v - 4), which is 33 to 60 s
    assert [s.factor for s in found.screened][-1] == "nerve"
    assert found.screened[0].factor == "delay"
    assert -60.0 < by_name["delay"].effect.mean.value < -33.0
    assert by_name["pace"].effect.mean.value > 0.0
    assert by_name["delay"].is_detectable and by_name["pace"].is_detectable
    nerve = by_name["nerve"]
    assert not nerve.is_detectable
    assert nerve.effect.changes == 0.0 and nerve.effect.size == 0.0
    assert {s.factor for s in found.shares} == {"delay", "pace"}
    assert found.shares[0].factor == "delay" and found.shares[0].is_detectable
    assert found.caused["slack"].value > 0.95  # one draw of 0.2 m/s is all the chance there is
    (draw,) = found.draws
    assert draw.path == "people.hunter.body.critical_speed" and draw.look.correlation.value > 0.99
    assert found.explained["slack"] > 0.98


def test_the_table_holds_every_look(chase, tmp_path):
    import pyarrow.parquet as pq

    found = sense(chase, factors=["delay", "pace"], **QUICK)
    found.to_parquet(tmp_path / "sense.parquet")
    kinds = pq.read_table(tmp_path / "sense.parquet")["kind"].to_pylist()
    assert kinds.count("screen") == 4 and kinds.count("draw") == 2


def test_a_scenario_without_factors_still_ranks_its_draws(small, monkeypatch):
    monkeypatch.setattr("rearguard.study.sense.prepare_program", prepare_shared)
    said: list[str] = []
    found = sense(small, free_worlds=300, say=said.append)
    assert not found.screened and found.draws
    assert "declares no factors" in said[0]
    # when the chest opens is the deadline: whoever has longer is in time more often
    slack = {d.path: d for d in found.draws if d.measure == "in_time"}
    assert slack["people.runner_1.body.critical_speed"].look.correlation.value > 0.0


def test_errors_say_what_is_right(chase):
    with pytest.raises(RunError, match="power of 2"):
        sense(chase, rows=20)
    with pytest.raises(RunError, match="did you mean 'slack'"):
        sense(chase, on=["slak"])
    with pytest.raises(RunError, match="did you mean 'pace'"):
        sense(chase, factors=["pase"])


# ------------------------------------------------------------------------------------------------------------- screening


def worlds_of(f, design, worlds, noise, rng):
    """Values of ``f`` at all points, with noise of each world that its row's points share in part."""
    rows, points, _ = design.shape
    shared = rng.normal(size=(rows, 1, worlds))
    own = rng.normal(size=(rows, points, worlds))
    return f(design)[:, :, None] + noise * (0.8 * shared + 0.6 * own)


def test_screening_without_noise_is_that_of_salib():
    from SALib.analyze import morris

    def f(x):
        return 3.0 * x[..., 0] - 2.0 * x[..., 1] * x[..., 0] + 0.0 * x[..., 2]

    design = screening_design(3, 20, seed=1)
    values = f(design)[:, :, None].repeat(4, axis=2)
    found = screen(design, values, 1e-9)
    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[0, 1]] * 3}
    peer = morris.analyze(problem, design.reshape(-1, 3), f(design).ravel(), num_levels=4, seed=1)
    assert [e.mean.value for e in found] == pytest.approx(list(peer["mu"]))
    assert [e.size for e in found] == pytest.approx(list(peer["mu_star"]))
    assert [e.spread for e in found] == pytest.approx(list(peer["sigma"]))
    assert found[2].p == 1.0


def test_noise_alone_is_hardly_ever_taken_for_an_effect():
    rng = np.random.default_rng(1)
    wrong = 0
    for seed in range(60):
        design = screening_design(4, 8, seed=seed)
        values = worlds_of(lambda x: 0.0 * x[..., 0], design, 32, 1.0, rng)
        wrong += min(holm([e.p for e in screen(design, values, 1.0)])) < 0.05
    assert wrong <= 8


def test_an_effect_above_the_noise_is_found():
    rng = np.random.default_rng(2)
    design = screening_design(3, 12, seed=3)
    effects = screen(design, worlds_of(lambda x: 0.8 * x[..., 1], design, 64, 1.0, rng), 1.0)
    p = holm([e.p for e in effects])
    assert p[1] < 0.01
    assert effects[1].mean.low < 0.8 < effects[1].mean.high


def test_holm_is_that_of_the_paper():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])


# --------------------------------------------------------------------------------------------------------------- indices


def ishigami(x):
    """Ishigami & Homma 1990, a = 7, b = 0.1, of points in the unit cube."""
    z = (2.0 * x - 1.0) * np.pi
    return np.sin(z[..., 0]) + 7.0 * np.sin(z[..., 1]) ** 2 + 0.1 * z[..., 2] ** 4 * np.sin(z[..., 0])


def test_indices_are_those_of_the_ishigami_function_noise_or_not():
    first, total = [0.3139, 0.4424, 0.0], [0.5576, 0.4424, 0.2437]
    rng = np.random.default_rng(3)
    design = indices_design(3, 1024, seed=1)
    for noise in (0.0, 6.0):
        found = indices(worlds_of(ishigami, design, 8, noise, rng))
        assert [e.value for e in found.first] == pytest.approx(first, abs=0.12)
        assert [e.value for e in found.total] == pytest.approx(total, abs=0.12)
        for e, truth in zip([*found.first, *found.total], [*first, *total], strict=True):
            assert e.low - 0.06 <= truth <= e.high + 0.06
    # variance 13.84 by the factors, 36 by the noise
    assert found.caused.value == pytest.approx(13.84 / (13.84 + 36.0), abs=0.05)


def test_indices_without_noise_agree_with_salib():
    from SALib.analyze import sobol

    design = indices_design(3, 256, seed=2)
    found = indices(ishigami(design)[:, :, None].repeat(2, axis=2))
    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[0, 1]] * 3}
    peer = sobol.analyze(problem, ishigami(design).ravel(), calc_second_order=False, seed=1)
    assert [e.value for e in found.first] == pytest.approx(list(peer["S1"]), abs=0.05)
    assert [e.value for e in found.total] == pytest.approx(list(peer["ST"]), abs=0.05)


def test_where_nothing_differs_there_are_no_indices():
    found = indices(np.ones((16, 4, 8)))
    assert all(np.isnan(e.value) for e in found.total)


# ----------------------------------------------------------------------------------------------------------------- draws


def test_rank_correlations_are_those_of_scipy():
    from scipy import stats

    rng = np.random.default_rng(4)
    x, y = rng.normal(size=200), rng.integers(0, 3, size=200).astype(float)
    y += x > 0.5
    (look,), explained = correlate({"x": x}, y)
    peer = stats.spearmanr(x, y)
    assert look.correlation.value == pytest.approx(peer.statistic)
    assert np.log(look.p) == pytest.approx(np.log(peer.pvalue), rel=0.05)
    assert explained == pytest.approx(peer.statistic**2, abs=0.02)
    assert ranks(np.array([3.0, 1.0, 1.0])) == pytest.approx([1.0, -0.5, -0.5])


def test_draws_that_decide_nothing_are_not_taken_to():
    rng = np.random.default_rng(5)
    draws = {str(k): rng.normal(size=300) for k in range(40)}
    looks, explained = correlate(draws, rng.normal(size=300))
    assert min(holm([look.p for look in looks])) > 0.05
    assert abs(explained) < 0.1
    assert correlate(draws, np.ones(300))[1] == 0.0

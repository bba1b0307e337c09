"""Differential games end when theory says, and whoever departs from optimal play does worse."""

from __future__ import annotations

import numpy as np
import pytest

from rearguard.env.classics import homicidal_chauffeur, lion_and_man, straight_chase, two_cutters
from rearguard.env.classics.games import bearing, can_always_catch


@pytest.mark.parametrize(
    ("make", "tolerance"),
    [(straight_chase, 1e-3), (homicidal_chauffeur, 1e-3), (two_cutters, 5e-3), (lion_and_man, 5e-3)],
)
def test_optimal_play_ends_when_theory_says(make, tolerance):
    game = make(12)
    game.reset(seed=3)
    assert np.isfinite(game.value).all() and game.value.min() > 0.2
    assert np.abs(game.play() - game.value).max() < tolerance


def test_a_ship_that_runs_anywhere_else_is_mostly_caught_sooner():
    """Not always: where both points are equally far, cutters waver while the ship does (Isaacs' perpetuated dilemma)."""
    rng = np.random.default_rng(0)
    game = two_cutters(48)
    game.reset(seed=1)
    astray = rng.uniform(0.3, 2 * np.pi - 0.3, 48)

    def wander(play):
        headings = play.best()
        headings[:, 2] += astray
        return headings

    time = game.play(wander)
    assert (time < game.value - 1e-3).mean() > 0.9 and time.mean() < 0.8 * game.value.mean()


def test_cutters_that_run_at_the_ship_take_longer():
    game = two_cutters(24)
    game.reset(seed=1)

    def straight_at_it(play):
        place = play.told[..., :2].astype(float)
        headings = play.best()
        headings[:, 0], headings[:, 1] = bearing(place[:, 0], place[:, 2]), bearing(place[:, 1], place[:, 2])
        return headings

    assert (game.play(straight_at_it) > game.value + 1e-3).all()


def test_one_who_does_not_flee_straight_is_caught_sooner():
    game = straight_chase(16)
    game.reset(seed=2)

    def veer(play):
        headings = play.best()
        headings[:, 1] += 0.7
        return headings

    assert (game.play(veer) < game.value - 1e-2).all()


def test_the_car_turns_no_sharper_than_it_can():
    game = homicidal_chauffeur(4, turning=2.0, pursuer=3.0)
    told = game.reset(seed=1)
    before = told[:, 0, 2].copy()
    headings = np.stack([before + 2.0, before], -1)
    told, _ = game.step(headings)
    assert np.allclose(told[:, 0, 2] - before, 3.0 / 2.0 * 0.01, atol=1e-5)


def test_which_cars_can_be_escaped():
    """Isaacs: with no speed on foot any radius will do; as fast as the car, pi/2 - 1 of its turning radius is needed."""
    assert can_always_catch(1e-6, 1.0, 1.0, 0.0)
    edge = np.pi / 2 - 1
    assert can_always_catch(edge + 1e-3, 1.0, 1.0, 1.0) and not can_always_catch(edge - 1e-3, 1.0, 1.0, 1.0)

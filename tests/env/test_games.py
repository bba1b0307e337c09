"""Differential games end when theory says, and whoever departs from optimal play does worse."""

from __future__ import annotations

import numpy as np
import pytest

from rearguard.env.classics import homicidal_chauffeur, lion_and_man, straight_chase, two_cutters
from rearguard.env.classics.games import bearing, can_always_catch
from rearguard.env.rewards import EnvError


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


def test_the_published_figures_come_out_with_other_numbers_too():
    """A straight chase of 50 m at 6 and 4 m/s: 25 s; two cutters at +-a: a / sqrt(vp^2 - ve^2); lion and man: pi R / (2 v)."""
    chase = straight_chase(1, pursuer=6.0, evader=4.0, capture=1e-3)
    chase.reset(place=[[0.0, 0.0], [50.0, 0.0]])
    assert abs(chase.play()[0] - 25.0) < 1e-3
    for a, fast, slow in ((3.0, 1.5, 1.0), (10.0, 6.0, 4.0), (5.0, 2.0, 1.9)):
        sea = two_cutters(1, pursuer=fast, evader=slow)
        sea.reset(place=[[-a, 0.0], [a, 0.0], [0.0, 0.0]])
        assert abs(sea.play()[0] - a / np.sqrt(fast**2 - slow**2)) < 5e-3
    for arena, speed in ((50.0, 4.0), (3.0, 0.5)):
        ring = lion_and_man(1, arena=arena, speed=speed, capture=1e-3 * arena)
        ring.reset(seed=3)
        quarter = np.arcsin(1.0 - 1e-3) * arena / speed  # with the capture radius; pi R / (2 v) for a point
        assert abs(ring.play()[0] - quarter) < 1e-3 * quarter


@pytest.mark.parametrize(
    ("pursuer", "evader", "away", "time"), [(6.0, 4.0, 90.0, 30.0), (5.0, 3.0, 90.0, 31.25), (6.0, 4.0, 45.0, 44.142)]
)
def test_a_pure_pursuit_of_one_who_runs_across_takes_as_long_as_known(pursuer, evader, away, time):
    """L (vp + ve cos phi) / (vp^2 - ve^2), L = 100 m."""
    game = straight_chase(1, pursuer=pursuer, evader=evader, capture=1e-2)
    game.reset(place=[[0.0, 0.0], [100.0, 0.0]])

    def across(play):
        headings = play.best()
        headings[:, 1] = np.radians(away)
        return headings

    assert abs(game.play(across)[0] - time) < 0.01


def test_nearly_equal_speeds_lose_nothing_to_rounding():
    game = straight_chase(4, pursuer=1.05, evader=1.0, most_time=200.0)
    game.reset(seed=1)
    assert np.abs(game.play() - game.value).max() < 1e-6


def test_a_world_is_cut_off_when_its_time_is_over():
    game = straight_chase(1, pursuer=2.0, evader=1.9, most_time=0.5)
    game.reset(seed=1)
    assert abs(game.play()[0] - 0.5) < 1e-9 < game.value[0]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: two_cutters(1, pursuer=0.5), "faster"),
        (lambda: straight_chase(0), "num_envs is 0"),
        (lambda: homicidal_chauffeur(1, turning=0.0), "turning is 0"),
        (lambda: lion_and_man(1, capture=2.0), "capture is 2.0, arena 1.0"),
        (lambda: straight_chase(1).step(np.zeros((1, 2))), "reset"),
    ],
)
def test_what_makes_no_game_is_refused(wrong, says):
    with pytest.raises(EnvError, match=says):
        wrong()


def test_headings_and_places_that_do_not_fit_are_refused():
    game = straight_chase(2)
    game.reset(seed=0)
    for headings in (np.zeros(2), np.full((2, 2), np.nan)):
        with pytest.raises(EnvError, match=r"finite numbers of the shape \(2, 2\)"):
            game.step(headings)
    with pytest.raises(EnvError, match="place"):
        game.reset(place=[1.0, 2.0])

"""Laws against published figures and closed forms; figures and sources as in the functions' own files."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rearguard.engine.balance import (
    eigenfrequency,
    recoverable_speed,
    tipping_impulse,
    topple_time,
    withstood_speed,
)
from rearguard.engine.doctrine import compensated, response
from rearguard.engine.exertion import pace_speed, reserve_after, speed_after_start, time_to_exhaustion
from rearguard.engine.leap import fall_time, flight_time, leap_range, takeoff_upward
from rearguard.engine.load import (
    GAIT_CHANGE,
    drag_power,
    equivalent_speed,
    level_power,
    metabolic_power,
    pandolf_power,
    pandolf_speed,
    speed_at_power,
    sprint_factor,
)
from rearguard.engine.model import Curve
from rearguard.engine.sight import clear_probability, notice_probability
from rearguard.engine.slope import running_cost, uphill_factor, walking_cost
from rearguard.engine.techniques import break_rate, deflection, hit_probability
from rearguard.engine.trail import legibility, loss_rate, trailing_speed
from rearguard.engine.wounds import blood_share, capacity

# ------------------------------------------------------------------------- load: Pandolf, Givoni & Goldman 1977


@pytest.mark.parametrize(
    ("mass", "load", "speed", "grade", "terrain", "watts"),
    [
        (81.65, 13.61, 1.5646, 0.0, 1.0, 477.6),
        (70.0, 0.0, 1.34, 0.0, 1.0, 293.54),
        (70.0, 20.0, 1.34, 0.0, 1.0, 362.10),
        (70.0, 20.0, 1.34, 0.0, 1.5, 483.30),
        (70.0, 20.0, 1.34, 5.0, 1.0, 573.15),
        (70.0, 20.0, 1.34, 0.0, 2.1, 628.75),
        (75.0, 40.0, 1.2, 0.0, 1.2, 476.00),
    ],
)
def test_walking_power_matches_pandolf(mass, load, speed, grade, terrain, watts):
    assert pandolf_power(mass, load, speed, grade, terrain) == pytest.approx(watts, abs=0.1)


@given(st.floats(50, 110), st.floats(0, 40), st.floats(0.3, 2.0), st.floats(0, 15), st.floats(1, 2.1))
def test_walking_speed_at_a_power_is_the_inverse(mass, load, speed, grade, terrain):
    power = pandolf_power(mass, load, speed, grade, terrain)
    assert pandolf_speed(mass, load, power, grade, terrain) == pytest.approx(speed, rel=1e-6)


def test_drag_costs_friction_work_over_efficiency():
    assert drag_power(80.0, 0.5, 0.5, 1.0) == pytest.approx(784.8, abs=0.3)
    assert drag_power(80.0, 0.5, 0.5, 4.0) == pytest.approx(196.2, abs=0.1)


@given(st.floats(2.3, 9.0), st.floats(0.0, 30.0), st.floats(0.0, 150.0), st.floats(0.0, 0.3), st.floats(1.0, 2.1))
def test_running_speed_at_a_power_is_the_inverse(speed, load, towed, gradient, terrain):
    power = metabolic_power(70.0, load, towed, speed, gradient, terrain)
    assert speed_at_power(70.0, load, towed, power, gradient, terrain) == pytest.approx(speed, rel=1e-4)


@given(st.floats(0.1, 9.0))
def test_the_unloaded_body_on_the_level_is_its_own_equivalent(speed):
    back = equivalent_speed(level_power(speed))
    # between the two gaits lies a small step in power, within which the speed is that of the change
    assert back == pytest.approx(speed, rel=1e-5) or back == pytest.approx(GAIT_CHANGE, rel=1e-5)


def test_a_load_slows_the_sprint_as_measured():
    # Treloar & Billing 2011: 21.6 kg, 30 m in 6.2 ± .8 s → 8.2 ± 1.4 s
    assert 1.0 / sprint_factor(79.0, 21.6) == pytest.approx(8.2 / 6.2, abs=0.03)


# --------------------------------------------------------------------------------------- slope: Minetti et al. 2002


@pytest.mark.parametrize(
    ("gradient", "cost"), [(0.0, 3.600), (0.1, 5.968), (0.2, 9.007), (0.3, 12.579), (0.45, 19.43), (-0.2, 1.80)]
)
def test_running_cost_matches_minetti(gradient, cost):
    assert running_cost(gradient) == pytest.approx(cost, abs=6e-3)


@pytest.mark.parametrize(("gradient", "measured", "sd"), [(0.45, 18.93, 1.74), (-0.2, 1.73, 0.36)])
def test_running_cost_lies_within_what_was_measured(gradient, measured, sd):
    assert abs(running_cost(gradient) - measured) < sd


@pytest.mark.parametrize(("gradient", "cost"), [(0.45, 17.60), (-0.1, 1.13)])
def test_walking_cost_matches_minetti(gradient, cost):
    assert walking_cost(gradient) == pytest.approx(cost, abs=0.02)


def test_the_cheapest_gradient_is_downhill():
    grid = np.linspace(-0.45, 0.45, 901)
    costs = [running_cost(float(i)) for i in grid]
    assert grid[int(np.argmin(costs))] == pytest.approx(-0.181, abs=2e-3)
    assert min(costs) == pytest.approx(1.781, abs=2e-3)


@pytest.mark.parametrize(("gradient", "speed"), [(0.1, 2.714), (0.2, 1.799), (-0.1, 4.5)])
def test_equal_power_slows_a_runner_uphill_only(gradient, speed):
    assert 4.5 / uphill_factor(gradient) == pytest.approx(speed, abs=1e-3)


# ---------------------------------------------------------------- exertion: Monod & Scherrer 1965; Skiba & Clarke 2021


@pytest.mark.parametrize(("speed", "limit"), [(5.5, 200.0), (4.95, 444.4), (4.725, 888.9)])
def test_reserve_lasts_as_long_as_the_two_parameter_model_says(speed, limit):
    assert time_to_exhaustion(200.0, 4.5, speed) == pytest.approx(limit, abs=0.1)
    balance, time = 200.0, 0.0
    while balance > 0.0:
        balance = reserve_after(balance, 200.0, 4.5, 1.0, speed, 0.1)
        time += 0.1
    assert time == pytest.approx(limit, abs=0.2)


def test_five_kilometres_take_distance_less_reserve_over_critical_speed():
    time = (5000.0 - 200.0) / 4.5
    assert time == pytest.approx(1066.7, abs=0.1)
    assert time_to_exhaustion(200.0, 4.5, 5000.0 / time) == pytest.approx(time, rel=1e-6)


@pytest.mark.parametrize(
    ("power", "joules", "half"), [(0.0, 10553.0, 55.45), (100.0, 7247.0, 92.42), (200.0, 2786.0, 277.26)]
)
def test_an_empty_reserve_recovers_as_the_differential_form_says(power, joules, half):
    assert reserve_after(0.0, 20000.0, 250.0, 1.0, power, 60.0) == pytest.approx(joules, abs=1.0)
    assert reserve_after(0.0, 20000.0, 250.0, 1.0, power, half) == pytest.approx(10000.0, rel=1e-3)


def test_recovery_does_not_depend_on_the_step():
    whole = reserve_after(20.0, 200.0, 4.5, 1.0, 2.0, 60.0)
    parts = 20.0
    for _ in range(600):
        parts = reserve_after(parts, 200.0, 4.5, 1.0, 2.0, 0.1)
    assert parts == pytest.approx(whole, rel=1e-4)


@pytest.mark.parametrize(("distance", "time"), [(45.72, 5.09), (54.864, 5.93), (100.0, 10.08), (200.0, 19.27)])
def test_start_from_rest_covers_kellers_distances(distance, time):
    # Keller 1973: F = 12.2 m/s², tau = .892 s
    v, x, t, dt = 0.0, 0.0, 0.0, 0.01
    while x < distance:
        w = speed_after_start(v, 12.2 * 0.892, 0.892, dt)
        x, v, t = x + 0.5 * (v + w) * dt, w, t + dt
    assert t == pytest.approx(time, abs=0.03)


def test_paces_run_from_rest_to_top_speed():
    assert [pace_speed(p, 4.0, 8.0) for p in (0.8, 1.0, 1.5, 2.0, 5.0)] == pytest.approx([3.2, 4.0, 6.0, 8.0, 8.0])


# ---------------------------------------------------------------------------------------------- leaps: ballistics


@pytest.mark.parametrize(
    ("vx", "vz", "drop", "reach"),
    [(5, 3, 0, 3.058), (7, 3, 0, 4.281), (7, 3, 2, 7.097), (7, 3, -0.3, 3.400), (4, 3, 3, 4.582), (6, 2.5, 1, 4.640)],
)
def test_leaps_reach_as_far_as_ballistics_says(vx, vz, drop, reach):
    assert leap_range(float(vx), float(vz), float(drop)) == pytest.approx(reach, abs=2e-3)


def test_a_landing_above_the_apex_is_out_of_reach():
    assert leap_range(7.0, 3.0, -0.46) == 0.0
    assert leap_range(7.0, 3.0, -0.4587) > 0.0


def test_flight_and_fall_times():
    assert flight_time(3.0, 2.0) == pytest.approx(1.0138, abs=1e-3)
    assert fall_time(4.903325) == pytest.approx(1.0, abs=1e-6)


@given(st.floats(1.0, 7.0), st.floats(5.0, 11.0))
def test_the_level_leap_at_full_sprint_is_the_parameter(leap, sprint):
    assert leap_range(0.9 * sprint, takeoff_upward(leap, sprint), 0.0) == pytest.approx(leap, rel=1e-5)


# ------------------------------------------------------------------------------------ balance: Hof, Gazendam & Sinke 2005


@pytest.mark.parametrize(("margin", "impulse"), [(0.15, 35.2), (0.20, 47.0), (0.60, 140.9), (0.90, 211.4)])
def test_tipping_impulse_of_a_stance(margin, impulse):
    assert tipping_impulse(75.0, margin, 1.0) == pytest.approx(impulse, abs=0.1)


@pytest.mark.parametrize(("step", "delay", "dv"), [(0.2, 0.3, 0.245), (0.6, 0.3, 0.734), (0.8, 0.5, 0.523)])
def test_a_step_in_time_saves_a_push(step, delay, dv):
    assert recoverable_speed(step, delay, 1.0) == pytest.approx(dv, abs=1e-3)


def test_delay_matters_more_than_length_of_step():
    assert recoverable_speed(0.6, 0.3, 1.0) > recoverable_speed(0.8, 0.5, 1.0)
    assert withstood_speed(0.6, 0.0) > 2.0 * withstood_speed(0.6, 0.55)


def test_pendulum_and_topple_time():
    assert 1.0 / eigenfrequency(1.0) == pytest.approx(0.319, abs=1e-3)
    assert topple_time(math.radians(5.0), math.radians(30.0), 1.0) == pytest.approx(0.791, abs=1e-3)


# ------------------------------------------------------------------------------------------- sight: Poisson stems; TTPF


@pytest.mark.parametrize(
    ("density", "diameter", "distance", "p"),
    [(0.1, 0.3, 30.0, 0.4066), (0.05, 0.25, 50.0, 0.5353), (0.04, 0.4, 100.0, 0.2019)],
)
def test_clear_lines_through_a_forest(density, diameter, distance, p):
    assert clear_probability(density * diameter * distance) == pytest.approx(p, abs=1e-4)


def test_clear_lines_agree_with_thrown_stems():
    rng = np.random.default_rng(5)
    n, density, diameter, distance = 40_000, 0.05, 0.25, 40.0
    # stems whose centre lies within a radius of the line hide it
    hits = rng.poisson(density * diameter * distance, n)
    assert clear_probability(density * diameter * distance) == pytest.approx((hits == 0).mean(), abs=0.008)


@pytest.mark.parametrize("distance", [80.0, 120.0, 200.0])
def test_a_look_at_the_range_of_sight_notices_half_the_time(distance):
    assert notice_probability(distance, distance) == pytest.approx(0.5)


@pytest.mark.parametrize("ratio", [0.5, 0.8, 1.5, 2.5])
def test_noticing_follows_the_target_transfer_function(ratio):
    power = ratio ** (2.7 + 0.7 * ratio)
    assert notice_probability(100.0 / ratio, 100.0) == pytest.approx(power / (1.0 + power), abs=1e-5)


def test_noticing_falls_with_distance():
    p = [notice_probability(float(d), 100.0) for d in range(5, 300, 5)]
    assert p == sorted(p, reverse=True)
    assert p[0] == 1.0
    assert p[-1] == 0.0


# -------------------------------------------------------------------------- blood, aim, holds, opposition, trails


def test_blood_volume_and_classes():
    assert blood_share(750.0, 70.0) == pytest.approx(0.153, abs=1e-3)
    # 9 % lost: CS 4.5 → 4.095, and 5.5 m/s lasts 142.3 s instead of 200
    cs = 4.5 * capacity(0.0, 0.09 * 70.0 * 70.0, 70.0)
    assert cs == pytest.approx(4.095, abs=1e-3)
    assert time_to_exhaustion(200.0, cs, 5.5) == pytest.approx(142.3, abs=0.1)


@pytest.mark.parametrize(
    ("dispersion", "radius", "distance", "p"),
    [(0.02, 0.25, 10.0, 0.5422), (0.02, 0.25, 20.0, 0.1774), (0.1, 1.0, 10.0, 0.3935), (0.05, 1.0, 10.0, 0.8647)],
)
def test_aim_hits_as_often_as_the_rayleigh_law_says(dispersion, radius, distance, p):
    assert hit_probability(radius, dispersion, distance) == pytest.approx(p, abs=1e-4)


def test_holds_break_sooner_as_the_holder_tires():
    assert break_rate(0.05, 1.0) == pytest.approx(0.05)
    assert break_rate(0.05, 0.0) == pytest.approx(0.2)


def test_a_push_turns_a_lunge_by_impulse_over_momentum():
    assert deflection(300.0, 42.0, 13.0) == pytest.approx(math.atan(300.0 / (42.0 * 13.0)), rel=1e-6)
    assert deflection(0.0, 42.0, 13.0) == 0.0


@pytest.mark.parametrize(("hours", "left"), [(1, 0.944), (4, 0.794), (12, 0.5), (24, 0.25), (48, 0.0625)])
def test_sign_fades_by_half_lives(hours, left):
    assert legibility(1.0, hours * 3600.0, 12 * 3600.0) == pytest.approx(left, abs=1e-3)


def test_a_tracker_who_loses_the_trail_is_slower_by_the_renewal_formula():
    rng = np.random.default_rng(3)
    speed, rate, recast, metres = 3.0, 0.01, 8.0, 200_000.0
    losses = rng.poisson(rate * metres)
    simulated = metres / (metres / speed + rng.exponential(recast, losses).sum())
    assert trailing_speed(speed, rate, recast) == pytest.approx(simulated, rel=0.02)
    assert loss_rate(0.004, 1.0, 1.0) == 0.0
    assert loss_rate(0.004, 0.5, 0.5) == pytest.approx(0.004)


# -------------------------------------------------------------------------------- utility AI: Mark & Dill, GDC 2010


@pytest.mark.parametrize(
    ("values", "score"),
    [
        ((0.5, 0.8), 0.52),
        ((0.5, 0.8, 0.8, 0.8, 0.8), 0.33509),
        ((0.9,) * 4, 0.82532),
        ((0.8,) * 3, 0.67857),
        ((1.0, 1.0), 1.0),
        ((0.0, 1.0), 0.0),
    ],
)
def test_compensation_does_not_punish_many_reasons(values, score):
    assert compensated(float(np.prod(values)), len(values)) == pytest.approx(score, abs=1e-5)


def test_response_curves():
    logistic = int(Curve.logistic)
    assert response(logistic, 0.6, 0.0, 1.0, 10.0, 0.0) == pytest.approx(0.73106, abs=1e-5)
    assert response(int(Curve.linear), 3.0, 4.0, 0.0, 1.0, 0.0) == pytest.approx(0.25)
    assert response(int(Curve.power), 0.5, 0.0, 1.0, 3.0, 0.0) == pytest.approx(0.125)
    assert response(int(Curve.step), 0.49, 0.0, 1.0, 1.0, 0.0) == 0.0
    assert response(int(Curve.linear), -5.0, 0.0, 1.0, 1.0, 0.2) == pytest.approx(0.2)

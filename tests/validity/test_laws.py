"""What holds of the laws beyond single figures: inverses, orderings, limits, and the same in a kernel as on the host.

Published figures are in ``figures``; sources are named in the laws' own files.
"""

import math

import numpy as np
import pytest
import warp as wp
from hypothesis import given
from hypothesis import strategies as st

from rearguard.engine.acoustics import (
    add_levels,
    atmospheric_absorption,
    audibility,
    forest_attenuation,
    hearing_range,
    masked_threshold,
    received_level,
    spectrum_level,
    spreading_loss,
    wind_ambient,
)
from rearguard.engine.balance import recoverable_speed, withstood_speed
from rearguard.engine.exertion import pace_speed, reserve_after
from rearguard.engine.leap import leap_range, takeoff_upward
from rearguard.engine.load import (
    GAIT_CHANGE,
    equivalent_speed,
    level_power,
    metabolic_power,
    pandolf_power,
    pandolf_speed,
    speed_at_power,
)
from rearguard.engine.odour import (
    direction_discrimination,
    plume_concentration,
    plume_height,
    plume_width,
    scent_strength,
)
from rearguard.engine.sight import clear_probability, notice_probability
from rearguard.engine.slope import uphill_factor
from rearguard.engine.techniques import break_rate, deflection
from rearguard.engine.trail import loss_rate, trailing_speed

# --------------------------------------------------------------------------------------------- load, slope, exertion


@given(st.floats(50, 110), st.floats(0, 40), st.floats(0.3, 2.0), st.floats(0, 15), st.floats(1, 2.1))
def test_walking_speed_at_a_power_is_the_inverse(mass, load, speed, grade, terrain):
    power = pandolf_power(mass, load, speed, grade, terrain)
    assert pandolf_speed(mass, load, power, grade, terrain) == pytest.approx(speed, rel=1e-6)


@given(st.floats(2.3, 9.0), st.floats(0.0, 30.0), st.floats(0.0, 150.0), st.floats(0.0, 0.3), st.floats(1.0, 2.1))
def test_running_speed_at_a_power_is_the_inverse(speed, load, towed, gradient, terrain):
    power = metabolic_power(70.0, load, towed, speed, gradient, terrain)
    assert speed_at_power(70.0, load, towed, power, gradient, terrain) == pytest.approx(speed, rel=1e-4)


@given(st.floats(0.1, 9.0))
def test_the_unloaded_body_on_the_level_is_its_own_equivalent(speed):
    back = equivalent_speed(level_power(speed))
    # between the two gaits lies a small step in power, within which the speed is that of the change
    assert back == pytest.approx(speed, rel=1e-5) or back == pytest.approx(GAIT_CHANGE, rel=1e-5)


def test_downhill_is_run_as_level():
    assert uphill_factor(-0.1) == uphill_factor(0.0) == 1.0


def test_recovery_does_not_depend_on_the_step():
    whole = reserve_after(20.0, 200.0, 4.5, 1.0, 2.0, 60.0)
    parts = 20.0
    for _ in range(600):
        parts = reserve_after(parts, 200.0, 4.5, 1.0, 2.0, 0.1)
    assert parts == pytest.approx(whole, rel=1e-4)


def test_paces_run_from_rest_to_top_speed():
    assert [pace_speed(p, 4.0, 8.0) for p in (0.8, 1.0, 1.5, 2.0, 5.0)] == pytest.approx([3.2, 4.0, 6.0, 8.0, 8.0])


# ---------------------------------------------------------------------------------------------------- leaps, balance


def test_a_landing_above_the_apex_is_out_of_reach():
    assert leap_range(7.0, 3.0, -0.46) == 0.0
    assert leap_range(7.0, 3.0, -0.4587) > 0.0


@given(st.floats(1.0, 7.0), st.floats(5.0, 11.0))
def test_the_level_leap_at_full_sprint_is_the_parameter(leap, sprint):
    assert leap_range(0.9 * sprint, takeoff_upward(leap, sprint), 0.0) == pytest.approx(leap, rel=1e-5)


def test_delay_matters_more_than_length_of_step():
    assert recoverable_speed(0.6, 0.3, 1.0) > recoverable_speed(0.8, 0.5, 1.0)
    assert withstood_speed(0.6, 0.0) > 2.0 * withstood_speed(0.6, 0.55)


# ------------------------------------------------------------------------------------------------------------- sight


def test_clear_lines_agree_with_thrown_stems():
    rng = np.random.default_rng(5)
    lines, density, diameter, distance = 20_000, 0.05, 0.25, 40.0
    counts = rng.poisson(density * (distance + 2.0) * 2.0, lines)
    x, y = rng.uniform(-1.0, distance + 1.0, counts.sum()), rng.uniform(-1.0, 1.0, counts.sum())
    beside = np.hypot(x - np.clip(x, 0.0, distance), y)
    hidden = np.unique(np.repeat(np.arange(lines), counts)[beside < 0.5 * diameter])
    assert clear_probability(density * diameter * distance) == pytest.approx(1.0 - len(hidden) / lines, abs=0.011)


def test_noticing_falls_with_distance():
    p = [notice_probability(float(d), 100.0) for d in range(5, 300, 5)]
    assert p == sorted(p, reverse=True)
    assert p[0] == 1.0
    assert p[-1] == 0.0


# ---------------------------------------------------------------------------------------------------- holds, lunges


def test_holds_break_sooner_as_the_holder_tires():
    assert break_rate(0.05, 1.0) == pytest.approx(0.05)
    assert break_rate(0.05, 0.0) == pytest.approx(0.2)


def test_what_does_not_push_does_not_turn_a_lunge():
    assert deflection(0.0, 42.0, 13.0) == 0.0
    assert deflection(300.0, 42.0, 0.0) == pytest.approx(math.pi / 2.0)


# ----------------------------------------------------------------------------------------------------------- hearing


def test_a_source_grows_no_louder_within_arms_reach():
    assert spreading_loss(0.01) == spreading_loss(0.3)


@given(st.floats(-40.0, 120.0), st.floats(-40.0, 120.0))
def test_two_sounds_are_louder_than_either_by_three_decibels_at_most(a, b):
    together = add_levels(a, b)
    assert together == add_levels(b, a)
    assert max(a, b) - 1e-4 <= together <= max(a, b) + 3.0104


@given(st.floats(0.0, 110.0), st.floats(0.3, 2000.0))
def test_nothing_is_heard_beyond_the_range_of_hearing(source, distance):
    level = received_level(source, distance, 0.004, forest_attenuation(0.5 * distance, 0.06))
    if distance > 1.001 * hearing_range(source, 20.0):
        assert level < 20.0


@given(st.floats(-20.0, 40.0), st.floats(20.0, 20000.0), st.floats(0.05, 1.0))
def test_air_never_amplifies(temperature, frequency, humidity):
    assert 0.0 < atmospheric_absorption(frequency, temperature, humidity, 101.325) < 2.0


def test_noise_masks_and_quiet_does_not():
    assert masked_threshold(-20.0, 2.0, 18.0) == 2.0
    assert masked_threshold(10.0, 2.0, 18.0) == 28.0
    assert audibility(28.0, 28.0, 1.5) == pytest.approx(0.5)
    assert audibility(60.0, 28.0, 1.5) > 0.999999
    assert audibility(-400.0, 28.0, 0.1) < 1e-20


# ----------------------------------------------------------------------------------------------------- scent, trails


def test_telling_the_direction_takes_prints_order_and_a_nose():
    chances = [direction_discrimination(n, 0.5, 1.0) for n in range(8)]
    assert chances == sorted(chances)
    assert chances[3] == 0.5 < chances[4] < chances[5] == chances[7] == 1.0
    assert direction_discrimination(5, 0.5, 0.6) == pytest.approx(0.8)
    assert direction_discrimination(5, 0.5, 0.0) == 0.5


@pytest.mark.parametrize("x", [50.0, 200.0, 1000.0])
def test_a_plume_keeps_its_matter(x):
    # through a plane downwind goes what the source gives off: the line integral times the half-Gaussian in height
    y = np.linspace(-6.0, 6.0, 1201) * plume_width(x)
    line = np.trapezoid([plume_concentration(3.0, 2.0, x, float(v)) for v in y], y)
    assert 2.0 * line * plume_height(x) * math.sqrt(math.pi / 2.0) == pytest.approx(3.0, rel=1e-4)
    assert plume_concentration(3.0, 2.0, -x, 0.0) == 0.0


def test_a_tracker_who_loses_the_trail_is_slower_by_the_renewal_formula():
    rng = np.random.default_rng(3)
    speed, rate, recast, metres = 3.0, 0.01, 8.0, 200_000.0
    losses = rng.poisson(rate * metres)
    simulated = metres / (metres / speed + rng.exponential(recast, losses).sum())
    assert trailing_speed(speed, rate, recast) == pytest.approx(simulated, rel=0.02)
    assert loss_rate(0.004, 1.0, 1.0) == 0.0
    assert loss_rate(0.004, 0.5, 0.5) == pytest.approx(0.004)


# ----------------------------------------------------------------------------------------------------------- kernels


@wp.kernel(enable_backward=False, module="unique")
def sound_and_scent(out: wp.array(dtype=float)):
    out[0] = atmospheric_absorption(1000.0, 10.0, 0.7, 101.325)
    out[1] = received_level(80.0, 50.0, 0.004, forest_attenuation(30.0, 0.1))
    out[2] = add_levels(31.0, 37.0)
    out[3] = masked_threshold(spectrum_level(wind_ambient(4.0), 707.1), 2.0, 18.0)
    out[4] = audibility(25.0, 23.0, 1.5)
    out[5] = hearing_range(60.0, 23.0)
    out[6] = scent_strength(0.8, 1800.0, 3600.0)
    out[7] = direction_discrimination(4, 0.5, 0.9)
    out[8] = plume_concentration(3.0, 2.0, 120.0, 7.0)


def test_laws_of_sound_and_scent_are_the_same_in_a_kernel_and_on_the_host():
    out = wp.full(9, -1e9, dtype=float, device="cpu")
    wp.launch(sound_and_scent, 1, inputs=[out], device="cpu")
    host = [
        atmospheric_absorption(1000.0, 10.0, 0.7, 101.325),
        received_level(80.0, 50.0, 0.004, forest_attenuation(30.0, 0.1)),
        add_levels(31.0, 37.0),
        masked_threshold(spectrum_level(wind_ambient(4.0), 707.1), 2.0, 18.0),
        audibility(25.0, 23.0, 1.5),
        hearing_range(60.0, 23.0),
        scent_strength(0.8, 1800.0, 3600.0),
        direction_discrimination(4, 0.5, 0.9),
        plume_concentration(3.0, 2.0, 120.0, 7.0),
    ]
    assert out.numpy() == pytest.approx(host, rel=1e-5)

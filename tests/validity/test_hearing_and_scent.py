"""Laws of hearing and of odour against published tables; sources as in the functions' own files."""

import math

import numpy as np
import pytest
import warp as wp

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
from rearguard.engine.odour import (
    direction_discrimination,
    plume_concentration,
    plume_height,
    plume_width,
    scent_strength,
)


@pytest.mark.parametrize(
    ("temperature", "humidity", "per_km"),
    [
        (10.0, 0.7, (0.12, 0.41, 1.04, 1.93, 3.66, 9.66, 32.8, 117.0)),
        (20.0, 0.7, (0.09, 0.34, 1.13, 2.80, 4.98, 9.02, 22.9, 76.6)),
        (15.0, 0.2, (0.27, 0.65, 1.22, 2.70, 8.17, 28.2, 88.8, 202.0)),
    ],
)
def test_air_absorbs_as_iso_9613_tabulates(temperature, humidity, per_km):
    # the octaves of the standard are the exact ones, 1000 * 10^(3k/10)
    exact = [1000.0 * 10.0 ** (0.3 * k) for k in range(-4, 4)]
    ours = [1000.0 * atmospheric_absorption(f, temperature, humidity, 101.325) for f in exact]
    assert ours == pytest.approx(per_km, rel=0.02, abs=0.005)


def test_levels_spread_and_add():
    assert spreading_loss(10.0) == pytest.approx(20.0, abs=1e-4)
    assert spreading_loss(0.01) == spreading_loss(0.3)
    assert add_levels(30.0, 30.0) == pytest.approx(33.01, abs=0.005)
    assert add_levels(40.0, 30.0) == add_levels(30.0, 40.0) == pytest.approx(40.41, abs=0.005)
    assert received_level(82.3, 100.0, 0.005, 6.0) == pytest.approx(82.3 - 40.0 - 0.5 - 6.0, abs=1e-3)


def test_forest_swallows_no_more_after_two_hundred_metres():
    assert forest_attenuation(100.0, 0.06) == pytest.approx(6.0)
    assert forest_attenuation(800.0, 0.06) == pytest.approx(12.0)


@pytest.mark.parametrize(("speed", "level"), [(1.0, 22.7), (2.0, 29.5), (5.0, 38.5), (10.0, 45.3)])
def test_wind_is_as_loud_as_boersma_measured(speed, level):
    assert wind_ambient(speed) == pytest.approx(level, abs=0.05)


def test_noise_masks_and_quiet_does_not():
    assert masked_threshold(-20.0, 2.0, 18.0) == 2.0
    assert masked_threshold(10.0, 2.0, 18.0) == 28.0
    assert spectrum_level(38.5, 707.1) == pytest.approx(10.0, abs=0.01)
    assert audibility(28.0, 28.0, 1.5) == pytest.approx(0.5)
    assert audibility(60.0, 28.0, 1.5) > 0.999999
    assert audibility(-400.0, 28.0, 0.1) < 1e-20


def test_ambient_noise_shrinks_the_distance_and_the_area_of_hearing():
    quiet = hearing_range(80.0, 20.0)
    assert quiet == pytest.approx(1000.0, rel=1e-4)
    assert (hearing_range(80.0, 23.0) / quiet) ** 2 == pytest.approx(0.5012, abs=2e-4)
    assert 1.0 - (hearing_range(80.0, 30.0) / quiet) ** 2 == pytest.approx(0.900, abs=1e-4)
    assert hearing_range(80.0, 26.0) / quiet == pytest.approx(0.5012, abs=1e-4)


@pytest.mark.parametrize(("hours", "left"), [(1, 0.944), (4, 0.794), (12, 0.5), (24, 0.25), (48, 0.0625)])
def test_scent_fades_by_half_lives(hours, left):
    assert scent_strength(1.0, hours * 3600.0, 12 * 3600.0) == pytest.approx(left, abs=1e-3)


def test_five_prints_tell_the_direction_and_three_do_not():
    # .75 m steps at 1.5 m/s: five prints span 2 s
    assert direction_discrimination(5, 0.5, 1.0) == pytest.approx(1.0)
    assert direction_discrimination(5, 0.5, 0.6) == pytest.approx(0.8)
    assert direction_discrimination(3, 0.5, 1.0) == direction_discrimination(5, 0.0, 1.0) == 0.5
    assert direction_discrimination(0, 0.5, 1.0) == 0.5


@pytest.mark.parametrize("x", [50.0, 200.0, 1000.0])
def test_a_plume_keeps_its_matter(x):
    # what passes a plane downwind in a second is what the source gives off: lateral integral times the half-Gaussian in height
    y = np.linspace(-6.0, 6.0, 1201) * plume_width(x)
    line = np.trapezoid([plume_concentration(3.0, 2.0, x, float(v)) for v in y], y)
    assert 2.0 * line * plume_height(x) * math.sqrt(math.pi / 2.0) == pytest.approx(3.0, rel=1e-4)
    assert plume_concentration(3.0, 2.0, -x, 0.0) == 0.0
    assert plume_width(1000.0) == pytest.approx(80.0 / math.sqrt(1.1), rel=1e-5)
    assert plume_height(1000.0) == pytest.approx(60.0 / math.sqrt(2.5), rel=1e-5)


@wp.kernel(enable_backward=False, module="unique")
def all_laws(out: wp.array(dtype=float)):
    out[0] = atmospheric_absorption(1000.0, 10.0, 0.7, 101.325)
    out[1] = received_level(80.0, 50.0, 0.004, forest_attenuation(30.0, 0.1))
    out[2] = add_levels(31.0, 37.0)
    out[3] = masked_threshold(spectrum_level(wind_ambient(4.0), 707.1), 2.0, 18.0)
    out[4] = audibility(25.0, 23.0, 1.5)
    out[5] = hearing_range(60.0, 23.0)
    out[6] = scent_strength(0.8, 1800.0, 3600.0)
    out[7] = direction_discrimination(4, 0.5, 0.9)
    out[8] = plume_concentration(3.0, 2.0, 120.0, 7.0)


def test_laws_are_the_same_in_a_kernel_and_on_the_host():
    out = wp.full(9, -1e9, dtype=float, device="cpu")
    wp.launch(all_laws, 1, inputs=[out], device="cpu")
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

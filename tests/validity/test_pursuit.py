"""Pursuit geometry beyond single figures; those are in ``figures/pursuit.py``."""

import math

import pytest
import warp as wp
from hypothesis import given
from hypothesis import strategies as st

from rearguard.engine.pursuit import intercept_point, intercept_time


@given(st.floats(2.0, 10.0), st.floats(0.1, 0.95), st.floats(0.0, 180.0), st.floats(5.0, 500.0))
def test_lead_interception_keeps_a_constant_bearing(vp, ratio, phi, length):
    ve, angle = ratio * vp, math.radians(phi)
    bearing = math.asin(ratio * math.sin(angle))
    closed = length / (vp * math.cos(bearing) - ve * math.cos(angle))
    velocity = wp.vec2(ve * math.cos(angle), ve * math.sin(angle))
    assert intercept_time(wp.vec2(length, 0.0), velocity, vp) == pytest.approx(closed, rel=1e-3)
    aim = intercept_point(wp.vec2(0.0, 0.0), wp.vec2(length, 0.0), velocity, vp, 1e9)
    assert math.atan2(aim[1], aim[0]) == pytest.approx(bearing, abs=1e-3)


def test_a_lead_is_cut_at_the_horizon():
    aim = intercept_point(wp.vec2(0.0, 0.0), wp.vec2(100.0, 0.0), wp.vec2(0.0, 4.0), 6.0, 3.0)
    assert tuple(aim) == pytest.approx((100.0, 12.0))


def test_a_faster_runner_is_never_intercepted_from_behind():
    assert intercept_time(wp.vec2(10.0, 0.0), wp.vec2(6.0, 0.0), 5.0) == -1.0
    assert intercept_time(wp.vec2(10.0, 0.0), wp.vec2(5.0, 0.0), 5.0) == -1.0

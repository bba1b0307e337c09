"""Pursuit geometry: Isaacs 1965; the curve of pursuit; derived closed forms, integrated with the engine's own functions."""

import math

import numpy as np
import pytest
import warp as wp

from rearguard.engine.pursuit import intercept_point, intercept_time
from worlds import of, program, strip, track


def chase(vp: float, ve: float, g0: float) -> str:
    body = "acceleration_time: 0.01 s, reserve: 100 m"
    return strip(300) + (
        "time: {tick: 0.1 s, limit: 4 min}\n"
        "people:\n"
        f"  fox: {{side: a, at: [{100 + g0}, 25], doctrine: run, senses: {{sight: 900 m}}, knows: [dog],"
        f" body: {{critical_speed: {ve} m/s, sprint: {ve} m/s, {body}}}}}\n"
        f"  dog: {{side: b, at: [100, 25], doctrine: chase, senses: {{sight: 900 m}}, knows: [fox],"
        f" body: {{critical_speed: {vp} m/s, sprint: {vp} m/s, {body}}}}}\n"
        "doctrines:\n"
        "  run: {options: [{order: pursue, target: post, pace: sprint}]}\n"
        "  chase: {options: [{order: pursue, target: fox, pace: sprint}]}\n"
        "ends: {caught: {when: 'contact(b, fox)'}}\n"
    ).replace("knows: [dog]", "knows: [dog, post]").replace(
        "doctrines:",
        "  post: {side: a, at: [2990, 25], doctrine: stay}\ndoctrines:\n  stay: {options: [{order: wait}]}",
        1,
    )


@pytest.mark.parametrize(("vp", "ve", "g0"), [(6.0, 4.0, 50.0), (7.0, 5.0, 60.0), (5.0, 4.0, 30.0)])
def test_time_of_a_straight_chase_is_gap_over_speed_difference(vp, ve, g0):
    result = program(chase(vp, ve, g0)).play(1, np.array([0]))
    assert result.outcomes["outcome"][0] == 0
    # contact is at 1.5 m; starting, looking and the tick's length blur it by half a second
    assert result.outcomes["end_time"][0] == pytest.approx((g0 - 1.5) / (vp - ve), abs=0.5)


def test_gap_closes_at_the_speed_difference():
    t = track(chase(6.0, 4.0, 50.0))
    gap = of(t, 0, "x") - of(t, 1, "x")
    rate = np.diff(gap[20:200]) / 0.1
    assert np.allclose(rate, -2.0, atol=1e-3)


def test_equal_speeds_never_close():
    t = track(chase(5.0, 5.0, 40.0))
    gap = of(t, 0, "x") - of(t, 1, "x")
    assert gap[-1] == pytest.approx(gap[20], abs=0.05)
    assert len(gap) > 2000


def pure_pursuit(vp: float, ve: float, length: float, phi: float, reach: float, dt: float) -> tuple[float, np.ndarray]:
    """Time to capture and the invariant Q(t), steering for ``intercept_point`` with no lead (horizon 0)."""
    p, e = np.zeros(2), np.array([length, 0.0])
    v = ve * np.array([math.cos(phi), math.sin(phi)])
    time, invariant = 0.0, []
    while (r := float(np.linalg.norm(e - p))) > reach and time < 200.0:
        line = (e - p) / r
        invariant.append(r * (vp + float(v @ line)))
        aim = intercept_point(wp.vec2(*p), wp.vec2(*e), wp.vec2(*v), vp, 0.0)
        d = np.array([aim[0], aim[1]]) - p
        p = p + d / np.linalg.norm(d) * vp * dt
        e = e + v * dt
        time += dt
    return time, np.array(invariant)


@pytest.mark.parametrize(
    ("vp", "ve", "phi", "expected"),
    [(6.0, 4.0, 90.0, 30.0), (5.0, 3.0, 90.0, 31.25), (6.0, 4.0, 45.0, 44.142), (7.0, 2.0, 120.0, None)],
)
def test_pure_pursuit_takes_the_time_of_the_closed_form(vp, ve, phi, expected):
    angle = math.radians(phi)
    closed = 100.0 * (vp + ve * math.cos(angle)) / (vp * vp - ve * ve)
    if expected is not None:
        assert closed == pytest.approx(expected, abs=5e-3)
    time, _ = pure_pursuit(vp, ve, 100.0, angle, 0.02, 0.002)
    assert time == pytest.approx(closed, rel=0.01)


def test_pursuit_invariant_falls_at_the_difference_of_squares():
    _, q = pure_pursuit(6.0, 4.0, 100.0, math.pi / 2, 5.0, 0.002)
    slope = np.polyfit(np.arange(len(q)) * 0.002, q, 1)[0]
    assert slope == pytest.approx(-(36.0 - 16.0), rel=0.005)


@pytest.mark.parametrize(
    ("vp", "ve", "phi", "expected"), [(6, 4, 90, 22.361), (6, 4, 45, 40.600), (8, 3, 60, None), (5, 4, 150, None)]
)
def test_lead_interception_takes_the_time_of_constant_bearing(vp, ve, phi, expected):
    angle = math.radians(phi)
    bearing = math.asin(ve / vp * math.sin(angle))
    closed = 100.0 / (vp * math.cos(bearing) - ve * math.cos(angle))
    velocity = wp.vec2(ve * math.cos(angle), ve * math.sin(angle))
    found = intercept_time(wp.vec2(100.0, 0.0), velocity, float(vp))
    assert found == pytest.approx(closed, rel=1e-4)
    if expected is not None:
        assert found == pytest.approx(expected, abs=1e-3)
    aim = intercept_point(wp.vec2(0.0, 0.0), wp.vec2(100.0, 0.0), velocity, float(vp), 1e9)
    assert math.atan2(aim[1], aim[0]) == pytest.approx(bearing, abs=1e-4)


def test_a_faster_runner_is_never_intercepted_from_behind():
    assert intercept_time(wp.vec2(10.0, 0.0), wp.vec2(6.0, 0.0), 5.0) == -1.0
    assert intercept_time(wp.vec2(10.0, 0.0), wp.vec2(5.0, 0.0), 5.0) == -1.0

"""What bodies do in the engine beyond single figures; those are in ``figures``."""

import numpy as np
import pytest

from rearguard.engine.world import Mode
from validity.figures.leaping import gap_map
from validity.figures.plays import dash
from worlds import of, program, strip, track


def test_who_is_spent_falls_below_critical_speed():
    t = track(dash("critical_speed: 4 m/s, sprint: 5 m/s, acceleration_time: 0.01 s, reserve: 60 m", length=90))
    times, spent = of(t, 0, "time"), of(t, 0, "time")[np.argmax(of(t, 0, "reserve") <= 0.0)]
    after = of(t, 0, "speed")[(times > spent + 1.0) & (times < spent + 5.0)]
    assert after.max() <= 0.9 * 4.0 + 1e-3


def test_a_steady_pace_leaves_the_reserve_alone():
    t = track(dash("critical_speed: 4 m/s, sprint: 6 m/s, reserve: 100 m", pace="steady"))
    assert of(t, 0, "speed").max() == pytest.approx(4.0, abs=1e-3)
    assert of(t, 0, "reserve").min() > 0.999


def test_a_gap_within_reach_is_leapt_without_touching_the_street():
    t = track(gap_map(4, 5.0, 5.0, 8.0))
    assert of(t, 0, "z")[2:].min() >= 5.0 - 0.01
    assert (of(t, 0, "mode") == int(Mode.air)).any()


def test_a_gap_out_of_reach_is_gone_round_by_dropping_and_climbing():
    t = track(gap_map(6, 3.0, 5.0, 8.0))
    assert of(t, 0, "z")[2:].min() == pytest.approx(0.0, abs=1e-5)
    assert (of(t, 0, "mode") == int(Mode.climb)).any()


WALL = """\
map:
  metres_per_cell: 2 m
  legend: {w: {ground: street, elevation: HEIGHT}}
  ascii: |
    ....................
    ....................
    ..........w.........
    ....................
    ....................
time: {limit: 3 s}
people:
  watcher: {side: a, at: [5, 5], doctrine: stay, senses: {sight: 500 m}}
  walker: {side: b, at: [35, 5], doctrine: stay, senses: {sight: 500 m}}
doctrines: {stay: {options: [{order: wait}]}}
ends: {never: {when: 'out(watcher)'}}
"""


@pytest.mark.parametrize(("height", "seen"), [("0.4 m", True), ("1.2 m", True), ("1.7 m", False), ("4 m", False)])
def test_a_wall_hides_what_the_line_of_sight_meets(height, seen):
    # eyes at 1.6 m look at a chest at 1.2 m: half way, where the wall stands, the line passes at 1.4 m
    result = program(WALL.replace("HEIGHT", height)).play(1, np.array([0]))
    sightings = [e for e in result.events if e["kind"] == 2 and e["actor"] == 0]
    assert bool(sightings) == seen


def test_a_belief_keeps_the_place_and_time_of_the_last_sight():
    text = strip(40, rows=3, cell="5 m") + (
        "time: {limit: 30 s}\n"
        "people:\n"
        "  watcher: {side: a, at: [5, 7], doctrine: stay, senses: {sight: 40 m}}\n"
        "  walker: {side: b, at: [10, 7], doctrine: leave, body: {critical_speed: 4 m/s}}\n"
        "  post: {side: b, at: [195, 7], doctrine: stay}\n"
        "doctrines:\n  stay: {options: [{order: wait}]}\n  leave: {options: [{order: pursue, target: post, pace: steady}]}\n"
        "ends: {never: {when: 'out(watcher)'}}\n"
    ).replace("body: {critical_speed: 4 m/s}", "body: {critical_speed: 4 m/s}, knows: [post]")
    p = program(text)
    world = p.begin(1, np.arange(1))
    p.advance(world, 290)
    x, _, seen_at = world.mind.belief.numpy()[0, 0, 1]
    here = world.motion.position.numpy()[0, 1, 0]
    assert here > 110.0
    assert 40.0 < x < 105.0
    assert 0.0 < seen_at < 28.0
    assert x == pytest.approx(10.0 + 4.0 * seen_at, abs=6.0)

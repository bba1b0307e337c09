"""What bodies do in the engine, tick by tick, against the laws they are meant to follow."""

import numpy as np
import pytest

from worlds import of, program, strip, track

RUN = "doctrines:\n  go: {options: [{order: flee, to: g, pace: PACE}]}\nends: {there: {when: 'arrived(runner, g)'}}\n"


def dash(body: str, pace: str = "sprint", length: int = 24, ground: str = ".") -> str:
    row = f"    {ground * 2}S{ground * (length - 6)}G{ground * 2}\n"
    blank = f"    {ground * length}\n"
    return (
        f"map:\n  metres_per_cell: 5 m\n  ascii: |\n{blank}{row}{blank}"
        "time: {tick: 0.1 s, limit: 20 min}\n"
        f"people:\n  runner: {{side: a, at: s, doctrine: go, body: {{{body}}}}}\n" + RUN.replace("PACE", pace)
    )


def time_at(times: np.ndarray, x: np.ndarray, distance: float) -> float:
    return float(np.interp(distance, x - x[0], times))


def test_a_sprint_hits_every_ten_metre_split():
    # fit to the splits 1.87, 2.89, 3.82, 4.70, 5.56, 6.41, 7.27, 8.13, 9.00, 9.88 s: vm 11.657, tau 1.172, t0 .109 s
    t = track(
        dash("critical_speed: 11.657 m/s, sprint: 11.657 m/s, acceleration_time: 1.172 s, reserve: 400 m", length=34)
    )
    times, x = of(t, 0, "time"), of(t, 0, "x")
    begun = times[np.argmax(np.diff(x) > 0)]
    closed = lambda s: 11.657 * s - 11.657 * 1.172 * (1 - np.exp(-s / 1.172))  # noqa: E731
    for distance in range(10, 101, 10):
        wanted = float(np.interp(distance, closed(np.linspace(0, 15, 20000)), np.linspace(0, 15, 20000)))
        assert time_at(times - begun, x, distance) == pytest.approx(wanted, abs=0.03)


def test_a_runner_above_critical_speed_is_exhausted_when_the_reserve_is_run_up():
    t = track(dash("critical_speed: 4 m/s, sprint: 5 m/s, acceleration_time: 0.01 s, reserve: 60 m", length=90))
    spent = of(t, 0, "time")[np.argmax(of(t, 0, "reserve") <= 0.0)]
    assert spent == pytest.approx(60.0 / (5.0 - 4.0), abs=0.5)
    times = of(t, 0, "time")
    after = of(t, 0, "speed")[(times > spent + 1.0) & (times < spent + 5.0)]
    assert after.max() <= 0.9 * 4.0 + 1e-3


def test_a_steady_pace_leaves_the_reserve_alone():
    t = track(dash("critical_speed: 4 m/s, sprint: 6 m/s, reserve: 100 m", pace="steady"))
    assert of(t, 0, "speed").max() == pytest.approx(4.0, abs=1e-3)
    assert of(t, 0, "reserve").min() > 0.999


def test_soft_ground_costs_speed_at_the_same_effort():
    street = track(dash("critical_speed: 4 m/s, sprint: 9 m/s", pace="steady"))
    forest = track(dash("critical_speed: 4 m/s, sprint: 9 m/s", pace="steady", ground="f"))
    kinds = program(dash("critical_speed: 4 m/s, sprint: 9 m/s", pace="steady", ground="f")).compiled.map.ground_types
    assert of(forest, 0, "speed").max() == pytest.approx(
        of(street, 0, "speed").max() / kinds["forest"].energy, rel=0.02
    )


def gap_map(width: int, leap: float, drop: str = "3 m") -> str:
    roof, street = "=", "."
    row = "    " + roof * 8 + street * width + roof * 8 + "\n"
    first = "    " + roof + "S" + roof * 6 + street * width + roof * 5 + "G" + roof * 2 + "\n"
    return (
        f"map:\n  metres_per_cell: 2 m\n  ascii: |\n{row}{first}{row}"
        "time: {limit: 2 min}\n"
        f"people:\n  runner: {{side: a, at: s, doctrine: go, body: {{leap: {leap} m, sprint: 8 m/s, drop: {drop}, climb: 8 m}}}}\n"
        + RUN.replace("PACE", "sprint")
    )


def test_a_gap_within_reach_is_leapt_without_touching_the_street():
    t = track(gap_map(2, 5.0))
    assert of(t, 0, "z")[2:].min() >= 5.0 - 0.01
    assert (of(t, 0, "mode") == 2).any()


def test_a_gap_out_of_reach_is_gone_round_by_dropping_and_climbing():
    t = track(gap_map(3, 3.0, drop="6 m"))
    assert of(t, 0, "z")[2:].min() == pytest.approx(0.0, abs=1e-5)
    assert (of(t, 0, "mode") == 3).any()


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

"""Planning: hand-computed ways on small maps, and what holds on every map."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rearguard.scenario import fields as fields_module
from rearguard.scenario.fields import (
    AT_GOAL,
    LANDING_TIME,
    LEAP,
    NO_WAY,
    OFF_CORRIDOR,
    TAKEOFF_TIME,
    Mobility,
    build_fields,
    landmarks,
    leap_speeds,
    next_cell,
    travel_time,
    uphill_factor,
)
from rearguard.scenario.grounds import BUILT_IN
from rearguard.scenario.landmarks import MOST_LANDMARKS
from rearguard.scenario.maps import GroundMap, Route, assemble

GRAVITY = 9.80665
EAST, SOUTH_EAST, SOUTH, WEST, NORTH = 0, 1, 2, 4, 6
KINDS = ("street", "forest", "roof", "wall")


def draw(rows: list[str], heights: dict[str, float] | None = None, cell: float = 2.0) -> GroundMap:
    """A map from letters: . street, f forest, # wall, any digit a roof of that height; ``heights`` override."""
    kind = {".": 0, "f": 1, "#": 3}
    names = np.array([[kind.get(c, 2) for c in row] for row in rows], dtype=np.int64)
    level = {"#": 9.0} | (heights or {})
    elevation = np.array([[level.get(c, float(c) if c.isdigit() else 0.0) for c in row] for row in rows])
    return assemble(
        cell=cell,
        names=names,
        known=KINDS,
        types=BUILT_IN,
        elevation=elevation.astype(np.float32),
        places={},
        routes={},
    )


def runner(ground: GroundMap, speed: float = 4.0, forest: float = 2.0, **limits: float) -> Mobility:
    """Someone as fast on streets and roofs, slower in forest."""
    speeds = {"street": speed, "roof": speed, "forest": forest, "wall": 0.0}
    values = {"climb": 1.2, "climb_speed": 0.5, "drop": 2.5, "leap": 0.0, "sprint": speed} | limits
    return Mobility(tuple(speeds[name] for name in ground.grounds), **values)


def at(ground: GroundMap, row: int, column: int) -> np.ndarray:
    """A goal of one cell."""
    mask = np.zeros(ground.ground.shape, dtype=bool)
    mask[row, column] = True
    return mask


def test_a_straight_run_takes_length_over_speed() -> None:
    ground = draw(["......"])
    time, direction = travel_time(ground, runner(ground), at(ground, 0, 5))
    assert time[0] == pytest.approx([2.5, 2.0, 1.5, 1.0, 0.5, 0.0])
    assert direction[0].tolist() == [EAST] * 5 + [AT_GOAL]


def test_a_diagonal_is_longer_by_the_root_of_two() -> None:
    ground = draw(["...", "...", "..."])
    time, direction = travel_time(ground, runner(ground), at(ground, 2, 2))
    assert time[0, 0] == pytest.approx(2 * 0.5 * math.sqrt(2))
    assert direction[0, 0] == SOUTH_EAST
    assert time[0, 1] == pytest.approx(0.5 + 0.5 * math.sqrt(2))


def test_each_half_of_a_step_runs_at_its_own_grounds_speed() -> None:
    ground = draw([".f"])
    time, _ = travel_time(ground, runner(ground, 4.0, 2.0), at(ground, 0, 1))
    assert time[0, 0] == pytest.approx(1.0 / 4.0 + 1.0 / 2.0)


def test_a_wall_is_gone_round_without_cutting_its_corners() -> None:
    ground = draw(["...", ".#.", "..."])
    time, direction = travel_time(ground, runner(ground), at(ground, 1, 2))
    # down, along and up again: four whole steps, the corners of the wall forbid the diagonals
    assert time[1, 0] == pytest.approx(4 * 0.5)
    assert direction[1, 0] in (NORTH, SOUTH)


def test_what_is_walled_in_cannot_be_reached() -> None:
    ground = draw([".#.", ".#."])
    time, direction = travel_time(ground, runner(ground), at(ground, 0, 2))
    assert np.isinf(time[:, 0]).all()
    assert (direction[:, 0] == NO_WAY).all()


def test_a_goal_inside_a_wall_has_no_way() -> None:
    ground = draw([".#."])
    time, direction = travel_time(ground, runner(ground), at(ground, 0, 1))
    assert np.isinf(time).all()
    assert (direction == NO_WAY).all()


def test_a_leap_beats_the_detour_and_takes_its_flight() -> None:
    ground = draw(["5.5", "5.5", "555"])
    able = runner(ground, 8.0, leap=4.0, sprint=8.0)
    time, direction = travel_time(ground, able, at(ground, 0, 2))
    forward, upward = leap_speeds(able)
    assert forward == pytest.approx(7.2)
    assert forward * 2 * upward / GRAVITY == pytest.approx(4.0)
    assert time[0, 0] == pytest.approx(2 * upward / GRAVITY + TAKEOFF_TIME)
    assert direction[0, 0] == EAST + LEAP
    unable = runner(ground, 8.0, leap=1.9, sprint=8.0)
    time, direction = travel_time(ground, unable, at(ground, 0, 2))
    # gap of 2 m out of reach: along the roof, one diagonal cut at neither corner
    assert time[0, 0] == pytest.approx(6 * 0.25 - 2 * (0.5 - 0.25 * math.sqrt(2)))
    assert direction[0, 0] == SOUTH


@pytest.mark.parametrize(
    ("landing", "leap", "reached"),
    [("5", 4.0, True), ("5", 3.9, False), ("4", 3.5, True), ("6", 9.0, False), ("2", 9.0, False)],
)
def test_a_gap_of_four_metres_is_cleared_when_the_flight_is_long_enough(
    landing: str, leap: float, reached: bool
) -> None:
    # onto a roof one metre lower the flight is longer; one metre higher is no leap, three metres lower is its floor
    ground = draw([f"5..{landing}"])
    able = runner(ground, 8.0, leap=leap, sprint=8.0, climb=0.0, drop=2.5)
    time, direction = travel_time(ground, able, at(ground, 0, 3))
    assert np.isfinite(time[0, 0]) == reached
    assert (direction[0, 0] == EAST + LEAP) == reached


@pytest.mark.parametrize(("gap", "reached"), [(7.09, True), (7.10, False)])
def test_a_lower_landing_stretches_a_leap_as_ballistics_say(gap: float, reached: bool) -> None:
    # take-off at 7 m/s forward and 3 m/s upward, landing 2 m lower: range 7.097 m, flight 1.0138 s
    ground = draw(["5..3"], cell=gap / 2)
    able = runner(ground, 8.0, leap=2 * 7.0 * 3.0 / GRAVITY, sprint=7.0 / 0.9)
    assert leap_speeds(able) == pytest.approx((7.0, 3.0))
    time, _ = travel_time(ground, able, at(ground, 0, 3))
    assert time[0, 0] == pytest.approx(1.0138 + TAKEOFF_TIME if reached else np.inf, abs=1e-3)


def test_walls_between_roofs_cannot_be_leapt_over() -> None:
    ground = draw(["5#5"])
    time, _ = travel_time(ground, runner(ground, 8.0, leap=5.0, sprint=8.0), at(ground, 0, 2))
    assert np.isinf(time[0, 0])


def test_something_impassable_but_low_can_be_leapt_over() -> None:
    ground = draw(["5#5"], {"#": 1.0})
    time, direction = travel_time(ground, runner(ground, 8.0, leap=5.0, sprint=8.0), at(ground, 0, 2))
    assert np.isfinite(time[0, 0])
    assert direction[0, 0] == EAST + LEAP


def test_a_climb_takes_its_height_over_the_climbing_speed() -> None:
    ground = draw([".3"])
    time, _ = travel_time(ground, runner(ground, climb=3.0, climb_speed=0.5), at(ground, 0, 1))
    assert time[0, 0] == pytest.approx(0.5 + 3.0 / 0.5)
    time, direction = travel_time(ground, runner(ground, climb=2.9), at(ground, 0, 1))
    assert np.isinf(time[0, 0])
    assert direction[0, 0] == NO_WAY


def test_a_drop_leads_down_but_not_up() -> None:
    ground = draw(["3."])
    able = runner(ground, climb=1.0, drop=3.0)
    down, _ = travel_time(ground, able, at(ground, 0, 1))
    assert down[0, 0] == pytest.approx(0.25 + math.sqrt(2 * 3.0 / GRAVITY) + LANDING_TIME)
    up, _ = travel_time(ground, able, at(ground, 0, 0))
    assert np.isinf(up[0, 1])
    careful, _ = travel_time(ground, runner(ground, climb=1.0, drop=2.9), at(ground, 0, 1))
    assert np.isinf(careful[0, 0])


def test_uphill_costs_as_minetti_measured_and_downhill_nothing() -> None:
    assert uphill_factor(np.array([0.0, 0.1, 0.2]))[1] == pytest.approx(5.968 / 3.6, abs=1e-3)
    ground = draw([".1"], {"1": 0.2})
    up, _ = travel_time(ground, runner(ground), at(ground, 0, 1))
    assert up[0, 0] == pytest.approx(0.5 * 5.968 / 3.6, abs=1e-3)
    down, _ = travel_time(ground, runner(ground), at(ground, 0, 0))
    assert down[0, 1] == pytest.approx(0.5)


def test_a_corridor_is_kept_to_until_it_costs_too_much() -> None:
    ground = draw(["." * 9] * 9)
    goal = at(ground, 0, 8)
    round_the_edge = Route("way", np.array([[1.0, 1.0], [1.0, 17.0], [17.0, 17.0], [17.0, 1.0]]), 2.0)
    free, direct = travel_time(ground, runner(ground), goal)
    kept, along = travel_time(ground, runner(ground), goal, corridor=round_the_edge)
    assert direct[0, 0] == EAST
    assert along[0, 0] == SOUTH
    # corners of the drawn way are cut at most by a cell: 24 steps of half a second, or little less
    assert 11.0 <= kept[0, 0] <= 12.0
    assert kept[0, 0] < OFF_CORRIDOR * free[0, 0]


def test_a_mobility_must_know_every_ground_of_the_map() -> None:
    ground = draw([".f"])
    with pytest.raises(ValueError, match="1 speeds for 2 ground types"):
        travel_time(ground, Mobility((4.0,)), at(ground, 0, 0))


def follow(ground: GroundMap, able: Mobility, time: np.ndarray, direction: np.ndarray, cell: tuple[int, int]) -> int:
    """Go where the codes say until the goal; returns the number of links."""
    row, column = cell
    links = 0
    while direction[row, column] != AT_GOAL:
        before = time[row, column]
        row, column = next_cell(ground, able, int(direction[row, column]), row, column)
        assert time[row, column] < before
        links += 1
    return links


@settings(max_examples=40, deadline=None)
@given(
    letters=st.lists(st.sampled_from("....ff#12345"), min_size=12 * 14, max_size=12 * 14),
    goal=st.tuples(st.integers(0, 11), st.integers(0, 13)),
    leap=st.sampled_from([0.0, 2.5, 5.0]),
    climb=st.sampled_from([0.0, 1.0, 3.0]),
    drop=st.sampled_from([0.5, 2.5, 6.0]),
)
def test_following_the_directions_always_arrives(
    letters: list[str], goal: tuple[int, int], leap: float, climb: float, drop: float
) -> None:
    ground = draw(["".join(letters[14 * k : 14 * k + 14]) for k in range(12)])
    able = runner(ground, 7.0, 5.0, leap=leap, climb=climb, drop=drop)
    time, direction = travel_time(ground, able, at(ground, *goal))
    assert ((direction == NO_WAY) == np.isinf(time)).all()
    for cell in np.argwhere(np.isfinite(time)):
        follow(ground, able, time, direction, (int(cell[0]), int(cell[1])))


def test_landmarks_stand_on_streets_and_on_roofs_where_both_are_common() -> None:
    rows = ["." * 24 if r % 6 < 3 else "555555555555............" for r in range(24)]
    ground = draw(rows)
    spots = landmarks(ground, 48.0)
    kinds = [ground.grounds[ground.ground[row, column]] for row, column in spots]
    assert kinds.count("street") >= 1
    assert kinds.count("roof") >= 1
    assert ground.passable()[spots[:, 0], spots[:, 1]].all()


def test_there_are_never_more_landmarks_than_a_world_can_hold() -> None:
    ground = draw(["." * 300] * 120)
    spots = landmarks(ground, 4.0)
    assert MOST_LANDMARKS // 2 < len(spots) <= MOST_LANDMARKS


def test_a_landmark_that_serves_a_cell_leads_there() -> None:
    # the roof cannot be climbed, so what serves its cells must stand on it
    ground = draw(["." * 40] * 10 + ["5" * 40] * 10)
    fields = build_fields(ground, [runner(ground, drop=9.0)], [], [True], spacing=40.0, cache=None)
    nearest = fields.nearest_landmark[0]
    assert (nearest >= 0).all()
    heights = [ground.elevation[ground.index(float(x), float(y))] for x, y in fields.landmarks]
    assert all(heights[k] == 5.0 for k in np.unique(nearest[10:]))
    for k, (x, y) in enumerate(fields.landmarks):
        row, column = ground.index(float(x), float(y))
        assert fields.landmark_direction[0, k, row, column] == AT_GOAL
        assert nearest[row, column] == k


def test_classes_that_want_no_landmarks_get_none() -> None:
    ground = draw(["." * 8] * 8)
    fields = build_fields(ground, [runner(ground)] * 2, [(at(ground, 0, 0), None)], [True, False], cache=None)
    assert fields.goal_time.shape == (2, 1, 8, 8)
    assert fields.goal_time.dtype == np.float32
    assert (fields.landmark_direction[1] == NO_WAY).all()
    assert (fields.nearest_landmark[1] == -1).all()
    assert (fields.nearest_landmark[0] >= 0).all()


def same(a: object, b: object) -> bool:
    """True when two field sets are equal bit for bit."""
    names = ("goal_direction", "goal_time", "landmark_direction", "landmarks", "nearest_landmark")
    return all(np.array_equal(getattr(a, name), getattr(b, name)) for name in names)


def test_fields_come_back_from_the_cache_unchanged_and_damage_is_repaired(tmp_path: Path) -> None:
    ground = draw(["....5.5."] * 8)
    job = ([runner(ground, leap=3.0)], [(at(ground, 0, 0), None)], [True])
    built = build_fields(ground, *job, cache=tmp_path)
    files = list(tmp_path.iterdir())
    assert [file.suffix for file in files] == [".npz"]
    assert same(built, build_fields(ground, *job, cache=tmp_path))
    whole = files[0].read_bytes()
    for damaged in (b"", b"not an archive", whole[: len(whole) // 2], whole[:200] + b"\0" * (len(whole) - 200)):
        files[0].write_bytes(damaged)
        assert same(built, build_fields(ground, *job, cache=tmp_path))
        assert files[0].read_bytes() != damaged


def test_many_small_fields_do_not_drive_a_large_one_out_of_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def question(k: int) -> None:
        ground = draw(["." * 8, "." * 8])
        build_fields(ground, [runner(ground, 4.0 + k)], [(at(ground, 0, 0), None)], [False], cache=tmp_path)

    for k in range(40):
        question(k)
    assert len(list(tmp_path.iterdir())) == 40
    size = max(file.stat().st_size for file in tmp_path.iterdir())
    monkeypatch.setattr(fields_module, "CACHE_BYTES", 10 * size)
    question(40)
    assert 1 < len(list(tmp_path.iterdir())) <= 12
    monkeypatch.setattr(fields_module, "CACHE_FILES", 3)
    question(41)
    assert len(list(tmp_path.iterdir())) == 3


def test_the_cache_knows_one_question_from_another(tmp_path: Path) -> None:
    ground, higher = draw(["....5.5."] * 8), draw(["....6.6."] * 8)
    goals = [(at(ground, 0, 0), None)]
    build_fields(ground, [runner(ground)], goals, [True], cache=tmp_path)
    build_fields(higher, [runner(higher)], goals, [True], cache=tmp_path)
    build_fields(ground, [runner(ground, leap=3.0)], goals, [True], cache=tmp_path)
    build_fields(ground, [runner(ground)], [(at(ground, 1, 0), None)], [True], cache=tmp_path)
    assert len(list(tmp_path.iterdir())) == 4


def test_a_cache_folder_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    ground = draw(["...."])
    fields = build_fields(ground, [runner(ground)], [(at(ground, 0, 0), None)], [False], cache=blocked / "cache")
    assert fields.goal_time[0, 0, 0, 3] == pytest.approx(1.5)

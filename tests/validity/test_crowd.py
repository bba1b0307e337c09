"""Crowds in the engine against closed forms, Weidmann's diagram, door experiments and the cases of RiMEA."""

from __future__ import annotations

import numpy as np
import pytest

from crowds import (
    LENGTH,
    TIME_GAP,
    WIDTHS,
    Play,
    corridor_speed,
    crowd,
    door,
    door_flow,
    flow_between,
    left_by_time,
    scenario,
)
from rearguard.engine.world import Gait
from worlds import program

# ------------------------------------------------------------------------------------------------------------- single file


@pytest.mark.parametrize("density", [0.5, 1.0, 1.5, 2.0])
def test_a_file_in_the_engine_walks_at_the_closed_form(density):
    cell, length = 0.35, 42.0
    row = "a" * round(length / cell) + "." * 40 + "e"
    play = Play(scenario([row], crowd(round(density * length), ", speed: 1.2 m/s"), cell), worlds=4)
    play.on(60)
    x = play.get("position")[..., 0].copy()
    there = play.there.copy()
    play.on(1)
    moved = (play.get("position")[..., 0] - x) / 0.1
    speeds, spacings = [], []
    for w in range(4):
        inside = there[w] & (x[w] > 0.3 * length) & (x[w] < 0.7 * length)
        order = np.argsort(x[w][there[w]])
        spacing = np.full(len(x[w]), np.nan)
        spacing[np.flatnonzero(there[w])[order[:-1]]] = np.diff(x[w][there[w]][order])
        law = np.clip((spacing - LENGTH) / TIME_GAP, 0.0, 1.2)
        # each follows the one ahead; who touches both walls and another may shift about
        free = inside & (spacing > LENGTH + 0.02)
        assert np.abs(moved[w] - law)[free].max() < 0.05
        speeds.append(moved[w][inside].mean())
        spacings.append(spacing[inside].mean())
    expected = min(1.2, (np.mean(spacings) - LENGTH) / TIME_GAP)
    if density >= 1.5:  # all are bound by the one ahead, so that means follow the law too
        assert np.mean(speeds) == pytest.approx(expected, rel=0.03)
    else:
        assert np.mean(speeds) <= expected + 0.01


# ---------------------------------------------------------------------------------------------------- corridor, RiMEA 1 and 4


def test_rimea_1_one_person_keeps_the_speed_over_forty_metres():
    row = "a" + "." * 79 + "ee"
    play = Play(scenario([row] * 4, crowd(1, ", speed: 1.34 m/s"), 0.5), worlds=8)
    times, gone = left_by_time(play, 400, every=1)
    taken = np.array([times[np.argmax(gone[:, w] == 1)] for w in range(8)])
    assert taken.min() >= 26.0
    assert taken.max() <= 34.0
    assert taken.mean() == pytest.approx(39.75 / 1.34, abs=0.5)


def test_rimea_4_speed_falls_with_density():
    speeds = [corridor_speed(d)[1] for d in (0.5, 1.0, 1.5, 2.0, 3.0, 4.0)]
    assert all(a > b for a, b in zip(speeds[:-1], speeds[1:], strict=True))


# ------------------------------------------------------------------------------------------------------------------ doors


def test_flow_is_linear_in_the_width_of_the_door():
    # Seyfried et al. 2009, Transp Sci 43:395; Liao et al. 2014
    flows = np.array([door_flow(w) for w in WIDTHS])
    slope, offset = np.polyfit(WIDTHS, flows, 1)
    assert np.corrcoef(WIDTHS, flows)[0, 1] ** 2 > 0.99
    assert np.abs(flows - slope * np.array(WIDTHS) - offset).max() < 0.05 * flows.mean()
    assert abs(offset) < 0.15 * flows.mean()


def test_flow_does_not_hang_on_the_cells_of_the_map():
    flows = []
    for cell in (0.25, 0.5, 1.0):
        play = Play(scenario(door(1.0, cell, deep=1.0), crowd(100), cell), worlds=6)
        flows.append(flow_between(*left_by_time(play, 1200), 0.15, 0.75))
    assert max(flows) / min(flows) < 1.08


@pytest.mark.parametrize("tick", [0.1, 0.2, 0.5])
def test_bodies_hardly_overlap_in_a_jam(tick):
    text = scenario(door(1.0, 0.25), crowd(100), 0.25).replace("time: {", f"time: {{tick: {tick} s, ")
    play = Play(text, worlds=2)
    nearest = []
    for _ in range(40):
        play.on(round(1.0 / tick))
        for w in range(2):
            p = play.get("position")[w][play.there[w]]
            apart = np.hypot(*(p[:, None] - p[None]).transpose(2, 0, 1)) + 9.0 * np.eye(len(p))
            nearest += apart.min(axis=1).tolist() if len(p) > 1 else []
    assert np.quantile(nearest, 0.001) > LENGTH
    assert min(nearest) > 0.8 * LENGTH


# ------------------------------------------------------------------------------------------------------------ other RiMEA


def test_rimea_6_twenty_people_round_a_corner_cross_no_wall():
    cell = 0.5
    rows = ["aaaaaaaaaaaa" + "." * 12] * 4 + ["#" * 20 + "...."] * 16 + ["#" * 20 + "eeee"]
    play = Play(scenario(rows, crowd(20), cell), worlds=8)
    passable = play.ground.passable()
    for _ in range(450):
        play.on(1)
        p = play.get("position")[play.there]
        # 0.15 m to all sides there is nothing but free ground
        for dx, dy in ((0.149, 0.0), (-0.149, 0.0), (0.0, 0.149), (0.0, -0.149)):
            assert passable[((p[:, 1] + dy) / cell).astype(int), ((p[:, 0] + dx) / cell).astype(int)].all()
    assert (play.get("gone") == 20).all()


AGES = {
    "young": ("hall", 0.58, 1.61),
    "middle": ("hall_b", 1.41, 1.54),
    "old": ("hall_c", 0.68, 1.41),
    "impaired": ("hall_d", 0.46, 0.76),
}
"""Speeds on the level by age group [m/s] (RiMEA 2.2.1 after Weidmann; Zhou 2015)."""


def test_rimea_7_every_age_group_walks_in_its_range():
    rows = [sign * 40 + "." * 40 + "e" * 10 for sign in "abcd" for _ in range(10)]
    walls = ["#" * 90]
    rows = [*rows[:10], *walls, *rows[10:20], *walls, *rows[20:30], *walls, *rows[30:]]
    text = "".join(
        crowd(20, f", speed: 'uniform({low}, {high}) m/s'", name=name, at=at) for name, (at, low, high) in AGES.items()
    )
    play = Play(scenario(rows, text, 0.5), worlds=4)
    play.on(1)
    start, most = play.get("position")[..., 0].copy(), np.zeros((4, 80))
    for _ in range(6):
        before = play.get("position")[..., 0].copy()
        play.on(10)
        most = np.maximum(most, (play.get("position")[..., 0] - before) * play.there)
    assert (play.get("position")[..., 0] > start).all()
    for k, (name, (_, low, high)) in enumerate(AGES.items()):
        group = most[:, 20 * k : 20 * k + 20]
        assert group.max() <= high + 0.01, name
        assert group.min() >= low - 0.03, name
        assert group.mean() == pytest.approx(0.5 * (low + high), abs=0.08), name


def exits(count: int) -> list[str]:
    """A room of 30 m by 20 m with two or four exits of 1 m, half of them on either side, and 2 m behind each."""
    rows = []
    for r in range(40):
        is_exit = r in (9, 10, 29, 30) if count == 4 else r in (19, 20)
        sides = "e...." if is_exit else "#####"
        rows.append(sides + "a" * 60 + sides[::-1])
    return rows


def test_rimea_9_half_the_exits_take_twice_the_time():
    taken = {}
    for count in (4, 2):
        play = Play(scenario(exits(count), crowd(1000), 0.5), worlds=1)
        times, gone = left_by_time(play, 6000, every=20)
        assert gone[-1, 0] == 1000
        taken[count] = times[np.argmax(gone[:, 0] == 1000)]
    assert 1.6 <= taken[2] / taken[4] <= 2.4


def test_rimea_12_no_jam_before_the_second_of_two_bottlenecks():
    cell = 0.5
    rows = []
    for r in range(12):
        gap = ".." if r in (5, 6) else "##"
        rows.append("a" * 16 + gap + "." * 20 + gap + "." * 6 + "ee")
    play = Play(scenario(rows, crowd(100), cell), worlds=4)
    first = second = None
    most_between, before = 0, []
    for _ in range(240):
        play.on(5)
        x = play.get("position")[..., 0] / cell - 1.0
        there = play.there
        between = (there & (x > 18.0) & (x < 38.0)).sum(axis=1)
        most_between = max(most_between, int(between.max()))
        near = there & (x > 32.0) & (x < 38.0)
        before.append(near.sum(axis=1).max())
        passed = (play.get("gait") == Gait.left) | (x > 18.0)
        out = (play.get("gait") == Gait.left) | (x > 40.0)
        first = passed.sum(axis=1)[None] if first is None else np.vstack([first, passed.sum(axis=1)])
        second = out.sum(axis=1)[None] if second is None else np.vstack([second, out.sum(axis=1)])
    times = (np.arange(240) + 1) * 0.5
    j1, j2 = (flow_between(times, n, 0.2, 0.8) for n in (first, second))
    assert j1 >= j2 - 0.05
    assert j1 == pytest.approx(j2, rel=0.05)
    # ten metres are walked in 8 s: 11 to 17 people at a flow of 1.5 /s, and no press of them before the second
    assert most_between < 26
    assert np.max(before) < 12


# -------------------------------------------------------------------------------------------------------------- determinism


def test_a_world_is_the_same_in_every_batch():
    text = scenario(door(1.0, 0.25), crowd(60, ", stall: 0.02 /s, stumble: 0.005 /s"), 0.25)
    parts = ("position", "velocity", "gait", "until", "come", "gone", "flow")

    def state(ids: list[int]) -> dict[str, np.ndarray]:
        world = program(text).begin(7, np.array(ids))
        program(text).advance(world, 250)
        return {name: getattr(world.crowd, name).numpy() for name in parts}

    batch, alone, turned = state(list(range(8))), state([5]), state([6, 5, 2])
    for name in parts:
        assert batch[name][5].tobytes() == alone[name][0].tobytes() == turned[name][1].tobytes(), name
    assert batch["position"][5].tobytes() != batch["position"][4].tobytes()

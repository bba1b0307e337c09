"""Each order as behaviour: where somebody with it ends up, seen in the track of a tiny world."""

import numpy as np

from worlds import of, program, track

FIELD = """\
map:
  metres_per_cell: 4 m
  ascii: |
    ............................................................
    ............................................................
    .A........................M.............................G...
    ............................................................
    ............................................................
time: {limit: LIMIT s}
people:
PEOPLE
doctrines:
  stay: {options: [{order: wait}]}
  walk: {options: [{order: flee, to: g, pace: easy}]}
  go: {options: [OPTION]}
ends: {never: {when: 'out(one)'}}
"""

SEES = "senses: {sight: 400 m}"


def field(option: str, *people: str, limit: int = 40) -> str:
    rows = "\n".join(f"  {p}" for p in people)
    return FIELD.replace("OPTION", option).replace("PEOPLE", rows).replace("LIMIT", str(limit))


def person(name: str, side: str, at: str, doctrine: str, more: str = "") -> str:
    return f"{name}: {{side: {side}, at: {at}, doctrine: {doctrine}, {SEES}{', ' + more if more else ''}}}"


def positions(text: str, agent: int) -> np.ndarray:
    t = track(text)
    return np.stack([of(t, agent, "x"), of(t, agent, "y")], axis=1)


def test_wait_stays():
    p = positions(field("{order: wait}", person("one", "a", "m", "go")), 0)
    assert np.ptp(p[2:], axis=0).max() < 0.01


def test_flee_runs_to_the_place():
    text = field("{order: flee, to: g, pace: hard}", person("one", "a", "a", "go"), limit=60)
    assert positions(text, 0)[-1][0] > 222.0


def test_fall_back_without_a_place_runs_from_the_nearest_enemy():
    text = field(
        "{order: fall_back, pace: hard}",
        person("one", "a", "m", "go", "knows: [two]"),
        person("two", "b", "[96, 10]", "stay"),
        limit=6,
    )
    p = positions(text, 0)
    assert p[-1][0] > p[2][0] + 10.0


def test_escort_keeps_its_station_on_a_walking_leader():
    text = field(
        "{order: escort, target: leader, pace: sprint}",
        person("one", "a", "[20, 18]", "go", "leader: two, station: [-6, 3], knows: [two]"),
        person("two", "a", "[20, 10]", "walk", "knows: [one]"),
    )
    mine, leader = positions(text, 0), positions(text, 1)
    off = (mine - leader)[150:]
    # the leader walks east: ahead is +x, left is -y
    assert np.allclose(off.mean(axis=0), [-6.0, -3.0], atol=1.2)


def test_regroup_goes_back_to_the_friend():
    text = field(
        "{order: regroup, target: two, pace: hard}",
        person("one", "a", "[200, 10]", "go", "knows: [two]"),
        person("two", "a", "m", "stay"),
    )
    p, friend = positions(text, 0), positions(text, 1)
    assert np.linalg.norm(p[-1] - friend[-1]) < 2.0


def test_screen_stands_between_the_enemy_and_whom_it_protects():
    text = field(
        "{order: screen, target: two, pace: sprint}",
        person("one", "a", "[108, 18]", "go", "knows: [two, three]"),
        person("two", "a", "m", "stay"),
        person("three", "b", "[60, 10]", "stay"),
    )
    p, friend, foe = positions(text, 0)[-1], positions(text, 1)[-1], positions(text, 2)[-1]
    along = np.dot(p - friend, foe - friend) / np.linalg.norm(foe - friend)
    assert 5.0 < along < 15.0
    line = (foe - friend) / np.linalg.norm(foe - friend)
    assert np.linalg.norm(p - friend - along * line) < 2.0


def test_block_overtakes_and_bars_the_line():
    text = field(
        "{order: block, target: two, pace: sprint}",
        person("one", "a", "[30, 10]", "go", "knows: [two], body: {critical_speed: 6 m/s, sprint: 9 m/s}"),
        person("two", "b", "[50, 10]", "walk", "body: {critical_speed: 4 m/s}"),
        limit=20,
    )
    mine, other = positions(text, 0), positions(text, 1)
    assert mine[2][0] < other[2][0]
    assert mine[-1][0] > other[-1][0] + 1.0


def test_hold_meets_who_comes_near_and_comes_back_to_its_post():
    text = field(
        "{order: hold, to: m, pace: sprint}",
        person("one", "a", "m", "go"),
        person("two", "b", "a", "walk", "body: {critical_speed: 6 m/s}"),
        limit=60,
    )
    mine, other = positions(text, 0), positions(text, 1)
    post = mine[2]
    assert np.linalg.norm(mine - post, axis=1).max() > 2.0
    assert np.linalg.norm(mine - other, axis=1).min() < 3.0
    assert np.linalg.norm(mine[-1] - post) < 3.0


def test_pursue_goes_to_where_the_quarry_was_last_known():
    text = field(
        "{order: pursue, target: two, pace: hard}",
        person("one", "a", "a", "go", "knows: [two]").replace("400 m", "1 m"),
        person("two", "b", "m", "stay"),
        limit=60,
    )
    mine, other = positions(text, 0), positions(text, 1)
    assert np.linalg.norm(mine[-1] - other[-1]) < 2.5


def test_relieve_goes_to_the_held_friend_and_meets_the_holder():
    text = field(
        "{order: relieve, target: friend_in_need, pace: hard}, {order: wait, weight: 0.1}",
        person("one", "a", "[80, 10]", "go", "knows: [two, three]"),
        person("two", "a", "m", "stay"),
        person("three", "b", "[114, 10]", "hold_him", "techniques: [grip], knows: [two]"),
    ).replace(
        "doctrines:",
        "techniques: {grip: {effect: pin, shape: {reach: 12 m}, windup: 0.1 s}}\n"
        "doctrines:\n  hold_him: {options: [{order: wait}, {use: grip}]}",
    )
    held = program(text).play(1, np.array([0])).people["held_time"][0, 1]
    assert held > 5.0
    assert np.linalg.norm(positions(text, 0)[-1] - positions(text, 2)[-1]) < 4.0


def test_carry_picks_up_what_lies_near():
    text = field(
        "{order: carry, target: box, to: g, pace: steady}",
        person("one", "a", "m", "go", "knows: [box]"),
        person("two", "a", "[106, 10]", "stay"),
        limit=60,
    ).replace("doctrines:", "payloads: {box: {carriers: [two], stages: [{name: whole, mass: 5 kg}]}}\ndoctrines:")
    t = track(text)
    assert of(t, 0, "carries")[-1] == 0
    assert of(t, 0, "box_x")[-1] > 200.0


def test_a_higher_rank_goes_before_a_better_score():
    text = field(
        "{order: flee, to: g, pace: hard, weight: 5}, {order: wait, rank: 1, weight: 0.1}",
        person("one", "a", "m", "go"),
    )
    assert np.ptp(positions(text, 0)[2:, 0]) < 0.01

"""Missiles, wards, way marks and debris as behaviour: what they do, and that it ends with them."""

import numpy as np
import pytest

from rearguard.engine import EVENT_KINDS
from worlds import program

KINDS = list(EVENT_KINDS)
ROW = "." * 40

RANGE = """\
map:
  metres_per_cell: 2 m
  legend: {{w: {{ground: {between}}}}}
  ascii: |
    {row}
    {row}
    {row}
    {row}
    {row}
time: {{limit: 6 s}}
people:
  ann: {{side: a, at: [4, 5], doctrine: throw, techniques: [knife], knows: [bob]}}
  bob: {{side: b, at: [{bob}, 5], doctrine: {doctrine}, techniques: [tag], knows: [ann], senses: {{anticipation: {reads}}}}}
techniques:
  knife:
    {{effect: missile, shape: {{reach: 50 m, dispersion: 20 mrad}}, speed: {speed}, width: 0.25 m, wound: 0.05, windup: 0.6 s,
     cooldown: 20 s}}
  tag: {{effect: ward, length: 6 m, strength: {strength}, lasts: 60 s, windup: 0.1 s, cooldown: 60 s}}
doctrines:
  throw: {{options: [{{order: wait}}, {{use: knife, target: nearest_enemy, when: [{{input: time, low: 1.4, high: 1.6, curve: step}}]}}]}}
  stay: {{options: [{{order: wait}}]}}
  tag: {{options: [{{order: wait}}, {{use: tag, target: nearest_enemy}}]}}
ends: {{over: {{when: 'time > 100 s'}}}}
"""


def shooting(
    *,
    bob: int = 14,
    doctrine: str = "stay",
    reads: float = 0.0,
    speed: str = "30 m/s",
    strength: float = 1.0,
    between: str = "street",
) -> str:
    row = ".." + "." * 3 + "w" * 2 + "." * 33
    return RANGE.format(
        row=row, bob=bob, doctrine=doctrine, reads=reads, speed=speed, strength=strength, between=between
    )


def play(text: str, worlds: int = 400):
    return program(text).play(1, np.arange(worlds))


def of_kind(result, kind: str, actor: int | None = None):
    rows = result.events[result.events["kind"] == KINDS.index(kind)]
    return rows if actor is None else rows[rows["actor"] == actor]


@pytest.mark.parametrize("distance", [10, 20])
def test_throws_hit_as_often_as_the_rayleigh_law_says(distance: int):
    result = play(shooting(bob=4 + distance))
    expected = 1.0 - np.exp(-(0.25**2) / (2.0 * (0.02 * distance) ** 2))
    share = len(of_kind(result, "missile_hit", 0)) / len(of_kind(result, "throw", 0))
    assert len(of_kind(result, "throw", 0)) == 400
    assert share == pytest.approx(expected, abs=3.0 * (expected * (1 - expected) / 400) ** 0.5)


def test_who_reads_a_throw_steps_out_of_a_slow_one():
    slow, unread = play(shooting(reads=1.0, speed="12 m/s")), play(shooting(speed="12 m/s"))
    assert len(of_kind(slow, "dodge", 1)) > 100
    assert len(of_kind(unread, "dodge")) == 0
    assert len(of_kind(slow, "missile_hit")) < 0.5 * len(of_kind(unread, "missile_hit"))


def test_walls_stop_throws_and_stems_thin_them():
    # brush: 0.06 stems and diameters per metre over 4 m of the way leaves exp(-0.24)
    open_, brush = play(shooting(bob=24)), play(shooting(bob=24, between="brush"))
    assert 0 < len(of_kind(brush, "missile_hit")) < len(of_kind(open_, "missile_hit"))


def test_a_ward_stops_throws_as_often_as_it_is_strong():
    bare, half, full = play(shooting()), play(shooting(doctrine="tag", strength=0.5)), play(shooting(doctrine="tag"))
    assert len(of_kind(bare, "missile_stopped")) == 0
    assert len(of_kind(full, "missile_stopped", 1)) == 400
    assert len(of_kind(half, "missile_stopped", 1)) / 400 == pytest.approx(0.5, abs=0.08)
    assert len(of_kind(full, "missile_hit")) == 0


def test_mechanics_of_throws_and_wards_can_be_switched_off():
    assert len(of_kind(play(shooting() + "mechanics: {missiles: false}\n"), "throw")) == 0
    text = shooting(doctrine="tag") + "mechanics: {wards: false}\n"
    assert len(of_kind(play(text), "missile_stopped")) == 0


BARRED = """\
map:
  metres_per_cell: 2 m
  ascii: |
    {row}
    {row}
    {row}
    {row}
    {row}
    {row}
    {row}
    {end}
    {row}
    {row}
    {row}
    {row}
    {row}
    {row}
    {row}
time: {{limit: 20 s}}
people:
  setter: {{side: a, at: [30, 15], doctrine: tag, techniques: [tag], knows: [runner]}}
  runner: {{side: b, at: [4, 15], start: 1 s, doctrine: run}}
techniques:
  tag: {{effect: ward, length: {length}, strength: 1, lasts: 60 s, windup: 0.1 s, cooldown: 60 s}}
doctrines:
  tag: {{options: [{{order: wait}}, {{use: tag, target: nearest_enemy}}]}}
  run: {{options: [{{order: flee, to: z}}]}}
ends: {{there: {{when: 'arrived(runner, z)'}}}}
"""


def test_an_enemy_goes_round_a_ward_and_loses_the_time_of_the_way():
    def arrival(length: str, more: str = "") -> tuple[float, int]:
        text = BARRED.format(row="." * 40, end="." * 38 + "Z.", length=length) + more
        result = play(text, worlds=20)
        return float(result.outcomes["end_time"].mean()), len(of_kind(result, "ward_detour", 1))

    free, none = arrival("20 m", "mechanics: {wards: false}\n")
    barred, turned = arrival("20 m")
    assert none == 0
    assert turned == 20
    # round the end of a line of 20 m, 25 m ahead and 48 m short of the goal, and pulled in at the end
    assert 0.5 < barred - free < 5.0


MARKS = """\
map:
  metres_per_cell: 4 m
  ascii: |
    {row}
    {row}
    {end}
    {row}
    {row}
time: {{limit: 70 s}}
people:
  guide: {{side: a, at: [8, 10], doctrine: lead, techniques: [tag], body: {{critical_speed: 5 m/s}}}}
  friend: {{side: a, at: [4, 10], start: 25 s, doctrine: follow, body: {{critical_speed: 5 m/s}}, senses: {{sight: 5 m}}}}
  foe: {{side: b, at: [4, 14], start: 25 s, doctrine: follow, body: {{critical_speed: 5 m/s}}, senses: {{sight: 5 m}}}}
techniques:
  tag: {{effect: mark, shape: {{reach: 20 m}}, windup: 0.3 s, cooldown: 4 s, lasts: {lasts}}}
doctrines:
  lead: {{options: [{{order: flee, to: z, pace: 1}}, {{use: tag, target: self}}]}}
  follow: {{options: [{{order: wait, weight: 0.1}}, {{order: follow_marks, pace: 1, when: [{{input: marks_known}}]}}]}}
ends: {{over: {{when: 'time > 100 s'}}}}
"""


def marks(lasts: str = "300 s") -> str:
    return MARKS.format(row="." * 80, end="." * 78 + "Z.", lasts=lasts)


def test_friends_follow_way_marks_and_enemies_do_not():
    result = play(marks(), worlds=20)
    assert len(of_kind(result, "mark", 0)) > 20 * 8
    assert len(of_kind(result, "read_mark", 1)) > 20 * 4
    assert result.people["distance"][:, 1].min() > 100.0
    assert result.people["distance"][:, 2].max() == 0.0


def test_marks_that_do_not_last_or_are_off_lead_nowhere():
    for text in (marks("3 s"), marks() + "mechanics: {marks: false}\n"):
        assert play(text, worlds=20).people["distance"][:, 1].max() == 0.0


def test_debris_falls_at_its_rate_and_hurts_who_stands_there():
    text = """\
map:
  metres_per_cell: 2 m
  ascii: |
    ..........
    ....P.....
    ..........
time: {limit: 60 s}
hazards: {tiles: {at: p, area: 3 m, rate: 0.2 /s, radius: 1 m, wound: 0.05, impulse: 30 N s}}
people:
  ann: {side: a, at: [9, 3], doctrine: stay, senses: {anticipation: ALERT}}
doctrines: {stay: {options: [{order: wait}]}}
ends: {over: {when: 'time > 100 s'}}
"""
    unaware, alert = play(text.replace("ALERT", "0")), play(text.replace("ALERT", "0.9"))
    fallen = len(of_kind(unaware, "debris"))
    assert fallen / 400 == pytest.approx(12.0, abs=3.0 * (12.0 / 400) ** 0.5)
    assert len(of_kind(unaware, "hit_by_debris", 0)) > 3 * len(of_kind(alert, "hit_by_debris", 0)) > 0
    off = play(text.replace("ALERT", "0") + "mechanics: {hazards: false}\n")
    assert len(of_kind(off, "debris")) == 0

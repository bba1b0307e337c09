"""Knowledge and ground as behaviour: who knows what and how, groups with their own knowledge, torn ground, a known village."""

import numpy as np

from rearguard.engine import EVENT_KINDS
from rearguard.engine.world import Source
from worlds import program

KINDS = list(EVENT_KINDS)

GROUPS = """\
map:
  metres_per_cell: 4 m
  ascii: |
    {row}
    {row}
    {end}
    {row}
    {row}
time: {{limit: 60 s}}
people:
  quarry: {{side: q, at: [40, 10], doctrine: run, body: {{critical_speed: 3 m/s}}, knows: []}}
  near: {{side: p, at: [4, 10], doctrine: hunt, senses: {{sight: 80 m}}, body: {{critical_speed: 6 m/s}}}}
  mate: {{side: p, at: [4, 14], doctrine: hunt, senses: {{sight: 20 m}}, body: {{critical_speed: 4.2 m/s}}}}
  late: {{side: p, at: [4, 4], start: 20 s, doctrine: hunt, senses: {{sight: 20 m}}, knows: [quarry], body: {{critical_speed: 6 m/s}}}}
doctrines:
  run: {{options: [{{order: flee, to: z, pace: 1}}]}}
  hunt: {{options: [{{order: wait, weight: 0.1}}, {{order: pursue, target: quarry, pace: 1, when: [{{input: known}}]}}]}}
ends: {{caught: {{when: 'contact(near, quarry) and contact(late, quarry)'}}}}
"""


def groups():
    p = program(
        GROUPS.format(row="." * 80, end="." * 78 + "Z.").replace("target: quarry, pace", "target: nearest_enemy, pace")
    )
    return p, p.begin(1, np.arange(20))


def test_every_agent_knows_by_its_own_source():
    p, s = groups()
    p.advance(s, 60)
    how = s.mind.how.numpy()
    assert int(Source.seen) in how[:, 1, 0]  # the one with good eyes
    assert int(Source.told) in how[:, 2, 0]  # its mate, from it
    assert set(how[:, 3, 0]) == {int(Source.nothing)}  # not on the map yet
    p.advance(s, 150)
    assert int(Source.given) in s.mind.how.numpy()[:, 3, 0]


def test_two_groups_with_their_own_starts_converge_on_one_quarry():
    p, s = groups()
    p.advance(s, 190)
    assert s.motion.mode.numpy()[:, 3].max() == 0  # the late one has not started
    early = s.motion.position.numpy()[:, 1, 0]
    p.advance(s, 400)
    late = s.motion.position.numpy()[:, 3, 0]
    assert early.min() > 60.0
    assert late.min() > 80.0


TRACK = """\
map:
  metres_per_cell: 2 m
  legend: {{t: {{ground: roof}}}}
  ascii: |
    {row}
    {end}
    {row}
time: {{limit: 40 s}}
people:
  runner: {{side: a, at: [2, 3], doctrine: run, body: {{sprint: 6 m/s, critical_speed: 5.9 m/s, familiarity: {{{known}}}}}}}
doctrines: {{run: {{options: [{{order: flee, to: z, pace: sprint}}]}}}}
ends: {{there: {{when: 'arrived(runner, z)'}}}}
"""


def test_ground_known_by_heart_is_run_faster():
    def time(known: str) -> float:
        text = TRACK.format(row="t" * 60, end="t" * 57 + "Ztt", known=known)
        return float(program(text).play(1, np.arange(5)).outcomes["end_time"].mean())

    assert time("roof: 1.1") < 0.97 * time("")


LUNGE = """\
map:
  metres_per_cell: 2 m
  ascii: |
    ..............................
    ...........................Z..
    ..............................
time: {limit: 30 s}
people:
  ann: {side: a, at: [10, 3], doctrine: strike, techniques: [bolt], knows: [bob], body: {power: 60}}
  bob: {side: b, at: [16, 1], doctrine: stay, knows: [ann], body: {mass: 400 kg}}
  cy: {side: b, at: [2, 3], start: 6 s, doctrine: run, body: {sprint: 6 m/s, critical_speed: 5.9 m/s}}
techniques:
  bolt: {effect: strike, shape: {reach: 9 m}, speed: 12 m/s, width: 0.1 m, windup: 0.3 s, uses: 1, tears_ground: TORN}
doctrines:
  strike: {options: [{order: wait}, {use: bolt, target: bob}]}
  stay: {options: [{order: wait}]}
  run: {options: [{order: flee, to: z, pace: sprint}]}
ends: {there: {when: 'arrived(cy, z)'}}
"""


def test_ground_torn_up_by_a_strike_is_slower():
    def outcome(torn: str):
        return program(LUNGE.replace("TORN", torn)).play(1, np.arange(20))

    whole, torn = outcome("0 m"), outcome("6 m")
    assert len(torn.events[torn.events["kind"] == KINDS.index("tear")]) == 20
    assert torn.outcomes["end_time"].mean() > whole.outcomes["end_time"].mean() + 0.5

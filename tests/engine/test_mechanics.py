"""Each mechanic as behaviour in a tiny world: it happens with it, and not without it."""

import numpy as np
import pytest

from rearguard.engine import EVENT_KINDS
from worlds import program

KINDS = list(EVENT_KINDS)

DUEL = """\
map:
  metres_per_cell: 2 m
  ascii: |
    GROUND_ROW
    GROUND_ROW
    GROUND_ROW
    GROUND_ROW
    GROUND_ROW
time: {limit: 20 s}
people:
  ann: {side: a, at: [10, 5], doctrine: fight, techniques: [blow], knows: [bob], body: {power: 60}}
  bob: {side: b, at: [BOB_X, 5], doctrine: stay, knows: [ann], senses: {anticipation: READS}, body: {grip: GRIP, drop: 1 m}}
techniques:
  blow: {TECHNIQUE}
doctrines:
  fight: {options: [{order: wait}, {use: blow, target: nearest_enemy}]}
  stay: {options: [{order: wait}]}
ends: {over: {when: 'out(bob)'}}
"""


def duel(technique: str, *, ground: str = "." * 20, bob: float = 12.0, reads: float = 0.0, grip: float = 0.0) -> str:
    text = DUEL.replace("GROUND_ROW", ground).replace("TECHNIQUE", technique)
    return text.replace("BOB_X", str(bob)).replace("READS", str(reads)).replace("GRIP", str(grip))


def play(text: str, worlds: int = 40):
    return program(text).play(1, np.arange(worlds))


def of_kind(result, kind: str, actor: int | None = None):
    rows = result.events[result.events["kind"] == KINDS.index(kind)]
    return rows if actor is None else rows[rows["actor"] == actor]


PUSH = "effect: push, shape: {reach: 6 m, cone: 60 deg}, impulse: 400 N s, windup: 0.8 s, cooldown: 30 s"


def test_a_push_throws_the_unready_and_not_the_braced():
    unready, ready = play(duel(PUSH)), play(duel(PUSH, reads=1.0))
    assert len(of_kind(unready, "down", 1)) == 40
    assert len(of_kind(ready, "anticipate", 1)) == 40
    assert len(of_kind(ready, "down", 1)) < 10
    assert of_kind(ready, "skid", 1)["value"].mean() < 0.6 * of_kind(unready, "skid", 1)["value"].mean()


def test_a_push_is_weaker_further_off_and_ends_at_its_reach():
    near, far, out = (play(duel(PUSH, bob=x)) for x in (11.0, 15.0, 17.0))
    assert of_kind(near, "push")["value"].mean() > 1.3 * of_kind(far, "push")["value"].mean()
    assert len(of_kind(out, "push")) == 0


def test_what_is_pushed_against_a_wall_is_hurt():
    result = play(duel(PUSH, ground="." * 7 + "#" + "." * 12, bob=13.4))
    assert len(of_kind(result, "impact", 1)) == 40
    assert result.people["wound"][:, 1].min() > 0.0


@pytest.mark.parametrize("grip", [0.0, 0.5, 1.0])
def test_an_edge_is_caught_as_often_as_the_grip_says(grip):
    result = play(duel(PUSH, ground="=" * 7 + "." * 13, grip=grip, bob=13.4), worlds=200)
    caught, fell = len(of_kind(result, "catch_edge", 1)), len(of_kind(result, "fall", 1))
    assert caught + fell == 200
    assert caught / 200 == pytest.approx(grip, abs=3 * (grip * (1 - grip) / 200) ** 0.5 + 1e-9)
    if caught:
        assert len(of_kind(result, "climb_back", 1)) == caught
    if fell:
        assert result.people["wound"][:, 1].max() == pytest.approx(0.07 * (5.0 - 1.0), abs=1e-3)


def test_a_cut_wounds_and_bleeds_as_often_as_the_aim_hits():
    cut = "effect: cut, shape: {reach: 30 m, dispersion: 30 mrad}, wound: 0.1, bleeding: 120 mL/min, cooldown: 40 s"
    result = play(duel(cut, bob=20.0), worlds=400)
    hits = len(of_kind(result, "cut"))
    expected = 1.0 - np.exp(-(0.3**2) / (2.0 * (0.03 * 10.0) ** 2))
    assert hits / 400 == pytest.approx(expected, abs=3 * (expected * (1 - expected) / 400) ** 0.5)
    bled = result.people["blood_lost"][:, 1]
    assert (bled > 0).sum() == hits
    assert 8.0 < bled[bled > 0].min() < bled.max() < 40.0


LUNGE = "effect: strike, shape: {reach: 8 m}, speed: 12 m/s, width: 0.9 m, wound: 0.5, windup: 0.6 s, cooldown: 40 s, tears_ground: 2 m, after: {lasts: 30 s, arm: 0.8}"


def test_a_lunge_strikes_what_stands_still_and_misses_what_has_read_it():
    still, read = play(duel(LUNGE, bob=15.0)), play(duel(LUNGE, bob=15.0, reads=1.0))
    assert len(of_kind(still, "strike", 0)) == 40
    assert len(of_kind(still, "tear", 0)) == 40
    # who has read it leaves a third of the width: a lunge aimed true still lands
    assert len(of_kind(read, "anticipate", 1)) == 40


def test_a_push_bends_a_lunge_aside():
    text = duel(LUNGE, bob=17.0).replace(
        "doctrine: stay, knows: [ann], senses: {anticipation: 0.0}",
        "doctrine: ward, techniques: [gust], knows: [ann], senses: {anticipation: 1}",
    )
    text = text.replace("techniques:\n  blow", f"techniques:\n  gust: {{{PUSH.replace('0.8 s', '0.3 s')}}}\n  blow")
    text = text.replace(
        "  stay:", "  ward: {options: [{order: wait}, {use: gust, when: [{input: threatened}]}]}\n  stay:"
    )
    bent = play(text)
    assert len(of_kind(bent, "deflect", 1)) > 10
    assert len(of_kind(bent, "miss", 0)) > len(of_kind(bent, "strike", 0))


def test_uses_cost_and_cooldown_bound_how_often():
    blow = "effect: strike, shape: {reach: 3 m}, wound: 0, windup: 0.2 s, recovery: 0.1 s, cooldown: 1 s"
    often = len(of_kind(play(duel(blow), 5), "windup")) / 5
    assert 10 <= often <= 20
    assert len(of_kind(play(duel(blow + ", uses: 3"), 5), "windup")) / 5 == 3
    assert len(of_kind(play(duel(blow + ", cost: 25"), 5), "windup")) / 5 == 2


def test_a_pin_holds_until_strain_breaks_it():
    pin = "effect: pin, shape: {reach: 10 m}, strain: RATE, windup: 0.2 s, cooldown: 100 s"
    held = play(duel(pin.replace("RATE", "0 /s"), bob=16.0))
    assert (held.people["held_time"][:, 1] > 18.0).all()
    broken = play(duel(pin.replace("RATE", "0.5 /s"), bob=16.0), worlds=300)
    assert broken.people["held_time"][:, 1].mean() == pytest.approx(1.0 / 0.5, rel=0.2)
    assert len(of_kind(broken, "release", 0)) == 300


def test_a_holder_without_power_lets_go():
    pin = "effect: pin, shape: {reach: 10 m}, strain: 0 /s, upkeep: 10, windup: 0.2 s, cooldown: 100 s"
    result = play(duel(pin, bob=16.0))
    assert result.people["held_time"][:, 1] == pytest.approx(6.0, abs=0.3)


CARRY = """\
map:
  metres_per_cell: 2 m
  ascii: |
    ............................................................
    .S........................................................G.
    ............................................................
time: {limit: 60 s}
people:
  ann: {side: a, at: s, doctrine: haul, body: {mass: 70 kg, critical_speed: 4 m/s, sprint: 7 m/s}}
payloads:
  box:
    carriers: [ann]
    stages: [{name: early, lasts: LASTS, mass: MASS, drag: DRAG}, {name: late, mass: MASS, drag: DRAG}]
doctrines: {haul: {options: [{order: carry, target: box, to: g, pace: steady}]}}
ends: {there: {when: 'arrived(box, g)'}}
"""


def haul(mass: str, drag: str, lasts: str = "30 s"):
    return play(CARRY.replace("MASS", mass).replace("DRAG", drag).replace("LASTS", lasts), 20)


def test_a_load_slows_its_carrier_by_the_mass_moved():
    light, heavy = haul("0 kg", "0"), haul("35 kg", "0")
    ratio = heavy.outcomes["end_time"][0] / light.outcomes["end_time"][0]
    assert ratio == pytest.approx(1.0 + 35.0 / 70.0, rel=0.05)


def test_dragging_costs_friction_work():
    light, dragged = haul("0 kg", "0"), haul("40 kg", "0.1")
    extra = 0.1 * 40.0 * 9.80665 / 0.25 / 70.0
    ratio = dragged.outcomes["end_time"][0] / light.outcomes["end_time"][0]
    assert ratio == pytest.approx((3.6 + extra) / 3.6, rel=0.05)


def test_the_payload_changes_stage_by_its_own_drawn_clock():
    result = haul("5 kg", "0", lasts="'normal(10 s, 2 s)'")
    stages = of_kind(result, "stage")
    assert len(stages) == 20
    assert stages["time"] == pytest.approx(result.outcomes["deadline_time"], abs=0.11)
    assert 1.0 < stages["time"].std() < 3.5


def test_a_choice_is_read_by_the_doctrine():
    text = CARRY.replace("MASS", "1 kg").replace("DRAG", "0").replace("LASTS", "30 s")
    text = text.replace("doctrines:", "choices: {go: {side: a, of: [ann, nobody], default: WHO}}\ndoctrines:")
    text = text.replace(
        "pace: steady}", "pace: steady, when: [{input: chosen, choice: go}]}, {order: wait, weight: 0.1}"
    )
    assert (play(text.replace("WHO", "ann"), 3).outcomes["outcome"] == 0).all()
    assert (play(text.replace("WHO", "nobody"), 3).outcomes["outcome"] == -1).all()


TRACK = """\
map:
  metres_per_cell: 4 m
  ascii: |
    ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff
    fSffffffffffffffffffffffffffffffffffffffffffffffffffffffffGf
    ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff
time: {limit: 200 s}
people:
  walker: {side: a, at: s, doctrine: leave, body: {critical_speed: 2 m/s}}
  dog: {side: b, at: s, start: 60 s, doctrine: trail, senses: {sight: 5 m, tracking: SKILL, tracking_speed: 4 m/s, trail_loss: LOSS, recast: 8 s}, body: {critical_speed: 6 m/s}}
doctrines:
  leave: {options: [{order: flee, to: g, pace: steady}]}
  trail: {options: [{order: track, target: walker, pace: hard, when: [{input: on_trail}]}, {order: wait, weight: 0.1}]}
ends: {found: {when: 'contact(b, walker)'}}
"""


def tracked(skill: float, loss: str):
    return play(TRACK.replace("SKILL", str(skill)).replace("LOSS", loss), 60)


def test_a_tracker_follows_the_trail_no_faster_than_it_is_read():
    result = tracked(1.0, "0 /m")
    assert (result.outcomes["outcome"] == 0).all()
    assert len(of_kind(result, "trail_found", 1)) >= 60
    # 232 m at 4 m/s from the start of the trail, minus the contact distance
    assert result.outcomes["end_time"].min() > 60.0 + 0.8 * (result.people["distance"][:, 1].min() / 4.0)


def test_a_skilled_tracker_loses_the_trail_as_often_as_its_skill_says():
    # the trail ahead of a tracker lies within its reach, but it is still read print by print
    result = tracked(0.9, "0.03 /m")
    legible = 0.6 * 70.0 / 200.0  # the forest keeps it, a body of 70 kg presses it; it ages by 1 % only
    expected = 60 * result.people["distance"][:, 1].mean() * 0.03 * (1.0 - 0.9) / legible
    assert abs(len(of_kind(result, "trail_lost", 1)) - expected) < 4.0 * np.sqrt(expected)


def test_losing_the_trail_costs_the_time_to_find_it_again():
    sure, unsure = tracked(1.0, "0 /m"), tracked(0.0, "0.02 /m")
    assert len(of_kind(unsure, "trail_lost", 1)) > 60
    end = np.where(unsure.outcomes["outcome"] < 0, 200.0, unsure.outcomes["end_time"])
    assert end.mean() > sure.outcomes["end_time"].mean() + 5.0

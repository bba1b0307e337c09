"""Nerve and voices as behaviour: taunts, leaving friends, orders, shouts; each is heard or has no effect."""

import numpy as np
import pytest

from rearguard.engine import EVENT_KINDS
from worlds import program

KINDS = list(EVENT_KINDS)

TALK = """\
map:
  metres_per_cell: 2 m
  ascii: |
    ..............................
    ............................Z.
    ..............................
time: {{limit: 20 s}}
sound: {{ambient: {ambient}}}
people:
  ann: {{side: a, at: [6, 3], doctrine: talk, techniques: [word], knows: [bob]}}
  bob: {{side: {side}, at: [12, 3], doctrine: {bob}, techniques: [slow], knows: [ann], nerve: {{composure: {composure}, calm: 5 s}}}}
techniques:
  word: {{{word}, windup: 0.3 s, cooldown: 100 s}}
  slow: {{effect: push, shape: {{reach: 10 m, cone: 60 deg}}, windup: 2 s, cooldown: 100 s, impulse: 10 N s}}
doctrines:
  talk: {{options: [{{order: wait}}, {{use: word, target: {target}, when: [{{input: time, low: 0.4, high: 0.5, curve: step}}]}}]}}
  act: {{options: [{{order: wait}}, {{use: slow, target: nearest_enemy}}]}}
  obey:
    options:
      - {{order: wait, weight: 0.5}}
      - {{order: fall_back, to: z, pace: hard, when: [{{input: bidden}}]}}
ends: {{over: {{when: 'time > 100 s'}}}}
"""

TAUNT = "effect: taunt, shape: {reach: 20 m}, loudness: 70 dB, daze: 3 s"
ORDER = "effect: order, shape: {reach: 20 m}, loudness: 75 dB, bids: fall_back, lasts: 10 s"


def talk(
    word: str = TAUNT, *, side: str = "b", bob: str = "act", ambient: str = "30 dB", composure: float = 0.2
) -> str:
    target = "nearest_enemy" if side == "b" else "nearest_friend"
    return TALK.format(word=word, side=side, bob=bob, ambient=ambient, composure=composure, target=target)


def play(text: str, worlds: int = 100):
    return program(text).play(1, np.arange(worlds))


def of_kind(result, kind: str, actor: int | None = None):
    rows = result.events[result.events["kind"] == KINDS.index(kind)]
    return rows if actor is None else rows[rows["actor"] == actor]


def test_a_taunt_that_is_heard_makes_the_enemy_falter_and_holds_up_a_wind_up():
    heard, drowned = play(talk()), play(talk(ambient="75 dB"))
    assert len(of_kind(heard, "taunt")) == 100
    assert of_kind(heard, "falter", 1)["value"].sum() / 100 == pytest.approx(2.4, abs=0.75)
    assert len(of_kind(drowned, "taunt")) == 0
    late, on_time = of_kind(heard, "push", 1)["time"], of_kind(drowned, "push", 1)["time"]
    assert len(late) == len(on_time) == 100
    assert late.mean() - on_time.mean() == pytest.approx(2.4, abs=0.8)


def test_composure_resists_a_taunt():
    assert len(of_kind(play(talk(composure=1.0)), "falter")) == 0


def test_shock_fades():
    p = program(talk())
    state = p.begin(1, np.arange(50))
    p.advance(state, 20)
    fresh = state.nerve.shock.numpy()[:, 1].mean()
    p.advance(state, 100)
    assert fresh > 0.05
    assert state.nerve.shock.numpy()[:, 1].mean() == pytest.approx(fresh * np.exp(-10.0 / 5.0), rel=0.25)


def test_an_order_that_is_heard_is_taken_up():
    heard, drowned = (play(talk(ORDER, side="a", bob="obey", ambient=level)) for level in ("30 dB", "80 dB"))
    assert len(of_kind(heard, "bid", 0)) == 100
    assert heard.people["distance"][:, 1].min() > 30.0
    assert drowned.people["distance"][:, 1].max() == 0.0


LEAVE = """\
map:
  metres_per_cell: 2 m
  ascii: |
    ....................................................
    ....................................................
    ..................................................Z.
    ....................................................
time: {{limit: 16 s}}
people:
  stay: {{side: a, at: [20, 5], doctrine: hold, techniques: [grasp], knows: [foe]}}
  go: {{side: a, at: [16, 3], doctrine: run, knows: [stay], nerve: {{composure: 0.2, reluctance: {reluctance}}}}}
  urge: {{side: a, at: [14, 3], doctrine: run_and_urge, techniques: [voice], knows: [go]}}
  foe: {{side: b, at: [23, 5], doctrine: hold, knows: [stay]}}
techniques:
  grasp: {{effect: pin, shape: {{reach: 8 m}}, windup: 0.1 s, heads: 2}}
  voice: {{effect: order, shape: {{reach: 20 m}}, windup: 0.2 s, cooldown: 3 s, loudness: 75 dB, bids: flee, lasts: 5 s}}
doctrines:
  hold: {{options: [{{order: wait}}, {{use: grasp, target: nearest_enemy}}]}}
  run: {{options: [{{order: wait, weight: 0.1}}, {{order: flee, to: z, when: [{{input: time, low: 0.9, high: 1.1, curve: step}}]}}]}}
  run_and_urge: {{like: run, options: [{{use: voice, target: faltering_friend, rank: 1, weight: {voice}}}]}}
ends: {{over: {{when: 'time > 100 s'}}}}
"""


def leave(*, reluctance: str = "6 s", voice: str = "1") -> str:
    text = LEAVE.format(reluctance=reluctance, voice=voice)
    return (
        text
        if voice != "1e-3"
        else text.replace("techniques: [voice], ", "").replace("doctrine: run_and_urge", "doctrine: run")
    )


def test_leaving_a_friend_in_a_fight_costs_seconds_of_nerve():
    loath, cold = play(leave(voice="1e-3")), play(leave(reluctance="0 s", voice="1e-3"))
    assert len(of_kind(loath, "reluctant", 1)) > 90
    assert len(of_kind(cold, "reluctant")) == 0
    assert loath.people["distance"][:, 1].mean() < cold.people["distance"][:, 1].mean() - 5.0


def test_a_comrades_order_shortens_reluctance():
    urged, alone = play(leave()), play(leave(voice="1e-3"))
    assert len(of_kind(urged, "steady", 1)) > 50
    assert urged.people["distance"][:, 1].mean() > alone.people["distance"][:, 1].mean() + 2.0


def test_without_nerve_nobody_is_reluctant():
    assert len(of_kind(play(leave() + "mechanics: {nerve: false}\n"), "reluctant")) == 0


SHOUT = "effect: shout, loudness: 82 dB"


def test_a_shout_is_an_event_with_its_level():
    text = talk(SHOUT, side="a", bob="obey").replace("target: nearest_friend", "target: self")
    shouted = of_kind(play(text), "shout", 0)
    assert len(shouted) == 100
    assert shouted["value"].min() == pytest.approx(82.0)

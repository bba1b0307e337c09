"""Recorded worlds, and who could perceive what of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rearguard.engine.events import EVENT_KINDS
from rearguard.engine.world import Source
from rearguard.study.folder import RunError
from rearguard.study.played import find_world
from rearguard.study.witness import CROWDED, FELT, INWARD, NOBODY, REMOTE, SAID, UNKNOWN, Happening, Witness, open_tape
from recordings import prepared, recording


def happening(
    kind: str, tick: int, actor: int, target: int = NOBODY, at: tuple[float, float] = (0.0, 0.0)
) -> Happening:
    return Happening(0, tick, kind, actor, target, -1, 0.0, at, "known")


def witness(person: str, scenario: str = "alley", world: int = 2) -> Witness:
    tape = recording(scenario, world)
    return Witness(tape, tape.names.people.index(person))


def unseen(w: Witness, entity: int) -> int:
    """A tick in which the witness is there and does not see an entity that is there too."""
    there = Witness(w.tape, entity).here
    return int(np.flatnonzero(w.here & there & ~w.sight[:, entity])[0])


def seen(w: Witness, entity: int) -> int:
    return int(np.flatnonzero(w.sight[:, entity])[0])


@pytest.mark.parametrize(("scenario", "world"), [("alley", 2), ("ford.yaml", 1), ("east-gate", 3)])
def test_a_tape_holds_the_world_that_is_played(scenario: str, world: int) -> None:
    tape = recording(scenario, world)
    result = prepared(scenario)[0].play(0, np.array([world]))
    assert tape.ticks == int(result.outcomes["ticks"][0])
    assert tape.outcome == int(result.outcomes["outcome"][0])
    for name in ("tick", "kind", "actor", "target", "item", "value"):
        assert np.array_equal(tape.log[name], result.events[name])
    assert all(len(rows) == tape.ticks + 1 for rows in tape.frames.values())
    assert np.array_equal(tape.frames["account.distance"][-1], result.people["distance"][0])


def test_the_rules_speak_of_kinds_that_there_are() -> None:
    for kinds in (INWARD, FELT, SAID, CROWDED, REMOTE):
        assert kinds <= set(EVENT_KINDS)
    assert not INWARD & (FELT | SAID | CROWDED)


def test_what_is_in_a_head_is_known_to_that_head_alone() -> None:
    ben, anna = witness("ben"), witness("anna")
    tick = seen(ben, anna.me)
    order = happening("order", tick, anna.me)
    assert anna.perceive(order) == replace(order, sense="did")
    assert ben.perceive(order) is None
    assert ben.perceive(happening("down", tick, anna.me)) is not None


def test_a_blow_from_somebody_unseen_is_felt_but_the_hand_is_unknown() -> None:
    anna = witness("anna")
    thug = anna.tape.names.people.index("thug_1")
    blind, sighted = unseen(anna, thug), seen(anna, thug)
    felt = anna.perceive(happening("push", blind, thug, anna.me))
    assert felt is not None and (felt.actor, felt.target, felt.sense) == (UNKNOWN, anna.me, "felt")
    assert anna.perceive(happening("miss", blind, thug, anna.me)) is None
    named = anna.perceive(happening("push", sighted, thug, anna.me))
    assert named is not None and named.actor == thug
    voice = anna.perceive(happening("taunt", blind, thug, anna.me))
    assert voice is not None and (voice.actor, voice.sense) == (thug, "heard")


def test_an_onlooker_knows_only_the_parties_in_sight() -> None:
    ben = witness("ben")
    people = ben.tape.names.people
    anna, thug = people.index("anna"), people.index("thug_1")
    ticks = np.flatnonzero(ben.sight[:, anna] & ~ben.sight[:, thug])
    saw = ben.perceive(happening("strike", int(ticks[0]), thug, anna))
    assert saw is not None and (saw.actor, saw.target) == (UNKNOWN, anna)
    neither = np.flatnonzero(ben.here & ~ben.sight[:, anna] & ~ben.sight[:, thug])
    assert ben.perceive(happening("strike", int(neither[0]), thug, anna)) is None


def test_nobody_perceives_the_end_a_stage_by_itself_or_anything_while_away() -> None:
    thug = witness("thug_1")
    anna = thug.tape.names.people.index("anna")
    assert not thug.here[0]
    assert thug.perceive(happening("down", 0, anna)) is None
    assert thug.perceive(happening("end", 100, NOBODY)) is None
    assert thug.perceive(happening("stage", 100, NOBODY, len(thug.tape.names.people))) is None


def test_what_a_crowd_does_is_known_near_it() -> None:
    anna = witness("anna")
    x, y = (float(v) for v in anna.tape.place_of(anna.me, 50))
    assert anna.perceive(happening("jam", 50, NOBODY, at=(x + 11.0, y))) is not None
    assert anna.perceive(happening("jam", 50, NOBODY, at=(x + 13.0, y))) is None


def test_sight_agrees_with_what_is_believed_to_be_seen() -> None:
    sasuke = witness("sasuke", "east-gate", 3)
    how = sasuke.tape.frames["mind.how"][1:, sasuke.me]
    since = sasuke.tape.frames["mind.belief"][1:, sasuke.me, :, 2]
    assert (since[sasuke.sight] >= -1.0).all()
    assert (how[sasuke.sight] == int(Source.seen)).mean() > 0.9


def test_worlds_that_are_none_are_refused() -> None:
    with pytest.raises(RunError, match="the world must lie"):
        open_tape("alley", world=-1)
    with pytest.raises(RunError, match="the seed must lie"):
        open_tape("alley", world=0, seed=-1)


def test_a_scenario_is_told_as_world_0_unless_asked_otherwise() -> None:
    assert (find_world("alley").world, find_world("alley").seed) == (0, 0)
    found = find_world("alley", world=4, seed=9, overrides=["a=b"])
    assert (found.world, found.seed, found.overrides, found.folder) == (4, 9, ("a=b",), None)

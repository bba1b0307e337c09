"""No sentence of an account says what the one who tells it did not perceive.

What was perceived is worked out here once more, from the state of the world, in terms of its own; the code that writes
accounts is used for the text alone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest

from rearguard.engine.events import Event
from rearguard.engine.world import Mode
from rearguard.study.witness import Tape
from rearguard.tell.story.account import Account, Teller
from rearguard.tell.story.compose import TONES, Composer, Sentence
from recordings import prepared, recording, teller

WORLDS = [
    ("alley", 0),
    ("alley", 2),
    ("ford.yaml", 1),
    ("small.yaml", 0),
    ("dog-team", 3),
    ("east-gate", 3),
    ("east-gate", 6),
]
LENGTHS = ("line", "paragraph", "full")

OF_THE_HEAD = {
    *(
        "order",
        "sight",
        "lose_sight",
        "windup",
        "anticipate",
        "counter",
        "exhausted",
        "trail_found",
        "trail_lost",
        "hear",
    ),
    *(
        "feel",
        "read_sign",
        "identify",
        "reluctant",
        "told",
        "noise",
        "overpowered",
        "steady",
        "read_mark",
        "ward_detour",
    ),
}
ON_THE_SKIN = {"push", "cut", "strike", "pin", "release", "deflect", "missile_hit"}
IN_THE_EAR = {"taunt", "bid"}


@dataclass(frozen=True)
class Moves:
    """A world played again, tick by tick, through the engine alone."""

    sees: np.ndarray
    belief: np.ndarray
    stage: np.ndarray
    mode: np.ndarray
    position: np.ndarray
    rows: np.ndarray

    @property
    def ticks(self) -> int:
        return len(self.sees) - 1

    def looks_at(self, who: int, entity: int, tick: int) -> bool:
        """Who has the entity in sight once the looks of a tick are done."""
        return entity >= 0 and bool((int(self.sees[tick + 1, who]) >> entity) & 1)

    def is_abroad(self, who: int, tick: int) -> bool:
        return int(self.mode[tick, who]) not in (int(Mode.away), int(Mode.out))


@cache
def played(scenario: str, world: int) -> Moves:
    program, _ = prepared(scenario)
    state = program.begin(0, np.array([world]))
    kept: list[list[np.ndarray]] = [[], [], [], [], []]
    arrays = (state.mind.sees, state.mind.belief, state.mind.stage, state.motion.mode, state.motion.position)
    limit = int(program.model.limit_ticks)
    for tick in range(limit + 1):
        for rows, array in zip(kept, arrays, strict=True):
            rows.append(array.numpy()[0].copy())
        if state.account.outcome.numpy()[0] >= 0 or tick == limit:
            break
        program.advance(state, 1)
    rows = state.log.rows.numpy()[0][: int(state.log.count.numpy()[0])].copy()
    return Moves(*(np.array(k) for k in kept), rows)


def known_parties(moves: Moves, who: int, index: int) -> set[int] | None:
    """Whom a person knows to be party to an event; None: the event was not perceived at all."""
    row = moves.rows[index]
    tick, kind, actor, target = int(row["tick"]), Event(int(row["kind"])).name, int(row["actor"]), int(row["target"])
    seen = {e for e in (actor, target) if moves.looks_at(who, e, tick)}
    if kind in ("end", "stage", "debris"):
        return None
    if actor == who:
        if kind == "missile_stopped" and target not in seen:
            return None
        heard_of = target >= 0 and moves.belief[tick + 1, who, target, 2] >= -1.0
        return {who, *seen, *({target} if heard_of else set())}
    if kind in OF_THE_HEAD or not moves.is_abroad(who, tick):
        return None
    if kind in ("jam", "clear", "dispersed"):
        away = math.dist(moves.position[tick, who], (float(row["x"]), float(row["y"])))
        return set() if away <= 12.0 else None
    if kind == "out":
        return {actor} if moves.belief[tick + 1, who, actor, 2] == -1.0 else None
    if target == who:
        if kind in IN_THE_EAR:
            return {actor, who}
        if kind in ON_THE_SKIN:
            return {who, *seen}
        return {who, actor} if actor in seen else None
    return seen or None


def grounds(moves: Moves, entities: list[str], who: int, rest: str) -> set[int] | None:
    """Whom a ground lets a person speak of; None: the person has no such ground."""
    if rest.startswith("e"):
        return known_parties(moves, who, int(rest[1:]))
    kind, tick, *more = rest.split(":")
    t = int(tick)
    if kind == "body":
        return {who}
    if kind == "truth":
        return None
    entity = entities.index(more[0])
    if kind == "sees":
        return {entity} if moves.looks_at(who, entity, t) and moves.is_abroad(who, t) else None
    if kind == "unseen":
        return set() if not moves.looks_at(who, entity, t) else None
    if kind == "believes":
        return {entity} if moves.belief[t, who, entity, 2] >= 0.0 else None
    assert kind == "stage"
    return {entity} if moves.stage[t, who, entity - len(moves.mode[0])] > 0 else None


def faults(account: Account, moves: Moves, composer: Composer) -> Iterator[str]:
    """Everything in an account that its voice could not know."""
    entities = composer.tape.names.entities
    members = [entities.index(name) for name in account.members]
    for section in account.sections:
        if section.title is not None:
            yield from ungrounded(Sentence(section.title, 0.0, 0.0, None, section.rests), moves, composer, members)
    for sentence in account.sentences:
        assert sentence.who in account.members
        yield from ungrounded(sentence, moves, composer, members)


def ungrounded(sentence: Sentence, moves: Moves, composer: Composer, members: list[int]) -> Iterator[str]:
    """What of a sentence a person, or a side between them, could not know."""
    names = composer.tape.names
    if not sentence.rests:
        yield f"rests on nothing: {sentence.text}"
    allowed = set(members)
    for rest in sentence.rests:
        found = [grounds(moves, names.entities, who, rest) for who in members]
        if all(known is None for known in found):
            yield f"never perceived {rest}: {sentence.text}"
        allowed |= {entity for known in found for entity in known or ()}
    for entity in range(len(names.entities)):
        party = composer.party(entity)
        named = re.search(rf"(?<!\w){re.escape(str(party))}(?!\w)", sentence.text, re.IGNORECASE)
        if named and entity not in allowed:
            yield f"speaks of {party} without ground: {sentence.text}"


@pytest.mark.parametrize(("scenario", "world"), WORLDS)
def test_no_sentence_of_anybody_rests_on_what_was_not_perceived(scenario: str, world: int) -> None:
    tape, moves = recording(scenario, world), played(scenario, world)
    assert moves.ticks == tape.ticks
    by, sentences = teller(scenario, world), 0
    for i, person in enumerate(tape.names.people):
        if not any(moves.is_abroad(i, t) for t in range(moves.ticks)):
            continue
        for tone in TONES:
            for length in LENGTHS:
                account = by.tell(person, length=length, tone=tone)
                assert not list(faults(account, moves, Composer(tape, tone)))
                sentences += len(list(account.sentences))
    assert sentences > 10 * len(tape.names.people)


@pytest.mark.parametrize(("scenario", "world"), WORLDS)
def test_a_side_tells_only_what_one_of_it_perceived(scenario: str, world: int) -> None:
    tape, moves = recording(scenario, world), played(scenario, world)
    by = teller(scenario, world)
    for side in tape.names.sides:
        for tone in TONES:
            for length in LENGTHS:
                account = by.tell(side, length=length, tone=tone)
                assert not list(faults(account, moves, Composer(tape, tone)))


def test_the_check_finds_what_was_not_perceived() -> None:
    tape, moves = recording("east-gate", 3), played("east-gate", 3)
    account = teller("east-gate", 3).tell("temari")
    kankuro = tape.names.people.index("kankuro")
    stolen = list(account.sentences)
    caught = [s for s in stolen if any(ungrounded(s, moves, Composer(tape, "plain"), [kankuro]))]
    assert len(caught) > 0.8 * len(stolen)
    named = replace(stolen[0], text=f"{stolen[0].text} And Asuma laughed.")
    assert any("speaks of Asuma" in fault for fault in faults_of(named, moves, tape))


def faults_of(sentence: Sentence, moves: Moves, tape: Tape) -> list[str]:
    return list(ungrounded(sentence, moves, Composer(tape, "plain"), [tape.names.people.index(str(sentence.who))]))


@pytest.mark.parametrize(("scenario", "world"), WORLDS)
def test_the_truth_rests_on_rows_of_the_log_and_frames_of_the_world(scenario: str, world: int) -> None:
    tape = recording(scenario, world)
    rows = len(played(scenario, world).rows)
    for sentence in teller(scenario, world).tell("truth").sentences:
        assert sentence.rests
        for rest in sentence.rests:
            number = int(rest[1:]) if rest.startswith("e") else int(rest.split(":")[1])
            assert number < rows if rest.startswith("e") else number <= tape.ticks


def test_only_the_truth_knows_how_it_ended() -> None:
    tape = recording("east-gate", 3)
    by, ending = teller("east-gate", 3), "it was carried off"
    assert any(ending in s.text.lower() for s in by.tell("truth").sentences)
    for voice in (*tape.names.people, *tape.names.sides):
        assert not any(ending in s.text.lower() for s in by.tell(voice).sentences)


def blinded(tape: Tape, moves: Moves, who: int) -> Tape:
    """The world as one person perceived it, and rubbish wherever that person perceived nothing."""
    people = len(tape.names.people)
    frames = {name: rows.copy() for name, rows in tape.frames.items()}
    others = np.arange(people) != who
    for name, rows in frames.items():
        if not name.startswith("cargo.") or name == "cargo.carried":
            if name != "motion.position":
                rows[:, others] = 1
    frames["cargo.stage"][:] = 0
    for entity in range(len(tape.names.entities)):
        looked = np.array([moves.looks_at(who, entity, t) for t in range(tape.ticks)] + [False])
        hidden = ~(looked | np.roll(looked, 1))
        if entity != who:
            part, k = ("motion", entity) if entity < people else ("cargo", entity - people)
            frames[f"{part}.position"][hidden, k] = 1.0
    log = tape.log.copy()
    for index in range(len(log)):
        if known_parties(moves, who, index) is None:
            log[index]["kind"], log[index]["actor"], log[index]["target"], log[index]["item"] = (
                int(Event.end),
                -1,
                -1,
                0,
            )
            log[index]["value"], log[index]["x"], log[index]["y"] = 1.0, 1.0, 1.0
    return replace(tape, frames=frames, log=log, outcome=-1)


@pytest.mark.parametrize(("scenario", "world"), [("alley", 2), ("ford.yaml", 1), ("east-gate", 3)])
def test_what_a_person_did_not_perceive_makes_no_difference_to_the_account(scenario: str, world: int) -> None:
    tape, moves = recording(scenario, world), played(scenario, world)
    for who, person in enumerate(tape.names.people):
        blind = Teller(blinded(tape, moves, who))
        for length in LENGTHS:
            assert blind.tell(person, length=length) == teller(scenario, world).tell(person, length=length)

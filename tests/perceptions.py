"""Who perceived what of a world, worked out from the state of the world alone, and what an account says beyond it.

The code that writes accounts is used here for the text alone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from rearguard.engine.events import Event
from rearguard.engine.world import Mode
from rearguard.study.witness import Tape
from rearguard.tell.story.account import Account
from rearguard.tell.story.compose import Composer, Sentence
from recordings import prepared

# written out again, because what ``study.witness`` counts as known to whom is what these tests are about
OF_THE_HEAD = {
    *("order", "sight", "lose_sight", "windup", "anticipate", "counter", "exhausted", "trail_found", "trail_lost", "hear"),
    *("feel", "read_sign", "identify", "reluctant", "told", "noise", "overpowered", "steady", "read_mark", "ward_detour"),
}  # fmt: skip
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
    if kind in ("truth", "swing"):
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

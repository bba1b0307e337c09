"""Moments: what an account may tell of one person, each with what it rests on.

A moment is a fact or several of one kind folded into one ("three times"). ``rests`` names everything it is drawn from:

    e17                    row 17 of the event log, as the person perceived it
    sees:138:anna          during tick 138 the person sees anna
    unseen:138:anna        during tick 138 the person does not
    believes:138:anna      before tick 138 the person has a belief about where anna is
    stage:138:chest        before tick 138 the person holds the chest to be in a stage it has come to
    body:138               before tick 138: the person's own body, place and reserves
    truth:138:anna         how things are before tick 138; only the account of the whole truth rests on that
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from rearguard.study.witness import NOBODY, UNKNOWN, Happening, Tape, Witness

if TYPE_CHECKING:
    from rearguard.scenario.schema import Option

T = TypeVar("T")

MEMORY = 12.0
"""Somebody out of sight for less than this has not been lost [s]; the engine's ``knowledge.MEMORY``."""


@dataclass(frozen=True)
class Moment:
    """Something worth a sentence.

    who: the person it happened to. tick, last: when it begins and ends. weight: how much it matters. about: whom else it
    concerns. facts: what the templates say of it; entities under ``other``, ``others`` and ``what`` are indices.
    """

    kind: str
    who: int
    tick: int
    last: int
    weight: float
    rests: tuple[str, ...]
    about: tuple[int, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Life:
    """One person in one world: what it perceived, and what is asked of that again and again."""

    witness: Witness

    @property
    def tape(self) -> Tape:
        """The world."""
        return self.witness.tape

    @property
    def me(self) -> int:
        """Index of the person."""
        return self.witness.me

    @property
    def first(self) -> int:
        """The first tick on the ground; the number of ticks when there is none."""
        return int(np.argmax(self.witness.here)) if self.witness.here.any() else self.tape.ticks

    @property
    def last(self) -> int:
        """The last tick on the ground."""
        return int(self.tape.ticks - 1 - np.argmax(self.witness.here[::-1]))

    def ticks(self, seconds: float) -> int:
        """Ticks in a time."""
        return max(round(seconds / self.tape.dt), 1)

    def seconds(self, ticks: int) -> float:
        """Time of a number of ticks [s]."""
        return ticks * self.tape.dt

    @cached_property
    def mine(self) -> list[Happening]:
        """What was perceived of what this person did or what was done to it."""
        return [e for e in self.witness.events if self.me in (e.actor, e.target)]

    def did(self, *kinds: str) -> list[Happening]:
        """What this person did, of some kinds."""
        return [e for e in self.mine if e.actor == self.me and e.kind in kinds]

    def is_friend(self, entity: int) -> bool:
        """True for people and payloads of the same side."""
        return entity >= 0 and self.tape.side_of(entity) == self.tape.side_of(self.me)

    def is_of_many(self, entity: int) -> bool:
        """True for one of a group of people who are alike."""
        groups = self.tape.names.groups
        return 0 <= entity < self.tape.people and groups.count(groups[entity]) > 1

    def at(self, tick: int) -> np.ndarray:
        """Where the person is before a tick [m]."""
        return self.tape.place_of(self.me, min(tick, self.tape.ticks))

    def frame(self, name: str, tick: int) -> Any:
        """A value of the person's own state before a tick."""
        return self.tape.frames[name][min(tick, self.tape.ticks), self.me]

    def place(self, tick: int) -> str | None:
        """The smallest place of the map that the person is in."""
        return place_at(self.tape, self.at(tick))

    def ground(self, tick: int) -> str:
        """The ground underfoot."""
        ground = self.tape.loaded.map
        name = ground.grounds[int(ground.ground[ground.index(*map(float, self.at(tick)))])]
        return name.split(" in ")[0]  # smoke over a ground makes a type of its own

    def option(self, tick: int) -> Option | None:
        """The option of the doctrine that is in force after a tick."""
        k = int(self.tape.frames["mind.option"][min(tick + 1, self.tape.ticks), self.me])
        first = int(self.tape.program.compiled.arrays["doctrine"]["first"][self.me])
        return self.options[k - first] if k >= 0 else None

    @cached_property
    def options(self) -> list[Option]:
        """What the person may decide on, as it was written."""
        from rearguard.scenario.check import expand_people

        scenario = self.tape.loaded.scenario
        return list(scenario.options_of(expand_people(scenario)[self.me][1].doctrine))

    def name(self, entity: int) -> str:
        """The identifier of an entity."""
        return self.tape.names.entities[entity]

    def moment(
        self,
        kind: str,
        tick: int,
        weight: float,
        rests: Iterable[str],
        *,
        last: int | None = None,
        about: Iterable[int] = (),
        **facts: Any,
    ) -> Moment:
        """A moment of this person; what it concerns is kept once each, without unknowns."""
        known = tuple(dict.fromkeys(a for a in about if a >= 0 and a != self.me))
        end = tick if last is None else max(last, tick)
        return Moment(kind, self.me, tick, end, weight, tuple(dict.fromkeys(rests)), known, facts)

    def body(self, tick: int) -> str:
        """The percept of one's own body and place."""
        return f"body:{min(tick, self.tape.ticks)}"

    def seen(self, tick: int, entity: int) -> str:
        """The percept of somebody in sight."""
        return f"sees:{tick}:{self.name(entity)}"

    def unseen(self, tick: int, entity: int) -> str:
        """The percept of somebody not in sight."""
        return f"unseen:{tick}:{self.name(entity)}"

    def believed(self, tick: int, entity: int) -> str:
        """The percept of what is believed of somebody's whereabouts."""
        return f"believes:{tick}:{self.name(entity)}"


def place_at(tape: Tape, at: np.ndarray) -> str | None:
    """The smallest place of the map around a position [m]."""
    ground = tape.loaded.map
    cell = ground.index(float(at[0]), float(at[1]))
    around = [p for p in ground.places.values() if p.mask[cell]]
    return min(around, key=lambda p: int(p.mask.sum())).name if around else None


def spells(shown: np.ndarray, gap: int) -> list[tuple[int, int]]:
    """First and last ticks of the stretches in which something is shown, those less than ``gap`` ticks apart joined."""
    ticks = np.flatnonzero(shown)
    if not len(ticks):
        return []
    cuts = np.flatnonzero(np.diff(ticks) >= gap)
    starts = ticks[np.concatenate(([0], cuts + 1))]
    ends = ticks[np.concatenate((cuts, [len(ticks) - 1]))]
    return [(int(a), int(b)) for a, b in zip(starts, ends, strict=True)]


def clusters(items: Sequence[T], tick: Callable[[T], int], gap: int, most: int | None = None) -> list[list[T]]:
    """Items in order of time, cut where more than ``gap`` ticks pass between two, and where one would last over ``most``."""
    out: list[list[T]] = []
    for item in sorted(items, key=tick):
        near = bool(out) and tick(item) - tick(out[-1][-1]) <= gap
        if near and (most is None or tick(item) - tick(out[-1][0]) <= most):
            out[-1].append(item)
        else:
            out.append([item])
    return out


def ids(events: Iterable[Happening]) -> list[str]:
    """What events are named by."""
    return [event.id for event in events]


def parties(entities: Iterable[int]) -> list[int]:
    """Entities once each, in order, known ones only."""
    return list(dict.fromkeys(e for e in entities if e not in (NOBODY, UNKNOWN)))


def direction(a: np.ndarray, b: np.ndarray) -> str:
    """Compass point from one position to another."""
    from rearguard.study.condition import POINTS

    dx, dy = float(b[0] - a[0]), float(b[1] - a[1])
    return POINTS[round(np.arctan2(dy, dx) / (0.25 * np.pi)) % 8]

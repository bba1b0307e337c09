"""Who could perceive what: one world recorded tick by tick, and each person's share of it.

A ``Tape`` holds what the engine did: frames of the state before every tick and after the last, and the event log. A
``Witness`` is what one person could perceive of it, by rules that know nothing of any scenario:

 - what goes on in a head (orders, sights, sounds, news, trails) is known to that head alone (``INWARD``);
 - what a body does is known to whoever did it, to whoever sees the doer or the one it is done to, and, where it is felt
   (``FELT``) or said (``SAID``), to whom it is done to; a party of whom nothing is seen or known stays unknown;
 - what a crowd does is known to who stands near it;
 - the stage of a payload is known from when it is believed, and how the world ended to nobody.

During tick t a person sees what its ``sees`` bits say after the tick, for looks come before everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rearguard.study.course import ROOM
from rearguard.study.folder import RunError
from rearguard.study.run import check_seed, prepare_program

if TYPE_CHECKING:
    from rearguard.engine import Program
    from rearguard.scenario.compiled import Names
    from rearguard.scenario.load import LoadedScenario

INWARD = frozenset(
    [
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
    ]
)
"""Kinds that only the actor knows of: they happen in the head, or look like nothing from outside."""
FELT = frozenset(["push", "cut", "strike", "pin", "release", "deflect", "missile_hit"])
"""Kinds that the target feels, wherever they come from."""
SAID = frozenset(("taunt", "bid"))
"""Kinds that the target hears, and knows the voice."""
REMOTE = frozenset(("missile_stopped",))
"""Kinds that the actor need not be near to."""
CROWDED = frozenset(("jam", "clear", "dispersed"))
"""Kinds of a crowd."""
EARSHOT_OF_CROWD = 12.0
"""Distance from which one knows what a crowd does [m]; the engine's ``CROWD_NEAR``."""
UNKNOWN = -2
"""A party to an event that the witness does not know."""
NOBODY = -1
SEEN_OUT = -1.0
"""Time of a belief about somebody who was seen to go out."""

_MIND = ("belief", "how", "sees", "stage", "option", "target")
_FRAMES = {
    "motion": ("position", "height", "mode"),
    "strength": ("reserve", "wound", "blood", "power"),
    "mind": _MIND,
    "ears": ("heard",),
    "nerve": ("felt",),
    "act": ("held_by", "heads"),
    "cargo": ("position", "stage", "carried"),
    "account": ("distance",),
}


@dataclass(frozen=True)
class Happening:
    """One event, as far as somebody knows of it.

    index: its row in the log. kind: its name. actor, target: entities, ``NOBODY`` or ``UNKNOWN``. item, value: as in
    ``docs/reference.md``. at: where [m]. sense: how it is known: did, felt, heard, saw, or known (the whole truth).
    """

    index: int
    tick: int
    kind: str
    actor: int
    target: int
    item: int
    value: float
    at: tuple[float, float]
    sense: str

    @property
    def id(self) -> str:
        """What a sentence names it by."""
        return f"e{self.index}"


@dataclass(frozen=True)
class Tape:
    """One world, recorded.

    frames: ``part.field`` → [ticks + 1, ...], before tick t at index t and at the end at the last. log: the events.
    outcome: index of how it ended, -1: still open at its limit.
    """

    loaded: LoadedScenario
    program: Program
    world: int
    seed: int
    frames: dict[str, np.ndarray]
    log: np.ndarray
    outcome: int

    @property
    def names(self) -> Names:
        """Names of everything the engine knows by index."""
        names: Names = self.program.compiled.names
        return names

    @property
    def dt(self) -> float:
        """Length of a tick [s]."""
        return float(self.program.compiled.arrays["dt"])

    @property
    def ticks(self) -> int:
        """Ticks that were played."""
        return len(self.frames["motion.mode"]) - 1

    @property
    def people(self) -> int:
        """How many people there are."""
        return len(self.names.people)

    def time_of(self, tick: int) -> float:
        """Time of a tick [s]."""
        return round(tick * self.dt, 6)

    def side_of(self, entity: int) -> int:
        """Side of a person; of a payload that of its carriers."""
        if entity < self.people:
            return self.names.side_of[entity]
        return int(self.program.compiled.arrays["payload_side"][entity - self.people])

    def place_of(self, entity: int, tick: int) -> np.ndarray:
        """Where an entity was before a tick [m]."""
        if entity < self.people:
            return np.asarray(self.frames["motion.position"][tick, entity])
        return np.asarray(self.frames["cargo.position"][tick, entity - self.people])

    def event(self, index: int, sense: str = "known") -> Happening:
        """A row of the log as it was."""
        from rearguard.engine.events import Event

        row = self.log[index]
        return Happening(
            index,
            int(row["tick"]),
            Event(int(row["kind"])).name,
            int(row["actor"]),
            int(row["target"]),
            int(row["item"]),
            float(row["value"]),
            (float(row["x"]), float(row["y"])),
            sense,
        )

    @cached_property
    def events(self) -> list[Happening]:
        """The whole truth."""
        return [self.event(k) for k in range(len(self.log))]


def record(program: Program, loaded: LoadedScenario, world: int, seed: int) -> Tape:
    """Play one world tick by tick and keep every frame of it."""
    from rearguard.engine.begin import begin

    roomy = replace(program.compiled, sizes={**program.compiled.sizes, "events": ROOM})
    state = begin(roomy, seed, np.array([world], np.int64), "cpu")
    # on the CPU these are views: they change as the world goes on
    views = {
        f"{part}.{name}": getattr(getattr(state, part), name).numpy()[0]
        for part, names in _FRAMES.items()
        for name in names
    }
    outcome, limit = state.account.outcome.numpy(), int(program.compiled.arrays["limit_ticks"])
    kept = {name: np.empty((256, *view.shape), view.dtype) for name, view in views.items()}
    tick = 0
    while True:
        if tick == len(kept["motion.mode"]):
            kept = {name: np.concatenate((rows, np.empty_like(rows))) for name, rows in kept.items()}
        for name, view in views.items():
            kept[name][tick] = view
        if outcome[0] >= 0 or tick >= limit:
            break
        program.advance(state, 1)
        tick += 1
    frames = {name: rows[: tick + 1] for name, rows in kept.items()}
    count = min(int(state.log.count.numpy()[0]), ROOM)
    return Tape(loaded, program, world, seed, frames, state.log.rows.numpy()[0][:count].copy(), int(outcome[0]))


def open_tape(
    scenario: str | Path | LoadedScenario,
    *,
    world: int,
    seed: int = 0,
    overrides: Sequence[str] = (),
    say: Callable[[str], None] | None = None,
) -> Tape:
    """Load, compile, play and record; raises RunError for a world or seed that is none, ScenarioError for a bad scenario."""
    from rearguard.scenario.load import LoadedScenario, load_scenario

    if not 0 <= world < 2**32:
        raise RunError(f"the world must lie between 0 and 2^32 - 1, found {world}")
    check_seed(seed)
    loaded = scenario if isinstance(scenario, LoadedScenario) else load_scenario(scenario, overrides=overrides)
    return record(prepare_program(loaded, "cpu", say), loaded, world, seed)


@dataclass(frozen=True)
class Witness:
    """What one person could perceive of a recorded world."""

    tape: Tape
    me: int

    @cached_property
    def here(self) -> np.ndarray:
        """True in the ticks in which this person was on the ground, [ticks]."""
        from rearguard.engine.world import Mode

        mode = self.tape.frames["motion.mode"][1:, self.me]
        return np.asarray((mode != int(Mode.away)) & (mode != int(Mode.out)))

    @cached_property
    def sight(self) -> np.ndarray:
        """True where an entity is in sight during a tick, [ticks, entities]."""
        bits = self.tape.frames["mind.sees"][1:, self.me]
        entities = np.arange(len(self.tape.names.entities), dtype=np.uint64)
        seen = ((bits[:, None] >> entities[None, :]) & np.uint64(1)).astype(bool)
        return np.asarray(seen & self.here[:, None])

    @cached_property
    def hearing(self) -> np.ndarray:
        """True where an unseen entity was heard at the last listening, [ticks, entities]."""
        bits = self.tape.frames["ears.heard"][1:, self.me]
        entities = np.arange(len(self.tape.names.entities), dtype=np.uint64)
        return np.asarray((((bits[:, None] >> entities[None, :]) & np.uint64(1)).astype(bool)) & self.here[:, None])

    def sees(self, tick: int, entity: int) -> bool:
        """True when an entity is in sight during a tick; one's own carried payload always is."""
        return entity >= 0 and tick < self.tape.ticks and bool(self.sight[tick, entity])

    def perceive(self, event: Happening) -> Happening | None:
        """An event as this person knows it, with unknown parties left out; None: not at all."""
        kind, me = event.kind, self.me
        if kind == "end":
            return None
        if event.actor == me and (kind not in REMOTE or self.sees(event.tick, event.target)):
            known = event.target in (NOBODY, me) or self.knows_of(event.tick, event.target)
            return replace(event, sense="did", target=event.target if known else UNKNOWN)
        if kind in INWARD or kind == "stage":
            return None
        if not self.is_there(event.tick):
            return None
        if kind in CROWDED:
            near = np.hypot(*(np.array(event.at) - self.tape.place_of(me, event.tick))) <= EARSHOT_OF_CROWD
            return replace(event, sense="saw") if near else None
        if kind == "out":
            belief = self.tape.frames["mind.belief"][event.tick + 1, me, event.actor]
            return replace(event, sense="saw") if belief[2] == SEEN_OUT else None
        by, on = self.sees(event.tick, event.actor), self.sees(event.tick, event.target)
        if event.target == me:
            if kind in SAID:
                return replace(event, sense="heard")
            if kind in FELT:
                return replace(event, sense="felt", actor=event.actor if by else UNKNOWN)
            return replace(event, sense="saw") if by else None
        if not by and not on:
            return None
        target = event.target if on or event.target < 0 else UNKNOWN
        return replace(event, sense="saw", actor=event.actor if by or event.actor < 0 else UNKNOWN, target=target)

    def is_there(self, tick: int) -> bool:
        """True when this person was on the ground during a tick, or left it in that tick."""
        from rearguard.engine.world import Mode

        return int(self.tape.frames["motion.mode"][tick, self.me]) not in (int(Mode.away), int(Mode.out))

    @cached_property
    def events(self) -> list[Happening]:
        """Everything of the log that this person perceived, in order."""
        known = (self.perceive(event) for event in self.tape.events)
        return [event for event in known if event is not None]

    def knows_of(self, tick: int, entity: int) -> bool:
        """True when after a tick something is known of an entity's whereabouts, or it was seen to go out."""
        return bool(self.tape.frames["mind.belief"][tick + 1, self.me, entity, 2] >= SEEN_OUT)

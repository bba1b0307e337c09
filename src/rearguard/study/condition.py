"""A person at a moment: the body, what it knows of everybody, and, kept apart, how things are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from rearguard.scenario.maps import GroundMap
from rearguard.study.course import Scene
from rearguard.study.reasoning import busy_with

NEAR_PLACE = 60.0
"""Distance up to which a position is told by the nearest place [m]."""
POINTS = ("east", "south-east", "south", "south-west", "west", "north-west", "north", "north-east")
"""Compass points from +x on; y points down, so that north is at the top of the map."""


@dataclass(frozen=True)
class Position:
    """Where something is. x, y: [m]. place: the place it is in, or one near by. distance [m] and direction from the person."""

    x: float
    y: float
    place: str | None
    distance: float
    direction: str


@dataclass(frozen=True)
class Truth:
    """Where an entity really is and what it does; error: how far the belief is off [m], None: there is none."""

    position: Position
    state: str
    error: float | None
    stage: str | None


@dataclass(frozen=True)
class Known:
    """What a person knows of an entity.

    kind: friend, enemy or payload. position: where it is believed to be, age: how old that is [s]; None: nothing is known.
    source: how it was learnt. stage: of a payload, as believed. truth: how things are, which no decision can see.
    """

    name: str
    kind: str
    in_sight: bool
    heard: bool
    position: Position | None
    age: float | None
    source: str
    stage: str | None
    truth: Truth | None


@dataclass(frozen=True)
class Body:
    """A body at a moment.

    speed [m/s]; reserve of reserve_full [m]; power of power_full; wound: share of the capacity lost, blood [mL] lost,
    bleeding [mL/s]; arm and slow: shares of the use of the arm and of the speed lost to an after-effect; shock: share of the
    composure lost; doing: what it is in the middle of.
    """

    mode: str
    position: Position
    height: float
    speed: float
    reserve: float
    reserve_full: float
    power: float
    power_full: float
    wound: float
    blood: float
    bleeding: float
    arm: float
    slow: float
    shock: float
    hesitates_until: float | None
    doing: str | None
    carries: str | None
    holds: int


def locate(ground: GroundMap, at: np.ndarray, viewer: np.ndarray) -> Position:
    """A position [m] in words of the map, seen from another."""
    x, y = float(at[0]), float(at[1])
    cell = ground.index(x, y)
    around = [p for p in ground.places.values() if p.mask[cell]]
    name: str | None = None
    if around:
        name = min(around, key=lambda p: int(p.mask.sum())).name
    elif ground.places:
        nearest = min(ground.places.values(), key=lambda p: math.hypot(p.x - x, p.y - y))
        away = math.hypot(nearest.x - x, nearest.y - y)
        if away <= NEAR_PLACE:
            name = f"{away:.0f} m from {nearest.name}"
    dx, dy = x - float(viewer[0]), y - float(viewer[1])
    point = round(math.atan2(dy, dx) / (0.25 * math.pi)) % 8
    return Position(x, y, name, math.hypot(dx, dy), POINTS[point])


def read_body(scene: Scene, moment: Any) -> Body:
    """The body of the person."""
    from rearguard.engine.columns import Body as Column
    from rearguard.engine.world import Mode

    i, state = scene.agent, moment.state
    at = state["motion.position"][i]
    carried = int(state["cargo.carried"][i])
    hesitates = float(state["nerve.falters_until"][i])
    now = moment.tick * scene.dt
    strength = {name: float(state[f"strength.{name}"][i]) for name in ("reserve", "power", "wound", "blood", "flow")}
    return Body(
        mode=Mode(int(state["motion.mode"][i])).name,
        position=locate(scene.loaded.map, at, at),
        height=float(state["motion.height"][i]),
        speed=float(np.linalg.norm(state["motion.velocity"][i])),
        reserve=strength["reserve"],
        reserve_full=float(state["body"][i, Column.reserve]),
        power=strength["power"],
        power_full=float(state["body"][i, Column.power]),
        wound=strength["wound"],
        blood=strength["blood"],
        bleeding=strength["flow"],
        arm=float(state["strength.arm"][i]),
        slow=float(state["strength.slow"][i]),
        shock=float(state["nerve.shock"][i]),
        hesitates_until=hesitates if hesitates > now else None,
        doing=busy_with(scene, moment, i),
        carries=scene.names.payloads[carried] if carried >= 0 else None,
        holds=int(state["act.heads"][i]),
    )


def _truth(scene: Scene, moment: Any, entity: int, believed: np.ndarray | None) -> Truth:
    from rearguard.engine.world import Mode

    names, state, i = scene.names, moment.state, scene.agent
    people = len(names.people)
    stage: str | None = None
    if entity < people:
        at = state["motion.position"][entity]
        mode = Mode(int(state["motion.mode"][entity]))
        words = {Mode.away: "not here yet", Mode.feet: "on the feet", Mode.air: "in the air", Mode.climb: "climbing"}
        words |= {Mode.skid: "skidding", Mode.down: "down", Mode.hang: "hanging from an edge", Mode.out: "out"}
        doing = busy_with(scene, moment, entity) if mode == Mode.feet else None
        state_words = doing or words.get(mode, mode.name)
    else:
        at = state["cargo.position"][entity - people]
        stage = names.stages[entity - people][int(state["cargo.stage"][entity - people])]
        hands = [names.people[j] for j in np.flatnonzero(state["cargo.carried"] == entity - people)]
        state_words = f"carried by {', '.join(hands)}" if hands else "carried by nobody"
    error = None if believed is None else float(np.linalg.norm(at - believed))
    return Truth(locate(scene.loaded.map, at, state["motion.position"][i]), state_words, error, stage)


def read_beliefs(scene: Scene, moment: Any, *, truth: bool) -> list[Known]:
    """What the person knows of every other entity, nearest first, the unknown last."""
    from rearguard.engine.world import Source

    i, names, state = scene.agent, scene.names, moment.state
    now, people = moment.tick * scene.dt, len(names.people)
    found = []
    for entity, name in enumerate(names.entities):
        if entity == i:
            continue
        x, y, since = (float(v) for v in state["mind.belief"][i, entity])
        # somebody who was seen to go out is kept with a time just below 0, somebody never known with one far below
        seen_out = -2.0 < since < 0.0
        at = np.array([x, y], np.float32) if since >= 0.0 or seen_out else None
        bit = 1 << entity
        in_sight = bool(int(state["mind.sees"][i]) & bit)
        source = Source(int(state["mind.how"][i, entity])).name
        kind, stage = "payload", None
        if entity < people:
            kind = "friend" if names.side_of[entity] == names.side_of[i] else "enemy"
        elif at is not None:
            stage = names.stages[entity - people][int(state["mind.stage"][i, entity - people])]
        found.append(
            Known(
                name=name,
                kind=kind,
                in_sight=in_sight,
                heard=bool(int(state["ears.heard"][i]) & bit),
                position=None if at is None else locate(scene.loaded.map, at, state["motion.position"][i]),
                age=max(now - since, 0.0) if since >= 0.0 else None,
                source="seen to go out" if seen_out else "nothing" if at is None else source,
                stage=stage,
                truth=_truth(scene, moment, entity, at) if truth else None,
            )
        )
    return sorted(found, key=lambda k: (k.position is None, k.position.distance if k.position else 0.0))

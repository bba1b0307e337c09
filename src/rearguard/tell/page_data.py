"""What the page is given: the scenario's names and ground once, and every recorded world, ready to be packed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from rearguard.tell.page_gap import world_gap
from rearguard.tell.page_pack import Numbers, numbers, quantised
from rearguard.tell.page_record import SAMPLE, Recording

if TYPE_CHECKING:
    from rearguard.scenario.compiled import Compiled
    from rearguard.scenario.load import LoadedScenario
    from rearguard.scenario.maps import GroundMap
    from rearguard.tell.page_stories import Stories

SCHEMA = 2
"""Version of the page's data; the viewer refuses any other."""
PLACE = 0.05
"""Positions are kept to this [m]."""
LEVEL = 0.1
"""Heights of the ground are kept to this [m]."""
SHARE = 0.005
"""Shares are kept to this."""
FRAMES = 400_000
"""Positions of a world that are kept at every tick; a longer or fuller one is kept at every second, third, … tick."""

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Shown:
    """A world that the page shows: what it was chosen for, in what it differs from the scenario as written, its accounts."""

    recording: Recording
    tags: tuple[str, ...]
    variant: str = ""
    pair: int = -1  # index of the world it is to be held against
    stories: Stories | None = None


def scenario_data(loaded: LoadedScenario, compiled: Compiled) -> dict[str, Any]:
    """Names, techniques, stages and the ground."""
    from rearguard.engine import GAITS, MODES, ORDERS
    from rearguard.engine.events import EVENT_NUMBERS, ITEM_OF
    from rearguard.engine.world import Source

    names, scenario = compiled.names, loaded.scenario
    return {
        "name": compiled.name,
        "about": scenario.about or "",
        "digest": compiled.digest,
        "limit": compiled.limit,
        "dt": float(compiled.arrays["dt"]),
        "people": [
            {"name": name, "title": title, "side": side, "group": group}
            for name, title, side, group in zip(names.people, names.titles, names.side_of, names.groups, strict=True)
        ],
        "sides": names.sides,
        "payloads": [
            {"name": name, "title": payload.title or _title(name), "side": int(side), "stages": stages}
            for (name, payload), side, stages in zip(
                scenario.payloads.items(), compiled.arrays["payload_side"], names.stages, strict=False
            )
        ],
        "techniques": [
            {
                "name": name,
                "effect": craft.effect,
                "reach": craft.shape.reach.nominal,
                "cone": float(craft.shape.cone.nominal),
                "windup": craft.windup.nominal,
                "width": craft.width.nominal,
                "loudness": craft.loudness.nominal,
            }
            for name, craft in scenario.techniques.items()
        ],
        "outcomes": [{"name": name, "about": scenario.ends[name].about or ""} for name in names.outcomes],
        "places": names.places,
        "crowds": names.crowds,
        "crowd_of": numbers(compiled.arrays["throng"]["crowd_of"]) if names.crowds else None,
        "words": {
            "events": {str(number): name for name, number in EVENT_NUMBERS.items()},
            "items": ITEM_OF,
            "orders": ORDERS,
            "modes": MODES,
            "gaits": GAITS,
            "sources": [s.name for s in Source],
        },
        "map": map_data(compiled.map),
    }


def _title(name: str) -> str:
    return name.replace("_", " ")


def map_data(ground: GroundMap) -> dict[str, Any]:
    """The ground as the viewer draws it."""
    kinds = [ground.ground_types[name] for name in ground.grounds]
    return {
        "cell": ground.cell,
        "rows": ground.rows,
        "columns": ground.columns,
        "grounds": [
            {
                "name": kind.name,
                "passable": kind.passable,
                "cover": kind.cover,
                "screen": kind.screen,
                "speed": kind.speed,
            }
            for kind in kinds
        ],
        "ground": numbers(ground.ground.T, 1),
        "height": quantised(ground.elevation.T, LEVEL),
        "height_step": LEVEL,
        "places": [{"name": p.name, "x": p.x, "y": p.y} for p in ground.places.values()],
        "routes": [{"name": r.name, "points": r.points.round(1).tolist()} for r in ground.routes.values()],
    }


def changes(values: Array) -> dict[str, Numbers]:
    """Whole numbers [frames, columns] as changes, column by column: how many, at what frames, to what."""
    changed = np.ones(values.shape, bool)
    changed[1:] = values[1:] != values[:-1]
    column, frame = np.nonzero(changed.T)
    return {
        "count": numbers(changed.sum(axis=0)),
        "frame": numbers(frame, 1),
        "value": numbers(values[frame, column]),
    }


def intervals(sees: Array, entities: int) -> Array:
    """Bits [frames, people] as rows person, entity, first frame in sight, first frame out of it again."""
    frames = len(sees)
    change = np.flatnonzero((np.diff(sees, axis=0) != 0).any(axis=1)) + 1
    cuts = np.concatenate([[0], change, [frames]])
    rows: list[tuple[int, int, int, int]] = []
    bits = ((sees[cuts[:-1], :, None] >> np.arange(entities, dtype=np.uint64)) & np.uint64(1)).astype(bool)
    padded = np.concatenate([bits, np.zeros_like(bits[:1])])
    before = np.concatenate([np.zeros_like(bits[:1]), bits])
    starts, ends = padded & ~before, before & ~padded
    for i, e in np.argwhere(bits.any(axis=0)):
        first, last = cuts[np.flatnonzero(starts[:, i, e])], cuts[np.flatnonzero(ends[:, i, e])]
        rows.extend((i, e, a, b) for a, b in zip(first, last, strict=True))
    return np.array(rows, np.int64).reshape(-1, 4)


def world_data(compiled: Compiled, shown: Shown) -> dict[str, Any]:
    """One recorded world."""
    from rearguard.engine.columns import Body, Phase

    r, names = shown.recording, compiled.names
    dt = float(compiled.arrays["dt"])
    people = len(names.people)
    stride = max(1, -(-r.position.shape[0] * r.position.shape[1] // FRAMES))
    frames = np.append(np.arange(0, r.ticks, stride), r.ticks)
    events = r.events
    gap = world_gap(compiled, r, dt)
    bodies = {"critical_speed": Body.critical_speed, "sight": Body.sight, "eye": Body.eye, "radius": Body.radius}

    def rows(table: Array, steps: dict[int, float]) -> list[Numbers]:
        return [
            quantised(table[:, k], steps[k]) if k in steps else numbers(table[:, k].astype(np.int64), 1)
            for k in range(table.shape[1])
        ]

    return {
        "ticks": r.ticks,
        "stride": stride,
        "every": r.every,
        "place": PLACE,
        "x": quantised(r.position[frames, :, 0], PLACE, 2),
        "y": quantised(r.position[frames, :, 1], PLACE, 2),
        "z": quantised(r.position[frames, :people, 2], LEVEL),
        "states": {name: changes(values.astype(np.int64)) for name, values in r.states.items()},
        "levels": {name: quantised(values, SHARE) for name, values in r.levels.items()},
        "body": {name: quantised(r.body[:, column], 0.01, 0) for name, column in bodies.items()},
        "phases": [
            [
                {"presence": float(stage[Phase.presence]), "loudness": float(stage[Phase.loudness])}
                for stage in r.phases[k][: len(stages)]
            ]
            for k, stages in enumerate(names.stages)
        ],
        "sees": numbers(intervals(r.sees, people + len(names.payloads)), 1),
        "beliefs": rows(r.beliefs, {3: PLACE, 4: PLACE, 5: 0.1}),
        "stages": rows(r.stages, {}),
        "sign": rows(r.sign, {3: PLACE, 4: PLACE, 5: 0.1}),
        "wards": rows(r.wards, {1: PLACE, 2: PLACE, 3: PLACE, 4: PLACE, 5: 0.1}),
        "marks": rows(r.marks, {1: PLACE, 2: PLACE, 3: 0.1, 4: 0.1}),
        "marks_read": rows(r.marks_read, {}),
        "crowd": None
        if r.crowd.shape[1] == 0
        else {
            "x": quantised(r.crowd[..., 0], 0.1, 1),
            "y": quantised(r.crowd[..., 1], 0.1, 1),
            "gait": numbers(r.gait, 1),
        },
        "events": {
            "tick": numbers(events["tick"], 1),
            "kind": numbers(events["kind"]),
            "actor": numbers(events["actor"]),
            "target": numbers(events["target"]),
            "item": numbers(_items(compiled, events)),
            "value": quantised(events["value"], 0.01, 0),
            "x": quantised(events["x"], 0.1),
            "y": quantised(events["y"], 0.1),
        },
        "stories": shown.stories,
        "gap": None
        if gap is None
        else {
            "payload": gap["payload"],
            "seconds": quantised(gap["seconds"], 0.1, 0),
            "who": numbers(gap["who"]),
            "progress": quantised(gap["progress"], 0.1),
        },
    }


def _items(compiled: Compiled, events: Array) -> Array:
    """Items of events, -1 where a kind has none (the engine leaves those undefined)."""
    from rearguard.engine.events import EVENT_NUMBERS, ITEM_OF

    has = np.zeros(max(EVENT_NUMBERS.values()) + 1, bool)
    for name, noun in ITEM_OF.items():
        has[EVENT_NUMBERS[name]] = noun != "none"
    return np.where(has[events["kind"]], events["item"], -1)


def world_entry(compiled: Compiled, shown: Shown) -> dict[str, Any]:
    """What the list of worlds says of one."""
    r = shown.recording
    dt = float(compiled.arrays["dt"])
    contact = r.contact if r.contact >= 0.0 else None
    deadline = r.deadline if r.deadline >= 0.0 else None
    return {
        "world": r.world,
        "tags": list(shown.tags),
        "variant": shown.variant,
        "pair": shown.pair,
        "outcome": r.outcome,
        "end": round(r.end, 2),
        "contact": contact,
        "deadline": deadline,
        "duration": round(r.ticks * dt, 3),
        "sample": SAMPLE,
    }

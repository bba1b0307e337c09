"""Playing a few worlds tick by tick and keeping what a page shows of them: where everybody was, and who knew what.

Frame t shows the state before the actions of tick t. What changes seldom is kept as changes, what changes slowly every
half second; knowledge is kept per person: what is in sight as intervals, anything else known as it is learned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from rearguard.engine import Program, Variant

SAMPLE = 0.5
"""Time between two samples of what changes slowly [s]."""
ROOM = 1 << 15
"""Events that a recorded world can keep."""

Array = npt.NDArray[Any]
Rows = list[tuple[Any, ...]]


@dataclass
class Recording:
    """One world. Frames are ticks from 0 to the end; samples are every ``every`` ticks.

    position: [frames, bodies, 3] x, y and height [m], people and then payloads. states: name → [frames, people or
    payloads], whole numbers. levels: name → [samples, people], shares. sees: [frames, people], a bit per entity.
    beliefs: rows sample, person, entity, x, y [m], time [s], ``Source``. stages: rows sample, person, payload, stage.
    sign: rows sample, person, owner of the trail, x, y [m], when laid [s]. wards: rows tick, x, y, x, y [m], until [s],
    owner; marks: rows tick, x, y, until [s], reach [m], owner; marks_read: rows tick, person, index of the mark.
    crowd: [samples, pedestrians, 2] [m], gait: [samples, pedestrians].
    """

    world: int
    variant: int
    ticks: int
    every: int
    outcome: int
    end: float
    contact: float
    deadline: float
    position: Array
    states: dict[str, Array]
    levels: dict[str, Array]
    sees: Array
    beliefs: Array
    stages: Array
    sign: Array
    wards: Array
    marks: Array
    marks_read: Array
    crowd: Array
    gait: Array
    events: Array
    body: Array
    phases: Array


@dataclass
class _Open:
    """A world that is being recorded."""

    position: list[Array] = field(default_factory=list)
    states: dict[str, list[Array]] = field(default_factory=dict)
    sees: list[Array] = field(default_factory=list)
    levels: dict[str, list[Array]] = field(default_factory=dict)
    crowd: list[Array] = field(default_factory=list)
    gait: list[Array] = field(default_factory=list)
    beliefs: Rows = field(default_factory=list)
    stages: Rows = field(default_factory=list)
    sign: Rows = field(default_factory=list)
    wards: Rows = field(default_factory=list)
    marks: Rows = field(default_factory=list)
    marks_read: Rows = field(default_factory=list)


class _Recorder:
    """Looks at a batch of worlds before every tick. On the CPU the arrays are views that change as the worlds go on."""

    def __init__(self, program: Program, world: Any) -> None:
        from rearguard.engine.columns import Body

        self.compiled = program.compiled
        self.dt = float(self.compiled.arrays["dt"])
        self.every = max(1, round(SAMPLE / self.dt))
        names = self.compiled.names
        self.people, self.payloads = len(names.people), len(names.payloads)
        self.has_crowd = bool(names.crowds)
        doctrine = self.compiled.arrays["doctrine"]
        self.order_of = np.append(doctrine["order"], -1)
        self.technique_of = np.vstack([self.compiled.arrays["craft"].T, np.full((1, self.people), -1)]).T
        extent = self.compiled.map.width, self.compiled.map.height
        self.extent = np.array(extent)
        self.owner = np.asarray(self.compiled.arrays["trail_owner"])

        def view(part: str, name: str) -> Array:
            values: Array = getattr(getattr(world, part), name).numpy()
            return values

        self.at = {name: view("motion", name) for name in ("position", "height", "mode", "velocity", "heading")}
        self.cargo = {name: view("cargo", name) for name in ("position", "stage", "carried")}
        self.mind = {
            name: view("mind", name)
            for name in ("option", "target", "sees", "belief", "how", "stage", "trail", "crumb")
        }
        self.act = {name: view("act", name) for name in ("phase", "slot", "target", "held_by")}
        self.strength = {name: view("strength", name) for name in ("reserve", "power", "wound")}
        self.felt = view("nerve", "felt")
        self.place, self.print, self.head = (view("trail", name) for name in ("place", "print", "head"))
        self.things = {
            name: view("things", name)
            for name in ("ward_ends", "ward_until", "ward_left", "ward_owner", "wards")
            + ("mark_at", "mark_until", "mark_reach", "mark_owner", "marks", "mark_read")
        }
        self.crowd, self.gait = view("crowd", "position"), view("crowd", "gait")
        body = world.body.numpy()
        self.full_reserve = np.maximum(body[:, :, Body.reserve], 1.0e-6)
        self.full_power = np.maximum(body[:, :, Body.power], 1.0e-6)
        count = len(body)
        entities = self.people + self.payloads
        self.told = np.full((count, self.people, entities, 4), np.nan, np.float32)
        self.known_stage = np.full((count, self.people, max(self.payloads, 1)), -1)
        self.last_crumb = np.full((count, self.people, 2), -1)
        self.set_wards, self.set_marks = np.zeros(count, int), np.zeros(count, int)
        self.last_until = np.zeros_like(self.things["ward_until"])
        self.last_mark_until = np.zeros_like(self.things["mark_until"])
        self.last_read = np.full((count, self.people), -1)
        self.bits = np.arange(entities, dtype=np.uint64)

    def frame(self, w: int, tick: int, out: _Open) -> None:
        """What is kept of every tick."""
        position = np.empty((self.people + self.payloads, 3), np.float32)
        position[: self.people, :2] = self.at["position"][w]
        position[: self.people, 2] = self.at["height"][w]
        position[self.people :, :2] = self.cargo["position"][w, : self.payloads]
        position[self.people :, 2] = 0.0
        out.position.append(position)
        phase = self.act["phase"][w]
        busy = phase > 0
        people = np.arange(self.people)
        states = {
            "mode": self.at["mode"][w],
            "order": self.order_of[self.mind["option"][w]],
            "target": self.mind["target"][w],
            "held_by": self.act["held_by"][w],
            "carries": self.cargo["carried"][w],
            "phase": phase,
            "technique": np.where(busy, self.technique_of[people, np.where(busy, self.act["slot"][w], 0)], -1),
            "against": np.where(busy, self.act["target"][w], -1),
            "stage": self.cargo["stage"][w, : self.payloads],
        }
        for name, values in states.items():
            out.states.setdefault(name, []).append(np.array(values, np.int16))
        out.sees.append(self.mind["sees"][w].copy())
        self._things(w, tick, out)
        if tick % self.every == 0:
            self._sample(w, tick // self.every, out)

    def _sample(self, w: int, k: int, out: _Open) -> None:
        """What is kept of every half second."""
        shares = {
            "reserve": self.strength["reserve"][w] / self.full_reserve[w],
            "power": self.strength["power"][w] / self.full_power[w],
            "wound": self.strength["wound"][w],
            "felt": self.felt[w],
        }
        for name, values in shares.items():
            out.levels.setdefault(name, []).append(np.array(values, np.float32))
        if self.has_crowd:
            out.crowd.append(self.crowd[w].copy())
            out.gait.append(self.gait[w].copy())
        belief = np.concatenate([self.mind["belief"][w], self.mind["how"][w][..., None]], axis=2).astype(np.float32)
        seen = (self.mind["sees"][w][:, None] >> self.bits) & np.uint64(1)
        fresh = (seen == 0) & (belief[..., 2] >= 0.0) & (belief[..., 3] > 0) & (belief != self.told[w]).any(axis=2)
        for i, e in np.argwhere(fresh):
            if i != e:
                out.beliefs.append((k, i, e, *belief[i, e]))
        self.told[w][fresh] = belief[fresh]
        if self.payloads:
            stage = self.mind["stage"][w]
            for i, p in np.argwhere(stage[:, : self.payloads] != self.known_stage[w]):
                out.stages.append((k, i, p, stage[i, p]))
            self.known_stage[w] = stage[:, : self.payloads]
        self._sign(w, k, out)

    def _sign(self, w: int, k: int, out: _Open) -> None:
        """Crumbs of the trails that are being followed."""
        for i in np.flatnonzero((self.mind["trail"][w] >= 0) & (self.mind["crumb"][w] >= 0)):
            trail, crumb = int(self.mind["trail"][w, i]), int(self.mind["crumb"][w, i])
            if (trail, crumb) == tuple(self.last_crumb[w, i]):
                continue
            self.last_crumb[w, i] = trail, crumb
            if crumb >= self.head[w, trail]:
                continue
            slot = crumb % self.place.shape[2]
            word = int(self.place[w, trail, slot])
            x, y = np.array([word >> 16, word & 0xFFFF]) / 65535.0 * self.extent
            out.sign.append((k, i, self.owner[trail], x, y, (int(self.print[w, trail, slot]) >> 16) * 0.1))

    def _things(self, w: int, tick: int, out: _Open) -> None:
        """What has been placed since the tick before."""
        t = self.things
        if t["wards"][w] > self.set_wards[w]:
            for k in np.flatnonzero(t["ward_until"][w] != self.last_until[w]):
                out.wards.append((tick, *t["ward_ends"][w, k], t["ward_until"][w, k], t["ward_owner"][w, k]))
            self.set_wards[w] = t["wards"][w]
            self.last_until[w] = t["ward_until"][w]
        if t["marks"][w] > self.set_marks[w]:
            for k in np.flatnonzero(t["mark_until"][w] != self.last_mark_until[w]):
                place = t["mark_at"][w, k]
                out.marks.append((tick, *place, t["mark_until"][w, k], t["mark_reach"][w, k], t["mark_owner"][w, k]))
            self.set_marks[w] = t["marks"][w]
            self.last_mark_until[w] = t["mark_until"][w]
        if t["marks"][w] > 0:
            for i in np.flatnonzero(t["mark_read"][w] != self.last_read[w]):
                out.marks_read.append((tick, i, t["mark_read"][w, i]))
            self.last_read[w] = t["mark_read"][w]


def record(
    program: Program, seed: int, worlds: Sequence[int], variants: Sequence[Variant], which: Sequence[int]
) -> list[Recording]:
    """Play ``worlds`` (ids), each of the variant that ``which`` says, and keep what a page shows of them."""
    from rearguard.engine.begin import begin

    roomy = replace(program.compiled, sizes={**program.compiled.sizes, "events": ROOM})
    ids = np.asarray(worlds, np.int64)
    world = begin(roomy, seed, ids, program.device, log=True, variants=variants, which=np.asarray(which, np.int64))
    recorder = _Recorder(program, world)
    outcome, tick = world.account.outcome.numpy(), world.account.tick.numpy()
    limit = int(program.compiled.arrays["limit_ticks"])
    open_worlds = [_Open() for _ in ids]
    going = list(range(len(ids)))
    now = 0
    while going:
        for w in going:
            recorder.frame(w, now, open_worlds[w])
        going = [w for w in going if outcome[w] < 0 and now < limit]
        if going:
            program.advance(world, 1)
            now += 1
    return [
        _close(program, world, w, int(tick[w]), int(which[w]), recorder.every, open_worlds[w]) for w in range(len(ids))
    ]


def _table(rows: Rows, columns: int) -> Array:
    return np.array(rows, np.float64).reshape(-1, columns)


def _close(program: Program, world: Any, w: int, ticks: int, variant: int, every: int, out: _Open) -> Recording:
    """A finished recording."""
    account = {
        name: getattr(world.account, name).numpy()[w] for name in ("outcome", "end_time", "contact_time", "deadline")
    }
    dt = float(program.compiled.arrays["dt"])
    kept = min(int(world.log.count.numpy()[w]), ROOM)
    nobody = np.zeros((len(next(iter(out.levels.values()))), 0))
    return Recording(
        world=int(world.key.numpy()[w]["world"]),
        variant=variant,
        ticks=len(out.position) - 1,
        every=every,
        outcome=int(account["outcome"]),
        end=float(account["end_time"]) if account["outcome"] >= 0 else ticks * dt,
        contact=float(account["contact_time"]),
        deadline=float(account["deadline"]),
        position=np.stack(out.position),
        states={name: np.stack(values) for name, values in out.states.items()},
        levels={name: np.stack(values) for name, values in out.levels.items()},
        sees=np.stack(out.sees),
        beliefs=_table(out.beliefs, 7),
        stages=_table(out.stages, 4),
        sign=_table(out.sign, 6),
        wards=_table(out.wards, 7),
        marks=_table(out.marks, 6),
        marks_read=_table(out.marks_read, 3),
        crowd=np.stack(out.crowd) if out.crowd else nobody[..., None].repeat(2, axis=2),
        gait=np.stack(out.gait) if out.gait else nobody,
        events=world.log.rows.numpy()[w][:kept].copy(),
        body=world.body.numpy()[w].copy(),
        phases=world.phase.numpy()[w].copy(),
    )

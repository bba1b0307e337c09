"""Playing worlds: a compiled scenario with its kernel on a device.

On the CPU a launch runs on one core and releases the interpreter lock, so a thread per core over slices of worlds uses
them all; worlds of a slice are split into blocks small enough to stay in cache.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import warp as wp

from rearguard.engine.arrays import RowCopier, array_fields, gather, rows_of, world_arrays
from rearguard.engine.begin import begin, make_model, world_bytes
from rearguard.engine.columns import Body
from rearguard.engine.events import EVENT_KINDS, EVENT_NUMBERS
from rearguard.engine.model import Order
from rearguard.engine.rng import Key
from rearguard.engine.tick import build
from rearguard.engine.variant import AS_WRITTEN, Variant, vary
from rearguard.engine.world import PARTS, EventRow, Gait, Mode, Overflow, World

EVENT_DTYPE = np.dtype(
    [
        ("world", np.int64),
        ("tick", np.int32),
        ("time", np.float32),
        ("kind", np.int16),
        ("actor", np.int16),
        ("target", np.int16),
        ("item", np.int16),
        ("value", np.float32),
        ("x", np.float32),
        ("y", np.float32),
    ]
)
"""One event; ``kind`` is a number of ``EVENT_NUMBERS``, ``actor`` and ``target`` entities (-1: none)."""


BLOCK = 64
"""Threads per block on a GPU: a world is a thread and keeps many registers."""


@dataclass(frozen=True)
class SliceResult:
    """What a slice of finished worlds came to.

    outcomes: column → [worlds]; people: column → [worlds, people]; events: rows of ``EVENT_DTYPE`` in world order.
    """

    outcomes: dict[str, np.ndarray]
    people: dict[str, np.ndarray]
    events: np.ndarray


@dataclass(frozen=True)
class TrackResult:
    """The full track of one world: column → [ticks x people] rows, and its events.

    crowd: column → a row per tick and pedestrian who is there; ``pedestrian`` numbers them crowd by crowd.
    """

    columns: dict[str, np.ndarray]
    events: np.ndarray
    crowd: dict[str, np.ndarray]


class Program:
    """A scenario that can be played. Thread-safe: every call works on worlds of its own."""

    def __init__(self, compiled: Any, device: str = "cpu") -> None:
        self.compiled = compiled
        self.device = device
        self.model = make_model(compiled.arrays, device)
        self.kernel = build(compiled.uses)
        started = time.perf_counter()
        self.was_cached = is_compiled(compiled, device)
        self.kernel.module.load(device, block_dim=_block(device))
        self.compile_seconds = time.perf_counter() - started

    @property
    def state_bytes(self) -> int:
        """State of one world [bytes], trails included, event log apart."""
        return world_bytes(self.compiled)

    def begin(
        self,
        seed: int,
        world_ids: np.ndarray,
        *,
        log: bool = True,
        variants: Sequence[Variant] = (AS_WRITTEN,),
        which: np.ndarray | None = None,
    ) -> Any:
        """Worlds at tick 0; ``which`` [worlds] indexes ``variants``, default: all are of the first."""
        ids = np.asarray(world_ids, np.int64)
        return begin(self.compiled, seed, ids, self.device, log=log, variants=variants, which=which)

    def advance(self, world: Any, ticks: int) -> None:
        """Play ``ticks`` ticks; worlds that have ended stay as they are."""
        count = world.account.tick.shape[0]
        wp.launch(
            self.kernel,
            dim=count,
            inputs=[self.model, world, ticks],
            device=self.device,
            record_tape=False,
            block_dim=_block(self.device),
        )

    def fork(
        self,
        world: Any,
        index: np.ndarray,
        *,
        log: bool = True,
        variants: Sequence[Variant] | None = None,
        which: np.ndarray | None = None,
        keys: np.ndarray | None = None,
    ) -> Any:
        """A copy of the worlds at ``index`` (repeats allowed), which goes on independently.

        log: False leaves the event log behind. variants: what is different from here on, ``which`` [copies] as for
        ``begin``; who is absent stays away only where the fork is from before they came. keys: uint32 [copies, 2], the
        (seed, world) of all draws from here on, in place of the world's own; what it drew at its start stays as it is.
        """
        index = np.asarray(index, np.int64)
        copy = gather(World, world, index, self.device)
        keeps = bool(world.keep_log) and log
        copy.keep_log = int(keeps)
        copy.crowds_wait = int(not keeps)
        for name, struct in PARTS.items():
            part = getattr(world, name)
            fresh = struct()
            for field, annotation in array_fields(struct):
                host = getattr(part, field).numpy()
                if annotation.dims[0] == "worlds" or keeps:
                    host = host[index]
                elif not log:
                    host = host[:1, :1]
                setattr(fresh, field, wp.array(np.ascontiguousarray(host), dtype=annotation.dtype, device=self.device))
            setattr(copy, name, fresh)
        if variants is not None:
            vary(self.compiled, copy, variants, np.zeros(len(index), np.int64) if which is None else which)
        if keys is not None:
            rows = np.ascontiguousarray(keys, np.uint32).view([("seed", "u4"), ("world", "u4")])[:, 0]
            copy.key = wp.array(rows, dtype=Key, device=self.device)
        return copy

    def view(self, world: Any, start: int, stop: int) -> Any:
        """The worlds from ``start`` to ``stop``, sharing their memory: for a thread per slice. Without their log."""
        part = rows_of(World, world, start, stop)
        part.keep_log = 0
        for name, struct in PARTS.items():
            setattr(part, name, rows_of(struct, getattr(world, name), start, stop))
        return part

    def copier(self, world: Any, source: Any) -> RowCopier:
        """What puts worlds of ``source`` in the place of worlds of ``world``, in the memory of these; logs are not kept."""
        old, new = world_arrays(World, world), world_arrays(World, source)
        for name, struct in PARTS.items():
            old += world_arrays(struct, getattr(world, name))
            new += world_arrays(struct, getattr(source, name))
        return RowCopier(zip(old, new, strict=True), self.device)

    def play(
        self,
        seed: int,
        world_ids: np.ndarray,
        *,
        log: bool = True,
        variants: Sequence[Variant] = (AS_WRITTEN,),
        which: np.ndarray | None = None,
    ) -> SliceResult:
        """Play worlds to their end; ``variants`` and ``which`` as for ``begin``."""
        ids = np.asarray(world_ids, np.int64)
        world = self.begin(seed, ids, log=log, variants=variants, which=which)
        self.advance(world, int(self.model.limit_ticks))
        return self.result(world, ids)

    def result(self, world: Any, ids: np.ndarray) -> SliceResult:
        """What worlds have come to so far."""
        account = world.account
        host = {name: getattr(account, name).numpy() for name, _ in array_fields(PARTS["account"])}
        # a world that keeps none may not have come to all of its events (``crowd.walk_on``)
        counted = world.log.count.numpy() if world.keep_log else np.zeros(len(ids), np.int32)
        dt = np.float32(self.model.dt)
        unresolved = host["outcome"] < 0
        end = np.where(unresolved, host["tick"] * dt, host["end_time"]).astype(np.float32)
        contact = np.where(host["contact_time"] < 0, np.nan, host["contact_time"]).astype(np.float32)
        deadline = np.where(host["deadline"] < 0, np.nan, host["deadline"]).astype(np.float32)
        outcomes = {
            "world": ids,
            "outcome": host["outcome"].astype(np.int16),
            "end_time": end,
            "contact_time": contact,
            "deadline_time": deadline,
            "ticks": host["tick"],
            "agent_steps": host["live"],
            "overflow": self._overflow(host["overflow"], counted),
            "events": counted,
        }
        people = {
            "distance": host["distance"],
            "reserve_spent": host["reserve_spent"],
            "power_spent": host["power_spent"],
            "wound": world.strength.wound.numpy(),
            "blood_lost": world.strength.blood.numpy(),
            "held_time": host["held_time"],
            "down_time": host["down_time"],
            "out": world.motion.mode.numpy() == int(Mode.out),
        }
        return SliceResult(outcomes, people, self._events(world, ids, counted))

    def _overflow(self, flags: np.ndarray, counted: np.ndarray) -> np.ndarray:
        """Overflow bits; the log's follows from the count."""
        room = self.compiled.sizes["events"]
        return (flags & ~int(Overflow.events)) | np.where(counted > room, int(Overflow.events), 0).astype(np.int32)

    def _events(self, world: Any, ids: np.ndarray, counted: np.ndarray) -> np.ndarray:
        if not world.keep_log:
            return np.zeros(0, EVENT_DTYPE)
        rows = world.log.rows.numpy()
        kept = np.minimum(counted, rows.shape[1])
        chosen = np.arange(rows.shape[1])[None, :] < kept[:, None]
        flat = rows[chosen]
        out = np.zeros(len(flat), EVENT_DTYPE)
        out["world"] = np.repeat(ids, kept)
        for name in ("tick", "kind", "actor", "target", "item", "value", "x", "y"):
            out[name] = flat[name]
        out["time"] = flat["tick"] * np.float32(self.model.dt)
        return out

    def track(self, seed: int, world_id: int) -> TrackResult:
        """Play one world tick by tick and keep where everybody was."""
        ids = np.array([world_id], np.int64)
        world = self.begin(seed, ids)
        names = self.compiled.names
        n = len(names.people)
        orders = np.append(self.compiled.arrays["doctrine"]["order"], -1)
        full = world.body.numpy()[0, :, Body.reserve]
        frames: dict[str, list[np.ndarray]] = {}
        crowd: dict[str, list[np.ndarray]] = {}
        tick, going = 0, True
        while going:
            for key, value in self._pedestrians(world, tick).items():
                crowd.setdefault(key, []).append(value)
            position = world.motion.position.numpy()[0]
            frame = {
                "tick": np.full(n, tick, np.int32),
                "agent": np.arange(n, dtype=np.int16),
                "x": position[:, 0],
                "y": position[:, 1],
                "z": world.motion.height.numpy()[0],
                "speed": np.linalg.norm(world.motion.velocity.numpy()[0], axis=1).astype(np.float32),
                "mode": world.motion.mode.numpy()[0].astype(np.int16),
                "order": orders[world.mind.option.numpy()[0]].astype(np.int16),
                "target": world.mind.target.numpy()[0].astype(np.int16),
                "reserve": (world.strength.reserve.numpy()[0] / np.maximum(full, 1e-6)).astype(np.float32),
                "power": world.strength.power.numpy()[0],
                "wound": world.strength.wound.numpy()[0],
                "held_by": world.act.held_by.numpy()[0].astype(np.int16),
                "carries": world.cargo.carried.numpy()[0].astype(np.int16),
            }
            for k, name in enumerate(names.payloads):
                at = world.cargo.position.numpy()[0, k]
                frame[f"{name}_x"] = np.full(n, at[0], np.float32)
                frame[f"{name}_y"] = np.full(n, at[1], np.float32)
                frame[f"{name}_stage"] = np.full(n, world.cargo.stage.numpy()[0, k], np.int16)
            for key, value in frame.items():
                frames.setdefault(key, []).append(value.copy())
            going = world.account.outcome.numpy()[0] < 0 and tick < int(self.model.limit_ticks)
            if going:
                self.advance(world, 1)
                tick = int(world.account.tick.numpy()[0])
        columns = {key: np.concatenate(values) for key, values in frames.items()}
        pedestrians = {key: np.concatenate(values) for key, values in crowd.items()}
        for table in (columns, pedestrians):
            table["time"] = table["tick"] * np.float32(self.model.dt)
        return TrackResult(columns, self.result(world, ids).events, pedestrians)

    def _pedestrians(self, world: Any, tick: int) -> dict[str, np.ndarray]:
        """Where those of the crowds are who are there, in the first world."""
        gait = world.crowd.gait.numpy()[0]
        there = np.flatnonzero((gait != int(Gait.away)) & (gait != int(Gait.left)))
        position = world.crowd.position.numpy()[0, there]
        return {
            "tick": np.full(len(there), tick, np.int32),
            "pedestrian": there.astype(np.int16),
            "crowd": self.compiled.arrays["throng"]["crowd_of"][there].astype(np.int16),
            "x": position[:, 0].copy(),
            "y": position[:, 1].copy(),
            "gait": gait[there].astype(np.int16),
        }


_PREPARING = threading.Lock()


def _block(device: str) -> int:
    """Threads per block on a device."""
    return 1 if device == "cpu" else BLOCK


def is_cached(kernel: Any, device: str) -> bool:
    """True when a kernel's binary lies in Warp's cache, so that loading it will not compile."""
    name = str(kernel.module.get_module_identifier(_block(device)))
    return wp.config.kernel_cache_dir is not None and (Path(wp.config.kernel_cache_dir) / name).is_dir()


def is_compiled(compiled: Any, device: str = "cpu") -> bool:
    """True when ``prepare`` will not compile."""
    return is_cached(build(compiled.uses), device)


def prepare(compiled: Any, device: str = "cpu") -> Program:
    """Load a compiled scenario onto a device, compiling its kernel the first time; says so in ``compile_seconds``."""
    with _PREPARING:
        return Program(compiled, device)


MODES = [m.name for m in Mode]
ORDERS = [o.name for o in Order]
GAITS = [g.name for g in Gait]
__all__ = [
    "AS_WRITTEN",
    "EVENT_DTYPE",
    "EVENT_KINDS",
    "EVENT_NUMBERS",
    "GAITS",
    "MODES",
    "ORDERS",
    "EventRow",
    "Program",
    "SliceResult",
    "TrackResult",
    "Variant",
    "is_compiled",
    "prepare",
]

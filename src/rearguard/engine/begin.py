"""Worlds before their first tick: arrays allocated, noise drawn, everybody in place.

Noise is drawn on the host from the same Philox function as in the kernels, keyed by (seed, world) and counted by the
CRC-32 of the quantity's path: adding a noisy quantity to a scenario leaves the draws of all others as they were.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import warp as wp

from rearguard.engine.arrays import allocate, array_fields, byte_count
from rearguard.engine.columns import Body, Phase
from rearguard.engine.control import BY_POLICY
from rearguard.engine.model import Doctrine, Ends, Ground, Hazards, Model, Paths, Policies, Throng
from rearguard.engine.rng import Key, Purpose, uniform_numpy
from rearguard.engine.variant import AS_WRITTEN, NEVER, Variant, bars_of, choices_of, vary_tables
from rearguard.engine.world import PARTS, World


def _struct(struct: Any, values: dict[str, Any], device: str) -> Any:
    """A Warp struct filled from NumPy arrays and numbers by name."""
    instance = struct()
    arrays = dict(array_fields(struct))
    for name in struct.cls.__annotations__:
        value = values[name]
        if name in arrays:
            value = wp.array(np.ascontiguousarray(value), dtype=arrays[name].dtype, device=device)
        setattr(instance, name, value)
    return instance


def make_model(arrays: dict[str, Any], device: str) -> Any:
    """The constant arrays on a device."""
    values = dict(arrays)
    parts = {
        "ground": Ground,
        "paths": Paths,
        "doctrine": Doctrine,
        "ends": Ends,
        "hazards": Hazards,
        "throng": Throng,
        "policies": Policies,
    }
    for name, struct in parts.items():
        values[name] = _struct(struct, arrays[name], device)
    return _struct(Model, values, device)


def draw_noise(compiled: Any, seed: int, worlds: np.ndarray) -> dict[str, np.ndarray]:
    """Parameter tables with every world's own draws: table name → float32 [worlds, ...]."""
    tables = {
        name: np.repeat(table[None], len(worlds), axis=0).astype(np.float32) for name, table in compiled.tables.items()
    }
    for item in compiled.noise:
        u = uniform_numpy(seed, worlds, 0, zlib.crc32(item.path.encode()), int(Purpose.PARAMETER), 0)
        kind, values = item.draw.kind, item.draw.values
        if kind == "normal":
            mean, sd = values
            z = np.sqrt(-2.0 * np.log(u[:, 0])) * np.cos(2.0 * np.pi * u[:, 1])
            drawn = mean + sd * np.clip(z, -4.0, 4.0)
        elif kind == "uniform":
            low, high = values
            drawn = low + (high - low) * u[:, 0]
        elif kind == "triangular":
            low, mode, high = values
            span = max(high - low, 1e-12)
            cut = (mode - low) / span
            left = low + np.sqrt(u[:, 0] * span * (mode - low))
            right = high - np.sqrt((1.0 - u[:, 0]) * span * (high - mode))
            drawn = np.where(u[:, 0] < cut, left, right)
        else:
            drawn = np.asarray(values)[np.minimum((u[:, 0] * len(values)).astype(int), len(values) - 1)]
        tables[item.table][(slice(None), *item.cell)] = np.clip(drawn, item.low, item.high)
    return tables


def world_bytes(compiled: Any, *, log: bool = False) -> int:
    """State of one world [bytes]; with its event log when ``log``."""
    sizes = {**compiled.sizes, "worlds": 1, "logs": 1 if log else 0}
    return byte_count(World, sizes) + sum(byte_count(struct, sizes) for struct in PARTS.values())


def _fill(instance: Any, struct: Any, name: str, value: np.ndarray, device: str) -> None:
    dtype = dict(array_fields(struct))[name].dtype
    setattr(instance, name, wp.array(np.ascontiguousarray(value), dtype=dtype, device=device))


def begin(
    compiled: Any,
    seed: int,
    worlds: np.ndarray,
    device: str,
    *,
    log: bool = True,
    variants: Sequence[Variant] = (AS_WRITTEN,),
    which: np.ndarray | None = None,
) -> Any:
    """Worlds ``worlds`` (ids, int64) of a run at tick 0; ``which`` [worlds] says of what variant each is, default the first."""
    n = len(worlds)
    which = np.zeros(n, np.int64) if which is None else np.asarray(which, np.int64)
    sizes = {**compiled.sizes, "worlds": n, "logs": n if log else 1}
    if not log:
        sizes["events"] = 1
    a = compiled.arrays
    tables = draw_noise(compiled, seed, worlds)
    vary_tables(compiled, tables, variants, which)
    s = allocate(World, sizes, device)
    seeds = np.full(n, seed & 0xFFFFFFFF, np.uint32)
    keys = np.stack([seeds, np.asarray(worlds).astype(np.uint32)], axis=1).view([("seed", "u4"), ("world", "u4")])[:, 0]
    s.key = wp.array(keys, dtype=Key, device=device)
    for name in ("body", "craft", "phase", "walk"):
        _fill(s, World, name, tables[name], device)
    _fill(s, World, "choice", choices_of(compiled, variants, which), device)
    for name, bars in bars_of(compiled, variants, which).items():
        _fill(s, World, name, bars, device)
    s.keep_log = int(log)
    s.crowds_wait = int(not log)
    parts = {name: allocate(struct, sizes, device) for name, struct in PARTS.items()}

    def put(part: str, name: str, value: Any) -> None:
        target = getattr(parts[part], name)
        _fill(parts[part], PARTS[part], name, np.broadcast_to(value, target.numpy().shape), device)

    body = tables["body"]
    home = np.repeat(a["home"][None], n, axis=0).astype(np.float32)
    put("motion", "position", home)
    put("motion", "mark", home)
    put("motion", "heading", np.array([1.0, 0.0], np.float32))
    put("motion", "link", np.int32(-1))
    put("strength", "reserve", body[:, :, Body.reserve])
    put("strength", "power", body[:, :, Body.power])
    for name in ("target", "threat", "held_by"):
        put("act", name, np.int32(-1))
    for name in ("option", "target", "decided", "crumb", "trail"):
        put("mind", name, np.int32(-1))
    put("nerve", "bidden", np.int32(-1))
    put("nerve", "felt_stage", np.int8(-1))
    put("trail", "patch", np.int32(-1))
    put("things", "mark_read", np.int32(-1))
    put("things", "missile", np.array([-1, -1, -1, 0], np.int32))
    put("mind", "belief", np.array([0.0, 0.0, -1.0e6], np.float32))
    carries = np.repeat(a["carries"][None], n, axis=0)
    put("cargo", "carried", carries)
    if sizes["commanded"]:
        put("control", "commanded", np.where(a["policies"]["of"] >= 0, int(BY_POLICY), 0).astype(np.int32))
    cargo = np.zeros((n, sizes["payloads"], 2), np.float32)
    carriers = np.zeros((n, sizes["payloads"]), np.int32)
    for p in range(a["payloads"]):
        hands = a["carries"] == p
        cargo[:, p] = a["home"][hands].mean(axis=0)
        carriers[:, p] = hands.sum()
    put("cargo", "position", cargo)
    put("cargo", "carriers", carriers)
    lasts = tables["phase"][:, :, :, Phase.lasts]
    first_ends = np.where(a["stage_count"][None] > 1, lasts[:, :, 0], NEVER)
    put("cargo", "stage_ends", first_ends.astype(np.float32))
    put("crowd", "hindrance", np.float32(1.0))
    put("crowd", "flow", np.float32(1.0))
    put("crowd", "jammed_since", np.float32(-1.0))
    put("crowd", "low", np.asarray(a["throng"]["low"], np.float32))
    put("crowd", "high", np.asarray(a["throng"]["high"], np.float32))
    deadline = np.full(n, -1.0, np.float32)
    if a["deadline_payload"] >= 0 and a["deadline_stage"] > 0:
        deadline = lasts[:, a["deadline_payload"], : a["deadline_stage"]].sum(axis=1)
    put("account", "deadline", deadline)
    put("account", "outcome", np.int32(-1))
    put("account", "end_time", np.float32(-1.0))
    put("account", "contact_time", np.float32(-1.0))
    put("account", "rule_since", np.float32(-1.0))
    for name, part in parts.items():
        setattr(s, name, part)
    return s

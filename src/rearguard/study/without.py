"""The same worlds without an act, played from the moment before it first occurs.

A world in which an act never occurs is the same without it, and one in which it does is the same up to there: both share
every draw. So a world is watched in short stretches; where an act occurs for the first time in a stretch, the world as
it was before the stretch is forked, the act is barred in the fork, and the fork is played to its end. What this finds is
exactly what playing every variant from the start would.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from rearguard.engine.begin import begin
from rearguard.engine.columns import Craft, Effect
from rearguard.study.executor import Stopped, told_to_stop
from rearguard.study.parcel import Parcel, program_of

if TYPE_CHECKING:
    from rearguard.engine import Program
    from rearguard.study.acts import Act

STRETCH = 128
"""Ticks between two snapshots of a world."""
ROOM = 4096
"""Events that a watched world can keep at least."""

Outcomes = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class Watched:
    """A batch of worlds, and the same worlds without each of some acts.

    base: outcomes of the worlds. uses [acts, worlds]: how often an act occurred. spent [acts, worlds]: second reserve
    spent on it. rows: per act the worlds (places in the batch) in which it occurred; without: their outcomes without it.
    occurrences: per act its rows of the log, ``world`` being the place in the batch. ticks: played, of worlds and forks.
    overflow: worlds whose log was too small.
    """

    base: Outcomes
    uses: npt.NDArray[np.int64]
    spent: npt.NDArray[np.float64]
    rows: list[npt.NDArray[np.int64]]
    without: list[Outcomes]
    occurrences: list[npt.NDArray[np.void]]
    ticks: int
    overflow: int


@dataclass(frozen=True)
class _Fork:
    """Worlds forked at one moment: row k is world ``rows[k]`` of the batch without act ``which[k]``."""

    world: Any
    which: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]
    tick: int


def watch(place: Program | Parcel, acts: Sequence[Act], seed: int, ids: npt.NDArray[np.int64]) -> Watched:
    """A task: play worlds ``ids``, and play them again without each act that occurs. Raises Stopped when told to stop."""
    program = program_of(place)
    compiled, n = program.compiled, len(ids)
    room = max(ROOM, compiled.sizes["events"])
    world = begin(replace(compiled, sizes={**compiled.sizes, "events": room}), seed, ids, program.device)
    world.crowds_wait = 1  # no act is a crowd's, so that it matters to nobody that its events come late
    before = program.fork(world, np.arange(n), log=False)
    keep = program.copier(before, world)
    variants = [act.variant for act in acts]
    pending = np.ones((len(acts), n), bool)
    seen = np.zeros(n, np.int64)
    forks: list[_Fork] = []
    limit, tick = int(program.model.limit_ticks), 0
    while tick < limit and (world.account.outcome.numpy() < 0).any():
        if told_to_stop():
            raise Stopped
        if pending.any():
            keep.copy(np.arange(n), np.arange(n))
        program.advance(world, min(STRETCH, limit - tick))
        begun = _begun(acts, world, seen, tick == 0) & pending
        which, rows = np.nonzero(begun)
        if len(rows):
            forks.append(_Fork(program.fork(before, rows, variants=variants, which=which), which, rows, tick))
        pending &= ~begun
        seen = np.minimum(world.log.count.numpy(), room).astype(np.int64)
        tick += STRETCH
    result = program.result(world, np.arange(n))
    occurrences = [result.events[act.rows(result.events)] for act in acts]
    rows_of, without, ticks = _play_on(program, forks, len(acts))
    return Watched(
        base=result.outcomes,
        uses=np.array([np.bincount(found["world"], minlength=n) for found in occurrences]).reshape(len(acts), n),
        spent=_spent(program, world, result.people["power_spent"], acts),
        rows=rows_of,
        without=without,
        occurrences=occurrences,
        ticks=int(result.outcomes["ticks"].sum()) + ticks,
        overflow=int((result.outcomes["events"] > room).sum()),
    )


def _begun(acts: Sequence[Act], world: Any, seen: npt.NDArray[np.int64], at_start: bool) -> npt.NDArray[np.bool_]:
    """Which acts have occurred since ``seen`` [worlds] events were logged: [acts, worlds]."""
    log, counted = world.log.rows.numpy(), world.log.count.numpy()
    place = np.arange(log.shape[1])[None, :]
    w, k = np.nonzero((place >= seen[:, None]) & (place < counted[:, None]))
    fresh = log[w, k]
    begun = np.zeros((len(acts), len(seen)), bool)
    for a, act in enumerate(acts):
        begun[a] = at_start and act.event is None
        begun[a, w[act.rows(fresh)]] = True
    # what a full log does not show may have occurred: the fork will tell
    begun[:, counted > log.shape[1]] = True
    return begun


def _play_on(
    program: Program, forks: Sequence[_Fork], acts: int
) -> tuple[list[npt.NDArray[np.int64]], list[Outcomes], int]:
    """Play forks to their end: rows and outcomes per act, and how many ticks that took."""
    limit = int(program.model.limit_ticks)
    parts, ticks = [], 0
    for fork in forks:
        if told_to_stop():
            raise Stopped
        program.advance(fork.world, limit - fork.tick)
        parts.append(program.result(fork.world, fork.rows).outcomes)
        ticks += int((parts[-1]["ticks"] - fork.tick).sum())
    if not parts:
        return [np.zeros(0, np.int64)] * acts, [{} for _ in range(acts)], 0
    which = np.concatenate([fork.which for fork in forks])
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    chosen = [np.flatnonzero(which == a) for a in range(acts)]
    return [joined["world"][c] for c in chosen], [{k: v[c] for k, v in joined.items()} for c in chosen], ticks


def _spent(program: Program, world: Any, total: npt.NDArray[Any], acts: Sequence[Act]) -> npt.NDArray[np.float64]:
    """Second reserve spent on the techniques that each act bars [acts, worlds].

    Uses cost what their technique says; whatever else a person spent went into holding others.
    """
    craft = program.compiled.arrays["craft"]
    uses = world.act.uses.numpy().astype(float)
    table = world.craft.numpy()[:, np.maximum(craft, 0), :]
    growth = 0.5 * table[..., int(Craft.cost_growth)] * np.maximum(uses - 1.0, 0.0)
    paid = np.where(craft >= 0, table[..., int(Craft.cost)] * uses * (1.0 + growth), 0.0)
    holds = (craft >= 0) & (program.compiled.arrays["effect"][np.maximum(craft, 0)] == int(Effect.pin))
    rest = np.maximum(total.astype(float) - paid.sum(axis=2), 0.0) / np.maximum(holds.sum(axis=1), 1)
    paid += np.where(holds, rest[..., None], 0.0)
    return np.array([paid[:, act.slots(craft)].sum(axis=1) for act in acts]).reshape(len(acts), len(paid))

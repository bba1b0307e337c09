"""Continuations: a world as it stood at a moment, gone on from there with draws of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from rearguard.engine.rng import philox_numpy

if TYPE_CHECKING:
    from rearguard.engine import Program

FRESH = 0xFFFFFFFF
"""Purpose of the draws from which the keys of continuations are made; no kernel draws for it."""


def fresh_keys(seed: int, world: int, first: int, count: int) -> npt.NDArray[np.uint32]:
    """Keys of continuations ``first`` … ``first + count - 1`` of a world, uint32 [count, 2].

    Continuation j has the same key at whatever moment it begins, so that moments share the draws that follow both.
    """
    counter = np.zeros((count, 4), np.uint32)
    counter[:, 0] = np.arange(first, first + count)
    counter[:, 2] = FRESH
    key = np.tile(np.array([seed & 0xFFFFFFFF, world & 0xFFFFFFFF], np.uint32), (count, 1))
    return philox_numpy(counter, key)[:, :2]


def world_at(program: Program, seed: int, world: int, tick: int) -> Any:
    """One world at the beginning of a tick, without its log."""
    state = program.begin(seed, np.array([world], np.int64), log=False)
    state.crowds_wait = 0  # what has happened stays as it is: none of it is left to fresh draws
    program.advance(state, tick)
    return state


def play_out(program: Program, forks: Any, until: int) -> dict[str, npt.NDArray[Any]]:
    """Outcomes of forks at tick ``until``, or at their end if that comes first."""
    tick = int(forks.account.tick.numpy().min())
    program.advance(forks, max(until - tick, 0))
    outcomes: dict[str, npt.NDArray[Any]] = program.result(forks, np.arange(forks.account.tick.shape[0])).outcomes
    return outcomes

"""Worlds in the order of their numbers, played ahead: what comes out does not depend on who was first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np

from rearguard.engine import AS_WRITTEN
from rearguard.study.executor import Executor, in_order, open_executor
from rearguard.study.parcel import Batch, place_of, play_batch

if TYPE_CHECKING:
    from rearguard.engine import Program, SliceResult
    from rearguard.scenario.load import LoadedScenario

BATCH = 64
"""Worlds of a batch."""


def stream(
    executor: Executor,
    place: Any,
    *,
    seed: int,
    worlds: int,
    stop: threading.Event | None = None,
    log: Callable[[], bool] = lambda: True,
) -> Generator[SliceResult, None, None]:
    """Batches of worlds 0, 1, 2 ... in order, until ``worlds`` are played, ``stop`` is set or nobody asks for more.

    place: as ``parcel.place_of`` returned it. log: asked when a batch is handed out, whether it keeps its events.
    """
    tasks = (
        (place, Batch((AS_WRITTEN,), np.arange(first, min(first + BATCH, worlds)), seed, log()))
        for first in range(0, worlds, BATCH)
    )
    yield from in_order(executor, play_batch, tasks, stop)


def play_worlds(
    loaded: LoadedScenario, program: Program, *, seed: int, worlds: int, threads: int | None, ray: str | None
) -> Generator[SliceResult, None, None]:
    """``stream`` with events, on threads of this process or on the cluster at the address ``ray``."""
    with closing(open_executor(ray, threads)) as executor:
        yield from stream(executor, place_of(executor, loaded, program), seed=seed, worlds=worlds)

"""Worlds in the order of their numbers, played ahead: what comes out does not depend on who was first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

import numpy as np

from rearguard.engine import AS_WRITTEN
from rearguard.study.executor import Executor, in_order
from rearguard.study.parcel import Batch, play_batch

if TYPE_CHECKING:
    from rearguard.engine import SliceResult

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

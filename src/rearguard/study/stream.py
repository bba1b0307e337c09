"""Worlds in the order of their numbers, played ahead on threads: what comes out does not depend on who was first."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from rearguard.engine import Program, SliceResult

BATCH = 64
"""Worlds of a batch."""


def stream(
    program: Program,
    *,
    seed: int,
    worlds: int,
    threads: int,
    stop: threading.Event,
    log: Callable[[], bool] = lambda: True,
) -> Generator[SliceResult, None, None]:
    """Batches of worlds 0, 1, 2 ... in order, until ``worlds`` are played, ``stop`` is set or nobody asks for more.

    log: asked when a batch is begun, whether it keeps its events.
    """
    done = threading.Event()

    def play(first: int, keep: bool) -> SliceResult | None:
        if stop.is_set() or done.is_set():
            return None
        return program.play(seed, np.arange(first, min(first + BATCH, worlds)), log=keep)

    starts = iter(range(0, worlds, BATCH))
    pool = ThreadPoolExecutor(max_workers=threads)
    ahead: deque[Future[SliceResult | None]] = deque()
    try:
        while True:
            while len(ahead) <= threads and not stop.is_set() and (first := next(starts, None)) is not None:
                ahead.append(pool.submit(play, first, log()))
            if not ahead or (result := ahead.popleft().result()) is None:
                return
            yield result
    finally:
        done.set()
        pool.shutdown(wait=True, cancel_futures=True)

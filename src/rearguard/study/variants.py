"""Playing variants of a scenario in the same worlds: common random numbers.

World number k of every variant has the same key, so that variants share every draw which both of them make, and what
differs between them differs because of the variant (Glasserman & Yao 1992, "Some guidelines and guarantees for common
random numbers"). Rows of equal world number are pairs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from rearguard.study.executor import Executor, Stopped, gather
from rearguard.study.measure import join_results
from rearguard.study.parcel import Batch, play_batch

if TYPE_CHECKING:
    from rearguard.engine import SliceResult, Variant

LARGEST_SLICE = 256
"""Worlds of one launch."""


def slice_size(executor: Executor, worlds: int) -> int:
    """Worlds of one launch, so that all hands have some of ``worlds`` to play."""
    return max(1, min(LARGEST_SLICE, -(-worlds // (4 * executor.slots()))))


def play_variants(
    executor: Executor,
    place: Any,
    variants: Sequence[Variant],
    worlds: npt.NDArray[np.int64],
    seed: int,
    *,
    log: bool = False,
    stop: threading.Event | None = None,
    done: Callable[[int], None] | None = None,
) -> list[SliceResult]:
    """Play ``worlds`` (ids) of each variant to their end; one result per variant, with rows in the order of ``worlds``.

    place: as ``parcel.place_of`` returned it. log: keep the events too. done: called from this thread with the number of
    worlds that have been played since the last call. The numbers do not depend on the executor. Raises Stopped when
    ``stop`` is set before all is played.
    """
    ids = np.asarray(worlds, np.int64)
    size = slice_size(executor, len(variants) * len(ids))
    blocks = [ids[first : first + size] for first in range(0, len(ids), size)]
    tasks = [(place, Batch((variant,), block, seed, log)) for variant in variants for block in blocks]

    def count(result: SliceResult) -> None:
        if done is not None:
            done(len(result.outcomes["world"]))

    parts = gather(executor, play_batch, tasks, stop, count)
    if len(parts) < len(tasks):
        raise Stopped
    each = len(blocks)
    return [join_results(parts[first : first + each]) for first in range(0, len(parts), each)]

"""Playing variants of a scenario in the same worlds: common random numbers, a thread per core.

World number k of every variant has the same key, so that variants share every draw which both of them make, and what
differs between them differs because of the variant (Glasserman & Yao 1992, "Some guidelines and guarantees for common
random numbers"). Rows of equal world number are pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from rearguard.study.measure import join_results
from rearguard.study.run import core_count

if TYPE_CHECKING:
    from rearguard.engine import Program, SliceResult, Variant

LARGEST_SLICE = 256
"""Worlds of one launch, of whatever variants."""


def play_variants(
    program: Program,
    variants: Sequence[Variant],
    worlds: npt.NDArray[np.int64],
    seed: int,
    *,
    log: bool = False,
    threads: int | None = None,
    done: Callable[[int], None] | None = None,
) -> list[SliceResult]:
    """Play ``worlds`` (ids) of each variant to their end; one result per variant, with rows in the order of ``worlds``.

    log: keep the events too. threads: default one per core. done: called from this thread with the number of worlds that
    have been played since the last call. The numbers do not depend on ``threads`` or on what else is in the batch.
    """
    count = threads if threads is not None else core_count()
    total = len(variants) * len(worlds)
    size = max(1, min(LARGEST_SLICE, -(-total // (4 * count))))
    which = np.repeat(np.arange(len(variants)), len(worlds))
    ids = np.tile(np.asarray(worlds, np.int64), len(variants))

    def play(rows: slice) -> SliceResult:
        return program.play(seed, ids[rows], log=log, variants=variants, which=which[rows])

    slices = [slice(first, min(first + size, total)) for first in range(0, total, size)]
    with ThreadPoolExecutor(max_workers=count) as pool:
        parts = []
        try:
            for rows, part in zip(slices, pool.map(play, slices), strict=True):
                parts.append(part)
                if done is not None:
                    done(rows.stop - rows.start)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return _split(join_results(parts), len(variants), len(worlds), program.compiled.sizes["events"] if log else 0)


def _split(result: SliceResult, variants: int, worlds: int, room: int) -> list[SliceResult]:
    """A batch of ``variants`` times ``worlds`` rows as one result per variant; ``room``: events that a world may keep."""
    from rearguard.engine import SliceResult

    ends = np.append(0, np.cumsum(np.minimum(result.outcomes["events"], room)))
    out = []
    for k in range(variants):
        rows = slice(k * worlds, (k + 1) * worlds)
        outcomes = {name: values[rows] for name, values in result.outcomes.items()}
        people = {name: values[rows] for name, values in result.people.items()}
        out.append(SliceResult(outcomes, people, result.events[ends[rows.start] : ends[rows.stop]]))
    return out

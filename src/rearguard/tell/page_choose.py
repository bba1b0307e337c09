"""Which worlds a page shows: the typical, the closest, the worst, and one for every outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Choice:
    """A world, and what it was chosen for."""

    world: int
    tags: tuple[str, ...]


def _nearest_median(worlds: Floats, values: Floats) -> int:
    return int(worlds[int(np.argmin(np.abs(values - np.median(values))))])


def choose_worlds(outcomes: pa.Table, *, worlds: Sequence[int] = ()) -> list[Choice]:
    """The worlds of a run that are worth watching; ``worlds``: further ones that were asked for, first in the list.

    typical: of the commonest outcome, ending nearest to its median. closest: contact and deadline nearest to each other.
    worst: least slack, for the side that wants to reach the payload. Then one of every outcome, again the median.
    """
    ids = outcomes["world"].to_numpy()
    names = np.array([name or "unresolved" for name in outcomes["outcome"].to_pylist()])
    ends = outcomes["end_time"].to_numpy(zero_copy_only=False).astype(float)
    slack = outcomes["slack"].to_numpy(zero_copy_only=False).astype(float)
    picked: dict[int, list[str]] = {int(world): ["asked for"] for world in worlds}

    def pick(world: int, tag: str) -> None:
        picked.setdefault(int(world), []).append(tag)

    kinds, counts = np.unique(names, return_counts=True)
    by_share = [str(kinds[k]) for k in np.argsort(-counts, kind="stable")]
    of = {kind: names == kind for kind in by_share}
    pick(_nearest_median(ids[of[by_share[0]]], ends[of[by_share[0]]]), "typical")
    timed = ~np.isnan(slack)
    if timed.any():
        pick(ids[timed][int(np.argmin(np.abs(slack[timed])))], "closest")
        pick(ids[timed][int(np.argmin(slack[timed]))], "worst")
    elif len(ids) > 1:
        pick(ids[int(np.argmin(ends))], "shortest")
        pick(ids[int(np.argmax(ends))], "longest")
    for kind in by_share:
        own = of[kind]
        if not any(names[np.flatnonzero(ids == world)[0]] == kind for world in picked if world in ids):
            pick(_nearest_median(ids[own], ends[own]), kind)
    return [Choice(world, tuple(tags)) for world, tags in picked.items()]

"""Landmarks: cells spread over a map, toward which fields are kept for runs to places nobody named beforehand."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy import ndimage
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from rearguard.scenario.maps import STEP, GroundMap

LANDMARK_SPACING = 48.0
"""Size of the blocks that have a landmark each [m]."""
MOST_LANDMARKS = 96
"""Landmarks at most; blocks grow until they suffice."""
SECOND_LEVEL = 0.25
"""Share of a block's cells from which a level besides the main one gets a landmark of its own."""


def _levels(ground: GroundMap) -> npt.NDArray[np.int64]:
    """Connected areas that can be walked through without climbing, numbered from 1; 0 for impassable cells."""
    free = ground.passable()
    flat = np.arange(free.size).reshape(free.shape)
    pairs = []
    for a, b in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1, :], np.s_[1:, :])):
        joined = free[a] & free[b] & (np.abs(ground.elevation[a] - ground.elevation[b]) <= STEP)
        pairs.append((flat[a][joined], flat[b][joined]))
    ends = [np.concatenate(side) for side in zip(*pairs, strict=True)]
    graph = csr_matrix((np.ones(len(ends[0])), (ends[0], ends[1])), shape=(free.size, free.size))
    _, labels = connected_components(graph, directed=False)
    return np.where(free, labels.reshape(free.shape) + 1, 0).astype(np.int64)


def _openness(levels: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Distance of every cell to the edge of its area [cells]."""
    edge = levels == 0
    for axis in (0, 1):
        differs = np.diff(levels, axis=axis) != 0
        before, after = [(0, 0), (0, 0)], [(0, 0), (0, 0)]
        before[axis], after[axis] = (0, 1), (1, 0)
        edge |= np.pad(differs, before) | np.pad(differs, after)
    return np.asarray(ndimage.distance_transform_edt(np.pad(~edge, 1))[1:-1, 1:-1], dtype=np.float64)


def landmarks(ground: GroundMap, spacing: float = LANDMARK_SPACING) -> npt.NDArray[np.int64]:
    """Cells spread over the map [n, 2] as (row, column): the most open one of every block of ``spacing`` [m].

    Where a block has a second level (roofs over streets) of a quarter of its cells or more, that gets one too. There
    are at most ``MOST_LANDMARKS``: blocks are made larger until that holds.
    """
    levels = _levels(ground)
    openness = _openness(levels)
    while True:
        found = _pick(levels, openness, max(round(spacing / ground.cell), 1))
        if len(found) <= MOST_LANDMARKS:
            return np.array(found, dtype=np.int64).reshape(-1, 2)
        spacing *= 1.1


def _pick(levels: npt.NDArray[np.int64], openness: npt.NDArray[np.float64], size: int) -> list[tuple[int, int]]:
    """One cell for each block of ``size`` cells, two where it has two common levels."""
    found = []
    rows, columns = levels.shape
    # blocks share the map out evenly: a narrow rest at the edge would get a landmark of its own
    row_cuts = np.linspace(0, rows, max(round(rows / size), 1) + 1).astype(int)
    column_cuts = np.linspace(0, columns, max(round(columns / size), 1) + 1).astype(int)
    for r0, r1 in zip(row_cuts[:-1], row_cuts[1:], strict=True):
        for c0, c1 in zip(column_cuts[:-1], column_cuts[1:], strict=True):
            block, open_ = levels[r0:r1, c0:c1], openness[r0:r1, c0:c1]
            numbers, counts = np.unique(block[block > 0], return_counts=True)
            if not len(numbers):
                continue
            main = block == numbers[int(np.argmax(counts))]
            groups = [main]
            others = (block > 0) & ~main
            if others.sum() >= SECOND_LEVEL * (block > 0).sum():
                groups.append(others)
            middle = ((r1 - r0 - 1) / 2.0, (c1 - c0 - 1) / 2.0)
            rr, cc = np.mgrid[0 : r1 - r0, 0 : c1 - c0]
            off_middle = np.hypot(rr - middle[0], cc - middle[1]) / math.hypot(r1 - r0, c1 - c0)
            for group in groups:
                # openness beyond a few cells matters less than lying in the middle
                score = np.where(group, np.minimum(open_, 4.0) - off_middle, -np.inf)
                r, c = np.unravel_index(int(np.argmax(score)), score.shape)
                found.append((int(r0 + r), int(c0 + c)))
    return found

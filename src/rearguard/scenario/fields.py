"""Planning over the grid: how long it takes to get anywhere, and which way to go from every cell.

Links join neighbouring cells: walked up to ``STEP`` of height, climbed above it, dropped down below it; leaps join the
two sides of a gap. Fields are shortest times by Dijkstra's algorithm (``scipy.sparse.csgraph``).

Models: leaps are ballistic flights, take-off with 0.9 of the sprint forward (Linthorne 2008), the vertical speed being
the one that clears the widest level gap; uphill speed at equal power after Minetti et al. 2002 (J Appl Physiol
93:1039). The time for a landing and for setting off to leap, and the factor outside a corridor, are declared.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import platformdirs
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from rearguard.scenario.landmarks import LANDMARK_SPACING, landmarks
from rearguard.scenario.maps import STEP, GroundMap, Mask, Route

FORMAT_VERSION = 2
"""Goes into the cache's key: raise it with every change of what a field says."""
GRAVITY = 9.80665
"""Standard gravity [m/s²]."""
TAKEOFF_SHARE = 0.9
"""Share of the sprint kept at take-off."""
LANDING_RISE = 0.4
"""How much higher than the take-off a leap may land [m]."""
FAR_SIDE = 2.0
"""A landing at most this much lower is the far side of a gap, a deeper one its floor [m]; as in ``engine.airborne``."""
LONGEST_LEAP = 11
"""Cells between take-off and landing that a leap may count at most; as in the engine's ``motion``."""
LANDING_TIME = 0.3
"""Time to absorb a drop [s]."""
TAKEOFF_TIME = 0.2
"""Time that a leap costs beyond its flight [s]."""
OFF_CORRIDOR = 4.0
"""Factor on the cost outside a corridor: how strongly a drawn route is kept to."""
CACHE_FILES, CACHE_BYTES = 512, 1_000_000_000
"""Fields kept on disk, in number and together; the oldest go. Those of a drawing take kilobytes, those of a large map 50 MB."""

LEAP = 8
"""Added to a direction code when the link is a leap."""
AT_GOAL = 254
"""Direction code inside the goal."""
NO_WAY = 255
"""Direction code where the goal cannot be reached."""
STEPS = ((0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1))
"""Row and column step of the direction codes 0..7: E, SE, S, SW, W, NW, N, NE (y points down)."""

Times = npt.NDArray[np.float32]
Codes = npt.NDArray[np.uint8]

_CODE_OF = np.full((3, 3), NO_WAY, dtype=np.uint8)
for _code, (_row, _column) in enumerate(STEPS):
    _CODE_OF[_row + 1, _column + 1] = _code


@dataclass(frozen=True, slots=True)
class Mobility:
    """What a class of runners can do, for planning.

    speeds: speed on each of the map's ground types [m/s], 0 where it cannot go. climb: highest face [m]. climb_speed:
    vertical speed [m/s]. drop: deepest drop [m]. leap: widest level gap at full sprint [m]. sprint: top speed [m/s].
    """

    speeds: tuple[float, ...]
    climb: float = 1.2
    climb_speed: float = 0.6
    drop: float = 2.5
    leap: float = 2.5
    sprint: float = 7.5


@dataclass(frozen=True, eq=False)
class FieldSet:
    """Fields of all mobility classes.

    goal_direction: uint8 [classes, goals, rows, columns]. goal_time: float32, same shape [s], inf where no way leads.
    landmark_direction: uint8 [classes, landmarks, rows, columns]. landmarks: float32 [landmarks, 2], x, y [m].
    nearest_landmark: int16 [classes, rows, columns], the landmark from which a cell is reached soonest; -1 for none.
    arrival: uint8 [classes, rows, columns], the link by which a cell is entered on the way from that landmark: direction
    0..7 plus 8 times its length in cells; 254 at the landmark, 255 where none leads. Walked backward it gives the last leg.
    """

    goal_direction: Codes
    goal_time: Times
    landmark_direction: Codes
    landmarks: npt.NDArray[np.float32]
    nearest_landmark: npt.NDArray[np.int16]
    arrival: Codes


def uphill_factor(gradient: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Time on a gradient (rise over run) over that on the level at equal power, Cr(i)/Cr(0); 1 downhill."""
    i = np.clip(gradient, 0.0, 0.45)
    return (((((155.4 * i - 30.4) * i - 43.3) * i + 46.3) * i + 19.5) * i + 3.6) / 3.6


def leap_speeds(mobility: Mobility) -> tuple[float, float]:
    """Forward and upward speed at take-off [m/s] of the widest leap; (0, 0) for those who cannot leap."""
    if mobility.leap <= 0.0 or mobility.sprint <= 0.0:
        return 0.0, 0.0
    forward = TAKEOFF_SHARE * mobility.sprint
    return forward, mobility.leap * GRAVITY / (2.0 * forward)


# ------------------------------------------------------------------------------------------------------------ the links


@dataclass(slots=True)
class _Grid:
    """The map seen from all cells at once; ``at`` looks at the cell some steps away."""

    z: npt.NDArray[np.float64]
    speed: npt.NDArray[np.float64]
    cell: float
    pad: int

    @classmethod
    def of(cls, ground: GroundMap, mobility: Mobility) -> _Grid:
        if len(mobility.speeds) != len(ground.grounds):
            raise ValueError(f"{len(mobility.speeds)} speeds for {len(ground.grounds)} ground types")
        speed = np.where(ground.passable(), np.array(mobility.speeds, dtype=np.float64)[ground.ground], 0.0)
        pad = LONGEST_LEAP + 1
        # beyond the map there is an endless wall, so that no rule needs to know the edge
        z = np.pad(ground.elevation.astype(np.float64), pad, constant_values=np.inf)
        return cls(z, np.pad(speed, pad), ground.cell, pad)

    def at(self, row: int, column: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Height and speed of the cell (row, column) steps away, for all cells [rows, columns]."""
        rows, columns = (size - 2 * self.pad for size in self.z.shape)
        window = (
            slice(self.pad + row, self.pad + row + rows),
            slice(self.pad + column, self.pad + column + columns),
        )
        return self.z[window], self.speed[window]


@dataclass(slots=True)
class _Links:
    """Links found so far: cell indices and costs [s]."""

    source: list[npt.NDArray[np.int64]]
    offset: list[int]
    cost: list[npt.NDArray[np.float64]]

    def add(self, where: Mask, offset: int, cost: npt.NDArray[np.float64]) -> None:
        found = np.flatnonzero(where)
        if len(found):
            self.source.append(found)
            self.offset.append(offset)
            self.cost.append(cost.ravel()[found])


def _add_steps(links: _Links, grid: _Grid, mobility: Mobility) -> None:
    """Links to the eight neighbours: walked, climbed, dropped. A diagonal needs room at both corners it passes."""
    here, speed = grid.at(0, 0)
    columns = here.shape[1]
    for dr, dc in STEPS:
        there, speed_there = grid.at(dr, dc)
        free = (speed > 0.0) & (speed_there > 0.0)
        if dr and dc:
            for side, side_speed in (grid.at(dr, 0), grid.at(0, dc)):
                free &= (side_speed > 0.0) & (side <= np.maximum(here, there) + STEP)
        length = grid.cell * math.hypot(dr, dc)
        with np.errstate(divide="ignore", invalid="ignore"):
            rise = there - here
            walk = 0.5 * length * (1.0 / speed + 1.0 / speed_there)
            level = free & (np.abs(rise) <= STEP)
            links.add(level, dr * columns + dc, walk * uphill_factor(np.where(level, rise, 0.0) / length))
            up = free & (rise > STEP) & (rise <= mobility.climb) & (mobility.climb_speed > 0.0)
            links.add(up, dr * columns + dc, walk + rise / max(mobility.climb_speed, 1e-9))
            down = free & (rise < -STEP) & (-rise <= mobility.drop)
            fall = np.sqrt(2.0 * np.maximum(-rise, 0.0) / GRAVITY)
            links.add(down, dr * columns + dc, 0.5 * walk + fall + LANDING_TIME)


def _add_leaps(links: _Links, grid: _Grid, mobility: Mobility) -> None:
    """Links across gaps: over cells below the take-off, onto the first cell that can be landed on."""
    forward, upward = leap_speeds(mobility)
    if forward <= 0.0:
        return
    here, speed = grid.at(0, 0)
    columns = here.shape[1]
    deepest = min(FAR_SIDE, mobility.drop)
    farthest = forward / GRAVITY * (upward + math.sqrt(upward**2 + 2.0 * GRAVITY * deepest))
    for dr, dc in STEPS:
        span = grid.cell * math.hypot(dr, dc)
        over, _ = grid.at(dr, dc)
        open_gap = (speed > 0.0) & (over < here - STEP) & _corners_clear(grid, here, dr, dc, 1)
        for n in range(2, LONGEST_LEAP + 1):
            gap = (n - 1) * span
            if gap > farthest + 1e-6 or not open_gap.any():
                break
            there, speed_there = grid.at(n * dr, n * dc)
            open_gap &= _corners_clear(grid, here, dr, dc, n)
            drop = np.where(np.isfinite(there), here - there, -np.inf)
            on_far_side = (speed_there > 0.0) & (drop <= deepest) & (drop >= -STEP)
            under = upward**2 + 2.0 * GRAVITY * np.where(on_far_side, drop, 0.0)
            flight = (upward + np.sqrt(np.maximum(under, 0.0))) / GRAVITY
            lands = open_gap & on_far_side & (drop >= -LANDING_RISE) & (under >= 0.0) & (forward * flight >= gap - 1e-6)
            links.add(lands, n * (dr * columns + dc), flight + TAKEOFF_TIME)
            open_gap = open_gap & ~on_far_side & (there < here - STEP)


def _corners_clear(grid: _Grid, here: npt.NDArray[np.float64], dr: int, dc: int, n: int) -> Mask:
    """True where the ``n``-th cell of a flight is entered past corners that do not stand above the take-off."""
    clear = np.ones(here.shape, dtype=bool)
    if dr and dc:
        for row, column in ((n * dr, (n - 1) * dc), ((n - 1) * dr, n * dc)):
            clear &= grid.at(row, column)[0] <= here + STEP
    return clear


class Network:
    """All links of a map for one mobility class, built once and asked for many fields."""

    def __init__(self, ground: GroundMap, mobility: Mobility) -> None:
        """Build the links; ``mobility.speeds`` follow ``ground.grounds``."""
        self.ground = ground
        self.shape = (ground.rows, ground.columns)
        grid = _Grid.of(ground, mobility)
        self.free: Mask = grid.at(0, 0)[1] > 0.0
        links = _Links([], [], [])
        _add_steps(links, grid, mobility)
        _add_leaps(links, grid, mobility)
        cells = ground.rows * ground.columns
        empty = np.zeros(0, dtype=np.int64)
        source = np.concatenate([*links.source, empty])
        target = np.concatenate([*(s + o for s, o in zip(links.source, links.offset, strict=True)), empty])
        cost = np.concatenate([*links.cost, empty.astype(np.float64)])
        # rows are where a link ends: fields grow from the goal against the links
        self.backward = csr_matrix((cost, (target, source)), shape=(cells, cells))
        self._corridors: dict[int, tuple[Route, csr_matrix]] = {}

    def field(self, goal: Mask, corridor: Route | None = None) -> tuple[Times, Codes]:
        """Time to ``goal`` [s] and direction code of every cell, both [rows, columns]; see ``travel_time``."""
        seeds = np.flatnonzero(goal & self.free)
        if not len(seeds):
            return np.full(self.shape, np.inf, dtype=np.float32), np.full(self.shape, NO_WAY, dtype=np.uint8)
        graph = self.backward if corridor is None else self._along(corridor)
        time, onward, _ = dijkstra(graph, indices=seeds, return_predecessors=True, min_only=True)
        return time.reshape(self.shape).astype(np.float32), self._codes(onward, seeds)

    def reached_from(self, cells: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], Codes]:
        """For every cell [rows, columns] which of ``cells`` (flat indices) it is reached from soonest (-1 for none), and the
        link by which it is entered then, as in ``FieldSet.arrival``.
        """
        time, before, source = dijkstra(self.backward.T.tocsr(), indices=cells, return_predecessors=True, min_only=True)
        order = np.full(self.ground.ground.size, -1, dtype=np.int64)
        order[cells] = np.arange(len(cells))
        nearest = np.where(np.isfinite(time), order[np.maximum(source, 0)], -1).reshape(self.shape)
        columns = self.shape[1]
        entered = np.full(len(before), NO_WAY, dtype=np.uint8)
        reached = np.flatnonzero(before >= 0)
        row, column = np.divmod(before[reached].astype(np.int64), columns)
        down, across = reached // columns - row, reached % columns - column
        length = np.maximum(np.abs(down), np.abs(across))
        entered[reached] = _CODE_OF[np.sign(down) + 1, np.sign(across) + 1] + 8 * length
        entered[cells] = AT_GOAL
        return nearest, entered.reshape(self.shape)

    def _along(self, route: Route) -> csr_matrix:
        """The links with those outside a route made dearer; kept, as several goals may share a route."""
        kept = self._corridors.get(id(route))
        if kept is None:
            factor = np.where(corridor_mask(self.ground, route), 1.0, OFF_CORRIDOR).ravel()
            graph = self.backward.copy()
            ends = np.repeat(factor, np.diff(graph.indptr))
            graph.data = graph.data * (0.5 * (ends + factor[graph.indices]))
            kept = self._corridors[id(route)] = (route, graph)
        return kept[1]

    def _codes(self, onward: npt.NDArray[np.int32], seeds: npt.NDArray[np.int64]) -> Codes:
        """Direction codes from the next cell on each way."""
        columns = self.shape[1]
        codes = np.full(len(onward), NO_WAY, dtype=np.uint8)
        cells = np.flatnonzero(onward >= 0)
        row, column = np.divmod(onward[cells].astype(np.int64), columns)
        down, across = row - cells // columns, column - cells % columns
        codes[cells] = _CODE_OF[np.sign(down) + 1, np.sign(across) + 1]
        codes[cells] += np.where(np.maximum(np.abs(down), np.abs(across)) > 1, LEAP, 0).astype(np.uint8)
        codes[seeds] = AT_GOAL
        return codes.reshape(self.shape)


def corridor_mask(ground: GroundMap, route: Route) -> Mask:
    """Cells within half the width of a route, and at least those it passes through, [rows, columns]."""
    x = (np.arange(ground.columns) + 0.5) * ground.cell
    y = ((np.arange(ground.rows) + 0.5) * ground.cell)[:, None]
    reach = max(0.5 * route.width, 0.75 * ground.cell)
    mask = np.zeros((ground.rows, ground.columns), dtype=bool)
    for (x0, y0), (x1, y1) in zip(route.points[:-1], route.points[1:], strict=True):
        length = max((x1 - x0) ** 2 + (y1 - y0) ** 2, 1e-12)
        t = np.clip(((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length, 0.0, 1.0)
        mask |= (x - x0 - t * (x1 - x0)) ** 2 + (y - y0 - t * (y1 - y0)) ** 2 <= reach**2
    return mask


def travel_time(
    ground: GroundMap, mobility: Mobility, goal: Mask, *, corridor: Route | None = None
) -> tuple[Times, Codes]:
    """Time from every cell to a goal [s] and the way there, both [rows, columns].

    goal: cells to reach [rows, columns]. corridor: a route to keep to; cost outside it counts ``OFF_CORRIDOR`` times,
    in the times returned as well. Times are inf where there is no way. Direction codes: 0..7 for E, SE, S, SW, W, NW,
    N, NE (y down), + 8 for a leap, 254 inside the goal, 255 where there is no way.
    """
    return Network(ground, mobility).field(goal, corridor)


def next_cell(ground: GroundMap, mobility: Mobility, code: int, row: int, column: int) -> tuple[int, int]:
    """Row and column that a direction code leads to; a leap lands on the first cell of the far side."""
    dr, dc = STEPS[code & 7]
    if not code & LEAP:
        return row + dr, column + dc
    deepest = min(FAR_SIDE, mobility.drop)
    for n in range(2, LONGEST_LEAP + 1):
        r, c = row + n * dr, column + n * dc
        if not (0 <= r < ground.rows and 0 <= c < ground.columns):
            break
        drop = float(ground.elevation[row, column]) - float(ground.elevation[r, c])
        if mobility.speeds[ground.ground[r, c]] > 0.0 and -STEP <= drop <= deepest:
            return r, c
    raise ValueError(f"no leap from row {row}, column {column} in direction {code & 7}")


# ------------------------------------------------------------------------------------------------------ building, cache


def build_fields(
    ground: GroundMap,
    mobilities: Sequence[Mobility],
    goals: Sequence[tuple[Mask, Route | None]],
    with_landmarks: Sequence[bool],
    *,
    spacing: float = LANDMARK_SPACING,
    cache: Path | bool | None = True,
) -> FieldSet:
    """The fields of every mobility class toward every goal, and toward landmarks for the classes that want them.

    goals: mask [rows, columns] and the route to keep to, if any. cache: True for the user's cache folder, a folder, or
    False/None for none. A cache that cannot be read or written is passed over in silence: it is only a saving of time.
    """
    if len(with_landmarks) != len(mobilities):
        raise ValueError(f"{len(with_landmarks)} landmark flags for {len(mobilities)} mobility classes")
    folder = platformdirs.user_cache_path("rearguard") / "fields" if cache is True else (cache or None)
    file = None if folder is None else folder / f"{_key(ground, mobilities, goals, with_landmarks, spacing)}.npz"
    if file is not None:
        kept = _load(file, (len(mobilities), len(goals), ground.rows, ground.columns))
        if kept is not None:
            return kept
    built = _build(ground, mobilities, goals, with_landmarks, spacing)
    if file is not None:
        _save(file, built)
    return built


def _build(
    ground: GroundMap,
    mobilities: Sequence[Mobility],
    goals: Sequence[tuple[Mask, Route | None]],
    with_landmarks: Sequence[bool],
    spacing: float,
) -> FieldSet:
    spots = landmarks(ground, spacing) if any(with_landmarks) else np.zeros((0, 2), dtype=np.int64)
    shape = (ground.rows, ground.columns)
    direction = np.full((len(mobilities), len(goals), *shape), NO_WAY, dtype=np.uint8)
    time = np.full((len(mobilities), len(goals), *shape), np.inf, dtype=np.float32)
    toward = np.full((len(mobilities), len(spots), *shape), NO_WAY, dtype=np.uint8)
    nearest = np.full((len(mobilities), *shape), -1, dtype=np.int16)
    arrival = np.full((len(mobilities), *shape), NO_WAY, dtype=np.uint8)
    for k, mobility in enumerate(mobilities):
        network = Network(ground, mobility)
        for g, (mask, route) in enumerate(goals):
            time[k, g], direction[k, g] = network.field(mask, route)
        if with_landmarks[k] and len(spots):
            nearest[k], arrival[k] = network.reached_from(spots[:, 0] * ground.columns + spots[:, 1])
            for n, (row, column) in enumerate(spots):
                spot = np.zeros(shape, dtype=bool)
                spot[row, column] = True
                toward[k, n] = network.field(spot)[1]
    at = ((spots[:, ::-1] + 0.5) * ground.cell).astype(np.float32)
    return FieldSet(direction, time, toward, at, nearest, arrival)


def _key(
    ground: GroundMap,
    mobilities: Sequence[Mobility],
    goals: Sequence[tuple[Mask, Route | None]],
    with_landmarks: Sequence[bool],
    spacing: float,
) -> str:
    """Name of the fields in the cache: everything they depend on."""
    sha = hashlib.sha256(f"{FORMAT_VERSION} {ground.digest} {tuple(with_landmarks)} {spacing!r}".encode())
    for mobility in mobilities:
        sha.update(repr(mobility).encode())
    for mask, route in goals:
        sha.update(np.packbits(mask).tobytes())
        sha.update(b"-" if route is None else repr((route.points.tolist(), route.width)).encode())
    return sha.hexdigest()[:32]


def _load(file: Path, shape: tuple[int, int, int, int]) -> FieldSet | None:
    """Fields from the cache; None when there are none or the file is damaged."""
    try:
        with np.load(file, allow_pickle=False) as data:
            kept = FieldSet(**{name: data[name] for name in FieldSet.__dataclass_fields__})
    # a damaged zip archive raises nearly anything: every such file is built again
    except Exception:
        return None
    classes, goals, rows, columns = shape
    count = len(kept.landmarks)
    fits = (
        kept.goal_direction.shape == shape
        and kept.goal_time.shape == shape
        and kept.landmark_direction.shape == (classes, count, rows, columns)
        and kept.nearest_landmark.shape == (classes, rows, columns)
        and kept.arrival.shape == (classes, rows, columns)
    )
    return kept if fits else None


def _save(file: Path, fields: FieldSet) -> None:
    """Write fields to the cache in one piece, and drop the oldest ones."""
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as stream:
                np.savez(stream, **{key: getattr(fields, key) for key in FieldSet.__dataclass_fields__})
            os.replace(name, file)
        except BaseException:
            os.unlink(name)
            raise
        kept = sorted(file.parent.glob("*.npz"), key=lambda path: path.stat().st_mtime)
        size = 0
        for count, path in enumerate(reversed(kept)):
            size += path.stat().st_size
            if path != file and (count >= CACHE_FILES or size > CACHE_BYTES):
                path.unlink(missing_ok=True)

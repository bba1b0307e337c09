"""From the crowds of a scenario to arrays: who they are, where they start and which way they walk.

The way is the gradient of a travel-time field. ``fields`` finds the times along the eight directions of the grid; here
they are smoothed into the solution of the eikonal equation |grad T| = 1/v, whose directions are not bound to the grid
(updates after Sethian 1996, PNAS 93:1591, in groups of cells of about the same time as Kim 2001, SIAM J Sci Comput 23:61).
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

from rearguard.engine.columns import Walk
from rearguard.scenario.compiled import Tables
from rearguard.scenario.crowds import Crowd
from rearguard.scenario.fields import STEPS, Mobility, Times, build_fields
from rearguard.scenario.maps import STEP, GroundMap, Mask
from rearguard.scenario.schema import quantity_of
from rearguard.scenario.units import Draw, fixed

BEARINGS = 250
"""Directions of a way, counted from east over south; as in the engine's ``crowd``."""
ARRIVED = 254
"""Bearing inside the place that a crowd walks to."""
NOWHERE = 255
"""Bearing where no way leads there."""
QUANTILES = 64
"""Speeds that the people of a crowd may have, equally likely."""
LONGEST_STEP = 0.1
"""Longest step of a pedestrian [s]; whoever is in a press looks around in every step."""
LOOK_TIME = 0.2
"""Time between two looks around of a pedestrian with nobody close [s]; ``docs/crowd.md`` says what shorter ones change."""
JUDGE_TIME = 0.4
"""Time between two counts of the flow of a crowd [s]."""
HAZARD_TIME = 1.0
"""Time between two draws of whether somebody stops or falls [s]."""
BAND, LEAST_IN_BAND = 2.5, 8
"""Width of the strips by which pedestrians are sorted, at least [m], and how many people there are to a strip at least."""
SWEEPS = 8
"""How often times are smoothed at most."""

_OPPOSITE_PAIRS = ((0, 4), (2, 6))
"""Direction codes of the neighbours along x and along y."""


def walking(ground: GroundMap) -> Mobility:
    """What a pedestrian can do, for planning: walk, at speeds relative to those on a hard street."""
    types = [ground.ground_types[name] for name in ground.grounds]
    return Mobility(tuple(t.speed if t.passable else 0.0 for t in types), 0.0, 0.0, 0.0, 0.0, 1.0)


def walls_of(ground: GroundMap) -> npt.NDArray[np.uint8]:
    """Bit per direction code [rows, columns]: that neighbour cannot be stepped onto from here."""
    passable = np.pad(ground.passable(), 1)
    floor = np.where(passable, np.pad(ground.elevation, 1), np.inf)
    rows, columns = ground.rows, ground.columns
    here = floor[1:-1, 1:-1]
    walls = np.zeros((rows, columns), np.uint8)
    for code, (row, column) in enumerate(STEPS):
        there = floor[1 + row : 1 + row + rows, 1 + column : 1 + column + columns]
        with np.errstate(invalid="ignore"):
            blocked = ~(np.abs(there - here) <= STEP)
        walls |= (blocked << code).astype(np.uint8)
    return walls


def _neighbours(time: npt.NDArray[np.float64], walls: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Times of the neighbours E, S, W, N [4, rows, columns]; inf behind a wall."""
    padded = np.pad(time, 1, constant_values=np.inf)
    rows, columns = time.shape
    out = np.empty((4, rows, columns))
    for k, code in enumerate((0, 2, 4, 6)):
        row, column = STEPS[code]
        there = padded[1 + row : 1 + row + rows, 1 + column : 1 + column + columns]
        out[k] = np.where((walls >> code) & 1, np.inf, there)
    return out


def smoothed(time: Times, walls: npt.NDArray[np.uint8], slowness: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Times that solve |grad T| = slowness, from those along the grid; all [rows, columns].

    slowness: time to cross a cell. Cells take their times in groups, in the order of the grid's.
    """
    rows, columns = time.shape
    flat_walls, cost = walls.ravel(), slowness.ravel()
    reached = np.flatnonzero(np.isfinite(time.ravel()) & (time.ravel() > 0.0))
    order = reached[np.argsort(time.ravel()[reached], kind="stable")]
    step = 0.5 * float(slowness[np.isfinite(time)].min(initial=1.0))
    group = np.floor(time.ravel()[order] / step)
    groups = np.split(order, np.flatnonzero(np.diff(group)) + 1)
    out = np.pad(np.where(time == 0.0, 0.0, np.inf), 1, constant_values=np.inf)
    flat, wide = out.ravel(), columns + 2
    offsets = [row * wide + column for row, column in STEPS]

    def around(cells: npt.NDArray[np.int64], at: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Neighbours [pairs, sides, cells]; 0, a corner that is never reached, stands for those behind a wall."""
        return np.array(
            [
                [np.where((flat_walls[cells] >> code) & 1, 0, at + offsets[code]) for code in pair]
                for pair in _OPPOSITE_PAIRS
            ]
        )

    places = [(cells // columns + 1) * wide + cells % columns + 1 for cells in groups]
    batches = [(at, around(cells, at), cost[cells]) for cells, at in zip(groups, places, strict=True)]
    for _ in range(SWEEPS):
        before = flat.copy()
        for at, sides, f in batches:
            for _again in range(2):
                a, b = flat[sides].min(axis=1)
                low = np.minimum(a, b)
                # the farther side counts where it is reached within a cell of the nearer one
                high = np.minimum(np.maximum(a, b), low + f)
                known = np.isfinite(low)
                gap = np.subtract(high, low, where=known, out=np.zeros_like(low))
                update = 0.5 * (low + high + np.sqrt(2.0 * f * f - gap * gap))
                flat[at] = np.minimum(flat[at], update)
        known = np.isfinite(flat)
        if np.abs(before[known] - flat[known]).max(initial=0.0) < 1e-3 * step:
            break
    return out[1:-1, 1:-1]


def way_to(
    ground: GroundMap, walls: npt.NDArray[np.uint8], mobility: Mobility, goal: Mask, grid_time: Times
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint16]]:
    """Bearing to walk from every cell to ``goal`` and how far it is as on a hard street [dm].

    The bearing is ``ARRIVED`` inside the goal and ``NOWHERE`` where no way leads there.
    """
    speed = np.array(mobility.speeds)[ground.ground]
    time = smoothed(grid_time, walls, ground.cell / np.maximum(speed, 1e-6))
    east, south, west, north = _neighbours(time, walls)
    known = np.isfinite(time)
    x, y = np.zeros((2, *time.shape))
    for out, ahead, back in ((x, east, west), (y, south, north)):
        gain = np.subtract(time, np.minimum(ahead, back), where=known, out=out.copy())
        out += np.maximum(gain, 0.0) * np.where(ahead <= back, 1.0, -1.0)
    code = np.rint(np.arctan2(y, x) / (2.0 * np.pi) * BEARINGS).astype(np.int64) % BEARINGS
    way = np.where(known, code, NOWHERE)
    way[goal & ground.passable()] = ARRIVED
    far = np.minimum(np.where(known, 10.0 * time, 0.0), 65535.0)
    return way.astype(np.uint8), np.rint(far).astype(np.uint16)


def pace_shares(speed: Draw) -> npt.NDArray[np.float32]:
    """Equally likely speeds [``QUANTILES``] of a crowd's people as shares of its nominal speed."""
    share = (np.arange(QUANTILES) + 0.5) / QUANTILES
    if speed.kind == "normal":
        mean, sd = speed.values
        values = mean + sd * np.array([NormalDist().inv_cdf(float(p)) for p in share])
    elif speed.kind == "uniform":
        low, high = speed.values
        values = low + (high - low) * share
    elif speed.kind == "triangular":
        low, mode, high = speed.values
        span = max(high - low, 1e-12)
        left, right = low + np.sqrt(share * span * (mode - low)), high - np.sqrt((1.0 - share) * span * (high - mode))
        values = np.where(share < (mode - low) / span, left, right)
    else:
        values = np.asarray(speed.values)[(share * len(speed.values)).astype(int)]
    return (np.maximum(values, 0.1 * speed.nominal) / speed.nominal).astype(np.float32)


def _directions() -> npt.NDArray[np.float32]:
    """Unit vectors of all bearings [``BEARINGS``, 2]."""
    angle = np.arange(BEARINGS) * (2.0 * np.pi / BEARINGS)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)


def _bands(low: npt.NDArray[np.float32], high: npt.NDArray[np.float32], people: int) -> dict[str, Any]:
    """Strips along a box [m] by which ``people`` are sorted: as many as leave each of them some."""
    upright = int(high[1] - low[1] > high[0] - low[0])
    edge, width = float(low[1 - upright]), float((high - low)[1 - upright])
    bands = max(min(int(width / BAND), people // LEAST_IN_BAND), 1)
    return {"upright": upright, "edge": edge, "bands": bands, "bands_per_metre": bands / max(width, 1.0e-3)}


def spots_of(ground: GroundMap, crowd: Crowd, way: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """Cells [flat] of the place where a crowd starts from which a way leads on."""
    mask = ground.places[crowd.at].mask & ground.passable() & (way < BEARINGS)
    return np.flatnonzero(mask)


def box_of_ways(
    ground: GroundMap, starts: Sequence[tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Corners [m] of the box of all cells that ways lead through, from the ``starts``: cells [flat] and the way taken."""
    seen = np.zeros(ground.rows * ground.columns, bool)
    for cells, way in starts:
        passed, ahead = np.zeros_like(seen), cells
        while len(ahead):
            passed[ahead] = True
            bearing = way.ravel()[ahead]
            angle = bearing[bearing < BEARINGS] * (2.0 * np.pi / BEARINGS)
            ahead = ahead[bearing < BEARINGS]
            row = np.clip(ahead // ground.columns + np.rint(np.sin(angle)).astype(np.int64), 0, ground.rows - 1)
            column = np.clip(ahead % ground.columns + np.rint(np.cos(angle)).astype(np.int64), 0, ground.columns - 1)
            ahead = np.unique(row * ground.columns + column)
            ahead = ahead[~passed[ahead]]
        seen |= passed
    row, column = np.divmod(np.flatnonzero(seen), ground.columns)
    low = np.array([column.min(), row.min()]) * ground.cell
    high = (np.array([column.max(), row.max()]) + 1) * ground.cell
    return low.astype(np.float32), high.astype(np.float32)


def compile_crowds(
    ground: GroundMap, crowds: dict[str, Crowd], tables: Tables, dt: float
) -> tuple[dict[str, Any], dict[str, int]]:
    """The arrays of ``engine.model.Throng`` and the sizes of ``engine.world.Crowd``; fills the table ``walk``."""
    tables.tables["walk"] = np.zeros((max(len(crowds), 1), len(Walk)), np.float32)
    if not crowds:
        return _nobody()
    several = list(crowds.values())
    goals = list(dict.fromkeys(crowd.to for crowd in several))
    mobility, walls = walking(ground), walls_of(ground)
    masks = [ground.places[name].mask for name in goals]
    fields = build_fields(ground, [mobility], [(mask, None) for mask in masks], [False])
    found = [way_to(ground, walls, mobility, mask, fields.goal_time[0, g]) for g, mask in enumerate(masks)]
    ways, to_go = (np.stack(part) for part in zip(*found, strict=True))
    for k, (name, crowd) in enumerate(crowds.items()):
        for column in Walk:
            draw, info = getattr(crowd, column.name), quantity_of(Crowd, column.name)
            # a drawn speed is one for each person, so that the crowd's own is its middle
            draw = fixed(draw.nominal) if column is Walk.speed else draw
            tables.put("walk", (k, int(column)), f"crowds.{name}.{column.name}", draw, info)
    spots = [spots_of(ground, crowd, ways[goals.index(crowd.to)]) for crowd in several]
    count = np.array([crowd.count for crowd in several], np.int32)
    lengths = np.array([len(s) for s in spots], np.int32)
    people, look_every = int(count.sum()), max(round(LOOK_TIME / dt), 1)
    low, high = box_of_ways(ground, [(s, ways[goals.index(crowd.to)]) for s, crowd in zip(spots, several, strict=True)])
    throng = {
        "walls": walls,
        "way": ways,
        "to_go": to_go,
        "way_of": np.array([goals.index(crowd.to) for crowd in several], np.int32),
        "first": (np.cumsum(count) - count).astype(np.int32),
        "count": count,
        "crowd_of": np.repeat(np.arange(len(several), dtype=np.int32), count),
        "pace": np.stack([pace_shares(crowd.speed) for crowd in several]),
        "spot_first": (np.cumsum(lengths) - lengths).astype(np.int32),
        "spot_count": lengths,
        "spot": np.concatenate(spots).astype(np.int32),
        "crowds": len(several),
        "pedestrians": people,
        "steps": max(int(np.ceil(dt / LONGEST_STEP - 1e-6)), 1),
        "look_every": look_every,
        "judge_every": max(round(JUDGE_TIME / (look_every * dt)), 1),
        "hazard_every": max(round(HAZARD_TIME / (look_every * dt)), 1),
        "direction": _directions(),
        "low": low,
        "high": high,
    }
    bands = _bands(low, high, people)
    sizes = {"crowds": len(several), "pedestrians": people, "bands": bands["bands"] + 1, "walk": len(Walk)}
    return throng | bands, sizes


def _nobody() -> tuple[dict[str, Any], dict[str, int]]:
    """Arrays of a scenario without crowds: nothing reads them."""
    one = np.zeros(1, np.int32)
    throng: dict[str, Any] = dict.fromkeys(
        ("way_of", "first", "count", "crowd_of", "spot_first", "spot_count", "spot"), one
    )
    throng |= {
        "walls": np.zeros((1, 1), np.uint8),
        "way": np.zeros((1, 1, 1), np.uint8),
        "to_go": np.zeros((1, 1, 1), np.uint16),
        "pace": np.ones((1, 1)),
    }
    throng |= dict.fromkeys(
        ("crowds", "pedestrians", "steps", "look_every", "judge_every", "hazard_every", "upright", "bands"), 0
    )
    throng |= dict.fromkeys(("edge", "bands_per_metre"), 0.0)
    return throng | {"direction": np.zeros((1, 2), np.float32), "low": np.zeros(2), "high": np.zeros(2)}, {
        "crowds": 1,
        "pedestrians": 0,
        "bands": 0,
        "walk": len(Walk),
    }

"""Surroundings as the engine has them: smoke as ground types of its own, sound as a level per cell.

Smoke over forest is a ground type "forest in SMOKE": cover and extinction add, and walking slows with the extinction
(Frantzich & Nilsson as used in FDS+Evac: v = v0 (1 - 0.057 K / 0.706), not below a tenth). Standing sources are spread
over the map when a scenario is compiled, because neither they nor the ground move.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from rearguard.engine.acoustics import add_levels, atmospheric_absorption, wind_ambient
from rearguard.scenario.maps import GroundMap
from rearguard.scenario.schema_surroundings import Smoke, Sound

IN_SMOKE = " in "
"""Stands between a ground type and the smoke over it in the name of the two together."""
FREQUENCY = 1000.0
"""Frequency that stands for the whole of a sound [Hz]."""
LEVEL_STEP = 0.5
"""Resolution of the level map [dB]."""
RAY = 24
"""Points of a line from a source that are looked at."""
BLOCK = 4
"""Cells per side of the squares in which levels are worked out."""


def bare_ground(name: str) -> str:
    """The ground type without the smoke over it."""
    return name.split(IN_SMOKE)[0]


def smoke_speed(extinction: float) -> float:
    """Share of the walking speed in smoke of an extinction coefficient [1/m]."""
    return max(1.0 - 0.057 * extinction / 0.706, 0.1)


def with_smoke(ground: GroundMap, smoke: Mapping[str, Smoke]) -> GroundMap:
    """The map with smoke over its places, as ground types of its own."""
    kinds = list(ground.grounds)
    types = dict(ground.ground_types)
    cells = ground.ground.copy()
    for name, block in smoke.items():
        mask = ground.places[block.at].mask
        k = float(block.extinction)
        for index in np.unique(cells[mask]):
            base = types[kinds[int(index)]]
            smoky = replace(
                base,
                name=f"{base.name}{IN_SMOKE}{name}",
                cover=base.cover + k,
                screen=max(base.screen, float(block.height)),
                speed=base.speed * smoke_speed(k),
            )
            kinds.append(smoky.name)
            types[smoky.name] = smoky
            cells[mask & (cells == index)] = len(kinds) - 1
    if len(kinds) > 255:
        raise ValueError(f"{len(kinds)} ground types with smoke; at most 255 fit")
    return replace(ground, ground=cells, grounds=tuple(kinds), ground_types=types)


def air_absorption(sound: Sound) -> float:
    """What air takes from a sound [dB/m]."""
    return float(atmospheric_absorption(FREQUENCY, float(sound.temperature), float(sound.humidity), 101.325))


def _arriving(ground: GroundMap, sound: Sound, at: str, loudness: float, rows: Any, columns: Any) -> Any:
    """Level [dB] of a source at the cells (rows, columns): spreading, air, what ground swallows, and one barrier."""
    place = ground.places[at]
    y, x = (rows + 0.5) * ground.cell, (columns + 0.5) * ground.cell
    distance = np.maximum(np.hypot(x - place.x, y - place.y), 1.0)
    muffle = np.array([ground.ground_types[name].muffle for name in ground.grounds])
    start_row, start_column = ground.index(place.x, place.y)
    swallowed = np.zeros_like(distance)
    hidden = np.zeros_like(distance, dtype=bool)
    top = float(ground.elevation[start_row, start_column]) + 3.0
    end = ground.elevation[rows, columns] + 1.6
    for k in range(1, RAY):
        share = k / RAY
        r = np.rint(start_row + (rows - start_row) * share).astype(int)
        c = np.rint(start_column + (columns - start_column) * share).astype(int)
        swallowed += muffle[ground.ground[r, c]] / (RAY - 1)
        hidden |= ground.elevation[r, c] > top + (end - top) * share
    level = loudness - 20.0 * np.log10(distance) - air_absorption(sound) * distance
    return level - swallowed * np.minimum(distance, 200.0) - np.where(hidden, float(sound.barrier), 0.0)


def ambient_levels(ground: GroundMap, sound: Sound) -> npt.NDArray[np.uint8]:
    """Level of the surroundings per cell in steps of ``LEVEL_STEP``, uint8 [rows, columns]."""
    quiet = float(sound.ambient)
    if float(sound.wind) > 0.0:
        quiet = float(add_levels(quiet, wind_ambient(float(sound.wind))))
    shape = ground.ground.shape
    r, c = np.meshgrid(np.arange(0, shape[0], BLOCK), np.arange(0, shape[1], BLOCK), indexing="ij")
    power = np.full(r.shape, 10.0 ** (0.1 * quiet))
    for source in sound.sources.values():
        power += 10.0 ** (0.1 * _arriving(ground, sound, source.at, float(source.loudness), r, c))
    level = 10.0 * np.log10(power)
    full = np.repeat(np.repeat(level, BLOCK, axis=0), BLOCK, axis=1)[: shape[0], : shape[1]]
    return np.clip(np.rint(full / LEVEL_STEP), 0, 255).astype(np.uint8)

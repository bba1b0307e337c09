"""The map of a scenario: a grid of cells with a ground type and a height, places and routes.

Positions are metres from the top left corner, x to the right, y down; arrays are indexed [row, column]. A cell holds
one surface, the one that is stood on: a building is solid and its cell has the height of its roof.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rearguard.scenario import schema
from rearguard.scenario.grounds import GroundType, resolve_grounds

MAX_CELLS = 1_000_000
"""Largest map that is read: 2 km by 2 km in cells of 2 m."""

STEP = 0.5
"""Height that is walked over without climbing [m]; the engine's ``ground.STEP``."""

Mask = npt.NDArray[np.bool_]
Points = npt.NDArray[np.float64]


class MapError(ValueError):
    """A map that cannot be used; says where and what would have been right.

    message: what was found. file: the file it was found in, None for a map drawn in the scenario file itself.
    line, column: 1-based position in that file (or in an inline drawing), where known. hint: what to do about it.
    """

    def __init__(
        self,
        message: str,
        *,
        file: Path | str | None = None,
        line: int | None = None,
        column: int | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.file = None if file is None else Path(file)
        self.line = line
        self.column = column
        self.hint = hint

    def __str__(self) -> str:
        where = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        text = f"{where}: {self.message}" if where else self.message
        return f"{text}; {self.hint}" if self.hint else text


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A named spot or area: x, y [m], a point inside it; mask [rows, columns], the cells it covers."""

    name: str
    x: float
    y: float
    mask: Mask


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """A drawn way: points [n, 2] as x, y [m], in order; width [m], how far to both sides together it reaches."""

    name: str
    points: Points
    width: float


@dataclass(frozen=True, eq=False)
class GroundMap:
    """A map, ready to plan and run on.

    cell: width of a cell [m]. ground: uint8 [rows, columns], index into ``grounds``. grounds: names of the ground types
    that occur. ground_types: their values. elevation: float32 [rows, columns], height of the surface [m].
    """

    cell: float
    ground: npt.NDArray[np.uint8]
    grounds: tuple[str, ...]
    ground_types: dict[str, GroundType]
    elevation: npt.NDArray[np.float32]
    places: dict[str, Place] = field(default_factory=dict)
    routes: dict[str, Route] = field(default_factory=dict)

    def __post_init__(self) -> None:
        arrays: list[npt.NDArray[Any]] = [self.ground, self.elevation]
        arrays += [place.mask for place in self.places.values()] + [route.points for route in self.routes.values()]
        for array in arrays:
            array.setflags(write=False)

    @property
    def rows(self) -> int:
        """Number of cells from top to bottom."""
        return int(self.ground.shape[0])

    @property
    def columns(self) -> int:
        """Number of cells from left to right."""
        return int(self.ground.shape[1])

    @property
    def width(self) -> float:
        """Extent in x [m]."""
        return self.columns * self.cell

    @property
    def height(self) -> float:
        """Extent in y [m]."""
        return self.rows * self.cell

    def index(self, x: float, y: float) -> tuple[int, int]:
        """Row and column of a position [m]; positions outside give the nearest cell of the edge."""
        row = min(max(int(y // self.cell), 0), self.rows - 1)
        column = min(max(int(x // self.cell), 0), self.columns - 1)
        return row, column

    def holds(self, x: float, y: float) -> bool:
        """True for positions [m] on the map."""
        return 0.0 <= x < self.width and 0.0 <= y < self.height

    def passable(self) -> Mask:
        """Cells that can be entered, [rows, columns]."""
        allowed = np.array([self.ground_types[name].passable for name in self.grounds], dtype=bool)
        return allowed[self.ground]

    @cached_property
    def digest(self) -> str:
        """SHA-256 over everything the map says, as hexadecimal digits."""
        sha = hashlib.sha256()
        sha.update(repr((self.cell, self.grounds, [self.ground_types[name] for name in self.grounds])).encode())
        sha.update(repr(self.ground.shape).encode())
        sha.update(np.ascontiguousarray(self.ground).tobytes())
        sha.update(np.ascontiguousarray(self.elevation, dtype="<f4").tobytes())
        for name, place in sorted(self.places.items()):
            sha.update(repr((name, place.x, place.y)).encode())
            sha.update(np.packbits(place.mask).tobytes())
        for name, route in sorted(self.routes.items()):
            sha.update(repr((name, route.width, route.points.shape)).encode())
            sha.update(np.ascontiguousarray(route.points, dtype="<f8").tobytes())
        return sha.hexdigest()


def assemble(
    *,
    cell: float,
    names: npt.NDArray[np.int64],
    known: tuple[str, ...],
    types: Mapping[str, GroundType],
    elevation: npt.NDArray[np.float32],
    places: dict[str, Place],
    routes: dict[str, Route],
) -> GroundMap:
    """A map from a grid of indices ``names`` [rows, columns] into ``known``; only the types that occur are kept."""
    used, compact = np.unique(names, return_inverse=True)
    if len(used) > 255:
        raise MapError(f"the map uses {len(used)} ground types; at most 255 fit")
    grounds = tuple(known[int(index)] for index in used)
    return GroundMap(
        cell=float(cell),
        ground=np.ascontiguousarray(compact.reshape(names.shape), dtype=np.uint8),
        grounds=grounds,
        ground_types={name: types[name] for name in grounds},
        elevation=np.ascontiguousarray(elevation, dtype=np.float32),
        places=places,
        routes=routes,
    )


def load_map(
    spec: str | schema.TiledMap | schema.AsciiMap,
    base_dir: Path | str,
    ground_overrides: Mapping[str, schema.Ground] | None = None,
) -> GroundMap:
    """The map that a scenario names or draws.

    spec: path of a Tiled file relative to ``base_dir``, or the schema's map block. Raises MapError for anything wrong
    with the map, GroundError for anything wrong with ``ground_overrides``.
    """
    # local imports: both readers build on this module
    from rearguard.scenario.ascii_map import read_ascii
    from rearguard.scenario.tiled import read_tiled

    types = resolve_grounds(ground_overrides or {})
    if isinstance(spec, schema.AsciiMap):
        return read_ascii(spec, types)
    if isinstance(spec, schema.TiledMap):
        metres = None if spec.metres_per_tile is None else float(spec.metres_per_tile)
        return read_tiled(Path(base_dir) / spec.tiled, types, metres)
    return read_tiled(Path(base_dir) / spec, types, None)

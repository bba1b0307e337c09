"""Maps drawn in Tiled (.tmx, .tmj), read with pytiled-parser.

Tile layers called ``ground`` (or starting so: ``ground_details``) give the ground: the class of a tile names its ground
type, later layers lie over earlier ones where they are not empty. Heights [m] come from the float property
``elevation`` of ground tiles, over them from tile layers called ``elevation``, over those from rectangles, ellipses and
polygons of an object layer called ``elevation``. All other objects are places (points, rectangles, ellipses, polygons)
and routes (polylines); a class ``place`` or ``route`` may say so. A map says how large a tile is in its float property
``metres_per_tile``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt
import pytiled_parser
from pytiled_parser import tiled_object as objects
from pytiled_parser.layer import Layer, LayerGroup, ObjectLayer, TileLayer

from rearguard.scenario.grounds import GroundType, nearest_name
from rearguard.scenario.maps import MAX_CELLS, GroundMap, MapError, Mask, Place, Points, Route, assemble
from rearguard.scenario.schema import NAME_PATTERN
from rearguard.scenario.tiled_file import SAVE_AGAIN, Source, open_source, parse, read_text

POINT_RADIUS = 3.0
"""Radius that a point covers as a place, unless its property ``radius`` says otherwise [m]."""
SAME_LEVEL = 1.0
"""Cells around a point belong to its place when this near to its height [m]: a roof is not the street below."""
ROUTE_WIDTH = 10.0
"""Width of a route without a property ``width`` [m]."""
GID = 0x0FFFFFFF
"""Bits of a tile number that are the tile; the rest say how it is flipped."""


def _check_kind(source: Source, tiled: pytiled_parser.TiledMap) -> tuple[int, int]:
    """Rows and columns of a map of a kind that is understood."""
    if tiled.orientation != "orthogonal":
        source.fail(
            f"the map is {tiled.orientation}", pattern=r"orientation", hint="only orthogonal maps are understood"
        )
    if tiled.infinite:
        source.fail("the map is infinite", pattern=r"infinite", hint="untick Map > Map Properties > Infinite in Tiled")
    rows, columns = int(tiled.map_size.height), int(tiled.map_size.width)
    if rows < 1 or columns < 1:
        source.fail(f"the map has {columns} x {rows} tiles", pattern=r"width")
    if rows * columns > MAX_CELLS:
        source.fail(f"the map has {rows * columns} tiles; at most {MAX_CELLS} are read", hint="use larger tiles")
    if tiled.tile_size.width != tiled.tile_size.height or tiled.tile_size.width <= 0:
        source.fail(
            f"tiles of {tiled.tile_size.width:g} x {tiled.tile_size.height:g} pixels are not square",
            pattern=r"tilewidth",
        )
    return rows, columns


def _metres_per_tile(source: Source, tiled: pytiled_parser.TiledMap, given: float | None) -> float:
    if given is not None:
        return given
    value = (tiled.properties or {}).get("metres_per_tile")
    if value is None:
        known = nearest_name("metres_per_tile", tiled.properties or {})
        source.fail(
            "nothing says how large a tile is" + (f" (there is a property '{known}')" if known else ""),
            pattern=r"<map\b|\"orientation\"",
            hint="give the map a float property metres_per_tile, or write metres_per_tile in the scenario's map block",
        )
    number = _number(value)
    if number is None or not 0.05 <= number <= 100.0:
        source.fail(f"metres_per_tile is {value!r}", pattern=r"metres_per_tile", hint="write metres, such as 2.0")
    return number


def _number(value: Any) -> float | None:
    """A finite number from a property of type int, float or text; None for anything else."""
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _layers(layers: list[Layer] | None, dx: float = 0.0, dy: float = 0.0) -> Iterator[tuple[Layer, float, float]]:
    """All layers in drawing order, groups opened, with their offset in pixels."""
    for layer in layers or []:
        x, y = dx + layer.offset.x, dy + layer.offset.y
        if isinstance(layer, LayerGroup):
            yield from _layers(layer.layers, x, y)
        else:
            yield layer, x, y


def _role(name: str) -> str:
    """What a layer's name says it is: ``ground``, ``elevation`` or its own name."""
    head = re.split(r"[^a-z]", name.strip().lower(), maxsplit=1)[0]
    return head if head in ("ground", "elevation") else name


# ---------------------------------------------------------------------------------------------------------- tile layers


@dataclass(slots=True)
class _Tiles:
    """What tile numbers mean, filled in as they are met."""

    source: Source
    tiled: pytiled_parser.TiledMap
    types: Mapping[str, GroundType]

    def tile(self, gid: int, where: str) -> tuple[Any, str]:
        """The tile of a number, None when the tileset says nothing about it, and words that name it."""
        first = max((gid_ for gid_ in self.tiled.tilesets if gid_ <= gid), default=None)
        tileset = None if first is None else self.tiled.tilesets[first]
        if tileset is None or first is None or gid - first >= max(tileset.tile_count, 1):
            self.source.fail(f"tile number {gid} {where} belongs to no tileset", hint="open and save the map in Tiled")
        return (tileset.tiles or {}).get(gid - first), f"tile {gid - first} of tileset '{tileset.name}'"

    def ground(self, gid: int, where: str) -> tuple[str, float | None]:
        """Ground type and, where the tile has one, elevation [m] of a tile number."""
        tile, words = self.tile(gid, where)
        name = "" if tile is None else (tile.class_ or str((tile.properties or {}).get("ground", "")))
        if not name:
            self.fail(f"{words}, used {where}, has no class", hint="set its class to the name of a ground type")
        if name not in self.types:
            guess = nearest_name(name, self.types)
            hint = f"did you mean '{guess}'?" if guess else "the types are " + ", ".join(self.types)
            self.fail(f"{words}, used {where}, has class '{name}', which is no ground type", name, hint)
        return name, self.height(tile, words)

    def height(self, tile: Any, words: str) -> float | None:
        """The property ``elevation`` of a tile [m], None without one."""
        value = None if tile is None else (tile.properties or {}).get("elevation")
        if value is None:
            return None
        number = _number(value)
        if number is None or abs(number) > 1.0e4:
            self.fail(f"{words} has elevation {value!r}", hint="write metres, such as 5.5")
        return number

    def fail(self, message: str, name: str | None = None, hint: str | None = None) -> NoReturn:
        """Raise for a tile, at the line of the tileset that says ``name`` where it can be found."""
        if name is not None:
            pattern = rf"(?:class|type)\"?\s*[=:]\s*\"{re.escape(name)}\""
            for file in (*self.source.tilesets, self.source.file):
                there = Source(file, read_text(file))
                if there.line_of(pattern) is not None:
                    there.fail(message, pattern=pattern, hint=hint)
        self.source.fail(message, hint=hint)


def _grid(source: Source, layer: TileLayer, shape: tuple[int, int], dx: float, dy: float) -> npt.NDArray[np.int64]:
    """Tile numbers of a layer, [rows, columns]; 0 is empty."""
    pattern = rf"name\"?\s*[=:]\s*\"{re.escape(layer.name)}\""
    if dx or dy:
        source.fail(f"layer '{layer.name}' is shifted", pattern=pattern, hint="set its offset to 0, 0 in Tiled")
    data = layer.data
    if data is None or len(data) != shape[0] or any(len(row) != shape[1] for row in data):
        cells = 0 if data is None else sum(len(row) for row in data)
        source.fail(
            f"layer '{layer.name}' holds {cells} tiles instead of {shape[1]} x {shape[0]}",
            pattern=pattern,
            hint="save the map again in Tiled",
        )
    try:
        return np.array(data, dtype=np.int64) & GID
    except (TypeError, ValueError, OverflowError):
        source.fail(f"layer '{layer.name}' holds something that is not a tile number", pattern=pattern)


def _read_ground(
    tiles: _Tiles, layers: list[tuple[Layer, float, float]], shape: tuple[int, int]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Index of the ground type and height [m] of every cell, from the tile layers."""
    source, known = tiles.source, {name: index for index, name in enumerate(tiles.types)}
    names = np.full(shape, -1, dtype=np.int64)
    elevation = np.zeros(shape, dtype=np.float32)
    over = np.full(shape, np.nan, dtype=np.float32)
    drawn = [(layer, dx, dy) for layer, dx, dy in layers if isinstance(layer, TileLayer)]
    for layer, dx, dy in drawn:
        role = _role(layer.name)
        if role not in ("ground", "elevation"):
            continue
        grid = _grid(source, layer, shape, dx, dy)
        for gid in np.unique(grid[grid > 0]):
            cells = grid == gid
            row, column = (int(value) for value in np.argwhere(cells)[0])
            where = f"in layer '{layer.name}', column {column + 1}, row {row + 1}"
            if role == "ground":
                name, height = tiles.ground(int(gid), where)
                names[cells] = known[name]
                elevation[cells] = 0.0 if height is None else height
            else:
                tile, words = tiles.tile(int(gid), where)
                height = tiles.height(tile, words)
                if height is None:
                    tiles.fail(f"{words}, used {where}, has no elevation", hint="give it a float property elevation")
                over[cells] = height
    if not any(_role(layer.name) == "ground" for layer, _, _ in drawn):
        found = ", ".join(f"'{layer.name}'" for layer, _, _ in drawn) or "none"
        source.fail(f"there is no tile layer 'ground'; the tile layers are: {found}", hint="call one of them ground")
    if (names < 0).any():
        row, column = (int(value) for value in np.argwhere(names < 0)[0])
        source.fail(
            f"{int((names < 0).sum())} tiles have no ground, the first in column {column + 1}, row {row + 1}",
            hint="fill the layer 'ground'",
        )
    return names, np.where(np.isnan(over), elevation, over).astype(np.float32)


# -------------------------------------------------------------------------------------------------------------- objects


@dataclass(slots=True)
class _Drawing:
    """The grid that objects are laid over."""

    source: Source
    cell: float
    scale: float  # metres per pixel
    names: npt.NDArray[np.int64]
    elevation: npt.NDArray[np.float32]
    passable: Mask

    def outline(self, thing: objects.TiledObject, dx: float, dy: float) -> Points:
        """Corners of an object [n, 2] in metres: rotated about its origin, as Tiled does, then shifted."""
        width, height = thing.size.width, thing.size.height
        if isinstance(thing, objects.Polygon | objects.Polyline):
            corners = np.array([[p.x, p.y] for p in thing.points], dtype=np.float64).reshape(-1, 2)
        elif isinstance(thing, objects.Point):
            corners = np.zeros((1, 2))
        elif isinstance(thing, objects.Ellipse):
            turn = np.linspace(0.0, 2.0 * np.pi, 48, endpoint=False)
            corners = np.stack([width / 2 * (1 + np.cos(turn)), height / 2 * (1 + np.sin(turn))], axis=1)
        else:
            corners = np.array([[0.0, 0.0], [width, 0.0], [width, height], [0.0, height]])
        angle = math.radians(thing.rotation)
        with np.errstate(invalid="ignore", over="ignore"):  # what comes out not finite is refused as off the map
            turned = corners @ np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
        shifted: Points = (turned + [thing.coordinates.x + dx, thing.coordinates.y + dy]) * self.scale
        return shifted

    def inside(self, corners: Points) -> Mask:
        """Cells whose centre lies in a polygon (even-odd rule)."""
        rows, columns = self.names.shape
        x = (np.arange(columns) + 0.5) * self.cell
        y = ((np.arange(rows) + 0.5) * self.cell)[:, None]
        mask = np.zeros((rows, columns), dtype=bool)
        for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            if y0 != y1:
                crosses = (y0 <= y) != (y1 <= y)
                mask ^= crosses & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
        return mask

    def around(self, x: float, y: float, radius: float) -> Mask:
        """Cells within ``radius`` [m] of a point and on its level, its own cell always."""
        rows, columns = self.names.shape
        row, column = int(y / self.cell), int(x / self.cell)
        across = ((np.arange(columns) + 0.5) * self.cell - x) ** 2
        down = ((np.arange(rows) + 0.5) * self.cell - y)[:, None] ** 2
        near = across + down <= radius**2
        near &= np.abs(self.elevation - self.elevation[row, column]) <= SAME_LEVEL
        near[row, column] = True
        return near

    def extent(self) -> tuple[float, float]:
        """Width and height of the map [m]."""
        rows, columns = self.names.shape
        return columns * self.cell, rows * self.cell


def _line_pattern(thing: objects.TiledObject) -> str:
    return rf"<object\b[^>]*\bid=\"{thing.id}\"|\"id\"\s*:\s*{thing.id}\b"


def _describe(thing: objects.TiledObject, layer: Layer) -> str:
    return f"'{thing.name}'" if thing.name else f"object {thing.id} of layer '{layer.name}'"


def _float_property(drawing: _Drawing, thing: objects.TiledObject, key: str, default: float | None) -> float | None:
    value = (thing.properties or {}).get(key)
    if value is None:
        return default
    number = _number(value)
    if number is None:
        drawing.source.fail(
            f"'{thing.name or thing.id}' has {key} {value!r}",
            pattern=_line_pattern(thing),
            hint="write a number of metres",
        )
    return number


def _check_object(drawing: _Drawing, thing: objects.TiledObject, layer: Layer, corners: Points) -> None:
    """An object that can be a place or route: named, on the map."""
    source, words, pattern = drawing.source, _describe(thing, layer), _line_pattern(thing)
    if not thing.name:
        source.fail(f"{words} has no name", pattern=pattern, hint="name it, or take it out of the object layers")
    if not re.match(NAME_PATTERN, thing.name):
        slug = re.sub(r"[^a-z0-9]+", "_", thing.name.lower()).strip("_")
        hint = "names are small letters, digits and underscores"
        source.fail(f"{words} is not a name", pattern=pattern, hint=f"{hint}, such as {slug}" if slug else hint)
    width, height = drawing.extent()
    outside = (corners[:, 0] < 0) | (corners[:, 1] < 0) | (corners[:, 0] > width) | (corners[:, 1] > height)
    # the far edge itself is outside for a point, which needs a cell under it, but not for the side of a rectangle
    if isinstance(thing, objects.Point):
        outside |= (corners[:, 0] >= width) | (corners[:, 1] >= height)
    if not np.isfinite(corners).all() or outside.any():
        x, y = corners[int(np.argmax(outside))]
        source.fail(
            f"{words} reaches x = {x:.1f} m, y = {y:.1f} m; the map ends at {width:g} m, {height:g} m",
            pattern=pattern,
            hint="move it onto the map",
        )


def _read_place(drawing: _Drawing, thing: objects.TiledObject, layer: Layer, corners: Points) -> Place:
    """A place from a point, rectangle, ellipse or polygon; its cells are those that can be entered."""
    if isinstance(thing, objects.Point):
        x, y = float(corners[0, 0]), float(corners[0, 1])
        mask = drawing.around(x, y, _float_property(drawing, thing, "radius", POINT_RADIUS) or POINT_RADIUS)
    else:
        x, y = (float(value) for value in (corners.min(axis=0) + corners.max(axis=0)) / 2.0)
        mask = drawing.inside(corners)
        if not mask.any():
            # smaller than a cell: the one it lies in
            rows, columns = drawing.names.shape
            mask[min(int(y / drawing.cell), rows - 1), min(int(x / drawing.cell), columns - 1)] = True
    mask &= drawing.passable
    if not mask.any():
        drawing.source.fail(
            f"place {_describe(thing, layer)} at x = {x:.1f} m, y = {y:.1f} m lies where nobody can go",
            pattern=_line_pattern(thing),
            hint="move it onto ground that can be entered",
        )
    row, column = int(y / drawing.cell), int(x / drawing.cell)
    if not (row < mask.shape[0] and column < mask.shape[1] and mask[row, column]):
        rows_in, columns_in = np.nonzero(mask)
        best = int(np.argmin((rows_in + 0.5 - y / drawing.cell) ** 2 + (columns_in + 0.5 - x / drawing.cell) ** 2))
        x, y = (float(columns_in[best]) + 0.5) * drawing.cell, (float(rows_in[best]) + 0.5) * drawing.cell
    return Place(thing.name, x, y, mask)


def _raise_ground(drawing: _Drawing, layers: list[tuple[Layer, float, float]]) -> None:
    """Set the heights that the object layer ``elevation`` draws, later objects over earlier ones."""
    for layer, dx, dy in layers:
        if not isinstance(layer, ObjectLayer) or _role(layer.name) != "elevation":
            continue
        for thing in layer.tiled_objects:
            height = _float_property(drawing, thing, "elevation", None)
            if height is None or isinstance(thing, objects.Point | objects.Polyline | objects.Text):
                drawing.source.fail(
                    f"{_describe(thing, layer)} in the layer '{layer.name}' gives no height",
                    pattern=_line_pattern(thing),
                    hint="use rectangles, ellipses or polygons with a float property elevation",
                )
            drawing.elevation[drawing.inside(drawing.outline(thing, dx, dy))] = height


def _read_objects(
    drawing: _Drawing, layers: list[tuple[Layer, float, float]]
) -> tuple[dict[str, Place], dict[str, Route]]:
    """Places and routes of all object layers."""
    places: dict[str, Place] = {}
    routes: dict[str, Route] = {}
    for layer, dx, dy in layers:
        if not isinstance(layer, ObjectLayer) or _role(layer.name) == "elevation":
            continue
        for thing in layer.tiled_objects:
            kind = (thing.class_ or "").strip()
            if isinstance(thing, objects.Text | objects.Tile):
                if kind in ("place", "route"):
                    drawing.source.fail(
                        f"{_describe(thing, layer)} of class '{kind}' is a text or a tile",
                        pattern=_line_pattern(thing),
                        hint="draw it with a point, rectangle, ellipse, polygon or polyline",
                    )
                continue  # labels and pictures
            is_line = isinstance(thing, objects.Polyline)
            expected = "route" if is_line else "place"
            if kind not in ("", expected):
                guess = nearest_name(kind, ("place", "route"))
                wrong_shape = kind in ("place", "route")
                hint = (
                    "routes are polylines, places are points and areas"
                    if wrong_shape
                    else (f"did you mean '{guess}'?" if guess else "classes are place and route, or none")
                )
                what = "does not fit its shape" if wrong_shape else "means nothing here"
                drawing.source.fail(
                    f"class '{kind}' of {_describe(thing, layer)} {what}", pattern=_line_pattern(thing), hint=hint
                )
            corners = drawing.outline(thing, dx, dy)
            _check_object(drawing, thing, layer, corners)
            if thing.name in (routes if is_line else places):
                drawing.source.fail(
                    f"there are two {expected}s called '{thing.name}'",
                    pattern=_line_pattern(thing),
                    hint="give one of them another name",
                )
            if is_line:
                width = _float_property(drawing, thing, "width", ROUTE_WIDTH) or 0.0
                if len(corners) < 2 or width <= 0.0:
                    drawing.source.fail(
                        f"route '{thing.name}' has {len(corners)} points and a width of {width:g} m",
                        pattern=_line_pattern(thing),
                        hint="a route has two points or more and a width above 0",
                    )
                routes[thing.name] = Route(thing.name, corners, width)
            else:
                places[thing.name] = _read_place(drawing, thing, layer, corners)
    return places, routes


# -------------------------------------------------------------------------------------------------------------- the map


def read_tiled(file: Path, types: Mapping[str, GroundType], metres_per_tile: float | None = None) -> GroundMap:
    """The map of a Tiled file.

    types: ground types that the scenario knows. metres_per_tile: size of a tile [m], None to take the map's own
    property. Raises MapError, and nothing else, for a file that is missing, broken or not understood.
    """
    source = open_source(file)
    try:
        return _read(source, parse(source), types, metres_per_tile)
    except MapError:
        raise
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        # the library passes on whatever a file holds, of whatever type: a name may well be a number
        source.fail(f"this is not a map that Tiled would save ({type(error).__name__}: {error})", hint=SAVE_AGAIN)


def _read(
    source: Source, tiled: pytiled_parser.TiledMap, types: Mapping[str, GroundType], metres_per_tile: float | None
) -> GroundMap:
    """The map of a parsed file."""
    shape = _check_kind(source, tiled)
    cell = _metres_per_tile(source, tiled, metres_per_tile)
    layers = list(_layers(tiled.layers))
    names, elevation = _read_ground(_Tiles(source, tiled, types), layers, shape)
    known = tuple(types)
    passable = np.array([types[name].passable for name in known], dtype=bool)[names]
    drawing = _Drawing(source, cell, cell / float(tiled.tile_size.width), names, elevation, passable)
    _raise_ground(drawing, layers)
    places, routes = _read_objects(drawing, layers)
    return assemble(cell=cell, names=names, known=known, types=types, elevation=elevation, places=places, routes=routes)

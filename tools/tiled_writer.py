"""Write Tiled files: maps, tilesets with their pictures, projects. The same input gives the same bytes."""

from __future__ import annotations

import json
import math
import random
import struct
import zlib
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

PIXELS = 16
"""Width of a tile in its picture."""
Picture = list[list[tuple[int, int, int]]]


@dataclass(frozen=True)
class Tile:
    """A tile of the ground tileset: its ground type, base colour and how it is painted."""

    name: str
    ground: str
    colour: tuple[int, int, int]
    paint: str = "speckle"


@dataclass(frozen=True)
class Thing:
    """An object of the map: points [tiles] as (column, row): one, an area's corners, or a route's with its width."""

    name: str
    shape: str
    points: tuple[tuple[float, float], ...]
    width: float = 0.0


def png(pixels: Picture) -> bytes:
    """An RGB picture as PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    raw = b"".join(b"\0" + bytes(value for pixel in row for value in pixel) for row in pixels)
    header = struct.pack(">IIBBBBB", len(pixels[0]), len(pixels), 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b"")


def shade(tile: Tile, x: int, y: int, dice: random.Random) -> float:
    """Brightness of a pixel of a tile."""
    noise = dice.uniform(0.96, 1.04)
    if tile.paint == "bricks":
        return noise * (0.82 if y % 8 == 0 or (x + (4 if y // 8 % 2 else 0)) % 8 == 0 else 1.0)
    if tile.paint == "tiles":
        return noise * (0.84 if y % 4 == 0 or (x + (2 if y // 4 % 2 else 0)) % 4 == 0 else 1.0)
    if tile.paint == "ridge":
        return noise * (1.1 if 6 <= y <= 9 else 0.88)
    if tile.paint == "planks":
        return noise * (0.75 if x % 4 == 0 else 1.0)
    if tile.paint == "waves":
        return noise * (1.15 if (y + int(2 * math.sin(x * math.tau / 16))) % 6 == 0 else 1.0)
    if tile.paint in ("crowns", "boulders"):
        size = 8 if tile.paint == "crowns" else 16
        dx, dy = x % size - size / 2 + 0.5, (y + (4 if x // 8 % 2 else 0)) % size - size / 2 + 0.5
        return noise * (1.16 - 0.4 * math.hypot(dx + size / 8, dy + size / 8) / size * 1.6)
    return dice.uniform(0.94, 1.06)


def ground_picture(tiles: list[Tile]) -> Picture:
    """All ground tiles in one row of 16 x 16 pixels each."""
    dice = random.Random(1)
    rows = []
    for y in range(PIXELS):
        row = []
        for tile in tiles:
            for x in range(PIXELS):
                light = shade(tile, x, y, dice)
                red, green, blue = (min(max(int(c * light), 0), 255) for c in tile.colour)
                row.append((red, green, blue))
        rows.append(row)
    return rows


def height_picture(levels: int) -> Picture:
    """Height tiles, from dark to light, framed: a row of 16 x 16 pixels each."""
    rows = []
    for y in range(PIXELS):
        row = []
        for level in range(levels):
            value = 40 + level * 200 // (levels - 1)
            for x in range(PIXELS):
                inner = value if x > 0 and y > 0 else value * 4 // 5
                row.append((inner, inner * 4 // 5, 255 - inner))
        rows.append(row)
    return rows


def tileset(name: str, picture: str, tiles: list[str]) -> str:
    """A tileset file; ``tiles`` are the bodies of its tile elements."""
    count = len(tiles)
    head = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<tileset version="1.10" tiledversion="1.10.2" name="{name}" '
        f'tilewidth="{PIXELS}" tileheight="{PIXELS}" tilecount="{count}" columns="{count}">\n'
        f' <image source="{picture}" width="{count * PIXELS}" height="{PIXELS}"/>\n'
    )
    return head + "".join(tiles) + "</tileset>\n"


def layer(number: int, name: str, grid: list[list[int]], style: str = "") -> str:
    """A tile layer in CSV; ``style`` are further attributes."""
    rows = ",\n".join(",".join(str(gid) for gid in row) for row in grid)
    size = f'width="{len(grid[0])}" height="{len(grid)}"'
    return f' <layer id="{number}" name="{name}" {size}{style}>\n  <data encoding="csv">\n{rows}\n</data>\n </layer>\n'


def object_element(number: int, thing: Thing) -> str:
    """An object of the map, in pixels."""

    def px(value: float) -> str:
        return f"{value * PIXELS:.2f}".rstrip("0").rstrip(".")

    kind = "route" if thing.shape == "route" else "place"
    x, y = thing.points[0]
    head = f'  <object id="{number}" name={quoteattr(thing.name)} type="{kind}" x="{px(x)}" y="{px(y)}"'
    if thing.shape == "point":
        return f"{head}>\n   <point/>\n  </object>\n"
    if thing.shape == "route":
        line = " ".join(f"{px(a - x)},{px(b - y)}" for a, b in thing.points)
        width = f'<property name="width" type="float" value="{thing.width:g}"/>'
        return f'{head}>\n   <properties>{width}</properties>\n   <polyline points="{line}"/>\n  </object>\n'
    right, bottom = thing.points[1]
    size = f' width="{px(right - x)}" height="{px(bottom - y)}"'
    return f"{head}{size}>\n   <ellipse/>\n  </object>\n" if thing.shape == "ellipse" else f"{head}{size}/>\n"


def tmx(
    ground: list[list[int]],
    heights: list[list[int]],
    placed: list[Thing],
    tilesets: list[tuple[int, str]],
    metres: float,
) -> str:
    """A map file: ground and height tile numbers, objects, (first number, file) of the tilesets, metres per tile."""
    places = [thing for thing in placed if thing.shape != "route"]
    routes = [thing for thing in placed if thing.shape == "route"]
    numbered = {thing.name: number for number, thing in enumerate((*places, *routes), start=1)}
    groups = "".join(
        f' <objectgroup id="{number}" name="{name}" color="{colour}">\n'
        + "".join(object_element(numbered[thing.name], thing) for thing in group)
        + " </objectgroup>\n"
        for number, name, colour, group in ((3, "places", "#ff2020", places), (4, "routes", "#20c0ff", routes))
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<map version="1.10" tiledversion="1.10.2" orientation="orthogonal" renderorder="right-down" '
        f'width="{len(ground[0])}" height="{len(ground)}" tilewidth="{PIXELS}" tileheight="{PIXELS}" infinite="0" '
        f'nextlayerid="5" nextobjectid="{len(placed) + 1}">\n'
        f' <properties>\n  <property name="metres_per_tile" type="float" value="{metres:g}"/>\n </properties>\n'
        + "".join(f' <tileset firstgid="{first}" source="{file}"/>\n' for first, file in tilesets)
        + layer(1, "ground", ground)
        + layer(2, "elevation", heights, ' opacity="0.3" visible="0"')
        + groups
        + "</map>\n"
    )


def project() -> str:
    """The Tiled project: the classes that objects may have."""
    width = {"name": "width", "type": "float", "value": 10.0}
    radius = {"name": "radius", "type": "float", "value": 3.0}
    classes = [
        {
            "id": number,
            "name": name,
            "type": "class",
            "color": colour,
            "drawFill": True,
            "members": [member],
            "useAs": ["object"],
        }
        for number, name, colour, member in ((1, "place", "#ff2020", radius), (2, "route", "#20c0ff", width))
    ]
    content = {"commands": [], "compatibilityVersion": 1100, "folders": ["."], "propertyTypes": classes}
    return json.dumps(content, indent=2) + "\n"

"""What the scripts that draw maps share: a canvas of tiles and heights, smooth lines, and writing it all for Tiled.

Lengths are tiles, heights metres; rows grow southward, columns eastward. The same seed draws the same map.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable
from pathlib import Path

from tiled_writer import Thing, Tile, ground_picture, height_picture, png, project, tileset, tmx

HEIGHT_STEP = 0.25
"""Heights are drawn in steps of this [m]."""


class Canvas:
    """A map while it is drawn: tile names and heights [m], and the random numbers that vary it."""

    def __init__(self, columns: int, rows: int, seed: int, fill: str) -> None:
        self.columns, self.rows = columns, rows
        self.ground = [[fill] * columns for _ in range(rows)]
        self.height = [[0.0] * columns for _ in range(rows)]
        self.dice = random.Random(seed)

    def put(self, row: int, column: int, name: str, height: float | None = None) -> None:
        """Set a tile; those off the map are left out. ``height`` None keeps the one there."""
        if 0 <= row < self.rows and 0 <= column < self.columns:
            self.ground[row][column] = name
            if height is not None:
                self.height[row][column] = height

    def fill(self, rows: tuple[int, int], columns: tuple[int, int], name: str, height: float | None = None) -> None:
        """Fill a rectangle; both ends count."""
        for row in range(rows[0], rows[1] + 1):
            for column in range(columns[0], columns[1] + 1):
                self.put(row, column, name, height)

    def blob(self, at: tuple[float, float], radii: tuple[float, float], name: str, keep: Iterable[str] = ()) -> None:
        """Fill a round patch with an uneven edge around (column, row); ``keep`` names tiles that stay."""
        lobes = [(self.dice.uniform(0.04, 0.16), self.dice.uniform(0, math.tau), k) for k in (2, 3, 5)]
        kept = set(keep)
        for row in range(int(at[1] - 1.5 * radii[1]), int(at[1] + 1.5 * radii[1]) + 1):
            for column in range(int(at[0] - 1.5 * radii[0]), int(at[0] + 1.5 * radii[0]) + 1):
                if 0 <= row < self.rows and 0 <= column < self.columns and self.ground[row][column] not in kept:
                    dx, dy = (column + 0.5 - at[0]) / radii[0], (row + 0.5 - at[1]) / radii[1]
                    turn = math.atan2(dy, dx)
                    if math.hypot(dx, dy) < 1.0 + sum(a * math.sin(k * turn + p) for a, p, k in lobes):
                        self.put(row, column, name)

    def line(self, points: Iterable[tuple[float, float]], name: str, keep: Iterable[str] = ()) -> None:
        """Draw a line one tile wide through (column, row) points, every tile joined to the next by a side."""
        kept, before = set(keep), None
        for at in _walked(list(points)):
            cells = [at] if before is None or before[0] == at[0] or before[1] == at[1] else [(at[0], before[1]), at]
            for column, row in cells:
                if 0 <= row < self.rows and 0 <= column < self.columns and self.ground[row][column] not in kept:
                    self.put(row, column, name)
            before = at


def _walked(points: list[tuple[float, float]]) -> Iterable[tuple[int, int]]:
    """Tiles under a line, in order."""
    for (x0, y0), (x1, y1) in zip(points[:-1], points[1:], strict=True):
        steps = max(1, math.ceil(2 * max(abs(x1 - x0), abs(y1 - y0))))
        for k in range(steps + 1):
            yield int(x0 + (x1 - x0) * k / steps), int(y0 + (y1 - y0) * k / steps)


def spline(points: tuple[tuple[float, float], ...]) -> Callable[[float], float]:
    """A smooth row for every column through the points (monotone-free cubic Hermite, finite-difference slopes)."""
    slopes = []
    for k, (x, _) in enumerate(points):
        a, b = points[max(k - 1, 0)], points[min(k + 1, len(points) - 1)]
        slopes.append((b[1] - a[1]) / (b[0] - a[0]) if b[0] != a[0] else 0.0 * x)

    def row(column: float) -> float:
        x = min(max(column, points[0][0]), points[-1][0])
        k = max(i for i in range(len(points) - 1) if points[i][0] <= x)
        (x0, y0), (x1, y1) = points[k], points[k + 1]
        w = x1 - x0
        t = (x - x0) / w
        a, b = slopes[k] * w, slopes[k + 1] * w
        return y0 + a * t + (3 * (y1 - y0) - 2 * a - b) * t * t + (2 * (y0 - y1) + a + b) * t * t * t

    return row


def write_map(folder: Path, canvas: Canvas, tiles: list[Tile], placed: list[Thing], metres: float, levels: int) -> None:
    """Write map.tmx, the two tilesets with their pictures and the Tiled project into ``folder``.

    placed: places and routes. metres: size of a tile. levels: how many heights there are, from 0 m up.
    """
    folder.mkdir(parents=True, exist_ok=True)
    number = {tile.name: k for k, tile in enumerate(tiles, start=1)}
    grounds = [f' <tile id="{k}" type="{tile.ground}"/>\n' for k, tile in enumerate(tiles)]
    heights = [
        f' <tile id="{k}">\n  <properties><property name="elevation" type="float" value="{k * HEIGHT_STEP:g}"/>'
        "</properties>\n </tile>\n"
        for k in range(levels)
    ]
    first = len(tiles) + 1
    ground = [[number[name] for name in row] for row in canvas.ground]
    raised = [[first + round(h / HEIGHT_STEP) if h > 0 else 0 for h in row] for row in canvas.height]
    texts = {
        "map.tmx": tmx(ground, raised, placed, [(1, "ground.tsx"), (first, "heights.tsx")], metres),
        "ground.tsx": tileset("ground", "ground.png", grounds),
        "heights.tsx": tileset("heights", "heights.png", heights),
        "rearguard.tiled-project": project(),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    (folder / "ground.png").write_bytes(png(ground_picture(tiles)))
    (folder / "heights.png").write_bytes(png(height_picture(levels)))

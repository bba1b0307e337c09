"""Draw the map of the scenario dog-team: a hamlet on a brook, a wood on a hill, a road beyond it.

Run ``python tools/draw_dog_team.py [FOLDER]``; it writes map.tmx, the two tilesets with their pictures and the Tiled
project. The same script always draws the same map. Open map.tmx in Tiled to look at it or to go on by hand.

Lengths here are tiles of 10 m, heights metres; rows grow southward, columns eastward.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

from map_canvas import HEIGHT_STEP, Canvas, spline, write_map
from tiled_writer import Thing, Tile

COLUMNS, ROWS = 300, 150
METRES = 10.0
SEED = 4
LEVELS = 81

HOUSE = (33, 118)
"""Where the walker lives: column and row."""
ROAD = spline(((0, 12.0), (60, 10.6), (140, 11.8), (220, 9.8), (300, 11.0)))
BROOK = spline(((0, 138.0), (60, 133.0), (118, 119.0), (180, 125.0), (240, 110.0), (300, 114.0)))
WOOD_NORTH = spline(((50, 44.0), (90, 31.0), (150, 27.0), (210, 33.0), (290, 28.0)))
WOOD_SOUTH = spline(((50, 62.0), (90, 92.0), (150, 101.0), (210, 96.0), (290, 88.0)))
WOOD = (52, 288)
LANE = ((33, 121), (27, 116), (22, 104), (20, 82), (24, 60), (23, 36), (19, 11))
"""From the hamlet round the wood to the road."""
WEST_RIDE = ((104, 117), (107, 100), (101, 80), (106, 62), (99, 45), (102, 30), (97, 17), (96, 4))
EAST_RIDE = ((206, 112), (203, 95), (211, 78), (206, 62), (217, 44), (222, 30), (228, 15), (228, 4))
CROSSINGS = {"west": 97, "middle": 161, "east": 227}
"""Where someone who comes out of the wood would cross the road: names and columns."""
CROSS_RIDE = ((60, 57), (80, 64), (106, 62), (134, 66), (168, 58), (206, 62), (240, 66), (280, 58))
RILL = ((164, 70), (158, 82), (153, 95), (155, 108), (150, 122))
"""A tributary from the hill down to the brook."""
HILLS = ((168, 58, 16.0, 52, 34), (250, 46, 9.0, 38, 30), (84, 54, 6.0, 28, 26), (10, 70, 6.0, 34, 38))
"""Column, row, height, spread east, spread south: no slope above one in twenty."""

TILES = [
    Tile("meadow", "grass", (134, 170, 88)),
    Tile("pasture", "grass", (148, 178, 98)),
    Tile("plough", "field", (150, 120, 82), "planks"),
    Tile("stubble", "field", (196, 176, 110), "planks"),
    Tile("forest", "forest", (52, 97, 52), "crowns"),
    Tile("forest_dark", "forest", (43, 84, 47), "crowns"),
    Tile("brush", "brush", (98, 126, 58), "crowns"),
    Tile("bog", "mud", (112, 106, 74)),
    Tile("brook", "brook", (84, 133, 170), "waves"),
    Tile("path", "path", (181, 148, 104)),
    Tile("asphalt", "street", (128, 128, 130)),
    Tile("yard", "street", (190, 178, 156)),
    Tile("house", "wall", (164, 84, 62), "tiles"),
]
BUILT = ("house", "yard", "asphalt")


def hill(column: float, row: float) -> float:
    """Height of the ground [m] in steps; flat in the valley of the brook."""
    height = sum(h * math.exp(-0.5 * ((column - c) / e) ** 2 - 0.5 * ((row - r) / s) ** 2) for c, r, h, e, s in HILLS)
    rise = min(max((BROOK(column) - row) / 80.0, 0.0), 1.0)
    return math.floor(height * rise * rise * (3 - 2 * rise) / HEIGHT_STEP + 0.5) * HEIGHT_STEP


def draw_land(canvas: Canvas) -> None:
    """Meadows everywhere, strips of fields along the road and south of the brook, hedges between."""
    for row in range(ROWS):
        for column in range(COLUMNS):
            canvas.put(row, column, "meadow" if canvas.dice.random() < 0.7 else "pasture", hill(column, row))
    for top, bottom in ((0, 7), (14, 22), (140, 149)):
        column = 4
        while column < COLUMNS:
            width = canvas.dice.randint(18, 36)
            if canvas.dice.random() < 0.6:
                canvas.fill((top, bottom), (column, column + width - 2), canvas.dice.choice(("plough", "stubble")))
            for row in range(top, bottom + 1):
                if canvas.dice.random() < 0.8:
                    canvas.put(row, column + width - 1, "brush")
            column += width


def draw_wood(canvas: Canvas) -> None:
    """The wood on the hill, with thickets, clearings and a wet corner."""
    for column in range(WOOD[0], WOOD[1] + 1):
        edge = min(min(column - WOOD[0], WOOD[1] - column) / 16, 1.0) ** 0.5
        top = WOOD_NORTH(column) + 2.2 * math.sin(column / 5.3) + 1.4 * math.sin(column / 2.1)
        bottom = WOOD_SOUTH(column) + 2.4 * math.sin(column / 6.1 + 1) + 1.3 * math.sin(column / 2.3)
        middle = (top + bottom) / 2
        for row in range(round(middle + (top - middle) * edge), round(middle + (bottom - middle) * edge) + 1):
            canvas.put(row, column, "forest_dark" if canvas.dice.random() < 0.35 else "forest")
    for _ in range(46):
        at = (canvas.dice.uniform(60, 282), canvas.dice.uniform(34, 92))
        canvas.blob(at, (canvas.dice.uniform(2, 6), canvas.dice.uniform(2, 4)), "brush", ("meadow", "pasture"))
    for at, radii in (((126, 78), (8, 5)), ((186, 42), (9, 6)), ((238, 80), (8, 6)), ((76, 70), (6, 4))):
        canvas.blob(at, radii, "meadow")
    canvas.blob((172, 96), (9, 4), "bog")
    for at in ((40, 88), (44, 30), (150, 109), (246, 100), (262, 132), (90, 136), (176, 138), (12, 34)):
        canvas.blob(at, (canvas.dice.uniform(3, 6), canvas.dice.uniform(2, 3.5)), "forest")


def draw_water(canvas: Canvas) -> None:
    """The brook with its wet banks, and the rill that comes down from the hill."""
    for column in range(COLUMNS):
        for row in (int(BROOK(column + 0.5)) - 1, int(BROOK(column + 0.5)) + 1):
            if canvas.dice.random() < 0.4:
                canvas.put(row, column, "bog")
    canvas.line(RILL, "brook")
    canvas.line([(column / 2, BROOK(column / 2)) for column in range(2 * COLUMNS)], "brook")


def draw_ways(canvas: Canvas) -> None:
    """Road, lane, rides and the path along the brook; where they meet water there is a bridge."""
    mill_path = [(column, BROOK(column) - 5 + 1.5 * math.sin(column / 9)) for column in range(HOUSE[0] + 2, 217)]
    mill_path.insert(0, (HOUSE[0] + 3, HOUSE[1] + 4))
    for way in (mill_path, WEST_RIDE, EAST_RIDE, CROSS_RIDE):
        canvas.line(way, "path")
    canvas.line(LANE, "asphalt")
    canvas.line([(column / 2, ROAD(column / 2)) for column in range(2 * COLUMNS)], "asphalt")


def draw_hamlet(canvas: Canvas) -> None:
    """A dozen houses where the lane begins, the mill, and what lies beyond the road."""
    column, row = HOUSE
    canvas.fill((row - 3, row + 4), (column - 6, column + 4), "yard")
    for east, south in ((-6, -3), (-4, -3), (-1, -3), (2, -3), (4, -2), (4, 1), (2, 4), (-1, 4), (-4, 4), (-6, 1)):
        canvas.put(row + south, column + east, "house", hill(column + east, row + south) + 6.0)
    for at in ((215, round(BROOK(215)) - 7), (94, 4), (98, 3), (164, 3), (226, 4), (230, 3), (231, 5)):
        canvas.put(at[1], at[0], "house", hill(*at) + 6.0)


def things() -> list[Thing]:
    """Places, where the land has put them, and the ways round by the lane."""
    mill = round(BROOK(214)) - 5
    lane = [(column + 0.5, row + 0.5) for column, row in LANE]
    road = [(column + 0.5, ROAD(column) + 0.5) for column in range(24, 228, 12)]
    return [
        Thing("home", "point", ((HOUSE[0] + 0.5, HOUSE[1] + 1.5),)),
        Thing("mill", "rectangle", ((212, mill - 1), (216, mill + 2))),
        Thing("road", "rectangle", ((0, 8), (COLUMNS, 14))),
        Thing("school", "rectangle", ((95, 4), (98, 6))),
        Thing("sawmill", "rectangle", ((227, 4), (230, 6))),
        Thing("chapel", "rectangle", ((160, 3), (163, 5))),
        *(
            Thing(f"{name}_crossing", "rectangle", ((column - 1, 16), (column + 2, 18)))
            for name, column in CROSSINGS.items()
        ),
        *(
            Thing(f"lane_{name}", "route", (*lane, *(at for at in road if at[0] < column), (column + 0.5, 17.0)), 60.0)
            for name, column in CROSSINGS.items()
        ),
    ]


def draw() -> tuple[Canvas, list[Thing]]:
    """The whole map."""
    canvas = Canvas(COLUMNS, ROWS, SEED, "meadow")
    draw_land(canvas)
    draw_wood(canvas)
    draw_water(canvas)
    draw_ways(canvas)
    draw_hamlet(canvas)
    return canvas, things()


def write(folder: Path) -> None:
    """Draw the map and write its files into ``folder``."""
    canvas, placed = draw()
    write_map(folder, canvas, TILES, placed, METRES, LEVELS)


if __name__ == "__main__":
    default = Path(__file__).parents[1] / "src" / "rearguard" / "scenarios" / "dog_team"
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else default)

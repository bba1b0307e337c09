"""Draw the map of the scenario east-gate: a village quarter, its wall and gate, and the forest east of it.

Run ``python tools/draw_east_gate.py [FOLDER]``; it writes map.tmx, the two tilesets with their pictures and the Tiled
project. The same script always draws the same map. Open map.tmx in Tiled to look at it or to go on by hand.

Lengths here are tiles of 2 m, heights metres; rows grow southward, columns eastward.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

from map_canvas import HEIGHT_STEP, Canvas, spline, write_map
from tiled_writer import Thing, Tile

COLUMNS, ROWS = 620, 90
METRES = 2.0
SEED = 1
HEIGHT_TILES = 53

WALL, WALL_HEIGHT = (214, 215), 8.0
GATE = (44, 46)
PASSAGE_ROW, PASSAGE = 44, (178, 198)
"""The side passage: one tile wide between the roof line and the barracks that stand across the main street."""
BARRACKS = (45, 53)
ROOF_LINE = (4.5, 7.75)
"""Height of the first and of the last roof of the roof line [m]; the last stands a quarter metre below the wall."""
FALLEN = ((45, 60, 66), (45, 108, 119), (45, 139, 147), (45, 160, 169), (60, 70, 82), (60, 118, 132), (30, 100, 116))
"""Row and columns of the streets that lie under the rubble of fallen fronts."""
VILLAGE_END = 208
"""First column of the road along the wall."""
BANDS = ((0, 13), (16, 28), (31, 43), (47, 59), (62, 74), (77, 89))
"""Rows of the blocks between the streets that run east; the third one's southern houses are the roof line."""
CROSS_NORTH = (26, 58, 93, 128, 163, 199)
CROSS_SOUTH = (19, 49, 84, 114, 150, 175, 200)
TRAIL = (
    (216, 45.0), (232, 45.5), (252, 50.0), (276, 43.0), (300, 34.0), (324, 33.0), (348, 40.0), (366, 45.0), (380, 45.5),
    (394, 45.0), (412, 47.5), (430, 52.0), (452, 60.0), (478, 61.0), (505, 52.0), (532, 41.0), (560, 37.0), (585, 42.0),
    (610, 45.0),
)  # fmt: skip
"""Column and row of the trail through the forest."""
DEFILE, STRIP, HIDEOUT = (380, 45), (430, 52), (610, 45)
HILLS = (
    # column, row, height, spread east, spread south: gentle, no slope above one in ten
    (270, 14, 6.0, 34, 28), (318, 70, 5.0, 40, 26), (380, 8, 5.0, 36, 26), (384, 86, 5.5, 40, 26),
    (452, 22, 6.0, 40, 30), (505, 84, 6.0, 42, 30), (560, 10, 5.0, 36, 26), (598, 60, 3.5, 34, 26),
)  # fmt: skip


def roof_tiles(name: str, colour: tuple[int, int, int]) -> list[Tile]:
    """A roof's lit slope, ridge and shaded slope."""
    lit = tuple(min(int(c * 1.15), 255) for c in colour)
    ridge = tuple(min(int(c * 1.4), 255) for c in colour)
    return [
        Tile(f"{name}_lit", "roof", lit, "tiles"),  # type: ignore[arg-type]
        Tile(f"{name}_ridge", "roof", ridge, "ridge"),  # type: ignore[arg-type]
        Tile(f"{name}_shade", "roof", tuple(int(c * 0.8) for c in colour), "tiles"),  # type: ignore[arg-type]
    ]


TILES = [
    Tile("street", "street", (201, 187, 160)),
    Tile("paving", "street", (188, 178, 162), "bricks"),
    Tile("path", "path", (181, 148, 104)),
    Tile("grass", "grass", (134, 170, 88)),
    Tile("forest", "forest", (52, 97, 52), "crowns"),
    Tile("forest_dark", "forest", (43, 84, 47), "crowns"),
    Tile("brush", "brush", (98, 126, 58), "crowns"),
    Tile("water", "water", (84, 133, 170), "waves"),
    Tile("mud", "mud", (121, 99, 72)),
    Tile("rubble", "rubble", (150, 132, 116), "boulders"),
    Tile("rock", "rock", (128, 126, 122), "boulders"),
    Tile("wall_top", "wall_top", (158, 148, 136), "bricks"),
    Tile("wall", "wall", (92, 84, 78), "bricks"),
    Tile("gate", "gate", (168, 92, 60), "planks"),
    Tile("chimney", "chimney", (64, 50, 46), "bricks"),
    *roof_tiles("red", (164, 84, 62)),
    *roof_tiles("brown", (134, 100, 72)),
    *roof_tiles("slate", (98, 108, 122)),
    *roof_tiles("ochre", (176, 132, 72)),
]
ROOFS = ("red", "brown", "slate", "ochre")
KEEP_CLEAR = {tile.name for tile in TILES if tile.ground in ("roof", "chimney", "wall")}


trail_row = spline(TRAIL)


# ---------------------------------------------------------------------------------------------------------- the village


def draw_house(
    canvas: Canvas, rows: tuple[int, int], columns: tuple[int, int], height: float, chimney: bool, turned: bool = False
) -> None:
    """A solid building: its cells are its roof, the ridge runs along the street, or across it when ``turned``."""
    colour = canvas.dice.choice(ROOFS)
    ends = columns if turned else rows
    middle = (ends[0] + ends[1]) // 2
    for row in range(rows[0], rows[1] + 1):
        for column in range(columns[0], columns[1] + 1):
            at = column if turned else row
            part = "ridge" if at == middle else ("lit" if at < middle else "shade")
            canvas.put(row, column, f"{colour}_{part}", height)
    if chimney and columns[1] - columns[0] >= 3 and rows[1] - rows[0] >= 3:
        row = canvas.dice.choice((rows[0] + 1, rows[1] - 1))
        column = canvas.dice.randint(columns[0] + 1, columns[1] - 1)
        canvas.put(row, column, "chimney", height + 1.5)


def draw_garden(canvas: Canvas, rows: tuple[int, int], columns: tuple[int, int]) -> None:
    """A yard with grass, a few trees and shrubs instead of a house."""
    canvas.fill(rows, columns, "grass", 0.0)
    for _ in range((rows[1] - rows[0]) * (columns[1] - columns[0]) // 4):
        row, column = canvas.dice.randint(*rows), canvas.dice.randint(*columns)
        canvas.put(row, column, canvas.dice.choice(("forest", "forest", "brush")))


def draw_row_of_houses(
    canvas: Canvas, rows: tuple[int, int], columns: tuple[int, int], gardens: float, southward: bool = False
) -> None:
    """Houses of 8 to 20 m along a street, alleys of 2 or 4 m between them, some wall to wall."""
    column, height = columns[0], canvas.dice.choice((4.5, 5.0, 5.5, 6.0))
    while columns[1] - column >= 3:
        width = min(canvas.dice.randint(4, 10), columns[1] - column + 1)
        if columns[1] - column - width < 4:
            width = columns[1] - column + 1
            if width > 10:
                width = width // 2
        span = (column, column + width - 1)
        height = min(max(height + canvas.dice.choice((-1.0, -0.5, -0.25, 0.0, 0.0, 0.25, 0.5, 1.0)), 4.0), 7.0)
        # fronts stand back from the street here and there
        back = canvas.dice.choice((0, 0, 0, 1, 1, 2)) if rows[1] - rows[0] >= 5 else 0
        front = (rows[0] + back, rows[1]) if southward else (rows[0], rows[1] - back)
        if canvas.dice.random() < gardens:
            draw_garden(canvas, rows, span)
        else:
            chimney, turned = canvas.dice.random() < 0.55, width <= 6 and canvas.dice.random() < 0.4
            draw_house(canvas, front, span, height, chimney, turned)
        column = span[1] + 1 + canvas.dice.choice((0, 1, 1, 1, 1, 1, 2))


def draw_court(canvas: Canvas, rows: tuple[int, int], columns: tuple[int, int]) -> None:
    """Four wings around a planted yard, with a way in from the south."""
    height = canvas.dice.choice((5.0, 5.5, 6.0))
    draw_garden(canvas, rows, columns)
    draw_house(canvas, (rows[0], rows[0] + 3), columns, height, True)
    draw_house(canvas, (rows[1] - 3, rows[1]), columns, height, True)
    for west in (columns[0], columns[1] - 3):
        draw_house(canvas, (rows[0] + 4, rows[1] - 4), (west, west + 3), height + 0.25, False, True)
    middle = (columns[0] + columns[1]) // 2
    canvas.fill((rows[1] - 3, rows[1]), (middle, middle + 1), "street", 0.0)


def draw_block(canvas: Canvas, rows: tuple[int, int], columns: tuple[int, int]) -> None:
    """A block between streets: two rows of houses with a lane between, in places a court, a park or a cross lane."""
    # streets are not drawn with a ruler: a block may reach one tile less far
    rows = (rows[0] + canvas.dice.choice((0, 0, 1)), rows[1] - canvas.dice.choice((0, 0, 1)))
    lot, west, east = canvas.dice.random(), columns[0], columns[1]
    if lot < 0.14 and east - west >= 15:
        wide = canvas.dice.randint(14, min(20, east - west - 1))
        draw_court(canvas, rows, (west, west + wide))
        west += wide + 2
    elif lot < 0.22 and east - west >= 10:
        draw_garden(canvas, rows, (west, west + 8))
        west += 10
    lane = (rows[0] + rows[1]) // 2 + canvas.dice.choice((-1, 0, 0, 1))
    draw_row_of_houses(canvas, (rows[0], lane - 1), (west, east), 0.08, southward=True)
    draw_row_of_houses(canvas, (lane + 1, rows[1]), (west, east), 0.10)
    # a garden wall closes the lane: through traffic keeps to the streets
    for column in range(west + 4, east - 1, 12):
        if canvas.ground[lane][column] == "street":
            canvas.put(lane, column, "wall", 2.5)


def draw_roof_line(canvas: Canvas, rows: tuple[int, int]) -> list[tuple[int, int, float]]:
    """The terraces north of the main street, whose roofs rise gently toward the wall; returns columns and heights.

    No roof stands more than 0.25 m above its western neighbour and gaps are one or two tiles, so that they can be leapt
    from roof to roof all the way, faster than the street below can be run.
    """
    spans: list[tuple[int, int]] = []
    starts, ends = [1, *(cross + 2 for cross in CROSS_NORTH)], [*(cross - 1 for cross in CROSS_NORTH), 212]
    for west, east in zip(starts, ends, strict=True):
        column, terrace = west, 0
        while column <= east:
            end = column + canvas.dice.randint(6, 10) - 1
            if east - end < 5:
                end = east
            spans.append((column, end))
            terrace += 1
            alley = terrace == 2 or canvas.dice.random() < 0.25
            terrace = 0 if alley else terrace
            column = end + 1 + alley
    rise = round((ROOF_LINE[1] - ROOF_LINE[0]) / HEIGHT_STEP)
    houses = []
    for k, span in enumerate(spans):
        height = ROOF_LINE[0] + HEIGHT_STEP * round(rise * k / (len(spans) - 1))
        draw_house(canvas, rows, span, height, k < len(spans) - 1 and canvas.dice.random() < 0.8)
        houses.append((*span, height))
    # garden walls close the lane behind the terraces
    for column in range(8, VILLAGE_END - 4, 13):
        canvas.put(rows[0] - 1, column, "wall", 2.5)
    return houses


def draw_village(canvas: Canvas) -> list[tuple[int, int, float]]:
    """Everything west of the wall; returns the houses of the roof line."""
    canvas.fill((0, ROWS - 1), (0, WALL[0] - 1), "street", 0.0)
    for band, (top, bottom) in enumerate(BANDS):
        crossings = CROSS_NORTH if band < 3 else CROSS_SOUTH
        # every second band is shifted a little: the quarter has grown, it was not planned
        shift = (0, 4, 0, 0, -5, 3)[band]
        starts = [0, *(cross + shift + 2 for cross in crossings)]
        ends = [*(cross + shift - 1 for cross in crossings), VILLAGE_END - 1]
        for west, east in zip(starts, ends, strict=True):
            if east - west < 3:
                continue
            if band == 2:
                draw_row_of_houses(canvas, (top, top + 5), (west, east), 0.10, southward=True)
            else:
                draw_block(canvas, (top, bottom), (west, east))
    houses = draw_roof_line(canvas, (38, 43))
    # the market square, and the main street paved
    canvas.fill((47, 59), (86, 100), "paving", 0.0)
    canvas.blob((93, 53), (2.6, 1.8), "grass")
    canvas.fill((53, 53), (92, 93), "forest")
    canvas.fill((44, 46), (0, WALL[0] - 1), "paving", 0.0)
    for row, west, east in FALLEN:
        canvas.blob(((west + east + 1) / 2, row + 0.5), ((east - west) / 2 + 2, 2.8), "rubble", KEEP_CLEAR)
    # the barracks stand across the main street, which goes round them to the south; the passage leads straight on
    canvas.fill((BARRACKS[0], 59), (PASSAGE[0] - 4, VILLAGE_END + 3), "street", 0.0)
    canvas.fill((44, 56), (PASSAGE[0] - 4, PASSAGE[0] - 1), "paving", 0.0)
    canvas.fill((54, 56), (PASSAGE[0] - 4, PASSAGE[1] + 4), "paving", 0.0)
    canvas.fill((44, 56), (PASSAGE[1] + 1, 213), "paving", 0.0)
    draw_row_of_houses(canvas, (57, 59), (PASSAGE[0] - 2, PASSAGE[1]), 0.0)
    draw_row_of_houses(canvas, (57, 59), (PASSAGE[1] + 3, VILLAGE_END - 1), 0.0)
    first, second, third = (PASSAGE[0], 184), (185, 191), (192, PASSAGE[1])
    for columns, height in ((first, 5.5), (second, 6.0), (third, 5.5)):
        draw_house(canvas, BARRACKS, columns, height, True)
    canvas.fill((PASSAGE_ROW, PASSAGE_ROW), PASSAGE, "street", 0.0)
    return houses


def draw_wall(canvas: Canvas) -> None:
    """The village wall, walkable on top, and the gate between two pillars."""
    canvas.fill((0, ROWS - 1), WALL, "wall_top", WALL_HEIGHT)
    canvas.fill((GATE[0] - 1, GATE[1] + 1), WALL, "wall", WALL_HEIGHT + 2.0)
    canvas.fill(GATE, WALL, "gate", 0.0)


# ----------------------------------------------------------------------------------------------------------- the forest


def hill(column: int, row: int) -> float:
    """Height of the forest floor [m], in steps of a quarter metre; flat along the wall."""
    height = sum(h * math.exp(-0.5 * ((column - c) / e) ** 2 - 0.5 * ((row - r) / s) ** 2) for c, r, h, e, s in HILLS)
    rise = min(max((column - 226) / 60.0, 0.0), 1.0)
    return math.floor(height * rise * rise * (3 - 2 * rise) / HEIGHT_STEP + 0.5) * HEIGHT_STEP


def draw_forest(canvas: Canvas) -> None:
    """Everything east of the wall."""
    first = WALL[1] + 1
    for column in range(first, COLUMNS):
        for row in range(ROWS):
            canvas.put(row, column, "forest_dark" if canvas.dice.random() < 0.35 else "forest", hill(column, row))
    edge = spline(((first, 8.0), (first + 30, 11.0), (first + 60, 8.5), (first + 89, 10.0)))
    for row in range(ROWS):
        canvas.fill((row, row), (first, first + int(edge(first + row) + canvas.dice.random() * 2)), "grass")
    for _ in range(120):
        at = (canvas.dice.uniform(236, COLUMNS), canvas.dice.uniform(0, ROWS))
        canvas.blob(at, (canvas.dice.uniform(2, 6), canvas.dice.uniform(1.5, 4)), "brush", ("grass",))
    for at, radii in (((262, 62), (7, 5)), ((338, 20), (8, 5)), ((470, 30), (9, 6)), ((525, 68), (7, 5))):
        canvas.blob(at, radii, "grass")
    draw_brook(canvas)
    draw_defile(canvas)
    canvas.blob(STRIP, (11, 7), "grass")
    canvas.blob(HIDEOUT, (8, 8), "grass", ("rock",))
    draw_trail(canvas)


def draw_brook(canvas: Canvas) -> None:
    """A brook across the forest, with muddy banks."""
    course = spline(((0, 292.0), (18, 301.0), (34, 308.0), (52, 304.0), (70, 312.0), (90, 306.0)))
    for row in range(ROWS):
        column = int(course(row + 0.5))
        canvas.fill((row, row), (column - 1, column + 2), "mud")
        canvas.fill((row, row), (column, column + 1), "water")


def draw_defile(canvas: Canvas) -> None:
    """Rocks on both sides of the trail, with dense brush beyond them: the place to bar the way."""
    column, row = DEFILE
    for side in (-1, 1):
        canvas.blob((column, row + side * 33), (16, 17), "brush")
        for k in range(9):
            at = (column + canvas.dice.uniform(-5, 5), row + side * (5.5 + 2.2 * k))
            canvas.blob(at, (canvas.dice.uniform(3.5, 6.5), canvas.dice.uniform(2.2, 3.0)), "rock")
    canvas.fill((row - 3, row + 3), (column - 14, column + 14), "forest")
    for r in range(ROWS):
        for c in range(column - 24, column + 25):
            if canvas.ground[r][c] == "rock":
                canvas.height[r][c] = hill(c, r) + 4.0


def draw_trail(canvas: Canvas) -> None:
    """The trail from the gate to the clearing in the east, two tiles wide, wider at the strip."""
    for column in range(WALL[1] + 1, HIDEOUT[0] + 1):
        middle = trail_row(column + 0.5)
        half = 1.0 + 2.0 * math.exp(-0.5 * ((column - STRIP[0]) / 7.0) ** 2)
        # where the trail runs steeply it needs more rows to stay two tiles wide
        half *= math.hypot(1.0, trail_row(column + 1) - trail_row(column))
        for row in range(math.floor(middle - half + 0.5), math.floor(middle + half + 0.5)):
            canvas.put(row, column, "path")


# -------------------------------------------------------------------------------------------------- places and routes


def things(houses: list[tuple[int, int, float]]) -> list[Thing]:
    """Places and routes, where the village and the forest have put them."""

    def roof_near(column: float) -> float:
        west, east, _ = min(houses, key=lambda house: abs((house[0] + house[1]) / 2 - column))
        return (west + east + 1) // 2 + 0.5

    west, ahead = roof_near(75), roof_near(97.5)
    last = houses[-1]
    trail = [(float(c), trail_row(c)) for c in range(226, HIDEOUT[0], 12)] + [(HIDEOUT[0] + 0.5, HIDEOUT[1] + 0.5)]
    street = [
        (20.5, 45.5),
        (PASSAGE[0] - 2.0, 45.5),
        (PASSAGE[0] - 2.0, 55.5),
        (201.0, 55.5),
        (203.0, 45.5),
        (216.0, 45.5),
    ]
    roofs = [(west, 40.5), (ahead, 40.5), (150.0, 40.5), (213.0, 40.5), (217.0, 41.0), (224.0, 44.0)]
    d = DEFILE
    return [
        Thing("village_start", "point", ((20.5, 45.5),)),
        Thing("west_roofs", "point", ((west, 40.5),)),
        Thing("quarry_start", "point", ((ahead, 40.5),)),
        Thing("roof_edge", "rectangle", ((last[0], 38), (last[1] + 1, 44))),
        Thing("side_passage", "rectangle", ((PASSAGE[0], PASSAGE_ROW), (PASSAGE[1] + 1, PASSAGE_ROW + 1))),
        Thing("passage_west", "rectangle", ((PASSAGE[0] - 12, 44), (PASSAGE[0] - 2, 47))),
        Thing("shelter", "rectangle", ((PASSAGE[1] + 6, 49), (PASSAGE[1] + 11, 54))),
        Thing("late_gate", "point", ((208.5, 46.5),)),
        Thing("east_gate", "rectangle", ((WALL[0], GATE[0]), (WALL[1] + 1, GATE[1] + 1))),
        Thing("tree_line", "rectangle", ((225, 42), (229, 50))),
        Thing("road_block", "rectangle", ((d[0] - 4, d[1] - 2), (d[0] + 4, d[1] + 3))),
        Thing("wide_strip", "ellipse", ((STRIP[0] - 9, STRIP[1] - 5), (STRIP[0] + 9, STRIP[1] + 5))),
        Thing("hideout", "ellipse", ((HIDEOUT[0] - 4, HIDEOUT[1] - 4), (HIDEOUT[0] + 5, HIDEOUT[1] + 5))),
        Thing("roof_line", "route", (*roofs, *trail), 8.0),
        Thing("main_street", "route", (*street, *trail), 46.0),
    ]


def draw() -> tuple[Canvas, list[Thing]]:
    """The whole map."""
    canvas = Canvas(COLUMNS, ROWS, SEED, "forest")
    houses = draw_village(canvas)
    draw_wall(canvas)
    draw_forest(canvas)
    return canvas, things(houses)


def write(folder: Path) -> None:
    """Draw the map and write its files into ``folder``."""
    canvas, placed = draw()
    write_map(folder, canvas, TILES, placed, METRES, HEIGHT_TILES)


if __name__ == "__main__":
    default = Path(__file__).parents[1] / "src" / "rearguard" / "scenarios" / "east_gate"
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else default)

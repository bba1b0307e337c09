"""A world from above as a picture, drawn with NumPy alone: no display, no graphics library.

The colours of grounds and sides are those of the report. People are discs (a ring marks those who are controlled) with a
line where they head; who is out is a cross; payloads are squares with a dark edge.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from rearguard.engine.world import Gait, Mode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rearguard.scenario.compiled import Compiled
    from rearguard.scenario.maps import GroundMap

Picture = npt.NDArray[np.uint8]
Colour = tuple[int, int, int]

GROUNDS: dict[str, Colour] = {
    "street": (226, 217, 200),
    "path": (217, 199, 164),
    "dirt": (212, 193, 158),
    "grass": (196, 208, 152),
    "field": (222, 208, 142),
    "sand": (235, 221, 180),
    "mud": (167, 143, 112),
    "rubble": (198, 188, 174),
    "water": (132, 181, 203),
    "floor": (214, 190, 153),
    "gate": (176, 140, 98),
    "forest": (158, 181, 122),
    "brush": (166, 187, 117),
    "roof": (190, 120, 88),
    "wall_top": (184, 178, 168),
    "wall": (151, 142, 132),
    "chimney": (122, 104, 94),
    "rock": (150, 146, 138),
}
UNKNOWN_GROUND: Colour = (205, 200, 190)
SIDES: tuple[Colour, ...] = ((31, 111, 178), (204, 78, 36), (34, 139, 90), (140, 80, 170), (190, 140, 20))
CARGO: Colour = (240, 184, 32)
DARK: Colour = (34, 34, 40)
WHITE: Colour = (255, 255, 255)
CROWD: Colour = (120, 112, 120)
LEAST_RADIUS = 3.5
"""Radius of a person in the picture at least [pixels]."""


@lru_cache(maxsize=16)
def draw_ground(ground_map: GroundMap, width: int) -> Picture:
    """The map alone, shaded by height, ``width`` pixels wide."""
    scale = width / ground_map.width
    height = max(round(ground_map.height * scale), 1)
    colours = np.array([GROUNDS.get(name, UNKNOWN_GROUND) for name in ground_map.grounds], np.float32)
    z = ground_map.elevation
    rise = np.zeros_like(z)
    rise[1:, 1:] = np.clip(z[1:, 1:] - z[:-1, :-1], -4.0, 4.0)
    cells = colours[ground_map.ground] * (1.0 + 0.03 * rise)[..., None]
    rows = np.minimum((np.arange(height) + 0.5) / scale / ground_map.cell, ground_map.rows - 1).astype(int)
    columns = np.minimum((np.arange(width) + 0.5) / scale / ground_map.cell, ground_map.columns - 1).astype(int)
    picture: Picture = np.clip(cells[rows[:, None], columns[None, :]], 0, 255).astype(np.uint8)
    picture.setflags(write=False)
    return picture


def _paint(
    picture: Picture,
    x: float,
    y: float,
    reach: float,
    colour: Colour,
    distance: Callable[[npt.NDArray[Any], npt.NDArray[Any]], npt.NDArray[Any]],
) -> None:
    """Paint where ``distance`` (signed, in pixels, of offsets from x, y) is below 0, with soft edges, within ``reach``."""
    height, width = picture.shape[:2]
    left, right = max(int(x - reach), 0), min(int(x + reach) + 2, width)
    top, bottom = max(int(y - reach), 0), min(int(y + reach) + 2, height)
    if left >= right or top >= bottom:
        return
    dy, dx = np.mgrid[top:bottom, left:right]
    share = np.clip(0.5 - distance(dx + 0.5 - x, dy + 0.5 - y), 0.0, 1.0)[..., None]
    patch = picture[top:bottom, left:right]
    patch[:] = (patch * (1.0 - share) + np.array(colour) * share).astype(np.uint8)


def disc(picture: Picture, x: float, y: float, radius: float, colour: Colour) -> None:
    """A filled circle; all in pixels."""
    _paint(picture, x, y, radius + 1, colour, lambda dx, dy: np.hypot(dx, dy) - radius)


def square(picture: Picture, x: float, y: float, half: float, colour: Colour) -> None:
    """A filled square."""
    _paint(picture, x, y, half + 1, colour, lambda dx, dy: np.maximum(abs(dx), abs(dy)) - half)


def line(picture: Picture, x: float, y: float, dx: float, dy: float, thickness: float, colour: Colour) -> None:
    """A line from x, y on."""
    length = max(float(np.hypot(dx, dy)), 1e-6)
    ux, uy = dx / length, dy / length

    def distance(px: npt.NDArray[Any], py: npt.NDArray[Any]) -> npt.NDArray[Any]:
        along = np.clip(px * ux + py * uy, 0.0, length)
        return np.asarray(np.hypot(px - along * ux, py - along * uy) - 0.5 * thickness)

    _paint(picture, x, y, length + thickness, colour, distance)


def draw_world(compiled: Compiled, world: Any, index: int, *, width: int = 800, marked: Sequence[int] = ()) -> Picture:
    """World ``index`` of a batch from above, uint8 [height, width, 3]; ``marked``: people who get a ring."""
    ground_map = compiled.map
    picture = draw_ground(ground_map, width).copy()
    scale = width / ground_map.width
    gait = world.crowd.gait.numpy()[index]
    for x, y in world.crowd.position.numpy()[index][(gait != int(Gait.away)) & (gait != int(Gait.left))] * scale:
        disc(picture, x, y, max(0.25 * scale, 1.0), CROWD)
    size = max(0.35 * scale, LEAST_RADIUS)
    for x, y in world.cargo.position.numpy()[index][: len(compiled.names.payloads)] * scale:
        square(picture, x, y, 1.3 * size, DARK)
        square(picture, x, y, 1.3 * size - 1.5, CARGO)
    mode = world.motion.mode.numpy()[index]
    heading = world.motion.heading.numpy()[index]
    for i, (x, y) in enumerate(world.motion.position.numpy()[index] * scale):
        if mode[i] == int(Mode.away):
            continue
        colour = SIDES[compiled.names.side_of[i] % len(SIDES)]
        if mode[i] == int(Mode.out):
            line(picture, x - size, y - size, 2 * size, 2 * size, 2.0, colour)
            line(picture, x - size, y + size, 2 * size, -2 * size, 2.0, colour)
            continue
        if i in marked:
            disc(picture, x, y, size + 3.0, DARK)
            disc(picture, x, y, size + 2.0, WHITE)
        line(picture, x, y, 2 * size * heading[i, 0], 2 * size * heading[i, 1], 2.0, colour)
        disc(picture, x, y, size, colour)
    return picture

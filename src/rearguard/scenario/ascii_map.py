"""Small maps drawn with letters in the scenario file: one line a row, one character a cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rearguard.scenario import schema
from rearguard.scenario.grounds import GroundType, nearest_name
from rearguard.scenario.maps import MAX_CELLS, GroundMap, MapError, Place, assemble

ROOF_HEIGHT = 5.0
"""Height of a roof drawn as ``=`` [m]."""
WALL_HEIGHT = 3.0
"""Height of a wall drawn as ``#`` [m]: it hides what is behind it."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What a character stands for."""

    ground: str
    elevation: float = 0.0
    place: str | None = None


LEGEND: dict[str, Sign] = {
    ".": Sign("street"),
    ",": Sign("path"),
    '"': Sign("grass"),
    "f": Sign("forest"),
    "#": Sign("wall", WALL_HEIGHT),
    "=": Sign("roof", ROOF_HEIGHT),
    "~": Sign("water"),
}
"""Characters that need no legend."""


def _legend(spec: schema.AsciiMap, types: Mapping[str, GroundType]) -> dict[str, Sign]:
    """The predefined legend with the drawing's own entries over it."""
    legend = dict(LEGEND)
    for key, entry in spec.legend.items():
        if len(key) != 1:
            raise MapError(f"legend entry '{key}' has {len(key)} characters", hint="a legend entry is one character")
        sign = Sign(entry) if isinstance(entry, str) else Sign(entry.ground, float(entry.elevation), entry.place)
        if sign.ground not in types:
            guess = nearest_name(sign.ground, types)
            raise MapError(
                f"legend entry '{key}' stands for ground '{sign.ground}', which nobody defines",
                hint=f"did you mean '{guess}'?" if guess else "the types are " + ", ".join(types),
            )
        legend[key] = sign
    return legend


def _lines(drawing: str) -> list[str]:
    """Rows of the drawing without the empty lines around it."""
    lines = drawing.splitlines()
    while lines and not lines[0].strip():
        lines.pop(0)
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def _check_shape(lines: list[str]) -> None:
    if not lines:
        raise MapError("the drawing is empty", hint="draw at least one row of cells")
    widths = [len(line) for line in lines]
    common = max(set(widths), key=lambda width: (widths.count(width), width))
    for number, width in enumerate(widths, start=1):
        if width != common:
            difference = width - common
            what = f"{difference} too many" if difference > 0 else f"{-difference} too few"
            raise MapError(
                f"row {number} of the drawing has {width} cells, the others have {common}",
                line=number,
                column=min(width, common) + 1,
                hint=f"it has {what}",
            )
    if common * len(lines) > MAX_CELLS:
        raise MapError(f"the drawing has {common * len(lines)} cells; at most {MAX_CELLS} are read")


def _ground_beside(line: str, column: int, legend: Mapping[str, Sign], types: Mapping[str, GroundType]) -> Sign:
    """The ground a place letter stands on: the nearest to its left that can be stood on, else to its right, else the street."""
    for way in (range(column - 1, -1, -1), range(column + 1, len(line))):
        for index in way:
            if line[index] in legend:
                sign = legend[line[index]]
                if types[sign.ground].passable:
                    return Sign(sign.ground, sign.elevation)
                break
            if not _is_place_letter(line[index], legend):
                break
    return legend["."]


def _is_place_letter(character: str, legend: Mapping[str, Sign]) -> bool:
    return character not in legend and "A" <= character <= "Z"


def read_ascii(spec: schema.AsciiMap, types: Mapping[str, GroundType]) -> GroundMap:
    """The map of a drawing; ``types`` are the ground types the scenario knows. Raises MapError, with row and column."""
    legend = _legend(spec, types)
    lines = [line.rstrip("\r") if " " in legend else line.rstrip() for line in _lines(spec.ascii)]
    _check_shape(lines)
    cell = float(spec.metres_per_cell)
    known = tuple(types)
    order = {name: index for index, name in enumerate(known)}
    shape = (len(lines), len(lines[0]))
    names = np.zeros(shape, dtype=np.int64)
    elevation = np.zeros(shape, dtype=np.float32)
    masks: dict[str, np.ndarray] = {}
    for row, line in enumerate(lines):
        for column, character in enumerate(line):
            if character in legend:
                sign = legend[character]
            elif _is_place_letter(character, legend):
                beside = _ground_beside(line, column, legend, types)
                sign = Sign(beside.ground, beside.elevation, character.lower())
            else:
                raise MapError(
                    f"the legend does not know '{character}', drawn in row {row + 1}, column {column + 1}",
                    line=row + 1,
                    column=column + 1,
                    hint="known are " + " ".join(sorted(legend)) + " and capital letters for places",
                )
            names[row, column] = order[sign.ground]
            elevation[row, column] = sign.elevation
            if sign.place is not None:
                masks.setdefault(sign.place, np.zeros(shape, dtype=bool))[row, column] = True
    places = {name: _place(name, mask, cell) for name, mask in sorted(masks.items())}
    return assemble(cell=cell, names=names, known=known, types=types, elevation=elevation, places=places, routes={})


def _place(name: str, mask: np.ndarray, cell: float) -> Place:
    """A place at the cell of ``mask`` that lies nearest to the middle of all of them."""
    rows, columns = np.nonzero(mask)
    nearest = int(np.argmin((rows - rows.mean()) ** 2 + (columns - columns.mean()) ** 2))
    return Place(name, (float(columns[nearest]) + 0.5) * cell, (float(rows[nearest]) + 0.5) * cell, mask)

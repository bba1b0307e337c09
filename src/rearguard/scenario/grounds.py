"""Ground types: what a surface does to speed, effort, sight, sign and footing.

``energy`` is Pandolf's terrain coefficient eta (Pandolf, Givoni & Goldman 1977; coefficients of Soule & Goldman 1972):
hard street 1.0, dirt and grass 1.1, light brush 1.2, ploughed soil 1.3, heavy brush 1.5, swamp 1.8, loose sand 2.1.
``cover`` is stem density times stem diameter; a forest of 400 stems a hectare of 0.3 m is 0.04 x 0.3 = 0.012 per metre.
``muffle`` of forest is the mid band of ISO 9613-2 Table A.1 (0.06 dB/m at 1 kHz; published values run to 0.23).
``speed``, ``sign``, ``friction``, ``screen``, ``noise`` and ``scent`` have no accepted table: they are declared values,
meant to be overridden in a scenario's ``ground`` block.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace

from rearguard.scenario import schema

VALUES = ("speed", "energy", "cover", "screen", "sign", "friction", "noise", "muffle", "scent", "passable")


@dataclass(frozen=True, slots=True)
class GroundType:
    """A ground type with every value known.

    speed: share of the top speed on a hard level street [1]. energy: terrain coefficient eta [1].
    cover: stem density times stem diameter [1/m]. screen: height up to which its plants hide [m].
    sign: how well it keeps sign, 0 to 1 [1]. friction: sliding friction coefficient [1].
    noise: of steps, over a street's [dB]. muffle: sound lost in it [dB/m]. scent: half-life of odours on it [s].
    """

    name: str
    speed: float
    energy: float
    cover: float
    screen: float
    sign: float
    friction: float
    noise: float
    muffle: float
    scent: float
    passable: bool


class GroundError(ValueError):
    """A ground type of a scenario that cannot be completed: ``ground``, its name, and ``hint``, what would be right."""

    def __init__(self, message: str, *, ground: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.ground = ground
        self.hint = hint


_TABLE: tuple[GroundType, ...] = (
    #          name        speed energy cover screen sign frict. noise muffle scent passable
    GroundType("street", 1.00, 1.0, 0.0, 0.0, 0.05, 0.80, 0.0, 0.0, 1200.0, True),
    GroundType("path", 0.95, 1.1, 0.0, 0.0, 0.50, 0.65, 1.0, 0.0, 7200.0, True),
    GroundType("dirt", 0.93, 1.1, 0.0, 0.0, 0.60, 0.60, -1.0, 0.0, 10800.0, True),
    GroundType("grass", 0.92, 1.1, 0.0, 0.3, 0.40, 0.50, -3.0, 0.0, 21600.0, True),
    # tiles and ridges, no soil to keep a print
    GroundType("roof", 0.95, 1.0, 0.0, 0.0, 0.08, 0.55, 4.0, 0.0, 1800.0, True),
    GroundType("wall_top", 0.90, 1.0, 0.0, 0.0, 0.03, 0.75, 0.0, 0.0, 900.0, True),
    GroundType("gate", 1.00, 1.0, 0.0, 0.0, 0.10, 0.80, 1.0, 0.0, 1200.0, True),
    GroundType("floor", 0.95, 1.0, 0.0, 0.0, 0.02, 0.60, 1.0, 0.0, 3600.0, True),
    # undergrowth is light brush; the crowns hide from above as well, hence the screen
    GroundType("forest", 0.80, 1.2, 0.014, 14.0, 0.60, 0.60, 3.0, 0.06, 28800.0, True),
    GroundType("brush", 0.55, 1.5, 0.060, 1.6, 0.80, 0.60, 6.0, 0.08, 28800.0, True),
    GroundType("field", 0.85, 1.3, 0.0, 0.4, 0.80, 0.55, 0.0, 0.0, 14400.0, True),
    GroundType("sand", 0.70, 2.1, 0.0, 0.0, 0.90, 0.50, -4.0, 0.0, 3600.0, True),
    GroundType("mud", 0.60, 1.8, 0.0, 0.0, 1.00, 0.35, 2.0, 0.0, 14400.0, True),
    GroundType("rubble", 0.60, 1.5, 0.0, 0.5, 0.20, 0.60, 6.0, 0.0, 3600.0, True),
    # wading to the knee; nothing can be read in it
    GroundType("water", 0.35, 1.8, 0.0, 0.0, 0.00, 0.40, 8.0, 0.0, 60.0, True),
    GroundType("rock", 0.00, 1.0, 0.0, 0.0, 0.05, 0.70, 0.0, 0.0, 3600.0, False),
    GroundType("chimney", 0.00, 1.0, 0.0, 0.0, 0.00, 0.70, 0.0, 0.0, 3600.0, False),
    GroundType("wall", 0.00, 1.0, 0.0, 0.0, 0.00, 0.70, 0.0, 0.0, 3600.0, False),
)

BUILT_IN: dict[str, GroundType] = {ground.name: ground for ground in _TABLE}
"""Ground types that every scenario knows."""


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """The known name that ``name`` was probably meant to be, or None."""
    names = sorted(known)
    found = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if not found:
        found = difflib.get_close_matches(name.lower().replace(" ", "_").replace("-", "_"), names, n=1, cutoff=0.6)
    return found[0] if found else None


def _written(ground: schema.Ground) -> dict[str, float | bool]:
    """The values that the scenario gives, in SI units; worlds do not differ in them, so draws count as nominal."""
    written: dict[str, float | bool] = {}
    for name in VALUES:
        value = getattr(ground, name)
        if value is not None:
            written[name] = bool(value) if name == "passable" else float(value)
    return written


def resolve_grounds(overrides: Mapping[str, schema.Ground]) -> dict[str, GroundType]:
    """All ground types a scenario knows: the built-in ones, changed and added to by its ``ground`` block.

    Raises GroundError when a type is like one that does not exist, or is new and leaves values out.
    """
    resolved = dict(BUILT_IN)
    for name, ground in overrides.items():
        written = _written(ground)
        base = BUILT_IN.get(ground.like if ground.like is not None else name)
        if base is not None:
            values = {key: value for key, value in asdict(base).items() if key in VALUES} | written
        elif ground.like is not None:
            guess = nearest_name(ground.like, BUILT_IN)
            raise GroundError(
                f"ground '{name}' is like '{ground.like}', which is not a built-in ground type",
                ground=name,
                hint=f"did you mean '{guess}'?" if guess else "the built-in types are " + ", ".join(BUILT_IN),
            )
        else:
            missing = [key for key in VALUES if key not in written and key != "passable"]
            if missing:
                raise GroundError(
                    f"ground '{name}' is new and says nothing of {', '.join(missing)}",
                    ground=name,
                    hint="add `like: street` (or another built-in type) to take its values for the rest",
                )
            values = {"passable": True} | written
        made = GroundType(name=name, **values)
        # a speed of nothing is a wall, whatever the file calls it: planning divides by speeds
        resolved[name] = made if made.speed > 0.0 else replace(made, passable=False)
    return resolved

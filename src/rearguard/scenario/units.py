"""Quantities with units and per-world noise, as people write them in a scenario.

A quantity is text such as ``6 m/s``, ``1 min 30 s`` or ``50 deg``, or a draw such as ``normal(9.5, 0.3) m/s``,
``uniform(2 s, 4 s)``, ``triangular(1, 2, 4) m`` or ``choice(3, 5) s``. Everything is kept in SI units. A bare number is
accepted only where the dimension has no unit (a share, a count); everywhere else the unit must be written, so that
nobody has to guess whether ``90`` means seconds or minutes.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

from pydantic_core import core_schema


class Dimension(NamedTuple):
    """A physical dimension: its name, its SI unit and the factor of every unit that may be written."""

    name: str
    si: str
    factors: dict[str, float]
    examples: tuple[str, ...]


_DEG = math.pi / 180.0

DURATION = Dimension(
    "duration",
    "s",
    {
        "ms": 1e-3,
        "s": 1.0,
        "sec": 1.0,
        "second": 1.0,
        "seconds": 1.0,
        "min": 60.0,
        "minute": 60.0,
        "minutes": 60.0,
        "h": 3600.0,
        "hour": 3600.0,
        "hours": 3600.0,
        "day": 86400.0,
        "days": 86400.0,
    },
    ("90 s", "1 min 30 s", "15 min"),
)
LENGTH = Dimension("length", "m", {"mm": 1e-3, "cm": 1e-2, "m": 1.0, "km": 1e3}, ("4.5 m", "1.2 km"))
SPEED = Dimension("speed", "m/s", {"m/s": 1.0, "km/h": 1.0 / 3.6}, ("6 m/s", "21.6 km/h"))
ANGLE = Dimension("angle", "rad", {"rad": 1.0, "mrad": 1e-3, "deg": _DEG, "°": _DEG}, ("50 deg", "20 mrad"))
MASS = Dimension("mass", "kg", {"g": 1e-3, "kg": 1.0, "t": 1e3}, ("42 kg",))
IMPULSE = Dimension("impulse", "N s", {"N s": 1.0, "Ns": 1.0, "N·s": 1.0, "kg m/s": 1.0}, ("400 N s",))
FLOW = Dimension("flow", "mL/s", {"mL/s": 1.0, "mL/min": 1.0 / 60.0, "L/min": 1000.0 / 60.0}, ("30 mL/min",))
RATE = Dimension("rate", "1/s", {"/s": 1.0, "1/s": 1.0, "/min": 1.0 / 60.0, "1/min": 1.0 / 60.0}, ("0.5 /s", "6 /min"))
PER_METRE = Dimension("rate per length", "1/m", {"/m": 1.0, "1/m": 1.0, "/km": 1e-3, "1/km": 1e-3}, ("2 /km",))
DENSITY = Dimension("density", "1/m²", {"/m2": 1.0, "/m²": 1.0, "1/m2": 1.0, "/ha": 1e-4}, ("0.05 /m2", "500 /ha"))
LEVEL = Dimension("sound level", "dB", {"dB": 1.0}, ("62 dB",))
ATTENUATION = Dimension("attenuation", "dB/m", {"dB/m": 1.0, "dB/km": 1e-3}, ("0.1 dB/m", "5 dB/km"))
TEMPERATURE = Dimension("temperature", "°C", {"°C": 1.0, "C": 1.0}, ("15 °C",))
SHARE = Dimension("share", "", {"": 1.0, "%": 0.01}, ("0.35", "35 %"))
NUMBER = Dimension("number", "", {"": 1.0}, ("1.5",))

DIMENSIONS = (
    DURATION,
    LENGTH,
    SPEED,
    ANGLE,
    MASS,
    IMPULSE,
    FLOW,
    RATE,
    PER_METRE,
    DENSITY,
    LEVEL,
    ATTENUATION,
    TEMPERATURE,
    SHARE,
    NUMBER,
)


@dataclass(frozen=True, slots=True)
class Draw:
    """A number, or a distribution from which every world draws one, in SI units.

    kind: ``fixed`` (a,), ``normal`` (mean, sd), ``uniform`` (low, high), ``triangular`` (low, mode, high),
    ``choice`` (v1, v2, ...).
    """

    kind: str
    values: tuple[float, ...]

    @property
    def nominal(self) -> float:
        """The value that stands for the whole distribution: mean, mode or the first choice."""
        if self.kind == "uniform":
            return 0.5 * (self.values[0] + self.values[1])
        if self.kind == "triangular":
            return self.values[1]
        return self.values[0]

    @property
    def is_noisy(self) -> bool:
        """True when worlds differ in it."""
        return self.kind != "fixed"

    @property
    def support(self) -> tuple[float, float]:
        """Lowest and highest value that a world can see (a normal is cut at four standard deviations)."""
        if self.kind == "normal":
            mean, sd = self.values
            return mean - 4.0 * sd, mean + 4.0 * sd
        return min(self.values), max(self.values)

    def __float__(self) -> float:
        return self.nominal


def fixed(value: float) -> Draw:
    """A draw that is the same in every world."""
    return Draw("fixed", (float(value),))


_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_UNITS = "|".join(re.escape(u) for u in sorted({u for d in DIMENSIONS for u in d.factors if u}, key=len, reverse=True))
# a known unit, which may hold digits (1/s, /m2), unless it goes on; else whatever stands there, to be named in the error
_TERM = re.compile(rf"\s*({_NUMBER})\s*((?:{_UNITS})(?!\s*[^\d\s,()+.-])|[^\d\s,()+-][^\d,()]*)?\s*")
_CALL = re.compile(r"^\s*([A-Za-z_]+)\s*\((.*)\)\s*(.*)$", re.S)
_CLOCK = re.compile(r"^\s*\d+:\d\d(:\d\d)?\s*$")
_ARITY = {"normal": 2, "uniform": 2, "triangular": 3}


def _unit_list(dim: Dimension) -> str:
    return ", ".join(u for u in dim.factors if u) or "none"


def _wrong_unit(text: str, unit: str, dim: Dimension) -> str:
    others = [d.name for d in DIMENSIONS if d is not dim and unit and unit in d.factors]
    what = f"'{text.strip()}' is a {others[0]}" if others else f"'{unit}' is not a unit of {dim.name}"
    hint = f"; write a {dim.name} such as {' or '.join(dim.examples)}"
    return what + hint


def _factor(unit: str, text: str, dim: Dimension) -> float:
    unit = " ".join(unit.split())
    if unit in dim.factors:
        return dim.factors[unit]
    compact = unit.replace(" ", "")
    if compact in dim.factors:
        return dim.factors[compact]
    raise ValueError(_wrong_unit(text, unit, dim))


def _plain(text: str, dim: Dimension, outer: float | None) -> float:
    """One value: number with unit, or several added up as in ``1 min 30 s``; ``outer`` is a unit written after a call."""
    if _CLOCK.match(text):
        raise ValueError(f"'{text.strip()}' could be minutes or hours; write it with units, such as 1 min 30 s")
    position, total, found = 0, 0.0, False
    while position < len(text):
        match = _TERM.match(text, position)
        if not match or match.end() == position:
            raise ValueError(f"'{text.strip()}' is not a {dim.name}; write one such as {' or '.join(dim.examples)}")
        number, unit = float(match.group(1)), (match.group(2) or "").strip()
        if unit:
            factor = _factor(unit, text, dim)
        elif outer is not None:
            factor = outer
        elif "" in dim.factors:
            factor = dim.factors[""]
        else:
            raise ValueError(f"'{text.strip()}' has no unit; write a {dim.name} such as {' or '.join(dim.examples)}")
        total, found, position = total + number * factor, True, match.end()
    if not found:
        raise ValueError(f"empty {dim.name}; write one such as {' or '.join(dim.examples)}")
    return total


def parse_quantity(value: Any, dim: Dimension) -> Draw:
    """Read what a person wrote as a quantity of ``dim``; raises ValueError with the nearest right thing."""
    if isinstance(value, Draw):
        return value
    if isinstance(value, bool):
        raise ValueError(f"found {str(value).lower()}; write a {dim.name} such as {' or '.join(dim.examples)}")
    if isinstance(value, (int, float)):
        if "" not in dim.factors:
            raise ValueError(
                f"{value} has no unit; write a {dim.name} with one of {_unit_list(dim)}, such as {dim.examples[0]}"
            )
        try:
            draw = fixed(float(value))
        except OverflowError as error:
            raise ValueError(
                f"a number of {len(str(value)) if abs(value) < 10**4000 else 'many'} digits is too large"
            ) from error
    elif isinstance(value, str):
        draw = _parse_text(value, dim)
    else:
        raise ValueError(f"found {type(value).__name__}; write a {dim.name} such as {' or '.join(dim.examples)}")
    if not all(math.isfinite(v) for v in draw.values):
        raise ValueError(f"'{value}' is not a finite {dim.name}")
    return draw


def _parse_text(text: str, dim: Dimension) -> Draw:
    call = _CALL.match(text)
    if not call:
        return fixed(_plain(text, dim, None))
    kind, inside, after = call.group(1), call.group(2), call.group(3).strip()
    if kind not in (*_ARITY, "choice"):
        raise ValueError(f"no distribution is called '{kind}'; there are normal, uniform, triangular and choice")
    outer = _factor(after, text, dim) if after else None
    parts = [p for p in inside.split(",") if p.strip()]
    if outer is None and "" not in dim.factors:
        units = [m.group(2) for p in parts if (m := _TERM.fullmatch(p)) and m.group(2)]
        if len(units) >= 1:
            outer = _factor(units[0].strip(), text, dim)
    values = tuple(_plain(p, dim, outer) for p in parts)
    if kind == "choice":
        if not values:
            raise ValueError("choice() needs at least one value")
    elif len(values) != _ARITY[kind]:
        raise ValueError(f"{kind}(...) takes {_ARITY[kind]} values, found {len(values)}")
    if kind == "normal" and values[1] < 0.0:
        raise ValueError(f"the standard deviation of normal(...) is negative: {values[1]:g}")
    if kind in ("uniform", "triangular") and list(values) != sorted(values):
        raise ValueError(f"{kind}(...) wants its values from low to high, found {inside.strip()}")
    return Draw(kind, values)


def written_unit(dim: Dimension) -> str:
    """The SI unit of ``dim`` as it can stand behind a number; empty where there is none."""
    return next((u for u, factor in dim.factors.items() if factor == 1.0 and not u[:1].isdigit()), "")


def format_quantity(draw: Draw, dim: Dimension) -> str:
    """Text that ``parse_quantity`` reads back as the same draw, to nine digits."""
    unit = f" {written_unit(dim)}".rstrip()
    if draw.kind == "fixed":
        return f"{draw.values[0]:.9g}{unit}"
    return f"{draw.kind}({', '.join(f'{v:.9g}' for v in draw.values)}){unit}"


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a schema field knows about its quantity: the dimension and the SI range every world is clipped to."""

    dimension: Dimension
    low: float
    high: float
    open_low: bool = False

    def __hash__(self) -> int:
        return hash((self.dimension.name, self.low, self.high, self.open_low))

    def parse(self, value: Any) -> Draw:
        """Read and range-check what a person wrote; raises ValueError."""
        draw = parse_quantity(value, self.dimension)
        low, high = (draw.values[0], draw.values[0]) if draw.kind == "normal" else draw.support
        unit = f" {self.dimension.si}" if self.dimension.si else ""
        if low < self.low or (self.open_low and low <= self.low):
            word = "above" if self.open_low else "at least"
            raise ValueError(f"{low:g}{unit} is too small; it must be {word} {self.low:g}{unit}")
        if high > self.high:
            raise ValueError(f"{high:g}{unit} is too large; it must be at most {self.high:g}{unit}")
        return draw

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.parse,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda draw: format_quantity(draw, self.dimension), return_schema=core_schema.str_schema()
            ),
        )

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        dim = self.dimension
        text = f"{dim.name[0].upper()}{dim.name[1:]}" + (f" with a unit ({_unit_list(dim)})" if dim.si else "")
        return {
            "anyOf": [{"type": "string"}, {"type": "number"}] if "" in dim.factors else [{"type": "string"}],
            "description": f"{text}, or a draw per world: normal(mean, sd), uniform(low, high), "
            "triangular(low, mode, high), choice(a, b, ...).",
            "examples": [*dim.examples, self._drawn_example()],
        }

    def _drawn_example(self) -> str:
        """A draw of this dimension with a spread of a twentieth."""
        number, _, unit = self.dimension.examples[0].partition(" ")
        return f"normal({number}, {float(number) / 20.0:g}) {unit}".rstrip()


def quantity(dim: Dimension, low: float = 0.0, high: float = math.inf, *, open_low: bool = False) -> Any:
    """The pydantic type of a quantity of ``dim`` within [low, high] SI units."""
    return Annotated[Draw, Quantity(dim, low, high, open_low)]


Duration = quantity(DURATION)
PositiveDuration = quantity(DURATION, open_low=True)
Length = quantity(LENGTH)
PositiveLength = quantity(LENGTH, open_low=True)
Speed = quantity(SPEED)
PositiveSpeed = quantity(SPEED, open_low=True)
Angle = quantity(ANGLE, high=2.0 * math.pi)
Mass = quantity(MASS)
PositiveMass = quantity(MASS, open_low=True)
Impulse = quantity(IMPULSE)
Flow = quantity(FLOW)
Rate = quantity(RATE)
PerMetre = quantity(PER_METRE)
Density = quantity(DENSITY)
Level = quantity(LEVEL, low=-20.0, high=200.0)
Attenuation = quantity(ATTENUATION, high=5.0)
Temperature = quantity(TEMPERATURE, low=-60.0, high=60.0)
Share = quantity(SHARE, 0.0, 1.0)
Number = quantity(NUMBER, -math.inf)
PositiveNumber = quantity(NUMBER, open_low=True)
NonNegative = quantity(NUMBER)

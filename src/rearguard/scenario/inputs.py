"""What the inputs of considerations measure: kind, unit, and whom or what they are about."""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal["flag", "count", "share", "amount"]
About = Literal["self", "target", "place", "choice", "order"]


class Scale(NamedTuple):
    """How to read an input.

    kind: ``flag`` is 0 or 1, ``count`` a whole number, ``share`` lies in [0, 1], ``amount`` is any number from 0 up.
    about: the person itself, or the target, place, choice or order of the option that asks.
    """

    kind: Kind
    unit: str = ""
    about: About = "self"


SCALES: dict[str, Scale] = {
    "always": Scale("flag"),
    "time": Scale("amount", "s"),
    "seen": Scale("flag", about="target"),
    "age": Scale("amount", "s", "target"),
    "known": Scale("flag", about="target"),
    "distance": Scale("amount", "m", "target"),
    "closing": Scale("amount", "s", "target"),
    "target_down": Scale("flag", about="target"),
    "target_held": Scale("flag", about="target"),
    "target_busy": Scale("flag", about="target"),
    "reserve": Scale("share"),
    "power": Scale("share"),
    "wounds": Scale("share"),
    "carrying": Scale("flag"),
    "holding": Scale("count"),
    "threatened": Scale("flag"),
    "engaged": Scale("flag"),
    "friends_near": Scale("count"),
    "enemies_near": Scale("count"),
    "payload_distance": Scale("amount", "m"),
    "payload_stage": Scale("count"),
    "payload_gap": Scale("amount", "s"),
    "held_friends": Scale("count"),
    "chosen": Scale("flag", about="choice"),
    "from_post": Scale("amount", "m", "place"),
    "on_roof": Scale("flag"),
    "on_trail": Scale("flag"),
    "marks_known": Scale("flag"),
    "bidden": Scale("flag", about="order"),
    "faltering": Scale("flag", about="target"),
    "shock": Scale("share"),
    "presence": Scale("share"),
    "crowd_near": Scale("count"),
    "noise": Scale("amount", "dB"),
    "heard": Scale("flag", about="target"),
}
"""Input of ``schema.INPUTS`` → how to read it."""

UNKNOWN = 1.0e6
"""Value of distances, ages and gaps to somebody of whom nothing is known; the engine's ``doctrine.FAR``."""


def scale_of(name: str) -> Scale:
    """How to read an input; one that the table lacks is read as a plain number."""
    return SCALES.get(name, Scale("amount"))


def digits_of(name: str, value: float) -> int:
    """Digits behind the point that a value of an input is told with."""
    kind = scale_of(name).kind
    if kind in ("flag", "count"):
        return 0
    return 2 if kind == "share" else 1 if abs(value) < 100.0 else 0

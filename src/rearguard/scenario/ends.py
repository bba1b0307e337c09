"""The little language of ends: ``contact(A, B) and stage(P) is S``, read without ever evaluating anything."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rearguard.scenario.units import DURATION, parse_quantity

Kind = Literal["contact", "stage", "arrived", "out", "time"]


class WhenError(ValueError):
    """A condition that cannot be read. column: offset into the text, from 0."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True)
class Condition:
    """One condition. subject: person, group, side or payload; object: the same or a place; value: stage or seconds."""

    kind: Kind
    subject: str = ""
    object: str = ""
    value: str | float = ""
    column: int = 0


_CALL = re.compile(r"\s*(?P<kind>\w+)\s*\(\s*(?P<a>\w+)\s*(?:,\s*(?P<b>\w+)\s*)?\)\s*")
_STAGE = re.compile(r"is\s+(?P<stage>\w+)\s*")
_TIME = re.compile(r"\s*time\s*>\s*(?P<limit>.+?)\s*")
_EXAMPLES = "contact(SIDE, PAYLOAD), stage(PAYLOAD) is STAGE, arrived(WHO, PLACE), out(WHO), time > 3 min"
_ARGUMENTS = {"contact": 2, "arrived": 2, "stage": 1, "out": 1}


def _one(text: str, column: int) -> Condition:
    if timed := _TIME.fullmatch(text):
        try:
            limit = parse_quantity(timed["limit"], DURATION)
        except ValueError as error:
            raise WhenError(str(error), column + timed.start("limit")) from error
        return Condition("time", value=limit.nominal, column=column)
    call = _CALL.match(text)
    if not call:
        raise WhenError(f"'{text.strip()}' is not a condition; there are {_EXAMPLES}", column)
    kind, at = call["kind"], column + call.start("kind")
    if kind not in _ARGUMENTS:
        raise WhenError(f"no condition is called '{kind}'; there are {_EXAMPLES}", at)
    given = 2 if call["b"] else 1
    if given != _ARGUMENTS[kind]:
        raise WhenError(f"{kind}(...) takes {_ARGUMENTS[kind]} names, found {given}", at)
    rest = text[call.end() :]
    if kind == "stage":
        stage = _STAGE.fullmatch(rest)
        if not stage:
            raise WhenError(f"stage({call['a']}) wants a stage: stage({call['a']}) is NAME", column + call.end())
        return Condition("stage", call["a"], value=stage["stage"], column=at)
    if rest.strip():
        raise WhenError(f"'{rest.strip()}' does not belong here; conditions are joined by `and`", column + call.end())
    return Condition(kind, call["a"], call["b"] or "", column=at)  # type: ignore[arg-type]


def parse_when(text: str) -> list[Condition]:
    """Read a `when:` text; raises WhenError with the column of what cannot be read."""
    out, column = [], 0
    for part in re.split(r"(\band\b)", text):
        if part != "and":
            out.append(_one(part, column))
        column += len(part)
    return out

"""The little language of ends: ``contact(A, B) and stage(P) is S``, read without ever evaluating anything."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rearguard.scenario.errors import did_you_mean
from rearguard.scenario.units import DURATION, parse_quantity

Kind = Literal["contact", "stage", "arrived", "out", "time"]


class WhenError(ValueError):
    """A condition that cannot be read. column: offset into the text, from 0; what would be right follows a ``;``."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True)
class Condition:
    """One condition.

    subject: person, group, side or payload. object: the same, or a place. value: a stage, or seconds. column: where it
    starts in the text, from 0; columns: where subject, object and value stand.
    """

    kind: Kind
    subject: str = ""
    object: str = ""
    value: str | float = ""
    column: int = 0
    columns: tuple[int, int, int] = (0, 0, 0)


_FORMS: dict[str, str] = {
    "contact": "contact(SIDE, PAYLOAD)",
    "stage": "stage(PAYLOAD) is STAGE",
    "arrived": "arrived(WHO, PLACE)",
    "out": "out(WHO)",
}
_ARGUMENTS: dict[str, int] = {"contact": 2, "arrived": 2, "stage": 1, "out": 1}
EXAMPLES = ", ".join([*_FORMS.values(), "time > 3 min"])
_NAME = r"[^(),=<>]+?"
_CALL = re.compile(rf"\s*(?P<kind>\w+)\s*\(\s*(?P<a>{_NAME})\s*(?:,\s*(?P<b>{_NAME})\s*)?(?P<more>,.*)?\)")
_STAGE = re.compile(r"\s*is\s+(?P<stage>\w+)\s*")
_TIME = re.compile(r"\s*time\s*(?P<sign>[^\w\s.+-]*)\s*(?P<limit>.*?)\s*")


def _time(match: re.Match[str], column: int, at: int) -> Condition:
    if match["sign"] != ">":
        raise WhenError("time is compared with `>`; such as time > 3 min", at)
    where = column + match.start("limit")
    try:
        limit = parse_quantity(match["limit"], DURATION)
    except ValueError as error:
        raise WhenError(str(error), where) from error
    if limit.is_noisy or limit.nominal < 0.0:
        raise WhenError("an end needs one duration; such as time > 3 min", where)
    return Condition("time", value=limit.nominal, column=at, columns=(0, 0, where))


def _one(text: str, column: int) -> Condition:
    at = column + len(text) - len(text.lstrip())
    if not text.strip():
        raise WhenError(f"a condition is missing here; there are {EXAMPLES}", column)
    if re.match(r"\s*time\b(?!\s*\()", text) and (timed := _TIME.fullmatch(text)):
        return _time(timed, column, at)
    call = _CALL.match(text)
    if not call:
        word = re.match(r"\s*(\w+)", text)
        close = did_you_mean(word[1], [*_ARGUMENTS, "time"]) if word else ""
        hint = close if close.startswith("did you mean") else f"there are {EXAMPLES}"
        raise WhenError(f"'{text.strip()}' is not a condition; {hint}", at)
    kind, rest, after = call["kind"], text[call.end() :], column + call.end()
    if kind not in _ARGUMENTS:
        raise WhenError(f"no condition is called '{kind}'; {did_you_mean(kind, _ARGUMENTS)}", at)
    given = 1 + (call["b"] is not None) + (call["more"] or "").count(",")
    if given != _ARGUMENTS[kind]:
        wanted = f"{_ARGUMENTS[kind]} name{'s' if _ARGUMENTS[kind] > 1 else ''}"
        raise WhenError(f"{kind}(...) takes {wanted}, found {given}; such as {_FORMS[kind]}", at)
    columns = (column + call.start("a"), column + max(call.start("b"), 0), after)
    if kind == "stage":
        stage = _STAGE.fullmatch(rest)
        if not stage:
            raise WhenError(f"stage({call['a']}) wants a stage; stage({call['a']}) is NAME", after)
        columns = (columns[0], 0, after + stage.start("stage"))
        return Condition("stage", call["a"], value=stage["stage"], column=at, columns=columns)
    if rest.strip():
        extra = after + len(rest) - len(rest.lstrip())
        hint = "for `or`, write two ends" if rest.split()[0] in ("or", "||", "|") else "conditions are joined by `and`"
        raise WhenError(f"'{rest.strip()}' does not belong here; {hint}", extra)
    return Condition(kind, call["a"], call["b"] or "", column=at, columns=columns)  # type: ignore[arg-type]


def parse_when(text: str) -> list[Condition]:
    """Read a `when:` text; raises WhenError with the column of what cannot be read."""
    out: list[Condition] = []
    column = 0
    for part in re.split(r"((?<=[\s)])and(?=\s|$))", text):
        if part != "and":
            out.append(_one(part, column))
        column += len(part)
    return out

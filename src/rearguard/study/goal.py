"""What a side is after, as one number per world: reached in time, slack, or an outcome.

    in_time           1 where a side that pursues reached the payload before its deadline (at all, where it has none)
    slack             deadline minus contact [s]; without contact the time of contact is cut at the scenario's limit, so
                      that worlds in which it never comes count as what they are, late, and are not dropped
    share(OUTCOME)    1 where the world ended so
    out(WHO)          share of the people of a side or group, or of one person (1 or 0), who are out when the world ends

Those who have the payload want ``in_time`` and ``slack`` low, everybody else wants them high; an outcome that is named is
wanted by the side that asks; ``out`` is wanted low by the side of those people, high by the others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rearguard.scenario.errors import did_you_mean
from rearguard.study.folder import RunError

if TYPE_CHECKING:
    from rearguard.engine import SliceResult
    from rearguard.scenario.compiled import Compiled
    from rearguard.study.statistics import Floats

GOALS = ("in_time", "slack", "share(OUTCOME)", "out(WHO)")
_CALL = re.compile(r"\s*(share|out)\s*\(\s*([^)]*?)\s*\)\s*")


@dataclass(frozen=True)
class Goal:
    """What is measured. kind: ``in_time``, ``slack``, ``share`` or ``out``; outcome: index of it for a share; who: people,
    and their sides, for ``out``; limit [s].
    """

    kind: str
    text: str
    limit: float
    outcome: int = -1
    who: tuple[int, ...] = ()
    sides: frozenset[str] = frozenset()

    @property
    def is_share(self) -> bool:
        """True when a world counts as something from 0 to 1."""
        return self.kind != "slack"

    @property
    def unit(self) -> str:
        """Unit of a value; "" for shares."""
        return "" if self.is_share else "s"

    def values(self, result: SliceResult) -> Floats:
        """The number of each world, float64 [worlds]."""
        o = result.outcomes
        if self.kind == "share":
            return np.asarray(o["outcome"] == self.outcome, float)
        if self.kind == "out":
            return np.asarray(result.people["out"][:, list(self.who)].mean(axis=1), float)
        contact, deadline = o["contact_time"].astype(float), o["deadline_time"].astype(float)
        if self.kind == "in_time":
            return np.asarray(~np.isnan(contact) & (np.isnan(deadline) | (contact < deadline)), float)
        return deadline - np.where(np.isnan(contact), self.limit, contact)

    def is_high_good(self, side: str, quarry: str | None, own: bool) -> bool:
        """True when ``side`` wants the number high; own: the goal was named by that side."""
        if self.kind == "out":
            return side not in self.sides
        return (own and self.kind == "share") or side != quarry


def quarry_side(compiled: Compiled) -> str | None:
    """The side that has the payload whose deadline counts; None without one."""
    if not compiled.names.payloads:
        return None
    payload = max(int(compiled.arrays["deadline_payload"]), 0)
    return compiled.names.sides[int(compiled.arrays["payload_side"][payload])]


def _of(kind: str, name: str, compiled: Compiled) -> Goal:
    """``share`` of an outcome, or ``out`` of people."""
    names = compiled.names
    text = f"{kind}({name})"
    if kind == "share":
        if name not in names.outcomes:
            raise RunError(f"no outcome is called '{name}'; {did_you_mean(name, names.outcomes)}")
        return Goal(kind, text, compiled.limit, names.outcomes.index(name))
    side_of = [names.sides[k] for k in names.side_of]
    who = tuple(i for i, own in enumerate(zip(names.people, names.groups, side_of, strict=True)) if name in own)
    if not who:
        known = [*names.sides, *dict.fromkeys(names.groups), *names.people]
        raise RunError(f"no person, group or side is called '{name}'; {did_you_mean(name, known)}")
    return Goal(kind, text, compiled.limit, who=who, sides=frozenset(side_of[i] for i in who))


def read_goal(text: str | None, compiled: Compiled) -> Goal:
    """A goal from what a person wrote, default ``in_time``; RunError with the nearest right thing."""
    names = compiled.names
    what = " ".join((text or "in_time").split())
    match = _CALL.fullmatch(what)
    if match is not None:
        return _of(match[1], match[2], compiled)
    if what not in GOALS:
        known = [*GOALS[:2], *(f"share({o})" for o in names.outcomes), *(f"out({side})" for side in names.sides)]
        raise RunError(f"'{what}' is no goal; {did_you_mean(what, known)}")
    if not names.payloads:
        hint = " or ".join(f"share({o})" for o in names.outcomes)
        raise RunError(
            f"{compiled.name} has no payload that could be reached in time; name an outcome: --goal '{hint}'"
        )
    if what == "slack" and int(compiled.arrays["deadline_stage"]) <= 0:
        hint = "give the payload a second stage, or use --goal in_time"
        raise RunError(f"{compiled.name} has no deadline that slack could be measured against; {hint}")
    return Goal(what, what, compiled.limit)

"""What the checks of a scenario share: the facts they look names up in, and a way to say what is wrong where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from rearguard.scenario import schema
from rearguard.scenario.errors import MOST_PROBLEMS, Problem, did_you_mean
from rearguard.scenario.maps import GroundMap
from rearguard.scenario.source import Path_, Source

ANY_SIDE = "*"
"""Stands among the names that could not be read for the side of somebody whose side could not be read."""

Member = tuple[str, schema.Person, str, int]
"""Somebody: name, person, name of the group, number within it."""


def expand_people(scenario: schema.Scenario) -> list[Member]:
    """Everybody by name: (name, person, group, number within it); people of a group are NAME_1, NAME_2 ..."""
    return [
        (name if person.count == 1 else f"{name}_{k + 1}", person, name, k)
        for name, person in scenario.people.items()
        for k in range(person.count)
    ]


@dataclass
class Report:
    """A scenario under check. ground: its map, None when that cannot be used; gone: names that could not be read."""

    scenario: schema.Scenario
    source: Source
    ground: GroundMap | None
    gone: frozenset[str] = frozenset()
    problems: list[Problem] = field(default_factory=list)

    @cached_property
    def everybody(self) -> list[Member]:
        """All people, groups drawn out."""
        return expand_people(self.scenario)

    @cached_property
    def by_name(self) -> dict[str, Member]:
        """Everybody by name."""
        return {member[0]: member for member in self.everybody}

    @cached_property
    def sides(self) -> list[str]:
        """Sides that somebody is of."""
        return list(dict.fromkeys(person.side for person in self.scenario.people.values()))

    @property
    def is_full(self) -> bool:
        """True when so much is wrong that more is not worth the time."""
        return len(self.problems) >= MOST_PROBLEMS

    def say(
        self,
        path: Path_,
        message: str,
        hint: str | None = None,
        *,
        code: str = "RG021",
        key: bool = False,
        warning: bool = False,
        within: int | None = None,
        found: str | None = None,
    ) -> None:
        """Add a problem at ``path`` (at its key with ``key``), ``within`` characters into the value."""
        if self.is_full:
            return
        where = self.source.key(path) if key else self.source.value(path)
        severity: Literal["error", "warning"] = "warning" if warning else "error"
        if where is None:
            self.problems.append(Problem(code, message, "scenario", hint=hint, severity=severity, found=found))
            return
        if within is not None:
            where = where.within(within)
        self.problems.append(where.problem(code, message, hint, severity=severity, found=found))

    def name(self, path: Path_, name: str, known: Iterable[str], what: str, *, key: bool = False) -> bool:
        """Complain when ``name`` is none of ``known``; names that could not be read are let pass."""
        options = list(known)
        if name in options:
            return True
        if not self.is_full and not self.is_gone(name, what):
            group = f"{name}_1" in options and name in self.scenario.people
            hint = f"name one of the group, such as '{name}_1'" if group else did_you_mean(name, options)
            self.say(path, f"{what} '{name}' does not exist", hint, code="RG020", key=key, found=name)
        return False

    def is_gone(self, name: str, what: str = "") -> bool:
        """True for a name, one of a group's, or ``what`` side, whose block has another problem already."""
        group, _, number = name.rpartition("_")
        side = "side" in what and ANY_SIDE in self.gone
        return name in self.gone or side or (number.isdigit() and group in self.gone)

    def start_of(self, member: Member) -> tuple[float, float] | None:
        """Where somebody starts [m], drawn up in a loose arc across the way; None when that is no place."""
        _, person, _, number = member
        if isinstance(person.at, str):
            place = self.ground.places.get(person.at) if self.ground is not None else None
            if place is None:
                return None
            x, y = place.x, place.y
        elif len(person.at) == 2:
            x, y = person.at
        else:
            return None
        across = (number - 0.5 * (person.count - 1)) * person.spacing.nominal
        return x - 0.04 * across * across / max(person.spacing.nominal, 0.1), y + across

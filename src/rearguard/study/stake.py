"""What is at stake in a scenario: reaching the payload, by the deadline if there is one, or somebody.

Worlds in which nobody ever reaches it are not left out: the time to contact is cut at a horizon, and its mean is the
restricted mean (Irwin 1949; Royston & Parmar 2013), which is defined whatever share of worlds is without contact. Every
world is watched until contact can no longer come or the horizon is over, so that none is censored before it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from rearguard.engine.model import Check
from rearguard.study.folder import RunError

if TYPE_CHECKING:
    from rearguard.scenario.compiled import Compiled

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Outcomes = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class Stake:
    """What is to be reached, who keeps it from that, and until when it counts.

    quarry: the payload, or the people, that the others are after. keepers: the side of the quarry; time is on its side.
    has_deadline: some world has one. horizon: a contact that comes later, or never, counts as one at that time [s], after
    the deadline if there is one, else after the start. ends: without a payload, the outcomes that mean contact.
    """

    quarry: str
    keepers: str
    has_deadline: bool
    horizon: float
    ends: frozenset[int] = frozenset()

    def time(self, outcomes: Outcomes) -> Floats:
        """Restricted time to contact [worlds], in s."""
        contact, last = self._contact(outcomes), self._last(outcomes)
        return np.where(np.isnan(contact), last, np.minimum(contact, last))

    def in_time(self, outcomes: Outcomes) -> Flags:
        """Whether the quarry is reached in time [worlds]."""
        contact, deadline = self._contact(outcomes), outcomes["deadline_time"].astype(float)
        return np.asarray(~np.isnan(contact) & (np.isnan(deadline) | (contact < deadline)))

    def is_cut(self, outcomes: Outcomes) -> Flags:
        """Worlds without contact up to the horizon."""
        contact = self._contact(outcomes)
        return np.asarray(np.isnan(contact) | (contact > self._last(outcomes)))

    def _contact(self, outcomes: Outcomes) -> Floats:
        """Time of contact [worlds], in s; nan where there is none."""
        if not self.ends:
            return outcomes["contact_time"].astype(float)
        caught = np.isin(outcomes["outcome"], list(self.ends))
        return np.where(caught, outcomes["end_time"].astype(float), np.nan)

    def _last(self, outcomes: Outcomes) -> Floats:
        deadline = outcomes["deadline_time"].astype(float)
        return np.where(np.isnan(deadline), 0.0, deadline) + self.horizon

    def sign(self, side: str) -> float:
        """1 for the side that gains when contact comes later, -1 for the others."""
        return 1.0 if side == self.keepers else -1.0

    def horizon_text(self) -> str:
        """The horizon in words."""
        return f"{self.horizon:g} s after the {'deadline' if self.has_deadline else 'start'}"


def _find_quarry(compiled: Compiled) -> tuple[str, str, frozenset[int]]:
    """Name and side of what is to be reached, and the outcomes that mean that it is where no payload says so itself."""
    names, a = compiled.names, compiled.arrays
    which = int(a["deadline_payload"])
    if which >= 0:
        return names.payloads[which], names.sides[int(a["payload_side"][which])], frozenset()
    ends, found = a["ends"], dict[int, list[int]]()
    for rule in range(a["rules"]):
        for k in range(int(ends["first"][rule]), int(ends["first"][rule] + ends["count"][rule])):
            if ends["check"][k] == int(Check.contact):
                found.setdefault(int(ends["whom"][k]), []).append(int(ends["outcome"][rule]))
    if not found:
        raise RunError(
            f"{compiled.name} has no payload and no end by contact: nobody can be in time for anything, "
            "so that no second has a value"
        )
    whom, outcomes = next(iter(found.items()))
    people = [i for i in range(len(names.people)) if whom >> i & 1]
    side = names.sides[names.side_of[people[0]]]
    return names.titles[people[0]] if len(people) == 1 else side, side, frozenset(outcomes)


def check_stake(compiled: Compiled, horizon: float | None = None) -> None:
    """Refuse a scenario in which nothing is at stake, and a horizon that is none. Raises RunError."""
    _find_quarry(compiled)
    if horizon is not None and not horizon >= 0.0:
        raise RunError(f"the horizon must be 0 s or more, found {horizon:g}")


def find_stake(compiled: Compiled, pilot: Outcomes, horizon: float | None = None) -> Stake:
    """The stake of a scenario; ``pilot``: outcomes of its first worlds.

    It is the payload that has the deadline; without payloads, whoever is met by the first end by contact. Unless given, the
    horizon is how long the longest of these worlds was watched, after its deadline or from its start (what Tian, Jin, Uno,
    Lu, Huang, Anderson & Wei 2020 show to be sound), in whole seconds. RunError as ``check_stake``.
    """
    check_stake(compiled, horizon)
    deadline = pilot["deadline_time"].astype(float)
    has_deadline = bool((~np.isnan(deadline)).any())
    if horizon is None:
        watched = pilot["end_time"].astype(float) - np.where(np.isnan(deadline), 0.0, deadline)
        horizon = float(max(0, math.ceil(float(watched.max()) - 1.0e-3)))
    quarry, side, ends = _find_quarry(compiled)
    return Stake(quarry, side, has_deadline, horizon, ends)

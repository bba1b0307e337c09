"""What is at stake in a scenario: reaching the payload, by the deadline if there is one.

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

from rearguard.study.folder import RunError

if TYPE_CHECKING:
    from rearguard.scenario.compiled import Compiled

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Stake:
    """Whose payload it is, and until when a contact counts.

    keepers: the side that carries the payload; time is on its side. payload: its name. has_deadline: some world has one.
    horizon: a contact that comes later, or never, counts as one at that time [s], after the deadline if there is one,
    else after the start.
    """

    payload: str
    keepers: str
    has_deadline: bool
    horizon: float

    def time(self, outcomes: Mapping[str, npt.NDArray[Any]]) -> Floats:
        """Restricted time to contact [worlds], in s."""
        contact, last = outcomes["contact_time"].astype(float), self._last(outcomes)
        return np.where(np.isnan(contact), last, np.minimum(contact, last))

    def in_time(self, outcomes: Mapping[str, npt.NDArray[Any]]) -> Flags:
        """Whether somebody reaches the payload in time [worlds]."""
        contact, deadline = outcomes["contact_time"].astype(float), outcomes["deadline_time"].astype(float)
        return np.asarray(~np.isnan(contact) & (np.isnan(deadline) | (contact < deadline)))

    def is_cut(self, outcomes: Mapping[str, npt.NDArray[Any]]) -> Flags:
        """Worlds without contact up to the horizon."""
        contact = outcomes["contact_time"].astype(float)
        return np.asarray(np.isnan(contact) | (contact > self._last(outcomes)))

    def _last(self, outcomes: Mapping[str, npt.NDArray[Any]]) -> Floats:
        deadline = outcomes["deadline_time"].astype(float)
        return np.where(np.isnan(deadline), 0.0, deadline) + self.horizon

    def sign(self, side: str) -> float:
        """1 for the side that gains when contact comes later, -1 for the others."""
        return 1.0 if side == self.keepers else -1.0

    def horizon_text(self) -> str:
        """The horizon in words."""
        return f"{self.horizon:g} s after the {'deadline' if self.has_deadline else 'start'}"


def check_stake(compiled: Compiled, horizon: float | None = None) -> None:
    """Refuse a scenario in which nothing is at stake, and a horizon that is none. Raises RunError."""
    if int(compiled.arrays["deadline_payload"]) < 0:
        raise RunError(
            f"{compiled.name} has no payload: nobody can be in time for anything, so that no second has a value"
        )
    if horizon is not None and not horizon >= 0.0:
        raise RunError(f"the horizon must be 0 s or more, found {horizon:g}")


def find_stake(compiled: Compiled, pilot: Mapping[str, npt.NDArray[Any]], horizon: float | None = None) -> Stake:
    """The stake of a scenario; ``pilot``: outcomes of its first worlds.

    Unless given, the horizon is how long the longest of these was watched, after its deadline or from its start (what
    Tian, Jin, Uno, Lu, Huang, Anderson & Wei 2020 show to be sound), in whole seconds. RunError as ``check_stake``.
    """
    check_stake(compiled, horizon)
    which = int(compiled.arrays["deadline_payload"])
    deadline = pilot["deadline_time"].astype(float)
    has_deadline = bool((~np.isnan(deadline)).any())
    if horizon is None:
        watched = pilot["end_time"].astype(float) - np.where(np.isnan(deadline), 0.0, deadline)
        horizon = float(max(0, math.ceil(float(watched.max()) - 1.0e-3)))
    names = compiled.names
    side = names.sides[int(compiled.arrays["payload_side"][which])]
    return Stake(names.payloads[which], side, has_deadline, horizon)

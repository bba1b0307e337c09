"""What learners earn: the ends that a scenario declares, slack, and shaping on request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from rearguard.scenario.ends import parse_when
from rearguard.scenario.errors import did_you_mean

if TYPE_CHECKING:
    from rearguard.scenario.compiled import Compiled, Names
    from rearguard.scenario.load import LoadedScenario

Worth = Mapping[str, float]
"""Person, group or side → a number."""

SHAPING = {
    "second": "per second that passes",
    "closing": "per metre by which the agent gets nearer to the payload of another side, or else to its nearest enemy",
    "wound": "per share of its capacity that the agent loses (give a negative number)",
}
"""What may shape a reward."""


class EnvError(ValueError):
    """Something that was asked of an environment cannot be had; the message names the nearest thing that can."""


def members(names: Names, name: str) -> list[int]:
    """People called ``name``: one person, the people of a group or of a side."""
    found = [
        i for i, person in enumerate(names.people) if name in (person, names.groups[i], names.sides[names.side_of[i]])
    ]
    if not found:
        known = [*names.people, *dict.fromkeys(names.groups), *names.sides]
        raise EnvError(f"nobody is called '{name}'; {did_you_mean(name, known)}")
    return found


def spread(names: Names, values: Worth | float) -> np.ndarray:
    """A number for everybody, float32 [people]; persons override groups, which override sides."""
    row = np.zeros(len(names.people), np.float32)
    if isinstance(values, int | float):
        row[:] = values
        return row
    if not isinstance(values, Mapping):
        raise EnvError(f"{values!r} is no reward; say a number, or person, group or side → number")
    for name in sorted(values, key=lambda n: -len(members(names, n))):
        row[members(names, name)] = values[name]
    return row


def _winners(names: Names, compiled: Compiled, when: str) -> set[int] | None:
    """Sides for which an end is good; None when its conditions say nothing of that."""
    payload_side = compiled.arrays["payload_side"]
    for condition in parse_when(when):
        subject = condition.subject
        if condition.kind == "time":
            continue
        if subject in names.payloads:
            sides = {int(payload_side[names.payloads.index(subject)])}
        else:
            sides = {names.side_of[i] for i in members(names, subject)}
        everybody = set(range(len(names.sides)))
        return everybody - sides if condition.kind == "out" else sides
    return None


def outcome_worth(
    loaded: LoadedScenario, compiled: Compiled, rewards: Mapping[str, Worth | float] | None
) -> np.ndarray:
    """Reward for every outcome, float32 [outcomes, people].

    Unless ``rewards`` says otherwise an end is worth 1 to the sides it is good for and -1 to the others: to whoever touches
    (``contact``), arrives or brings a payload (``arrived``), whose payload has come to a stage (``stage``), and to the
    enemies of those who are ``out``. The first condition that says so decides.
    """
    names = compiled.names
    table = np.zeros((len(names.outcomes), len(names.people)), np.float32)
    for k, end in enumerate(loaded.scenario.ends.values()):
        winners = _winners(names, compiled, end.when)
        if winners is not None:
            table[k] = [1.0 if side in winners else -1.0 for side in names.side_of]
    for name, values in (rewards or {}).items():
        if name not in names.outcomes:
            raise EnvError(f"no end is called '{name}'; {did_you_mean(name, names.outcomes)}")
        table[names.outcomes.index(name)] = spread(names, values)
    return table


def slack_worth(compiled: Compiled, per_second: float) -> np.ndarray:
    """Reward per second of slack at the first contact, float32 [people]: those who come for the payload gain what its side loses."""
    row = np.zeros(len(compiled.names.people), np.float32)
    payload = int(compiled.arrays["deadline_payload"])
    if payload >= 0:
        own = compiled.arrays["payload_side"][payload]
        row[:] = np.where(compiled.arrays["side"] == own, -per_second, per_second)
    return row


def shaping_rows(names: Names, shaping: Mapping[str, Any] | None) -> dict[str, np.ndarray]:
    """Name of a shaping → reward, float32 [people]; 0 where it is not asked for."""
    rows = {name: np.zeros(len(names.people), np.float32) for name in SHAPING}
    for name, values in (shaping or {}).items():
        if name not in SHAPING:
            raise EnvError(f"no shaping is called '{name}'; {did_you_mean(name, SHAPING)}")
        rows[name] = spread(names, values)
    return rows

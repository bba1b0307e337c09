"""What happened around a jump of the chance: the events of the world between two moments.

Which of them moved it is not measured; what happens rarely in that world is named first.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from rearguard.engine import EVENT_KINDS, EVENT_NUMBERS

if TYPE_CHECKING:
    from rearguard.scenario.compiled import Names

ROUTINE = frozenset({"sight", "lose_sight", "hear", "noise", "told", "enter", "leap", "climb", "drop", "feel"})
"""Kinds of events that change little by themselves."""
INTENT = frozenset({"order", "windup", "anticipate", "counter", "bid", "shout"})
"""Kinds of events that say what somebody means to do; what came of it is said first."""
MOST = 3
"""Events that are named as what a jump is because of."""
BEFORE = 0.5
"""What happened up to so long before the earlier moment still counts [s]: effects take a little while."""

_KINDS = {number: name for name, number in EVENT_NUMBERS.items()}


@dataclass(frozen=True)
class Jump:
    """A change of the chance between two moments, and what happened between them, in words, the rarest first."""

    begin: float
    end: float
    change: float
    because: list[str]

    def to_dict(self) -> dict[str, Any]:
        """Plain data; ``time`` is the middle."""
        return {
            "time": round(0.5 * (self.begin + self.end), 3),
            "begin": round(self.begin, 3),
            "end": round(self.end, 3),
            "change": round(self.change, 4),
            "because": self.because,
        }


def phrase(event: np.void, names: Names) -> str:
    """An event in words, such as "Temari pushes Sasuke (great gust)"."""
    kind = _KINDS[int(event["kind"])]
    titles = [*names.titles, *names.payloads]
    actor, target = int(event["actor"]), int(event["target"])
    text = EVENT_KINDS[kind].split(";")[0]
    words = []
    for word in text.split():
        bare, tail = (word[:-2], "’s") if word.endswith("'s") else (word, "")
        if bare.strip("(),") == "target" and target >= 0:
            word = word.replace("target", titles[target])
        elif bare.strip("(),") == "actor" and actor >= 0:
            word = titles[actor] + tail
        words.append(word.replace("'s", "’s"))
    item = names.item_name(kind, int(event["item"]))
    return " ".join(words) + (f" ({item.replace('_', ' ')})" if item is not None else "")


def because(events: npt.NDArray[np.void], begin: float, end: float, names: Names) -> list[str]:
    """What happened between two moments of a world, the kinds that are rarest in it first; each is said once."""
    said = [(_KINDS[int(e["kind"])], int(e["actor"])) for e in events]
    often = Counter(said)
    rows = [k for k, e in enumerate(events) if begin - BEFORE <= float(e["time"]) <= end and said[k][0] not in ROUTINE]
    rows.sort(key=lambda k: (said[k][0] in INTENT, often[said[k]], float(events[k]["time"])))
    told = list(dict.fromkeys(phrase(events[k], names) for k in rows))
    return ["where everybody starts", *told][:MOST] if begin <= 0.0 else told[:MOST]

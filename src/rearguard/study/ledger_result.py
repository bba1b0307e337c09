"""The answer of a ledger: typed, as a table, as plain data, as Parquet and as a plot."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rearguard.study.paired import needed_pairs
from rearguard.study.result import StudyResult
from rearguard.study.shapley import Shares
from rearguard.study.stake import Stake
from rearguard.study.statistics import Estimate

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Where:
    """The part of an act's seconds that falls to one kind of ground: where it was done."""

    ground: str
    seconds: float


@dataclass(frozen=True)
class Entry:
    """What one act was worth to its side.

    worlds: played with and without it. used: share of worlds in which it occurred; uses: mean per world. seconds: bought,
    above 0 in its side's favour. chance: by how much it changed the chance of its side's end of it, to reach the payload
    in time or to keep it. per_use, per_power: seconds per use and per unit of second reserve, None where there is none.
    spent: mean second reserve spent. reduction: how many times more worlds independent draws would take.
    """

    name: str
    title: str
    kind: str
    side: str
    worlds: int
    used: float
    uses: float
    seconds: Estimate
    chance: Estimate
    per_use: Estimate | None
    per_power: Estimate | None
    spent: float
    reduction: float
    where: list[Where]

    @property
    def half(self) -> float:
        """Half the width of the interval of the seconds."""
        return 0.5 * (self.seconds.high - self.seconds.low)

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "name": self.name,
            "title": self.title,
            "kind": self.kind,
            "side": self.side,
            "worlds": self.worlds,
            "used": round(self.used, 6),
            "uses": round(self.uses, 6),
            "seconds": self.seconds.to_dict(),
            "chance": self.chance.to_dict(),
            "seconds_per_use": None if self.per_use is None else self.per_use.to_dict(),
            "seconds_per_power": None if self.per_power is None else self.per_power.to_dict(),
            "power_spent": round(self.spent, 6),
            "variance_reduction": round(self.reduction, 3) if math.isfinite(self.reduction) else None,
            "where": [{"ground": w.ground, "seconds": round(w.seconds, 6)} for w in self.where],
        }


@dataclass(frozen=True)
class Ledger(StudyResult):
    """What the acts of a scenario were worth, the most valuable first.

    time: restricted mean time to contact [s]; in_time: share of worlds in which the payload is reached in time;
    cut: share without contact up to the horizon. shares: Shapley values, where asked for. unused: acts that never
    occurred. complete: every interval is within ``precision``.
    """

    kind = "ledger"
    in_table = ("entries",)

    scenario: str
    seed: int
    overrides: tuple[str, ...]
    worlds: int
    budget: int
    precision: float
    stake: Stake
    time: Estimate
    in_time: Estimate
    cut: float
    entries: list[Entry]
    shares: Shares | None
    unused: list[str]
    complete: bool
    interrupted: bool
    elapsed: float
    ticks: int
    overflow: int

    @property
    def reduction(self) -> float:
        """Median over acts of the variance that common random numbers save."""
        found = sorted(entry.reduction for entry in self.entries)
        return found[len(found) // 2] if found else math.nan

    @property
    def needed(self) -> int:
        """About how many worlds bring every interval within ``precision``; those played when they are."""
        return max((needed_pairs(entry.half, entry.worlds, self.precision) for entry in self.entries), default=0)

    def entry(self, name: str) -> Entry:
        """The entry of an act by name; KeyError when there is none."""
        for entry in self.entries:
            if entry.name == name:
                return entry
        raise KeyError(name)

    @property
    def table(self) -> pa.Table:
        """A row per act."""
        import pyarrow as pa

        def flat(entry: Entry) -> dict[str, Any]:
            row = entry.to_dict()
            row["where"] = {w.ground: w.seconds for w in entry.where}
            row["where"] = max(row["where"], key=lambda k: abs(row["where"][k])) if row["where"] else None
            for key in ("seconds", "chance", "seconds_per_use", "seconds_per_power"):
                estimate = row.pop(key) or {"value": None, "low": None, "high": None}
                row |= {key: estimate["value"], f"{key}_low": estimate["low"], f"{key}_high": estimate["high"]}
            return row

        return pa.Table.from_pylist([flat(entry) for entry in self.entries])

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "schema_version": 1,
            "scenario": self.scenario,
            "seed": self.seed,
            "overrides": list(self.overrides),
            "worlds": self.worlds,
            "budget": self.budget,
            "precision": self.precision,
            "complete": self.complete,
            "worlds_needed": self.needed,
            "interrupted": self.interrupted,
            "quarry": self.stake.quarry,
            "keepers": self.stake.keepers,
            "horizon": {"seconds": self.stake.horizon, "after": "deadline" if self.stake.has_deadline else "start"},
            "time_to_contact": self.time.to_dict(),
            "in_time": self.in_time.to_dict(),
            "without_contact": round(self.cut, 6),
            "variance_reduction": round(self.reduction, 3) if math.isfinite(self.reduction) else None,
            "interval": "Student's t over paired worlds, 95 %",
            "entries": [entry.to_dict() for entry in self.entries],
            "shapley": None if self.shares is None else self.shares.to_dict(),
            "unused": self.unused,
        }

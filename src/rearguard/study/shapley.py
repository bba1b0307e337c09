"""How acts share what they were worth together: Shapley values over sampled orders, in common worlds.

An act may matter only because of another: a push is worth more when a block follows. Leaving out one act at a time counts
such a gain for both, or for neither. Here the acts are left out one after the other in a random order, in every world in an
order of its own and in its reverse; what an act is worth on average over orders is its share (Shapley 1953; sampled as in
Castro, Gómez & Tejada 2009, in antithetic pairs as in Mitchell, Cooper, Frank & Holmes 2022). In every world the shares
add up to what leaving out all of them changes.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from rearguard.engine import Variant
from rearguard.study.executor import Executor, Stopped, in_order, told_to_stop
from rearguard.study.paired import mean_difference
from rearguard.study.parcel import Parcel, program_of
from rearguard.study.stake import Stake
from rearguard.study.statistics import Estimate, Floats

if TYPE_CHECKING:
    from rearguard.engine import Program
    from rearguard.study.acts import Act

BATCH = 32
"""Worlds of a batch; one task plays all coalitions of a batch."""
FEWEST = 64
"""Worlds before the shares are judged."""

Coalition = frozenset[int]
"""Acts that are left out."""


@dataclass(frozen=True)
class Share:
    """An act's share. seconds: bought for its side; delay: the same as seconds of later contact, whatever its side."""

    name: str
    title: str
    side: str
    seconds: Estimate
    delay: Estimate

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "name": self.name,
            "title": self.title,
            "side": self.side,
            "seconds": self.seconds.to_dict(),
            "delay": self.delay.to_dict(),
        }


@dataclass(frozen=True)
class Shares:
    """The shares of some acts, and by how much contact would come earlier without all of them: the delays' sum."""

    shares: list[Share]
    total: Estimate
    worlds: int
    replays: int

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "worlds": self.worlds,
            "replays": self.replays,
            "total_delay": self.total.to_dict(),
            "shares": [share.to_dict() for share in self.shares],
        }


def without(acts: Sequence[Act], left_out: Coalition) -> Variant:
    """The worlds without several acts at once."""
    variants = [acts[k].variant for k in sorted(left_out)]
    return Variant(
        barred_uses=frozenset().union(*(v.barred_uses for v in variants)),
        barred_orders=frozenset().union(*(v.barred_orders for v in variants)),
        absent=frozenset().union(*(v.absent for v in variants)),
    )


def orders_of(seed: int, worlds: npt.NDArray[np.int64], acts: int) -> npt.NDArray[np.int64]:
    """In what order acts are left out in each world, [worlds, 2, acts]: a random one and its reverse."""
    forward = np.array([np.random.default_rng([seed, int(w)]).permutation(acts) for w in worlds])
    return np.stack([forward, forward[:, ::-1]], axis=1)


class _Table:
    """What is known of the worlds of a batch without coalitions of acts: time to contact, and which acts occur."""

    def __init__(
        self, program: Program, stake: Stake, acts: Sequence[Act], seed: int, ids: npt.NDArray[np.int64]
    ) -> None:
        self.program, self.stake, self.acts, self.seed, self.ids = program, stake, acts, seed, ids
        self.time: dict[tuple[int, Coalition], float] = {}
        self.occurs: dict[tuple[int, Coalition], set[int]] = {}
        self.played = 0

    def play(self, rows: Sequence[tuple[int, Coalition]]) -> None:
        """Play worlds without coalitions; a row is a place in the batch and a coalition."""
        coalitions = list(dict.fromkeys(coalition for _, coalition in rows))
        which = np.array([coalitions.index(coalition) for _, coalition in rows])
        variants = [without(self.acts, coalition) for coalition in coalitions]
        ids = np.array([self.ids[w] for w, _ in rows])
        # worlds repeat, so that rows of the log are told apart by their place
        world = self.program.begin(self.seed, ids, variants=variants, which=which)
        self.program.advance(world, int(self.program.model.limit_ticks))
        result = self.program.result(world, np.arange(len(rows)))
        times = self.stake.time(result.outcomes)
        found = [set(result.events["world"][act.rows(result.events)].tolist()) for act in self.acts]
        full = result.outcomes["events"] > self.program.compiled.sizes["events"]
        for k, row in enumerate(rows):
            self.time[row] = float(times[k])
            self.occurs[row] = {a for a in range(len(self.acts)) if full[k] or k in found[a]}
        self.played += len(rows)

    def leave_out(self, rows: Sequence[tuple[int, Coalition, int]]) -> None:
        """Leave one more act out of each row; where it does not occur the world stays as it is."""
        missing = []
        for w, coalition, act in rows:
            before, after = (w, coalition), (w, coalition | {act})
            if after not in self.time:
                if act in self.occurs[before]:
                    missing.append(after)
                else:
                    self.time[after], self.occurs[after] = self.time[before], self.occurs[before]
        if missing:
            self.play(list(dict.fromkeys(missing)))


def share_batch(
    place: Program | Parcel, stake: Stake, acts: Sequence[Act], seed: int, ids: npt.NDArray[np.int64]
) -> tuple[Floats, int]:
    """A task: the delay that each act gives in worlds ``ids``, [worlds, acts], and how many worlds that took."""
    table = _Table(program_of(place), stake, acts, seed, ids)
    return _marginals(table, orders_of(seed, ids, len(acts))), table.played


def _marginals(table: _Table, orders: npt.NDArray[np.int64]) -> Floats:
    """Delay that each act gives in each world, on average over its orders: [worlds, acts]. Raises Stopped when told to stop."""
    worlds, sequences, acts = orders.shape
    table.play([(w, frozenset()) for w in range(worlds)])
    for j in range(acts):
        if told_to_stop():
            raise Stopped
        table.leave_out(
            [
                (w, frozenset(orders[w, s, :j].tolist()), int(orders[w, s, j]))
                for w in range(worlds)
                for s in range(sequences)
            ]
        )
    out = np.zeros((worlds, acts))
    for w in range(worlds):
        for s in range(sequences):
            times = [table.time[w, frozenset(orders[w, s, :j].tolist())] for j in range(acts + 1)]
            out[w, orders[w, s]] -= np.diff(times) / sequences
    return out


def shapley(
    executor: Executor,
    place: Any,
    stake: Stake,
    acts: Sequence[Act],
    *,
    seed: int,
    worlds: int,
    precision: float,
    stop: threading.Event | None = None,
) -> Shares | None:
    """Shares of ``acts``, from worlds 0, 1, 2 … until each is within ``precision`` [s]; None when stopped before any.

    place: as ``parcel.place_of`` returned it. The answer does not depend on the executor.
    """
    parts: list[Floats] = []
    replays = 0
    batches = [np.arange(first, min(first + BATCH, worlds)) for first in range(0, worlds, BATCH)]
    tasks = [(place, stake, acts, seed, ids) for ids in batches]
    # looked at after every other batch, whoever played them
    with closing(in_order(executor, share_batch, tasks, stop)) as results:
        for found, played in results:
            parts.append(found)
            replays += played
            if len(parts) % 2 == 0 and _is_known(np.concatenate(parts), precision):
                break
    return _sum_up(acts, stake, np.concatenate(parts), replays) if parts else None


def _is_known(delays: Floats, precision: float) -> bool:
    if len(delays) < FEWEST:
        return False
    found = [mean_difference(column, float(delays.sum(axis=1).std())) for column in delays.T]
    return all(0.5 * (e.high - e.low) <= precision for e in found)


def _sum_up(acts: Sequence[Act], stake: Stake, delays: Floats, replays: int) -> Shares:
    spread = float(delays.sum(axis=1).std())
    shares = [
        Share(
            act.name,
            act.title,
            act.side,
            mean_difference(stake.sign(act.side) * delays[:, k], spread),
            mean_difference(delays[:, k], spread),
        )
        for k, act in enumerate(acts)
    ]
    total = mean_difference(delays.sum(axis=1), spread)
    return Shares(sorted(shares, key=lambda share: -share.seconds.value), total, len(delays), replays)

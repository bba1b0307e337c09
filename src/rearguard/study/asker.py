"""The chance to be in time at moments of one world, from continuations with common draws.

Continuation j has the same key at every moment, so that two moments share every draw that follows both. Some moments are
anchors and get continuations until Wilson's interval is narrow enough. The others need fewer: the share at a moment is
corrected by what a better known one's share over the same continuations is off its share over all of its own (a control
variate, Lavenberg & Welch 1981), which is nearly all there is to know where little happened between the two.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable
from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np

from rearguard.study.executor import Executor, in_order
from rearguard.study.fresh import fresh_keys, play_out, world_at
from rearguard.study.paired import mean_difference
from rearguard.study.parcel import Parcel, program_of
from rearguard.study.statistics import Estimate, Flags, normal_quantile, share

if TYPE_CHECKING:
    from rearguard.engine import Program
    from rearguard.study.stake import Stake

BATCH = 32
"""Continuations that are played at a time."""
FEWEST = 64
"""Continuations before a moment is judged."""
ANCHOR = 0.8
"""How much narrower than asked the interval of an anchor is, so that moments can lean on it."""


class Asker:
    """Asks a world for its chance at any tick, and remembers the answers.

    place: as ``parcel.place_of`` returned it. until: tick from which on the answer is settled; end: that answer. precision:
    half the width of an interval that is narrow enough. most: continuations of a moment at most.
    """

    def __init__(
        self,
        place: Any,
        stake: Stake,
        *,
        seed: int,
        world: int,
        until: int,
        precision: float,
        most: int,
        end: tuple[int, bool],
    ) -> None:
        self.place, self.stake, self.seed, self.world = place, stake, seed, world
        self.until, self.precision, self.most = until, precision, most
        self.last, self.ending = end
        self.answers: dict[int, Flags] = {}
        self.anchors: set[int] = set()

    @property
    def ticks(self) -> list[int]:
        """Ticks with an answer, in order, the settled end included."""
        return [*sorted(self.answers), self.last]

    def continuations(self, tick: int) -> int:
        """How many were played from a tick."""
        return len(self.answers.get(tick, ()))

    @property
    def played(self) -> int:
        """Continuations in all."""
        return sum(len(answer) for answer in self.answers.values())

    def chance(self, tick: int) -> Estimate:
        """What is known at a tick: the narrowest of its own share and those that lean on a better known moment beside it."""
        if tick == self.last:
            return Estimate(float(self.ending), float(self.ending), float(self.ending))
        own = self.answers.get(tick, np.zeros(0, bool))
        found = [share(int(own.sum()), len(own))]
        if tick not in self.anchors:
            richer = [other for other, answer in self.answers.items() if len(answer) > len(own)]
            beside = [
                max((t for t in richer if t < tick), default=None),
                min((t for t in richer if t > tick), default=None),
            ]
            found += [_leaning(own, self.answers[t]) for t in beside if t is not None]
        return min(found, key=lambda e: e.high - e.low)

    def half(self, tick: int) -> float:
        """Half the width of the interval at a tick."""
        found = self.chance(tick)
        return 0.5 * (found.high - found.low)

    def change(self, before: int, after: int) -> Estimate:
        """By how much the chance changes between two ticks; the interval is that of the pairs of continuations."""
        difference = self.chance(after).value - self.chance(before).value
        a, b = self.answers.get(before), self.answers.get(after)
        if a is None or b is None:
            noise = max(self.half(before), self.half(after))
        else:
            n = min(len(a), len(b))
            paired = mean_difference(b[:n].astype(float) - a[:n].astype(float), 0.5)
            noise = 0.5 * (paired.high - paired.low)
        return Estimate(difference, difference - noise, difference + noise)

    def is_known(self, tick: int) -> bool:
        """True where the interval is narrow enough, or the continuations allowed are spent."""
        n = self.continuations(tick)
        return tick == self.last or n >= self.most or (n >= FEWEST and self.half(tick) <= self._wanted(tick))

    def _wanted(self, tick: int) -> float:
        return self.precision * (ANCHOR if tick in self.anchors else 1.0)

    def _missing(self, tick: int) -> int:
        """How many batches a tick is to get next."""
        n = self.continuations(tick)
        if n == 0:
            return FEWEST // BATCH
        if tick not in self.anchors:
            return max(1, min(n, self.most - n) // BATCH)
        wanted = n * (self.half(tick) / self._wanted(tick)) ** 2
        return max(1, math.ceil((min(wanted, self.most) - n) / BATCH))

    def ask(
        self,
        ticks: Iterable[int],
        executor: Executor,
        *,
        anchors: bool = False,
        stop: threading.Event | None = None,
        tell: Callable[[], None] = lambda: None,
    ) -> None:
        """Play continuations until every tick is known or a stop is asked for; the answers do not depend on the executor."""
        waiting = sorted({tick for tick in ticks if tick < self.last})
        if anchors:
            self.anchors.update(waiting)
        while waiting and (stop is None or not stop.is_set()):
            jobs = [
                (tick, self.continuations(tick) + k * BATCH) for tick in waiting for k in range(self._missing(tick))
            ]
            fixed = (self.place, self.stake, self.seed, self.world, self.until)
            with closing(in_order(executor, play_on, [(*fixed, *job) for job in jobs], stop)) as results:
                for (tick, _), hits in zip(jobs, results, strict=False):
                    self.answers[tick] = np.concatenate([self.answers.get(tick, np.zeros(0, bool)), hits])
                    tell()
            waiting = [tick for tick in waiting if not self.is_known(tick)]


def play_on(place: Program | Parcel, stake: Stake, seed: int, world: int, until: int, tick: int, first: int) -> Flags:
    """A task: whether each of a batch of continuations from a tick is in time; first: number of the first of them."""
    program = program_of(place)
    start = world_at(program, seed, world, tick)
    keys = fresh_keys(seed, world, first, BATCH)
    forks = program.fork(start, np.zeros(BATCH, np.int64), log=False, keys=keys)
    return stake.in_time(play_out(program, forks, until))


def _leaning(own: Flags, anchor: Flags) -> Estimate:
    """A share corrected by an anchor's, whose first continuations have the same keys.

    The residual variance takes in one more continuation that differs, so that few which agree are not taken for sure.
    """
    n = len(own)
    if n < 2 or n > len(anchor):
        return Estimate(math.nan, -math.inf, math.inf)
    y, x, p = own.astype(float), anchor[:n].astype(float), float(anchor.mean())
    spread = float(x.var())
    slope = 0.0 if spread == 0.0 else float(((y - y.mean()) * (x - x.mean())).mean()) / spread
    value = float(y.mean()) + slope * (p - float(x.mean()))
    left = float(((y - y.mean() - slope * (x - x.mean())) ** 2).sum()) + 0.25
    variance = left / n**2 + slope**2 * (p * (1.0 - p) + 0.25 / len(anchor)) / len(anchor)
    half = normal_quantile(0.95) * math.sqrt(variance)
    value = min(max(value, 0.0), 1.0)
    return Estimate(value, max(value - half, 0.0), min(value + half, 1.0))

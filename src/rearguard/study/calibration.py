"""Whether the chances of a swing are right: moments of predicted p must succeed p of the time.

Held worlds, which nothing else plays, are asked for their chance at fixed times, as long as it is not settled yet; how they
really ended says who was right. A share over few continuations is off by chance, and sorting moments by it would make the
high ones look too high. So half of the continuations sort the moments into bins, and the other half predict.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rearguard.study.executor import Stopped, gather, open_executor, told_to_stop
from rearguard.study.folder import Interrupted, RunError
from rearguard.study.fresh import fresh_keys, play_out
from rearguard.study.paired import t_quantile
from rearguard.study.parcel import Parcel, place_of, program_of
from rearguard.study.result import StudyResult
from rearguard.study.run import check_seed, first_interrupt, prepare_program
from rearguard.study.stake import Stake, check_stake, find_stake
from rearguard.study.statistics import Estimate, Flags, Floats

if TYPE_CHECKING:
    from rearguard.engine import Program
    from rearguard.scenario.load import LoadedScenario

HELD = 2**31
"""Number of the first held world."""
BATCH = 8
"""Worlds that are a task."""
MOMENTS = 8
"""Times at which a world is asked."""
CONTINUATIONS = 64
"""Continuations per moment: half of them sort, half of them predict."""
BINS = 10


@dataclass(frozen=True)
class Bin:
    """Moments whose chance was sorted between ``low`` and ``high``.

    predicted: mean chance by the other half of the continuations. observed: share that succeeded, with an interval that
    knows that moments of one world end alike.
    """

    low: float
    high: float
    moments: int
    predicted: float
    observed: Estimate

    @property
    def is_right(self) -> bool:
        """True when what was predicted lies in the interval of what was observed."""
        return self.observed.low <= self.predicted <= self.observed.high


@dataclass(frozen=True)
class Calibration(StudyResult):
    """Predicted and observed success. error: mean of observed less predicted over all moments, 0 when right."""

    kind = "calibration"
    in_table = ("bins",)

    scenario: str
    seed: int
    overrides: tuple[str, ...]
    worlds: int
    moments: int
    bins: list[Bin]
    error: Estimate
    brier: float
    interrupted: bool

    @property
    def table(self) -> pa.Table:
        """A row per bin."""
        return pa.Table.from_pylist(
            [
                {
                    "low": b.low,
                    "high": b.high,
                    "moments": b.moments,
                    "predicted": b.predicted,
                    "observed": b.observed.value,
                    "observed_low": b.observed.low,
                    "observed_high": b.observed.high,
                }
                for b in self.bins
            ]
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "schema_version": 1,
            "scenario": self.scenario,
            "seed": self.seed,
            "overrides": list(self.overrides),
            "worlds": self.worlds,
            "first_world": HELD,
            "moments": self.moments,
            "continuations": CONTINUATIONS,
            "interrupted": self.interrupted,
            "bins": [
                {
                    "low": b.low,
                    "high": b.high,
                    "moments": b.moments,
                    "predicted": round(b.predicted, 6),
                    "observed": b.observed.to_dict(),
                }
                for b in self.bins
            ],
            "error": self.error.to_dict(),
            "brier": round(self.brier, 6),
        }


@dataclass(frozen=True)
class _Asked:
    """Moments, all [moments]: of which world, the chance by either half, and whether the world ended in time."""

    world: npt.NDArray[np.int64]
    sorted_by: Floats
    predicted: Floats
    came_true: Flags


def ask_worlds(
    place: Program | Parcel, stake: Stake, seed: int, ids: npt.NDArray[np.int64], ticks: Sequence[int]
) -> _Asked:
    """A task: ask a batch of worlds at ``ticks``, as long as they are not settled. Raises Stopped when told to stop."""
    program = program_of(place)
    limit = int(program.model.limit_ticks)
    world = program.begin(seed, ids, log=False)
    world.crowds_wait = 0  # forks get fresh draws for what comes, not for what has been
    asked: list[tuple[npt.NDArray[np.int64], Floats, Floats]] = []
    now = 0
    for tick in ticks:
        if told_to_stop():
            raise Stopped
        program.advance(world, tick - now)
        now = tick
        outcomes = program.result(world, ids).outcomes
        deadline = np.nan_to_num(outcomes["deadline_time"].astype(float), nan=math.inf)
        settled = (outcomes["outcome"] >= 0) | ~np.isnan(outcomes["contact_time"])
        rows = np.flatnonzero(~settled & (deadline > tick * float(program.model.dt)))
        if len(rows):
            keys = np.concatenate([fresh_keys(seed, int(ids[r]), 0, CONTINUATIONS) for r in rows])
            forks = program.fork(world, np.repeat(rows, CONTINUATIONS), log=False, keys=keys)
            hits = stake.in_time(play_out(program, forks, limit)).reshape(len(rows), 2, -1).mean(axis=2)
            asked.append((rows, hits[:, 0], hits[:, 1]))
    program.advance(world, limit)
    ended = stake.in_time(program.result(world, ids).outcomes)
    rows = np.concatenate([part[0] for part in asked]) if asked else np.zeros(0, np.int64)
    first, second = (np.concatenate([part[k] for part in asked]) if asked else np.zeros(0) for k in (1, 2))
    return _Asked(ids[rows], first, second, ended[rows])


def clustered_mean(values: Floats, cluster: npt.NDArray[np.int64], level: float = 0.95) -> Estimate:
    """Mean of values of which those of one cluster hang together, with an interval that knows it (Liang & Zeger 1986).

    The variance takes in one more cluster that is off by as much as can be, 1.
    """
    _, place = np.unique(cluster, return_inverse=True)
    clusters = int(place.max()) + 1 if len(place) else 0
    if clusters < 2:
        return Estimate(float(values.mean()) if len(values) else math.nan, -math.inf, math.inf)
    mean = float(values.mean())
    sums = np.bincount(place, values - mean)
    largest = len(values) / clusters
    variance = (float((sums**2).sum()) * clusters / (clusters - 1) + largest**2) / len(values) ** 2
    half = t_quantile(clusters, level) * math.sqrt(variance)
    return Estimate(mean, mean - half, mean + half)


def _bins(asked: _Asked) -> list[Bin]:
    place = np.minimum((asked.sorted_by * BINS).astype(int), BINS - 1)
    out = []
    for k in range(BINS):
        chosen = place == k
        if chosen.any():
            predicted = float(asked.predicted[chosen].mean())
            off = clustered_mean(asked.came_true[chosen] - asked.predicted[chosen], asked.world[chosen])
            observed = Estimate(
                float(asked.came_true[chosen].mean()), max(predicted + off.low, 0.0), min(predicted + off.high, 1.0)
            )
            out.append(Bin(k / BINS, (k + 1) / BINS, int(chosen.sum()), predicted, observed))
    return out


def calibrate(
    scenario: str | Path | LoadedScenario,
    *,
    worlds: int = 100,
    seed: int = 0,
    overrides: Sequence[str] = (),
    threads: int | None = None,
    ray: str | None = None,
    progress: Callable[[tuple[int, int]], None] | None = None,
    say: Callable[[str], None] | None = None,
) -> Calibration:
    """Ask ``worlds`` held worlds for their chances and compare with how they ended.

    progress: called with worlds done and to do. ray: address of a Ray cluster that plays instead of threads of this machine.
    The answer does not depend on ``threads`` or ``ray``. The first Ctrl-C gives what
    there is. Raises ScenarioError, RunError, and Interrupted when there is nothing yet.
    """
    from rearguard.scenario.load import LoadedScenario, load_scenario

    check_seed(seed)
    if worlds < 2:
        raise RunError(f"a calibration needs at least 2 worlds, found {worlds}")
    loaded = scenario if isinstance(scenario, LoadedScenario) else load_scenario(scenario, overrides=overrides)
    program = prepare_program(loaded, "cpu", say)
    check_stake(program.compiled)
    pilot = program.play(seed, np.arange(HELD - 32, HELD), log=False).outcomes
    stake = find_stake(program.compiled, pilot)
    longest = float(np.median(np.fmin(pilot["end_time"], pilot["deadline_time"]).astype(float)))
    ticks = [int(longest * k / MOMENTS / float(program.model.dt)) for k in range(MOMENTS)]
    stop, done = threading.Event(), 0

    def take(part: _Asked) -> None:
        nonlocal done
        done = min(done + BATCH, worlds)
        if progress is not None:
            progress((done, worlds))

    batches = [np.arange(HELD + first, HELD + min(first + BATCH, worlds)) for first in range(0, worlds, BATCH)]
    with closing(open_executor(ray, threads)) as executor, first_interrupt(stop):
        place = place_of(executor, loaded, program)
        parts = gather(executor, ask_worlds, [(place, stake, seed, ids, ticks) for ids in batches], stop, take)
    if not parts:
        raise Interrupted("interrupted before a batch of worlds was finished")
    asked = _Asked(*(np.concatenate([getattr(part, name) for part in parts]) for name in _Asked.__dataclass_fields__))
    off = asked.came_true - asked.predicted
    return Calibration(
        scenario=loaded.scenario.name,
        seed=seed,
        overrides=tuple(loaded.overrides),
        worlds=done,
        moments=len(off),
        bins=_bins(asked),
        error=clustered_mean(off, asked.world),
        brier=float((off**2).mean()) if len(off) else math.nan,
        interrupted=stop.is_set(),
    )

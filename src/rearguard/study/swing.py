"""The swing: the chance to be in time at every moment of one world, from continuations with fresh draws.

The chance at a moment is the share of continuations from there in which the payload is reached in time. What the world
drew at its start, bodies and stages, stays as it is; everything after the moment is drawn anew. So defined, the chance is
a martingale: it moves only when something happens that could have gone otherwise.

Moments lie on a grid. A coarse grid comes first; between two moments that differ, the one in the middle is asked, down to
the fine grid, and around the biggest jumps down to a second. At each moment continuations are added until Wilson's
interval is narrow enough (``asker.py``).
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from rearguard.study.asker import Asker
from rearguard.study.executor import open_executor
from rearguard.study.folder import Interrupted, RunError
from rearguard.study.parcel import place_of
from rearguard.study.result import StudyResult
from rearguard.study.run import check_seed, first_interrupt, prepare_program
from rearguard.study.stake import Stake, check_stake, find_stake
from rearguard.study.statistics import Estimate
from rearguard.study.swing_jumps import Jump, because

if TYPE_CHECKING:
    from rearguard.engine import Program, SliceResult
    from rearguard.scenario.compiled import Names
    from rearguard.scenario.load import LoadedScenario

COARSE = 4
"""How many steps of the fine grid the coarse one takes."""
CLOSE = 1.0
"""Time between moments around the biggest jumps [s]."""
BIGGEST = 3
"""How many jumps are looked at so closely."""
NOTABLE = 0.05
"""Least change of the chance that is called a jump."""


@dataclass(frozen=True)
class SwingProgress:
    """Where a swing stands: moments known and asked so far, continuations played."""

    known: int
    moments: int
    continuations: int


@dataclass(frozen=True)
class Moment:
    """The chance at a time of the world, from so many continuations; the last of a world is certain."""

    time: float
    chance: Estimate
    continuations: int


@dataclass(frozen=True)
class Swing(StudyResult):
    """The chance to reach the payload in time over one world. decided: when it was settled how it ends [s]."""

    kind = "swing"
    in_table = ("times", "chance", "low", "high", "continuations")

    scenario: str
    seed: int
    world: int
    overrides: tuple[str, ...]
    stake: Stake
    precision: float
    outcome: str | None
    in_time: bool
    decided: float
    moments: list[Moment]
    jumps: list[Jump]
    continuations: int
    complete: bool
    interrupted: bool
    elapsed: float

    def at(self, time: float) -> float:
        """The chance at a time, between two moments on the line between them."""
        return float(np.interp(time, [m.time for m in self.moments], [m.chance.value for m in self.moments]))

    @property
    def table(self) -> pa.Table:
        """A row per moment."""
        return pa.Table.from_pylist(
            [
                {
                    "time": m.time,
                    "chance": m.chance.value,
                    "low": m.chance.low,
                    "high": m.chance.high,
                    "continuations": m.continuations,
                }
                for m in self.moments
            ]
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as a page draws it."""
        return {
            "schema_version": 1,
            "scenario": self.scenario,
            "seed": self.seed,
            "world": self.world,
            "overrides": list(self.overrides),
            "quarry": self.stake.quarry,
            "outcome": self.outcome,
            "in_time": self.in_time,
            "decided": round(self.decided, 3),
            "precision": self.precision,
            "complete": self.complete,
            "interrupted": self.interrupted,
            "interval": "Wilson, 95 %",
            "times": [round(m.time, 3) for m in self.moments],
            "chance": [round(m.chance.value, 4) for m in self.moments],
            "low": [round(m.chance.low, 4) for m in self.moments],
            "high": [round(m.chance.high, 4) for m in self.moments],
            "continuations": [m.continuations for m in self.moments],
            "jumps": [jump.to_dict() for jump in self.jumps],
        }


def midpoints(asker: Asker, ticks: Sequence[int], step: int) -> list[int]:
    """Ticks on the grid of ``step`` halfway between neighbours whose chances differ by more than can be noise."""
    out = []
    for before, after in zip(ticks, ticks[1:], strict=False):
        if after - before > step and _moves(asker, before, after):
            out.append((before // step + max(1, round((after - before) / (2 * step)))) * step)
    return out


def _moves(asker: Asker, before: int, after: int) -> bool:
    change = asker.change(before, after)
    return abs(change.value) > asker.precision and not change.low <= 0.0 <= change.high


def swing(
    scenario: str | Path | LoadedScenario,
    *,
    world: int,
    step: float = 5.0,
    precision: float = 0.05,
    most: int = 2048,
    seed: int = 0,
    overrides: Sequence[str] = (),
    threads: int | None = None,
    ray: str | None = None,
    progress: Callable[[SwingProgress], None] | None = None,
    say: Callable[[str], None] | None = None,
) -> Swing:
    """The chance to reach the payload in time at every moment of one world.

    step: fine grid [s]. precision: half the width of an interval that is narrow enough (0.05: five points). most:
    continuations of a moment at most. ray: address of a Ray cluster that plays instead of threads of this machine. The answer
    does not depend on ``threads`` or ``ray``. The first Ctrl-C gives what there is.
    Raises ScenarioError, RunError, and Interrupted when there is nothing yet.
    """
    from rearguard.scenario.load import LoadedScenario, load_scenario

    check_seed(seed)
    if not 0 <= world < 2**32:
        raise RunError(f"the world must lie between 0 and 2^32 - 1, found {world}")
    if not 0.0 < precision < 0.5:
        raise RunError(f"the precision must lie between 0 and 0.5, found {precision:g}")
    loaded = scenario if isinstance(scenario, LoadedScenario) else load_scenario(scenario, overrides=overrides)
    program = prepare_program(loaded, "cpu", say)
    check_stake(program.compiled)
    dt = float(program.model.dt)
    if step < dt:
        raise RunError(f"the step must be at least one tick, {dt:g} s, found {step:g}")
    lived = program.play(seed, np.array([world], np.int64))
    stake = find_stake(program.compiled, lived.outcomes)
    last, until = decided_at(program, lived), deadline_tick(program, lived)
    in_time = bool(stake.in_time(lived.outcomes)[0])
    stop, started = threading.Event(), time.perf_counter()
    fine, close = max(1, round(step / dt)), max(1, round(CLOSE / dt))

    def tell() -> None:
        if progress is not None:
            known = sum(asker.is_known(tick) for tick in asker.answers)
            progress(SwingProgress(known, len(asker.answers), asker.played))

    def ask(ticks: Iterable[int], anchors: bool = False) -> None:
        asker.ask(ticks, executor, anchors=anchors, stop=stop, tell=tell)

    with closing(open_executor(ray, threads)) as executor, first_interrupt(stop):
        place = place_of(executor, loaded, program)
        asker = Asker(
            place, stake, seed=seed, world=world, until=until, precision=precision, most=most, end=(last, in_time)
        )
        ask(range(0, last, COARSE * fine), anchors=True)
        while not stop.is_set() and (between := midpoints(asker, asker.ticks, fine)):
            ask(between)
        while not stop.is_set() and (between := _around_biggest(asker, close)):
            ask(between)
    if not asker.answers:
        raise Interrupted("interrupted before a moment was known")
    moments = [Moment(tick * dt, asker.chance(tick), asker.continuations(tick)) for tick in asker.ticks]
    k = int(lived.outcomes["outcome"][0])
    return Swing(
        scenario=loaded.scenario.name,
        seed=seed,
        world=world,
        overrides=tuple(loaded.overrides),
        stake=stake,
        precision=precision,
        outcome=program.compiled.names.outcomes[k] if k >= 0 else None,
        in_time=in_time,
        decided=last * dt,
        moments=moments,
        jumps=find_jumps(asker, dt, lived, program.compiled.names),
        continuations=asker.played,
        complete=not stop.is_set() and all(m.chance.high - m.chance.low <= 2.0 * precision for m in moments),
        interrupted=stop.is_set(),
        elapsed=time.perf_counter() - started,
    )


def decided_at(program: Program, lived: SliceResult) -> int:
    """Tick at which it is settled whether the payload is reached in time."""
    o, dt = lived.outcomes, float(program.model.dt)
    moments = [float(o[name][0]) for name in ("contact_time", "deadline_time", "end_time")]
    return max(1, round(min(m for m in moments if not math.isnan(m)) / dt))


def deadline_tick(program: Program, lived: SliceResult) -> int:
    """Tick from which on no contact is in time."""
    deadline, limit = float(lived.outcomes["deadline_time"][0]), int(program.model.limit_ticks)
    return limit if math.isnan(deadline) else min(limit, math.ceil(deadline / float(program.model.dt)) + 1)


def _around_biggest(asker: Asker, close: int) -> list[int]:
    """Midpoints within the biggest jumps between neighbours."""
    ticks = asker.ticks
    pairs = sorted(
        zip(ticks, ticks[1:], strict=False),
        key=lambda pair: -abs(asker.chance(pair[1]).value - asker.chance(pair[0]).value),
    )
    return [tick for pair in pairs[:BIGGEST] for tick in midpoints(asker, pair, close)]


def find_jumps(asker: Asker, dt: float, lived: SliceResult, names: Names) -> list[Jump]:
    """Changes between moments that are no noise, the biggest first, with what happened between them.

    What goes on in the same direction from one moment to the next is one jump.
    """
    ticks, spans = asker.ticks, list[tuple[int, int]]()
    for before, after in zip(ticks, ticks[1:], strict=False):
        change = asker.change(before, after)
        if change.low <= 0.0 <= change.high:
            continue
        if spans and spans[-1][1] == before and asker.change(*spans[-1]).value * change.value > 0.0:
            spans[-1] = (spans[-1][0], after)
        else:
            spans.append((before, after))
    jumps = [
        Jump(a * dt, b * dt, asker.change(a, b).value, because(lived.events, a * dt, b * dt, names)) for a, b in spans
    ]
    return sorted((j for j in jumps if abs(j.change) >= NOTABLE), key=lambda jump: -abs(jump.change))

"""What one act was worth in one world: continuations with and without it, with fresh draws.

The world is forked at the tick at which the act was begun. In one arm it is begun as it was; in the other it is barred,
for as long as it would have kept its doer from beginning it again, and is then allowed as ever. From the next tick on both
arms of a pair have the same fresh draws. So the value is an average over how things might have gone on, not what hindsight
says of the one way in which they did.
"""

from __future__ import annotations

import threading
import time as clock
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from rearguard.engine import AS_WRITTEN, EVENT_NUMBERS, Variant
from rearguard.engine.columns import Craft
from rearguard.engine.variant import vary
from rearguard.scenario.errors import did_you_mean
from rearguard.study.acts import Act, find_acts
from rearguard.study.course import parse_time
from rearguard.study.executor import gather, open_executor
from rearguard.study.folder import Interrupted, RunError
from rearguard.study.fresh import fresh_keys, world_at
from rearguard.study.paired import mean_difference, needed_pairs
from rearguard.study.parcel import Parcel, place_of, program_of
from rearguard.study.result import StudyResult
from rearguard.study.run import check_seed, first_interrupt, prepare_program
from rearguard.study.stake import Stake, check_stake, find_stake
from rearguard.study.statistics import Estimate, Floats
from rearguard.study.swing_jumps import phrase

if TYPE_CHECKING:
    import pyarrow as pa

    from rearguard.engine import Program
    from rearguard.scenario.load import LoadedScenario

BATCH = 32
"""Pairs that a thread plays at a time."""
FEWEST = 64
NEAR = 10.0
"""How far from the time that is asked for an act may have been begun [s]."""
LARGEST_ROUND = 32
"""Batches of a round at most."""


@dataclass(frozen=True)
class EventValue(StudyResult):
    """What beginning an act once was worth to the side of its doer. barred: for how long the other arm went without [s]."""

    kind = "event"
    in_table = ("act", "what", "side", "time", "barred_for", "seconds", "chance", "pairs")

    scenario: str
    seed: int
    world: int
    overrides: tuple[str, ...]
    act: str
    what: str
    side: str
    time: float
    barred: float
    stake: Stake
    seconds: Estimate
    chance: Estimate
    pairs: int
    complete: bool
    interrupted: bool
    elapsed: float

    @property
    def table(self) -> pa.Table:
        """One row: the act."""
        import pyarrow as pa

        said = self.to_dict()
        row = {key: said[key] for key in self.in_table if key not in ("seconds", "chance")}
        for key in ("seconds", "chance"):
            estimate = said[key]
            row |= {key: estimate["value"], f"{key}_low": estimate["low"], f"{key}_high": estimate["high"]}
        return pa.Table.from_pylist([row])

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "schema_version": 1,
            "scenario": self.scenario,
            "seed": self.seed,
            "world": self.world,
            "overrides": list(self.overrides),
            "act": self.act,
            "what": self.what,
            "side": self.side,
            "time": round(self.time, 3),
            "barred_for": round(self.barred, 3),
            "horizon": {"seconds": self.stake.horizon, "after": "deadline" if self.stake.has_deadline else "start"},
            "seconds": self.seconds.to_dict(),
            "chance": self.chance.to_dict(),
            "pairs": self.pairs,
            "complete": self.complete,
            "interrupted": self.interrupted,
            "interval": "Student's t over pairs, 95 %",
        }


def parse_event(text: str) -> tuple[int, float, str | None]:
    """World, time [s] and name from ``K:T`` or ``K:T:NAME``, such as ``12:0:41:temari.great_gust``; raises RunError."""
    world, _, rest = text.partition(":")
    if not world.isdigit() or not rest:
        raise RunError(
            f"--event takes WORLD:TIME or WORLD:TIME:NAME, such as 12:41 or 12:0:41:anna.shove; found '{text}'"
        )
    head, _, last = rest.rpartition(":")
    named = bool(last) and not last[0].isdigit()
    if named and not head:
        raise RunError(f"--event '{text}' says no time; write WORLD:TIME:NAME, such as 12:41:anna.shove")
    return int(world), parse_time(head if named else rest), last if named else None


@dataclass(frozen=True)
class _Begun:
    """An act that was begun in the world: which, by whom, and the tick; ``without``: the world barred from it."""

    act: Act
    event: np.void
    without: Variant
    ticks: int


def _find(program: Program, acts: Sequence[Act], events: npt.NDArray[np.void], time: float, name: str | None) -> _Begun:
    """The act begun nearest to a time."""
    known = {act.name for act in acts} | {part for act in acts for part in act.name.split(".")}
    if name is not None and name not in known:
        raise RunError(f"no act is called '{name}'; {did_you_mean(name, sorted(known))}")
    chosen = [act for act in acts if name is None or name == act.name or name in act.name.split(".")]
    found = [
        (abs(float(e["time"]) - time), k, act, e) for k, act in enumerate(chosen) for e in events[act.rows(events)]
    ]
    found.sort(key=lambda row: row[:2])
    if not found or found[0][0] > NEAR:
        nearest = f"; the nearest is at {float(found[0][3]['time']):.1f} s" if found else ""
        what = "act" if name is None else name
        raise RunError(f"no {what} was begun within {NEAR:g} s of {time:g} s in this world{nearest}")
    act, event = found[0][2], found[0][3]
    who, what_ = int(event["actor"]), int(event["item"])
    dt = float(program.model.dt)
    if act.event == "order":
        later = events[(events["kind"] == EVENT_NUMBERS["order"]) & (events["actor"] == who)]
        after = later["tick"][later["tick"] > event["tick"]]
        end = int(after[0]) if len(after) else int(program.model.limit_ticks)
        return _Begun(act, event, Variant(barred_orders=frozenset([(who, what_)])), end - int(event["tick"]))
    row = program.compiled.tables["craft"][what_]
    lasts = float(row[Craft.windup] + row[Craft.recovery] + row[Craft.cooldown])
    ticks = max(round(lasts / dt), int(program.compiled.arrays["think_every"]))
    return _Begun(act, event, Variant(barred_uses=frozenset([(who, what_)])), ticks)


def play_pairs(
    place: Program | Parcel, begun: _Begun, seed: int, world: int, first: int
) -> dict[str, npt.NDArray[Any]]:
    """A task: outcomes of a batch of pairs, with the act, then without it; first: number of the first pair."""
    program = program_of(place)
    start = world_at(program, seed, world, int(begun.event["tick"]))
    both = np.zeros(2, np.int64)
    arms = program.fork(start, both, log=False, variants=[AS_WRITTEN, begun.without], which=np.arange(2))
    arms.crowds_wait = 0
    program.advance(arms, 1)
    keys = np.tile(fresh_keys(seed, world, first, BATCH), (2, 1))
    forks = program.fork(arms, np.repeat(np.arange(2), BATCH), log=False, keys=keys)
    program.advance(forks, max(begun.ticks - 1, 0))
    vary(program.compiled, forks, [AS_WRITTEN], np.zeros(2 * BATCH, np.int64))
    program.advance(forks, int(program.model.limit_ticks))
    outcomes: dict[str, npt.NDArray[Any]] = program.result(forks, np.arange(2 * BATCH)).outcomes
    return outcomes


def value_event(
    scenario: str | Path | LoadedScenario,
    *,
    world: int,
    time: float,
    name: str | None = None,
    pairs: int = 2048,
    precision: float = 1.0,
    horizon: float | None = None,
    seed: int = 0,
    overrides: Sequence[str] = (),
    threads: int | None = None,
    ray: str | None = None,
    progress: Callable[[tuple[int, int, float]], None] | None = None,
    say: Callable[[str], None] | None = None,
) -> EventValue:
    """What it was worth that an act was begun at about ``time`` [s] in a world.

    name: an act, a technique, an order or a person; default: whatever was begun nearest. pairs: budget of continuations
    with and without it. precision, horizon, ray: as for ``ledger``. progress: called with pairs played, the budget and half the
    width of the interval. The first Ctrl-C gives what there is. Raises ScenarioError, RunError, and Interrupted.
    """
    from rearguard.scenario.load import LoadedScenario, load_scenario

    check_seed(seed)
    if not 0 <= world < 2**32:
        raise RunError(f"the world must lie between 0 and 2^32 - 1, found {world}")
    loaded = scenario if isinstance(scenario, LoadedScenario) else load_scenario(scenario, overrides=overrides)
    program = prepare_program(loaded, "cpu", say)
    check_stake(program.compiled, horizon)
    acts = find_acts(loaded, program.compiled, ("technique", "order"))
    lived = program.play(seed, np.array([world], np.int64))
    begun = _find(program, acts, lived.events, time, name)
    stop, started = threading.Event(), clock.perf_counter()
    parts: list[dict[str, npt.NDArray[Any]]] = []
    stake: Stake | None = None
    half, wanted = float("inf"), FEWEST

    with closing(open_executor(ray, threads)) as executor, first_interrupt(stop):
        place = place_of(executor, loaded, program)
        while not stop.is_set() and half > precision and len(parts) * BATCH < pairs:
            batches = max(1, min(LARGEST_ROUND, -(-(min(wanted, pairs) - len(parts) * BATCH) // BATCH)))
            firsts = [(len(parts) + k) * BATCH for k in range(batches)]
            parts += gather(executor, play_pairs, [(place, begun, seed, world, first) for first in firsts], stop)
            if parts:
                if stake is None:
                    pilot = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
                    stake = find_stake(program.compiled, pilot, horizon)
                delays, _ = _differences(stake, parts)
                found = mean_difference(delays, _spread(stake, parts))
                half = 0.5 * (found.high - found.low)
                wanted = needed_pairs(half, len(delays), precision)
                if progress is not None:
                    progress((len(delays), pairs, half))
    if stake is None:
        raise Interrupted("interrupted before a batch of continuations was finished")
    side = begun.act.side
    delays, kept = _differences(stake, parts)
    return EventValue(
        scenario=loaded.scenario.name,
        seed=seed,
        world=world,
        overrides=tuple(loaded.overrides),
        act=begun.act.name,
        what=phrase(begun.event, program.compiled.names),
        side=side,
        time=float(begun.event["time"]),
        barred=begun.ticks * float(program.model.dt),
        stake=stake,
        seconds=mean_difference(stake.sign(side) * delays, _spread(stake, parts)),
        chance=mean_difference(stake.sign(side) * kept, 0.5),
        pairs=len(delays),
        complete=half <= precision,
        interrupted=stop.is_set(),
        elapsed=clock.perf_counter() - started,
    )


def _differences(stake: Stake, parts: Sequence[dict[str, npt.NDArray[Any]]]) -> tuple[Floats, Floats]:
    """Per pair: by how much the act delays contact [s], and whether it keeps the payload from being reached in time."""
    times = np.array([stake.time(part).reshape(2, BATCH) for part in parts])
    reached = np.array([stake.in_time(part).reshape(2, BATCH) for part in parts]).astype(float)
    return (times[:, 0] - times[:, 1]).ravel(), (reached[:, 1] - reached[:, 0]).ravel()


def _spread(stake: Stake, parts: Sequence[dict[str, npt.NDArray[Any]]]) -> float:
    return float(np.std([stake.time(part)[:BATCH] for part in parts]))

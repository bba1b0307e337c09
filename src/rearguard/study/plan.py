"""Which plan is best: ``rearguard plan``.

Plans play the same worlds. Sequential halving (Karnin, Koren & Somekh 2013, "Almost optimal exploration in multi-armed
bandits") shares the worlds out: in every round all plans that are left play as many fresh worlds, then the worse half is
dropped. Nothing that was played is thrown away. When the other side chooses too, see ``plan_game``.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from rearguard.study.executor import Executor, Stopped, open_executor
from rearguard.study.folder import Interrupted, RunError
from rearguard.study.goal import Goal, quarry_side, read_goal
from rearguard.study.parcel import place_of
from rearguard.study.plan_decisions import Decision, Plan, declared, generated, join, plans_of
from rearguard.study.plan_game import Game, play_game
from rearguard.study.plan_rank import Standing, rank
from rearguard.study.result import StudyResult
from rearguard.study.run import check_seed, first_interrupt, prepare_program
from rearguard.study.statistics import Floats
from rearguard.study.variants import play_variants

if TYPE_CHECKING:
    from rearguard.engine import Variant
    from rearguard.scenario.load import LoadedScenario

FEWEST = 64
"""Worlds that a plan plays before it can be dropped."""
AT_ONCE = 2048
"""Worlds of a batch, of all plans together, about."""
USUAL = 400
"""Worlds for each plan, unless told otherwise; those that are left play more, those that are dropped fewer."""


@dataclass(frozen=True)
class PlanProgress:
    """Where a search stands: worlds played and to play, plans left, and the leader so far."""

    played: int
    total: int
    left: int
    leader: str


@dataclass(frozen=True)
class PlanResult(StudyResult):
    """Plans of a side, best first, with what may be said of them.

    goal: what is measured. high_is_good: whether ``side`` wants it high. opponents: sides whose choices are met as well.
    decisions: what was varied. plans: as ``standings`` index them. game: both sides choosing, None when only one does.
    """

    kind = "plan"
    in_table = ("plans",)

    scenario: str
    seed: int
    overrides: tuple[str, ...]
    side: str
    goal: Goal
    high_is_good: bool
    decisions: list[Decision]
    plans: list[Plan]
    standings: list[Standing]
    played: int
    interrupted: bool
    game: Game | None = field(default=None, repr=False)

    @property
    def leader(self) -> Plan:
        """The plan that stands first."""
        return self.plans[self.standings[0].index]

    @property
    def rivals(self) -> list[Plan]:
        """Plans that cannot be told from the leader."""
        return [self.plans[s.index] for s in self.standings[1:] if not s.is_told_apart]

    @property
    def table(self) -> pa.Table:
        """A row per plan, best first: what it picks, its value, how far behind it is, its chance of being best."""
        rows = [self._row(s) for s in self.standings]
        return pa.Table.from_pylist(rows)

    def to_parquet(self, path: str | Path) -> Path:
        """As for all studies; where both sides choose, the payoffs of all pairs go to NAME-payoffs beside it."""
        written = super().to_parquet(path)
        if self.game is not None:
            self.game.to_parquet(written.with_name(f"{written.stem}-payoffs{written.suffix}"))
        return written

    def _row(self, s: Standing) -> dict[str, Any]:
        plan, behind = self.plans[s.index], s.behind
        return {
            "plan": plan.name,
            **{f"pick_{name}": value for name, value in plan.picks.items()},
            "as_written": plan.is_written,
            "worlds": s.worlds,
            "value": s.value.value,
            "low": s.value.low,
            "high": s.value.high,
            "behind": None if behind is None else behind.value,
            "behind_low": None if behind is None else behind.low,
            "behind_high": None if behind is None else behind.high,
            "chance_of_best": s.best,
            "told_apart": s.is_told_apart,
            "differs": s.differs,
            "worlds_needed": s.needed,
        }

    def to_dict(self) -> dict[str, Any]:
        """Plain data for ``--json``."""
        return {
            "schema_version": 1,
            "scenario": self.scenario,
            "seed": self.seed,
            "overrides": list(self.overrides),
            "side": self.side,
            "goal": self.goal.text,
            "unit": self.goal.unit,
            "wanted": "high" if self.high_is_good else "low",
            "played": self.played,
            "interrupted": self.interrupted,
            "decisions": [
                {"name": d.name, "side": d.side, "values": list(d.values), "as_written": d.values[d.default]}
                for d in self.decisions
            ],
            "plans": [{k: _plain(v) for k, v in self._row(s).items()} for s in self.standings],
            "rivals": [p.name for p in self.rivals],
            "game": None if self.game is None else self.game.to_dict(),
        }


def _plain(value: Any) -> Any:
    """A number as JSON can hold it."""
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return value


class _Watch:
    """Counts worlds, tells how far a search is, and knows whether it is asked to stop."""

    def __init__(self, total: int, left: int, progress: Callable[[PlanProgress], None] | None) -> None:
        self.stop = threading.Event()
        self.total, self.left, self.progress = total, left, progress
        self.played, self.leader = 0, ""

    def count(self, worlds: int) -> None:
        self.played += worlds
        self.say(self.left, self.leader)

    def say(self, left: int, leader: str) -> None:
        self.left, self.leader = left, leader
        if self.progress is not None:
            self.progress(PlanProgress(self.played, self.total, left, leader))


class _Table:
    """Plays variants in worlds 0, 1, 2 ... and keeps what each came to."""

    def __init__(
        self, executor: Executor, place: Any, goal: Goal, variants: Sequence[Variant], seed: int, watch: _Watch
    ) -> None:
        self.executor, self.place, self.goal, self.variants = executor, place, goal, variants
        self.seed, self.watch = seed, watch
        self.values: list[Floats] = [np.zeros(0) for _ in variants]

    def play(self, which: Sequence[int], worlds: int) -> None:
        """Let the variants ``which``, all of which have played the same worlds, play ``worlds`` fresh ones each.

        A stop loses the batch in flight and no more; raises Stopped then.
        """
        first = len(self.values[which[0]])
        chosen = [self.variants[k] for k in which]
        size = max(FEWEST, AT_ONCE // len(which))
        for start in range(first, first + worlds, size):
            ids = np.arange(start, min(start + size, first + worlds))
            results = play_variants(
                self.executor, self.place, chosen, ids, self.seed, stop=self.watch.stop, done=self.watch.count
            )
            for k, result in zip(which, results, strict=True):
                self.values[k] = np.concatenate([self.values[k], self.goal.values(result)])


def halving_rounds(plans: int, budget: int) -> list[tuple[int, int]]:
    """How many plans play how many fresh worlds each, round by round; ``budget``: worlds in all, about."""
    rounds = max(1, math.ceil(math.log2(max(plans, 1))))
    left, out = plans, []
    for k in range(rounds):
        each = budget // ((rounds - k) * left)
        if k == 0:
            each = max(FEWEST, each)
        if each < 1:
            break
        out.append((left, each))
        budget -= left * each
        left = max(2, (left + 1) // 2)
    return out


def plan(
    scenario: str | Path | LoadedScenario,
    *,
    side: str | None = None,
    choices: Sequence[str] = (),
    generate: Sequence[str] = (),
    goal: str | None = None,
    worlds: int | None = None,
    seed: int = 0,
    overrides: Sequence[str] = (),
    threads: int | None = None,
    ray: str | None = None,
    progress: Callable[[PlanProgress], None] | None = None,
    say: Callable[[str], None] | None = None,
) -> PlanResult:
    """Rank the plans of a side, and play them against those of the other sides where these choose too.

    side: whose plans; default the side that pursues, else the one that has choices. choices: names of those to vary,
    default all. generate: decisions to make up, of ``plan_decisions.GENERATED``. goal: ``in_time`` (default), ``slack``,
    ``share(OUTCOME)`` or ``out(WHO)``. worlds: to play in all, default 400 for each plan. ray: address of a Ray cluster that
    plays instead of threads of this machine, to the same numbers.
    The first Ctrl-C ends the search with what is known so far. Raises ScenarioError for a scenario that cannot be used,
    RunError for anything else that a user can mend, Interrupted when nothing is known yet.
    """
    from rearguard.scenario.load import LoadedScenario, load_scenario

    check_seed(seed)
    loaded = scenario if isinstance(scenario, LoadedScenario) else load_scenario(scenario, overrides=overrides)
    program = prepare_program(loaded, "cpu", say)
    compiled = program.compiled
    decisions = declared(loaded.scenario, compiled, choices)
    decisions += [d for what in dict.fromkeys(generate) for d in generated(what, compiled)]
    quarry = quarry_side(compiled)
    mine = choose_side(side, decisions, loaded, quarry)
    aim = read_goal(goal, compiled)
    own = plans_of([d for d in decisions if d.side == mine])
    others = plans_of([d for d in decisions if d.side != mine])
    high = aim.is_high_good(mine, quarry, own=goal is not None)
    variants = [join([a.variant, b.variant]) for a in own for b in others]
    budget = worlds if worlds is not None else USUAL * len(variants)
    if budget < FEWEST * len(variants):
        raise RunError(
            f"{len(variants)} plans need at least {FEWEST} worlds each: --worlds {FEWEST * len(variants)} or more"
        )
    watch = _Watch(budget, len(variants), progress)
    found: Game | None = None
    with closing(open_executor(ray, threads)) as executor, first_interrupt(watch.stop):
        table = _Table(executor, place_of(executor, loaded, program), aim, variants, seed, watch)
        if len(others) > 1:
            found = play_game(
                [p.name for p in own],
                [p.name for p in others],
                table.values,
                table.play,
                budget=budget,
                share=aim.is_share,
                high_is_good=high,
                seed=seed,
                stopped=Stopped,
                report=watch.say,
            )
        else:
            _halve(own, table, budget, high, watch.say)
    written = next(k for k, p in enumerate(others) if p.is_written)
    columns = [table.values[k * len(others) + written] for k in range(len(own))]
    if not all(len(v) for v in columns):
        raise Interrupted("interrupted before any plan was played often enough to say something")
    return PlanResult(
        scenario=loaded.scenario.name,
        seed=seed,
        overrides=loaded.overrides,
        side=mine,
        goal=aim,
        high_is_good=high,
        decisions=decisions,
        plans=own,
        standings=rank(columns, share=aim.is_share, high_is_good=high, seed=seed),
        played=watch.played,
        interrupted=watch.stop.is_set(),
        game=found,
    )


def _halve(
    plans: Sequence[Plan],
    table: _Table,
    budget: int,
    high: bool,
    report: Callable[[int, str], None],
) -> None:
    """Sequential halving, until the worlds are spent or a stop is asked for."""
    left = list(range(len(plans)))
    sign = 1.0 if high else -1.0
    for count, worlds in halving_rounds(len(plans), budget):
        left = left[:count]
        try:
            table.play(left, worlds)
        except Stopped:
            return
        left.sort(key=lambda k: (-sign * float(table.values[k].mean()), k))
        report(len(left), plans[left[0]].name)


def choose_side(side: str | None, decisions: Sequence[Decision], loaded: LoadedScenario, quarry: str | None) -> str:
    """Whose plans are ranked; RunError when there is nothing to choose."""
    from rearguard.scenario.errors import did_you_mean

    with_choices = list(dict.fromkeys(d.side for d in decisions))
    name = loaded.scenario.name
    if not with_choices:
        people = list(loaded.scenario.people)[:2]
        own = loaded.scenario.people[people[0]].side
        raise RunError(
            f"{name} declares no choices, so there is nothing to plan. Declare what a side decides:\n"
            f"  choices:\n    who_stays: {{side: {own}, of: [nobody, {people[0]}], default: nobody}}\n"
            "and let a doctrine ask for it: when: [{input: chosen, choice: who_stays}]\n"
            "or let plans be generated: --generate stay"
        )
    if side is not None:
        if side not in with_choices:
            raise RunError(f"side '{side}' has nothing to choose here; {did_you_mean(side, with_choices)}")
        return side
    pursuing = [s for s in with_choices if s != quarry]
    return (pursuing or with_choices)[0]

"""What each act was worth: the same worlds without it, under common random numbers.

The value of an act is the mean, over worlds, of the difference in the restricted time to contact with it and without it
(``stake.py``), counted as seconds bought for the side whose act it is: the keepers of the payload want contact late, the
others early. Since a world's deadline is the same with and without an act, this is the difference in slack, too.

Worlds are played in rounds until every interval is narrow enough or the budget is spent. Stopping when an interval is
narrow keeps its coverage as the precision becomes fine (Chow & Robbins 1965). An act that is known well enough is no
longer left out of further worlds.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from rearguard.study.acts import BY_DEFAULT, Act, find_acts
from rearguard.study.executor import Executor, gather, open_executor
from rearguard.study.folder import Interrupted, RunError
from rearguard.study.ledger_result import Entry, Ledger, Where
from rearguard.study.paired import mean_difference, needed_pairs, ratio_of_means, reduction
from rearguard.study.parcel import place_of
from rearguard.study.run import check_seed, first_interrupt, prepare_program
from rearguard.study.shapley import Shares
from rearguard.study.shapley import shapley as divide
from rearguard.study.stake import Stake, check_stake, find_stake
from rearguard.study.statistics import Estimate, Floats, share
from rearguard.study.without import Watched, watch

if TYPE_CHECKING:
    from rearguard.engine import Program
    from rearguard.scenario.load import LoadedScenario

BATCH = 32
"""Worlds that a thread watches at a time."""
FIRST = 128
"""Worlds of the first round, on which the horizon rests and before which no act is taken for known."""
LARGEST_ROUND = 1024
SHARING = ("technique", "order", "person")
"""Kinds of acts that can share what they were worth together."""


@dataclass(frozen=True)
class LedgerProgress:
    """Where a ledger stands: worlds watched, of at most how many; acts known well enough, of how many; and the least known."""

    worlds: int
    budget: int
    known: int
    acts: int
    widest: str
    half: float


@dataclass
class _Book:
    """What is known of one act: the batches in which it was left out."""

    act: Act
    pages: list[tuple[int, Watched]] = field(default_factory=list)  # place among the acts of the batch, the batch

    def column(self, value: Callable[[Watched, int], npt.NDArray[Any]]) -> Floats:
        """A number per world over all batches."""
        parts = [np.asarray(value(batch, k), float) for k, batch in self.pages]
        return np.concatenate(parts) if parts else np.zeros(0)

    def pair(self, measure: Callable[[Any], npt.NDArray[Any]]) -> tuple[Floats, Floats]:
        """A measure of the worlds with and without the act [worlds]."""

        def without(batch: Watched, k: int) -> npt.NDArray[Any]:
            values = np.asarray(measure(batch.base), float).copy()
            if len(batch.rows[k]):
                values[batch.rows[k]] = measure(batch.without[k])
            return values

        return self.column(lambda batch, k: measure(batch.base)), self.column(without)

    @property
    def is_used(self) -> bool:
        return any(len(batch.rows[k]) for k, batch in self.pages)


class _Books:
    """Plays rounds of worlds and keeps the books of all acts."""

    def __init__(
        self, program: Program, acts: Sequence[Act], seed: int, precision: float, horizon: float | None
    ) -> None:
        self.program, self.seed, self.precision = program, seed, precision
        self.books = [_Book(act) for act in acts]
        self.open = list(self.books)
        self.batches: list[Watched] = []
        self.worlds = 0
        self.horizon = horizon
        self.stake: Stake | None = None

    def play(
        self, worlds: int, executor: Executor, place: Any, stop: threading.Event, tell: Callable[[], None]
    ) -> None:
        """One round: the next ``worlds`` worlds, with every act that is still open left out in turn."""
        acts = [book.act for book in self.open]
        starts, end = range(self.worlds, self.worlds + worlds, BATCH), self.worlds + worlds
        tasks = [(place, acts, self.seed, np.arange(first, min(first + BATCH, end))) for first in starts]

        def take(batch: Watched) -> None:
            self.batches.append(batch)
            self.worlds += len(batch.base["world"])
            for k, book in enumerate(self.open):
                book.pages.append((k, batch))
            if self.stake is None and (self.worlds >= FIRST or self.worlds >= worlds):
                self.stake = self.find_stake()
            tell()

        gather(executor, watch, tasks, stop, take)

    def base(self) -> dict[str, npt.NDArray[Any]]:
        """Outcomes of all worlds as they are."""
        return _joined([batch.base for batch in self.batches])

    def find_stake(self) -> Stake:
        """The stake, with a horizon as long as any world so far was watched, with or without an act."""
        parts = [part for batch in self.batches for part in (batch.base, *batch.without) if part]
        return find_stake(self.program.compiled, _joined(parts), self.horizon)

    def settle(self) -> int:
        """Close the books of acts that are known well enough; how many worlds the others are estimated to need."""
        assert self.stake is not None
        needed, still = self.worlds, []
        for book in self.open:
            half = self.half(book)
            if half > self.precision:
                still.append(book)
                needed = max(needed, needed_pairs(half, self.worlds, self.precision))
        self.open = still
        return needed

    def half(self, book: _Book) -> float:
        """Half the width of the interval of an act's seconds."""
        assert self.stake is not None
        with_, without = book.pair(self.stake.time)
        found = mean_difference(with_ - without, float(np.std(with_)))
        return 0.5 * (found.high - found.low)

    def entry(self, book: _Book) -> Entry:
        """What the book of an act comes to."""
        assert self.stake is not None
        stake, act = self.stake, book.act
        sign = stake.sign(act.side)
        with_, without = book.pair(stake.time)
        reached, reached_without = book.pair(stake.in_time)
        bought, spread = sign * (with_ - without), float(np.std(with_))
        uses = book.column(lambda batch, k: batch.uses[k])
        spent = book.column(lambda batch, k: batch.spent[k])
        return Entry(
            name=act.name,
            title=act.title,
            kind=act.kind,
            side=act.side,
            worlds=len(bought),
            used=sum(len(batch.rows[k]) for k, batch in book.pages) / max(len(bought), 1),
            uses=float(uses.mean()),
            seconds=mean_difference(bought, spread),
            chance=mean_difference(sign * (reached_without - reached), float(np.std(reached))),
            per_use=ratio_of_means(bought, uses, spread),
            per_power=ratio_of_means(bought, spent, spread),
            spent=float(spent.mean()),
            reduction=reduction(bought, with_, without),
            where=self._where(book, bought, uses),
        )

    def _where(self, book: _Book, bought: Floats, uses: Floats) -> list[Where]:
        """The seconds by the ground on which the act was done; the uses in a world share its seconds evenly."""
        if book.act.event is None:
            return []
        ground_map = self.program.compiled.map
        sums = np.zeros(len(ground_map.grounds))
        first = 0
        for k, batch in book.pages:
            n, found = len(batch.base["world"]), batch.occurrences[k]
            each = (bought[first : first + n] / np.maximum(uses[first : first + n], 1.0))[found["world"]]
            row = np.clip((found["y"] / ground_map.cell).astype(int), 0, ground_map.rows - 1)
            column = np.clip((found["x"] / ground_map.cell).astype(int), 0, ground_map.columns - 1)
            np.add.at(sums, ground_map.ground[row, column], each)
            first += n
        parts = [Where(name, float(s) / first) for name, s in zip(ground_map.grounds, sums, strict=True) if s != 0.0]
        return sorted(parts, key=lambda part: -abs(part.seconds))


def ledger(
    scenario: str | Path | LoadedScenario,
    *,
    by: Sequence[str] = BY_DEFAULT,
    only: Sequence[str] = (),
    worlds: int = 1000,
    precision: float = 1.0,
    horizon: float | None = None,
    shapley: int = 0,
    seed: int = 0,
    overrides: Sequence[str] = (),
    threads: int | None = None,
    ray: str | None = None,
    progress: Callable[[LedgerProgress], None] | None = None,
    say: Callable[[str], None] | None = None,
) -> Ledger:
    """What each act of a scenario was worth, in seconds and in the chance to be in time.

    by: kinds of acts (``acts.KINDS``); only: names of acts, of any kind. worlds: budget. precision: half the width
    of an interval that is narrow enough [s]. horizon: see ``Stake``, default: as long as the first worlds were
    watched. shapley: how many of the acts that matter most share what they were worth together (``shapley.py``).
    ray: address of a Ray cluster that plays instead of threads of this machine. The answer does not depend on ``threads``
    or ``ray``. The first Ctrl-C gives what there is. Raises ScenarioError, RunError,
    and Interrupted when there is nothing yet.
    """
    from rearguard.scenario.load import LoadedScenario, load_scenario

    check_seed(seed)
    if worlds < 2:
        raise RunError(f"a ledger needs at least 2 worlds, found {worlds}")
    if not precision > 0.0:
        raise RunError(f"the precision must be above 0 s, found {precision:g}")
    loaded = scenario if isinstance(scenario, LoadedScenario) else load_scenario(scenario, overrides=overrides)
    program = prepare_program(loaded, "cpu", say)
    check_stake(program.compiled, horizon)
    acts = find_acts(loaded, program.compiled, by, only)
    books = _Books(program, acts, seed, precision, horizon)
    stop, started = threading.Event(), time.perf_counter()

    def tell() -> None:
        if progress is not None and books.stake is not None:
            halves = {book.act.title: books.half(book) for book in books.open}
            widest = max(halves, key=lambda title: halves[title], default="")
            known = len(acts) - sum(half > precision for half in halves.values())
            progress(LedgerProgress(books.worlds, worlds, known, len(acts), widest, halves.get(widest, 0.0)))

    with closing(open_executor(ray, threads)) as executor, first_interrupt(stop):
        place = place_of(executor, loaded, program)
        needed = FIRST
        while books.open and books.worlds < worlds and not stop.is_set():
            # halfway to what is thought to be needed, since that is an estimate too
            step = max(FIRST, min(LARGEST_ROUND, -(-(needed - books.worlds) // (2 * BATCH)) * BATCH))
            books.play(min(step, worlds - books.worlds), executor, place, stop, tell)
            if books.stake is not None:
                needed = books.settle()
        if books.stake is None:
            if not books.batches:
                raise Interrupted("interrupted before a batch of worlds was finished")
            books.stake = books.find_stake()
        shares = _share(books, shapley, worlds, executor, place, stop, say) if shapley else None
    return _sum_up(loaded, books, shares, worlds, stop.is_set(), time.perf_counter() - started)


def _share(
    books: _Books,
    most: int,
    worlds: int,
    executor: Executor,
    place: Any,
    stop: threading.Event,
    say: Callable[[str], None] | None,
) -> Shares | None:
    """Shapley shares of the acts that matter most by themselves, of kinds that do not contain one another."""
    assert books.stake is not None
    values = {book.act.name: abs(books.entry(book).seconds.value) for book in books.books if book.is_used}
    acts = [book.act for book in books.books if book.act.name in values and book.act.kind in SHARING]
    acts = sorted(acts, key=lambda act: -values[act.name])[:most]
    if len(acts) < 2:
        raise RunError("shares are for two acts or more that occur: techniques, orders or people")
    if say is not None:
        say(f"sharing between {', '.join(act.name for act in acts)} …")
    return divide(
        executor,
        place,
        books.stake,
        acts,
        seed=books.seed,
        worlds=worlds,
        precision=books.precision,
        stop=stop,
    )


def _sum_up(
    loaded: LoadedScenario, books: _Books, shares: Shares | None, budget: int, interrupted: bool, elapsed: float
) -> Ledger:
    base, stake = books.base(), books.stake
    assert stake is not None
    times, reached = stake.time(base), stake.in_time(base)
    entries = [books.entry(book) for book in books.books if book.is_used]
    return Ledger(
        scenario=loaded.scenario.name,
        seed=books.seed,
        overrides=tuple(loaded.overrides),
        worlds=books.worlds,
        budget=budget,
        precision=books.precision,
        stake=stake,
        time=_mean(times),
        in_time=share(int(reached.sum()), len(reached)),
        cut=float(stake.is_cut(base).mean()),
        entries=sorted(entries, key=lambda entry: -entry.seconds.value),
        shares=shares,
        unused=[book.act.name for book in books.books if not book.is_used],
        complete=all(entry.half <= books.precision for entry in entries),
        interrupted=interrupted,
        elapsed=elapsed,
        ticks=sum(batch.ticks for batch in books.batches),
        overflow=sum(batch.overflow for batch in books.batches),
    )


def _joined(parts: Sequence[dict[str, npt.NDArray[Any]]]) -> dict[str, npt.NDArray[Any]]:
    return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}


def _mean(values: Floats) -> Estimate:
    return mean_difference(values, float(np.std(values)))

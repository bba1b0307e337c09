"""Looking for small changes that meet targets: trials in the same worlds, response curves, Optuna, and the way back.

A change's size is the sum over factors of the share of its range that each moves. A target counts as met in a trial when its
estimate lies within the band by ``MARGIN`` standard errors, or by ``MOST_MARGIN`` of the band's width where that is less,
so that a point at the very edge is not taken for a solution.
"""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from rearguard.scenario.expectations import Band, Expectation
from rearguard.study.folder import RunError
from rearguard.study.measure import Gauge, Readings, event_log
from rearguard.study.statistics import Estimate, share
from rearguard.study.trials import Trials

if TYPE_CHECKING:
    from rearguard.engine import SliceResult

Point = tuple[float, ...]
"""Values of the factors [SI], in the order of ``Trials.knobs``."""

FRESH = 5
"""Worlds on which a solution is polished, and again confirmed, as a multiple of those of a trial."""
FARTHER = 1.6
"""How far beyond a solution of the trials polishing may go."""
CURVE = 9
"""Values at which a response curve is looked at, ends of the range included."""
BATCH = 8
"""Trials that Optuna suggests at once."""
MARGIN, MOST_MARGIN = 1.64, 0.35
BLOCKS = 10
"""Parts of the worlds from which the error of a statistic is told."""
HALVINGS = 5
"""Bisections on the way back to today's values."""
ALIKE = 0.9
"""Cosine between changes above which two solutions are the same idea."""
FAR = 1.0e3
"""How many standard errors off a target counts that has no value at all."""


@dataclass(frozen=True)
class Aim:
    """What a trial shows of a target. error: standard error. off: standard errors below (less than 0) or above what counts
    as met.
    """

    value: float
    error: float
    off: float

    @property
    def is_met(self) -> bool:
        """True when the estimate lies within the band by its margin."""
        return self.off == 0.0


@dataclass(frozen=True)
class Trial:
    """A point and what its worlds showed of each target. size: of the change from today's values."""

    point: Point
    aims: tuple[Aim, ...]
    size: float

    @property
    def is_met(self) -> bool:
        """True when every target is met."""
        return all(aim.is_met for aim in self.aims)

    @property
    def off(self) -> float:
        """How far outside in all."""
        return sum(abs(aim.off) for aim in self.aims)

    @property
    def loss(self) -> float:
        """What is made small: the change where all is met, else how far off, above any change."""
        return self.size if self.is_met else 100.0 + min(self.off, 2.0 * FAR * max(len(self.aims), 1))


@dataclass(frozen=True)
class Solution:
    """Values that meet the targets. changes: factor → value [SI], only those that move. confirmed: 95 % intervals of the
    targets in fresh worlds; holds: whether each of those estimates lies in its band.
    """

    changes: Mapping[str, float]
    size: float
    confirmed: tuple[Estimate, ...]
    holds: tuple[bool, ...]


# ------------------------------------------------------------------------------------------------------------- measuring


def error_of(gauge: Gauge, readings: Readings, value: float) -> float:
    """Standard error of an estimate: binomial for shares, else from the spread over parts of the worlds."""
    n = int(readings.counted.sum())
    if n == 0:
        return math.inf
    if gauge.expectation.is_share:
        shrunk = (value * n + 1.0) / (n + 2.0)
        return math.sqrt(shrunk * (1.0 - shrunk) / n)
    parts = []
    for rows in np.array_split(np.arange(len(readings.ids)), BLOCKS):
        part = Readings(*(getattr(readings, name)[rows] for name in Readings.__dataclass_fields__))
        parts.append(gauge.estimate(part, 0.05).value)
    known = np.array([p for p in parts if math.isfinite(p)])
    return float(known.std(ddof=1) / math.sqrt(BLOCKS)) if len(known) > BLOCKS // 2 else math.inf


def lies_in(band: Band, value: float) -> bool:
    """True for a value in a band, or no further outside than does not matter."""
    return band.low - band.indifference <= value <= band.high + band.indifference


def open_band(target: Expectation, limit: float) -> Band:
    """The band of a target, without the ends beyond which nothing can lie: they need no margin."""
    low, high = target.extremes(limit)
    band = target.band
    return Band(
        -math.inf if band.low <= low else band.low, math.inf if band.high >= high else band.high, band.indifference
    )


def aim_at(band: Band, value: float, error: float) -> Aim:
    """How far an estimate is from lying safely within a band."""
    if not math.isfinite(value):
        inside = band.low <= value <= band.high
        return Aim(value, error, 0.0 if inside else -FAR if value < band.low else FAR)
    margin = MARGIN * error if math.isfinite(error) else 0.0
    if math.isfinite(band.low) and math.isfinite(band.high):
        margin = min(margin, MOST_MARGIN * (band.high - band.low))
    low, high = (end + way * (margin - band.indifference) for end, way in ((band.low, 1.0), (band.high, -1.0)))
    short = min(value - low, 0.0) + max(value - high, 0.0)
    scale = error if 0.0 < error < math.inf else max(abs(value), 1.0) * 1e-3
    return Aim(value, error, min(max(short / scale, -FAR), FAR))


class Measure:
    """Plays points and reads every target off their worlds; each point once."""

    def __init__(
        self,
        trials: Trials,
        targets: Sequence[Expectation],
        *,
        worlds: int,
        seed: int,
        report: Callable[[int, Trial | None], None],
    ) -> None:
        self.trials, self.targets, self.seed, self.report = trials, targets, seed, report
        self.gauges = [Gauge(t, trials.compiled) for t in targets]
        self.needs_events = any(t.needs_events for t in targets)
        self.ids = np.arange(worlds)
        self.bands = [open_band(t, trials.compiled.limit) for t in targets]
        self.known: dict[Point, Trial] = {}

    def neat(self, values: Sequence[float]) -> Point:
        """A point of values that a person would write."""
        return tuple(k.neat(v) for k, v in zip(self.trials.knobs, values, strict=True))

    def size(self, point: Point) -> float:
        """Size of a change from today's values."""
        return sum(abs(k.share(v)) for k, v in zip(self.trials.knobs, point, strict=True))

    def read(self, result: SliceResult) -> list[Readings]:
        """What worlds show of each target."""
        log = event_log(result, self.trials.compiled) if self.needs_events else None
        return [gauge.measure(result, log) for gauge in self.gauges]

    def play(self, points: Sequence[Point], ids: np.ndarray) -> list[list[Readings]]:
        """Readings of every target at each point."""
        named = [dict(zip((k.name for k in self.trials.knobs), p, strict=True)) for p in points]
        results = self.trials.play(named, [ids] * len(points), self.seed, log=self.needs_events)
        return [self.read(result) for result in results]

    def aims(self, readings: Sequence[Readings]) -> tuple[Aim, ...]:
        """How far the worlds of a point are from each target."""
        out = []
        for gauge, band, reading in zip(self.gauges, self.bands, readings, strict=True):
            value = gauge.estimate(reading, 0.05).value
            out.append(aim_at(band, value, error_of(gauge, reading, value)))
        return tuple(out)

    def at(self, points: Sequence[Point]) -> list[Trial]:
        """Trials at points; what is known is not played again."""
        fresh = [p for p in dict.fromkeys(points) if p not in self.known]
        for first in range(0, len(fresh), BATCH):
            part = fresh[first : first + BATCH]
            for point, readings in zip(part, self.play(part, self.ids), strict=True):
                self.known[point] = Trial(point, self.aims(readings), self.size(point))
            self.report(len(self.known), self.best())
        return [self.known[p] for p in points]

    def best(self) -> Trial | None:
        """The smallest change so far that meets every target."""
        met = [t for t in self.known.values() if t.is_met]
        return min(met, key=lambda t: t.size) if met else None


def response_curves(measure: Measure, today: Point) -> dict[str, list[Trial]]:
    """Each factor alone across its range, today's value among them."""
    knobs = measure.trials.knobs
    lines = []
    for k, knob in enumerate(knobs):
        values = [*np.linspace(knob.low, knob.high, CURVE), knob.today]
        points = {measure.neat([v if j == k else t for j, t in enumerate(today)]) for v in values}
        lines.append(sorted(points, key=itemgetter(k)))
    measure.at([point for line in lines for point in line])
    return {knob.name: measure.at(line) for knob, line in zip(knobs, lines, strict=True)}


def crossings(curve: Sequence[Trial]) -> list[Point]:
    """Points along a curve between neighbours of which a target is met by one only, or missed on either side."""
    out: list[Point] = []
    for a, b in itertools.pairwise(curve):
        if any(np.sign(x.off) != np.sign(y.off) for x, y in zip(a.aims, b.aims, strict=True)):
            for part in (0.25, 0.5, 0.75):
                out.append(tuple(p + part * (q - p) for p, q in zip(a.point, b.point, strict=True)))
    return out


def suggest(measure: Measure, curves: Mapping[str, Sequence[Trial]], trials: int, seed: int) -> None:
    """Let Optuna look for points: batches of asks, played in the same worlds, then told."""
    try:
        import optuna
    except ImportError:
        raise RunError("tuning needs Optuna: pip install 'rearguard[tune]'") from None

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    knobs = measure.trials.knobs
    ranges: dict[str, optuna.distributions.BaseDistribution] = {}
    for k in knobs:
        ranges[k.name] = optuna.distributions.FloatDistribution(k.low, k.high)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        sampler = optuna.samplers.TPESampler(seed=seed, multivariate=True, constant_liar=True)
    study = optuna.create_study(sampler=sampler)
    measure.at([measure.neat(p) for curve in curves.values() for p in crossings(curve)])
    for trial in measure.known.values():
        params = {k.name: v for k, v in zip(knobs, trial.point, strict=True)}
        study.add_trial(optuna.trial.create_trial(params=params, distributions=ranges, value=trial.loss))
    for first in range(0, trials, BATCH):
        asked = [study.ask(ranges) for _ in range(min(BATCH, trials - first))]
        points = [measure.neat([a.params[k.name] for k in knobs]) for a in asked]
        for question, trial in zip(asked, measure.at(points), strict=True):
            study.tell(question, trial.loss)


def shrink(measure: Measure, trial: Trial) -> Trial:
    """The same idea with less change: factors put back one by one, then all pulled towards today's values."""
    today = tuple(k.today for k in measure.trials.knobs)
    while True:
        moved = [k for k, (v, t) in enumerate(zip(trial.point, today, strict=True)) if v != t]
        if len(moved) > 1:
            back = measure.at([tuple(today[j] if j == k else v for j, v in enumerate(trial.point)) for k in moved])
            met = [t for t in back if t.is_met]
            if met:
                trial = min(met, key=lambda t: t.size)
                continue
        break
    near, far = 0.0, 1.0
    best = trial
    for _ in range(HALVINGS):
        part = 0.5 * (near + far)
        point = measure.neat([t + part * (v - t) for t, v in zip(today, trial.point, strict=True)])
        tried = measure.at([point])[0]
        if tried.is_met:
            far, best = part, min(best, tried, key=lambda t: t.size)
        else:
            near = part
    return best


def diverse(measure: Measure, count: int) -> list[Trial]:
    """Up to ``count`` small changes that are different ideas: they move other factors, or in another proportion."""
    chosen: list[Trial] = []
    pool = sorted((t for t in measure.known.values() if t.is_met), key=lambda t: t.size)
    tried = 0
    for trial in pool:
        if len(chosen) >= count or tried >= 4 * count:
            break
        if any(alike(measure, trial, other) for other in chosen):
            continue
        tried += 1
        smaller = shrink(measure, trial)
        if not any(alike(measure, smaller, other) for other in chosen):
            chosen.append(smaller)
    return sorted(chosen, key=lambda t: t.size)


def alike(measure: Measure, a: Trial, b: Trial) -> bool:
    """True when two changes go the same way."""
    x, y = (np.array([k.share(v) for k, v in zip(measure.trials.knobs, t.point, strict=True)]) for t in (a, b))
    return float(x @ y) >= ALIKE * float(np.linalg.norm(x) * np.linalg.norm(y))


def polish(measure: Measure, trials: Sequence[Trial]) -> list[Point]:
    """The same ideas, as far along their way from today's values as more and fresh worlds say.

    All trials share their worlds, and so what these happen to have in common; here the way is measured again at both of its
    ends, and straight lines between say where the targets are met.
    """
    first = len(measure.ids)
    ids = np.arange(first, (1 + FRESH) * first)
    today = tuple(k.today for k in measure.trials.knobs)
    near, *far = (measure.aims(readings) for readings in measure.play([today, *(t.point for t in trials)], ids))
    out = []
    for trial, ends in zip(trials, far, strict=True):

        def off(way: float, ends: tuple[Aim, ...] = ends) -> float:
            between = zip(measure.bands, near, ends, strict=True)
            return sum(abs(aim_at(b, x.value + way * (y.value - x.value), y.error).off) for b, x, y in between)

        ways = np.linspace(0.0, FARTHER, 161)
        misses = [off(float(way)) for way in ways]
        best = float(ways[int(np.nanargmin(misses))]) if np.isfinite(misses).any() else 1.0
        out.append(measure.neat([t + best * (v - t) for t, v in zip(today, trial.point, strict=True)]))
    return out


def confirm(measure: Measure, point: Point) -> Solution:
    """A solution with its targets in worlds that no other step has played."""
    first = (1 + FRESH) * len(measure.ids)
    readings = measure.play([point], np.arange(first, first + FRESH * len(measure.ids)))[0]
    found, holds = [], []
    for gauge, reading in zip(measure.gauges, readings, strict=True):
        value = gauge.estimate(reading, 0.05).value
        estimate = interval(gauge, reading, value)
        band = gauge.expectation.band
        found.append(estimate)
        holds.append(lies_in(band, value))
    knobs = measure.trials.knobs
    changes = {k.name: v for k, v in zip(knobs, point, strict=True) if v != k.today}
    return Solution(changes, measure.size(point), tuple(found), tuple(holds))


def interval(gauge: Gauge, reading: Readings, value: float) -> Estimate:
    """A 95 % interval for a fixed number of worlds: Wilson's for shares, else normal."""
    if gauge.expectation.is_share:
        return share(int(reading.holds.sum()), int(reading.counted.sum()))
    error = error_of(gauge, reading, value)
    return Estimate(value, value - 1.96 * error, value + 1.96 * error)

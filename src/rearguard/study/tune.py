"""Which numbers to change, and by how little, so that the worlds show what they are to show: ``rearguard tune``.

Every trial plays the same worlds (common random numbers), so that what differs between trials differs because of the
factors. First each factor is moved alone across its range (the response curves); then Optuna's TPE sampler (Bergstra et al.
2011, "Algorithms for hyper-parameter optimization") looks for combinations, ask and tell, in batches; then every promising
point is pulled back towards today's values as far as the targets still hold. What is chosen is measured again in more
worlds, put right by them, and reported from worlds that nothing before has seen. ``tune_search`` has the parts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from rearguard.scenario.expectations import Expectation
from rearguard.study.beats import band_dict, finite
from rearguard.study.executor import open_executor
from rearguard.study.folder import Interrupted, RunError
from rearguard.study.result import StudyResult
from rearguard.study.run import check_seed
from rearguard.study.trials import Knob, Trials, path_of
from rearguard.study.tune_search import (
    CURVE,
    Measure,
    Solution,
    Trial,
    confirm,
    diverse,
    lies_in,
    polish,
    response_curves,
    suggest,
)

if TYPE_CHECKING:
    from rearguard.scenario.load import LoadedScenario

WORLDS, TRIALS, SOLUTIONS = 200, 80, 3


@dataclass(frozen=True)
class TuneProgress:
    """Where tuning stands: trials made and planned, and the smallest change so far that meets every target."""

    trials: int
    total: int
    phase: str
    smallest: float | None


@dataclass(frozen=True)
class TuneResult(StudyResult):
    """Solutions, smallest change first, those that fresh worlds do not bear out last; none when nothing meets every target:
    then ``nearest`` is what comes closest.

    today: the trial of the values as they stand. curves: per factor, trials along its range with the others as today.
    """

    kind = "tune"
    in_table = ("curves",)

    scenario: str
    path: Path
    seed: int
    overrides: tuple[str, ...]
    worlds: int
    targets: list[Expectation]
    knobs: list[Knob]
    today: Trial
    nearest: Trial
    solutions: list[Solution]
    curves: dict[str, list[Trial]]
    trials: list[Trial] = field(repr=False)

    @property
    def is_met_today(self) -> bool:
        """True when nothing needs to change: every estimate lies in its band."""
        return is_met(self.today, self.targets)

    @property
    def table(self) -> pa.Table:
        """A row per trial: values of the factors [SI], value and error of each target, size of the change."""
        rows = []
        for trial in self.trials:
            row: dict[str, Any] = {k.name: v for k, v in zip(self.knobs, trial.point, strict=True)}
            for target, aim in zip(self.targets, trial.aims, strict=True):
                row[target.name] = aim.value
                row[f"{target.name} error"] = aim.error
            rows.append({**row, "met": trial.is_met, "size": trial.size})
        return pa.Table.from_pylist(rows)

    def texts(self, solution: Solution) -> dict[str, str]:
        """Path → what would be written there."""
        return {k.path: k.text(solution.changes[k.name]) for k in self.knobs if k.name in solution.changes}

    def to_dict(self) -> dict[str, Any]:
        """Plain data for ``--json``."""
        return {
            "schema_version": 1,
            "scenario": self.scenario,
            "seed": self.seed,
            "overrides": list(self.overrides),
            "worlds": self.worlds,
            "trials": len(self.trials),
            "targets": [{"name": t.name, "band": band_dict(t.band), "unit": t.unit} for t in self.targets],
            "factors": [
                {
                    "name": k.name,
                    "path": k.path,
                    "today": k.plain(k.today),
                    "low": k.plain(k.low),
                    "high": k.plain(k.high),
                }
                for k in self.knobs
            ],
            "today": self._trial(self.today),
            "met_today": self.is_met_today,
            "nearest": self._trial(self.nearest),
            "solutions": [
                {
                    "changes": {
                        k.name: {"path": k.path, "from": k.text(k.today), "to": k.text(s.changes[k.name])}
                        for k in self.knobs
                        if k.name in s.changes
                    },
                    "size": round(s.size, 6),
                    "confirmed": [finite(e) for e in s.confirmed],
                    "holds": list(s.holds),
                }
                for s in self.solutions
            ],
            "curves": {name: [self._trial(t) for t in curve] for name, curve in self.curves.items()},
        }

    def _trial(self, trial: Trial) -> dict[str, Any]:
        return {
            "values": {k.name: round(v, 9) for k, v in zip(self.knobs, trial.point, strict=True)},
            "targets": [None if not math.isfinite(a.value) else round(a.value, 6) for a in trial.aims],
            "met": trial.is_met,
            "size": round(trial.size, 6),
        }


def is_met(trial: Trial, targets: Sequence[Expectation]) -> bool:
    """True when every estimate of a trial lies in its band, margins apart."""
    return all(lies_in(target.band, aim.value) for target, aim in zip(targets, trial.aims, strict=True))


def tune(
    scenario: str | Path | LoadedScenario,
    targets: Sequence[str] = (),
    *,
    expect: bool = False,
    factors: Sequence[str] = (),
    worlds: int = WORLDS,
    trials: int = TRIALS,
    solutions: int = SOLUTIONS,
    seed: int = 0,
    overrides: Sequence[str] = (),
    threads: int | None = None,
    ray: str | None = None,
    progress: Callable[[TuneProgress], None] | None = None,
    say: Callable[[str], None] | None = None,
) -> TuneResult:
    """Find the smallest changes of declared factors that meet every target.

    targets: texts as ``tune_targets`` reads them. expect: the scenario's expectations are targets too. factors: names of
    those that may move, default all. ray: address of a Ray cluster that plays instead of threads of this machine, to the
    same numbers. worlds: of each trial. trials: that Optuna makes, beside those of the response curves.
    Raises ScenarioError for a scenario or a target that cannot be used, RunError for anything else that a user can mend.
    """
    from rearguard.scenario.expect_entries import expectations_of
    from rearguard.scenario.load import LoadedScenario, load_scenario
    from rearguard.study.tune_targets import EXAMPLE, read_targets

    check_seed(seed)
    if worlds < 20:
        raise RunError(f"a trial of {worlds} worlds shows nothing; --worlds 20 or more")
    loaded = scenario if isinstance(scenario, LoadedScenario) else load_scenario(scenario, overrides=overrides)
    with closing(open_executor(ray, threads)) as executor:
        bench = Trials(loaded, factors, executor=executor, say=say)
        aims = expectations_of(loaded.scenario) if expect else []
        if expect and not aims:
            raise RunError(f"{loaded.scenario.name} expects nothing: it has no `expect:`; give a --target {EXAMPLE}")
        aims += read_targets(targets, bench.compiled, first=len(aims))
        if not aims:
            raise RunError(f"tuning needs something to aim at: --target {EXAMPLE}, or --expect")
        phase = "response curves"
        total = 1 + CURVE * len(bench.knobs) + trials

        def report(made: int, best: Trial | None) -> None:
            if progress is not None:
                progress(TuneProgress(made, max(total, made), phase, None if best is None else best.size))

        measure = Measure(bench, aims, worlds=worlds, seed=seed, report=report)
        try:
            today = measure.at([tuple(k.today for k in bench.knobs)])[0]
            curves = response_curves(measure, today.point)
            if not is_met(today, aims):
                phase = "looking for combinations"
                suggest(measure, curves, trials, seed)
                phase = "making changes smaller"
                chosen = diverse(measure, solutions)
            else:
                chosen = []
            phase = "playing fresh worlds"
            found = [confirm(measure, point) for point in polish(measure, chosen)] if chosen else []
            found.sort(key=lambda s: (not all(s.holds), s.size))
        except KeyboardInterrupt:
            raise Interrupted("interrupted before anything was found that could be shown") from None
    return TuneResult(
        scenario=loaded.scenario.name,
        path=loaded.path,
        seed=seed,
        overrides=loaded.overrides,
        worlds=worlds,
        targets=aims,
        knobs=bench.knobs,
        today=today,
        nearest=min(measure.known.values(), key=lambda t: (t.loss, t.size)),
        solutions=found,
        curves=curves,
        trials=list(measure.known.values()),
    )


def check_writable(loaded: LoadedScenario, overrides: Sequence[str]) -> None:
    """Refuse to write into a shipped scenario, and what was tuned with values set from outside. Raises RunError."""
    from rearguard.scenario.source import shipped, shipped_file

    name = loaded.scenario.name
    if any(shipped_file(known) == loaded.path for known in shipped()):
        raise RunError(
            f"{name} is a shipped scenario and stays as it is; tune one of your own:\n"
            f"  rearguard new my-{name} --template {name}"
        )
    if overrides:
        raise RunError("what was tuned has values from --set that the file has not got; write those into it first")


def write(found: TuneResult, solution: Solution) -> list[str]:
    """Write a solution into the scenario's file, which keeps its comments; returns what was changed, in words.

    Raises RunError as ``check_writable``, and where the file cannot be changed by machine.
    """
    from rearguard.scenario.edit import EditError, rewrite
    from rearguard.scenario.load import load_scenario

    loaded = load_scenario(found.path)
    check_writable(loaded, found.overrides)
    texts = found.texts(solution)
    try:
        rewrite(found.path, {path_of(loaded, path): text for path, text in texts.items()})
    except EditError as error:
        raise RunError(str(error)) from error
    load_scenario(found.path)
    before = {k.path: k.text(k.today) for k in found.knobs}
    return [f"{path}: {before[path]} → {text}" for path, text in texts.items()]

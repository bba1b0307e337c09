"""How often each expectation of a scenario comes true: a look at a fixed number of worlds, without a verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rearguard.scenario.errors import did_you_mean
from rearguard.scenario.expect_entries import expectations_of
from rearguard.scenario.expectations import Band, Expectation
from rearguard.study.folder import RunError
from rearguard.study.measure import Gauge, Readings, event_log, gauges
from rearguard.study.run import check_seed, prepare_program
from rearguard.study.statistics import Estimate, share
from rearguard.study.stream import play_worlds

if TYPE_CHECKING:
    from rearguard.scenario.load import LoadedScenario

ERROR = 0.05
"""Chance that an interval leaves the truth out."""


@dataclass(frozen=True)
class Beat:
    """An expectation and what the worlds show of it. counted: worlds that count; held: those in which it holds."""

    expectation: Expectation
    estimate: Estimate
    counted: int
    held: int
    vacuous: int
    truncated: int
    example: int | None
    counterexample: int | None

    @property
    def is_inside(self) -> bool:
        """True when the estimate lies in the band."""
        return self.expectation.band.low <= self.estimate.value <= self.expectation.band.high

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "name": self.expectation.name,
            "text": self.expectation.text,
            "kind": "share" if self.expectation.is_share else "statistic",
            "estimate": finite(self.estimate),
            "band": band_dict(self.expectation.band),
            "unit": self.expectation.unit,
            "inside": self.is_inside,
            "counted": self.counted,
            "held": self.held if self.expectation.is_share else None,
            "vacuous": self.vacuous,
            "truncated": self.truncated,
            "example": self.example,
            "counterexample": self.counterexample,
        }


@dataclass(frozen=True)
class Beats:
    """All expectations of a scenario over ``worlds`` worlds."""

    scenario: str
    worlds: int
    seed: int
    beats: list[Beat]
    overrides: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "schema_version": 1,
            "scenario": self.scenario,
            "worlds": self.worlds,
            "seed": self.seed,
            "overrides": list(self.overrides),
            "beats": [beat.to_dict() for beat in self.beats],
        }


def finite(estimate: Estimate) -> dict[str, float | None]:
    """An estimate as plain data; what is infinite or unknown becomes None."""
    pairs = (("value", estimate.value), ("low", estimate.low), ("high", estimate.high))
    return {key: round(float(v), 6) if np.isfinite(v) else None for key, v in pairs}


def band_dict(band: Band) -> dict[str, float | None]:
    """A band as plain data; an open end becomes None."""
    ends = {"low": band.low, "high": band.high}
    return {**{k: v if np.isfinite(v) else None for k, v in ends.items()}, "indifference": band.indifference}


def chosen(expectations: Sequence[Expectation], names: Sequence[str]) -> list[Expectation]:
    """Those of the expectations that are asked for by name or by number (from 1); all without names."""
    if not names:
        return list(expectations)
    out = []
    for name in names:
        by_number = [e for e in expectations if str(e.index + 1) == name]
        found = [e for e in expectations if e.name == name] or by_number
        if not found:
            raise RunError(f"no expectation is called '{name}'; {did_you_mean(name, [e.name for e in expectations])}")
        out += [e for e in found if e not in out]
    return out


def look(gauge: Gauge, readings: Readings) -> Beat:
    """What a fixed number of worlds shows of one expectation; shares with Wilson's interval."""
    is_share = gauge.expectation.is_share
    held, broke = readings.ids[readings.holds & is_share], readings.ids[readings.breaks & is_share]
    counted = int(readings.counted.sum())
    return Beat(
        gauge.expectation,
        share(len(held), counted, 1.0 - ERROR) if is_share else gauge.estimate(readings, ERROR),
        counted,
        len(held),
        int((readings.vacuous & readings.counted).sum()),
        int(readings.truncated.sum()),
        int(held[0]) if len(held) else None,
        int(broke[0]) if len(broke) else None,
    )


def beats(
    scenario: str | Path | LoadedScenario,
    *,
    worlds: int = 200,
    seed: int = 0,
    only: Sequence[str] = (),
    overrides: Sequence[str] = (),
    threads: int | None = None,
    ray: str | None = None,
    say: Callable[[str], None] | None = None,
) -> Beats:
    """Play ``worlds`` worlds and say of each expectation in how many it comes true.

    only: names (or numbers) of expectations. ray: as for ``check``.
    Raises ScenarioError for a scenario that cannot be used, RunError for
    anything else that a user can mend.
    """
    from rearguard.scenario.load import LoadedScenario, load_scenario

    check_seed(seed)
    loaded = scenario if isinstance(scenario, LoadedScenario) else load_scenario(scenario, overrides=overrides)
    wanted = chosen(expectations_of(loaded.scenario), only)
    if not wanted:
        return Beats(loaded.scenario.name, 0, seed, [], loaded.overrides)
    program = prepare_program(loaded, "cpu", say)
    measured = gauges(wanted, program.compiled)
    parts: list[list[Readings]] = [[] for _ in measured]
    for result in play_worlds(loaded, program, seed=seed, worlds=worlds, threads=threads, ray=ray):
        log = event_log(result, program.compiled)
        for gauge, readings in zip(measured, parts, strict=True):
            readings.append(gauge.measure(result, log))
    found = [look(gauge, Readings.join(part)) for gauge, part in zip(measured, parts, strict=True)]
    return Beats(loaded.scenario.name, worlds, seed, found, loaded.overrides)

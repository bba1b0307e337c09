"""Writes docs/east-gate.md: how often each beat of the flagship scenario comes, and what each mechanic does for it.

python tools/write_east_gate.py [WORLDS]
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from rearguard.engine import EVENT_NUMBERS
from rearguard.scenario.expect_entries import expectations_of
from rearguard.scenario.expectations import Band
from rearguard.scenario.load import load_scenario
from rearguard.scenario.schema_surroundings import MECHANICS
from rearguard.study.executor import open_executor
from rearguard.study.measure import event_log, gauges, join_results
from rearguard.study.run import prepare_program
from rearguard.study.statistics import share
from rearguard.study.stream import stream

FILE = Path(__file__).parent.parent / "docs" / "east-gate.md"
SEED = 0
NOTABLE = 3.3
"""Standard errors of a paired difference from which it is shown (1 in 1,000 by chance)."""

HEAD = """# East gate: the beats, and what each mechanic does for them

Written by `python tools/write_east_gate.py` from {worlds:,} worlds of seed {seed}. Nothing in the scenario says when anything
happens or who wins: starts, bodies, ground, knowledge and doctrines do. `rearguard check east-gate` decides the same
expectations with a sequential test; `rearguard beats why-not NAME` says which clause broke.

## Outcomes

| outcome | share of worlds | 95 % |
|---|--:|--:|
{outcomes}

## Beats

| beat | what it is | expected | share of worlds | 95 % |
|---|---|---|--:|--:|
{beats}

## With one mechanic off

The same {some} worlds with `--set mechanics.NAME=false`; shown are the outcomes and beats whose share differs by more than
{notable} standard errors of the paired difference, in points. What is not listed did not move beyond chance.

| mechanic | outcomes and beats that change (points) | events that are gone (mean per world before) |
|---|---|---|
{mechanics}
"""


def readings(overrides: list[str], worlds: int) -> tuple[dict[str, np.ndarray], dict[str, str], dict[str, float]]:
    """Outcome or beat → 0 or 1 in each world (NaN: does not count); what each beat expects; event kind → mean per world."""
    loaded = load_scenario("east-gate", overrides=overrides)
    program = prepare_program(loaded)
    result = join_results(list(stream(open_executor(None, None), program, seed=SEED, worlds=worlds)))
    events = event_log(result, program.compiled)
    names = program.compiled.names.outcomes
    held = {name: (result.outcomes["outcome"] == k).astype(float) for k, name in enumerate(names)}
    about = {}
    for gauge in gauges(expectations_of(loaded.scenario), program.compiled):
        seen = gauge.measure(result, events)
        held[gauge.expectation.name] = np.where(seen.counted, seen.values, np.nan)
        about[gauge.expectation.name] = f"{gauge.expectation.about or ''} | {bounds(gauge.expectation.band)}"
    counts = {kind: float((result.events["kind"] == number).sum()) / worlds for kind, number in EVENT_NUMBERS.items()}
    return held, about, counts


def bounds(band: Band) -> str:
    """A band of shares in words."""
    if band.high >= 1.0:
        return f"at least {100 * band.low:.0f} %"
    return f"{100 * band.low:.0f} to {100 * band.high:.0f} %"


def cells(values: np.ndarray) -> str:
    """A share with its interval, as two cells of a table."""
    counted = values[~np.isnan(values)]
    estimate = share(int(counted.sum()), len(counted))
    return f"{100 * estimate.value:.1f} % | {100 * estimate.low:.1f} to {100 * estimate.high:.1f}"


def changes(base: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> str:
    """What differs between the same worlds, largest first."""
    found = []
    for name, values in other.items():
        difference = values - base[name][: len(values)]
        difference = difference[~np.isnan(difference)]
        if len(difference) == 0:
            continue
        mean, error = difference.mean(), difference.std() / np.sqrt(len(difference))
        if abs(mean) > NOTABLE * error and mean != 0.0:
            found.append((mean, f"`{name}` {100 * mean:+.0f}"))
    return ", ".join(text for _, text in sorted(found, key=lambda f: -abs(f[0]))) or "nothing beyond chance"


def main() -> None:
    """Play and write."""
    worlds = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    some = min(400, worlds)
    base, about, before = readings([], worlds)
    rows = []
    for mechanic in MECHANICS:
        other, _, after = readings([f"mechanics.{mechanic}=false"], some)
        gone = [f"`{kind}` {n:.1f}" for kind, n in before.items() if n >= 0.05 and after[kind] == 0.0]
        rows.append(f"| {mechanic} | {changes(base, other)} | {', '.join(gone) or 'none'} |")
        print(rows[-1], file=sys.stderr)
    FILE.write_text(
        HEAD.format(
            worlds=worlds,
            seed=SEED,
            some=some,
            notable=NOTABLE,
            outcomes="\n".join(f"| `{name}` | {cells(base[name])} |" for name in base if name not in about),
            beats="\n".join(f"| `{name}` | {text} | {cells(base[name])} |" for name, text in about.items()),
            mechanics="\n".join(rows),
        ),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()

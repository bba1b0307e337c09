"""The answer of tuning as text for a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rearguard.study.tune_search import lies_in
from rearguard.tell.plan import grid
from rearguard.tell.verdicts import band, interval, number, print_text, unit

if TYPE_CHECKING:
    from rearguard.study.trials import Knob
    from rearguard.study.tune import TuneProgress, TuneResult
    from rearguard.study.tune_search import Solution, Trial

BAR = 20
MOST_TARGETS = 6
"""Targets that a curve shows side by side."""


def targets_table(found: TuneResult) -> Table:
    """Every target with what it is today."""
    table = grid("target", "wanted", "today", "")
    for target, aim in zip(found.targets, found.today.aims, strict=True):
        state = "met" if lies_in(target.band, aim.value) else "not met"
        wanted = band(target) + unit(target)
        table.add_row(Text(target.name), wanted, number(aim.value, target) + unit(target), state)
    return table


def solution_parts(found: TuneResult, solution: Solution, k: int) -> list[Table | Text]:
    """One solution: what changes, and what fresh worlds show."""
    ideas = "moves" if len(solution.changes) > 1 else "moves one factor by"
    size = f"{100 * solution.size:.0f} % of {'ranges in all' if len(solution.changes) > 1 else 'its range'}"
    table = grid("  factor", "path", "today", "", "new", "of its range", words=2)
    for knob in found.knobs:
        if knob.name in solution.changes:
            value = solution.changes[knob.name]
            share = f"{100 * knob.share(value):+.0f} %"
            table.add_row(Text(f"  {knob.name}"), Text(knob.path), knob.text(knob.today), "→", knob.text(value), share)
    parts: list[Table | Text] = [Text(f"{k}. {ideas} {size}", style="bold"), table]
    for target, estimate, holds in zip(found.targets, solution.confirmed, solution.holds, strict=True):
        state = "" if holds else ", outside what is wanted: more worlds in each trial (-n) would fit better"
        shown = f"{number(estimate.value, target)}{unit(target)} ({interval(estimate, target)})"
        parts.append(Text(f"  {target.name} {shown} in fresh worlds{state}"))
    return [*parts, Text("")]


def curve_table(found: TuneResult, knob: Knob, curve: list[Trial]) -> Table:
    """What each target comes to along the range of a factor."""
    shown = found.targets[:MOST_TARGETS]
    table = grid(knob.name, *(t.name for t in shown), "", words=1)
    for trial in curve:
        at = dict(zip((k.name for k in found.knobs), trial.point, strict=True))[knob.name]
        today = "  today" if at == knob.today else ""
        cells = [
            f"{number(aim.value, t)}{unit(t)}{' *' if aim.is_met else '  '}"
            for t, aim in zip(shown, trial.aims[:MOST_TARGETS], strict=True)
        ]
        bar = ""
        if len(shown) == 1 and shown[0].is_share and math.isfinite(trial.aims[0].value):
            bar = "█" * round(BAR * trial.aims[0].value)
        table.add_row(knob.plain(at), *cells, Text(f"{bar:<{BAR if bar else 0}}{today}"))
    table.columns[-1].justify = "left"
    return table


def head_line(found: TuneResult) -> str:
    """What was played."""
    return f"{found.scenario}: {len(found.trials)} trials of {found.worlds} worlds, seed {found.seed}"


def answer_parts(found: TuneResult) -> list[Table | Text]:
    """The solutions; without one what comes nearest."""
    parts: list[Table | Text] = []
    if found.is_met_today:
        parts.append(Text("Every target is met as it is: nothing needs to change."))
    elif not found.solutions:
        parts.append(Text("Nothing within the ranges of the factors meets every target. What comes nearest:"))
        point = zip(found.knobs, found.nearest.point, strict=True)
        parts.append(Text("  " + ", ".join(f"{k.name} {k.plain(v)}" for k, v in point)))
        for target, aim in zip(found.targets, found.nearest.aims, strict=True):
            state = "met" if aim.is_met else f"wanted {band(target)}{unit(target)}"
            parts.append(Text(f"  {target.name} {number(aim.value, target)}{unit(target)}: {state}"))
    for k, solution in enumerate(found.solutions, start=1):
        parts += solution_parts(found, solution, k)
    return parts


def print_tune(found: TuneResult, console: Console) -> None:
    """The whole answer."""
    parts: list[Table | Text] = [Text(head_line(found), style="bold"), Text(""), targets_table(found), Text("")]
    parts += answer_parts(found)
    parts += [Text(""), Text("each factor alone, the others as today (* meets the target)", style="bold")]
    for knob in found.knobs:
        parts += [Text(""), curve_table(found, knob, found.curves[knob.name])]
    print_text(console, *parts)


def progress_line(p: TuneProgress) -> Text:
    """Where tuning stands."""
    best = "" if p.smallest is None else f", smallest change so far {100 * p.smallest:.0f} % of ranges"
    return Text(f"{p.phase}: {p.trials} of {p.total} trials{best}", no_wrap=True, overflow="ellipsis")

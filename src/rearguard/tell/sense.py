"""What matters, as text for a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rearguard.tell.plan import grid
from rearguard.tell.verdicts import print_text

if TYPE_CHECKING:
    from rearguard.study.goal import Goal
    from rearguard.study.sense import SenseProgress, SenseResult
    from rearguard.study.statistics import Estimate

MOST_DRAWS = 12
"""Draws that are listed for a measure, unless more are detectable."""
BAR = 16


def _amount(value: float, goal: Goal) -> str:
    return f"{100 * value:+.1f}" if goal.is_share else f"{value:+.1f}"


def _between(e: Estimate, goal: Goal) -> str:
    return f"{_amount(e.low, goal)} to {_amount(e.high, goal)}"


def _percent(value: float) -> str:
    return "–" if math.isnan(value) else f"{100 * value:.0f} %"


def _range(e: Estimate) -> str:
    return f"{_percent(e.low)} to {_percent(e.high)}"


def screen_table(found: SenseResult, goal: Goal) -> Table:
    """Every factor's effect on a measure, the largest first."""
    unit = "points" if goal.is_share else "s"
    table = grid("factor", f"{unit} over its range", "95 %", "size", "of noise", "worlds changed", "")
    for s in found.screened:
        if s.measure != goal.text:
            continue
        e = s.effect
        size, noise = (_amount(v, goal).lstrip("+") for v in (e.size, e.noise))
        word = "" if s.is_detectable else "no detectable effect"
        if e.changes == 0.0:
            word = "no effect: not one world changes"
        row = (_amount(e.mean.value, goal), _between(e.mean, goal), size, noise, _percent(e.changes))
        table.add_row(Text(s.factor), *row, word)
    table.columns[-1].justify = "left"
    return table


def share_table(found: SenseResult, goal: Goal) -> Table:
    """Every factor's part in what the factors cause."""
    table = grid("factor", "alone", "95 %", "in all", "95 %", "", "")
    for s in found.shares:
        if s.measure == goal.text:
            known = math.isfinite(s.total.value)
            bar = "█" * round(BAR * min(max(s.total.value, 0.0), 1.0)) if known else ""
            word = "" if s.is_detectable else "no detectable effect"
            numbers = (_percent(s.first.value), _range(s.first), _percent(s.total.value), _range(s.total))
            table.add_row(Text(s.factor), *numbers, bar, word)
    for column in table.columns[-2:]:
        column.justify = "left"
    return table


def draw_table(found: SenseResult, goal: Goal) -> tuple[Table, int]:
    """Draws that decide most, and how many are left out."""
    table = grid("drawn per world", "rank correlation", "95 %", "")
    mine = [d for d in found.draws if d.measure == goal.text]
    shown = [d for k, d in enumerate(mine) if d.is_detectable or k < min(MOST_DRAWS, 3)]
    for d in shown:
        c = d.look.correlation
        word = "" if d.is_detectable else "no detectable effect"
        table.add_row(Text(d.path), f"{c.value:+.2f}", f"{c.low:+.2f} to {c.high:+.2f}", word)
    table.columns[-1].justify = "left"
    return table, len(mine) - len(shown)


def print_sense(found: SenseResult, console: Console) -> None:
    """The whole answer."""
    parts: list[Table | Text] = [
        Text(f"{found.scenario}: {found.played:,} worlds played, seed {found.seed}", style="bold")
    ]
    for goal in found.goals:
        parts += [Text(""), Text(f"on {goal.text}", style="bold")]
        if found.screened:
            parts += [Text(""), Text("factors, each over its whole range (elementary effects)"), Text("")]
            parts.append(screen_table(found, goal))
        if any(s.measure == goal.text for s in found.shares):
            caused = found.caused[goal.text]
            head = (
                f"parts in what the factors cause (Sobol' indices); that is {_percent(caused.value)} ({_range(caused)})"
            )
            parts += [Text(""), Text(f"{head} of what worlds differ by"), Text("")]
            parts.append(share_table(found, goal))
        if found.draws:
            table, left = draw_table(found, goal)
            explained = _percent(max(found.explained[goal.text], 0.0))
            parts += [Text(""), Text(f"what {found.draw_worlds:,} ordinary worlds drew explains {explained} of it")]
            parts += [Text(""), table]
            if left:
                parts.append(Text(f"and {left} more draws without a detectable effect", style="dim"))
    if not found.draws:
        parts += [Text(""), Text("This scenario draws no noise.")]
    print_text(console, *parts)


def progress_line(p: SenseProgress) -> Text:
    """Where it stands."""
    return Text(f"{p.phase}: {p.played:,} of {p.total:,} worlds", no_wrap=True, overflow="ellipsis")

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


def amount(value: float, goal: Goal) -> str:
    """A signed effect: points of a share, or seconds."""
    return f"{100 * value:+.1f}" if goal.is_share else f"{value:+.1f}"


def between(e: Estimate, goal: Goal) -> str:
    """Low to high of an effect."""
    return f"{amount(e.low, goal)} to {amount(e.high, goal)}"


def percent(value: float) -> str:
    """A share in whole per cent."""
    return "–" if math.isnan(value) else f"{100 * value:.0f} %"


def span(e: Estimate) -> str:
    """Low to high of a share."""
    return f"{percent(e.low)} to {percent(e.high)}"


def screen_table(found: SenseResult, goal: Goal) -> Table:
    """Every factor's effect on a measure, the largest first."""
    unit = "points" if goal.is_share else "s"
    table = grid("factor", f"{unit} over its range", "95 %", "size", "of noise", "worlds changed", "")
    for s in found.screened:
        if s.measure != goal.text:
            continue
        e = s.effect
        size, noise = (amount(v, goal).lstrip("+") for v in (e.size, e.noise))
        word = "" if s.is_detectable else "no detectable effect"
        if e.changes == 0.0:
            word = "no effect: not one world changes"
        row = (amount(e.mean.value, goal), between(e.mean, goal), size, noise, percent(e.changes))
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
            numbers = (percent(s.first.value), span(s.first), percent(s.total.value), span(s.total))
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


def head_line(found: SenseResult) -> str:
    """What was played."""
    return f"{found.scenario}: {found.played:,} worlds played, seed {found.seed}"


def caused_line(found: SenseResult, goal: Goal) -> str:
    """How much of what worlds differ by the factors cause."""
    caused = found.caused[goal.text]
    head = f"parts in what the factors cause (Sobol' indices); that is {percent(caused.value)} ({span(caused)})"
    return f"{head} of what worlds differ by"


def drawn_line(found: SenseResult, goal: Goal) -> str:
    """How much the draws of ordinary worlds explain."""
    explained = percent(max(found.explained[goal.text], 0.0))
    return f"what {found.draw_worlds:,} ordinary worlds drew explains {explained} of it"


def print_sense(found: SenseResult, console: Console) -> None:
    """The whole answer."""
    parts: list[Table | Text] = [Text(head_line(found), style="bold")]
    for goal in found.goals:
        parts += [Text(""), Text(f"on {goal.text}", style="bold")]
        if found.screened:
            parts += [Text(""), Text("factors, each over its whole range (elementary effects)"), Text("")]
            parts.append(screen_table(found, goal))
        if any(s.measure == goal.text for s in found.shares):
            parts += [Text(""), Text(caused_line(found, goal)), Text("")]
            parts.append(share_table(found, goal))
        if found.draws:
            table, left = draw_table(found, goal)
            parts += [Text(""), Text(drawn_line(found, goal))]
            parts += [Text(""), table]
            if left:
                parts.append(Text(f"and {left} more draws without a detectable effect", style="dim"))
    if not found.draws:
        parts += [Text(""), Text("This scenario draws no noise.")]
    print_text(console, *parts)


def progress_line(p: SenseProgress) -> Text:
    """Where it stands."""
    return Text(f"{p.phase}: {p.played:,} of {p.total:,} worlds", no_wrap=True, overflow="ellipsis")

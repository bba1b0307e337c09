"""Expectations and verdicts as text for a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from rearguard.scenario.expectations import Expectation
    from rearguard.study.beats import Beat, Beats
    from rearguard.study.statistics import Estimate


def number(value: float, expectation: Expectation) -> str:
    """A value in the unit of an expectation, without it."""
    if not math.isfinite(value):
        return "–" if math.isnan(value) else "∞" if value > 0 else "-∞"
    if expectation.is_share:
        return f"{100.0 * value:.1f}"
    return f"{value:.1f}" if expectation.unit else f"{value:.2f}"


def unit(expectation: Expectation) -> str:
    """What stands behind a value of an expectation."""
    return " %" if expectation.is_share else f" {expectation.unit}".rstrip()


def interval(estimate: Estimate, expectation: Expectation) -> str:
    """Low to high."""
    return f"{number(estimate.low, expectation)} to {number(estimate.high, expectation)}"


def band(expectation: Expectation) -> str:
    """Where the value must lie."""
    low, high = expectation.band.low, expectation.band.high
    top = 1.0 if expectation.is_share else math.inf
    bottom = 0.0 if expectation.is_share else -math.inf
    if low > bottom and high < top:
        return f"{number(low, expectation)} to {number(high, expectation)}"
    if high < top:
        return f"at most {number(high, expectation)}"
    return f"at least {number(low, expectation)}"


def _grid(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=True, header_style="dim")
    for k, name in enumerate(columns):
        table.add_column(name, justify="left" if k == 0 else "right", no_wrap=True)
    return table


def print_text(console: Console, *parts: Table | Text) -> None:
    """Print; in a file or a pipe without blanks at the ends of lines."""
    with console.capture() as captured:
        for part in parts:
            console.print(part, soft_wrap=True)
    text = captured.get()
    if not console.is_terminal:
        text = "".join(f"{line.rstrip()}\n" for line in text.splitlines())
    console.file.write(text)


def _notes(beat: Beat) -> list[str]:
    """What a reader of an estimate should know."""
    out = []
    if beat.vacuous:
        out.append(f"{beat.vacuous} of the worlds had no occasion")
    if beat.truncated:
        out.append(f"{beat.truncated} logs are cut: raise log.events")
    return out


def print_beats(found: Beats, console: Console) -> None:
    """Every expectation with its estimate, its band and how often it came true."""
    table = _grid("expectation", "worlds", "held", "estimate", "95 % interval", "expected", "", "in world", "not in")
    for beat in found.beats:
        e = beat.expectation
        table.add_row(
            Text(e.name),
            f"{beat.counted:,}",
            f"{beat.held:,}" if e.is_share else "",
            number(beat.estimate.value, e) + unit(e),
            interval(beat.estimate, e),
            band(e) + unit(e),
            Text("" if beat.is_inside else "outside", style="red"),
            "" if beat.example is None else str(beat.example),
            "" if beat.counterexample is None else str(beat.counterexample),
        )
    head = Text(f"{found.scenario}: {found.worlds:,} worlds, seed {found.seed}", style="bold")
    notes = [Text(f"{beat.expectation.name}: {note}") for beat in found.beats for note in _notes(beat)]
    print_text(console, head, Text(""), table, *([Text(""), *notes] if notes else []))

"""A swing as text: the chance over time, and its jumps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from rearguard.tell.ledger import seconds
from rearguard.tell.progress import bar_line

if TYPE_CHECKING:
    from rearguard.study.calibration import Calibration
    from rearguard.study.statistics import Estimate
    from rearguard.study.swing import Swing, SwingProgress
    from rearguard.study.swing_jumps import Jump

WIDTH = 66
"""Columns of the plot."""
ROWS = 11
"""Rows of the plot: 0, 10 … 100 %."""
MOST_JUMPS = 6


def plot_lines(swing: Swing) -> list[str]:
    """The chance over time, with its interval shaded; a row is ten points."""
    times = np.linspace(0.0, swing.decided, WIDTH)
    known = [m.time for m in swing.moments]
    curves = [[getattr(m.chance, name) for m in swing.moments] for name in ("low", "value", "high")]
    low, value, high = (np.interp(times, known, curve) for curve in curves)
    lines = []
    for row in range(ROWS - 1, -1, -1):
        bottom, top = (row - 0.5) / (ROWS - 1), (row + 0.5) / (ROWS - 1)
        cells = [
            "●" if bottom <= v < top else "░" if h >= bottom and low_ < top else " "
            for low_, v, h in zip(low, value, high, strict=True)
        ]
        lines.append(f"{100 * row // (ROWS - 1):>4} % │{''.join(cells)}".rstrip())
    lines.append("       └" + "─" * WIDTH)
    middle = f"{0.5 * swing.decided:.0f} s"
    end = f"{swing.decided:.0f} s"
    lines.append(f"        0 s{middle:^{WIDTH - 3 - len(end)}}{end}")
    return lines


def points(change: float) -> str:
    """A change of a chance in points, with its sign."""
    return f"{'+' if change > 0 else '−'}{abs(100.0 * change):.0f}"


def span(chance: Estimate) -> str:
    """Low to high, in per cent."""
    return f"{100 * chance.low:.1f} to {100 * chance.high:.1f}"


UNKNOWN = "nothing that is in the log"
"""What a jump is because of when nothing is known."""


def jump_line(jump: Jump) -> str:
    """A jump and what happened there."""
    told = "; ".join(jump.because) or UNKNOWN
    return f"{jump.begin:6.1f} to {jump.end:5.1f} s  {points(jump.change):>4} points  {told}"


def head_lines(swing: Swing) -> list[str]:
    """What was asked, and how the world ended."""
    state = ", interrupted" if swing.interrupted else ""
    ending = "in time" if swing.in_time else "not in time"
    return [
        f"{swing.scenario}, world {swing.world}, seed {swing.seed}: the chance to reach {swing.stake.quarry} in time{state}",
        f"it ended {swing.outcome or 'unresolved'}: {ending}, settled at {swing.decided:.1f} s",
    ]


def foot_lines(swing: Swing) -> list[str]:
    """The biggest jump, and what the chances rest on."""
    if swing.jumps:
        first = swing.jumps[0]
        told = f": {first.because[0]}" if first.because else ""
        lines = [f"the biggest jump: {points(first.change)} points at {first.begin:.1f} to {first.end:.1f} s{told}"]
    else:
        lines = ["no jump that can be told from noise: it was settled by how the world began"]
    widest = max(0.5 * (m.chance.high - m.chance.low) for m in swing.moments)
    lines.append(
        f"{len(swing.moments)} moments, {swing.continuations:,} continuations with fresh draws; no interval wider than ± "
        f"{100.0 * widest:.1f} points"
    )
    if not swing.complete and not swing.interrupted:
        lines.append(f"not within ± {100.0 * swing.precision:g} points everywhere; give more --most")
    return lines


def swing_lines(swing: Swing) -> list[str]:
    """Everything that is said about a swing."""
    biggest, *rest = foot_lines(swing)
    jumps = [jump_line(jump) for jump in swing.jumps[:MOST_JUMPS]]
    return [*head_lines(swing), "", *plot_lines(swing), "", biggest, *jumps, "", *rest]


def print_swing(swing: Swing, console: Console) -> None:
    """Print a swing."""
    for line in swing_lines(swing):
        console.print(Text(line), soft_wrap=True)


def calibration_lines(found: Calibration) -> list[str]:
    """Predicted against observed, a line per bin; the plot marks what was predicted in the interval of what was observed."""
    state = ", interrupted" if found.interrupted else ""
    wide = 50
    lines = [
        f"{found.scenario}: {found.moments:,} moments of {found.worlds:,} held worlds, seed {found.seed}{state}",
        "",
        f"sorted as      moments  predicted  came true  95 % interval  0 %{'100 %':>{wide - 2}}",
    ]
    for b in found.bins:
        o = b.observed
        cells = [" "] * (wide + 1)
        for k in range(round(o.low * wide), round(o.high * wide) + 1):
            cells[k] = "─"
        cells[round(o.value * wide)] = "●"
        cells[round(b.predicted * wide)] = "◆" if cells[round(b.predicted * wide)] == "●" else "│"
        lines.append(
            f"{100 * b.low:3.0f} to {100 * b.high:3.0f} %  {b.moments:7,}  {100 * b.predicted:7.1f} %  {100 * o.value:7.1f} %  "
            f"{100 * o.low:5.1f} to {100 * o.high:5.1f}  {''.join(cells)}".rstrip()
        )
    right = sum(b.is_right for b in found.bins)
    e = found.error
    lines += [
        "",
        "● came true, │ predicted, ◆ both",
        f"{right} of {len(found.bins)} bins hold what was predicted; over all moments {seconds(100 * e.value)} points off "
        f"({seconds(100 * e.low)} to {seconds(100 * e.high)}); Brier score {found.brier:.3f}",
    ]
    return lines


def print_calibration(found: Calibration, console: Console) -> None:
    """Print a calibration."""
    for line in calibration_lines(found):
        console.print(Text(line), soft_wrap=True)


def progress_line(p: SwingProgress) -> Table:
    """Where a swing stands, in one line."""
    text = f"{p.known} of {p.moments} moments known, {p.continuations:,} continuations"
    return bar_line(p.known, max(p.moments, 1), text)


def calibration_progress(p: tuple[int, int]) -> Table:
    """Where a calibration stands: worlds done and to do."""
    return bar_line(*p, f"{p[0]:,} of {p[1]:,} held worlds")

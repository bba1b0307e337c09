"""A sweep as text for a terminal: a row per point, while it is played and when it is done."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from rearguard.study.statistics import Estimate, share
from rearguard.tell.plain import print_plainly, width_of
from rearguard.tell.progress import BAR, pace

if TYPE_CHECKING:
    from rearguard.study.points import Points
    from rearguard.study.sweep import Progress, Sweep

MOST_ROWS = 200
"""Points that are printed; the files have all."""


def interval(e: Estimate | None, scale: float, narrow: bool) -> str:
    """An estimate with its interval; narrow: with half the width of it."""
    if e is None or math.isnan(e.value):
        return "–"
    if narrow:
        return f"{scale * e.value:.1f} ± {0.5 * scale * (e.high - e.low):.1f}"
    return f"{scale * e.value:.1f} ({scale * e.low:.1f} to {scale * e.high:.1f})"


def short_names(names: Sequence[str]) -> list[str]:
    """The last parts of paths, as many as tell them apart."""
    parts = [name.split(".") for name in names]
    for k in range(1, max(map(len, parts), default=1) + 1):
        short = [".".join(p[-k:]) for p in parts]
        if len(set(short)) == len(short):
            return short
    return list(names)


def _settings(names: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=True, header_style="dim")
    for name in short_names(names):
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _cells(row: Sequence[str | None]) -> list[Text]:
    return [Text("as written" if text is None else text) for text in row]


def sweep_table(sweep: Sweep, narrow: bool = False) -> Table:
    """Points with shares [%] and times [s], each with its 95 % interval."""
    shown = sweep.points[:MOST_ROWS]
    table = _settings(sweep.names)
    ended = {o.name for p in sweep.points for o in p.answer.outcomes if o.worlds}
    outcomes = [o for o in dict.fromkeys(o.name for p in sweep.points for o in p.answer.outcomes) if o in ended]
    timed = any(p.answer.in_time is not None and p.answer.slack is not None for p in sweep.points)
    even = len({p.answer.worlds for p in sweep.points}) == 1
    for name in [
        *([] if even else ["worlds"]),
        *(f"{o} %" for o in outcomes),
        *(["in time %", "slack s"] if timed else []),
    ]:
        table.add_column(name, justify="right", no_wrap=True)
    for point in shown:
        by_name = {o.name: o.share for o in point.answer.outcomes}
        cells = _cells(list(point.settings.values()))
        cells += [] if even else [Text(f"{point.answer.worlds:,}")]
        # an outcome that is left out ended no world of this point
        cells += [Text(interval(by_name.get(o, share(0, point.answer.worlds)), 100.0, narrow)) for o in outcomes]
        if timed:
            cells += [
                Text(interval(point.answer.in_time, 100.0, narrow)),
                Text(interval(point.answer.slack, 1.0, narrow)),
            ]
        table.add_row(*cells)
    return table


def head_line(sweep: Sweep) -> str:
    """What was played."""
    state = "" if sweep.status == "complete" else f", {sweep.status}"
    each = {p.answer.worlds for p in sweep.points}
    worlds = f"{min(each):,}" if len(each) == 1 else f"{min(each):,} to {max(each):,}"
    return f"{sweep.scenario}: {len(sweep.points)} points, the same {worlds} worlds in each, seed {sweep.seed}{state}"


def render(sweep: Sweep, narrow: bool = False) -> RenderableType:
    """The whole answer."""
    parts: list[RenderableType] = [Text(head_line(sweep), style="bold"), Text(""), sweep_table(sweep, narrow)]
    if len(sweep.points) > MOST_ROWS:
        parts.append(Text(f"… and {len(sweep.points) - MOST_ROWS:,} more points in the files"))
    return Group(*parts)


def print_sweep(sweep: Sweep, console: Console) -> None:
    """Print the answer and where the files are."""
    files = f"written to {sweep.folder}/: points and outcomes as Parquet, manifest.json"
    narrow = console.is_terminal and width_of(sweep_table(sweep), console) > console.width
    print_plainly(Group(render(sweep, narrow), Text(""), Text(files)), console)


def progress_lines(p: Progress, height: int) -> Group:
    """A bar with the pace, and under it the points with their shares so far, in at most ``height`` lines."""
    line = Table.grid(padding=(0, 2, 0, 0))
    line.add_column(width=BAR)
    line.add_column(no_wrap=True, overflow="ellipsis")
    line.add_row(ProgressBar(total=p.total, completed=p.done, width=BAR), Text(pace(p)))
    return Group(line, _tallies(p.points, p, max(1, height - 3)))


def _tallies(points: Points, p: Progress, rows: int) -> Table:
    """Points with half the width of every interval; of those that do not fit, the last that have been begun are shown."""
    table = _settings(points.names)
    names = [*p.outcomes, "unresolved"]
    told = [k for k in range(len(names)) if p.counts[:, k].any()]
    for name in ["worlds", *(f"{names[k]} %" for k in told)]:
        table.add_column(name, justify="right", no_wrap=True)
    begun = [k for k in range(len(points)) if p.counts[k].any()]
    first = max(0, min(begun[-1] + 1 if begun else 0, len(points)) - rows)
    for k in range(first, min(first + rows, len(points))):
        worlds = int(p.counts[k].sum())
        cells = [Text(f"{worlds:,}")]
        for o in told:
            e = share(int(p.counts[k, o]), worlds)
            cells.append(Text("…" if not worlds else f"{100 * e.value:.1f} ± {50 * (e.high - e.low):.1f}"))
        table.add_row(*_cells(points.rows[k]), *cells)
    return table

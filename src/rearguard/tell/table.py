"""The answer of a run as text for a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from rearguard.study.run import Run
    from rearguard.study.statistics import Estimate
    from rearguard.study.summary import Summary

BAR = 24


def _percent(x: float) -> str:
    return f"{100.0 * x:.1f} %"


def _seconds(x: float) -> str:
    return "–" if math.isnan(x) else f"{x:.1f}"


def _interval(e: Estimate) -> str:
    return f"{_seconds(e.low)} to {_seconds(e.high)}"


def _bar(share: float) -> str:
    eighths = round(share * BAR * 8)
    full, rest = divmod(eighths, 8)
    return "█" * full + (" ▏▎▍▌▋▊▉"[rest] if rest else "")


def _grid(*columns: str, gap: int = 2) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), show_header=True, header_style="dim")
    for k, name in enumerate(columns):
        table.add_column(name, justify="left" if k == 0 else "right", no_wrap=True)
    return table


def outcome_table(summary: Summary) -> Table:
    """Outcomes with Wilson intervals and bars."""
    table = _grid("outcome", "worlds", "share", "95 % interval")
    table.add_column("", justify="left", no_wrap=True)
    for o in summary.outcomes:
        interval = f"{100 * o.share.low:.1f} to {100 * o.share.high:.1f}"
        table.add_row(o.name, f"{o.worlds:,}", _percent(o.share.value), interval, _bar(o.share.value))
    return table


def time_lines(summary: Summary) -> list[Text]:
    """Time to contact and slack, in sentences."""
    lines = []
    if summary.contact is not None:
        if summary.contacts == 0:
            lines.append(Text("time to contact   nobody reached the payload in any world"))
        else:
            value = "not reached by half of the worlds"
            if not math.isnan(summary.contact.value):
                value = f"median {_seconds(summary.contact.value)} s ({_interval(summary.contact)})"
            lines.append(
                Text(
                    f"time to contact   {value}; Kaplan–Meier over {summary.contacts:,} contacts, "
                    f"{summary.censored:,} worlds censored"
                )
            )
    if summary.in_time is not None and summary.slack is not None:
        share = summary.in_time
        lines.append(
            Text(
                f"in time           {_percent(share.value)} of worlds "
                f"({100 * share.low:.1f} to {100 * share.high:.1f}) reach it with slack above 0"
            )
        )
        if not math.isnan(summary.slack.value):
            lines.append(
                Text(
                    f"slack             median {_seconds(summary.slack.value)} s ({_interval(summary.slack)}), "
                    f"5–95 %: {_seconds(summary.slack_low)} to {_seconds(summary.slack_high)} s, where there was contact"
                )
            )
    return lines


def people_table(summary: Summary) -> Table:
    """What each person spent, on average over worlds."""
    table = _grid("mean per world", "side", "ran", "reserve", "power", "wounds", "blood", "held", "down", "out", gap=1)
    for p in summary.people:
        m = p.means
        table.add_row(
            Text(p.title),
            Text(p.side),
            f"{m['distance']:.0f} m",
            f"{m['reserve_spent']:.0f} m",
            f"{m['power_spent']:.0f}",
            _percent(m["wound"]),
            f"{m['blood_lost']:.0f} mL",
            f"{m['held_time']:.1f} s",
            f"{m['down_time']:.1f} s",
            _percent(p.out),
        )
    return table


def render(run: Run) -> RenderableType:
    """The whole answer."""
    s = run.summary
    state = "" if run.status == "complete" else f", {run.status}"
    head = Text(f"{s.scenario}: {s.worlds:,} worlds, seed {s.seed}{state}", style="bold")
    parts: list[RenderableType] = [head, Text(""), outcome_table(s), Text("")]
    parts.extend(time_lines(s))
    parts.extend([Text(""), people_table(s)])
    return Group(*parts)


def print_run(run: Run, console: Console) -> None:
    """Print the answer and where the files are; in a file or a pipe without blanks at the ends of lines."""
    with console.capture() as captured:
        console.print(render(run), soft_wrap=True)
        console.print()
        files = f"written to {run.folder}/: outcomes, people and events as Parquet, manifest.json"
        console.print(Text(files), soft_wrap=True)
    text = captured.get()
    if not console.is_terminal:
        text = "".join(f"{line.rstrip()}\n" for line in text.splitlines())
    console.file.write(text)

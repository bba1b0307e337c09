"""The summary that stands in the page itself: HTML that prints, greps and reads without scripts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from rearguard.tell.answer_blocks import table_html

if TYPE_CHECKING:
    from rearguard.scenario.compiled import Compiled
    from rearguard.study.run import Run
    from rearguard.study.statistics import Estimate
    from rearguard.study.summary import Summary
    from rearguard.tell.answer_blocks import Answer
    from rearguard.tell.page_data import Shown


def percent(x: float) -> str:
    """A share as a reader wants it."""
    return f"{100.0 * x:.1f} %"


def seconds(x: float) -> str:
    """A time [s]; a dash for one that is not known."""
    return "–" if math.isnan(x) else f"{x:.1f} s"


def _between(e: Estimate) -> str:
    return f"{percent(e.low)} to {percent(e.high)}"


def _sentences(s: Summary) -> list[str]:
    out = []
    if s.contact is not None and s.contacts > 0:
        middle = "Fewer than half of the worlds see contact"
        if not math.isnan(s.contact.value):
            middle = f"Median time to contact: {seconds(s.contact.value)}"
        out.append(f"{middle} (Kaplan–Meier over {s.contacts:,} contacts, {s.censored:,} worlds censored).")
    elif s.contact is not None:
        out.append("Nobody reached the payload in any world.")
    if s.in_time is not None and s.slack is not None:
        out.append(f"In time: {percent(s.in_time.value)} of worlds ({_between(s.in_time)}).")
        if not math.isnan(s.slack.value):
            out.append(
                f"Where there was contact, the median slack is {seconds(s.slack.value)}; "
                f"from {seconds(s.slack_low)} (5 %) to {seconds(s.slack_high)} (95 %)."
            )
    return out


def run_text(run: Run) -> str:
    """Outcomes, times and what people spent."""
    s = run.summary
    state = "" if run.status == "complete" else f", {run.status}"
    parts = [f"<p>{s.worlds:,} worlds, seed {s.seed}{escape(state)}.</p>"]
    rows = [[o.name, f"{o.worlds:,}", percent(o.share.value), _between(o.share)] for o in s.outcomes]
    parts.append(table_html("Outcomes", ["outcome", "worlds", "share", "95 % interval"], rows))
    parts.extend(f"<p>{escape(sentence)}</p>" for sentence in _sentences(s))
    spent = [
        [
            p.title,
            p.side,
            f"{p.means['distance']:.0f} m",
            f"{p.means['reserve_spent']:.0f} m",
            f"{p.means['power_spent']:.0f}",
            percent(p.means["wound"]),
            f"{p.means['held_time']:.1f} s",
            f"{p.means['down_time']:.1f} s",
            percent(p.out),
        ]
        for p in s.people
    ]
    head = ["mean per world", "side", "ran", "reserve", "power", "wounds", "held", "down", "out"]
    parts.append(table_html("What each person spent", head, spent))
    return "\n".join(parts)


def worlds_text(compiled: Compiled, shown: list[Shown]) -> str:
    """The worlds that can be watched."""
    items = []
    for entry in shown:
        r = entry.recording
        outcome = compiled.names.outcomes[r.outcome] if r.outcome >= 0 else "unresolved"
        why = ", ".join([*entry.tags, *([entry.variant] if entry.variant else [])])
        items.append(f"<li>{escape(f'World {r.world} ({why}): {outcome} after {seconds(r.end)}')}</li>")
    return f"<h2>Worlds to watch</h2><ul>{''.join(items)}</ul>"


def summary_html(
    compiled: Compiled, about: str, shown: list[Shown], run: Run | None, answers: Sequence[Answer] = ()
) -> str:
    """The whole summary; every name is escaped."""
    parts = [f"<h1>{escape(compiled.name)}</h1>"]
    if about:
        parts.append(f"<p>{escape(about)}</p>")
    if run is not None:
        parts.append(run_text(run))
    parts.extend(answer.to_html() for answer in answers)
    parts.append(worlds_text(compiled, shown))
    return "\n".join(parts)

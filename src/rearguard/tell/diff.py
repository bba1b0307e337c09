"""A comparison of two scenarios as text for a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from rearguard.tell.plain import print_plainly
from rearguard.tell.progress import pace

if TYPE_CHECKING:
    from rearguard.study.diff import Diff, Example, Figure, Progress

LONGEST = 60
"""Characters of a value that are shown."""
MOST_CHANGES = 20
"""Changes of the text that are listed; ``--json`` has all."""


def _grid(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=True, header_style="dim")
    for k, name in enumerate(columns):
        table.add_column(name, justify="left" if k == 0 else "right", no_wrap=True)
    return table


def _value(value: Any) -> str:
    """A value as it stands in the file, in one short line."""
    if value is None:
        return "not written"
    if isinstance(value, str) and "\n" in value:
        return f"a drawing of {len(value.splitlines())} lines"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def number(value: float, unit: str, sign: bool = False) -> str:
    """A figure without its unit: shares in percent."""
    if not math.isfinite(value):
        return "–"
    scaled = 100.0 * value if unit == "points" else value
    return f"{scaled:+.1f}" if sign else f"{scaled:.1f}"


def change_table(diff: Diff) -> Table:
    """What differs in the text."""
    table = _grid("in the text", "old", "new")
    for change in diff.changes[:MOST_CHANGES]:
        table.add_row(Text(change.path), Text(_value(change.old)), Text(_value(change.new)))
    return table


def text_lines(diff: Diff) -> list[RenderableType]:
    """What differs in the text, and how much of it is not shown."""
    if not diff.changes:
        return [Text("nothing differs in the text")]
    out: list[RenderableType] = [change_table(diff)]
    if (more := len(diff.changes) - MOST_CHANGES) > 0:
        out.append(Text(f"… and {more} more"))
    return out


def transition_table(diff: Diff) -> Table:
    """Worlds by outcome on both sides; outcomes that never came are left out."""
    there = [k for k in range(len(diff.outcomes)) if diff.transitions[k].any() or diff.transitions[:, k].any()]
    table = _grid("worlds: from a, to b", *(diff.outcomes[k] for k in there))
    for k in there:
        table.add_row(Text(diff.outcomes[k]), *(f"{n:,}" if n else "·" for n in diff.transitions[k, there]))
    return table


def change_interval(f: Figure) -> str:
    """Low to high of a change; a dash where it moved in no world."""
    ends = [number(end, f.unit, sign=True) for end in (f.change.low, f.change.high)]
    return " to ".join(ends) if f.change.low < f.change.high else "–"


def figure_table(diff: Diff) -> Table:
    """Every figure on both sides and its change."""
    table = _grid("", "a", "b", "change", "95 % together", "worlds")
    for f in diff.figures:
        unit = " %" if f.unit == "points" else " s"
        change = number(f.change.value, f.unit, sign=True)
        row = (number(f.a, f.unit) + unit, number(f.b, f.unit) + unit, change, change_interval(f), f"{f.pairs:,}")
        table.add_row(Text(f.name), *row, style="bold" if f.is_seen else "")
    return table


def _amount(value: float, unit: str) -> str:
    return f"{number(value, unit)} {'points' if unit == 'points' else 's'}"


def verdict(diff: Diff) -> str:
    """Whether a difference can be seen, and what it would take."""
    if diff.same == diff.worlds:
        # the rule of three: what happens in none of n worlds happens in less than 3/n of them
        rare = (
            f"; with 95 % it moves fewer than {min(300.0 / diff.worlds, 100.0):.3g} % of all worlds"
            if diff.changes
            else ""
        )
        return f"no world moved: all {diff.worlds:,} went the same way{rare}"
    if diff.seen:
        return f"a difference can be seen in {', '.join(figure.name for figure in diff.seen)}"
    telling: list[Figure] = []
    for unit in ("points", "s"):
        own = [f for f in diff.figures if f.unit == unit and math.isfinite(f.shows) and f.shows > 0.0]
        telling += [max(own, key=lambda f: f.shows)] if own else []
    shown = " and ".join(f"{_amount(f.shows, f.unit)} in {f.name}" for f in telling)
    told = {"points": "1 point", "s": "1 s"}
    more = [f"{f.needed:,} would show {told[f.unit]}" for f in telling if f.needed > diff.worlds]
    tail = f"; {', '.join(more)}" if more else ""
    return f"no difference can be seen; {diff.worlds:,} worlds would have shown {shown}{tail}"


def head_lines(diff: Diff) -> list[str]:
    """What was compared."""
    state = ", interrupted" if diff.interrupted else ""
    return [
        f"a: {diff.names[0]}",
        f"b: {diff.names[1]}",
        f"the same {diff.worlds:,} worlds, seed {diff.seed}{state}",
    ]


def moved_line(diff: Diff) -> str:
    """How many worlds moved."""
    return f"another outcome in {diff.changed:,} worlds; the same to the end in {diff.same:,}"


def example_line(example: Example) -> str:
    """A world in which much changed."""
    (was, now), (end_a, end_b) = example.outcomes, example.end_times
    return f"world {example.world}: {was} after {end_a:.1f} s → {now} after {end_b:.1f} s"


def render(diff: Diff) -> RenderableType:
    """The whole answer."""
    a, b, played = head_lines(diff)
    parts: list[RenderableType] = [
        Text(a, style="bold"),
        Text(b, style="bold"),
        Text(played),
        Text(""),
        *text_lines(diff),
        Text(""),
        transition_table(diff),
        Text(moved_line(diff)),
        Text(""),
        figure_table(diff),
        Text(""),
        Text(verdict(diff)),
    ]
    for example in diff.examples:
        if example is diff.examples[0]:
            parts += [Text(""), Text("most changed", style="dim")]
        parts.append(Text(example_line(example)))
        parts += [Text(f"  a: {example.replay[0]}"), Text(f"  b: {example.replay[1]}")]
    return Group(*parts)


def print_diff(diff: Diff, console: Console) -> None:
    """Print the answer."""
    print_plainly(render(diff), console)


def progress_line(p: Progress) -> Text:
    """How far a comparison is."""
    return Text(f"{pace(p)}   {p.changed:,} with another outcome", no_wrap=True, overflow="ellipsis")

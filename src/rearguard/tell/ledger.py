"""A ledger as text: the sentence of each act, the table and its bars."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rearguard.tell.progress import bar_line

if TYPE_CHECKING:
    from rearguard.study.ledger import LedgerProgress
    from rearguard.study.ledger_event import EventValue
    from rearguard.study.ledger_result import Entry, Ledger
    from rearguard.study.shapley import Shares
    from rearguard.study.statistics import Estimate

BAR = 25
"""Characters of a bar, with the 0 in the middle."""
WIDEST = 400
"""Tables take the room they need: a number that is cut off misleads."""
MOST = 0.5
"""Share of an act's seconds from which on "most of it" is said."""


def seconds(value: float, digits: int = 1) -> str:
    """Seconds with a true minus sign."""
    if not math.isfinite(value):
        return "?"
    text = f"{value:.{digits}f}"
    return "0" + text[2:] if text.startswith("-0") and not text.strip("-0.") else text.replace("-", "−")


def interval(estimate: Estimate, digits: int = 1) -> str:
    """Low to high."""
    return f"{seconds(estimate.low, digits)} to {seconds(estimate.high, digits)}"


def rounded_up(count: int) -> int:
    """A whole number, rounded up to two digits: 17,132 → 18,000."""
    step = int(10 ** max(len(str(count)) - 2, 0))
    return -(-count // step) * step


def _digits(estimate: Estimate) -> int:
    """Decimals that an interval bears."""
    return 0 if estimate.high - estimate.low > 4.0 else 1


def sentence(entry: Entry) -> str:
    """What an act was worth, in words."""
    e, c = entry.seconds, entry.chance
    digits = _digits(e)
    points = "" if c.low <= 0.0 <= c.high else f"{abs(100.0 * c.value):.0f} points of chance"
    verb = "bought" if c.value > 0.0 else "cost"
    if e.low <= 0.0 <= e.high:
        text = f"{entry.title} made no difference to {entry.side} that can be told from none"
        text += f": {seconds(e.value, digits)} s ({interval(e, digits)})"
        return f"{text}, but {verb} it {points}" if points else text
    low, high = sorted((abs(e.low), abs(e.high)))
    text = f"{entry.title} {'bought' if e.value > 0.0 else 'cost'} {entry.side} {seconds(abs(e.value), digits)} s "
    text += f"({seconds(low, digits)} to {seconds(high, digits)})"
    if len(entry.where) > 1 and entry.where[0].seconds / e.value >= MOST:
        text += f", most of it on the {entry.where[0].ground.replace('_', ' ')}"
        text += "," if points else ""
    if points:
        text += f" and {points}" if (e.value > 0.0) == (c.value > 0.0) else f", but {verb} it {points}"
    return text


def bar(estimate: Estimate, reach: float) -> str:
    """A bar from the 0 in the middle, with the interval drawn thinly; ``reach``: seconds at either end."""
    middle = BAR // 2
    scale = middle / max(reach, 1e-9)

    def place(value: float) -> int:
        return max(0, min(BAR - 1, round(middle + value * scale)))

    cells = [" "] * BAR
    for k in range(place(estimate.low), place(estimate.high) + 1):
        cells[k] = "─"
    first, last = sorted((middle, place(estimate.value)))
    for k in range(first, last + 1):
        cells[k] = "█"
    cells[middle] = "│"
    return "".join(cells)


def ledger_table(ledger: Ledger) -> Table:
    """A row per act."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=True, header_style="dim")
    heads = ("act", "side", "in worlds", "uses", "seconds bought", "chance", "a use", "a unit of power")
    for k, name in enumerate(heads):
        table.add_column(name, justify="left" if k < 2 else "right", no_wrap=True)
    table.add_column("", justify="left", no_wrap=True)
    reach = max((max(abs(e.seconds.low), abs(e.seconds.high)) for e in ledger.entries), default=1.0)
    for entry in ledger.entries:
        per = ["–" if e is None else f"{seconds(e.value, 2)} s" for e in (entry.per_use, entry.per_power)]
        half = 50.0 * (entry.chance.high - entry.chance.low)
        table.add_row(
            Text(entry.title),
            Text(entry.side),
            f"{100.0 * entry.used:.0f} %",
            f"{entry.uses:.1f}",
            f"{seconds(entry.seconds.value)} s ({interval(entry.seconds)})",
            f"{seconds(100.0 * entry.chance.value)} ± {half:.1f}",
            *per,
            Text(bar(entry.seconds, reach)),
        )
    return table


def head_lines(ledger: Ledger) -> list[str]:
    """What was played, and what a second is here."""
    s = ledger.stake
    state = ", interrupted" if ledger.interrupted else ""
    return [
        f"{ledger.scenario}: {ledger.worlds:,} worlds with and without each act, seed {ledger.seed}{state}",
        "",
        f"time to contact   mean {seconds(ledger.time.value)} s ({interval(ledger.time)}); {100.0 * ledger.cut:.0f} % without contact, "
        f"which count as {s.horizon_text()}",
        f"in time           {100.0 * ledger.in_time.value:.1f} % ({100.0 * ledger.in_time.low:.1f} to {100.0 * ledger.in_time.high:.1f}) "
        f"reach {s.quarry}",
        f"seconds bought    for the side that acts: above 0 is later contact for {s.keepers}, earlier contact for all others; "
        "chance: points for it",
    ]


def share_lines(shares: Shares) -> list[str]:
    """What the acts that matter most were worth together, and how they share it."""
    lines = [
        f"shares of what they were worth together (Shapley values over {shares.worlds:,} worlds, {shares.replays:,} replays)"
    ]
    wide = max(len(share.title) for share in shares.shares)
    for share in shares.shares:
        lines.append(
            f"  {share.title:<{wide}}  {share.side}  {seconds(share.seconds.value)} s ({interval(share.seconds)})"
        )
    e = shares.total
    lines.append(f"  all of them together delay contact by {seconds(e.value)} s ({interval(e)})")
    return lines


def foot_lines(ledger: Ledger) -> list[str]:
    """What the numbers rest on, and what is missing."""
    lines = []
    if math.isfinite(ledger.reduction):
        lines.append(
            f"the same draws with and without an act: {ledger.reduction:,.1f} times fewer worlds than independent ones, for the median act"
        )
    if ledger.unused:
        lines.append(f"never used: {', '.join(ledger.unused)}")
    if not ledger.complete:
        wide = [entry for entry in ledger.entries if entry.half > ledger.precision]
        digits = 1 if ledger.precision >= 1.0 else 2
        names = ", ".join(
            f"{entry.name} ± {entry.half:.{digits}f} s" for entry in sorted(wide, key=lambda e: -e.half)[:4]
        )
        rest = f" and {len(wide) - 4} more" if len(wide) > 4 else ""
        lines.append(
            f"not within ± {ledger.precision:g} s yet: {names}{rest}; about --worlds {rounded_up(ledger.needed)} would do"
        )
    if ledger.overflow:
        lines.append(f"{ledger.overflow} worlds had more events than fit; uses are counted too low there")
    return lines


def print_ledger(ledger: Ledger, console: Console) -> None:
    """Print the table, the sentences and what they rest on."""
    console.width = WIDEST
    with console.capture() as captured:
        for line in head_lines(ledger):
            console.print(Text(line), soft_wrap=True)
        console.print()
        console.print(ledger_table(ledger), soft_wrap=True)
        console.print()
        for entry in ledger.entries:
            console.print(Text(sentence(entry)), soft_wrap=True)
        console.print()
        if ledger.shares is not None:
            for line in [*share_lines(ledger.shares), ""]:
                console.print(Text(line), soft_wrap=True)
        for line in foot_lines(ledger):
            console.print(Text(line), soft_wrap=True)
    text = captured.get()
    if not console.is_terminal:
        text = "".join(f"{line.rstrip()}\n" for line in text.splitlines())
    console.file.write(text)


def ledger_lines(p: LedgerProgress) -> Table:
    """Where a ledger stands, in one line."""
    text = f"{p.worlds:,} of at most {p.budget:,} worlds, {p.known} of {p.acts} acts known"
    if p.known < p.acts:
        text += f"; widest ± {p.half:.1f} s: {p.widest}"
    return bar_line(p.worlds, p.budget, text)


def event_progress(p: tuple[int, int, float]) -> Table:
    """Where the value of an event stands: pairs, the budget and half the width of the interval."""
    pairs, budget, half = p
    return bar_line(pairs, budget, f"{pairs:,} of at most {budget:,} pairs, ± {half:.1f} s")


def event_lines(value: EventValue) -> list[str]:
    """What one act in one world was worth."""
    e, c = value.seconds, value.chance
    digits = _digits(e)
    verb = "bought" if e.value >= 0.0 else "cost"
    low, high = (e.low, e.high) if e.value >= 0.0 else (-e.high, -e.low)
    half = 50.0 * (c.high - c.low)
    return [
        f"{value.scenario}, world {value.world}, seed {value.seed}: {value.what}, at {value.time:.1f} s",
        f"it {verb} {value.side} {seconds(abs(e.value), digits)} s ({seconds(low, digits)} to {seconds(high, digits)}), and "
        f"changed its chance by {seconds(100.0 * c.value)} ± {half:.1f} points",
        "",
        f"{value.pairs:,} pairs of continuations with fresh draws: as it was, and barred for {value.barred:.1f} s; no contact "
        f"counts as {value.stake.horizon_text()}",
    ]


def print_event(value: EventValue, console: Console) -> None:
    """Print what one act was worth."""
    for line in event_lines(value):
        console.print(Text(line), soft_wrap=True)

"""Where a run stands, in two lines for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from rich.console import Group
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from rearguard.study.statistics import share

if TYPE_CHECKING:
    from rearguard.study.run import Progress

BAR = 24


class Paced(Protocol):
    """What a pace can be told of: worlds done and to do, and those played in the ``seconds`` of this session."""

    @property
    def done(self) -> int: ...  # noqa: D102
    @property
    def total(self) -> int: ...  # noqa: D102
    @property
    def played(self) -> int: ...  # noqa: D102
    @property
    def seconds(self) -> float: ...  # noqa: D102


def pace(p: Paced) -> str:
    """Worlds done, rate and time left; the rate is that of this session."""
    rate = p.played / max(p.seconds, 1e-9)
    text = f"{p.done:,} of {p.total:,} worlds"
    if p.played == 0:
        return text
    left = (p.total - p.done) / rate
    clock = f"{left:.0f} s" if left < 120 else f"{left / 60:.0f} min"
    return f"{text}, {rate:,.0f} a second, {clock} left"


def estimate(p: Progress) -> str:
    """Shares of the outcomes so far, each with half the width of its 95 % interval in points."""
    parts = []
    for name, count in zip([*p.outcomes, "unresolved"], p.counts, strict=True):
        if count:
            e = share(count, p.done)
            parts.append(f"{name} {100 * e.value:.1f} % ± {50 * (e.high - e.low):.1f}")
    return "   ".join(parts)


def bar_line(done: int, total: int, text: str) -> Table:
    """A bar with a text; what does not fit in the width is cut off."""
    line = Table.grid(padding=(0, 2, 0, 0))
    line.add_column(width=BAR)
    line.add_column(no_wrap=True, overflow="ellipsis")
    line.add_row(ProgressBar(total=total, completed=done, width=BAR), Text(text))
    return line


def progress_lines(p: Progress) -> Group:
    """A bar with the pace, and under it the estimate as it stands; what does not fit in the width is cut off."""
    return Group(bar_line(p.done, p.total, pace(p)), Text(estimate(p), no_wrap=True, overflow="ellipsis"))

"""The parts of a study's answer on a page: sentences and tables, which stand in the HTML itself, and charts over them.

Every value that a bar or a matrix names stands in a table or sentence of the same answer as well, so that a page reads
without scripts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from rich.table import Table

    from rearguard.study.statistics import Estimate


DRAWN = str.maketrans("", "", "█─│")
"""Characters that bars in a terminal are drawn with."""


@dataclass(frozen=True)
class Note:
    """A sentence; strong: the one that answers the question."""

    text: str
    strong: bool = False
    kind: ClassVar[str] = "note"


@dataclass(frozen=True)
class Sheet:
    """A table. right: which columns hold numbers. folded: a chart shows the same, so that a page opens it only when asked."""

    title: str
    head: list[str]
    right: list[bool]
    rows: list[list[str]]
    folded: bool = False
    kind: ClassVar[str] = "sheet"

    @classmethod
    def of(cls, title: str, table: Table, *, folded: bool = False) -> Sheet:
        """The table that a terminal shows, without the bars that it draws with characters."""
        columns = [(str(c.header), c.justify == "right", [_plain(cell) for cell in c.cells]) for c in table.columns]
        kept = [(head, right, cells) for head, right, cells in columns if head or any(cells)]
        rows = [list(row) for row in zip(*(cells for _, _, cells in kept), strict=True)]
        return cls(title, [head for head, _, _ in kept], [right for _, right, _ in kept], rows, folded)


def _plain(cell: object) -> str:
    return str(cell).translate(DRAWN).strip()


@dataclass(frozen=True)
class Bar:
    """A value with its interval; note: what it belongs to; text: the value as it is written."""

    name: str
    value: float
    low: float
    high: float
    text: str
    note: str = ""

    @classmethod
    def of(cls, name: str, e: Estimate, text: str, note: str = "") -> Bar:
        """The bar of an estimate."""
        return cls(name, e.value, e.low, e.high, text, note)


@dataclass(frozen=True)
class Bars:
    """Bars on one scale, from 0. whole: the scale ends at 1, as for shares."""

    title: str
    rows: list[Bar]
    whole: bool = False
    kind: ClassVar[str] = "bars"


@dataclass(frozen=True)
class Line:
    """A curve over the common x, with its interval where there is one."""

    label: str
    values: list[float]
    low: list[float] | None = None
    high: list[float] | None = None


@dataclass(frozen=True)
class Mark:
    """A place on the x axis, and what it is."""

    x: float
    text: str


@dataclass(frozen=True)
class Curves:
    """Curves over one x. share: y is a share. wanted: where the y is to lie, low and high; marks: places on the x axis."""

    title: str
    x: list[float]
    x_label: str
    y_label: str
    lines: list[Line]
    share: bool = False
    wanted: tuple[float, float] | None = None
    marks: Sequence[Mark] = ()
    kind: ClassVar[str] = "curves"


@dataclass(frozen=True)
class Matrix:
    """A value for every pair, shaded: from what is bad for the rows to what is good."""

    title: str
    rows: list[str]
    columns: list[str]
    values: list[list[float]]
    texts: list[list[str]]
    high_is_good: bool
    kind: ClassVar[str] = "matrix"


Block = Note | Sheet | Bars | Curves | Matrix


@dataclass(frozen=True)
class Answer:
    """What a study found. study: its command."""

    study: str
    title: str
    blocks: list[Block]

    def to_dict(self) -> dict[str, Any]:
        """As the viewer draws it: JSON without NaN."""
        blocks = [{"kind": block.kind, **asdict(block)} for block in self.blocks]
        return {"study": self.study, "title": self.title, "blocks": _finite(blocks)}

    def to_html(self) -> str:
        """Sentences and tables as HTML; every name is escaped."""
        parts = [f"<h2>{escape(self.title)}</h2>"]
        for block in self.blocks:
            if isinstance(block, Note):
                text = escape(block.text)
                parts.append(f"<p>{f'<strong>{text}</strong>' if block.strong else text}</p>")
            elif isinstance(block, Sheet):
                parts.append(table_html(block.title, block.head, block.rows))
        return "\n".join(parts)


def _finite(data: Any) -> Any:
    """Data in which what is not a finite number is None."""
    if isinstance(data, dict):
        return {key: _finite(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_finite(value) for value in data]
    return None if isinstance(data, float) and not math.isfinite(data) else data


def _row(cells: Sequence[str], tag: str) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"


def table_html(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table as HTML; every text is escaped."""
    body = "".join(_row(row, "td") for row in rows)
    return f"<table><caption>{escape(caption)}</caption><thead>{_row(head, 'th')}</thead><tbody>{body}</tbody></table>"

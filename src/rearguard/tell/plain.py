"""Printing so that nothing is cut off, and a file or a pipe gets no blanks at the ends of lines."""

from __future__ import annotations

from rich.console import Console, RenderableType
from rich.measure import Measurement

WIDEST = 10_000
"""Columns that are written at most."""


def width_of(what: RenderableType, console: Console) -> int:
    """Columns that something takes when nothing is cut off or wrapped."""
    return Measurement.get(console, console.options.update(max_width=WIDEST), what).maximum


def print_plainly(what: RenderableType, console: Console) -> None:
    """Print on a console; where that is no terminal, without blanks at the ends of lines."""
    screen = console.width
    console.width = max(width_of(what, console), screen)
    with console.capture() as captured:
        console.print(what)
    console.width = screen
    text = captured.get()
    if not console.is_terminal:
        text = "".join(f"{line.rstrip()}\n" for line in text.splitlines())
    console.file.write(text)

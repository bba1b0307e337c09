"""Printing so that a file or a pipe gets no blanks at the ends of lines."""

from __future__ import annotations

from rich.console import Console, RenderableType


def print_plainly(what: RenderableType, console: Console) -> None:
    """Print on a console; where that is no terminal, without blanks at the ends of lines."""
    with console.capture() as captured:
        console.print(what, soft_wrap=True)
    text = captured.get()
    if not console.is_terminal:
        text = "".join(f"{line.rstrip()}\n" for line in text.splitlines())
    console.file.write(text)

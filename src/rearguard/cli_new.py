"""The command ``rearguard new``: a scenario of one's own, begun from one that works."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rearguard.cli import app
from rearguard.cli_shared import say


@app.command()
def new(
    name: Annotated[str | None, typer.Argument(help="What to call it; it gets a folder of this name.")] = None,
    template: Annotated[
        str, typer.Option("--template", "-t", metavar="NAME", help="What to begin from: see --list.")
    ] = "alley",
    force: Annotated[bool, typer.Option("--force", help="Write over files that are there.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="Say which templates there are.")] = False,
) -> None:
    """Begin a scenario of your own from one that works.

    \b
    Examples
      rearguard new my-chase
      rearguard new night-search --template dog-team
      rearguard new --list
    """
    from rearguard.study.folder import RunError
    from rearguard.templates import begin, templates

    if list_:
        for known, about in templates().items():
            print(f"{known:<10} {about}")
        return
    if name is None:
        raise RunError("what shall it be called? Try: rearguard new my-chase")
    files = begin(name, template, Path(name), force=force)
    print(f"{name}/ begun from {template}: {', '.join(files)}")
    for command, what in (
        (f"rearguard validate {name}", "all that is wrong with it, at once"),
        (f"rearguard run {name} -n 200", "how 200 worlds of it end"),
        (f"rearguard replay {name} --world 0", "one of them, event by event"),
    ):
        say(f"  {command:<{34 + len(name)}} {what}")

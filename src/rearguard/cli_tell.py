"""The command that tells a world: ``rearguard tell``."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from rearguard import cli_options as option
from rearguard.cli import app
from rearguard.cli_shared import LiveLine, say


class Length(StrEnum):
    """How much is told."""

    line = "line"
    paragraph = "paragraph"
    full = "full"


class Tone(StrEnum):
    """How it is told."""

    plain = "plain"
    report = "report"
    saga = "saga"


class Form(StrEnum):
    """How it is written."""

    md = "md"
    html = "html"
    json = "json"


@app.command()
def tell(
    scenario: Annotated[
        str,
        typer.Argument(
            metavar="RUN|SCENARIO",
            help="The folder of a run, a scenario file, or the name of a shipped scenario.",
            show_default=False,
        ),
    ],
    voice: Annotated[
        str,
        typer.Option(
            "--as", metavar="NAME|SIDE|truth", help="Who tells: a person, a side, or the truth.", show_default=False
        ),
    ],
    world: Annotated[
        int | None, typer.Option(min=0, help="Which world; default 0, or the typical one of a run.", show_default=False)
    ] = None,
    length: Annotated[Length, typer.Option(help="How much is told.")] = Length.full,
    tone: Annotated[Tone, typer.Option(help="How it is told.")] = Tone.plain,
    form: Annotated[Form, typer.Option("--format", help="How it is written.")] = Form.md,
    swing: Annotated[
        bool,
        typer.Option(
            "--swing",
            help="Dwell on what happened as the chance to be in time moved; with --as truth, say what the chance was.",
        ),
    ] = False,
    seed: Annotated[
        int | None, typer.Option("--seed", help="Seed of all draws; default 0.", show_default=False)
    ] = None,
    set_: option.Set = None,
    json_: option.Json = False,
) -> None:
    """Tell a world as one person lived it: nothing that this person did not perceive is said.

    Every sentence carries its time and links into the replay, report.html.

    \b
    Examples
      rearguard tell east-gate --world 3 --as sasuke
      rearguard tell runs/latest --as leaf --length paragraph
      rearguard tell alley --as truth --tone saga --format html > alley.html
      rearguard tell east-gate --world 3 --as truth --swing
    """
    from rearguard.tell.story.account import tell_story
    from rearguard.tell.story.formats import write
    from rearguard.tell.swing import progress_line

    with LiveLine(not swing, progress_line) as line:
        told = tell_story(
            scenario,
            world=world,
            voice=voice,
            length=length,
            tone=tone,
            seed=seed,
            overrides=set_ or (),
            swing=swing,
            progress=line,
            say=say,
        )
    sys.stdout.write(write(told, Form.json if json_ else form))

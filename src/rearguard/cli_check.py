"""The commands about expectations: ``rearguard check`` and ``rearguard beats``."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from rearguard.cli import app
from rearguard.cli_shared import JsonOption, ScenarioArgument, SeedOption, SetOption, console, say

NOTHING_TO_CHECK = 5

ThreadsOption = Annotated[int | None, typer.Option(min=1, help="Threads; default one per core.")]


class _SharesByDefault(TyperGroup):
    """``beats SCENARIO`` is ``beats shares SCENARIO``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, "--help", "-h"):
            args = ["shares", *args]
        return super().parse_args(ctx, args)


beats_app = typer.Typer(
    cls=_SharesByDefault,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="""Say how often each expectation comes true, and why one does not.

\b
Examples
  rearguard beats east-gate                     every expectation with its share, over 200 worlds
  rearguard beats why-not east-gate NAME        which part of a pattern broke, and where to see it
""",
)
app.add_typer(beats_app, name="beats")


@beats_app.command()
def shares(
    scenario: ScenarioArgument,
    worlds: Annotated[int, typer.Option("-n", "--worlds", min=1, help="How many worlds to play.")] = 200,
    only: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only this one; may be repeated.")] = None,
    seed: SeedOption = 0,
    set_: SetOption = None,
    threads: ThreadsOption = None,
    json_: JsonOption = False,
) -> None:
    """List every expectation with its share of worlds (the same as ``beats SCENARIO``)."""
    from rearguard.study.beats import beats
    from rearguard.tell.verdicts import print_beats

    found = beats(scenario, worlds=worlds, seed=seed, only=only or (), overrides=set_ or (), threads=threads, say=say)
    if json_:
        print(json.dumps(found.to_dict(), indent=2, ensure_ascii=False))
    elif found.beats:
        print_beats(found, console())
    if not found.beats:
        say(f"{found.scenario} expects nothing: it has no `expect:`")
        raise typer.Exit(NOTHING_TO_CHECK)

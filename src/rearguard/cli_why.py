"""The command that explains decisions: ``rearguard why``."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from rearguard import cli_options as option
from rearguard.cli import app
from rearguard.cli_shared import console, say, shell


@app.command()
def why(
    scenario: option.Scenario,
    who: Annotated[str, typer.Option(metavar="NAME", help="Whose decision.", show_default=False)],
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="When: 65 s, 1:05.5 or 65.", show_default=False)
    ] = None,
    world: Annotated[int, typer.Option(min=0, help="Which world.")] = 0,
    changes: Annotated[bool, typer.Option("--changes", help="List when this person changed its mind.")] = False,
    truth: Annotated[bool, typer.Option(help="Say where everybody really is.")] = True,
    seed: option.Seed = 0,
    set_: option.Set = None,
    json_: option.Json = False,
) -> None:
    """Explain what a person decided at a moment of a world, and why.

    \b
    Examples
      rearguard why east-gate --world 3 --who temari --changes
      rearguard why east-gate --world 3 --who temari --at 0:41
    """
    from rearguard.study import changes as listing
    from rearguard.study import why as study
    from rearguard.study.folder import RunError
    from rearguard.tell import why as tell

    again = "".join(f" --set {shell(o)}" for o in set_ or ())
    ask = f"rearguard why {shell(scenario)} --world {world} --seed {seed} --who {shell(who)}{again}"
    if changes == (at is not None):
        raise RunError(f"give --at TIME, or --changes to see which times are worth asking for:\n  {ask} --changes")
    if at is not None:
        found = study.why(scenario, world=world, who=who, at=at, seed=seed, overrides=set_ or (), truth=truth, say=say)
        if json_:
            print(json.dumps(found.to_dict(), indent=2, ensure_ascii=False))
        else:
            tell.print_why(found, console())
        return
    listed = listing.changes(scenario, world=world, who=who, seed=seed, overrides=set_ or (), say=say)
    if json_:
        print(json.dumps(listed.to_dict(), indent=2, ensure_ascii=False))
    else:
        tell.print_changes(listed, console())
        last = listed.changes[-1].time
        say(f"\nask about one: {ask} --at {last:.1f}")

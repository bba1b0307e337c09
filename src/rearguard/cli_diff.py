"""The command ``rearguard diff``."""

from __future__ import annotations

from typing import Annotated

import typer

from rearguard import cli_options as option
from rearguard.cli import INTERRUPTED, app
from rearguard.cli_shared import LiveLine, Output, say


@app.command()
def diff(
    a: option.Scenario,
    b: Annotated[str | None, typer.Argument(help="Another scenario, or another version of it; default A.")] = None,
    worlds: Annotated[int, typer.Option("-n", "--worlds", min=1, help="Worlds that are played on both sides.")] = 300,
    seed: option.Seed = 0,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Change a value of B; may be repeated.")
    ] = None,
    set_a: Annotated[
        list[str] | None, typer.Option("--set-a", metavar="PATH=VALUE", help="Change a value of A; may be repeated.")
    ] = None,
    horizon: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", help="When those who never come count as come; default the time limit."),
    ] = None,
    parquet: option.Parquet = None,
    plot: option.Plot = None,
    threads: option.Threads = None,
    ray: option.Ray = None,
    report: option.Report = None,
    force: option.Force = False,
    json_: option.Json = False,
    quiet: option.Quiet = False,
) -> None:
    """Play the same worlds of two scenarios and say what differs.

    \b
    Examples
      rearguard diff old.yaml new.yaml -n 1000
      rearguard diff alley --set choices.who_stays.default=nobody
      rearguard diff east-gate --set techniques.great_gust.impulse='400 N s'
    """
    from rearguard.study.diff import diff as compare
    from rearguard.tell.diff import print_diff, progress_line

    output = Output(json_, parquet, plot, report, force)
    with LiveLine(quiet or json_, progress_line) as line:
        result = compare(
            a,
            b,
            worlds=worlds,
            seed=seed,
            overrides=set_ or (),
            overrides_a=set_a or (),
            horizon=horizon,
            threads=threads,
            ray=ray,
            progress=line,
            say=None if quiet else say,
        )
    first = result.examples[0].world if result.examples else 0
    output.give(result, print_diff, b or a, seed=seed, overrides=set_, world=first)
    if result.interrupted:
        say(f"interrupted after {result.worlds:,} worlds; this is what is known so far")
        raise typer.Exit(INTERRUPTED)

"""The command that says which numbers matter: ``rearguard sense``."""

from __future__ import annotations

from typing import Annotated

import typer

from rearguard import cli_options as option
from rearguard.cli import app
from rearguard.cli_shared import LiveLine, Output, say


@app.command()
def sense(
    scenario: option.Scenario,
    on: Annotated[
        list[str] | None,
        typer.Option(
            metavar="GOAL", help="in_time, slack, share(OUTCOME) or out(WHO); may be repeated. Default: the first two."
        ),
    ] = None,
    factor: Annotated[
        list[str] | None,
        typer.Option("--factor", metavar="NAME", help="Only this factor; may be repeated. Default: all."),
    ] = None,
    free: Annotated[bool, typer.Option("--free", help="Only rank what ordinary worlds draw; moves no factor.")] = False,
    trajectories: Annotated[int, typer.Option(min=4, help="Trajectories of screening.")] = 12,
    worlds: Annotated[int, typer.Option("-n", "--worlds", min=16, help="Worlds of each trajectory.")] = 64,
    rows: Annotated[int, typer.Option(min=0, help="Rows of the Sobol' design, a power of 2; 0 leaves it out.")] = 128,
    free_worlds: Annotated[int, typer.Option(min=50, help="Ordinary worlds whose draws are ranked.")] = 1000,
    seed: option.Seed = 0,
    set_: option.Set = None,
    threads: option.Threads = None,
    ray: option.Ray = None,
    parquet: option.Parquet = None,
    plot: option.Plot = None,
    report: option.Report = None,
    force: option.Force = False,
    json_: option.Json = False,
    quiet: option.Quiet = False,
) -> None:
    """Say which factors, and which draws of the worlds, decide how they end.

    Declared `factors` are screened over their ranges; those that matter get their parts in the variance. The noise that
    worlds draw is ranked from ordinary worlds. What has no detectable effect is said to have none.

    \b
    Examples
      rearguard sense alley
      rearguard sense east-gate --free
      rearguard sense my.yaml --on slack --on 'share(reached)' --rows 0
    """
    from rearguard.study.sense import sense as study
    from rearguard.tell.sense import print_sense, progress_line

    output = Output(json_, parquet, plot, report, force)
    with LiveLine(quiet, progress_line) as line:
        found = study(
            scenario,
            on=on or (),
            factors=factor or (),
            free=free,
            trajectories=trajectories,
            worlds=worlds,
            rows=rows,
            free_worlds=free_worlds,
            seed=seed,
            overrides=set_ or (),
            threads=threads,
            ray=ray,
            progress=line,
            say=None if quiet else say,
        )
    output.give(found, print_sense, scenario, seed=seed, overrides=set_)

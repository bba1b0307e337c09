"""The command that says which numbers matter: ``rearguard sense``."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from rearguard.cli import app
from rearguard.cli_shared import (
    JsonOption,
    Line,
    ParquetOption,
    PlotOption,
    RayOption,
    ReportOption,
    ScenarioArgument,
    SeedOption,
    SetOption,
    ThreadsOption,
    check_plot,
    check_report,
    console,
    kept,
    say,
    write_answer,
)


@app.command()
def sense(
    scenario: ScenarioArgument,
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
    seed: SeedOption = 0,
    set_: SetOption = None,
    threads: ThreadsOption = None,
    ray: RayOption = None,
    parquet: ParquetOption = None,
    plot: PlotOption = None,
    report: ReportOption = None,
    json_: JsonOption = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")] = False,
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

    check_plot(plot)
    check_report(report)
    line = Line(quiet)
    try:
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
            progress=lambda p: line.show(progress_line(p)),
            say=None if quiet else say,
        )
    finally:
        line.stop()
    with kept(found, parquet, plot):
        if json_:
            print(json.dumps(found.to_dict(), indent=2, ensure_ascii=False))
        else:
            print_sense(found, console())
    write_answer(report, found, scenario, seed=seed, overrides=set_)

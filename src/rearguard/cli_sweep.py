"""The command ``rearguard sweep``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from rearguard import cli_options as option
from rearguard.cli import INTERRUPTED, app
from rearguard.cli_shared import LiveLine, Output, given_options, say, shell


class Design(StrEnum):
    """How points fill the space of what is varied."""

    lhs = "lhs"
    sobol = "sobol"


@app.command()
def sweep(
    context: typer.Context,
    scenario: Annotated[str | None, typer.Argument(help="A scenario file, or the name of a shipped scenario.")] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH=VALUES", help="a,b,c or from..to/n, or a factor or choice alone; several combine."),
    ] = None,
    points: Annotated[
        str | None, typer.Option(metavar="FILE|N", help="A CSV or JSON file of points; of a design, how many.")
    ] = None,
    design: Annotated[
        Design | None, typer.Option(help="Points that fill the declared factors, or what is varied.")
    ] = None,
    worlds: Annotated[int, typer.Option("-n", "--worlds", min=1, help="Worlds of each point.")] = 200,
    seed: option.Seed = 0,
    out: Annotated[Path | None, typer.Option(help="Folder of the sweep; default sweeps/TIME-NAME-HASH.")] = None,
    threads: option.Threads = None,
    ray: option.Ray = None,
    set_: option.Set = None,
    resume: Annotated[Path | None, typer.Option(metavar="DIR", help="Go on with an interrupted sweep.")] = None,
    parquet: option.Parquet = None,
    plot: option.Plot = None,
    report: option.Report = None,
    force: option.Force = False,
    json_: option.Json = False,
    quiet: option.Quiet = False,
) -> None:
    """Play the same worlds with other values, and say what becomes of them.

    \b
    Examples
      rearguard sweep alley --vary who_stays --vary lead=6..14s/5
      rearguard sweep east-gate --vary techniques.great_gust.impulse=100,200,400N·s -n 500
      rearguard sweep east-gate --design lhs --points 64
      rearguard sweep my.yaml --points points.csv --ray auto
      rearguard sweep --resume sweeps/latest
    """
    from rearguard.study import sweep as study
    from rearguard.study.folder import RunError
    from rearguard.tell.sweep import print_sweep, progress_lines

    output = Output(json_, parquet, plot, report, force)
    tell = None if quiet else say
    with LiveLine(quiet or json_, lambda p: progress_lines(p, line.height), per_second=4) as line:
        if resume is not None:
            if given := given_options(
                context, except_=("resume", "threads", "ray", "parquet", "plot", "report", "force", "json_", "quiet")
            ):
                raise RunError(f"--resume goes on with what was begun; leave {', '.join(given)} out")
            result = study.resume_sweep(resume, threads=threads, ray=ray, progress=line, say=tell)
        else:
            if scenario is None:
                raise RunError("which scenario? Try: rearguard sweep alley --vary lead")
            result = study.sweep(
                scenario,
                vary=vary or (),
                points=points,
                design=None if design is None else design.value,
                worlds=worlds,
                seed=seed,
                out=out,
                overrides=set_ or (),
                threads=threads,
                ray=ray,
                progress=line,
                say=tell,
            )
    plan = result.manifest["plan"]
    output.give(result, print_sweep, plan["path"], seed=result.seed, overrides=plan["overrides"])
    for advice in result.overflow:
        say(f"warning: {advice}")
    if result.status != "complete":
        go_on = f"rearguard sweep --resume {shell(str(result.folder))}"
        say(f"interrupted after {result.worlds:,} worlds, which are kept; go on with: {go_on}")
        raise typer.Exit(INTERRUPTED)

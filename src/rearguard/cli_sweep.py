"""The command ``rearguard sweep``."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rearguard.cli import INTERRUPTED, app
from rearguard.cli_shared import (
    JsonOption,
    LiveView,
    ParquetOption,
    PlotOption,
    RayOption,
    ReportOption,
    SeedOption,
    SetOption,
    ThreadsOption,
    check_plot,
    check_report,
    console,
    given_options,
    kept,
    say,
    shell,
    write_answer,
)

if TYPE_CHECKING:
    from rearguard.study.sweep import Progress


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
    seed: SeedOption = 0,
    out: Annotated[Path | None, typer.Option(help="Folder of the sweep; default sweeps/TIME-NAME-HASH.")] = None,
    threads: ThreadsOption = None,
    ray: RayOption = None,
    set_: SetOption = None,
    resume: Annotated[Path | None, typer.Option(metavar="DIR", help="Go on with an interrupted sweep.")] = None,
    parquet: ParquetOption = None,
    plot: PlotOption = None,
    report: ReportOption = None,
    json_: JsonOption = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")] = False,
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

    def show(p: Progress, height: int) -> object:
        from rearguard.tell.sweep import progress_lines

        return progress_lines(p, height)

    check_plot(plot)
    check_report(report)
    table = LiveView(show, quiet or json_, per_second=4)
    tell = None if quiet else say
    try:
        if resume is not None:
            if given := given_options(
                context, except_=("resume", "threads", "ray", "parquet", "plot", "report", "json_", "quiet")
            ):
                raise RunError(f"--resume goes on with what was begun; leave {', '.join(given)} out")
            result = study.resume_sweep(resume, threads=threads, ray=ray, progress=table, say=tell)
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
                progress=table,
                say=tell,
            )
    finally:
        table.stop()
    with kept(result, parquet, plot):
        if json_:
            print(json.dumps(result.to_dict(), indent=2, ensure_ascii=False))
        else:
            from rearguard.tell.sweep import print_sweep

            print_sweep(result, console())
    plan = result.manifest["plan"]
    write_answer(report, result, plan["path"], seed=result.seed, overrides=plan["overrides"])
    for advice in result.overflow:
        say(f"warning: {advice}")
    if result.status != "complete":
        go_on = f"rearguard sweep --resume {shell(str(result.folder))}"
        say(f"interrupted after {result.worlds:,} worlds, which are kept; go on with: {go_on}")
        raise typer.Exit(INTERRUPTED)

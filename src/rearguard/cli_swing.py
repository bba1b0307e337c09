"""The command that follows the chance through one world: ``rearguard swing``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from rearguard.cli import INTERRUPTED, app
from rearguard.cli_shared import (
    JsonOption,
    LiveLine,
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

Files = tuple[Path | None, Path | None]
"""Where the table and the figure go."""


@app.command()
def swing(
    scenario: ScenarioArgument,
    world: Annotated[int, typer.Option(min=0, help="Which world.")] = 0,
    step: Annotated[float, typer.Option(metavar="SECONDS", help="Time between moments where the chance moves.")] = 5.0,
    precision: Annotated[
        float, typer.Option(metavar="POINTS", help="Half the width of an interval that is narrow enough.")
    ] = 5.0,
    most: Annotated[int, typer.Option(min=64, help="Continuations of a moment at most.")] = 2048,
    calibrate: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=2,
            help="Ask N held worlds instead, and see whether their chances are right.",
            show_default=False,
        ),
    ] = None,
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
    """Follow the chance to be in time through one world, and say what made it jump.

    \b
    Examples
      rearguard swing alley --world 3
      rearguard swing alley --world 3 --report swing.html
      rearguard swing east-gate --world 12 --step 2
      rearguard swing alley --calibrate 200
    """
    from rearguard.study.folder import RunError
    from rearguard.study.swing import swing as follow
    from rearguard.tell.swing import print_swing, progress_line

    check_plot(plot)
    if not 0.0 < precision < 50.0:
        raise RunError(f"--precision lies between 0 and 50 points, found {precision:g}")
    if calibrate is not None:
        if report is not None:
            raise RunError("--calibrate asks many worlds, and --report shows one; leave one of them out")
        options = {"seed": seed, "overrides": set_ or (), "threads": threads, "ray": ray, "say": None if quiet else say}
        _calibrate(scenario, calibrate, options, (parquet, plot), json_, quiet)
        return
    check_report(report)
    line = LiveLine(quiet, progress_line)
    try:
        result = follow(
            scenario,
            world=world,
            step=step,
            precision=precision / 100.0,
            most=most,
            seed=seed,
            overrides=set_ or (),
            threads=threads,
            ray=ray,
            progress=line,
            say=None if quiet else say,
        )
    finally:
        line.stop()
    with kept(result, parquet, plot):
        if json_:
            print(json.dumps(result.to_dict(), indent=2, ensure_ascii=False))
        else:
            print_swing(result, console())
    write_answer(report, result, scenario, seed=seed, overrides=set_, world=world)
    if result.interrupted:
        say("interrupted; this is what is known so far")
        raise typer.Exit(INTERRUPTED)


def _calibrate(scenario: str, worlds: int, options: dict[str, Any], files: Files, json_: bool, quiet: bool) -> None:
    """``swing --calibrate``: whether moments of predicted p succeed p of the time."""
    from rearguard.study.calibration import calibrate
    from rearguard.tell.swing import calibration_progress, print_calibration

    line = LiveLine(quiet, calibration_progress)
    try:
        found = calibrate(scenario, worlds=worlds, progress=line, **options)
    finally:
        line.stop()
    with kept(found, *files):
        if json_:
            print(json.dumps(found.to_dict(), indent=2, ensure_ascii=False))
        else:
            print_calibration(found, console())
    if found.interrupted:
        raise typer.Exit(INTERRUPTED)

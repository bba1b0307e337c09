"""The command that follows the chance through one world: ``rearguard swing``."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from rearguard import cli_options as option
from rearguard.cli import INTERRUPTED, app
from rearguard.cli_shared import LiveLine, Output, say


@app.command()
def swing(
    scenario: option.Scenario,
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

    if not 0.0 < precision < 50.0:
        raise RunError(f"--precision lies between 0 and 50 points, found {precision:g}")
    if calibrate is not None and report is not None:
        raise RunError("--calibrate asks many worlds, and --report shows one; leave one of them out")
    output = Output(json_, parquet, plot, report, force)
    if calibrate is not None:
        options = {"seed": seed, "overrides": set_ or (), "threads": threads, "ray": ray, "say": None if quiet else say}
        _calibrate(scenario, calibrate, options, output, quiet)
        return
    with LiveLine(quiet, progress_line) as line:
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
    output.give(result, print_swing, scenario, seed=seed, overrides=set_, world=world)
    if result.interrupted:
        say("interrupted; this is what is known so far")
        raise typer.Exit(INTERRUPTED)


def _calibrate(scenario: str, worlds: int, options: dict[str, Any], output: Output, quiet: bool) -> None:
    """``swing --calibrate``: whether moments of predicted p succeed p of the time."""
    from rearguard.study.calibration import calibrate
    from rearguard.tell.swing import calibration_progress, print_calibration

    with LiveLine(quiet, calibration_progress) as line:
        found = calibrate(scenario, worlds=worlds, progress=line, **options)
    output.give(found, print_calibration, scenario, seed=options["seed"], overrides=options["overrides"])
    if found.interrupted:
        raise typer.Exit(INTERRUPTED)

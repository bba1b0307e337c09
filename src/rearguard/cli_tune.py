"""The command that finds numbers: ``rearguard tune``."""

from __future__ import annotations

from typing import Annotated

import typer

from rearguard import cli_options as option
from rearguard.cli import app
from rearguard.cli_shared import LiveLine, Output, say, shell

NOT_FOUND = 1


@app.command()
def tune(
    scenario: option.Scenario,
    target: Annotated[
        list[str] | None,
        typer.Option("--target", "-t", metavar="TARGET", help="What the worlds are to show; may be repeated."),
    ] = None,
    expect: Annotated[bool, typer.Option("--expect", help="Meet every expectation of the scenario too.")] = False,
    factor: Annotated[
        list[str] | None,
        typer.Option("--factor", metavar="NAME", help="Move only this factor; may be repeated. Default: all."),
    ] = None,
    worlds: Annotated[int, typer.Option("-n", "--worlds", min=20, help="Worlds of each trial.")] = 200,
    trials: Annotated[int, typer.Option(min=0, help="Trials of combinations, beside the response curves.")] = 80,
    solutions: Annotated[int, typer.Option(min=1, max=20, help="Different solutions to look for.")] = 3,
    write: Annotated[
        bool, typer.Option("--write", help="Write a solution into the scenario file; its comments stay.")
    ] = False,
    pick: Annotated[int, typer.Option(min=1, help="Which solution --write takes.")] = 1,
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
    """Find the smallest changes of the scenario's `factors` that meet targets.

    A target is share(OUTCOME), or mean, median or p1 ... p99 of slack, contact or duration, then in [LOW, HIGH], >= LOW
    or <= HIGH. Exit code 1: nothing within the ranges meets them all.

    \b
    Examples
      rearguard tune alley --target 'share(robbed) in [0.45, 0.55]'
      rearguard tune my.yaml -t 'share(reached) >= 40 %' -t 'median slack in [5 s, 15 s]'
      rearguard tune my.yaml --expect --factor lead --write
    """
    from rearguard.scenario.load import load_scenario
    from rearguard.study.folder import RunError
    from rearguard.study.tune import check_writable
    from rearguard.study.tune import tune as search
    from rearguard.study.tune import write as write_solution
    from rearguard.tell.tune import print_tune, progress_line

    output = Output(json_, parquet, plot, report, force)
    if write:
        if pick > solutions:
            raise RunError(f"--pick {pick} takes one of at most {solutions} solutions; look for more with --solutions")
        check_writable(load_scenario(scenario, overrides=set_ or ()), set_ or ())
    with LiveLine(quiet, progress_line) as line:
        found = search(
            scenario,
            target or (),
            expect=expect,
            factors=factor or (),
            worlds=worlds,
            trials=trials,
            solutions=solutions,
            seed=seed,
            overrides=set_ or (),
            threads=threads,
            ray=ray,
            progress=line,
            say=None if quiet else say,
        )
    output.give(found, print_tune, scenario, seed=seed, overrides=set_)
    if not found.is_met_today and not found.solutions:
        raise typer.Exit(NOT_FOUND)
    if found.is_met_today:
        return
    if not write:
        if not quiet:
            sets = "".join(
                f" --set {shell(f'{path}={text}')}" for path, text in found.texts(found.solutions[0]).items()
            )
            say(f"\ntry the first: rearguard run {shell(scenario)}{sets}")
        return
    if pick > len(found.solutions):
        raise RunError(f"--pick {pick}: there are {len(found.solutions)} solutions")
    chosen = found.solutions[pick - 1]
    for change in write_solution(found, chosen):
        say(f"written: {change}")
    if not all(chosen.holds):
        say("warning: in fresh worlds this misses a target; more worlds in each trial (-n) would fit better")

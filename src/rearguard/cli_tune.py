"""The command that finds numbers: ``rearguard tune``."""

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
    shell,
    write_answer,
)

NOT_FOUND = 1


@app.command()
def tune(
    scenario: ScenarioArgument,
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

    check_plot(plot)
    if write:
        if pick > solutions:
            raise RunError(f"--pick {pick} takes one of at most {solutions} solutions; look for more with --solutions")
        check_writable(load_scenario(scenario, overrides=set_ or ()), set_ or ())
    check_report(report)
    line = Line(quiet)
    try:
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
            progress=lambda p: line.show(progress_line(p)),
            say=None if quiet else say,
        )
    finally:
        line.stop()
    with kept(found, parquet, plot):
        if json_:
            print(json.dumps(found.to_dict(), indent=2, ensure_ascii=False))
        else:
            print_tune(found, console())
    write_answer(report, found, scenario, seed=seed, overrides=set_)
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

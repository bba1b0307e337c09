"""The command that values acts: ``rearguard ledger``."""

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


@app.command()
def ledger(
    scenario: ScenarioArgument,
    by: Annotated[
        str, typer.Option(metavar="KINDS", help="technique, order, person, choice, ward, mark, shout …; with commas.")
    ] = "technique",
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="NAME", help="Only this act, such as anna.shove; may be repeated."),
    ] = None,
    worlds: Annotated[int, typer.Option("-n", "--worlds", min=2, help="Worlds that are played at most.")] = 1000,
    precision: Annotated[
        float, typer.Option(metavar="SECONDS", help="Half the width of an interval that is narrow enough.")
    ] = 1.0,
    horizon: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            help="A contact later than this after the deadline (the start, without one), or none, counts as one then.",
            show_default="as long as the first worlds were watched",
        ),
    ] = None,
    shapley: Annotated[
        int, typer.Option(metavar="N", min=0, help="Share out what the N acts that matter most were worth together.")
    ] = 0,
    event: Annotated[
        str | None,
        typer.Option(metavar="WORLD:TIME[:NAME]", help="Value one act of one world instead.", show_default=False),
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
    """Say what each act was worth, in seconds: the same worlds are played without it.

    \b
    Examples
      rearguard ledger alley
      rearguard ledger alley --report ledger.html
      rearguard ledger east-gate --by technique,order,person
      rearguard ledger east-gate --only temari.great_gust --precision 0.5 -n 20000
      rearguard ledger alley --by technique,order --shapley 5
      rearguard ledger east-gate --event 12:0:41:temari.great_gust
    """
    from rearguard.study.folder import RunError
    from rearguard.study.ledger import ledger as value
    from rearguard.tell.ledger import ledger_lines, print_ledger

    check_report(report)
    if event is not None:
        if parquet is not None or plot is not None:
            raise RunError("--parquet and --plot are of a whole ledger; leave them out with --event")
        _value_event(
            scenario,
            event,
            report,
            {
                "pairs": worlds,
                "precision": precision,
                "horizon": horizon,
                "seed": seed,
                "overrides": set_ or (),
                "threads": threads,
                "ray": ray,
                "say": None if quiet else say,
            },
            json_,
            quiet,
        )
        return
    check_plot(plot)
    line = LiveLine(quiet, ledger_lines)
    try:
        result = value(
            scenario,
            by=[kind.strip() for kind in by.split(",") if kind.strip()],
            only=only or (),
            worlds=worlds,
            precision=precision,
            horizon=horizon,
            shapley=shapley,
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
            print_ledger(result, console())
    write_answer(report, result, scenario, seed=seed, overrides=set_)
    if result.interrupted:
        say(f"interrupted after {result.worlds:,} worlds; this is what is known so far")
        raise typer.Exit(INTERRUPTED)


def _value_event(
    scenario: str, event: str, report: Path | None, options: dict[str, Any], json_: bool, quiet: bool
) -> None:
    """``ledger --event``: one act in one world."""
    from rearguard.study.ledger_event import parse_event, value_event
    from rearguard.tell.ledger import event_progress, print_event

    world, time, name = parse_event(event)
    line = LiveLine(quiet, event_progress)
    try:
        found = value_event(scenario, world=world, time=time, name=name, progress=line, **options)
    finally:
        line.stop()
    if json_:
        print(json.dumps(found.to_dict(), indent=2, ensure_ascii=False))
    else:
        print_event(found, console())
    write_answer(report, found, scenario, seed=found.seed, overrides=found.overrides, world=found.world)
    if found.interrupted:
        say(f"interrupted after {found.pairs:,} pairs; this is what is known so far")
        raise typer.Exit(INTERRUPTED)

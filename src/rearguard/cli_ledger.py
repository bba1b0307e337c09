"""The command that values acts: ``rearguard ledger``."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from rearguard import cli_options as option
from rearguard.cli import INTERRUPTED, app
from rearguard.cli_shared import LiveLine, Output, say


@app.command()
def ledger(
    scenario: option.Scenario,
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
    """Say what each act was worth, in seconds: the same worlds are played without it.

    \b
    Examples
      rearguard ledger alley
      rearguard ledger alley --report ledger.html
      rearguard ledger east-gate --by technique,order,person
      rearguard ledger east-gate --only temari.great_gust --precision 0.5 -n 20000
      rearguard ledger alley --by technique,order --shapley 5
      rearguard ledger east-gate --event 12:0:41:temari.great_gust --plot gust.svg
    """
    from rearguard.study.ledger import ledger as value
    from rearguard.tell.ledger import ledger_lines, print_ledger

    output = Output(json_, parquet, plot, report, force)
    if event is not None:
        _value_event(
            scenario,
            event,
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
            output,
            quiet,
        )
        return
    with LiveLine(quiet, ledger_lines) as line:
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
    output.give(result, print_ledger, scenario, seed=seed, overrides=set_)
    if result.interrupted:
        say(f"interrupted after {result.worlds:,} worlds; this is what is known so far")
        raise typer.Exit(INTERRUPTED)


def _value_event(scenario: str, event: str, options: dict[str, Any], output: Output, quiet: bool) -> None:
    """``ledger --event``: one act in one world."""
    from rearguard.study.ledger_event import parse_event, value_event
    from rearguard.tell.ledger import event_progress, print_event

    world, time, name = parse_event(event)
    with LiveLine(quiet, event_progress) as line:
        found = value_event(scenario, world=world, time=time, name=name, progress=line, **options)
    output.give(found, print_event, scenario, seed=found.seed, overrides=found.overrides, world=found.world)
    if found.interrupted:
        say(f"interrupted after {found.pairs:,} pairs; this is what is known so far")
        raise typer.Exit(INTERRUPTED)

"""The command that ranks what a side can decide: ``rearguard plan``."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from rearguard.cli import INTERRUPTED, app
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

NamesOption = Annotated[
    list[str] | None,
    typer.Option("--choice", metavar="NAME", help="Vary only this choice; may be repeated. Default: all."),
]


@app.command()
def plan(
    scenario: ScenarioArgument,
    side: Annotated[
        str | None, typer.Option(metavar="NAME", help="Whose plans; default the side that pursues.", show_default=False)
    ] = None,
    choice: NamesOption = None,
    generate: Annotated[
        str | None,
        typer.Option(metavar="WHAT", help="Also vary who may stay, mark or scout: a list such as stay,mark."),
    ] = None,
    goal: Annotated[
        str, typer.Option(metavar="GOAL", help="in_time, slack, share(OUTCOME) or out(WHO): what the side is after.")
    ] = "in_time",
    worlds: Annotated[
        int | None,
        typer.Option("-n", "--worlds", min=1, help="Worlds to play in all; default 400 for each plan."),
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
    """Say which plan of a side is best, and how sure that is.

    Plans are the combinations of the scenario's `choices`. Where other sides choose too, every pair of plans is played:
    the payoff matrix, the mix that cannot be exploited, and what each plan loses when it is known. With --parquet
    plans.parquet the payoffs of every pair go to plans-payoffs.parquet.

    \b
    Examples
      rearguard plan east-gate
      rearguard plan my.yaml --side thugs --goal slack
      rearguard plan alley --goal 'share(all_away)' -n 6000
      rearguard plan east-gate --generate mark,scout
    """
    from rearguard.study.plan import plan as search
    from rearguard.tell.plan import print_plan, progress_line

    check_plot(plot)
    check_report(report)
    line = Line(quiet)
    try:
        found = search(
            scenario,
            side=side,
            choices=choice or (),
            generate=[part.strip() for part in (generate or "").split(",") if part.strip()],
            goal=goal,
            worlds=worlds,
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
            print_plan(found, console())
    write_answer(report, found, scenario, seed=seed, overrides=set_)
    if found.interrupted:
        say(f"interrupted after {found.played:,} worlds; this is what is known so far")
        raise typer.Exit(INTERRUPTED)

"""The command that ranks what a side can decide: ``rearguard plan``."""

from __future__ import annotations

from typing import Annotated

import typer

from rearguard import cli_options as option
from rearguard.cli import INTERRUPTED, app
from rearguard.cli_shared import LiveLine, Output, say

NamesOption = Annotated[
    list[str] | None,
    typer.Option("--choice", metavar="NAME", help="Vary only this choice; may be repeated. Default: all."),
]


@app.command()
def plan(
    scenario: option.Scenario,
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

    output = Output(json_, parquet, plot, report, force)
    with LiveLine(quiet, progress_line) as line:
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
            progress=line,
            say=None if quiet else say,
        )
    output.give(found, print_plan, scenario, seed=seed, overrides=set_)
    if found.interrupted:
        say(f"interrupted after {found.played:,} worlds; this is what is known so far")
        raise typer.Exit(INTERRUPTED)

"""The command ``rearguard diff``."""

from __future__ import annotations

import json
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
    ScenarioArgument,
    SeedOption,
    ThreadsOption,
    check_plot,
    check_report,
    console,
    kept,
    say,
    write_answer,
)

if TYPE_CHECKING:
    from rearguard.study.diff import Progress


@app.command()
def diff(
    a: ScenarioArgument,
    b: Annotated[str | None, typer.Argument(help="Another scenario, or another version of it; default A.")] = None,
    worlds: Annotated[int, typer.Option("-n", "--worlds", min=1, help="Worlds that are played on both sides.")] = 300,
    seed: SeedOption = 0,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Change a value of B; may be repeated.")
    ] = None,
    set_a: Annotated[
        list[str] | None, typer.Option("--set-a", metavar="PATH=VALUE", help="Change a value of A; may be repeated.")
    ] = None,
    horizon: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", help="When those who never come count as come; default the time limit."),
    ] = None,
    parquet: ParquetOption = None,
    plot: PlotOption = None,
    threads: ThreadsOption = None,
    ray: RayOption = None,
    report: ReportOption = None,
    json_: JsonOption = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")] = False,
) -> None:
    """Play the same worlds of two scenarios and say what differs.

    \b
    Examples
      rearguard diff old.yaml new.yaml -n 1000
      rearguard diff alley --set choices.who_stays.default=nobody
      rearguard diff east-gate --set techniques.great_gust.impulse='400 N s'
    """
    from rearguard.study.diff import diff as compare

    def show(p: Progress, height: int) -> object:
        from rearguard.tell.diff import progress_line

        return progress_line(p)

    check_plot(plot)
    check_report(report)
    view = LiveView(show, quiet or json_)
    try:
        result = compare(
            a,
            b,
            worlds=worlds,
            seed=seed,
            overrides=set_ or (),
            overrides_a=set_a or (),
            horizon=horizon,
            threads=threads,
            ray=ray,
            progress=view,
            say=None if quiet else say,
        )
    finally:
        view.stop()
    with kept(result, parquet, plot):
        if json_:
            print(json.dumps(result.to_dict(), indent=2, ensure_ascii=False))
        else:
            from rearguard.tell.diff import print_diff

            print_diff(result, console())
    first = result.examples[0].world if result.examples else 0
    write_answer(report, result, b or a, seed=seed, overrides=set_, world=first)
    if result.interrupted:
        say(f"interrupted after {result.worlds:,} worlds; this is what is known so far")
        raise typer.Exit(INTERRUPTED)

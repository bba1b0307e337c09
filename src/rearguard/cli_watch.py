"""The commands for watching: ``rearguard watch`` and ``rearguard rerun``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from rearguard import cli_options as option
from rearguard.cli import app, write_report
from rearguard.cli_shared import console, say

OpenOption = Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")]


@app.command()
def watch(
    target: Annotated[
        str, typer.Argument(metavar="SCENARIO|RUN", help="A scenario, or the folder of a run.", show_default=False)
    ],
    world: Annotated[list[int] | None, typer.Option(min=0, help="Which world; may be given several times.")] = None,
    against: Annotated[
        list[str] | None,
        typer.Option(metavar="CHOICE=VALUE", help="Beside the first world, the same one with another decision."),
    ] = None,
    swing: Annotated[
        bool, typer.Option("--swing", help="Ask for the chance to be in time at every moment of the first world.")
    ] = False,
    ledger: Annotated[
        bool, typer.Option("--ledger", help="Ask what each act was worth, for the report of a run.")
    ] = False,
    seed: option.Seed = 0,
    out: Annotated[Path | None, typer.Option(help="The page; default replays/NAME-sSEED-wWORLD.html.")] = None,
    set_: option.Set = None,
    open_: OpenOption = True,
    force: option.Force = False,
    json_: option.Json = False,
) -> None:
    """Write the page of a world, or of a run, and open it.

    \b
    Examples
      rearguard watch east-gate --world 12
      rearguard watch east-gate --world 12 --against who_stays=nobody
      rearguard watch runs/latest --world 3 --no-open
      rearguard watch runs/latest --swing --ledger
    """
    from rearguard.study.folder import RunError
    from rearguard.tell.watch import run_folder
    from rearguard.tell.watch import watch as write

    if run_folder(target) is not None:
        given = [name for name, value in (("--set", set_), ("--against", against), ("--seed", seed)) if value]
        if given:
            raise RunError(f"{target} is a run, and what it played is fixed; leave {', '.join(given)} out")
    done = write(
        target,
        worlds=world or (),
        seed=seed,
        overrides=set_ or (),
        against=against or (),
        swing=swing,
        ledger=ledger,
        out=out,
        force=force,
        say=say,
    )
    for warning in done.warnings:
        say(f"warning: {warning}")
    if json_:
        print(json.dumps(done.to_dict(), indent=2, ensure_ascii=False))
    else:
        print(done.path)
    if open_:
        _open(done.path)


@app.command()
def rerun(
    page: Annotated[
        Path, typer.Argument(metavar="PAGE", help="A report.html, or a page of `watch`.", show_default=False)
    ],
    out: Annotated[Path | None, typer.Option(help="Folder of the run, or the new page.")] = None,
    threads: option.Threads = None,
    force: option.Force = False,
    json_: option.Json = False,
) -> None:
    """Play again what a page came from: same scenario, same seed, same worlds.

    \b
    Example
      rearguard rerun report.html
    """
    from rearguard.study.run import run
    from rearguard.tell.watch import scenario_of
    from rearguard.tell.watch import watch as write

    loaded, manifest = scenario_of(page)
    if manifest["worlds"] is None:
        done = write(loaded, worlds=manifest["shown"], seed=manifest["seed"], out=out, force=force, say=say)
        print(json.dumps(done.to_dict(), indent=2, ensure_ascii=False) if json_ else done.path)
        return
    result = run(
        loaded,
        worlds=manifest["worlds"],
        seed=manifest["seed"],
        event_worlds=manifest["event_worlds"],
        out=out,
        threads=threads,
        say=say,
    )
    report = write_report(result, quiet=False, force=force) if result.status == "complete" else None
    if json_:
        print(json.dumps({**result.to_dict(), "report": report and str(report)}, indent=2, ensure_ascii=False))
        return
    from rearguard.tell.table import print_run

    print_run(result, console())
    if report is not None:
        say(f"open in a browser: {report}")


def _open(page: Path) -> None:
    """Show a page in the browser; says so where there is none."""
    import webbrowser

    if not webbrowser.open(page.resolve().as_uri()):
        say("no browser was found; open the page by hand")

"""The command line: ``rearguard run``, ``replay``, ``validate``, ``schema``, ``doctor``; more in ``cli_check.py``
and ``cli_new.py``.

Data go to stdout, progress and messages to stderr. Nothing heavy is imported until a command needs it, so that ``--help``
answers at once. Exit codes: 0 done, 1 a check failed, 2 usage or invalid scenario, 3 internal error, 4 inconclusive,
5 nothing to check, 130 interrupted, 141 nobody reads what is written (as with any Unix tool).
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from rearguard import cli_options as option
from rearguard.cli_shared import LiveLine
from rearguard.cli_shared import console as _console
from rearguard.cli_shared import say as _say
from rearguard.cli_shared import shell as _shell

if TYPE_CHECKING:
    from rearguard.study.run import Run

USAGE, INTERNAL, INTERRUPTED, UNREAD = 2, 3, 130, 141


class _Unread(Exception):  # noqa: N818 - it is no error
    """Nobody reads standard output any more."""


class _Stopped(Exception):  # noqa: N818 - as KeyboardInterrupt, it is no error
    """Ctrl-C, where there is nothing to keep."""


@contextlib.contextmanager
def _told_apart() -> Iterator[None]:
    """Ends that Typer would turn into an exit code of its own, without a word, told apart for ``main``."""
    try:
        yield
    except BrokenPipeError:
        raise _Unread from None
    except KeyboardInterrupt:
        raise _Stopped from None


class _Commands(TyperGroup):
    """The commands; what ends one early reaches ``main``."""

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """Read the command line; ``--help`` is answered here."""
        with _told_apart():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        with _told_apart():
            return super().invoke(ctx)


app = typer.Typer(
    name="rearguard",
    cls=_Commands,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="""Simulate running pursuits in which time is the stake.

\b
Examples
  rearguard run east-gate                    play 1,000 worlds, print who gets there in time
  rearguard run my.yaml -n 5000 --seed 2     a scenario of your own
  rearguard run east-gate --set choices.who_stays.default=nobody
  rearguard watch east-gate --world 12       watch one world in the browser
  rearguard replay east-gate --world 12      play one world again, with its full track
  rearguard validate my.yaml                 all that is wrong with it, at once
  rearguard check my.yaml                    whether its worlds show what it expects
  rearguard plan alley                       which plan is best, and how sure that is
  rearguard tune alley -t 'share(robbed) in [0.45, 0.55]'
  rearguard sweep alley --vary lead          what becomes of it as one value changes
  rearguard diff old.yaml new.yaml           what a change changed, in the same worlds
  rearguard new my-chase                     a scenario of your own, begun from the alley
""",
)


@app.command()
def run(
    context: typer.Context,
    scenario: Annotated[str | None, typer.Argument(help="A scenario file, or the name of a shipped scenario.")] = None,
    worlds: Annotated[int, typer.Option("-n", "--worlds", min=1, help="How many worlds to play.")] = 1000,
    seed: option.Seed = 0,
    out: Annotated[Path | None, typer.Option(help="Folder of the run; default runs/TIME-NAME-HASH.")] = None,
    device: Annotated[str | None, typer.Option(help="cpu or cuda.", show_default="cpu")] = None,
    threads: option.Threads = None,
    ray: option.Ray = None,
    events: Annotated[str, typer.Option(help="Worlds that keep their events: all, none, or how many.")] = "2000",
    set_: option.Set = None,
    resume: Annotated[Path | None, typer.Option(metavar="DIR", help="Go on with an interrupted run.")] = None,
    report: Annotated[bool, typer.Option(help="Write report.html into the folder of the run.")] = True,
    force: option.Force = False,
    json_: option.Json = False,
    quiet: option.Quiet = False,
) -> None:
    """Play many worlds of a scenario and say who gets there in time.

    \b
    Examples
      rearguard run east-gate
      rearguard run my.yaml -n 10000 --seed 3 --out results
      rearguard run --resume results
      rearguard run east-gate -n 100000 --ray auto
    """
    from rearguard.study import run as study
    from rearguard.study.folder import RunError
    from rearguard.tell.progress import progress_lines

    if force and not report:
        raise RunError("--force is for the page, and --no-report writes none; leave one of them out")
    kept = {"all": 2**32, "none": 0}.get(events)
    if kept is None:
        if not events.isdigit():
            raise RunError(f"--events takes all, none or a number of worlds, found '{events}'")
        kept = int(events)
    say = None if quiet else _say
    with LiveLine(quiet or json_, progress_lines) as line:
        if resume is not None:
            if scenario is not None:
                raise RunError("--resume goes on with the run of that folder; leave the scenario out")
            fixed = {"--worlds": "worlds", "--seed": "seed", "--out": "out", "--events": "events", "--set": "set_"}
            given = [flag for flag, name in fixed.items() if _was_given(context, name)]
            if given:
                raise RunError(f"--resume goes on with what was begun; leave {', '.join(given)} out")
            chosen = None if device is None else _device(device)
            result = study.resume(resume, device=chosen, threads=threads, ray=ray, progress=line, say=say)
        else:
            if scenario is None:
                raise RunError("which scenario? Try: rearguard run east-gate")
            result = study.run(
                scenario,
                worlds=worlds,
                seed=seed,
                out=out,
                device=_device(device or "cpu"),
                overrides=set_ or (),
                threads=threads,
                ray=ray,
                event_worlds=kept,
                progress=line,
                say=say,
            )
    if not json_:
        from rearguard.tell.table import print_run

        print_run(result, _console())
    page = write_report(result, quiet=quiet, force=force) if report and result.status == "complete" else None
    if json_:
        print(json.dumps({**result.to_dict(), "report": page and str(page)}, indent=2, ensure_ascii=False))
    for advice in result.summary.overflow:
        _say(f"warning: {advice}")
    if result.status != "complete":
        go_on = f"rearguard run --resume {_shell(str(result.folder))}"
        _say(f"interrupted after {result.summary.worlds:,} worlds, which are kept; go on with: {go_on}")
        raise typer.Exit(INTERRUPTED)
    if not json_ and not quiet:
        plan = result.manifest["plan"]
        again = "".join(f" --set {_shell(o)}" for o in plan["overrides"])
        name = scenario or plan["path"]
        if page is not None:
            _say(f"open in a browser: {page}")
        _say(f"see one: rearguard replay {_shell(name)} --world {result.typical_world} --seed {plan['seed']}{again}")


def write_report(result: Run, *, quiet: bool, force: bool = False) -> Path | None:
    """The page of a run; None, and a line that says why, where there can be none. The run itself is safe by then."""
    from rearguard.study.folder import RunError
    from rearguard.tell.page import report

    try:
        page, warnings = report(result, force=force)
    except RunError as error:
        if not quiet:
            _say(f"no report.html: {error}")
        return None
    for warning in warnings:
        _say(f"warning: {warning}")
    return page


def _was_given(context: typer.Context, name: str) -> bool:
    """True for an option that stands on the command line."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _device(name: str) -> str:
    """A device that this machine has."""
    from rearguard.study.folder import RunError

    if name == "cpu":
        return name
    import warp as wp

    import rearguard.engine  # noqa: F401 - sets Warp up quietly

    if name.startswith("cuda") and not wp.is_cuda_available():
        raise RunError(
            "--device cuda: this machine has no CUDA device that Warp can use; leave the option out to play on the CPU"
        )
    if name not in ("cuda", *(str(d) for d in wp.get_devices())):
        raise RunError(f"--device takes cpu or cuda, found '{name}'")
    return str(wp.get_device(name))


@app.command()
def replay(
    scenario: option.Scenario,
    world: Annotated[int, typer.Option(min=0, help="Which world.")] = 0,
    seed: option.Seed = 0,
    out: Annotated[Path | None, typer.Option(help="Folder; default replays/NAME-sSEED-wWORLD.")] = None,
    set_: option.Set = None,
    json_: option.Json = False,
) -> None:
    """Play one world again, exactly, and write its full track.

    \b
    Example
      rearguard replay east-gate --world 12 --seed 1
    """
    from rearguard.scenario.load import load_scenario
    from rearguard.study.replay import replay as play

    loaded = load_scenario(scenario, overrides=set_ or ())
    folder = out or Path("replays") / f"{loaded.scenario.name}-s{seed}-w{world}"
    result = play(loaded, world=world, seed=seed, out=folder, say=_say)
    if json_:
        events = result.events.drop_columns(["world"]).to_pylist()
        print(
            json.dumps(
                {"schema_version": 1, "outcome": result.outcome, "events": events, "folder": str(folder)}, indent=2
            )
        )
        return
    console = _console()
    for row in result.events.to_pylist():
        if row["kind"] in ("sight", "lose_sight", "enter"):
            continue
        parts = [row["actor"] or "", row["kind"].replace("_", " "), row["target"] or "", row["item"] or ""]
        console.print(
            f"{row['time']:7.1f} s  {parts[0]:<12} {parts[1]:<12} {parts[2]:<12} {parts[3]:<16} {row['value']:8.2f}"
        )
    slack = result.outcome["slack"]
    tail = "" if slack is None else f", slack {slack:.1f} s"
    console.print(
        f"\nworld {world}: {result.outcome['outcome'] or 'unresolved'} after {result.outcome['end_time']:.1f} s{tail}"
    )
    console.print(f"written to {folder}/: track.parquet ({result.track.num_rows:,} rows), events.parquet")


@app.command()
def validate(scenario: option.Scenario, set_: option.Set = None, json_: option.Json = False) -> None:
    """Say all that is wrong with a scenario, and where.

    \b
    Example
      rearguard validate my.yaml
    """
    from rearguard.scenario.errors import ScenarioError
    from rearguard.scenario.load import load_scenario

    try:
        loaded = load_scenario(scenario, overrides=set_ or ())
    except ScenarioError as error:
        if not json_:
            raise
        print(
            json.dumps(
                {"schema_version": 1, "valid": False, "problems": [p.as_dict() for p in error.problems]}, indent=2
            )
        )
        raise typer.Exit(USAGE) from None
    from rearguard.scenario.check import expand_people

    people = expand_people(loaded.scenario)
    sides = list(dict.fromkeys(person.side for _, person, *_ in people))
    facts = {
        "name": loaded.scenario.name,
        "people": len(people),
        "sides": sides,
        "payloads": len(loaded.scenario.payloads),
        "techniques": len(loaded.scenario.techniques),
        "map": f"{loaded.map.width:.0f} x {loaded.map.height:.0f} m",
        "outcomes": list(loaded.scenario.ends),
    }
    for warning in loaded.warnings:
        _say(str(warning))
    if json_:
        warnings = [w.as_dict() for w in loaded.warnings]
        print(json.dumps({"schema_version": 1, "valid": True, **facts, "problems": warnings}, indent=2))
    else:
        print(
            f"{facts['name']} is valid: {facts['people']} people on {len(sides)} sides ({', '.join(sides)}), "
            f"{_count(len(loaded.scenario.payloads), 'payload')}, "
            f"{_count(len(loaded.scenario.techniques), 'technique')}, map {facts['map']}"
        )


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenario files.

    It gives editors completion and hover.

    \b
    Example
      rearguard schema > scenario.schema.json
      and on the first line of a scenario: # yaml-language-server: $schema=scenario.schema.json
    """
    from rearguard.scenario.schema_json import json_schema

    print(json.dumps(json_schema(), indent=2, ensure_ascii=False))


@app.command()
def doctor(json_: option.Json = False) -> None:
    """Say what this installation has, and whether it works."""
    import platformdirs
    import warp as wp

    import rearguard.engine  # noqa: F401 - sets Warp up quietly
    from rearguard.engine.selftest import self_test
    from rearguard.study.folder import tool_versions
    from rearguard.study.run import core_count

    facts = {
        **tool_versions(),
        "cores": core_count(),
        "devices": [f"{d} ({d.name})" for d in wp.get_devices()],
        "kernel_cache": str(wp.config.kernel_cache_dir),
        "field_cache": str(platformdirs.user_cache_path("rearguard")),
        "random_numbers": "as published" if self_test() else "WRONG",
    }
    if json_:
        print(json.dumps({"schema_version": 1, **facts}, indent=2))
    else:
        for name, value in facts.items():
            print(f"{name:<15} {', '.join(value) if isinstance(value, list) else value}")
    if facts["random_numbers"] != "as published":
        raise typer.Exit(INTERNAL)


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _version(value: bool) -> None:
    if value:
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(f"rearguard {version('rearguard')}")
        except PackageNotFoundError:
            print("rearguard, of unknown version: it runs from its source without being installed")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks of internal errors.")] = False,
) -> None:
    pass


# commands of their own files stand behind those of this one
import rearguard.cli_check  # noqa: E402
import rearguard.cli_diff  # noqa: E402
import rearguard.cli_ledger  # noqa: E402
import rearguard.cli_new  # noqa: E402
import rearguard.cli_plan  # noqa: E402
import rearguard.cli_sense  # noqa: E402
import rearguard.cli_sweep  # noqa: E402
import rearguard.cli_swing  # noqa: E402
import rearguard.cli_tell  # noqa: E402
import rearguard.cli_tune  # noqa: E402
import rearguard.cli_watch  # noqa: E402
import rearguard.cli_why  # noqa: E402, F401


def main() -> None:
    """Run the command line; no scenario and no interruption ends in a traceback."""
    debug = "--debug" in sys.argv or bool(os.environ.get("REARGUARD_DEBUG"))
    try:
        try:
            app(prog_name="rearguard")
        finally:
            sys.stdout.flush()
    except (KeyboardInterrupt, _Stopped):
        _say("interrupted before anything was finished")
        sys.exit(INTERRUPTED)
    except (BrokenPipeError, _Unread):
        # what is still to be flushed at the end goes nowhere either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(UNREAD)
    except Exception as error:
        kinds = {kind.__name__ for kind in type(error).__mro__}  # by name: nothing heavy is imported for it
        if kinds & {"ScenarioError", "RunError"}:
            _say(str(error))
            sys.exit(USAGE)
        if type(error).__name__ == "Interrupted":
            _say(str(error))
            sys.exit(INTERRUPTED)
        if debug:
            raise
        _say(f"internal error: {type(error).__name__}: {error}")
        _say("this is a fault of rearguard, not of your scenario; rearguard --debug … shows where it happened")
        sys.exit(INTERNAL)

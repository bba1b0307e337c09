"""The commands about expectations: ``rearguard check`` and ``rearguard beats``."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from rearguard import cli_options as option
from rearguard.cli import INTERRUPTED, app
from rearguard.cli_shared import LiveLine, console, say

if TYPE_CHECKING:
    from rich.console import Console

    from rearguard.study.check import CheckResult

FAILED, INCONCLUSIVE, NOTHING_TO_CHECK = 1, 4, 5
EXIT_CODES = {
    "pass": 0,
    "fail": FAILED,
    "inconclusive": INCONCLUSIVE,
    "nothing": NOTHING_TO_CHECK,
    "interrupted": INTERRUPTED,
}

OnlyOption = Annotated[
    list[str] | None, typer.Option("--only", metavar="NAME", help="Only this one, by name or number; may be repeated.")
]


class Format(StrEnum):
    """How verdicts are written."""

    text = "text"
    json = "json"
    junit = "junit"
    github = "github"


Forms = tuple["Callable[[Console], None]", dict[Format, Callable[[], str]]]
"""How something is shown on a console, and written in the other forms that it has."""


def _nothing(scenario: str) -> None:
    say(f"{scenario} expects nothing: it has no `expect:`; see docs/expectations.md")
    raise typer.Exit(NOTHING_TO_CHECK)


def _printed(show: Callable[[Console], None]) -> str:
    """What is printed on a console, as plain text."""
    file = io.StringIO()
    show(console(file=file))
    return file.getvalue()


def _dumped(data: Any) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _write(forms: Forms, form: Format, output: Path | None) -> None:
    """Write to stdout in a form; with a file, the form goes there and stdout gets the text."""
    from rearguard.study.folder import RunError, write_atomically

    show, texts = forms
    if form is not Format.text and form not in texts:
        raise RunError(f"--format {form} is not written here; text and json are")
    write = texts.get(form, lambda: _printed(show))
    if output is not None:
        write_atomically(output, lambda path: path.write_text(write(), encoding="utf-8"))
    if output is not None or form is Format.text:
        show(console())
    else:
        sys.stdout.write(write())


def _verdict_texts(result: CheckResult) -> Forms:
    from rearguard.tell.verdicts import github, junit, print_check

    texts: dict[Format, Callable[[], str]] = {
        Format.json: lambda: _dumped(result.to_dict()),
        Format.junit: lambda: junit(result),
        Format.github: lambda: github(result),
    }
    return lambda screen: print_check(result, screen), texts


def _prove(scenario: str, form: Format, output: Path | None, options: dict[str, Any]) -> None:
    """``check --prove``: exit code 1 when an expectation cannot fail."""
    from rearguard.study.prove import prove
    from rearguard.tell.verdicts import print_proofs

    found = prove(scenario, **options)
    if found.status == "nothing":
        _nothing(found.scenario)
    _write((lambda screen: print_proofs(found, screen), {Format.json: lambda: _dumped(found.to_dict())}), form, output)
    raise typer.Exit(EXIT_CODES[found.status])


@app.command()
def check(
    scenario: option.Scenario,
    only: OnlyOption = None,
    max_worlds: Annotated[int, typer.Option(min=1, help="Worlds that are played at most.")] = 10_000,
    error: Annotated[float, typer.Option(help="Chance that any verdict is wrong.")] = 0.01,
    indifference: Annotated[
        float, typer.Option(help="How far outside its band a share may lie without it mattering.")
    ] = 0.0,
    seed: option.Seed = 0,
    set_: option.Set = None,
    threads: option.Threads = None,
    ray: option.Ray = None,
    form: Annotated[Format, typer.Option("--format", help="How verdicts are written.")] = Format.text,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write that to a file; stdout gets the text.")
    ] = None,
    prove: Annotated[
        bool, typer.Option("--prove", help="Show that each expectation could fail, on worlds that are tampered with.")
    ] = False,
    json_: option.Json = False,
    quiet: option.Quiet = False,
) -> None:
    """Decide the expectations of a scenario: pass, fail or inconclusive.

    Worlds are played until each is decided, or the budget is spent. Exit codes: 0 all pass, 1 one fails, 2 something is
    wrong with the scenario, 4 one is inconclusive, 5 there is nothing to check, 130 interrupted.

    \b
    Examples
      rearguard check east-gate
      rearguard check my.yaml --only fair --max-worlds 50000 --error 0.001
      rearguard check my.yaml --format junit --output check.xml
      rearguard check my.yaml --prove
    """
    from rearguard.study.check import check as decide

    form = Format.json if json_ else form
    options: dict[str, Any] = {
        "seed": seed,
        "only": only or (),
        "max_worlds": max_worlds,
        "error": error,
        "indifference": indifference,
        "overrides": set_ or (),
        "threads": threads,
        "ray": ray,
        "say": None if quiet else say,
    }
    if prove:
        _prove(scenario, form, output, options)
        return
    from rearguard.tell.verdicts import check_lines

    with LiveLine(quiet, check_lines) as line:
        result = decide(scenario, progress=line, **options)
    if result.status == "nothing":
        _nothing(result.scenario)
    _write(_verdict_texts(result), form, output)
    if result.interrupted:
        say(f"interrupted after {result.worlds:,} worlds; this is what is known so far")
    raise typer.Exit(EXIT_CODES[result.status])


class _SharesByDefault(TyperGroup):
    """``beats SCENARIO`` is ``beats shares SCENARIO``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, "--help", "-h"):
            args = ["shares", *args]
        return super().parse_args(ctx, args)


beats_app = typer.Typer(
    cls=_SharesByDefault,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="""Say how often each expectation comes true, and why one does not.

\b
Examples
  rearguard beats east-gate                     every expectation with its share, over 200 worlds
  rearguard beats why-not east-gate NAME        which part of a pattern broke, and where to see it
""",
)
app.add_typer(beats_app, name="beats")


@beats_app.command()
def shares(
    scenario: option.Scenario,
    worlds: Annotated[int, typer.Option("-n", "--worlds", min=1, help="How many worlds to play.")] = 200,
    only: OnlyOption = None,
    seed: option.Seed = 0,
    set_: option.Set = None,
    threads: option.Threads = None,
    ray: option.Ray = None,
    json_: option.Json = False,
) -> None:
    """List every expectation with its share of worlds (the same as ``beats SCENARIO``)."""
    from rearguard.study.beats import beats
    from rearguard.tell.verdicts import print_beats

    found = beats(
        scenario, worlds=worlds, seed=seed, only=only or (), overrides=set_ or (), threads=threads, ray=ray, say=say
    )
    if json_:
        print(json.dumps(found.to_dict(), indent=2, ensure_ascii=False))
    elif found.beats:
        print_beats(found, console())
    if not found.beats:
        _nothing(found.scenario)


@beats_app.command(name="why-not")
def why_not(
    scenario: option.Scenario,
    name: Annotated[str, typer.Argument(help="Name or number of an expectation.", show_default=False)],
    worlds: Annotated[int, typer.Option("-n", "--worlds", min=1, help="How many worlds to play.")] = 200,
    seed: option.Seed = 0,
    set_: option.Set = None,
    threads: option.Threads = None,
    ray: option.Ray = None,
    json_: option.Json = False,
) -> None:
    """Say which clause of an expectation broke, in how many worlds, and how to see one.

    \b
    Example
      rearguard beats why-not east-gate fair
    """
    from rearguard.study.why_not import why_not as ask
    from rearguard.tell.verdicts import print_why_not

    found = ask(scenario, name, worlds=worlds, seed=seed, overrides=set_ or (), threads=threads, ray=ray, say=say)
    if json_:
        print(json.dumps(found.to_dict(), indent=2, ensure_ascii=False))
    else:
        print_why_not(found, console())

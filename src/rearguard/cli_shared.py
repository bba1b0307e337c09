"""What the commands share: options, the console, and where messages go."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live

    from rearguard.study.result import StudyResult

ScenarioArgument = Annotated[
    str, typer.Argument(help="A scenario file, or the name of a shipped scenario.", show_default=False)
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change a value of the scenario; may be repeated."),
]
SeedOption = Annotated[int, typer.Option("--seed", help="Seed of all draws.")]
ThreadsOption = Annotated[int | None, typer.Option(min=1, help="Threads; default one per core.")]
RayOption = Annotated[
    str | None,
    typer.Option(
        "--ray", metavar="ADDRESS", help="Play on a Ray cluster: auto, HOST:PORT, or local to start one here."
    ),
]
ParquetOption = Annotated[
    Path | None, typer.Option("--parquet", metavar="FILE", help="Write the table to a Parquet file too.")
]
PlotOption = Annotated[
    Path | None,
    typer.Option("--plot", metavar="FILE", help="Draw the answer to a file, such as .png or .svg (needs Matplotlib)."),
]
ReportOption = Annotated[
    Path | None,
    typer.Option("--report", metavar="FILE", help="Write the answer and a replay as one page.", show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON to stdout.")]


def console(stderr: bool = False, file: TextIO | None = None) -> Console:
    """A console for stdout, stderr or a file, that never reads names as markup."""
    from rich.console import Console

    stream = file or (sys.stderr if stderr else sys.stdout)
    width = None if stream.isatty() else 140
    return Console(file=file, stderr=stderr, highlight=False, markup=False, emoji=False, width=width)


def say(text: str) -> None:
    """A message to a person: stderr."""
    print(text, file=sys.stderr, flush=True)


def check_plot(plot: Path | None) -> None:
    """Refuse a plot that could not be drawn, before anything is played for it."""
    if plot is not None:
        from rearguard.study.figures import check_file

        check_file(plot)


@contextmanager
def kept(found: StudyResult, parquet: Path | None, plot: Path | None) -> Iterator[None]:
    """Write what ``--parquet`` and ``--plot`` ask for, and then let the answer be printed.

    Files come first: who stops reading what is printed has them. What cannot be written is said last: the answer is not lost.
    """
    from rearguard.study.folder import RunError

    problem: RunError | None = None
    try:
        if parquet is not None:
            found.to_parquet(parquet)
        if plot is not None:
            found.plot(plot)
    except RunError as error:
        problem = error
    yield
    if problem is not None:
        raise problem


def check_report(report: Path | None) -> None:
    """Before a study is asked: PageError where its page could not be written, because the script has not been built."""
    if report is not None:
        from rearguard.tell.page import assets

        assets()


def write_answer(
    report: Path | None,
    result: object,
    scenario: str,
    *,
    seed: int,
    overrides: Sequence[str] | None,
    world: int = 0,
) -> None:
    """The page of a study's result, with the replay of a world under it; nothing without ``report``."""
    if report is None:
        return
    from rearguard.tell.watch import watch

    done = watch(scenario, worlds=(world,), seed=seed, overrides=overrides or (), extra=(result,), out=report)
    for warning in done.warnings:
        say(f"warning: {warning}")
    say(f"open in a browser: {done.path}")


def shell(text: str) -> str:
    """Text as one word of a shell command."""
    import shlex

    return shlex.quote(text)


class Line:
    """A line (or more) on a terminal that says how far something is; silent elsewhere."""

    def __init__(self, quiet: bool, per_second: int = 8) -> None:
        self.live: Live | None = None
        if quiet or not sys.stderr.isatty():
            return
        screen = console(stderr=True)
        if not screen.is_dumb_terminal:
            from rich.live import Live

            self.live = Live(console=screen, refresh_per_second=per_second, transient=True)

    def show(self, what: RenderableType) -> None:
        """Show how far it is."""
        if self.live is not None:
            self.live.update(what)
            self.live.start()

    def stop(self) -> None:
        """Take it away again."""
        if self.live is not None:
            self.live.stop()


class LiveLine(Line):
    """Called with a progress, it shows what ``draw`` makes of it."""

    def __init__(self, quiet: bool, draw: Callable[[Any], RenderableType]) -> None:
        super().__init__(quiet)
        self.draw = draw

    def __call__(self, progress: Any) -> None:
        """Show where it stands."""
        if self.live is not None:
            self.show(self.draw(progress))


class LiveView(Line):
    """Called with a progress, it shows what ``draw`` makes of it and of the height of the screen."""

    def __init__(self, draw: Callable[[Any, int], Any], quiet: bool, per_second: int = 8) -> None:
        super().__init__(quiet, per_second)
        self.draw = draw

    def __call__(self, progress: Any) -> None:
        """Show where it stands."""
        if self.live is not None:
            self.show(self.draw(progress, self.live.console.height - 1))


def given_options(context: typer.Context, except_: tuple[str, ...]) -> list[str]:
    """What stands on the command line, as it is called there, but for the parameters ``except_``."""
    out = []
    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name) if parameter.name else None
        if source is not None and source.name == "COMMANDLINE" and parameter.name not in except_:
            out.append(max(parameter.opts, key=len) if parameter.opts[0].startswith("-") else "the scenario")
    return out

"""What the commands share: the console, where messages go, what is shown while they work, and where an answer goes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TextIO

import typer

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live

    from rearguard.study.result import StudyResult


def console(stderr: bool = False, file: TextIO | None = None) -> Console:
    """A console for stdout, stderr or a file, that never reads names as markup."""
    from rich.console import Console

    stream = file or (sys.stderr if stderr else sys.stdout)
    width = None if stream.isatty() else 140
    return Console(file=file, stderr=stderr, highlight=False, markup=False, emoji=False, width=width)


def say(text: str) -> None:
    """A message to a person: stderr."""
    print(text, file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Output:
    """Where the answer of a study goes: ``--json``, ``--parquet``, ``--plot``, ``--report`` and ``--force``.

    Made before a study is asked: RunError for what could not be written.
    """

    json: bool = False
    parquet: Path | None = None
    plot: Path | None = None
    report: Path | None = None
    force: bool = False

    def __post_init__(self) -> None:
        from rearguard.study.folder import RunError

        if self.force and self.report is None:
            raise RunError("--force is for the page that --report FILE writes; give that too, or leave it out")
        if self.plot is not None:
            from rearguard.study.figures import check_file

            check_file(self.plot)
        if self.report is not None:
            from rearguard.tell.page import assets

            assets()

    def give(
        self,
        found: StudyResult,
        show: Callable[[Any, Console], None],
        scenario: str,
        *,
        seed: int,
        overrides: Sequence[str] | None,
        world: int = 0,
    ) -> None:
        """Write the files, print the answer (``show``: as text), and write the page with the replay of a world.

        Files come first: who stops reading what is printed has them. What cannot be written is said last: the answer is
        not lost.
        """
        from rearguard.study.folder import RunError

        problem: RunError | None = None
        try:
            if self.parquet is not None:
                found.to_parquet(self.parquet)
            if self.plot is not None:
                found.plot(self.plot)
        except RunError as error:
            problem = error
        if self.json:
            print(json.dumps(found.to_dict(), indent=2, ensure_ascii=False))
        else:
            show(found, console())
        if problem is not None:
            raise problem
        if self.report is not None:
            self._page(self.report, found, scenario, seed, overrides or (), world)

    def _page(
        self, path: Path, found: StudyResult, scenario: str, seed: int, overrides: Sequence[str], world: int
    ) -> None:
        from rearguard.tell.watch import watch

        done = watch(
            scenario, worlds=(world,), seed=seed, overrides=overrides, extra=(found,), out=path, force=self.force
        )
        for warning in done.warnings:
            say(f"warning: {warning}")
        say(f"open in a browser: {done.path}")


def shell(text: str) -> str:
    """Text as one word of a shell command."""
    import shlex

    return shlex.quote(text)


class LiveLine:
    """A line (or more) on a terminal that says how far something is, gone when it ends; silent elsewhere.

    Called with a progress, it shows what ``draw`` makes of it.
    """

    def __init__(self, quiet: bool, draw: Callable[[Any], RenderableType], per_second: int = 8) -> None:
        self.live: Live | None = None
        self.draw = draw
        if quiet or not sys.stderr.isatty():
            return
        screen = console(stderr=True)
        if not screen.is_dumb_terminal:
            from rich.live import Live

            self.live = Live(console=screen, refresh_per_second=per_second, transient=True)

    def __call__(self, progress: Any) -> None:
        """Show where it stands."""
        if self.live is not None:
            self.live.update(self.draw(progress))
            self.live.start()

    @property
    def height(self) -> int:
        """Lines that the screen has room for."""
        return 0 if self.live is None else self.live.console.height - 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self.live is not None:
            self.live.stop()


def given_options(context: typer.Context, except_: tuple[str, ...]) -> list[str]:
    """What stands on the command line, as it is called there, but for the parameters ``except_``."""
    out = []
    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name) if parameter.name else None
        if source is not None and source.name == "COMMANDLINE" and parameter.name not in except_:
            out.append(max(parameter.opts, key=len) if parameter.opts[0].startswith("-") else "the scenario")
    return out

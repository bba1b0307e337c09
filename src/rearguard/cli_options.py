"""Options and arguments that several commands take: ``seed: option.Seed = 0``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Scenario = Annotated[
    str, typer.Argument(help="A scenario file, or the name of a shipped scenario.", show_default=False)
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change a value of the scenario; may be repeated."),
]
Seed = Annotated[int, typer.Option("--seed", help="Seed of all draws.")]
Threads = Annotated[int | None, typer.Option(min=1, help="Threads; default one per core.")]
Ray = Annotated[
    str | None,
    typer.Option(
        "--ray", metavar="ADDRESS", help="Play on a Ray cluster: auto, HOST:PORT, or local to start one here."
    ),
]
Parquet = Annotated[
    Path | None, typer.Option("--parquet", metavar="FILE", help="Write the table to a Parquet file too.")
]
Plot = Annotated[
    Path | None,
    typer.Option("--plot", metavar="FILE", help="Draw the answer to a file, such as .png or .svg (needs Matplotlib)."),
]
Report = Annotated[
    Path | None,
    typer.Option("--report", metavar="FILE", help="Write the answer and a replay as one page.", show_default=False),
]
Force = Annotated[bool, typer.Option("--force", help="Write the page even if it has more than 50 MB.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON to stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")]

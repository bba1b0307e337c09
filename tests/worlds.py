"""Tiny scenarios on open ground, played through the engine, for tests that hold a law against what bodies do."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from rearguard.engine import Program, TrackResult, prepare
from rearguard.scenario.compile import compile_scenario
from rearguard.scenario.load import LoadedScenario, load_scenario
from rearguard.scenario.schema_surroundings import MECHANICS

HEAD = "rearguard: 1\nname: field\n"


KERNEL_SWITCHES = {"hearing", "presence", "hazards", "crowd"}
"""Mechanics whose being off only the kernel knows; the others are felt through the tables alone.

Where one is off all are: a second kernel is enough.
"""


@cache
def program(text: str) -> Program:
    """A scenario given as text, ready to play.

    All share one kernel, or a second one: compiling is what takes time here.
    """
    with TemporaryDirectory() as folder:
        file = Path(folder) / "field.yaml"
        file.write_text(HEAD + text, encoding="utf-8")
        return prepare_shared(load_scenario(file))


def prepare_shared(loaded: LoadedScenario, *_: object) -> Program:
    """A loaded scenario ready to play with the shared kernel; stands in for ``study.run.prepare_program``."""
    off = {name for name, on in loaded.scenario.mechanics.items() if not on} & KERNEL_SWITCHES
    compiled = compile_scenario(loaded)
    return prepare(replace(compiled, uses=(compiled.uses | set(MECHANICS)) - (KERNEL_SWITCHES if off else set())))


def track(text: str, world: int = 0) -> TrackResult:
    """Full track of one world."""
    return program(text).track(1, world)


def of(result: TrackResult, agent: int, column: str) -> np.ndarray:
    """A column of the track of one agent, by tick."""
    values: np.ndarray = result.columns[column][result.columns["agent"] == agent]
    return values


def strip(length: int, rows: int = 5, cell: str = "10 m", ground: str = ".") -> str:
    """An open map of ``length`` cells."""
    lines = "\n".join("    " + ground * length for _ in range(rows))
    return f"map:\n  metres_per_cell: {cell}\n  ascii: |\n{lines}\n"

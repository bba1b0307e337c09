"""Recorded worlds, played on the kernel that the tiny scenarios share, so that recording compiles nothing new."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from rearguard.engine import Program, prepare
from rearguard.scenario.compile import compile_scenario
from rearguard.scenario.load import LoadedScenario, load_scenario
from rearguard.study.witness import Tape, record
from rearguard.tell.story.account import Teller

DATA = Path(__file__).parent / "data"


@cache
def prepared(scenario: str, *overrides: str) -> tuple[Program, LoadedScenario]:
    """A scenario by name, or by its file in tests/data, with values set."""
    file = DATA / scenario
    loaded = load_scenario(file if file.exists() else scenario, overrides=overrides)
    return prepare(compile_scenario(loaded)), loaded


@cache
def recording(scenario: str, world: int = 0, seed: int = 0) -> Tape:
    """One world of it."""
    program, loaded = prepared(scenario)
    return record(program, loaded, world, seed)


@cache
def teller(scenario: str, world: int = 0) -> Teller:
    """One that tells it, and works everything out once."""
    return Teller(recording(scenario, world))

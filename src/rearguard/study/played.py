"""A world by name: of a scenario, or of a run that has been played."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.parquet as pq

from rearguard.study.folder import RunError, RunFolder

if TYPE_CHECKING:
    from rearguard.scenario.load import LoadedScenario


@dataclass(frozen=True)
class Played:
    """Which world to play again: scenario, overrides, seed and number. folder: of the run, if it is of one."""

    scenario: str | Path | LoadedScenario
    overrides: tuple[str, ...]
    seed: int
    world: int
    folder: Path | None


def find_world(
    asked: str | Path | LoadedScenario,
    *,
    world: int | None = None,
    seed: int | None = None,
    overrides: Sequence[str] = (),
) -> Played:
    """The world that is asked for; of a run by default its typical one, of a scenario world 0.

    Raises RunError for a run whose scenario has changed since, and for a seed or values that are not the run's.
    """
    folder = Path(asked) if isinstance(asked, str | Path) else None
    if folder is None or not folder.is_dir() or not (folder / "manifest.json").exists():
        return Played(asked, tuple(overrides), seed or 0, world or 0, None)
    run = RunFolder.open(folder)
    plan = run.manifest["plan"]
    if overrides or (seed is not None and seed != plan["seed"]):
        raise RunError(f"{folder} is a run with its own seed and values; leave --seed and --set out")
    _check_unchanged(folder, plan)
    picked = world if world is not None else _typical(folder)
    return Played(plan["path"], tuple(plan["overrides"]), int(plan["seed"]), picked, folder)


def _check_unchanged(folder: Path, plan: dict[str, Any]) -> None:
    from rearguard.scenario.load import load_scenario

    if load_scenario(plan["path"], overrides=plan["overrides"]).digest != plan["digest"]:
        raise RunError(f"{plan['path']} has changed since {folder} was played; play it again with rearguard run")


def _typical(folder: Path) -> int:
    """A world with the commonest outcome whose end is nearest to that outcome's median."""
    file = folder / "outcomes.parquet"
    if not file.exists():
        raise RunError(f"{folder} has no merged tables yet; finish it with rearguard run --resume, or give --world")
    table = pq.read_table(file, columns=["world", "outcome", "end_time"])
    kinds = np.array([x if x is not None else "unresolved" for x in table["outcome"].to_pylist()])
    names, counts = np.unique(kinds, return_counts=True)
    rows = np.flatnonzero(kinds == names[int(np.argmax(counts))])
    ends = table["end_time"].to_numpy()[rows]
    return int(table["world"][int(rows[np.argmin(np.abs(ends - np.median(ends)))])].as_py())

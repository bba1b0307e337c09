"""Playing one world again, exactly, with its full track."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from rearguard.study.folder import RunError, strings, tool_versions, write_json, write_table
from rearguard.study.run import check_seed, prepare_program, to_tables

if TYPE_CHECKING:
    from rearguard.scenario.load import LoadedScenario


@dataclass(frozen=True)
class Replay:
    """One world: its track (a row per tick and person), events, outcome row, and where they were written.

    crowd: a row per tick and pedestrian who is there; None in a scenario without crowds.
    """

    track: pa.Table
    events: pa.Table
    outcome: dict[str, Any]
    folder: Path | None
    crowd: pa.Table | None = None


def replay(
    scenario: str | Path | LoadedScenario,
    *,
    world: int,
    seed: int = 0,
    overrides: Sequence[str] = (),
    out: str | Path | None = None,
    say: Callable[[str], None] | None = None,
) -> Replay:
    """Play world number ``world`` again and keep where everybody was at every tick.

    Frame t shows the state before the actions of tick t. Written to ``out`` as track.parquet, events.parquet,
    manifest.json and, with crowds, crowd.parquet when given.
    """
    from rearguard.engine import GAITS, MODES, ORDERS
    from rearguard.scenario.load import LoadedScenario, load_scenario

    if not 0 <= world < 2**32:
        raise RunError(f"the world must lie between 0 and 2^32 - 1, found {world}")
    check_seed(seed)
    loaded = scenario if isinstance(scenario, LoadedScenario) else load_scenario(scenario, overrides=overrides)
    program = prepare_program(loaded, "cpu", say)
    names = program.compiled.names
    result = program.track(seed, world)
    tables = to_tables(program.compiled, program.play(seed, np.array([world])), world + 1)
    c = result.columns
    columns: dict[str, Any] = {
        "world": pa.array(np.full(len(c["tick"]), world), pa.int64()),
        "tick": pa.array(c["tick"]),
        "time": pa.array(c["time"].astype(np.float32)),
        "person": strings(c["agent"], names.people),
    }
    by_name = {
        "mode": MODES,
        "order": ORDERS,
        "target": names.entities,
        "held_by": names.people,
        "carries": names.payloads,
    }
    for key, values in c.items():
        if key in by_name:
            columns[key] = strings(values, by_name[key])
        elif key not in ("tick", "time", "agent"):
            columns[key] = pa.array(values)
    track = pa.table(columns)
    crowd = None
    if names.crowds:
        p = result.crowd
        crowd = pa.table(
            {
                "world": pa.array(np.full(len(p["tick"]), world), pa.int64()),
                "tick": pa.array(p["tick"]),
                "time": pa.array(p["time"].astype(np.float32)),
                "crowd": strings(p["crowd"], names.crowds),
                "pedestrian": pa.array(p["pedestrian"]),
                "x": pa.array(p["x"]),
                "y": pa.array(p["y"]),
                "gait": strings(p["gait"], GAITS),
            }
        )
    folder = Path(out) if out is not None else None
    if folder is not None:
        write_table(folder / "track.parquet", track)
        write_table(folder / "events.parquet", tables["events"])
        if crowd is not None:
            write_table(folder / "crowd.parquet", crowd)
        write_json(
            folder / "manifest.json",
            {
                "schema_version": 1,
                "kind": "replay",
                "versions": tool_versions(),
                "scenario": loaded.scenario.name,
                "digest": loaded.digest,
                "overrides": list(loaded.overrides),
                "world": world,
                "seed": seed,
                "text": loaded.resolved_yaml(),
            },
        )
    return Replay(track, tables["events"], tables["outcomes"].to_pylist()[0], folder, crowd)

"""The same scenario, seed and world give the same bits, however and wherever in a batch the world is played."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from rearguard.scenario.compile import FEW_KERNELS
from worlds import KERNEL_SWITCHES

HERE = Path(__file__).parent
SMALL = str(HERE.parent / "data" / "small.yaml")
WORLDS = {SMALL: 40, "east-gate": 6}


@cache
def played(
    scenario: str,
    *,
    size: int = 512,
    threads: int = 1,
    log: bool = True,
    seed: int = 5,
    worlds: tuple[int, ...] | None = None,
    without: tuple[str, ...] = (),
    few: bool = True,
) -> dict[str, Any]:
    """Digests of worlds played in a process of its own."""
    ids = worlds if worlds is not None else tuple(range(WORLDS[scenario]))
    way = {
        "scenario": scenario,
        "seed": seed,
        "worlds": ids,
        "slice": size,
        "threads": threads,
        "log": log,
        "without": without,
    }
    done = subprocess.run(
        [sys.executable, str(HERE / "play_worlds.py"), json.dumps(way)],
        capture_output=True,
        text=True,
        check=False,
        env={key: value for key, value in os.environ.items() if few or key != FEW_KERNELS},
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_the_small_scenario_has_something_to_compare() -> None:
    batch = played(SMALL)
    assert batch["outcome_kinds"] >= 2
    assert batch["event_count"] > 10 * WORLDS[SMALL]


@pytest.mark.parametrize(("size", "threads"), [(1, 2), (7, 1), (7, 2)])
def test_slices_and_threads_change_no_bit(size: int, threads: int) -> None:
    assert played(SMALL, size=size, threads=threads) == played(SMALL)


def test_mechanics_that_make_no_difference_change_no_bit_when_they_are_compiled_in() -> None:
    """Those that only the kernel can leave out, so that this is the second kernel of the tiny scenarios (worlds.py)."""
    assert played(SMALL, without=tuple(sorted(KERNEL_SWITCHES))) == played(SMALL)


@pytest.mark.slow
def test_a_kernel_of_its_own_changes_no_bit() -> None:
    assert played(SMALL, few=False) == played(SMALL)


def test_slices_and_threads_change_no_bit_of_the_east_gate() -> None:
    batch = played("east-gate")
    assert batch["event_count"] > 50 * WORLDS["east-gate"]
    assert played("east-gate", size=5, threads=2) == batch


@pytest.mark.parametrize("scenario", [SMALL, "east-gate"])
def test_logging_changes_no_outcome_and_no_person(scenario: str) -> None:
    logged, silent = played(scenario), played(scenario, log=False)
    assert silent["event_count"] == 0
    assert (silent["outcomes"], silent["people"]) == (logged["outcomes"], logged["people"])


@pytest.mark.parametrize(("scenario", "world"), [(SMALL, 33), ("east-gate", 4)])
def test_a_world_played_alone_is_the_world_of_the_batch(scenario: str, world: int) -> None:
    alone = played(scenario, worlds=(world,))
    assert alone["event_count"] > 10
    assert alone["worlds"][str(world)] == played(scenario)["worlds"][str(world)]


def test_the_order_of_worlds_in_a_batch_changes_no_world() -> None:
    assert played(SMALL, worlds=tuple(reversed(range(WORLDS[SMALL]))))["worlds"] == played(SMALL)["worlds"]


def test_worlds_differ_and_another_seed_plays_otherwise() -> None:
    batch, other = played(SMALL), played(SMALL, seed=6)
    for part in ("outcomes", "events"):
        assert other[part] != batch[part]
    assert len({world["events"] for world in batch["worlds"].values()}) == WORLDS[SMALL]

"""Throughput, start-up, memory and scaling of the engine.

    python bench/engine.py [--scenario east-gate] [--worlds 1000] [--skip-large]

An agent-step is one tick of one person. Two counts are given: of everybody in the scenario, as other simulators count, and
of those only who are on the map and not out, which leaves out whoever has not entered yet.
Compile time is measured apart, in a process of its own with an empty kernel cache; every rate is the median of three.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from hardware import describe
from rearguard import engine
from rearguard.scenario.compile import compile_scenario
from rearguard.scenario.load import load_scenario

SLICE = 256
COLD = """
import sys, time
started = time.perf_counter()
from rearguard import engine
from rearguard.scenario.compile import compile_scenario
from rearguard.scenario.load import load_scenario
compiled = compile_scenario(load_scenario(sys.argv[1]))
loaded = time.perf_counter() - started
program = engine.prepare(compiled)
program.play(0, range(1))
print(loaded, program.compile_seconds, time.perf_counter() - started, int(program.was_cached))
"""


def start_up(scenario: str, cache: str) -> list[float]:
    """Seconds to load, to get the kernel and to the first world played, in a fresh process; and whether it was cached."""
    environment = {**os.environ, "WARP_CACHE_PATH": cache, "XDG_CACHE_HOME": cache}
    command = [sys.executable, "-c", COLD, scenario]
    out = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    return [float(x) for x in out.split()[-4:]]


Steps = tuple[int, int]
"""Agent-steps of everybody, and of those on the map."""


def rates(job: Callable[[], Steps], repeats: int = 3) -> list[tuple[float, float, float]]:
    """Million agent-steps per second of ``job``, of everybody and of those on the map: median, lowest, highest."""
    found: list[tuple[float, float]] = []
    for _ in range(repeats):
        started = time.perf_counter()
        everybody, present = job()
        seconds = time.perf_counter() - started
        found.append((everybody / seconds / 1e6, present / seconds / 1e6))
    columns = list(zip(*found, strict=True))
    return [(statistics.median(c), min(c), max(c)) for c in columns]


def whole_worlds(program: engine.Program, worlds: int, threads: int) -> Steps:
    """Play whole worlds in slices on ``threads`` threads, with the event log; returns agent-steps."""
    slices = [np.arange(k, min(k + SLICE, worlds)) for k in range(0, worlds, SLICE)]
    with ThreadPoolExecutor(threads) as pool:
        results = list(pool.map(lambda ids: program.play(1, ids), slices))
    people = len(program.compiled.names.people)
    ticks = sum(int(r.outcomes["ticks"].sum()) for r in results)
    return ticks * people, sum(int(r.outcomes["agent_steps"].sum()) for r in results)


def many_worlds(program: engine.Program, worlds: int, ticks: int) -> tuple[float, int]:
    """Seconds and agent-steps of ``ticks`` ticks of ``worlds`` worlds in one launch on one thread, log off."""
    world = program.begin(1, np.arange(worlds), log=False)
    started = time.perf_counter()
    program.advance(world, ticks)
    seconds = time.perf_counter() - started
    return seconds, int(world.account.live.numpy().sum())


def _cell(r: tuple[float, float, float]) -> str:
    return f"{r[0]:10.2f} ({r[1]:.2f} to {r[2]:.2f})"


def main() -> None:
    """Print every row."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", default="east-gate")
    parser.add_argument("--worlds", type=int, default=1000)
    parser.add_argument("--skip-large", action="store_true", help="leave out the row of 100,000 worlds")
    arguments = parser.parse_args()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    print(describe())
    print(f"scenario   {arguments.scenario}\n")

    with tempfile.TemporaryDirectory() as cache:
        cold = start_up(arguments.scenario, cache)
        warm = start_up(arguments.scenario, cache)
    print("start-up, fresh process                     cold      warm")
    for name, k in (("load and compile the scenario", 0), ("get the kernel", 1), ("first world played", 2)):
        print(f"  {name:<38}{cold[k]:8.2f} s{warm[k]:8.2f} s")
    print(f"  kernel from the cache                 {bool(cold[3])!s:>10}{bool(warm[3])!s:>10}\n")

    program = engine.prepare(compile_scenario(load_scenario(arguments.scenario)))
    print(f"state of a world, trails included     {program.state_bytes / 1024:8.1f} KB (event log apart)\n")

    whole_worlds(program, SLICE, 1)
    head = f"whole worlds, {arguments.worlds} of them, event log on"
    print(f"{head:<44}M agent-steps/s: everybody      on the map")
    one = rates(lambda: whole_worlds(program, arguments.worlds, 1))
    print(f"  {'one core':<42}{_cell(one[0])}{_cell(one[1])}")
    if cores > 1:
        every = rates(lambda: whole_worlds(program, arguments.worlds, cores))
        print(f"  {f'{cores} cores':<42}{_cell(every[0])}{_cell(every[1])}")
        print(f"  {'ratio':<42}{every[0][0] / one[0][0]:10.2f}")
    print("\nworlds in one launch, 300 ticks, one core        ns per agent-step of those on the map")
    for worlds in (1_000, 10_000) if arguments.skip_large else (1_000, 10_000, 100_000):
        seconds, steps = many_worlds(program, worlds, 300)
        print(f"  {worlds:>8,}                            {seconds / steps * 1e9:8.1f}")


if __name__ == "__main__":
    main()

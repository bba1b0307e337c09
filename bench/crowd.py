"""Speed of crowds: pedestrian-steps per second, jammed and flowing, and what a crowd costs a world that has none left.

    python bench/crowd.py [--worlds 64]

A pedestrian-step is one tick of 0.1 s of one pedestrian who is there. Compile time is measured apart, in a process of its own
with an empty kernel cache; every rate is the median of three.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from hardware import describe
from rearguard import engine
from rearguard.scenario.compile import compile_scenario
from rearguard.scenario.load import load_scenario

COLD = """
import sys, time
from rearguard import engine
from rearguard.scenario.compile import compile_scenario
from rearguard.scenario.load import load_scenario
compiled = compile_scenario(load_scenario(sys.argv[1]))
program = engine.prepare(compiled)
print(program.compile_seconds, int(program.was_cached))
"""


def scenario(rows: list[str], count: int, more: str = "") -> str:
    """People at the cells ``a`` of a drawing in cells of 0.25 m walk to the cells ``e``; somebody watches from elsewhere."""
    width = len(rows[0]) + 2
    drawing = ["W" + "#" * (width - 1), "#" * width, *(f"#{row}#" for row in rows), "#" * width]
    return (
        "rearguard: 1\nname: crowd\nmap:\n  metres_per_cell: 0.25 m\n"
        "  legend: {a: {ground: street, place: hall}, e: {ground: street, place: out}}\n  ascii: |\n"
        + "".join(f"    {row}\n" for row in drawing)
        + "time: {limit: 10 min}\n"
        "people:\n  watcher: {side: a, at: w, doctrine: stay}\n"
        f"crowds:\n  people: {{count: {count}, at: hall, to: out{more}}}\n"
        "doctrines: {stay: {options: [{order: wait}]}}\n"
        "ends: {never: {when: 'out(watcher)'}}\n"
    )


def door(width: float, hall: tuple[float, float] = (8.0, 6.0)) -> list[str]:
    """A hall [m], a door ``width`` [m] wide in a wall of half a metre, and 3 m behind it."""
    long, high, gap = (round(4 * side) for side in (*hall, width))
    top = (high - gap) // 2
    return ["a" * long + ("..." if top <= r < top + gap else "###")[:2] + "." * 12 + "ee" for r in range(high)]


def street(length: float, width: float) -> list[str]:
    """A street [m] full of people, and 20 m ahead of them."""
    return ["a" * round(4 * length) + "." * 80 + "ee"] * round(4 * width)


def program_of(text: str) -> engine.Program:
    """A scenario, ready to play."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "crowd.yaml"
        file.write_text(text, encoding="utf-8")
        return engine.prepare(compile_scenario(load_scenario(file)))


def compile_seconds() -> tuple[float, float]:
    """Seconds to get the kernel in a fresh process: with an empty cache, and with the kernel in it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "crowd.yaml"
        file.write_text(scenario(door(1.0), 60), encoding="utf-8")
        environment = {**os.environ, "WARP_CACHE_PATH": folder, "XDG_CACHE_HOME": folder}
        command = [sys.executable, "-c", COLD, str(file)]
        outs = [subprocess.run(command, env=environment, check=True, capture_output=True, text=True) for _ in range(2)]
        cold, warm = (out.stdout.split() for out in outs)
        assert (cold[1], warm[1]) == ("0", "1"), "the second process finds what the first has compiled"
        return float(cold[0]), float(warm[0])


def rate(program: engine.Program, worlds: int, ticks: int, threads: int) -> float:
    """Million pedestrian-steps per second of ``worlds`` worlds on each of ``threads`` threads."""

    def play(k: int) -> int:
        world = program.begin(k, np.arange(worlds), log=False)
        program.advance(world, ticks)
        return int(world.crowd.steps.numpy().sum())

    found = []
    for _ in range(3):
        started = time.perf_counter()
        with ThreadPoolExecutor(threads) as pool:
            steps = sum(pool.map(play, range(threads)))
        found.append(steps / (time.perf_counter() - started) / 1e6)
    return statistics.median(found)


def main() -> None:
    """Print every row."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=64)
    worlds = parser.parse_args().worlds
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    print(describe())
    cold, warm = compile_seconds()
    print(f"kernel     {cold:.1f} s to compile, {warm:.2f} s from the cache\n")
    scenes = (
        ("60 people jam at a door of 1 m", scenario(door(1.0), 60), 300),
        ("100 people jam at a door of 2 m", scenario(door(2.0), 100), 300),
        ("loose in a street, 0.5 /m²", scenario(street(40.0, 3.0), 60), 200),
        ("dense in a street, 2 /m²", scenario(street(40.0, 3.0), 240), 200),
        ("1000 people jam at a door of 4 m", scenario(door(4.0, (40.0, 20.0)), 1000), 300),
    )
    print(
        f"{f'{worlds} worlds a thread, event log off':<42}M pedestrian-steps/s: one core{cores:>9} cores   bytes a world"
    )
    for name, text, ticks in scenes:
        program = program_of(text)
        some = max(worlds // (1 + program.compiled.sizes["pedestrians"] // 200), 1)
        one = rate(program, some, ticks, 1)
        every = rate(program, some, ticks, cores)
        print(f"  {name:<40}{one:>30.2f}{every:>15.2f}{program.state_bytes:>16,}")
    print("\nwhat crowds cost a world in which nobody walks: see the empty street, ns per tick and world")
    for name, more in (("nobody has come yet", ", start: 9 min"), ("all have left", "")):
        program = program_of(scenario(street(3.0, 3.0), 20, more))
        world = program.begin(1, np.arange(worlds), log=False)
        program.advance(world, 1000)
        started = time.perf_counter()
        program.advance(world, 3000)
        print(f"  {name:<40}{(time.perf_counter() - started) / 3000 / worlds * 1e9:>30.0f}")


if __name__ == "__main__":
    main()

"""Rearguard against its peers, at the same game, on the same cores, in one run.

    python bench/peers.py [--python PEERS/bin/python] [--worlds 1 64 1024 8192] [--cores 1 2] [--seconds 2]

Each peer plays tag in a process of its own (``peer_jobs.py`` says what is measured), pinned to the cores of the row; peers
that step one world at a time on one core run once per core. --python: an interpreter in which the peers are installed;
those that are in neither are named and left out. Compilation is told apart. Then east-gate through the step interface
against whole worlds in one launch; and tag on a graphics card, when there is one.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from hardware import describe
from peer_jobs import JOBS, SINGLE

HERE = Path(__file__).parent
OWN = ("rearguard", "rearguard, fused")
MOST_SINGLE = 16
"""Worlds that peers which step one at a time are given at most: their rate is that of one."""


def run_job(python: str, peer: str, worlds: int, seconds: float, cores: list[int]) -> dict[str, Any]:
    """One job on given cores."""
    threads = {name: str(len(cores)) for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    source = f"{HERE.parent / 'src'}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    done = subprocess.run(
        [python, str(HERE / "peer_jobs.py"), peer, str(worlds), str(seconds)],
        env={**os.environ, **threads, "PYTHONPATH": source if peer in OWN else "", "JAX_PLATFORMS": "cpu"},
        preexec_fn=(lambda: os.sched_setaffinity(0, cores)) if hasattr(os, "sched_setaffinity") else None,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()
        return {"peer": peer, "missing": last[-1] if last else f"exit code {done.returncode}"}
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def rate(python: str, peer: str, worlds: int, seconds: float, cores: list[int]) -> dict[str, Any]:
    """Environment-steps per second of a peer on ``cores``; single-core peers run once on each."""
    parts = [[core] for core in cores] if peer in SINGLE else [cores]
    count = min(worlds, MOST_SINGLE) if peer in SINGLE else worlds
    with ThreadPoolExecutor(len(parts)) as pool:
        results = list(pool.map(lambda part: run_job(python, peer, count, seconds, part), parts))
    missing = [r for r in results if "missing" in r]
    if missing:
        return missing[0]
    return {**results[0], "rate": sum(r["steps"] / r["seconds"] for r in results)}


def number(x: float) -> str:
    """A rate in few digits."""
    return f"{x / 1e6:.2f} M" if x >= 1e6 else f"{x / 1e3:.1f} k"


def compare(python: str, worlds: list[int], cores: list[int], seconds: float) -> dict[str, Any]:
    """Every peer at every number of worlds and cores; prints a row at a time. Returns {(peer): {(cores, worlds): rate}}."""
    available = (
        sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else list(range(os.cpu_count() or 1))
    )
    table: dict[str, Any] = {}
    for count in cores:
        if count > len(available):
            print(f"{count} cores: this machine has {len(available)}; left out")
            continue
        head = "".join(f"{f'{n:,} worlds':>16}" for n in worlds)
        print(
            f"\ntag, environment-steps per second on {count} core{'s' if count > 1 else ''}\n{'':<18}{head}   first step"
        )
        for peer in JOBS:
            cells, first, told = [], 0.0, ""
            for n in worlds:
                found = rate(sys.executable if peer in OWN else python, peer, n, seconds, available[:count])
                if "missing" in found:
                    print(f"{peer:<18} left out: {found['missing']}")
                    break
                table.setdefault(peer, {})[count, n] = found["rate"]
                told = ", ".join(f"{name} {v}" for name, v in found["versions"].items())
                first = max(first, found["first"])
                cells.append(f"{number(found['rate']):>16}")
            else:
                print(f"{peer:<18}{''.join(cells)}   {first:8.1f} s   {told}", flush=True)
    return table


def ratios(table: dict[str, Any], worlds: list[int]) -> None:
    """How many times faster this project is."""
    for own, peers in (("rearguard", list(JOBS)[2:]), ("rearguard, fused", ["JaxMARL, fused", "JaxMARL"])):
        for count in sorted({key[0] for key in table.get(own, {})}):
            print(f"\n{own} is faster, on {count} core{'s' if count > 1 else ''}, than")
            for peer in (p for p in peers if p in table and p not in OWN):
                times = [
                    f"{table[own][count, n] / table[peer][count, n]:>14.0f} x"
                    if (count, n) in table[peer]
                    else " " * 16
                    for n in worlds
                ]
                print(f"  {peer:<16}{''.join(times)}")


def east_gate(scenario: str, worlds: int, steps: int) -> None:
    """A scenario through the step interface, against the same ticks in one launch."""
    from rearguard.env import tensor_env

    env = tensor_env(scenario, num_envs=worlds)
    env.reset(seed=0)
    ticks, people = env.step_ticks, len(env.compiled.names.people)
    acts = np.zeros((worlds, 1, 3), np.int32)
    env.step(acts)
    started = time.perf_counter()
    for _ in range(steps):
        env.step(acts)
    stepped = time.perf_counter() - started
    world = env.program.begin(0, np.arange(worlds), log=False)
    halves = [env.program.view(world, a, b) for a, b in ((0, worlds // 2), (worlds // 2, worlds))]
    env.program.advance(world, 1)
    started = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda part: env.program.advance(part, steps * ticks), halves))
    fused = time.perf_counter() - started
    everybody = worlds * steps * ticks * people / 1e6
    print(f"\n{scenario}, {worlds:,} worlds, {steps} steps of {ticks} ticks, M agent-steps per second, all cores")
    print(f"  step by step, with observations, masks and rewards of one learner   {everybody / stepped:8.2f}")
    print(f"  the same ticks in one launch per core                              {everybody / fused:8.2f}")


def card(worlds: int) -> None:
    """Tag on a graphics card, its steps in a graph."""
    import warp as wp

    if not wp.is_cuda_available():
        print("\nno graphics card here: tag on CUDA is left out")
        return
    from rearguard.env.classics import tag

    env = tag(worlds, device="cuda:0", output="warp")
    env.reset(seed=0)
    env.step()
    with wp.ScopedCapture(device="cuda:0") as capture:
        for _ in range(25):
            env.step()
    wp.capture_launch(capture.graph)
    wp.synchronize_device("cuda:0")
    started = time.perf_counter()
    for _ in range(40):
        wp.capture_launch(capture.graph)
    wp.synchronize_device("cuda:0")
    seconds = time.perf_counter() - started
    name = wp.get_device("cuda:0").name
    print(
        f"\ntag on {name}, {worlds:,} worlds, graph of 25 steps: {number(1000 * worlds / seconds)} environment-steps/s"
    )


def main() -> None:
    """Print every table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", default=sys.executable, help="interpreter in which the peers are installed")
    parser.add_argument("--worlds", type=int, nargs="+", default=[1, 64, 1024, 8192])
    parser.add_argument("--cores", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--seconds", type=float, default=2.0, help="time measured per cell")
    parser.add_argument("--scenario", default="east-gate")
    arguments = parser.parse_args()
    print(describe())
    table = compare(arguments.python, arguments.worlds, arguments.cores, arguments.seconds)
    ratios(table, arguments.worlds)
    east_gate(arguments.scenario, 1000 if arguments.seconds >= 1 else 32, 100 if arguments.seconds >= 1 else 5)
    card(65_536)


if __name__ == "__main__":
    main()

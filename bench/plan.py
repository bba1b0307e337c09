"""How long a search over plans takes, and what common random numbers save.

    python bench/plan.py [--scenario east-gate] [--generate scout]

The search is timed from the compiled scenario to the answer. The saving is the variance of the difference between two
plans in independent worlds, divided by that in the same worlds: so many times fewer worlds tell them apart.
"""

from __future__ import annotations

import argparse
import itertools
import os
import time

import numpy as np

from hardware import describe
from rearguard.scenario.load import load_scenario
from rearguard.study.executor import open_executor
from rearguard.study.goal import Goal, read_goal
from rearguard.study.plan import PlanResult, plan
from rearguard.study.run import prepare_program
from rearguard.study.variants import play_variants

LIMIT = 120.0
"""What a search over at least twelve plans may take [s]."""


def savings(found: PlanResult, goal: Goal, worlds: int) -> list[float]:
    """Variance in independent worlds over that in the same worlds, for every pair of plans that differ at all."""
    program = prepare_program(load_scenario(found.scenario))
    results = play_variants(
        open_executor(None, None), program, [p.variant for p in found.plans], np.arange(worlds), found.seed
    )
    values = [goal.values(r) for r in results]
    out = []
    for a, b in itertools.combinations(values, 2):
        paired = float(np.var(a - b))
        if paired > 0.0:
            out.append((float(np.var(a)) + float(np.var(b))) / paired)
    return out


def main() -> None:
    """Print every row."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", default="east-gate")
    parser.add_argument("--generate", default="scout")
    arguments = parser.parse_args()
    generate = [part for part in arguments.generate.split(",") if part]
    print(describe())
    print(f"load       {os.getloadavg()[0]:.1f} before the start\n")
    loaded = load_scenario(arguments.scenario)
    program = prepare_program(loaded)
    started, worked = time.perf_counter(), time.process_time()
    found = plan(loaded, generate=generate)
    seconds, work = time.perf_counter() - started, time.process_time() - worked
    rate = found.played / seconds
    print(
        f"{len(found.plans)} plans, {found.played:,} worlds, {rate:.0f} a second: {seconds:.1f} s ({LIMIT:.0f} s wanted)"
    )
    print(f"processor time {work:.1f} s: what other work on the machine takes is not in it")
    print(f"leader '{found.leader.name}', {len(found.rivals)} plans not told from it\n")
    print("worlds saved by playing plans in the same worlds (times fewer), over pairs of plans")
    for text in ("in_time", "slack"):
        saved = savings(found, read_goal(text, program.compiled), 256)
        print(f"  {text:<10} median {np.median(saved):6.1f}   lowest {min(saved):6.1f}   highest {max(saved):8.1f}")


if __name__ == "__main__":
    main()

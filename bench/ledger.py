"""How long a ledger and a swing take, and what common random numbers save.

    python bench/ledger.py [--scenario east-gate] [--worlds 1000] [--swings 3]

The kernel is compiled before the clock starts. A ledger is played over all techniques until each is known to ± 1 s, or the
budget of worlds is spent; then the row says how far it got and how many worlds the widest would take. Swings are played to
± 5 points, with a moment every 5 s where the chance moves. Seconds of all cores together are given too: over the number of
cores they are what an idle machine takes.
"""

from __future__ import annotations

import argparse
import math
import time

from hardware import describe
from rearguard.scenario.load import load_scenario
from rearguard.study.ledger import ledger
from rearguard.study.paired import needed_pairs
from rearguard.study.run import prepare_program
from rearguard.study.swing import swing

PRECISION = 1.0
"""Half the width of an interval of the ledger [s]."""


def ledger_rows(scenario: str, worlds: int) -> None:
    """Time and precision of a ledger over all techniques."""
    before = time.process_time()
    found = ledger(scenario, worlds=worlds, precision=PRECISION, seed=1)
    cores = time.process_time() - before
    known = [entry for entry in found.entries if entry.half <= PRECISION]
    rate = found.ticks / found.elapsed
    print(f"ledger over all techniques: {found.worlds:,} worlds in {found.elapsed:.0f} s, {cores:.0f} s of all cores")
    print(f"  {rate:,.0f} world-ticks a second")
    print(f"  known to ± {PRECISION:g} s          {len(known)} of {len(found.entries)} acts")
    for entry in sorted(found.entries, key=lambda e: -e.half)[:5]:
        needed = needed_pairs(entry.half, entry.worlds, PRECISION)
        print(
            f"  {entry.name:<26} ± {entry.half:5.2f} s after {entry.worlds:,} worlds; ± {PRECISION:g} s would take {needed:,}"
        )
    print("variance that common random numbers save on slack (independent over paired, same budget)")
    finite = sorted(entry.reduction for entry in found.entries if math.isfinite(entry.reduction))
    print(f"  median act {found.reduction:.1f}, least {finite[0]:.1f}, most {finite[-1]:.1f}\n")


def swing_rows(scenario: str, worlds: int) -> None:
    """Time of swings of the first worlds."""
    print("swing to ± 5 points      seconds  of all cores  continuations  moments  widest")
    for world in range(worlds):
        before = time.process_time()
        found = swing(scenario, world=world, seed=1)
        widest = max(0.5 * (m.chance.high - m.chance.low) for m in found.moments)
        print(
            f"  world {world:<17}{found.elapsed:8.1f}{time.process_time() - before:14.1f}{found.continuations:15,}"
            f"{len(found.moments):9}{100 * widest:7.1f}"
        )


def main() -> None:
    """Print every row."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", default="east-gate")
    parser.add_argument("--worlds", type=int, default=1000, help="budget of the ledger; 0: none")
    parser.add_argument("--swings", type=int, default=3, help="how many worlds are followed")
    arguments = parser.parse_args()
    print(describe())
    print(f"scenario   {arguments.scenario}\n")
    prepare_program(load_scenario(arguments.scenario))
    if arguments.worlds:
        ledger_rows(arguments.scenario, arguments.worlds)
    swing_rows(arguments.scenario, arguments.swings)


if __name__ == "__main__":
    main()

"""The same bottleneck in Rearguard and in JuPedSim, side by side: flow, time, ratio.

    python bench/jupedsim_door.py [--people 100] [--runs 3]

Needs the wheel `jupedsim` (LGPL, for this comparison only); without it a line says so and nothing is measured. Both run the
collision-free speed model with l = 0.3 m, T = 1 s, a = 8, D = 0.1 m and free speeds of 1.34 ± 0.26 m/s on one core:
JuPedSim at its step of 0.01 s and at 0.05 s, Rearguard at its tick of 0.1 s. Time is given per simulated second of one
person, so that neither the length of a run nor the number of worlds counts. The ends of a run are left out of the flow.
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import Any

import numpy as np

from crowd import door, program_of, scenario
from hardware import describe

RADIUS, TIME_GAP, SPEED, SPREAD = 0.15, 1.0, 1.34, 0.26
LONGEST = 240.0
"""Longest run [s]."""

Result = tuple[float, float]
"""Flow [1/s], and seconds of computing per second of a person."""


def flow(times: np.ndarray, left: np.ndarray, people: int) -> float:
    """Mean flow [1/s] between the 15th and the 75th of a hundred people who leave."""
    begin, end = np.interp([0.15 * people, 0.75 * people], left, times)
    return float(0.6 * people / (end - begin))


def in_rearguard(width: float, people: int, runs: int) -> Result:
    """Worlds of the scenario, in one launch per second."""
    program = program_of(scenario(door(width), people))
    program.advance(program.begin(1, np.arange(runs)), 10)
    world = program.begin(1, np.arange(runs), log=False)
    left: list[np.ndarray] = []
    seconds = 0.0
    while len(left) < LONGEST * 2 and (not left or left[-1].min() < people):
        started = time.perf_counter()
        program.advance(world, 5)
        seconds += time.perf_counter() - started
        left.append(world.crowd.gone.numpy()[:, 0].copy())
    times = 0.5 * (np.arange(len(left)) + 1.0)
    flows = [flow(times, np.array(left)[:, w], people) for w in range(runs)]
    return float(np.mean(flows)), seconds / (0.1 * float(world.crowd.steps.numpy().sum()))


def in_jupedsim(jps: Any, width: float, people: int, runs: int, step: float) -> Result:
    """Simulations of the same geometry, one after the other."""
    from shapely import Polygon, union_all

    half = 0.5 * width
    parts = [(0.0, 0.0, 8.0, 6.0), (8.0, 3.0 - half, 8.5, 3.0 + half), (8.5, 0.0, 12.0, 6.0)]
    hall, *rest = (Polygon([(a, b), (c, b), (c, d), (a, d)]) for a, b, c, d in parts)
    flows, seconds, person_seconds = [], 0.0, 0.0
    for run in range(runs):
        model = jps.CollisionFreeSpeedModel(strength_neighbor_repulsion=8.0, range_neighbor_repulsion=0.1)
        simulation = jps.Simulation(model=model, geometry=union_all([hall, *rest]), dt=step)
        out = simulation.add_exit_stage([(11.5, 0.1), (11.9, 0.1), (11.9, 5.9), (11.5, 5.9)])
        journey = simulation.add_journey(jps.JourneyDescription([out]))
        places = jps.distribute_by_number(
            polygon=hall,
            number_of_agents=people,
            distance_to_agents=2.0 * RADIUS + 0.01,
            distance_to_polygon=RADIUS + 0.05,
            seed=run,
        )
        speeds = np.random.default_rng(run).normal(SPEED, SPREAD, people).clip(0.7, 2.0)
        for place, speed in zip(places, speeds, strict=True):
            simulation.add_agent(
                jps.CollisionFreeSpeedModelAgentParameters(
                    journey_id=journey,
                    stage_id=out,
                    position=place,
                    time_gap=TIME_GAP,
                    desired_speed=float(speed),
                    radius=RADIUS,
                )
            )
        left, times = [0], [0.0]
        while simulation.agent_count() > 0 and simulation.elapsed_time() < LONGEST:
            started = time.perf_counter()
            simulation.iterate(round(0.5 / step))
            seconds += time.perf_counter() - started
            left.append(people - simulation.agent_count())
            times.append(simulation.elapsed_time())
            person_seconds += 0.5 * (people - 0.5 * (left[-1] + left[-2]))
        flows.append(flow(np.array(times), np.array(left), people))
    return float(np.mean(flows)), seconds / person_seconds


def main() -> None:
    """Print every row."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    try:
        import jupedsim as jps
    except ImportError:
        print("jupedsim is not installed: nothing to compare with (pip install jupedsim)", file=sys.stderr)
        return
    print(describe())
    print(f"jupedsim   {jps.__version__}")
    people, runs = arguments.people, arguments.runs
    print(f"bottleneck {people} people, hall of 8 m by 6 m, mean of {runs} runs on one core\n")
    print(f"{'door':<8}{'program':<24}{'flow [1/s]':>12}{'[1/(m s)]':>12}{'µs per s of a person':>24}{'ratio':>8}")
    for width in (1.0, 1.5, 2.0):
        own = in_rearguard(width, people, runs)
        rows = [("rearguard, 0.1 s", own)]
        rows += [(f"jupedsim, {step:g} s", in_jupedsim(jps, width, people, runs, step)) for step in (0.01, 0.05)]
        for name, (found, cost) in rows:
            print(
                f"{f'{width:g} m':<8}{name:<24}{found:>12.2f}{found / width:>12.2f}{cost * 1e6:>24.2f}{cost / own[1]:>8.0f}"
            )


if __name__ == "__main__":
    main()

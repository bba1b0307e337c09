"""A fresh process of the determinism tests: play worlds in a given way, print a digest of everything that came back.

Arguments, as one JSON object: scenario, seed, worlds (ids), slice (worlds per call), threads, log, without (mechanics
that are not compiled in).
"""

from __future__ import annotations

import hashlib
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np

from rearguard.engine import SliceResult, prepare
from rearguard.scenario.compile import compile_scenario
from rearguard.scenario.load import load_scenario


def digest(columns: dict[str, np.ndarray], rows: np.ndarray) -> str:
    """SHA-256 over names, types and bytes of the chosen rows of every column."""
    sha = hashlib.sha256()
    for name in sorted(columns):
        values = np.ascontiguousarray(columns[name][rows])
        sha.update(f"{name} {values.dtype} {values.shape}".encode())
        sha.update(values.tobytes())
    return sha.hexdigest()


def main(way: dict[str, Any]) -> dict[str, Any]:
    """Play and digest."""
    compiled = compile_scenario(load_scenario(way["scenario"]))
    program = prepare(replace(compiled, uses=compiled.uses - set(way["without"])))
    ids = np.array(way["worlds"], np.int64)
    slices = [ids[k : k + way["slice"]] for k in range(0, len(ids), way["slice"])]

    def play(part: np.ndarray) -> SliceResult:
        return program.play(way["seed"], part, log=way["log"])

    with ThreadPoolExecutor(way["threads"]) as pool:
        results = list(pool.map(play, slices))
    outcomes = {c: np.concatenate([r.outcomes[c] for r in results]) for c in results[0].outcomes}
    people = {c: np.concatenate([r.people[c] for r in results]) for c in results[0].people}
    events = np.concatenate([r.events for r in results])

    def digests(chosen: np.ndarray) -> dict[str, str]:
        rows = np.isin(ids, chosen)
        kept = events[np.isin(events["world"], chosen)]
        return {
            "outcomes": digest({c: v for c, v in outcomes.items() if c != "events"}, rows),
            "people": digest(people, rows),
            "events": hashlib.sha256(kept.tobytes()).hexdigest(),
        }

    return {
        **digests(ids),
        "worlds": {str(k): digests(np.array([k])) for k in ids.tolist()},
        "event_count": len(events),
        "outcome_kinds": len(np.unique(outcomes["outcome"])),
    }


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))

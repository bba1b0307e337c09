"""What the numbers of observations, actions and states mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rearguard.engine.model import Order
from rearguard.engine.observe import Load, Other, Own, Skill, Truth, feature_count
from rearguard.scenario.compiled import Compiled
from rearguard.scenario.policies import PACES, order_moves

DIRECTIONS = ("east", "south_east", "south", "south_west", "west", "north_west", "north", "north_east")


def order_options(compiled: Compiled, person: int) -> list[int]:
    """Options of a person's doctrine that are orders, by index in the doctrine."""
    doctrine = compiled.arrays["doctrine"]
    first, count = int(doctrine["first"][person]), int(doctrine["count"][person])
    return [k for k in range(first, first + count) if doctrine["order"][k] >= 0]


@dataclass(frozen=True)
class Layout:
    """Sizes and names of what a learner is told and what it may do. person: index of the learner's agent."""

    compiled: Compiled
    orders: int
    slots: int

    @property
    def features(self) -> int:
        """Numbers of an observation."""
        return feature_count(self.slots, int(self.compiled.arrays["entities"]))

    @property
    def choices(self) -> np.ndarray:
        """How many moves, paces and uses there are: int64 [3]."""
        uses = 1 + self.slots * len(self.compiled.names.people)
        return np.array([order_moves(self.orders), len(PACES), uses], np.int64)

    @property
    def truths(self) -> int:
        """Numbers of a state."""
        return 1 + len(self.compiled.names.people) * len(Truth) + len(self.compiled.names.payloads) * len(Load)

    def observation_names(self, person: int) -> list[str]:
        """Names of the numbers of a person's observation, in order."""
        names = self.compiled.names
        out = [own.name for own in Own]
        out += [f"way_{d}" for d in DIRECTIONS] + [f"link_{d}" for d in DIRECTIONS]
        for slot in range(self.slots):
            technique = int(self.compiled.arrays["craft"][person, slot])
            title = names.techniques[technique] if technique >= 0 else f"no_technique_{slot}"
            out += [f"{title}_{skill.name}" for skill in Skill]
        for e, entity in enumerate(names.entities):
            if e != person:
                out += [f"{entity}_{other.name}" for other in Other]
        return out

    def action_names(self, person: int) -> tuple[list[str], list[str], list[str]]:
        """Names of a person's moves, paces and uses, in order; empty where there is nothing to do."""
        names, doctrine = self.compiled.names, self.compiled.arrays["doctrine"]
        moves = ["stand", *DIRECTIONS]
        for k in order_options(self.compiled, person):
            moves.append(f"{Order(int(doctrine['order'][k])).name} (option {k - int(doctrine['first'][person])})")
        moves += [""] * (order_moves(self.orders) - len(moves))
        uses = ["nothing"]
        for slot in range(self.slots):
            technique = int(self.compiled.arrays["craft"][person, slot])
            uses += [f"{names.techniques[technique]} {other}" if technique >= 0 else "" for other in names.people]
        return moves, list(PACES), uses

    def state_names(self) -> list[str]:
        """Names of the numbers of the state, in order."""
        names = self.compiled.names
        people = [f"{person}_{truth.name}" for person in names.people for truth in Truth]
        return ["time", *people, *(f"{payload}_{load.name}" for payload in names.payloads for load in Load)]

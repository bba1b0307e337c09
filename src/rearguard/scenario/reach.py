"""Checks of the way: every place that an order names can be reached from where those people start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.sparse.csgraph import breadth_first_order

from rearguard.scenario import schema
from rearguard.scenario.fields import Mobility, Network
from rearguard.scenario.maps import GroundMap, Mask
from rearguard.scenario.report import Report
from rearguard.scenario.source import Path_

Option = tuple[Path_, schema.Option]


class _Ways:
    """Where ways lead, each network and each start worked out once."""

    def __init__(self, ground: GroundMap, poorest: Mobility) -> None:
        self.ground = ground
        self.poorest = poorest
        self.networks: dict[Mobility, Network] = {}
        self.reached: dict[tuple[Mobility, tuple[int, int]], Mask] = {}

    def lead_to(self, goal: Mask, start: tuple[float, float], mobility: Mobility) -> bool:
        """Whether a body gets from ``start`` [m] to a cell of ``goal``."""
        cell = self.ground.index(*start)
        # what the least able body reaches, everybody reaches; few networks need to be built then
        return any(bool((goal & self._reached(able, cell)).any()) for able in (self.poorest, mobility))

    def _reached(self, mobility: Mobility, cell: tuple[int, int]) -> Mask:
        """Cells that a way from ``cell`` leads to, [rows, columns]."""
        if (mobility, cell) not in self.reached:
            if mobility not in self.networks:
                self.networks[mobility] = Network(self.ground, mobility)
            network = self.networks[mobility]
            forward: Any = network.backward.T.tocsr()
            start = int(np.ravel_multi_index(cell, network.shape))
            mask = np.zeros(network.shape, dtype=bool)
            mask.flat[breadth_first_order(forward, start, directed=True, return_predecessors=False)] = True
            self.reached[mobility, cell] = mask
        return self.reached[mobility, cell]


def check_reach(report: Report) -> None:
    """Say which goals no way leads to, from where to where, once for each order."""
    g = report.ground
    if g is None:
        return
    bodies = [mobility_of(g, person.body) for person in report.scenario.people.values()]
    ways = _Ways(g, poorest_of(bodies))
    said: set[Path_] = set()
    for (name, person), mobility in zip(report.scenario.people.items(), bodies, strict=True):
        start = report.start_of((name, person, name, (person.count - 1) // 2))
        if start is None or not _can_stand(g, start):
            continue
        for path, option in options_of(report.scenario, person.doctrine):
            goal = goal_mask(g, option.to) if option.to else None
            spot = (*path, "to")
            if goal is None or spot in said or ways.lead_to(goal, start, mobility):
                continue
            said.add(spot)
            at = f"'{person.at}'" if isinstance(person.at, str) else f"[{start[0]:g}, {start[1]:g}]"
            able = f"leaps {mobility.leap:g} m, climbs {mobility.climb:g} m, drops {mobility.drop:g} m"
            report.say(
                spot,
                f"'{option.to}' cannot be reached by '{name}', who starts at {at}",
                f"this body {able}; open a way on the map, or let the body do more",
                code="RG031",
                found=option.to,
            )


def _can_stand(g: GroundMap, at: tuple[float, float]) -> bool:
    return g.holds(*at) and bool(g.passable()[g.index(*at)])


def options_of(scenario: schema.Scenario, name: str) -> list[Option]:
    """Options of a doctrine with their paths, inherited ones first; circles and unknown names end it."""
    chain: list[str] = []
    at: str | None = name
    while at is not None and at in scenario.doctrines and at not in chain:
        chain.append(at)
        at = scenario.doctrines[at].like
    return [
        (("doctrines", doctrine, "options", k), option)
        for doctrine in reversed(chain)
        for k, option in enumerate(scenario.doctrines[doctrine].options)
    ]


def goal_mask(g: GroundMap, name: str) -> Mask | None:
    """Cells of a place, or the last one of a route, [rows, columns]; None for what is neither."""
    if name in g.places:
        return g.places[name].mask
    if name not in g.routes:
        return None
    mask = np.zeros((g.rows, g.columns), dtype=bool)
    x, y = g.routes[name].points[-1]
    mask[g.index(float(x), float(y))] = True
    return mask


def mobility_of(g: GroundMap, body: schema.Body) -> Mobility:
    """What a body of nominal values can do; only where it can go matters, so every ground counts as equally fast."""
    return Mobility(
        speeds=tuple(1.0 if g.ground_types[kind].passable else 0.0 for kind in g.grounds),
        climb=body.climb.nominal,
        climb_speed=1.0,
        drop=body.drop.nominal,
        leap=body.leap.nominal,
        sprint=body.sprint.nominal,
    )


def poorest_of(bodies: Sequence[Mobility]) -> Mobility:
    """A body that can do only what all ``bodies`` can."""
    least = {name: min(getattr(body, name) for body in bodies) for name in ("climb", "drop", "leap", "sprint")}
    return replace(bodies[0], **least)

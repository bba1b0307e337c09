"""Checks of crowds: places, room to stand, and a way that can be walked."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from rearguard.scenario.compile_crowd import walking
from rearguard.scenario.crowds import MOST_PEDESTRIANS, Crowd
from rearguard.scenario.fields import Network
from rearguard.scenario.maps import GroundMap
from rearguard.scenario.report import Report
from rearguard.scenario.source import Path_

FULLEST = 0.45
"""Share of a place that bodies may cover: spread at random, discs jam at 0.547 (Feder 1980, J Theor Biol 87:237)."""


def check_crowds(report: Report) -> None:
    """Places of every crowd, and how many they are; ways are checked by ``check_crowd_ways``."""
    crowds = report.scenario.crowds
    total = sum(crowd.count for crowd in crowds.values())
    if total > MOST_PEDESTRIANS:
        largest = max(crowds, key=lambda name: crowds[name].count)
        message = f"{total:,} pedestrians are too many for one world, which holds {MOST_PEDESTRIANS:,}"
        report.say(("crowds", largest, "count"), message, "play more worlds, not more people", code="RG012")
    for name, crowd in crowds.items():
        here: Path_ = ("crowds", name)
        if crowd.start.nominal >= report.scenario.time.limit.nominal:
            limit = f"the limit of {report.scenario.time.limit.nominal:g} s"
            report.say((*here, "start"), f"'{name}' come at {crowd.start.nominal:g} s, after {limit}", warning=True)
        if report.ground is None:
            continue
        places = report.ground.places
        known = [report.name((*here, key), getattr(crowd, key), places, "place") for key in ("at", "to")]
        if known[0]:
            _check_room(report, report.ground, here, crowd)


def _check_room(report: Report, ground: GroundMap, here: Path_, crowd: Crowd) -> None:
    """Complain of a place that has no room for everybody who stands there at once."""
    cells = int((ground.places[crowd.at].mask & ground.passable()).sum())
    area = cells * ground.cell**2
    if crowd.over.nominal > 0.0 or cells == 0:
        return
    most = int(FULLEST * area / (math.pi * crowd.radius.nominal**2))
    if crowd.count > most:
        message = (
            f"{crowd.count} people of radius {crowd.radius.nominal:g} m do not fit into '{crowd.at}' ({area:g} m²)"
        )
        hint = f"it holds {most}; draw the place larger, or let them come one after the other with `over: 60 s`"
        report.say((*here, "count"), message, hint, code="RG031")


def check_crowd_ways(report: Report) -> None:
    """Say which crowds cannot walk to their place; they neither climb nor leap."""
    g = report.ground
    if g is None:
        return
    network = cache(lambda: Network(g, walking(g)))
    for name, crowd in report.scenario.crowds.items():
        if crowd.at not in g.places or crowd.to not in g.places:
            continue
        start, goal = g.places[crowd.at].mask & g.passable(), g.places[crowd.to].mask
        here: Path_ = ("crowds", name)
        if not start.any():
            report.say((*here, "at"), f"nobody can stand at '{crowd.at}'", code="RG031", found=crowd.at)
        elif not (start & ~goal).any():
            report.say((*here, "to"), f"'{name}' are at '{crowd.to}' from the start", "name another place")
        elif not np.isfinite(network().field(goal)[0][start & ~goal]).any():
            message = f"'{crowd.to}' cannot be reached by '{name}', who start at '{crowd.at}'"
            hint = "pedestrians walk over steps of half a metre and neither climb, drop nor leap"
            report.say((*here, "to"), message, hint, code="RG031", found=crowd.to)

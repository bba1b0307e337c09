"""Checks that need the whole scenario: references, contradictions, and what the map allows; all collected."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from rearguard.scenario import schema
from rearguard.scenario.crowd_rules import check_crowd_ways, check_crowds
from rearguard.scenario.errors import Problem
from rearguard.scenario.expect_entries import check_expectations
from rearguard.scenario.grounds import BUILT_IN
from rearguard.scenario.maps import GroundMap
from rearguard.scenario.reach import check_reach
from rearguard.scenario.report import Member, Report, expand_people
from rearguard.scenario.rules import check_choices, check_doctrines, check_ends, check_factors, quantity_at
from rearguard.scenario.source import Path_, Source
from rearguard.scenario.units import Draw

__all__ = ["MOST_ENTITIES", "check", "expand_people", "quantity_at"]

MOST_ENTITIES = 63
"""People and payloads of a world: they share the bits of a 64-bit mask."""
CARRY_TOGETHER = 5.0
"""Farthest that carriers of one payload may start apart [m]."""
SHORTEST_TICK, LONGEST_TICK = 0.02, 0.5
"""Range of the time step [s]."""
LONGEST = 6000.0
"""Longest world [s]: crumbs keep their time in 16 bits of a tenth of a second."""

DRAWN: tuple[type[schema.Strict], ...] = (
    schema.Body,
    schema.Senses,
    schema.Nerve,
    schema.Technique,
    schema.Shape,
    schema.AfterEffect,
    schema.Stage,
    schema.Crowd,
)
"""Blocks whose quantities every world draws for itself; elsewhere all worlds share one value."""

_USED_BY = {
    "impulse": ("push", "strike"),
    "wound": ("cut", "strike", "missile"),
    "bleeding": ("cut", "strike", "missile"),
    "speed": ("strike", "missile"),
    "width": ("strike", "missile"),
    "tears_ground": ("strike",),
    "heads": ("pin",),
    "upkeep": ("pin",),
    "strain": ("pin",),
    "daze": ("taunt",),
    "bids": ("order",),
    "lasts": ("order", "ward", "mark"),
    "length": ("ward",),
    "strength": ("ward",),
}
"""Which effects ask for a value that only some of them have."""
_WITHOUT_EFFECT = {
    "push": ("impulse",),
    "cut": ("wound", "bleeding"),
    "strike": ("impulse", "wound", "bleeding"),
    "taunt": ("daze",),
    "missile": ("wound", "bleeding"),
    "ward": ("length",),
    "mark": ("lasts",),
}
_VOICES = ("shout", "taunt", "order")


def check(
    scenario: schema.Scenario, source: Source, ground: GroundMap | None, *, gone: frozenset[str] | None = None
) -> list[Problem]:
    """Everything wrong with a scenario beyond its schema; errors and warnings.

    ground: the map; None when it could not be read, then nothing is said about places. gone: given when the scenario is
    only what could be read of it, with the names that are missing for that reason; then only wrong names are told, as
    contradictions may come from what is missing.
    """
    report = Report(scenario, source, ground, gone or frozenset())
    _check_clock(report)
    if _check_size(report):
        _check_names(report)
        for name, person in scenario.people.items():
            _check_person(report, name, person)
        _check_leaders(report)
        for name, payload in scenario.payloads.items():
            _check_stages(report, name, payload)
        _check_carriers(report)
        for name, technique in scenario.techniques.items():
            _check_technique(report, name, technique)
        _check_surroundings(report)
        check_crowds(report)
        check_doctrines(report)
        check_choices(report)
        check_factors(report)
        check_ends(report)
        check_expectations(report)
        _check_noise(report, scenario, ())
        if gone is None:
            check_reach(report)
            check_crowd_ways(report)
    if gone is not None:
        return [p for p in report.problems if p.code in ("RG012", "RG020", "RG031") and p.severity == "error"]
    return report.problems


# -------------------------------------------------------------------------------------------------------- time and size


def _check_clock(report: Report) -> None:
    tick, limit = report.scenario.time.tick, report.scenario.time.limit
    if not SHORTEST_TICK <= tick.nominal <= LONGEST_TICK:
        hint = f"a tick is {SHORTEST_TICK:g} s to {LONGEST_TICK:g} s long, such as 0.1 s"
        report.say(("time", "tick"), f"a tick of {tick.nominal:g} s cannot be played", hint, code="RG012")
    if limit.nominal > LONGEST:
        hint = f"at most {LONGEST:g} s ({LONGEST / 60:g} min)"
        report.say(("time", "limit"), f"a world of {limit.nominal:g} s is too long", hint, code="RG012")
    elif limit.nominal < tick.nominal:
        report.say(("time", "limit"), f"the limit ({limit.nominal:g} s) is shorter than a tick ({tick.nominal:g} s)")
    for name in ("tick", "limit"):
        if getattr(report.scenario.time, name).is_noisy:
            report.say(("time", name), f"the {name} is the same in every world", "write one duration, such as 0.1 s")


def _check_size(report: Report) -> bool:
    """Whether a world can hold everybody; with far more, nothing else is worth saying."""
    people = report.scenario.people
    count = sum(person.count for person in people.values())
    cargo = len(report.scenario.payloads)
    if count + cargo <= MOST_ENTITIES:
        return True
    largest = max(people, key=lambda name: people[name].count)
    path: Path_ = ("people", largest, "count") if people[largest].count > 1 else ("people",)
    what = f"{count:,} people" + (f" and {cargo} payload{'s' if cargo > 1 else ''}" if cargo else "")
    report.say(
        path,
        f"{what} are too many for one world, which holds {MOST_ENTITIES} of both together",
        "everybody here has a mind of its own; those without one belong under `crowds:`",
        key=path == ("people",),
    )
    return count <= 1000


def _check_names(report: Report) -> None:
    s = report.scenario
    named: tuple[tuple[str, Mapping[str, Any]], ...] = (
        ("people", s.people),
        ("crowds", s.crowds),
        ("payloads", s.payloads),
        ("techniques", s.techniques),
        ("doctrines", s.doctrines),
        ("choices", s.choices),
        ("factors", s.factors),
        ("ends", s.ends),
        ("ground", s.ground),
    )
    for section, entries in named:
        for name in entries:
            if not re.fullmatch(schema.NAME_PATTERN, name):
                hint = "names are small letters, digits and underscores, a letter first; a `title` may be anything"
                report.say((section, name), f"'{name}' cannot be a name", hint, code="RG012", key=True, found=name)
    taken = Counter([*(n for n, *_ in report.everybody), *report.sides, *s.payloads, *s.crowds])
    groups = {group for _, person, group, _ in report.everybody if person.count > 1}
    taken.update(name for name in groups if name in taken)
    for name, times in taken.items():
        if times > 1:
            section = "payloads" if name in s.payloads else "crowds" if name in s.crowds else "people"
            owner: Path_ = (section, name)
            if section == "people" and name not in s.people and name in report.by_name:
                owner = ("people", report.by_name[name][2])
            report.say(
                owner, f"'{name}' names more than one of people, sides, crowds and payloads", "rename one", key=True
            )
    for name in ("self", *schema.TARGETS):
        if name in report.by_name or (name in s.payloads and name != "payload"):
            owner = ("payloads", name) if name in s.payloads else ("people", report.by_name[name][2])
            report.say(owner, f"'{name}' means something else where doctrines name targets", "rename it", key=True)


# --------------------------------------------------------------------------------------------------------------- people


def _check_person(report: Report, name: str, person: schema.Person) -> None:
    here: Path_ = ("people", name)
    s = report.scenario
    _check_position(report, (*here, "at"), person.at)
    report.name((*here, "doctrine"), person.doctrine, s.doctrines, "doctrine")
    for k, technique in enumerate(person.techniques):
        report.name((*here, "techniques", k), technique, s.techniques, "technique")
        if technique in person.techniques[:k]:
            report.say((*here, "techniques", k), f"technique '{technique}' stands twice", "leave one out")
    for k, known in enumerate(person.knows):
        report.name((*here, "knows", k), known, [*report.by_name, *s.people, *s.payloads], "person or payload")
    for k, given in enumerate(person.scents):
        report.name((*here, "scents", k), given, [*report.by_name, *s.people], "person")
    body = person.body
    if body.sprint.nominal < body.critical_speed.nominal:
        path = (*here, "body", "sprint" if "sprint" in body.model_fields_set else "critical_speed")
        report.say(
            path,
            f"top speed ({body.sprint.nominal:g} m/s) is below critical speed ({body.critical_speed.nominal:g} m/s)",
            "critical speed is what can be kept up; the sprint is faster",
        )
    for ground in body.familiarity:
        spot: Path_ = (*here, "body", "familiarity", ground)
        report.name(spot, ground, [*s.ground, *BUILT_IN], "ground type", key=True)
    if person.station is not None and not all(math.isfinite(v) for v in person.station):
        report.say((*here, "station"), "a station needs two finite numbers", "[ahead, left] in metres", code="RG012")
    if person.start.nominal >= s.time.limit.nominal:
        limit = f"the limit of {s.time.limit.nominal:g} s"
        report.say((*here, "start"), f"'{name}' enters at {person.start.nominal:g} s, after {limit}", warning=True)


def _check_surroundings(report: Report) -> None:
    """Places that sounds and smokes name."""
    s = report.scenario
    if report.ground is None:
        return
    blocks: list[tuple[Path_, str]] = [(("smoke", name, "at"), smoke.at) for name, smoke in s.smoke.items()]
    blocks += [(("hazards", name, "at"), hazard.at) for name, hazard in s.hazards.items()]
    if s.sound is not None:
        blocks += [(("sound", "sources", name, "at"), source.at) for name, source in s.sound.sources.items()]
    for path, place in blocks:
        report.name(path, place, report.ground.places, "place")


def _check_position(report: Report, path: Path_, at: str | list[float]) -> None:
    g = report.ground
    if not isinstance(at, str) and len(at) != 2:
        report.say(path, f"a position has two numbers, found {len(at)}", "[x, y] in metres", code="RG012")
        return
    if g is None:
        return
    if isinstance(at, str):
        if not report.name(path, at, g.places, "place"):
            return
        x, y = g.places[at].x, g.places[at].y
        what = f"at '{at}'"
    else:
        x, y = at
        what = f"at [{x:g}, {y:g}]"
    if not g.holds(x, y):
        reach = f"the map reaches from [0, 0] to [{g.width:g}, {g.height:g}] m"
        report.say(path, f"nobody can stand {what}: it lies outside the map", reach, code="RG031")
    elif not g.passable()[g.index(x, y)]:
        kind = g.grounds[int(g.ground[g.index(x, y)])]
        report.say(path, f"nobody can stand {what}: there is {kind}", _free_ground(g, x, y), code="RG031")


def _free_ground(g: GroundMap, x: float, y: float) -> str | None:
    """A hint that names the nearest spot that can be stood on."""
    rows, columns = g.passable().nonzero()
    if not len(rows):
        return None
    xs, ys = (columns + 0.5) * g.cell, (rows + 0.5) * g.cell
    k = int(((xs - x) ** 2 + (ys - y) ** 2).argmin())
    return f"the nearest free ground is at [{xs[k]:g}, {ys[k]:g}]"


def _check_leaders(report: Report) -> None:
    leads = {name: person.leader for name, person, *_ in report.everybody if person.leader is not None}
    groups_done: set[str] = set()
    for name, leader in leads.items():
        group = report.by_name[name][2]
        path: Path_ = ("people", group, "leader")
        if group in groups_done:
            continue
        groups_done.add(group)
        if not report.name(path, leader, report.by_name, "person"):
            continue
        if report.by_name[leader][1].side != report.by_name[name][1].side:
            report.say(path, f"'{leader}' is not of the side of '{name}'", "a leader is a friend")
        seen = [name]
        while leader in leads and leader not in seen:
            seen.append(leader)
            leader = leads[leader]
        if leader == name:
            report.say(path, f"nobody leads here: {' → '.join([*seen, leader])}", "one of them needs no `leader`")


# ----------------------------------------------------------------------------------------------- payloads and techniques


def _check_stages(report: Report, name: str, payload: schema.Payload) -> None:
    names = [stage.name for stage in payload.stages]
    for k, stage in enumerate(payload.stages):
        spot: Path_ = ("payloads", name, "stages", k)
        last = k == len(payload.stages) - 1
        if names.index(stage.name) != k:
            report.say((*spot, "name"), f"stage '{stage.name}' stands twice", "rename one", found=stage.name)
        if last and stage.lasts is not None:
            message = "the last stage is the point of no return and does not end"
            report.say((*spot, "lasts"), message, "leave `lasts` out, or add the stage that comes after")
        if not last and stage.lasts is None:
            message = f"stage '{stage.name}' never ends, so '{names[k + 1]}' is never reached"
            report.say((*spot, "name"), message, "give it a duration, such as `lasts: 60 s`")


def _check_carriers(report: Report) -> None:
    loaded: dict[str, str] = {}
    for name, payload in report.scenario.payloads.items():
        first: Member | None = None
        for k, carrier in enumerate(payload.carriers):
            path: Path_ = ("payloads", name, "carriers", k)
            if not report.name(path, carrier, report.by_name, "person"):
                continue
            member = report.by_name[carrier]
            if carrier in loaded:
                report.say(path, f"'{carrier}' already carries '{loaded[carrier]}'", "one payload a person")
            loaded[carrier] = name
            if first is None:
                first = member
                continue
            if member[1].side != first[1].side:
                message = f"'{carrier}' ({member[1].side}) and '{first[0]}' ({first[1].side}) are of different sides"
                report.say(path, message, "those who carry together are friends")
                continue
            a, b = report.start_of(first), report.start_of(member)
            if a is not None and b is not None and math.dist(a, b) > CARRY_TOGETHER:
                report.say(
                    path,
                    f"'{carrier}' and '{first[0]}' carry '{name}' together but start {math.dist(a, b):.0f} m apart",
                    f"carriers start within {CARRY_TOGETHER:g} m of one another",
                )


def _check_technique(report: Report, name: str, technique: schema.Technique) -> None:
    here: Path_ = ("techniques", name)
    for key, effects in _USED_BY.items():
        if key in technique.model_fields_set and technique.effect not in effects:
            message = f"{key}: it has no meaning for the effect '{technique.effect}'"
            report.say((*here, key), message, f"it belongs to {' and '.join(effects)}", key=True, warning=True)
    if technique.effect in _VOICES and technique.loudness.support[1] <= 0.0:
        hint = "give it `loudness:`; a loud voice is 75 dB, a shout 82 dB"
        report.say(here, f"technique '{name}' is a voice without a sound", hint, key=True)
    if technique.effect == "order":
        if technique.bids is None:
            report.say(here, f"technique '{name}' bids nothing", "give it `bids:` with an order", key=True)
        else:
            report.name((*here, "bids"), technique.bids, schema.ORDERS, "order")
    sizes = _WITHOUT_EFFECT.get(technique.effect, ())
    if sizes and all(getattr(technique, size).support[1] <= 0.0 for size in sizes):
        hint = f"give it {' or '.join(f'`{size}`' for size in sizes)}"
        report.say(here, f"technique '{name}' does nothing to whom it hits", hint, key=True, warning=True)


# ---------------------------------------------------------------------------------------------------------------- noise


def _check_noise(report: Report, node: Any, path: Path_, drawn: bool = False) -> None:
    """Warn of draws that are often cut at the end of their range, and of draws where worlds do not differ."""
    if isinstance(node, schema.Strict):
        here = isinstance(node, DRAWN)
        for key in sorted(node.model_fields_set):
            value = getattr(node, key)
            if isinstance(value, Draw):
                # people enter at times of their own
                per_world = here or (isinstance(node, schema.Person) and key == "start")
                _check_draw(report, (*path, key), value, schema.quantity_of(type(node), key), per_world)
            else:
                _check_noise(report, value, (*path, key), here and key == "opposes")
    elif isinstance(node, dict):
        for key, value in node.items():
            if isinstance(value, Draw):
                _check_draw(report, (*path, key), value, None, drawn)
            else:
                _check_noise(report, value, (*path, key))
    elif isinstance(node, list):
        for k, value in enumerate(node):
            _check_noise(report, value, (*path, k))


def _check_draw(report: Report, path: Path_, draw: Draw, limit: Any, per_world: bool) -> None:
    if not draw.is_noisy or path[:1] in (("time",), ("expect",)):
        return
    name = path[-1]
    if not per_world:
        message = f"{name}: this is the same in every world; {draw.nominal:g} is taken"
        report.say(
            path, message, "bodies, senses, nerve, techniques, stages, crowds and starts can be drawn", warning=True
        )
    elif draw.kind == "normal" and limit is not None and draw.values[1] > 0.0:
        low, high = draw.values[0] - 3.0 * draw.values[1], draw.values[0] + 3.0 * draw.values[1]
        if low < limit.low or high > limit.high:
            bound = f"below {limit.low:g}" if low < limit.low else f"above {limit.high:g}"
            message = f"{name}: draws {bound} will be cut; three standard deviations reach past it"
            report.say(path, message, "a smaller standard deviation, or uniform(...)", warning=True)

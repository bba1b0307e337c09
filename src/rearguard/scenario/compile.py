"""From a scenario to arrays: what the engine plays.

Everything that a world may differ in (bodies, techniques, stages, starts) becomes a table cell with a nominal value and,
when noisy, a draw; the rest becomes constant arrays. Names stay here: the engine knows only indices.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from rearguard.engine.columns import Body, Craft, Effect, Phase
from rearguard.engine.model import Check, Curve, Input, Order, Target
from rearguard.scenario import schema
from rearguard.scenario.check import expand_people
from rearguard.scenario.compile_crowd import compile_crowds
from rearguard.scenario.compiled import Compiled, Names, Tables
from rearguard.scenario.ends import Condition, parse_when
from rearguard.scenario.fields import FieldSet, Mobility, build_fields
from rearguard.scenario.load import LoadedScenario
from rearguard.scenario.maps import Route
from rearguard.scenario.policies import compile_policies, unit_count
from rearguard.scenario.schema_surroundings import MECHANICS, Sound
from rearguard.scenario.surroundings import air_absorption, ambient_levels, bare_ground
from rearguard.scenario.units import Draw, fixed

PACES = {"easy": 0.8, "steady": 1.0, "hard": 1.4, "sprint": 2.0}
CONTACT_DISTANCE = 1.5
"""Distance at which people touch [m]."""
MOST_CLASSES = 8
OPPOSABLE = (Effect.push, Effect.cut, Effect.strike, Effect.pin)
"""Effects that a technique may oppose."""
PATCH = 8.0
"""Width of the patches of ground on which passages are counted [m], on maps that do not have too many of them."""
MOST_PATCHES = 2048
MOST_MARKS = 64
FEW_KERNELS = "REARGUARD_FEW_KERNELS"
"""When this is set in the environment, nearly all scenarios share a kernel: slower to play, but nothing new to compile."""
"""Way marks of a world."""


def _put_all(tables: Tables, table: str, row: tuple[int, ...], columns: Any, sources: dict[str, Any]) -> None:
    """Fill every column that one of the ``sources`` (path prefix → schema object) has a field for."""
    for column in columns:
        for prefix, source in sources.items():
            if column.name in type(source).model_fields:
                draw = getattr(source, column.name)
                info = schema.quantity_of(type(source), column.name)
                tables.put(table, (*row, int(column)), f"{prefix}.{column.name}", draw, info)
                break


def _mask(indices: list[int]) -> int:
    return sum(1 << i for i in indices)


class _Compiler:
    """Turns a loaded scenario into arrays; one method per part."""

    def __init__(self, loaded: LoadedScenario) -> None:
        self.loaded = loaded
        self.scenario = loaded.scenario
        self.map = loaded.map
        self.people = expand_people(self.scenario)
        self.person_index = {name: i for i, (name, *_rest) in enumerate(self.people)}
        self.sides = list(dict.fromkeys(person.side for _, person, *_ in self.people))
        self.payloads = list(self.scenario.payloads)
        self.techniques = list(self.scenario.techniques)
        self.outcomes = list(self.scenario.ends)
        self.goals: list[str] = []
        self.zones: list[str] = []
        self.arrays: dict[str, Any] = {}
        self.tables = Tables()

    # -- names

    def entity(self, name: str) -> int:
        """Index of a person or payload."""
        if name in self.person_index:
            return self.person_index[name]
        return len(self.people) + self.payloads.index(name)

    def members(self, name: str) -> list[int]:
        """People of a side, of a group, or one person."""
        return [
            i
            for i, (person_name, person, group, _) in enumerate(self.people)
            if name in (person_name, group, person.side)
        ]

    def goal(self, name: str | None) -> int:
        """Index of the travel-time field toward a place or along a route."""
        if name is None:
            return -1
        if name not in self.goals:
            self.goals.append(name)
        return self.goals.index(name)

    def zone(self, name: str) -> int:
        """Bit of a place in the zone layer."""
        if name not in self.zones:
            self.zones.append(name)
        return self.zones.index(name)

    def place_xy(self, name: str) -> tuple[float, float]:
        """Centre of a place, or the end of a route [m]."""
        if name in self.map.routes:
            x, y = self.map.routes[name].points[-1]
            return float(x), float(y)
        place = self.map.places[name]
        return place.x, place.y

    # -- parts

    def run(self) -> Compiled:
        """Compile everything."""
        self._ground()
        self._people()
        self._techniques()
        self._payloads()
        self._hazards()
        self._choices()
        self._doctrines()
        self._ends()
        mobility = self._mobility()
        fields = self._fields(mobility)
        clock = self.scenario.time
        dt = clock.tick.nominal
        a = self.arrays
        policies = [self.loaded.policies[name] for name in self._policed()]
        a["policies"] = compile_policies(policies, self._policy_of(), dt)
        a["throng"], crowd_sizes = compile_crowds(self.map, self._crowds(), self.tables, dt)
        a.update(
            people=len(self.people),
            payloads=len(self.payloads),
            entities=len(self.people) + len(self.payloads),
            rules=len(self.outcomes),
            dt=dt,
            limit_ticks=round(clock.limit.nominal / dt),
            look_every=max(round(0.5 / dt), 1),
            think_every=max(round(0.5 / dt), 1),
            listen_every=max(round(1.0 / dt), 2),
            air=air_absorption(self.scenario.sound or Sound()),
        )
        uses = self._uses()
        self._switch_off(uses)
        a["listens"] = int("hearing" in uses)
        if os.environ.get(FEW_KERNELS):
            uses = self._kernel_for_many(uses)
        names = Names(
            people=[name for name, *_ in self.people],
            titles=[self._title(*entry) for entry in self.people],
            groups=[group for *_, group, _ in self.people],
            sides=self.sides,
            side_of=[self.sides.index(person.side) for _, person, *_ in self.people],
            payloads=self.payloads,
            techniques=self.techniques,
            crowds=list(self.scenario.crowds),
            places=list(self.map.places),
            outcomes=self.outcomes,
            stages=[[s.name for s in p.stages] for p in self.scenario.payloads.values()],
            choices={name: list(c.of) for name, c in self.scenario.choices.items()},
        )
        return Compiled(
            name=self.scenario.name,
            digest=self.loaded.digest,
            names=names,
            sizes={
                **self._sizes(fields),
                **crowd_sizes,
                "hindered": len(self.people) if self._crowds() else 0,
                "commanded": len(self.people) if "control" in uses else 0,
                "units": unit_count(policies),
            },
            arrays=a,
            tables=self.tables.tables,
            noise=self.tables.noise,
            cells=self.tables.cells,
            uses=uses,
            map=self.map,
            choice_default=self._choice_default(),
            mobility=mobility,
        )

    def _policed(self) -> list[str]:
        """Doctrines in use that have a policy."""
        used = dict.fromkeys(person.doctrine for _, person, *_ in self.people)
        return [name for name in used if name in self.loaded.policies]

    def _policy_of(self) -> list[int]:
        """Policy of everybody, by its place in ``_policed``; -1: none."""
        policed = self._policed()
        return [policed.index(p.doctrine) if p.doctrine in policed else -1 for _, p, *_ in self.people]

    def _crowds(self) -> dict[str, schema.Crowd]:
        """The crowds, unless they are switched off."""
        return self.scenario.crowds if self.scenario.mechanics.get("crowd", True) else {}

    def _uses(self) -> frozenset[str]:
        """Mechanics that the scenario asks for and has not switched off; only these are compiled."""
        crafts = list(self.scenario.techniques.values())
        stages = [stage for payload in self.scenario.payloads.values() for stage in payload.stages]
        voices = any(c.effect in ("shout", "taunt", "order") for c in crafts)
        loudness = [c.loudness for c in crafts] + [stage.loudness for stage in stages]
        loud = any(level.support[1] > 0.0 for level in loudness)
        asked = {
            "techniques": bool(crafts),
            "payload": bool(self.payloads),
            "trails": self.arrays["trails"] > 0,
            "scent": self.arrays["trails"] > 0 and any(p.senses.nose.support[1] > 0.0 for _, p, *_ in self.people),
            "hearing": self.scenario.sound is not None or loud or voices,
            "presence": any(stage.presence.support[1] > 0.0 for stage in stages),
            "missiles": any(c.effect == "missile" for c in crafts),
            "wards": any(c.effect == "ward" for c in crafts),
            "marks": any(c.effect == "mark" for c in crafts),
            "hazards": bool(self.scenario.hazards),
            "crowd": bool(self._crowds()),
            "control": bool(self._policed()),
            "nerve": voices
            or any(stage.horror.support[1] > 0.0 for stage in stages)
            or any(p.nerve.reluctance.support[1] > 0.0 for _, p, *_ in self.people),
        }
        off = {name for name, on in self.scenario.mechanics.items() if not on}
        return frozenset(name for name, wanted in asked.items() if wanted and name not in off)

    def _kernel_for_many(self, uses: frozenset[str]) -> frozenset[str]:
        """The mechanics of a kernel that many scenarios share: all that make no difference here, and those in use."""
        off = {name for name, on in self.scenario.mechanics.items() if not on}
        return uses | (MECHANICS.keys() - off)

    def _switch_off(self, uses: frozenset[str]) -> None:
        """What a mechanic that is off would still be felt through: noses, composure without nerve, uses of techniques."""
        neutral = {"scent": (Body.nose, 0.0), "nerve": (Body.composure, 1.0)}
        for mechanic, (column, value) in neutral.items():
            if mechanic not in uses:
                self.tables.tables["body"][:, column] = value
                self.tables.noise = [n for n in self.tables.noise if n.table != "body" or n.cell[1] != column]
        if "scent" not in uses:
            self.arrays["smells"][:] = 0
        for effect, mechanic in ((Effect.missile, "missiles"), (Effect.ward, "wards"), (Effect.mark, "marks")):
            if mechanic not in uses:
                self.arrays["limit"][self.arrays["effect"] == effect] = 0

    @staticmethod
    def _title(name: str, person: schema.Person, group: str, index: int) -> str:
        if person.title is None:
            return name.replace("_", " ").title()
        return person.title if person.count == 1 else f"{person.title} {index + 1}"

    def _ground(self) -> None:
        m = self.map
        kinds = [m.ground_types[name] for name in m.grounds]

        def column(attribute: str, dtype: Any = np.float32) -> np.ndarray:
            return np.array([getattr(kind, attribute) for kind in kinds], dtype=dtype)

        self.arrays["ground"] = {
            "kind": m.ground.astype(np.uint8),
            "elevation": m.elevation.astype(np.float32),
            "floor": np.where(m.passable(), m.elevation, 1.0e9).astype(np.float32),
            "speed": column("speed"),
            "energy": column("energy"),
            "cover": column("cover"),
            "screen": column("screen"),
            "sign": column("sign"),
            "friction": column("friction"),
            "passable": column("passable", np.int32),
            "noise": (10.0 ** (0.1 * column("noise"))).astype(np.float32),
            "muffle": column("muffle"),
            "scent": column("scent"),
            "ambient": ambient_levels(m, self.scenario.sound or Sound()),
            "cell": float(m.cell),
            "cells_per_metre": 1.0 / float(m.cell),
            "rows": int(m.ground.shape[0]),
            "columns": int(m.ground.shape[1]),
        }

    def _patches(self, counted: bool) -> int:
        """Cut the ground into patches for counting passages; returns how many: one where nobody counts."""
        width = max(PATCH, (self.map.width * self.map.height / MOST_PATCHES) ** 0.5)
        columns = int(self.map.width / width) + 1 if counted else 1
        self.arrays["patch_columns"] = columns
        self.arrays["patches_per_metre"] = 1.0 / width if counted else 0.0
        return columns * (int(self.map.height / width) + 1) if counted else 1

    def _home(self, person: schema.Person, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Start of one of a group [m] and its offset from the group's place: a loose arc across the way."""
        if isinstance(person.at, str):
            centre = np.array(self.place_xy(person.at))
        else:
            centre = np.array(person.at, dtype=float)
        across = (index - 0.5 * (person.count - 1)) * person.spacing.nominal
        offset = np.array([-0.04 * abs(across) * abs(across) / max(person.spacing.nominal, 0.1), across])
        home = centre + offset
        inside = 0.0 <= home[0] < self.map.width and 0.0 <= home[1] < self.map.height
        if not inside or not self.map.passable()[self.map.index(home[0], home[1])]:
            home = centre
        return home, offset

    def _people(self) -> None:
        n = len(self.people)
        kinds = list(self.map.grounds)
        slots = max((len(person.techniques) for _, person, *_ in self.people), default=1) or 1
        a = self.arrays
        a["side"] = np.array([self.sides.index(person.side) for _, person, *_ in self.people], np.int32)
        a["home"] = np.zeros((n, 2), np.float32)
        a["station"] = np.zeros((n, 2), np.float32)
        a["scatter"] = np.zeros(n, np.float32)
        a["leader"] = np.full(n, -1, np.int32)
        a["knows"] = np.zeros(n, np.uint64)
        a["craft"] = np.full((n, slots), -1, np.int32)
        a["familiarity"] = np.ones((n, len(kinds)), np.float32)
        a["carries"] = np.full(n, -1, np.int32)
        a["slots"] = slots
        self.tables.tables["body"] = np.zeros((n, len(Body)), np.float32)
        for i, (name, person, _group, k) in enumerate(self.people):
            home, offset = self._home(person, k)
            a["home"][i] = home
            a["scatter"][i] = person.scatter.nominal
            a["station"][i] = person.station if person.station is not None else offset
            if person.leader is not None:
                a["leader"][i] = self.person_index[person.leader]
            known = {e for item in person.knows for e in (self.members(item) or [self.entity(item)])}
            a["knows"][i] = _mask(sorted(known - {i}))
            for slot, technique in enumerate(person.techniques):
                a["craft"][i, slot] = self.techniques.index(technique)
            for ground, factor in person.body.familiarity.items():
                for k, kind in enumerate(kinds):
                    if bare_ground(kind) == ground:
                        a["familiarity"][i, k] = factor.nominal
            prefix = f"people.{name}"
            sources = {
                f"{prefix}.body": person.body,
                f"{prefix}.senses": person.senses,
                f"{prefix}.nerve": person.nerve,
                prefix: person,
            }
            _put_all(self.tables, "body", (i,), Body, sources)

    def _techniques(self) -> None:
        crafts = list(self.scenario.techniques.items())
        a = self.arrays
        a["effect"] = np.array([int(Effect[t.effect]) for _, t in crafts] or [0], np.int32)
        a["heads"] = np.array([t.heads for _, t in crafts] or [0], np.int32)
        a["limit"] = np.array([-1 if t.uses is None else t.uses for _, t in crafts] or [0], np.int32)
        orders = [-1 if t.bids is None else int(Order[t.bids]) for _, t in crafts]
        a["bids"] = np.array(orders or [-1], np.int32)
        a["moving"] = np.array([int(t.while_moving) for _, t in crafts] or [0], np.int32)
        self.tables.tables["craft"] = np.zeros((max(len(crafts), 1), len(Craft)), np.float32)
        for k, (name, technique) in enumerate(crafts):
            prefix = f"techniques.{name}"
            sources = {prefix: technique, f"{prefix}.shape": technique.shape}
            _put_all(self.tables, "craft", (k,), Craft, sources)
            for part in ("lasts", "arm", "speed"):
                column = Craft[f"after_{part}"]
                draw = getattr(technique.after, part)
                self.tables.put("craft", (k, int(column)), f"{prefix}.after.{part}", draw, None)
            opposes: dict[str, Draw] = {str(name): draw for name, draw in technique.opposes.items()}
            for effect in OPPOSABLE:
                draw = opposes.get(effect.name, fixed(1.0))
                column = Craft[f"opposes_{effect.name}"]
                self.tables.put("craft", (k, int(column)), f"{prefix}.opposes.{effect.name}", draw, None)

    def _hazards(self) -> None:
        hazards = list(self.scenario.hazards.values())

        def column(name: str) -> np.ndarray:
            return np.array([getattr(h, name).nominal for h in hazards] or [0.0], np.float32)

        start = column("start")
        self.arrays["hazards"] = {
            "at": np.array([self.place_xy(h.at) for h in hazards] or [(0.0, 0.0)], np.float32),
            **{name: column(name) for name in ("area", "rate", "radius", "wound", "impulse")},
            "start": start,
            "until": start + column("lasts"),
            "count": len(hazards),
        }

    def _payloads(self) -> None:
        cargo = list(self.scenario.payloads.items())
        a = self.arrays
        stages = max((len(p.stages) for _, p in cargo), default=1)
        a["payload_side"] = np.zeros(max(len(cargo), 1), np.int32)
        a["payload_reach"] = np.array([p.reach.nominal for _, p in cargo] or [1.0], np.float32)
        a["payload_tow"] = np.array([p.trail.nominal for _, p in cargo] or [1.0], np.float32)
        a["stage_count"] = np.array([len(p.stages) for _, p in cargo] or [1], np.int32)
        self.tables.tables["phase"] = np.zeros((max(len(cargo), 1), stages, len(Phase)), np.float32)
        for k, (name, payload) in enumerate(cargo):
            carriers = [self.person_index[c] for c in payload.carriers]
            a["payload_side"][k] = a["side"][carriers[0]]
            for i in carriers:
                a["carries"][i] = k
            for j, stage in enumerate(payload.stages):
                prefix = f"payloads.{name}.stages.{j}"
                for column in Phase:
                    draw = getattr(stage, column.name)
                    if draw is not None:
                        info = schema.quantity_of(schema.Stage, column.name)
                        self.tables.put("phase", (k, j, int(column)), f"{prefix}.{column.name}", draw, info)
        a["deadline_payload"], a["deadline_stage"] = self._deadline()

    def _deadline(self) -> tuple[int, int]:
        if self.scenario.deadline is not None:
            condition = parse_when(self.scenario.deadline)[0]
            k = self.payloads.index(condition.subject)
            names = [s.name for s in self.scenario.payloads[condition.subject].stages]
            return k, names.index(str(condition.value))
        if not self.payloads:
            return -1, -1
        return 0, len(self.scenario.payloads[self.payloads[0]].stages) - 1

    def _choices(self) -> None:
        choices = self.scenario.choices
        most = max((len(c.of) for c in choices.values()), default=1)
        agent = np.full((max(len(choices), 1), most), -1, np.int32)
        for k, choice in enumerate(choices.values()):
            for v, value in enumerate(choice.of):
                agent[k, v] = self.person_index.get(value, -1)
        self.arrays["choice_agent"] = agent

    def _choice_default(self) -> np.ndarray:
        values = [c.of.index(c.default) for c in self.scenario.choices.values()]
        return np.array(values or [0], np.int32)

    def _doctrines(self) -> None:
        rows: list[dict[str, Any]] = []
        reasons: list[dict[str, Any]] = []
        spans: dict[str, tuple[int, int]] = {}
        tracks: dict[str, int] = {}
        for name in dict.fromkeys(person.doctrine for _, person, *_ in self.people):
            options = self.scenario.options_of(name)
            spans[name] = (len(rows), len(options))
            for option in options:
                row = self._option(option, len(reasons))
                rows.append(row)
                reasons.extend(self._reason(r) for r in option.when)
                if row["order"] == Order.track:
                    tracks[name] = self._tracked(row)
        d: dict[str, Any] = {}
        for key, dtype in (
            ("order", np.int32),
            ("technique", np.int32),
            ("target", np.int32),
            ("named", np.int32),
            ("goal", np.int32),
            ("goal_xy", np.float32),
            ("pace", np.float32),
            ("rank", np.int32),
            ("weight", np.float32),
            ("reason_first", np.int32),
            ("reason_count", np.int32),
        ):
            d[key] = np.array([row[key] for row in rows], dtype=dtype)
        for key, dtype in (
            ("input", np.int32),
            ("curve", np.int32),
            ("low", np.float32),
            ("high", np.float32),
            ("shape", np.float32),
            ("least", np.float32),
            ("choice", np.int32),
            ("value", np.int32),
        ):
            d[key] = np.array([r[key] for r in reasons] or [0], dtype=dtype)
        d["first"] = np.array([spans[person.doctrine][0] for _, person, *_ in self.people], np.int32)
        d["count"] = np.array([spans[person.doctrine][1] for _, person, *_ in self.people], np.int32)
        inertia = [self.scenario.doctrines[person.doctrine].inertia.nominal for _, person, *_ in self.people]
        d["inertia"] = np.array(inertia, np.float32)
        self.arrays["doctrine"] = d
        owners = [len(self.people) + k for k in range(len(self.payloads))]
        given = [e for _, person, *_ in self.people for name in person.scents for e in self.members(name)]
        owners += [e for e in dict.fromkeys([*tracks.values(), *given]) if 0 <= e < len(self.people)]
        smells = [
            _mask([owners.index(e) for name in person.scents for e in self.members(name)])
            if person.doctrine in tracks
            else 0
            for _, person, *_ in self.people
        ]
        self.arrays["smells"] = np.array(smells, np.uint32)
        self.arrays["tracks"] = np.array([tracks.get(person.doctrine, -1) for _, person, *_ in self.people], np.int32)
        trail_of = np.full(len(self.people) + max(len(self.payloads), 0), -1, np.int32)
        for k, owner in enumerate(owners):
            trail_of[owner] = k
        self.arrays["trail_of"] = trail_of
        self.arrays["trail_owner"] = np.array(owners or [0], np.int32)
        self.arrays["trails"] = len(owners)

    def _tracked(self, row: dict[str, Any]) -> int:
        """Entity whose trail a ``track`` option follows: the one it names, else the first payload."""
        if row["target"] == Target.named:
            return int(row["named"])
        return len(self.people) if self.payloads else -1

    def _option(self, option: schema.Option, first_reason: int) -> dict[str, Any]:
        named, target = -1, Target.named
        if option.target in Target.__members__ and option.target != "named":
            target = Target[option.target]
        else:
            named = self.entity(option.target)
        pace = PACES[option.pace] if isinstance(option.pace, str) else option.pace.nominal
        return {
            "order": -1 if option.order is None else int(Order[option.order]),
            "technique": -1 if option.use is None else self.techniques.index(option.use),
            "target": int(target),
            "named": named,
            "goal": self.goal(option.to),
            "goal_xy": (0.0, 0.0) if option.to is None else self.place_xy(option.to),
            "pace": pace,
            "rank": option.rank,
            "weight": option.weight.nominal,
            "reason_first": first_reason,
            "reason_count": len(option.when),
        }

    def _reason(self, reason: schema.Consideration) -> dict[str, Any]:
        choice, value = 0, -1
        if reason.choice is not None:
            choice = list(self.scenario.choices).index(reason.choice)
            if reason.value is not None:
                value = self.scenario.choices[reason.choice].of.index(reason.value)
        return {
            "input": int(Input[reason.input]),
            "curve": int(Curve[reason.curve]),
            "low": reason.low.nominal,
            "high": reason.high.nominal,
            "shape": reason.shape.nominal,
            "least": reason.least.nominal,
            "choice": choice,
            "value": value,
        }

    def _ends(self) -> None:
        rules: dict[str, list[Any]] = {"first": [], "count": [], "after": [], "outcome": []}
        checks: dict[str, list[Any]] = {"check": [], "who": [], "whom": [], "payload": [], "number": []}
        for k, end in enumerate(self.scenario.ends.values()):
            conditions = parse_when(end.when)
            rules["first"].append(len(checks["check"]))
            rules["count"].append(len(conditions))
            rules["after"].append(end.after.nominal)
            rules["outcome"].append(k)
            for condition in conditions:
                for key, value in self._check(condition).items():
                    checks[key].append(value)
        e: dict[str, Any] = {
            "first": np.array(rules["first"], np.int32),
            "count": np.array(rules["count"], np.int32),
            "after": np.array(rules["after"], np.float32),
            "outcome": np.array(rules["outcome"], np.int32),
            "check": np.array(checks["check"], np.int32),
            "who": np.array(checks["who"], np.uint64),
            "whom": np.array(checks["whom"], np.uint64),
            "payload": np.array(checks["payload"], np.int32),
            "number": np.array(checks["number"], np.float32),
        }
        self.arrays["ends"] = e
        zones = np.zeros(self.map.ground.shape, np.uint32)
        for bit, name in enumerate(self.zones):
            zones |= self.map.places[name].mask.astype(np.uint32) << np.uint32(bit)
        self.arrays["ground"]["zones"] = zones

    def _check(self, c: Condition) -> dict[str, Any]:
        row: dict[str, Any] = {"check": int(Check[c.kind]), "who": 0, "whom": 0, "payload": -1, "number": 0.0}
        if c.kind == "time":
            row["number"] = float(c.value)
        elif c.kind == "stage":
            row["payload"] = self.payloads.index(c.subject)
            names = [s.name for s in self.scenario.payloads[c.subject].stages]
            row["number"] = float(names.index(str(c.value)))
        elif c.kind == "out":
            row["who"] = _mask(self.members(c.subject))
        elif c.kind == "contact":
            row["number"] = CONTACT_DISTANCE
            row["who"] = _mask(self.members(c.subject))
            if c.object in self.payloads:
                row["payload"] = self.payloads.index(c.object)
            else:
                row["whom"] = _mask(self.members(str(c.object)))
        else:
            row["number"] = float(self.zone(str(c.object)))
            if c.subject in self.payloads:
                row["payload"] = self.payloads.index(c.subject)
            else:
                row["who"] = _mask(self.members(c.subject))
        return row

    def _mobility(self) -> list[Mobility]:
        """Mobility classes: people who leap, climb and drop about alike share their travel-time fields."""
        classes: dict[tuple[Any, ...], list[int]] = {}
        for i, (_, person, *_rest) in enumerate(self.people):
            body = person.body
            key = tuple(round(v.nominal) for v in (body.leap, body.climb, body.drop))
            classes.setdefault((*key, tuple(sorted(body.familiarity))), []).append(i)
        if len(classes) > MOST_CLASSES:
            merged: dict[tuple[Any, ...], list[int]] = {}
            for key, members in classes.items():
                merged.setdefault(tuple(round(v / 3) for v in key[:3]), []).extend(members)
            classes = merged
        out = []
        self.arrays["mobility"] = np.zeros(len(self.people), np.int32)
        body_table = self.tables.tables["body"]
        for k, members in enumerate(classes.values()):
            self.arrays["mobility"][members] = k
            least = body_table[members].min(axis=0)
            sprint = float(least[Body.sprint])
            speeds = tuple(
                float(round(sprint * kind.speed * self.arrays["familiarity"][members[0], j], 3))
                if kind.passable
                else 0.0
                for j, kind in enumerate(self.map.ground_types[g] for g in self.map.grounds)
            )
            out.append(
                Mobility(
                    speeds=speeds,
                    climb=float(least[Body.climb]),
                    climb_speed=float(least[Body.climb_speed]),
                    drop=float(least[Body.drop]),
                    leap=float(least[Body.leap]),
                    sprint=sprint,
                )
            )
        return out

    def _fields(self, mobility: list[Mobility]) -> FieldSet:
        goals: list[tuple[np.ndarray, Route | None]] = []
        for name in self.goals:
            if name in self.map.routes:
                route = self.map.routes[name]
                mask = np.zeros(self.map.ground.shape, bool)
                x, y = route.points[-1]
                mask[self.map.index(float(x), float(y))] = True
                goals.append((mask, route))
            else:
                goals.append((self.map.places[name].mask, None))
        fields = build_fields(self.map, mobility, goals, [True] * len(mobility))
        shape = self.map.ground.shape
        goal = fields.goal_direction
        if goal.size == 0:
            goal = np.full((len(mobility), 1, *shape), 255, np.uint8)
        self.arrays["paths"] = {
            "goal": goal.astype(np.uint8),
            "landmark": fields.landmark_direction.astype(np.uint8),
            "nearest": fields.nearest_landmark.astype(np.int16),
            "arrival": fields.arrival,
        }
        return fields

    def _sizes(self, fields: FieldSet) -> dict[str, int]:
        a = self.arrays
        uses = self._uses()
        scars = sum(
            a["limit"][k] if a["limit"][k] >= 0 else 8
            for k, t in enumerate(self.scenario.techniques.values())
            if t.tears_ground.nominal > 0.0
        )
        return {
            "agents": len(self.people),
            "payloads": max(len(self.payloads), 1),
            "entities": len(self.people) + len(self.payloads),
            "slots": int(a["slots"]),
            "techniques": max(len(self.techniques), 1),
            "stages": int(self.tables.tables["phase"].shape[1]),
            "choices": max(len(self.scenario.choices), 1),
            "rules": len(self.outcomes),
            "trails": max(int(a["trails"]), 1),
            "crumbs": self.scenario.log.crumbs,
            "events": self.scenario.log.events,
            "scars": int(min(max(scars, 1), 16)),
            "hazards": max(len(self.scenario.hazards), 1),
            "wards": 16 if "wards" in uses else 1,
            "marks": MOST_MARKS if "marks" in uses else 1,
            "missiles": 16 if "missiles" in uses else 1,
            "patches": self._patches("scent" in uses),
            "body": len(Body),
            "craft": len(Craft),
            "phase": len(Phase),
        }


def compile_scenario(loaded: LoadedScenario) -> Compiled:
    """Compile a loaded, checked scenario to arrays; travel-time fields come from a cache on disk when they can."""
    return _Compiler(loaded).run()

"""Checks that need the whole scenario: references, contradictions, and what the map allows; all collected."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rearguard.scenario import schema
from rearguard.scenario.ends import Condition, WhenError, parse_when
from rearguard.scenario.errors import Problem, did_you_mean
from rearguard.scenario.fields import Mobility, travel_time
from rearguard.scenario.maps import GroundMap
from rearguard.scenario.source import Path_, Source
from rearguard.scenario.units import Draw, Quantity, parse_quantity

MOST_PEOPLE = 60
"""People of a world: with the payloads they share the bits of a 64-bit mask."""
CARRY_TOGETHER = 5.0
"""Farthest that carriers of one payload may start apart [m]."""
LONGEST = 6000.0
"""Longest world [s]: crumbs keep their time in 16 bits of a tenth of a second."""
NOBODY = "nobody"


def expand_people(scenario: schema.Scenario) -> list[tuple[str, schema.Person, str, int]]:
    """Everybody by name: (name, person, name of the group, number within it); a group's people are NAME_1, NAME_2 ..."""
    out = []
    for name, person in scenario.people.items():
        for k in range(person.count):
            out.append((name if person.count == 1 else f"{name}_{k + 1}", person, name, k))
    return out


def quantity_at(scenario: schema.Scenario, path: Iterable[str]) -> tuple[Draw | None, Quantity | None]:
    """The quantity at a dotted path and what the schema says of it; (None, None) where there is none."""
    node: Any = scenario
    info: Quantity | None = None
    for part in path:
        if isinstance(node, dict) and part in node:
            node, info = node[part], None
        elif isinstance(node, list) and part.isdigit() and int(part) < len(node):
            node, info = node[int(part)], None
        elif isinstance(node, schema.Strict) and part in type(node).model_fields:
            info = schema.quantity_of(type(node), part)
            node = getattr(node, part)
        else:
            return None, None
    return (node, info) if isinstance(node, Draw) else (None, None)


class _Checker:
    def __init__(self, scenario: schema.Scenario, source: Source, ground: GroundMap) -> None:
        self.s = scenario
        self.source = source
        self.ground = ground
        self.problems: list[Problem] = []
        self.people = list(scenario.people)
        self.sides = list(dict.fromkeys(p.side for p in scenario.people.values()))

    # -- reporting

    def say(
        self,
        path: Path_,
        message: str,
        hint: str | None = None,
        *,
        code: str = "RG021",
        key: bool = False,
        warning: bool = False,
        within: int = 0,
    ) -> None:
        """Add a problem at ``path`` (its key with ``key``), ``within`` characters into the value."""
        where = self.source.key(path) if key else self.source.value(path)
        if where is None:
            self.problems.append(Problem(code, message, "scenario", hint=hint))
            return
        column, width = where.column, where.width
        if within:
            quoted = where.text is not None and where.text[where.column - 1 : where.column] in ("'", '"')
            column, width = column + within + int(quoted), 1
        self.problems.append(
            Problem(
                code, message, where.file, where.line, column, width, where.text, hint, "warning" if warning else "error"
            )
        )

    def name(self, path: Path_, name: str, known: Iterable[str], what: str) -> bool:
        """Complain when ``name`` is none of ``known``."""
        options = list(known)
        if name in options:
            return True
        self.say(path, f"{what} '{name}' does not exist", did_you_mean(name, options), code="RG020")
        return False

    # -- everything

    def run(self) -> list[Problem]:
        """All checks; those on the map only where the names are right."""
        self.clock()
        self.crowd()
        for name, person in self.s.people.items():
            self.person(name, person)
        for name, payload in self.s.payloads.items():
            self.payload(name, payload)
        self.carriers()
        for name, doctrine in self.s.doctrines.items():
            self.doctrine(name, doctrine)
        self.doctrine_circles()
        self.choices()
        self.factors()
        self.ends()
        if not any(p.severity == "error" for p in self.problems):
            self.reachable()
        return self.problems

    def clock(self) -> None:
        tick, limit = self.s.time.tick, self.s.time.limit
        if not 0.02 <= tick.nominal <= 0.5 or tick.is_noisy:
            self.say(("time", "tick"), f"a tick of {tick.nominal:g} s cannot be played", "between 0.02 s and 0.5 s, such as 0.1 s")
        if limit.nominal > LONGEST:
            self.say(("time", "limit"), f"a world of {limit.nominal:g} s is too long", f"at most {LONGEST:g} s")
        elif limit.nominal < tick.nominal:
            self.say(("time", "limit"), f"the limit ({limit.nominal:g} s) is shorter than a tick ({tick.nominal:g} s)")

    def crowd(self) -> None:
        count = sum(p.count for p in self.s.people.values())
        if count + len(self.s.payloads) > MOST_PEOPLE + 3:
            largest = max(self.s.people, key=lambda n: self.s.people[n].count)
            path: Path_ = ("people", largest, "count") if self.s.people[largest].count > 1 else ("people",)
            self.say(
                path,
                f"{count:,} people are too many for one world",
                f"a world holds up to {MOST_PEOPLE} people with doctrines of their own; play more worlds instead of more people",
            )
        names = [name for name, *_ in expand_people(self.s)] if count <= 10_000 else []
        taken = [*names, *self.sides, *self.s.payloads]
        for name in {n for n in taken if taken.count(n) > 1}:
            owner: Path_ = ("payloads", name) if name in self.s.payloads else ("people", name)
            self.say(owner, f"'{name}' names more than one of people, sides and payloads", key=True)

    # -- people and payloads

    def start_of(self, person: schema.Person) -> tuple[float, float] | None:
        """Where a person starts [m]; None when that is no place."""
        if isinstance(person.at, str):
            place = self.ground.places.get(person.at)
            return None if place is None else (place.x, place.y)
        return (person.at[0], person.at[1]) if len(person.at) == 2 else None

    def position(self, path: Path_, at: str | list[float]) -> None:
        g = self.ground
        if isinstance(at, str):
            if self.name(path, at, g.places, "place"):
                place = g.places[at]
                if not g.passable()[g.index(place.x, place.y)]:
                    self.say(path, f"place '{at}' lies where nobody can stand", code="RG031")
            return
        if len(at) != 2:
            self.say(path, f"a position has two numbers, found {len(at)}", "[x, y] in metres", code="RG012")
        elif not g.holds(at[0], at[1]):
            self.say(
                path,
                f"[{at[0]:g}, {at[1]:g}] lies outside the map",
                f"the map reaches from [0, 0] to [{g.width:g}, {g.height:g}] m",
                code="RG031",
            )
        elif not g.passable()[g.index(at[0], at[1])]:
            kind = g.grounds[int(g.ground[g.index(at[0], at[1])])]
            self.say(path, f"nobody can stand at [{at[0]:g}, {at[1]:g}]: there is {kind}", code="RG031")

    def person(self, name: str, person: schema.Person) -> None:
        here: Path_ = ("people", name)
        self.position((*here, "at"), person.at)
        self.name((*here, "doctrine"), person.doctrine, self.s.doctrines, "doctrine")
        for k, technique in enumerate(person.techniques):
            self.name((*here, "techniques", k), technique, self.s.techniques, "technique")
        everybody = [n for n, *_ in expand_people(self.s)]
        if person.leader is not None and self.name((*here, "leader"), person.leader, everybody, "person"):
            if person.leader == name:
                self.say((*here, "leader"), f"'{name}' cannot lead itself")
        for k, known in enumerate(person.knows):
            options = [*everybody, *self.s.people, *self.s.payloads]
            self.name((*here, "knows", k), known, options, "person or payload")
        body = person.body
        if body.sprint.nominal < body.critical_speed.nominal:
            self.say(
                (*here, "body", "sprint"),
                f"top speed ({body.sprint.nominal:g} m/s) is below critical speed ({body.critical_speed.nominal:g} m/s)",
                "critical speed is what can be kept up; the sprint is faster",
            )
        for ground in body.familiarity:
            self.name((*here, "body", "familiarity", ground), ground, self.ground.ground_types, "ground type of this map")
        for part in ("body", "senses", "nerve"):
            self.noise((*here, part), getattr(person, part))

    def noise(self, path: Path_, part: schema.Strict) -> None:
        """Warn of draws that will often be cut at the end of their range."""
        for field in type(part).model_fields:
            draw = getattr(part, field)
            limit = schema.quantity_of(type(part), field)
            if isinstance(draw, Draw) and draw.kind == "normal" and limit is not None:
                mean, sd = draw.values
                if sd > 0 and (mean - 3 * sd < limit.low or mean + 3 * sd > limit.high):
                    self.say(
                        (*path, field),
                        f"{field}: draws beyond the range {limit.low:g} to {limit.high:g} will be cut",
                        "three standard deviations reach past it",
                        warning=True,
                    )

    def payload(self, name: str, payload: schema.Payload) -> None:
        here: Path_ = ("payloads", name)
        everybody = [n for n, *_ in expand_people(self.s)]
        for k, carrier in enumerate(payload.carriers):
            self.name((*here, "carriers", k), carrier, everybody, "person")
        names = [s.name for s in payload.stages]
        for k, stage in enumerate(payload.stages):
            spot: Path_ = (*here, "stages", k)
            last = k == len(payload.stages) - 1
            if names.index(stage.name) != k:
                self.say((*spot, "name"), f"stage '{stage.name}' stands twice")
            if last and stage.lasts is not None:
                self.say((*spot, "lasts"), "the last stage is the point of no return and does not end", "leave `lasts` out")
            if not last and stage.lasts is None:
                self.say(spot, f"stage '{stage.name}' never ends, so '{names[k + 1]}' is never reached", "give it `lasts: 60 s`")

    def carriers(self) -> None:
        by_name = {n: p for n, p, *_ in expand_people(self.s)}
        loaded: dict[str, str] = {}
        for name, payload in self.s.payloads.items():
            here: Path_ = ("payloads", name, "carriers")
            people = [(c, by_name[c]) for c in payload.carriers if c in by_name]
            for k, (carrier, person) in enumerate(people):
                if carrier in loaded:
                    self.say((*here, k), f"'{carrier}' already carries '{loaded[carrier]}'")
                loaded[carrier] = name
                first_name, first = people[0]
                if person.side != first.side:
                    self.say((*here, k), f"'{carrier}' ({person.side}) and '{first_name}' ({first.side}) are of different sides")
                a, b = self.start_of(first), self.start_of(person)
                if a is not None and b is not None:
                    apart = ((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5
                    if apart > CARRY_TOGETHER:
                        self.say(
                            (*here, k),
                            f"'{carrier}' and '{first_name}' carry '{name}' together but start {apart:.0f} m apart",
                            f"carriers start within {CARRY_TOGETHER:g} m of one another",
                        )

    # -- doctrines

    def doctrine(self, name: str, doctrine: schema.Doctrine) -> None:
        here: Path_ = ("doctrines", name)
        if doctrine.like is not None:
            self.name((*here, "like"), doctrine.like, self.s.doctrines, "doctrine")
        elif not doctrine.options:
            self.say(here, f"doctrine '{name}' has no options", "give it `options:` with at least one order", key=True)
        everybody = [n for n, *_ in expand_people(self.s)]
        for k, option in enumerate(doctrine.options):
            spot: Path_ = (*here, "options", k)
            if (option.order is None) == (option.use is None):
                self.say(spot, "an option is either an `order` or the `use` of a technique", f"orders: {', '.join(schema.ORDERS)}")
                continue
            if option.order is not None:
                self.name((*spot, "order"), option.order, schema.ORDERS, "order")
            if option.use is not None:
                self.name((*spot, "use"), option.use, self.s.techniques, "technique")
            targets = [*schema.TARGETS, *everybody, *self.s.payloads]
            if option.target in self.s.people and self.s.people[option.target].count > 1:
                self.say((*spot, "target"), f"'{option.target}' is a group", f"name one of it, such as '{option.target}_1'")
            else:
                self.name((*spot, "target"), option.target, targets, "target")
            if option.to is not None:
                self.name((*spot, "to"), option.to, [*self.ground.places, *self.ground.routes], "place or route")
            elif option.order in ("flee",):
                self.say(spot, f"'{option.order}' needs a place: `to: ...`", did_you_mean("", self.ground.places))
            for j, reason in enumerate(option.when):
                self.reason((*spot, "when", j), reason, option)

    def reason(self, path: Path_, reason: schema.Consideration, option: schema.Option) -> None:
        if not self.name((*path, "input"), reason.input, schema.INPUTS, "input"):
            return
        if reason.input == "chosen":
            if reason.choice is None:
                self.say(path, "`chosen` needs to know which choice", f"choice: {next(iter(self.s.choices), 'NAME')}")
            elif self.name((*path, "choice"), reason.choice, self.s.choices, "choice") and reason.value is not None:
                self.name((*path, "value"), reason.value, self.s.choices[reason.choice].of, "value of the choice")
        elif reason.choice is not None or reason.value is not None:
            self.say(path, f"`choice` and `value` belong to the input `chosen`, not to `{reason.input}`")
        if reason.input == "from_post" and option.to is None:
            self.say(path, "`from_post` measures the distance to the option's place", "give the option `to: PLACE`")

    def doctrine_circles(self) -> None:
        for name in self.s.doctrines:
            seen, at = [name], self.s.doctrines[name].like
            while at is not None and at in self.s.doctrines:
                if at in seen:
                    self.say(("doctrines", name, "like"), f"`like` goes in a circle: {' → '.join([*seen, at])}")
                    break
                seen.append(at)
                at = self.s.doctrines[at].like

    # -- choices, factors, ends

    def choices(self) -> None:
        for name, choice in self.s.choices.items():
            here: Path_ = ("choices", name)
            self.name((*here, "side"), choice.side, self.sides, "side")
            self.name((*here, "default"), choice.default, choice.of, "value of the choice")
            for k, value in enumerate(choice.of):
                member = any(n == value and p.side == choice.side for n, p, *_ in expand_people(self.s))
                read = any(
                    r.choice == name and r.value == value
                    for d in self.s.doctrines.values()
                    for o in d.options
                    for r in o.when
                )
                if value != NOBODY and not member and not read:
                    options = [n for n, p, *_ in expand_people(self.s) if p.side == choice.side]
                    self.say(
                        (*here, "of", k),
                        f"'{value}' is nobody of side '{choice.side}', and no doctrine asks for it",
                        did_you_mean(value, [*options, NOBODY]),
                        code="RG020",
                    )

    def factors(self) -> None:
        for name, factor in self.s.factors.items():
            here: Path_ = ("factors", name)
            draw, info = quantity_at(self.s, factor.path.split("."))
            if draw is None or info is None:
                self.say((*here, "path"), f"'{factor.path}' names no quantity of this scenario", self.path_hint(factor.path), code="RG020")
                continue
            try:
                low, high = (parse_quantity(v, info.dimension).nominal for v in factor.range)
            except ValueError as error:
                head, _, tail = str(error).partition("; ")
                self.say((*here, "range"), head, tail or None, code="RG012")
                continue
            if low >= high:
                self.say((*here, "range"), f"the range runs from {low:g} to {high:g}", "from low to high")
            elif low < info.low or high > info.high:
                self.say((*here, "range"), f"the range leaves what is allowed there: {info.low:g} to {info.high:g}")

    def path_hint(self, path: str) -> str:
        """The deepest part of a path that exists, and what there is below it."""
        node: Any = self.s
        for k, part in enumerate(path.split(".")):
            if isinstance(node, dict):
                keys = list(node)
            elif isinstance(node, list):
                keys = [str(i) for i in range(len(node))]
            elif isinstance(node, schema.Strict):
                keys = list(type(node).model_fields)
            else:
                break
            if part not in keys:
                start = ".".join(path.split(".")[:k])
                return f"{f'in {start} ' if start else ''}{did_you_mean(part, keys)}"
            node = node[part] if isinstance(node, dict) else node[int(part)] if isinstance(node, list) else getattr(node, part)
        return "a factor names a quantity, such as techniques.gust.impulse or people.ana.body.sprint"

    def ends(self) -> None:
        conditions: list[tuple[Path_, Condition]] = []
        texts: list[tuple[Path_, str]] = [(("ends", name, "when"), end.when) for name, end in self.s.ends.items()]
        if self.s.deadline is not None:
            texts.append((("deadline",), self.s.deadline))
        for path, text in texts:
            try:
                conditions += [(path, c) for c in parse_when(text)]
            except WhenError as error:
                head, _, tail = str(error).partition("; ")
                self.say(path, head, tail or None, code="RG012", within=error.column)
        for path, condition in conditions:
            if path == ("deadline",) and condition.kind != "stage":
                self.say(path, "a deadline is a stage of a payload", "stage(PAYLOAD) is STAGE")
            else:
                self.condition(path, condition)

    def condition(self, path: Path_, c: Condition) -> None:
        everybody = [*self.sides, *self.people, *(n for n, *_ in expand_people(self.s))]

        def known(name: str, options: list[str], what: str) -> bool:
            if name in options:
                return True
            hint = did_you_mean(name, options)
            if what == "person or side" and name not in everybody:
                hint = f"{hint} (a side exists when somebody is of it)"
            self.say(path, f"{what} '{name}' does not exist", hint, code="RG020", within=c.column)
            return False

        if c.kind == "stage":
            if known(c.subject, list(self.s.payloads), "payload"):
                known(str(c.value), [s.name for s in self.s.payloads[c.subject].stages], "stage")
        elif c.kind == "out":
            known(c.subject, everybody, "person or side")
        elif c.kind == "arrived":
            known(c.subject, [*everybody, *self.s.payloads], "person, side or payload")
            known(c.object, list(self.ground.places), "place")
        elif c.kind == "contact":
            if known(c.subject, everybody, "person or side") and known(
                c.object, [*everybody, *self.s.payloads], "person, side or payload"
            ):
                self.own_side(path, c)

    def own_side(self, path: Path_, c: Condition) -> None:
        """A side is always in contact with what it carries itself."""

        def side_of(name: str) -> str | None:
            if name in self.sides:
                return name
            if name in self.s.payloads:
                by_name = {n: p for n, p, *_ in expand_people(self.s)}
                carrier = by_name.get(self.s.payloads[name].carriers[0])
                return carrier.side if carrier else None
            return next((p.side for n, p, g, _ in expand_people(self.s) if name in (n, g)), None)

        if c.subject in self.sides and side_of(c.subject) == side_of(c.object):
            self.say(path, f"'{c.subject}' and '{c.object}' are of one side and in contact from the start", within=c.column)

    # -- the map

    def reachable(self) -> None:
        """Every place that an order names must be reachable from where those people start."""
        done: set[tuple[Any, ...]] = set()
        for name, person in self.s.people.items():
            start = self.start_of(person)
            options = self.options_of(person.doctrine)
            for path, option in options:
                if option.order is None or option.to is None or start is None:
                    continue
                body = person.body
                key = (start, option.to, body.climb.nominal, body.drop.nominal, body.leap.nominal)
                if key in done:
                    continue
                done.add(key)
                if not self.can_reach(start, option.to, body):
                    self.say(
                        (*path, "to"),
                        f"'{option.to}' cannot be reached by '{name}' from '{person.at}'",
                        f"climb {body.climb.nominal:g} m, drop {body.drop.nominal:g} m and leap {body.leap.nominal:g} m "
                        "find no way; look for a wall without a gate, or give the body more",
                        code="RG031",
                    )

    def options_of(self, name: str) -> list[tuple[Path_, schema.Option]]:
        """Options of a doctrine with their paths, inherited ones first."""
        doctrine = self.s.doctrines[name]
        inherited = self.options_of(doctrine.like) if doctrine.like else []
        return [*inherited, *((("doctrines", name, "options", k), o) for k, o in enumerate(doctrine.options))]

    def can_reach(self, start: tuple[float, float], to: str, body: schema.Body) -> bool:
        g = self.ground
        goal = g.places[to].mask if to in g.places else None
        if goal is None:
            goal = g.passable() & False
            x, y = g.routes[to].points[-1]
            goal[g.index(float(x), float(y))] = True
        mobility = Mobility(
            speeds=tuple(1.0 if g.ground_types[k].passable else 0.0 for k in g.grounds),
            climb=body.climb.nominal,
            climb_speed=body.climb_speed.nominal,
            drop=body.drop.nominal,
            leap=body.leap.nominal,
            sprint=body.sprint.nominal,
        )
        seconds, _ = travel_time(g, mobility, goal)
        return bool(seconds[g.index(*start)] < float("inf"))


def check(scenario: schema.Scenario, source: Source, ground: GroundMap) -> list[Problem]:
    """Everything wrong with a scenario beyond its schema; errors and warnings."""
    return _Checker(scenario, source, ground).run()

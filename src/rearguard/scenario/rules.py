"""Checks of what is decided: doctrines, choices, factors and ends."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rearguard.scenario import schema
from rearguard.scenario.ends import Condition, WhenError, parse_when
from rearguard.scenario.errors import did_you_mean
from rearguard.scenario.report import Report
from rearguard.scenario.source import Path_
from rearguard.scenario.units import Draw, Quantity, parse_quantity

NOBODY = "nobody"
"""The value of a choice that picks no one."""
MOST_LIKE = 10
"""Doctrines that may build on one another in a row."""
MOST_ZONES = 32
"""Places that ends can watch: each has a bit in the map's zone layer."""


def is_index(part: str, length: int) -> bool:
    """True for the number of an entry of a list."""
    return part.isascii() and part.isdigit() and len(part) < 9 and int(part) < length


def quantity_at(scenario: schema.Scenario, path: Iterable[str]) -> tuple[Draw | None, Quantity | None]:
    """The quantity at a dotted path and what the schema says of it; (None, None) where there is none."""
    node: Any = scenario
    info: Quantity | None = None
    for part in path:
        if isinstance(node, dict) and part in node:
            node, info = node[part], None
        elif isinstance(node, list) and is_index(part, len(node)):
            node, info = node[int(part)], None
        elif isinstance(node, schema.Strict) and part in type(node).model_fields:
            info = schema.quantity_of(type(node), part)
            node = getattr(node, part)
        else:
            return None, None
    return (node, info) if isinstance(node, Draw) else (None, None)


# ------------------------------------------------------------------------------------------------------------ doctrines


def check_doctrines(report: Report) -> None:
    """Options, considerations and inheritance of every doctrine."""
    for name, doctrine in report.scenario.doctrines.items():
        here: Path_ = ("doctrines", name)
        if doctrine.like is not None:
            report.name((*here, "like"), doctrine.like, report.scenario.doctrines, "doctrine")
        elif not doctrine.options:
            report.say(
                here, f"doctrine '{name}' has no options", "give it `options:` with at least one order", key=True
            )
        for k, option in enumerate(doctrine.options):
            _check_option(report, (*here, "options", k), name, option)
        _check_circle(report, name)


def _check_circle(report: Report, name: str) -> None:
    doctrines = report.scenario.doctrines
    path: Path_ = ("doctrines", name, "like")
    seen, at = [name], doctrines[name].like
    while at is not None and at in doctrines and at not in seen:
        if len(seen) > MOST_LIKE:
            report.say(path, f"more than {MOST_LIKE} doctrines are like one another in a row", "copy some options over")
            return
        seen.append(at)
        at = doctrines[at].like
    if at == name:
        report.say(path, f"`like` goes in a circle: {' → '.join([*seen, at])}", "one of them stands on its own")


def _check_option(report: Report, here: Path_, doctrine: str, option: schema.Option) -> None:
    if (option.order is None) == (option.use is None):
        what = "neither" if option.order is None else "both"
        hint = f"orders: {', '.join(schema.ORDERS)}; or `use: TECHNIQUE`"
        report.say(here, f"an option is an `order` or the `use` of a technique; this is {what}", hint)
        return
    if option.order is not None and report.name((*here, "order"), option.order, schema.ORDERS, "order"):
        places = report.ground.places if report.ground is not None else {}
        if option.order == "flee" and option.to is None:
            report.say((*here, "order"), "`flee` needs a place", f"to: {next(iter(places), 'PLACE')}")
    if option.use is not None and report.name((*here, "use"), option.use, report.scenario.techniques, "technique"):
        _check_user(report, (*here, "use"), doctrine, option.use)
    _check_target(report, (*here, "target"), option)
    if option.to is not None and report.ground is not None:
        known = [*report.ground.places, *report.ground.routes]
        report.name((*here, "to"), option.to, known, "place or route")
    for j, reason in enumerate(option.when):
        _check_reason(report, (*here, "when", j), reason, option)


def _check_target(report: Report, path: Path_, option: schema.Option) -> None:
    s = report.scenario
    if option.target in s.people and s.people[option.target].count > 1:
        hint = f"name one of it, such as '{option.target}_1'"
        report.say(path, f"'{option.target}' is a group of {s.people[option.target].count}", hint, found=option.target)
    elif report.name(path, option.target, [*schema.TARGETS, *report.by_name, *s.payloads], "target"):
        # a target that is left out is the nearest enemy, which every scenario may or may not have
        if option.target == "payload" and not s.payloads and not any("payload" in name for name in report.gone):
            report.say(path, "this scenario has no payload", "add `payloads:`, or choose another target", warning=True)


def _check_user(report: Report, path: Path_, doctrine: str, technique: str) -> None:
    """Warn when nobody who follows a doctrine has got the technique that it uses."""
    s = report.scenario

    def follows(name: str) -> bool:
        for _ in range(MOST_LIKE + 1):
            if name == doctrine or name not in s.doctrines:
                break
            name = s.doctrines[name].like or ""
        return name == doctrine

    if any(person.doctrine not in s.doctrines for person in s.people.values()):
        return
    users = [(name, person) for name, person in s.people.items() if follows(person.doctrine)]
    if users and not any(technique in person.techniques for _, person in users):
        names = ", ".join(name for name, _ in users[:4])
        message = f"nobody who follows '{doctrine}' has the technique '{technique}'"
        report.say(path, message, f"add it to the `techniques` of {names}", warning=True)


def _check_reason(report: Report, path: Path_, reason: schema.Consideration, option: schema.Option) -> None:
    choices = report.scenario.choices
    if not report.name((*path, "input"), reason.input, schema.INPUTS, "input"):
        return
    if reason.input == "chosen":
        if reason.choice is None:
            report.say(
                (*path, "input"), "`chosen` needs to know which choice", f"choice: {next(iter(choices), 'NAME')}"
            )
        elif report.name((*path, "choice"), reason.choice, choices, "choice") and reason.value is not None:
            report.name((*path, "value"), reason.value, choices[reason.choice].of, "value of the choice")
    elif reason.choice is not None or reason.value is not None:
        message = f"`choice` and `value` belong to the input `chosen`, not to `{reason.input}`"
        report.say((*path, "input"), message, "input: chosen")
    if reason.input == "from_post" and option.to is None:
        report.say((*path, "input"), "`from_post` measures the distance to the option's place", "give it `to: PLACE`")
    if reason.low.nominal == reason.high.nominal and reason.input != "always":
        spot = (*path, "low" if "low" in reason.model_fields_set else "high")
        report.say(spot, f"the curve starts and ends at {reason.low.nominal:g}", "`low` and `high` must differ")


# ---------------------------------------------------------------------------------------------------------------- choices


def check_choices(report: Report) -> None:
    """Sides, values and defaults of every choice."""
    asked = {
        (reason.choice, reason.value)
        for doctrine in report.scenario.doctrines.values()
        for option in doctrine.options
        for reason in option.when
    }
    for name, choice in report.scenario.choices.items():
        here: Path_ = ("choices", name)
        side_known = report.name((*here, "side"), choice.side, report.sides, "side")
        report.name((*here, "default"), choice.default, choice.of, "value of the choice")
        members = [n for n, person, *_ in report.everybody if person.side == choice.side]
        for k, value in enumerate(choice.of):
            path = (*here, "of", k)
            if value in choice.of[:k]:
                report.say(path, f"'{value}' stands twice", "leave one out", found=value)
            known = value == NOBODY or value in members or (name, value) in asked or report.is_gone(value)
            if not known and side_known:
                message = f"'{value}' is nobody of side '{choice.side}', and no doctrine asks for it"
                report.say(path, message, did_you_mean(value, [*members, NOBODY]), code="RG020", found=value)


# ---------------------------------------------------------------------------------------------------------------- factors


def check_factors(report: Report) -> None:
    """Paths and ranges of every factor."""
    for name, factor in report.scenario.factors.items():
        here: Path_ = ("factors", name)
        draw, info = quantity_at(report.scenario, factor.path.split("."))
        if draw is None or info is None:
            if not any(report.is_gone(part) for part in factor.path.split(".")):
                hint = _path_hint(report.scenario, factor.path)
                message = f"'{factor.path}' names no quantity of this scenario"
                report.say((*here, "path"), message, hint, code="RG020", found=factor.path)
            continue
        ends: list[float] = []
        for k, text in enumerate(factor.range):
            try:
                end = parse_quantity(text, info.dimension)
            except ValueError as error:
                head, _, tail = str(error).partition("; ")
                report.say((*here, "range", k), head, tail or None, code="RG012")
                continue
            if end.is_noisy:
                report.say((*here, "range", k), "an end of a range is one value", "write it without a draw")
            ends.append(end.nominal)
        if len(ends) == 2:
            _check_range(report, (*here, "range"), ends, draw, info)


def _check_range(report: Report, path: Path_, ends: list[float], draw: Draw, info: Quantity) -> None:
    low, high = ends
    unit = f" {info.dimension.si}" if info.dimension.si else ""
    if low >= high:
        report.say(path, f"the range runs from {low:g} to {high:g}{unit}", "from low to high")
    elif low < info.low or high > info.high or (info.open_low and low <= info.low):
        allowed = f"{'above' if info.open_low else 'from'} {info.low:g} to {info.high:g}{unit}"
        report.say(path, "the range leaves what may stand there", allowed)
    elif not low <= draw.nominal <= high:
        message = f"the value of now, {draw.nominal:g}{unit}, lies outside the range"
        report.say(path, message, "a range holds the value that is played without tuning", warning=True)


def _path_hint(scenario: schema.Scenario, path: str) -> str:
    """What there is where a path leaves the scenario."""
    node: Any = scenario
    parts = path.split(".")
    for k, part in enumerate(parts):
        keys: list[str] = []
        if isinstance(node, dict):
            keys = list(node)
        elif isinstance(node, list):
            keys = [str(i) for i in range(len(node))]
        elif isinstance(node, schema.Strict):
            keys = list(type(node).model_fields)
        if not keys:
            break
        if part not in keys:
            start = f"in {'.'.join(parts[:k])}: " if k else ""
            return f"{start}{did_you_mean(part, keys)}"
        if isinstance(node, dict):
            node = node[part]
        elif isinstance(node, list):
            node = node[int(part)]
        else:
            node = getattr(node, part)
    return "a factor names one quantity, such as people.NAME.body.sprint or techniques.NAME.windup"


# ------------------------------------------------------------------------------------------------------------------- ends


def check_ends(report: Report) -> None:
    """Conditions of every end, and of the deadline."""
    watched: set[str] = set()
    for name, end in report.scenario.ends.items():
        path: Path_ = ("ends", name, "when")
        conditions = _conditions(report, path, end.when)
        for condition in conditions:
            _check_condition(report, path, condition)
            if condition.kind == "arrived":
                watched.add(condition.object)
        if len(conditions) == 1:
            _check_alone(report, path, conditions[0])
    if len(watched) > MOST_ZONES:
        report.say(("ends",), f"ends watch {len(watched)} places; at most {MOST_ZONES} can be watched", key=True)
    deadline = report.scenario.deadline
    if deadline is not None:
        conditions = _conditions(report, ("deadline",), deadline)
        if conditions and (len(conditions) > 1 or conditions[0].kind != "stage"):
            report.say(("deadline",), "a deadline is one stage of a payload", "stage(PAYLOAD) is STAGE")
        elif conditions:
            _check_condition(report, ("deadline",), conditions[0])
    elif len(report.scenario.payloads) > 1:
        first = next(iter(report.scenario.payloads))
        message = f"with several payloads, slack is measured against the last stage of '{first}'"
        hint = f"say which with `deadline: stage({first}) is {report.scenario.payloads[first].stages[-1].name}`"
        report.say(("payloads",), message, hint, key=True, warning=True)


def _conditions(report: Report, path: Path_, text: str) -> list[Condition]:
    try:
        return parse_when(text)
    except WhenError as error:
        head, _, tail = str(error).partition("; ")
        report.say(path, head, tail or None, code="RG012", within=error.column)
        return []


def _check_condition(report: Report, path: Path_, c: Condition) -> None:
    payloads = report.scenario.payloads
    people = [*report.sides, *report.scenario.people, *report.by_name]

    def known(name: str, options: Iterable[str], what: str, column: int) -> bool:
        options = list(options)
        if name in options:
            return True
        if not report.is_gone(name, what):
            side = " (a side is there when somebody is of it)" if "side" in what else ""
            hint = did_you_mean(name, options) + side
            report.say(path, f"{what} '{name}' does not exist", hint, code="RG020", within=column, found=name)
        return False

    subject, thing, value = c.columns
    if c.kind == "stage":
        if known(c.subject, payloads, "payload", subject):
            known(str(c.value), [stage.name for stage in payloads[c.subject].stages], "stage", value)
    elif c.kind == "out":
        known(c.subject, people, "person or side", subject)
    elif c.kind == "arrived":
        known(c.subject, [*people, *payloads], "person, side or payload", subject)
        if report.ground is not None:
            known(c.object, report.ground.places, "place", thing)
    elif c.kind == "contact":
        left = known(c.subject, people, "person or side", subject)
        if known(c.object, [*people, *payloads], "person, side or payload", thing) and left:
            _check_contact(report, path, c)
    elif c.kind == "time" and float(c.value) >= report.scenario.time.limit.nominal:
        limit = report.scenario.time.limit.nominal
        message = f"this never holds: worlds are given up at {limit:g} s"
        report.say(path, message, "raise `time: {limit: ...}`, or name an earlier time", within=value, warning=True)


def _check_contact(report: Report, path: Path_, c: Condition) -> None:
    """Friends touch all the time: contact means something between different sides only."""

    def sides(name: str) -> set[str]:
        if name in report.sides:
            return {name}
        names = report.scenario.payloads[name].carriers if name in report.scenario.payloads else [name]
        return {person.side for n, person, group, _ in report.everybody if n in names or group in names}

    a, b = sides(c.subject), sides(c.object)
    if a and a == b:
        enemies = [side for side in report.sides if side not in a]
        hint = (
            f"name the other side, such as contact({enemies[0]}, {c.object})" if enemies else "there is no other side"
        )
        message = f"'{c.subject}' and '{c.object}' are of one side, whose people touch without it meaning anything"
        report.say(path, message, hint, within=c.column)


def _check_alone(report: Report, path: Path_, c: Condition) -> None:
    """Complain of an end that holds before anybody has moved."""
    payload = report.scenario.payloads.get(c.subject)
    if c.kind == "stage" and payload is not None and payload.stages[0].name == c.value:
        message = f"'{c.subject}' is in the stage '{c.value}' from the start, so every world ends at once"
        hint = f"name a later stage, such as '{payload.stages[-1].name}'" if len(payload.stages) > 1 else None
        report.say(path, message, hint, within=c.columns[2])

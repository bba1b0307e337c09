"""Reading the entries of ``expect:`` into expectations, and checking them against the scenario."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from rearguard.scenario import schema
from rearguard.scenario.errors import did_you_mean
from rearguard.scenario.expectations import (
    MEASURES,
    Band,
    Chain,
    Ends,
    Expectation,
    Statistic,
    Step,
    Subject,
    Window,
    events_of,
    required_events,
)
from rearguard.scenario.patterns import ANYONE, EventPattern, PatternError, parse_pattern
from rearguard.scenario.report import Report
from rearguard.scenario.source import Path_
from rearguard.scenario.units import DURATION, SHARE, Dimension, parse_quantity

SUBJECTS = ("outcome", "statistic", "happens", "never", "first")
"""Keys of which an expectation has one: it says what is expected."""
_KEYS: dict[str, tuple[str, ...]] = {
    "outcome": (),
    "statistic": (),
    "happens": ("after", "before", "unless"),
    "never": ("after", "before", "unless"),
    "first": ("then", "within", "unless"),
}
"""Keys that belong to a subject, beside those that belong to all."""
MOST_VARIABLES = 3
"""Variables of one expectation: every binding that occurs is tried."""

Say = Callable[..., None]
"""Takes path, message, hint, and ``code`` and ``within`` by name."""


class _Entry:
    """Reads one entry of ``expect:``; what is wrong with it is said, and then nothing comes out."""

    def __init__(self, index: int, entry: schema.Expectation, say: Say) -> None:
        self.path: Path_ = ("expect", index)
        self.index = index
        self.entry = entry
        self.say_ = say
        self.sound = True

    def say(self, path: Path_, message: str, hint: str | None, **more: Any) -> None:
        self.sound = False
        self.say_((*self.path, *path), message, hint, **more)

    def event(self, path: Path_, text: str, *, variables: bool = True) -> EventPattern | None:
        """An event pattern; None when it cannot be read."""
        try:
            pattern = parse_pattern(text)
        except PatternError as error:
            head, _, tail = str(error).partition("; ")
            self.say(path, head, tail or None, code="RG012", within=error.column)
            return None
        if not variables and pattern.variables:
            hint = "name a side or group, or write anyone"
            self.say(path, f"?{pattern.variables[0]}: there is nothing here that a variable could tie together", hint)
            return None
        return pattern

    def optional(self, key: str) -> EventPattern | None:
        text = getattr(self.entry, key)
        return None if text is None else self.event((key,), text)

    def bound(self, key: str) -> EventPattern | float | None:
        """An end of a window: a pattern, or a duration where the text begins with a number."""
        text = getattr(self.entry, key)
        if text is None or not re.match(r"\s*[-+.\d]", text):
            return self.optional(key)
        try:
            time = parse_quantity(text, DURATION)
        except ValueError as error:
            head, _, tail = str(error).partition("; ")
            self.say((key,), head, tail or None, code="RG012")
            return None
        if time.is_noisy or time.nominal < 0.0:
            self.say((key,), "a window is bounded by an event or by one time", "such as 20 s", code="RG012")
        return time.nominal

    def seconds(self, path: Path_, draw: Any) -> float:
        """A fixed duration, without end when there is none."""
        if draw is None:
            return math.inf
        if draw.is_noisy:
            self.say(path, "a time that is allowed is the same in every world", "write one duration, such as 2 s")
        return float(draw.nominal)

    # ------------------------------------------------------------------------------------------------------- subjects

    def subject(self) -> tuple[str, Subject] | None:
        """What is expected, in words and as data."""
        given = [key for key in SUBJECTS if getattr(self.entry, key) is not None]
        if len(given) != 1:
            what = "nothing" if not given else "both " + " and ".join(f"`{key}`" for key in given)
            hint = f"one of {', '.join(SUBJECTS)}; such as {{outcome: NAME, at_least: 0.5}}"
            self.say((), f"an expectation is about one thing; this is about {what}", hint, code="RG011")
            return None
        key = given[0]
        for other in dict.fromkeys(k for keys in _KEYS.values() for k in keys):
            if other not in _KEYS[key] and getattr(self.entry, other) is not None:
                owners = [k for k, keys in _KEYS.items() if other in keys]
                self.say((other,), f"`{other}` has no meaning for `{key}`", f"it belongs to {' and '.join(owners)}")
        if key == "outcome":
            return f"outcome {self.entry.outcome}", Ends(str(self.entry.outcome))
        if key == "statistic":
            return self.statistic(str(self.entry.statistic))
        return self.chain() if key == "first" else self.window(key)

    def window(self, key: str) -> tuple[str, Subject] | None:
        event = self.optional(key)
        after, before, unless = self.bound("after"), self.bound("before"), self.optional("unless")
        if event is None:
            return None
        if isinstance(after, float) and isinstance(before, float) and after >= before:
            self.say(("before",), f"the window is empty: it opens at {after:g} s", f"a time after {after:g} s")
        parts = [f"{key} {event}"]
        for word in ("after", "before", "unless"):
            if (text := getattr(self.entry, word)) is not None:
                parts.append(f"{word} {' '.join(text.split())}")
        return ", ".join(parts), Window(event, key == "never", after, before, unless)

    def chain(self) -> tuple[str, Subject] | None:
        entry = self.entry
        default = self.seconds(("within",), entry.within)
        first, unless = self.optional("first"), self.optional("unless")
        if entry.then is None:
            self.say(("first",), "`first` is followed by nothing", "add `then: EVENT PATTERN`, or write `happens`")
            return None
        followers = entry.then if isinstance(entry.then, list) else [entry.then]
        if not followers:
            self.say(("then",), "`then` is empty", "an event pattern, or a list of them")
        steps: list[Step | None] = [None if first is None else Step(first)]
        parts = [f"first {first}"]
        for k, follower in enumerate(followers):
            path: Path_ = ("then", k) if isinstance(entry.then, list) else ("then",)
            within = default
            if isinstance(follower, schema.Step):
                if follower.within is not None:
                    within = self.seconds((*path, "within"), follower.within)
                path, text = (*path, "event"), follower.event
            else:
                text = follower
            event = self.event(path, text)
            steps.append(None if event is None else Step(event, within))
            parts.append(f"then {event}" + (f" within {within:g} s" if within < math.inf else ""))
        whole = [step for step in steps if step is not None]
        if len(whole) < len(steps):
            return None
        if unless is not None:
            parts.append(f"unless {unless}")
        return ", ".join(parts), Chain(tuple(whole), unless)

    def statistic(self, text: str) -> tuple[str, Subject] | None:
        """``mean``, ``median`` or ``pNN``, then what it is of."""
        match = re.fullmatch(r"\s*(\S+)\s+(\S+)(?:\s+(of\s+)?(.*))?\s*", text, re.S)
        example = "such as median slack, p95 duration, mean contact, mean count of push by NAME"
        if match is None:
            self.say(("statistic",), f"'{text.strip()}' is not a statistic", example, code="RG012")
            return None
        how, measure, of, rest = match.groups()
        percentile = re.fullmatch(r"p(\d{1,2}(?:\.\d+)?)", how)
        quantile = 0.5 if how == "median" else float(percentile[1]) / 100.0 if percentile else None
        if (quantile is None and how != "mean") or quantile == 0.0:
            hint = did_you_mean(how, ["mean", "median", "p5", "p95"])
            self.say(("statistic",), f"no statistic is called '{how}'", hint, code="RG012", within=match.start(1))
            return None
        if measure not in (*MEASURES, "count"):
            hint = did_you_mean(measure, [*MEASURES, "count of EVENT PATTERN"])
            message = f"there is no statistic of '{measure}'"
            self.say(("statistic",), message, hint, code="RG012", within=match.start(2))
            return None
        if (measure == "count") != bool(of):
            hint = f"{how} count of EVENT PATTERN" if measure == "count" else f"{how} {measure}"
            message = "`count` is of an event pattern" if measure == "count" else f"'{measure}' stands alone"
            self.say(("statistic",), message, hint, code="RG012", within=match.start(2))
            return None
        if measure != "count":
            if rest:
                message = f"'{rest.strip()}' does not belong here"
                self.say(("statistic",), message, f"{how} {measure}", code="RG012", within=match.start(4))
                return None
            return f"{how} {measure}", Statistic(measure, quantile)
        start = match.start(4)
        try:
            event = parse_pattern(rest)
        except PatternError as error:
            head, _, tail = str(error).partition("; ")
            self.say(("statistic",), head, tail or None, code="RG012", within=start + error.column)
            return None
        if event.variables or event.times > 1:
            what = f"?{event.variables[0]}" if event.variables else "`at least ... times`"
            self.say(("statistic",), f"{what} has no meaning in a count", "leave it out", within=start)
            return None
        return f"{how} count of {event}", Statistic(measure, quantile, event)

    # ----------------------------------------------------------------------------------------------------------- band

    def number(self, path: Path_, value: Any, dimension: Dimension) -> float | None:
        try:
            draw = parse_quantity(value, dimension)
        except ValueError as error:
            head, _, tail = str(error).partition("; ")
            self.say(path, head, tail or None, code="RG012")
            return None
        if draw.is_noisy:
            self.say(path, "an end of a band is one value", "write it without a draw", code="RG012")
        return draw.nominal

    def band(self, subject: Subject) -> Band | None:
        """Where the value must lie."""
        entry = self.entry
        statistic = isinstance(subject, Statistic)
        dimension = subject.dimension if isinstance(subject, Statistic) else SHARE
        unit = f" {dimension.si}" if dimension.si else ""
        single = [key for key in ("at_least", "at_most") if getattr(entry, key) is not None]
        if entry.between is not None and single:
            self.say((single[0],), f"`between` and `{single[0]}` both bound the band", "keep one of them")
            return None
        indifference = 0.0
        if entry.indifference is not None:
            indifference = self.number(("indifference",), entry.indifference, dimension) or 0.0
            if indifference < 0.0 or (not statistic and indifference >= 0.5):
                self.say(("indifference",), f"an indifference of {indifference:g}{unit} cannot be", "0.02" + unit)
        if entry.between is not None:
            ends = [self.number(("between", k), value, dimension) for k, value in enumerate(entry.between)]
            at: Path_ = ("between",)
        elif single:
            both = [(key, getattr(entry, key)) for key in ("at_least", "at_most")]
            ends = [-math.inf if key == "at_least" else math.inf for key, _ in both]
            ends = [e if v is None else self.number((k,), v, dimension) for e, (k, v) in zip(ends, both, strict=True)]
            at = (single[0],)
        else:
            example = "between: [5 s, 20 s], at_least: 5 s" if dimension is DURATION else "between: [0.35, 0.65]"
            hint = f"{example} or at_most: {'20 s' if dimension is DURATION else '0.2'}"
            what = "which values" if statistic else "in what share of worlds"
            self.say(
                (),
                f"nothing says {what} it must hold" if not statistic else f"nothing says {what} it may have",
                hint,
                code="RG011",
            )
            return None
        low, high = ends
        if low is None or high is None:
            return None
        if not statistic:
            for value in (low, high):
                if math.isfinite(value) and not 0.0 <= value <= 1.0:
                    self.say(
                        at, f"a share of {value:g} cannot be", "shares go from 0 to 1 (0 % to 100 %)", code="RG012"
                    )
                    return None
            low, high = max(low, 0.0), min(high, 1.0)
        if low > high:
            self.say(at, f"the band runs from {low:g} to {high:g}{unit}", "from low to high")
        elif indifference == 0.0 and (low == high or (not statistic and (low == 1.0 or high == 0.0))):
            sole = f"exactly {low:g}{unit}"
            near = "at_least: 0.99" if low == 1.0 else "at_most: 0.01" if high == 0.0 else "a band with some width"
            hint = f"{near}, or an `indifference` that says how far off does not matter"
            self.say(at, f"no number of worlds can show {sole}", hint)
        return Band(low, high, indifference)

    def read(self) -> Expectation | None:
        """The expectation; None when something is wrong with it."""
        found = self.subject()
        given = None
        if self.entry.given is not None:
            given = self.event(("given",), self.entry.given, variables=False)
        if found is None:
            return None
        words, subject = found
        _check_variables(self, subject)
        band = self.band(subject)
        if not self.sound or band is None:
            return None
        text = words if given is None else f"{words}, given {given}"
        return Expectation(self.index, self.entry.name or text, text, subject, band, given, self.entry.about)


def _check_variables(entry: _Entry, subject: Subject) -> None:
    """Variables must be told by an event that occurs, and be bound to one side or group."""
    told = {v for pattern in required_events(subject) for v in pattern.variables}
    patterns = list(events_of(subject))
    path: Path_ = (next(key for key in SUBJECTS if getattr(entry.entry, key) is not None),)
    names = list(dict.fromkeys(v for pattern in patterns for v in pattern.variables))
    for name in names:
        if name not in told:
            hint = "use it in an event that must occur, or write anyone"
            entry.say(path, f"?{name} stands only where nothing has to occur, so it could be anybody", hint)
    if len(names) > MOST_VARIABLES:
        entry.say(path, f"{len(names)} variables in one expectation; at most {MOST_VARIABLES}", "leave some out")
    bound: dict[str, str] = {}
    for who in (who for pattern in patterns for who in (pattern.actor, pattern.target)):
        if who is not None and who.variable is not None and who.name:
            before = bound.setdefault(who.variable, who.name)
            if before != who.name:
                message = f"?{who.variable} is bound to '{before}' and to '{who.name}'"
                entry.say(path, message, "bind a variable once, where it first stands")


def read_entry(index: int, entry: schema.Expectation, say: Say) -> Expectation | None:
    """One entry as an expectation; None when something is wrong with it, which is said. Names are not looked up."""
    return _Entry(index, entry, say).read()


def expectations_of(scenario: schema.Scenario) -> list[Expectation]:
    """The expectations of a scenario that has passed its checks."""

    def fail(path: Path_, message: str, *_: Any, **__: Any) -> None:
        raise ValueError(f"{path}: {message}")

    read = (_Entry(k, entry, fail).read() for k, entry in enumerate(scenario.expect))
    return [expectation for expectation in read if expectation is not None]


# ------------------------------------------------------------------------------------------------------------- checking


def check_expectations(report: Report) -> None:
    """Everything wrong with ``expect:``: syntax, names, bands that cannot be, and bands that say nothing."""
    names: dict[str, int] = {}
    for k, entry in enumerate(report.scenario.expect):
        expectation = _Entry(k, entry, report.say).read()
        if expectation is None:
            continue
        path: Path_ = ("expect", k)
        if expectation.name in names:
            hint = f"give them a `name:`; the other is number {names[expectation.name] + 1}"
            report.say(path, f"two expectations are called '{expectation.name}'", hint, found=expectation.name)
        names.setdefault(expectation.name, k)
        _check_names(report, path, expectation, entry)
        _check_band(report, path, expectation, entry)


def _check_names(report: Report, path: Path_, expectation: Expectation, entry: schema.Expectation) -> None:
    if isinstance(expectation.subject, Ends):
        report.name((*path, "outcome"), expectation.subject.outcome, report.scenario.ends, "outcome")
    for where, pattern in _placed(expectation, entry):
        _check_event(report, (*path, *where), pattern, _shift(where, entry))


def _placed(expectation: Expectation, entry: schema.Expectation) -> Iterator[tuple[Path_, EventPattern]]:
    """Every pattern with the path of its text within the entry."""
    subject = expectation.subject
    if expectation.given is not None:
        yield ("given",), expectation.given
    if isinstance(subject, Window):
        parts = {"never" if subject.never else "happens": subject.event}
        parts |= {key: getattr(subject, key) for key in ("after", "before", "unless")}
        yield from (((key,), part) for key, part in parts.items() if isinstance(part, EventPattern))
    elif isinstance(subject, Chain):
        yield ("first",), subject.steps[0].event
        for k, step in enumerate(subject.steps[1:]):
            path: Path_ = ("then",)
            if isinstance(entry.then, list):
                path = ("then", k, "event") if isinstance(entry.then[k], schema.Step) else ("then", k)
            yield path, step.event
        if subject.unless is not None:
            yield ("unless",), subject.unless
    elif isinstance(subject, Statistic) and subject.event is not None:
        yield ("statistic",), subject.event


def _shift(where: Path_, entry: schema.Expectation) -> int:
    """How far into the text at ``where`` its pattern begins."""
    if where != ("statistic",):
        return 0
    match = re.match(r"\s*\S+\s+count\s+of\s+", str(entry.statistic))
    return match.end() if match else 0


def item_options(scenario: schema.Scenario, pattern: EventPattern) -> list[str] | None:
    """What the item of a pattern can name; None where only the engine knows."""
    noun = pattern.kind.noun
    if noun == "order":
        return list(schema.ORDERS)
    if noun == "outcome":
        return list(scenario.ends)
    if noun == "stage":
        named = pattern.target.name if pattern.target is not None else None
        payloads = [scenario.payloads[named]] if named in scenario.payloads else scenario.payloads.values()
        return list(dict.fromkeys(stage.name for payload in payloads for stage in payload.stages))
    block = getattr(scenario, f"{noun}s", None)
    return list(block) if isinstance(block, dict) else None


def _check_event(report: Report, path: Path_, pattern: EventPattern, shift: int) -> None:
    def known(name: str, options: Iterable[str], what: str, column: int) -> None:
        options = list(options)
        if name not in options and not report.is_gone(name, what):
            hint = did_you_mean(name, options)
            message = f"{what} '{name}' does not exist"
            report.say(path, message, hint, code="RG020", within=shift + column, found=name)

    if pattern.item is not None:
        options = item_options(report.scenario, pattern)
        if options is not None:
            known(pattern.item, options, pattern.kind.noun, pattern.columns[0])
    people = [*report.sides, *report.scenario.people, *report.by_name]
    for who in (pattern.actor, pattern.target):
        if who is None or not who.name or who.name == ANYONE:
            continue
        if who.variable is not None:
            known(who.name, people, "person, side or group", who.name_column)
        else:
            known(who.name, [*people, *report.scenario.payloads], "person, side, group or payload", who.name_column)


def _check_band(report: Report, path: Path_, expectation: Expectation, entry: schema.Expectation) -> None:
    limit, band, subject = report.scenario.time.limit.nominal, expectation.band, expectation.subject
    key = next(k for k in ("between", "at_least", "at_most") if getattr(entry, k) is not None)
    low, high = expectation.extremes(limit)
    if isinstance(subject, Statistic) and subject.measure in ("duration", "contact"):
        high = limit
    unit = f" {expectation.unit}" if expectation.unit else ""
    if band.low > high or band.high < low:
        bound = f"at least {low:g}{unit}" if band.high < low else f"at most {high:g}{unit}"
        report.say((*path, key), f"no worlds can show this: '{expectation.text}' is {bound}", "another band")
    elif expectation.is_vacuous(limit):
        hint = "a narrower band; `rearguard check --prove` refuses this one"
        report.say((*path, key), "this band holds all that is possible, so it cannot fail", hint, warning=True)

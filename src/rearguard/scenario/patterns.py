"""The little language of event patterns: ``push with great_gust by temari on sasuke``, read without evaluating anything.

    pattern   = kind, { clause } ;                                   each clause at most once, in any order
    clause    = item | doer | target | value | times ;
    item      = ( "is" | "with" ), name ;
    doer      = ( "by" | "of" ), who ;                               "of" is the target where a kind has no actor
    target    = "on", who ;
    value     = "value", ( "<" | "<=" | ">" | ">=" ), quantity ;
    times     = "at", "least", integer, "times" ;
    who       = "anyone" | name | variable, [ "in", name ] ;
    variable  = "?", name ;
    name      = letter, { letter | digit | "_" } ;

What a kind of event has (an actor, a target, a value and its unit, an item) is read from the engine's own tables.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import NoReturn

from rearguard.scenario.errors import did_you_mean
from rearguard.scenario.units import DIMENSIONS, NUMBER, SHARE, Dimension, parse_quantity

ANYONE = "anyone"
SIGNS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
EXAMPLES = "push by NAME on NAME, stage is NAME, fall of ?x in SIDE"
MOST_TIMES = 1000
"""How often an event can be asked for."""


class PatternError(ValueError):
    """A pattern that cannot be read. column: offset into the text, from 0; what would be right follows a ``;``."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True)
class EventKind:
    """What events of a kind have. noun: what the item names, "none" without one; value: None when there is none."""

    name: str
    has_actor: bool
    has_target: bool
    noun: str
    value: Dimension | None


@cache
def event_kinds() -> dict[str, EventKind]:
    """Every kind of event by name, as the engine's tables describe it."""
    from rearguard.engine.events import EVENT_KINDS, ITEM_OF

    return {
        name: EventKind(
            name,
            re.search(r"\bactor\b", text) is not None,
            re.search(r"\btarget\b", text) is not None,
            ITEM_OF.get(name, "none"),
            _dimension(text),
        )
        for name, text in EVENT_KINDS.items()
    }


def _dimension(description: str) -> Dimension | None:
    """Dimension of the value that a kind's description tells of: by the unit in brackets, a share, or a number."""
    value = re.search(r"\bvalue is ([^;\[]*)(?:\[([^\]]+)\])?", description)
    if value is None:
        return None
    if value[2] is not None:
        return next((d for d in DIMENSIONS if value[2] == d.si or value[2] in d.factors), NUMBER)
    return SHARE if re.search(r"\bshare\b", value[1]) else NUMBER


@dataclass(frozen=True)
class Who:
    """Whom a clause means: a person, side, group or payload by name, anyone, or a variable.

    variable: name without its question mark. name: of a variable, the side or group it is bound to ("": all).
    """

    name: str
    variable: str | None = None
    column: int = 0
    name_column: int = 0

    def __str__(self) -> str:
        if self.variable is None:
            return self.name
        return f"?{self.variable} in {self.name}" if self.name else f"?{self.variable}"


@dataclass(frozen=True)
class EventPattern:
    """What an event must be. times: how often it must occur; columns: where item and value stand in the text."""

    text: str
    kind: EventKind
    item: str | None = None
    actor: Who | None = None
    target: Who | None = None
    sign: str = ""
    limit: float = 0.0
    times: int = 1
    columns: tuple[int, int] = (0, 0)

    @property
    def variables(self) -> tuple[str, ...]:
        """Variables in the order of their first use."""
        named = [who.variable for who in (self.actor, self.target) if who is not None and who.variable is not None]
        return tuple(dict.fromkeys(named))

    def __str__(self) -> str:
        return " ".join(self.text.split())


_TOKEN = re.compile(
    r"\s*(?:(?P<variable>\?\w*)|(?P<word>[^\W\d]\w*)|(?P<number>\d[\w.]*)|(?P<sign>[<>=!≤≥]+)|(?P<other>\S))"
)
_CLAUSES = ("with", "is", "by", "of", "on", "value", "at")
_QUANTITY_ENDS = re.compile(rf"\s+(?:{'|'.join(_CLAUSES)})\b|$")


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    column: int
    end: int


class _Reader:
    """Reads one pattern from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[str, str] = {}

    def peek(self) -> _Token:
        match = _TOKEN.match(self.text, self.at)
        if match is None or match.lastgroup is None:
            return _Token("end", "", len(self.text.rstrip()), len(self.text))
        return _Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup), match.end())

    def next(self) -> _Token:
        token = self.peek()
        self.at = token.end
        return token

    def fail(self, message: str, token: _Token) -> NoReturn:
        raise PatternError(message, token.column)

    def word(self, what: str, example: str) -> _Token:
        """A word that is no keyword."""
        token = self.next()
        if token.kind != "word" or token.text in _CLAUSES:
            found = f", found '{token.text}'" if token.text else ""
            self.fail(f"{what} is missing here{found}; such as {example}", token)
        return token

    def once(self, part: str, token: _Token) -> None:
        """Note that a part of the event is given, and refuse it a second time."""
        if part in self.found:
            hint = "a variable is bound with `in`, such as ?x in SIDE" if token.text == "of" else "leave one out"
            self.fail(f"the {part} is given twice, with `{self.found[part]}` and `{token.text}`; {hint}", token)
        self.found[part] = token.text

    def who(self, after: str) -> Who:
        """A person, side, group, payload, anyone or variable."""
        token = self.next()
        if token.kind == "variable":
            if len(token.text) < 2 or token.text[1].isdigit():
                self.fail(f"'{token.text}' is no variable; such as ?x", token)
            if self.peek().text != "in":
                return Who("", token.text[1:], token.column, token.column)
            self.next()
            bound = self.word("a side or group", f"{token.text} in SIDE")
            return Who(bound.text, token.text[1:], token.column, bound.column)
        if token.kind != "word" or token.text in _CLAUSES:
            found = f", found '{token.text}'" if token.text else ""
            self.fail(f"a name is missing after `{after}`{found}; a person, side, group, payload, anyone or ?x", token)
        if self.peek().text == "in":
            self.fail(f"only a variable is bound with `in`; such as {after} ?x in SIDE", self.peek())
        return Who(token.text, None, token.column, token.column)

    def value(self, kind: EventKind, token: _Token) -> tuple[str, float, int]:
        """Comparison and number of a value, in the kind's SI unit."""
        if kind.value is None:
            self.fail(f"'{kind.name}' events have no value; leave it out", token)
        sign = self.next()
        if sign.text not in SIGNS:
            self.fail(f"a value is compared with <, <=, > or >=; such as value > {kind.value.examples[0]}", sign)
        end = _QUANTITY_ENDS.search(self.text, self.at)
        stop = end.start() if end else len(self.text)
        text = self.text[self.at : stop]
        column = self.at + len(text) - len(text.lstrip())
        try:
            limit = parse_quantity(text, kind.value)
        except ValueError as error:
            raise PatternError(str(error), column) from error
        if limit.is_noisy:
            raise PatternError(f"a value is compared with one {kind.value.name}; write it without a draw", column)
        self.at = stop
        return sign.text, limit.nominal, column

    def times(self) -> int:
        """The number of ``at least N times``."""
        form = "; such as at least 3 times"
        if (word := self.next()).text != "least":
            self.fail(f"only `at least` counts events{form}", word)
        number = self.next()
        if number.kind != "number" or not number.text.isdigit():
            self.fail(f"a whole number is missing here{form}", number)
        if not 1 <= int(number.text) <= MOST_TIMES:
            self.fail(f"{number.text} times cannot be asked for; from 1 to {MOST_TIMES}", number)
        if self.peek().text in ("times", "time"):
            self.next()
        else:
            self.fail(f"`times` is missing{form}", self.peek())
        return int(number.text)

    def read(self) -> EventPattern:
        """The whole pattern."""
        kinds = event_kinds()
        head = self.next()
        if head.kind == "end":
            self.fail(f"an event pattern is missing here; {EXAMPLES}", head)
        if head.text not in kinds:
            self.fail(f"no kind of event is called '{head.text}'; {did_you_mean(head.text, kinds)}", head)
        kind = kinds[head.text]
        item: str | None = None
        actor: Who | None = None
        target: Who | None = None
        sign, limit, times = "", 0.0, 1
        item_column = value_column = head.column
        while (token := self.next()).kind != "end":
            if token.text in ("is", "with"):
                self.once("item", token)
                if kind.noun == "none":
                    self.fail(f"'{kind.name}' events have no item; leave `{token.text}` out", token)
                name = self.word(f"a {kind.noun}", f"{kind.name} {token.text} {kind.noun.upper()}")
                item, item_column = name.text, name.column
            elif token.text in ("by", "of") and (token.text == "by" or kind.has_actor):
                self.once("actor", token)
                if not kind.has_actor:
                    self.fail(f"'{kind.name}' events have no actor; {_parts(kind)}", token)
                actor = self.who(token.text)
            elif token.text in ("on", "of"):
                self.once("target", token)
                if not kind.has_target:
                    self.fail(f"'{kind.name}' events have no target; {_parts(kind)}", token)
                target = self.who(token.text)
            elif token.text == "value":
                self.once("value", token)
                sign, limit, value_column = self.value(kind, token)
            elif token.text == "at":
                self.once("count", token)
                times = self.times()
            else:
                hint = did_you_mean(token.text, _CLAUSES) if token.kind == "word" else _parts(kind)
                self.fail(f"'{token.text}' does not belong here; {hint}", token)
        columns = (item_column, value_column)
        return EventPattern(self.text, kind, item, actor, target, sign, limit, times, columns)


def _parts(kind: EventKind) -> str:
    """What can follow a kind, for a hint."""
    item = f"with {kind.noun.upper()}" if kind.noun not in ("stage", "outcome", "order") else f"is {kind.noun.upper()}"
    parts = [
        *([item] if kind.noun != "none" else []),
        *(["by WHO"] if kind.has_actor else []),
        *([f"{'on' if kind.has_actor else 'of'} WHO"] if kind.has_target else []),
        *([f"value > {kind.value.examples[0]}"] if kind.value is not None else []),
        "at least 2 times",
    ]
    return f"it takes {', '.join(parts)}"


def parse_pattern(text: str) -> EventPattern:
    """Read an event pattern; raises PatternError with the column of what cannot be read."""
    return _Reader(text).read()

"""Targets of tuning: what the worlds are to show, as a person writes it on a command line.

    target    = measure, band ;
    measure   = "share(", OUTCOME, ")" | statistic, [ "of" ], thing | statistic, "(", thing, ")" ;
    statistic = "mean" | "median" | "p1" ... "p99" ;
    thing     = "slack" | "contact" | "duration" ;
    band      = "in", "[", low, ",", high, "]" | ">=", low | "<=", high ;

``share(reached) in [0.45, 0.55]``, ``share(lost) <= 20 %``, ``median slack in [5 s, 15 s]``, ``p90(contact) <= 1 min``.
A target becomes an expectation as ``expect:`` has them, and is measured as they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rearguard.scenario import schema
from rearguard.scenario.errors import Problem, ScenarioError, did_you_mean
from rearguard.scenario.expect_entries import read_entry
from rearguard.scenario.expectations import MEASURES, Ends, Expectation, Statistic

if TYPE_CHECKING:
    from rearguard.scenario.compiled import Compiled

_SHARE = re.compile(r"\s*share\s*\(\s*(?P<thing>[^)]*?)\s*\)\s*")
_STATISTIC = re.compile(
    r"\s*(?P<how>[A-Za-z]\w*(?:\.\d+)?)(?:\s*\(\s*(?P<inside>\w*)\s*\)|\s+(?:of\s+)?(?P<thing>\w+))\s*"
)
_BAND = re.compile(
    r"in\s*\[\s*(?P<low>[^,\]]*?)\s*,\s*(?P<high>[^,\]]*?)\s*\]\s*$|(?P<sign>[<>]=)\s*(?P<bound>.*?)\s*$"
)
EXAMPLE = "such as 'share(reached) in [0.45, 0.55]' or 'median slack >= 5 s'"


def read_targets(texts: Sequence[str], compiled: Compiled, first: int = 0) -> list[Expectation]:
    """Targets as expectations, numbered from ``first`` on; ScenarioError with all that is wrong with any of them."""
    problems: list[Problem] = []
    out = []
    for k, text in enumerate(texts):
        found = _Target(text, f"--target #{k + 1}", compiled, problems).read(first + k)
        if found is not None:
            out.append(found)
    if problems:
        raise ScenarioError(problems)
    return out


class _Target:
    """Reads one target; what is wrong with it is noted with its column."""

    def __init__(self, text: str, file: str, compiled: Compiled, problems: list[Problem]) -> None:
        self.text, self.file, self.compiled, self.problems = text, file, compiled, problems
        self.sound = True
        self.places: dict[str, int] = {}

    def say(self, column: int, message: str, hint: str | None, code: str = "RG012", found: str | None = None) -> None:
        """Note a problem at a column (0-based) of the text."""
        self.sound = False
        width = len(found) if found else 1
        self.problems.append(
            Problem(code, message, self.file, 1, column + 1, max(1, width), self.text, hint, found=found)
        )

    def read(self, index: int) -> Expectation | None:
        """The target as an expectation; None when something is wrong with it."""
        head = _SHARE.match(self.text)
        entry: dict[str, Any] = {}
        if head is not None:
            entry["outcome"] = head["thing"]
            self.places["outcome"] = head.start("thing")
        else:
            head = _STATISTIC.match(self.text)
            if head is None:
                self.say(0, "this is no target", EXAMPLE)
                return None
            part = "inside" if head["inside"] is not None else "thing"
            entry["statistic"] = f"{head['how']} {head[part]}"
            self.places["statistic"] = head.start("how")
            if not self._statistic(head["how"], head[part], head.start("how"), head.start(part)):
                return None
        band = _BAND.match(self.text, head.end())
        if band is None:
            rest = self.text[head.end() :].strip()
            message = f"'{rest}' is no band" if rest else "nothing says where the value is to lie"
            self.say(head.end(), message, "write in [LOW, HIGH], >= LOW or <= HIGH", found=rest or None)
            return None
        if band["sign"] is None:
            entry["between"] = [band["low"], band["high"]]
            self.places |= {"between.0": band.start("low"), "between.1": band.start("high"), "between": band.start()}
        else:
            key = "at_least" if band["sign"] == ">=" else "at_most"
            entry[key] = band["bound"]
            self.places[key] = band.start("bound")
        found = read_entry(index, schema.Expectation(name=None, **entry), self._complain)
        if found is None or not self.sound:
            return None
        return replace(found, name=" ".join(head[0].split())) if self._is_there(found) else None

    def _statistic(self, how: str, thing: str, at_how: int, at_thing: int) -> bool:
        """Whether a statistic is one, said at its own word rather than at that of the whole."""
        if how == "share":
            names = self.compiled.names.outcomes
            self.say(at_how, "a share is one of an outcome, in brackets", f"share({names[0]})", found=how)
        elif how not in ("mean", "median") and not re.fullmatch(r"p\d{1,2}(\.\d+)?", how):
            hint = did_you_mean(how, ["mean", "median", "share", "p5", "p95"])
            self.say(at_how, f"no statistic is called '{how}'", hint, found=how)
        elif thing not in MEASURES:
            self.say(at_thing, f"there is no {how} of '{thing}'", did_you_mean(thing, MEASURES), found=thing)
        return self.sound

    def _complain(self, path: tuple[Any, ...], message: str, hint: str | None, **more: Any) -> None:
        """What the reader of expectations objects to, at its place in the text."""
        own = [str(part) for part in path[2:]]
        at = next((self.places[key] for k in range(len(own), 0, -1) if (key := ".".join(own[:k])) in self.places), 0)
        self.say(at, message, hint, code=more.get("code") or "RG021")

    def _is_there(self, found: Expectation) -> bool:
        """Whether the scenario has the outcome or the deadline that a target is about."""
        names = self.compiled.names
        if isinstance(found.subject, Ends) and found.subject.outcome not in names.outcomes:
            wrong = found.subject.outcome
            hint = did_you_mean(wrong, names.outcomes)
            self.say(self.places["outcome"], f"outcome '{wrong}' does not exist", hint, code="RG020", found=wrong)
        elif isinstance(found.subject, Statistic):
            at, measure = self.places["statistic"], found.subject.measure
            if measure != "duration" and not names.payloads:
                self.say(at, f"'{measure}' is about a payload, and there is none", "duration, or share(OUTCOME)")
            elif measure == "slack" and int(self.compiled.arrays["deadline_stage"]) <= 0:
                hint = "give the payload a second stage, or aim at the contact"
                self.say(at, "there is no deadline that slack could be measured against", hint)
        return self.sound

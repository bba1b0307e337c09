"""Errors that teach: where, what was found, and what would have been right; all of a file at once."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

WIDTH = 110
"""Characters of a source line that are shown around the caret."""

CODES = {
    "RG001": "the file cannot be read",
    "RG002": "the file is not YAML",
    "RG003": "a key stands twice",
    "RG010": "a key that the schema does not know",
    "RG011": "a key that must be there is missing",
    "RG012": "a value of the wrong kind",
    "RG020": "a name that nothing has",
    "RG021": "things that contradict each other",
    "RG030": "the map cannot be used",
    "RG031": "a place that cannot be reached or stood on",
    "RG040": "--set or extends that cannot be followed",
}


def clean(text: str) -> str:
    """Text that is safe to print: no control characters, no line breaks."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", "�", text.replace("\t", " "))


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that ``name`` was probably meant to be."""
    options = list(dict.fromkeys(str(k) for k in known))
    lower = {o.lower(): o for o in options}
    found = difflib.get_close_matches(str(name).lower(), list(lower), n=1, cutoff=0.55)
    return lower[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint for a wrong name: the nearest right one, else what there is."""
    options = list(dict.fromkeys(str(k) for k in known))
    close = nearest(name, options)
    if close is not None:
        return f"did you mean '{close}'?"
    if not options:
        return "there is none to name"
    shown = ", ".join(options[:12])
    return f"there {'is' if len(options) == 1 else 'are'} {shown}{' …' if len(options) > 12 else ''}"


@dataclass(frozen=True)
class Problem:
    """One thing wrong. line and column count from 1; 0 when the whole file is meant."""

    code: str
    message: str
    file: str
    line: int = 0
    column: int = 0
    width: int = 1
    source: str | None = None
    hint: str | None = None
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        where = clean(self.file) + (f":{self.line}:{self.column}" if self.line else "")
        word = "" if self.severity == "error" else "warning: "
        lines = [f"{where}: {self.code} {word}{clean(self.message)}"]
        if self.source is not None and self.line:
            start = max(0, min(self.column - 1 - WIDTH // 2, len(self.source) - WIDTH))
            shown = clean(self.source[start : start + WIDTH])
            margin = f"{self.line:>5} | "
            caret = min(max(self.column - 1 - start, 0), len(shown))
            reach = max(1, min(self.width, len(shown) - caret))
            lines += [margin + shown, " " * (len(margin) - 2) + "| " + " " * caret + "^" * reach]
        if self.hint:
            lines.append(f"      = help: {clean(self.hint)}")
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        keys = ("code", "severity", "message", "file", "line", "column", "hint")
        return {key: getattr(self, key) for key in keys}


class ScenarioError(Exception):
    """A scenario that cannot be used, with everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems), key=lambda p: (p.file, p.line, p.column, p.code, p.message))
        super().__init__(str(self))

    def __str__(self) -> str:
        count = sum(p.severity == "error" for p in self.problems)
        tail = f"{count} problem{'s' if count != 1 else ''} found; nothing was played"
        return "\n\n".join([*map(str, self.problems), tail])


def one_problem(code: str, message: str, file: str | Path, hint: str | None = None) -> ScenarioError:
    """An error about a file as a whole."""
    return ScenarioError([Problem(code, message, str(file), hint=hint)])

"""Errors that teach: where, what was found, and what would have been right; all of a file at once."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

WIDTH = 110
"""Characters of a source line that are shown around the caret."""
LONGEST_TEXT = 400
"""Characters of a message or hint that are shown."""

MOST_PROBLEMS = 200
"""Problems of a file that are worked out; who has more has another kind of problem."""
MOST_SHOWN = 50
"""Problems that are written out."""

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
    "RG032": "a learned policy that cannot be used",
    "RG040": "--set or extends that cannot be followed",
    "RG041": "--vary or points of a sweep that cannot be followed",
}

UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
"""Characters that steer a terminal, turn the direction of text, hide, or cannot be encoded."""


def clean(text: str) -> str:
    """Text that is safe to print: no control characters, no line breaks, one character for each that was there."""
    return UNSAFE.sub("�", text.replace("\t", " "))


def clip(text: str) -> str:
    """Safe text of a readable length."""
    text = clean(text)
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"


def cells(text: str) -> int:
    """Columns that a terminal needs for a text: East Asian wide characters take two, combining marks none."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that ``name`` was probably meant to be."""
    lower: dict[str, str] = {}
    for option in known:
        lower.setdefault(str(option).lower(), str(option))
    wanted = str(name)[:200].lower()
    found = difflib.get_close_matches(wanted, list(lower), n=1, cutoff=0.6)
    if not found:
        found = difflib.get_close_matches(re.sub(r"[\s-]+", "_", wanted), list(lower), n=1, cutoff=0.6)
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
    """One thing wrong. line and column count from 1; 0 when the whole file is meant.

    width: characters that the caret underlines. source: the line it points into. found: the name or key that was
    found, where the problem is about one.
    """

    code: str
    message: str
    file: str
    line: int = 0
    column: int = 0
    width: int = 1
    source: str | None = None
    hint: str | None = None
    severity: Literal["error", "warning"] = "error"
    found: str | None = None

    def __str__(self) -> str:
        where = clip(self.file) + (f":{self.line}:{self.column}" if self.line else "")
        word = "" if self.severity == "error" else "warning: "
        lines = [f"{where}: {self.code} {word}{clip(self.message)}"]
        if self.source is not None and self.line:
            lines += self._excerpt(self.source)
        if self.hint:
            lines.append(f"      = help: {clip(self.hint)}")
        return "\n".join(lines)

    def _excerpt(self, source: str) -> list[str]:
        """The source line, cut around the caret when it is very long, and the caret below."""
        start = max(0, min(self.column - 1 - WIDTH // 2, len(source) - WIDTH))
        shown = clean(source[start : start + WIDTH])
        caret = min(max(self.column - 1 - start, 0), len(shown))
        under = shown[caret : caret + self.width].rstrip()
        before, after = "…" if start else "", "…" if start + WIDTH < len(source) else ""
        margin = f"{self.line:>5} | "
        indent = " " * (cells(before) + cells(shown[:caret]))
        return [
            f"{margin}{before}{shown}{after}".rstrip(),
            f"{'| ':>{len(margin)}}{indent}{'^' * max(1, cells(under))}",
        ]

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        keys = ("code", "severity", "message", "file", "line", "column", "found", "hint")
        return {key: getattr(self, key) for key in keys}


class ScenarioError(Exception):
    """A scenario that cannot be used, with everything that is wrong with it, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems), key=lambda p: (p.file, p.line, p.column, p.code, p.message))
        super().__init__(str(self))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[list[Problem]]]:
        """How it comes back from another process."""
        return ScenarioError, (self.problems,)

    def __str__(self) -> str:
        errors = sum(p.severity == "error" for p in self.problems)
        more = "" if errors < MOST_PROBLEMS else " or more"
        left = "" if len(self.problems) <= MOST_SHOWN else f", the first {MOST_SHOWN} are shown"
        tail = f"{errors}{more} problem{'s' if errors != 1 else ''} found{left}; nothing was played"
        return "\n\n".join([*map(str, self.problems[:MOST_SHOWN]), tail])


def one_problem(code: str, message: str, file: str | Path, hint: str | None = None) -> ScenarioError:
    """An error about a file as a whole."""
    return ScenarioError([Problem(code, message, str(file), hint=hint)])

"""Reading a scenario file: YAML 1.2 with the position of every key and value, and no way to hurt the reader."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer, ComposerError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from rearguard.scenario.errors import UNSAFE, Problem, ScenarioError, did_you_mean, one_problem

LARGEST = 4_000_000
"""Bytes of the largest scenario file that is read."""
DEEPEST = 40
"""Levels of nesting that are read."""
MOST_NODES = 50_000
"""Values that a file may come to, aliases counted as often as they are used."""

_TAGS = ("str", "int", "float", "bool", "null", "timestamp", "value", "merge", "map", "seq")
CORE_TAGS = frozenset(f"tag:yaml.org,2002:{tag}" for tag in _TAGS)
"""Tags that YAML gives by itself; a tag that is written out asks for more than a scenario can hold."""

LONGEST_LINE = 20_000
"""Characters of a line that are read: the time to find the end of some YAML tokens grows with the square of it."""

Path_ = tuple[str | int, ...]


# ------------------------------------------------------------------------------------------------- which file is meant


def shipped() -> list[str]:
    """Names of the scenarios that come with the package."""
    root = files("rearguard") / "scenarios"
    if not root.is_dir():
        return []
    return sorted(p.name.replace("_", "-") for p in root.iterdir() if (p / "scenario.yaml").is_file())


def shipped_file(name: str) -> Path | None:
    """The file of a shipped scenario, None when none has this name."""
    if name not in shipped():
        return None
    return Path(str(files("rearguard") / "scenarios" / name.replace("-", "_") / "scenario.yaml"))


def is_file(path: Path) -> bool:
    """Like ``Path.is_file``, and False for paths that the system cannot even look up."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def find(name: str | Path) -> Path:
    """The file of a scenario: a path, a folder with a ``scenario.yaml``, or a shipped name; raises ScenarioError."""
    path, text = Path(name), str(name)
    with contextlib.suppress(OSError, ValueError):
        if path.is_dir() and (path / "scenario.yaml").is_file():
            return path / "scenario.yaml"
        if path.is_file():
            return path
        inside = shipped_file(text)
        if inside is not None:
            return inside
        if path.exists():
            return path
    near: list[str] = []
    with contextlib.suppress(OSError, ValueError):
        near = sorted(str(p) for p in path.parent.iterdir() if p.suffix in (".yaml", ".yml"))
    options = [*shipped(), *near]
    what = "there is no such file" if "/" in text or path.suffix else "no file and no shipped scenario has this name"
    raise one_problem("RG001", what, text, did_you_mean(text, options))


def read_text(path: Path) -> str:
    """The text of a file; raises ScenarioError for what is no text or too much of it."""
    try:
        if path.is_dir():
            raise one_problem("RG001", "this is a folder, not a scenario file", path)
        size = path.stat().st_size
        if size > LARGEST:
            raise one_problem(
                "RG001",
                f"the file has {size / 1e6:.1f} MB; scenario files are read up to {LARGEST / 1e6:.0f} MB",
                path,
                "maps belong in a Tiled file of their own",
            )
        with path.open("rb") as stream:
            raw = stream.read(LARGEST + 1)
    except OSError as error:
        raise one_problem("RG001", f"the file cannot be read: {error.strerror or error}", path) from error
    except ValueError as error:
        raise one_problem("RG001", f"this is no name of a file: {error}", path) from error
    if len(raw) > LARGEST:
        raise one_problem("RG001", f"the file has more than {LARGEST / 1e6:.0f} MB", path)
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise one_problem("RG001", "the file is UTF-16 text", path, "save the file as UTF-8")
    if b"\0" in raw:
        raise one_problem("RG001", "this is a binary file, not a scenario", path, "a scenario is YAML text")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        message = f"byte {error.start} on line {line} is not UTF-8 text"
        raise one_problem("RG001", message, path, "save the file as UTF-8; a scenario is YAML text") from error
    if not text.strip():
        raise one_problem("RG001", "the file is empty", path, "`rearguard schema` prints what a scenario can hold")
    return text


# ------------------------------------------------------------------------------------------------ content and positions


@dataclass(frozen=True)
class Position:
    """Where something stands: file, line and column from 1, and how many characters it takes.

    text: the line. block: True for the value of a literal block (``|``), whose lines follow on the next ones.
    """

    file: str
    line: int
    column: int
    width: int = 1
    text: str | None = None
    block: bool = False

    def problem(
        self,
        code: str,
        message: str,
        hint: str | None = None,
        *,
        severity: Literal["error", "warning"] = "error",
        found: str | None = None,
    ) -> Problem:
        """A problem here."""
        return Problem(code, message, self.file, self.line, self.column, self.width, self.text, hint, severity, found)

    def within(self, offset: int) -> Position:
        """The place ``offset`` characters into a value that stands on one line."""
        quoted = self.text is not None and self.text[self.column - 1 : self.column] in ("'", '"')
        shift = min(offset + int(quoted), max(self.width - 1, 0))
        return Position(self.file, self.line, self.column + shift, 1, self.text)


@dataclass
class Source:
    """Content of a file with positions: of each value, and of each key, by path; and the lines of the files read."""

    data: Any
    values: dict[Path_, Position] = field(default_factory=dict)
    keys: dict[Path_, Position] = field(default_factory=dict)
    lines: dict[str, list[str]] = field(default_factory=dict)

    def value(self, path: Path_) -> Position | None:
        """Where the value at ``path`` stands; the nearest parent when it stands nowhere."""
        for k in range(len(path), -1, -1):
            if path[:k] in self.values:
                return self.values[path[:k]]
        return None

    def key(self, path: Path_) -> Position | None:
        """Where the key at ``path`` stands; the nearest parent's key, else its value."""
        for k in range(len(path), 0, -1):
            if path[:k] in self.keys:
                return self.keys[path[:k]]
        return self.value(path)

    def drop(self, paths: Iterable[Path_]) -> None:
        """Forget the positions at and below ``paths``."""
        gone = set(paths)
        if not gone:
            return
        for table in (self.values, self.keys):
            for known in [p for p in table if any(p[:k] in gone for k in range(len(p) + 1))]:
                del table[known]


class _Composer(Composer):
    """Composes nodes, and stops before nesting or size could hurt."""

    def __init__(self, loader: Any = None) -> None:
        super().__init__(loader=loader)
        self.warn_double_anchors = False
        self.level = 0
        self.count = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        """One node with what is below it."""
        self.level += 1
        self.count += 1
        if self.level > DEEPEST + 1 or self.count > 2 * MOST_NODES:
            deep, large = f"nesting deeper than {DEEPEST} levels", f"a file of more than {MOST_NODES:,} values"
            what = deep if self.level > DEEPEST + 1 else large
            raise ComposerError(None, None, f"{what} is not read", self.parser.peek_event().start_mark)
        node = super().compose_node(parent, index)
        self.level -= 1
        return node


class _Reader:
    """Walks the node tree once: plain data out, positions noted, problems collected."""

    def __init__(self, file: str, lines: list[str], yaml: YAML, shift: int, shown: str | None) -> None:
        self.file = file
        self.lines = lines
        self.yaml = yaml
        self.shift = shift
        self.shown = shown
        self.source = Source(None, lines={file: lines})
        self.problems: list[Problem] = []
        self.count = 0

    def position(self, node: Node) -> Position:
        start, end = node.start_mark, node.end_mark
        line = start.line
        text = self.shown if self.shown is not None else self.lines[line] if line < len(self.lines) else ""
        last = end.column if end.line == line else len(text) - self.shift
        block = isinstance(node, ScalarNode) and node.style == "|"
        return Position(self.file, line + 1, start.column + 1 + self.shift, max(1, last - start.column), text, block)

    def behind(self, key: Node) -> Position:
        """The place behind a key and its colon."""
        at = self.position(key)
        return Position(at.file, at.line, at.column + at.width + 1, 1, at.text)

    def problem(self, code: str, message: str, node: Node, hint: str | None = None) -> None:
        self.problems.append(self.position(node).problem(code, message, hint))

    def walk(self, node: Node, path: Path_, level: int = 0) -> Any:
        """Plain data of a node; positions go to the source."""
        self.count += 1
        if self.count > MOST_NODES or level > DEEPEST:
            what = (
                f"comes to more than {MOST_NODES:,} values"
                if level <= DEEPEST
                else f"nests deeper than {DEEPEST} levels"
            )
            raise ScenarioError([self.position(node).problem("RG002", f"with its aliases the file {what}")])
        self.source.values[path] = self.position(node)
        if str(node.tag) not in CORE_TAGS:
            self.problem("RG002", f"the tag {node.tag} is not read here", node, "write the value without a tag")
        if isinstance(node, MappingNode):
            return dict(self.pairs(node, path, set(), level))
        if isinstance(node, SequenceNode):
            return [self.walk(child, (*path, k), level + 1) for k, child in enumerate(node.value)]
        return self.scalar(node)

    def scalar(self, node: Node) -> Any:
        """Text, number, truth or nothing; what YAML would make a date stays the text that was written."""
        text = str(node.value)
        if UNSAFE.search(text.replace("\n", "").replace("\t", "")):
            self.problem("RG002", "control characters cannot stand in a scenario", node, "leave them out")
        try:
            value = self.yaml.constructor.construct_object(node, deep=True)
        except (YAMLError, ValueError, ArithmeticError, TypeError):
            return text
        return value if isinstance(value, (int, float, bool, type(None))) else text

    def pairs(self, node: MappingNode, path: Path_, seen: set[str], level: int) -> Iterator[tuple[str, Any]]:
        """Keys and values of a mapping, then those that ``<<`` brings in and that it has not got itself."""
        own: dict[str, int] = {}
        merged: list[Node] = []
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self.problem("RG002", "a key must be a plain word", key_node, "put text with { or [ in quotes")
                continue
            # keys are names: `no` and `1` stay what was written
            key = str(key_node.value)
            if key == "<<" and key_node.style is None:
                merged += value_node.value if isinstance(value_node, SequenceNode) else [value_node]
            elif key in own:
                hint = "keep one of them"
                self.problem("RG003", f"'{key}' stands twice in this mapping; first on line {own[key]}", key_node, hint)
            elif key not in seen:
                own[key] = key_node.start_mark.line + 1
                seen.add(key)
                if UNSAFE.search(key):
                    self.problem("RG002", "control characters cannot stand in a scenario", key_node, "leave them out")
                self.source.keys[(*path, key)] = self.position(key_node)
                yield key, self.walk(value_node, (*path, key), level + 1)
                if value_node.start_mark.index == value_node.end_mark.index:
                    # nothing is written: right behind the colon, not where the next thing starts
                    self.source.values[(*path, key)] = self.behind(key_node)
        for other in merged:
            if not isinstance(other, MappingNode) or level >= DEEPEST:
                self.problem("RG002", "`<<` takes a mapping, or a list of them", other, "such as `<<: *name`")
            else:
                yield from self.pairs(other, path, seen, level + 1)


def _read(text: str, file: str, shift: int = 0, shown: str | None = None) -> tuple[Node | None, Source]:
    """Compose and walk YAML text; ``shift`` and ``shown`` place it within a longer line."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = _Composer
    lines = text.splitlines()
    reader = _Reader(file, lines, yaml, shift, shown)
    for number, line in enumerate(lines, start=1):
        if len(line) > LONGEST_LINE:
            where = Position(file, number, LONGEST_LINE + 1, 1, line)
            message = f"this line has {len(line):,} characters; lines up to {LONGEST_LINE:,} are read"
            raise ScenarioError([where.problem("RG002", message, "break it into several")])
    try:
        node = yaml.compose(text)
        if node is not None:
            reader.source.data = reader.walk(node, ())
    except MarkedYAMLError as error:
        raise ScenarioError([_not_yaml(error, reader)]) from error
    except (YAMLError, ValueError, ArithmeticError, AssertionError, TypeError, AttributeError, LookupError) as error:
        # the library meets some malformed text with an exception of its own making
        raise ScenarioError([_unreadable(error, reader)]) from error
    except RecursionError as error:
        raise one_problem("RG002", "not YAML that can be read: it nests too deep", file) from error
    if reader.problems:
        raise ScenarioError(reader.problems)
    return node, reader.source


def _not_yaml(error: MarkedYAMLError, reader: _Reader) -> Problem:
    mark = error.problem_mark or error.context_mark
    line = min(mark.line, max(len(reader.lines) - 1, 0)) if mark else 0
    text = reader.shown if reader.shown is not None else reader.lines[line] if reader.lines else ""
    column = (mark.column if mark and mark.line == line else len(text)) + 1 + reader.shift
    what = (error.problem or error.context or "cannot be read").strip()
    hint = None
    if "\t" in text[: len(text) - len(text.lstrip())]:
        hint = "tabs cannot indent in YAML; use spaces"
    elif "mapping values are not allowed" in what:
        hint = "put text that holds `: ` in quotes, and check the indentation of this line and the one above"
    elif "could not find expected ':'" in what:
        hint = "write `key: value`, with a space after the colon"
    elif "single document" in what or "another document" in what:
        what, hint = "a second document starts here", "a scenario is one document; leave out the `---` between"
    elif "is not read" not in what:
        hint = "look for a bracket or a quote that is never closed, or text that needs quotes"
    return Position(reader.file, line + 1, column, 1, text).problem("RG002", f"not YAML: {what}", hint)


def _unreadable(error: Exception, reader: _Reader) -> Problem:
    at = getattr(error, "position", None)
    text = "\n".join(reader.lines)
    character = getattr(error, "character", None)
    if isinstance(at, int) and character is not None:
        line = text.count("\n", 0, at)
        shown = reader.lines[line] if line < len(reader.lines) else ""
        column = at - (text.rfind("\n", 0, at) + 1) + 1
        message = "not YAML: a control character stands here"
        return Position(reader.file, line + 1, column, 1, shown).problem("RG002", message, "leave it out")
    detail = next(iter(str(error).splitlines()), "") or "it cannot be read"
    return Problem("RG002", f"not YAML: {detail}", reader.file)


def parse(text: str, file: str) -> Source:
    """Read YAML text with positions; raises ScenarioError for what is no YAML mapping."""
    node, source = _read(text, file)
    if not isinstance(node, MappingNode):
        raise one_problem(
            "RG002",
            "this is no scenario: the file must hold `key: value` lines at its top level",
            file,
            "start with `rearguard: 1`, `name:`, `map:`, `people:`, `doctrines:`, `ends:`",
        )
    return source


def parse_value(text: str, file: str, line: str, column: int) -> Source:
    """Read one value, plain or in flow style ({...}, [...]), that stands in ``line`` from ``column`` (0-based) on."""
    whole = Position(file, 1, column + 1, max(1, len(text)), line)
    if re.search(r"[\r\n\x85\u2028\u2029]", text):
        raise ScenarioError([whole.problem("RG040", "a value that is set is one line", "use [a, b] and {a: b}")])
    node, source = _read(text, file, column, line)
    if isinstance(node, (MappingNode, SequenceNode)) and not node.flow_style:
        hint = "put text in quotes, or write {key: value} and [a, b]"
        raise ScenarioError([whole.problem("RG040", "this is neither a plain value nor {...} nor [...]", hint)])
    source.values.setdefault((), whole)
    return source

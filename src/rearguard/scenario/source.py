"""Reading a scenario file: YAML 1.2 with the position of every key and value, and no way to hurt the reader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from rearguard.scenario.errors import Problem, ScenarioError, one_problem

LARGEST = 4_000_000
"""Bytes of the largest scenario file that is read."""
DEEPEST = 40
"""Levels of nesting that are read."""
MOST_NODES = 200_000
"""Values that a file may come to, aliases counted as often as they are used."""

Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class Position:
    """Where something stands: file, line and column from 1, and how many characters it takes."""

    file: str
    line: int
    column: int
    width: int
    text: str | None


@dataclass
class Source:
    """Content of a file with positions: of each value, and of each key, by path."""

    data: Any
    values: dict[Path_, Position] = field(default_factory=dict)
    keys: dict[Path_, Position] = field(default_factory=dict)

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

    def drop(self, path: Path_) -> None:
        """Forget the positions at and below ``path``."""
        for table in (self.values, self.keys):
            for known in [p for p in table if p[: len(path)] == path]:
                del table[known]


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
        raise one_problem("RG001", f"cannot be read: {error.strerror or error}", path) from error
    if len(raw) > LARGEST:
        raise one_problem("RG001", f"more than {LARGEST / 1e6:.0f} MB", path)
    if b"\0" in raw:
        raise one_problem("RG001", "this is a binary file, not a scenario", path, "a scenario is YAML text")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        message = f"byte {error.start} on line {line} is not UTF-8 text"
        raise one_problem("RG001", message, path, "save the file as UTF-8") from error
    if not text.strip():
        raise one_problem("RG001", "the file is empty", path, "rearguard schema prints what a scenario can hold")
    return text


def _scalar(node: ScalarNode, yaml: YAML) -> Any:
    value = yaml.constructor.construct_object(node, deep=True)
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(node.value)


class _Reader:
    """Walks the node tree once: plain data out, positions noted, problems collected."""

    def __init__(self, file: str, text: str, yaml: YAML) -> None:
        self.file = file
        self.lines = text.splitlines()
        self.yaml = yaml
        self.source = Source(None)
        self.problems: list[Problem] = []
        self.count = 0

    def position(self, node: Node) -> Position:
        start, end = node.start_mark, node.end_mark
        line = start.line
        text = self.lines[line] if line < len(self.lines) else ""
        width = end.column - start.column if end.line == line else len(text) - start.column
        return Position(self.file, line + 1, start.column + 1, max(1, width), text)

    def problem(self, code: str, message: str, node: Node, hint: str | None = None) -> None:
        p = self.position(node)
        self.problems.append(Problem(code, message, p.file, p.line, p.column, p.width, p.text, hint))

    def walk(self, node: Node, path: Path_) -> Any:
        self.count += 1
        if self.count > MOST_NODES:
            raise one_problem("RG002", f"the file comes to more than {MOST_NODES:,} values", self.file)
        if len(path) > DEEPEST:
            raise one_problem("RG002", f"the file is nested deeper than {DEEPEST} levels", self.file)
        self.source.values[path] = self.position(node)
        if isinstance(node, MappingNode):
            return dict(self.pairs(node, path))
        if isinstance(node, SequenceNode):
            return [self.walk(child, (*path, k)) for k, child in enumerate(node.value)]
        return _scalar(node, self.yaml)

    def pairs(self, node: MappingNode, path: Path_) -> Iterator[tuple[str, Any]]:
        seen: dict[str, int] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self.problem("RG002", "a key must be a plain word", key_node)
                continue
            # keys are names: `no` and `1` stay what was written
            key = str(key_node.value)
            if key in seen:
                self.problem("RG003", f"'{key}' stands twice in this mapping; first on line {seen[key]}", key_node)
                continue
            seen[key] = key_node.start_mark.line + 1
            self.source.keys[(*path, key)] = self.position(key_node)
            yield key, self.walk(value_node, (*path, key))


def _depth_ok(text: str) -> bool:
    """False for flow nesting so deep that the parser itself would give up."""
    depth = deepest = 0
    for c in text:
        if c in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif c in "]}":
            depth = max(0, depth - 1)
    longest_indent = max((len(line) - len(line.lstrip(" -")) for line in text.splitlines()), default=0)
    return deepest <= 4 * DEEPEST and longest_indent <= 400


def parse(text: str, file: str) -> Source:
    """Read YAML text with positions; raises ScenarioError for what is no YAML mapping."""
    if not _depth_ok(text):
        raise one_problem("RG002", f"the file is nested deeper than {DEEPEST} levels", file)
    yaml = YAML(typ="safe", pure=True)
    try:
        node = yaml.compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line if mark else 0
        lines = text.splitlines()
        shown = lines[line] if line < len(lines) else ""
        message = f"not YAML: {error.problem or error.context or 'cannot be read'}"
        hint = "tabs cannot indent in YAML; use spaces" if "\t" in shown[: len(shown) - len(shown.lstrip())] else None
        column = (mark.column if mark else 0) + 1
        raise ScenarioError([Problem("RG002", message, file, line + 1, column, 1, shown, hint)]) from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise one_problem("RG002", f"not YAML: {str(error).splitlines()[0] if str(error) else 'cannot be read'}", file) from error
    if not isinstance(node, MappingNode):
        raise one_problem(
            "RG002", "this is no scenario: the file must hold `key: value` lines at its top level", file,
            "start with `rearguard: 1`, `name:`, `map:`, `people:`, `doctrines:`, `ends:`",
        )  # fmt: skip
    reader = _Reader(file, text, yaml)
    try:
        reader.source.data = reader.walk(node, ())
    except (YAMLError, ValueError, RecursionError) as error:
        raise one_problem("RG002", f"not YAML: {str(error).splitlines()[0]}", file) from error
    if reader.problems:
        raise ScenarioError(reader.problems)
    return reader.source

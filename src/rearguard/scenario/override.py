"""Changing a scenario from outside: ``extends:`` and ``--set path=value``; positions keep pointing where a value stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rearguard.scenario.errors import Problem, ScenarioError, did_you_mean, one_problem
from rearguard.scenario.source import (
    Path_,
    Position,
    Source,
    is_file,
    parse,
    parse_value,
    read_text,
    shipped,
    shipped_file,
)

LONGEST_CHAIN = 10
"""Files that may extend one another in a row."""

Known = Callable[[Path_], Sequence[str] | None]
"""From a path to the keys that the schema allows there; None where it knows none."""


# -------------------------------------------------------------------------------------------------------------- extends


def merge(base: Source, top: Source) -> Source:
    """``top`` over ``base``: mappings merge, everything else replaces; positions follow their values."""
    replaced: list[Path_] = []

    def over(low: Any, high: Any, path: Path_) -> Any:
        if isinstance(low, dict) and isinstance(high, dict):
            out = dict(low)
            for key, value in high.items():
                out[key] = over(low[key], value, (*path, key)) if key in low else value
            return out
        if isinstance(low, (dict, list)):
            replaced.append(path)
        return high

    data = over(base.data, top.data, ())
    base.drop(replaced)
    return Source(data, base.values | top.values, base.keys | top.keys, base.lines | top.lines)


def read_chain(path: Path) -> Source:
    """A file with all it extends, the deepest first; raises ScenarioError."""
    chain = [parse(read_text(path), str(path))]
    seen = [path]
    while (parent := chain[-1].data.get("extends")) is not None:
        where = chain[-1].value(("extends",))
        assert where is not None, "a key that was read has a position"
        if not isinstance(parent, str):
            raise ScenarioError(
                [where.problem("RG012", "extends: it takes the name of one file", "extends: base.yaml")]
            )
        current = _parent_file(seen[-1].parent, parent, where)
        if any(current.resolve() == p.resolve() for p in seen):
            names = " → ".join(p.name for p in [*seen, current])
            raise ScenarioError(
                [where.problem("RG040", f"`extends` goes in a circle: {names}", "leave one of them out")]
            )
        if len(seen) >= LONGEST_CHAIN:
            raise ScenarioError([where.problem("RG040", f"more than {LONGEST_CHAIN} files extend one another")])
        seen.append(current)
        chain.append(parse(read_text(current), str(current)))
    merged = chain.pop()
    while chain:
        merged = merge(merged, chain.pop())
    merged.data.pop("extends", None)
    merged.drop([("extends",)])
    return merged


def _parent_file(folder: Path, name: str, where: Position) -> Path:
    """The file that ``extends: name`` means: beside the file that says so, or a shipped scenario."""
    if is_file(folder / name):
        return folder / name
    inside = shipped_file(name)
    if inside is not None:
        return inside
    try:
        near = sorted(p.name for p in folder.iterdir() if p.suffix in (".yaml", ".yml"))
    except OSError:
        near = []
    message = f"extends: there is no file '{name}' here, and no shipped scenario of this name"
    raise ScenarioError([where.problem("RG040", message, did_you_mean(name, [*near, *shipped()]), found=name)])


# ---------------------------------------------------------------------------------------------------------------- --set


def apply(source: Source, overrides: Sequence[str], known: Known) -> None:
    """Apply ``path=value`` texts to ``source`` in place; raises ScenarioError with all that cannot be followed.

    known: from a path to the keys that the schema allows there, so that keys the file leaves out can be set.
    """
    problems: list[Problem] = []
    for number, text in enumerate(overrides, start=1):
        try:
            _set(source, text, f"--set #{number}", known)
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)


def _set(source: Source, text: str, file: str, known: Known) -> None:
    name, equals, value_text = text.partition("=")

    def fault(
        message: str, column: int = 0, width: int = 0, hint: str | None = None, found: str | None = None
    ) -> ScenarioError:
        where = Position(file, 1, column + 1, width or max(1, len(text)), text)
        return ScenarioError([where.problem("RG040", message, hint, found=found)])

    if not text.strip():
        raise one_problem("RG040", "--set takes path=value", file, "such as --set 'time.limit=10 min'")
    if not equals or not name.strip():
        raise fault("--set takes path=value", hint="such as --set 'time.limit=10 min'")
    node: Any = source.data
    path: Path_ = ()
    column = 0
    containers: list[tuple[Any, Any]] = []
    for step in name.split("."):
        key: Any = step.strip()
        start = column + len(step) - len(step.lstrip())
        before = ".".join(map(str, path))
        if isinstance(node, list):
            if not (key.isascii() and key.isdigit() and len(key) < 9 and int(key) < len(node)):
                hint = f"its entries are 0 to {len(node) - 1}" if node else "it is empty"
                raise fault(f"'{key}' is no entry of the list '{before}'", start, max(1, len(key)), hint, key)
            key = int(key)
        elif isinstance(node, dict) or node is None:
            options = [*(node or ()), *(known(path) or ())]
            if key not in options:
                what = f"'{before}' has no '{key}' to set" if before else f"there is no '{key}' to set"
                raise fault(what, start, max(1, len(key)), did_you_mean(key, options), key)
        else:
            raise fault(f"'{before}' is a single value and has no '{key}'", start, max(1, len(key)), found=key)
        containers.append((node, key))
        path = (*path, key)
        node = node[key] if isinstance(node, list) else (node or {}).get(key)
        column += len(step) + 1
    lead = len(value_text) - len(value_text.lstrip())
    fresh = parse_value(value_text.strip(), file, text, len(name) + 1 + lead)
    _store(source, containers, fresh.data)
    source.drop([path])
    source.values |= {(*path, *p): position for p, position in fresh.values.items()}
    source.keys |= {(*path, *p): position for p, position in fresh.keys.items()}
    source.keys[path] = Position(file, 1, 1, len(name), text)


def _store(source: Source, containers: list[tuple[Any, Any]], value: Any) -> None:
    """Put ``value`` at the end of a way through ``containers``, making the mappings that are missing."""
    for container, key in reversed(containers):
        if container is not None:
            container[key] = value
            return
        value = {key: value}
    source.data = value

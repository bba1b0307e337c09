"""Changing a scenario from outside: ``extends:`` and ``--set path=value``; positions keep pointing where a value stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rearguard.scenario.errors import Problem, ScenarioError, did_you_mean
from rearguard.scenario.source import Path_, Position, Source, parse, read_text

LONGEST_CHAIN = 10


def merge(base: Source, top: Source) -> Source:
    """``top`` over ``base``: mappings merge, everything else replaces."""

    def over(low: Any, high: Any, path: Path_) -> Any:
        if isinstance(low, dict) and isinstance(high, dict):
            out = dict(low)
            for key, value in high.items():
                out[key] = over(low[key], value, (*path, key)) if key in low else value
            return out
        base.drop(path)
        return high

    data = over(base.data, top.data, ())
    return Source(data, {**base.values, **top.values}, {**base.keys, **top.keys})


def read_chain(path: Path) -> Source:
    """A file with all it extends, deepest first."""
    chain: list[Source] = []
    seen: list[Path] = []
    current = path
    where: Position | None = None
    while True:
        if current.resolve() in seen or len(seen) >= LONGEST_CHAIN:
            names = " → ".join(p.name for p in [*seen, current])
            raise ScenarioError([_at(where, "RG040", f"`extends` goes in a circle or too deep: {names}", str(path))])
        if where is not None and not current.is_file():
            near = sorted(p.name for p in current.parent.glob("*.y*ml")) if current.parent.is_dir() else []
            message = f"extends '{current.name}', but there is no such file beside this one"
            raise ScenarioError([_at(where, "RG040", message, str(path), did_you_mean(current.name, near))])
        source = parse(read_text(current), str(current))
        seen.append(current.resolve())
        chain.append(source)
        parent = source.data.get("extends")
        if parent is None:
            break
        where = source.value(("extends",))
        if not isinstance(parent, str):
            raise ScenarioError([_at(where, "RG012", "`extends` takes the name of one file", str(path))])
        current = current.parent / parent
    merged = chain.pop()
    while chain:
        merged = merge(merged, chain.pop())
    merged.data.pop("extends", None)
    return merged


def _at(where: Position | None, code: str, message: str, file: str, hint: str | None = None) -> Problem:
    if where is None:
        return Problem(code, message, file, hint=hint)
    return Problem(code, message, where.file, where.line, where.column, where.width, where.text, hint)


def apply(source: Source, overrides: list[str], known: Any) -> None:
    """Apply ``path=value`` texts to ``source`` in place.

    known: function from a path to the keys that the schema allows there, or None where any name may stand.
    """
    problems = []
    for n, text in enumerate(overrides, start=1):
        problem = _set(source, text, n, known)
        if problem is not None:
            problems.append(problem)
    if problems:
        raise ScenarioError(problems)


def _set(source: Source, text: str, n: int, known: Any) -> Problem | None:
    file = f"--set #{n}"

    def fault(message: str, column: int, width: int, hint: str | None = None) -> Problem:
        return Problem("RG040", message, file, 1, column, max(1, width), text, hint)

    name, equals, value_text = text.partition("=")
    if not equals or not name.strip():
        return fault("--set takes path=value", 1, len(text), "such as --set techniques.gust.impulse='300 N s'")
    steps = name.strip().split(".")
    node: Any = source.data
    path: Path_ = ()
    column = 1
    for k, step in enumerate(steps):
        last = k == len(steps) - 1
        if isinstance(node, list):
            if not step.isdigit() or int(step) >= len(node):
                return fault(f"'{step}' is not an entry of this list", column, len(step), f"0 to {len(node) - 1}")
            key: str | int = int(step)
        elif isinstance(node, dict):
            key = step
            allowed = known(path)
            if key not in node and not (allowed is not None and key in allowed):
                options = [*node, *(allowed or ())]
                return fault(f"there is no '{'.'.join(steps[: k + 1])}' to set", column, len(step), did_you_mean(step, options))
        else:
            return fault(f"'{'.'.join(steps[:k])}' is a value and has no '{step}'", column, len(step))
        path = (*path, key)
        if last:
            fresh = parse("value: " + value_text, file).data.get("value") if value_text.strip() else None
            if isinstance(node, list):
                node[int(key)] = fresh
            else:
                node[key] = fresh
        else:
            if isinstance(node, dict) and node.get(key) is None:
                node[key] = {}
            node = node[key]
        column += len(step) + 1
    source.drop(path)
    source.values[path] = Position(file, 1, len(name) + 2, max(1, len(value_text)), text)
    source.keys[path] = Position(file, 1, 1, len(name), text)
    return None

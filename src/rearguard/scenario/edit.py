"""Changing values in a scenario file, and nothing else of it.

A value that stands in the file is replaced at its very place, character by character, so that comments, columns and quotes
stay as they are. A value that the file leaves to its default is put in by ruamel.yaml's round trip, which keeps comments
too but may break long lines anew. What comes out is read back before it is written: if anything but the wanted values
differs, nothing is written.
"""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rearguard.scenario.errors import ScenarioError
from rearguard.scenario.source import Path_, Source, parse, read_text


class EditError(Exception):
    """A file in which values cannot be changed by machine; the text says why."""


def edited(text: str, file: str, changes: Mapping[Path_, str]) -> str:
    """The text of a scenario file with values at paths changed to what is written for them; raises EditError."""
    source = parse(text, file)
    lines = text.splitlines(keepends=True)
    missing: dict[Path_, str] = {}
    placed = []
    for path, value in changes.items():
        position = source.values.get(path)
        if position is None:
            missing[path] = value
        else:
            placed.append((position.line, position.column, position.width, value))
    for line, column, width, value in sorted(placed, reverse=True):
        row, start = lines[line - 1], column - 1
        old = row[start : start + width]
        quote = old[0] if old[:1] in ("'", '"') else ""
        lines[line - 1] = f"{row[:start]}{quote}{value}{quote}{row[start + width :]}"
    out = "".join(lines)
    if missing:
        out = _inserted(out, missing)
    _check(source, out, file, changes)
    return out


def _inserted(text: str, values: Mapping[Path_, str]) -> str:
    """The text with values that were not there, by a round trip."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    data = yaml.load(text)
    for path, value in values.items():
        node = data
        for key in path[:-1]:
            if isinstance(node, list) and not (isinstance(key, int) and key < len(node)):
                raise EditError(
                    f"'{'.'.join(map(str, path))}' does not stand in this file; write {value} there by hand"
                )
            if isinstance(node, dict) and node.get(key) is None:
                node[key] = {}
            node = node[key]
        node[path[-1]] = value
    out = io.StringIO()
    yaml.dump(data, out)
    return out.getvalue()


def _check(before: Source, text: str, file: str, changes: Mapping[Path_, str]) -> None:
    """Refuse a text in which anything else than the wanted values has changed: such as an alias that others share."""
    try:
        after = parse(text, file)
    except ScenarioError as error:
        hint = "does it carry an anchor (&)?"
        raise EditError(f"{file} would not be YAML any more, so nothing is written; {hint}") from error
    old, new = _leaves(before.data), _leaves(after.data)
    for path in changes:
        old.pop(path, None)
        if path not in new:
            raise EditError(f"'{'.'.join(map(str, path))}' cannot be set in {file}; nothing is written")
        new.pop(path)
    if old != new:
        other = next(p for p in {**old, **new} if old.get(p) != new.get(p))
        where = ".".join(map(str, other))
        raise EditError(f"'{where}' would change too (an alias?); nothing is written to {file}")


def _leaves(data: Any) -> dict[Path_, Any]:
    """Every single value by its path."""
    out: dict[Path_, Any] = {}

    def walk(node: Any, path: Path_) -> None:
        items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else None
        if items is None:
            out[path] = node
            return
        for key, child in items:
            walk(child, (*path, key))

    walk(data, ())
    return out


def rewrite(file: Path, changes: Mapping[Path_, str]) -> None:
    """Change values in a file, in one step; raises EditError, ScenarioError."""
    text = edited(read_text(file), str(file), changes)
    temporary = file.with_name(f".{file.name}.part")
    try:
        temporary.write_text(text, encoding="utf-8", newline="")
        os.replace(temporary, file)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise EditError(f"cannot write to {file}: {error.strerror or error}") from error

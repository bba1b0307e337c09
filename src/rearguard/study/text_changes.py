"""What differs between the texts of two scenarios, path by path; comments, order and layout do not count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rearguard.scenario.load import LoadedScenario


@dataclass(frozen=True)
class TextChange:
    """A value that differs. old, new: as written; None where the file leaves it out."""

    path: str
    old: Any
    new: Any

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {"path": self.path, "old": self.old, "new": self.new}


def text_changes(a: LoadedScenario, b: LoadedScenario) -> list[TextChange]:
    """Values in which ``b`` differs from ``a``, with ``extends`` and ``--set`` followed, in the order of the files."""
    old, new = dict(_leaves(a.source.data, "")), dict(_leaves(b.source.data, ""))
    paths = dict.fromkeys([*old, *new])
    out = [TextChange(p, old.get(p), new.get(p)) for p in paths if old.get(p) != new.get(p)]
    drawn = any(change.path.startswith("map") for change in out)
    if a.map.digest != b.map.digest and not drawn and not any(c.path.startswith(("ground", "smoke")) for c in out):
        out.append(TextChange("map", f"contents {a.map.digest[:8]}", f"contents {b.map.digest[:8]}"))
    return out


def _leaves(node: Any, path: str) -> Iterator[tuple[str, Any]]:
    """(dotted path, value) of everything that holds no mapping; lists of plain values are one value."""
    if isinstance(node, dict) and node:
        for key, value in node.items():
            yield from _leaves(value, f"{path}.{key}" if path else str(key))
    elif isinstance(node, list) and any(isinstance(entry, (dict, list)) for entry in node):
        for k, entry in enumerate(node):
            yield from _leaves(entry, f"{path}.{k}")
    else:
        yield path, node

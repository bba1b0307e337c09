"""Loading a scenario: file → values with positions → schema → map → checks, with every problem at once."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from rearguard.scenario import schema
from rearguard.scenario.check import check
from rearguard.scenario.errors import Problem, ScenarioError, did_you_mean
from rearguard.scenario.explain import complaints, known_keys, without
from rearguard.scenario.grounds import GroundError, resolve_grounds
from rearguard.scenario.maps import GroundMap, MapError, load_map
from rearguard.scenario.override import apply, read_chain
from rearguard.scenario.policies import Policy, load_policies
from rearguard.scenario.source import Path_, Position, Source, find, shipped
from rearguard.scenario.surroundings import with_smoke

__all__ = ["LoadedScenario", "find", "known_keys", "load_scenario", "shipped", "validate"]


@dataclass(frozen=True)
class LoadedScenario:
    """A scenario that has passed every check, with its map.

    path: its file. source: what was read, with positions. overrides: the ``--set`` texts that were applied.
    warnings: what was found that does not keep it from being played. policies: doctrine → the policy it names.
    """

    scenario: schema.Scenario
    path: Path
    source: Source
    map: GroundMap
    overrides: tuple[str, ...] = ()
    warnings: tuple[Problem, ...] = ()
    policies: Mapping[str, Policy] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 over the resolved content and the map: two scenarios of one digest play the same."""
        content = self.scenario.model_dump(mode="json", exclude={"about", "expect", "factors"})
        sha = hashlib.sha256(json.dumps(content, sort_keys=True).encode())
        sha.update(self.map.digest.encode())
        for name, policy in sorted(self.policies.items()):
            sha.update(f"{name} {policy.digest}".encode())
        return sha.hexdigest()

    def resolved_yaml(self) -> str:
        """The scenario as it is played, `extends` and `--set` followed, as YAML."""
        return to_yaml(self.source.data)


def to_yaml(data: Any) -> str:
    """YAML that reads back as ``data``; text of several lines stays a drawing."""
    from ruamel.yaml import YAML
    from ruamel.yaml.scalarstring import LiteralScalarString

    def styled(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: styled(value) for key, value in node.items()}
        if isinstance(node, list):
            return [styled(value) for value in node]
        if isinstance(node, str) and "\n" in node and all(line == line.rstrip() and line for line in node.splitlines()):
            return LiteralScalarString(node)
        return node

    yaml = YAML()
    yaml.width = 4096
    out = io.StringIO()
    yaml.dump(styled(data), out)
    return out.getvalue()


# ------------------------------------------------------------------------------------------------------------------ map


def _read_map(scenario: schema.Scenario, source: Source, path: Path) -> tuple[GroundMap | None, list[Problem]]:
    """The map, or what is wrong with it."""
    where = source.value(("map",))
    assert where is not None, "the schema has seen a map"
    base = Path(where.file).parent if not where.file.startswith("--set") else path.parent
    problems = _ground_problems(scenario, source)
    if problems:
        return None, problems
    try:
        return load_map(scenario.map, base, scenario.ground), []
    except MapError as error:
        if isinstance(scenario.map, schema.AsciiMap):
            return None, [_drawing_problem(error, scenario.map, source)]
        return None, [_file_problem(error, where, base)]
    except GroundError as error:
        spot = source.key(("ground", error.ground)) or where
        return None, [spot.problem("RG030", str(error), error.hint, found=error.ground)]


def _ground_problems(scenario: schema.Scenario, source: Source) -> list[Problem]:
    """Ground types that cannot be completed, and legend entries that stand for none; each at its own line."""
    out: list[Problem] = []
    known = dict(resolve_grounds({}))
    for name, ground in scenario.ground.items():
        try:
            known |= resolve_grounds({name: ground})
        except GroundError as error:
            known.setdefault(name, known["street"])
            like = ("ground", name, "like") if ground.like is not None else None
            where = source.value(like) if like else source.key(("ground", name))
            if where is not None:
                out.append(where.problem("RG030", str(error), error.hint, found=ground.like or name))
    legend = scenario.map.legend if isinstance(scenario.map, schema.AsciiMap) else {}
    for sign, entry in legend.items():
        name = entry if isinstance(entry, str) else entry.ground
        path: Path_ = ("map", "legend", sign) if isinstance(entry, str) else ("map", "legend", sign, "ground")
        where = source.value(path)
        if name not in known and where is not None:
            message = f"'{sign}' stands for the ground type '{name}', which does not exist"
            out.append(where.problem("RG030", message, did_you_mean(name, known), found=name))
        where = source.key(("map", "legend", sign))
        if len(sign) != 1 and where is not None:
            message = f"the legend explains '{sign}', which is {len(sign)} characters"
            out.append(where.problem("RG030", message, "a cell is drawn with one character", found=sign))
    return out


def _drawing_problem(error: MapError, drawing: schema.AsciiMap, source: Source) -> Problem:
    """A problem with a drawing in the scenario file: at its row and column where the file shows them."""
    where = source.value(("map", "ascii"))
    assert where is not None, "a drawing stands somewhere"
    if where.block and error.line is not None:
        rows = drawing.ascii.splitlines()
        above = next((k for k, row in enumerate(rows) if row.strip()), 0)
        line = where.line + above + error.line
        lines = source.lines.get(where.file, [])
        row = rows[above + error.line - 1] if above + error.line <= len(rows) else ""
        if 0 < line <= len(lines) and lines[line - 1].endswith(row):
            indent = len(lines[line - 1]) - len(row)
            where = Position(where.file, line, indent + (error.column or 1), 1, lines[line - 1])
    return where.problem("RG030", error.message, error.hint)


def _file_problem(error: MapError, where: Position, base: Path) -> Problem:
    """A problem with a map file: at its line there when it has one, else where the scenario names the file."""
    if error.file is None or error.line is None or not error.file.is_file():
        return where.problem("RG030", f"map: {error.message}", error.hint)
    shown = None
    if error.column is not None:
        text = error.file.read_text(encoding="utf-8", errors="replace").splitlines()
        shown = text[error.line - 1] if error.line <= len(text) else None
    return Problem("RG030", error.message, str(error.file), error.line, error.column or 1, 1, shown, error.hint)


# -------------------------------------------------------------------------------------------------------------- loading


def load_scenario(name: str | Path, *, overrides: Sequence[str] = ()) -> LoadedScenario:
    """Load a scenario file or a shipped scenario and check all of it.

    overrides: ``path=value`` texts, applied in order. Raises ScenarioError with every problem there is: what the schema
    objects to, what is wrong with the map, wrong names, and, when nothing of that is left, contradictions.
    """
    path = find(name)
    source = read_chain(path)
    apply(source, overrides, known_keys)
    problems: list[Problem] = []
    scenario: schema.Scenario | None
    gone: frozenset[str] | None = None
    map_is_whole = True
    try:
        scenario = schema.Scenario.model_validate(source.data)
    except ValidationError as error:
        found = complaints(error, source)
        problems += found.problems
        rest = without(source, found.paths)
        scenario, gone, map_is_whole = rest.scenario, frozenset(rest.gone), rest.map_is_whole
    if scenario is None:
        raise ScenarioError(problems)
    ground: GroundMap | None = None
    if map_is_whole:
        ground, wrong = _read_map(scenario, source, path)
        problems += wrong
    problems += check(scenario, source, ground, gone=gone)
    policies, wrong = load_policies(scenario, source, path)
    problems += wrong
    if ground is None or any(p.severity == "error" for p in problems):
        raise ScenarioError(problems)
    ground = with_smoke(ground, scenario.smoke)
    return LoadedScenario(scenario, path, source, ground, tuple(overrides), tuple(problems), policies)


def validate(name: str | Path, *, overrides: Sequence[str] = ()) -> tuple[Problem, ...]:
    """All that is wrong with a scenario, errors and warnings (``severity``); empty for one without a flaw."""
    try:
        return load_scenario(name, overrides=overrides).warnings
    except ScenarioError as error:
        return tuple(error.problems)

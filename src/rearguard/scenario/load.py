"""Loading a scenario: file → values with positions → schema → map → checks, with every problem of a stage at once."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from rearguard.scenario import schema
from rearguard.scenario.check import check
from rearguard.scenario.errors import Problem, ScenarioError, did_you_mean, one_problem
from rearguard.scenario.grounds import GroundError
from rearguard.scenario.maps import GroundMap, MapError, load_map
from rearguard.scenario.override import apply, read_chain
from rearguard.scenario.source import Path_, Source


@dataclass(frozen=True)
class LoadedScenario:
    """A scenario that has passed every check, with its map.

    digest: SHA-256 over the resolved content and the map: two scenarios of one digest play the same.
    """

    scenario: schema.Scenario
    path: Path
    source: Source
    map: GroundMap
    overrides: tuple[str, ...] = ()
    warnings: tuple[Problem, ...] = field(default=())

    @property
    def digest(self) -> str:
        """SHA-256 as hexadecimal digits."""
        content = self.scenario.model_dump(mode="json", exclude={"about", "expect", "factors"})
        sha = hashlib.sha256(json.dumps(content, sort_keys=True).encode())
        sha.update(self.map.digest.encode())
        return sha.hexdigest()

    def resolved_yaml(self) -> str:
        """The scenario as it is played, `extends` and `--set` followed, as YAML."""
        from ruamel.yaml import YAML

        yaml = YAML()
        yaml.width = 120
        out = io.StringIO()
        yaml.dump(self.source.data, out)
        return out.getvalue()


def shipped() -> list[str]:
    """Names of the scenarios that come with the package."""
    root = files("rearguard") / "scenarios"
    return sorted(p.name.replace("_", "-") for p in root.iterdir() if (p / "scenario.yaml").is_file())


def find(name: str | Path) -> Path:
    """The file of a scenario: a path, or the name of a shipped one; raises ScenarioError with the nearest."""
    path = Path(name)
    text = str(name)
    if re.fullmatch(r"[a-z0-9][a-z0-9_-]*", text) and not path.is_file():
        inside = files("rearguard") / "scenarios" / text.replace("-", "_") / "scenario.yaml"
        if inside.is_file():
            return Path(str(inside))
        if not path.exists():
            message = "no file and no shipped scenario has this name"
            raise one_problem("RG001", message, text, did_you_mean(text, shipped()))
    if path.is_dir() and (path / "scenario.yaml").is_file():
        return path / "scenario.yaml"
    if not path.exists():
        beside = path.parent if path.parent.is_dir() else Path()
        near = [str(p) for p in sorted(beside.glob("*.y*ml"))]
        hint = did_you_mean(text, [*near, *shipped()])
        raise one_problem("RG001", "there is no such file", text, hint)
    return path


# ------------------------------------------------------------------------------------------- the schema, asked for keys


def _models(annotation: Any) -> list[type[BaseModel]]:
    """Schema classes that an annotation may hold, directly or in a union."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) in (Union, UnionType):
        return [m for a in get_args(annotation) for m in _models(a)]
    return []


def _step(annotation: Any, part: str | int) -> list[Any]:
    """What may stand under ``part`` of something annotated so."""
    out = []
    for model in _models(annotation):
        info: FieldInfo | None = model.model_fields.get(str(part))
        if info is not None:
            out.append(info.annotation)
    options = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    for option in options:
        origin = get_origin(option)
        if origin is dict:
            out.append(get_args(option)[1])
        elif origin is list and isinstance(part, int):
            out.append(get_args(option)[0])
    return out


def known_keys(path: Path_) -> list[str] | None:
    """Keys that the schema allows at ``path``; None where any name may stand or nothing is known."""
    at: list[Any] = [schema.Scenario]
    for part in path:
        at = [b for a in at for b in _step(a, part)]
    keys = [k for a in at for m in _models(a) for k in m.model_fields]
    return keys or None


# ------------------------------------------------------------------------------------------------------ schema problems


def _map_block(data: Any) -> str | None:
    """Which kind of map a mapping means, by its telling key."""
    if isinstance(data, dict):
        return "AsciiMap" if "ascii" in data or "legend" in data or "metres_per_cell" in data else "TiledMap"
    return None


def _locate(data: Any, loc: tuple[Any, ...]) -> tuple[Path_, tuple[Any, ...]]:
    """The path of a validation error in the file, without the union tags that pydantic mixes in; and what is left over."""
    path: Path_ = ()
    node = data
    for k, part in enumerate(loc):
        if isinstance(node, dict) and str(part) in node:
            path, node = (*path, str(part)), node[str(part)]
        elif isinstance(node, list) and isinstance(part, int) and part < len(node):
            path, node = (*path, part), node[part]
        elif k == len(loc) - 1:
            return path, (part,)
    return path, ()


_KIND = {"dict": "a mapping (`key: value` lines)", "list": "a list", "str": "text", "int": "a whole number"}


def _found(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return f"'{value}'" if isinstance(value, str) else str(value).lower()


def _message(kind: str, error: Any) -> tuple[str, str | None]:
    """Message and hint for a validation error of ``kind``."""
    found, context = _found(error["input"]), error.get("ctx", {})
    if kind == "value_error":
        text = str(context.get("error", error["msg"]))
        head, _, tail = text.partition("; ")
        return head, tail or None
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return f"found {found}, where {_KIND['dict']} must stand", None
    if kind == "list_type":
        return f"found {found}, where a list must stand", None
    if kind.startswith(("string_type", "int_", "float_", "bool_")):
        wanted = {"string": "text", "int": "a whole number", "float": "a number", "bool": "true or false"}
        return f"found {found}, where {wanted[kind.split('_')[0]]} must stand", None
    if kind == "literal_error":
        options = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        hint = did_you_mean(str(error["input"]), options) if options else f"write {context.get('expected')}"
        return f"{found} is not one of what may stand here", hint
    if kind == "string_pattern_mismatch":
        return f"{found} cannot be a name here", "names are small letters, digits and underscores, starting with a letter"
    return f"{error['msg'][0].lower()}{error['msg'][1:]}, found {found}", None


def _schema_problems(error: ValidationError, source: Source) -> list[Problem]:
    block = _map_block(source.data.get("map"))
    out: dict[tuple[Path_, str], Problem] = {}
    for item in error.errors(include_url=False):
        loc, kind = item["loc"], item["type"]
        if loc[:1] == ("map",) and len(loc) > 1 and loc[1] in ("str", "TiledMap", "AsciiMap") and block not in (None, loc[1]):
            continue
        path, rest = _locate(source.data, loc)
        if kind == "extra_forbidden":
            key = str(path[-1])
            where = source.key(path)
            message, hint, code = f"unknown key '{key}'", did_you_mean(key, known_keys(path[:-1]) or ()), "RG010"
        elif kind == "missing":
            where = source.key(path) if path else source.value(())
            inside = f" in '{'.'.join(map(str, path))}'" if path else ""
            message, hint, code = f"'{rest[0] if rest else loc[-1]}' is missing{inside}", None, "RG011"
        else:
            where, code = source.value(path), "RG012"
            message, hint = _message(kind, item)
            if path:
                message = f"{path[-1]}: {message}" if isinstance(path[-1], str) else message
        if where is None:
            continue
        problem = Problem(code, message, where.file, where.line, where.column, where.width, where.text, hint)
        # of a union's alternatives the first complaint about a spot says enough
        out.setdefault((path, code if code != "RG011" else message), problem)
    return list(out.values())


# ------------------------------------------------------------------------------------------------------------- loading


def _load_map(scenario: schema.Scenario, source: Source, path: Path) -> GroundMap:
    where = source.value(("map",))
    base = Path(where.file).parent if where is not None and not where.file.startswith("--set") else path.parent
    try:
        return load_map(scenario.map, base, scenario.ground)
    except MapError as error:
        spot = source.value(("map", "ascii")) if isinstance(scenario.map, schema.AsciiMap) and error.line else where
        line, column, text = (spot.line, spot.column, spot.text) if spot else (0, 0, None)
        file = str(error.file or (spot.file if spot else path))
        if error.file is not None and error.line:
            line, column, text = error.line, error.column or 1, None
        elif isinstance(scenario.map, schema.AsciiMap) and error.line and spot is not None:
            drawn = Path(file).read_text(encoding="utf-8-sig").splitlines() if Path(file).is_file() else []
            line = spot.line + error.line
            text = drawn[line - 1] if line <= len(drawn) else spot.text
            indent = len(text or "") - len((text or "").lstrip()) if (error.column or 0) >= 1 else 0
            column = indent + (error.column or 1)
        message = error.message
        problem = Problem("RG030", message, file, line, column, spot.width if spot and not error.line else 1, text, error.hint)
        raise ScenarioError([problem]) from error
    except GroundError as error:
        ground = source.key(("ground", error.ground)) if error.ground else source.key(("ground",))
        if ground is None:
            raise one_problem("RG030", str(error), path, error.hint) from error
        problem = Problem("RG030", str(error), ground.file, ground.line, ground.column, ground.width, ground.text, error.hint)
        raise ScenarioError([problem]) from error


def load_scenario(name: str | Path, *, overrides: Sequence[str] = ()) -> LoadedScenario:
    """Load a scenario file or a shipped scenario and check all of it.

    overrides: ``path=value`` texts, applied in order. Raises ScenarioError with every problem of the first stage that
    fails: reading, schema, map, then references and contradictions.
    """
    path = find(name)
    source = read_chain(path)
    apply(source, list(overrides), known_keys)
    try:
        scenario = schema.Scenario.model_validate(source.data)
    except ValidationError as error:
        raise ScenarioError(_schema_problems(error, source)) from error
    ground = _load_map(scenario, source, path)
    problems = check(scenario, source, ground)
    if any(p.severity == "error" for p in problems):
        raise ScenarioError(problems)
    return LoadedScenario(scenario, path, source, ground, tuple(overrides), tuple(problems))

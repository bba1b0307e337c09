"""What the schema says about a scenario, in words: keys it knows, and its complaints as problems with positions."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from rearguard.scenario import schema
from rearguard.scenario.errors import MOST_PROBLEMS, Problem, did_you_mean, nearest
from rearguard.scenario.grounds import BUILT_IN
from rearguard.scenario.report import ANY_SIDE
from rearguard.scenario.source import Path_, Source

# ------------------------------------------------------------------------------------------- the schema, asked for keys


def _options(annotation: Any) -> list[Any]:
    """The alternatives of a union; of anything else, itself."""
    if get_origin(annotation) in (Union, UnionType):
        return [o for a in get_args(annotation) for o in _options(a)]
    return [annotation]


def _is_model(option: Any) -> bool:
    return isinstance(option, type) and issubclass(option, BaseModel)


def annotations_at(path: Path_) -> list[Any]:
    """What the schema lets stand at ``path``: the alternatives' annotations; empty where it knows nothing."""
    at: list[Any] = [schema.Scenario]
    for part in path:
        below: list[Any] = []
        for option in at:
            origin = get_origin(option)
            if _is_model(option) and str(part) in option.model_fields:
                below += _options(option.model_fields[str(part)].annotation)
            elif origin is dict:
                below += _options(get_args(option)[1])
            elif origin is list and isinstance(part, int):
                below += _options(get_args(option)[0])
        at = below
    return at


def known_keys(path: Path_) -> list[str] | None:
    """Keys that the schema allows at ``path``; None where any name may stand or nothing is known."""
    keys: list[str] = []
    for option in annotations_at(path):
        if _is_model(option):
            keys += option.model_fields
        elif get_origin(option) is dict:
            of = get_args(option)[0]
            if get_origin(of) is Literal:
                keys += get_args(of)
            elif path == ("ground",) or path[-1:] == ("familiarity",):
                keys += BUILT_IN
    return list(dict.fromkeys(keys)) or None


def is_optional(path: Path_) -> bool:
    """True for a key that may be left out: what holds it is a block of the schema, and it has a default."""
    return any(
        _is_model(option)
        and str(path[-1]) in option.model_fields
        and not option.model_fields[str(path[-1])].is_required()
        for option in annotations_at(path[:-1])
    )


# ---------------------------------------------------------------------------------------------------- what was meant


def _map_block(data: Any) -> str | None:
    """Which kind of map a mapping means, by its telling keys; None when the map is no mapping."""
    if not isinstance(data, dict):
        return None
    ascii_keys, tiled_keys = schema.AsciiMap.model_fields, schema.TiledMap.model_fields
    if "tiled" in data or "ascii" in data:
        return "TiledMap" if "tiled" in data else "AsciiMap"
    likeness = [sum(nearest(key, keys) is not None for key in data) for keys in (ascii_keys, tiled_keys)]
    return "AsciiMap" if likeness[0] > likeness[1] else "TiledMap"


def _means(tag: str, value: Any, block: str | None) -> bool:
    """Whether the alternative ``tag`` of a union is what somebody meant who wrote ``value``."""
    if tag in ("TiledMap", "AsciiMap"):
        return isinstance(value, dict) and tag == block
    if tag in ("AsciiPlace", "Step"):
        return isinstance(value, dict)
    if tag.startswith("list"):
        return isinstance(value, list)
    if tag == "str":
        return isinstance(value, str)
    if tag.startswith("literal"):
        return isinstance(value, str) and not any(c.isdigit() for c in value)
    # quantities and numbers
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number or (isinstance(value, str) and any(c.isdigit() for c in value))


_ALTERNATIVES = {
    "str": "text",
    "TiledMap": "{tiled: FILE}",
    "AsciiMap": "{ascii: DRAWING}",
    "AsciiPlace": "{ground: NAME, elevation: LENGTH}",
    "Step": "{event: PATTERN, within: DURATION}",
    "list": "a list",
    "float": "a number",
}


def _in_words(tags: Sequence[str]) -> str:
    """What may stand where a union is."""
    words = []
    for tag in dict.fromkeys(tags):
        names = ", ".join(re.findall(r"'([^']*)'", tag)) if tag.startswith("literal") else ""
        words.append(names or _ALTERNATIVES.get(tag.partition("[")[0], "a number"))
    return " or ".join(dict.fromkeys(words))


@dataclass
class _Spot:
    """Where a complaint belongs: the path in the file, the part that is not there, and the unions it went through.

    tags: for each union where it stands, and the name of the alternative that the complaint is about.
    """

    path: Path_
    rest: Any = None
    tags: list[tuple[Path_, str]] = field(default_factory=list)


def _locate(data: Any, loc: tuple[Any, ...], kind: str) -> _Spot:
    """Find a complaint's place; pydantic mixes the names of unions' alternatives into it."""
    spot = _Spot(())
    node = data
    for part in loc[:-1] if kind == "missing" else loc:
        if part == "[key]":
            spot.rest = part
        elif isinstance(node, dict) and str(part) in node:
            spot.path, node = (*spot.path, str(part)), node[str(part)]
        elif isinstance(node, list) and isinstance(part, int) and part < len(node):
            spot.path, node = (*spot.path, part), node[part]
        else:
            spot.tags.append((spot.path, str(part)))
    if kind == "missing":
        spot.rest = loc[-1]
    return spot


def _value(data: Any, path: Path_) -> Any:
    for part in path:
        data = data[part]
    return data


# ---------------------------------------------------------------------------------------------------------- in words


def _found(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return f"'{value}'" if isinstance(value, str) else str(value).lower()


_KINDS = {
    "model_type": "a mapping (`key: value` lines)",
    "model_attributes_type": "a mapping (`key: value` lines)",
    "dict_type": "a mapping (`name: ...` lines)",
    "list_type": "a list",
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
}
_BOUNDS = {
    "greater_than_equal": ("too small", "at least", "ge"),
    "less_than_equal": ("too large", "at most", "le"),
    "greater_than": ("too small", "above", "gt"),
    "less_than": ("too large", "below", "lt"),
}


def _message(path: Path_, item: Any) -> tuple[str, str | None]:
    """Message and hint for a complaint of pydantic's."""
    kind, value, context = item["type"], item["input"], item.get("ctx", {})
    found = _found(value)
    if kind == "value_error":
        head, _, tail = str(context.get("error", item["msg"])).partition("; ")
        return head, tail or None
    if kind in _KINDS:
        hint = "put it in quotes" if kind == "string_type" and isinstance(value, (int, float)) else None
        return f"found {found}, where {_KINDS[kind]} must stand", hint
    if kind in _BOUNDS:
        what, bound, key = _BOUNDS[kind]
        crowd = "people without a mind of their own belong under `crowds:`"
        shown = f"{value:,}" if isinstance(value, int) else found
        return f"{shown} is {what}; {bound} {context[key]:,}", crowd if path[-1:] == ("count",) else None
    if kind == "literal_error":
        if path == ("rearguard",):
            return f"format {found} is not known", f"write rearguard: {schema.FORMAT_VERSION}"
        options = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        hint = did_you_mean(str(value), options) if options else f"write {context.get('expected')}"
        return f"{found} is not one of what may stand here", hint
    if kind == "string_pattern_mismatch":
        dash = path == ("name",)
        letters = (
            "small letters, digits and dashes" if dash else "small letters, digits and underscores, a letter first"
        )
        return f"{found} cannot be a name here", f"names are {letters}"
    if kind == "too_short":
        least = context.get("min_length", 1)
        return f"found {context.get('actual_length', 0)} entries; at least {least} must stand here", None
    if kind in ("too_long", "string_too_long"):
        what = "letters" if kind == "string_too_long" else "entries"
        return (
            f"found {context.get('actual_length') or len(value)} {what}; at most {context.get('max_length')} fit",
            None,
        )
    return f"{item['msg'][:1].lower()}{item['msg'][1:]}, found {found}", None


@dataclass
class Complaints:
    """What the schema has against a scenario: problems, and the paths that would have to go to make it right."""

    problems: list[Problem] = field(default_factory=list)
    paths: list[tuple[Path_, bool]] = field(default_factory=list)


def complaints(error: ValidationError, source: Source) -> Complaints:
    """Every complaint once, at its place, and of a union only those about the alternative that was meant."""
    data = source.data
    block = _map_block(data.get("map"))
    out = Complaints()
    items = error.errors(include_url=False)[:MOST_PROBLEMS]
    spots = [(_locate(data, item["loc"], item["type"]), item) for item in items]
    proposed: set[tuple[Path_, str]] = set()
    for spot, item in spots:
        if item["type"] == "extra_forbidden":
            close = nearest(str(spot.path[-1]), known_keys(spot.path[:-1]) or ())
            proposed |= {(spot.path[:-1], close)} if close is not None else set()
    unions: dict[Path_, list[str]] = {}
    answered: set[Path_] = set()
    said: set[tuple[Path_, str, str]] = set()
    for spot, item in spots:
        meant = True
        for at, tag in spot.tags:
            unions.setdefault(at, []).append(tag)
            if not _means(tag, _value(data, at), block):
                meant = False
                break
            answered.add(at)
        key = (spot.path, item["type"], str(spot.rest))
        if not meant or key in said:
            continue
        said.add(key)
        out.paths.append((spot.path, item["type"] == "extra_forbidden"))
        problem = _problem(spot, item, source, proposed)
        out.problems += [problem] if problem is not None else []
    for at in unions.keys() - answered:
        where = source.value(at)
        if where is not None:
            message = f"{_label(at)}found {_found(_value(data, at))}, where {_in_words(unions[at])} must stand"
            out.problems.append(where.problem("RG012", message))
            out.paths.append((at, False))
    return out


def _label(path: Path_) -> str:
    """The name of what stands at ``path``, to begin a message with."""
    names = [part for part in path if isinstance(part, str)]
    return f"{names[-1]}: " if names else ""


def _problem(spot: _Spot, item: Any, source: Source, proposed: set[tuple[Path_, str]]) -> Problem | None:
    path, kind = spot.path, item["type"]
    unknown = kind == "extra_forbidden" or spot.rest == "[key]"
    where = source.key(path) if unknown or (kind == "missing" and path) else source.value(path)
    if where is None or (kind == "missing" and (path, str(spot.rest)) in proposed):
        return None
    if unknown:
        key = str(path[-1])
        beside = _value(source.data, path[:-1])
        hint = did_you_mean(key, [k for k in known_keys(path[:-1]) or () if k not in beside])
        inside = f" in '{path[-2]}'" if len(path) > 1 and isinstance(path[-2], str) else ""
        return where.problem("RG010", f"unknown key '{key}'{inside}", hint, found=key)
    if kind == "missing":
        inside = f" in '{'.'.join(map(str, path))}'" if path else ""
        return where.problem("RG011", f"'{spot.rest}' is missing{inside}", _what(path, str(spot.rest)))
    message, advice = _message(path, item)
    return where.problem("RG012", f"{_label(path)}{message}", advice)


def _what(path: Path_, key: str) -> str | None:
    """What the schema says a missing key is."""
    for option in annotations_at(path):
        if _is_model(option) and key in option.model_fields:
            description = option.model_fields[key].description
            return f"{key}: {description}" if description else None
    return None


# ------------------------------------------------------------------------------------- the part that can still be read

MOST_ROUNDS = 8
"""How often what the schema objects to is taken out before the rest is given up."""


@dataclass
class Partial:
    """What is left of a scenario when all that the schema objects to is taken out.

    gone: names of people, techniques ... that had to go, so that nobody complains that they are missing.
    """

    scenario: schema.Scenario | None
    gone: set[str]
    map_is_whole: bool


def without(source: Source, paths: Sequence[tuple[Path_, bool]]) -> Partial:
    """Take out the smallest blocks that hold ``paths`` and read the rest, so that other problems can be told as well.

    paths: where the schema's complaints are, and whether each is about a key that it does not know; such a key is read
    as the one that was probably meant.
    """
    data = copy.deepcopy(source.data)
    gone: set[str] = set()
    if len(paths) >= MOST_PROBLEMS:
        return Partial(None, gone, False)
    map_is_whole = "map" in data
    for path, unknown in sorted(paths, key=lambda p: -len(p[0])):
        if path[:1] == ("map",):
            map_is_whole = False
        elif unknown:
            _rename(data, path)
    if not map_is_whole:
        data["map"] = ""
    _fill(data)
    for _ in range(MOST_ROUNDS):
        try:
            return Partial(schema.Scenario.model_validate(data), gone, map_is_whole)
        except ValidationError as error:
            for item in error.errors(include_url=False):
                path = _locate(data, item["loc"], item["type"]).path
                spot = path if item["type"] == "extra_forbidden" else _removable(path)
                if spot is None:
                    return Partial(None, gone, False)
                gone |= _names(data, spot)
                _delete(data, spot)
    return Partial(None, gone, False)


def _rename(data: Any, path: Path_) -> None:
    """Give a key that nobody knows the name that was probably meant; without one, leave it to be taken out."""
    close = nearest(str(path[-1]), known_keys(path[:-1]) or ())
    holder = _value(data, path[:-1])
    if close is not None and close not in holder:
        holder[close] = holder.pop(path[-1])


def _fill(data: dict[str, Any]) -> None:
    """Put in the required keys of the top level that say nothing about the rest."""
    data.update(rearguard=schema.FORMAT_VERSION, name="partial")
    data.setdefault("doctrines", {})
    if not data.get("ends"):
        data["ends"] = {"never": {"when": "time > 1 s"}}


def _removable(path: Path_) -> Path_ | None:
    """The smallest block around ``path`` that can be left out: an optional key, or an entry under a free name."""
    for k in range(len(path), 0, -1):
        spot = path[:k]
        if any(get_origin(option) is dict for option in annotations_at(spot[:-1])) or is_optional(spot):
            return spot
    return None


def _names(data: Any, spot: Path_) -> set[str]:
    """Names that vanish with what is taken out: an entry's own, a side's, or those of a group without its number."""
    if spot[:1] == ("people",) and len(spot) == 3:
        return {str(spot[1])} if spot[2] == "count" else set()
    if len(spot) != 2 or not isinstance(data.get(spot[0]), dict):
        return set()
    names = {str(spot[1])}
    entry = data[spot[0]].get(spot[1])
    if spot[0] == "people":
        side = entry.get("side") if isinstance(entry, dict) else None
        names.add(side if isinstance(side, str) else ANY_SIDE)
    return names


def _delete(data: Any, spot: Path_) -> None:
    try:
        holder = _value(data, spot[:-1])
        del holder[spot[-1]]
    except (KeyError, IndexError, TypeError):
        # a larger block around it has gone already
        return

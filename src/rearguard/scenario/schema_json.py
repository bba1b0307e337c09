"""The schema of scenario files as JSON Schema, for completion and hover in editors."""

from __future__ import annotations

from typing import Any

from rearguard.scenario import schema
from rearguard.scenario.grounds import BUILT_IN
from rearguard.scenario.schema import INPUTS, NAME_PATTERN, ORDERS, TARGETS, Scenario
from rearguard.scenario.units import Draw, format_quantity

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_ABOUT = {
    "Scenario": {
        "name": "Name of the scenario: small letters, digits and dashes.",
        "people": "Everybody, by name.",
        "crowds": "People without a mind of their own who walk to a place, by name.",
        "payloads": "What is brought toward a point of no return, by name.",
        "techniques": "Abilities as data, by name.",
        "doctrines": "How people decide, by name.",
        "choices": "Decisions of a side that a plan search may vary, by name.",
        "factors": "Knobs that a designer may tune, by name.",
        "ends": "Outcomes, by name: the first whose condition holds ends the world.",
    },
    "Person": {
        "pronouns": "Pronouns for the chronicle.",
        "techniques": "Techniques this person has, by name.",
    },
    "Payload": {
        "stages": "Stages in order; the last one is the point of no return.",
        "title": "Name as a reader should see it.",
    },
    "Stage": {"name": "Name of the stage: small letters, digits and underscores."},
    "Doctrine": {"options": "What may be decided on; the best one is taken."},
    "Option": {"when": "Reasons for and against; their scores are multiplied."},
    "Choice": {
        "side": "Whose decision it is.",
        "of": "Values: people of the side, `nobody`, or words that considerations ask for.",
        "default": "The value that is played unless a plan search varies it.",
        "about": "What is decided, in a sentence.",
    },
    "Factor": {"range": "Lowest and highest value, with units.", "about": "What it stands for, in a sentence."},
    "End": {"about": "What it means, in a sentence."},
}
"""What the schema's own descriptions leave to the names of the keys."""


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a scenario file; names of orders, inputs and targets are completed."""
    out = Scenario.model_json_schema(by_alias=True)
    blocks = {**out["$defs"], "Scenario": out}
    for block, texts in _ABOUT.items():
        for key, text in texts.items():
            blocks[block]["properties"][key].setdefault("description", text)
    for block, definition in blocks.items():
        _write_defaults(getattr(schema, block), definition.get("properties", {}))
    option = blocks["Option"]["properties"]
    option["order"] = {**option["order"], "anyOf": [_enum(ORDERS), {"type": "null"}]}
    # any name of a person or payload may stand here too
    option["target"] = {"anyOf": [{"enum": list(TARGETS)}, {"type": "string"}], **option["target"]}
    option["target"].pop("type", None)
    blocks["Consideration"]["properties"]["input"] |= _enum(INPUTS)
    for key in ("people", "crowds", "payloads", "techniques", "doctrines", "choices", "factors", "ends", "ground"):
        out["properties"][key]["propertyNames"] = {"pattern": NAME_PATTERN}
    for block, key in (("Ground", "like"), ("AsciiPlace", "ground")):
        blocks[block]["properties"][key]["examples"] = list(BUILT_IN)
    return {**out, "$schema": DIALECT, "title": "Rearguard scenario"}


def _write_defaults(model: type[schema.Strict], properties: dict[str, Any]) -> None:
    """Give quantities' defaults as a person writes them."""
    for key, entry in properties.items():
        default, quantity = model.model_fields[key].default, schema.quantity_of(model, key)
        if isinstance(default, Draw) and quantity is not None:
            entry["default"] = format_quantity(default, quantity.dimension)


def _enum(names: dict[str, str]) -> dict[str, Any]:
    """Names that may stand, each with its meaning where an editor shows it."""
    return {"type": "string", "enum": list(names), "enumDescriptions": list(names.values())}

"""The schema of scenario files as JSON Schema, for completion and hover in editors."""

from __future__ import annotations

from typing import Any

from rearguard.scenario.schema import INPUTS, ORDERS, TARGETS, Scenario


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a scenario file; names of orders and inputs are completed."""
    out = Scenario.model_json_schema(by_alias=True)
    definitions = out["$defs"]
    option = definitions["Option"]["properties"]
    option["order"] = {**option["order"], "anyOf": [{"enum": list(ORDERS)}, {"type": "null"}]}
    option["target"] = {**option["target"], "examples": list(TARGETS)}
    reason = definitions["Consideration"]["properties"]
    reason["input"] = {**reason["input"], "enum": list(INPUTS)}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Rearguard scenario", **out}

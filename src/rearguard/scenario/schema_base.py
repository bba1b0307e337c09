"""What all blocks of the schema share."""

from __future__ import annotations

from typing import get_args

from pydantic import BaseModel, ConfigDict

from rearguard.scenario.units import Quantity

NAME_PATTERN = r"^[a-z][a-z0-9_]*$"


class Strict(BaseModel):
    """A mapping in which every key is known."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


def quantity_of(model: type[BaseModel], name: str) -> Quantity | None:
    """What the schema says of a field's quantity, also when the field may be left out; None for other fields."""
    field = model.model_fields[name]
    nested = [m for option in get_args(field.annotation) for m in getattr(option, "__metadata__", ())]
    return next((m for m in [*field.metadata, *nested] if isinstance(m, Quantity)), None)

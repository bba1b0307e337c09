"""What every block of a scenario file is."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """A mapping in which every key is known."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

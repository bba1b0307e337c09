"""What surrounds the people of a scenario: sound, smoke; and which mechanics are at work."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from rearguard.scenario.schema_base import Strict
from rearguard.scenario.units import (
    Duration,
    Impulse,
    Level,
    PerMetre,
    PositiveLength,
    Rate,
    Share,
    Speed,
    Temperature,
    fixed,
)

MECHANICS = {
    "techniques": "Use of techniques.",
    "payload": "Payloads: clocks, stages, carrying.",
    "trails": "Sign on the ground and tracking.",
    "scent": "Odours on trails: telling them apart, ageing, what disturbs a nose.",
    "hearing": "Sounds, masking, knowing by ear.",
    "presence": "The field around a payload.",
    "nerve": "Hesitation, shock, reluctance, and voices that cause or end them.",
    "missiles": "Thrown steel: without it, throws have no effect.",
    "wards": "Wards: without it, they are not set.",
    "marks": "Way marks: without it, nobody reads them.",
    "hazards": "Falling debris.",
    "crowd": "Pedestrians.",
}
"""Mechanics that can be switched off, each with what goes with it."""


class SoundSource(Strict):
    """Something that sounds all the time: a bell, a fight, a waterfall."""

    at: str = Field(description="Place it comes from.")
    loudness: Level = Field(description="Sound level at 1 m.")


class Sound(Strict):
    """How loud the surroundings are."""

    ambient: Level = Field(default=fixed(32.0), description="Level of quiet surroundings.")
    wind: Speed = Field(
        default=fixed(0.0), description="Wind speed; adds its noise over grassland (Boersma 1997), 0: none."
    )
    temperature: Temperature = Field(default=fixed(15.0), description="Of the air, for its absorption (ISO 9613-1).")
    humidity: Share = Field(default=fixed(0.7), description="Relative humidity of the air.")
    barrier: Level = Field(
        default=fixed(15.0),
        description="What a building or a wall in the line takes from a source of the surroundings.",
    )
    sources: dict[str, SoundSource] = Field(default_factory=dict, description="What sounds all the time, by name.")


class Smoke(Strict):
    """Smoke or mist over a place."""

    at: str = Field(description="Place it lies over.")
    extinction: PerMetre = Field(
        default=fixed(0.1), description="Extinction coefficient: sight through it falls as exp(-extinction x distance)."
    )
    height: PositiveLength = Field(default=fixed(20.0), description="How high it stands over the ground.")


class Hazard(Strict):
    """Debris that falls on a place by chance."""

    at: str = Field(description="Place it falls on.")
    area: PositiveLength = Field(default=fixed(20.0), description="How far around the middle of the place it falls.")
    rate: Rate = Field(default=fixed(0.1), description="Pieces per second.")
    radius: PositiveLength = Field(default=fixed(1.0), description="How far around its spot a piece hits.")
    wound: Share = Field(default=fixed(0.05), description="Share of the capacity that a hit takes.")
    impulse: Impulse = Field(default=fixed(50.0), description="Momentum that a hit gives.")
    start: Duration = Field(default=fixed(0.0), description="When it begins.")
    lasts: Duration = Field(default=fixed(86400.0), description="For how long.")


Mechanic = Literal[
    "techniques",
    "payload",
    "trails",
    "scent",
    "hearing",
    "presence",
    "nerve",
    "missiles",
    "wards",
    "marks",
    "hazards",
    "crowd",
]

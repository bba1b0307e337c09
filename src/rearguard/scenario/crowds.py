"""What a scenario says of crowds: people without a mind of their own who walk to a place."""

from __future__ import annotations

from pydantic import Field

from rearguard.scenario.schema_base import Strict
from rearguard.scenario.units import (
    Draw,
    Duration,
    NonNegative,
    PositiveDuration,
    PositiveLength,
    PositiveSpeed,
    Rate,
    fixed,
)

MOST_PEDESTRIANS = 4000
"""Pedestrians of all crowds of a world together; lists keep their numbers in 16 bits."""


class Crowd(Strict):
    """People who walk from one place to another by the collision-free speed model (Tordeux et al. 2016)."""

    count: int = Field(ge=1, le=MOST_PEDESTRIANS, description="How many.")
    at: str = Field(description="Place of the map over which they are spread at random, per world.")
    to: str = Field(description="Place they walk to; who reaches it has left.")
    start: Duration = Field(default=fixed(0.0), description="When the first of them are there.")
    over: Duration = Field(default=fixed(0.0), description="They come one after the other, evenly over this time.")
    speed: PositiveSpeed = Field(
        default=Draw("normal", (1.34, 0.26)),
        description="Speed with nobody in the way, on a hard street; a draw is one for each person (Weidmann 1993).",
    )
    radius: PositiveLength = Field(default=fixed(0.15), description="Radius of a body: half the length l of the model.")
    time_gap: PositiveDuration = Field(
        default=fixed(1.0), description="T: they walk no faster than the gap ahead divided by this time."
    )
    repulsion: NonNegative = Field(
        default=fixed(8.0), description="How strongly a neighbour at touching distance turns the way aside."
    )
    reach: PositiveLength = Field(default=fixed(0.1), description="D: length over which that falls by e.")
    stall: Rate = Field(
        default=fixed(0.0), description="Chance per second to stop where one is (declared; Leach 2004)."
    )
    stall_time: PositiveDuration = Field(default=fixed(6.0), description="How long one who has stopped stands.")
    stumble: Rate = Field(
        default=fixed(0.0), description="Chance per second to fall while walking in a dense crowd (declared)."
    )
    lie: PositiveDuration = Field(default=fixed(4.0), description="How long one who has fallen lies in the way.")
    title: str | None = Field(default=None, max_length=80, description="Name as a reader should see it.")

"""Gymnasium ids: ``rearguard/alley-v0`` and the other shipped scenarios; their first person is controlled unless said."""

from __future__ import annotations

import gymnasium

from rearguard.scenario.source import shipped


def register_envs() -> None:
    """Register the shipped scenarios with Gymnasium; harmless when done twice."""
    for scenario in shipped():
        name = f"rearguard/{scenario}-v0"
        if name not in gymnasium.registry:
            gymnasium.register(
                name,
                entry_point="rearguard.env.single:SingleEnv",
                vector_entry_point="rearguard.env.vector:RearguardVectorEnv",
                kwargs={"scenario": scenario},
            )

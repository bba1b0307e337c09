"""Gymnasium ids: ``rearguard/alley-v0`` and the other shipped scenarios; their first person is controlled unless said.

Gymnasium does not look for environments in installed packages: ``register_envs()`` tells it of them, and so does the name
of this module before an id, as in ``gymnasium.make("rearguard.env.register:rearguard/alley-v0")``.
"""

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


register_envs()

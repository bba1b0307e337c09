"""One world with one learner, for Gymnasium."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gymnasium

from rearguard.env.rewards import EnvError
from rearguard.env.spaces import (
    Float,
    Info,
    action_space,
    mask_info,
    must_be_open,
    observation_space,
    one_action,
    only_render_mode,
    outcome_name,
)
from rearguard.env.tensor import tensor_env
from rearguard.scenario.load import LoadedScenario


class SingleEnv(gymnasium.Env[Float, Any]):
    """A world of a scenario, seen and moved by one person. ``info`` has the action mask, the world's number and its outcome."""

    metadata: dict[str, Any] = {  # noqa: RUF012 - instances replace it
        "render_modes": ["rgb_array"],
        "render_fps": 10,
    }

    def __init__(
        self,
        scenario: str | Path | LoadedScenario,
        *,
        control: str | None = None,
        render_mode: str | None = None,
        **settings: Any,
    ) -> None:
        self.render_mode = only_render_mode(render_mode)
        self.batch = tensor_env(scenario, control=control, num_envs=1, threads=1, autoreset="disabled", **settings)
        if len(self.batch.learners) != 1:
            several = f"'{control}' is {len(self.batch.learners)} people"
            raise EnvError(f"{several}; this interface has one learner, parallel_env and tensor_env have more")
        self.observation_space: Any = observation_space(self.batch)
        self.action_space: Any = action_space(self.batch)
        self.metadata = {**self.metadata, "render_fps": max(round(1.0 / self.batch.step_seconds), 1)}

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Float, Info]:
        """Begin the next world, or with a ``seed`` the first one of that seed."""
        super().reset(seed=seed)
        observation, info = self.batch.reset(seed=seed)
        return observation[0, 0].copy(), self._info(info)

    def step(self, action: Any) -> tuple[Float, float, bool, bool, Info]:
        """One step of the world."""
        must_be_open(self.batch)
        act = one_action(self.batch, action, self.batch.learners[0])[None, None]
        observation, reward, terminated, truncated, info = self.batch.step(act)
        told = observation[0, 0].copy()
        return told, float(reward[0, 0]), bool(terminated[0, 0]), bool(truncated[0, 0]), self._info(info)

    def _info(self, info: Info) -> Info:
        return {
            **mask_info(self.batch, info["action_mask"][0, 0]),
            "world": int(info["world"][0]),
            "outcome": outcome_name(self.batch, int(info["outcome"][0])),
        }

    def render(self) -> Any:
        """The world from above, uint8 [height, width, 3]."""
        return self.batch.render(0) if self.render_mode == "rgb_array" else None

    def close(self) -> None:
        """Let go of what is held."""
        self.batch.close()


def single_env(scenario: str | Path | LoadedScenario, *, control: str | None = None, **settings: Any) -> SingleEnv:
    """A Gymnasium environment; ``settings`` as for ``tensor_env``, and ``render_mode``."""
    return SingleEnv(scenario, control=control, **settings)

"""One world with several learners, for PettingZoo: they act at once, and may leave at different times."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pettingzoo import ParallelEnv

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
from rearguard.env.spaces import state_space as space_of_states
from rearguard.env.tensor import tensor_env
from rearguard.scenario.errors import did_you_mean
from rearguard.scenario.load import LoadedScenario


class RearguardParallelEnv(ParallelEnv):  # type: ignore[misc]  # PettingZoo has no types
    """A world of a scenario in which several people learn; who is out or has arrived leaves ``agents`` while others play on."""

    metadata: dict[str, Any] = {  # noqa: RUF012 - instances replace it
        "render_modes": ["rgb_array"],
        "is_parallelizable": True,
        "render_fps": 2,
    }

    def __init__(
        self,
        scenario: str | Path | LoadedScenario,
        *,
        control: str | Sequence[str],
        render_mode: str | None = None,
        **settings: Any,
    ) -> None:
        self.render_mode = only_render_mode(render_mode)
        self.batch = tensor_env(
            scenario, control=control, num_envs=1, threads=1, autoreset="disabled", **{"state": True, **settings}
        )
        self.possible_agents = list(self.batch.learners)
        self.agents: list[str] = []
        name = self.batch.compiled.name
        self.metadata = {
            **self.metadata,
            "name": f"rearguard_{name}_v0",
            "render_fps": max(round(1.0 / self.batch.step_seconds), 1),
        }
        self.observation_spaces = {agent: observation_space(self.batch) for agent in self.possible_agents}
        self.action_spaces = {agent: action_space(self.batch) for agent in self.possible_agents}
        self.state_space = space_of_states(self.batch)
        self._nothing = np.zeros(
            (1, len(self.possible_agents), *self.batch.single_action_shape), self.batch.action_type
        )

    def observation_space(self, agent: str) -> Any:
        """The space of an agent's observations."""
        return self.observation_spaces[self._known(agent)]

    def action_space(self, agent: str) -> Any:
        """The space of an agent's actions."""
        return self.action_spaces[self._known(agent)]

    def _known(self, agent: str) -> str:
        if agent not in self.possible_agents:
            raise EnvError(f"no agent is called '{agent}'; {did_you_mean(str(agent), self.possible_agents)}")
        return agent

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Float], dict[str, Info]]:
        """Begin the next world, or with a ``seed`` the first one of that seed."""
        self.agents = list(self.possible_agents)
        observation, info = self.batch.reset(seed=seed)
        return self._each(observation[0]), self._infos(info)

    def step(
        self, actions: dict[str, Any]
    ) -> tuple[dict[str, Float], dict[str, float], dict[str, bool], dict[str, bool], dict[str, Info]]:
        """One step of the world; agents without an action stand, and those who have left do nothing."""
        must_be_open(self.batch)
        acts = self._nothing.copy()
        for agent, action in actions.items():
            if self._known(agent) in self.agents and action is not None:
                acts[0, self.possible_agents.index(agent)] = one_action(self.batch, action, agent)
        observation, reward, terminated, truncated, info = self.batch.step(acts)
        out = (
            self._each(observation[0]),
            {agent: float(reward[0, k]) for k, agent in self._present()},
            {agent: bool(terminated[0, k]) for k, agent in self._present()},
            {agent: bool(truncated[0, k]) for k, agent in self._present()},
            self._infos(info),
        )
        self.agents = [agent for k, agent in self._present() if not terminated[0, k] and not truncated[0, k]]
        return out

    def _present(self) -> list[tuple[int, str]]:
        return [(k, agent) for k, agent in enumerate(self.possible_agents) if agent in self.agents]

    def _each(self, rows: Any) -> dict[str, Any]:
        return {agent: rows[k].copy() for k, agent in self._present()}

    def _infos(self, info: Info) -> dict[str, Info]:
        shared = {"world": int(info["world"][0]), "outcome": outcome_name(self.batch, int(info["outcome"][0]))}
        masks = info["action_mask"][0]
        return {agent: {**mask_info(self.batch, masks[k]), **shared} for k, agent in self._present()}

    def state(self) -> Float:
        """The truth, for central critics: float32 [truths]."""
        truth: Float = self.batch.state()[0].copy()
        return truth

    def render(self) -> Any:
        """The world from above, uint8 [height, width, 3]."""
        return self.batch.render(0) if self.render_mode == "rgb_array" else None

    def close(self) -> None:
        """Let go of what is held."""
        self.batch.close()


def parallel_env(
    scenario: str | Path | LoadedScenario, *, control: str | Sequence[str], **settings: Any
) -> RearguardParallelEnv:
    """A PettingZoo parallel environment; ``settings`` as for ``tensor_env``, and ``render_mode``.

    ``pettingzoo.utils.parallel_to_aec`` makes it one in which agents act in turn.
    """
    return RearguardParallelEnv(scenario, control=control, **settings)

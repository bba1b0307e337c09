"""Many worlds with one learner each, for Gymnasium: ``VectorEnv`` with its three ways to begin anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from rearguard.env.actions import one_of
from rearguard.env.rewards import EnvError
from rearguard.env.spaces import Float, Info, action_space, observation_space, only_render_mode
from rearguard.env.tensor import Autoreset, tensor_env
from rearguard.scenario.load import LoadedScenario

MODES: dict[AutoresetMode, Autoreset] = {
    AutoresetMode.NEXT_STEP: "next_step",
    AutoresetMode.SAME_STEP: "same_step",
    AutoresetMode.DISABLED: "disabled",
}


class RearguardVectorEnv(VectorEnv[Float, npt.NDArray[Any], npt.NDArray[Any]]):
    """A batch of worlds of a scenario, each seen and moved by the same person. Observations are copied unless ``copy`` is off."""

    metadata: dict[str, Any] = {  # noqa: RUF012 - instances replace it
        "render_modes": ["rgb_array"],
        "render_fps": 2,
    }

    def __init__(
        self,
        scenario: str | Path | LoadedScenario,
        *,
        control: str | None = None,
        num_envs: int = 1,
        autoreset_mode: AutoresetMode = AutoresetMode.NEXT_STEP,
        render_mode: str | None = None,
        copy: bool = True,
        **settings: Any,
    ) -> None:
        self.num_envs, self.copy = num_envs, copy
        self.render_mode = only_render_mode(render_mode)
        one_of(
            "autoreset_mode", getattr(autoreset_mode, "value", autoreset_mode), [mode.value for mode in AutoresetMode]
        )
        self.autoreset_mode = AutoresetMode(autoreset_mode)
        self.batch = tensor_env(
            scenario, control=control, num_envs=num_envs, autoreset=MODES[self.autoreset_mode], **settings
        )
        if len(self.batch.learners) != 1:
            several = f"'{control}' is {len(self.batch.learners)} people"
            raise EnvError(f"{several}; this interface has one learner, parallel_env and tensor_env have more")
        self.metadata = {
            **self.metadata,
            "render_fps": max(round(1.0 / self.batch.step_seconds), 1),
            "autoreset_mode": self.autoreset_mode,
        }
        self.single_observation_space = observation_space(self.batch)
        self.single_action_space = action_space(self.batch)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)

    def reset(self, *, seed: int | list[int | None] | None = None, options: Info | None = None) -> tuple[Float, Info]:
        """Begin all worlds anew, or those where ``options["reset_mask"]`` [worlds] is true.

        seed: one for the batch: row r plays world r of it, so that a list of seeds is not needed and not taken.
        """
        if seed is not None and not isinstance(seed, int | np.integer):
            raise EnvError("one seed is enough: every row plays a world of its own under it")
        super().reset(seed=None if seed is None else int(seed))
        mask = (options or {}).get("reset_mask")
        observation, info = self.batch.reset(seed=seed, mask=mask)
        return self._own(observation[:, 0]), self._info(info)

    def step(
        self, actions: npt.NDArray[Any]
    ) -> tuple[Float, npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any], Info]:
        """One step of every world."""
        acts = np.asarray(actions)
        if acts.shape != self.action_space.shape:
            raise EnvError(f"actions have the shape {acts.shape}; {self.action_space.shape} is needed")
        observation, reward, terminated, truncated, info = self.batch.step(acts[:, None])
        out = self._info(info)
        if "final_observation" in info:
            out |= self._final(info)
        return (
            self._own(observation[:, 0]),
            reward[:, 0].astype(np.float64),
            terminated[:, 0].copy(),
            truncated[:, 0].copy(),
            out,
        )

    def _own(self, array: Any) -> Any:
        return array.copy() if self.copy else array

    def _info(self, info: Info) -> Info:
        everywhere = np.ones(self.num_envs, bool)
        values = {
            "action_mask": info["action_mask"][:, 0].copy(),
            "world": info["world"],
            "outcome": info["outcome"].copy(),
        }
        return {**values, **{f"_{name}": everywhere for name in values}}

    def _final(self, info: Info) -> Info:
        """What Gymnasium's own vector environments tell of worlds that have just ended: ``final_obs`` and ``final_info``."""
        ended = self.batch.last_ended
        observations = np.full(self.num_envs, None, dtype=object)
        for row in ended:
            observations[row] = info["final_observation"][row, 0].copy()
        where = np.zeros(self.num_envs, bool)
        where[ended] = True
        final = {"outcome": np.where(where, info["final_outcome"], -1), "_outcome": where}
        return {"final_obs": observations, "_final_obs": where, "final_info": final, "_final_info": where}

    def render(self) -> tuple[Any, ...] | None:
        """All worlds from above."""
        if self.render_mode != "rgb_array":
            return None
        return tuple(self.batch.render(row, width=400) for row in range(self.num_envs))

    def close_extras(self, **_: Any) -> None:
        """Let go of what is held."""
        self.batch.close()


def vector_env(
    scenario: str | Path | LoadedScenario, *, control: str | None = None, num_envs: int = 1, **settings: Any
) -> RearguardVectorEnv:
    """A Gymnasium vector environment; ``settings`` as for ``tensor_env``, and ``autoreset_mode``, ``render_mode``, ``copy``."""
    return RearguardVectorEnv(scenario, control=control, num_envs=num_envs, **settings)

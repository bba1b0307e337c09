"""SISL pursuit as a batch: pursuers on a grid surround evaders that wander, and see only what is near.

    batch = rearguard.env.classics.sisl_pursuit(num_envs=1024)
    observation, info = batch.reset(seed=1)
    observation, reward, terminated, truncated, info = batch.step(actions)      # int [worlds, pursuers]

Rules, observations and rewards are those of PettingZoo's ``pursuit_v5`` as a parallel environment (``pursuit_rules``).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import warp as wp

from rearguard.env.actions import whole, write_actions
from rearguard.env.classics.batch import Batch, Inputs, seen_as
from rearguard.env.classics.pursuit_rules import Grid, Told, begin_all, block, roll_out, step
from rearguard.env.rewards import EnvError
from rearguard.env.tensor import Output


class SislPursuitEnv(Batch):
    """A batch of worlds of SISL pursuit. Arrays handed out are views that the next step writes anew.

    agents: names. observation: float32 [worlds, pursuers, obs_range, obs_range, 3]: rows, columns, and whether there is a
    wall, how many pursuers (oneself included) and how many evaders are there.
    """

    def __init__(
        self,
        num_envs: int,
        *,
        x_size: int,
        y_size: int,
        n_pursuers: int,
        n_evaders: int,
        obs_range: int,
        max_cycles: int,
        n_catch: int,
        constants: dict[str, float],
        **settings: Any,
    ) -> None:
        numbers = {"num_envs": num_envs, "n_pursuers": n_pursuers, "n_evaders": n_evaders, "obs_range": obs_range}
        for name, number in {**numbers, "max_cycles": max_cycles, "n_catch": n_catch}.items():
            whole(name, number, 1)
        whole("x_size", x_size, 2)
        whole("y_size", y_size, 2)
        if obs_range % 2 == 0:
            raise EnvError(f"obs_range is {obs_range}; it has to be odd, as a pursuer sees as far to either side")
        self.obs_range = obs_range
        sizes = {
            "worlds": num_envs,
            "pursuers": n_pursuers,
            "evaders": n_evaders,
            "rows": y_size,
            "columns": x_size,
            "features": obs_range * obs_range * 3,
        }
        agents = [f"pursuer_{k}" for k in range(n_pursuers)]
        constants = {**constants, "most_steps": max_cycles, "n_catch": n_catch, "half": obs_range // 2}
        super().__init__(agents, Grid, Told, sizes, constants, **settings)
        cells = np.zeros((num_envs, y_size, x_size, 3), np.float32)
        cells[..., 0] = block(x_size, y_size)
        self._state.cell.assign(cells)
        taken = wp.zeros((num_envs, n_pursuers), dtype=wp.int32, device=self.device)
        self._hand_out(begin_all, roll_out, self._convert(self._windows(self._told.observation)), taken)
        self._steps = [self._record(step, self._stepped(drawn)) for drawn in (0, 1)]
        self._flight = self._state.flight.numpy() if self.device == "cpu" else None
        told = (self._told.reward, self._told.terminated, self._told.truncated)
        final = self._convert(self._windows(self._told.final))
        self._out = (self.observation, *map(self._convert, told), {"final_observation": final})

    def _stepped(self, drawn: int) -> Inputs:
        return lambda a, b: [*self._views(a, b), self._actions[a:b], drawn]

    def _windows(self, views: Any) -> Any:
        """Views as rows, columns and what is there: [..., obs_range, obs_range, 3]."""
        row = wp.types.matrix(shape=(self.obs_range, 3), dtype=wp.float32)
        return seen_as(views, row, (*views.shape[:-1], self.obs_range))

    def step(self, actions: Any = None, evaders: Any = None) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        """One step of every world: observations, rewards [worlds, pursuers], terminated, truncated [worlds], info.

        actions: int [worlds, pursuers]: left, right, y + 1, y - 1, stay; None: what ``action_buffer`` holds. evaders: the same
        for the evaders, int [worlds, evaders], drawn evenly when None. A world that is over, because all evaders are caught
        (``terminated``) or the time is up (``truncated``), has begun anew, and info holds its last observation.
        """
        if actions is not None:
            write_actions(actions, self._actions, self._buffer)
        if evaders is not None:
            write_actions(evaders, self._state.flight, self._flight)
        self._launch(self._steps[evaders is None])
        return self._out

    def state(self) -> Any:
        """The whole grid, for central critics: float32 [worlds, y_size, x_size, 3]: wall, pursuers, evaders."""
        return self._convert(self._state.cell)

    def _room(self, shape: tuple[int, int, int]) -> dict[str, tuple[Any, Any]]:
        views = wp.zeros((*shape, self._told.observation.shape[-1]), dtype=wp.float32, device=self.device)
        reward = wp.zeros(shape, dtype=wp.float32, device=self.device)
        over = wp.zeros(shape[:2], dtype=wp.bool, device=self.device)
        return {"observation": (views, self._windows(views)), "reward": (reward, reward), "over": (over, over)}


def sisl_pursuit(
    num_envs: int = 1,
    *,
    x_size: int = 16,
    y_size: int = 16,
    max_cycles: int = 500,
    shared_reward: bool = True,
    n_evaders: int = 30,
    n_pursuers: int = 8,
    obs_range: int = 7,
    n_catch: int = 2,
    freeze_evaders: bool = False,
    tag_reward: float = 0.01,
    catch_reward: float = 5.0,
    urgency_reward: float = -0.1,
    surround: bool = True,
    autoreset: bool = True,
    seed: int = 0,
    output: Output = "numpy",
    device: str = "cpu",
    threads: int | None = None,
) -> SislPursuitEnv:
    """A batch of worlds of SISL pursuit; names and values of the settings are those of PettingZoo's ``pursuit``.

    x_size, y_size: of the grid [cells]. max_cycles: steps of an episode. shared_reward: everybody earns the mean. obs_range:
    width of what a pursuer sees [cells], odd. n_catch: pursuers on an evader's cell that catch it, where not ``surround``.
    freeze_evaders: they stay. output: numpy, torch, jax or warp arrays, none of them copied. threads: default one per core.
    """
    constants: dict[str, float] = {
        "renew": int(autoreset),
        "surround": int(surround),
        "freeze": int(freeze_evaders),
        "shared": int(shared_reward),
        "tag_reward": tag_reward,
        "catch_reward": catch_reward,
        "urgency_reward": urgency_reward,
    }
    return SislPursuitEnv(
        num_envs,
        x_size=x_size,
        y_size=y_size,
        n_pursuers=n_pursuers,
        n_evaders=n_evaders,
        obs_range=obs_range,
        max_cycles=max_cycles,
        n_catch=n_catch,
        constants=constants,
        seed=seed,
        output=output,
        device=device,
        threads=threads,
    )

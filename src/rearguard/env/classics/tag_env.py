"""Tag, the classic of multi-agent learning, as a batch: chasers are slow, prey is fast, obstacles stand in the way.

    batch = rearguard.env.classics.tag(num_envs=1024)
    observation, info = batch.reset(seed=1)
    observation, reward, terminated, truncated, info = batch.step(actions)      # int [worlds, agents]

Rules, observations and rewards are those of MPE's ``simple_tag`` (``tag_rules``).
"""

from __future__ import annotations

from typing import Any, Literal

import warp as wp

from rearguard.env.actions import one_of, whole, write_actions
from rearguard.env.classics.batch import Batch, seen_as
from rearguard.env.classics.tag_rules import Tag, Told, build
from rearguard.env.tensor import Output

MOVES = 5
"""Actions of an agent: nothing, left, right, down, up."""


STEP_SLICE = 1024
"""Worlds for which a thread of their own pays in a single step, which takes a tenth of a microsecond a world."""


class TagEnv(Batch):
    """A batch of worlds of tag. Arrays handed out are views that the next step writes anew.

    agents: names, chasers first. observation: float32 [worlds, agents, features]. features: numbers of a view.
    """

    def __init__(
        self,
        num_envs: int,
        *,
        num_adversaries: int,
        num_good: int,
        num_obstacles: int,
        max_steps: int,
        actions: Literal["discrete", "continuous"],
        autoreset: bool,
        seed: int,
        output: Output,
        device: str,
        threads: int | None,
    ) -> None:
        for name, number in (("num_envs", num_envs), ("num_adversaries", num_adversaries), ("num_good", num_good)):
            whole(name, number, 1)
        whole("max_steps", max_steps, 1)
        whole("num_obstacles", num_obstacles, 0)
        one_of("actions", actions, ("discrete", "continuous"))
        agents = [f"adversary_{k}" for k in range(num_adversaries)] + [f"agent_{k}" for k in range(num_good)]
        count = len(agents)
        pairs = 2 + num_obstacles + (count - 1) + num_good
        self.features = 2 * pairs
        sizes = {"worlds": num_envs, "agents": count, "obstacles": num_obstacles, "pairs": pairs}
        constants = {"most_steps": max_steps, "renew": int(autoreset)}
        settings: dict[str, Any] = {"seed": seed, "output": output, "device": device, "threads": threads}
        super().__init__(agents, Tag, Told, sizes, constants, **settings)
        self._kernels = build(count, num_adversaries, num_obstacles)
        shape = (num_envs, count) if actions == "discrete" else (num_envs, count, MOVES)
        taken = wp.zeros(shape, dtype=wp.int32 if actions == "discrete" else wp.float32, device=device)
        self._hand_out(
            self._kernels.begin, self._kernels.roll_out, self._convert(self._floats(self._told.observation)), taken
        )
        step = self._kernels.step if actions == "discrete" else self._kernels.step_continuous
        self._steps = self._record(step, lambda a, b: [*self._views(a, b), taken[a:b]], STEP_SLICE)
        self.final_observation = self._convert(self._floats(self._told.final))
        self._out = (
            self.observation,
            self._convert(self._told.reward),
            self._convert(wp.zeros(num_envs, dtype=wp.bool, device=device)),
            self._convert(self._told.truncated),
            {"final_observation": self.final_observation},
        )

    def _floats(self, pairs: Any) -> Any:
        """An array of pairs seen as numbers: [..., features]."""
        return seen_as(pairs, wp.float32, (*pairs.shape[:-1], 2 * pairs.shape[-1]))

    def step(self, actions: Any = None) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        """One step of every world: observations, rewards [worlds, agents], terminated, truncated [worlds], info.

        actions: int [worlds, agents], or float [worlds, agents, 5] when continuous; None: what ``action_buffer`` holds.
        A world whose time is over (``truncated``) has begun anew, and info holds its last observation.
        """
        if actions is not None:
            write_actions(actions, self._actions, self._buffer)
        self._launch(self._steps)
        return self._out

    def _room(self, shape: tuple[int, int, int]) -> dict[str, tuple[Any, Any]]:
        pairs = wp.zeros((*shape, self.features // 2), dtype=wp.vec2, device=self.device)
        reward = wp.zeros(shape, dtype=wp.float32, device=self.device)
        return {"observation": (pairs, self._floats(pairs)), "reward": (reward, reward)}


def tag(
    num_envs: int = 1,
    *,
    num_adversaries: int = 3,
    num_good: int = 1,
    num_obstacles: int = 2,
    max_steps: int = 25,
    actions: Literal["discrete", "continuous"] = "discrete",
    autoreset: bool = True,
    seed: int = 0,
    output: Output = "numpy",
    device: str = "cpu",
    threads: int | None = None,
) -> TagEnv:
    """A batch of worlds of tag. output: numpy, torch, jax or warp arrays, none of them copied. threads: default one per core."""
    return TagEnv(
        num_envs,
        num_adversaries=num_adversaries,
        num_good=num_good,
        num_obstacles=num_obstacles,
        max_steps=max_steps,
        actions=actions,
        autoreset=autoreset,
        seed=seed,
        output=output,
        device=device,
        threads=threads,
    )

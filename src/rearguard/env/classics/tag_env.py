"""Tag, the classic of multi-agent learning, as a batch: chasers are slow, prey is fast, obstacles stand in the way.

    batch = rearguard.env.classics.tag(num_envs=1024)
    observation, info = batch.reset(seed=1)
    observation, reward, terminated, truncated, info = batch.step(actions)      # int [worlds, agents]

Rules, observations and rewards are those of MPE's ``simple_tag`` (``tag_rules``).
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

import numpy as np
import warp as wp

from rearguard.engine.arrays import allocate, rows_of
from rearguard.engine.rng import Key
from rearguard.env.classics.tag_rules import Tag, Told, build
from rearguard.env.rewards import EnvError
from rearguard.env.tensor import BLOCK, Output, converter, slice_count

MOVES = 5
"""Actions of an agent: nothing, left, right, down, up."""


class TagEnv:
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
        if min(num_envs, num_adversaries, num_good) < 1 or num_obstacles < 0:
            raise EnvError("tag needs one world, one chaser and one prey at least")
        self.num_envs, self.device, self.seed = num_envs, device, seed
        self.agents = [f"adversary_{k}" for k in range(num_adversaries)] + [f"agent_{k}" for k in range(num_good)]
        count = len(self.agents)
        pairs = 2 + num_obstacles + (count - 1) + num_good
        self.features = 2 * pairs
        self._convert = converter(output, device)
        sizes = {"worlds": num_envs, "agents": count, "obstacles": num_obstacles, "pairs": pairs}
        self._state = allocate(Tag, sizes, device)
        self._state.most_steps, self._state.renew = max_steps, int(autoreset)
        self._told = allocate(Told, sizes, device)
        shape = (num_envs, count) if actions == "discrete" else (num_envs, count, MOVES)
        self._actions = wp.zeros(shape, dtype=wp.int32 if actions == "discrete" else wp.float32, device=device)
        self._which = wp.full(num_envs, True, dtype=wp.bool, device=device)
        self.threads = slice_count(num_envs, device, threads, smallest=64)
        self._pool = ThreadPoolExecutor(self.threads - 1) if self.threads > 1 else None
        self._kernels = build(count, num_adversaries, num_obstacles)
        step = self._kernels.step if actions == "discrete" else self._kernels.step_continuous
        self._steps = self._record(step, lambda a, b: [*self._views(a, b), self._actions[a:b]])
        self._begins = self._record(self._kernels.begin, lambda a, b: [*self._views(a, b), self._which[a:b]])
        told = self._told
        self.observation = self._convert(self._floats(told.observation))
        self.final_observation = self._convert(self._floats(told.final))
        self._out = (
            self.observation,
            self._convert(told.reward),
            self._convert(wp.zeros(num_envs, dtype=wp.bool, device=device)),
            self._convert(told.truncated),
            {"final_observation": self.final_observation},
        )
        self._buffer = self._actions.numpy() if device == "cpu" else None
        self._keys()

    def _floats(self, pairs: Any) -> Any:
        """An array of pairs seen as numbers: [..., features]."""
        shape = (*pairs.shape[:-1], 2 * pairs.shape[-1])
        view: Any = wp.array(ptr=pairs.ptr, dtype=wp.float32, shape=shape, device=pairs.device, copy=False)
        view.owner = pairs  # whoever holds the view keeps the memory
        return view

    def _cuts(self) -> list[tuple[int, int]]:
        edges = np.linspace(0, self.num_envs, self.threads + 1).astype(int)
        return [(int(a), int(b)) for a, b in zip(edges[:-1], edges[1:], strict=True)]

    def _record(self, kernel: Any, inputs: Callable[[int, int], list[Any]]) -> list[Any]:
        """Launches of a kernel, one per slice, recorded."""
        launches = []
        for a, b in self._cuts():
            launches.append(
                wp.launch(
                    kernel,
                    dim=b - a,
                    inputs=inputs(a, b),
                    device=self.device,
                    block_dim=1 if self.device == "cpu" else BLOCK,
                    record_tape=False,
                    record_cmd=True,
                )
            )
        return launches

    def _views(self, a: int, b: int) -> list[Any]:
        state = rows_of(Tag, self._state, a, b)
        for name in ("most_steps", "renew"):
            setattr(state, name, getattr(self._state, name))
        return [state, rows_of(Told, self._told, a, b)]

    def _launch(self, launches: list[Any]) -> None:
        if self._pool is None:
            launches[0].launch()
            return
        waiting = [self._pool.submit(launch.launch) for launch in launches[1:]]
        launches[0].launch()
        for future in waiting:
            future.result()

    def _keys(self) -> None:
        keys = np.zeros(self.num_envs, [("seed", "u4"), ("world", "u4")])
        keys["seed"], keys["world"] = self.seed & 0xFFFFFFFF, np.arange(self.num_envs)
        wp.copy(self._state.key, wp.array(keys, dtype=Key, device=self.device))
        self._state.episode.fill_(-1)

    def reset(self, *, seed: int | None = None, mask: np.ndarray | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin anew: all worlds, or those where ``mask`` [worlds] is true; the same ``seed`` gives the same worlds."""
        if seed is not None:
            self.seed = int(seed)
            self._keys()
        wanted = np.ones(self.num_envs, bool) if mask is None else np.asarray(mask, bool)
        self._which.assign(wanted)
        self._launch(self._begins)
        return self.observation, {}

    def step(self, actions: Any = None) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        """One step of every world: observations, rewards [worlds, agents], terminated, truncated [worlds], info.

        actions: int [worlds, agents], or float [worlds, agents, 5] when continuous; None: what ``action_buffer`` holds.
        A world whose time is over (``truncated``) has begun anew, and info holds its last observation.
        """
        if actions is not None:
            if self._buffer is not None:
                np.copyto(self._buffer, actions, casting="unsafe")
            else:
                given: Any = actions if isinstance(actions, wp.array) else wp.from_dlpack(actions)
                wp.copy(self._actions, given)
        self._launch(self._steps)
        return self._out

    @property
    def action_buffer(self) -> Any:
        """The actions of the next step, to be written in place."""
        return self._convert(self._actions)

    def rollout(self, steps: int, actions: Any = None, out: dict[str, Any] | None = None) -> dict[str, Any]:
        """Many steps in one launch per core: ``action``, ``observation``, ``reward`` of every step.

        actions: int32 [steps, worlds, agents]; drawn evenly when None. out: what an earlier call gave, to be written anew.
        Worlds begin anew every ``max_steps``; an observation is the one after its step, before that.
        """
        shape = (steps, self.num_envs, len(self.agents))
        if out is None:
            action = wp.zeros(shape, dtype=wp.int32, device=self.device)
            pairs = wp.zeros((*shape, self.features // 2), dtype=wp.vec2, device=self.device)
            reward = wp.zeros(shape, dtype=wp.float32, device=self.device)
            out = {
                "action": self._convert(action),
                "observation": self._convert(self._floats(pairs)),
                "reward": self._convert(reward),
                "_action": action,
                "_pairs": pairs,
            }

            def inputs(drawn: int) -> Callable[[int, int], list[Any]]:
                arrays = (action, pairs, reward)
                return lambda a, b: [self._views(a, b)[0], steps, drawn, *(array[:, a:b] for array in arrays)]

            for drawn in (0, 1):
                out[f"_launches_{drawn}"] = self._record(self._kernels.roll_out, inputs(drawn))
        if actions is not None:
            out["_action"].assign(np.ascontiguousarray(actions, np.int32))
        self._launch(out["_launches_0" if actions is not None else "_launches_1"])
        return out

    def close(self) -> None:
        """Let the threads go."""
        if self._pool is not None:
            self._pool.shutdown()


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

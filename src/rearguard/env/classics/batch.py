"""What the classics share: worlds cut into a slice per thread, launches that are recorded once, arrays that are never copied.

A classic is a module of rules (state, kernels) and an environment that derives from ``Batch``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import warp as wp

from rearguard.engine.arrays import allocate, rows_of
from rearguard.engine.rng import Key
from rearguard.env.actions import whole, world_mask, write_actions
from rearguard.env.rewards import EnvError
from rearguard.env.tensor import BLOCK, Output, converter, slice_count

SMALLEST_SLICE = 64
"""Worlds for which a thread of their own pays."""
Inputs = Callable[[int, int], list[Any]]
"""First and last world of a slice → what a kernel is launched with."""


def seen_as(array: Any, kind: Any, shape: tuple[int, ...]) -> Any:
    """The memory of a contiguous Warp array as one of another type and shape."""
    view: Any = wp.array(ptr=array.ptr, dtype=kind, shape=shape, device=array.device, copy=False)
    view.owner = array  # whoever holds the view keeps the memory
    return view


class Batch:
    """A batch of worlds of a classic. Arrays handed out are views that the next step writes anew.

    state: struct with ``key``, ``episode``, ``step`` and whatever else a world is; told: struct of what learners are told.
    sizes: of their dimensions. constants: numbers of the state that are the same in every world.
    """

    def __init__(
        self,
        agents: Sequence[str],
        state: Any,
        told: Any,
        sizes: Mapping[str, int],
        constants: Mapping[str, float],
        *,
        seed: int,
        output: Output,
        device: str,
        threads: int | None,
    ) -> None:
        self.agents, self.num_envs, self.device, self.seed = list(agents), sizes["worlds"], device, seed
        self._convert = converter(output, device)
        self._structs, self._constants = (state, told), dict(constants)
        self._state = self._with_constants(allocate(state, sizes, device))
        self._told = allocate(told, sizes, device)
        self._which = wp.full(self.num_envs, True, dtype=wp.bool, device=device)
        self.threads = slice_count(self.num_envs, device, threads, SMALLEST_SLICE)
        self._pool = ThreadPoolExecutor(self.threads - 1) if self.threads > 1 else None
        self._keys()

    def _with_constants(self, state: Any) -> Any:
        for name, number in self._constants.items():
            setattr(state, name, number)
        return state

    # -- launches

    def _cuts(self, smallest: int) -> list[tuple[int, int]]:
        slices = max(1, min(self.threads, self.num_envs // smallest))
        edges = np.linspace(0, self.num_envs, slices + 1).astype(int)
        return [(int(a), int(b)) for a, b in zip(edges[:-1], edges[1:], strict=True)]

    def _record(self, kernel: Any, inputs: Inputs, smallest: int = SMALLEST_SLICE) -> list[Any]:
        """Launches of a kernel, one per slice of at least ``smallest`` worlds, recorded."""
        common: dict[str, Any] = {
            "device": self.device,
            "block_dim": 1 if self.device == "cpu" else BLOCK,
            "record_tape": False,
            "record_cmd": True,
        }
        return [wp.launch(kernel, dim=b - a, inputs=inputs(a, b), **common) for a, b in self._cuts(smallest)]

    def _state_of(self, a: int, b: int) -> Any:
        return self._with_constants(rows_of(self._structs[0], self._state, a, b))

    def _views(self, a: int, b: int) -> list[Any]:
        return [self._state_of(a, b), rows_of(self._structs[1], self._told, a, b)]

    def _launch(self, launches: list[Any]) -> None:
        if self._pool is None or len(launches) == 1:
            launches[0].launch()
            return
        waiting = [self._pool.submit(launch.launch) for launch in launches[1:]]
        launches[0].launch()
        for future in waiting:
            future.result()

    # -- episodes

    def _keys(self) -> None:
        keys = np.zeros(self.num_envs, [("seed", "u4"), ("world", "u4")])
        keys["seed"], keys["world"] = self.seed & 0xFFFFFFFF, np.arange(self.num_envs)
        wp.copy(self._state.key, wp.array(keys, dtype=Key, device=self.device))
        self._state.episode.fill_(-1)

    def _hand_out(self, begin: Any, roll_out: Any, observation: Any, actions: Any) -> None:
        """Kernels that begin worlds and play many steps; observations as they are handed out; where actions are written.

        begin: (state, told, which). roll_out: (state, steps, drawn, action, and the arrays of ``_room`` in their order).
        """
        self._roll_out = roll_out
        self._begins = self._record(begin, lambda a, b: [*self._views(a, b), self._which[a:b]])
        self.observation = observation
        self._actions = actions
        self._buffer = actions.numpy() if self.device == "cpu" else None

    def reset(self, *, seed: int | None = None, mask: Any = None) -> tuple[Any, dict[str, Any]]:
        """Begin anew: all worlds, or those where ``mask`` [worlds] is true; the same ``seed`` gives the same worlds."""
        wanted = world_mask(mask, self.num_envs)
        if seed is not None:
            self.seed = int(seed)
            self._keys()
        self._which.assign(wanted)
        self._launch(self._begins)
        return self.observation, {}

    @property
    def action_buffer(self) -> Any:
        """The actions of the next step, to be written in place (JAX's arrays cannot be)."""
        return self._convert(self._actions)

    def _room(self, shape: tuple[int, int, int]) -> dict[str, tuple[Any, Any]]:
        """Memory of a rollout of ``shape`` [steps, worlds, agents]: name → array as the kernel and as learners see it."""
        raise NotImplementedError

    def rollout(self, steps: int, actions: Any = None, out: dict[str, Any] | None = None) -> dict[str, Any]:
        """Many steps in one launch per core: ``action``, ``observation``, ``reward`` of every step, [steps, worlds, agents, ...].

        actions: whole numbers [steps, worlds, agents]; drawn evenly when None. out: what an earlier call for as many steps
        gave, to be written anew. Worlds that are over begin anew; an observation is the one after its step, before that.
        """
        shape = (whole("steps", steps, 1), self.num_envs, len(self.agents))
        if out is None:
            action = wp.zeros(shape, dtype=wp.int32, device=self.device)
            room = {"action": (action, action), **self._room(shape)}
            out = {name: self._convert(view) for name, (_, view) in room.items()}
            out["_arrays"] = [array for array, _ in room.values()]
            out["_launches"] = [self._record(self._roll_out, self._rolled(steps, k, out["_arrays"])) for k in (0, 1)]
        action = out["_arrays"][0]
        if action.shape != shape:
            raise EnvError(
                f"out is of {action.shape[0]} steps and {action.shape[1]} worlds; {steps} and {shape[1]} are played"
            )
        if actions is not None:
            write_actions(actions, action, action.numpy() if self.device == "cpu" else None)
        self._launch(out["_launches"][actions is None])
        return out

    def _rolled(self, steps: int, drawn: int, arrays: list[Any]) -> Inputs:
        return lambda a, b: [self._state_of(a, b), steps, drawn, *(array[:, a:b] for array in arrays)]

    def close(self) -> None:
        """Let the threads go."""
        if self._pool is not None:
            self._pool.shutdown()

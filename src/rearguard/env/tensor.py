"""The core of every environment: a batch of worlds that is stepped, with everything in arrays that are never copied.

A step is three launches (``engine.task``): commands, some ticks of every world, reports. On the CPU the batch is cut into a
slice per thread. What comes back are views of the same memory at every step: copy what is to be kept.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import warp as wp

from rearguard.engine import Program, prepare
from rearguard.engine.arrays import allocate, array_fields, rows_of
from rearguard.engine.task import (
    AFTER_END,
    AFTER_RESET,
    AFTER_STEP,
    Report,
    Task,
    command,
    command_continuous,
    report,
)
from rearguard.env.actions import above_zero, one_of, whole, world_mask, write_actions
from rearguard.env.layout import Layout, order_options
from rearguard.env.rewards import EnvError, Worth, members, outcome_worth, shaping_rows, slack_worth
from rearguard.scenario.compile import compile_scenario
from rearguard.scenario.errors import did_you_mean
from rearguard.scenario.load import LoadedScenario, load_scenario
from rearguard.scenario.policies import PACES

if TYPE_CHECKING:
    from rearguard.scenario.compiled import Compiled

Autoreset = Literal["next_step", "same_step", "disabled"]
Output = Literal["numpy", "torch", "jax", "warp"]
StepResult = tuple[Any, Any, Any, Any, dict[str, Any]]
"""Observations, rewards, terminated, truncated, info; of whatever kind of array was asked for."""

SMALLEST_SLICE = 16
"""Worlds for which a thread of their own pays."""
BLOCK = 64
"""Threads per block on a GPU."""


def with_control(compiled: Compiled) -> Compiled:
    """The same scenario, compiled so that its people can be commanded."""
    people = len(compiled.names.people)
    return replace(compiled, uses=compiled.uses | {"control"}, sizes={**compiled.sizes, "commanded": people})


def with_places(compiled: Compiled, places: Sequence[str]) -> tuple[Compiled, dict[str, int]]:
    """The same scenario with a bit of the zone layer for each of ``places``, from the last bit down; and these bits."""
    zones = compiled.arrays["ground"]["zones"].copy()
    bits = {place: 31 - k for k, place in enumerate(dict.fromkeys(places))}
    for place, number in bits.items():
        if place not in compiled.map.places:
            raise EnvError(f"there is no place '{place}'; {did_you_mean(place, compiled.map.places)}")
        if int(zones.max()) >> number:
            raise EnvError("ends and leave_at name more places than the 32 there is room for")
        zones |= compiled.map.places[place].mask.astype(np.uint32) << np.uint32(number)
    ground = {**compiled.arrays["ground"], "zones": zones}
    return replace(compiled, arrays={**compiled.arrays, "ground": ground}), bits


def slice_count(worlds: int, device: str, threads: int | None, smallest: int) -> int:
    """Slices to cut a batch into: one per core or per thread asked for, none smaller than ``smallest``; one on a GPU."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return 1 if device != "cpu" else max(1, min(threads if threads is not None else cores, worlds // smallest))


def converter(output: Output, device: str) -> Callable[[Any], Any]:
    """How a Warp array is handed out without copying it. Raises EnvError for devices and outputs that there are not."""
    one_of("output", output, ("numpy", "torch", "jax", "warp"))
    one_of("device", device, [str(known) for known in wp.get_devices()])
    if output == "numpy":
        if device != "cpu":
            raise EnvError(f"NumPy arrays live on the CPU, the worlds on {device}; ask for output='torch' or 'jax'")
        return lambda array: array.numpy()
    if output == "torch":
        return wp.to_torch
    if output == "jax":
        return wp.to_jax
    return lambda array: array


class TensorEnv:
    """A batch of worlds of one scenario in which some people are controlled. Made by ``tensor_env``.

    learners: names of the people who are controlled. layout: what the numbers mean. single_action_shape: of one learner.
    last_ended: rows that have begun anew in the last step (``same_step``).
    """

    def __init__(
        self,
        loaded: LoadedScenario,
        control: str | Sequence[str] | None,
        *,
        num_envs: int,
        actions: Literal["discrete", "continuous"],
        step: float,
        max_seconds: float | None,
        rewards: Mapping[str, Worth | float] | None,
        slack: float,
        shaping: Mapping[str, Any] | None,
        leave_at: Mapping[str, str] | None,
        autoreset: Autoreset,
        output: Output,
        state: bool,
        seed: int,
        device: str,
        threads: int | None,
    ) -> None:
        num_envs = whole("num_envs", num_envs, 1)
        step = above_zero("step", step, "seconds")
        max_seconds = None if max_seconds is None else above_zero("max_seconds", max_seconds, "seconds")
        one_of("autoreset", autoreset, ("next_step", "same_step", "disabled"))
        one_of("actions", actions, ("discrete", "continuous"))
        self._convert = converter(output, device)
        self.loaded = loaded
        leave_at = dict(leave_at or {})
        self.compiled, bits = with_places(with_control(compile_scenario(loaded)), list(leave_at.values()))
        names = self.compiled.names
        if control is None:
            control = names.people[0]
        wanted = [control] if isinstance(control, str) else list(control)
        self.people = list(dict.fromkeys(i for name in wanted for i in members(names, name)))
        if not self.people:
            raise EnvError("control names nobody; name a person, a group or a side")
        self.learners = [names.people[i] for i in self.people]
        self.num_envs, self.actions, self.autoreset, self.seed = num_envs, actions, autoreset, seed
        self.device = device
        options = [order_options(self.compiled, i) for i in self.people]
        self.layout = Layout(self.compiled, max(map(len, options)), int(self.compiled.arrays["slots"]))
        dt = float(self.compiled.arrays["dt"])
        self.step_ticks = max(round(step / dt), 1)
        limit = int(self.compiled.arrays["limit_ticks"])
        most = limit if max_seconds is None else min(max(round(max_seconds / dt), 1), limit)
        self.program: Program = prepare(self.compiled, device)
        goal = np.zeros(len(names.people), np.uint32)
        for name, place in leave_at.items():
            goal[members(names, name)] |= np.uint32(1 << bits[place])
        worth = outcome_worth(loaded, self.compiled, rewards)
        tables = {"worth": worth.T, "slack": slack_worth(self.compiled, slack), "goal": goal}
        self._task = self._make_task(options, most, tables | shaping_rows(names, shaping), state)
        self._report = allocate(Report, self._sizes(), device)
        width = 3 if actions == "discrete" else 2 + self.layout.slots
        self.single_action_shape = (width,)
        self.action_type = np.int32 if actions == "discrete" else np.float32
        kind = wp.int32 if actions == "discrete" else wp.float32
        self._actions = wp.zeros((num_envs, len(self.people), width), dtype=kind, device=device)
        self._host = self._actions.numpy() if device == "cpu" else None
        self._final = wp.zeros(self._report.observation.shape, dtype=wp.float32, device=device)
        self._episode = np.full(num_envs, -1, np.int64)
        self._stored = np.zeros(num_envs, bool)
        self._store: Any = None
        self._renewal: Any = None
        self.last_ended = np.zeros(0, np.int64)
        self._world: Any = None
        self._slices: list[dict[str, Any]] = []
        self._threads = slice_count(num_envs, device, threads, SMALLEST_SLICE)
        self._pool = ThreadPoolExecutor(self._threads - 1) if self._threads > 1 else None

    # -- what there is

    def _sizes(self) -> dict[str, int]:
        return {
            "worlds": self.num_envs,
            "learners": len(self.people),
            "features": self.layout.features,
            "actions": int(self.layout.choices.sum()),
            "truths": self.layout.truths,
        }

    def _make_task(self, options: list[list[int]], most_ticks: int, tables: dict[str, np.ndarray], state: bool) -> Any:
        """What is asked of the learners; ``tables``: name of the field → [people, ...]."""
        task = Task()
        orders = np.full((len(options), self.layout.orders), -1, np.int32)
        for k, row in enumerate(options):
            orders[k, : len(row)] = row
        values = {name: table[self.people] for name, table in tables.items()}
        values["worth"] = values["worth"].T
        values |= {
            "person": np.array(self.people, np.int32),
            "option": orders,
            "pace": np.array(list(PACES.values()), np.float32),
        }
        for name, annotation in array_fields(Task):
            value = np.ascontiguousarray(values[name])
            setattr(task, name, wp.array(value, dtype=annotation.dtype, device=self.device))
        task.most_ticks = most_ticks
        task.state = int(state)
        return task

    # -- running

    def _begin(self, rows: np.ndarray) -> Any:
        """The next world of every row of ``rows``, which depends on nothing but the seed and its number.

        Its first tick has been played: nobody can act in it, as everybody steps onto the map then.
        """
        numbers = rows + (self._episode[rows] + 1) * self.num_envs
        fresh = self.program.begin(self.seed, numbers, log=False)
        fresh.crowds_wait = 0  # pictures show them where they are
        self.program.advance(fresh, 1)
        return fresh

    def _record(self) -> None:
        """Cut the batch into slices and record the launches of each."""
        cuts = np.linspace(0, self.num_envs, self._threads + 1).astype(int)
        turn = command if self.actions == "discrete" else command_continuous
        for start, stop in zip(cuts[:-1], cuts[1:], strict=True):
            world = self.program.view(self._world, int(start), int(stop))
            told = rows_of(Report, self._report, int(start), int(stop))
            common: dict[str, Any] = {
                "dim": int(stop - start),
                "device": self.device,
                "block_dim": 1 if self.device == "cpu" else BLOCK,
                "record_tape": False,
                "record_cmd": True,
            }
            model, task = self.program.model, self._task
            acts = self._actions[int(start) : int(stop)]
            self._slices.append(
                {
                    "command": wp.launch(turn, inputs=[model, world, task, acts], **common),
                    "play": wp.launch(self.program.kernel, inputs=[model, world, self.step_ticks], **common),
                    **{
                        when: wp.launch(report, inputs=[model, world, task, told, number], **common)
                        for when, number in (
                            ("after_step", AFTER_STEP),
                            ("after_reset", AFTER_RESET),
                            ("after_end", AFTER_END),
                        )
                    },
                }
            )

    def _launch(self, *names: str) -> None:
        """Launch some of the recorded kernels, one after another, on every slice."""

        def work(part: dict[str, Any]) -> None:
            for name in names:
                part[name].launch()

        if self._pool is None:
            work(self._slices[0])
            return
        waiting = [self._pool.submit(work, part) for part in self._slices[1:]]
        work(self._slices[0])
        for future in waiting:
            future.result()

    def _renew(self, rows: np.ndarray) -> None:
        """Put the next worlds of ``rows`` in the place of the present ones.

        They are begun beforehand, for all rows that have none in store whenever one is missing: beginning one world takes
        about as long as beginning a hundred.
        """
        if not self._stored[rows].all():
            missing = np.flatnonzero(~self._stored)
            fresh = self._begin(missing)
            if self._store is None:
                self._store = fresh
                self._renewal = self.program.copier(self._world, fresh)
            else:
                self.program.copier(self._store, fresh).copy(missing, np.arange(len(missing)))
            self._stored[missing] = True
        self._renewal.copy(rows, rows)
        self._stored[rows] = False
        self._episode[rows] += 1
        if self.device == "cpu":
            self._report.fresh.numpy()[rows] = True
        else:
            flags = self._report.fresh.numpy()
            flags[rows] = True
            self._report.fresh.assign(flags)

    @property
    def worlds(self) -> np.ndarray:
        """Number of the world that every row plays, int64 [worlds]: row + episode x num_envs. ``rearguard`` knows it by that."""
        return np.arange(self.num_envs) + self._episode * self.num_envs

    @property
    def step_seconds(self) -> float:
        """Time between two actions [s]."""
        return self.step_ticks * float(self.compiled.arrays["dt"])

    @property
    def program_compile_seconds(self) -> float:
        """Seconds that the kernel took to compile or to load."""
        return self.program.compile_seconds

    def reset(self, *, seed: int | None = None, mask: Any = None) -> tuple[Any, dict[str, Any]]:
        """Begin anew: all worlds, or those where ``mask`` [worlds] is true. Returns observations and info.

        With a ``seed`` the episodes are counted from the first again, so that the same seed gives the same worlds.
        """
        rows = np.flatnonzero(world_mask(mask, self.num_envs))
        if seed is not None:
            self.seed = int(seed)
            self._episode[rows] = -1
            self._stored[:] = False
        if self._world is None:
            if len(rows) != self.num_envs:
                raise EnvError("the first reset is one of all worlds; call reset() without a mask before")
            self._world = self._begin(rows)
            self._episode += 1
            self._record()
            self._report.fresh.fill_(True)
        else:
            self._renew(rows)
        self._launch("after_reset")
        return self._out(self._report.observation), self._info()

    def step(self, actions: Any = None) -> StepResult:
        """One step of every world. Returns observations, rewards, terminated, truncated [worlds, learners, ...] and info.

        actions: int32 [worlds, learners, 3] (move, pace, use) or float32 [worlds, learners, 2 + slots], any array that
        NumPy or DLPack can read; None leaves those that were written into ``action_buffer``.
        """
        self._begun()
        if actions is not None:
            write_actions(actions, self._actions, self._host)
        ended = self._done() if self.autoreset == "next_step" else np.zeros(0, np.int64)
        if len(ended):
            self._launch("command", "play")
            self._renew(ended)
            self._launch("after_step")
        else:
            self._launch("command", "play", "after_step")
        info: dict[str, Any] = {}
        if self.autoreset == "same_step":
            ended = self._done()
            self.last_ended = ended
            if len(ended):
                wp.copy(self._final, self._report.observation)
                outcome = self._world.account.outcome.numpy().copy()
                info = {"final_observation": self._out(self._final), "final_outcome": outcome}
                self._renew(ended)
                self._launch("after_end")
        told = self._report
        out = (told.observation, told.reward, told.terminated, told.truncated)
        observation, reward, terminated, truncated = (self._out(array) for array in out)
        return observation, reward, terminated, truncated, {**self._info(), **info}

    def is_over(self, world: int) -> bool:
        """Whether nobody is left in a world who learns. It then stays as it is, and earns nothing, until it begins anew."""
        self._begun()
        return bool(self._report.done.numpy()[world])

    def _begun(self) -> None:
        if self._world is None:
            raise EnvError("no world has begun; call reset() first")

    def _done(self) -> np.ndarray:
        """Rows of worlds in which nobody is left who learns."""
        return np.flatnonzero(self._report.done.numpy())

    def _out(self, array: Any) -> Any:
        return self._convert(array)

    def _info(self) -> dict[str, Any]:
        told = self._report
        info = {
            "action_mask": self._out(told.mask),
            "present": self._out(told.present),
            "done": self._out(told.done),
            "outcome": self._out(self._world.account.outcome),
            "world": self.worlds,
        }
        if self._task.state == 1:
            info["state"] = self._out(told.state)
        return info

    @property
    def action_buffer(self) -> Any:
        """The actions of the next step, to be written in place (JAX's arrays cannot be)."""
        return self._out(self._actions)

    def state(self) -> Any:
        """The truth about every world, float32 [worlds, truths], for central critics; needs ``state=True``."""
        if self._task.state != 1:
            raise EnvError("no state is kept; make the environment with state=True")
        self._begun()
        return self._out(self._report.state)

    def render(self, world: int = 0, *, width: int = 800) -> np.ndarray:
        """A picture of one world from above, uint8 [height, width, 3]."""
        from rearguard.env.draw import draw_world

        self._begun()
        return draw_world(self.compiled, self._world, world, width=width, marked=self.people)

    def close(self) -> None:
        """Let the threads go."""
        if self._pool is not None:
            self._pool.shutdown()


def tensor_env(
    scenario: str | Path | LoadedScenario,
    *,
    control: str | Sequence[str] | None = None,
    num_envs: int = 1,
    actions: Literal["discrete", "continuous"] = "discrete",
    step: float = 0.5,
    max_seconds: float | None = None,
    rewards: Mapping[str, Worth | float] | None = None,
    slack: float = 0.01,
    shaping: Mapping[str, Any] | None = None,
    leave_at: Mapping[str, str] | None = None,
    autoreset: Autoreset = "next_step",
    output: Output = "numpy",
    state: bool = False,
    overrides: Sequence[str] = (),
    seed: int = 0,
    device: str = "cpu",
    threads: int | None = None,
) -> TensorEnv:
    """A batch of worlds of a scenario; see ``TensorEnv`` for what it gives.

    control: names of people, groups or sides that are controlled, default: the first person.
    actions: discrete (move, pace, use) or continuous.
    step: time between two actions [s]. max_seconds: worlds are cut off then (truncated), default: the scenario's limit.
    rewards: end → {person, group or side: reward}, in the place of 1 and -1. slack: reward per second of slack.
    shaping: see ``rewards.SHAPING``. leave_at: person, group or side → place at which it is done. autoreset: when worlds that
    are done begin anew. output: kind of arrays. state: keep ``TensorEnv.state``. overrides: as ``--set``. threads: default
    one per core. The same seed gives the same worlds whatever ``num_envs`` and ``threads`` are, in the first episode.
    """
    loaded = scenario if isinstance(scenario, LoadedScenario) else load_scenario(scenario, overrides=list(overrides))
    return TensorEnv(
        loaded,
        control,
        num_envs=num_envs,
        actions=actions,
        step=step,
        max_seconds=max_seconds,
        rewards=rewards,
        slack=slack,
        shaping=shaping,
        leave_at=leave_at,
        autoreset=autoreset,
        output=output,
        state=state,
        seed=seed,
        device=device,
        threads=threads,
    )

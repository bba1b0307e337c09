"""One peer, one number of worlds, one process: how many steps of tag it makes in a second.

    python bench/peer_jobs.py PEER WORLDS SECONDS

Every job plays tag with three chasers, one prey and two obstacles, in episodes of 25 steps that begin anew, by actions drawn
beforehand, and has the observations and rewards of all four agents written at every step. It prints one line of JSON:
environment-steps, seconds, seconds until the first step was done (compilation), versions. Whoever is not installed says so.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from hardware import version_of

EPISODE = 25
AGENTS = 4
Steps = Callable[[], int]
"""Plays some steps of all worlds and returns how many environment-steps that were."""


def draw(worlds: int, steps: int = EPISODE) -> np.ndarray:
    """Actions, int32 [steps, worlds, agents]."""
    return np.random.default_rng(0).integers(0, 5, (steps, worlds, AGENTS)).astype(np.int32)


def rearguard_steps(worlds: int) -> Steps:
    """Our tag through its tensor interface."""
    from rearguard.env.classics import tag

    env, acts = tag(worlds), draw(worlds)
    env.reset(seed=0)

    def play() -> int:
        for k in range(EPISODE):
            env.step(acts[k])
        return EPISODE * worlds

    return play


def rearguard_rollout(worlds: int) -> Steps:
    """Our tag, 25 steps in one launch per core; actions are drawn in it."""
    from rearguard.env.classics import tag

    env = tag(worlds)
    env.reset(seed=0)
    out = env.rollout(EPISODE)

    def play() -> int:
        env.rollout(EPISODE, out=out)
        return EPISODE * worlds

    return play


def mpe2_steps(worlds: int) -> Steps:
    """MPE2 steps one world at a time."""
    from mpe2 import simple_tag_v3

    envs = [simple_tag_v3.parallel_env(max_cycles=EPISODE) for _ in range(worlds)]
    acts = draw(worlds).tolist()

    def play() -> int:
        for w, env in enumerate(envs):
            env.reset()
            names = env.possible_agents
            for k in range(EPISODE):
                env.step(dict(zip(names, acts[k][w], strict=True)))
        return EPISODE * worlds

    return play


def vmas_steps(worlds: int) -> Steps:
    """VMAS, batched in torch."""
    import torch
    import vmas

    torch.set_num_threads(cores())
    env = vmas.make_env(
        "simple_tag", num_envs=worlds, device="cpu", continuous_actions=False, seed=0,
        num_good_agents=1, num_adversaries=3, num_landmarks=2,
    )  # fmt: skip
    assert len(env.agents) == AGENTS
    acts = torch.from_numpy(draw(worlds).transpose(0, 2, 1).copy()).unsqueeze(-1).long()

    def play() -> int:
        env.reset()
        for k in range(EPISODE):
            env.step(list(acts[k]))
        return EPISODE * worlds

    return play


def _jaxmarl(worlds: int) -> tuple[Any, Any, Any, Any]:
    import jax
    from jaxmarl import make

    env = make("MPE_simple_tag_v3")
    keys = jax.random.split(jax.random.PRNGKey(0), worlds)
    _, state = jax.vmap(env.reset)(keys)
    acts = jax.numpy.asarray(draw(worlds))
    return env, keys, state, [{name: row[:, i] for i, name in enumerate(env.agents)} for row in acts]


def jaxmarl_steps(worlds: int) -> Steps:
    """JaxMARL, a compiled step at a time; worlds whose time is over begin anew inside it."""
    import jax

    env, keys, state, acts = _jaxmarl(worlds)
    step = jax.jit(jax.vmap(env.step))
    kept = {"state": state}

    def play() -> int:
        told: Any = None
        for act in acts:
            told, kept["state"], *_ = step(keys, kept["state"], act)
        jax.block_until_ready(told)
        return EPISODE * worlds

    return play


def jaxmarl_rollout(worlds: int) -> Steps:
    """JaxMARL, 25 steps in one compiled scan that returns every observation and reward; actions are drawn in it."""
    import jax

    env, _, state, _ = _jaxmarl(worlds)

    def one(carry: Any, _: Any) -> Any:
        state, key = carry
        key, mine, theirs = jax.random.split(key, 3)
        draws = jax.random.randint(theirs, (AGENTS, worlds), 0, 5)
        act = {name: draws[i] for i, name in enumerate(env.agents)}
        told, state, reward, *_ = jax.vmap(env.step)(jax.random.split(mine, worlds), state, act)
        return (state, key), (told, reward)

    roll = jax.jit(lambda carry: jax.lax.scan(one, carry, None, EPISODE))
    kept = {"carry": (state, jax.random.PRNGKey(1))}

    def play() -> int:
        kept["carry"], told = roll(kept["carry"])
        jax.block_until_ready(told)
        return EPISODE * worlds

    return play


def mesa_steps(worlds: int) -> Steps:
    """Tag as a model of Mesa: an object per agent, one world at a time."""
    from tag_in_mesa import TagModel

    acts = draw(worlds).tolist()

    def play() -> int:
        for w in range(worlds):
            model = TagModel(seed=w)
            for k in range(EPISODE):
                model.play(acts[k][w])
        return EPISODE * worlds

    return play


def numpy_steps(worlds: int) -> Steps:
    """Tag in plain NumPy, batched over worlds."""
    from tag_in_numpy import TagArrays

    acts = draw(worlds)

    def play() -> int:
        tag = TagArrays(worlds, np.random.default_rng(0))
        for k in range(EPISODE):
            tag.step(acts[k])
        return EPISODE * worlds

    return play


JOBS: dict[str, tuple[Callable[[int], Steps], tuple[str, ...]]] = {
    "rearguard": (rearguard_steps, ("rearguard", "warp-lang")),
    "rearguard, fused": (rearguard_rollout, ("rearguard", "warp-lang")),
    "mpe2": (mpe2_steps, ("mpe2", "numpy")),
    "VMAS": (vmas_steps, ("vmas", "torch")),
    "JaxMARL": (jaxmarl_steps, ("jaxmarl", "jax")),
    "JaxMARL, fused": (jaxmarl_rollout, ("jaxmarl", "jax")),
    "Mesa": (mesa_steps, ("mesa",)),
    "NumPy": (numpy_steps, ("numpy",)),
}
"""Name of a peer → its job, and the packages whose versions are told."""
SINGLE = ("mpe2", "Mesa")
"""Peers that step one world at a time on one core; more worlds change nothing about their rate."""


def cores() -> int:
    """Cores this process may use."""
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def measure(peer: str, worlds: int, seconds: float) -> dict[str, Any]:
    """Steps and seconds of a peer's job, or why there are none."""
    job, packages = JOBS[peer]
    started = time.perf_counter()
    try:
        play = job(worlds)
    except ImportError as error:
        return {"peer": peer, "missing": str(error)}
    play()
    first = time.perf_counter() - started
    steps, spent = 0, 0.0
    while spent < seconds:
        begun = time.perf_counter()
        steps += play()
        spent += time.perf_counter() - begun
    return {
        "peer": peer,
        "steps": steps,
        "seconds": spent,
        "first": first,
        "versions": {p: version_of(p) for p in packages},
    }


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))))

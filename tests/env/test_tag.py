"""Tag is MPE's simple_tag: both are stepped side by side. ``make parity`` plays the full 500 episodes."""

from __future__ import annotations

import os

import numpy as np
import pytest

from rearguard.env.classics import tag

EPISODES = int(os.environ.get("REARGUARD_TAG_EPISODES", "40"))
TOLERANCE = 1e-4
TEAMS = [(3, 1, 2), (2, 2, 1), (4, 3, 0)]


def bodies_of(peer):
    world = peer.unwrapped.world
    return (
        np.array([a.state.p_pos for a in world.agents]),
        np.array([a.state.p_vel for a in world.agents]),
        np.array([k.state.p_pos for k in world.landmarks]).reshape(-1, 2),
    )


def put(env, row, peer):
    """Bring a world to where the peer's is."""
    position, velocity, obstacle = bodies_of(peer)
    env._state.position.numpy()[row] = position
    env._state.velocity.numpy()[row] = velocity
    env._state.obstacle.numpy()[row] = obstacle


@pytest.mark.parametrize(
    ("team", "episodes"), [(TEAMS[0], EPISODES), (TEAMS[1], EPISODES // 8), (TEAMS[2], EPISODES // 8)]
)
@pytest.mark.parametrize("actions", ["discrete", "continuous"])
def test_every_step_is_that_of_mpe2(team, episodes, actions):
    simple_tag = pytest.importorskip("mpe2.simple_tag_v3")
    chasers, prey, obstacles = team
    settings = {"num_good": prey, "num_adversaries": chasers, "num_obstacles": obstacles, "max_cycles": 25}
    peer = simple_tag.parallel_env(continuous_actions=actions == "continuous", **settings)
    env = tag(
        episodes,
        num_adversaries=chasers,
        num_good=prey,
        num_obstacles=obstacles,
        max_steps=25,
        actions=actions,
        autoreset=False,
        threads=1,
    )
    env.reset(seed=0)
    rng = np.random.default_rng(1)
    acts = rng.integers(0, 5, (episodes, 25, chasers + prey))
    if actions == "continuous":
        acts = rng.random((episodes, 25, chasers + prey, 5)).astype(np.float32)
    told = np.zeros((episodes, 25, chasers + prey, env.features))
    rewards = np.zeros((episodes, 25, chasers + prey))
    start, states = [], []
    for e in range(episodes):
        peer.reset(seed=e)
        put(env, e, peer)
        start.append(bodies_of(peer))
        for k in range(25):
            views, reward, _, over, _ = peer.step({name: acts[e, k, i] for i, name in enumerate(env.agents)})
            for i, name in enumerate(env.agents):
                told[e, k, i, : len(views[name])] = views[name]
                rewards[e, k, i] = reward[name]
            states.append(bodies_of(peer))
        assert all(over.values())
    touched = 0
    for k in range(25):
        observation, reward, _, truncated, _ = env.step(acts[:, k])
        assert np.abs(observation - told[:, k]).max() < TOLERANCE, f"step {k}"
        touch = np.abs(rewards[:, k]).max(axis=1) >= 10.0
        touched += int(touch.sum())
        assert np.abs(reward - rewards[:, k]).max() < TOLERANCE, f"step {k}"
        for e in range(episodes):  # the next step starts where the peer stands, so that errors are those of one step
            position, velocity, _ = states[25 * e + k]
            env._state.position.numpy()[e], env._state.velocity.numpy()[e] = position, velocity
    assert truncated.all()
    if episodes >= 40:
        assert touched > 0, "no contact has been seen"


def test_whole_episodes_drift_no_further_than_float32_does():
    """Without being set right after every step, an episode without a hard contact stays within the same tolerance."""
    simple_tag = pytest.importorskip("mpe2.simple_tag_v3")
    peer = simple_tag.parallel_env(max_cycles=25)
    env = tag(20, autoreset=False, threads=1)
    env.reset(seed=0)
    rng = np.random.default_rng(2)
    acts = rng.integers(0, 5, (20, 25, 4))
    ends = []
    for e in range(20):
        peer.reset(seed=100 + e)
        put(env, e, peer)
        for k in range(25):
            peer.step({name: acts[e, k, i] for i, name in enumerate(env.agents)})
        ends.append(bodies_of(peer)[0])
    for k in range(25):
        env.step(acts[:, k])
    off = np.abs(env._state.position.numpy() - np.array(ends)).max(axis=(1, 2))
    assert (off < TOLERANCE).mean() >= 0.9


def test_batches_and_slices_change_no_bit_and_seeds_do():
    acts = np.random.default_rng(0).integers(0, 5, (60, 300, 4))
    runs = []
    for worlds, threads, seed in ((300, 1, 3), (300, 2, 3), (200, 1, 3), (300, 1, 4)):
        env = tag(worlds, threads=threads)
        observation, _ = env.reset(seed=seed)
        kept = [observation[:200].copy()]
        for k in range(60):
            observation, *_ = env.step(acts[k, :worlds])
            kept.append(observation[:200].copy())
        runs.append(np.array(kept))
    assert np.array_equal(runs[0], runs[1]) and np.array_equal(runs[0], runs[2])
    assert not np.array_equal(runs[0], runs[3])


def test_a_rollout_is_the_same_as_its_steps():
    stepped, rolled = tag(50, threads=1), tag(50, threads=1)
    stepped.reset(seed=7)
    rolled.reset(seed=7)
    out = rolled.rollout(60)
    assert set(np.unique(out["action"])) == set(range(5))
    again = tag(50, threads=1)
    again.reset(seed=7)
    assert np.array_equal(again.rollout(60, actions=out["action"].copy())["observation"], out["observation"])
    for k in range(60):
        observation, reward, _, truncated, info = stepped.step(out["action"][k])
        last = info["final_observation"] if truncated.all() else observation
        assert np.array_equal(last, out["observation"][k])
        assert np.array_equal(reward, out["reward"][k])


def test_episodes_end_together_and_begin_anew():
    env = tag(4, max_steps=5)
    first, _ = env.reset(seed=1)
    first = first.copy()
    for k in range(1, 11):
        observation, _, terminated, truncated, info = env.step(np.zeros((4, 4), int))
        assert not terminated.any()
        assert truncated.all() == (k % 5 == 0)
        if truncated.all():
            assert (observation[..., :2] == 0.0).all(), "everybody is at rest in a new episode"
            assert not np.array_equal(observation, info["final_observation"])
    again, _ = env.reset(seed=1)
    assert np.array_equal(again, first)

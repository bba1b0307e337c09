"""Gymnasium and PettingZoo: their own tests, and what they leave untested."""

from __future__ import annotations

import subprocess
import sys
import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode
from pettingzoo.test import api_test, parallel_api_test, parallel_seed_test, seed_test
from pettingzoo.utils import parallel_to_aec

from rearguard.engine.world import Mode
from rearguard.env import parallel_env, register_envs, single_env, vector_env
from rearguard.env.rewards import EnvError

TEAM = ["anna", "ben"]


@pytest.fixture(autouse=True)
def _warnings_are_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", message="Action space for each agent probably should be")
        warnings.filterwarnings("ignore", message="We recommend agents to be named")
        yield


@pytest.mark.parametrize("actions", ["discrete", "continuous"])
def test_pettingzoo_tests_pass(actions):
    parallel_api_test(parallel_env("alley", control=TEAM, actions=actions), num_cycles=150)
    api_test(parallel_to_aec(parallel_env("alley", control=TEAM, actions=actions)), num_cycles=60)


def test_pettingzoo_seed_tests_pass():
    parallel_seed_test(lambda: parallel_env("alley", control=TEAM), num_cycles=40)
    seed_test(lambda: parallel_to_aec(parallel_env("alley", control=TEAM)), num_cycles=20)


def test_agents_may_leave_before_the_others():
    env = parallel_env("alley", control=TEAM, leave_at={"ben": "door"}, actions="discrete")
    env.reset(seed=1)
    assert env.agents == TEAM
    for _ in range(40):
        observation, reward, terminated, truncated, info = env.step(
            {agent: np.array([9 if agent == "ben" else 0, 3, 0]) for agent in env.agents}
        )
        assert set(observation) == set(reward) == set(terminated) == set(truncated) == set(info)
        if terminated.get("ben"):
            break
    assert env.agents == ["anna"] and not terminated["anna"]
    observation, *_ = env.step({"anna": np.array([0, 0, 0])})
    assert set(observation) == {"anna"}


def test_one_who_is_out_leaves_and_the_others_play_on():
    env = parallel_env("alley", control=TEAM)
    env.reset(seed=1)
    env.step({})
    env.batch._world.motion.mode.numpy()[0, env.batch.people[0]] = int(Mode.out)
    observation, reward, terminated, truncated, _ = env.step({})
    assert terminated == {"anna": True, "ben": False} and not any(truncated.values())
    assert set(observation) == set(reward) == set(TEAM), "who leaves is told of its last step"
    assert env.agents == ["ben"]
    observation, *_ = env.step({"anna": [0, 0, 0], "ben": [1, 3, 0]})
    assert set(observation) == {"ben"}


def test_the_state_is_of_the_state_space():
    env = parallel_env("alley", control=TEAM)
    env.reset(seed=3)
    assert env.state() in env.state_space


@pytest.mark.parametrize("actions", ["discrete", "continuous"])
def test_gymnasium_check_passes(actions):
    register_envs()
    made = gymnasium.make("rearguard/alley-v0", control="anna", actions=actions, render_mode="rgb_array")
    check_env(made.unwrapped)


def test_an_id_with_the_name_of_the_module_needs_nothing_else():
    """In a fresh process, as a program that takes nothing but an id does it."""
    code = (
        "import gymnasium; print(gymnasium.make('rearguard.env.register:rearguard/alley-v0').unwrapped.batch.learners)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "['anna']"


def test_ids_are_registered():
    register_envs()
    one = gymnasium.make("rearguard/alley-v0", control="ben")
    assert one.unwrapped.batch.learners == ["ben"]
    many = gymnasium.make_vec("rearguard/alley-v0", num_envs=3, vectorization_mode="vector_entry_point")
    observation, _ = many.reset(seed=1)
    assert observation.shape == (3, *one.observation_space.shape)
    assert {"rearguard/alley-v0", "rearguard/east-gate-v0", "rearguard/dog-team-v0"} <= set(gymnasium.registry)


@pytest.mark.parametrize("mode", list(AutoresetMode))
def test_vector_worlds_are_the_worlds_of_single_environments(mode):
    """Row r of a batch is world r, in every autoreset mode, and so is the r-th episode of a single environment."""
    worlds = 3
    many = vector_env("alley", control="anna", num_envs=worlds, autoreset_mode=mode, threads=1)
    told, _ = many.reset(seed=4)
    assert told in many.observation_space
    single = single_env("alley", control="anna")
    run = np.tile(np.array([9, 3, 0]), (worlds, 1))
    rows, ended = [[told[r].copy()] for r in range(worlds)], [None] * worlds
    for _ in range(130):
        told, reward, terminated, truncated, info = many.step(run)
        for r in range(worlds):
            if ended[r] is None:
                over = bool(terminated[r] or truncated[r])
                last = info["final_obs"][r] if over and mode is AutoresetMode.SAME_STEP else told[r]
                rows[r].append(last.copy())
                ended[r] = float(reward[r]) if over else None
        if mode is AutoresetMode.DISABLED and (terminated | truncated).any():
            many.reset(options={"reset_mask": terminated | truncated})
    assert all(end is not None for end in ended)
    for r in range(worlds):
        observation, info = single.reset(seed=4) if r == 0 else single.reset()
        assert info["world"] == r
        mine, over = [observation], False
        while not over:
            observation, reward, terminated, truncated, _ = single.step(run[r])
            mine.append(observation)
            over = terminated or truncated
        assert np.array_equal(np.array(mine), np.array(rows[r])) and reward == ended[r]


def test_masks_are_what_spaces_sample_by():
    env = single_env("alley", control="anna")
    _, info = env.reset(seed=1)
    env.action_space.seed(1)
    for _ in range(50):
        action = env.action_space.sample(mask=info["action_mask"])
        assert all(mask[a] for mask, a in zip(info["action_mask"], action, strict=True))
        *_, terminated, truncated, info = env.step(action)
        if terminated or truncated:
            break


def test_a_picture_shows_who_is_where():
    env = single_env("alley", control="anna", render_mode="rgb_array")
    env.reset(seed=1)
    before = env.render()
    assert before.dtype == np.uint8 and before.shape == (64, 800, 3)
    for _ in range(4):
        env.step(np.array([1, 3, 0]))
    after = env.render()
    x, y = env.batch._world.motion.position.numpy()[0, 0] * 8.0
    assert tuple(after[int(y), int(x)]) == (31, 111, 178)
    assert (before != after).any()
    with pytest.raises(EnvError, match="rgb_array"):
        single_env("alley", control="anna", render_mode="human")


def test_one_learner_is_asked_for_where_there_can_be_but_one():
    with pytest.raises(EnvError, match="parallel_env"):
        vector_env("alley", control="friends")


def test_one_who_has_left_a_vector_world_ends_its_episode_there():
    many = vector_env(
        "alley", control="ben", num_envs=4, leave_at={"ben": "door"}, autoreset_mode=AutoresetMode.SAME_STEP
    )
    many.reset(seed=1)
    for _ in range(60):
        *_, terminated, truncated, info = many.step(np.tile([9, 3, 0], (4, 1)))
        if terminated.any():
            break
    assert terminated.any() and not truncated.any()
    assert (info["final_info"]["outcome"][terminated] == -1).all(), "its world was still open"
    assert np.array_equal(info["world"] >= 4, terminated) and np.array_equal(info["_final_obs"], terminated)
    assert all((final is not None) == over for final, over in zip(info["final_obs"], terminated, strict=True))


def parallel(**settings):
    return parallel_env("alley", control=TEAM, **settings)


@pytest.mark.parametrize(
    ("actions", "says"),
    [
        ({"anna": [0, 0, 0], "bob": [0, 0, 0]}, "no agent is called 'bob'; there are anna, ben"),
        ({"anna": [0, 0]}, r"the action of anna has the shape \(2,\); \(3,\) is needed"),
        ({"anna": [0.5, 0, 0]}, "whole numbers are needed: move, pace, use"),
        ({"ben": [99, 0, 0]}, r"the action of ben is \[99, 0, 0\]; move, pace and use are from 0 to \[11, 3, 6\]"),
    ],
)
def test_wrong_actions_are_answered_with_what_would_have_been_right(actions, says):
    env = parallel()
    env.reset(seed=1)
    with pytest.raises(EnvError, match=says):
        env.step(actions)


def test_nobody_acts_before_the_beginning_or_after_the_end():
    env = parallel(max_seconds=1.0)
    for ask in (lambda: env.step({}), env.state):
        with pytest.raises(EnvError, match="call reset"):
            ask()
    env.reset(seed=1)
    for _ in range(2):
        *_, truncated, _ = env.step({})
    assert all(truncated.values()) and env.agents == []
    with pytest.raises(EnvError, match="the episode is over"):
        env.step({"anna": [0, 0, 0]})
    single = single_env("alley", control="anna", max_seconds=0.5)
    single.reset(seed=1)
    assert single.step(np.zeros(3, int))[3]
    with pytest.raises(EnvError, match="the episode is over"):
        single.step(np.zeros(3, int))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"num_envs": 0}, "num_envs is 0; a whole number of 1 or more"),
        ({"step": 0.0}, "step is 0.0"),
        ({"max_seconds": -3}, "max_seconds is -3"),
        ({"autoreset_mode": "nextstep"}, "did you mean 'NextStep'"),
        ({"device": "gpu", "output": "warp"}, "device is 'gpu'"),
        ({"rewards": {"robbed": "much"}}, "no reward"),
    ],
)
def test_wrong_settings_are_answered_with_what_would_have_been_right(wrong, says):
    with pytest.raises(EnvError, match=says):
        vector_env("alley", control="anna", **wrong)


def test_vector_actions_and_masks_of_the_wrong_kind_are_refused():
    many = vector_env("alley", control="anna", num_envs=3)
    many.reset(seed=1)
    for actions, says in ((np.zeros((2, 3), int), r"\(3, 3\) is needed"), (np.zeros((3, 3)), "int32 is needed")):
        with pytest.raises(EnvError, match=says):
            many.step(actions)
    with pytest.raises(EnvError, match="one bool per world"):
        many.reset(options={"reset_mask": [0, 2]})

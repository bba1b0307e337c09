"""The batch of worlds that learners step: control, knowledge, rewards, episodes."""

from __future__ import annotations

import numpy as np
import pytest

from rearguard.engine import prepare
from rearguard.env import tensor_env
from rearguard.env.rewards import EnvError
from rearguard.env.tensor import with_control
from rearguard.scenario.compile import compile_scenario
from rearguard.scenario.load import load_scenario

EAST, WEST, CARRY, HOLD, SPRINT = 1, 5, 9, 10, 3


def acts(env, move, use=0):
    a = np.zeros((env.num_envs, len(env.learners), 3), np.int32)
    a[..., 0], a[..., 1], a[..., 2] = move, SPRINT, use
    return a


def feature(env, observation, name, learner=0):
    return observation[:, learner, env.layout.observation_names(env.people[learner]).index(name)]


def random_acts(env, rng):
    return np.stack([rng.integers(0, n, (env.num_envs, len(env.learners))) for n in env.layout.choices], -1)


def test_a_kernel_that_could_obey_plays_the_same_worlds():
    compiled = compile_scenario(load_scenario("alley"))
    plain, able = prepare(compiled), prepare(with_control(compiled))
    a, b = plain.play(3, np.arange(30)), able.play(3, np.arange(30))
    assert a.events.tobytes() == b.events.tobytes()
    assert all(np.array_equal(a.outcomes[name], b.outcomes[name], equal_nan=True) for name in a.outcomes)


def test_who_is_told_to_run_east_runs_east_and_stops_when_told():
    env = tensor_env("alley", control="anna", num_envs=3, state=True)
    env.reset(seed=1)
    x = env.layout.state_names().index("anna_x")
    before = env.state()[:, x].copy()
    for _ in range(4):
        observation, *_ = env.step(acts(env, EAST))
    gone = (env.state()[:, x] - before) * env.compiled.map.width
    assert (gone > 4.0).all() and (gone < 2.0 * 7.0).all()
    assert (feature(env, observation, "vx") > 0.2).all()
    for _ in range(6):
        observation, *_ = env.step(acts(env, 0))
    assert (np.abs(feature(env, observation, "vx")) < 0.01).all()


def test_walls_hold_and_the_ways_say_so():
    env = tensor_env("alley", control="anna", num_envs=2)
    env.reset(seed=1)
    for _ in range(30):
        observation, *_ = env.step(acts(env, 7))
    north = feature(env, observation, "y") * env.compiled.map.height
    assert (north >= 1.0).all() and (north < 1.2).all()
    assert (feature(env, observation, "way_north") == 0.0).all()


def test_what_is_not_perceived_is_not_observed():
    env = tensor_env("alley", control="anna", num_envs=2, state=True)
    env.reset(seed=1)
    for _ in range(6):
        observation, *_ = env.step(acts(env, EAST))
    told, truth = observation.copy(), env.state().copy()
    people = env.compiled.names.people
    thug = people.index("thug_1")
    assert (feature(env, observation, "thug_1_known") == 0.0).all()
    env._world.motion.position.numpy()[:, thug] += 3.0
    env._world.strength.reserve.numpy()[:, people.index("ben")] *= 0.5
    env._launch("after_step")
    assert np.array_equal(env._report.observation.numpy(), told)
    assert not np.array_equal(env.state(), truth)


def test_an_order_of_the_doctrine_can_be_taken_up():
    env = tensor_env("alley", control="anna", num_envs=4)
    env.reset(seed=1)
    for _ in range(2):
        observation, *_ = env.step(acts(env, HOLD))
    assert (feature(env, observation, "carrying") == 0.0).all()
    order = env.compiled.arrays["doctrine"]["order"]
    assert (order[env._world.mind.option.numpy()[:, env.people[0]]] == 7).all()


def test_only_what_the_mask_allows_is_begun():
    env = tensor_env("alley", control="anna", num_envs=64)
    _, info = env.reset(seed=1)
    uses = slice(int(env.layout.choices[:2].sum()), None)
    assert (info["action_mask"][:, 0, uses][:, 1:] == 0).all(), "nobody to shove at the start"
    person, begun, refused = env.people[0], 0, 0
    for _ in range(60):
        allowed = info["action_mask"][:, 0, uses].copy()
        phase = env._world.act.phase.numpy()[:, person].copy()
        use = np.where(allowed[:, 1:].any(1), 1 + allowed[:, 1:].argmax(1), 4)
        before = env._world.act.uses.numpy()[:, person].sum(1).copy()
        *_, info = env.step(acts(env, HOLD, use[:, None]))
        begins = (env._world.act.uses.numpy()[:, person].sum(1) > before) | (
            (phase == 0) & (env._world.act.phase.numpy()[:, person] > 0)
        )
        begun += int((begins & allowed[:, 1:].any(1)).sum())
        refused += int((~allowed[:, 1:].any(1)).sum())
    assert begun > 50 and refused > 1000


def test_slices_and_batches_change_no_bit():
    runs = []
    for threads, worlds in ((1, 40), (2, 40), (1, 64)):
        env = tensor_env("alley", control=["anna", "ben"], num_envs=worlds, threads=threads)
        env.reset(seed=5)
        rng = np.random.default_rng(0)
        kept = []
        for _ in range(60):
            a = rng.integers(0, 100, (64, 2, 3))[:worlds] % env.layout.choices
            observation, reward, *_ = env.step(a)
            kept.append((observation[:40].copy(), reward[:40].copy()))
        runs.append(kept)
    assert all(
        np.array_equal(x, y)
        for k in (1,)
        for a, b in zip(runs[0], runs[k], strict=True)
        for x, y in zip(a, b, strict=True)
    )
    first = 30  # no episode is over by then, so the worlds are those of the larger batch
    assert all(
        np.array_equal(x, y)
        for a, b in zip(runs[0][:first], runs[2][:first], strict=True)
        for x, y in zip(a, b, strict=True)
    )


def test_the_reward_is_that_of_the_end_and_falls_once():
    env = tensor_env("alley", control=["anna", "thugs"], num_envs=32, autoreset="disabled")
    env.reset(seed=1)
    total = np.zeros((32, 4))
    for _ in range(245):
        _, reward, terminated, truncated, info = env.step(acts(env, CARRY))
        total += reward
        if info["done"].all():
            break
    assert info["done"].all() and (terminated | truncated).all()
    robbed = info["outcome"] == env.compiled.names.outcomes.index("robbed")
    away = (info["outcome"] >= 0) & ~robbed
    assert np.array_equal(total[:, 0], np.where(robbed, -1.0, np.where(away, 1.0, 0.0)))
    assert np.array_equal(total[:, 1], -total[:, 0])


def test_rewards_and_shaping_can_be_said():
    env = tensor_env(
        "alley",
        control="thugs",
        num_envs=8,
        rewards={"robbed": {"thugs": 5.0, "thug_2": 7.0}},
        shaping={"closing": {"thugs": 1.0}, "second": -0.1},
        autoreset="disabled",
    )
    env.reset(seed=1)
    start = env._report.gap.numpy().copy()
    total, seconds = np.zeros((8, 3)), 0.0
    for _ in range(10):
        _, reward, *_ = env.step(acts(env, CARRY))
        total += reward
        seconds += 0.5
    assert np.allclose(total, start - env._report.gap.numpy() - 0.1 * seconds, atol=1e-4)
    assert env._task.worth.numpy()[0].tolist() == [5.0, 7.0, 5.0]
    for wrong in ({"rewards": {"robed": 1.0}}, {"shaping": {"close": 1.0}}, {"leave_at": {"anna": "bridge"}}):
        with pytest.raises(EnvError, match="did you mean|there"):
            tensor_env("alley", control="anna", **wrong)


@pytest.mark.parametrize("mode", ["next_step", "same_step", "disabled"])
def test_worlds_begin_anew_each_on_its_own(mode):
    env = tensor_env("alley", control="anna", num_envs=16, autoreset=mode, threads=1)
    env.reset(seed=1)
    over = np.zeros(16, bool)
    ends = 0
    for _ in range(150):
        world = env.worlds
        observation, reward, terminated, truncated, info = env.step(acts(env, CARRY))
        now = (terminated | truncated)[:, 0]
        if mode == "next_step":
            assert np.array_equal(info["world"] != world, over), "a world that was over begins anew in the next step"
            assert (reward[over] == 0.0).all() and not now[over].any()
            assert (feature(env, observation, "time")[over] < 0.01).all()
        elif mode == "same_step":
            assert np.array_equal(info["world"] != world, now)
            assert (feature(env, observation, "time")[now] < 0.01).all()
            if now.any():
                assert (feature(env, info["final_observation"], "time")[now] > 0.05).all()
                assert (np.abs(reward[now]) == 1.0).all()
        else:
            assert np.array_equal(info["world"], world)
            if now.any():
                env.reset(mask=now)
                assert not env._report.done.numpy().any()
                assert (env._world.account.tick.numpy()[now] == 1).all()
        ends += int(now.sum())
        over = now
    assert ends > 20


def test_a_renewed_world_is_that_of_its_number():
    env = tensor_env("alley", control="anna", num_envs=4)
    env.reset(seed=1)
    while env._episode.max() == 0:
        env.step(acts(env, WEST))
    row = int(env._episode.argmax())
    alone = env.program.begin(1, env.worlds[[row]], log=False)
    assert np.array_equal(alone.body.numpy()[0], env._world.body.numpy()[row])
    assert env._world.key.numpy()[row]["world"] == row + 4


def test_one_who_has_arrived_leaves_and_the_others_play_on():
    env = tensor_env("alley", control=["anna", "cleo"], num_envs=4, leave_at={"anna": "door"}, autoreset="disabled")
    env.reset(seed=1)
    left = np.zeros(4, bool)
    for _ in range(60):
        a = acts(env, CARRY)
        a[:, 1, 0] = 0
        _, reward, terminated, _, info = env.step(a)
        if info["done"].any():
            break
        fresh = terminated[:, 0] & ~left
        assert (info["present"][:, 0] == ~terminated[:, 0]).all()
        left |= fresh
        assert not terminated[:, 1].any()
    assert left.all()
    assert (env._world.control.commanded.numpy()[:, env.people[0]] == 0).all()


def test_arrays_are_views_of_the_same_memory():
    env = tensor_env("alley", control="anna", num_envs=4, output="warp")
    observation, _ = env.reset(seed=1)
    array = np.from_dlpack(observation)
    again, *_ = env.step(acts(env, EAST))
    assert again.ptr == observation.ptr == array.ctypes.data
    assert np.array_equal(array, again.numpy())


def test_torch_shares_the_memory():
    torch = pytest.importorskip("torch")
    env = tensor_env("alley", control="anna", num_envs=4, output="torch")
    observation, info = env.reset(seed=1)
    assert observation.data_ptr() == env._report.observation.ptr
    *_, terminated, _, info = env.step(torch.zeros((4, 1, 3), dtype=torch.int64))
    assert terminated.dtype == torch.bool and info["action_mask"].shape[-1] == int(env.layout.choices.sum())


def test_continuous_actions_run_and_shove():
    env = tensor_env("alley", control="anna", num_envs=8, actions="continuous")
    env.reset(seed=1)
    still = np.zeros((8, 1, 3), np.float32)
    observation, *_ = env.step(still)
    assert (np.abs(feature(env, observation, "vx")) < 1e-6).all()
    run = still.copy()
    run[..., 1] = -1.0
    observation, *_ = env.step(run)
    assert (feature(env, observation, "vy") < -0.1).all()
    used = 0
    run[..., 1], run[..., 2] = 0.0, 1.0
    for _ in range(60):
        env.step(run)
        used = max(used, int(env._world.act.uses.numpy()[:, env.people[0]].max()))
    assert used > 0


def test_wrong_requests_are_answered():
    with pytest.raises(EnvError, match="did you mean 'anna'"):
        tensor_env("alley", control="ana")
    env = tensor_env("alley", control="anna", num_envs=2)
    with pytest.raises(EnvError, match="reset"):
        env.step(np.zeros((2, 1, 3), np.int32))
    env.reset()
    with pytest.raises(EnvError, match="shape"):
        env.step(np.zeros((2, 3), np.int32))

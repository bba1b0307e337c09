"""SISL pursuit is PettingZoo's ``pursuit_v5``: both are stepped side by side. ``make parity`` plays more episodes."""

from __future__ import annotations

import os

import numpy as np
import pytest

from rearguard.env.classics import sisl_pursuit
from rearguard.env.rewards import EnvError

EPISODES = int(os.environ.get("REARGUARD_PURSUIT_EPISODES", "1"))
TOLERANCE = 1e-5
STAY = 4


class Recorded:
    """Moves evaders at random, as PettingZoo's own controller does, and writes down what it has done."""

    def __init__(self, seed):
        self.rng, self.acts = np.random.default_rng(seed), []

    def act(self, _):
        self.acts.append(int(self.rng.integers(5)))
        return self.acts[-1]


def peer_of(seed, settings):
    """PettingZoo's environment, begun, with evaders whose moves are recorded; and the evaders in their order."""
    pursuit = pytest.importorskip("pettingzoo.sisl.pursuit_v5")
    recorded = Recorded(seed)
    wander = {} if settings.get("freeze_evaders") else {"evader_controller": recorded}
    peer = pursuit.parallel_env(**settings, **wander)
    peer.reset(seed=seed)
    return peer, recorded, list(peer.unwrapped.env.evaders)


def put(env, peer):
    """Bring world 0 to where the peer's is."""
    inner = peer.unwrapped.env
    sides = [np.array([a.current_position() for a in side]) for side in (inner.pursuers, inner.evaders)]
    env._state.pursuer.numpy()[0], env._state.evader.numpy()[0] = sides
    cell = env.state()[0]
    cell[..., 1:] = 0.0
    for layer, places in zip((1, 2), sides, strict=True):
        np.add.at(cell[..., layer], (places[:, 1], places[:, 0]), 1.0)


SETTINGS = {
    "the defaults": {},
    "each for itself": {"shared_reward": False, "n_evaders": 10, "x_size": 9, "y_size": 12, "max_cycles": 200},
    "caught by numbers": {"surround": False, "shared_reward": False, "n_catch": 2, "max_cycles": 200},
    "crowded": {
        "x_size": 8, "y_size": 7, "n_pursuers": 9, "n_evaders": 3, "obs_range": 5, "shared_reward": False,
        "tag_reward": 0.25, "catch_reward": 3.0, "urgency_reward": -0.5,
    },
    "frozen": {
        "freeze_evaders": True, "n_pursuers": 20, "n_evaders": 8, "x_size": 14, "y_size": 12, "shared_reward": False,
        "max_cycles": 100,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", SETTINGS)
def test_every_step_is_that_of_pettingzoo(name):
    settings = SETTINGS[name]
    caught, ends = 0, set()
    for seed in range(EPISODES):
        peer, recorded, evaders = peer_of(seed, settings)
        env = sisl_pursuit(1, autoreset=False, **settings)
        env.reset(seed=seed)
        put(env, peer)
        rng = np.random.default_rng(seed)
        while peer.agents:
            acts = rng.integers(0, 5, len(env.agents))
            recorded.acts.clear()
            views, reward, over, cut, _ = peer.step(dict(zip(env.agents, acts, strict=True)))
            free = [any(e is left for left in peer.unwrapped.env.evaders) for e in evaders]
            flight = np.full((1, len(evaders)), STAY)
            flight[0, free] = recorded.acts or STAY
            told, earned, terminated, truncated, _ = env.step(acts[None], flight)
            assert np.array_equal(env._state.caught.numpy()[0] == 0, free)
            assert np.array_equal(told[0], [views[a] for a in env.agents])
            assert np.array_equal(env.state()[0], peer.state())
            assert np.abs(earned[0] - [reward[a] for a in env.agents]).max() < TOLERANCE
            assert terminated[0] == any(over.values()) and truncated[0] == any(cut.values())
        caught += free.count(False)
        ends.add("terminated" if terminated[0] else "truncated")
    assert caught > 0 or name == "the defaults", "nobody has been caught: a test of nothing"
    assert "terminated" in ends or name != "crowded"


def test_a_hand_made_catch_is_told_and_paid():
    """One evader between two pursuers in a corner: both help, the third does not; the mean is shared when asked."""
    for shared in (False, True):
        env = sisl_pursuit(2, n_pursuers=3, n_evaders=1, shared_reward=shared, autoreset=False)
        env.reset(seed=1)
        env.state()[..., 1:] = 0.0
        env._state.evader.numpy()[:] = [[0, 0]]
        env._state.pursuer.numpy()[:] = [[1, 0], [1, 1], [9, 0]]
        env.state()[:, 0, 0, 2] = 1.0
        for x, y in ((1, 0), (1, 1), (9, 0)):
            env.state()[:, y, x, 1] = 1.0
        acts = np.full((2, 3), STAY)
        acts[0, 1] = 0  # left, to (0, 1), in the first world only
        _, reward, terminated, truncated, _ = env.step(acts)
        paid = np.array([0.01 + 5.0, 0.01 * 2 / 3 + 5.0, 0.0]) - 0.1
        assert np.allclose(reward[0], paid.mean() if shared else paid)
        assert terminated.tolist() == [True, False] and not truncated.any()
        assert (env.state()[0, ..., 2] == 0.0).all() and env.state()[1, ..., 2].sum() == 1.0


def test_evaders_are_drawn_evenly_and_begin_apart():
    env = sisl_pursuit(400)
    env.reset(seed=2)
    for places in (env._state.pursuer.numpy(), env._state.evader.numpy()):
        apart = np.abs(places[:, :, None] - places[:, None]).sum(-1) + 9 * np.eye(places.shape[1], dtype=int)
        assert apart.min() >= 2, "nobody begins on or next to one of its kind"
        x, y = places[..., 0], places[..., 1]
        assert (env.state()[0, y, x, 0] == 0.0).all()
    evaders = env._state.evader.numpy()
    share = np.zeros((16, 16))
    np.add.at(share, (evaders[..., 1], evaders[..., 0]), 1 / 400)
    assert share[env.state()[0, ..., 0] == 0.0].min() > 0.05, "every open cell comes up"
    env.step(np.full((400, 8), STAY))
    drawn = np.bincount(env._state.flight.numpy().ravel(), minlength=5) / 12000
    assert np.abs(drawn - 0.2).max() < 3 * np.sqrt(0.16 / 12000)


def test_batches_and_slices_change_no_bit_and_seeds_do():
    acts = np.random.default_rng(0).integers(0, 5, (40, 200, 8))
    runs = []
    for worlds, threads, seed in ((200, 1, 3), (200, 2, 3), (130, 1, 3), (200, 1, 4)):
        env = sisl_pursuit(worlds, threads=threads, max_cycles=15)
        env.reset(seed=seed)
        runs.append(np.array([env.step(acts[k, :worlds])[0][:130] for k in range(40)]))
    assert np.array_equal(runs[0], runs[1]) and np.array_equal(runs[0], runs[2])
    assert not np.array_equal(runs[0], runs[3])


def test_a_rollout_is_the_same_as_its_steps():
    settings = {"x_size": 5, "y_size": 5, "n_pursuers": 9, "n_evaders": 2, "max_cycles": 30, "obs_range": 3}
    stepped, rolled = sisl_pursuit(40, **settings), sisl_pursuit(40, **settings)
    stepped.reset(seed=7)
    rolled.reset(seed=7)
    out = rolled.rollout(60)
    assert set(np.unique(out["action"])) == set(range(5)) and out["over"].any() and not out["over"].all()
    early = 0
    for k in range(60):
        observation, reward, terminated, truncated, info = stepped.step(out["action"][k])
        over = terminated | truncated
        assert np.array_equal(over, out["over"][k])
        last = np.where(over[:, None, None, None, None], info["final_observation"], observation)
        assert np.array_equal(last, out["observation"][k]) and np.array_equal(reward, out["reward"][k])
        early += int(terminated.sum())
    assert early > 0, "no world ended before its time"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"obs_range": 6}, "odd"),
        ({"num_envs": 0}, "num_envs is 0"),
        ({"n_evaders": 0}, "n_evaders is 0"),
        ({"x_size": 1}, "x_size is 1"),
    ],
)
def test_wrong_settings_are_refused(wrong, says):
    with pytest.raises(EnvError, match=says):
        sisl_pursuit(**{"num_envs": 1, **wrong})


def test_wrong_actions_are_refused():
    env = sisl_pursuit(2)
    env.reset(seed=0)
    with pytest.raises(EnvError, match=r"\(8,\).*\(2, 8\)"):
        env.step(np.zeros(8, int))
    with pytest.raises(EnvError, match="float64; int32 is needed"):
        env.step(np.zeros((2, 8)))
    with pytest.raises(EnvError, match="mask"):
        env.reset(mask=[0, 1])

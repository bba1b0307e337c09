"""Learned policies named in a scenario: played in the kernel as through an environment, and refused where they do not fit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rearguard.engine import prepare
from rearguard.engine.variant import Variant
from rearguard.env import tensor_env
from rearguard.env.tensor import with_control
from rearguard.scenario.compile import compile_scenario
from rearguard.scenario.errors import ScenarioError
from rearguard.scenario.load import load_scenario
from rearguard.study.parcel import pack, unpack

FILE = """extends: alley
name: learned
doctrines:
  learned: {like: thug, policy: thug.npz}
people:
  thug: {doctrine: learned}
"""
FEATURES, CHOICES, WIDTH = 171, (12, 4, 7), 16


def weights(seed=0, **other):
    rng = np.random.default_rng(seed)
    sizes = [(FEATURES, WIDTH), (WIDTH, WIDTH), (WIDTH, sum(CHOICES))]
    arrays = {
        f"weight_{k}": rng.normal(0, 1.2 / np.sqrt(a), (a, b)).astype(np.float32) for k, (a, b) in enumerate(sizes)
    }
    arrays |= {f"bias_{k}": rng.normal(0, 0.1, b).astype(np.float32) for k, (_, b) in enumerate(sizes)}
    return {**arrays, "choices": np.array(CHOICES), **other}


def write(folder: Path, arrays):
    np.savez(folder / "thug.npz", **arrays)
    (folder / "learned.yaml").write_text(FILE, encoding="utf-8")
    return folder / "learned.yaml"


def decide(arrays, observation, mask):
    """The same policy in NumPy."""
    x = observation
    for k in range(3):
        x = x @ arrays[f"weight_{k}"] + arrays[f"bias_{k}"]
        x = np.tanh(x) if k < 2 else x
    x = np.where(mask == 1, x, -np.inf)
    cuts = np.cumsum(CHOICES)[:-1]
    return np.stack([part.argmax(-1) for part in np.split(x, cuts, axis=-1)], -1)


def test_a_policy_plays_in_the_kernel_as_it_does_through_an_environment(tmp_path):
    arrays, worlds = weights(), 60
    loaded = load_scenario(write(tmp_path, arrays))
    inside = prepare(compile_scenario(loaded)).play(9, np.arange(worlds)).outcomes
    env = tensor_env("alley", control="thugs", num_envs=worlds, autoreset="disabled")
    observation, info = env.reset(seed=9)
    moves = set()
    while not info["done"].all():
        acts = decide(arrays, observation, info["action_mask"])
        moves |= set(np.unique(acts[..., 0]))
        observation, *_, info = env.step(acts)
    assert len(moves) > 3, "a policy that does one thing only shows nothing"
    assert np.array_equal(inside["outcome"], info["outcome"])
    assert np.array_equal(inside["ticks"], env._world.account.tick.numpy())
    plain = prepare(with_control(compile_scenario(load_scenario("alley")))).play(9, np.arange(worlds)).outcomes
    assert not np.array_equal(inside["ticks"], plain["ticks"])


def test_a_policy_is_part_of_what_a_scenario_is(tmp_path):
    first = load_scenario(write(tmp_path, weights())).digest
    assert load_scenario(tmp_path / "learned.yaml").digest == first
    assert load_scenario(write(tmp_path, weights(seed=1))).digest != first


def test_an_environment_may_take_over_from_a_policy(tmp_path):
    env = tensor_env(write(tmp_path, weights()), control="thug_1", num_envs=4, max_seconds=30.0, autoreset="disabled")
    env.reset(seed=1)
    people = env.compiled.names.people
    env.step(np.zeros((4, 1, 3), np.int32))
    commanded = env._world.control.commanded.numpy()
    assert (commanded[:, people.index("thug_1")] == 1).all()
    assert (commanded[:, people.index("thug_2")] == 2).all()
    assert (commanded[:, people.index("anna")] == 0).all()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"weight_0": np.zeros((FEATURES + 1, WIDTH), np.float32)}, "reads 172 numbers, an observation here has 171"),
        ({"weight_1": np.zeros((3, WIDTH), np.float32)}, "weight_1 and bias_1 do not fit"),
        ({"choices": np.array([12, 4, 6])}, "add up"),
        ({"choices": np.array([11, 5, 7])}, "chooses from 11 moves, 5 paces, 7 uses"),
        ({"bias_0": np.full(WIDTH, np.nan, np.float32)}, "not finite"),
        ({"step": 0.0}, "step"),
    ],
)
def test_a_policy_that_does_not_fit_is_refused(tmp_path, wrong, says):
    with pytest.raises(ScenarioError) as raised:
        load_scenario(write(tmp_path, weights(**wrong)))
    problem = raised.value.problems[0]
    assert problem.code == "RG032" and says in problem.message and problem.line == 4 and problem.found == "thug.npz"


def test_what_is_no_policy_is_refused(tmp_path):
    file = write(tmp_path, weights())
    (tmp_path / "thug.npz").write_bytes(b"nothing")
    with pytest.raises(ScenarioError, match="not a NumPy archive"):
        load_scenario(file)
    (tmp_path / "thug.npz").unlink()
    with pytest.raises(ScenarioError, match="cannot be read"):
        load_scenario(file)
    np.save(tmp_path / "thug.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    (tmp_path / "thug.npy").rename(tmp_path / "thug.npz")
    with pytest.raises(ScenarioError, match="RG032"):
        load_scenario(file)


def test_a_policy_obeys_what_is_barred(tmp_path):
    arrays = weights()
    arrays["bias_2"][9:12] = [50.0, 60.0, 50.0]  # run for the boat, whatever is seen,
    arrays["bias_2"][17:] = 50.0  # and grab whoever is in reach
    compiled = compile_scenario(load_scenario(write(tmp_path, arrays)))
    program = prepare(compiled)
    thugs = [i for i, name in enumerate(compiled.names.people) if name.startswith("thug")]
    grab = compiled.names.techniques.index("grab")
    barred = Variant(barred_uses=frozenset((i, grab) for i in thugs))
    kind = 4  # windup
    events = [program.play(3, np.arange(60), variants=[v]).events for v in (Variant(), barred)]
    used = [int(((e["kind"] == kind) & np.isin(e["actor"], thugs)).sum()) for e in events]
    assert used[0] > 0 and used[1] == 0


def test_a_policy_travels_with_its_scenario(tmp_path):
    arrays, worlds = weights(), np.arange(8)
    loaded = load_scenario(write(tmp_path, arrays))
    parcel = pack(loaded)
    other = pack(load_scenario(write(tmp_path, weights(seed=1))))
    (tmp_path / "thug.npz").unlink()
    assert parcel.digest != other.digest
    there = prepare(compile_scenario(unpack(parcel))).play(9, worlds).outcomes
    here = prepare(compile_scenario(loaded)).play(9, worlds).outcomes
    assert np.array_equal(there["ticks"], here["ticks"])


def test_a_policy_that_is_set_travels_too(tmp_path):
    write(tmp_path, weights())
    (tmp_path / "thug.npz").rename(tmp_path / "other.npz")
    loaded = load_scenario(tmp_path / "learned.yaml", overrides=["doctrines.learned.policy=other.npz"])
    assert unpack(pack(loaded)).policies["learned"].digest == loaded.policies["learned"].digest

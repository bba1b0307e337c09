"""The comparison with peers runs, leaves out who is missing, and its own versions of tag keep to the rules."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rearguard.env.classics import tag

BENCH = Path(__file__).parents[2] / "bench"


@pytest.mark.slow
def test_a_small_comparison_runs():
    done = subprocess.run(
        [
            sys.executable,
            str(BENCH / "peers.py"),
            *["--worlds", "4", "--cores", "1", "--seconds", "0.01", "--scenario", "alley"],
        ],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(BENCH.parent / "src"), "PATH": "/usr/bin:/bin", "HOME": str(Path.home())},
    )
    assert done.returncode == 0, done.stderr
    assert "rearguard, fused" in done.stdout and "NumPy" in done.stdout
    assert "faster" in done.stdout and "alley, 32 worlds" in done.stdout


def test_tag_in_plain_numpy_is_the_same_game(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCH))
    from tag_in_numpy import TagArrays

    env = tag(30, autoreset=False)
    env.reset(seed=1)
    peer = TagArrays(30, np.random.default_rng(0))
    peer.place[:, :4] = env._state.position.numpy()
    peer.place[:, 4:] = env._state.obstacle.numpy()
    acts = np.random.default_rng(1).integers(0, 5, (10, 30, 4))
    for k in range(10):
        observation, reward, *_ = env.step(acts[k])
        views, rewards = peer.step(acts[k])
        good = np.abs(views - observation).max(axis=(1, 2)) < 1e-3
        assert good.mean() > 0.9
        assert np.allclose(rewards[good], reward[good], atol=0.02)

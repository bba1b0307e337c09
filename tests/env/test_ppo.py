"""The example that learns runs to its end and writes what it says; needs torch and matplotlib."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "ppo.py"


@pytest.mark.parametrize(("game", "choices"), [("tag", [5]), ("alley", [12, 4, 7])])
def test_a_short_training_leaves_policy_curve_and_picture(game, choices, tmp_path):
    pytest.importorskip("torch")
    pytest.importorskip("matplotlib")
    command = [sys.executable, str(EXAMPLE), game, "--steps", "20000", "--evaluate", "30", "--out", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "learned" in done.stdout.splitlines()[-1] and "30 worlds" in done.stdout.splitlines()[-1]
    with np.load(tmp_path / f"{game}-0.npz") as policy:
        assert policy["choices"].tolist() == choices and policy["bias_2"].shape == (sum(choices),)
    with (tmp_path / f"{game}.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["steps"] == "0" and int(rows[-1]["steps"]) >= 20000
    assert all(float(row["score"]) >= 0.0 for row in (rows[0], rows[-1])), (
        "checked before the first and after the last step"
    )
    assert (tmp_path / f"{game}.png").read_bytes().startswith(b"\x89PNG")

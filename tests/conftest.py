"""What several folders of tests share: the small scenario, and the program run as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
Finished = subprocess.CompletedProcess[str]

# fresh processes play this tree from any folder, and nothing from outside switches colours or tracebacks on
_inherited = [str(Path(p).absolute()) for p in os.environ.get("PYTHONPATH", "").split(os.pathsep) if p]
os.environ["PYTHONPATH"] = os.pathsep.join([str(HERE.parent / "src"), *_inherited])
# compiling is what takes time here: one kernel for nearly all scenarios
os.environ["REARGUARD_FEW_KERNELS"] = "1"
for _name in ("FORCE_COLOR", "NO_COLOR", "REARGUARD_DEBUG", "COLUMNS", "CI"):
    os.environ.pop(_name, None)


@pytest.fixture(scope="session")
def small() -> Path:
    """Two runners, a blocker, a payload, a technique and noise."""
    return HERE / "data" / "small.yaml"


@pytest.fixture
def rearguard(tmp_path: Path) -> Callable[..., Finished]:
    """``rearguard ARGUMENTS`` in a process of its own, in an empty folder."""

    def call(*arguments: object) -> Finished:
        return subprocess.run(
            [sys.executable, "-m", "rearguard", *map(str, arguments)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    return call

"""What several folders of tests share: the small scenario, and the program run as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SMALL = Path(__file__).parent / "data" / "small.yaml"

Finished = subprocess.CompletedProcess[str]


def environment(**extra: str) -> dict[str, str]:
    """The environment of a fresh process: no leftovers that switch colours or tracebacks on."""
    kept = {k: v for k, v in os.environ.items() if k not in ("FORCE_COLOR", "NO_COLOR", "REARGUARD_DEBUG", "COLUMNS")}
    return {**kept, **extra}


def fresh_process(code: str, *arguments: str) -> str:
    """Standard output of Python code run in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, env=environment(), check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def small() -> Path:
    """Two runners, a blocker, a payload, a technique and noise."""
    return SMALL


@pytest.fixture
def rearguard(tmp_path: Path) -> Callable[..., Finished]:
    """``rearguard ARGUMENTS`` in a process of its own, in an empty folder."""

    def call(*arguments: str | Path, **extra: str) -> Finished:
        return subprocess.run(
            [sys.executable, "-m", "rearguard", *map(str, arguments)],
            cwd=tmp_path,
            env=environment(**extra),
            capture_output=True,
            text=True,
            check=False,
        )

    return call

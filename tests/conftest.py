"""What several folders of tests share: the small scenario, and the program run as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import warp as wp

HERE = Path(__file__).parent
Finished = subprocess.CompletedProcess[str]

# fresh processes play this tree from any folder, and nothing from outside switches colours or tracebacks on
_inherited = [str(Path(p).absolute()) for p in os.environ.get("PYTHONPATH", "").split(os.pathsep) if p]
os.environ["PYTHONPATH"] = os.pathsep.join([str(HERE.parent / "src"), *_inherited])
# compiling is what takes time here: one kernel for nearly all scenarios
os.environ["REARGUARD_FEW_KERNELS"] = "1"
for _name in ("FORCE_COLOR", "NO_COLOR", "REARGUARD_DEBUG", "COLUMNS", "CI"):
    os.environ.pop(_name, None)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One process at a time compiles what comes to lie in ``folder``; others wait, and find it there."""
    if os.name != "posix" or folder.exists():
        yield
        return
    import fcntl

    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(folder.name + ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _compile(module: Any, device: Any, output_dir: Any = None, *more: Any, **options: Any) -> bool:
    """Warp's own, but two workers never compile the same kernel at once."""
    if output_dir is None:
        return bool(_warp_compiles(module, device, output_dir, *more, **options))
    with alone(Path(output_dir)):
        return bool(_warp_compiles(module, device, output_dir, *more, **options))


_warp_compiles = wp.Module._compile
wp.Module._compile = _compile


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker begins with kernels that take long to compile, the other, half-way, with scenarios, which need none."""
    first = ("engine", "env")
    items.sort(key=lambda item: item.path.relative_to(HERE).parts[0] not in first)


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

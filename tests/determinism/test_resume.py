"""A run killed at any moment and resumed has the tables of one that was never interrupted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from rearguard.study.folder import TABLES
from rearguard.study.run import resume, run

WORLDS = 3000
RUN = """
import sys, rearguard
rearguard.run(sys.argv[1], worlds=int(sys.argv[2]), seed=5, out="out", slice_size=128, threads=2)
"""


@pytest.mark.skipif(os.name != "posix", reason="kills a process")
@pytest.mark.parametrize("finished", [1, 9])
def test_a_killed_run_goes_on_as_if_nothing_had_been(small: Path, tmp_path: Path, whole: Path, finished: int) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", RUN, str(small), str(WORLDS)],
        cwd=tmp_path,
    )
    parts = tmp_path / "out" / "parts"
    while child.poll() is None and len(list(parts.glob("outcomes-*.parquet"))) < finished:
        time.sleep(0.002)
    assert child.poll() is None, "the run was over before it could be killed"
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert not (tmp_path / "out" / "outcomes.parquet").exists()
    again = resume(tmp_path / "out")
    assert again.status == "complete"
    assert again.outcomes.num_rows == WORLDS
    for table in TABLES:
        ours, theirs = (pq.read_table(folder / f"{table}.parquet") for folder in (tmp_path / "out", whole))
        assert ours.equals(theirs), table


@pytest.fixture(scope="module")
def whole(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the run that nobody interrupts."""
    return run(small, worlds=WORLDS, seed=5, out=tmp_path_factory.mktemp("whole") / "out", slice_size=128).folder

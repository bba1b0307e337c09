"""One process at a time writes a run's folder, and a killed one keeps nobody out."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rearguard.study.folder import RunError
from rearguard.study.lock import locked
from rearguard.study.run import resume, run

Finished = subprocess.CompletedProcess[str]
HOLD = """
import sys
from pathlib import Path
from rearguard.study.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the folder ``out`` until its standard input is closed or it is killed."""
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "out")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    yield child
    child.kill()
    child.communicate()


def unfinished(small: Path, folder: Path) -> None:
    """A run of two slices of which one is still to be played."""
    run(small, worlds=8, seed=5, out=folder, slice_size=4)
    done = run(small, worlds=4, seed=5, out=folder.with_name("half"), slice_size=4)
    from rearguard.study.folder import TABLES, RunFolder

    whole = RunFolder.open(folder)
    whole.manifest["status"] = "interrupted"
    whole.manifest["done"] = [0]
    (folder / "parts").mkdir()
    for table in TABLES:
        (done.folder / f"{table}.parquet").rename(whole.part(table, 0))
    whole.save()


def test_the_folder_is_held_and_left_clean(tmp_path: Path) -> None:
    with locked(tmp_path / "a" / "b"):
        assert f"process {os.getpid()} on " in (tmp_path / "a" / "b" / "lock").read_text(encoding="utf-8")
        with pytest.raises(RunError, match=f"is being written by process {os.getpid()}"), locked(tmp_path / "a" / "b"):
            pass
    assert list((tmp_path / "a" / "b").iterdir()) == []
    with locked(tmp_path / "a" / "b"):
        pass


def test_a_folder_that_another_process_writes_is_refused(
    holder: subprocess.Popen[str], small: Path, tmp_path: Path, rearguard: Callable[..., Finished]
) -> None:
    with pytest.raises(RunError, match=f"is being written by process {holder.pid} on"):
        run(small, worlds=4, out=tmp_path / "out")
    holder.communicate("")
    assert holder.returncode == 0
    assert run(small, worlds=4, out=tmp_path / "out").status == "complete"


def test_two_who_resume_at_once_do_not_write_at_once(
    small: Path, tmp_path: Path, rearguard: Callable[..., Finished]
) -> None:
    unfinished(small, tmp_path / "out")
    with locked(tmp_path / "out"):
        done = rearguard("run", "--resume", "out")
        assert (done.returncode, done.stdout) == (2, "")
        assert f"out is being written by process {os.getpid()} on" in done.stderr
        assert "internal error" not in done.stderr
    assert resume(tmp_path / "out").status == "complete"
    assert not (tmp_path / "out" / "lock").exists()


def test_the_lock_of_a_killed_process_holds_nobody_up(
    holder: subprocess.Popen[str], small: Path, tmp_path: Path
) -> None:
    holder.kill()
    holder.wait()
    assert (tmp_path / "out" / "lock").exists()
    unfinished(small, tmp_path / "out")
    assert resume(tmp_path / "out").status == "complete"
    assert not (tmp_path / "out" / "lock").exists()


def test_a_folder_that_holds_no_run_is_left_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="holds no run"):
        resume(tmp_path / "nothing")
    assert list(tmp_path.iterdir()) == []


def test_runs_of_the_same_second_get_folders_of_their_own(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import UTC, datetime

    from rearguard.study import folder

    class Frozen(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return datetime(2026, 1, 1, tzinfo=UTC)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(folder, "datetime", Frozen)
    names = [folder.default_folder("lane", "abcdef").name for _ in range(3)]
    assert names == ["2026-01-01T000000-lane-abcd" + end for end in ("", "-2", "-3")]

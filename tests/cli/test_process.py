"""What only a process of its own shows: imports, streams, terminals and interrupts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

Finished = subprocess.CompletedProcess[str]
HEAVY = {"numpy", "warp", "pydantic", "pyarrow", "scipy", "duckdb", "ruamel", "rich", "pytiled_parser"}
MANY = 8_000

posix = pytest.mark.skipif(os.name != "posix", reason="signals and terminals of POSIX")


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["--version"]])
def test_what_answers_at_once_imports_nothing_heavy(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "rearguard", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    imported = {line.split("|")[-1].strip().split(".")[0] for line in done.stderr.splitlines()}
    assert "typer" in imported
    # Typer itself loads pydantic to read the options of a command
    assert imported & HEAVY <= ({"pydantic"} if "run" in arguments else set())


def test_json_on_stdout_is_not_mixed_with_messages(rearguard: Callable[..., Finished], small: Path) -> None:
    done = rearguard("run", small, "-n", "5", "--json", "--no-report")
    assert done.returncode == 0
    assert done.stdout.startswith("{\n") and done.stdout.endswith("}\n")
    assert "\x1b" not in done.stdout + done.stderr


def test_a_reader_that_leaves_early_gets_no_traceback(tmp_path: Path) -> None:
    script = f"'{sys.executable}' -m rearguard schema | head -n 1"
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout == "{\n"
    assert done.stderr == ""


@posix
@pytest.mark.parametrize(
    "arguments", [["--help"], ["schema"], ["run", "SMALL", "-n", "4", "-q", "--no-report"], ["validate", "SMALL"]]
)
def test_a_reader_that_has_left_ends_it_quietly_and_not_as_a_failed_check(
    small: Path, tmp_path: Path, arguments: list[str]
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    words = [str(small) if word == "SMALL" else word for word in arguments]
    done = subprocess.run(
        [sys.executable, "-m", "rearguard", *words],
        cwd=tmp_path,
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writer)
    assert done.returncode == 141
    assert done.stderr == ""


# ------------------------------------------------------------------------------------------------------------ terminal


def on_a_terminal(folder: Path, *arguments: str, **extra: str) -> str:
    """What the program writes when standard output and error are a terminal of 90 columns."""
    import fcntl
    import pty
    import struct
    import termios

    keeper, screen = pty.openpty()
    fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 90, 0, 0))
    child = subprocess.Popen(
        [sys.executable, "-m", "rearguard", *arguments],
        cwd=folder,
        env={**os.environ, "TERM": "xterm-256color", **extra},
        stdin=subprocess.DEVNULL,
        stdout=screen,
        stderr=screen,
    )
    os.close(screen)
    written = b""
    while True:
        try:
            piece = os.read(keeper, 65536)
        except OSError:  # Linux answers so once the other end is closed
            break
        if not piece:
            break
        written += piece
    os.close(keeper)
    assert child.wait() == 0
    return written.decode()


@posix
def test_a_terminal_shows_the_estimate_while_the_run_goes_on(small: Path, tmp_path: Path) -> None:
    text = on_a_terminal(tmp_path, "run", str(small), "-n", "4000", "--threads", "1", "--no-report")
    assert "of 4,000 worlds" in text
    assert "caught" in text.split("lane: 4,000 worlds")[0]
    assert " ± " in text
    assert "\x1b[1m" in text
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h") == 1, "the cursor comes back"


@posix
def test_no_color_and_dumb_terminals_are_respected(small: Path, tmp_path: Path) -> None:
    plain = on_a_terminal(tmp_path, "run", str(small), "-n", "500", "--no-report", NO_COLOR="1")
    assert "lane: 500 worlds" in plain
    assert "\x1b[3" not in plain and "\x1b[9" not in plain, "no colours"
    dumb = on_a_terminal(tmp_path, "run", str(small), "-n", "500", "--no-report", TERM="dumb")
    assert "lane: 500 worlds" in dumb
    assert "\x1b" not in dumb


# ---------------------------------------------------------------------------------------------------------- interrupts


@pytest.fixture
def long_run(small: Path, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A run that would go on for many seconds and has finished at least two slices."""
    child = subprocess.Popen(
        [sys.executable, "-m", "rearguard", "run", str(small), "-n", str(MANY), "--seed", "5", "--threads", "1"]
        + ["--out", "out"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    parts = tmp_path / "out" / "parts"
    while child.poll() is None and len(list(parts.glob("outcomes-*.parquet"))) < 2:
        time.sleep(0.005)
    assert child.poll() is None, "the run was over before it could be interrupted"
    yield child
    if child.poll() is None:
        child.kill()
    child.communicate()


def listen_to_ctrl_c() -> None:
    """In a new process: what a shell keeps from what it runs in the background is heard again."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def interrupted(child: subprocess.Popen[str]) -> tuple[str, str]:
    """What a program that waits in a read says to Ctrl-C; one that comes just before the read is only noticed with the next."""
    for _ in range(5):
        child.send_signal(signal.SIGINT)
        try:
            return child.communicate(timeout=15)
        except subprocess.TimeoutExpired:
            continue
    child.kill()
    raise AssertionError("Ctrl-C is not heard")


@posix
@pytest.mark.parametrize("arguments", [["run", "SMALL"], ["validate", "SMALL"], ["replay", "SMALL"]])
def test_ctrl_c_before_anything_is_played_says_so_in_a_line(small: Path, tmp_path: Path, arguments: list[str]) -> None:
    # a scenario that comes through a pipe nobody writes to keeps the program reading until it is interrupted
    os.mkfifo(tmp_path / "never.yaml")
    words = ["never.yaml" if word == "SMALL" else word for word in arguments]
    child = subprocess.Popen(
        [sys.executable, "-m", "rearguard", *words],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=listen_to_ctrl_c,
    )
    writer = os.open(tmp_path / "never.yaml", os.O_WRONLY)  # goes on once the program has opened the other end
    out, err = interrupted(child)
    os.close(writer)
    assert (child.returncode, out) == (130, "")
    assert err == "interrupted before anything was finished\n"


@posix
def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(
    long_run: subprocess.Popen[str], rearguard: Callable[..., Finished], tmp_path: Path
) -> None:
    long_run.send_signal(signal.SIGINT)
    out, err = long_run.communicate(timeout=60)
    assert long_run.returncode == 130
    assert "Traceback" not in err
    kept = pq.read_table(tmp_path / "out" / "outcomes.parquet")
    assert 512 <= kept.num_rows < MANY
    assert kept["world"].to_pylist() == list(range(kept.num_rows))
    assert f"lane: {kept.num_rows:,} worlds, seed 5, interrupted" in out
    assert f"interrupted after {kept.num_rows:,} worlds" in err
    assert "rearguard run --resume out" in err
    resumed = rearguard("run", "--resume", "out")
    assert resumed.returncode == 0
    whole = pq.read_table(tmp_path / "out" / "outcomes.parquet")
    assert whole["world"].to_pylist() == list(range(MANY))
    assert whole.slice(0, kept.num_rows).equals(kept)
    assert not (tmp_path / "out" / "parts").exists()


@posix
def test_a_second_ctrl_c_ends_it_and_still_says_how_to_go_on(long_run: subprocess.Popen[str], tmp_path: Path) -> None:
    for _ in range(200):
        long_run.send_signal(signal.SIGINT)
        if long_run.poll() is not None:
            break
        time.sleep(0.002)
    out, err = long_run.communicate(timeout=60)
    assert long_run.returncode in (130, -signal.SIGINT)
    assert len(list((tmp_path / "out" / "parts").glob("outcomes-*.parquet"))) >= 2
    if long_run.returncode == 130:
        assert "rearguard run --resume out" in err
        assert "Traceback" not in err

"""One process at a time writes a run's folder.

The lock is the operating system's, on a file in the folder that says who holds it. A process that is killed lets go of
it whatever happens, so that no lock is ever stale; the file that it leaves behind holds nobody up.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from rearguard.study.folder import RunError

NAME = "lock"
"""File of the lock within the folder."""
AT = 1024
"""Byte that is locked: beyond the text, which Windows would not let others read otherwise."""


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold ``folder``, which is made when it is missing. RunError when another process holds it or it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = _take(folder / NAME)
    except OSError as error:
        raise RunError(f"cannot write to {folder}: {error.strerror or error}") from error
    try:
        yield
    finally:
        # taken away while it is held: nobody can have locked this file in between
        with contextlib.suppress(OSError):
            (folder / NAME).unlink()
        file.close()
        with contextlib.suppress(OSError):
            if sys.platform == "win32":  # which does not take open files away
                (folder / NAME).unlink()


def _take(path: Path) -> BinaryIO:
    """The open file of the lock, held; its text says by whom."""
    while True:
        file = path.open("a+b")
        try:
            if not _try_lock(file):
                file.seek(0)
                holder = file.read(200).decode("utf-8", "replace").strip() or "another process"
                raise RunError(f"{path.parent} is being written by {holder}; wait until it is done, or stop it")
            if not _is_still(path, file):
                file.close()  # its holder has just finished and taken the file away
                continue
            file.truncate(0)
            file.write(f"process {os.getpid()} on {socket.gethostname()}\n".encode())
            file.flush()
        except BaseException:
            file.close()
            raise
        return file


def _is_still(path: Path, file: BinaryIO) -> bool:
    """True when ``file`` is the one that stands at ``path``."""
    with contextlib.suppress(OSError):
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    return False


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: BinaryIO) -> bool:
        """Lock a file for this process; False when another one has."""
        file.seek(AT)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: BinaryIO) -> bool:
        """Lock a file for this process; False when another one has."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

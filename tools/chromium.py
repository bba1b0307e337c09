"""A Chromium to drive: the system's, or the one that Playwright has fetched."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
]
MISSING = "there is no Chromium; on Debian: apt-get install chromium"


class NoChromium(Exception):  # noqa: N818 - it is no error of the program
    """No browser was found; the text says what to do."""


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser without a window. Raises NoChromium where there is none, or no Playwright to drive it."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise NoChromium("Playwright is not installed") from None
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
        system = next((found for name in NAMES if (found := shutil.which(name))), None)
        if system is None and not Path(own).exists():
            raise NoChromium(MISSING)
        browser = playwright.chromium.launch(executable_path=system or own, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()

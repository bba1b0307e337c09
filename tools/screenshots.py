"""Takes the pictures of the README and the docs from real pages.

    python tools/screenshots.py [--out docs/images]

Plays worlds of east-gate and alley, tunes alley, opens the pages in a headless Chromium, and keeps each picture as a PNG of few colours,
so that all of them together stay under a megabyte.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from chromium import NoChromium, chromium
from rearguard.study.run import run
from rearguard.study.tune import tune
from rearguard.tell.page import report
from rearguard.tell.watch import watch

ROOT = Path(__file__).resolve().parent.parent
COLOURS = 256


@dataclass(frozen=True)
class Shot:
    """A picture: of which page, in which state, how wide and high, with which keys pressed before."""

    name: str
    page: str
    state: str
    width: int = 1280
    height: int = 760
    keys: tuple[str, ...] = ()
    dark: bool = False


SHOTS = (
    Shot("replay", "east-gate", "t=30.0"),
    Shot("eyes", "east-gate", "t=44.0&pov=sasuke"),
    Shot("forest", "east-gate", "t=72.0", dark=True),
    Shot("strike", "east-gate", "t=15.4&follow=sasuke", 900, 560, ("+", "+")),
    Shot("phone", "east-gate", "t=170.0&pov=sylvie", 390, 760),
    Shot("beside", "alley", "t=16.5", 1280, 700, ("c",)),
    Shot("report", "east-gate", "tab=report", 1180, 1180),
    Shot("answer", "tune", "", 1180, 1000),
)


def take(browser: Any, shot: Shot, page: Path) -> bytes:
    """A picture as PNG."""
    context = browser.new_context(
        viewport={"width": shot.width, "height": shot.height},
        color_scheme="dark" if shot.dark else "light",
        reduced_motion="reduce",
        offline=True,
    )
    tab = context.new_page()
    tab.goto(f"{page.as_uri()}#{shot.state}")
    tab.wait_for_selector("html[data-ready]")
    for key in shot.keys:
        tab.keyboard.press(key)
    drawn = -1
    while drawn != (drawn := tab.evaluate("rearguard.frameTimes.length")):
        tab.wait_for_timeout(800)  # squares of the ground are painted one by one
    picture: bytes = tab.screenshot()
    context.close()
    return picture


def shrink(picture: bytes) -> bytes:
    """The same in few colours."""
    from PIL import Image

    image = Image.open(BytesIO(picture)).convert("RGB")
    out = BytesIO()
    image.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE).save(
        out, "PNG", optimize=True
    )
    return out.getvalue()


def main() -> None:
    """Play, open, take, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    parser.add_argument("--worlds", type=int, default=200)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        pages = {
            name: report(run(name, worlds=arguments.worlds, out=Path(folder) / name))[0]
            for name in ("east-gate", "alley")
        }
        found = tune("alley", ["share(robbed) in [0.45, 0.55]"])
        pages["tune"] = watch("alley", extra=[found], out=Path(folder) / "tune.html").path
        for shot in SHOTS:
            picture = shrink(take(browser, shot, pages[shot.page]))
            file = arguments.out / f"{shot.name}.png"
            file.write_bytes(picture)
            print(f"{file}  {len(picture) / 1000:.0f} kB")


if __name__ == "__main__":
    try:
        main()
    except NoChromium as error:
        sys.exit(f"no pictures were taken: {error}")

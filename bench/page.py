"""How soon a page opens, and how long its frames take.

    PYTHONPATH=tests:tools python bench/page.py [--frames 240]

A page of one made-up world with 100 people for 20 minutes and 20,000 events is scrubbed from end to end, in truth and through
one person's eyes. Two times per frame: what the script takes, which must stay under 16.7 ms for 60 frames a second, and the
time from frame to frame, which has in it what the browser takes to lay out and paint (here without a graphics card).
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from chromium import NoChromium, chromium
from hardware import describe
from pages import full_page
from rearguard.tell.page import write_page

SCRUB = """async ([from, to, frames]) => {
  rearguard.frameTimes.length = 0;
  const started = performance.now();
  for (let n = 0; n < frames; n++) {
    rearguard.seek(from + (to - from) * n / frames);
    await new Promise((done) => requestAnimationFrame(done));
  }
  return [(performance.now() - started) / frames, [...rearguard.frameTimes]];
}"""


def row(name: str, result: Any) -> str:
    """One line of the table."""
    wall, script = result
    ordered = sorted(script)
    late = ordered[int(0.95 * len(ordered))]
    return f"{name:<22} script {statistics.median(script):6.1f} ms, 95 %: {late:6.1f} ms; frame to frame {wall:6.1f} ms"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=240)
    frames = parser.parse_args().frames
    print(describe())
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        file = Path(folder) / "full.html"
        write_page(full_page(), file)
        print(f"page       {file.stat().st_size / 1e6:.1f} MB")
        tab = browser.new_page(viewport={"width": 1400, "height": 880})
        started = time.perf_counter()
        tab.goto(file.as_uri())
        tab.wait_for_selector("html[data-ready]")
        print(f"opens in   {time.perf_counter() - started:.2f} s")
        print(row("scrubbed, truth", tab.evaluate(SCRUB, [0, 1200, frames])))
        tab.keyboard.press("5")
        tab.evaluate(SCRUB, [0, 10, 5])
        print(row("scrubbed, one person", tab.evaluate(SCRUB, [0, 1200, frames])))


if __name__ == "__main__":
    try:
        main()
    except NoChromium as error:
        sys.exit(str(error))

"""The small scenario with a choice and factors, for tests of sweeps and of comparing; it shares the small one's kernel."""

from __future__ import annotations

from pathlib import Path

STAND = "stand: {options: [{order: hold, to: c, pace: hard}, "
CHOSEN = """\
stand:
    options:
      - {order: hold, to: c, pace: hard, when: [{input: chosen, choice: who_stays}]}
      - {order: flee, to: g, weight: 0.5}
      - """
TAIL = """\
choices:
  who_stays: {side: home, of: [nobody, blocker], default: blocker}
factors:
  force: {path: techniques.shove.impulse, range: [100 N s, 300 N s]}
  clock: {path: payloads.chest.stages.0.lasts, range: [15 s, 25 s]}
"""


def write_lane(folder: Path, small: Path) -> Path:
    """Write the scenario into a folder."""
    text = small.read_text(encoding="utf-8")
    assert STAND in text
    text = text.replace(STAND, CHOSEN)
    text = text.replace(
        "{use: shove, when: [{input: distance, low: 5, high: 3}]}]}",
        "{use: shove, when: [{input: distance, low: 5, high: 3}]}",
    )
    file = folder / "lane.yaml"
    file.write_text(text + TAIL, encoding="utf-8")
    return file

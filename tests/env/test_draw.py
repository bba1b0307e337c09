"""Pictures of a world are drawn in the colours of the report."""

from __future__ import annotations

import re
from pathlib import Path

from rearguard.env.draw import GROUNDS

PALETTE = Path(__file__).parents[2] / "viewer" / "src" / "map" / "palette.ts"


def test_grounds_have_the_colours_of_the_report_by_day():
    text = PALETTE.read_text(encoding="utf-8")
    day = text[text.index("const DAY") : text.index("const NIGHT")]
    found = re.findall(r"(\w+): \[(\d+), (\d+), (\d+)\]", day)
    assert {name: tuple(map(int, colour)) for name, *colour in found} == GROUNDS

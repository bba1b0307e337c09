"""The code on the page about learners runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from rearguard.engine.observe import Other, Own, Skill

PAGE = (Path(__file__).parents[2] / "docs" / "env.md").read_text(encoding="utf-8")


def test_every_example_runs_in_order():
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    scope: dict[str, Any] = {}
    for block in blocks:
        exec(block, scope)
    assert len(blocks) == 5
    assert scope["picture"].dtype == np.uint8
    assert scope["played"]["observation"].shape == (25, 1024, 4, 16)


def test_the_table_counts_right():
    for name, members in (("oneself", Own), ("each technique", Skill), ("each other person or payload", Other)):
        assert f"| {name} | {len(members)} |" in PAGE

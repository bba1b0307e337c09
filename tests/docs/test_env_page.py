"""The code on the page about learners runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from rearguard.engine.observe import Other, Own, Skill

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "env.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_example_runs_in_order():
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    scope: dict[str, Any] = {}
    for block in blocks:
        exec(block, scope)
    assert len(blocks) == 6
    assert scope["picture"].dtype == np.uint8
    assert scope["played"]["observation"].shape == (25, 1024, 4, 16)


def test_the_lines_of_the_readme_run():
    [block] = [b for b in re.findall(r"```python\n(.*?)```", README, re.S) if "rearguard.env" in b]
    scope: dict[str, Any] = {}
    exec(block, scope)
    assert scope["rewards"].shape == (1024, 3)


def test_the_table_counts_right():
    for name, members in (("oneself", Own), ("each technique", Skill), ("each other person or payload", Other)):
        assert f"| {name} | {len(members)} |" in PAGE

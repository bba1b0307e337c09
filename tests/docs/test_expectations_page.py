"""The page about expectations and its example say what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rearguard.scenario.expect_entries import _KEYS
from rearguard.scenario.patterns import parse_pattern
from rearguard.study.check import check
from rearguard.study.prove import prove

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "expectations.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "docs" / "examples" / "alley_check.yaml"


def test_the_example_passes_and_could_fail():
    assert check(EXAMPLE).status == "pass"
    assert prove(EXAMPLE).status == "pass"


def test_the_example_on_the_page_is_that_of_the_file():
    block = PAGE.split("```yaml\nexpect:\n")[1].split("```")[0]
    shown = re.sub(r", about: [^}]*", "", EXAMPLE.read_text(encoding="utf-8"))
    assert all(line in shown for line in block.splitlines())


@pytest.mark.parametrize(
    "pattern",
    re.findall(
        r"`([^`]+)`",
        "".join(
            re.findall(
                r"^\| (`.*?`) \| (?=an event|a side|`of`|stages|the value is c|occurs|`anyone`|variables)", PAGE, re.M
            )
        ),
    ),
)
def test_every_pattern_of_the_table_is_read(pattern):
    assert parse_pattern(pattern).kind.name == pattern.split()[0]


def test_every_key_is_explained():
    assert all(f"`{key}" in PAGE for keys in _KEYS.values() for key in keys)

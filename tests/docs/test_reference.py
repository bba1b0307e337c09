"""The reference page says what the code means."""

import subprocess
import sys
from pathlib import Path

import pytest

from rearguard.scenario.load import load_scenario

ROOT = Path(__file__).parents[2]


def test_the_reference_page_is_up_to_date():
    done = subprocess.run([sys.executable, str(ROOT / "tools" / "write_reference.py"), "--check"], check=False)
    assert done.returncode == 0, "run python tools/write_reference.py"


@pytest.mark.parametrize("file", sorted((ROOT / "docs" / "examples").glob("*.yaml")), ids=lambda p: p.name)
def test_every_example_of_the_documentation_is_valid(file):
    loaded = load_scenario(file)
    assert loaded.warnings == ()


def test_the_readme_shows_the_example_as_it_is():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert (ROOT / "docs" / "examples" / "alley.yaml").read_text(encoding="utf-8").strip() in readme

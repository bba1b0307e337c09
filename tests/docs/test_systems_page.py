"""The page of systems names all of them, and tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "systems.md").read_text(encoding="utf-8")


def test_every_system_has_a_row_with_a_test_that_exists():
    rows = re.findall(r"^\| (S\d+) \|.*\| (.*) \|$", PAGE, re.M)
    assert [name for name, _ in rows] == [f"S{k}" for k in range(1, 38)]
    for name, cell in rows:
        named = re.findall(r"`(tests/[^`]+)`", cell)
        assert named, name
        for path in named:
            file, _, function = path.partition("::")
            text = (ROOT / file).read_text(encoding="utf-8")
            assert f"def {function}" in text, f"{name}: {path}"


def test_every_file_that_is_named_exists():
    rows = re.findall(r"^\| S\d+ \| [^|]+ \| ([^|]+) \|", PAGE, re.M)
    for cell in rows:
        for name in re.findall(r"`([a-z_.]+)`", cell):
            file = ROOT / "src" / "rearguard" / ("engine/" + name if "." not in name else name.replace(".", "/"))
            assert file.with_suffix(".py").is_file(), name

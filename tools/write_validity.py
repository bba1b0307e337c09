"""Writes docs/validity.md: published figures against what the engine computes and plays.

python tools/write_validity.py [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILE = ROOT / "docs" / "validity.md"
sys.path.insert(0, str(ROOT / "tests"))

from validity.figures.page import page, stale  # noqa: E402


def main() -> None:
    """Write the page, or with --check say what in it is out of date."""
    if "--check" in sys.argv:
        old = FILE.read_text(encoding="utf-8") if FILE.is_file() else ""
        lines = stale(old, page())
        print("\n".join(lines))
        sys.exit(1 if lines else 0)
    FILE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()

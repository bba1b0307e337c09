"""What studies of one scenario share."""

from __future__ import annotations

from pathlib import Path

import pytest

from pursuits import CHASE


@pytest.fixture
def chase_file(tmp_path: Path) -> Path:
    """The straight chase of ``chases.py``."""
    file = tmp_path / "chase.yaml"
    file.write_text(CHASE, encoding="utf-8")
    return file

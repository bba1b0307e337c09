"""Running commands in this process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from answers import Answer, Ask
from rearguard import cli


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Ask:
    """``rearguard ARGUMENTS`` in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> Answer:
        monkeypatch.setattr("sys.argv", ["rearguard", *map(str, arguments)])
        code: Any = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code or 0
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err + captured.out
        return Answer(code, captured.out, captured.err)

    return call

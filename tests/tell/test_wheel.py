"""The wheel carries the page, and none but those who build it need Node."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import build_page

ROOT = Path(__file__).parents[2]


def test_wheel_carries_the_page(tmp_path: Path) -> None:
    if build_page.is_stale() and build_page.find_npm() is None:
        pytest.skip("the wheel cannot be built: the page is stale and there is no npm")
    pytest.importorskip("hatchling")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        script = archive.read("rearguard/tell/assets/viewer.js").decode()
        style = archive.read("rearguard/tell/assets/viewer.css").decode()
    assert "rearguard-page" in script
    assert ".axis" in style
    assert not any("node_modules" in name or name.endswith(".ts") for name in names)


def test_nothing_is_loaded_from_anywhere() -> None:
    texts = [
        file
        for file in build_page.sources()
        if file.suffix in (".json", ".ts", ".tsx", ".css", ".js") or file.name == ".npmrc"
    ]
    assert len(texts) > 20
    for file in texts:
        text = file.read_text(encoding="utf-8")
        assert "resolved" not in text or file.suffix != ".json", f"{file} has download addresses"
        assert "registry." not in text, f"{file} names a registry"


def test_without_npm_the_build_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_page, "find_npm", lambda: None)
    with pytest.raises(build_page.BuildError, match="no npm was found"):
        build_page.build(assets=tmp_path)


def test_what_was_built_is_kept_until_a_source_changes(tmp_path: Path) -> None:
    viewer, assets = tmp_path / "viewer", tmp_path / "assets"
    viewer.mkdir()
    assets.mkdir()
    source = viewer / "main.ts"
    source.write_text("1")
    assert build_page.is_stale(viewer, assets)
    for name in build_page.NAMES:
        (assets / name).write_text("built")
    assert not build_page.is_stale(viewer, assets)
    source.touch()
    later = (assets / "viewer.js").stat().st_mtime_ns + 10**9
    import os

    os.utime(source, ns=(later, later))
    assert build_page.is_stale(viewer, assets)

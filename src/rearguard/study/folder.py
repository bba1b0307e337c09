"""The folder of a run: parts as they are finished, the manifest, and the merged tables.

    manifest.json      what was played: versions, seed, digests, the resolved scenario, which slices are done
    outcomes.parquet   one row per world
    people.parquet     one row per world and person
    events.parquet     one row per event, in world order
    parts/             the same per slice, while the run is under way

Every file is written beside its place and moved there in one step, so that a run killed at any moment leaves only whole
files and loses at most the slices in flight.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import shutil
import sys
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

SCHEMA_VERSION = 1
TABLES = ("outcomes", "people", "events")


class RunError(Exception):
    """A run that cannot be started, resumed or read; the text says what to do."""


class Interrupted(Exception):  # noqa: N818 - as KeyboardInterrupt, it is no error
    """A run that was interrupted before there was anything to sum up; the text says how to go on."""


def tool_versions() -> dict[str, str]:
    """Versions of this tool and of what its results depend on."""
    out = {"python": platform.python_version(), "platform": platform.platform()}
    for name in ("rearguard", "warp-lang", "numpy", "pyarrow"):
        try:
            out[name] = version(name)
        except PackageNotFoundError:
            out[name] = "unknown"
    return out


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` fill a temporary file beside ``path`` and move it there in one step. RunError when it cannot."""
    temporary = path.parent / f".{path.name}.{uuid.uuid4().hex[:8]}.part"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(temporary)
        os.replace(temporary, path)
    except OSError as error:
        _discard(temporary)
        raise RunError(f"cannot write to {path.parent}: {error.strerror or error}") from error
    except BaseException:
        _discard(temporary)
        raise


def _discard(file: Path) -> None:
    with contextlib.suppress(OSError):
        file.unlink(missing_ok=True)


def write_json(path: Path, data: Any) -> None:
    """Write JSON in one step."""
    text = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    write_atomically(path, lambda p: p.write_text(text, encoding="utf-8"))


def write_table(path: Path, table: pa.Table) -> None:
    """Write Parquet (zstd) in one step."""
    write_atomically(path, lambda p: pq.write_table(table, p, compression="zstd"))


def default_folder(scenario: str, digest: str, under: str = "runs") -> Path:
    """runs/TIME-SCENARIO-HASH in the working folder, made here, so that no two runs get the same. RunError when it cannot."""
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S")
    base = Path(under) / f"{stamp}-{scenario}-{digest[:4]}"
    folder, k = base, 1
    try:
        base.parent.mkdir(exist_ok=True)
        while True:
            with contextlib.suppress(FileExistsError):
                folder.mkdir()
                return folder
            k += 1
            folder = base.with_name(f"{base.name}-{k}")
    except OSError as error:
        raise RunError(f"cannot write to {base.parent}: {error.strerror or error}") from error


def point_latest(folder: Path) -> None:
    """Let runs/latest point to ``folder``; a text file with its name where links are not allowed."""
    latest = folder.parent / "latest"
    try:
        if latest.is_symlink() or latest.is_file():
            latest.unlink()
        latest.symlink_to(folder.name, target_is_directory=True)
    except OSError:
        if not latest.is_dir():
            latest.write_text(folder.name + "\n", encoding="utf-8")


def check_free(path: Path) -> None:
    """Refuse a folder that a run cannot be put into."""
    if (path / "manifest.json").exists():
        raise RunError(f"{path} already holds a run; give another --out, or continue it with --resume {path}")
    if path.exists() and not path.is_dir():
        raise RunError(f"{path} is a file; --out wants a folder")
    if any((path / "parts").glob("*")):
        raise RunError(f"{path} holds parts of a run that has lost its manifest.json; give another --out")


def plan_digest(plan: dict[str, Any]) -> str:
    """Hash of what a run plays; two runs of the same plan give the same tables."""
    return hashlib.sha256(json.dumps(plan, sort_keys=True).encode()).hexdigest()


class RunFolder:
    """A run's folder, being written or resumed. Sweeps have one of their own kind: other tables, another plan."""

    kind = "run"
    tables: tuple[str, ...] = TABLES
    """Tables of a slice; the first goes last and makes it count."""
    plan_keys: tuple[str, ...] = ("path", "overrides", "worlds", "seed", "event_worlds", "slice_size")

    def __init__(self, path: Path, manifest: dict[str, Any]) -> None:
        self.path = path
        self.manifest = manifest

    @classmethod
    def create(cls, path: Path, plan: dict[str, Any], scenario_text: str) -> Self:
        """A fresh folder for ``plan``; refuses one that already holds a run."""
        check_free(path)
        manifest = {
            "schema_version": SCHEMA_VERSION,
            "status": "running",
            "versions": tool_versions(),
            "argv": sys.argv,
            "started": datetime.now(UTC).isoformat(timespec="seconds"),
            "plan": plan,
            "plan_digest": plan_digest(plan),
            "done": [],
            "wall_seconds": 0.0,
            "scenario": scenario_text,
        }
        try:
            (path / "parts").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RunError(f"cannot write to {path}: {error.strerror}") from error
        folder = cls(path, manifest)
        folder.save()
        return folder

    @classmethod
    def open(cls, path: Path) -> Self:
        """An existing run."""
        file = path / "manifest.json"
        if not file.is_file():
            raise RunError(f"{path} holds no {cls.kind}: there is no manifest.json in it")
        try:
            manifest = json.loads(file.read_text(encoding="utf-8"))
            if manifest["schema_version"] != SCHEMA_VERSION:
                raise RunError(
                    f"{file} has schema version {manifest['schema_version']}, this tool reads {SCHEMA_VERSION}"
                )
            for key, kind in (("status", str), ("plan", dict), ("versions", dict), ("done", list)):
                if not isinstance(manifest[key], kind):
                    raise TypeError(f"'{key}' is no {kind.__name__}")
            for key in cls.plan_keys:
                manifest["plan"][key]
        except (ValueError, KeyError, TypeError) as error:
            raise RunError(f"{file} is not the manifest of a {cls.kind}: {error}") from error
        return cls(path, manifest)

    def check_plan(self, plan: dict[str, Any]) -> None:
        """Refuse to resume with a plan that plays something else, and say what differs."""
        before = self.manifest["plan"]
        differ = [key for key in plan if before.get(key) != plan[key]]
        if differ:
            parts = ", ".join(f"{key} was {_short(before.get(key))}, is {_short(plan[key])}" for key in differ)
            raise RunError(f"{self.path} cannot be resumed, because what it plays has changed: {parts}")
        if (begun := self.manifest["versions"].get("rearguard")) != tool_versions()["rearguard"]:
            raise RunError(f"{self.path} was begun with rearguard {begun}; resume it with that")

    def save(self) -> None:
        """Write the manifest."""
        write_json(self.path / "manifest.json", self.manifest)

    def part(self, table: str, k: int) -> Path:
        """File of one slice's part of a table."""
        return self.path / "parts" / f"{table}-{k:06d}.parquet"

    def finished_slices(self, count: int) -> set[int]:
        """Those of ``count`` slices whose parts are all there; the folder is the truth, whatever the manifest says."""
        return {k for k in range(count) if all(_is_whole(self.part(name, k)) for name in self.tables)}

    def add(self, k: int, tables: dict[str, pa.Table], seconds: float) -> None:
        """Keep a finished slice."""
        for name in reversed(self.tables):
            write_table(self.part(name, k), tables[name])
        self.manifest["done"] = sorted({*self.manifest["done"], k})
        self.manifest["wall_seconds"] = round(float(self.manifest["wall_seconds"]) + seconds, 3)
        self.save()

    def read_parts(self, table: str, slices: list[int]) -> pa.Table:
        """The parts of a table, in the order of ``slices``."""
        parts = [pq.read_table(self.part(table, k)) for k in slices]
        return pa.concat_tables(parts).combine_chunks().unify_dictionaries()

    def merge(self, slices: list[int], status: str) -> dict[str, pa.Table]:
        """Write the merged tables of finished slices; a complete run drops its parts."""
        tables = {}
        for name in self.tables:
            tables[name] = self.read_parts(name, slices)
            write_table(self.path / f"{name}.parquet", tables[name])
        self.manifest["status"] = status
        self.manifest["finished"] = datetime.now(UTC).isoformat(timespec="seconds")
        self.save()
        if status == "complete":
            shutil.rmtree(self.path / "parts", ignore_errors=True)
            for left_over in self.path.glob(".*.part"):  # of a process that was killed while it wrote
                _discard(left_over)
        return tables


def _is_whole(file: Path) -> bool:
    """False for a part that is missing, or that a failing disk or machine has cut off."""
    try:
        pq.read_metadata(file)
    except (OSError, pa.ArrowException):
        return False
    return True


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 24 else f"{text[:10]}…"


def strings(index: np.ndarray, names: list[str]) -> pa.DictionaryArray:
    """Indices as dictionary-encoded names; -1 is null."""
    mask = (index < 0) | (index >= len(names))
    indices = pa.array(np.where(mask, 0, index).astype(np.int32), mask=mask)
    return pa.DictionaryArray.from_arrays(indices, pa.array(names, pa.string()))

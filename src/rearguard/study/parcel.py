"""A scenario packed so that it can be played anywhere: the contents of its files, those of its map and its policies too.

A process that gets a parcel unpacks, loads and compiles it once and keeps it for the batches that follow.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from rearguard.scenario import schema
from rearguard.scenario.policies import policy_file
from rearguard.study.folder import RunError, tool_versions

if TYPE_CHECKING:
    from rearguard.engine import Program, SliceResult, Variant
    from rearguard.scenario.load import LoadedScenario
    from rearguard.study.executor import Executor

MOST_PROGRAMS = 3
"""Programs that a process keeps: fields of a large map take some hundred megabytes."""
SAME = ("rearguard", "warp-lang", "numpy")
"""Packages of which a worker must have the version of the machine that asks."""


@dataclass(frozen=True)
class Parcel:
    """A scenario as contents of files: path within the parcel → bytes.

    entry: path of the scenario. digest: of its content and its map. versions: of what must be the same everywhere.
    """

    entry: str
    files: dict[str, bytes] = field(repr=False)
    digest: str
    versions: dict[str, str]

    @property
    def key(self) -> str:
        """What tells parcels apart."""
        return self.digest


@dataclass(frozen=True)
class Batch:
    """Worlds to play: the same ``worlds`` (ids, int64) of every variant, with one seed. log: keep their events."""

    variants: tuple[Variant, ...]
    worlds: npt.NDArray[np.int64]
    seed: int
    log: bool = False


def pack(loaded: LoadedScenario) -> Parcel:
    """Pack a loaded scenario as it is played: ``extends`` and overrides followed."""
    from rearguard.scenario.load import to_yaml

    data = dict(loaded.source.data)
    folder, maps = _map_files(loaded)
    root = Path(os.path.commonpath([folder, *(file.parent for file in maps)]))
    entry = folder / "scenario.yaml"
    if maps:
        name = os.path.relpath(maps[0], folder)
        data["map"] = {**data["map"], "tiled": name} if isinstance(data["map"], dict) else name
    files = {file.relative_to(root).as_posix(): file.read_bytes() for file in maps}
    if loaded.policies:
        doctrines = dict(data["doctrines"])
        for name, content in _policies(loaded).items():
            file = folder / "policies" / f"{name}.npz"
            files[file.relative_to(root).as_posix()] = content
            doctrines[name] = {**doctrines[name], "policy": f"policies/{name}.npz"}
        data["doctrines"] = doctrines
    files[entry.relative_to(root).as_posix()] = to_yaml(data).encode()
    return Parcel(entry.relative_to(root).as_posix(), files, content_digest(loaded), _versions())


def _map_files(loaded: LoadedScenario) -> tuple[Path, list[Path]]:
    """The folder that the scenario's map is named from, and the map's files: the map first, then its tilesets."""
    from rearguard.scenario.tiled_file import open_source

    where = loaded.source.value(("map",))
    given = where is not None and not where.file.startswith("--set")
    folder = (Path(where.file) if where is not None and given else loaded.path).parent.resolve()
    spec = loaded.scenario.map
    if isinstance(spec, schema.AsciiMap):
        return folder, []
    source = open_source(folder / (spec.tiled if isinstance(spec, schema.TiledMap) else spec))
    return folder, [source.file.resolve(), *(tileset.resolve() for tileset in source.tilesets)]


def _policies(loaded: LoadedScenario) -> dict[str, bytes]:
    """Contents of the learned policies, by doctrine."""
    out = {}
    for name in loaded.policies:
        policy = loaded.scenario.doctrines[name].policy
        where = loaded.source.value(("doctrines", name, "policy"))
        assert policy is not None and where is not None, "it has been read from there"
        out[name] = policy_file(policy, where.file, loaded.path).read_bytes()
    return out


def content_digest(loaded: LoadedScenario) -> str:
    """SHA-256 of what is played, wherever map and policies lie: ``LoadedScenario.digest`` without their names."""
    content = loaded.scenario.model_dump(mode="json", exclude={"about", "expect", "factors", "map"})
    for name, policy in loaded.policies.items():
        content["doctrines"][name]["policy"] = policy.digest
    sha = hashlib.sha256(json.dumps(content, sort_keys=True).encode())
    sha.update(loaded.map.digest.encode())
    return sha.hexdigest()


def _versions() -> dict[str, str]:
    return {name: found for name, found in tool_versions().items() if name in SAME}


def unpack(parcel: Parcel) -> LoadedScenario:
    """Load what was packed. RunError where this installation would play something else."""
    from rearguard.scenario.load import load_scenario

    if (here := _versions()) != parcel.versions:
        differ = ", ".join(f"{k} {here[k]} instead of {v}" for k, v in parcel.versions.items() if here[k] != v)
        raise RunError(f"a worker has {differ}; install the same versions everywhere, or numbers could differ")
    with TemporaryDirectory(prefix="rearguard-") as folder:
        for name, content in parcel.files.items():
            file = Path(folder) / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        loaded = load_scenario(Path(folder) / parcel.entry)
    if content_digest(loaded) != parcel.digest:
        raise RunError("a worker has read something else than was sent; install the same versions everywhere")
    return loaded


class _Programs:
    """Programs of this process by parcel; the one that was not used for longest goes first."""

    def __init__(self) -> None:
        self.kept: OrderedDict[str, Program] = OrderedDict()
        self.lock = threading.Lock()

    def get(self, parcel: Parcel) -> Program:
        from rearguard.study.run import prepare_program

        with self.lock:
            if parcel.key not in self.kept:
                self.kept[parcel.key] = prepare_program(unpack(parcel))
            self.kept.move_to_end(parcel.key)
            while len(self.kept) > MOST_PROGRAMS:
                self.kept.popitem(last=False)
            return self.kept[parcel.key]


_PROGRAMS = _Programs()


def place_of(executor: Executor, loaded: LoadedScenario, program: Program) -> Any:
    """What tasks of an executor take as their ``place``: the program itself in this process, else a parcel that travels."""
    return program if executor.is_here else executor.share(pack(loaded))


def program_of(place: Program | Parcel) -> Program:
    """Asked within a task: the program to play."""
    return _PROGRAMS.get(place) if isinstance(place, Parcel) else place


def play_batch(place: Program | Parcel, batch: Batch) -> SliceResult:
    """Play a batch; rows are those of the first variant in the order of ``worlds``, then those of the next."""
    count = len(batch.variants)
    which = np.repeat(np.arange(count), len(batch.worlds))
    ids = np.tile(batch.worlds, count)
    return program_of(place).play(batch.seed, ids, log=batch.log, variants=batch.variants, which=which)

"""Worlds: nothing left unset, forks that go their own way, memory as promised, kernels that compile for CUDA."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import warp as wp

from rearguard.engine import begin as begin_module
from rearguard.engine import prepare
from rearguard.engine.arrays import allocate, array_fields, byte_count
from rearguard.engine.begin import world_bytes
from rearguard.engine.ends import judge
from rearguard.engine.model import Model
from rearguard.engine.nerve import keep_nerve
from rearguard.engine.tick import build, resolve
from rearguard.engine.world import PARTS, World
from rearguard.scenario.compile import compile_scenario
from rearguard.scenario.load import load_scenario


@pytest.fixture(scope="module")
def east_gate():
    return prepare(compile_scenario(load_scenario("east-gate")))


def arrays_of(world):
    yield from ((n, getattr(world, n).numpy()) for n, _ in array_fields(World))
    for part, struct in PARTS.items():
        for n, _ in array_fields(struct):
            yield f"{part}.{n}", getattr(getattr(world, part), n).numpy()


def test_begin_sets_what_the_tick_reads(east_gate, monkeypatch):
    """Begun in zeroed and in poisoned memory, worlds must run alike but for what is written before it is read."""
    ids = np.arange(3)
    clean = east_gate.play(1, ids)
    free = {"trail", "scars", "log"}

    def poisoned(struct, sizes, device, fill=None):
        is_free = any(struct is PARTS[name] for name in free)
        instance = allocate(struct, sizes, device, fill=0x5A if is_free else None)
        if is_free:
            for n, annotation in array_fields(struct):
                if n in ("head", "count", "traffic"):
                    shape = tuple(sizes[d] for d in annotation.dims)
                    setattr(instance, n, wp.zeros(shape, dtype=annotation.dtype, device=device))
        return instance

    monkeypatch.setattr(begin_module, "allocate", poisoned)
    dirty = east_gate.play(1, ids)
    for name in clean.outcomes:
        assert np.array_equal(clean.outcomes[name], dirty.outcomes[name], equal_nan=name.endswith("time")), name
    assert clean.events.tobytes() == dirty.events.tobytes()


def test_a_fork_at_any_tick_goes_on_like_its_origin(east_gate):
    ids = np.arange(4)
    world = east_gate.begin(1, ids)
    east_gate.advance(world, 700)
    fork = east_gate.fork(world, np.array([2, 2, 0]))
    before = {n: a.copy() for n, a in arrays_of(world)}
    east_gate.advance(fork, 4000)
    for n, a in arrays_of(world):
        assert a.tobytes() == before[n].tobytes(), f"advancing a fork changed its origin's {n}"
    east_gate.advance(world, 4000)
    whole = east_gate.result(world, ids)
    part = east_gate.result(fork, ids[[2, 2, 0]])
    for name in ("outcome", "end_time", "ticks", "agent_steps"):
        assert np.array_equal(part.outcomes[name], whole.outcomes[name][[2, 2, 0]]), name
    assert np.array_equal(part.people["wound"], whole.people["wound"][[2, 2, 0]])


def test_stepping_tick_by_tick_is_the_same_as_playing_through(east_gate):
    ids = np.arange(2)
    stepped = east_gate.begin(1, ids)
    for _ in range(300):
        east_gate.advance(stepped, 1)
    through = east_gate.begin(1, ids)
    east_gate.advance(through, 300)
    for (n, a), (_, b) in zip(arrays_of(stepped), arrays_of(through), strict=True):
        assert a.tobytes() == b.tobytes(), n


def test_a_world_of_the_east_gate_fits_in_32_kilobytes(east_gate):
    size = world_bytes(east_gate.compiled)
    assert size == east_gate.state_bytes
    assert size < 32 * 1024


def test_bytes_are_those_that_are_allocated(east_gate):
    sizes = {**east_gate.compiled.sizes, "worlds": 3, "logs": 3}
    for struct in PARTS.values():
        instance = allocate(struct, sizes, "cpu")
        taken = sum(getattr(instance, n).numpy().nbytes for n, _ in array_fields(struct))
        assert taken == byte_count(struct, sizes)


def test_only_structure_asks_for_another_kernel():
    base = compile_scenario(load_scenario("east-gate"))
    other = compile_scenario(load_scenario("east-gate", overrides=["techniques.great_gust.impulse=100 N s"]))
    assert build(base.uses) is build(other.uses)
    assert other.tables["craft"].max() != base.tables["craft"].max() or not np.array_equal(
        other.tables["craft"], base.tables["craft"]
    )


@wp.kernel(module="unique", enable_backward=False)
def tail_of_a_tick(m: Model, s: World, tick: int):
    """Parts of a tick that compile quickly; all of it takes a minute."""
    w = wp.tid()
    keep_nerve(m, s, w, tick)
    resolve(m, s, w, tick)
    judge(m, s, w, tick)


@pytest.mark.parametrize(
    "kernel",
    [
        pytest.param(lambda: tail_of_a_tick, id="tail"),
        pytest.param(lambda: build(frozenset({"techniques", "payload", "trails"})), id="tick", marks=pytest.mark.slow),
    ],
)
def test_kernels_compile_for_cuda_without_a_gpu(kernel, tmp_path: Path):
    module = kernel().module
    wp.compile_aot_module(module, device=None, arch=90, module_dir=tmp_path, use_ptx=True)
    ptx = list(tmp_path.glob("*.ptx"))
    assert len(ptx) == 1
    assert ".visible .entry" in ptx[0].read_text()


def test_without_a_place_for_a_cache_kernels_are_kept_elsewhere(tmp_path: Path):
    nowhere = tmp_path / "file"
    nowhere.write_text("not a folder")
    environment = {**os.environ, "HOME": str(nowhere), "XDG_CACHE_HOME": str(nowhere), "TMPDIR": str(tmp_path)}
    environment.pop("WARP_CACHE_PATH", None)
    code = "from rearguard import engine; import warp; print(warp.config.kernel_cache_dir)"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().startswith(str(tmp_path))
    assert "no place for the kernel cache" in done.stderr

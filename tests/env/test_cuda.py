"""What learners need compiles for CUDA, with or without a card; and where there is one, both devices agree."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import warp as wp

from rearguard.engine import task
from rearguard.engine.arrays import RowCopier, copy_rows
from rearguard.env.classics import pursuit_rules, tag
from rearguard.env.classics.game_rules import chase_on
from rearguard.env.classics.tag_rules import build

KERNELS = {"report": task.report, "tag": build(4, 3, 2).step, "pursuit": pursuit_rules.step, "games": chase_on}


@pytest.mark.parametrize("name", KERNELS)
def test_kernels_of_learners_compile_for_cuda(name: str, tmp_path: Path):
    kernel = KERNELS[name]
    wp.compile_aot_module(kernel.module, device=None, arch=90, module_dir=tmp_path, use_ptx=True)
    ptx = list(tmp_path.glob("*.ptx"))
    assert len(ptx) == 1 and ".visible .entry" in ptx[0].read_text()


def test_rows_are_copied_byte_by_byte_as_on_a_card():
    """The kernel that copies rows on a card, run on the CPU: rows of any shape and type."""
    rng = np.random.default_rng(0)
    for shape, kind in (((6, 3), wp.float32), ((6,), wp.int8), ((6, 2, 5), wp.int32)):
        old = wp.array(rng.integers(0, 99, shape), dtype=kind, device="cpu")
        new = wp.array(rng.integers(0, 99, shape), dtype=kind, device="cpu")
        wanted = old.numpy().copy()
        wanted[[4, 1]] = new.numpy()[[0, 5]]
        rows, taken = (wp.array(np.array(k, np.int32), device="cpu") for k in ([4, 1], [0, 5]))
        [(into, out)] = RowCopier([(old, new)], "cuda:0").pairs
        wp.launch(copy_rows, dim=(2, into.shape[1]), inputs=[out, taken, into, rows], device="cpu", record_tape=False)
        assert np.array_equal(old.numpy(), wanted)


@pytest.mark.skipif(not wp.is_cuda_available(), reason="no graphics card")
def test_tag_on_a_card_is_that_of_the_cpu():
    acts = np.random.default_rng(0).integers(0, 5, (20, 256, 4)).astype(np.int32)
    here, there = tag(256), tag(256, device="cuda:0", output="warp")
    here.reset(seed=1)
    there.reset(seed=1)
    for k in range(20):
        observation, *_ = here.step(acts[k])
        far, *_ = there.step(wp.array(acts[k], device="cuda:0"))
    assert np.abs(far.numpy() - observation).mean() < 1e-4

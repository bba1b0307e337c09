"""A kernel run that proves an installation: the published Philox vectors on the CPU."""

import numpy as np
import warp as wp

from rearguard.engine.rng import philox4x32

EXPECTED = (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)
"""Philox4x32-10 of all ones (Salmon et al. 2011, known-answer vectors)."""


@wp.kernel(enable_backward=False)
def known_answer(out: wp.array(dtype=wp.uint32)):
    """Write the words for a counter and key of all ones."""
    ones = ~wp.uint32(0)
    r = philox4x32(ones, ones, ones, ones, ones, ones)
    for i in range(4):
        out[i] = r[i]


def self_test() -> bool:
    """True when a kernel compiles, runs, and gives the published random numbers."""
    out = wp.zeros(4, dtype=wp.uint32, device="cpu")
    wp.launch(known_answer, dim=1, inputs=[out], device="cpu")
    return tuple(int(x) for x in out.numpy()) == EXPECTED and bool(np.all(out.numpy() > 0))

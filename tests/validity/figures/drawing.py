"""17: random numbers as a function."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import warp as wp

from rearguard.engine.rng import philox4x32, philox_numpy, uniform_numpy
from validity.figures.figure import Figure

SALMON = "Salmon et al. 2011, known answers"
VECTORS = (
    ("zeros", (0, 0, 0, 0), (0, 0), "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ones", (0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    (
        "digits of π",
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        "d16cfe09 94fdcceb 5001e420 24126ea1",
    ),
)


@wp.kernel(enable_backward=False)
def draw(counter: wp.array2d(dtype=wp.uint32), key: wp.array2d(dtype=wp.uint32), out: wp.array2d(dtype=wp.uint32)):
    i = wp.tid()
    r = philox4x32(counter[i, 0], counter[i, 1], counter[i, 2], counter[i, 3], key[i, 0], key[i, 1])
    for k in range(4):
        out[i, k] = r[k]


@cache
def words(where: str) -> tuple[str, ...]:
    """The words of every vector, on the host or in a kernel."""
    counters = np.array([v[1] for v in VECTORS], np.uint32)
    keys = np.array([v[2] for v in VECTORS], np.uint32)
    if where == "host":
        found = philox_numpy(counters, keys)
    else:
        arrays = [wp.array(a, dtype=wp.uint32, device="cpu") for a in (counters, keys, np.zeros_like(counters))]
        wp.launch(draw, dim=len(VECTORS), inputs=arrays, device="cpu")
        found = arrays[2].numpy()
    return tuple(" ".join(f"{int(word):08x}" for word in row) for row in found)


def figures() -> Iterator[Figure]:
    """Rows of the page."""
    for where in ("host", "kernel"):
        for k, (name, _, _, expected) in enumerate(VECTORS):
            yield Figure(
                quantity=f"Philox4x32-10 of {name}, {where}",
                source=SALMON,
                expected=expected,
                ours=lambda i=k, at=where: words(at)[i],
            )
    yield Figure(
        quantity="first uniform of the zero vector",
        source="(x + ½)/2³², to 24 bits",
        expected=0.3990464708,
        ours=lambda: uniform_numpy(0, np.zeros(1, np.int64), 0, 0, 0, 0)[0, 0],
        tolerance=6e-8,
    )

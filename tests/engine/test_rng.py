"""Randomness as a function: published vectors, host and kernel alike, no order."""

import numpy as np
import pytest
import warp as wp

from rearguard.engine.rng import Key, philox4x32, philox_numpy, uniform4, uniform_numpy
from rearguard.engine.selftest import self_test

VECTORS = [
    # Salmon et al. 2011, known-answer vectors of Philox4x32-10
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@wp.kernel(enable_backward=False)
def words(counter: wp.array2d(dtype=wp.uint32), key: wp.array2d(dtype=wp.uint32), out: wp.array2d(dtype=wp.uint32)):
    i = wp.tid()
    r = philox4x32(counter[i, 0], counter[i, 1], counter[i, 2], counter[i, 3], key[i, 0], key[i, 1])
    for k in range(4):
        out[i, k] = r[k]


@wp.kernel(enable_backward=False)
def uniforms(keys: wp.array(dtype=Key), order: wp.array(dtype=int), out: wp.array2d(dtype=float)):
    i = order[wp.tid()]
    u = uniform4(keys[0], i, 7, 2, 0)
    for k in range(4):
        out[i, k] = u[k]


def on_kernel(counter: np.ndarray, key: np.ndarray) -> np.ndarray:
    out = wp.zeros((len(counter), 4), dtype=wp.uint32, device="cpu")
    arrays = [wp.array(a, dtype=wp.uint32, device="cpu") for a in (counter, key)]
    wp.launch(words, dim=len(counter), inputs=[*arrays, out], device="cpu")
    return out.numpy()


@pytest.mark.parametrize(("counter", "key", "expected"), VECTORS)
def test_philox_gives_the_published_words_on_host_and_kernel(counter, key, expected):
    c, k = np.array([counter], np.uint32), np.array([key], np.uint32)
    assert tuple(int(x) for x in philox_numpy(c, k)[0]) == expected
    assert tuple(int(x) for x in on_kernel(c, k)[0]) == expected


def test_host_and_kernel_agree_bit_for_bit():
    rng = np.random.default_rng(0)
    c = rng.integers(0, 2**32, (5000, 4), dtype=np.uint32)
    k = rng.integers(0, 2**32, (5000, 2), dtype=np.uint32)
    assert np.array_equal(philox_numpy(c, k), on_kernel(c, k))


def test_first_uniform_of_the_zero_vector():
    assert uniform_numpy(0, np.array([0]), 0, 0, 0, 0)[0, 0] == pytest.approx(0.3990464708, abs=1e-7)


def test_draws_do_not_depend_on_their_order():
    keys = np.array([(5, 9)], dtype=[("seed", "u4"), ("world", "u4")])
    results = []
    for order in (np.arange(64), np.arange(64)[::-1].copy()):
        out = wp.zeros((64, 4), dtype=float, device="cpu")
        arrays = [wp.array(keys, dtype=Key, device="cpu"), wp.array(order.astype(np.int32), dtype=int, device="cpu")]
        wp.launch(uniforms, dim=64, inputs=[*arrays, out], device="cpu")
        results.append(out.numpy())
    assert np.array_equal(*results)
    host = np.stack([uniform_numpy(5, np.array([9]), t, 7, 2, 0)[0] for t in range(64)])
    assert np.allclose(results[0], host, atol=1e-7)


def test_uniforms_are_uniform_and_never_0_or_1():
    u = uniform_numpy(3, np.arange(20_000), 1, 2, 3, 4).ravel()
    assert u.min() > 0.0
    assert u.max() < 1.0
    assert u.mean() == pytest.approx(0.5, abs=3 * 0.2887 / len(u) ** 0.5)


def test_the_installation_proves_itself():
    assert self_test()

"""Randomness as a function: Philox4x32-10 keyed by (run seed, world), counted by (tick, entity, purpose, draw).

Nothing depends on batch size, thread or on who else drew, so that any world can be replayed alone and two runs that
differ in one act share every other draw.

Source: Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3" (SC11).
"""

from enum import IntEnum

import numpy as np
import warp as wp

vec4u = wp.types.vector(length=4, dtype=wp.uint32)

_M0 = wp.constant(wp.uint64(0xD2511F53))
_M1 = wp.constant(wp.uint64(0xCD9E8D57))
_W0 = wp.constant(wp.uint32(0x9E3779B9))
_W1 = wp.constant(wp.uint32(0xBB67AE85))
_LOW = wp.constant(wp.uint64(0xFFFFFFFF))
_HALF = wp.constant(wp.uint64(32))


class Purpose(IntEnum):
    """What a draw is for. Append only: a number, once given, keeps its meaning."""

    START = 0
    PARAMETER = 1
    LOOK = 2
    REACTION = 3
    AIM = 4
    GRIP = 5
    STRAIN = 6
    TRAIL = 7
    TECHNIQUE = 8
    HEARING = 9
    NERVE = 10
    PRESENCE = 11
    SCENT = 12
    MISSILE = 13
    HAZARD = 14
    CROWD_PLACE = 15
    CROWD_PACE = 16
    CROWD_HAZARD = 17


@wp.func
def philox4x32(c0: wp.uint32, c1: wp.uint32, c2: wp.uint32, c3: wp.uint32, k0: wp.uint32, k1: wp.uint32) -> vec4u:
    """Four random words of 32 bits for a counter (c0..c3) and a key (k0, k1)."""
    x0 = wp.uint32(c0)
    x1 = wp.uint32(c1)
    x2 = wp.uint32(c2)
    x3 = wp.uint32(c3)
    a = wp.uint32(k0)
    b = wp.uint32(k1)
    rounds = int(10)
    for _r in range(rounds):
        p0 = _M0 * wp.uint64(x0)
        p1 = _M1 * wp.uint64(x2)
        y0 = wp.uint32(p1 >> _HALF) ^ x1 ^ a
        y2 = wp.uint32(p0 >> _HALF) ^ x3 ^ b
        x1 = wp.uint32(p1 & _LOW)
        x3 = wp.uint32(p0 & _LOW)
        x0 = y0
        x2 = y2
        a = a + _W0
        b = b + _W1
    return vec4u(x0, x1, x2, x3)


@wp.func
def to_unit(word: wp.uint32) -> float:
    """A uniform number in the open interval (0, 1) from 24 bits of a word (all that a float32 holds evenly)."""
    return (float(word >> wp.uint32(8)) + 0.5) * 5.9604644775390625e-8


@wp.struct
class Key:
    """The key of a world's draws."""

    seed: wp.uint32
    world: wp.uint32


@wp.func
def uniform4(key: Key, tick: int, entity: int, purpose: int, draw: int) -> wp.vec4:
    """Four independent uniforms in (0, 1)."""
    r = philox4x32(wp.uint32(tick), wp.uint32(entity), wp.uint32(purpose), wp.uint32(draw), key.seed, key.world)
    return wp.vec4(to_unit(r[0]), to_unit(r[1]), to_unit(r[2]), to_unit(r[3]))


@wp.func
def normal2(u: float, v: float) -> wp.vec2:
    """Two independent standard normals from two uniforms (Box & Muller 1958)."""
    radius = wp.sqrt(-2.0 * wp.log(u))
    return wp.vec2(radius * wp.cos(6.283185307179586 * v), radius * wp.sin(6.283185307179586 * v))


def philox_numpy(counter: np.ndarray, key: np.ndarray) -> np.ndarray:
    """The same function on the host: counter uint32 [n, 4], key uint32 [n, 2] → words uint32 [n, 4]."""
    x = [counter[:, i].astype(np.uint64) for i in range(4)]
    k = [key[:, i].astype(np.uint64) for i in range(2)]
    mask, half = np.uint64(0xFFFFFFFF), np.uint64(32)
    for _ in range(10):
        p0, p1 = np.uint64(0xD2511F53) * x[0], np.uint64(0xCD9E8D57) * x[2]
        x = [(p1 >> half) ^ x[1] ^ k[0], p1 & mask, (p0 >> half) ^ x[3] ^ k[1], p0 & mask]
        k = [(k[0] + np.uint64(0x9E3779B9)) & mask, (k[1] + np.uint64(0xBB67AE85)) & mask]
    return np.stack(x, axis=1).astype(np.uint32)


def uniform_numpy(seed: int, worlds: np.ndarray, tick: int, entity: int, purpose: int, draw: int) -> np.ndarray:
    """Four uniforms in (0, 1) per world, float64 [worlds, 4], equal to ``uniform4`` up to float32 rounding."""
    worlds = np.asarray(worlds, dtype=np.uint64)
    counter = np.tile(np.array([tick, entity, purpose, draw], dtype=np.uint32), (len(worlds), 1))
    key = np.stack([np.full(len(worlds), seed & 0xFFFFFFFF, np.uint32), worlds.astype(np.uint32)], axis=1)
    words = philox_numpy(counter, key)
    return ((words >> np.uint32(8)).astype(np.float64) + 0.5) * 2.0**-24

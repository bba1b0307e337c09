"""Arrays small enough for a page: whole numbers, differences along time, bytes by significance, deflate, base64.

Differences of slowly changing numbers are small, and their high bytes are nearly all zero: set apart they deflate to
almost nothing. ``viewer/src/pack.ts`` reads what this writes:

    u32 length of the header [bytes], the header (JSON, UTF-8), then the arrays one after another;

all of it deflated (zlib) and written in base64. An array stands in the header as ``{"$": k}`` and in its list ``$arrays``
as ``[bytes per number, differences taken, shape, offset]``. Numbers are zigzag coded (0, -1, 1, -2, …) after differences
were taken along the first axis, and stored lowest bytes first: all of those, then all of the next.
"""

from __future__ import annotations

import base64
import json
import struct
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

LEVEL = 6
"""Deflate level: higher ones take three times as long for a hundredth of the size."""


@dataclass(frozen=True)
class Numbers:
    """Whole numbers of a page; ``differences``: how often neighbours along the first axis are subtracted."""

    values: npt.NDArray[Any]
    differences: int = 0


def numbers(values: Any, differences: int = 0) -> Numbers:
    """Whole numbers, kept as they are or as ``differences`` (1: of a level, 2: of a steady motion)."""
    return Numbers(np.asarray(values), differences)


def quantised(values: Any, step: float, differences: int = 1) -> Numbers:
    """Measured values as multiples of ``step``; what is not a number becomes the least number."""
    scaled = np.asarray(values, np.float64) / step
    return Numbers(np.where(np.isnan(scaled), -(2**30), np.rint(scaled)).astype(np.int64), differences)


def _coded(entry: Numbers) -> tuple[int, bytes]:
    """Bytes per number, and the bytes."""
    values = entry.values.astype(np.int64)
    for _ in range(entry.differences):
        values = np.diff(values, axis=0, prepend=np.zeros_like(values[:1]))
    zigzag = ((values << 1) ^ (values >> 63)).astype(np.uint64).reshape(-1)
    largest = int(zigzag.max()) if zigzag.size else 0
    width = next(w for w in (1, 2, 4, 8) if largest < 1 << (8 * w))
    if width == 8:
        raise ValueError("a number of the page does not fit 32 bits")
    planes = zigzag.astype(f"<u{width}").view(np.uint8).reshape(-1, width).T
    return width, np.ascontiguousarray(planes).tobytes()


def pack(data: Any) -> str:
    """Plain data with ``Numbers`` in them as one line of base64."""
    arrays: list[tuple[int, int, list[int], int]] = []
    blocks: list[bytes] = []
    offset = 0

    def plain(node: Any) -> Any:
        nonlocal offset
        if isinstance(node, Numbers):
            width, block = _coded(node)
            arrays.append((width, node.differences, list(node.values.shape), offset))
            blocks.append(block)
            offset += len(block)
            return {"$": len(arrays) - 1}
        if isinstance(node, dict):
            return {str(key): plain(value) for key, value in node.items()}
        if isinstance(node, (list, tuple)):
            return [plain(value) for value in node]
        if isinstance(node, (np.integer, np.floating)):
            node = node.item()
        if isinstance(node, float) and not np.isfinite(node):
            return None
        return node

    body = plain(data)
    header = json.dumps({"$arrays": arrays, "data": body}, ensure_ascii=False, separators=(",", ":")).encode()
    raw = struct.pack("<I", len(header)) + header + b"".join(blocks)
    return base64.b64encode(zlib.compress(raw, LEVEL)).decode("ascii")


def unpack(text: str) -> Any:
    """What ``pack`` packed, arrays as int64."""
    raw = zlib.decompress(base64.b64decode(text))
    (length,) = struct.unpack_from("<I", raw)
    header = json.loads(raw[4 : 4 + length])
    start = 4 + length

    def array(index: int) -> npt.NDArray[np.int64]:
        width, differences, shape, offset = header["$arrays"][index]
        count = int(np.prod(shape))
        planes = np.frombuffer(raw, np.uint8, count * width, start + offset).reshape(width, count)
        zigzag = np.ascontiguousarray(planes.T).view(f"<u{width}").reshape(shape).astype(np.int64)
        values = (zigzag >> 1) ^ -(zigzag & 1)
        for _ in range(differences):
            values = np.cumsum(values, axis=0)
        return values

    def rich(node: Any) -> Any:
        if isinstance(node, dict):
            return array(node["$"]) if "$" in node else {key: rich(value) for key, value in node.items()}
        if isinstance(node, list):
            return [rich(value) for value in node]
        return node

    return rich(header["data"])

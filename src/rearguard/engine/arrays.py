"""Batched arrays with named dimensions: declared once in a struct, from which shapes, memory and copies follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import warp as wp


def per(*dims: str, dtype: Any = wp.float32) -> Any:
    """Annotation of a Warp array with one named dimension per axis, such as ``per("worlds", "agents")``."""
    annotation = wp.array(dtype=dtype, ndim=len(dims))
    annotation.dims = dims
    return annotation


def array_fields(struct: Any) -> Iterator[tuple[str, Any]]:
    """Name and annotation of every array of a Warp struct, in order."""
    for name, annotation in struct.cls.__annotations__.items():
        if isinstance(annotation, wp.array):
            yield name, annotation


def allocate(struct: Any, sizes: Mapping[str, int], device: str, fill: int | None = None) -> Any:
    """A struct instance with its arrays zeroed (or every byte set to ``fill``), shaped by ``sizes``."""
    instance = struct()
    for name, annotation in array_fields(struct):
        shape = tuple(sizes[d] for d in annotation.dims)
        array = wp.zeros(shape, dtype=annotation.dtype, device=device)
        if fill is not None and array.size:
            raw = np.full(array.numpy().view(np.uint8).size, fill, dtype=np.uint8)
            host = raw.view(array.numpy().dtype).reshape(array.numpy().shape)
            array.assign(wp.array(host, dtype=annotation.dtype, device=device))
        setattr(instance, name, array)
    return instance


def byte_count(struct: Any, sizes: Mapping[str, int]) -> int:
    """Bytes that ``allocate`` takes for the given sizes."""
    total = 0
    for _, annotation in array_fields(struct):
        count = 1
        for d in annotation.dims:
            count *= sizes[d]
        total += count * wp.types.type_size_in_bytes(annotation.dtype)
    return total


def gather(struct: Any, instance: Any, index: np.ndarray, device: str) -> Any:
    """A copy whose first dimension is ``instance``'s at ``index`` [int]; used to fork and to select worlds."""
    copy = struct()
    for name, annotation in array_fields(struct):
        host = getattr(instance, name).numpy()
        setattr(copy, name, wp.array(np.ascontiguousarray(host[index]), dtype=annotation.dtype, device=device))
    return copy

"""Batched arrays with named dimensions: declared once in a struct, from which shapes, memory and copies follow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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


def rows_of(struct: Any, instance: Any, start: int, stop: int) -> Any:
    """The same arrays, seen from row ``start`` to row ``stop`` wherever the first dimension is the worlds; nothing is copied."""
    view = struct()
    for name, annotation in array_fields(struct):
        array = getattr(instance, name)
        cut = annotation.dims[0] == "worlds" and array.size > 0
        setattr(view, name, array[start:stop] if cut else array)
    return view


@wp.kernel(module="unique", enable_backward=False)
def copy_rows(
    source: wp.array2d(dtype=wp.uint8),
    taken: wp.array(dtype=wp.int32),
    destination: wp.array2d(dtype=wp.uint8),
    rows: wp.array(dtype=wp.int32),
):
    """Copy row ``taken[k]`` of ``source`` to row ``rows[k]`` of ``destination``, byte by byte."""
    k, byte = wp.tid()
    destination[rows[k], byte] = source[taken[k], byte]


def _bytes(array: Any) -> Any:
    """A contiguous array seen as uint8 [rows, bytes of a row]."""
    width = array.strides[0]
    return wp.array(ptr=array.ptr, dtype=wp.uint8, shape=(array.shape[0], width), device=array.device, copy=False)


class RowCopier:
    """Copies rows between two sets of arrays of the same fields. Made once: looking the arrays up takes longer than copying."""

    def __init__(self, pairs: Iterable[tuple[Any, Any]], device: str) -> None:
        self.device = device
        kept = [(old, new) for old, new in pairs if old.size > 0]
        view = (lambda array: array.numpy()) if device == "cpu" else _bytes
        self.pairs = [(view(old), view(new)) for old, new in kept]
        self.arrays = kept  # views do not keep their memory alive

    def copy(self, rows: np.ndarray, taken: np.ndarray) -> None:
        """Put the rows ``taken`` of the second set in the place of ``rows`` of the first."""
        if self.device == "cpu":
            for old, new in self.pairs:
                old[rows] = new[taken]
            return
        into = wp.array(np.asarray(rows, np.int32), device=self.device)
        out = wp.array(np.asarray(taken, np.int32), device=self.device)
        for old, new in self.pairs:
            shape = (len(rows), old.shape[1])
            wp.launch(copy_rows, dim=shape, inputs=[new, out, old, into], device=self.device, record_tape=False)


def world_arrays(struct: Any, instance: Any) -> list[Any]:
    """The arrays of an instance that have a row per world, in order."""
    return [getattr(instance, name) for name, annotation in array_fields(struct) if annotation.dims[0] == "worlds"]

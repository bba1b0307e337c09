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
    source: wp.array2d(dtype=wp.uint8), rows: wp.array(dtype=wp.int32), destination: wp.array2d(dtype=wp.uint8)
):
    """Copy row k of ``source`` to row ``rows[k]`` of ``destination``, byte by byte."""
    k, byte = wp.tid()
    destination[rows[k], byte] = source[k, byte]


def _bytes(array: Any) -> Any:
    """A contiguous array seen as uint8 [rows, bytes of a row]."""
    width = array.strides[0]
    return wp.array(ptr=array.ptr, dtype=wp.uint8, shape=(array.shape[0], width), device=array.device, copy=False)


def scatter(struct: Any, instance: Any, index: np.ndarray, source: Any) -> None:
    """Put the rows of ``source`` in the place of the rows ``index`` [int] of ``instance``; other arrays stay as they are."""
    for name, annotation in array_fields(struct):
        old, new = getattr(instance, name), getattr(source, name)
        if annotation.dims[0] != "worlds" or old.size == 0:
            continue
        if old.device.is_cpu:
            old.numpy()[index] = new.numpy()
        else:
            rows = wp.array(np.asarray(index, np.int32), device=old.device)
            into, out = _bytes(old), _bytes(new)
            wp.launch(copy_rows, dim=out.shape, inputs=[out, rows, into], device=old.device, record_tape=False)

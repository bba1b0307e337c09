"""Actions of learners, in whatever they come: NumPy, torch, JAX or Warp arrays, or nested lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import warp as wp

from rearguard.env.rewards import EnvError
from rearguard.scenario.errors import did_you_mean


def write_actions(actions: Any, into: Any, host: np.ndarray | None) -> None:
    """Write ``actions`` into the Warp array ``into``; host: its view on the CPU, None on a graphics card.

    Whole numbers of any width are taken on the CPU, those of ``into`` alone on a card. Raises EnvError for another shape and
    for numbers with fractions where whole ones are needed.
    """
    if host is None:
        given: Any = actions if isinstance(actions, wp.array) else wp.from_dlpack(actions)
        _check(given.shape, given.dtype.__name__, given.dtype is into.dtype, into)
        wp.copy(into, given)
        return
    array = np.asarray(actions)
    if array.dtype != host.dtype or array.shape != host.shape:
        _check(array.shape, array.dtype.name, array.dtype.kind in ("iub" if host.dtype.kind == "i" else "iubf"), into)
    np.copyto(host, array, casting="unsafe")


def _check(shape: tuple[int, ...], kind: str, fits: bool, into: Any) -> None:
    if tuple(shape) != tuple(into.shape):
        raise EnvError(f"actions have the shape {tuple(shape)}; {tuple(into.shape)} is needed")
    if not fits:
        raise EnvError(f"actions are of the type {kind}; {into.dtype.__name__} is needed")


def whole(name: str, value: Any, least: int) -> int:
    """A whole number that is not below ``least``; raises EnvError otherwise. name: of the argument."""
    if not isinstance(value, int | np.integer) or value < least:
        raise EnvError(f"{name} is {value}; a whole number of {least} or more is needed")
    return int(value)


def above_zero(name: str, value: Any, unit: str) -> float:
    """A finite number above 0; raises EnvError otherwise. name: of the argument."""
    if not isinstance(value, int | float | np.number) or not 0.0 < float(value) < float("inf"):
        raise EnvError(f"{name} is {value}; a number of {unit} above 0 is needed")
    return float(value)


def one_of(name: str, value: Any, known: Sequence[str]) -> None:
    """Raises EnvError for a value that is not among ``known``. name: of the argument."""
    if value not in known:
        raise EnvError(f"{name} is '{value}'; {did_you_mean(str(value), known)}")


def world_mask(mask: Any, worlds: int) -> np.ndarray:
    """Which worlds are meant, bool [worlds]; None: all. Raises EnvError for anything but a truth value per world."""
    if mask is None:
        return np.ones(worlds, bool)
    array = np.asarray(mask)
    if array.shape != (worlds,) or array.dtype != bool:
        raise EnvError(f"the mask is {array.dtype.name} {array.shape}; one bool per world is needed, {(worlds,)}")
    return array

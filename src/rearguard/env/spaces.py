"""Gymnasium's words for what learners see and do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from rearguard.engine.observe import MOST
from rearguard.env.rewards import EnvError

if TYPE_CHECKING:
    from rearguard.env.tensor import TensorEnv

Float = npt.NDArray[np.float32]
Info = dict[str, Any]


def observation_space(batch: TensorEnv) -> spaces.Box:
    """The space of a learner's observation."""
    most = float(MOST)
    return spaces.Box(-most, most, (batch.layout.features,), np.float32)


def action_space(batch: TensorEnv) -> spaces.MultiDiscrete | spaces.Box:
    """The space of a learner's action."""
    if batch.actions == "discrete":
        return spaces.MultiDiscrete(batch.layout.choices)
    return spaces.Box(-1.0, 1.0, batch.single_action_shape, np.float32)


def state_space(batch: TensorEnv) -> spaces.Box:
    """The space of the state."""
    most = float(MOST)
    return spaces.Box(-most, most, (batch.layout.truths,), np.float32)


def mask_info(batch: TensorEnv, mask: npt.NDArray[np.int8]) -> Info:
    """A learner's mask for ``info``, as ``MultiDiscrete.sample`` wants it: arrays for moves, paces and uses.

    Empty for continuous actions, of which nothing can be masked.
    """
    if batch.actions == "continuous":
        return {}
    parts = np.split(mask, np.cumsum(batch.layout.choices)[:-1])
    return {"action_mask": tuple(part.copy() for part in parts)}


def must_be_open(batch: TensorEnv) -> None:
    """Raises EnvError when the only world of a batch has ended, or has not begun."""
    if batch.is_over(0):
        raise EnvError("the episode is over; call reset()")


def one_action(batch: TensorEnv, action: Any, agent: str) -> npt.NDArray[Any]:
    """An agent's action as an array [choices]; raises EnvError for another shape, for fractions and for what is out of range."""
    array = np.asarray(action)
    if array.shape != batch.single_action_shape:
        raise EnvError(f"the action of {agent} has the shape {array.shape}; {batch.single_action_shape} is needed")
    if batch.actions == "continuous":
        return array
    if array.dtype.kind not in "iu":
        raise EnvError(
            f"the action of {agent} is of the type {array.dtype.name}; whole numbers are needed: move, pace, use"
        )
    if ((array < 0) | (array >= batch.layout.choices)).any():
        most = (batch.layout.choices - 1).tolist()
        raise EnvError(f"the action of {agent} is {array.tolist()}; move, pace and use are from 0 to {most}")
    return array


def outcome_name(batch: TensorEnv, outcome: int) -> str | None:
    """Name of the end of a world; None while it is open."""
    return batch.compiled.names.outcomes[outcome] if outcome >= 0 else None


def only_render_mode(mode: str | None) -> str | None:
    """The render mode, if it is one that there is."""
    if mode not in (None, "rgb_array"):
        raise EnvError(f"render_mode is not '{mode}'; there is rgb_array, which needs no display")
    return mode

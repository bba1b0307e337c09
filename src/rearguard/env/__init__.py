"""What a learner sees: the worlds of a scenario through PettingZoo, Gymnasium and plain tensors.

    from rearguard import env

    world = env.parallel_env("alley", control=["anna"])         # PettingZoo: one world, several learners
    worlds = env.vector_env("alley", control="anna", num_envs=64)  # Gymnasium: many worlds, one learner
    batch = env.tensor_env("alley", control=["anna"], num_envs=8192)  # many worlds, several learners, zero-copy

An agent that is not controlled follows its doctrine. ``docs/env.md`` says what is observed, done and rewarded.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rearguard.env.parallel import parallel_env
    from rearguard.env.register import register_envs
    from rearguard.env.single import single_env
    from rearguard.env.tensor import tensor_env
    from rearguard.env.vector import vector_env

__all__ = ["parallel_env", "register_envs", "single_env", "tensor_env", "vector_env"]

_HOME = {
    "parallel_env": "parallel",
    "register_envs": "register",
    "single_env": "single",
    "tensor_env": "tensor",
    "vector_env": "vector",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'rearguard.env' has no attribute '{name}'")
    try:
        return getattr(import_module(f"rearguard.env.{_HOME[name]}"), name)
    except ModuleNotFoundError as error:
        if error.name in ("gymnasium", "pettingzoo"):
            raise ImportError(f"{name} needs {error.name}: pip install 'rearguard[env]'", name=error.name) from None
        raise


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])

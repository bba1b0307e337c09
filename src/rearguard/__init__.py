"""Rearguard simulates running pursuits in which time is the stake.

    import rearguard

    run = rearguard.run("east-gate", worlds=1000, seed=1)
    print(run.summary.outcomes)

``load``, ``validate``, ``run``, ``resume``, ``replay``, ``check`` and ``env`` are imported when first used, so that importing the
package is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rearguard.scenario.errors import ScenarioError
    from rearguard.scenario.load import load_scenario as load
    from rearguard.scenario.load import validate
    from rearguard.study.check import check
    from rearguard.study.replay import replay
    from rearguard.study.run import resume, run
    from rearguard.study.why import why

__all__ = ["ScenarioError", "check", "load", "replay", "resume", "run", "validate", "why"]

_HOME = {
    "ScenarioError": ("rearguard.scenario.errors", "ScenarioError"),
    "check": ("rearguard.study.check", "check"),
    "load": ("rearguard.scenario.load", "load_scenario"),
    "replay": ("rearguard.study.replay", "replay"),
    "resume": ("rearguard.study.run", "resume"),
    "run": ("rearguard.study.run", "run"),
    "validate": ("rearguard.scenario.load", "validate"),
    "why": ("rearguard.study.why", "why"),
}


def __getattr__(name: str) -> Any:
    if name == "env":
        return import_module("rearguard.env")
    if name not in _HOME:
        raise AttributeError(f"module 'rearguard' has no attribute '{name}'")
    module, attribute = _HOME[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])

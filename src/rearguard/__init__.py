"""Rearguard simulates running pursuits in which time is the stake.

    import rearguard

    run = rearguard.run("east-gate", worlds=1000, seed=1)
    print(run.summary.outcomes)

All of ``__all__`` is imported when first used, so that importing the package is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rearguard.scenario.errors import ScenarioError
    from rearguard.scenario.load import load_scenario as load
    from rearguard.scenario.load import validate
    from rearguard.study.calibration import calibrate
    from rearguard.study.check import check
    from rearguard.study.diff import diff
    from rearguard.study.ledger import ledger
    from rearguard.study.ledger_event import value_event
    from rearguard.study.plan import plan
    from rearguard.study.replay import replay
    from rearguard.study.run import resume, run
    from rearguard.study.sense import sense
    from rearguard.study.sweep import resume_sweep, sweep
    from rearguard.study.swing import swing
    from rearguard.study.tune import tune
    from rearguard.study.why import why
    from rearguard.tell.page import report
    from rearguard.tell.story.account import tell_story
    from rearguard.tell.watch import watch

__all__ = [
    "ScenarioError",
    "calibrate",
    "check",
    "diff",
    "ledger",
    "load",
    "plan",
    "replay",
    "report",
    "resume",
    "resume_sweep",
    "run",
    "sense",
    "sweep",
    "swing",
    "tell_story",
    "tune",
    "validate",
    "value_event",
    "watch",
    "why",
]


_HOME = {
    "ScenarioError": ("rearguard.scenario.errors", "ScenarioError"),
    "calibrate": ("rearguard.study.calibration", "calibrate"),
    "check": ("rearguard.study.check", "check"),
    "ledger": ("rearguard.study.ledger", "ledger"),
    "diff": ("rearguard.study.diff", "diff"),
    "load": ("rearguard.scenario.load", "load_scenario"),
    "plan": ("rearguard.study.plan", "plan"),
    "replay": ("rearguard.study.replay", "replay"),
    "report": ("rearguard.tell.page", "report"),
    "resume": ("rearguard.study.run", "resume"),
    "resume_sweep": ("rearguard.study.sweep", "resume_sweep"),
    "run": ("rearguard.study.run", "run"),
    "swing": ("rearguard.study.swing", "swing"),
    "tell_story": ("rearguard.tell.story.account", "tell_story"),
    "sense": ("rearguard.study.sense", "sense"),
    "tune": ("rearguard.study.tune", "tune"),
    "sweep": ("rearguard.study.sweep", "sweep"),
    "validate": ("rearguard.scenario.load", "validate"),
    "value_event": ("rearguard.study.ledger_event", "value_event"),
    "watch": ("rearguard.tell.watch", "watch"),
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

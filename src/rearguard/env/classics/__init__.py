"""Classic pursuits with known rules or known optimal play, as small batches of worlds of their own."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rearguard.env.classics.games import homicidal_chauffeur, lion_and_man, straight_chase, two_cutters
    from rearguard.env.classics.pursuit_env import sisl_pursuit
    from rearguard.env.classics.tag_env import tag

__all__ = ["homicidal_chauffeur", "lion_and_man", "sisl_pursuit", "straight_chase", "tag", "two_cutters"]

_HOME = {
    "homicidal_chauffeur": "games",
    "lion_and_man": "games",
    "sisl_pursuit": "pursuit_env",
    "straight_chase": "games",
    "tag": "tag_env",
    "two_cutters": "games",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'rearguard.env.classics' has no attribute '{name}'")
    return getattr(import_module(f"rearguard.env.classics.{_HOME[name]}"), name)

"""How a world moves: Model, World, the tick and its mechanics. Knows no files, no names, no terminal.

``prepare(compiled, device)`` gives a ``Program``; ``program.play(seed, world_ids)`` plays worlds to their end.
"""

import logging

import warp as wp

wp.config.quiet = True
wp.config.enable_backward = False
if hasattr(wp.config, "log_level"):
    wp.config.log_level = logging.ERROR
wp.init()

from rearguard.engine.program import (  # noqa: E402
    EVENT_DTYPE,
    EVENT_KINDS,
    MODES,
    ORDERS,
    Program,
    SliceResult,
    TrackResult,
    is_compiled,
    prepare,
)

__all__ = ["EVENT_DTYPE", "EVENT_KINDS", "MODES", "ORDERS", "Program", "SliceResult", "TrackResult", "is_compiled", "prepare"]

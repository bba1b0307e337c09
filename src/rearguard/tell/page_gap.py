"""The gap, as in a race trace: how far behind the payload its pursuers are, in seconds, at every moment of a world.

A pursuer's gap is the time since the payload passed the point of its way that is nearest to the pursuer, plus the time
the pursuer takes to get to that point at critical speed. On the payload's own way that is the gap of motor racing; off
it, it is what closing in would cost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from rearguard.scenario.compiled import Compiled
    from rearguard.tell.page_record import Recording

Floats = npt.NDArray[np.float64]


def gap_seconds(way: Floats, runner: Floats, speed: float, step: float) -> Floats:
    """Gap of one pursuer [s], one per sample.

    way, runner: places [samples, 2] of payload and pursuer [m]. speed: the pursuer's critical speed [m/s]. step: time
    between samples [s].
    """
    out = np.empty(len(way))
    for k in range(len(way)):
        passed = way[: k + 1]
        distance = np.hypot(*(passed - runner[k]).T)
        nearest = k - int(np.argmin(distance[::-1]))  # of equals the latest: a payload at rest is not behind itself
        out[k] = (k - nearest) * step + distance[nearest] / max(speed, 0.1)
    return out


def progress_metres(way: Floats) -> Floats:
    """How far the payload has come along its way [m], one per sample."""
    steps = np.hypot(*np.diff(way, axis=0, prepend=way[:1]).T)
    return np.asarray(np.cumsum(steps))


def world_gap(compiled: Compiled, recording: Recording, dt: float) -> dict[str, Any] | None:
    """Gap of the nearest pursuer and progress of the first payload, per sample; None without a payload or pursuers.

    ``who``: index of the nearest pursuer, -1 while there is none on the ground.
    """
    from rearguard.engine.columns import Body
    from rearguard.engine.world import Mode

    names = compiled.names
    if not names.payloads:
        return None
    side = int(compiled.arrays["payload_side"][0])
    pursuers = [i for i, own in enumerate(names.side_of) if own != side]
    if not pursuers:
        return None
    frames = recording.position[:: recording.every]
    way = frames[:, len(names.people), :2].astype(float)
    mode = recording.states["mode"][:: recording.every]
    gaps = np.full((len(frames), len(pursuers)), np.inf)
    for k, i in enumerate(pursuers):
        there = (mode[:, i] != int(Mode.away)) & (mode[:, i] != int(Mode.out))
        if there.any():
            speed = float(recording.body[i, Body.critical_speed])
            own = gap_seconds(way, frames[:, i, :2].astype(float), speed, recording.every * dt)
            gaps[there, k] = own[there]
    best = gaps.argmin(axis=1)
    least = gaps[np.arange(len(frames)), best]
    return {
        "payload": names.payloads[0],
        "seconds": np.where(np.isfinite(least), least, np.nan),
        "who": np.where(np.isfinite(least), np.array(pursuers)[best], -1),
        "progress": progress_metres(way),
    }

"""Differential games: points that turn and run in the plane, from Isaacs (1965, "Differential Games").

A player runs at its own constant speed toward the heading that it is told; one with a turning radius turns toward it no faster
than that allows. The pursuers come first, the evader is last. A world ends when a pursuer is within the capture radius, at a
moment found between two steps on the straight lines that players run. Lengths and times are the game's own units.

One thread is one world; a step of a learner is ``substeps`` steps of ``dt``. Numbers are float64: where speeds are nearly the
same, what float32 rounds off a step is as much as the gap closes in it.
"""

import warp as wp

from rearguard.engine.arrays import per

Real = wp.float64
NIL = wp.constant(Real(0.0))
ONE = wp.constant(Real(1.0))
HALF = wp.constant(Real(0.5))
TWO = wp.constant(Real(2.0))
PI = wp.constant(Real(3.14159265358979323846))
STANDS = wp.constant(Real(1.0e-14))
"""Square of a way below which nobody has moved."""


@wp.struct
class Chase:
    """Worlds of a game."""

    position: per("worlds", "players", dtype=wp.vec2d)
    heading: per("worlds", "players", dtype=Real)  # [rad]
    time: per("worlds", dtype=Real)
    done: per("worlds", dtype=wp.bool)
    speed: per("players", dtype=Real)
    turning: per("players", dtype=Real)  # least radius of a turn; 0: turns at once
    capture: Real
    arena: Real  # radius of the disc that nobody leaves; 0: the plane
    dt: Real
    substeps: int
    most_time: Real


@wp.func
def turned(heading: Real, wanted: Real, most: Real) -> Real:
    """A heading after turning toward another by at most ``most`` [rad]."""
    d = wanted - heading
    d = d - TWO * PI * wp.floor((d + PI) / (TWO * PI))
    return heading + wp.clamp(d, -most, most)


@wp.func
def closest_share(d0: wp.vec2d, d1: wp.vec2d, reach: Real) -> Real:
    """Share of a step after which two players come within ``reach``, their offset going from ``d0`` to ``d1``; 2: they do not."""
    if wp.dot(d0, d0) <= reach * reach:
        return NIL
    m = d1 - d0
    a = wp.dot(m, m)
    b = wp.dot(d0, m)
    c = wp.dot(d0, d0) - reach * reach
    root = b * b - a * c
    if a < STANDS or root < NIL:
        return TWO
    share = (-b - wp.sqrt(root)) / a
    if share < NIL or share > ONE:
        return TWO
    return share


@wp.func
def moved(s: Chase, w: int, k: int, wanted: Real) -> wp.vec2d:
    """Where a player is after a step; its heading is set."""
    h = wanted
    if s.turning[k] > NIL:
        h = turned(s.heading[w, k], wanted, s.speed[k] * s.dt / s.turning[k])
    s.heading[w, k] = h
    p = s.position[w, k] + wp.vec2d(wp.cos(h), wp.sin(h)) * (s.speed[k] * s.dt)
    length = wp.length(p)
    if s.arena > NIL and length > s.arena:
        p = p * (s.arena / length)
    return p


@wp.kernel(module="unique", enable_backward=False)
def chase_on(s: Chase, heading: wp.array2d(dtype=Real), told: wp.array3d(dtype=Real)):
    """One step of a learner: headings wanted [worlds, players]; told: x, y, heading of everybody [worlds, players, 3]."""
    w = wp.tid()
    players = s.speed.shape[0]
    for _step in range(s.substeps):
        if not s.done[w]:
            evader = players - 1
            before = s.position[w, evader]
            after = moved(s, w, evader, heading[w, evader])
            soonest = TWO
            for k in range(players - 1):
                p = s.position[w, k]
                q = moved(s, w, k, heading[w, k])
                s.position[w, k] = q
                soonest = wp.min(soonest, closest_share(before - p, after - q, s.capture))
            s.position[w, evader] = after
            s.time[w] = s.time[w] + s.dt * wp.min(soonest, ONE)
            if soonest <= ONE or s.time[w] >= s.most_time - HALF * s.dt:
                s.done[w] = True
    for k in range(players):
        told[w, k, 0] = s.position[w, k][0]
        told[w, k, 1] = s.position[w, k][1]
        told[w, k, 2] = s.heading[w, k]

"""The rules of tag: point masses that push each other off, slow chasers after fast prey, round obstacles.

These are the rules of ``simple_tag`` (Lowe et al. 2017, "Multi-agent actor-critic for mixed cooperative-competitive
environments"; kept up as MPE2's ``simple_tag_v3``), with its numbers: a step is 0.1 s, velocities keep 75 % per step,
positions move by the old velocity, a contact pushes with 100 x softplus(depth / 0.001) x 0.001 along the line of centres.
Units are the game's own. ``tests/env/test_tag.py`` steps both side by side.

One thread is one world, and the kernels are made for one size of the teams: with the loops over agents unrolled a world is
held in registers, which triples the speed. Observations, in pairs: own velocity, own position, obstacles and other agents relative to
oneself, velocities of the other prey; what a prey lacks at the end is 0.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import warp as wp

from rearguard.engine.arrays import per
from rearguard.engine.rng import Key, Purpose, uniform4

DT = wp.constant(0.1)
KEPT = wp.constant(0.75)
"""Share of a velocity that is left after a step."""
CONTACT = wp.constant(100.0)
MARGIN = wp.constant(1.0e-3)
BEYOND = wp.constant(0.02)
"""Gap from which on a contact pushes with nothing that a float32 could hold beside anything else."""
CHASER_SIZE = wp.constant(0.075)
PREY_SIZE = wp.constant(0.05)
OBSTACLE_SIZE = wp.constant(0.2)
CHASER_FORCE = wp.constant(3.0)
PREY_FORCE = wp.constant(4.0)
CHASER_SPEED = wp.constant(1.0)
PREY_SPEED = wp.constant(1.3)
CAUGHT = wp.constant(10.0)
"""What being tagged costs a prey and earns the chasers."""


@wp.struct
class Tag:
    """Worlds of tag, and what was told of them last. Agents are the chasers, then the prey."""

    position: per("worlds", "agents", dtype=wp.vec2)
    velocity: per("worlds", "agents", dtype=wp.vec2)
    obstacle: per("worlds", "obstacles", dtype=wp.vec2)
    key: per("worlds", dtype=Key)
    episode: per("worlds", dtype=wp.int32)
    step: per("worlds", dtype=wp.int32)
    most_steps: int
    renew: int  # 1: a world whose time is over begins anew at once


@wp.struct
class Told:
    """What learners are told after a step."""

    observation: per("worlds", "agents", "pairs", dtype=wp.vec2)
    final: per("worlds", "agents", "pairs", dtype=wp.vec2)  # the last of the episode that was over last
    reward: per("worlds", "agents")
    truncated: per("worlds", dtype=wp.bool)


@wp.func
def contact_force(d: wp.vec2, reach: float) -> wp.vec2:
    """Force on a body whose centre is ``d`` from another's, when their radii add up to ``reach``."""
    q = wp.dot(d, d)
    far = reach + BEYOND
    if q > far * far:
        return wp.vec2(0.0, 0.0)
    distance = wp.sqrt(wp.max(q, 1.0e-12))
    x = (reach - distance) / MARGIN
    depth = wp.max(x, 0.0) + wp.log(1.0 + wp.exp(-wp.abs(x)))
    return d * (CONTACT * MARGIN * depth / distance)


@wp.func
def fine_beyond(x: float) -> float:
    """What it costs a prey to be at ``x`` from the middle along one axis."""
    if x < 0.9:
        return 0.0
    if x < 1.0:
        return (x - 0.9) * 10.0
    return wp.min(wp.exp(2.0 * x - 2.0), 10.0)


@wp.func
def begin(s: Tag, w: int):
    """A new episode: everybody at rest anywhere on the field."""
    episode = s.episode[w] + 1
    s.episode[w] = episode
    s.step[w] = 0
    agents = s.position.shape[1]
    for a in range(agents):
        u = uniform4(s.key[w], episode, a, int(Purpose.START), 0)
        s.position[w, a] = wp.vec2(2.0 * u[0] - 1.0, 2.0 * u[1] - 1.0)
        s.velocity[w, a] = wp.vec2(0.0, 0.0)
    for k in range(s.obstacle.shape[1]):
        u = uniform4(s.key[w], episode, agents + k, int(Purpose.START), 0)
        s.obstacle[w, k] = wp.vec2(1.8 * u[0] - 0.9, 1.8 * u[1] - 0.9)


@wp.func
def draw_actions(s: Tag, w: int, act: wp.array(dtype=wp.int32)):
    """An action for everybody, evenly."""
    agents = s.position.shape[1]
    a = int(0)
    while a < agents:
        u = uniform4(s.key[w], s.episode[w], s.step[w] * 64 + a, int(Purpose.PARAMETER), 0)
        for k in range(4):
            if a + k < agents:
                act[a + k] = wp.min(int(u[k] * 5.0), 4)
        a = a + 4


@dataclass(frozen=True)
class Kernels:
    """The kernels of tag for teams of one size.

    begin: (state, told, which): worlds where ``which`` begin anew. step: (state, told, actions [worlds, agents]).
    step_continuous: the same, actions [worlds, agents, 5]. roll_out: (state, steps, drawn, action, observation, reward).
    """

    begin: Any
    step: Any
    step_continuous: Any
    roll_out: Any


@cache
def build(agents: int, chasers: int, obstacles: int) -> Kernels:
    """Kernels for so many agents, of whom the first are chasers, and obstacles."""
    bodies = wp.types.matrix(shape=(agents, 2), dtype=wp.float32)

    @wp.func
    def size_of(a: int) -> float:
        return wp.where(a < chasers, CHASER_SIZE, PREY_SIZE)

    @wp.func
    def force_of(a: int) -> float:
        return wp.where(a < chasers, CHASER_FORCE, PREY_FORCE)

    @wp.func
    def drive(a: int, action: int) -> wp.vec2:
        x = float(action == 2) - float(action == 1)
        y = float(action == 4) - float(action == 3)
        return force_of(a) * wp.vec2(x, y)

    @wp.func
    def tell_views(s: Tag, w: int, p: bodies, v: bodies, out: wp.array2d(dtype=wp.vec2)):
        for a in range(agents):
            out[a, 0] = v[a]
            out[a, 1] = p[a]
            for k in range(obstacles):
                out[a, 2 + k] = s.obstacle[w, k] - p[a]
            n = int(2 + obstacles)
            for b in range(agents):
                if b != a:
                    out[a, n] = p[b] - p[a]
                    n = n + 1
            for b in range(chasers, agents):
                if b != a:
                    out[a, n] = v[b]
                    n = n + 1
            if a >= chasers:
                out[a, n] = wp.vec2(0.0, 0.0)

    @wp.func
    def tell_rewards(p: bodies, out: wp.array(dtype=wp.float32)):
        touches = int(0)
        reach = CHASER_SIZE + PREY_SIZE
        for a in range(chasers, agents):
            mine = int(0)
            for b in range(chasers):
                d = p[a] - p[b]
                if wp.dot(d, d) < reach * reach:
                    mine = mine + 1
            touches = touches + mine
            out[a] = -CAUGHT * float(mine) - fine_beyond(wp.abs(p[a, 0])) - fine_beyond(wp.abs(p[a, 1]))
        for a in range(chasers):
            out[a] = CAUGHT * float(touches)

    @wp.func
    def look(s: Tag, w: int, out: wp.array2d(dtype=wp.vec2)):
        p = bodies()
        v = bodies()
        for a in range(agents):
            p[a] = s.position[w, a]
            v[a] = s.velocity[w, a]
        tell_views(s, w, p, v, out)

    @wp.func
    def advance(s: Tag, w: int, drives: bodies, views: wp.array2d(dtype=wp.vec2), rewards: wp.array(dtype=wp.float32)):
        p = bodies()
        v = bodies()
        f = drives
        for a in range(agents):
            p[a] = s.position[w, a]
            v[a] = s.velocity[w, a]
        for a in range(agents):
            for b in range(a + 1, agents):
                push = contact_force(p[a] - p[b], size_of(a) + size_of(b))
                f[a] = f[a] + push
                f[b] = f[b] - push
            for k in range(obstacles):
                f[a] = f[a] + contact_force(p[a] - s.obstacle[w, k], size_of(a) + OBSTACLE_SIZE)
        for a in range(agents):
            p[a] = p[a] + v[a] * DT
            fresh = v[a] * KEPT + f[a] * DT
            most = wp.where(a < chasers, CHASER_SPEED, PREY_SPEED)
            q = wp.dot(fresh, fresh)
            if q > most * most:
                fresh = fresh * (most / wp.sqrt(q))
            v[a] = fresh
            s.position[w, a] = p[a]
            s.velocity[w, a] = v[a]
        s.step[w] = s.step[w] + 1
        tell_rewards(p, rewards)
        tell_views(s, w, p, v, views)

    @wp.func
    def conclude(s: Tag, t: Told, w: int):
        over = bool(s.step[w] >= s.most_steps)
        t.truncated[w] = over
        if over and s.renew == 1:
            look(s, w, t.final[w])
            begin(s, w)
            look(s, w, t.observation[w])

    @wp.kernel(module="unique", enable_backward=False)
    def begin_all(s: Tag, t: Told, which: wp.array(dtype=wp.bool)):
        w = wp.tid()
        if which[w]:
            begin(s, w)
            look(s, w, t.observation[w])
            t.truncated[w] = False
            for a in range(agents):
                t.reward[w, a] = 0.0

    @wp.kernel(module="unique", enable_backward=False)
    def step(s: Tag, t: Told, act: wp.array2d(dtype=wp.int32)):
        w = wp.tid()
        drives = bodies()
        for a in range(agents):
            drives[a] = drive(a, act[w, a])
        advance(s, w, drives, t.observation[w], t.reward[w])
        conclude(s, t, w)

    @wp.kernel(module="unique", enable_backward=False)
    def step_continuous(s: Tag, t: Told, act: wp.array3d(dtype=wp.float32)):
        w = wp.tid()
        drives = bodies()
        for a in range(agents):
            drives[a] = force_of(a) * wp.vec2(act[w, a, 2] - act[w, a, 1], act[w, a, 4] - act[w, a, 3])
        advance(s, w, drives, t.observation[w], t.reward[w])
        conclude(s, t, w)

    @wp.kernel(module="unique", enable_backward=False)
    def roll_out(
        s: Tag,
        steps: int,
        drawn: int,
        act: wp.array3d(dtype=wp.int32),
        views: wp.array4d(dtype=wp.vec2),
        rewards: wp.array3d(dtype=wp.float32),
    ):
        w = wp.tid()
        for k in range(steps):
            if drawn == 1:
                draw_actions(s, w, act[k, w])
            drives = bodies()
            for a in range(agents):
                drives[a] = drive(a, act[k, w, a])
            advance(s, w, drives, views[k, w], rewards[k, w])
            if s.step[w] >= s.most_steps:
                begin(s, w)

    return Kernels(begin_all, step, step_continuous, roll_out)

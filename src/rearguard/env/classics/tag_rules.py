"""The rules of tag: point masses that push each other off, slow chasers after fast prey, round obstacles.

These are the rules of ``simple_tag`` (Lowe et al. 2017, "Multi-agent actor-critic for mixed cooperative-competitive
environments"; kept up as MPE2's ``simple_tag_v3``), with its numbers: a step is 0.1 s, velocities keep 75 % per step,
positions move by the old velocity, a contact pushes with 100 x softplus(depth / 0.001) x 0.001 along the line of centres.
Units are the game's own. ``tests/env/test_tag.py`` steps both side by side.

One thread is one world. Observations, in pairs: own velocity, own position, obstacles and other agents relative to
oneself, velocities of the other prey; what a prey lacks at the end is 0.
"""

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
    next: per("worlds", "agents", dtype=wp.vec2)  # velocity after the step in progress
    obstacle: per("worlds", "obstacles", dtype=wp.vec2)
    key: per("worlds", dtype=Key)
    episode: per("worlds", dtype=wp.int32)
    step: per("worlds", dtype=wp.int32)
    chasers: int
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
def size_of(s: Tag, a: int) -> float:
    """Radius of an agent."""
    return wp.where(a < s.chasers, CHASER_SIZE, PREY_SIZE)


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
def push(s: Tag, w: int, a: int, drive: wp.vec2):
    """The velocity of an agent after this step, from its drive and all contacts."""
    p = s.position[w, a]
    mine = size_of(s, a)
    force = drive
    for b in range(s.position.shape[1]):
        if b != a:
            force = force + contact_force(p - s.position[w, b], mine + size_of(s, b))
    for k in range(s.obstacle.shape[1]):
        force = force + contact_force(p - s.obstacle[w, k], mine + OBSTACLE_SIZE)
    v = s.velocity[w, a] * KEPT + force * DT
    most = wp.where(a < s.chasers, CHASER_SPEED, PREY_SPEED)
    q = wp.dot(v, v)
    if q > most * most:
        v = v * (most / wp.sqrt(q))
    s.next[w, a] = v


@wp.func
def drive_of(s: Tag, a: int, action: int) -> wp.vec2:
    """Force of a discrete action: 0 nothing, 1 left, 2 right, 3 down, 4 up."""
    force = wp.where(a < s.chasers, CHASER_FORCE, PREY_FORCE)
    x = float(0.0)
    y = float(0.0)
    if action == 1:
        x = -force
    elif action == 2:
        x = force
    elif action == 3:
        y = -force
    elif action == 4:
        y = force
    return wp.vec2(x, y)


@wp.func
def move(s: Tag, w: int):
    """Everybody moves by the old velocity and takes up the new one."""
    for a in range(s.position.shape[1]):
        s.position[w, a] = s.position[w, a] + s.velocity[w, a] * DT
        s.velocity[w, a] = s.next[w, a]
    s.step[w] = s.step[w] + 1


@wp.func
def fine_beyond(x: float) -> float:
    """What it costs a prey to be at ``x`` from the middle along one axis."""
    if x < 0.9:
        return 0.0
    if x < 1.0:
        return (x - 0.9) * 10.0
    return wp.min(wp.exp(2.0 * x - 2.0), 10.0)


@wp.func
def tell_rewards(s: Tag, w: int, out: wp.array(dtype=wp.float32)):
    """A prey pays for every chaser that touches it and for leaving the field; every chaser earns for every touch."""
    agents = s.position.shape[1]
    touches = int(0)
    reach = CHASER_SIZE + PREY_SIZE
    for a in range(s.chasers, agents):
        p = s.position[w, a]
        mine = int(0)
        for b in range(s.chasers):
            d = p - s.position[w, b]
            if wp.dot(d, d) < reach * reach:
                mine = mine + 1
        touches = touches + mine
        out[a] = -CAUGHT * float(mine) - fine_beyond(wp.abs(p[0])) - fine_beyond(wp.abs(p[1]))
    for a in range(s.chasers):
        out[a] = CAUGHT * float(touches)


@wp.func
def tell_views(s: Tag, w: int, out: wp.array2d(dtype=wp.vec2)):
    """What everybody sees."""
    agents = s.position.shape[1]
    for a in range(agents):
        p = s.position[w, a]
        out[a, 0] = s.velocity[w, a]
        out[a, 1] = p
        n = int(2)
        for k in range(s.obstacle.shape[1]):
            out[a, n] = s.obstacle[w, k] - p
            n = n + 1
        for b in range(agents):
            if b != a:
                out[a, n] = s.position[w, b] - p
                n = n + 1
        for b in range(s.chasers, agents):
            if b != a:
                out[a, n] = s.velocity[w, b]
                n = n + 1
        if a >= s.chasers:
            out[a, n] = wp.vec2(0.0, 0.0)


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
def conclude(s: Tag, t: Told, w: int):
    """Rewards, views, and a new episode when the time is over."""
    tell_rewards(s, w, t.reward[w])
    over = bool(s.step[w] >= s.most_steps)
    t.truncated[w] = over
    if over and s.renew == 1:
        tell_views(s, w, t.final[w])
        begin(s, w)
    tell_views(s, w, t.observation[w])


@wp.kernel(module="unique", enable_backward=False)
def begin_all(s: Tag, t: Told, which: wp.array(dtype=wp.bool)):
    """Begin the worlds of ``which`` anew and tell what is seen there."""
    w = wp.tid()
    if which[w]:
        begin(s, w)
        tell_views(s, w, t.observation[w])
        t.truncated[w] = False
        for a in range(s.position.shape[1]):
            t.reward[w, a] = 0.0


@wp.kernel(module="unique", enable_backward=False)
def step_discrete(s: Tag, t: Told, act: wp.array2d(dtype=wp.int32)):
    """One step; actions [worlds, agents] as in ``drive_of``."""
    w = wp.tid()
    for a in range(s.position.shape[1]):
        push(s, w, a, drive_of(s, a, act[w, a]))
    move(s, w)
    conclude(s, t, w)


@wp.kernel(module="unique", enable_backward=False)
def step_continuous(s: Tag, t: Told, act: wp.array3d(dtype=wp.float32)):
    """One step; actions [worlds, agents, 5]: nothing, left, right, down, up, each in [0, 1]."""
    w = wp.tid()
    for a in range(s.position.shape[1]):
        force = wp.where(a < s.chasers, CHASER_FORCE, PREY_FORCE)
        push(s, w, a, force * wp.vec2(act[w, a, 2] - act[w, a, 1], act[w, a, 4] - act[w, a, 3]))
    move(s, w)
    conclude(s, t, w)


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


@wp.kernel(module="unique", enable_backward=False)
def roll_out(
    s: Tag,
    steps: int,
    drawn: int,
    act: wp.array3d(dtype=wp.int32),
    observation: wp.array4d(dtype=wp.vec2),
    reward: wp.array3d(dtype=wp.float32),
):
    """Many steps in one launch: [steps, worlds, agents, ...]; ``drawn`` 1: actions are drawn and written down."""
    w = wp.tid()
    for k in range(steps):
        if drawn == 1:
            draw_actions(s, w, act[k, w])
        for a in range(s.position.shape[1]):
            push(s, w, a, drive_of(s, a, act[k, w, a]))
        move(s, w)
        tell_rewards(s, w, reward[k, w])
        tell_views(s, w, observation[k, w])
        if s.step[w] >= s.most_steps:
            begin(s, w)

"""What goes wrong in a crowd: people stop in the middle, fall and jam; and the command that gets them going again.

All of it is declared, as no accepted figure is known: Leach 2004 (Aviat Space Environ Med 75:539) says that people freeze
in disasters, not how often. Who is hit falls by the model of ``balance``.
"""

import warp as wp

from rearguard.engine.columns import Walk
from rearguard.engine.events import Event, note
from rearguard.engine.ground import cell_of
from rearguard.engine.model import Model
from rearguard.engine.rng import Purpose, uniform4
from rearguard.engine.throng import crowding
from rearguard.engine.world import Gait, World

STEADY_TIME = wp.constant(10.0)
"""Time for which those who heard the command do not stop again, and make way sooner [s] (declared)."""
PACKED = wp.constant(5)
"""People on the 2 m² around somebody, oneself among them, from which one counts as packed: 2.5 /m² (declared)."""
JAM_LEAST = wp.constant(8)
"""Packed people that can make a jam (declared)."""
FLOW_WINDOW = wp.constant(3.0)
"""Walking time ahead of the foremost packed one in which the flow is counted [s] (declared)."""
FLOW_MEMORY = wp.constant(2.0)
"""Time constant with which the flow is smoothed [s] (declared)."""
JAM_FLOW = wp.constant(0.3)
"""Flow below which a crowd stands [1/s] (declared); a door of 0.8 m passes about one a second."""
CLEAR_FLOW = wp.constant(0.6)
"""Flow above which it goes on [1/s] (declared)."""
FREE_FLOW = wp.constant(1.0)
"""Flow that is taken where hardly anybody is packed [1/s]."""


@wp.func
def fall_over(m: Model, s: World, w: int, tick: int, a: int, runner: int, value: float):
    """Lie in the way for a time; ``runner`` is who did it, -1 for nobody."""
    c = m.throng.crowd_of[a]
    s.crowd.gait[w, a] = wp.uint8(int(Gait.lie))
    s.crowd.until[w, a] = float(tick) * m.dt + s.walk[w, c, int(Walk.lie)]
    note(s, w, tick, int(Event.stumble), runner, -1, c, value, s.crowd.position[w, a])


@wp.func
def go_on(m: Model, s: World, w: int, tick: int, here: int, a: int):
    """Let ``a``, who is at ``here`` in the order, get up or walk on when it is time, and now and then stop or fall."""
    time = float(tick) * m.dt
    if int(s.crowd.gait[w, a]) != int(Gait.walk):
        if time >= s.crowd.until[w, a]:
            s.crowd.gait[w, a] = wp.uint8(int(Gait.walk))
    elif (tick // m.throng.look_every + a) % m.throng.hazard_every == 0:
        c = m.throng.crowd_of[a]
        stall = s.walk[w, c, int(Walk.stall)]
        stumble = s.walk[w, c, int(Walk.stumble)]
        if stall > 0.0 or stumble > 0.0:
            over = float(m.throng.hazard_every * m.throng.look_every) * m.dt
            u = uniform4(s.key[w], tick, a, int(Purpose.CROWD_HAZARD), 0)
            if u[0] < 1.0 - wp.exp(-stall * over) and time >= s.crowd.until[w, a]:
                s.crowd.gait[w, a] = wp.uint8(int(Gait.stall))
                s.crowd.until[w, a] = time + s.walk[w, c, int(Walk.stall_time)]
            elif u[1] < 1.0 - wp.exp(-stumble * over):
                if crowding(m, s, w, here, s.crowd.position[w, a]) >= PACKED:
                    fall_over(m, s, w, tick, a, -1, 0.0)


@wp.func
def to_go(m: Model, c: int, p: wp.vec2) -> float:
    """How far [m] crowd ``c`` has still to walk from ``p``, as on a hard street."""
    cell = cell_of(m.ground, p)
    return 0.1 * float(int(m.throng.to_go[m.throng.way_of[c], cell[0], cell[1]]))


@wp.func
def judge_flow(m: Model, s: World, w: int, tick: int, c: int):
    """Say when a crowd stands before a bottleneck, and when it flows again.

    The flow is that of the people who walk free just ahead of the foremost one who is packed.
    """
    packed = int(0)
    head = float(1.0e9)
    at = wp.vec2(0.0, 0.0)
    for k in range(s.crowd.presence[w]):
        a = int(s.crowd.present[w, k])
        if m.throng.crowd_of[a] == c:
            p = s.crowd.position[w, a]
            if crowding(m, s, w, k, p) >= PACKED:
                packed = packed + 1
                left = to_go(m, c, p)
                if left < head:
                    head = left
                    at = p
    flow = float(FREE_FLOW)
    window = wp.min(FLOW_WINDOW * s.walk[w, c, int(Walk.speed)], head)
    if packed >= JAM_LEAST and window > 1.0:
        ahead = int(0)
        for k in range(s.crowd.presence[w]):
            a = int(s.crowd.present[w, k])
            if m.throng.crowd_of[a] == c and int(s.crowd.gait[w, a]) == int(Gait.walk):
                left = to_go(m, c, s.crowd.position[w, a])
                if left < head and left >= head - window:
                    ahead = ahead + 1
        flow = float(ahead) * s.walk[w, c, int(Walk.speed)] / window
    share = 1.0 - wp.exp(-float(m.throng.judge_every * m.throng.look_every) * m.dt / FLOW_MEMORY)
    flow = s.crowd.flow[w, c] + (flow - s.crowd.flow[w, c]) * share
    s.crowd.flow[w, c] = flow
    time = float(tick) * m.dt
    since = s.crowd.jammed_since[w, c]
    if since < 0.0:
        if flow < JAM_FLOW and packed > 0:
            s.crowd.jammed_since[w, c] = time
            note(s, w, tick, int(Event.jam), -1, -1, c, float(packed), at)
    elif flow > CLEAR_FLOW:
        s.crowd.jammed_since[w, c] = -1.0
        note(s, w, tick, int(Event.clear), -1, -1, c, time - since, at)


@wp.func
def crowd_hears(m: Model, s: World, w: int, tick: int, p: wp.vec2, radius: float) -> int:
    """A command to keep moving reaches all within ``radius`` [m] of ``p``: who has stopped walks on, and nobody stops for a while.

    They also make way for runners sooner. Returns how many had stopped. The crowds must have walked up to ``tick``.
    """
    time = float(tick) * m.dt
    freed = int(0)
    for k in range(s.crowd.presence[w]):
        a = int(s.crowd.present[w, k])
        d = s.crowd.position[w, a] - p
        gait = int(s.crowd.gait[w, a])
        if wp.dot(d, d) < radius * radius and gait != int(Gait.lie):
            if gait == int(Gait.stall):
                freed = freed + 1
                s.crowd.gait[w, a] = wp.uint8(int(Gait.walk))
            s.crowd.until[w, a] = time + STEADY_TIME
    return freed


@wp.func
def call_to_crowd(s: World, w: int, i: int, radius: float):
    """Command all within ``radius`` [m] of agent ``i`` to keep moving; heard before the crowds walk in this tick."""
    p = s.motion.position[w, i]
    s.crowd.voice[w, i] = wp.vec3(p[0], p[1], radius)


@wp.func
def hear_calls(m: Model, s: World, w: int, tick: int):
    """Let the crowds hear what agents have called to them."""
    i = int(0)
    while i < m.people:
        call = s.crowd.voice[w, i]
        if call[2] > 0.0:
            crowd_hears(m, s, w, tick, wp.vec2(call[0], call[1]), call[2])
            s.crowd.voice[w, i] = wp.vec3(0.0, 0.0, 0.0)
        i = i + 1


@wp.func
def crowd_within(m: Model, s: World, w: int, p: wp.vec2, radius: float) -> float:
    """How many pedestrians are within ``radius`` [m] of ``p``."""
    count = float(0.0)
    if m.throng.crowds > 0:
        for k in range(s.crowd.presence[w]):
            d = s.crowd.position[w, int(s.crowd.present[w, k])] - p
            if wp.dot(d, d) < radius * radius:
                count += 1.0
    return count

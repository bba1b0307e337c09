"""The payload: its clock, its stages, who carries it, and being reached.

A payload follows its carriers on a tow of given length. Its clock runs through stages toward the last, the point of no
return; each stage has its own mass, drag, sign and sound. Somebody of another side within reach of it makes contact.
"""

import warp as wp

from rearguard.engine.columns import Phase
from rearguard.engine.events import Event, note
from rearguard.engine.ground import height_at
from rearguard.engine.model import Model, Order
from rearguard.engine.world import Mode, World

NEVER = wp.constant(1.0e9)


@wp.func
def run_clock(m: Model, s: World, w: int, tick: int, p: int):
    """Enter the next stage when the time has come."""
    time = float(tick) * m.dt
    stage = s.cargo.stage[w, p]
    if time >= s.cargo.stage_ends[w, p] and stage < m.stage_count[p] - 1:
        stage = stage + 1
        s.cargo.stage[w, p] = stage
        ends = float(NEVER)
        if stage < m.stage_count[p] - 1:
            ends = s.cargo.stage_ends[w, p] + s.phase[w, p, stage, int(Phase.lasts)]
        s.cargo.stage_ends[w, p] = ends
        note(s, w, tick, int(Event.stage), -1, m.people + p, stage, float(stage), s.cargo.position[w, p])


@wp.func
def can_carry(s: World, w: int, i: int) -> bool:
    """True for one who is up and free to carry."""
    mode = s.motion.mode[w, i]
    fallen = mode == int(Mode.down) and s.motion.topples[w, i] == 1
    gone = mode == int(Mode.away) or mode == int(Mode.out)
    return not gone and not fallen and mode != int(Mode.hang) and s.act.held_by[w, i] < 0


@wp.func
def let_go(m: Model, s: World, w: int, tick: int, i: int):
    """Stop carrying."""
    p = s.cargo.carried[w, i]
    s.cargo.carried[w, i] = -1
    s.cargo.carriers[w, p] = s.cargo.carriers[w, p] - 1
    note(s, w, tick, int(Event.let_go), i, m.people + p, p, 0.0, s.motion.position[w, i])


@wp.func
def tow(m: Model, s: World, w: int, tick: int, p: int):
    """Let a payload follow its carriers: whoever means to carry and is near takes it up, whoever no longer does lets go."""
    at = s.cargo.position[w, p]
    centre = wp.vec2(0.0, 0.0)
    hands = float(0.0)
    i = int(0)
    while i < m.people:
        option = s.mind.option[w, i]
        means_to = option < 0
        if option >= 0:
            means_to = m.doctrine.order[option] == int(Order.carry)
        if s.cargo.carried[w, i] == p:
            if means_to and can_carry(s, w, i):
                centre = centre + s.motion.position[w, i]
                hands = hands + 1.0
            else:
                let_go(m, s, w, tick, i)
        elif means_to and option >= 0 and m.side[i] == m.payload_side[p]:
            d = s.motion.position[w, i] - at
            near = wp.dot(d, d) < m.payload_reach[p] * m.payload_reach[p]
            free = s.motion.mode[w, i] == int(Mode.feet) and s.act.held_by[w, i] < 0
            if near and free and s.cargo.carried[w, i] < 0:
                s.cargo.carried[w, i] = p
                s.cargo.carriers[w, p] = s.cargo.carriers[w, p] + 1
                note(s, w, tick, int(Event.pick_up), i, m.people + p, p, 0.0, at)
        i = i + 1
    moved = wp.vec2(0.0, 0.0)
    if hands > 0.0:
        line = centre / hands - at
        slack = wp.length(line) - m.payload_tow[p]
        if slack > 0.0:
            moved = wp.normalize(line) * slack
    s.cargo.position[w, p] = at + moved
    s.cargo.velocity[w, p] = moved / m.dt


@wp.func
def touch(m: Model, s: World, w: int, tick: int, p: int):
    """Note the first contact of another side with the payload."""
    if s.account.contact_time[w] >= 0.0:
        return
    at = s.cargo.position[w, p]
    h = height_at(m.ground, at)
    reach = m.payload_reach[p]
    time = float(tick) * m.dt
    i = int(0)
    while i < m.people:
        d = s.motion.position[w, i] - at
        if wp.dot(d, d) < reach * reach:
            if m.side[i] != m.payload_side[p] and s.motion.mode[w, i] == int(Mode.feet):
                near = wp.abs(s.motion.height[w, i] - h) < 2.0 and s.act.held_by[w, i] < 0
                if near and s.account.contact_time[w] < 0.0:
                    s.account.contact_time[w] = time
                    slack = float(0.0)
                    if s.account.deadline[w] >= 0.0:
                        slack = s.account.deadline[w] - time
                    note(s, w, tick, int(Event.contact), i, m.people + p, p, slack, s.motion.position[w, i])
        i = i + 1


@wp.func
def carry_on(m: Model, s: World, w: int, tick: int):
    """One tick of every payload."""
    for p in range(m.payloads):
        run_clock(m, s, w, tick, p)
        tow(m, s, w, tick, p)
        if p == m.deadline_payload:
            touch(m, s, w, tick, p)

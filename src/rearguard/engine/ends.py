"""How worlds end: rules over contact, stages, arrivals, people out, and time; outcomes and slack.

Slack is the deadline (when the payload reaches its deadline stage) minus the first contact [s]; above 0 is in time.
"""

import warp as wp

from rearguard.engine.events import Event, note
from rearguard.engine.ground import cell_of
from rearguard.engine.knowledge import bit
from rearguard.engine.model import Check, Model
from rearguard.engine.world import Mode, World


@wp.func
def in_zone(m: Model, p: wp.vec2, zone: int) -> bool:
    """True inside the place that has bit ``zone``."""
    c = cell_of(m.ground, p)
    return ((m.ground.zones[c[0], c[1]] >> wp.uint32(zone)) & wp.uint32(1)) != wp.uint32(0)


@wp.func
def people_in_contact(m: Model, s: World, w: int, who: wp.uint64, whom: wp.uint64, reach: float) -> bool:
    """True when somebody of ``who`` stands within ``reach`` [m] of somebody of ``whom``."""
    met = bool(False)
    i = int(0)
    while i < m.people:
        if (who & bit(i)) != wp.uint64(0) and s.motion.mode[w, i] == int(Mode.feet) and s.act.held_by[w, i] < 0:
            for j in range(m.people):
                mode = s.motion.mode[w, j]
                if (whom & bit(j)) != wp.uint64(0) and mode != int(Mode.away) and mode != int(Mode.out):
                    d = s.motion.position[w, j] - s.motion.position[w, i]
                    if wp.dot(d, d) < reach * reach and wp.abs(s.motion.height[w, i] - s.motion.height[w, j]) < 2.0:
                        met = True
        i = i + 1
    return met


@wp.func
def someone_touches(m: Model, s: World, w: int, who: wp.uint64, p: int) -> bool:
    """True when somebody of ``who`` is within reach of payload ``p``."""
    at = s.cargo.position[w, p]
    c = cell_of(m.ground, at)
    h = m.ground.elevation[c[0], c[1]]
    met = bool(False)
    i = int(0)
    while i < m.people:
        if (who & bit(i)) != wp.uint64(0) and s.motion.mode[w, i] == int(Mode.feet) and s.act.held_by[w, i] < 0:
            d = s.motion.position[w, i] - at
            if wp.dot(d, d) < m.payload_reach[p] * m.payload_reach[p] and wp.abs(s.motion.height[w, i] - h) < 2.0:
                met = True
        i = i + 1
    return met


@wp.func
def everyone_out(m: Model, s: World, w: int, who: wp.uint64) -> bool:
    """True when all of ``who`` are out."""
    all_out = bool(True)
    i = int(0)
    while i < m.people:
        if (who & bit(i)) != wp.uint64(0) and s.motion.mode[w, i] != int(Mode.out):
            all_out = False
        i = i + 1
    return all_out


@wp.func
def someone_arrived(m: Model, s: World, w: int, who: wp.uint64, zone: int) -> bool:
    """True when somebody of ``who`` is in a place."""
    there = bool(False)
    i = int(0)
    while i < m.people:
        mode = s.motion.mode[w, i]
        if (who & bit(i)) != wp.uint64(0) and mode != int(Mode.away) and mode != int(Mode.out):
            if in_zone(m, s.motion.position[w, i], zone):
                there = True
        i = i + 1
    return there


@wp.func
def holds(m: Model, s: World, w: int, time: float, k: int) -> bool:
    """True when check ``k`` holds now."""
    what = m.ends.check[k]
    who = m.ends.who[k]
    p = m.ends.payload[k]
    number = m.ends.number[k]
    if what == int(Check.time):
        return time > number
    if what == int(Check.stage):
        return s.cargo.stage[w, p] == int(number)
    if what == int(Check.out):
        return everyone_out(m, s, w, who)
    if what == int(Check.contact):
        if p >= 0:
            if p == m.deadline_payload and s.account.contact_time[w] < 0.0:
                return False
            return someone_touches(m, s, w, who, p)
        return people_in_contact(m, s, w, who, m.ends.whom[k], number)
    if p >= 0:
        return in_zone(m, s.cargo.position[w, p], int(number))
    return someone_arrived(m, s, w, who, int(number))


@wp.func
def judge(m: Model, s: World, w: int, tick: int):
    """End the world by the first rule that has held for long enough."""
    time = float(tick) * m.dt
    r = int(0)
    while r < m.rules and s.account.outcome[w] < 0:
        met = bool(True)
        for k in range(m.ends.count[r]):
            if met:
                met = holds(m, s, w, time, m.ends.first[r] + k)
        if met:
            if s.account.rule_since[w, r] < 0.0:
                s.account.rule_since[w, r] = time
            if time - s.account.rule_since[w, r] >= m.ends.after[r] - 0.5 * m.dt:
                s.account.outcome[w] = m.ends.outcome[r]
                s.account.end_time[w] = time
                note(s, w, tick, int(Event.end), -1, -1, m.ends.outcome[r], time, wp.vec2(0.0, 0.0))
        else:
            s.account.rule_since[w, r] = -1.0
        r = r + 1

"""The event log: one row per thing that happened, in a world's own order.

``EVENT_KINDS`` names every kind and says what its columns mean. Capacity is per world: a full log raises the overflow
flag and counts on, so that the run can say how much room was missing.
"""

from enum import IntEnum

import warp as wp

from rearguard.engine.world import EventRow, Log, Overflow, World


class Event(IntEnum):
    """Kinds of events. Append only."""

    enter = 0
    order = 1
    sight = 2
    lose_sight = 3
    windup = 4
    anticipate = 5
    push = 6
    cut = 7
    strike = 8
    miss = 9
    deflect = 10
    skid = 11
    impact = 12
    fall = 13
    catch_edge = 14
    climb_back = 15
    down = 16
    get_up = 17
    pin = 18
    release = 19
    leap = 20
    out = 21
    stage = 22
    pick_up = 23
    let_go = 24
    exhausted = 25
    trail_found = 26
    trail_lost = 27
    tear = 28
    contact = 29
    end = 30
    climb = 31
    jam = 60
    clear = 61
    stumble = 62
    dispersed = 63


ITEM_OF = {
    "enter": "none",
    "order": "order",
    "windup": "technique",
    "anticipate": "technique",
    "push": "technique",
    "cut": "technique",
    "strike": "technique",
    "miss": "technique",
    "deflect": "technique",
    "pin": "technique",
    "release": "technique",
    "stage": "stage",
    "pick_up": "payload",
    "let_go": "payload",
    "contact": "payload",
    "end": "outcome",
    "jam": "crowd",
    "clear": "crowd",
    "stumble": "crowd",
    "dispersed": "crowd",
}
"""What the ``item`` column names, for the kinds that have one."""

EVENT_KINDS: dict[str, str] = {
    "enter": "actor steps onto the map",
    "order": "actor takes up an order; target is whom it is about; value is the score",
    "sight": "actor catches sight of target (an enemy or a payload); value is the distance [m]",
    "lose_sight": "actor has not seen target for a while; value is how long [s]",
    "windup": "actor begins a technique against target; value is its wind-up [s]",
    "anticipate": "actor reads target's wind-up; value is the reaction time [s]",
    "push": "actor pushes target; value is the impulse that arrives [N s]",
    "cut": "actor cuts target; value is the share of capacity lost",
    "strike": "actor strikes target; value is the share of capacity lost",
    "miss": "actor's technique misses target",
    "deflect": "actor's technique turns target's lunge aside; value is the angle [rad]",
    "skid": "actor is thrown off the line; value is the speed change [m/s]",
    "impact": "actor hits an obstacle; value is the share of capacity lost",
    "fall": "actor falls; value is the height [m]",
    "catch_edge": "actor catches an edge with one hand",
    "climb_back": "actor is back on the feet after hanging",
    "down": "actor loses the footing",
    "get_up": "actor is on the feet again",
    "pin": "actor takes hold of target; value is how many are held now",
    "release": "actor loses or lets go target; value is how many are held now",
    "leap": "actor leaps a gap; value is its width [m]",
    "out": "actor is out of the world; value is the share of capacity lost",
    "stage": "the payload (target) enters a stage; value is the stage's number",
    "pick_up": "actor takes up the payload",
    "let_go": "actor lets go of the payload",
    "exhausted": "actor has emptied the running reserve",
    "trail_found": "actor picks up the trail of target; value is its age [s]",
    "trail_lost": "actor loses the trail of target; value is the time it will take to find again [s]",
    "tear": "actor's strike tears up the ground; value is the radius [m]",
    "contact": "actor reaches the payload (target); value is the slack [s]",
    "end": "the world ends with an outcome",
    "climb": "actor climbs; value is the height [m]",
    "jam": "a crowd stands before a bottleneck; value is how many are packed",
    "clear": "a crowd flows again; value is how long it stood [s]",
    "stumble": "one of a crowd falls, run over by actor if there is one; value is the speed change [m/s]",
    "dispersed": "the last of a crowd has reached its place; value is the time [s]",
}

EVENT_NUMBERS: dict[str, int] = {event.name: int(event) for event in Event}
"""Kind → its number, which is what a log holds."""


@wp.func
def record(log: Log, keep: int, overflow: wp.array(dtype=wp.int32), w: int, row: EventRow):
    """Append an event to the log of world ``w``."""
    n = log.count[w]
    log.count[w] = n + 1
    if keep == 1:
        if n < log.rows.shape[1]:
            log.rows[w, n] = row
        else:
            overflow[w] = overflow[w] | int(Overflow.events)


@wp.func
def note(s: World, w: int, tick: int, kind: int, actor: int, target: int, item: int, value: float, at: wp.vec2):
    """Record that something happened."""
    row = EventRow()
    row.tick = tick
    row.kind = kind
    row.actor = actor
    row.target = target
    row.item = item
    row.value = value
    row.x = at[0]
    row.y = at[1]
    record(s.log, s.keep_log, s.account.overflow, w, row)

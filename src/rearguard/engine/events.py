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
    hear = 32
    feel = 33
    read_sign = 34
    identify = 35
    falter = 36
    reluctant = 37
    bid = 38
    taunt = 39
    shout = 40
    brace = 41
    dodge = 42
    counter = 43
    told = 44
    noise = 45
    overpowered = 46
    steady = 47
    throw = 48
    missile_hit = 49
    missile_miss = 50
    missile_stopped = 51
    ward = 52
    ward_detour = 53
    mark = 54
    read_mark = 55
    debris = 56
    hit_by_debris = 57
    drop = 58
    jam = 59
    clear = 60
    stumble = 61
    dispersed = 62


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
    "read_sign": "stage",
    "hear": "none",
    "bid": "order",
    "taunt": "technique",
    "shout": "technique",
    "brace": "technique",
    "dodge": "technique",
    "counter": "technique",
    "throw": "technique",
    "missile_hit": "technique",
    "missile_miss": "technique",
    "missile_stopped": "technique",
    "ward": "technique",
    "mark": "technique",
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
    "contact": "actor reaches the payload (target); value is the slack [s], 0 without a deadline",
    "end": "the world ends with an outcome",
    "climb": "actor climbs; value is the height [m]",
    "hear": "actor hears target without seeing it; value is by how much it stands out of the noise [dB]",
    "feel": "actor feels the presence of the payload (target); value is its strength in [0, 1]",
    "read_sign": "actor reads from the depth of target's sign that it is in a stage; value is the depth read",
    "identify": "actor tells target's odour apart on the ground; value is its age [s]",
    "falter": "actor falters at target; value is for how long [s]",
    "reluctant": "actor is loath to leave target, a friend; value is for how long [s]",
    "bid": "actor bids target take up an order, and is heard",
    "taunt": "actor taunts target, and is heard; value is the mean hesitation of one without composure [s]",
    "shout": "actor raises the voice; value is its level at 1 m [dB]",
    "brace": "actor meets target's push braced; value is the impulse taken [N s]",
    "dodge": "actor has read target's technique and is not where it goes",
    "counter": "actor begins a technique against target, whose wind-up has been read; value is the time left to it [s]",
    "told": "actor learns of target, an enemy or payload out of sight for long, from a friend; value is the age of the news [s]",
    "noise": "actor's surroundings have become louder or quieter; value is the level [dB]",
    "overpowered": "actor's nose is overpowered by target; value is the distance [m]",
    "steady": "actor is steadied by target's voice; value is the hesitation saved [s]",
    "throw": "actor throws a missile at target; value is the distance [m]",
    "missile_hit": "actor's missile hits target; value is the share of capacity lost",
    "missile_miss": "actor's missile misses target, or something stands in its way; value is the distance [m]",
    "missile_stopped": "actor's ward stops a missile of target; value is its distance [m]",
    "ward": "actor sets a ward; value is its strength in [0, 1]",
    "ward_detour": "actor goes round a ward of target; value is the way added [m]",
    "mark": "actor sets a way mark; value is how many stand so far",
    "read_mark": "actor reads a way mark of target; value is its age [s]",
    "debris": "a piece of debris falls; value is the radius it hits [m]",
    "hit_by_debris": "actor is hit by debris; value is the share of capacity lost",
    "drop": "actor drops on purpose; value is the height [m]",
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

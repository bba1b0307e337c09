"""Way marks: signs set on purpose, by which friends follow fast and without tracking.

Model: a mark stands where it was set and points on to the next one. A friend within its reading distance has read it: it
knows that the setter was there, and when, and where the next mark is. Who casts about for a lost trail and reads a mark
has found it again. Marks last a given time. Marks of all setters of a side make one sequence, in the order of setting.
"""

import warp as wp

from rearguard.engine.columns import Craft
from rearguard.engine.events import Event, note
from rearguard.engine.knowledge import learn
from rearguard.engine.model import Model
from rearguard.engine.world import Mode, Overflow, Source, World

READ_EVERY = wp.constant(5)
"""Ticks between two looks for marks."""


@wp.func
def set_mark(m: Model, s: World, w: int, tick: int, i: int, technique: int):
    """Leave a way mark where one stands."""
    n = s.things.marks[w]
    if n >= s.things.mark_at.shape[1]:
        s.account.overflow[w] = s.account.overflow[w] | int(Overflow.things)
        return
    at = s.motion.position[w, i]
    time = float(tick) * m.dt
    s.things.mark_at[w, n] = at
    s.things.mark_set[w, n] = time
    s.things.mark_until[w, n] = time + s.craft[w, technique, int(Craft.lasts)]
    s.things.mark_reach[w, n] = s.craft[w, technique, int(Craft.reach)]
    s.things.mark_owner[w, n] = i
    s.things.marks[w] = n + 1
    note(s, w, tick, int(Event.mark), i, -1, technique, float(n + 1), at)


@wp.func
def next_mark(m: Model, s: World, w: int, i: int, time: float) -> int:
    """The mark that the last one read points to; -1: none was read, or it was the last."""
    last = s.things.mark_read[w, i]
    found = int(-1)
    if last >= 0:
        for k in range(s.things.marks[w]):
            if k > last and found < 0 and s.things.mark_until[w, k] > time:
                if m.side[s.things.mark_owner[w, k]] == m.side[i]:
                    found = k
    return found


@wp.func
def read_marks(m: Model, s: World, w: int, tick: int):
    """Everybody reads the marks of friends that are near; one's own are known."""
    n = s.things.marks[w]
    if n == 0:
        return
    time = float(tick) * m.dt
    i = int(0)
    while i < m.people:
        if (tick + i) % READ_EVERY == 0 and s.motion.mode[w, i] == int(Mode.feet):
            k = n - 1
            last = s.things.mark_read[w, i]
            while k > last:
                owner = s.things.mark_owner[w, k]
                d = s.things.mark_at[w, k] - s.motion.position[w, i]
                reach = s.things.mark_reach[w, k]
                if wp.dot(d, d) < reach * reach:
                    if m.side[owner] == m.side[i] and s.things.mark_until[w, k] > time:
                        s.things.mark_read[w, i] = k
                        s.mind.lost_until[w, i] = wp.min(s.mind.lost_until[w, i], time)
                        if owner != i:
                            learn_from_mark(s, w, tick, i, k, owner, time)
                        k = -1
                k = k - 1
        i = i + 1


@wp.func
def learn_from_mark(s: World, w: int, tick: int, i: int, k: int, owner: int, time: float):
    """Know where the setter was, unless something newer is known."""
    set_at = s.things.mark_set[w, k]
    if set_at > s.mind.belief[w, i, owner][2]:
        learn(s, w, i, owner, s.things.mark_at[w, k], set_at, int(Source.mark))
        note(s, w, tick, int(Event.read_mark), i, owner, -1, time - set_at, s.motion.position[w, i])

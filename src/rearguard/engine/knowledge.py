"""Knowledge: what an agent knows of others, how it came by it, and when.

Every agent has its own beliefs, one per entity: a position, the time at which it was so, and the source (seen, heard,
smelled, read from sign, felt, told). Nothing else of the world reaches a decision. The newest news wins, whatever its
source; a stage of a payload, once known, is not forgotten.
"""

import warp as wp

from rearguard.engine.model import Model
from rearguard.engine.world import World

MEMORY = wp.constant(12.0)
"""Someone not perceived for longer than this counts as lost, and as found anew [s] (declared)."""


@wp.func
def bit(entity: int) -> wp.uint64:
    """The bit of an entity in a mask."""
    return wp.uint64(1) << wp.uint64(entity)


@wp.func
def sees(s: World, w: int, i: int, entity: int) -> bool:
    """True while ``entity`` is in agent ``i``'s sight."""
    return (s.mind.sees[w, i] & bit(entity)) != wp.uint64(0)


@wp.func
def learn(s: World, w: int, i: int, entity: int, at: wp.vec2, time: float, how: int):
    """Let agent ``i`` believe that ``entity`` was ``at`` [m] a place at ``time`` [s]."""
    s.mind.belief[w, i, entity] = wp.vec3(at[0], at[1], time)
    s.mind.how[w, i, entity] = wp.int8(how)


@wp.func
def is_foe(m: Model, i: int, entity: int) -> bool:
    """True for people of another side and for payloads."""
    if entity < m.people:
        return m.side[entity] != m.side[i]
    return True


@wp.func
def learn_stage(s: World, w: int, i: int, p: int, stage: int):
    """Let agent ``i`` know that payload ``p`` has come at least to ``stage``."""
    if stage > int(s.mind.stage[w, i, p]):
        s.mind.stage[w, i, p] = wp.int8(stage)

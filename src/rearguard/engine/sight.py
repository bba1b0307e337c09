"""Sight: lines over elevation, thinning in cover, the chance to notice, and what is known from it.

Models and sources:
 - cover: stems as Poisson discs, clear line with probability exp(-N d r) (derived; Monte Carlo in ``tests/validity``);
 - noticing: TTPF/Johnson, P = r^E/(1 + r^E), E = 2.7 + 0.7 r, with r = N/N50; the number of cycles on a target falls as
   1/distance, so r = sight/distance, where ``sight`` is the range at which half of all looks notice a runner;
 - looks come every half second; what is seen is known with its time, and ages.
"""

import warp as wp

from rearguard.engine.columns import Body
from rearguard.engine.events import Event, note
from rearguard.engine.ground import height_at
from rearguard.engine.knowledge import MEMORY, bit, is_foe, learn, sees
from rearguard.engine.model import Ground, Model
from rearguard.engine.rng import Purpose, uniform4
from rearguard.engine.world import Mode, Source, World

HORIZON = wp.constant(2.5)
"""Nobody is noticed beyond this many times the range of sight, where a look has 6 % left (declared)."""
NEAR_LOOKS = wp.constant(120.0)
"""Distance up to which enemies look at each other at every turn [m]."""
SAMPLES = wp.constant(40)
"""Most points of a line of sight that are looked at."""
CHEST = wp.constant(1.2)
"""Height of what must be seen of a runner [m]."""
WORD = wp.constant(30.0)
"""Distance over which friends in sight of each other tell what they know [m] (declared)."""


@wp.func
def notice_probability(distance: float, sight: float) -> float:
    """Chance that one look notices a runner in the open at ``distance`` for someone with range ``sight`` [m]."""
    if distance < 1.0e-3:
        return 1.0
    r = sight / distance
    if r > 4.0:
        return 1.0
    if r < 1.0 / HORIZON:
        return 0.0
    power = wp.pow(r, 2.7 + 0.7 * r)
    return power / (1.0 + power)


@wp.func
def clear_probability(optical_depth: float) -> float:
    """Chance that no stem stands in a line whose cover adds up to ``optical_depth`` = N d r."""
    return wp.exp(-optical_depth)


@wp.func
def line_of_sight(g: Ground, a: wp.vec2, eye: float, b: wp.vec2, top: float) -> float:
    """Optical depth of cover between ``a`` at height ``eye`` and ``b`` at height ``top`` [m above datum]; -1: hidden by ground."""
    d = b - a
    length = wp.length(d)
    n = wp.min(int(length * g.cells_per_metre), SAMPLES)
    depth = float(0.0)
    if n < 1:
        return depth
    inverse = 1.0 / float(n)
    step = d * (g.cells_per_metre * inverse)
    climb = (top - eye) * inverse
    stride = length * inverse
    # in cells; between two points of the map no clamping is needed
    p = a * g.cells_per_metre + step * 0.5
    h = eye + climb * 0.5
    while n > 0:
        row = int(p[1])
        column = int(p[0])
        e = g.elevation[row, column]
        if e > h:
            return -1.0
        kind = int(g.kind[row, column])
        cover = g.cover[kind]
        if cover > 0.0:
            if h < e + g.screen[kind]:
                depth += cover * stride
                if depth > 5.0:
                    return -1.0
        p = p + step
        h = h + climb
        n = n - 1
    return depth


@wp.func
def set_seen(m: Model, s: World, w: int, tick: int, i: int, entity: int, visible: bool, at: wp.vec2, distance: float):
    """Note what a look has shown."""
    time = float(tick) * m.dt
    age = time - s.mind.belief[w, i, entity][2]
    foe = is_foe(m, i, entity)
    if visible:
        if foe and age > MEMORY and not sees(s, w, i, entity):
            note(s, w, tick, int(Event.sight), i, entity, -1, distance, s.motion.position[w, i])
        learn(s, w, i, entity, at, time, int(Source.seen))
        s.mind.sees[w, i] = s.mind.sees[w, i] | bit(entity)
        if entity >= m.people:
            s.mind.stage[w, i, entity - m.people] = wp.int8(s.cargo.stage[w, entity - m.people])
    else:
        s.mind.sees[w, i] = s.mind.sees[w, i] & ~bit(entity)
        if foe and age > MEMORY and age - 2.0 * m.dt * float(m.look_every) <= MEMORY:
            # looked at last when it was still fresh, or at most one turn ago: noted once, as belief turns into memory
            note(s, w, tick, int(Event.lose_sight), i, entity, -1, age, s.motion.position[w, i])


@wp.func
def look_at_pair(m: Model, s: World, w: int, tick: int, i: int, j: int):
    """One look of two people at each other."""
    a = s.motion.position[w, i]
    b = s.motion.position[w, j]
    d = b - a
    distance = wp.length(d)
    pi = notice_probability(distance, s.body[w, i, int(Body.sight)])
    pj = float(pi)
    if s.body[w, j, int(Body.sight)] != s.body[w, i, int(Body.sight)]:
        pj = notice_probability(distance, s.body[w, j, int(Body.sight)])
    if wp.max(pi, pj) > 0.0:
        depth = line_of_sight(
            m.ground,
            a,
            s.motion.height[w, i] + s.body[w, i, int(Body.eye)],
            b,
            s.motion.height[w, j] + CHEST,
        )
        if depth < 0.0:
            pi = 0.0
            pj = 0.0
        else:
            clear = clear_probability(depth)
            pi = pi * clear
            pj = pj * clear
    ui = float(0.5)
    uj = float(0.5)
    if (pi > 0.001 and pi < 0.999) or (pj > 0.001 and pj < 0.999):
        u = uniform4(s.key[w], tick, i * 64 + j, int(Purpose.LOOK), 0)
        ui = u[0]
        uj = u[1]
    set_seen(m, s, w, tick, i, j, ui < pi, b, distance)
    set_seen(m, s, w, tick, j, i, uj < pj, a, distance)


@wp.func
def look_at_payload(m: Model, s: World, w: int, tick: int, i: int, p: int):
    """One look of a person at a payload."""
    if s.cargo.carried[w, i] == p:
        set_seen(m, s, w, tick, i, m.people + p, True, s.cargo.position[w, p], 0.0)
        return
    a = s.motion.position[w, i]
    b = s.cargo.position[w, p]
    distance = wp.length(b - a)
    chance = notice_probability(distance, s.body[w, i, int(Body.sight)])
    if chance > 0.0:
        depth = line_of_sight(
            m.ground, a, s.motion.height[w, i] + s.body[w, i, int(Body.eye)], b, height_at(m.ground, b) + CHEST
        )
        chance = wp.where(depth < 0.0, 0.0, chance * clear_probability(wp.max(depth, 0.0)))
    u = float(0.5)
    if chance > 0.001 and chance < 0.999:
        draws = uniform4(s.key[w], tick, i * 64 + 63 - p, int(Purpose.LOOK), 1)
        u = draws[0]
    set_seen(m, s, w, tick, i, m.people + p, u < chance, b, distance)


@wp.func
def pass_on(m: Model, s: World, w: int, tick: int, i: int, j: int, e: int):
    """``i`` tells ``j`` where it knows ``e`` to be."""
    time = float(tick) * m.dt
    known = s.mind.belief[w, i, e]
    if is_foe(m, j, e) and time - s.mind.belief[w, j, e][2] > MEMORY and time - known[2] < MEMORY:
        note(s, w, tick, int(Event.told), j, e, -1, time - known[2], s.motion.position[w, j])
    learn(s, w, j, e, wp.vec2(known[0], known[1]), known[2], int(Source.told))


@wp.func
def tell(m: Model, s: World, w: int, tick: int, i: int, j: int):
    """Friends near each other share the newer of what they know."""
    for e in range(m.entities):
        if e != i and e != j:
            mine = s.mind.belief[w, i, e][2]
            theirs = s.mind.belief[w, j, e][2]
            if theirs > mine + 0.5:
                pass_on(m, s, w, tick, j, i, e)
            elif mine > theirs + 0.5:
                pass_on(m, s, w, tick, i, j, e)
    for p in range(m.payloads):
        known = wp.max(int(s.mind.stage[w, i, p]), int(s.mind.stage[w, j, p]))
        s.mind.stage[w, i, p] = wp.int8(known)
        s.mind.stage[w, j, p] = wp.int8(known)


@wp.func
def look_around(m: Model, s: World, w: int, tick: int, turn: int, i: int, j: int):
    """A turn of two people to look at each other: enemies far apart do so at every other turn, friends at every fourth."""
    if s.motion.mode[w, j] == int(Mode.out):
        s.mind.sees[w, i] = s.mind.sees[w, i] & ~bit(j)
        return
    if m.side[i] == m.side[j]:
        if (turn & 3) == 0:
            look_at_pair(m, s, w, tick, i, j)
            if sees(s, w, i, j):
                d = s.motion.position[w, j] - s.motion.position[w, i]
                if wp.dot(d, d) < WORD * WORD:
                    tell(m, s, w, tick, i, j)
        return
    d = s.motion.position[w, j] - s.motion.position[w, i]
    if wp.dot(d, d) < NEAR_LOOKS * NEAR_LOOKS or (turn & 1) == 0:
        look_at_pair(m, s, w, tick, i, j)


@wp.func
def perceive(m: Model, s: World, w: int, tick: int):
    """Looks of a tick: every pair has its turn once in ``look_every`` ticks, those with tick + i + j divisible by it."""
    every = m.look_every
    round = tick // every
    now = tick - round * every
    first = int(every - now)
    i = int(0)
    while i < m.people:
        # first: the least j above i whose turn it is with i
        if first <= i:
            first = first + every
        mode = s.motion.mode[w, i]
        if mode != int(Mode.away) and mode != int(Mode.out):
            j = int(first)
            while j < m.people:
                if s.motion.mode[w, j] != int(Mode.away):
                    look_around(m, s, w, tick, round + i + j, i, j)
                j = j + every
            if now == 0:
                for p in range(m.payloads):
                    look_at_payload(m, s, w, tick, i, p)
        first = first - 1
        now = wp.where(now + 1 == every, 0, now + 1)
        i = i + 1

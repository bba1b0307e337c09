"""Sign: what passes leaves crumbs on the ground, and trackers follow them by eye and by nose.

Models: a ring of crumbs every ``SPACING`` metres with time, depth and how well the ground keeps it; legibility halves
every ``HALF_LIFE`` (self-consistent, no accepted ageing law); the trail is lost as a Poisson process per metre and found
again after casting about, so that the mean speed is 1/(1/v + lambda t_c) (renewal; MODELS 8e). Trackers read at most at
their tracking speed times what the sign allows. The depth of sign tells the load, and so the stage, of a payload.
What the nose adds is in ``scent.py``.
"""

import warp as wp

from rearguard.engine.columns import Body, Phase
from rearguard.engine.events import Event, note
from rearguard.engine.ground import height_at, kind_at
from rearguard.engine.knowledge import learn, learn_stage
from rearguard.engine.model import Ground, Model
from rearguard.engine.odour import direction_discrimination, scent_strength
from rearguard.engine.rng import Purpose, normal2, uniform4
from rearguard.engine.scent import disturbance, meet_stench, scent_of
from rearguard.engine.world import Mode, Overflow, Source, Trail, World

SPACING = wp.constant(4.0)
"""Distance between crumbs [m]."""
HALF_LIFE = wp.constant(3600.0)
"""Time in which legibility halves [s] (declared)."""
SNIFF_EVERY = wp.constant(10)
"""Ticks between two looks for sign underfoot."""
SAME_LEVEL = wp.constant(2.5)
"""Sign further above or below than this is out of reach [m]."""
OFF_TRAIL = wp.constant(25.0)
"""Distance from its next crumb at which a trail is given up [m]."""
FIND_RADIUS = wp.constant(12.0)
"""Distance within which a skilled tracker comes upon a trail [m] (declared)."""
READ_WEIGHT = wp.constant(0.2)
"""Weight of one print in the depth that a tracker has in mind (declared)."""
LEVELS = wp.constant(3.0)
"""Steps of a crumb's height per metre."""
LOWEST = wp.constant(-10.0)
"""Lowest height of a crumb [m]."""
SHORTCUT = wp.constant(2.0)
"""How many times longer than the way across a trail must wind for its further end to be a find, not the trail ahead."""
WIDEST = wp.constant(12.0)
"""No two crumbs in a row lie further apart than this, but for what was hauled through the air [m]."""
PRINTS = wp.constant(6)
"""Prints of a trail that are read for its direction (declared; five are enough, Hepper & Wells 2005)."""
STEP_TIME = wp.constant(0.5)
"""Time between two prints [s]."""
DEPTH_ERROR = wp.constant(0.2)
"""Error of a depth read by a tracker of no skill [standard deviation] (declared)."""


@wp.func
def legibility(strength: float, age: float, half_life: float) -> float:
    """How well a mark of initial ``strength`` reads at ``age`` [s]: s 2^(-t/h)."""
    return strength * wp.exp(-0.6931471805599453 * age / half_life)


@wp.func
def loss_rate(base: float, skill: float, legible: float) -> float:
    """Losses of the trail per metre for a tracker of ``skill`` in [0, 1] on sign of legibility in [0, 1]."""
    return base * (1.0 - skill) / wp.max(legible, 0.05)


@wp.func
def trailing_speed(speed: float, losses_per_metre: float, recast: float) -> float:
    """Mean speed [m/s] of a tracker who loses the trail and casts about for ``recast`` [s] each time."""
    return 1.0 / (1.0 / speed + losses_per_metre * recast)


@wp.func
def pack_place(g: Ground, p: wp.vec2) -> wp.uint32:
    """A position in 32 bits; exact to the map's extent over 65,535."""
    x = wp.clamp(p[0] / (float(g.columns) * g.cell), 0.0, 1.0)
    y = wp.clamp(p[1] / (float(g.rows) * g.cell), 0.0, 1.0)
    return (wp.uint32(x * 65535.0) << wp.uint32(16)) | wp.uint32(y * 65535.0)


@wp.func
def unpack_place(g: Ground, word: wp.uint32) -> wp.vec2:
    """The position [m] that ``pack_place`` stored."""
    x = float(word >> wp.uint32(16)) / 65535.0
    y = float(word & wp.uint32(0xFFFF)) / 65535.0
    return wp.vec2(x * float(g.columns) * g.cell, y * float(g.rows) * g.cell)


@wp.func
def moved_on(t: Trail, w: int, k: int, p: wp.vec2) -> bool:
    """True when a trail's owner at ``p`` has left its last crumb ``SPACING`` behind."""
    d = p - t.last[w, k]
    return t.head[w, k] == 0 or wp.dot(d, d) >= SPACING * SPACING


@wp.func
def lay(
    t: Trail,
    g: Ground,
    overflow: wp.array(dtype=wp.int32),
    w: int,
    k: int,
    p: wp.vec2,
    height: float,
    time: float,
    depth: float,
):
    """Leave a crumb on trail ``k``."""
    n = t.head[w, k]
    if n == t.place.shape[2]:
        overflow[w] = overflow[w] | int(Overflow.crumbs)
    at = n % t.place.shape[2]
    stamp = wp.uint32(wp.min(time * 10.0, 65535.0)) << wp.uint32(16)
    deep = wp.uint32(wp.clamp(depth, 0.0, 1.0) * 255.0) << wp.uint32(8)
    t.place[w, k, at] = pack_place(g, p)
    level = wp.uint32(wp.clamp((height - LOWEST) * LEVELS, 0.0, 255.0))
    t.print[w, k, at] = stamp | deep | level
    t.head[w, k] = n + 1
    t.last[w, k] = p


@wp.func
def crumb_time(word: wp.uint32) -> float:
    """When a crumb was laid [s]."""
    return float(word >> wp.uint32(16)) * 0.1


@wp.func
def crumb_height(word: wp.uint32) -> float:
    """Height [m] at which a crumb was laid, to a third of a metre."""
    return float(word & wp.uint32(0xFF)) / LEVELS + LOWEST


@wp.func
def crumb_depth(word: wp.uint32) -> float:
    """How deep a crumb was pressed, in [0, 1]."""
    return float((word >> wp.uint32(8)) & wp.uint32(0xFF)) / 255.0


@wp.func
def on_ground(m: Model, s: World, w: int, p: int, surface: float) -> bool:
    """True unless a payload is being hauled over a gap or a face: a carrier on its feet is on the payload's level."""
    level = bool(s.cargo.carriers[w, p] == 0)
    i = int(0)
    while i < m.people:
        if s.cargo.carried[w, i] == p and s.motion.mode[w, i] == int(Mode.feet):
            level = level or wp.abs(s.motion.height[w, i] - surface) < 1.0
        i = i + 1
    return level


@wp.func
def lay_trails(m: Model, s: World, w: int, time: float):
    """Everybody who leaves sign leaves it where the feet are; a payload by its stage."""
    for k in range(m.trails):
        owner = m.trail_owner[k]
        if owner < m.people:
            mode = s.motion.mode[w, owner]
            at = s.motion.position[w, owner]
            if (mode == int(Mode.feet) or mode == int(Mode.skid)) and moved_on(s.trail, w, k, at):
                depth = wp.clamp(s.body[w, owner, int(Body.mass)] / 200.0, 0.05, 1.0)
                lay(s.trail, m.ground, s.account.overflow, w, k, at, s.motion.height[w, owner], time, depth)
        else:
            p = owner - m.people
            at = s.cargo.position[w, p]
            if moved_on(s.trail, w, k, at):
                if on_ground(m, s, w, p, height_at(m.ground, at)):
                    depth = s.phase[w, p, s.cargo.stage[w, p], int(Phase.sign)]
                    lay(s.trail, m.ground, s.account.overflow, w, k, at, height_at(m.ground, at), time, depth)


@wp.func
def tracking_skill(s: World, w: int, i: int) -> float:
    """The better of an agent's eye and nose for trails, in [0, 1]."""
    return wp.max(s.body[w, i, int(Body.tracking)], s.body[w, i, int(Body.nose)])


@wp.func
def find_reach(s: World, w: int, i: int) -> float:
    """Distance within which agent ``i`` comes upon a trail [m]."""
    return FIND_RADIUS * (0.3 + tracking_skill(s, w, i))


@wp.func
def find_crumb(m: Model, s: World, w: int, i: int, k: int, after: int) -> int:
    """The newest crumb of trail ``k``, later than crumb ``after``, that agent ``i`` comes upon here; -1: none."""
    n = s.trail.head[w, k]
    size = s.trail.place.shape[2]
    oldest = wp.max(n - size, after + 1)
    here = s.motion.position[w, i]
    reach = find_reach(s, w, i)
    c = n - 1
    found = int(-1)
    while c >= oldest and found < 0:
        at = unpack_place(m.ground, s.trail.place[w, k, c % size])
        distance = wp.length(at - here)
        if distance < reach:
            if wp.abs(crumb_height(s.trail.print[w, k, c % size]) - s.motion.height[w, i]) < SAME_LEVEL:
                found = c
        # crumbs nearer than this many steps cannot be within reach
        c = c - wp.max(int((distance - reach) / WIDEST), 1)
    return found


@wp.func
def look_for_sign(m: Model, s: World, w: int, tick: int):
    """Once a second, those who track look for trails at their feet; what they tell of the quarry is believed."""
    i = int(0)
    while i < m.people:
        if m.tracks[i] >= 0:
            if (tick + i) % SNIFF_EVERY == 0 and s.motion.mode[w, i] == int(Mode.feet):
                look_down(m, s, w, tick, i)
        i = i + 1


@wp.func
def look_down(m: Model, s: World, w: int, tick: int, i: int):
    """Keep to the trail underfoot, or come upon one: the quarry's own first, else another whose odour is known."""
    time = float(tick) * m.dt
    own = m.trail_of[m.tracks[i]]
    size = s.trail.place.shape[2]
    here = s.motion.position[w, i]
    k = s.mind.trail[w, i]
    if k < 0:
        k = own
    c = s.mind.crumb[w, i]
    before = c
    if c >= 0:
        d = unpack_place(m.ground, s.trail.place[w, k, c % size]) - here
        if c < s.trail.head[w, k] - size or wp.dot(d, d) > OFF_TRAIL * OFF_TRAIL:
            c = -1
    # one's trail a few steps ahead is no find: it is followed print by print, and may be lost on the way
    ahead = int(SHORTCUT * find_reach(s, w, i) / SPACING)
    known = int(-1)
    if k == own and c >= 0:
        known = c + ahead
    newest = find_crumb(m, s, w, i, own, known)
    if newest >= 0:
        k = own
        c = newest
    if m.smells[i] != wp.uint32(0):
        meet_stench(m, s, w, tick, i)
        for e in range(m.trails):
            if ((m.smells[i] >> wp.uint32(e)) & wp.uint32(1)) != wp.uint32(0):
                at = find_crumb(m, s, w, i, e, -1)
                if at >= 0:
                    notice_odour(m, s, w, tick, i, e, at)
                    if c < 0 or (k == e and at > c + ahead):
                        k = e
                        c = at
    if c >= 0:
        laid = crumb_time(s.trail.print[w, k, c % size])
        if before < 0:
            note(s, w, tick, int(Event.trail_found), i, m.trail_owner[k], -1, time - laid, here)
            read_direction(m, s, w, tick, i, k)
        if c != before:
            believe_sign(m, s, w, tick, i, k, c)
    s.mind.crumb[w, i] = c
    s.mind.trail[w, i] = k


@wp.func
def read_direction(m: Model, s: World, w: int, tick: int, i: int, k: int):
    """A trail found is read one way or the other; the wrong way costs the time to find out."""
    u = uniform4(s.key[w], tick, i, int(Purpose.SCENT), 2)
    if u[0] > direction_discrimination(PRINTS, STEP_TIME, tracking_skill(s, w, i)):
        lost = 2.0 * s.body[w, i, int(Body.recast)]
        s.mind.lost_until[w, i] = float(tick) * m.dt + lost
        note(s, w, tick, int(Event.trail_lost), i, m.trail_owner[k], -1, lost, s.motion.position[w, i])


@wp.func
def notice_odour(m: Model, s: World, w: int, tick: int, i: int, k: int, c: int):
    """Tell an odour apart, once per world and tracker, and know that its owner has passed here."""
    laid = crumb_time(s.trail.print[w, k, c % s.trail.place.shape[2]])
    known = (s.mind.odours[w, i] >> wp.uint32(k)) & wp.uint32(1)
    if known == wp.uint32(0):
        s.mind.odours[w, i] = s.mind.odours[w, i] | (wp.uint32(1) << wp.uint32(k))
        age = float(tick) * m.dt - laid
        note(s, w, tick, int(Event.identify), i, m.trail_owner[k], -1, age, s.motion.position[w, i])
    if laid > s.mind.belief[w, i, m.trail_owner[k]][2]:
        at = unpack_place(m.ground, s.trail.place[w, k, c % s.trail.place.shape[2]])
        learn(s, w, i, m.trail_owner[k], at, laid, int(Source.smelled))


@wp.func
def believe_sign(m: Model, s: World, w: int, tick: int, i: int, k: int, c: int):
    """Take a crumb of trail ``k`` for where its owner was when it was laid, and its depth for the load, unless newer is known."""
    entity = m.trail_owner[k]
    at = c % s.trail.place.shape[2]
    laid = crumb_time(s.trail.print[w, k, at])
    if laid > s.mind.belief[w, i, entity][2]:
        how = int(Source.sign)
        if s.body[w, i, int(Body.nose)] > s.body[w, i, int(Body.tracking)]:
            how = int(Source.smelled)
        learn(s, w, i, entity, unpack_place(m.ground, s.trail.place[w, k, at]), laid, how)
    if entity >= m.people:
        read_depth(m, s, w, tick, i, entity - m.people, s.trail.print[w, k, at])


@wp.func
def read_depth(m: Model, s: World, w: int, tick: int, i: int, p: int, print_: wp.uint32):
    """Believe the stage whose depth of sign comes nearest to what has been read of late; skill reads finer."""
    u = uniform4(s.key[w], tick, i, int(Purpose.SCENT), 1)
    error = DEPTH_ERROR * (1.0 - tracking_skill(s, w, i)) * normal2(u[0], u[1])[0]
    read = crumb_depth(print_) + error
    depth = s.mind.depth[w, i]
    depth = depth + READ_WEIGHT * (read - depth)
    s.mind.depth[w, i] = depth
    best = int(0)
    least = float(10.0)
    for k in range(m.stage_count[p]):
        off = wp.abs(s.phase[w, p, k, int(Phase.sign)] - depth)
        if off < least:
            least = off
            best = k
    if best > int(s.mind.read[w, i, p]):
        s.mind.read[w, i, p] = wp.int8(best)
        if best > int(s.mind.stage[w, i, p]):
            learn_stage(s, w, i, p, best)
        note(s, w, tick, int(Event.read_sign), i, m.people + p, best, depth, s.motion.position[w, i])


@wp.func
def losses(m: Model, s: World, w: int, i: int, k: int, c: int, time: float) -> float:
    """Losses of the trail per metre for agent ``i`` on crumb ``c`` of trail ``k``: by eye or by nose, whichever is better."""
    at = c % s.trail.place.shape[2]
    print_ = s.trail.print[w, k, at]
    age = time - crumb_time(print_)
    base = s.body[w, i, int(Body.trail_loss)]
    place = unpack_place(m.ground, s.trail.place[w, k, at])
    kept = crumb_depth(print_) * m.ground.sign[kind_at(m.ground, place)]
    rate = loss_rate(base, s.body[w, i, int(Body.tracking)], legibility(kept, age, HALF_LIFE))
    nose = s.body[w, i, int(Body.nose)]
    if nose > 0.0:
        odour = scent_of(m, s, w, m.trail_owner[k])
        smelled = scent_strength(odour, age, m.ground.scent[kind_at(m.ground, place)])
        smelled = smelled * (1.0 - s.nerve.dulled[w, i])
        rate = wp.min(rate, loss_rate(base, nose, smelled) * disturbance(m, s, w, i, place))
    return rate


@wp.func
def follow_trail(m: Model, s: World, w: int, tick: int, i: int) -> bool:
    """Advance along the trail underfoot; False while there is none."""
    k = s.mind.trail[w, i]
    c = s.mind.crumb[w, i]
    time = float(tick) * m.dt
    if k < 0 or c < 0:
        return False
    if time < s.mind.lost_until[w, i]:
        return True
    n = s.trail.head[w, k]
    size = s.trail.place.shape[2]
    here = s.motion.position[w, i]
    passed = int(0)
    while c < n - 1 and wp.length(unpack_place(m.ground, s.trail.place[w, k, c % size]) - here) < 0.75 * SPACING:
        c = c + 1
        passed = passed + 1
    s.mind.crumb[w, i] = c
    if passed > 0:
        believe_sign(m, s, w, tick, i, k, c)
        u = uniform4(s.key[w], tick, i, int(Purpose.TRAIL), 0)
        if u[0] < 1.0 - wp.exp(-losses(m, s, w, i, k, c, time) * SPACING * float(passed)):
            lost = -wp.log(u[1]) * s.body[w, i, int(Body.recast)]
            s.mind.lost_until[w, i] = time + lost
            note(s, w, tick, int(Event.trail_lost), i, m.trail_owner[k], -1, lost, here)
    return True

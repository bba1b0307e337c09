"""Decisions: utility AI over a table of options.

Model: each option multiplies its considerations, inputs bent by response curves into [0, 1] (Mark & Dill, GDC 2010);
the product of n is compensated, s + (1 - s)(1 - 1/n) s, so that many reasons are not punished for their number; any zero
vetoes. Options of a higher rank that score above zero go first (dual utility), then the highest weighted score wins.
Orders and techniques are two channels: one may run and wind up a technique at the same time.

Everything a decision reads is the agent's own body or belief, never the truth.
"""

import warp as wp

from rearguard.engine.columns import Body
from rearguard.engine.events import Event, note
from rearguard.engine.hearing import ambient_intensity, level_of
from rearguard.engine.jams import crowd_within
from rearguard.engine.knowledge import bit, sees
from rearguard.engine.marks import next_mark
from rearguard.engine.model import Curve, Input, Model, Order, Target
from rearguard.engine.techniques import Hindrance, begin, bond, hindrance
from rearguard.engine.world import ActPhase, Mode, World
from rearguard.engine.wounds import capacity

FAR = wp.constant(1.0e6)
CROWD_NEAR = wp.constant(12.0)
"""Distance at which pedestrians count as near [m]."""
NEAR = wp.constant(20.0)
"""Distance that counts as near [m]."""
ENGAGED = wp.constant(6.0)
"""Distance at which an enemy is met body to body [m]."""
FRESH = wp.constant(15.0)
"""Age up to which a belief about who is near counts [s]."""
LEAST_USE = wp.constant(0.05)
"""Score below which a technique is not used."""


@wp.func
def response(curve: int, value: float, low: float, high: float, shape: float, least: float) -> float:
    """A response curve: ``value`` between ``low`` and ``high`` to [least, 1]."""
    span = high - low
    x = float(0.0)
    if wp.abs(span) > 1.0e-9:
        x = wp.clamp((value - low) / span, 0.0, 1.0)
    elif value >= high:
        x = 1.0
    y = x
    if curve == int(Curve.power):
        y = wp.pow(x, shape)
    elif curve == int(Curve.logistic):
        y = 1.0 / (1.0 + wp.exp(-shape * (x - 0.5)))
    elif curve == int(Curve.step):
        y = 0.0
        if x >= 0.5:
            y = 1.0
    return least + (1.0 - least) * y


@wp.func
def compensated(product: float, count: int) -> float:
    """Score of ``count`` considerations from their product: s + (1 - s)(1 - 1/n) s."""
    if count < 1:
        return product
    m = 1.0 - 1.0 / float(count)
    return product + (1.0 - product) * m * product


@wp.struct
class View:
    """What an agent makes of its surroundings, gathered once per decision."""

    foe: int  # nearest enemy known of, -1: none
    foe_distance: float
    ally: int  # nearest friend known of
    ally_distance: float
    foes_near: float
    friends_near: float
    payload: int  # entity of the payload known best, -1: none
    payload_distance: float
    payload_gap: float  # seconds until a known enemy could be at it
    threat: int  # that enemy, -1: none
    need: int  # friend in need, -1: none
    in_need: float  # how many friends are
    shaken: int  # nearest friend seen to hesitate, -1: none


@wp.func
def gather_view(m: Model, s: World, w: int, i: int, time: float) -> View:
    """Look over one's beliefs."""
    v = View()
    p = s.motion.position[w, i]
    v.foe = -1
    v.ally = -1
    v.payload = -1
    v.threat = -1
    v.need = -1
    v.shaken = -1
    v.foe_distance = FAR
    v.ally_distance = FAR
    v.payload_distance = FAR
    v.payload_gap = FAR
    v.foes_near = 0.0
    v.friends_near = 0.0
    v.in_need = 0.0
    cargo = wp.vec2(0.0, 0.0)
    newest = float(-0.5)
    for k in range(m.payloads):
        b = s.mind.belief[w, i, m.people + k]
        if b[2] > newest:
            newest = b[2]
            v.payload = m.people + k
            cargo = wp.vec2(b[0], b[1])
            v.payload_distance = wp.length(cargo - p)
    nearest_need = float(40.0)
    shaken_at = float(40.0)
    j = int(0)
    while j < m.people:
        b = s.mind.belief[w, i, j]
        if j != i and b[2] >= 0.0 and time - b[2] < 2.0 * FRESH:
            at = wp.vec2(b[0], b[1])
            distance = wp.length(at - p)
            fresh = time - b[2] < FRESH
            if m.side[j] == m.side[i]:
                if distance < v.ally_distance:
                    v.ally_distance = distance
                    v.ally = j
                if distance < NEAR and fresh:
                    v.friends_near += 1.0
                if distance < shaken_at and s.nerve.falters_until[w, j] > time:
                    if sees(s, w, i, j):
                        shaken_at = distance
                        v.shaken = j
                if distance < nearest_need and sees(s, w, i, j):
                    busy = s.act.heads[w, j] > 0 or s.act.held_by[w, j] >= 0
                    if busy or s.motion.mode[w, j] == int(Mode.down):
                        v.in_need += 1.0
                        nearest_need = distance
                        v.need = j
            else:
                if distance < v.foe_distance:
                    v.foe_distance = distance
                    v.foe = j
                if distance < NEAR and fresh:
                    v.foes_near += 1.0
                if v.payload >= 0:
                    gap = wp.length(at - cargo) / s.body[w, i, int(Body.sprint)]
                    if gap < v.payload_gap:
                        v.payload_gap = gap
                        v.threat = j
        j = j + 1
    return v


@wp.func
def resolve_target(m: Model, s: World, w: int, i: int, v: View, target: int, named: int) -> int:
    """The entity an option is about; -1: nobody known."""
    found = int(-1)
    if target == int(Target.payload):
        found = v.payload
    elif target == int(Target.nearest_enemy):
        found = v.foe
    elif target == int(Target.nearest_friend):
        found = v.ally
    elif target == int(Target.leader):
        found = m.leader[i]
    elif target == int(Target.threat):
        found = v.threat
    elif target == int(Target.friend_in_need):
        found = v.need
    elif target == int(Target.faltering_friend):
        found = v.shaken
    elif target == int(Target.self):
        found = i
    elif target == int(Target.named):
        found = named
    elif target == int(Target.carrier) and v.payload >= 0:
        b = s.mind.belief[w, i, v.payload]
        least = float(8.0)
        for j in range(m.people):
            if j != i and m.side[j] == m.payload_side[v.payload - m.people]:
                q = s.mind.belief[w, i, j]
                if q[2] >= 0.0:
                    d = wp.length(wp.vec2(q[0] - b[0], q[1] - b[1]))
                    if d < least:
                        least = d
                        found = j
    if found >= 0 and found != i:
        if s.mind.belief[w, i, found][2] < 0.0:
            found = -1
    return found


@wp.func
def input_value(
    m: Model, s: World, w: int, i: int, v: View, time: float, what: int, option: int, target: int, reason: int
) -> float:
    """The value of a consideration's input [SI]."""
    x = float(0.0)
    if what == int(Input.always):
        return 1.0
    if what == int(Input.time):
        return time
    if what <= int(Input.target_busy):
        if target < 0:
            return wp.where(what == int(Input.age) or what == int(Input.distance), FAR, 0.0)
        b = s.mind.belief[w, i, target]
        d = wp.length(wp.vec2(b[0], b[1]) - s.motion.position[w, i])
        if what == int(Input.seen):
            x = wp.where(target == i or sees(s, w, i, target), 1.0, 0.0)
        elif what == int(Input.age):
            x = time - b[2]
        elif what == int(Input.known):
            x = 1.0
        elif what == int(Input.distance):
            x = d
        elif what == int(Input.closing):
            x = d / s.body[w, i, int(Body.sprint)]
        elif target < m.people and sees(s, w, i, target):
            if what == int(Input.target_down):
                mode = s.motion.mode[w, target]
                x = wp.where(mode == int(Mode.down) or mode == int(Mode.hang), 1.0, 0.0)
            elif what == int(Input.target_held):
                x = wp.where(s.act.held_by[w, target] >= 0, 1.0, 0.0)
            else:
                phase = s.act.phase[w, target]
                x = wp.where(phase == int(ActPhase.windup) or phase == int(ActPhase.lunge), 1.0, 0.0)
        return x
    if what == int(Input.reserve):
        return s.strength.reserve[w, i] / wp.max(s.body[w, i, int(Body.reserve)], 1.0e-6)
    if what == int(Input.power):
        return s.strength.power[w, i] / wp.max(s.body[w, i, int(Body.power)], 1.0e-6)
    if what == int(Input.wounds):
        return 1.0 - capacity(s.strength.wound[w, i], s.strength.blood[w, i], s.body[w, i, int(Body.mass)])
    if what == int(Input.carrying):
        return wp.where(s.cargo.carried[w, i] >= 0, 1.0, 0.0)
    if what == int(Input.holding):
        return float(s.act.heads[w, i])
    if what == int(Input.threatened):
        by = s.act.threat[w, i]
        if by >= 0 and time >= s.act.threat_at[w, i]:
            phase = s.act.phase[w, by]
            if sees(s, w, i, by) and (phase == int(ActPhase.windup) or phase == int(ActPhase.lunge)):
                x = 1.0
        return x
    if what == int(Input.engaged):
        return wp.where(v.foe_distance < ENGAGED, 1.0, 0.0)
    if what == int(Input.friends_near):
        return v.friends_near
    if what == int(Input.enemies_near):
        return v.foes_near
    if what == int(Input.payload_distance):
        return v.payload_distance
    if what == int(Input.payload_stage):
        if v.payload >= 0:
            x = float(int(s.mind.stage[w, i, v.payload - m.people]))
        return x
    if what == int(Input.payload_gap):
        return v.payload_gap
    if what == int(Input.held_friends):
        return v.in_need
    if what == int(Input.chosen):
        c = m.doctrine.choice[reason]
        picked = s.choice[w, c]
        wanted = m.doctrine.value[reason]
        if wanted >= 0:
            x = wp.where(picked == wanted, 1.0, 0.0)
        else:
            x = wp.where(m.choice_agent[c, picked] == i, 1.0, 0.0)
        return x
    if what == int(Input.from_post):
        return wp.length(m.doctrine.goal_xy[option] - s.motion.position[w, i])
    if what == int(Input.on_roof):
        x = wp.where(s.motion.height[w, i] > 2.0, 1.0, 0.0)
    elif what == int(Input.on_trail):
        x = wp.where(s.mind.crumb[w, i] >= 0, 1.0, 0.0)
    elif what == int(Input.marks_known):
        x = wp.where(next_mark(m, s, w, i, time) >= 0, 1.0, 0.0)
    elif what == int(Input.bidden):
        if time < s.nerve.bidden_until[w, i] and s.nerve.bidden[w, i] == m.doctrine.order[option]:
            x = 1.0
    elif what == int(Input.shock):
        x = s.nerve.shock[w, i]
    elif what == int(Input.presence):
        x = s.nerve.felt[w, i]
    elif what == int(Input.crowd_near):
        x = crowd_within(m, s, w, s.motion.position[w, i], CROWD_NEAR)
    elif what == int(Input.noise):
        x = level_of(ambient_intensity(m, s.motion.position[w, i]))
    elif target >= 0:
        if what == int(Input.faltering) and target < m.people:
            if sees(s, w, i, target) and s.nerve.falters_until[w, target] > time:
                x = 1.0
        elif what == int(Input.heard):
            x = wp.where((s.ears.heard[w, i] & bit(target)) != wp.uint64(0), 1.0, 0.0)
    return x


@wp.func
def bend(m: Model, reason: int, x: float) -> float:
    """Response of a consideration to the value ``x`` of its input."""
    return response(
        m.doctrine.curve[reason],
        x,
        m.doctrine.low[reason],
        m.doctrine.high[reason],
        m.doctrine.shape[reason],
        m.doctrine.least[reason],
    )


@wp.func
def score_option(m: Model, s: World, w: int, i: int, v: View, time: float, option: int, target: int) -> float:
    """Compensated score of an option before rank and weight, in [0, 1]."""
    first = m.doctrine.reason_first[option]
    count = m.doctrine.reason_count[option]
    product = float(1.0)
    k = int(0)
    while k < count and product > 0.0:
        r = first + k
        product = product * bend(m, r, input_value(m, s, w, i, v, time, m.doctrine.input[r], option, target, r))
        k = k + 1
    return compensated(product, count)


@wp.func
def bonus_of(m: Model, s: World, w: int, i: int, option: int) -> float:
    """The inertia of a doctrine for the order in force, 0 for all others."""
    if option == s.mind.option[w, i]:
        return m.doctrine.inertia[i]
    return 0.0


@wp.func
def worth(score: float, weight: float, bonus: float, rank: int) -> float:
    """What a score above 0 counts for: times the weight, plus the bonus of the order in force, a rank above all that."""
    return score * weight + bonus + 100.0 * float(rank)


@wp.func
def needs_target(order: int) -> bool:
    """True for orders that mean nothing without somebody they are about."""
    return (
        order == int(Order.pursue)
        or order == int(Order.track)
        or order == int(Order.screen)
        or order == int(Order.block)
        or order == int(Order.escort)
        or order == int(Order.regroup)
        or order == int(Order.relieve)
    )


@wp.func
def slot_of(m: Model, i: int, technique: int) -> int:
    """The slot in which an agent has a technique; -1: it does not."""
    slot = m.slots - 1
    while slot >= 0 and m.craft[i, wp.max(slot, 0)] != technique:
        slot = slot - 1
    return slot


@wp.struct
class Weighed:
    """What an option is worth to an agent at a moment."""

    hindrance: int  # Hindrance; 0: it can be taken up
    slot: int  # of the technique it uses, -1: it is an order
    target: int  # entity, -1: none
    score: float  # compensated, in [0, 1]
    value: float  # with weight, inertia and rank; 0: not to be taken up


@wp.func
def weigh(m: Model, s: World, w: int, i: int, v: View, time: float, bound: int, option: int) -> Weighed:
    """Whether an option can be taken up now, and what it is worth; ``bound``: what keeps the agent from any technique."""
    o = Weighed()
    o.slot = -1
    o.target = -1
    o.score = 0.0
    o.value = 0.0
    o.hindrance = int(Hindrance.none)
    technique = m.doctrine.technique[option]
    if technique >= 0:
        o.slot = slot_of(m, i, technique)
        o.hindrance = wp.where(o.slot < 0, int(Hindrance.unskilled), bound)
        if o.slot >= 0:
            if (s.barred_use[w, i] & bit(o.slot)) != wp.uint64(0):
                o.hindrance = int(Hindrance.barred)
    elif (s.barred_order[w, i] & bit(m.doctrine.order[option])) != wp.uint64(0):
        o.hindrance = int(Hindrance.barred)
    if o.hindrance == int(Hindrance.none):
        o.target = resolve_target(m, s, w, i, v, m.doctrine.target[option], m.doctrine.named[option])
        if technique >= 0:
            o.hindrance = hindrance(m, s, w, time, i, o.slot, o.target)
        elif o.target < 0 and needs_target(m.doctrine.order[option]):
            o.hindrance = int(Hindrance.no_target)
    if o.hindrance == int(Hindrance.none):
        o.score = score_option(m, s, w, i, v, time, option, o.target)
        if o.score > 0.0:
            bonus = bonus_of(m, s, w, i, option)
            o.value = worth(o.score, m.doctrine.weight[option], bonus, m.doctrine.rank[option])
    return o


@wp.struct
class Decision:
    """The best order, and the technique to begin beside it."""

    option: int  # -1: no order is worth anything
    target: int
    value: float
    use: int  # option of the technique, -1: none
    slot: int
    use_target: int
    use_value: float


@wp.func
def undecided() -> Decision:
    """Nothing weighed yet."""
    c = Decision()
    c.option = -1
    c.target = -1
    c.value = 0.0
    c.use = -1
    c.slot = -1
    c.use_target = -1
    c.use_value = 0.0
    return c


@wp.func
def prefer(c: Decision, o: Weighed, option: int) -> Decision:
    """The best so far, or an option that is worth more; of equals the earlier stays."""
    if o.slot >= 0:
        if o.value > c.use_value and o.score >= LEAST_USE:
            c.use_value = o.value
            c.use = option
            c.slot = o.slot
            c.use_target = o.target
    elif o.value > c.value:
        c.value = o.value
        c.option = option
        c.target = o.target
    return c


@wp.func
def could_win(m: Model, s: World, w: int, i: int, c: Decision, option: int) -> bool:
    """False where an option would lose to the best so far with even the best score."""
    best = c.value
    if m.doctrine.technique[option] >= 0:
        best = c.use_value
    return worth(1.0, m.doctrine.weight[option], bonus_of(m, s, w, i, option), m.doctrine.rank[option]) > best


@wp.func
def choose(m: Model, s: World, w: int, i: int, v: View, time: float) -> Decision:
    """Weigh the options of an agent, but for those that cannot win."""
    c = undecided()
    bound = bond(s, w, i, time)
    option = m.doctrine.first[i]
    end = option + m.doctrine.count[i]
    while option < end:
        if could_win(m, s, w, i, c, option):
            c = prefer(c, weigh(m, s, w, i, v, time, bound, option), option)
        option = option + 1
    return c


@wp.func
def decide_one(m: Model, s: World, w: int, tick: int, i: int):
    """Take up the best order and, if worth it, a technique."""
    time = float(tick) * m.dt
    best = choose(m, s, w, i, gather_view(m, s, w, i, time), time)
    before = s.mind.option[w, i]
    if best.option != before:
        changed = True
        if best.option >= 0 and before >= 0:
            changed = m.doctrine.order[best.option] != m.doctrine.order[before] or best.target != s.mind.target[w, i]
        s.mind.option[w, i] = best.option
        if changed and best.option >= 0:
            note(
                s,
                w,
                tick,
                int(Event.order),
                i,
                best.target,
                m.doctrine.order[best.option],
                best.value,
                s.motion.position[w, i],
            )
    s.mind.target[w, i] = best.target
    s.mind.score[w, i] = best.value
    s.mind.decided[w, i] = tick
    if best.slot >= 0:
        begin(m, s, w, tick, i, best.slot, best.use_target)

"""Techniques: wind-up, telegraph, effect, after-effect, opposition.

A technique is data (``Craft`` columns); its effect is one of four pieces of physics: push, cut, strike, pin. Between the
decision and the effect lies the wind-up, which others may read (anticipation): who has read it braces against a push and
steps out of the way of a cut or a strike. A lunge is a body with momentum: a push against it bends its line, so that
technique against technique is decided by impulse over momentum, not by a table.

Models: aim: two-dimensional normal error, P(hit) = 1 - exp(-R²/(2 sigma²)), sigma = dispersion x distance (Rayleigh);
balance: ``balance.py``; holds: exponential break times (a hazard), faster as the holder tires.
"""

from enum import IntEnum

import warp as wp

from rearguard.engine.balance import withstood_speed
from rearguard.engine.columns import Body, Craft, Effect
from rearguard.engine.events import Event, note
from rearguard.engine.hearing import make_noise
from rearguard.engine.knowledge import bit, sees
from rearguard.engine.load import GRAVITY
from rearguard.engine.marks import set_mark
from rearguard.engine.missiles import throw
from rearguard.engine.model import Model
from rearguard.engine.nerve import falters, reaction_time
from rearguard.engine.rng import Purpose, uniform4
from rearguard.engine.voices import speak
from rearguard.engine.wards import set_ward
from rearguard.engine.world import ActPhase, Mode, Overflow, World
from rearguard.engine.wounds import hurt

BODY_RADIUS = wp.constant(0.3)
"""Radius of what an aimed technique must hit [m]."""
DODGE = wp.constant(0.3)
"""What is left of the chance to be hit by what one has read (declared)."""
BLOW = wp.constant(0.9)
"""Chance that a blow within reach lands on one who has not read it (declared)."""
SKID_FROM = wp.constant(1.0)
"""Velocity change from which a runner is off the line [m/s] (declared)."""
FALLOFF = wp.constant(0.6)
"""Share of a push's impulse lost at the end of its reach (declared)."""


class Hindrance(IntEnum):
    """Why an option cannot be taken up now. Append only."""

    none = 0  # it can
    not_free = 1  # off the feet, held, or in the middle of a technique
    unskilled = 2  # this person does not have the technique
    cooling = 3  # its cooldown is not over
    used_up = 4
    too_dear = 5  # it costs more power than is left
    arm_hurt = 6
    no_target = 7  # nobody known whom it could be about
    no_person = 8  # a technique against something that is not a person
    not_seen = 9
    target_gone = 10  # out, or not here yet
    target_held = 11  # pinned already
    out_of_reach = 12
    other_level = 13  # too far above or below
    falters = 14  # hesitates
    barred = 15  # left out of this world on purpose, to see what it is worth


@wp.func
def hit_probability(radius: float, dispersion: float, distance: float) -> float:
    """Chance to hit a disc of ``radius`` [m] at ``distance`` [m] with an angular error of ``dispersion`` [rad] per axis."""
    sigma = dispersion * distance
    if sigma < 1.0e-6:
        return 1.0
    return 1.0 - wp.exp(-radius * radius / (2.0 * sigma * sigma))


@wp.func
def exposed_area(mass: float) -> float:
    """Area that a body of ``mass`` [kg] turns to a push, over that of one of 70 kg (geometric similarity, m^(2/3))."""
    return wp.pow(mass / 70.0, 0.6667)


@wp.func
def break_rate(strain: float, power_left: float) -> float:
    """Rate [1/s] at which a held one breaks free: ``strain`` while the holder is fresh, four times that when spent."""
    return strain * (1.0 + 3.0 * (1.0 - power_left))


@wp.func
def deflection(impulse: float, mass: float, speed: float) -> float:
    """Angle [rad] by which an ``impulse`` [N s] across it turns a lunge of ``mass`` at ``speed``."""
    return wp.atan2(impulse, wp.max(mass * speed, 1.0e-6))


@wp.func
def technique_cost(s: World, w: int, i: int, slot: int, technique: int) -> float:
    """What the next use takes from the second reserve."""
    growth = s.craft[w, technique, int(Craft.cost_growth)]
    return s.craft[w, technique, int(Craft.cost)] * (1.0 + growth * float(s.act.uses[w, i, slot]))


@wp.func
def can_act(s: World, w: int, i: int) -> bool:
    """True for one who is on the feet, free and not in the middle of something."""
    mode = s.motion.mode[w, i]
    return mode == int(Mode.feet) and s.act.phase[w, i] == int(ActPhase.none) and s.act.held_by[w, i] < 0


@wp.func
def bond(s: World, w: int, i: int, time: float) -> int:
    """What keeps an agent from beginning any technique (``Hindrance``; 0: nothing)."""
    if not can_act(s, w, i):
        return int(Hindrance.not_free)
    if falters(s, w, i, time):
        return int(Hindrance.falters)
    return int(Hindrance.none)


@wp.func
def hindrance(m: Model, s: World, w: int, time: float, i: int, slot: int, target: int) -> int:
    """What keeps a technique from being begun now against ``target`` (``Hindrance``; 0: nothing)."""
    technique = m.craft[i, slot]
    if time < s.act.ready_at[w, i, slot]:
        return int(Hindrance.cooling)
    if m.limit[technique] >= 0 and s.act.uses[w, i, slot] >= m.limit[technique]:
        return int(Hindrance.used_up)
    if technique_cost(s, w, i, slot, technique) > s.strength.power[w, i]:
        return int(Hindrance.too_dear)
    if s.strength.arm[w, i] > 0.5:
        return int(Hindrance.arm_hurt)
    if target < 0:
        return int(Hindrance.no_target)
    if target >= m.people:
        return int(Hindrance.no_person)
    if target != i and not sees(s, w, i, target):
        return int(Hindrance.not_seen)
    mode = s.motion.mode[w, target]
    if mode == int(Mode.away) or mode == int(Mode.out):
        return int(Hindrance.target_gone)
    if m.effect[technique] == int(Effect.pin) and s.act.held_by[w, target] >= 0:
        return int(Hindrance.target_held)
    d = s.motion.position[w, target] - s.motion.position[w, i]
    reach = s.craft[w, technique, int(Craft.reach)]
    placed = m.effect[technique] == int(Effect.ward) or m.effect[technique] == int(Effect.mark)
    if placed:
        return int(Hindrance.none)
    if wp.dot(d, d) > reach * reach:
        return int(Hindrance.out_of_reach)
    if wp.abs(s.motion.height[w, target] - s.motion.height[w, i]) >= 6.0:
        return int(Hindrance.other_level)
    return int(Hindrance.none)


@wp.func
def braced(s: World, w: int, time: float, j: int, i: int) -> bool:
    """True when ``j`` has read ``i``'s wind-up and had the time to answer."""
    return s.act.threat[w, j] == i and time >= s.act.threat_at[w, j]


@wp.func
def begin(m: Model, s: World, w: int, tick: int, i: int, slot: int, target: int):
    """Start a wind-up; everybody who watches may read it."""
    technique = m.craft[i, slot]
    time = float(tick) * m.dt
    windup = s.craft[w, technique, int(Craft.windup)]
    s.act.phase[w, i] = int(ActPhase.windup)
    s.act.slot[w, i] = slot
    s.act.target[w, i] = target
    s.act.timer[w, i] = windup
    note(s, w, tick, int(Event.windup), i, target, technique, windup, s.motion.position[w, i])
    if braced(s, w, time, i, target) and s.act.phase[w, target] == int(ActPhase.windup):
        left = s.act.timer[w, target]
        note(s, w, tick, int(Event.counter), i, target, technique, left, s.motion.position[w, i])
    tell = s.craft[w, technique, int(Craft.tell)]
    for j in range(m.people):
        watches = m.side[j] != m.side[i] and sees(s, w, j, i) and s.motion.mode[w, j] == int(Mode.feet)
        if watches and not falters(s, w, j, time):
            u = uniform4(s.key[w], tick, j * 64 + i, int(Purpose.REACTION), 0)
            if u[3] < s.body[w, j, int(Body.anticipation)] * tell:
                rt = reaction_time(
                    s.body[w, j, int(Body.reaction)],
                    s.body[w, j, int(Body.reaction_sd)],
                    s.body[w, j, int(Body.reaction_tail)],
                    u,
                )
                if rt < windup:
                    s.act.threat[w, j] = i
                    s.act.threat_at[w, j] = time + rt
                    if j == target:
                        note(s, w, tick, int(Event.anticipate), j, i, technique, rt, s.motion.position[w, j])


@wp.func
def shove(m: Model, s: World, w: int, tick: int, j: int, impulse: wp.vec2, ready: bool):
    """Give a body an impulse [N s]: it keeps its feet, skids, or falls, as balance allows."""
    mass = s.body[w, j, int(Body.mass)]
    taken = impulse
    delay = float(0.0)
    if ready:
        taken = impulse * (1.0 - s.body[w, j, int(Body.bracing)])
    else:
        delay = s.body[w, j, int(Body.reaction)] + s.body[w, j, int(Body.step_time)]
    dv = taken / mass
    change = wp.length(dv)
    s.motion.velocity[w, j] = s.motion.velocity[w, j] + dv
    mode = s.motion.mode[w, j]
    if mode == int(Mode.feet) and change > SKID_FROM:
        s.motion.mode[w, j] = int(Mode.skid)
        s.motion.timer[w, j] = change / (0.7 * GRAVITY)
        s.motion.topples[w, j] = wp.where(change > withstood_speed(s.body[w, j, int(Body.step)], delay), 1, 0)
        s.act.phase[w, j] = wp.where(s.act.phase[w, j] == int(ActPhase.windup), int(ActPhase.none), s.act.phase[w, j])
        note(s, w, tick, int(Event.skid), j, -1, -1, change, s.motion.position[w, j])
    elif mode == int(Mode.hang):
        s.motion.timer[w, j] = s.motion.timer[w, j] + 1.0


@wp.func
def push(m: Model, s: World, w: int, tick: int, i: int, technique: int):
    """An impulse over a cone, weaker with distance, weaker on the braced, against lunges by opposition."""
    time = float(tick) * m.dt
    a = s.motion.position[w, i]
    reach = s.craft[w, technique, int(Craft.reach)]
    half = wp.cos(0.5 * wp.max(s.craft[w, technique, int(Craft.cone)], 0.05))
    for j in range(m.people):
        mode = s.motion.mode[w, j]
        if m.side[j] != m.side[i] and mode != int(Mode.away) and mode != int(Mode.out):
            d = s.motion.position[w, j] - a
            distance = wp.length(d)
            if distance < reach and wp.abs(s.motion.height[w, j] - s.motion.height[w, i]) < 4.0:
                n = s.act.aim[w, i]
                if distance > 0.1:
                    n = d / distance
                if wp.dot(n, s.act.aim[w, i]) >= half:
                    impulse = s.craft[w, technique, int(Craft.impulse)] * (1.0 - FALLOFF * distance / reach)
                    impulse = impulse * exposed_area(s.body[w, j, int(Body.mass)])
                    if s.act.phase[w, j] == int(ActPhase.lunge):
                        impulse = impulse * s.craft[w, technique, int(Craft.opposes_strike)]
                        bend_lunge(m, s, w, tick, i, j, technique, n, impulse)
                    else:
                        note(s, w, tick, int(Event.push), i, j, technique, impulse, s.motion.position[w, j])
                        ready = braced(s, w, time, j, i)
                        if ready:
                            taken = impulse * (1.0 - s.body[w, j, int(Body.bracing)])
                            note(s, w, tick, int(Event.brace), j, i, technique, taken, s.motion.position[w, j])
                        shove(m, s, w, tick, j, n * impulse, ready)


@wp.func
def bend_lunge(m: Model, s: World, w: int, tick: int, i: int, j: int, technique: int, n: wp.vec2, impulse: float):
    """Turn ``j``'s lunge by the impulse: head on it brakes, and what does not stop slides off to the freer side."""
    mass = s.body[w, j, int(Body.mass)]
    v = s.motion.velocity[w, j]
    speed = wp.length(v)
    side = wp.vec2(-n[1], n[0])
    u = uniform4(s.key[w], tick, j, int(Purpose.TECHNIQUE), 1)
    if wp.dot(v, side) < 0.0 or (wp.abs(wp.dot(v, side)) < 0.5 and u[0] < 0.5):
        side = -side
    angle = deflection(impulse, mass, speed)
    turned = v * wp.cos(angle) + side * (speed * wp.sin(angle))
    s.motion.velocity[w, j] = turned * (1.0 - 0.3 * wp.sin(angle))
    s.act.aim[w, j] = wp.normalize(turned)
    note(s, w, tick, int(Event.deflect), i, j, technique, angle, s.motion.position[w, j])


@wp.func
def wound(m: Model, s: World, w: int, tick: int, i: int, j: int, technique: int, share: float, kind: int):
    """Wound ``j``: capacity and blood, and balance when the technique carries an impulse."""
    amount = s.craft[w, technique, int(Craft.wound)] * share
    hurt(s, w, j, amount)
    s.strength.flow[w, j] += s.craft[w, technique, int(Craft.bleeding)] * share
    note(s, w, tick, kind, i, j, technique, amount, s.motion.position[w, j])
    impulse = s.craft[w, technique, int(Craft.impulse)]
    if kind == int(Event.strike) and impulse > 0.0:
        n = s.motion.position[w, j] - s.motion.position[w, i]
        shove(m, s, w, tick, j, wp.normalize(n) * impulse * share, braced(s, w, float(tick) * m.dt, j, i))


@wp.func
def cut(m: Model, s: World, w: int, tick: int, i: int, j: int, technique: int):
    """A wound at range: aim, dodge, depth."""
    d = s.motion.position[w, j] - s.motion.position[w, i]
    distance = wp.length(d)
    chance = hit_probability(BODY_RADIUS, s.craft[w, technique, int(Craft.dispersion)], distance)
    if distance > 1.3 * s.craft[w, technique, int(Craft.reach)]:
        chance = 0.0
    u = uniform4(s.key[w], tick, i, int(Purpose.AIM), 0)
    aimed = u[0] < chance
    if braced(s, w, float(tick) * m.dt, j, i):
        chance = chance * DODGE
    if u[0] < chance and s.motion.mode[w, j] != int(Mode.out):
        wound(m, s, w, tick, i, j, technique, 0.4 + 0.6 * u[1], int(Event.cut))
    elif aimed and s.motion.mode[w, j] != int(Mode.out):
        note(s, w, tick, int(Event.dodge), j, i, technique, distance, s.motion.position[w, j])
    else:
        note(s, w, tick, int(Event.miss), i, j, technique, distance, s.motion.position[w, j])


@wp.func
def finish(m: Model, s: World, w: int, tick: int, i: int, technique: int):
    """The after-effect and the pause that follow a use."""
    time = float(tick) * m.dt
    s.act.phase[w, i] = int(ActPhase.recovery)
    s.act.timer[w, i] = s.craft[w, technique, int(Craft.recovery)]
    lasts = s.craft[w, technique, int(Craft.after_lasts)]
    if lasts > 0.0:
        s.strength.arm[w, i] = wp.max(s.strength.arm[w, i], s.craft[w, technique, int(Craft.after_arm)])
        s.strength.slow[w, i] = wp.max(s.strength.slow[w, i], s.craft[w, technique, int(Craft.after_speed)])
        s.strength.impaired_until[w, i] = wp.max(s.strength.impaired_until[w, i], time + lasts)


@wp.func
def strike_hits(m: Model, s: World, w: int, tick: int, i: int, technique: int, width: float) -> bool:
    """Whether a blow that passes within ``width`` [m] of its target lands; notes and applies it."""
    j = s.act.target[w, i]
    d = s.motion.position[w, j] - s.motion.position[w, i]
    room = width
    if braced(s, w, float(tick) * m.dt, j, i):
        room = width * DODGE
    return wp.length(d) < room and wp.abs(s.motion.height[w, j] - s.motion.height[w, i]) < 2.0


@wp.func
def end_lunge(m: Model, s: World, w: int, tick: int, i: int, technique: int):
    """Where a lunge ends: torn ground and a stop."""
    radius = s.craft[w, technique, int(Craft.tears_ground)]
    p = s.motion.position[w, i]
    if radius > 0.0:
        n = s.scars.count[w]
        if n < s.scars.spot.shape[1]:
            s.scars.spot[w, n] = wp.vec3(p[0], p[1], radius)
            s.scars.count[w] = n + 1
        else:
            s.account.overflow[w] = s.account.overflow[w] | int(Overflow.scars)
        note(s, w, tick, int(Event.tear), i, -1, -1, radius, p)
    s.motion.velocity[w, i] = s.motion.velocity[w, i] * 0.3
    finish(m, s, w, tick, i, technique)


@wp.func
def take_hold(m: Model, s: World, w: int, tick: int, i: int, technique: int):
    """Pin as many enemies within reach as there are heads free, nearest to the aim first."""
    reach = s.craft[w, technique, int(Craft.reach)]
    a = s.motion.position[w, i]
    go_on = bool(True)
    while go_on and s.act.heads[w, i] < m.heads[technique]:
        best = int(-1)
        least = reach * reach
        for j in range(m.people):
            mode = s.motion.mode[w, j]
            if m.side[j] != m.side[i] and s.act.held_by[w, j] < 0 and mode == int(Mode.feet):
                d = s.motion.position[w, j] - a
                q = wp.dot(d, d)
                if q < least and sees(s, w, i, j):
                    least = q
                    best = j
        if best < 0:
            go_on = False
        else:
            s.act.held_by[w, best] = i
            s.act.phase[w, best] = int(ActPhase.none)
            s.motion.velocity[w, best] = wp.vec2(0.0, 0.0)
            s.act.heads[w, i] = s.act.heads[w, i] + 1
            note(
                s,
                w,
                tick,
                int(Event.pin),
                i,
                best,
                technique,
                float(s.act.heads[w, i]),
                s.motion.position[w, best],
            )


@wp.func
def release(m: Model, s: World, w: int, tick: int, i: int, j: int, technique: int):
    """Let ``j`` out of ``i``'s hold."""
    s.act.held_by[w, j] = -1
    s.act.heads[w, i] = s.act.heads[w, i] - 1
    note(s, w, tick, int(Event.release), i, j, technique, float(s.act.heads[w, i]), s.motion.position[w, j])


@wp.func
def keep_hold(m: Model, s: World, w: int, tick: int, i: int):
    """One tick of holding: upkeep, strain, breaks."""
    technique = int(-1)
    for k in range(m.slots):
        c = m.craft[i, k]
        if c >= 0:
            if m.effect[c] == int(Effect.pin):
                technique = c
    if technique < 0:
        return
    full = wp.max(s.body[w, i, int(Body.power)], 1.0e-6)
    cost = s.craft[w, technique, int(Craft.upkeep)] * float(s.act.heads[w, i]) * m.dt
    left = s.strength.power[w, i] - cost
    s.account.power_spent[w, i] += wp.min(cost, s.strength.power[w, i])
    s.strength.power[w, i] = wp.max(left, 0.0)
    mode = s.motion.mode[w, i]
    lost_grip = left <= 0.0 or (mode != int(Mode.feet)) or s.act.held_by[w, i] >= 0
    rate = break_rate(s.craft[w, technique, int(Craft.strain)], s.strength.power[w, i] / full)
    chance = 1.0 - wp.exp(-rate * m.dt)
    reach = 1.25 * s.craft[w, technique, int(Craft.reach)]
    for j in range(m.people):
        if s.act.held_by[w, j] == i:
            d = s.motion.position[w, j] - s.motion.position[w, i]
            u = uniform4(s.key[w], tick, j, int(Purpose.STRAIN), 0)
            if lost_grip or u[0] < chance or wp.dot(d, d) > reach * reach:
                release(m, s, w, tick, i, j, technique)


@wp.func
def carry_out(m: Model, s: World, w: int, tick: int, i: int):
    """The wind-up is over: pay, aim and apply the effect."""
    slot = s.act.slot[w, i]
    technique = m.craft[i, slot]
    j = s.act.target[w, i]
    time = float(tick) * m.dt
    cost = technique_cost(s, w, i, slot, technique)
    s.strength.power[w, i] = wp.max(s.strength.power[w, i] - cost, 0.0)
    s.account.power_spent[w, i] += cost
    s.act.uses[w, i, slot] = s.act.uses[w, i, slot] + 1
    s.act.ready_at[w, i, slot] = time + s.craft[w, technique, int(Craft.cooldown)]
    d = s.motion.position[w, j] - s.motion.position[w, i]
    aim = s.motion.heading[w, i]
    if wp.length(d) > 1.0e-3:
        aim = wp.normalize(d)
    s.act.aim[w, i] = aim
    effect = m.effect[technique]
    make_noise(s, w, i, s.craft[w, technique, int(Craft.loudness)])
    if effect == int(Effect.strike) and s.craft[w, technique, int(Craft.speed)] > 0.0:
        s.act.phase[w, i] = int(ActPhase.lunge)
        speed = s.craft[w, technique, int(Craft.speed)]
        s.act.timer[w, i] = 1.2 * s.craft[w, technique, int(Craft.reach)] / speed
        s.motion.velocity[w, i] = aim * speed
        return
    if effect == int(Effect.push):
        push(m, s, w, tick, i, technique)
    elif effect == int(Effect.cut):
        cut(m, s, w, tick, i, j, technique)
    elif effect == int(Effect.pin):
        take_hold(m, s, w, tick, i, technique)
    elif effect == int(Effect.missile):
        throw(m, s, w, tick, i, j, technique)
    elif effect == int(Effect.ward):
        set_ward(m, s, w, tick, i, j, technique)
    elif effect == int(Effect.mark):
        set_mark(m, s, w, tick, i, technique)
    elif effect >= int(Effect.shout):
        speak(m, s, w, tick, i, j, technique)
    else:
        u = uniform4(s.key[w], tick, i, int(Purpose.AIM), 0)
        reach = 1.3 * s.craft[w, technique, int(Craft.reach)]
        ready = braced(s, w, time, j, i)
        chance = wp.where(ready, DODGE, BLOW)
        near = wp.length(d) <= reach and s.motion.mode[w, j] != int(Mode.out)
        if near and u[0] < chance:
            wound(m, s, w, tick, i, j, technique, 0.4 + 0.6 * u[1], int(Event.strike))
        elif near and u[0] < BLOW:
            note(s, w, tick, int(Event.dodge), j, i, technique, wp.length(d), s.motion.position[w, j])
        else:
            note(s, w, tick, int(Event.miss), i, j, technique, wp.length(d), s.motion.position[w, j])
    finish(m, s, w, tick, i, technique)


@wp.func
def act(m: Model, s: World, w: int, tick: int):
    """One tick of everybody's techniques."""
    time = float(tick) * m.dt
    i = int(0)
    while i < m.people:
        if s.act.heads[w, i] > 0:
            keep_hold(m, s, w, tick, i)
        phase = s.act.phase[w, i]
        if phase != int(ActPhase.none):
            technique = m.craft[i, s.act.slot[w, i]]
            mode = s.motion.mode[w, i]
            timer = s.act.timer[w, i] - m.dt
            s.act.timer[w, i] = timer
            if phase == int(ActPhase.windup):
                if mode != int(Mode.feet) or s.act.held_by[w, i] >= 0:
                    s.act.phase[w, i] = int(ActPhase.none)
                elif falters(s, w, i, time):
                    s.act.timer[w, i] = timer + m.dt
                elif timer <= 0.0:
                    carry_out(m, s, w, tick, i)
            elif phase == int(ActPhase.lunge):
                j = s.act.target[w, i]
                if mode != int(Mode.feet):
                    finish(m, s, w, tick, i, technique)
                elif strike_hits(m, s, w, tick, i, technique, s.craft[w, technique, int(Craft.width)]):
                    wound(m, s, w, tick, i, j, technique, 1.0, int(Event.strike))
                    end_lunge(m, s, w, tick, i, technique)
                elif timer <= 0.0 or wp.length(s.motion.velocity[w, i]) < 2.0:
                    note(s, w, tick, int(Event.miss), i, j, technique, 0.0, s.motion.position[w, i])
                    end_lunge(m, s, w, tick, i, technique)
            elif timer <= 0.0:
                s.act.phase[w, i] = int(ActPhase.none)
        i = i + 1


@wp.func
def go_out(m: Model, s: World, w: int, tick: int, i: int):
    """Leave the fight for good; whoever sees it knows."""
    if s.act.heads[w, i] > 0:
        for j in range(m.people):
            if s.act.held_by[w, j] == i:
                release(m, s, w, tick, i, j, -1)
    holder = s.act.held_by[w, i]
    if holder >= 0:
        release(m, s, w, tick, holder, i, -1)
    s.motion.mode[w, i] = int(Mode.out)
    s.motion.velocity[w, i] = wp.vec2(0.0, 0.0)
    s.act.phase[w, i] = int(ActPhase.none)
    for j in range(m.people):
        if sees(s, w, j, i):
            p = s.motion.position[w, i]
            s.mind.belief[w, j, i] = wp.vec3(p[0], p[1], -1.0)
            s.mind.sees[w, j] = s.mind.sees[w, j] & ~bit(i)
    note(s, w, tick, int(Event.out), i, -1, -1, s.strength.wound[w, i], s.motion.position[w, i])

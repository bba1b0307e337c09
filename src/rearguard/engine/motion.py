"""Bodies in motion: running, climbing, hanging, getting up; ``airborne`` has those that are off their feet.

Laws are in ``load``, ``exertion``, ``leap``, ``balance`` and ``slope``; this file applies them tick by tick.
Positions are continuous; a body crosses from cell to cell, and what the next cell is decides what happens there.
"""

import warp as wp

from rearguard.engine.airborne import fly, skid, take_link
from rearguard.engine.columns import Body, Phase
from rearguard.engine.events import Event, note
from rearguard.engine.exertion import EXHAUSTED_PACE, RECOVERED, reserve_after, speed_after_start
from rearguard.engine.ground import (
    cell_of,
    gradient_toward,
    height_at,
    torn_factor,
    walkable,
)
from rearguard.engine.knowledge import learn
from rearguard.engine.load import (
    GRAVITY,
    MUSCLE_EFFICIENCY,
    STANDING,
    equivalent_speed,
    level_power,
    metabolic_power,
    speed_at_power,
    sprint_factor,
)
from rearguard.engine.model import Model
from rearguard.engine.nerve import HESITANT, falters
from rearguard.engine.rng import Purpose, normal2, uniform4
from rearguard.engine.world import ActPhase, Mode, Source, World
from rearguard.engine.wounds import capacity, flow_after


@wp.func
def burden(m: Model, s: World, w: int, i: int) -> wp.vec2:
    """Load carried [kg] and towed friction force over muscular efficiency [N] of an agent."""
    p = s.cargo.carried[w, i]
    if p < 0:
        return wp.vec2(0.0, 0.0)
    stage = s.cargo.stage[w, p]
    share = s.phase[w, p, stage, int(Phase.mass)] / float(wp.max(s.cargo.carriers[w, p], 1))
    drag = s.phase[w, p, stage, int(Phase.drag)]
    if drag > 0.0:
        return wp.vec2(0.0, drag * share * GRAVITY / MUSCLE_EFFICIENCY)
    return wp.vec2(share, 0.0)


@wp.func
def enter(m: Model, s: World, w: int, tick: int, i: int):
    """Step onto the map at one's start, knowing what one knows."""
    home = m.home[i]
    p = home
    u = uniform4(s.key[w], 0, i, int(Purpose.START), 0)
    p = home + normal2(u[0], u[1]) * m.scatter[i]
    if not walkable(m.ground, p, height_at(m.ground, home)):
        p = home
    s.motion.position[w, i] = p
    s.motion.height[w, i] = height_at(m.ground, p)
    s.motion.mark[w, i] = p
    s.motion.mode[w, i] = int(Mode.feet)
    for e in range(m.entities):
        if ((m.knows[i] >> wp.uint64(e)) & wp.uint64(1)) != wp.uint64(0):
            if e < m.people:
                at = s.motion.position[w, e]
                if s.motion.mode[w, e] == int(Mode.away):
                    at = m.home[e]
                learn(s, w, i, e, at, float(tick) * m.dt, int(Source.given))
            else:
                learn(s, w, i, e, s.cargo.position[w, e - m.people], float(tick) * m.dt, int(Source.given))
    note(s, w, tick, int(Event.enter), i, -1, -1, 0.0, p)


@wp.func
def make_room(m: Model, s: World, w: int, i: int, p: wp.vec2, h: float) -> wp.vec2:
    """Push a body out of those it overlaps (body contact)."""
    r = s.body[w, i, int(Body.radius)]
    out = p
    j = int(0)
    while j < m.people:
        d = p - s.motion.position[w, j]
        q = wp.dot(d, d)
        if q < 1.0 and j != i:
            mode = s.motion.mode[w, j]
            reach = r + s.body[w, j, int(Body.radius)]
            if q < reach * reach and mode != int(Mode.away) and mode != int(Mode.out):
                if wp.abs(s.motion.height[w, j] - h) < 1.5:
                    length = wp.sqrt(q)
                    n = wp.vec2(1.0, 0.0)
                    if length > 1.0e-4:
                        n = d / length
                    elif i < j:
                        n = wp.vec2(-1.0, 0.0)
                    out = out + n * (0.5 * (reach - length))
        j = j + 1
    return out


@wp.func
def exert(m: Model, s: World, w: int, tick: int, i: int, equivalent: float):
    """Charge a tick at an equivalent level speed to the reserve."""
    full = s.body[w, i, int(Body.reserve)]
    cs = s.body[w, i, int(Body.critical_speed)] * capacity(
        s.strength.wound[w, i], s.strength.blood[w, i], s.body[w, i, int(Body.mass)]
    )
    before = s.strength.reserve[w, i]
    after = reserve_after(before, full, cs, s.body[w, i, int(Body.recovery)], equivalent, m.dt)
    s.strength.reserve[w, i] = after
    if after < before:
        s.account.reserve_spent[w, i] += before - after
        if after <= 0.0 and s.strength.spent[w, i] == 0:
            s.strength.spent[w, i] = 1
            note(s, w, tick, int(Event.exhausted), i, -1, -1, 0.0, s.motion.position[w, i])
    elif s.strength.spent[w, i] == 1 and after > RECOVERED * full:
        s.strength.spent[w, i] = 0


@wp.func
def is_idle(s: World, w: int, i: int) -> bool:
    """True for one who stands where it means to stand."""
    v = s.motion.velocity[w, i]
    d = s.motion.mark[w, i] - s.motion.position[w, i]
    return wp.dot(v, v) < 1.0e-4 and wp.dot(d, d) < 2.5e-3 and s.act.phase[w, i] != int(ActPhase.lunge)


@wp.func
def run(m: Model, s: World, w: int, tick: int, i: int):
    """One tick on the feet."""
    g = m.ground
    dt = m.dt
    p = s.motion.position[w, i]
    v = s.motion.velocity[w, i]
    h = s.motion.height[w, i]
    cell = cell_of(g, p)
    kind = int(g.kind[cell[0], cell[1]])
    mass = s.body[w, i, int(Body.mass)]
    to_mark = s.motion.mark[w, i] - p
    distance = wp.length(to_mark)
    direction = s.motion.heading[w, i]
    if distance > 1.0e-3:
        direction = to_mark / distance
    phase = s.act.phase[w, i]
    still = s.act.held_by[w, i] >= 0 or s.act.heads[w, i] > 0
    if phase == int(ActPhase.windup):
        technique = m.craft[i, s.act.slot[w, i]]
        still = still or m.moving[technique] == 0
    load = burden(m, s, w, i)
    fit = capacity(s.strength.wound[w, i], s.strength.blood[w, i], mass)
    cs = s.body[w, i, int(Body.critical_speed)] * fit
    terrain = g.energy[kind]
    gradient = gradient_toward(g, p, h, direction)
    speed = wp.length(v)
    target = float(0.0)
    if phase == int(ActPhase.lunge):
        direction = s.act.aim[w, i]
        target = speed
    elif not still and distance > 0.02:
        wanted = s.motion.speed_wanted[w, i] * fit
        if falters(s, w, i, float(tick) * dt):
            wanted = wanted * HESITANT
        if s.strength.spent[w, i] == 1:
            wanted = wp.min(wanted, EXHAUSTED_PACE * cs)
        elif s.strength.reserve[w, i] <= 0.0:
            wanted = wp.min(wanted, cs)
        top = s.body[w, i, int(Body.sprint)] * g.speed[kind] * m.familiarity[i, kind] * (0.5 + 0.5 * fit)
        top = top * (1.0 - s.strength.slow[w, i]) * sprint_factor(mass, load[0])
        if s.scars.count[w] > 0:
            top = top * torn_factor(s.scars, w, p)
        target = wp.min(top, speed_at_power(mass, load[0], load[1], level_power(wanted), gradient, terrain))
        if s.motion.link[w, i] < 0:
            target = wp.min(target, s.motion.arrival[w, i] + 2.5 * distance)
        if m.throng.pedestrians > 0:
            target = target * s.crowd.hindrance[w, i]
    new = v
    if phase != int(ActPhase.lunge):
        # along the line: the start from rest; across it and when braking: what the ground gives
        along = wp.dot(v, direction)
        across = v - direction * along
        grip = wp.max(g.friction[kind], 0.1) * GRAVITY * dt
        next_along = float(0.0)
        if target >= along:
            next_along = speed_after_start(along, target, s.body[w, i, int(Body.acceleration_time)], dt)
        else:
            next_along = wp.max(target, along - grip)
        side = wp.length(across)
        if side > 1.0e-6:
            across = across * (wp.max(side - grip, 0.0) / side)
        new = direction * next_along + across
        # what is left of the old direction adds nothing to the speed
        fastest = wp.max(speed, target)
        if wp.dot(new, new) > fastest * fastest:
            new = wp.normalize(new) * fastest
    step = (v + new) * (0.5 * dt)
    link = s.motion.link[w, i]
    if link >= 0 and not still and distance < 0.8 * g.cell and phase != int(ActPhase.lunge):
        s.motion.velocity[w, i] = new
        take_link(m, s, w, tick, i, link)
    else:
        q = p + step
        if walkable(m.ground, q, h):
            s.motion.velocity[w, i] = new
        elif link >= 0 and not still and phase != int(ActPhase.lunge):
            # the edge or the face is reached: with the speed one has
            q = p
            s.motion.velocity[w, i] = new
            take_link(m, s, w, tick, i, link)
        elif walkable(m.ground, wp.vec2(q[0], p[1]), h):
            q = wp.vec2(q[0], p[1])
            s.motion.velocity[w, i] = wp.vec2(new[0], 0.0)
        elif walkable(m.ground, wp.vec2(p[0], q[1]), h):
            q = wp.vec2(p[0], q[1])
            s.motion.velocity[w, i] = wp.vec2(0.0, new[1])
        else:
            q = p
            s.motion.velocity[w, i] = wp.vec2(0.0, 0.0)
        if s.motion.mode[w, i] == int(Mode.feet):
            roomy = make_room(m, s, w, i, q, h)
            if roomy[0] != q[0] or roomy[1] != q[1]:
                if walkable(m.ground, roomy, h):
                    q = roomy
            s.motion.position[w, i] = q
            s.motion.height[w, i] = height_at(g, q)
            s.account.distance[w, i] += wp.length(q - p)
    speed = wp.length(s.motion.velocity[w, i])
    if speed > 0.3:
        s.motion.heading[w, i] = s.motion.velocity[w, i] / speed
    power = metabolic_power(mass, load[0], load[1], speed, gradient, terrain)
    exert(m, s, w, tick, i, equivalent_speed(power))


@wp.func
def wait_out(m: Model, s: World, w: int, tick: int, i: int):
    """One tick of climbing, hanging or lying."""
    mode = s.motion.mode[w, i]
    left = s.motion.timer[w, i] - m.dt
    s.motion.timer[w, i] = left
    if mode == int(Mode.climb):
        rate = s.body[w, i, int(Body.climb_speed)]
        exert(m, s, w, tick, i, equivalent_speed(STANDING + GRAVITY * rate / MUSCLE_EFFICIENCY))
    else:
        exert(m, s, w, tick, i, 0.0)
    if left > 0.0:
        return
    s.motion.mode[w, i] = int(Mode.feet)
    if mode == int(Mode.climb) or mode == int(Mode.hang):
        s.motion.position[w, i] = s.motion.landing[w, i]
        s.motion.height[w, i] = height_at(m.ground, s.motion.landing[w, i])
        if mode == int(Mode.hang):
            note(s, w, tick, int(Event.climb_back), i, -1, -1, 0.0, s.motion.position[w, i])
    elif s.motion.topples[w, i] == 1:
        s.motion.topples[w, i] = 0
        note(s, w, tick, int(Event.get_up), i, -1, -1, 0.0, s.motion.position[w, i])


@wp.func
def recover(m: Model, s: World, w: int, i: int, time: float):
    """What time does to wounds, arms and the second reserve."""
    flow = s.strength.flow[w, i]
    if flow > 1.0e-4:
        s.strength.blood[w, i] += flow * m.dt
        s.strength.flow[w, i] = flow_after(flow, m.dt)
    full = s.body[w, i, int(Body.power)]
    if s.strength.power[w, i] < full and s.act.heads[w, i] == 0:
        s.strength.power[w, i] = wp.min(s.strength.power[w, i] + s.body[w, i, int(Body.power_recovery)] * m.dt, full)
    if s.strength.impaired_until[w, i] > 0.0 and time >= s.strength.impaired_until[w, i]:
        s.strength.impaired_until[w, i] = 0.0
        s.strength.arm[w, i] = 0.0
        s.strength.slow[w, i] = 0.0


@wp.func
def move(m: Model, s: World, w: int, tick: int):
    """Move every body by one tick."""
    time = float(tick) * m.dt
    live = int(0)
    i = int(0)
    while i < m.people:
        mode = s.motion.mode[w, i]
        if mode == int(Mode.away):
            if time >= s.body[w, i, int(Body.start)]:
                enter(m, s, w, tick, i)
        elif mode != int(Mode.out):
            live = live + 1
            if mode == int(Mode.feet):
                if is_idle(s, w, i):
                    if s.strength.reserve[w, i] < s.body[w, i, int(Body.reserve)]:
                        exert(m, s, w, tick, i, 0.0)
                else:
                    run(m, s, w, tick, i)
            elif mode == int(Mode.air):
                fly(m, s, w, tick, i)
            elif mode == int(Mode.skid):
                skid(m, s, w, tick, i)
            else:
                wait_out(m, s, w, tick, i)
            if mode == int(Mode.skid) or mode == int(Mode.down) or mode == int(Mode.hang):
                s.account.down_time[w, i] += m.dt
            if s.act.held_by[w, i] >= 0:
                s.account.held_time[w, i] += m.dt
            recover(m, s, w, i, time)
        i = i + 1
    s.account.live[w] += wp.int64(live)

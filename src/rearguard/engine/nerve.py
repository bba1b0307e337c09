"""Nerve: reaction times, hesitation, shock and its fading.

Models and sources:
 - reaction time: ex-Gaussian, a normal(mu, sigma) plus an exponential(tau): mean mu + tau, variance sigma² + tau² (Luce
   1986; simple reactions average 231 ms, Woods 2015). Parameter sets are specific to the task, hence scenario parameters;
 - hesitation (declared; freezing is frequent in disasters, Leach 2004, but no figures exist for pursuits): a stimulus
   given as the mean hesitation of somebody without any composure; the hesitation is exponential with mean
   stimulus x (1 - composure (1 - shock)). It adds to the shock, which fades exponentially with ``nerve.calm``.
Who hesitates runs at ``HESITANT`` of the speed meant, begins nothing, reads nothing; a wind-up in progress stands still.
"""

import warp as wp

from rearguard.engine.columns import Body, Phase
from rearguard.engine.events import Event, note
from rearguard.engine.knowledge import sees
from rearguard.engine.model import Model, Order
from rearguard.engine.rng import Purpose, normal2, uniform4
from rearguard.engine.world import Mode, World

HESITANT = wp.constant(0.35)
"""Share of the speed meant at which one runs who hesitates (declared)."""
SHOCK_PER_SECOND = wp.constant(0.15)
"""Shock that a second of hesitation adds (declared)."""
LEAST = wp.constant(0.1)
"""Hesitation shorter than this is none [s]."""
FAREWELL = wp.constant(30.0)
"""Distance within which leaving a friend in a fight is felt as leaving [m] (declared)."""


@wp.func
def reaction_time(mu: float, sigma: float, tau: float, u: wp.vec4) -> float:
    """A reaction time [s] from three uniforms; never below 0.05 s."""
    return wp.max(mu + sigma * normal2(u[0], u[1])[0] - tau * wp.log(u[2]), 0.05)


@wp.func
def hesitation(stimulus: float, composure: float, shock: float, u: float) -> float:
    """A hesitation [s]: exponential with mean ``stimulus`` [s] x (1 - composure left), from a uniform."""
    return -wp.log(u) * stimulus * (1.0 - composure * (1.0 - shock))


@wp.func
def shock_after(shock: float, calm: float, dt: float) -> float:
    """Shock after ``dt`` [s]; it fades with the time constant ``calm`` [s]."""
    if calm <= 0.0:
        return 0.0
    return shock * wp.exp(-dt / calm)


@wp.func
def falters(s: World, w: int, i: int, time: float) -> bool:
    """True while an agent hesitates."""
    return time < s.nerve.falters_until[w, i]


@wp.func
def falter(m: Model, s: World, w: int, tick: int, i: int, cause: int, stimulus: float, kind: int) -> float:
    """Make an agent hesitate; returns for how long [s]. ``kind`` is the event that says so."""
    time = float(tick) * m.dt
    u = uniform4(s.key[w], tick, i * 64 + wp.max(cause, 0), int(Purpose.NERVE), kind)
    shock = s.nerve.shock[w, i]
    seconds = hesitation(stimulus, s.body[w, i, int(Body.composure)], shock, u[0])
    if seconds < LEAST:
        return 0.0
    s.nerve.falters_until[w, i] = wp.max(s.nerve.falters_until[w, i], time + seconds)
    s.nerve.shock[w, i] = wp.min(shock + SHOCK_PER_SECOND * seconds, 1.0)
    note(s, w, tick, kind, i, cause, -1, seconds, s.motion.position[w, i])
    return seconds


@wp.func
def meet_horror(m: Model, s: World, w: int, tick: int, i: int, p: int, stage: int, strength: float):
    """The first time an agent meets a stage of a payload with its own senses, that stage's horror makes it hesitate."""
    if stage > int(s.nerve.stage[w, i, p]):
        s.nerve.stage[w, i, p] = wp.int8(stage)
        horror = s.phase[w, p, stage, int(Phase.horror)] * strength
        if horror > 0.0:
            falter(m, s, w, tick, i, m.people + p, horror, int(Event.falter))


@wp.func
def leave_behind(m: Model, s: World, w: int, tick: int, i: int):
    """Leaving a friend who fights or lies there costs seconds, once per friend."""
    option = s.mind.option[w, i]
    if option < 0 or s.motion.mode[w, i] != int(Mode.feet):
        return
    order = m.doctrine.order[option]
    stays = order == int(Order.hold) or order == int(Order.relieve) or order == int(Order.wait)
    if stays or s.body[w, i, int(Body.reluctance)] <= 0.0 or s.act.heads[w, i] > 0:
        return
    for j in range(m.people):
        if j != i and m.side[j] == m.side[i]:
            gone = (s.nerve.left[w, i] >> wp.uint64(j)) & wp.uint64(1)
            busy = s.act.heads[w, j] > 0 or s.act.held_by[w, j] >= 0
            if gone == wp.uint64(0) and busy:
                d = s.motion.position[w, j] - s.motion.position[w, i]
                if wp.dot(d, d) < FAREWELL * FAREWELL and sees(s, w, i, j):
                    s.nerve.left[w, i] = s.nerve.left[w, i] | (wp.uint64(1) << wp.uint64(j))
                    falter(m, s, w, tick, i, j, s.body[w, i, int(Body.reluctance)], int(Event.reluctant))


@wp.func
def keep_nerve(m: Model, s: World, w: int, tick: int):
    """Horrors that are in sight or earshot, partings, and shock fading: a few times a second for everybody."""
    i = int(0)
    while i < m.people:
        mode = s.motion.mode[w, i]
        if mode != int(Mode.away) and mode != int(Mode.out):
            turn = (tick + i) % m.think_every
            if turn == 0:
                if s.nerve.shock[w, i] > 0.0:
                    dt = float(m.think_every) * m.dt
                    s.nerve.shock[w, i] = shock_after(s.nerve.shock[w, i], s.body[w, i, int(Body.calm)], dt)
                for p in range(m.payloads):
                    known = int(s.mind.stage[w, i, p])
                    if known > int(s.nerve.stage[w, i, p]):
                        near = sees(s, w, i, m.people + p)
                        near = near or ((s.ears.heard[w, i] >> wp.uint64(m.people + p)) & wp.uint64(1)) != wp.uint64(0)
                        if near:
                            meet_horror(m, s, w, tick, i, p, known, 1.0)
            elif turn == 1:
                leave_behind(m, s, w, tick, i)
        i = i + 1

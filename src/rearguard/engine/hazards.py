"""Hazards: debris that falls on a place by chance, and hurts who stands under it.

Model: a Poisson process of given rate over a disc around a place; a piece falls at a spot drawn evenly. Whoever stands
within its radius is hurt and shoved away from it; anticipation is the chance to see it come and not be there (declared).
"""

import warp as wp

from rearguard.engine.columns import Body
from rearguard.engine.events import Event, note
from rearguard.engine.ground import height_at
from rearguard.engine.model import Model
from rearguard.engine.rng import Purpose, uniform4
from rearguard.engine.techniques import shove
from rearguard.engine.world import Mode, World
from rearguard.engine.wounds import hurt


@wp.func
def fall_on(m: Model, s: World, w: int, tick: int, h: int, spot: wp.vec2):
    """A piece comes down at ``spot`` [m]."""
    note(s, w, tick, int(Event.debris), -1, -1, -1, m.hazards.radius[h], spot)
    i = int(0)
    while i < m.people:
        mode = s.motion.mode[w, i]
        d = s.motion.position[w, i] - spot
        if wp.length(d) < m.hazards.radius[h] and mode != int(Mode.away) and mode != int(Mode.out):
            u = uniform4(s.key[w], tick, i * 64 + h, int(Purpose.HAZARD), 1)
            level = wp.abs(s.motion.height[w, i] - height_at(m.ground, spot)) < 3.0
            if level and u[0] >= s.body[w, i, int(Body.anticipation)]:
                hurt(s, w, i, m.hazards.wound[h])
                note(s, w, tick, int(Event.hit_by_debris), i, -1, -1, m.hazards.wound[h], spot)
                away = wp.vec2(1.0, 0.0)
                if wp.length(d) > 1.0e-3:
                    away = wp.normalize(d)
                shove(m, s, w, tick, i, away * m.hazards.impulse[h], False)
        i = i + 1


@wp.func
def fall(m: Model, s: World, w: int, tick: int):
    """Let pieces fall, hazard by hazard."""
    time = float(tick) * m.dt
    for h in range(m.hazards.count):
        if time >= m.hazards.start[h] and time < m.hazards.until[h]:
            u = uniform4(s.key[w], tick, h, int(Purpose.HAZARD), 0)
            if u[0] < m.hazards.rate[h] * m.dt:
                far = m.hazards.area[h] * wp.sqrt(u[1])
                turn = 6.283185307179586 * u[2]
                fall_on(m, s, w, tick, h, m.hazards.at[h] + wp.vec2(wp.cos(turn), wp.sin(turn)) * far)

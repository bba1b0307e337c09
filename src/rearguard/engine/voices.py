"""Voices: shouts that steady, taunts that unnerve, orders that are taken up; all within hearing (``hearing.py``).

Models: who hears is decided by level over masking; hesitation by ``nerve.py`` (declared). A shout or an order cuts short
what hesitation is left of a friend who hears it: the shares are declared, the source describes both.
"""

import warp as wp

from rearguard.engine.acoustics import hearing_range
from rearguard.engine.columns import Body, Craft, Effect
from rearguard.engine.events import Event, note
from rearguard.engine.hearing import STAGE_HEARD, ambient_intensity, level_of, voice_reaches
from rearguard.engine.jams import call_to_crowd
from rearguard.engine.model import Model
from rearguard.engine.nerve import falter
from rearguard.engine.world import Mode, World

STEADIED = wp.constant(0.5)
"""Share of hesitation and shock that a friend's shout takes away (declared)."""


@wp.func
def steady(m: Model, s: World, w: int, tick: int, i: int, j: int, left: float):
    """Cut what hesitation ``j`` has left to ``left`` [s], by ``i``'s voice."""
    remaining = s.nerve.falters_until[w, j] - float(tick) * m.dt
    if remaining > left:
        s.nerve.falters_until[w, j] = float(tick) * m.dt + left
        note(s, w, tick, int(Event.steady), j, i, -1, remaining - left, s.motion.position[w, j])


@wp.func
def shout(m: Model, s: World, w: int, tick: int, i: int, technique: int):
    """Raise the voice: friends who hear it are steadied."""
    loudness = s.craft[w, technique, int(Craft.loudness)]
    note(s, w, tick, int(Event.shout), i, -1, technique, loudness, s.motion.position[w, i])
    if m.throng.crowds > 0:
        masker = level_of(ambient_intensity(m, s.motion.position[w, i]))
        call_to_crowd(s, w, i, hearing_range(loudness, masker + STAGE_HEARD))
    for j in range(m.people):
        mode = s.motion.mode[w, j]
        if j != i and m.side[j] == m.side[i] and mode != int(Mode.away) and mode != int(Mode.out):
            if voice_reaches(m, s, w, i, j, loudness):
                s.nerve.shock[w, j] = s.nerve.shock[w, j] * (1.0 - STEADIED)
                remaining = s.nerve.falters_until[w, j] - float(tick) * m.dt
                steady(m, s, w, tick, i, j, wp.max(remaining, 0.0) * (1.0 - STEADIED))


@wp.func
def speak(m: Model, s: World, w: int, tick: int, i: int, j: int, technique: int):
    """Carry out a voice technique of ``i`` toward ``j``."""
    effect = m.effect[technique]
    if effect == int(Effect.shout):
        shout(m, s, w, tick, i, technique)
    elif j >= 0 and j != i:
        if voice_reaches(m, s, w, i, j, s.craft[w, technique, int(Craft.loudness)]):
            if effect == int(Effect.taunt):
                daze = s.craft[w, technique, int(Craft.daze)]
                note(s, w, tick, int(Event.taunt), i, j, technique, daze, s.motion.position[w, j])
                falter(m, s, w, tick, j, i, daze, int(Event.falter))
            else:
                s.nerve.bidden[w, j] = m.bids[technique]
                s.nerve.bidden_until[w, j] = float(tick) * m.dt + s.craft[w, technique, int(Craft.lasts)]
                note(s, w, tick, int(Event.bid), i, j, m.bids[technique], 0.0, s.motion.position[w, j])
                steady(m, s, w, tick, i, j, s.body[w, j, int(Body.reaction)])

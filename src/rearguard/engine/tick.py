"""The tick: perceive → decide → act → move → resolve → record, for one world, on one screen."""

from __future__ import annotations

from functools import cache
from typing import Any

import warp as wp

from rearguard.engine.columns import Body
from rearguard.engine.control import obey
from rearguard.engine.crowd import walk_on
from rearguard.engine.doctrine import decide_one
from rearguard.engine.ends import judge
from rearguard.engine.hazards import fall
from rearguard.engine.hearing import listen
from rearguard.engine.marks import read_marks
from rearguard.engine.missiles import fly_on
from rearguard.engine.model import Model
from rearguard.engine.motion import move
from rearguard.engine.nerve import keep_nerve
from rearguard.engine.payload import carry_on
from rearguard.engine.policy import consult
from rearguard.engine.presence import feel
from rearguard.engine.scent import tread
from rearguard.engine.sight import perceive
from rearguard.engine.steer import steer
from rearguard.engine.techniques import act, go_out
from rearguard.engine.trail import lay_trails, look_for_sign
from rearguard.engine.world import Mode, World
from rearguard.engine.wounds import FATAL_SHARE, blood_share

STEER_EVERY = wp.constant(4)
"""Ticks between two looks at the way."""


@wp.func
def is_arriving(s: World, w: int, i: int) -> bool:
    """True for one who runs and has nearly come to its mark, so that it does not stop there for want of a next one."""
    d = s.motion.mark[w, i] - s.motion.position[w, i]
    v = s.motion.velocity[w, i]
    return wp.dot(d, d) < 1.0 and wp.dot(v, v) > 1.0


@wp.func
def has_just_read(m: Model, s: World, w: int, tick: int, i: int) -> bool:
    """True in the tick in which a wind-up that was read calls for an answer: nobody waits for a turn then."""
    since = float(tick) * m.dt - s.act.threat_at[w, i]
    return s.act.threat[w, i] >= 0 and since >= 0.0 and since < m.dt


@wp.func
def take_turn(m: Model, s: World, w: int, tick: int, i: int, think: int, look: int):
    """Weigh the options when it is one's turn; find the way anew a little more often."""
    due = think == 0 or s.mind.option[w, i] < 0 or has_just_read(m, s, w, tick, i)
    if due:
        decide_one(m, s, w, tick, i)
    if due or look == 0 or is_arriving(s, w, i):
        steer(m, s, w, tick, i)


@cache
def build_decisions(uses: frozenset[str]) -> Any:
    """What everybody means to do: by doctrine, or by command."""

    @wp.func
    def decide(m: Model, s: World, w: int, tick: int, people: int):
        think = tick % m.think_every
        look = tick % STEER_EVERY
        i = int(0)
        while i < people:
            if s.motion.mode[w, i] == int(Mode.feet):
                if wp.static("control" in uses):
                    if s.control.commanded[w, i] != 0:
                        obey(m, s, w, tick, i, think == 0, look == 0 or is_arriving(s, w, i))
                    else:
                        take_turn(m, s, w, tick, i, think, look)
                else:
                    take_turn(m, s, w, tick, i, think, look)
            think = wp.where(think + 1 == m.think_every, 0, think + 1)
            look = wp.where(look + 1 == STEER_EVERY, 0, look + 1)
            i = i + 1

    return decide


@wp.func
def resolve(m: Model, s: World, w: int, tick: int):
    """Whoever cannot go on is out."""
    i = int(0)
    while i < m.people:
        mode = s.motion.mode[w, i]
        if mode != int(Mode.out) and mode != int(Mode.away):
            bled = float(0.0)
            if s.strength.blood[w, i] > 0.0:
                bled = blood_share(s.strength.blood[w, i], s.body[w, i, int(Body.mass)])
            if s.strength.wound[w, i] >= 0.999 or bled >= FATAL_SHARE:
                go_out(m, s, w, tick, i)
        i = i + 1


@cache
def build_senses(uses: frozenset[str]) -> Any:
    """What comes before the decisions of a tick: how everybody learns of the world."""

    @wp.func(inline=True)
    def sense(m: Model, s: World, w: int, tick: int):
        perceive(m, s, w, tick)
        if wp.static("hearing" in uses):
            listen(m, s, w, tick)
        if wp.static("presence" in uses):
            feel(m, s, w, tick)
        if wp.static("trails" in uses):
            look_for_sign(m, s, w, tick)

    return sense


@cache
def build(uses: frozenset[str]) -> Any:
    """The kernel that plays whole worlds, with only the mechanics in ``uses`` (``schema_surroundings.MECHANICS``).

    One thread is one world. Only structure compiles anew; no number in a scenario does.
    """
    sense = build_senses(uses)
    decide = build_decisions(uses)

    @wp.func(inline=True)
    def play_tick(m: Model, s: World, w: int, tick: int):
        if wp.static("control" in uses):
            consult(m, s, w, tick)
        sense(m, s, w, tick)
        decide(m, s, w, tick, m.people)
        if wp.static("nerve" in uses):
            keep_nerve(m, s, w, tick)
        if wp.static("techniques" in uses):
            act(m, s, w, tick)
        if wp.static("missiles" in uses):
            fly_on(m, s, w, tick)
        if wp.static("marks" in uses):
            read_marks(m, s, w, tick)
        if wp.static("hazards" in uses):
            fall(m, s, w, tick)
        if wp.static("crowd" in uses):
            walk_on(m, s, w, tick)
        move(m, s, w, tick)
        if wp.static("payload" in uses):
            carry_on(m, s, w, tick)
        resolve(m, s, w, tick)
        if wp.static("trails" in uses):
            lay_trails(m, s, w, float(tick) * m.dt)
        if wp.static("scent" in uses):
            tread(m, s, w)
        judge(m, s, w, tick)

    @wp.kernel(module="unique", enable_backward=False)
    def play(m: Model, s: World, ticks: int):
        w = wp.tid()
        for _k in range(ticks):
            tick = s.account.tick[w]
            if s.account.outcome[w] < 0 and tick < m.limit_ticks:
                play_tick(m, s, w, tick)
                s.account.tick[w] = tick + 1

    return play

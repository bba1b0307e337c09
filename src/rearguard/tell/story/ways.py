"""Moments of the way: where a person came from, through and to, what it cost the body, what was set down and read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from rearguard.engine.columns import Body
from rearguard.study.witness import Happening
from rearguard.tell.story.fights import grips
from rearguard.tell.story.minds import aims
from rearguard.tell.story.moments import Life, Moment, clusters, direction, ids, parties

SETTLE = 3.0
"""What is true within this of entering belongs to the beginning [s]."""
BESIDE = 25.0
"""Friends nearer than this are with one [m]."""
ARMS_LENGTH = 3.0
"""What is nearer than this can be touched [m]."""
FALL_WORTH = 0.02
"""A loss of capacity worth telling by itself."""


def ways(life: Life) -> Iterator[Moment]:
    """Everything about the way, the body, and things set down."""
    yield from beginning(life)
    yield from grounds(life)
    yield from bodies(life)
    yield from things(life)
    yield from cargo(life)
    yield from ending(life)


def _tick(event: Happening) -> int:
    return event.tick


# ------------------------------------------------------------------------------------------------------------- begin, end


def beginning(life: Life) -> Iterator[Moment]:
    """Entering: where, with whom in sight, to do what."""
    entered = life.did("enter")
    if not entered:
        return
    tick = life.first
    soon = min(tick + life.ticks(SETTLE), life.last)
    sight = life.witness.sight[tick : soon + 1]
    near = [e for e in range(sight.shape[1]) if e != life.me and sight[:, e].any()]
    when = {e: tick + int(np.argmax(sight[:, e])) for e in near}
    people = [e for e in near if e < life.tape.people and life.is_friend(e)]
    friends = [e for e in people if _gap(life, when[e], e) <= BESIDE]
    foes = [e for e in near if not life.is_friend(e)]
    first = [aim for aim in aims(life) if aim.tick <= soon]
    aim = first[-1] if first else None
    yield life.moment(
        "begin",
        tick,
        9.0,
        [
            entered[0].id,
            life.body(tick + 1),
            *(life.seen(when[e], e) for e in (*friends, *foes)),
            *([aim.event.id] if aim else []),
        ],
        last=tick,
        about=[*friends, *foes, *([aim.target] if aim else [])],
        place=life.place(tick + 1),
        ground=life.ground(tick + 1),
        friends=friends,
        foes=foes,
        distance=min((_gap(life, when[e], e) for e in foes), default=None),
        order=aim.order if aim else None,
        other=aim.target if aim else -1,
        to=aim.place if aim else None,
        late=life.seconds(tick) > 5.0,
    )


def _gap(life: Life, tick: int, entity: int) -> float:
    return float(np.linalg.norm(life.tape.place_of(entity, tick + 1) - life.at(tick + 1)))


def ending(life: Life) -> Iterator[Moment]:
    """How it stood for this person when the world ended, or when it went out."""
    out = life.did("out")
    if out:
        yield life.moment(
            "out",
            out[0].tick,
            9.5,
            [out[0].id, life.body(out[0].tick)],
            place=life.place(out[0].tick),
            distance=float(life.frame("account.distance", out[0].tick)),
        )
        return
    tick = life.tape.ticks
    if life.first >= tick:
        return
    carried = int(life.frame("cargo.carried", tick))
    aim = aims(life)[-1] if aims(life) else None
    prize = [life.tape.people + p for p in range(len(life.tape.names.payloads))]
    quarry = next((e for e in prize if not life.is_friend(e)), None)
    if aim is not None and aim.target >= 0 and not life.is_friend(aim.target):
        quarry = quarry if quarry is not None else aim.target
    rests = [life.body(tick), *([aim.event.id] if aim is not None else [])]
    if carried >= 0:
        rests.append(life.believed(tick, life.tape.people + carried))
    facts: dict[str, Any] = {
        "quarry": None,
        "in_sight": False,
        "near": False,
        "never": True,
        "age": 0.0,
        "away": 0.0,
        "toward": "",
    }
    if quarry is not None and life.witness.knows_of(tick - 1, quarry):
        belief = life.tape.frames["mind.belief"][tick, life.me, quarry]
        seen = np.flatnonzero(life.witness.sight[:, quarry])
        in_sight = bool(len(seen)) and int(seen[-1]) == tick - 1
        rests.append(life.seen(tick - 1, quarry) if in_sight else life.believed(tick, quarry))
        facts |= {
            "quarry": quarry,
            "in_sight": in_sight,
            "near": in_sight and float(np.linalg.norm(belief[:2] - life.at(tick))) < ARMS_LENGTH,
            "age": life.seconds(tick) - float(belief[2]),
            "away": float(np.linalg.norm(belief[:2] - life.at(tick))),
            "toward": direction(life.at(tick), belief[:2]),
            "never": not len(seen),
        }
    held, holding = int(life.frame("act.held_by", tick)), int(life.frame("act.heads", tick))
    closed, gripped = (
        [g for g in grips(life, held=taken) if g.out is None and by >= 0]
        for taken, by in ((True, held), (False, holding - 1))
    )
    reached = [e for e in life.witness.events if e.kind == "contact" and tick - e.tick <= life.ticks(SETTLE)]
    reserve = float(life.frame("strength.reserve", tick))
    full = float(life.tape.program.compiled.tables["body"][life.me, int(Body.reserve)])
    yield life.moment(
        "fate",
        tick - 1,
        9.0,
        [*rests, *ids(reached), *(g.pin.id for g in (*closed, *gripped))],
        about=[facts["quarry"]] if facts["quarry"] is not None else [],
        place=life.place(tick),
        ground=life.ground(tick),
        distance=float(life.frame("account.distance", tick)),
        seconds=life.seconds(tick - life.first),
        wound=float(life.frame("strength.wound", tick)),
        reserve=reserve / max(full, 1.0e-6),
        carried=life.tape.people + carried if carried >= 0 else None,
        held=held >= 0,
        holder=closed[-1].pin.actor if closed else None,
        holding=holding,
        grip=parties(g.pin.target for g in gripped),
        reached=bool(reached),
        brief=False,
        order=aim.order if aim else None,
        other=aim.target if aim else -1,
        to=aim.place if aim else None,
        **facts,
    )


# ---------------------------------------------------------------------------------------------------------- ground, body


def grounds(life: Life) -> Iterator[Moment]:
    """Named places come to, kinds of ground changed, and what was leapt and climbed on the way."""
    step = max(life.ticks(1.0), 1)
    span = range(life.first + 1, life.last + 1, step)
    places = [(t, life.place(t)) for t in span]
    seen = {places[0][1]} if places else set()
    for (tick, place), (_, after) in zip(places, places[1:], strict=False):
        if place is not None and place not in seen and after == place:
            seen.add(place)
            yield life.moment("place", tick, 1.5, [life.body(tick)], place=place, ground=life.ground(tick))
    kinds = [(t, life.ground(t)) for t in span]
    settled = kinds[0][1] if kinds else ""
    trodden = {settled}
    hold = max(int(15.0 / life.seconds(step)), 4)
    for k in range(len(kinds) - hold):
        kind = kinds[k][1]
        ahead = [g for _, g in kinds[k : k + hold]]
        if kind not in trodden and ahead.count(kind) > 0.8 * hold:
            trodden.add(kind)
            yield life.moment("ground", kinds[k][0], 1.0, [life.body(kinds[k][0])], ground=kind, before=settled)
            settled = kind
    moved = list(life.did("leap", "climb", "drop"))
    for group in clusters(moved, _tick, life.ticks(10.0), life.ticks(40.0)):
        leaps, climbs, drops = ([e for e in group if e.kind == k] for k in ("leap", "climb", "drop"))
        if len(group) > 1 or max(e.value for e in group) > 5.0:
            yield life.moment(
                "way",
                group[0].tick,
                min(0.8 + 0.1 * len(group), 1.6),
                ids(group),
                last=group[-1].tick,
                leaps=len(leaps),
                widest=max((e.value for e in leaps), default=0.0),
                climbs=len(climbs),
                highest=max((e.value for e in climbs), default=0.0),
                drops=len(drops),
                deepest=max((e.value for e in drops), default=0.0),
                seconds=life.seconds(group[-1].tick - group[0].tick),
            )


def bodies(life: Life) -> Iterator[Moment]:
    """Strength running out, edges caught and fallen from, hurts that came of no blow."""
    spent = life.did("exhausted")
    for group in clusters(spent, _tick, max(life.tape.ticks // 6, life.ticks(30.0))):
        yield life.moment(
            "spent",
            group[0].tick,
            3.0 + 0.2 * len(group),
            ids(group),
            last=group[-1].tick,
            n=len(group),
            first=group[0] is spent[0],
            running=life.seconds(group[0].tick - life.first),
            distance=float(life.frame("account.distance", group[0].tick)),
        )
    for event in life.did("catch_edge", "fall"):
        back = [e for e in life.did("climb_back") if 0 <= e.tick - event.tick <= life.ticks(15.0)]
        caught = event.kind == "catch_edge"
        yield life.moment(
            "edge" if caught else "fall",
            event.tick,
            4.0,
            [event.id, *ids(back[:1])],
            last=back[0].tick if back else event.tick,
            height=0.0 if caught else event.value,
            seconds=life.seconds(back[0].tick - event.tick) if caught and back else None,
        )
    for event in life.did("hit_by_debris"):
        yield life.moment("debris", event.tick, 2.5 + 10.0 * event.value, [event.id], wound=event.value)
    pushed = {e.tick for e in life.mine if e.kind in ("push", "strike", "hit_by_debris") and e.target == life.me}
    for event in life.did("impact"):
        if not any(0 <= event.tick - t <= life.ticks(2.0) for t in pushed) and event.value > FALL_WORTH:
            yield life.moment("impact", event.tick, 2.0 + 10.0 * event.value, [event.id], wound=event.value)


# ------------------------------------------------------------------------------------------------------- things, cargo


def things(life: Life) -> Iterator[Moment]:
    """Way marks and wards, set and met with; crowds run into."""
    names = life.tape.names
    for group in clusters(life.did("mark"), _tick, max(life.tape.ticks // 6, life.ticks(30.0))):
        yield life.moment(
            "mark",
            group[0].tick,
            1.6 + 0.1 * len(group),
            ids(group),
            last=group[-1].tick,
            n=len(group),
            technique=names.techniques[group[0].item],
            seconds=life.seconds(group[-1].tick - group[0].tick),
        )
    read = [e for e in life.did("read_mark") if e.target >= 0]
    for group in clusters(read, _tick, max(life.tape.ticks // 6, life.ticks(30.0))):
        others = parties(e.target for e in group)
        old = max(e.value for e in group)
        yield life.moment(
            "read",
            group[0].tick,
            (1.4 if old < 5.0 else 2.2) + 0.05 * len(group),
            ids(group),
            last=group[-1].tick,
            about=others,
            others=others,
            n=len(group),
            age=group[0].value,
            oldest=old,
            seconds=life.seconds(group[-1].tick - group[0].tick),
        )
    for event in life.did("ward"):
        yield life.moment("ward", event.tick, 2.2, [event.id], technique=names.techniques[event.item])
    for event in life.did("ward_detour"):
        others = [event.target] if event.target >= 0 else []
        weight = 1.6 if event.value > 10.0 else 0.5
        yield life.moment(
            "detour", event.tick, weight, [event.id], about=others, other=event.target, metres=event.value
        )
    stopped = life.did("missile_stopped")
    for group in clusters(stopped, _tick, life.ticks(20.0)):
        others = parties(e.target for e in group)
        yield life.moment(
            "stopped", group[0].tick, 2.5, ids(group), last=group[-1].tick, about=others, others=others, n=len(group)
        )
    for group in clusters(life.did("stumble"), _tick, life.ticks(20.0)):
        yield life.moment(
            "stumble",
            group[0].tick,
            1.6,
            ids(group),
            last=group[-1].tick,
            n=len(group),
            crowd=names.crowds[group[0].item],
        )


def cargo(life: Life) -> Iterator[Moment]:
    """Taking up, letting go, and reaching a payload."""
    handled = [e for e in life.did("pick_up", "let_go") if e.tick > life.first + life.ticks(SETTLE)]
    for event in handled:
        turned = [aim for aim in aims(life) if aim.tick == event.tick and aim.order != "carry"]
        aim = turned[0] if turned else None
        yield life.moment(
            "take" if event.kind == "pick_up" else "leave",
            event.tick,
            3.2,
            [event.id, *([aim.event.id] if aim else [])],
            about=[event.target, *([aim.target] if aim else [])],
            what=event.target,
            order=aim.order if aim else None,
            other=aim.target if aim else -1,
            to=aim.place if aim else None,
        )
    for event in life.did("contact"):
        yield life.moment("contact", event.tick, 9.0, [event.id], about=[event.target], other=event.target)

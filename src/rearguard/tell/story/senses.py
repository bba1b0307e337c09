"""Moments of the senses: who came into sight and was lost, what was heard, felt, smelled and told, and where that misled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from rearguard.engine.world import Source
from rearguard.study.witness import Happening
from rearguard.tell.story.minds import aims
from rearguard.tell.story.moments import MEMORY, Life, Moment, clusters, direction, ids, parties, spells

TOGETHER = 3.0
"""What comes into sight within this of each other comes together [s]."""
TRICKLE = 15.0
"""The same for those of a group of alike people [s]."""
GLIMPSE = 12.0
"""Somebody seen for less than this is hardly lost when it is over [s]."""
MANY = 4
"""From this many sights of somebody after a while on, they are told as one."""
OF_MANY = 0.6
"""How much less one of a group of alike people matters than somebody who is like nobody else."""
MISPLACED = 25.0
"""A belief that is off by more than this, and by a third of the distance, was wrong [m]."""


def senses(life: Life) -> Iterator[Moment]:
    """Everything that reached this person from outside, blows apart."""
    yield from sights(life)
    yield from stages(life)
    yield from news(life)
    yield from hearsay(life)
    yield from trails(life)


def worth(life: Life, entity: int) -> float:
    """How much somebody matters to a person, in [0, 1]: a payload, whom it had to do with, whom it was after."""
    if entity >= life.tape.people:
        return 0.5 if life.is_friend(entity) else 1.0
    met = sum(entity in (e.actor, e.target) for e in life.mine)
    after = bool((life.tape.frames["mind.target"][1:, life.me][life.witness.here] == entity).mean() > 0.02)
    return min(0.25 + 0.05 * met + 0.3 * after, 1.0) * (OF_MANY if life.is_of_many(entity) else 1.0)


def sights(life: Life) -> Iterator[Moment]:
    """First sights, sights after a while, losses."""
    sight = life.witness.sight
    found: list[tuple[int, int, int]] = []
    losses: list[Moment] = []
    followed = {aim.target for aim in aims(life)}
    for entity in range(len(life.tape.names.entities)):
        if entity == life.me or (life.is_friend(entity) and entity not in followed):
            continue
        stretches = spells(sight[:, entity], life.ticks(MEMORY))
        for k, (start, end) in enumerate(stretches):
            after = stretches[k + 1][0] if k + 1 < len(stretches) else None
            if start > life.first + life.ticks(TOGETHER):
                if k == 0:
                    found.append((start, entity, -1))
                else:
                    found.append((start, entity, stretches[k - 1][1]))
            loss = _lost(life, entity, end, after)
            if loss is not None:
                brief = end - start < life.ticks(GLIMPSE)
                losses.append(replace(loss, weight=loss.weight * (0.4 if brief else 1.0)))
    yield from _partings(life, losses)
    firsts = [f for f in found if f[2] < 0]
    for kin in sorted({_kin(life, entity) for _, entity, _ in firsts}):
        own = [f for f in firsts if _kin(life, f[1]) == kin]
        for group in clusters(own, lambda f: f[0], life.ticks(TRICKLE if kin else TOGETHER)):
            yield _first(life, [entity for _, entity, _ in group], group[0][0], group[-1][0])
    for entity in parties(entity for _, entity, _ in found):
        back = [_again(life, entity, tick, before) for tick, e, before in found if e == entity and before >= 0]
        yield from back if len(back) < MANY else [_glimpses(life, entity, back)]


def _kin(life: Life, entity: int) -> str:
    """The group of alike people that somebody is of; nothing for those like nobody else."""
    return life.tape.names.groups[entity] if life.is_of_many(entity) else ""


def _partings(life: Life, losses: list[Moment]) -> Iterator[Moment]:
    """Losses of sight, those for good that come close together as one."""
    yield from (m for m in losses if not m.facts["forever"])
    for group in clusters([m for m in losses if m.facts["forever"]], lambda m: m.tick, life.ticks(TRICKLE)):
        others = [m.about[0] for m in group]
        if len(others) == 1:
            yield group[0]
            continue
        yield life.moment(
            "lost",
            group[-1].tick,
            max(m.weight for m in group) + 0.2,
            [rest for m in group for rest in m.rests],
            about=others,
            others=others,
            gap=0.0,
            forever=True,
            distance=None,
            direction="",
        )


def _first(life: Life, entities: list[int], tick: int, last: int) -> Moment:
    """Those who come into sight together, each where it was when it did."""
    entities = sorted(entities)
    when = [next(t for t in range(tick, last + 1) if life.witness.sight[t, e]) for e in entities]
    far = [float(np.linalg.norm(life.tape.place_of(e, t) - life.at(t))) for e, t in zip(entities, when, strict=True)]
    k = int(np.argmin(far))
    return life.moment(
        "sight",
        tick,
        1.0 + 4.0 * max((worth(life, e) for e in entities if not life.is_friend(e)), default=0.0),
        [life.seen(t, e) for t, e in zip(when, entities, strict=True)],
        last=last,
        about=entities,
        others=entities,
        distance=far[k],
        direction=direction(life.at(when[k]), life.tape.place_of(entities[k], when[k])),
        over=life.seconds(last - tick),
        known=bool(life.tape.frames["mind.belief"][when[k], life.me, entities[k], 2] >= 0.0)
        and not any(life.is_friend(e) for e in entities),
    )


def _glimpses(life: Life, entity: int, back: list[Moment]) -> Moment:
    """Many sights after a while, as one."""
    return life.moment(
        "glimpses",
        back[0].tick,
        max(m.weight for m in back) + 0.5,
        [rest for m in back for rest in m.rests if rest.startswith(("sees:", "unseen:"))],
        last=back[-1].tick,
        about=[entity],
        other=entity,
        n=len(back),
        seconds=life.seconds(back[-1].tick - back[0].tick),
    )


def _again(life: Life, entity: int, tick: int, before: int) -> Moment:
    """In sight again; with where it had been thought to be, when that turns out wrong."""
    belief = life.tape.frames["mind.belief"][tick, life.me, entity]
    there = life.tape.place_of(entity, tick)
    distance = float(np.linalg.norm(there - life.at(tick)))
    off = float(np.linalg.norm(belief[:2] - there)) if belief[2] >= 0.0 else 0.0
    wrong = off > max(MISPLACED, 0.33 * distance)
    gap = life.seconds(tick - before)
    how = Source(int(life.tape.frames["mind.how"][tick, life.me, entity])).name
    return life.moment(
        "again",
        tick,
        0.5 + 2.5 * worth(life, entity) * min(gap / 30.0, 1.0) + (0.8 if wrong else 0.0),
        [
            life.seen(tick, entity),
            life.seen(before, entity),
            life.unseen(before + 1, entity),
            *([life.believed(tick, entity)] if wrong else []),
        ],
        about=[entity],
        other=entity,
        gap=gap,
        distance=distance,
        direction=direction(life.at(tick), there),
        off=off if wrong else None,
        how=how,
        thought=direction(life.at(tick), belief[:2]) if wrong else None,
    )


def _lost(life: Life, entity: int, end: int, after: int | None) -> Moment | None:
    """Out of sight for long, or for good."""
    until = after if after is not None else life.last
    gap = life.seconds(until - end)
    if gap < 1.25 * MEMORY:
        return None
    out = any(e.kind == "out" and e.actor == entity and e.tick <= end + 1 for e in life.witness.events)
    if out:
        return None
    forever = after is None
    return life.moment(
        "lost",
        end,
        0.3 + worth(life, entity) * (2.2 + min(gap / 40.0, 1.5)),
        [life.seen(end, entity), life.unseen(end + 1, entity), life.unseen(max(until - 1, end + 1), entity)],
        last=end,
        about=[entity],
        others=[entity],
        gap=gap,
        forever=forever,
        distance=float(np.linalg.norm(life.tape.place_of(entity, end) - life.at(end))),
        direction=direction(life.at(end), life.tape.place_of(entity, end)),
    )


# ------------------------------------------------------------------------------------------------- payloads, nerve, news


def stages(life: Life) -> Iterator[Moment]:
    """Stages of payloads as they became known, and what that did to the nerve; presences felt."""
    told = life.tape.frames["mind.stage"][:, life.me, :]
    falters = life.did("falter")
    used: set[str] = set()
    for p in range(told.shape[1]):
        entity = life.tape.people + p
        for tick in np.flatnonzero(np.diff(told[:, p]) > 0).tolist():
            if not life.witness.here[tick]:
                continue
            shaken = [f for f in falters if f.target == entity and 0 <= f.tick - tick <= life.ticks(1.5)]
            felt = [f for f in life.did("feel") if f.target == entity and abs(f.tick - tick) <= life.ticks(1.5)]
            used |= {*ids(shaken), *ids(felt)}
            yield life.moment(
                "stage",
                tick,
                3.5 + sum(f.value for f in shaken),
                [f"stage:{tick + 1}:{life.name(entity)}", *ids(shaken), *ids(felt)],
                last=max([tick, *(f.tick for f in shaken)]),
                about=[entity],
                other=entity,
                stage=life.tape.names.stages[p][int(told[tick + 1, p])],
                how=_how(life, tick, entity),
                falters=sum(f.value for f in shaken),
                felt=bool(felt),
            )
    for event in life.did("feel"):
        if event.id not in used and event.tick > life.first + life.ticks(TOGETHER):
            yield life.moment("feel", event.tick, 2.4, [event.id], about=[event.target], other=event.target)
    for group in clusters(
        [f for f in falters if f.id not in used and f.target >= life.tape.people], _tick, life.ticks(5)
    ):
        yield life.moment(
            "horror",
            group[0].tick,
            1.5 + sum(f.value for f in group),
            ids(group),
            last=group[-1].tick,
            about=[group[0].target],
            other=group[0].target,
            seconds=sum(f.value for f in group),
        )


def _tick(event: Happening) -> int:
    return event.tick


def _how(life: Life, tick: int, entity: int) -> str:
    if life.witness.sees(tick, entity):
        return "seen"
    if any(e.kind == "read_sign" and e.tick == tick and e.target == entity for e in life.mine):
        return "sign"
    if any(e.kind == "hear" and e.tick == tick and e.target == entity for e in life.mine):
        return "heard"
    return "told"


def news(life: Life) -> Iterator[Moment]:
    """What was heard without being seen, and what friends told."""
    for kind, weight in (("told", 1.2), ("hear", 1.6)):
        for group in clusters(life.did(kind), _tick, life.ticks(4)):
            others = parties(e.target for e in group)
            if not others:
                continue
            prize = any(o >= life.tape.people and not life.is_friend(o) for o in others)
            yield life.moment(
                kind,
                group[0].tick,
                weight + (0.8 if prize else 0.0) + 0.4 * max(worth(life, o) for o in others),
                ids(group),
                last=group[-1].tick,
                about=others,
                others=others,
                age=max(e.value for e in group),
                entering=group[0].tick <= life.first + life.ticks(4),
            )
    louder = life.did("noise")
    if len(louder) > 1 and abs(louder[-1].value - louder[0].value) > 15.0:
        yield life.moment(
            "noise",
            louder[1].tick,
            0.7,
            ids(louder),
            before=louder[0].value,
            after=louder[-1].value,
            over=life.seconds(louder[-1].tick - louder[0].tick),
        )
    for event in life.did("overpowered"):
        yield life.moment("overpowered", event.tick, 2.2, [event.id], about=[event.target], other=event.target)


def hearsay(life: Life) -> Iterator[Moment]:
    """What a friend's older news let this person know for the first time of somebody of another side."""
    how = life.tape.frames["mind.how"][1:, life.me]
    told = {e.target for e in life.did("told")}
    for entity in range(how.shape[1]):
        if life.is_friend(entity) or entity in told:
            continue
        ticks = np.flatnonzero((how[:, entity] != int(Source.nothing)) & life.witness.here)
        if not len(ticks) or how[ticks[0], entity] != int(Source.told):
            continue
        tick = int(ticks[0])
        belief = life.tape.frames["mind.belief"][tick + 1, life.me, entity]
        yield life.moment(
            "learned",
            tick,
            2.4 + worth(life, entity),
            [life.believed(tick + 1, entity)],
            about=[entity],
            other=entity,
            age=max(life.seconds(tick) - float(belief[2]), 0.0),
            distance=float(np.linalg.norm(belief[:2] - life.at(tick + 1))),
            direction=direction(life.at(tick + 1), belief[:2]),
        )


# ------------------------------------------------------------------------------------------------------------- trails


def trails(life: Life) -> Iterator[Moment]:
    """Trails picked up and lost."""
    known = [e for e in life.did("trail_found", "identify") if e.target >= 0]
    for group in clusters(known, _tick, life.ticks(2)):
        smelled = any(e.kind == "identify" for e in group)
        yield life.moment(
            "trail",
            group[0].tick,
            2.6,
            ids(group),
            about=[group[-1].target],
            other=group[-1].target,
            age=group[-1].value,
            smelled=smelled,
            place=life.place(group[0].tick),
            first=group[0] is known[0],
        )
    lost = [e for e in life.did("trail_lost") if e.target >= 0]
    span = max(life.tape.ticks // 8, life.ticks(45))
    for group in clusters(lost, _tick, span):
        yield life.moment(
            "astray",
            group[0].tick,
            1.8 + 0.3 * len(group),
            ids(group),
            last=group[-1].tick,
            about=[group[0].target],
            other=group[0].target,
            n=len(group),
            seconds=sum(e.value for e in group),
        )

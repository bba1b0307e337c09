"""Moments of looking on: what a person saw befall others; and, for the whole truth, what nobody knew."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rearguard.engine.world import Source
from rearguard.study.witness import UNKNOWN, Happening, Tape
from rearguard.tell.story.fights import AFTERMATH
from rearguard.tell.story.moments import Life, Moment, clusters, direction, ids, parties

CLOSE = 12.0
"""Falls and blows of a kind that follow one another within this are seen as one [s]."""
MISTAKEN = 40.0
"""A belief that is off by more than this is an error worth telling in the whole truth [m]."""


def others(life: Life) -> Iterator[Moment]:
    """What happened between others before this person's eyes."""
    seen = [e for e in life.witness.events if life.me not in (e.actor, e.target) and UNKNOWN not in (e.actor, e.target)]
    for friendly in (True, False):
        falls = [e for e in seen if e.kind == "out" and life.is_friend(e.actor) == friendly]
        for group in clusters(falls, lambda e: e.tick, life.ticks(CLOSE)):
            fallen = parties(e.actor for e in group)
            weight = 4.5 if friendly else 3.5 if len(group) > 1 or not life.is_of_many(fallen[0]) else 2.0
            yield life.moment(
                "saw_out", group[0].tick, weight, ids(group), last=group[-1].tick, about=fallen, others=fallen
            )
    for event in seen:
        if event.kind == "contact":
            yield life.moment(
                "saw_contact",
                event.tick,
                7.0,
                [event.id],
                about=[event.actor, event.target],
                other=event.actor,
                what=event.target,
            )
    yield from _blows(life, seen)
    yield from _pins(life, seen)


def _blows(life: Life, seen: list[Happening]) -> Iterator[Moment]:
    """Who hit whom with what, folded while blows of a technique follow one another, by the one who gave or took them."""
    hits = [e for e in seen if e.kind in ("push", "cut", "strike", "missile_hit")]
    for item in sorted({e.item for e in hits}):
        for group in clusters([e for e in hits if e.item == item], lambda e: e.tick, life.ticks(CLOSE)):
            givers, takers = (sorted({getattr(e, end) for e in group}) for end in ("actor", "target"))
            by_taker = len(takers) < len(givers)
            for who in takers if by_taker else givers:
                yield _blow(life, seen, [e for e in group if (e.target if by_taker else e.actor) == who])


def _blow(life: Life, seen: list[Happening], group: list[Happening]) -> Moment:
    """Blows of one technique between two, or between one and several."""
    soon = life.ticks(AFTERMATH)
    after = [
        e for e in seen if e.kind == "down" and any(e.actor == h.target and 0 <= e.tick - h.tick <= soon for h in group)
    ]
    wound = sum(e.value for e in group if e.kind != "push")
    givers, takers = parties(e.actor for e in group), parties(e.target for e in group)
    near = 0.6 if any(life.is_friend(e) for e in (*givers, *takers)) else 0.0
    return life.moment(
        "saw_blow",
        group[0].tick,
        0.6 + near + 0.5 * len(after) + min(4.0 * wound, 2.0),
        [*ids(group), *ids(after)],
        last=group[-1].tick,
        about=[*givers, *takers],
        others=givers,
        whats=takers,
        n=len(group),
        downs=len(after),
        felled=len({e.actor for e in after}),
        wound=wound,
        technique=life.tape.names.techniques[group[0].item],
    )


def _pins(life: Life, seen: list[Happening]) -> Iterator[Moment]:
    """Who held whom."""
    for group in clusters([e for e in seen if e.kind == "pin"], lambda e: e.tick, life.ticks(30.0)):
        for actor in parties(e.actor for e in group):
            own = [e for e in group if e.actor == actor]
            held = parties(e.target for e in own)
            near = any(life.is_friend(e) for e in (actor, *held))
            yield life.moment(
                "saw_pin",
                own[0].tick,
                1.6 + 0.8 * near,
                ids(own),
                last=own[-1].tick,
                about=[actor, *held],
                other=actor,
                others=held,
                n=len(own),
                technique=life.tape.names.techniques[own[0].item],
            )


# --------------------------------------------------------------------------------------------------- the whole truth


def truths(tape: Tape, lives: list[Life]) -> Iterator[Moment]:
    """What no single person knows: stages as they came, errors of belief while they lasted, and the end."""
    for event in tape.events:
        if event.kind == "stage":
            p = event.target - tape.people
            yield Moment(
                "became",
                event.target,
                event.tick,
                event.tick,
                4.5,
                (event.id,),
                (event.target,),
                {"stage": tape.names.stages[p][event.item]},
            )
        elif event.kind == "end":
            outcome = tape.names.outcomes[event.item]
            about = tape.loaded.scenario.ends[outcome].about
            yield Moment(
                "end", -1, event.tick, event.tick, 10.0, (event.id,), (), {"outcome": outcome, "because": about}
            )
    if tape.outcome < 0:
        last = tape.ticks - 1
        yield Moment("open", -1, last, last, 10.0, (f"truth:{tape.ticks}:",), (), {})
    for life in lives:
        yield from _mistaken(life)


def _mistaken(life: Life) -> Iterator[Moment]:
    """The worst error about the one whom a person is after: believed in one place, in truth elsewhere."""
    tape = life.tape
    targets = tape.frames["mind.target"][1:, life.me]
    for entity in parties(np.unique(targets[life.witness.here]).tolist()):
        if entity == life.me or life.is_friend(entity):
            continue
        belief = tape.frames["mind.belief"][1:, life.me, entity]
        part, k = ("motion", entity) if entity < tape.people else ("cargo", entity - tape.people)
        there = tape.frames[f"{part}.position"][1:, k]
        off = np.linalg.norm(belief[:, :2] - there, axis=1)
        off[(belief[:, 2] < 0.0) | (targets != entity) | ~life.witness.here] = 0.0
        tick = int(np.argmax(off))
        if off[tick] < MISTAKEN:
            continue
        age = life.seconds(tick) - float(belief[tick, 2])
        name = life.name(entity)
        yield life.moment(
            "mistaken",
            tick,
            1.5 + min(off[tick] / 60.0, 2.0),
            [f"believes:{tick + 1}:{name}", f"truth:{tick + 1}:{name}"],
            about=[entity],
            other=entity,
            off=float(off[tick]),
            how=Source(int(tape.frames["mind.how"][tick + 1, life.me, entity])).name,
            age=age,
            thought=direction(life.at(tick + 1), belief[tick, :2]),
            thought_away=float(np.linalg.norm(belief[tick, :2] - life.at(tick + 1))),
            truth=direction(life.at(tick + 1), there[tick]),
            truth_away=float(np.linalg.norm(there[tick] - life.at(tick + 1))),
        )

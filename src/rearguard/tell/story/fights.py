"""Moments of blows: what was done and suffered in an exchange, folded by who, with what and to whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from rearguard.study.witness import UNKNOWN, Happening
from rearguard.tell.story.moments import Life, Moment, clusters, ids, parties

BLOWS = frozenset(["push", "cut", "strike", "missile_hit", "missile_miss", "miss", "dodge", "deflect"])
"""Kinds that say how the use of a technique against somebody came out."""
WORDS = frozenset(("taunt",))
LULL = 9.0
"""An exchange is over after this without a blow [s]."""
BETWEEN_HOLDS = 30.0
"""Holds less than this apart are told together [s]."""
AFTERMATH = 1.0
"""What befalls a body this soon after a blow came of it [s]."""


@dataclass
class Bout:
    """All uses of one technique by one against another within an exchange."""

    taken: bool
    other: int
    technique: int
    blows: list[Happening] = field(default_factory=list)
    rests: list[str] = field(default_factory=list)
    hits: int = 0
    missed: int = 0
    dodged: int = 0
    bent: int = 0
    bent_by: int = -1
    braced: int = 0
    thrown: int = 0
    downs: int = 0
    walls: int = 0
    torn: int = 0
    wound: float = 0.0

    @property
    def tick(self) -> int:
        """When it began."""
        return self.blows[0].tick


def fights(life: Life) -> Iterator[Moment]:
    """Exchanges of blows, with a moment for each bout and one for the whole where there is much of it."""
    blows = [e for e in life.mine if e.kind in BLOWS | WORDS]
    for cluster in clusters(blows, lambda e: e.tick, life.ticks(LULL)):
        bouts = _bouts(life, [e for e in cluster if e.kind in BLOWS])
        for bout in bouts:
            yield _told(life, bout)
        for event in cluster:
            if event.kind in WORDS:
                yield _words(life, event)
        others = sorted(parties(e.target if e.actor == life.me else e.actor for e in cluster))
        seconds = life.seconds(cluster[-1].tick - cluster[0].tick)
        if others and seconds > 6.0 and len(cluster) > 3 and len(bouts) > 1:
            yield life.moment(
                "clash",
                cluster[0].tick,
                2.5 + 0.1 * len(cluster),
                ids(cluster),
                last=cluster[-1].tick,
                about=others,
                others=others,
                seconds=seconds,
                blows=len(cluster),
                struck=any((e.target if e.kind == "dodge" else e.actor) == life.me for e in cluster),
                hurt=any((e.actor if e.kind == "dodge" else e.target) == life.me for e in cluster),
                place=life.place(cluster[0].tick),
            )
    yield from holds(life)


def _bouts(life: Life, blows: list[Happening]) -> list[Bout]:
    """Blows folded by direction, technique and, unless there are many, opponent."""
    crowd = len(parties(e.target if e.actor == life.me else e.actor for e in blows)) > 3
    bouts: dict[tuple[bool, int, int], Bout] = {}
    for event in blows:
        # who dodges stands first in a dodge; who bends a lunge in a deflection, whose technique is named there
        mine = event.target == life.me if event.kind == "dodge" else event.actor == life.me
        other = event.actor if event.target == life.me else event.target
        if event.kind == "deflect":
            _bend(life, bouts, event, mine, other)
            continue
        key = (not mine, -1 if crowd else other, event.item)
        bout = bouts.setdefault(key, Bout(not mine, other, event.item))
        bout.blows.append(event)
        bout.rests.append(event.id)
        _count(life, bout, event)
    return [bout for bout in bouts.values() if bout.blows]


def _bend(life: Life, bouts: dict[tuple[bool, int, int], Bout], event: Happening, mine: bool, other: int) -> None:
    """A lunge turned aside: by me, a bout of its own; mine, part of the bout of my last strike."""
    bout = bouts.setdefault((not mine, other, -2 - event.item), Bout(not mine, other, event.item))
    bout.blows.append(event)
    bout.rests.append(event.id)
    bout.bent += 1
    bout.bent_by = event.item


def _count(life: Life, bout: Bout, event: Happening) -> None:
    """Add how a blow came out, and what came of it as far as that was perceived."""
    if event.kind in ("miss", "missile_miss"):
        bout.missed += 1
        for torn in life.did("tear") if not bout.taken else ():
            if torn.tick == event.tick:
                bout.torn += 1
                bout.rests.append(torn.id)
        return
    if event.kind == "dodge":
        bout.dodged += 1
        return
    bout.hits += 1
    if event.kind != "push":
        bout.wound += event.value
    struck = life.me if bout.taken else event.target
    if struck == UNKNOWN:
        return
    soon = event.tick + life.ticks(AFTERMATH)
    for after in life.witness.events:
        if after.actor != struck or not event.tick <= after.tick <= soon or after.id in bout.rests:
            continue
        name = {"brace": "braced", "skid": "thrown", "down": "downs", "impact": "walls"}.get(after.kind)
        if name is None or (name in ("braced", "thrown") and after.tick > event.tick):
            continue
        setattr(bout, name, getattr(bout, name) + 1)
        bout.rests.append(after.id)
        if after.kind == "impact":
            bout.wound += after.value


def _told(life: Life, bout: Bout) -> Moment:
    others = parties(e.actor if e.target == life.me else e.target for e in bout.blows)
    if bout.bent:
        kind, weight = ("bent" if bout.taken else "parried"), 3.5
    else:
        kind = "took" if bout.taken else "dealt"
        weight = 0.7 + 0.4 * bout.hits + 0.8 * bout.thrown + 1.2 * bout.downs + 9.0 * bout.wound + 0.2 * bout.dodged
        weight += 1.5 * bout.torn
    compiled = life.tape.program.compiled
    from rearguard.engine.columns import Effect

    return life.moment(
        kind,
        bout.tick,
        min(weight, 6.0),
        bout.rests,
        last=bout.blows[-1].tick,
        about=others,
        others=others,
        technique=compiled.names.techniques[bout.technique],
        effect=Effect(int(compiled.arrays["effect"][bout.technique])).name,
        n=len(bout.blows),
        hits=bout.hits,
        missed=bout.missed,
        dodged=bout.dodged,
        braced=min(bout.braced, bout.hits),
        thrown=bout.thrown,
        downs=bout.downs,
        walls=bout.walls,
        torn=bout.torn,
        wound=bout.wound,
        seconds=life.seconds(bout.blows[-1].tick - bout.tick),
    )


def _words(life: Life, event: Happening) -> Moment:
    """A taunt, and whether it told."""
    shaken = [e for e in life.witness.events if e.kind == "falter" and e.actor == event.target and e.tick == event.tick]
    return life.moment(
        "taunted" if event.target == life.me else "taunt",
        event.tick,
        2.0 + sum(e.value for e in shaken),
        [event.id, *ids(shaken)],
        about=[event.actor, event.target],
        other=event.actor if event.target == life.me else event.target,
        technique=life.tape.names.techniques[event.item],
        falters=sum(e.value for e in shaken),
    )


def holds(life: Life) -> Iterator[Moment]:
    """Being held, and holding others: taken together where little time passes between."""
    for held in (True, False):
        found = list(grips(life, held))
        begun = 0
        for k in range(1, len(found) + 1):
            if k < len(found) and found[k].start - max(g.end for g in found[begun:k]) <= life.ticks(BETWEEN_HOLDS):
                continue
            yield _hold(life, held, found[begun:k])
            begun = k


@dataclass(frozen=True)
class Grip:
    """One hold from when it closed until it was perceived to open; ``out`` is None when that was not perceived."""

    pin: Happening
    out: Happening | None
    end: int

    @property
    def start(self) -> int:
        """When it closed."""
        return self.pin.tick


def grips(life: Life, held: bool) -> Iterator[Grip]:
    """Holds in which this person is held, or holds."""
    own = [e for e in life.mine if e.kind in ("pin", "release") and (e.target if held else e.actor) == life.me]
    for k, pin in enumerate(own):
        if pin.kind == "pin":
            out = next((e for e in own[k + 1 :] if e.kind == "release" and (held or e.target == pin.target)), None)
            yield Grip(pin, out, out.tick if out is not None else life.last)


def _hold(life: Life, held: bool, grips: list[Grip]) -> Moment:
    """Holds that follow one another closely, as one."""
    others = parties(g.pin.actor if held else g.pin.target for g in grips)
    ticks = {t for g in grips for t in range(g.start, g.end)}
    seconds = life.seconds(len(ticks))
    return life.moment(
        "held" if held else "holding",
        grips[0].start,
        2.5 + min(seconds / 10.0, 3.0),
        ids(e for g in grips for e in (g.pin, g.out) if e is not None),
        last=max(g.end for g in grips),
        about=others,
        others=others,
        n=len(grips),
        seconds=seconds,
        still=any(g.out is None for g in grips),
        technique=life.tape.names.techniques[grips[0].pin.item],
    )

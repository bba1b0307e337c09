"""Moments of the mind: what a person set out to do, changed over to, was bidden, shouted, and left behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rearguard.engine.model import Order
from rearguard.study.witness import Happening
from rearguard.tell.story.moments import Life, Moment, clusters, ids

BRIEF = 4.0
"""An order given up sooner than this is not worth a sentence of its own [s]."""


@dataclass(frozen=True)
class Aim:
    """An order taken up: what, about whom (-1: nobody), toward which place, from when until when."""

    event: Happening
    order: str
    target: int
    place: str | None
    until: int

    @property
    def tick(self) -> int:
        """When it was taken up."""
        return self.event.tick

    @property
    def what(self) -> tuple[str, int, str | None]:
        """What tells two aims apart."""
        return self.order, self.target, self.place


_ABOUT_NOBODY = ("wait", "hold", "flee", "fall_back", "follow_marks")


def aims(life: Life) -> list[Aim]:
    """Every order of a person, those that come to the same joined."""
    found = life.did("order")
    out: list[Aim] = []
    for k, event in enumerate(found):
        until = found[k + 1].tick if k + 1 < len(found) else life.last
        order = Order(event.item).name
        option = life.option(event.tick)
        target = -1 if order in _ABOUT_NOBODY else event.target
        aim = Aim(event, order, target, option.to if option is not None else None, until)
        if out and out[-1].what == aim.what:
            aim = Aim(out.pop().event, *aim.what, until)
        out.append(aim)
    return out


def minds(life: Life) -> Iterator[Moment]:
    """Changes of mind, wavering, voices and partings."""
    yield from turns(life)
    yield from voices(life)


def turns(life: Life) -> Iterator[Moment]:
    """Changes of order after the first; rapid ones to and fro folded into one."""
    course = aims(life)
    swift = max(12.0, life.seconds(life.tape.ticks) / 20.0)
    bids = [e for e in life.mine if e.kind == "bid" and e.target == life.me]
    standing = course[0].what if course else None
    k = 1
    while k < len(course):
        run = _to_and_fro(life, course, k, swift)
        if run >= 4:
            yield _waver(life, course[k - 1 : k + run])
            k += run
            standing = course[k - 1].what
            continue
        aim, seconds = course[k], life.seconds(course[k].until - course[k].tick)
        bid = [b for b in bids if Order(b.item).name == aim.order and 0 <= aim.tick - b.tick <= life.ticks(3.0)]
        lasts = seconds >= BRIEF
        same = standing is not None and aim.target >= 0 and standing[1] == aim.target
        if (lasts and aim.what != standing) or bid:
            yield life.moment(
                "turn",
                aim.tick,
                (1.6 + min(seconds / 20.0, 2.0)) * (0.5 if same else 1.0) + 1.5 * bool(bid),
                [aim.event.id, *ids(bid)],
                last=aim.until,
                about=[aim.target, *(b.actor for b in bid)],
                order=aim.order,
                other=aim.target,
                place=aim.place,
                seconds=seconds,
                bidden=bid[-1].actor if bid else None,
            )
        standing = aim.what if lasts else standing
        k += 1


def _to_and_fro(life: Life, course: list[Aim], start: int, swift: float) -> int:
    """How many changes from ``start`` on only go back and forth between two aims, each within ``swift`` [s]."""
    two = {course[start - 1].what, course[start].what}
    k = start
    while k < len(course) and course[k].what in two and life.seconds(course[k].tick - course[k - 1].tick) <= swift:
        k += 1
    return k - start


def _waver(life: Life, run: list[Aim]) -> Moment:
    """Back and forth between two aims."""
    one, two = run[0], run[1]
    changes = run[1:]
    return life.moment(
        "waver",
        two.tick,
        0.7 if one.target == two.target else 2.2 + 0.1 * len(changes),
        [one.event.id, *(aim.event.id for aim in changes)],
        last=run[-1].tick,
        about=[one.target, two.target],
        order=two.order,
        other=two.target,
        place=two.place,
        back_order=one.order,
        back_other=one.target,
        back_place=one.place,
        n=(len(changes) + 1) // 2,
        seconds=life.seconds(run[-1].tick - two.tick),
    )


def voices(life: Life) -> Iterator[Moment]:
    """Orders called and heard, shouts, comfort, and leaving a friend in a fight."""
    for event in life.mine:
        if event.kind == "bid":
            mine = event.actor == life.me
            yield life.moment(
                "bid" if mine else "bidden",
                event.tick,
                2.6,
                [event.id],
                about=[event.actor, event.target],
                other=event.target if mine else event.actor,
                order=Order(event.item).name,
            )
    for group in clusters(life.did("shout"), lambda e: e.tick, life.ticks(30.0)):
        yield life.moment(
            "shout",
            group[0].tick,
            1.8,
            ids(group),
            last=group[-1].tick,
            n=len(group),
            technique=life.tape.names.techniques[group[0].item],
        )
    for event in life.did("steady"):
        if event.value >= 0.5 and event.target >= 0:
            weight = 2.0 + min(event.value, 3.0)
            yield life.moment(
                "steadied",
                event.tick,
                weight,
                [event.id],
                about=[event.target],
                other=event.target,
                seconds=event.value,
            )
    for event in (e for e in life.did("reluctant") if e.value >= 0.8):
        weight = 2.5 + min(event.value, 3.0)
        yield life.moment(
            "parting",
            event.tick,
            weight,
            [event.id],
            last=event.tick,
            about=[event.target],
            other=event.target,
            seconds=event.value,
        )

"""The swing in an account: what the chance was is told by the truth alone; others only dwell on what happened as it moved.

Grounds are the moments of the swing, ``swing:TICK``: what the chance was before that tick, from continuations with fresh draws.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rearguard.study.folder import RunError
from rearguard.study.swing_jumps import BEFORE
from rearguard.tell.story.language import inside, odds, the
from rearguard.tell.story.moments import Moment

if TYPE_CHECKING:
    from rearguard.study.swing import Swing
    from rearguard.study.swing_jumps import Jump
    from rearguard.study.witness import Tape

HEAVIER = 6.0
"""How much weight a moment gains at a jump from nothing to certainty."""
MOST_JUMPS = 6
"""Jumps that are told, the biggest ones."""


def check_swing(swing: Swing, tape: Tape) -> None:
    """Refuse the swing of another world. Raises RunError."""
    loaded = tape.loaded
    asked = (loaded.scenario.name, tape.seed, tape.world, tuple(loaded.overrides))
    given = (swing.scenario, swing.seed, swing.world, swing.overrides)
    for what, a, b in zip(("scenario", "seed", "world", "values"), given, asked, strict=True):
        if a != b:
            raise RunError(f"this swing is of {what} {_said(a)}, and the account is of {what} {_said(b)}")


def _said(value: object) -> str:
    return (", ".join(value) or "as written") if isinstance(value, tuple) else str(value)


def chances(swing: Swing, tape: Tape) -> Iterator[Moment]:
    """What the chance was at the beginning, and the biggest changes of it that make a difference in words."""
    facts = {"quarry_name": quarry(swing, tape), "in_time": swing.stake.has_deadline}
    first = swing.moments[0].chance.value
    yield Moment("odds", -1, 0, 0, 5.0, ("swing:0",), (), {**facts, "chance": first})
    for k, jump in enumerate(swing.jumps[:MOST_JUMPS]):
        before, after = swing.at(jump.begin), swing.at(jump.end)
        if odds(before) == odds(after):
            continue
        begin, end = (round(time / tape.dt) for time in (jump.begin, jump.end))
        change = {"before": before, "after": after, "seconds": jump.end - jump.begin, "biggest": k == 0}
        yield Moment(
            "swung",
            -1,
            min(end, tape.ticks - 1),
            min(end, tape.ticks - 1),
            4.0 + HEAVIER * abs(jump.change),
            (f"swing:{begin}", f"swing:{end}"),
            (),
            {**facts, **change},
        )


def quarry(swing: Swing, tape: Tape) -> str:
    """What is to be reached: a payload, a person, or somebody of a side."""
    name, names = swing.stake.quarry, tape.names
    if name in names.payloads:
        title = tape.loaded.scenario.payloads[name].title
        return inside(title) if title else the(name)
    return inside(name) if name in names.titles else f"somebody of {name}"


def weighed(moments: Sequence[Moment], swing: Swing, dt: float) -> list[Moment]:
    """Moments, those that begin while the chance jumps the heavier for it."""
    return [replace(m, weight=m.weight + HEAVIER * _moved(swing.jumps, m.tick * dt)) for m in moments]


def _moved(jumps: Sequence[Jump], time: float) -> float:
    """By how much the chance moves around a time."""
    return max((abs(jump.change) for jump in jumps if jump.begin - BEFORE <= time <= jump.end), default=0.0)

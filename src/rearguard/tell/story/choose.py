"""Choosing moments: which ones an account of a given length tells, and where it begins a new section."""

from __future__ import annotations

from collections.abc import Sequence

from rearguard.tell.story.moments import Moment

PARAGRAPH = 7
"""Moments of an account of one paragraph; some share a sentence."""
MOST = 30
"""Sentences of a full account."""
MOST_SHARED = 38
"""The same for several people together."""
LEAST_WEIGHT = 0.8
"""A moment below this is told only where there is little else."""
FRAME = frozenset(["begin", "fate", "out", "contact", "end", "open"])
"""Kinds that one person always tells."""
FRAME_SHARED = frozenset(["contact", "end", "open"])
"""Kinds that several always tell."""
TURNS = {"clash": 2.0, "trail": 2.0, "turn": 1.5, "sight": 1.5, "stage": 2.0, "holding": 2.0, "again": 1.0, "lost": 1.0}
"""Kinds that a section likes to begin with, and how much."""
RANK = {"muster": 0, "begin": 0, "clash": 1, "again": 1, "sight": 1, "lost": 3, "turn": 3}
"""What comes first of moments that begin together; 2 for all others."""
SECTION = 5.5
"""Sentences of a section, more or less."""


def chosen(moments: Sequence[Moment], most: int, frame: frozenset[str] = FRAME) -> list[Moment]:
    """At most ``most`` of the moments in order of time: the frame, then the weightiest that do not repeat one another.

    What has been told of a kind and a party weighs less each time, so that variety wins over more of the same.
    """
    told: dict[tuple[object, ...], int] = {}
    kept = [m for m in moments if m.kind in frame]
    rests = {rest for m in kept for rest in m.rests if rest[0] == "e"}
    rest = [m for m in moments if m.kind not in frame]
    while rest and len(kept) < most:
        best = max(rest, key=lambda m: (_worth(m, told, rests), -m.tick))
        rest.remove(best)
        if _worth(best, told, rests) < (LEAST_WEIGHT if len(kept) > PARAGRAPH else 0.0):
            break
        for key in _keys(best):
            told[key] = told.get(key, 0) + 1
        # what one has told as his deed need not be told again as the other's suffering
        if best.kind != "clash":
            rests |= {r for r in best.rests if r[0] == "e"}
        kept.append(best)
    return sorted(kept, key=_order)


def _order(m: Moment) -> tuple[int, int, int, int]:
    late = {"fate": 2, "open": 3, "end": 3}.get(m.kind, 0)
    return (late, m.tick, RANK.get(m.kind, 2), m.who)


def _keys(m: Moment) -> list[tuple[object, ...]]:
    return [(m.kind, m.who), (m.kind, m.who, *m.about), (m.kind, -1, *m.about)]


def _worth(m: Moment, told: dict[tuple[object, ...], int], rests: set[str]) -> float:
    again = sum(told.get(key, 0) for key in _keys(m))
    own = [r for r in m.rests if r[0] == "e"]
    repeats = bool(own) and all(r in rests for r in own)
    return m.weight / (1.0 + 0.22 * again) * (0.1 if repeats else 1.0)


def sections(moments: Sequence[Moment], ticks: int) -> list[list[Moment]]:
    """Moments cut into sections: of like length, at lulls, and where something begins.

    The cuts are those of least cost over all ways to cut (dynamic programming).
    """
    n = len(moments)
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, n + 1):
        options = []
        for start in range(max(0, end - 10), end):
            size = (end - start - SECTION) ** 2 * 0.25 + (4.0 if end - start < 2 else 0.0)
            options.append((best[start][0] + size - _cut(moments, start, ticks), start))
        best.append(min(options))
    cuts, at = [n], n
    while at > 0:
        at = best[at][1]
        cuts.append(at)
    cuts.reverse()
    return [list(moments[a:b]) for a, b in zip(cuts, cuts[1:], strict=False)]


def _cut(moments: Sequence[Moment], k: int, ticks: int) -> float:
    """How good a place before moment ``k`` is for a new section."""
    if k == 0:
        return 0.0
    gap = (moments[k].tick - moments[k - 1].tick) / max(ticks, 1)
    return min(20.0 * gap, 3.0) + TURNS.get(moments[k].kind, 0.0)

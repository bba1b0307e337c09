"""Choosing moments: which ones an account of a given length tells, and where it begins a new section."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rearguard.tell.story.moments import Moment

PARAGRAPH = 7
"""Moments of an account of one paragraph."""
PARAGRAPH_SHARED = 8
"""The same for several people together."""
MOST = 26
"""Sentences of a full account."""
MOST_SHARED = 34
"""The same for several people together."""
LEAST_WEIGHT = 0.9
"""A moment below this is told only where there is little else."""
FRAME = frozenset(["begin", "fate", "out", "contact", "end", "open"])
"""Kinds that one person always tells."""
FRAME_SHARED = frozenset(["contact", "end", "open", "odds"])
"""Kinds that several always tell."""
TURNS = {
    "clash": 2.0,
    "trail": 2.0,
    "turn": 1.5,
    "sight": 1.5,
    "stage": 2.0,
    "holding": 2.0,
    "again": 1.0,
    "lost": 1.0,
    "swung": -3.0,
}
"""Kinds that a section likes to begin with, and how much."""
RANK = {"odds": -1, "muster": 0, "begin": 0, "clash": 1, "again": 1, "sight": 1, "lost": 3, "turn": 3, "swung": 4}
"""What comes first of moments that begin together; 2 for all others."""
REPEATED = 0.45
"""A moment is a repetition when more than this share of its grounds has been told."""
SECTION = 5.0
"""Sentences of a section, more or less."""


def chosen(moments: Sequence[Moment], most: int, frame: frozenset[str] = FRAME) -> list[Moment]:
    """At most ``most`` of the moments in order of time: the frame, then the weightiest that do not repeat one another.

    What has been told of a kind and a party weighs less each time, so that variety wins over more of the same.
    """
    told: dict[tuple[object, ...], int] = {}
    clashes: set[str] = set()
    kept = [m for m in moments if m.kind in frame]
    rests = {rest for m in kept if m.kind != "fate" for rest in _distinct(m)}
    rest = [m for m in moments if m.kind not in frame]

    def worth(m: Moment) -> float:
        return _worth(m, told, clashes if m.kind == "clash" else rests)

    while rest and len(kept) < most:
        best = max(rest, key=lambda m: (worth(m), -m.tick))
        rest.remove(best)
        if worth(best) <= (LEAST_WEIGHT if len(kept) > PARAGRAPH else 0.0):
            break
        for key in _keys(best):
            told[key] = told.get(key, 0) + 1
        # what one has told as his deed need not be told again as the other's suffering
        (clashes if best.kind == "clash" else rests).update(_distinct(best))
        kept.append(best)
    return list(_steady(sorted(kept, key=_order)))


def _steady(moments: Sequence[Moment]) -> Iterator[Moment]:
    """Without turns to what somebody was last told to be doing."""
    standing: dict[int, tuple[object, ...]] = {}
    for m in moments:
        if m.facts.get("order") and m.kind not in ("bid", "bidden"):
            aim = (m.facts["order"], m.facts["other"])
            if m.kind == "turn" and standing.get(m.who) == aim and not m.facts["bidden"]:
                continue
            standing[m.who] = aim
        yield m


def _distinct(m: Moment) -> list[str]:
    """The grounds that tell whether two moments tell the same: rows of the log, and of sights what was out of sight."""
    start = "unseen" if m.kind in ("lost", "again") else "e"
    return [rest for rest in m.rests if rest.startswith(start)]


def _order(m: Moment) -> tuple[int, int, int, int]:
    late = {"fate": 2, "open": 3, "end": 3}.get(m.kind, 0)
    return (late, m.tick, RANK.get(m.kind, 2), m.who)


def _keys(m: Moment) -> list[tuple[object, ...]]:
    if m.kind == "swung":
        return []  # every change is another
    return [(m.kind, m.who), (m.kind, m.who, *m.about), (m.kind, -1, *m.about)]


def _worth(m: Moment, told: dict[tuple[object, ...], int], rests: set[str]) -> float:
    again = sum(told.get(key, 0) * (2 if key == (m.kind, m.who, *m.about) else 1) for key in _keys(m))
    own = _distinct(m)
    repeats = bool(own) and sum(r in rests for r in own) > REPEATED * len(own)
    return m.weight / (1.0 + 0.28 * again) * (0.0 if repeats else 1.0)


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

"""The account of a world as one person, one side, or nobody in particular could give it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rearguard.scenario.errors import did_you_mean
from rearguard.study.course import find_person
from rearguard.study.folder import RunError
from rearguard.study.witness import Tape, Witness, open_tape
from rearguard.tell.story.chances import chances, check_swing, weighed
from rearguard.tell.story.choose import (
    FRAME,
    FRAME_SHARED,
    MOST,
    MOST_SHARED,
    PARAGRAPH,
    PARAGRAPH_SHARED,
    chosen,
    sections,
)
from rearguard.tell.story.compose import TONES, Composer, Section, Sentence, words
from rearguard.tell.story.fights import fights
from rearguard.tell.story.minds import aims, minds
from rearguard.tell.story.moments import Life, Moment, clusters
from rearguard.tell.story.others import others, truths
from rearguard.tell.story.senses import senses
from rearguard.tell.story.ways import ways

if TYPE_CHECKING:
    from rearguard.scenario.load import LoadedScenario
    from rearguard.study.swing import Swing, SwingProgress

LENGTHS = ("line", "paragraph", "full")
TRUTH = "truth"
"""The voice that knows everything."""
CLAUSES = 2
"""Things that the one-line account tells besides beginning and end."""
LONGEST_PARAGRAPH = 6
OF_MANY = 0.55
"""Share of the weight that moments of one of a group keep in a shared account."""
SENSED = frozenset(["sight", "again", "lost", "stage", "feel", "hear", "glimpses", "waver"])
"""Kinds that come to several at once."""
NEARLY = 20.0
"""What comes to friends within this of each other is told of one of them [s]."""
END_SHARED = 3.0
"""Weight of how one of them stood at the end."""
MUSTER = 6.0
"""Those of a side who begin within this of each other begin together [s]."""
STALE = 5.0
"""News younger than this is as good as sight [s]."""
HEROES = 2
"""People of a shared account of whom the end is told."""


@dataclass(frozen=True)
class Account:
    """What is told.

    voice: the name of a person or side, or ``truth``; kind: ``person``, ``side`` or ``truth``. members: whose perceptions it
    draws on. ended: how long the world lasted [s].
    """

    scenario: str
    world: int
    seed: int
    overrides: tuple[str, ...]
    voice: str
    kind: str
    title: str
    members: tuple[str, ...]
    length: str
    tone: str
    ended: float
    sections: list[Section]

    @property
    def sentences(self) -> Iterator[Sentence]:
        """All sentences in order."""
        for section in self.sections:
            for paragraph in section.paragraphs:
                yield from paragraph

    def to_dict(self) -> dict[str, Any]:
        """Plain data for ``--format json``."""
        return {
            "schema_version": 1,
            "scenario": self.scenario,
            "world": self.world,
            "seed": self.seed,
            "overrides": list(self.overrides),
            "as": self.voice,
            "kind": self.kind,
            "title": self.title,
            "members": list(self.members),
            "length": self.length,
            "tone": self.tone,
            "ended": self.ended,
            "sections": [
                {
                    "title": section.title,
                    "rests": list(section.rests),
                    "paragraphs": [
                        [
                            {"text": s.text, "time": s.time, "end": s.end, "who": s.who, "rests": list(s.rests)}
                            for s in paragraph
                        ]
                        for paragraph in section.paragraphs
                    ],
                }
                for section in self.sections
            ],
        }


def lived(life: Life) -> list[Moment]:
    """All moments of one person."""
    found = [m for part in (ways, senses, fights, minds, others) for m in part(life)]
    return sorted(found, key=lambda m: (m.tick, m.last, m.kind))


@dataclass(frozen=True, eq=False)
class Teller:
    """Tells one recorded world, as anybody, any number of times."""

    tape: Tape

    @cached_property
    def lives(self) -> list[Life]:
        """Everybody, whether they entered or not."""
        return [Life(Witness(self.tape, i)) for i in range(self.tape.people)]

    @cached_property
    def moments(self) -> dict[int, list[Moment]]:
        """Moments by person, as they are asked for."""
        return {}

    def of(self, life: Life) -> list[Moment]:
        """All moments of one person."""
        if life.me not in self.moments:
            self.moments[life.me] = lived(life)
        return self.moments[life.me]

    def tell(self, voice: str, *, length: str = "full", tone: str = "plain", swing: Swing | None = None) -> Account:
        """The account of a voice; RunError when there is none, and for the swing of another world."""
        tape = self.tape
        name, title, people = find_voice(tape, voice)
        present = [self.lives[i] for i in people if self.lives[i].witness.here.any()]
        if not present:
            raise RunError(f"{title} never entered world {tape.world}: there is nothing to tell")
        own = [m for life in present for m in self.of(life)]
        if swing is not None:
            check_swing(swing, tape)
            own = weighed(own, swing, tape.dt)
        if name == TRUTH:
            own += [*truths(tape, present), *(chances(swing, tape) if swing is not None else ())]
        alone = len(people) == 1
        moments = own if alone else _shared(present, own, ends=name != TRUTH)
        frame = FRAME if alone else FRAME_SHARED
        composer = Composer(tape, tone)
        if length == "line":
            parts = [Section(None, (), [[_line(tape, composer, present, own)]])]
        elif length == "paragraph":
            parts = [
                Section(
                    None,
                    (),
                    [composer.paragraph(chosen(moments, PARAGRAPH if alone else PARAGRAPH_SHARED, frame), None)],
                )
            ]
        else:
            parts = list(_full(tape, composer, chosen(moments, MOST if alone else MOST_SHARED, frame)))
        return Account(
            tape.loaded.scenario.name,
            tape.world,
            tape.seed,
            tape.loaded.overrides,
            name,
            TRUTH if name == TRUTH else "side" if name in tape.names.sides else "person",
            title,
            tuple(tape.names.people[i] for i in people),
            length,
            tone,
            tape.time_of(tape.ticks),
            parts,
        )


def find_voice(tape: Tape, asked: str) -> tuple[str, str, list[int]]:
    """Name, title and people of a voice; RunError with the nearest right thing."""
    names = tape.names
    if asked in names.sides:
        return asked, asked, [i for i, side in enumerate(names.side_of) if names.sides[side] == asked]
    if asked == TRUTH:
        return TRUTH, "the whole truth", list(range(len(names.people)))
    try:
        person = find_person(names, asked)
    except RunError as error:
        if "is a payload" in str(error) or "people:" in str(error):
            raise
        near = did_you_mean(asked, [*names.people, *names.sides, TRUTH])
        raise RunError(f"nobody is called '{asked}', no side is, and it is not {TRUTH}; {near}") from None
    return names.people[person], names.titles[person], [person]


def _full(tape: Tape, composer: Composer, moments: Sequence[Moment]) -> Iterator[Section]:
    """Titled sections, long ones in two paragraphs."""
    taken: set[str] = set()
    before: Moment | None = None
    for part in sections(moments, tape.ticks):
        title, rests = composer.title(part, taken)
        paragraphs = []
        for some in _paragraphs(part):
            paragraphs.append(composer.paragraph(some, before))
            before = some[-1]
        yield Section(title, rests, paragraphs)


def _paragraphs(moments: Sequence[Moment]) -> list[Sequence[Moment]]:
    """A section as it is, or cut at its longest lull when it is long."""
    if len(moments) <= LONGEST_PARAGRAPH:
        return [moments]
    gaps = [(moments[k].tick - moments[k - 1].tick, k) for k in range(3, len(moments) - 2)]
    cut = max(gaps)[1]
    return [moments[:cut], moments[cut:]]


def _shared(lives: Sequence[Life], moments: Sequence[Moment], *, ends: bool) -> list[Moment]:
    """Moments of several people in one account.

    What each saw of the others is left to those; beginnings are told together, ends, where they are asked for, only of those
    to whom most happened.
    """
    weight = _weights(lives, moments)
    heroes = sorted(weight, key=lambda i: (-weight[i], i))[:HEROES]
    dull = ("told", "learned", "place", "noise", "way", "ground", "begin")
    out = [m for m in moments if not m.kind.startswith("saw_") and m.kind not in dull]
    out = [_of_many(lives[0].tape, m) for m in out if m.kind != "fate" or (ends and m.who in heroes)]
    out = [_in_short(m, m.who != heroes[0]) if m.kind == "fate" else m for m in _once(lives, _learned_late(lives, out))]
    begins, musters = [m for m in moments if m.kind == "begin"], list[Moment]()
    for side in dict.fromkeys(lives[0].tape.side_of(m.who) for m in begins):
        own = [m for m in begins if lives[0].tape.side_of(m.who) == side]
        musters += [_muster(group, weight) for group in clusters(own, lambda m: m.tick, lives[0].ticks(MUSTER))]
    first = min(musters, key=lambda m: m.tick)
    out += [replace(m, weight=m.weight + 4.0 * (m is first) + 2.0 * (heroes[0] in (m.who, *m.about))) for m in musters]
    return out


def _in_short(fate: Moment, brief: bool) -> Moment:
    """How one of them stood at the end."""
    return replace(fate, weight=END_SHARED, facts={**fate.facts, "brief": brief})


def _learned_late(lives: Sequence[Life], moments: Sequence[Moment]) -> list[Moment]:
    """Without those who learn of a stage as it comes, where that is told, and are not stopped by it."""
    came = {(m.who, m.facts["stage"]): m.tick for m in moments if m.kind == "became"}

    def is_news(m: Moment) -> bool:
        tick = came.get((m.facts["other"], m.facts["stage"]))
        return tick is None or m.tick - tick > lives[0].ticks(NEARLY) or m.facts["falters"] >= 1.0

    return [m for m in moments if m.kind != "stage" or is_news(m)]


def _once(lives: Sequence[Life], moments: Sequence[Moment]) -> list[Moment]:
    """Of those of a side to whom the same thing comes at about the same time, only the one to whom it matters most."""
    tape, near = lives[0].tape, lives[0].ticks(NEARLY)
    kept: dict[tuple[object, ...], list[int]] = {}
    out = []
    for m in sorted(moments, key=lambda m: -m.weight):
        if m.kind in SENSED and m.who < tape.people:
            # friends who learn the same, and two who see one another
            mutual: tuple[object, ...] = (m.kind, frozenset((m.who, *m.about)))
            alike = [kept.setdefault((m.kind, tape.side_of(m.who), entity), []) for entity in m.about]
            told = [
                any(abs(m.tick - tick) <= near for tick in ticks) for ticks in (*alike, kept.setdefault(mutual, []))
            ]
            if told[-1] or all(told[:-1]):
                continue
            for ticks in (*alike, kept[mutual]):
                ticks.append(m.tick)
        out.append(m)
    return out


def _weights(lives: Sequence[Life], moments: Sequence[Moment]) -> dict[int, float]:
    """How much happened to each."""
    own = [_of_many(life.tape, m) for life in lives for m in moments if m.who == life.me]
    return {life.me: sum(m.weight for m in own if m.who == life.me) for life in lives}


def _of_many(tape: Tape, m: Moment) -> Moment:
    """One of a group of alike people weighs less than somebody who is like nobody else."""
    alike = m.who < 0 or m.who >= tape.people or tape.names.groups.count(tape.names.groups[m.who]) == 1
    return m if alike else replace(m, weight=OF_MANY * m.weight)


def _muster(group: list[Moment], weight: dict[int, float]) -> Moment:
    """Those of a side who begin together, told of the one to whom most happens."""
    lead = max(group, key=lambda m: (weight[m.who], -m.who))
    order = sorted(group, key=lambda m: (m is not lead, m.who))
    known = {"to_do", "order", "other", "to", "place", "ground", "late"}
    facts = {key: value for key, value in lead.facts.items() if key in known}
    if len({m.facts["place"] for m in group}) > 1:
        del facts["ground"]
        facts["place"] = None
    rests = [rest for m in group for rest in m.rests if rest[0] == "e" or rest.startswith("body:")]
    members = [m.who for m in order]
    return replace(
        lead,
        kind="muster",
        tick=min(m.tick for m in group),
        weight=3.6 + 0.2 * len(group),
        rests=tuple(dict.fromkeys(rests)),
        about=tuple(members[1:]),
        facts={**facts, "all": members, "alone": len(members) == 1},
    )


def _line(tape: Tape, composer: Composer, lives: list[Life], moments: list[Moment]) -> Sentence:
    """One sentence; for several people, about the one to whom most happened."""
    weight = _weights(lives, moments)
    hero = max(lives, key=lambda life: (weight[life.me], -life.me))
    own = [m for m in moments if m.who == hero.me]
    begin = next(m for m in own if m.kind == "begin")
    last = next(m for m in own if m.kind in ("fate", "out"))
    course: dict[tuple[str, int, str | None], int] = {}
    for aim in aims(hero):
        course[aim.what] = course.get(aim.what, 0) + aim.until - aim.tick
    rests = {aim.what: aim.event.id for aim in reversed(aims(hero))}
    order, other, place = max(course, key=lambda what: course[what]) if course else (None, -1, None)
    known = words(composer.tone)["clauses"]
    best: dict[str, Moment] = {}
    for m in sorted(own, key=lambda m: (-m.weight, m.tick)):
        if m.kind in known and m.kind not in FRAME:
            best.setdefault(m.kind, m)
    top = sorted(list(best.values())[:CLAUSES], key=lambda m: m.tick)
    facts = {"distance": 0.0, **last.facts, "order": order, "other": other, "to": place}
    facts["span"] = (last.tick - begin.tick) * tape.dt
    extra = (rests[order, other, place],) if order is not None else ()
    end = replace(last, kind="line", facts=facts, rests=tuple(dict.fromkeys((*last.rests, *extra))))
    close = "other"
    met = [m for m in own if m.kind == "contact"]
    if met:
        end = replace(end, facts={**facts, "quarry": met[-1].facts["other"]}, rests=(*end.rests, *met[-1].rests))
    over = [m for m in moments if m.kind == "end"]
    if over:
        close = "end"
        end = replace(end, facts={**facts, **over[0].facts}, rests=(*end.rests, *over[0].rests))
    elif last.kind == "out":
        close = "out"
    elif met:
        close = "contact"
    elif facts["held"]:
        close = "held"
    elif facts["holding"]:
        close = "holding"
    elif facts.get("carried") is not None:
        close = "carried"
    elif facts.get("quarry") is not None:
        stale = facts["age"] >= STALE and not facts["never"]
        close = "near" if facts["near"] else "sight" if facts["in_sight"] else "blind" if stale else "other"
    return composer.line(begin, top, close, end)


def tell_story(
    scenario: str | Path | LoadedScenario,
    *,
    world: int | None = None,
    voice: str,
    length: str = "full",
    tone: str = "plain",
    seed: int | None = None,
    overrides: Sequence[str] = (),
    swing: Swing | bool = False,
    progress: Callable[[SwingProgress], None] | None = None,
    say: Callable[[str], None] | None = None,
) -> Account:
    """Tell a world as ``voice`` lived it: a person, a side, or ``truth``.

    scenario: a scenario, or the folder of a run, whose seed and ``--set`` values are then taken. world: default the first; of
    a run, its typical one. length: line, paragraph or full; tone: plain, report or saga. swing: the swing of this world
    (``rearguard.swing``), or True to ask for it; what happened as the chance moved is then told first, and the truth says what
    the chance was. Raises RunError for what is none of these, ScenarioError for a scenario that cannot be played.
    """
    for what, given, known in (("length", length, LENGTHS), ("tone", tone, TONES)):
        if given not in known:
            raise RunError(f"there is no {what} '{given}'; {did_you_mean(given, list(known))}")
    from rearguard.study.played import find_world

    found = find_world(scenario, world=world, seed=seed, overrides=overrides)
    tape = open_tape(found.scenario, world=found.world, seed=found.seed, overrides=found.overrides, say=say)
    find_voice(tape, voice)  # before the long part
    if swing is True:
        from rearguard.study.swing import swing as follow

        swing = follow(tape.loaded, world=tape.world, seed=tape.seed, progress=progress, say=say)
    return Teller(tape).tell(voice, length=length, tone=tone, swing=swing or None)

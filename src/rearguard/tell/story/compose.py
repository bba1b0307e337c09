"""Composing: chosen moments become sentences, paragraphs and titled sections, in one of three tones.

Which variant of a template is taken follows from a hash of seed, world, person and moment, and from how often each has been
used before in the same account, so that an account is the same every time and does not repeat itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import jinja2

from rearguard.study.witness import NOBODY, UNKNOWN, Tape
from rearguard.tell.story import language
from rearguard.tell.story.language import Parties, Party, Subject, capital, deed, lasting
from rearguard.tell.story.moments import Moment

TONES = ("plain", "report", "saga")
OTHERS_SPEAK = frozenset(["saw_blow", "saw_pin", "saw_out", "saw_contact", "bidden", "taunted", "mistaken", "taunt"])
"""Kinds whose sentences are as much about another as about the one who tells."""
CONNECTIVES = frozenset(["and", "but", "so", "then", "here", "there"])
"""Words that join a sentence to the one before, so that it takes no time in front."""
STOP = "\0"
"""What ends a sentence inside a template."""
LINKING = 70
"""Two sentences shorter than this [characters] may be joined by a semicolon."""
MEANWHILE = "at that moment "
ALONE = frozenset(["end", "open", "fate", "out", "odds", "swung"])
"""Kinds whose sentences are not joined to others."""


@dataclass(frozen=True)
class Sentence:
    """One sentence: its text, when it begins and ends [s], whose it is, and what it rests on."""

    text: str
    time: float
    end: float
    who: str | None
    rests: tuple[str, ...]
    small: bool = False
    """True when it begins with a word that is small inside a sentence."""


@dataclass(frozen=True)
class Section:
    """A titled part: paragraphs of sentences. rests: what the title is drawn from."""

    title: str | None
    rests: tuple[str, ...]
    paragraphs: list[list[Sentence]]


@cache
def words(tone: str) -> dict[str, Any]:
    """The templates of a tone; kinds that it lacks are told plainly."""
    from ruamel.yaml import YAML

    text = (files("rearguard") / "tell" / "story" / "words" / f"{tone}.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = YAML(typ="safe").load(text)
    if tone == "plain":
        return data
    base = words("plain")
    merged = {**base, **data}
    for part in ("titles", "clauses", "close"):
        merged[part] = {**base[part], **data.get(part, {})}
    return merged


@cache
def environment() -> jinja2.Environment:
    """Templates are the project's own; names enter them as values only, and are escaped when the text is written."""
    made = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)
    made.filters.update(language.FILTERS)
    return made


@cache
def template(text: str) -> jinja2.Template:
    """A template, read once."""
    return environment().from_string(text)


@dataclass
class Composer:
    """Writes one account."""

    tape: Tape
    tone: str
    used: dict[tuple[str, int], int] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    counted: dict[str, int] = field(default_factory=dict)
    last_when: str = ""

    # ------------------------------------------------------------------------------------------------------- names

    def party(self, entity: int, beside: str = "") -> Party | None:
        """Somebody as sentences name them; a payload is an it."""
        if entity == NOBODY:
            return None
        if entity < 0:
            return Party(language.UNSEEN, "they", beside)
        names = self.tape.names
        if entity >= len(names.people):
            name = names.payloads[entity - len(names.people)]
            title = self.tape.loaded.scenario.payloads[name].title
            return Party(language.inside(title) if title else language.the(name), "it", beside)
        return Party(language.inside(names.titles[entity]), self.pronouns[entity], beside)

    @cached_property
    def pronouns(self) -> list[str]:
        """Pronouns of the people."""
        from rearguard.scenario.check import expand_people

        return [person.pronouns for _, person, *_ in expand_people(self.tape.loaded.scenario)]

    def parties(self, entities: Sequence[int], beside: str = "") -> Parties:
        """Several, each with the group it belongs to."""
        names = self.tape.names
        groups = [*names.groups, *names.payloads]
        members = [p for p in (self.party(e, beside) for e in entities) if p is not None]
        return Parties(tuple(members), tuple(groups[e] if e >= 0 else "" for e in entities), self.counted)

    # ----------------------------------------------------------------------------------------------------- sentences

    def pick(self, key: str, variants: Sequence[str], moment: Moment) -> str:
        """The variant used least so far, of equals the one that the hash prefers."""
        salt = f"{self.tape.seed}/{self.tape.world}/{moment.who}/{key}/{moment.tick}"

        def rank(k: int) -> tuple[int, str]:
            digest = hashlib.blake2b(f"{salt}/{k}".encode(), digest_size=8).hexdigest()
            return self.used.get((key, k), 0), digest

        best = min(range(len(variants)), key=rank)
        self.used[key, best] = self.used.get((key, best), 0) + 1
        return str(variants[best])

    def chance(self, moment: Moment, what: str) -> float:
        """A number in [0, 1) that is the same every time."""
        salt = f"{self.tape.seed}/{self.tape.world}/{moment.who}/{what}/{moment.kind}/{moment.tick}"
        return int.from_bytes(hashlib.blake2b(salt.encode(), digest_size=4).digest(), "big") / 2**32

    def context(self, moment: Moment, subject: Subject) -> dict[str, Any]:
        """What a template may use: facts, parties, and the forms of the subject."""
        beside = subject.party.pronoun
        facts: dict[str, Any] = {"time": self.tape.time_of(moment.tick), "stop": STOP, **language.forms(subject)}
        facts["name"] = subject.party.name
        for key, value in moment.facts.items():
            if key in ("other", "what", "quarry", "bidden", "carried", "back_other", "holder"):
                facts[key] = None if value is None else self.party(value, beside)
            elif key in ("others", "friends", "foes", "all", "whats", "grip"):
                facts[key] = self.parties(value or ([UNKNOWN] if key == "others" else []), beside)
            else:
                facts[key] = value
        place = facts.get("to") if "to" in facts else facts.get("place")
        idle = moment.kind in ("begin", "muster") and facts.get("order") == "wait"
        if facts.get("order") and not idle:
            # whom a call is for is not whom the order is about, which a call does not say
            other = None if moment.kind in ("bid", "bidden") else facts.get("other")
            if other is not None and self.tone != "report" and self._is_plain(moment, other):
                other = Party(other.it)  # named a few words before
            deeds = [deed(facts["order"], other, place, tense) for tense in range(3)]
            facts["to_do"], facts["doing"], facts["did"] = deeds
        else:
            facts["to_do"] = facts["doing"] = facts["did"] = ""
        if self.tone == "plain" and self._is_in_mind(moment):
            facts["quarry"] = Party("it", "it")  # what is done about it has been said in the sentence before
        if facts.get("back_order"):
            back = (facts["back_order"], facts["back_other"], facts["back_place"])
            facts["to_do_back"], facts["did_back"] = deed(*back, 0), deed(*back, 2)
        if facts.get("place") == facts.get("to"):
            facts["place"] = None  # it is named by the order already
        here = facts.get("place")
        facts["at"] = f" at {language.the(here)}" if here else ""
        if not here and "ground" in facts:
            within = "in" if facts["ground"] in language.WITHIN else "on"
            facts["at"] = f" {within} the {language.spoken(facts['ground'])}"
        facts["on_to"] = facts["at"] or " on the map"
        facts["from"] = f" from {language.the(here)}" if here else ""
        return facts

    def _is_plain(self, moment: Moment, other: Party) -> bool:
        """True when, of those a beginning names, a pronoun can only mean this one."""
        named = [*moment.facts.get("friends", ()), *moment.facts.get("foes", ())]
        pronouns = [party.pronoun for party in map(self.party, named) if party is not None]
        is_thing = moment.facts["other"] >= self.tape.people
        alone = pronouns.count(other.pronoun) == 1 and (is_thing or other.pronoun in ("he", "she"))
        return moment.facts["other"] in named and alone and other.pronoun != other.beside

    def _is_in_mind(self, moment: Moment) -> bool:
        """True when the end says that somebody was after the thing of which it then says more."""
        facts = moment.facts
        quarry = facts.get("quarry")
        busy = any(facts.get(what) for what in ("held", "holding", "reached"))
        known = moment.kind == "fate" and bool(facts["order"]) and not busy
        return known and quarry is not None and quarry >= self.tape.people and quarry == facts["other"]

    def render(self, text: str, moment: Moment, subject: Subject) -> str:
        """A template filled in, with its white space in order."""
        filled = template(text).render(self.context(moment, subject))
        for close in ",.;":
            filled = " ".join(filled.split()).replace(f" {close}", close)
        return filled

    def sentences(self, moment: Moment, before: Moment | None, first: bool) -> list[Sentence]:
        """One moment as a sentence or more; ``before``: the moment told just before, ``first``: of a paragraph."""
        who = self.party(moment.who) if moment.who >= 0 else Party("nobody")
        assert who is not None
        named = moment.kind == "muster" and bool(moment.facts["alone"])
        by_name = not named and (
            first or before is None or before.who != moment.who or self._unclear(before, moment, who)
        )
        subject = Subject(who, by_name)
        text = self.render(self.pick(moment.kind, words(self.tone)[moment.kind], moment), moment, subject)
        if text.startswith("~"):
            text = text[1:]
        else:
            links_itself = text.split(" ", 1)[0].strip(",") in CONNECTIVES
            when = "" if links_itself else self.when(moment, before, first)
            text = when + text
        if text in self.told:  # the same thing again: what differs is when
            text = f"at {language.clock(self.tape.time_of(moment.tick))} {text}"
        self.told.add(text)
        dt = self.tape.dt
        name = self.tape.names.entities[moment.who] if moment.who >= 0 else None
        end = round((moment.last if moment.kind != "turn" else moment.tick) * dt, 3)
        time = self.tape.time_of(moment.tick)
        return [
            Sentence(f"{capital(part.strip(' .'))}.", time, end, name, moment.rests, part[:1].islower())
            for part in text.split(STOP)
        ]

    def _unclear(self, before: Moment, moment: Moment, who: Party) -> bool:
        """True when the sentence before was about somebody else of the same pronoun."""
        if before.kind not in OTHERS_SPEAK or (before.kind[:4] == moment.kind[:4] == "saw_"):
            return False
        mentioned = [p for p in (self.party(e) for e in before.about) if p is not None]
        return any(p.pronoun == who.pronoun and p.name != who.name for p in mentioned)

    def when(self, moment: Moment, before: Moment | None, first: bool) -> str:
        """When it was, as the beginning of a sentence; often nothing."""
        if self.tone == "report" or before is None:
            return ""
        is_brief = before.kind != "turn" and before.last - before.tick <= 20.0 / self.tape.dt
        swift = before.last if is_brief else before.tick
        gap = (moment.tick - swift) * self.tape.dt
        later, time = f"{lasting(gap)} later ", self.tape.time_of(moment.tick)
        said: tuple[str, ...]
        if first:
            said = (
                ("",) if gap < 1.5 else (later, f"{lasting(time)} in, ") if gap >= 20.0 else ("", "soon after, ", later)
            )
        elif gap < 0.0:
            said = ("in the midst of it ", "") if before.kind == "clash" else ("",)
        elif gap < 1.5:
            said = ("", "", "", "", "", "", MEANWHILE)
        elif gap < 5.0:
            said = ("", "", "then ", "a moment later ")
        elif gap < 15.0:
            said = ("", "", "soon after, ", later)
        else:
            said = (later, f"after {lasting(gap)} ")
        chosen = said[int(self.chance(moment, "when") * len(said))]
        kind = chosen.strip().split(" ")[-1]
        if kind and kind == self.last_when:
            chosen = said[said.index(chosen) - 1]
            kind = chosen.strip().split(" ")[-1]
        self.last_when = kind
        return chosen

    # ------------------------------------------------------------------------------------------------------- wholes

    def paragraph(self, moments: Sequence[Moment], before: Moment | None) -> list[Sentence]:
        """Sentences in a row, short neighbours joined now and then."""
        out: list[Sentence] = []
        joined = False
        for k, moment in enumerate(moments):
            sentence, *more = self.sentences(moment, before, k == 0)
            near = before is not None and (moment.tick - before.tick) * self.tape.dt < 4.0
            plain = before is not None and not more and ALONE.isdisjoint((moment.kind, before.kind))
            short = bool(out) and max(len(out[-1].text), len(sentence.text)) < LINKING
            if near and plain and short and not joined:
                out[-1] = _joined(out[-1], sentence)
                joined = True
            else:
                out += [sentence, *more]
                joined = bool(more)
            before = moment
        return out

    def title(self, moments: Sequence[Moment], taken: set[str]) -> tuple[str, tuple[str, ...]]:
        """A title from the weightiest moment that gives one not yet taken; else the time."""
        titles, counted = words(self.tone)["titles"], self.counted
        self.counted = {}  # a title counts for itself

        def rank(m: Moment) -> tuple[int, float, int]:
            opens = m.kind == "begin" and not taken and m.facts["place"] is not None
            return (0 if opens else 2 if m.kind in ("begin", "fate") else 1, -m.weight, m.tick)

        for moment in sorted(moments, key=rank):
            if moment.kind not in titles:
                continue
            who = self.party(moment.who) if moment.who >= 0 else Party("nobody")
            assert who is not None
            text = self.render(
                self.pick(f"title {moment.kind}", titles[moment.kind], moment), moment, Subject(who, True)
            )
            if text not in taken:
                taken.add(text)
                self.counted = counted
                return text, moment.rests
        self.counted = counted
        text = self.render(words(self.tone)["from"], moments[0], Subject(Party(""), False))
        return text, moments[0].rests

    def line(self, begin: Moment, clauses: Sequence[Moment], close: str, facts: Moment) -> Sentence:
        """The whole in one sentence: what was done, the weightiest things that came of it, how it stood at the end.

        facts: the end, with ``span`` [s] and the order that was in force longest.
        """
        who = self.party(begin.who)
        assert who is not None
        table = words(self.tone)
        subject = Subject(who, False)
        parts = [self.render(table["clauses"][m.kind], m, subject) for m in clauses]
        ending = self.render(table["close"][close], facts, subject)
        opening = self.render(table["line"], facts, Subject(who, True))
        rests = tuple(dict.fromkeys(r for m in (begin, *clauses, facts) for r in m.rests))
        text = f"{', '.join((capital(opening), *parts))}{'' if ending.startswith(',') else ' '}{ending}."
        name = self.tape.names.entities[begin.who]
        return Sentence(text, self.tape.time_of(begin.tick), self.tape.time_of(facts.last), name, rests)


def _joined(a: Sentence, b: Sentence) -> Sentence:
    """Two sentences as one."""
    start = b.text[:1].lower() + b.text[1:] if b.small else b.text
    rests = tuple(dict.fromkeys((*a.rests, *b.rests)))
    start = start.removeprefix(MEANWHILE)  # which the semicolon says
    return Sentence(f"{a.text[:-1]}; {start}", a.time, max(a.end, b.end), a.who, rests)

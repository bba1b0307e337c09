"""English for accounts: numbers, times and distances in words, names, pronouns, lists, and what people set out to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from rearguard.scenario.errors import clean

UNITS = [
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = ["_", "_", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
PRONOUNS = {
    "he": ("he", "him", "his", "himself", "was"),
    "she": ("she", "her", "her", "herself", "was"),
    "it": ("it", "it", "its", "itself", "was"),
    "they": ("they", "them", "their", "themselves", "were"),
}
WITHIN = frozenset(["forest", "brush", "water", "brook"])
"""Ground that one is in rather than on."""
BARE = frozenset(("home",))
"""Places that take no article."""
MOST_NAMED = 5
"""Longer lists are cut."""
UNSEEN = "somebody unseen"
"""Whom one felt but did not see."""
_NUMBERED = re.compile(r"(.*\S) \d+")


def number(n: float) -> str:
    """A whole number, in words up to a hundred."""
    n = round(n)
    if n < 20:
        return UNITS[n]
    if n < 100:
        return TENS[n // 10] + (f"-{UNITS[n % 10]}" if n % 10 else "")
    return "a hundred" if n == 100 else f"{n:,}"


def times(n: int) -> str:
    """How often."""
    return {1: "once", 2: "twice"}.get(n, f"{number(n)} times")


def each(n: int, of: int) -> str:
    """How often of so many times; nothing where there was only one."""
    return "" if of == 1 else ("both times" if of == 2 else "every time") if n == of else times(n)


def lasting(seconds: float) -> str:
    """A duration in words."""
    if seconds < 0.9:
        return "half a second" if 0.35 <= seconds < 0.65 else "a moment" if seconds >= 0.65 else "an instant"
    if seconds < 1.75:
        return "a second"
    if seconds < 27.5 or 33.0 <= seconds < 50.0:
        return f"{number(seconds if seconds < 20.0 else _rounded(seconds, 5))} seconds"
    if seconds < 33.0:
        return "half a minute"
    if seconds < 75.0:
        return "a minute"
    if seconds < 105.0:
        return "a minute and a half"
    minutes = seconds / 60.0
    if minutes < 10.0:
        half = round(2.0 * minutes) % 2 == 1
        whole = int(round(2.0 * minutes) // 2)
        return f"{number(whole)} and a half minutes" if half else f"{number(whole)} minutes"
    if minutes < 90.0:
        return f"{number(minutes)} minutes"
    return f"{minutes / 60.0:.1f} hours"


def metres(x: float) -> str:
    """A distance in words."""
    if x < 1.5:
        return "a metre"
    if x < 20.0:
        return f"{number(x)} metres"
    if x < 100.0:
        return f"{number(_rounded(x, 5 if x < 50.0 else 10))} metres"
    if x < 950.0:
        return f"{_rounded(x, 10 if x < 300.0 else 50):,} metres"
    kilometres = round(x / 100.0) / 10.0
    if kilometres == 1.0:
        return "a kilometre"
    return f"{number(kilometres) if kilometres == round(kilometres) else kilometres} kilometres"


def far(x: float, toward: str) -> str:
    """A distance in words with its direction; what is near is close by."""
    return f"{metres(x)} to the {toward}" if x >= 15.0 else "close by" if x >= 4.0 else "within a few steps"


def _rounded(x: float, to: int) -> int:
    return max(round(x / to), 1) * to


def exactly(x: float, unit: str) -> str:
    """A figure with its unit."""
    digits = 0 if abs(x) >= 100.0 or abs(x - round(x)) < 0.05 else 1
    return f"{x:,.{digits}f} {unit}"


_ODDS = (
    (0.05, "one in twenty"),
    (0.1, "one in ten"),
    (0.2, "one in five"),
    (0.25, "one in four"),
    (1.0 / 3.0, "one in three"),
    (0.4, "two in five"),
    (0.5, "even"),
    (0.6, "three in five"),
    (2.0 / 3.0, "two in three"),
    (0.75, "three in four"),
    (0.8, "four in five"),
    (0.9, "nine in ten"),
    (0.95, "nineteen in twenty"),
)


def odds(chance: float) -> str:
    """A chance in words, the nearest of those that people use; off by less than six points."""
    if chance in (0.0, 1.0):
        return "certain" if chance else "nothing"
    if not 0.025 <= chance <= 0.975:
        return "all but certain" if chance > 0.5 else "next to nothing"
    return min(_ODDS, key=lambda known: abs(known[0] - chance))[1]


def wounded(share: float) -> str:
    """How deep a wound goes, from the share of the capacity lost."""
    for most, word in ((0.03, "scratch"), (0.08, "shallow wound"), (0.2, "wound"), (0.5, "deep wound")):
        if share < most:
            return f"a {word}"
    return "a terrible wound"


def clock(seconds: float) -> str:
    """A time as on a watch."""
    minutes, rest = divmod(int(seconds + 1.0e-6), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def listed(words: Sequence[str]) -> str:
    """Words as a list."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def spoken(identifier: str) -> str:
    """A name from a scenario as words."""
    return identifier.replace("_", " ")


def the(identifier: str) -> str:
    """A place or thing with its article; a letter is a point."""
    words = spoken(identifier) if len(identifier) > 1 else f"point {identifier.upper()}"
    if len(identifier) == 1:
        return words
    return words if identifier in BARE or words.startswith("the ") else f"the {words}"


def inside(title: str) -> str:
    """A title as it stands inside a sentence, on one line."""
    text = " ".join(clean(title).split())
    return text[:1].lower() + text[1:] if text.startswith(("The ", "A ", "An ")) else text


def capital(text: str) -> str:
    """Text with its first letter capital."""
    return text[:1].upper() + text[1:]


@dataclass(frozen=True)
class Party:
    """Somebody or something as a sentence names it."""

    name: str
    pronoun: str = "they"
    beside: str = ""
    """The pronoun of the one the sentence is about, from which this one must be told apart."""

    def __str__(self) -> str:
        return self.name

    def __len__(self) -> int:
        return 1

    @property
    def he(self) -> str:
        """The pronoun as a subject; the name where the pronoun could be taken for somebody else's."""
        return self.name if self.pronoun == self.beside else PRONOUNS[self.pronoun][0]

    @property
    def it(self) -> str:
        """The pronoun as an object, which is never the subject's."""
        return PRONOUNS[self.pronoun][1]

    @property
    def its(self) -> str:
        """The possessive pronoun."""
        return PRONOUNS[self.pronoun][2]

    @property
    def s(self) -> str:
        """Possessive."""
        return f"{self.name}'s"

    @property
    def was(self) -> str:
        """The verb that goes with ``he``."""
        return "was" if self.pronoun == self.beside else PRONOUNS[self.pronoun][4]


def plural(noun: str) -> str:
    """A noun for more than one."""
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "z", "ch", "sh")) else f"{noun}s"


@dataclass(frozen=True)
class Parties:
    """Several, in a list; members of one group are counted where they are many.

    counted: how many of each group were counted before in the same account, which is kept up to date.
    """

    members: tuple[Party, ...]
    groups: tuple[str, ...]
    counted: dict[str, int] = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        return self.text

    @cached_property
    def text(self) -> str:
        """The list, settled when it is first written."""
        by_group: dict[str, list[Party]] = {}
        for member, group in zip(self.members, self.groups, strict=True):
            by_group.setdefault(group, []).append(member)
        words: list[str] = []
        for group, members in by_group.items():
            stems = {found[1] if (found := _NUMBERED.fullmatch(m.name)) else "" for m in members}
            if len(members) > 2 and len(stems) == 1 and "" not in stems:
                words.append(self._count(group, plural(stems.pop()), len(members)))
            elif len(members) > 3:
                words += [str(members[0]), f"{number(len(members) - 1)} more"]
            else:
                words += [str(member) for member in members]
        if len(words) > MOST_NAMED:
            words[MOST_NAMED - 1 :] = [f"{number(len(words) - MOST_NAMED + 1)} others"]
        return listed(words)

    def _count(self, group: str, noun: str, n: int) -> str:
        before = self.counted.get(group, 0)
        self.counted[group] = max(before, n)
        return (
            f"{number(n)} {noun}"
            if n > before
            else f"the {number(n)} {noun}"
            if n == before
            else f"{number(n)} of the {noun}"
        )

    def __len__(self) -> int:
        return len(self.members)

    @property
    def s(self) -> str:
        """Possessive."""
        return f"{self}'" if len(self) > 1 and str(self).endswith("s") else f"{self}'s"

    @property
    def he(self) -> str:
        """The pronoun as a subject."""
        return self.members[0].he if len(self.members) == 1 else "they"

    @property
    def it(self) -> str:
        """The pronoun as an object."""
        return self.members[0].it if len(self.members) == 1 else "them"

    @property
    def its(self) -> str:
        """The possessive pronoun."""
        return self.members[0].its if len(self.members) == 1 else "their"

    @property
    def was(self) -> str:
        """The verb after the names."""
        return "was" if len(self.members) == 1 else "were"


@dataclass
class Subject:
    """The one a sentence is about: by name where that is needed, else by pronoun; the verb goes with which was used."""

    party: Party
    by_name: bool
    last: str = field(default="pronoun", init=False)

    def take(self, form: int) -> str:
        """A form (0 subject, 1 object, 2 possessive, 3 reflexive, 4 was)."""
        forms = PRONOUNS[self.party.pronoun]
        if form == 4:
            return "was" if self.last == "name" else forms[4]
        if self.by_name and form < 3:
            self.by_name, self.last = False, "name"
            return self.party.s if form == 2 else self.party.name
        self.last = "pronoun" if form == 0 else self.last
        return forms[form]


@dataclass(frozen=True)
class Form:
    """One form of a subject, decided when it is written."""

    subject: Subject
    form: int

    def __str__(self) -> str:
        return self.subject.take(self.form)


def forms(subject: Subject) -> dict[str, Form]:
    """The words by which templates name the subject."""
    return {word: Form(subject, k) for k, word in enumerate(("he", "him", "his", "himself", "was"))}


# ---------------------------------------------------------------------------------------------------------------- orders

_ORDERS: dict[str, tuple[str, str, str, str]] = {
    # infinitive, participle and past tense of the verb, and what follows it
    "wait": ("wait", "waiting", "waited", ""),
    "flee": ("make", "making", "made", "for {place}"),
    "carry": ("carry", "carrying", "carried", "{other} toward {place}"),
    "pursue": ("go", "going", "went", "after {other}"),
    "track": ("follow", "following", "followed", "the trail of {other}"),
    "screen": ("screen", "screening", "screened", "{other}"),
    "block": ("bar", "barring", "barred", "{other.s} way"),
    "hold": ("hold", "holding", "held", "{place}"),
    "escort": ("keep", "keeping", "kept", "close to {other}"),
    "regroup": ("hurry", "hurrying", "hurried", "back to {other}"),
    "fall_back": ("fall", "falling", "fell", "back to {place}"),
    "relieve": ("go", "going", "went", "to the aid of {other}"),
    "follow_marks": ("follow", "following", "followed", "the way marks"),
}
_ABOUT_NOBODY: dict[str, tuple[str, str, str]] = {
    # the same where it is not known whom the order is about
    "carry": ("carry the load", "carrying the load", "carried the load"),
    "pursue": ("give chase", "giving chase", "gave chase"),
    "track": ("follow the trail", "following the trail", "followed the trail"),
    "screen": ("give cover", "giving cover", "gave cover"),
    "block": ("bar the way", "barring the way", "barred the way"),
    "escort": ("keep up", "keeping up", "kept up"),
    "regroup": ("close up", "closing up", "closed up"),
    "relieve": ("help", "helping", "helped"),
}
_WITHOUT_PLACE = {"flee": "off", "carry": "{other} along", "hold": "the ground", "fall_back": "back"}


def deed(order: str, other: Party | None, place: str | None, tense: int) -> str:
    """What an order means, as a verb with what belongs to it; ``tense``: 0 infinitive, 1 participle, 2 past."""
    if other is None and order in _ABOUT_NOBODY:
        return _ABOUT_NOBODY[order][tense] + (f" toward {the(place)}" if order == "carry" and place else "")
    verb, rest = _ORDERS[order][tense], _ORDERS[order][3]
    if "{place}" in rest and place is None:
        rest = _WITHOUT_PLACE[order]
    return f"{verb} {rest.format(other=other, place=the(place) if place else '')}".strip()


def article(words: str) -> str:
    """Words with the indefinite article."""
    return f"{'an' if words[:1].lower() in 'aeiou' else 'a'} {words}"


def by(technique: str, users: Party | Parties) -> str:
    """A technique with those who use it."""
    if len(users) > 1 or str(users) == UNSEEN:
        return f"the {spoken(technique)} of {users}"
    return f"{users}'s {spoken(technique)}"


FILTERS: dict[str, Callable[..., str]] = {
    "number": number,
    "times": times,
    "each": each,
    "lasting": lasting,
    "metres": metres,
    "far": far,
    "odds": odds,
    "listed": listed,
    "wounded": wounded,
    "by": by,
    "exact": exactly,
    "the": the,
    "a": article,
    "spoken": spoken,
    "clock": clock,
    "capital": capital,
}

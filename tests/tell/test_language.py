"""English: numbers, durations, distances, lists, pronouns and verbs."""

from __future__ import annotations

import pytest

from rearguard.engine.model import Order
from rearguard.tell.story.language import (
    Parties,
    Party,
    Subject,
    by,
    clock,
    deed,
    each,
    forms,
    lasting,
    metres,
    number,
    plural,
    the,
    times,
)


@pytest.mark.parametrize(
    ("n", "said"), [(0, "no"), (1, "one"), (13, "thirteen"), (40, "forty"), (87, "eighty-seven"), (1200, "1,200")]
)
def test_numbers_in_words(n: int, said: str) -> None:
    assert number(n) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        *[(0.2, "an instant"), (0.5, "half a second"), (0.8, "a moment"), (1.2, "a second"), (3.2, "three seconds")],
        *[(22.0, "twenty seconds"), (30.0, "half a minute"), (44.0, "forty-five seconds"), (61.0, "a minute")],
        *[(90.0, "a minute and a half"), (150.0, "two and a half minutes"), (1440.0, "twenty-four minutes")],
        *[(7200.0, "2.0 hours")],
    ],
)
def test_durations(seconds: float, said: str) -> None:
    assert lasting(seconds) == said


@pytest.mark.parametrize(
    ("x", "said"),
    [
        *[(0.4, "a metre"), (7.4, "seven metres"), (51.0, "fifty metres"), (96.0, "a hundred metres")],
        *[(233.0, "230 metres"), (610.0, "600 metres"), (1010.0, "a kilometre"), (1930.0, "1.9 kilometres")],
        *[(3000.0, "three kilometres")],
    ],
)
def test_distances(x: float, said: str) -> None:
    assert metres(x) == said


def test_distances_and_durations_never_shrink() -> None:
    assert [times(n) for n in (1, 2, 3)] == ["once", "twice", "three times"]
    assert [clock(s) for s in (0.0, 65.9, 3725.0)] == ["0:00", "1:05", "1:02:05"]


@pytest.mark.parametrize(
    ("pronoun", "said"), [("he", "he was his him himself"), ("they", "they were their them themselves")]
)
def test_a_subject_is_named_once_and_its_verb_agrees(pronoun: str, said: str) -> None:
    words = forms(Subject(Party("Kim", pronoun), by_name=False))
    assert f"{words['he']} {words['was']} {words['his']} {words['him']} {words['himself']}" == said
    words = forms(Subject(Party("Kim", pronoun), by_name=True))
    assert f"{words['he']} {words['was']}" == "Kim was"
    assert f"{words['he']} {words['was']}" == " ".join(said.split()[:2])


def test_a_pronoun_that_could_be_the_tellers_gives_way_to_the_name() -> None:
    assert Party("Ben", "he", beside="he").he == "Ben"
    assert Party("Ben", "he", beside="she").he == "he"
    assert Party("Ben", "they", beside="she").was == "were"


def test_lists_count_those_of_a_group() -> None:
    thugs = tuple(Party(f"Thug {k}") for k in range(1, 6))
    assert str(Parties(thugs[:2], ("thug",) * 2)) == "Thug 1 and Thug 2"
    assert str(Parties((*thugs, Party("Ben")), (*("thug",) * 5, "ben"))) == "five Thugs and Ben"
    assert by("grab", Parties(thugs[:2], ("thug",) * 2)) == "the grab of Thug 1 and Thug 2"
    assert by("great_gust", Party("Cleo")) == "Cleo's great gust"


def test_those_who_were_counted_before_are_counted_on() -> None:
    counted: dict[str, int] = {}

    def said(n: int) -> str:
        return str(Parties(tuple(Party(f"Thug {k}") for k in range(n)), ("thug",) * n, counted))

    assert [said(4), said(4), said(3), said(6)] == ["four Thugs", "the four Thugs", "three of the Thugs", "six Thugs"]
    assert Parties(tuple(Party(f"Thug {k}") for k in range(3)), ("thug",) * 3).s == "three Thugs'"


def test_long_lists_are_cut() -> None:
    names = "Ann", "Ben", "Cleo", "Dan", "Eve", "Fay", "Gus"
    assert str(Parties(tuple(map(Party, names)), names)) == "Ann, Ben, Cleo, Dan and three others"
    assert str(Parties(tuple(map(Party, names[:5])), names[:5])) == "Ann, Ben, Cleo, Dan and Eve"


@pytest.mark.parametrize(
    ("noun", "many"), [("Guard", "Guards"), ("Fox", "Foxes"), ("Sentry", "Sentries"), ("Boy", "Boys")]
)
def test_plurals(noun: str, many: str) -> None:
    assert plural(noun) == many


@pytest.mark.parametrize(
    ("n", "of", "said"), [(1, 1, ""), (2, 2, "both times"), (5, 5, "every time"), (1, 3, "once"), (2, 3, "twice")]
)
def test_how_often_of_so_many_times(n: int, of: int, said: str) -> None:
    assert each(n, of) == said


@pytest.mark.parametrize("order", [o.name for o in Order])
@pytest.mark.parametrize("place", [None, "old_mill"])
@pytest.mark.parametrize("other", [None, Party("Ben")])
def test_every_order_can_be_said_in_every_tense(order: str, place: str | None, other: Party | None) -> None:
    said = [deed(order, other, place, tense) for tense in range(3)]
    assert len(set(said)) == 3
    assert said[1].split()[0].endswith("ing")
    assert not any("{" in text or "_" in text for text in said)


def test_places_take_an_article_but_home() -> None:
    assert (the("old_mill"), the("home"), the("the_mill"), the("g")) == ("the old mill", "home", "the mill", "point G")

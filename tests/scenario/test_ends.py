"""What must hold of the language of ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rearguard.scenario.ends import Condition, WhenError, parse_when


def bare(text: str) -> list[tuple[str, str, str, str | float]]:
    return [(c.kind, c.subject, c.object, c.value) for c in parse_when(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("contact(home, chest)", [("contact", "home", "chest", "")]),
        ("  contact( home ,chest )  ", [("contact", "home", "chest", "")]),
        ("stage(chest) is open", [("stage", "chest", "", "open")]),
        ("arrived(away, east gate)", [("arrived", "away", "east gate", "")]),
        ("out(away)", [("out", "away", "", "")]),
        ("time > 3 min", [("time", "", "", 180.0)]),
        ("time>1 min 30 s", [("time", "", "", 90.0)]),
        ("out(band) and time > 5 s", [("out", "band", "", ""), ("time", "", "", 5.0)]),
        (
            "contact(a, b) and stage(p) is s and out(c)",
            [("contact", "a", "b", ""), ("stage", "p", "", "s"), ("out", "c", "", "")],
        ),
    ],
)
def test_conditions_are_read(text, expected):
    assert bare(text) == expected


def test_a_condition_knows_where_its_parts_stand():
    text = "out(x) and stage(chest) is open"
    condition = parse_when(text)[1]
    assert condition.column == text.index("stage")
    assert condition.columns == (text.index("chest"), 0, text.index("open"))
    assert parse_when("arrived(ana, gate)")[0].columns[:2] == (8, 13)
    assert parse_when("time > 5 s")[0].columns[2] == 7


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("", 0, "missing"),
        ("out(a) and ", 10, "missing"),
        ("and out(a)", 0, "not a condition"),
        ("conatct(a, b)", 0, "did you mean 'contact'"),
        ("out(a) and reached(b)", 11, "no condition is called 'reached'"),
        ("contact(a)", 0, "takes 2 names, found 1; such as contact(SIDE, PAYLOAD)"),
        ("out(a, b)", 0, "takes 1 name, found 2"),
        ("arrived(a, b, c)", 0, "takes 2 names, found 3"),
        ("out()", 0, "not a condition"),
        ("stage(p)", 8, "wants a stage; stage(p) is NAME"),
        ("stage(p) = s", 8, "wants a stage"),
        ("out(a) or out(b)", 7, "write two ends"),
        ("out(a) out(b)", 7, "joined by `and`"),
        ("time > 3", 7, "has no unit"),
        ("time > 3 kg", 7, "is a mass"),
        ("time < 3 s", 0, "compared with `>`"),
        ("time >= 3 s", 0, "compared with `>`"),
        ("time 3 s", 0, "compared with `>`"),
        ("time > -3 s", 7, "one duration"),
        ("time > normal(3, 1) s", 7, "one duration"),
        ("__import__('os').system('x')", 0, "no condition is called '__import__'"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_column(text, column, words):
    with pytest.raises(WhenError) as caught:
        parse_when(text)
    assert words in str(caught.value)
    assert caught.value.column == column


@given(st.text(st.sampled_from("contactstageoutimearrived (),>is and35.-"), max_size=60) | st.text(max_size=40))
def test_whatever_is_written_gives_conditions_or_a_complaint_inside_the_text(text):
    try:
        conditions = parse_when(text)
    except WhenError as error:
        assert 0 <= error.column <= len(text)
    else:
        assert all(isinstance(c, Condition) and 0 <= c.column < len(text) for c in conditions)

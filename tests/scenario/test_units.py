"""What must hold of quantities: units are written, SI is kept, ranges are held, and writing reads back."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rearguard.scenario import units
from rearguard.scenario.units import DIMENSIONS, Draw, Quantity, fixed, format_quantity, parse_quantity


@pytest.mark.parametrize(
    ("text", "dimension", "value"),
    [
        ("90 s", units.DURATION, 90.0),
        ("1 min 30 s", units.DURATION, 90.0),
        ("1min30s", units.DURATION, 90.0),
        ("1.5 h", units.DURATION, 5400.0),
        ("250 ms", units.DURATION, 0.25),
        ("2m", units.LENGTH, 2.0),
        ("1.2 km", units.LENGTH, 1200.0),
        ("36 km/h", units.SPEED, 10.0),
        ("180 deg", units.ANGLE, math.pi),
        ("180°", units.ANGLE, math.pi),
        ("42 kg", units.MASS, 42.0),
        ("400 N s", units.IMPULSE, 400.0),
        ("400 kg m/s", units.IMPULSE, 400.0),
        ("30 mL/min", units.FLOW, 0.5),
        ("400 kg  m/s", units.IMPULSE, 400.0),
        ("6 /min", units.RATE, 0.1),
        ("6 1/min", units.RATE, 0.1),
        ("2 /km", units.PER_METRE, 0.002),
        ("500 /ha", units.DENSITY, 0.05),
        ("0.05 /m2", units.DENSITY, 0.05),
        ("62 dB", units.LEVEL, 62.0),
        ("35 %", units.SHARE, 0.35),
        ("0.35", units.SHARE, 0.35),
        (0.35, units.SHARE, 0.35),
        (3, units.NUMBER, 3.0),
        ("1e3 m", units.LENGTH, 1000.0),
    ],
)
def test_quantities_are_read_in_si(text, dimension, value):
    draw = parse_quantity(text, dimension)
    assert draw.kind == "fixed"
    assert draw.nominal == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        ("normal(9.5, 0.3) m/s", "normal", (9.5, 0.3)),
        ("normal(36 km/h, 1 m/s)", "normal", (10.0, 1.0)),
        ("uniform(1, 2) m/s", "uniform", (1.0, 2.0)),
        ("triangular(1 m/s, 2, 4)", "triangular", (1.0, 2.0, 4.0)),
        ("choice(3, 5, 4) m/s", "choice", (3.0, 5.0, 4.0)),
    ],
)
def test_draws_are_read(text, kind, values):
    draw = parse_quantity(text, units.SPEED)
    assert (draw.kind, draw.values) == (kind, pytest.approx(values))
    assert draw.is_noisy


@pytest.mark.parametrize(
    ("text", "dimension", "words"),
    [
        (90, units.DURATION, "has no unit"),
        ("90", units.DURATION, "has no unit"),
        ("1:30", units.DURATION, "minutes or hours"),
        ("3 kg", units.SPEED, "is a mass; write a speed"),
        ("3 metres", units.LENGTH, "'metres' is not a unit of length"),
        ("3 furlong", units.LENGTH, "not a unit of length"),
        ("fast", units.SPEED, "not a speed"),
        ("", units.SPEED, "empty"),
        (True, units.SHARE, "found true"),
        (None, units.SHARE, "found"),
        ([1], units.SHARE, "found list"),
        ("normal(1, -2) m", units.LENGTH, "negative"),
        ("normal(1) m", units.LENGTH, "takes 2 values, found 1"),
        ("uniform(2, 1) m", units.LENGTH, "low to high"),
        ("choice() m", units.LENGTH, "at least one"),
        ("gamma(1, 2) m", units.LENGTH, "no distribution is called 'gamma'"),
        ("1e999 m", units.LENGTH, "finite"),
        (math.inf, units.NUMBER, "finite"),
        (10**400, units.NUMBER, "too large"),
    ],
)
def test_what_is_no_quantity_is_told_with_what_would_be(text, dimension, words):
    with pytest.raises(ValueError, match=r".") as caught:
        parse_quantity(text, dimension)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [("-1 m", "too small; it must be above 0 m"), ("0 m", "above 0 m"), ("11 m", "too large; it must be at most 10 m"),
     ("uniform(5, 11) m", "too large"), ("choice(3, -1) m", "too small"), ("normal(-1, 2) m", "too small")],
)  # fmt: skip
def test_ranges_are_held(text, words):
    with pytest.raises(ValueError, match=words):
        Quantity(units.LENGTH, 0.0, 10.0, open_low=True).parse(text)


def draws() -> st.SearchStrategy[Draw]:
    # nine digits are written
    number = st.floats(-1e6, 1e6).map(lambda v: float(f"{v:.9g}"))
    several = st.lists(number, min_size=3, max_size=3).map(sorted).map(tuple)
    return st.one_of(
        number.map(fixed),
        st.tuples(number, number.map(abs)).map(lambda v: Draw("normal", v)),
        several.map(lambda v: Draw("uniform", v[:2])),
        several.map(lambda v: Draw("triangular", v)),
        st.lists(number, min_size=1, max_size=4).map(lambda v: Draw("choice", tuple(v))),
    )


@given(draws(), st.sampled_from(DIMENSIONS))
def test_what_is_written_reads_back_the_same(draw, dimension):
    assert parse_quantity(format_quantity(draw, dimension), dimension) == draw


@given(st.text(max_size=30) | st.text("0123456789.-+eE msknormalchoice(),/", max_size=30), st.sampled_from(DIMENSIONS))
def test_any_text_is_a_quantity_or_a_complaint(text, dimension):
    try:
        draw = parse_quantity(text, dimension)
    except ValueError as error:
        assert str(error)
    else:
        assert all(math.isfinite(v) for v in draw.values)


@given(draws())
def test_the_nominal_value_lies_in_the_support(draw):
    low, high = draw.support
    assert low <= draw.nominal <= high

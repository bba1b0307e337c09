"""Every figure of docs/validity.md: ours must lie where the page says it does."""

from pathlib import Path

import pytest

from validity.figures import SECTIONS, Figure
from validity.figures.page import cells, close, outline, page, stale, unplayed

PAGE = (Path(__file__).parents[2] / "docs" / "validity.md").read_text(encoding="utf-8")
LINES = {tuple(line.removeprefix("| ").split(" | ")[:2]): line for line in PAGE.splitlines()}
"""Rows of the page by quantity and source."""
ROWS = [pytest.param(row, id=f"{section.title}: {row.quantity}") for section in SECTIONS for row in section.rows]


@pytest.mark.parametrize("figure", ROWS)
def test_the_engine_agrees_with_the_figure(figure):
    if figure.outside:
        assert not figure.inside, f"no longer outside: {figure}"
    else:
        assert figure.inside, str(figure)
    row = "| " + " | ".join(cells(figure)) + " |"
    assert close(LINES[figure.quantity, figure.source], row), f"run python tools/write_validity.py: {row}"


def test_no_figure_is_there_twice():
    names = [(section.title, row.quantity, row.source) for section in SECTIONS for row in section.rows]
    assert len(names) == len(set(names)) >= 80


def test_the_validity_page_has_all_of_it_and_nothing_else():
    assert outline(PAGE) == outline(page(unplayed)), "run python tools/write_validity.py"


def test_a_row_may_differ_in_the_last_digit_of_ours_only():
    def line(value: float, expected: float = 2.0) -> str:
        row = Figure(quantity="q", source="s", expected=expected, ours=lambda: value, tolerance=0.01, played=True)
        return "| " + " | ".join(cells(row)) + " |"

    assert close(line(2.0), line(2.009))
    assert not close(line(1.995), line(2.012))
    assert not close(line(2.0), line(2.0, expected=2.001))
    assert stale(line(2.0), line(2.0) + "\nnew") == ["new"]


@pytest.mark.parametrize(
    ("value", "inside"), [(0.9, False), (1.0, True), (1.5, True), (2.1, True), (2.2, False), (float("nan"), False)]
)
def test_an_interval_holds_what_lies_in_it(value, inside):
    row = Figure(
        quantity="q", source="s", expected=(1.0, 2.0), ours=lambda: value, tolerance=0.1 if value > 1.9 else 0.0
    )
    assert row.inside == inside

"""What a page takes from the swing and the ledger."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from rearguard.scenario.load import load_scenario
from rearguard.study.run import prepare_program
from rearguard.tell.answer_blocks import Bars
from rearguard.tell.page import Page, page_of_worlds
from rearguard.tell.page_studies import answers_of, swings_of, with_studies

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "alley.yaml"


def page_of(scenario: Path | str) -> Page:
    loaded = load_scenario(scenario)
    return page_of_worlds(loaded, prepare_program(loaded), 0, [(3, ("asked for",))])


def test_the_swing_is_that_of_the_first_world_with_a_value_for_every_moment() -> None:
    (swing,) = swings_of(with_studies(page_of(EXAMPLE), swing=True, ledger=False, say=None).extra)
    assert swing["world"] == 3
    assert len(swing["times"]) == len(swing["chance"]) == len(swing["low"]) == len(swing["high"]) > 2
    assert (np.diff(swing["times"]) > 0).all()
    assert all(
        0.0 <= low <= p <= high <= 1.0
        for low, p, high in zip(swing["low"], swing["chance"], swing["high"], strict=True)
    )
    assert all(isinstance(jump["because"], str) for jump in swing["jumps"])


def test_with_the_swing_the_truth_tells_the_chance_and_nobody_else_does() -> None:
    page = with_studies(page_of(EXAMPLE), swing=True, ledger=False, say=None)
    stories = page.worlds[0].stories
    assert stories is not None

    def text(eyes: str) -> str:
        return " ".join(
            said for section in stories[eyes] for paragraph in section["paragraphs"] for _, said in paragraph
        )

    assert "would be reached" in text("truth")
    assert set(stories) > {"truth", "guard", "hunter"}
    assert not any("chance" in text(eyes) or "would be reached" in text(eyes) for eyes in stories if eyes != "truth")


def test_the_ledger_lists_acts_with_their_intervals() -> None:
    page = with_studies(page_of(EXAMPLE), swing=False, ledger=True, say=None)
    assert swings_of(page.extra) == []
    (answer,) = answers_of(page.extra)
    (bars,) = (block for block in answer.blocks if isinstance(block, Bars))
    shove = next(bar for bar in bars.rows if "shove" in bar.name)
    assert shove.note == "home"
    assert shove.low <= shove.value <= shove.high

"""What a page shows of each study: every number of a chart stands in a sentence or table as well, and nothing is markup."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from rich.table import Table

from pages import IMAGE, SCRIPT, strange_scenario
from pursuits import CHASE
from rearguard.study.diff import diff
from rearguard.study.ledger import ledger
from rearguard.study.plan import plan
from rearguard.study.sense import sense
from rearguard.study.sweep import sweep
from rearguard.study.swing import swing
from rearguard.study.tune import tune
from rearguard.tell.answer_blocks import Answer, Bars, Curves, Matrix, Note, Sheet
from rearguard.tell.answers import answer_of
from worlds import prepare_shared

BOTH = (
    CHASE.replace("to: g, pace: steady}", "to: g, pace: steady, when: [{input: chosen, choice: who_carries}]}").replace(
        "{order: pursue, target: chest, pace: steady}",
        "{order: pursue, target: chest, pace: steady, when: [{input: chosen, choice: who_runs}]}",
    )
    + """choices:
  who_runs: {side: foe, of: [nobody, hunter], default: hunter}
  who_carries: {side: home, of: [nobody, porter], default: porter}
"""
)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Answer]]:
    """An answer of every study, of small and quick ones."""
    folder = tmp_path_factory.mktemp("answers")
    chase, both = folder / "chase.yaml", folder / "both.yaml"
    chase.write_text(CHASE, encoding="utf-8")
    both.write_text(BOTH, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("plan", "trials", "sense"):
            patch.setattr(f"rearguard.study.{name}.prepare_program", prepare_shared)
        results: dict[str, Any] = {
            "ledger": ledger(chase, by=["person"], worlds=32),
            "swing": swing(chase, world=0, step=10.0, most=64),
            "plan": plan(both, worlds=4 * 64),
            "tune": tune(chase, ["mean contact in [25 s, 26 s]"], factors=["delay"], worlds=20, trials=0),
            "sense": sense(
                chase, on=["slack"], factors=["delay", "pace"], trajectories=4, worlds=16, rows=8, free_worlds=50
            ),
            "sweep": sweep(chase, vary=["delay=0 s..8 s/3"], worlds=20, out=folder / "sweep"),
            "diff": diff(chase, overrides=["people.hunter.start=9 s"], worlds=40),
        }
        yield {name: answer_of(result) for name, result in results.items()}


STUDIES = ("ledger", "swing", "plan", "tune", "sense", "sweep", "diff")


@pytest.mark.parametrize("study", STUDIES)
def test_every_number_of_a_chart_stands_in_the_text(answers: dict[str, Answer], study: str) -> None:
    text = unescape(re.sub(r"<[^>]*>", " ", answers[study].to_html()))
    bars = [bar for block in answers[study].blocks if isinstance(block, Bars) for bar in block.rows]
    cells = [
        cell for block in answers[study].blocks if isinstance(block, Matrix) for row in block.texts for cell in row
    ]
    for shown in [*(bar.text for bar in bars), *cells]:
        numbers = re.findall(r"[−+-]?\d[\d.,]*", shown)
        assert numbers
        assert all(number in text for number in numbers), shown
    for bar in bars:
        assert bar.name in text


@pytest.mark.parametrize("study", STUDIES)
def test_an_answer_is_json_without_nan(answers: dict[str, Answer], study: str) -> None:
    data = answers[study].to_dict()
    assert data["study"] == study
    assert json.loads(json.dumps(data, allow_nan=False)) == data


def of(answer: Answer, kind: type) -> list[Any]:
    return [block for block in answer.blocks if isinstance(block, kind)]


def test_each_study_is_drawn_as_what_it_is(answers: dict[str, Answer]) -> None:
    drawn = {study: {type(block) for block in answer.blocks} - {Note, Sheet} for study, answer in answers.items()}
    assert drawn == {
        "ledger": {Bars},
        "swing": {Curves},
        "plan": {Bars, Matrix},
        "tune": {Curves},
        "sense": {Bars},
        "sweep": {Curves},
        "diff": {Bars},
    }


def test_a_response_curve_marks_today_and_the_solution_on_its_axis(answers: dict[str, Answer]) -> None:
    (curve,) = of(answers["tune"], Curves)
    assert curve.wanted == (25.0, 26.0)
    assert curve.x == sorted(curve.x)
    assert (curve.x[0], curve.x[-1]) == (0.0, 20.0), "in the unit in which the factor is written"
    today, solution = curve.marks
    assert (today.x, today.text) == (2.0, "today")
    (line,) = curve.lines
    below = max(k for k, x in enumerate(curve.x) if x <= solution.x)
    assert line.values[below] <= 26.0 and line.values[below + 1] >= 25.0, "it lies where the curve crosses the band"


def test_a_payoff_matrix_has_a_cell_for_every_pair(answers: dict[str, Answer]) -> None:
    (matrix,) = of(answers["plan"], Matrix)
    assert matrix.rows == ["nobody", "hunter"]
    assert matrix.columns == ["nobody", "porter"]
    assert [len(row) for row in matrix.values] == [2, 2]
    assert matrix.high_is_good


def test_the_curve_of_a_sweep_runs_along_what_is_varied(answers: dict[str, Answer]) -> None:
    (curve,) = of(answers["sweep"], Curves)
    assert curve.x == [0.0, 4.0, 8.0]
    for k in range(3):
        assert sum(line.values[k] for line in curve.lines) == pytest.approx(1.0)


def test_bars_of_a_terminal_are_left_out_of_tables() -> None:
    table = Table()
    for name in ("act", "worth", "", ""):
        table.add_column(name)
    table.add_row("shove", "1 s", "██──│", "")
    table.add_row("grab", "2 s", "│███", "today")
    sheet = Sheet.of("acts", table)
    assert sheet.head == ["act", "worth", ""]
    assert sheet.rows == [["shove", "1 s", ""], ["grab", "2 s", "today"]]


def test_names_are_never_markup(tmp_path: Path) -> None:
    answer = answer_of(ledger(strange_scenario(tmp_path), worlds=16))
    html = answer.to_html()
    assert SCRIPT in unescape(html)
    assert SCRIPT not in html
    assert IMAGE not in html
    assert "<script" not in html


def test_what_no_study_returns_is_refused() -> None:
    with pytest.raises(
        TypeError, match="ledger, value_event, swing, plan, tune, sense, sweep and diff return; found dict"
    ):
        answer_of({"rows": []})

"""Every study draws what it says, with intervals, and no label leaves the page."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

import pyarrow.parquet as pq
import pytest

import rearguard
from lane import write_lane
from rearguard.study.figures import check_file
from rearguard.study.folder import RunError

KINDS = ["ledger", "event", "swing", "calibration", "plan", "game", "tune", "sense", "sweep", "diff"]
NOBODY = ["choices.who_stays.default=nobody"]


@pytest.fixture(scope="module")
def lane(small, tmp_path_factory):
    return write_lane(tmp_path_factory.mktemp("lane"), small)


@pytest.fixture(scope="module")
def answers(lane, tmp_path_factory):
    """A function that asks a study of each kind, once."""
    known = {}

    def ask(kind):
        studies = {
            "ledger": lambda: rearguard.ledger(lane, by=["technique", "person"], worlds=32),
            "event": lambda: rearguard.value_event(lane, world=3, time=1.0, pairs=64),
            "swing": lambda: rearguard.swing(lane, world=3, precision=0.15, most=64),
            "calibration": lambda: rearguard.calibrate(lane, worlds=8),
            "plan": lambda: both_choosing(lane, tmp_path_factory.mktemp("both")),
            "game": lambda: ask("plan").game,
            "tune": lambda: rearguard.tune(lane, ["share(caught) >= 0"], worlds=20, trials=0),
            "sense": lambda: rearguard.sense(lane, worlds=16, trajectories=4, rows=0, free_worlds=50),
            "sweep": lambda: rearguard.sweep(
                lane, vary=["who_stays", "force=100..300 N s/3"], worlds=8, out=tmp_path_factory.mktemp("s") / "sweep"
            ),
            "diff": lambda: rearguard.diff(lane, overrides=NOBODY, worlds=20),
        }
        if kind not in known:
            known[kind] = studies[kind]()
        return known[kind]

    return ask


def both_choosing(lane, folder):
    file = folder / "both.yaml"
    choices = "  pluck: {side: foe, of: [nobody, runner_1], default: nobody}\nfactors:"
    file.write_text(lane.read_text(encoding="utf-8").replace("factors:", choices), encoding="utf-8")
    return rearguard.plan(file, worlds=4 * 64)


@pytest.fixture
def drawn(answers):
    """A study's figure, laid out as it is saved."""
    pytest.importorskip("matplotlib", reason="Matplotlib is not installed: pip install 'rearguard[plot]'")

    def draw(found):
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        figure = found.plot()
        FigureCanvasAgg(figure).draw()
        return figure

    return lambda found: draw(answers(found) if isinstance(found, str) else found)


def shown(figure):
    """Every text that is shown: titles, labels, names of rows, marks and legends."""
    texts = [figure._suptitle, *figure.texts, *(text for legend in figure.legends for text in legend.get_texts())]
    for axes in figure.axes:
        if axes.get_visible():
            low, high = sorted(axes.get_ylim())
            rows = zip(axes.get_yticks(), axes.get_yticklabels(), strict=True)
            texts += [axes.title, axes.xaxis.label, axes.yaxis.label, *axes.texts]
            texts += [label for place, label in rows if low <= place <= high]
    return [text for text in dict.fromkeys(texts) if text is not None and text.get_text().strip()]


def intervals(axes):
    """How many intervals are drawn."""
    return sum(len(box[2][0].get_segments()) for box in axes.containers if hasattr(box, "has_xerr"))


@pytest.mark.parametrize("kind", KINDS)
def test_no_label_is_cut(drawn, kind):
    figure = drawn(kind)
    page = figure.bbox
    for text in shown(figure):
        box = text.get_window_extent()
        inside = box.x0 >= -1 and box.y0 >= -1 and box.x1 <= page.x1 + 1 and box.y1 <= page.y1 + 1
        assert inside, (text.get_text(), box, page)


@pytest.mark.parametrize("kind", KINDS)
def test_a_figure_is_written_and_a_table_says_what_it_rests_on(answers, kind, tmp_path):
    found = answers(kind)
    table = pq.read_table(found.to_parquet(tmp_path / "out" / "table.parquet"))
    assert table.equals(found.table)
    assert table.num_rows > 0
    about = json.loads(table.schema.metadata[f"rearguard.{kind}".encode()])
    assert about.items() <= found.to_dict().items()
    assert about
    pytest.importorskip("matplotlib")
    found.plot(tmp_path / "out" / "figure.png")
    assert (tmp_path / "out" / "figure.png").read_bytes().startswith(b"\x89PNG")
    assert [file.name for file in (tmp_path / "out").iterdir() if file.name.startswith(".")] == []


def test_a_ledger_has_a_row_for_every_act_with_its_interval(drawn, answers):
    found, figure = answers("ledger"), drawn("ledger")
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == [e.title for e in found.entries]
    assert [intervals(axes) for axes in figure.axes] == [len(found.entries)] * 2
    assert {text.get_text() for text in figure.legends[0].get_texts()} == {e.side for e in found.entries}


def test_an_event_has_one_row_in_figure_and_table(drawn, answers):
    found, figure = answers("event"), drawn("event")
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == [found.act]
    assert [intervals(axes) for axes in figure.axes] == [1, 1]
    assert (
        f"world 3, seed 0: what it was worth to {found.side} that {found.what}"
        in figure._suptitle.get_text().replace("\n", " ")
    )
    [row] = found.table.to_pylist()
    assert (row["act"], row["pairs"]) == (found.act, found.pairs)
    assert (row["seconds_low"], row["seconds"]) == (
        found.to_dict()["seconds"]["low"],
        found.to_dict()["seconds"]["value"],
    )


def test_a_plan_names_every_plan_and_what_they_come_to_against_the_other_side(drawn, answers):
    found, figure = answers("plan"), drawn("plan")
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert [name.rsplit(" (", 1)[0] for name in names] == [found.plans[s.index].name for s in found.standings]
    assert intervals(figure.axes[0]) == len(found.standings)
    cells = [text.get_text() for text in figure.axes[1].texts]
    assert len(cells) == len(found.game.rows) * len(found.game.columns)
    assert cells[0] == f"{100 * found.game.payoff[0][0].value:.0f} %"


def test_a_swing_marks_its_jumps(drawn, answers):
    from rearguard.study.swing_jumps import Jump

    jumps = [Jump(2.0, 4.0, -0.42, ["Thug lays a hand on the chest"]), Jump(8.0, 9.0, 0.2, [])]
    figure = drawn(replace(answers("swing"), jumps=jumps))
    assert [text.get_text() for text in figure.axes[0].texts] == ["1", "2"]
    texts = [text.get_text() for text in shown(figure)]
    assert any("1: −42 points at 3.0 s: Thug lays a hand on the chest\n2: +20 points" in text for text in texts)


def test_tuning_shows_a_curve_for_every_factor_and_target(drawn, answers):
    found, figure = answers("tune"), drawn("tune")
    visible = [axes for axes in figure.axes if axes.get_visible()]
    assert [axes.get_xlabel() for axes in visible] == ["force [N s]", "clock [s]"]
    assert [intervals(axes) for axes in visible] == [len(found.curves[name]) for name in ("force", "clock")]


def test_a_sweep_draws_a_line_for_each_value_of_the_other_setting(drawn):
    figure = drawn("sweep")
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["who_stays nobody", "who_stays blocker"]
    first = figure.axes[0]
    assert first.get_xlabel() == "force [N s]"
    assert [list(box[0].get_xdata()) for box in first.containers] == [[100.0, 200.0, 300.0]] * 2


def test_a_comparison_draws_every_figure(drawn, answers):
    found, figure = answers("diff"), drawn("diff")
    names = [label.get_text() for axes in figure.axes for label in axes.get_yticklabels()]
    assert sorted(names) == sorted(f.name for f in found.figures)


def test_what_matters_is_drawn_for_every_factor_and_draw(drawn, answers):
    found, figure = answers("sense"), drawn("sense")
    names = [label.get_text() for axes in figure.axes[:2] for label in axes.get_yticklabels()]
    assert {s.factor for s in found.screened} <= set(names)
    assert sum(intervals(axes) for axes in figure.axes[:2]) == len(names)


def test_an_ending_that_is_no_figure_is_refused(answers, tmp_path):
    pytest.importorskip("matplotlib")
    with pytest.raises(RunError, match=r"'bars\.doc': its name must end in one of .*\.png"):
        check_file(tmp_path.relative_to(tmp_path) / "bars.doc")


def test_without_matplotlib_a_plot_says_what_to_install(answers, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(RunError, match=r"pip install 'rearguard\[plot\]'"):
        answers("ledger").plot()

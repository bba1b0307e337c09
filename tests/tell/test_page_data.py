"""What a page is given is what happened, and what was known."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from pages import SCRIPT, SMALL, small, strange_scenario
from rearguard.engine.variant import AS_WRITTEN, Variant
from rearguard.study.folder import RunError
from rearguard.study.run import prepare_program, run
from rearguard.tell import page as pages
from rearguard.tell.page_choose import choose_worlds
from rearguard.tell.page_data import PLACE, world_data
from rearguard.tell.page_gap import gap_seconds, world_gap
from rearguard.tell.page_pack import pack, unpack
from rearguard.tell.page_record import Recording, record
from rearguard.tell.page_report import slack_histogram


@cache
def recordings() -> list[Recording]:
    return record(small()[1], 3, [4, 5], [AS_WRITTEN], [0, 0])


def test_recording_is_the_world_that_is_played() -> None:
    program = small()[1]
    for r in recordings():
        track = program.track(3, r.world)
        people = len(program.compiled.names.people)
        assert (r.position[:, :people, 0].ravel() == track.columns["x"]).all()
        assert (r.position[:, :people, 2].ravel() == track.columns["z"]).all()
        assert (r.states["order"].ravel() == track.columns["order"]).all()
        assert (r.events["tick"] == track.events["tick"]).all()
        assert (r.events["kind"] == track.events["kind"]).all()


def test_positions_keep_to_five_centimetres() -> None:
    program = small()[1]
    r = recordings()[0]
    data = unpack(pack(world_data(program.compiled, pages.Shown(r, ()))))
    assert data["stride"] == 1
    assert np.abs(data["x"] * PLACE - r.position[:, :, 0]).max() <= PLACE / 2 + 1e-5


def test_knowledge_is_the_engines() -> None:
    program = small()[1]
    r = recordings()[0]
    world = program.begin(3, np.array([r.world]))
    known: dict[tuple[int, int], tuple[float, ...]] = {}
    rows = r.beliefs.tolist()
    for tick in range(r.ticks + 1):
        assert (world.mind.sees.numpy()[0] == r.sees[tick]).all()
        if tick % r.every == 0:
            while rows and rows[0][0] * r.every <= tick:
                k, i, e, *what = rows.pop(0)
                known[int(i), int(e)] = tuple(what)
            belief, how = world.mind.belief.numpy()[0], world.mind.how.numpy()[0]
            for i, e in np.ndindex(belief.shape[:2]):
                if i != e and belief[i, e, 2] >= 0 and how[i, e] > 0 and not (int(r.sees[tick, i]) >> e) & 1:
                    assert known[i, e] == pytest.approx((*belief[i, e], how[i, e]))
        program.advance(world, 1)
    assert rows == []


def test_counterfactual_shares_every_draw_until_it_parts() -> None:
    program = small()[1]
    absent = Variant(absent=frozenset({1}))
    fact, other = record(program, 3, [4, 4], [AS_WRITTEN, absent], [0, 1])
    assert (fact.body[[0, 2, 3]] == other.body[[0, 2, 3]]).all()
    assert (other.states["mode"][:, 1] == 0).all()


def test_gap_of_a_steady_follower_is_distance_over_speed() -> None:
    time = np.arange(0.0, 60.0, 0.5)
    way = np.stack([4.0 * time, np.zeros_like(time)], axis=1)
    gap = gap_seconds(way, way - [20.0, 0.0], speed=5.0, step=0.5)
    assert gap[20:] == pytest.approx(5.0, abs=0.01)


def test_gap_beside_the_way_is_the_time_to_get_there() -> None:
    way = np.zeros((5, 2))
    assert gap_seconds(way, np.full((5, 2), [0.0, 10.0]), speed=5.0, step=0.5) == pytest.approx(2.0)


def test_gap_needs_pursuers_on_the_ground() -> None:
    program = small()[1]
    gap = world_gap(program.compiled, recordings()[0], 0.1)
    assert gap is not None
    assert gap["who"][0] == -1
    assert np.isnan(gap["seconds"][0])
    assert set(gap["who"][2:]) <= {2, 3}
    assert (np.diff(gap["progress"]) >= 0).all()


def outcomes(names: list[str | None], ends: list[float], slack: list[float | None]) -> pa.Table:
    return pa.table(
        {"world": range(len(names)), "outcome": names, "end_time": ends, "slack": pa.array(slack, pa.float64())}
    )


def test_worlds_are_chosen_for_what_they_show() -> None:
    table = outcomes(
        ["a", "a", "a", "b", None, "a"], [10.0, 20.0, 30.0, 5.0, 60.0, 21.0], [3.0, -9.0, 0.5, None, None, 8.0]
    )
    found = {c.world: c.tags for c in choose_worlds(table)}
    assert found == {1: ("typical", "worst"), 2: ("closest",), 3: ("b",), 4: ("unresolved",)}


def test_worlds_without_a_deadline_are_chosen_by_length() -> None:
    found = [(c.world, c.tags) for c in choose_worlds(outcomes(["a"] * 3, [1.0, 2.0, 9.0], [None] * 3), worlds=[2])]
    assert found == [(2, ("asked for", "longest")), (1, ("typical",)), (0, ("shortest",))]


def test_slack_bars_begin_at_zero(tmp_path: Path) -> None:
    played = run(SMALL, worlds=40, out=tmp_path / "run")
    bars = slack_histogram(played)
    assert bars is not None
    assert sum(bars["counts"]) == bars["worlds"] == played.outcomes["slack"].drop_null().length()
    assert bars["first"] / bars["width"] == pytest.approx(round(bars["first"] / bars["width"]))


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> pages.Page:
    monkeypatch.setattr(pages, "assets", lambda: ("viewer('</script>')", "body{}"))
    loaded, program = small()
    return pages.Page(loaded, program, 3, [pages.Shown(r, ("typical",)) for r in recordings()])


def test_large_pages_are_warned_about_and_too_large_ones_need_force(
    page: pages.Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "page.html"
    assert pages.write_page(page, file) == []
    monkeypatch.setattr(pages, "LARGE", 1000)
    assert "may open slowly" in pages.write_page(page, file)[0]
    monkeypatch.setattr(pages, "TOO_LARGE", 2000)
    with pytest.raises(RunError, match="--force"):
        pages.write_page(page, file)
    assert pages.write_page(page, file, force=True)


def test_no_text_ends_a_script(tmp_path: Path) -> None:
    from rearguard.scenario.load import load_scenario

    loaded = load_scenario(strange_scenario(tmp_path))
    program = prepare_program(loaded)
    page = pages.page_of_worlds(loaded, program, 0, [(0, ("typical",))])
    html = pages.summary_html(program.compiled, loaded.scenario.about or "", page.worlds, None)
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert SCRIPT not in pages._script_json(pages.manifest_of(page))


def test_only_the_viewer_may_run(page: pages.Page) -> None:
    text = pages.render(page)
    assert "default-src 'none'; script-src 'sha256-" in text
    assert "<\\/script>')</script>" in text
    assert "http://" not in text
    assert "https://" not in text


def test_manifest_comes_back(page: pages.Page, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    pages.write_page(page, file)
    manifest = pages.read_manifest(file)
    assert manifest["seed"] == 3
    assert manifest["shown"] == [4, 5]
    assert manifest["digest"] == page.loaded.digest
    for text in ("", "<p>something else</p>", '<script id="rearguard-manifest">{}</script>'):
        file.write_text(text)
        with pytest.raises(RunError, match="not a page"):
            pages.read_manifest(file)

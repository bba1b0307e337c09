"""What must hold of the `crowds:` block: what is wrong is told at its place, and what is right compiles."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from rearguard.scenario import schema
from rearguard.scenario.ascii_map import read_ascii
from rearguard.scenario.compile import compile_scenario
from rearguard.scenario.compile_crowd import ARRIVED, BEARINGS, NOWHERE, pace_shares, walking, walls_of, way_to
from rearguard.scenario.fields import Network
from rearguard.scenario.grounds import BUILT_IN
from rearguard.scenario.load import load_scenario
from rearguard.scenario.units import SPEED, parse_quantity
from scenario_text import only, spot

TEXT = """\
rearguard: 1
name: square
map:
  metres_per_cell: 1 m
  legend: {m: {ground: street, place: market}, g: {ground: street, place: garden}}
  ascii: |
    ##################
    #mmmmmm....#.....#
    #mmmmmm......ee..#
    #mmmmmm....#.....#
    ############ggggg#
    #W###############W
    ##################
people:
  ana: {side: home, at: w, doctrine: stay}
crowds:
  civilians: {count: 60, at: market, to: exit, stall: 0.01 /s}
doctrines: {stay: {options: [{order: wait}]}}
ends: {late: {when: time > 60 s}}
""".replace("..ee..", "..xx..").replace("legend: {", "legend: {x: {ground: street, place: exit}, ")

MISTAKES = {
    "unknown key": ("stall:", "stal:", "RG010", "stal", "unknown key 'stal'", "'stall'"),
    "no unit": ("stall: 0.01 /s", "stall: 0.01", "RG012", "0.01", "has no unit", "/s"),
    "missing count": ("count: 60, ", "", "RG011", "civilians", "'count' is missing", "How many"),
    "nobody": ("count: 60", "count: 0", "RG012", "0", "too small", None),
    "unknown start": ("at: market", "at: markt", "RG020", "markt", "place 'markt'", "'market'"),
    "unknown goal": ("to: exit", "to: exot", "RG020", "exot", "place 'exot'", "'exit'"),
    "no way": ("to: exit", "to: w", "RG031", "w", "cannot be reached by 'civilians'", "neither climb"),
    "there already": ("to: exit", "to: market", "RG021", "market", "from the start", None),
    "no room": ("count: 60", "count: 600", "RG031", "600", "do not fit into 'market' (18 m²)", "it holds 114"),
    "too many": ("count: 60", "count: 60, at: market, to: exit}\n  more: {count: 3990, over: 10 s", "RG012", "3990", "4,050 pedestrians", None),
    "name of a person": ("  civilians:", "  ana:", "RG021", "ana", "names more than one", None),
    "bad name": ("  civilians:", "  Civilians:", "RG012", "Civilians", "cannot be a name", None),
    "negative speed": ("count: 60", "count: 60, speed: -1 m/s", "RG012", "-1 m/s", "too small", None),
}  # fmt: skip


@pytest.mark.parametrize("case", MISTAKES, ids=lambda case: case.replace(" ", "-"))
def test_a_mistake_in_a_crowd_is_told_once_at_its_place(tmp_path: Path, case: str):
    old, new, code, needle, words, hint = MISTAKES[case]
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    problem = only(tmp_path, text)
    assert problem.code == code
    assert (problem.line, problem.column) == spot(text, needle, "to: " if case == "there already" else "crowds:"), str(
        problem
    )
    assert words in problem.message
    assert hint is None or hint in str(problem.hint)


def test_a_draw_of_the_speed_is_no_warning_and_one_of_the_radius_neither(tmp_path: Path):
    file = tmp_path / "square.yaml"
    text = TEXT.replace("count: 60", "count: 60, speed: 'normal(1.3, 0.2) m/s', radius: 'uniform(0.14, 0.16) m'")
    file.write_text(text, encoding="utf-8")
    assert load_scenario(file).warnings == ()


def test_who_comes_after_the_limit_is_warned_of(tmp_path: Path):
    file = tmp_path / "square.yaml"
    file.write_text(TEXT.replace("count: 60", "count: 60, start: 20 min"), encoding="utf-8")
    assert any("'civilians' come at 1200 s" in w.message for w in load_scenario(file).warnings)


def test_the_block_compiles_to_tables_that_can_be_set(tmp_path: Path):
    file = tmp_path / "square.yaml"
    file.write_text(TEXT.replace("count: 60", "count: 60, radius: 'uniform(0.14, 0.16) m'"), encoding="utf-8")
    compiled = compile_scenario(load_scenario(file))
    assert "crowd" in compiled.uses
    assert compiled.names.crowds == ["civilians"]
    assert compiled.sizes["pedestrians"] == 60
    table, cell = compiled.cells["crowds.civilians.speed"]
    assert compiled.tables[table][cell] == pytest.approx(1.34)
    assert [noise.path for noise in compiled.noise] == ["crowds.civilians.radius"]


def test_without_crowds_nothing_of_them_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("REARGUARD_FEW_KERNELS")
    file = tmp_path / "square.yaml"
    head, tail = TEXT.split("crowds:\n")
    file.write_text(head + tail.split("\n", 1)[1], encoding="utf-8")
    compiled = compile_scenario(load_scenario(file))
    assert "crowd" not in compiled.uses
    assert compiled.sizes["pedestrians"] == 0


@pytest.mark.parametrize(
    ("text", "mean", "sd"),
    [
        ("1.2 m/s", 1.2, 0.0),
        ("normal(1.34, 0.26) m/s", 1.34, 0.26),
        ("uniform(0.6, 1.6) m/s", 1.1, 1.0 / math.sqrt(12.0)),
        ("triangular(1, 2, 3) m/s", 2.0, 1.0 / math.sqrt(6.0)),
        ("choice(1, 2) m/s", 1.5, 0.5),
    ],
)
def test_speeds_of_people_have_the_moments_of_the_draw(text, mean, sd):
    draw = parse_quantity(text, SPEED)
    speeds = pace_shares(draw) * draw.nominal
    assert speeds.mean() == pytest.approx(mean, rel=0.01)
    assert speeds.std() == pytest.approx(sd, abs=0.03 * sd + 1e-6)


@pytest.fixture(scope="module")
def square(tmp_path_factory):
    file = tmp_path_factory.mktemp("square") / "square.yaml"
    file.write_text(TEXT, encoding="utf-8")
    return load_scenario(file).map


def test_ways_lead_straight_to_the_goal_where_nothing_is_between(square):
    goal, walls = square.places["exit"].mask, walls_of(square)
    time, _ = Network(square, walking(square)).field(goal)
    way, far = way_to(square, walls, walking(square), goal, time)
    row, column = 3, 15
    assert goal[2, 13] and goal[2, 14]
    to = np.arctan2(2 - row, 14 - column)
    bearing = way[row, column].astype(float) * 2.0 * np.pi / BEARINGS
    assert math.cos(bearing - to) > math.cos(math.radians(12.0))
    assert way[2, 13] == ARRIVED
    assert way[0, 0] == NOWHERE
    assert way[5, 1] == NOWHERE
    assert far[2, 12] == pytest.approx(10.0, abs=1.0)
    # straight east through the gap of one cell
    assert way[2, 8] == 0


def test_times_are_those_of_straight_lines_and_not_of_the_grid():
    rows = "\n".join("." * 61 for _ in range(30)) + "\n" + "." * 30 + "E" + "." * 30
    rows += "\n" + "\n".join("." * 61 for _ in range(30))
    ground = read_ascii(schema.AsciiMap(ascii=rows), BUILT_IN)
    goal = ground.places["e"].mask
    time, _ = Network(ground, walking(ground)).field(goal)
    way, far = way_to(ground, walls_of(ground), walking(ground), goal, time)
    y, x = np.mgrid[:61, :61]
    straight = np.hypot(x - 30, y - 30)
    away = straight > 4
    # along the grid up to 2.4 cells too long, here about one, in all directions alike
    assert np.abs(0.1 * far - straight).max() < 1.25
    assert np.abs(time - straight).max() > 2.0
    off = way * 2.0 * np.pi / BEARINGS - np.arctan2(30 - y, 30 - x)
    degrees = np.degrees(np.abs(np.arctan2(np.sin(off), np.cos(off))))
    assert degrees[away].mean() < 3.0
    assert degrees[away].max() < 10.0

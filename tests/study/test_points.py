"""Points of a sweep: grids, lists and designs come out as texts that ``--set`` takes; faults say where."""

import pytest

from lane import write_lane
from rearguard.scenario.errors import ScenarioError
from rearguard.scenario.load import load_scenario
from rearguard.study.points import design_points, factor_axes, grid, read_axis, read_points, split_values


@pytest.fixture(scope="module")
def scenario(tmp_path_factory, request):
    small = request.path.parent.parent / "data" / "small.yaml"
    return load_scenario(write_lane(tmp_path_factory.mktemp("lane"), small)).scenario


@pytest.mark.parametrize(
    ("text", "path", "values"),
    [
        ("force=100 N s,300 N s", "techniques.shove.impulse", ("100 N s", "300 N s")),
        ("force=100,200,300 N s", "techniques.shove.impulse", ("100 N s", "200 N s", "300 N s")),
        ("force=100..300 N s/3", "techniques.shove.impulse", ("100 N s", "200 N s", "300 N s")),
        ("force", "techniques.shove.impulse", ("100 N s", "150 N s", "200 N s", "250 N s", "300 N s")),
        ("who_stays", "choices.who_stays.default", ("nobody", "blocker")),
        ("choices.who_stays=nobody", "choices.who_stays.default", ("nobody",)),
        ("people.porter.body.sprint=5 m/s..7 m/s/3", "people.porter.body.sprint", ("5 m/s", "6 m/s", "7 m/s")),
        ("people.porter.body.sprint=18..25.2 km/h/2", "people.porter.body.sprint", ("18 km/h", "25.2 km/h")),
        (
            "people.porter.body.sprint=normal(6, 0.2) m/s,7 m/s",
            "people.porter.body.sprint",
            ("normal(6, 0.2) m/s", "7 m/s"),
        ),
        ("time.limit=1 min 30 s..3 min/2", "time.limit", ("1.5 min", "3 min")),
        ("people.runner.count=1..3/3", "people.runner.count", ("1", "2", "3")),
        ("mechanics.scent=true,false", "mechanics.scent", ("true", "false")),
    ],
)
def test_an_axis_is_read(scenario, text, path, values):
    axis = read_axis(scenario, text)
    assert (axis.path, axis.values) == (path, values)


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("forse", 1, "no factor and no choice"),
        ("forse=1,2", 1, "no factor, no choice and no path"),
        ("force=1..x N s", 10, "x"),
        ("force=100 m..300 N s", 7, "is a length"),
        ("force=100..300 N s/1", 20, "from 2 to"),
        ("force=normal(1, 2) N s..300 N s", 7, "one value"),
        ("people.runner.doctrine=hunt..run", 24, "from one number to another"),
        ("force=1,,2", 7, "missing"),
        ("=1,2", 1, "path=values"),
    ],
)
def test_a_wrong_axis_says_where(scenario, text, column, message):
    with pytest.raises(ScenarioError) as caught:
        read_axis(scenario, text, "--vary #1")
    (problem,) = caught.value.problems
    assert (problem.code, problem.column, problem.file) == ("RG041", column, "--vary #1")
    assert message in problem.message


def test_a_grid_has_every_combination_once(scenario):
    points = grid([read_axis(scenario, "who_stays"), read_axis(scenario, "force=100..300 N s/3")])
    assert len(points) == 6 == len(set(points.rows))
    assert points.overrides(4) == ["choices.who_stays.default=blocker", "techniques.shove.impulse=200 N s"]


def test_a_path_is_varied_once(scenario):
    with pytest.raises(ScenarioError, match="varied twice"):
        grid([read_axis(scenario, "force"), read_axis(scenario, "techniques.shove.impulse=1,2 N s")])


def test_commas_in_brackets_and_quotes_do_not_part_values():
    assert split_values("normal(2, 1) s,[1, 2],'a,b'") == ["normal(2, 1) s", "[1, 2]", "'a,b'"]


def test_points_of_a_csv_file_leave_empty_cells_as_written(scenario, tmp_path):
    file = tmp_path / "points.csv"
    file.write_text("force,who_stays\n100 N s,nobody\n,blocker\n", encoding="utf-8")
    points = read_points(scenario, file)
    assert points.paths == ("techniques.shove.impulse", "choices.who_stays.default")
    assert points.rows == (("100 N s", "nobody"), (None, "blocker"))
    assert points.overrides(1) == ["choices.who_stays.default=blocker"]


def test_points_of_a_json_file(scenario, tmp_path):
    file = tmp_path / "points.json"
    file.write_text('[{"force": "100 N s"}, {"people.runner.count": 3, "force": null}]', encoding="utf-8")
    assert read_points(scenario, file).rows == (("100 N s", None), (None, "3"))


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("p.csv", "", "no points"),
        ("p.csv", "force\n1 N s,2 N s\n", "2 values, and there are 1 columns"),
        ("p.csv", "force,\n1 N s,2\n", "no name"),
        ("p.csv", "force,techniques.shove.impulse\n1 N s,2 N s\n", "two columns"),
        ("p.json", "{", "not JSON"),
        ("p.json", "{}", "list of objects"),
    ],
)
def test_a_wrong_file_of_points_says_so(scenario, tmp_path, name, text, message):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=message):
        read_points(scenario, file)


def test_a_latin_hypercube_hits_every_part_of_every_range(scenario):
    points = design_points(factor_axes(scenario), "lhs", 8, seed=3)
    force = sorted(float(row[0].split()[0]) for row in points.rows)
    clock = sorted(float(row[1].split()[0]) for row in points.rows)
    assert [int((value - 100.0) / 25.0) for value in force] == list(range(8))
    assert [int((value - 15.0) / 1.25) for value in clock] == list(range(8))


@pytest.mark.parametrize("kind", ["lhs", "sobol"])
def test_a_design_is_the_same_for_the_same_seed(scenario, kind):
    axes = [*factor_axes(scenario), read_axis(scenario, "who_stays")]
    points = design_points(axes, kind, 6, seed=1)
    assert points == design_points(axes, kind, 6, seed=1) != design_points(axes, kind, 6, seed=2)
    assert {row[2] for row in points.rows} == {"nobody", "blocker"}

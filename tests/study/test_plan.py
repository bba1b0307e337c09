"""Plans: games with a known solution come out, equal plans are said to be equal, intervals hold, errors teach."""

from __future__ import annotations

import itertools
import json
import math

import numpy as np
import pytest

from rearguard.engine.model import Order
from rearguard.scenario.load import load_scenario
from rearguard.study.folder import RunError
from rearguard.study.goal import read_goal
from rearguard.study.plan import FEWEST, halving_rounds, plan
from rearguard.study.plan_game import play_game, solve, undominated
from rearguard.study.plan_rank import rank, worlds_needed
from worlds import prepare_shared

ROUTES = """rearguard: 1
name: two-routes
map:
  metres_per_cell: 5 m
  ascii: |
    #########################################
    #...................B...................#
    #.#####################################.#
    #N...........{left}Q{right}...........S#
    #########################################
  legend: {{N: {{ground: street, place: n}}, S: {{ground: street, place: s}}}}
time: {{limit: 1 min}}
people:
  courier: {{side: home, at: q, doctrine: run, body: {{critical_speed: 5 m/s, sprint: 9 m/s}}}}
  guard:
    {{side: foe, at: b, doctrine: watch, start: "uniform(0 s, 20 s)", body: {{critical_speed: 10 m/s, sprint: 14 m/s}}}}
payloads:
  letter: {{carriers: [courier], reach: 4.5 m, stages: [{{name: carried, mass: 0.1 kg}}]}}
doctrines:
  run:
    options:
      - {{order: carry, target: letter, to: n, pace: steady, when: [{{input: chosen, choice: way, value: north}}]}}
      - {{order: carry, target: letter, to: s, pace: steady, when: [{{input: chosen, choice: way, value: south}}]}}
  watch:
    options:
      - {{order: flee, to: n, pace: steady, when: [{{input: chosen, choice: post, value: north}}]}}
      - {{order: flee, to: s, pace: steady, when: [{{input: chosen, choice: post, value: south}}]}}
choices:
  way: {{side: home, of: [north, south], default: north}}
  post: {{side: foe, of: [north, south], default: north}}
  cheer: {{side: foe, of: [nobody, guard], default: nobody}}
ends:
  caught: {{when: "contact(foe, letter)"}}
  north_away: {{when: "arrived(letter, n)"}}
  south_away: {{when: "arrived(letter, s)"}}
"""
PATH = 39  # cells from gate to gate


@pytest.fixture
def routes(tmp_path, monkeypatch):
    """A courier between two gates ``left`` cells from the north one, and a guard who comes late and can watch one."""
    monkeypatch.setattr("rearguard.study.plan.prepare_program", prepare_shared)

    def load(left: int):
        file = tmp_path / f"routes_{left}.yaml"
        room = PATH - 25
        shift = left - 12
        text = ROUTES.format(left="." * shift, right="." * (room - shift))
        file.write_text(text, encoding="utf-8")
        return load_scenario(file)

    return load


def test_two_routes_and_one_guard_are_matching_pennies(routes):
    found = plan(routes(19), choices=["way", "post"], worlds=4 * 128)
    game = found.game
    assert (found.side, found.high_is_good) == ("foe", True)
    assert game.rows == ["north", "south"] and game.columns == ["north", "south"]
    caught = np.array([[cell.value for cell in row] for row in game.payoff])
    assert caught[0, 1] == caught[1, 0] == 0.0
    assert abs(caught[0, 0] - caught[1, 1]) < 0.05
    for mix in (game.row_mix, game.column_mix):
        assert [e.value for e in mix] == pytest.approx([0.5, 0.5], abs=0.03)
    assert game.value.value == pytest.approx(caught[0, 0] * caught[1, 1] / caught.trace())
    assert all(e.value == pytest.approx(game.value.value) for e in game.row_loss)


def test_unequal_routes_mix_by_the_chances_to_be_there_first(routes):
    game = plan(routes(24), choices=["way", "post"], worlds=4 * 400).game
    north, south = game.payoff[0][0].value, game.payoff[1][1].value
    # she needs (metres - 2) / 5 s to where she can be touched, he 115 m / 10 m/s and comes within 20 s
    for mine, metres in ((north, 24 * 5.0), (south, 14 * 5.0)):
        chance = min(max(((metres - 3.0) / 5.0 - 11.5) / 20.0, 0.0), 1.0)
        assert mine == pytest.approx(chance, abs=0.08)
    assert game.row_mix[0].value == pytest.approx(south / (north + south), abs=1e-6)
    assert game.value.value == pytest.approx(north * south / (north + south), abs=1e-6)
    assert game.value.low < game.value.value < game.value.high
    assert game.row_mix[0].low <= game.row_mix[0].value <= game.row_mix[0].high


def test_a_choice_that_nobody_heeds_is_said_to_change_nothing(routes):
    found = plan(routes(19), choices=["cheer"])
    assert [s.is_same for s in found.standings] == [False, True]
    assert [s.best for s in found.standings] == [0.5, 0.5]
    assert found.standings[1].needed is None
    assert found.rivals == [found.plans[found.standings[1].index]]


def test_the_side_that_flees_wants_the_opposite(routes):
    found = plan(routes(19), side="home", choices=["way"])
    assert not found.high_is_good
    assert found.leader.name == "south"  # the guard as written goes north
    assert found.standings[1].is_told_apart


def test_the_answer_does_not_depend_on_threads(routes):
    one, two = (plan(routes(24), choices=["way", "post"], worlds=256, threads=t).to_dict() for t in (1, 2))
    assert json.dumps(one) == json.dumps(two)


def test_tables_hold_every_plan_and_pair(routes, tmp_path):
    import pyarrow.parquet as pq

    found = plan(routes(19), worlds=8 * FEWEST)
    assert len(found.plans) == 4
    found.to_parquet(tmp_path / "plans.parquet")
    rows = pq.read_table(tmp_path / "plans.parquet").to_pylist()
    assert {(r["pick_post"], r["pick_cheer"]) for r in rows} == set(
        itertools.product(["north", "south"], ["nobody", "guard"])
    )
    assert found.game.table.num_rows == 8


def test_who_may_stay_can_be_generated(monkeypatch, small):
    monkeypatch.setattr("rearguard.study.plan.prepare_program", prepare_shared)
    found = plan(small, generate=["stay"], goal="slack")
    assert {p.name for p in found.plans} == {"everybody", "nobody"}
    assert found.side == "home" and not found.high_is_good
    barred = {p.name: p.variant.barred_orders for p in found.plans}
    assert barred["everybody"] == frozenset()
    assert {(person, Order(order).name) for person, order in barred["nobody"]} == {(1, "hold")}
    with pytest.raises(RunError, match="lets anybody take up an order such as track"):
        plan(small, generate=["scout"])


def test_each_side_wants_its_own_people_on_their_feet(routes):
    compiled = prepare_shared(routes(19)).compiled
    own = read_goal("out(guard)", compiled)
    assert (own.who, own.sides) == ((1,), {"foe"})
    assert not own.is_high_good("foe", "home", own=True)
    assert own.is_high_good("home", "home", own=True)
    assert plan(routes(19), goal="out(home)", choices=["cheer"]).standings[0].value.value == 0.0


# --------------------------------------------------------------------------------------------------------------- errors


def test_errors_say_what_to_write(routes, small, monkeypatch):
    monkeypatch.setattr("rearguard.study.plan.prepare_program", prepare_shared)
    with pytest.raises(RunError, match=r"declares no choices(.|\n)*who_stays: \{side: home, of: \[nobody, porter\]"):
        plan(small)
    with pytest.raises(RunError, match="did you mean 'way'"):
        plan(routes(19), choices=["ways"])
    with pytest.raises(RunError, match=r"did you mean 'caught'"):
        plan(routes(19), goal="share(cought)")
    with pytest.raises(RunError, match="no person, group or side is called 'gard'; did you mean 'guard'"):
        plan(routes(19), goal="out(gard)")
    with pytest.raises(RunError, match="did you mean 'slack'"):
        plan(routes(19), goal="slak")
    with pytest.raises(RunError, match="no deadline"):
        plan(routes(19), goal="slack")
    with pytest.raises(RunError, match="did you mean 'stay'"):
        plan(routes(19), generate=["stays"])
    with pytest.raises(RunError, match="nothing to choose here; did you mean 'home'"):
        plan(routes(19), side="hone")
    with pytest.raises(RunError, match="at least 64 worlds each"):
        plan(routes(19), worlds=100)


# -------------------------------------------------------------------------------------------------------------- ranking


def test_intervals_of_differences_hold_together(monkeypatch):
    monkeypatch.setattr("rearguard.study.plan_rank.DRAWS", 2)
    rng = np.random.default_rng(1)
    chances = [0.5, 0.5, 0.42, 0.3]
    missed = 0
    for _ in range(200):
        common = rng.random(300)
        values = [(0.5 * common + 0.5 * rng.random(300) < c).astype(float) for c in chances]
        truth = [float(_below(c)) for c in chances]
        found = rank(values, share=True, high_is_good=True)
        best = found[0].index
        missed += any(
            not s.behind.low <= truth[best] - truth[s.index] <= s.behind.high for s in found if s.behind is not None
        )
    assert missed <= 10


def _below(c: float) -> float:
    """Chance that half the sum of two uniform numbers lies below ``c``."""
    return 2.0 * c * c if c <= 0.5 else 1.0 - 2.0 * (1.0 - c) ** 2


def test_chance_of_best_is_shared_by_equals_and_small_for_the_worse():
    rng = np.random.default_rng(2)
    base = rng.normal(size=400)
    found = rank([base, base.copy(), base - 1.0, base + 0.02 * rng.normal(size=400)], share=False, high_is_good=True)
    chance = {s.index: s.best for s in found}
    assert sum(chance.values()) == pytest.approx(1.0)
    assert chance[0] == chance[1]
    assert chance[2] == 0.0


def test_so_many_worlds_do_tell():
    rng = np.random.default_rng(3)
    lead = rng.normal(0.1, 1.0, size=2000)
    n = worlds_needed(lead, 0.05, share=False)
    assert n is not None
    spread = lead.std()
    # a plain interval of this level would need (1.96 s / d)^2; one that holds at every number of worlds needs more
    plain = (1.96 * spread / lead.mean()) ** 2
    assert plain < n < 5.0 * plain
    assert worlds_needed(np.zeros(100), 0.05, share=True) is None


def test_halving_spends_about_its_budget():
    for plans in (2, 3, 12, 40):
        rounds = halving_rounds(plans, 400 * plans)
        assert rounds[0][0] == plans
        assert rounds[-1][0] <= 2
        assert sum(n * w for n, w in rounds) <= 400 * plans * 1.01
        assert rounds[0][1] >= FEWEST
        assert [w for _, w in rounds] == sorted(w for _, w in rounds)
    assert halving_rounds(12, 12 * FEWEST) == [(12, FEWEST)]


# ----------------------------------------------------------------------------------------------------------------- game


@pytest.mark.parametrize(
    ("payoff", "value", "rows", "columns"),
    [
        ([[1, -1], [-1, 1]], 0.0, [0.5, 0.5], [0.5, 0.5]),
        ([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], 0.0, [1 / 3] * 3, [1 / 3] * 3),
        ([[3, -1], [-2, 1]], 1 / 7, [3 / 7, 4 / 7], [2 / 7, 5 / 7]),
        ([[5, 4], [3, 2]], 4.0, [1, 0], [0, 1]),
        ([[2.0]], 2.0, [1], [1]),
    ],
)
def test_games_of_the_textbooks(payoff, value, rows, columns):
    found = solve(np.array(payoff, float))
    assert found.value == pytest.approx(value, abs=1e-9)
    assert found.rows == pytest.approx(rows, abs=1e-7)
    assert found.columns == pytest.approx(columns, abs=1e-7)


def test_a_plan_that_another_beats_everywhere_is_dropped_and_nothing_else_is():
    rng = np.random.default_rng(4)
    means = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]])
    noise = rng.normal(size=500)
    values = [m + noise for m in means.ravel()]
    assert undominated(values, 3, 2, [0, 1, 2], [0, 1], sign=1.0, share=False) == ([0, 1], [0, 1])
    few = [v[:70] + 3.0 * rng.normal(size=70) for v in values]
    assert undominated(few, 3, 2, [0, 1, 2], [0, 1], sign=1.0, share=False)[0] == [0, 1, 2]


def test_the_value_of_a_noisy_game_lies_in_its_interval(monkeypatch):
    monkeypatch.setattr("rearguard.study.plan_game.DRAWS", 60)
    rng = np.random.default_rng(5)
    truth = np.array([[0.8, 0.2], [0.3, 0.6]])
    value = solve(truth).value
    inside = 0
    for k in range(20):
        values = [np.zeros(0) for _ in range(4)]

        def play(which, worlds, values=values):
            drawn = rng.random(worlds)
            for cell in which:
                values[cell] = np.append(values[cell], (drawn < truth.ravel()[cell]).astype(float))

        game = play_game(
            ["a", "b"],
            ["c", "d"],
            values,
            play,
            budget=4 * 200,
            share=True,
            high_is_good=True,
            seed=k,
            stopped=KeyboardInterrupt,
            report=lambda *_: None,
        )
        inside += game.value.low <= value <= game.value.high
        assert math.isclose(sum(e.value for e in game.row_mix), 1.0, abs_tol=1e-9)
    assert inside >= 15

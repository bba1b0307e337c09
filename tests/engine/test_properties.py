"""What must hold whatever the numbers: finite, on the map, on the ground, within the reserves."""

from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from rearguard.engine import AS_WRITTEN, EVENT_KINDS, Variant, prepare
from rearguard.engine.columns import Body
from rearguard.engine.world import Mode
from rearguard.scenario.compile import compile_scenario
from rearguard.scenario.load import load_scenario

CELLS = st.fixed_dictionaries(
    {
        "people.sasuke.body.mass": st.floats(1, 200),  # kg
        "people.sasuke.body.reserve": st.floats(0.01, 2000),  # m
        "people.sasuke.senses.sight": st.floats(0, 2000),  # m
        "techniques.great_gust.impulse": st.floats(0, 20000),  # N s
        "techniques.lightning_lunge.speed": st.floats(0, 60),  # m/s
        "payloads.gaara.stages.0.drag": st.floats(0, 3),
        "payloads.gaara.stages.0.mass": st.floats(0, 1000),  # kg
    }
)


@cache
def gate(*overrides):
    return prepare(compile_scenario(load_scenario("east-gate", overrides=[*overrides, "time.limit=60 s"])))


@settings(
    max_examples=16,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(CELLS, st.sampled_from(["0.1 s", "0.25 s", "0.5 s"]))
def test_whatever_the_numbers_bodies_stay_finite_on_the_map_and_within_their_reserves(cells, tick):
    assert_stays_within_bounds(gate(f"time.tick={tick}"), Variant(cells=cells))


def test_a_push_so_hard_that_the_skid_reaches_the_edge_of_the_map_stays_on_it():
    assert_stays_within_bounds(
        gate(
            "people.sasuke.body.mass=1.185 kg",
            "people.sasuke.senses.sight=0 m",
            "techniques.great_gust.impulse=11926 N s",
        )
    )


def assert_stays_within_bounds(program, variant=AS_WRITTEN):
    world = program.begin(3, np.arange(4), variants=[variant])
    program.advance(world, 10_000)
    position, height = world.motion.position.numpy(), world.motion.height.numpy()
    ground = program.compiled.map
    assert np.isfinite(position).all()
    assert np.isfinite(world.motion.velocity.numpy()).all()
    assert (position >= 0).all()
    assert (position[..., 0] <= ground.width).all()
    assert (position[..., 1] <= ground.height).all()
    on_feet = world.motion.mode.numpy() == Mode.feet
    for w, i in np.argwhere(on_feet):
        row, column = ground.index(*map(float, position[w, i]))
        assert height[w, i] == pytest.approx(ground.elevation[row, column], abs=1e-4)
        assert ground.passable()[row, column]
    reserve, full = world.strength.reserve.numpy(), world.body.numpy()[:, :, Body.reserve]
    assert (reserve >= 0).all()
    assert (reserve <= full * (1 + 1e-5)).all()
    assert ((world.strength.wound.numpy() >= 0) & (world.strength.wound.numpy() <= 1)).all()
    holders = world.act.held_by.numpy()
    for w, i in np.argwhere(world.act.heads.numpy() > 0):
        assert (holders[w] == i).sum() == world.act.heads.numpy()[w, i]


def test_sixty_people_fight_it_out(tmp_path):
    file = tmp_path / "melee.yaml"
    file.write_text(
        """\
rearguard: 1
name: melee
map:
  metres_per_cell: 4 m
  ascii: |
"""
        + "    "
        + ("." * 30 + "\n    ") * 20
        + """
time: {limit: 90 s}
people:
  fox: {side: red, at: [20, 40], count: 30, spacing: 2 m, doctrine: fight, techniques: [blow], knows: [hound]}
  hound: {side: blue, at: [100, 40], count: 30, spacing: 2 m, doctrine: fight, techniques: [blow], knows: [fox]}
techniques: {blow: {effect: strike, wound: 0.4, windup: 0.3 s, cooldown: 1 s}}
doctrines: {fight: {options: [{order: pursue, target: nearest_enemy}, {order: wait, weight: 0.1}, {use: blow}]}}
ends: {red_gone: {when: out(red)}, blue_gone: {when: out(blue)}}
log: {events: 8192}
"""
    )
    result = prepare(compile_scenario(load_scenario(file))).play(1, np.arange(12))
    out = result.people["out"]
    assert out.sum() > 12 * 20
    kinds = list(EVENT_KINDS)
    assert (result.events["kind"] == kinds.index("out")).sum() == out.sum()
    ended = result.outcomes["outcome"]
    assert (ended[ended >= 0] <= 1).all()
    for w in np.flatnonzero(ended >= 0):
        side = slice(0, 30) if ended[w] == 0 else slice(30, 60)
        assert out[w, side].all()

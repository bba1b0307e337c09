"""Variants of a scenario in the same worlds: what is left out is left out, and nothing else changes."""

import numpy as np
import pytest

from rearguard.engine import AS_WRITTEN, EVENT_NUMBERS, Variant, prepare
from rearguard.engine.model import Order
from rearguard.scenario.compile import compile_scenario
from rearguard.scenario.load import load_scenario
from rearguard.study.executor import LocalThreads
from rearguard.study.variants import play_variants

WORLDS = np.arange(12)
HERE = LocalThreads(2)


@pytest.fixture(scope="module")
def small_program(request):
    path = request.path.parent.parent / "data" / "small.yaml"
    return prepare(compile_scenario(load_scenario(path)))


def rows(result, kind, actor=None):
    chosen = result.events["kind"] == EVENT_NUMBERS[kind]
    return int((chosen & ((result.events["actor"] == actor) if actor is not None else True)).sum())


def users(program):
    craft = program.compiled.arrays["craft"]
    return [(int(i), int(craft[i, k])) for i, k in zip(*np.nonzero(craft >= 0), strict=True)]


def test_the_scenario_as_written_is_what_play_gives(small_program):
    plain = small_program.play(3, WORLDS)
    twice = play_variants(HERE, small_program, [AS_WRITTEN, AS_WRITTEN], WORLDS, 3, log=True)
    for part in twice:
        assert part.events.tobytes() == plain.events.tobytes()
        for name, values in plain.outcomes.items():
            np.testing.assert_array_equal(part.outcomes[name], values)


def test_a_barred_technique_is_never_begun_and_worlds_without_it_stay_as_they_are(small_program):
    person, technique = users(small_program)[0]
    variant = Variant(barred_uses=frozenset({(person, technique)}))
    base, without = play_variants(HERE, small_program, [AS_WRITTEN, variant], WORLDS, 3, log=True)
    assert rows(base, "windup", person) > 0
    assert rows(without, "windup", person) == 0
    unused = np.setdiff1d(WORLDS, base.events["world"][base.events["kind"] == EVENT_NUMBERS["windup"]])
    same = np.isin(WORLDS, unused)
    np.testing.assert_array_equal(base.outcomes["end_time"][same], without.outcomes["end_time"][same])


def test_a_barred_order_is_never_taken_up(small_program):
    base = small_program.play(3, WORLDS)
    given = base.events[base.events["kind"] == EVENT_NUMBERS["order"]]
    person, order = int(given[0]["actor"]), int(given[0]["item"])
    (without,) = play_variants(
        HERE, small_program, [Variant(barred_orders=frozenset({(person, order)}))], WORLDS, 3, log=True
    )
    taken = without.events[without.events["kind"] == EVENT_NUMBERS["order"]]
    assert not ((taken["actor"] == person) & (taken["item"] == order)).any()
    assert Order(order).name in small_program.compiled.names.orders


def test_who_is_absent_never_runs(small_program):
    hands = small_program.compiled.arrays["carries"]
    person = int(np.flatnonzero(hands < 0)[-1])
    base, without = play_variants(HERE, small_program, [AS_WRITTEN, Variant(absent=frozenset({person}))], WORLDS, 3)
    assert base.people["distance"][:, person].min() > 0.0
    assert without.people["distance"][:, person].max() == 0.0


def test_cells_replace_the_value_and_its_noise(small_program):
    path = next(n.path for n in small_program.compiled.noise)
    table, cell = small_program.compiled.cells[path]
    world = small_program.begin(3, WORLDS, variants=[AS_WRITTEN, Variant(cells={path: 7.25})], which=WORLDS % 2)
    values = getattr(world, table).numpy()[(slice(None), *cell)]
    assert (values[1::2] == 7.25).all()
    assert len(np.unique(values[::2])) > 1


def test_results_do_not_depend_on_threads_or_company(small_program):
    person, technique = users(small_program)[0]
    variants = [AS_WRITTEN, Variant(barred_uses=frozenset({(person, technique)}))]
    together = play_variants(LocalThreads(2), small_program, variants, WORLDS, 3)
    alone = play_variants(LocalThreads(1), small_program, variants[1:], WORLDS, 3)[0]
    np.testing.assert_array_equal(together[1].outcomes["end_time"], alone.outcomes["end_time"])


def test_progress_counts_every_world(small_program):
    seen: list[int] = []
    play_variants(HERE, small_program, [AS_WRITTEN] * 3, WORLDS, 3, done=seen.append)
    assert sum(seen) == 36

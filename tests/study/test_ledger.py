"""The ledger: known answers come out, forks say what whole replays would, and the answer has no other cause."""

import math

import numpy as np
import pytest

from chases import DEFILE, FIELD, HOLD, chase, coin
from rearguard.scenario.load import load_scenario
from rearguard.study.acts import KINDS, find_acts
from rearguard.study.executor import LocalThreads
from rearguard.study.folder import RunError
from rearguard.study.ledger import ledger
from rearguard.study.ledger_event import parse_event, value_event
from rearguard.study.paired import mean_difference, needed_pairs, ratio_of_means, reduction
from rearguard.study.run import prepare_program
from rearguard.study.shapley import shapley
from rearguard.study.stake import find_stake
from rearguard.study.variants import play_variants
from rearguard.study.without import watch
from rearguard.tell.ledger import BAR, bar, sentence

WORLDS = 64
STOP_AND_GO = 0.25
"""What being stopped and setting off again takes at most [s]."""


def value(loaded, **options):
    return ledger(loaded, worlds=WORLDS, precision=0.01, seed=5, **options)


def test_a_hold_before_a_chest_that_stands_is_worth_its_length(tmp_path):
    entry = value(chase(tmp_path)).entry("guard.grip")
    assert entry.side == "home"
    assert HOLD <= entry.seconds.value <= HOLD + STOP_AND_GO
    assert entry.seconds.high - entry.seconds.low < 0.2
    assert entry.uses == 1.0
    assert entry.per_use.value == pytest.approx(entry.seconds.value)
    assert entry.spent == pytest.approx(20.0, abs=0.5)
    assert entry.per_power.value == pytest.approx(entry.seconds.value / entry.spent)


def test_a_hold_before_a_chest_that_is_carried_off_is_worth_what_the_gap_says(tmp_path):
    """Held for d, a pursuer of speed p loses d p / (p - e) to one of speed e."""
    loaded = chase(tmp_path, goes=True)
    entry = value(loaded, horizon=40.0).entry("guard.grip")
    program = prepare_program(loaded)
    table, cell = program.compiled.cells["people.runner.body.critical_speed"]
    speeds = getattr(program.begin(5, np.arange(WORLDS), log=False), table).numpy()[(slice(None), *cell)]
    expected = float((HOLD * speeds / (speeds - 2.0)).mean())
    assert expected - 0.1 <= entry.seconds.value <= expected + 3.0 * STOP_AND_GO


def test_a_guard_is_worth_his_hold_in_a_defile_and_nothing_where_one_can_pass(tmp_path):
    held = value(chase(tmp_path, ground=DEFILE, guard="30, 10"), by=["choice"]).entry("who_guards=nobody")
    passed = value(chase(tmp_path, guard="30, 30"), by=["choice"]).entry("who_guards=nobody")
    assert HOLD <= held.seconds.value <= HOLD + STOP_AND_GO
    assert passed.seconds.low <= 0.0 <= passed.seconds.high
    assert passed.seconds.value == pytest.approx(0.0, abs=0.1)


def test_what_does_nothing_is_worth_nothing(tmp_path):
    entry = value(chase(tmp_path)).entry("guard.wave")
    assert entry.uses > 3.0
    assert entry.seconds.low <= 0.0 <= entry.seconds.high
    assert abs(entry.seconds.value) < 0.05
    assert "no difference" in sentence(entry)


def test_the_same_seconds_are_gain_to_one_side_and_loss_to_the_other(tmp_path):
    result = value(chase(tmp_path), by=["person"], horizon=10.0)
    assert result.entry("guard").seconds.value > HOLD
    assert result.entry("runner").side == "foe"
    assert result.entry("runner").seconds.value > 10.0
    assert result.entry("runner").chance.value == 1.0


def test_worlds_without_contact_count_as_the_horizon(tmp_path):
    result = value(chase(tmp_path), by=["person"], horizon=10.0)
    caught = result.time.value
    # without the runner nobody ever comes: 40 s and 10 s more
    assert result.entry("runner").seconds.value == pytest.approx(50.0 - caught, abs=1e-4)
    assert result.stake.horizon_text() == "10 s after the deadline"


def test_forks_say_what_playing_from_the_start_would():
    loaded = load_scenario("alley")
    program = prepare_program(loaded)
    acts = find_acts(loaded, program.compiled, KINDS)
    assert {act.kind for act in acts} >= {"technique", "order", "person", "choice", "push", "pin"}
    worlds = np.arange(24)
    found = watch(program, acts, 3, worlds)
    whole = play_variants(LocalThreads(2), program, [act.variant for act in acts], worlds, 3)
    forked = 0
    for k, result in enumerate(whole):
        for name in ("contact_time", "end_time", "outcome", "ticks"):
            together = found.base[name].copy()
            together[found.rows[k]] = found.without[k].get(name, together[:0])
            np.testing.assert_array_equal(together, result.outcomes[name], err_msg=acts[k].name)
        forked += len(found.rows[k])
    assert 0 < forked < len(acts) * len(worlds)


def test_the_answer_does_not_depend_on_threads(small):
    one, two = (ledger(small, worlds=96, seed=2, threads=threads).to_dict() for threads in (1, 2))
    assert one == two


def test_an_act_that_is_known_is_not_left_out_of_further_worlds():
    result = ledger("alley", by=["technique", "choice"], worlds=512, precision=0.6, seed=1)
    played = {entry.name: entry.worlds for entry in result.entries}
    assert min(played.values()) < max(played.values()) <= 512
    for entry in result.entries:
        assert entry.half <= 0.6 or entry.worlds == 512


def test_acts_that_never_occur_are_said_to_be_unused(tmp_path):
    result = value(chase(tmp_path, guard="10, 40"))
    assert result.unused == ["guard.grip"]
    assert [entry.name for entry in result.entries] == ["guard.wave"]


def test_what_does_not_exist_is_refused_with_the_nearest_name(tmp_path):
    loaded = chase(tmp_path)
    with pytest.raises(RunError, match=r"guard\.grip"):
        ledger(loaded, only=["guard.grasp"])
    with pytest.raises(RunError, match="technique"):
        ledger(loaded, by=["techniques"])
    with pytest.raises(RunError, match="precision"):
        ledger(loaded, precision=0.0)


TAG = """\
rearguard: 1
name: tag
map:
  metres_per_cell: 4 m
  ascii: |
MAP
time: {limit: 60 s}
people:
  hare: {side: a, at: [80, 10], doctrine: stay, knows: [hound], body: {critical_speed: 3 m/s}}
  hound: {side: b, at: [10, 10], doctrine: hunt, knows: [hare], body: {critical_speed: "uniform(4, 6) m/s"}}
doctrines:
  stay: {options: [{order: wait}]}
  hunt: {options: [{order: pursue, target: hare, pace: 1}]}
ends:
  END
"""


def tag(folder, end):
    file = folder / "tag.yaml"
    file.write_text(TAG.replace("MAP", FIELD).replace("END", end), encoding="utf-8")
    return load_scenario(file)


def test_without_a_payload_the_stake_is_who_is_met_at_the_end(tmp_path):
    result = value(tag(tmp_path, 'caught: {when: "contact(b, hare)"}'), by=["person"], horizon=40.0)
    assert (result.stake.quarry, result.stake.keepers) == ("Hare", "a")
    assert result.in_time.value == 1.0
    entry = result.entry("hound")
    assert entry.side == "b"
    assert entry.seconds.value == pytest.approx(40.0 - result.time.value, abs=1e-4)


def test_a_scenario_in_which_nobody_is_to_be_reached_has_no_stake(tmp_path):
    with pytest.raises(RunError, match="no end by contact"):
        ledger(tag(tmp_path, 'over: {when: "time > 30 s"}'))


def test_intervals_cover_the_mean_as_often_as_they_say():
    draws = np.random.default_rng(4)
    inside = 0
    for _ in range(400):
        e = mean_difference(draws.normal(2.0, 5.0, 60), 5.0)
        inside += e.low <= 2.0 <= e.high
    assert inside / 400 >= 0.93


def test_pairs_that_agree_are_not_taken_for_sure():
    few, many = (mean_difference(np.zeros(n), 40.0) for n in (10, 1000))
    assert few.high > 5.0
    assert 0.0 < many.high < 0.1


def test_a_ratio_of_means_follows_the_delta_method():
    draws = np.random.default_rng(1)
    uses = draws.poisson(4.0, 4000).astype(float)
    found = ratio_of_means(1.5 * uses + draws.normal(0.0, 1.0, 4000), uses, 3.0)
    assert found.low <= 1.5 <= found.high
    assert found.high - found.low == pytest.approx(2 * 1.96 / 4.0 / math.sqrt(4000), rel=0.1)
    assert ratio_of_means(uses, np.zeros(4000), 1.0) is None


def test_common_draws_save_what_independent_ones_would_take():
    draws = np.random.default_rng(2)
    base = draws.normal(0.0, 10.0, 2000)
    assert reduction(base - (base + draws.normal(0.0, 1.0, 2000)), base, base) == pytest.approx(200.0, rel=0.1)
    assert reduction(np.zeros(5), base, base) == math.inf
    assert needed_pairs(4.0, 100, 1.0) == 1600


def test_the_table_and_parquet_hold_every_act(tmp_path):
    import pyarrow.parquet as pq

    result = value(chase(tmp_path), by=["technique", "choice"])
    table = pq.read_table(result.to_parquet(tmp_path / "out" / "ledger.parquet"))
    assert table.column("name").to_pylist() == [entry.name for entry in result.entries]
    assert table.column("seconds_low").to_pylist()[0] == pytest.approx(result.entries[0].seconds.low, abs=1e-5)
    assert b"rearguard.ledger" in table.schema.metadata


def test_bars_stand_on_the_side_of_their_sign(tmp_path):
    gain = value(chase(tmp_path)).entry("guard.grip").seconds
    drawn = bar(gain, 6.0)
    assert len(drawn) == BAR
    assert "█" not in drawn[: BAR // 2]
    assert drawn.count("█") >= 8


def test_shares_add_up_to_what_all_of_them_change():
    result = ledger("alley", by=["technique", "order"], worlds=64, shapley=4, seed=2)
    assert result.shares is not None
    assert len(result.shares.shares) == 4
    assert sum(share.delay.value for share in result.shares.shares) == pytest.approx(result.shares.total.value)
    assert all(share.seconds.low <= share.seconds.value <= share.seconds.high for share in result.shares.shares)


def test_two_that_do_the_same_share_what_either_does(tmp_path):
    """The guard's grip and the guard's being there are worth the same hold: half of it each."""
    loaded = chase(tmp_path)
    program = prepare_program(loaded)
    acts = find_acts(loaded, program.compiled, (), ["guard.grip", "guard"])
    base = program.play(5, np.arange(8)).outcomes
    stake = find_stake(program.compiled, base, 10.0)
    found = shapley(LocalThreads(1), program, stake, acts, seed=5, worlds=64, precision=0.5)
    assert [share.seconds.value for share in found.shares] == pytest.approx([0.5 * (HOLD + 0.2)] * 2, abs=0.05)
    assert found.total.value == pytest.approx(HOLD + 0.2, abs=0.05)


def test_an_act_that_never_occurs_has_no_share(tmp_path):
    loaded = chase(tmp_path, guard="10, 40")
    program = prepare_program(loaded)
    acts = find_acts(loaded, program.compiled, (), ["guard.grip", "guard.wave"])
    stake = find_stake(program.compiled, program.play(5, np.arange(8)).outcomes, 10.0)
    found = shapley(LocalThreads(2), program, stake, acts, seed=5, worlds=64, precision=0.5)
    assert all(abs(share.seconds.value) < 0.05 for share in found.shares)
    # without the grip nothing is played anew: it never occurs
    assert found.replays < 3 * 64


def test_one_hold_in_one_world_is_worth_its_length(tmp_path):
    found = value_event(chase(tmp_path), world=3, time=1.0, name="guard.grip", seed=5)
    assert HOLD <= found.seconds.value <= HOLD + STOP_AND_GO
    assert found.side == "home"
    assert found.what == "Guard begins a technique against Runner (grip)"


def test_a_throw_costs_the_runner_the_chance_that_the_aim_has(tmp_path):
    loaded = coin(tmp_path)
    text = loaded.path.read_text(encoding="utf-8")
    loaded.path.write_text(text.replace("uses: 1}", "uses: 1, cooldown: 60 s}"), encoding="utf-8")
    found = value_event(load_scenario(loaded.path), world=3, time=8.0, seed=5, pairs=1024, precision=0.1)
    expected = 1.0 - math.exp(-(0.3**2) / (2.0 * (0.02 * 17.8) ** 2))
    assert found.act == "guard.throw"
    assert found.chance.low <= expected <= found.chance.high
    assert found.seconds.low > 0.0


def test_events_are_asked_for_by_world_time_and_name(tmp_path):
    assert parse_event("12:41") == (12, 41.0, None)
    assert parse_event("12:0:41:anna.shove") == (12, 41.0, "anna.shove")
    assert parse_event("3:1:05.5") == (3, 65.5, None)
    for wrong in ("12", "x:3", "12:anna.shove"):
        with pytest.raises(RunError):
            parse_event(wrong)
    with pytest.raises(RunError, match="nearest is at 0"):
        value_event(chase(tmp_path), world=0, time=60.0, name="grip", seed=5)
    with pytest.raises(RunError, match="grip"):
        value_event(chase(tmp_path), world=0, time=1.0, name="grib", seed=5)

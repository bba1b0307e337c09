"""The swing: flat where the end is settled, a jump where it is decided, and right as often as it says."""

import math

import numpy as np
import pytest

from chases import chase, coin
from rearguard.engine import EVENT_NUMBERS
from rearguard.study.asker import FEWEST, Asker
from rearguard.study.executor import LocalThreads
from rearguard.study.folder import RunError
from rearguard.study.fresh import fresh_keys, world_at
from rearguard.study.run import prepare_program
from rearguard.study.stake import find_stake
from rearguard.study.swing import swing
from rearguard.tell.swing import ROWS, plot_lines, swing_lines

SEED = 5


def miss_chance(loaded, spread: float = 0.02) -> float:
    """What the aim's law says of the one throw (Rayleigh), at the distances at which it is thrown."""
    events = prepare_program(loaded).play(SEED, np.arange(100)).events
    thrown = events[np.isin(events["kind"], [EVENT_NUMBERS["miss"], EVENT_NUMBERS["cut"]])]
    missed = thrown[thrown["kind"] == EVENT_NUMBERS["miss"]]
    assert len(thrown) == 100
    return float(np.exp(-(0.3**2) / (2.0 * (spread * missed["value"]) ** 2)).mean())


def test_a_world_that_was_decided_at_the_start_is_flat(tmp_path):
    result = swing(chase(tmp_path), world=0, seed=SEED)
    assert result.in_time
    assert result.complete
    assert result.jumps == []
    assert {m.chance.value for m in result.moments} == {1.0}
    assert "settled by how the world began" in "\n".join(swing_lines(result))


def test_a_throw_that_decides_is_the_only_jump_and_the_chance_before_it_is_the_aim(tmp_path):
    loaded = coin(tmp_path)
    result = swing(loaded, world=1, seed=SEED, step=2.0, precision=0.04)
    expected = miss_chance(loaded)
    for moment in result.moments:
        if moment.time < 7.0:
            assert moment.chance.low - 0.02 <= expected <= moment.chance.high + 0.02
        elif moment.time > 10.0:
            assert moment.chance.value == float(result.in_time)
    assert len(result.jumps) == 1
    jump = result.jumps[0]
    assert jump.begin <= 8.2 <= jump.end <= jump.begin + 2.0
    assert jump.change == pytest.approx(float(result.in_time) - expected, abs=0.08)
    assert any("throw" in what and "Guard" in what for what in jump.because)


def test_no_interval_is_wider_than_asked(tmp_path):
    result = swing(coin(tmp_path), world=0, seed=SEED, precision=0.06)
    assert result.complete
    assert max(m.chance.high - m.chance.low for m in result.moments) <= 0.12
    assert all(m.chance.low <= m.chance.value <= m.chance.high for m in result.moments)


def test_the_last_moment_is_what_happened(tmp_path):
    loaded = coin(tmp_path)
    endings = set()
    for world in range(6):
        result = swing(loaded, world=world, seed=SEED, precision=0.1)
        assert result.moments[-1].chance.value == float(result.in_time)
        assert result.moments[-1].time == pytest.approx(result.decided)
        endings.add(result.in_time)
    assert endings == {True, False}


def test_the_answer_does_not_depend_on_threads(tmp_path):
    loaded = coin(tmp_path)
    one, two = (swing(loaded, world=2, seed=SEED, precision=0.08, threads=n).to_dict() for n in (1, 2))
    assert one == two


def test_a_moment_that_leans_on_another_agrees_with_its_own_share(small):
    from rearguard.scenario.load import load_scenario

    program = prepare_program(load_scenario(small))
    lived = program.play(3, np.arange(1))
    stake = find_stake(program.compiled, lived.outcomes)
    asker = Asker(program, stake, seed=3, world=0, until=600, precision=0.05, most=512, end=(599, True))
    asker.ask([0, 20, 40], LocalThreads(2), anchors=True)
    asker.ask([10], LocalThreads(2))
    own = asker.answers[10]
    assert FEWEST <= len(own) <= 512
    direct = float(own.mean())
    found = asker.chance(10)
    assert found.low <= direct + 0.06
    assert found.high >= direct - 0.06
    assert 0.5 * (found.high - found.low) <= 0.05 or len(own) == 512


def test_fresh_keys_differ_between_worlds_and_continuations_and_not_between_moments():
    keys = np.concatenate([fresh_keys(1, world, 0, 50) for world in range(20)])
    assert len(np.unique(keys, axis=0)) == 1000
    np.testing.assert_array_equal(fresh_keys(1, 3, 0, 50)[10:20], fresh_keys(1, 3, 10, 10))


def test_a_fork_with_its_own_key_goes_on_as_the_world_did(tmp_path):
    program = prepare_program(coin(tmp_path))
    whole = program.play(SEED, np.array([4]))
    start = world_at(program, SEED, 4, 50)
    keys = np.array([[SEED, 4], [SEED, 5]], np.uint32)
    forks = program.fork(start, np.zeros(2, np.int64), log=False, keys=keys)
    program.advance(forks, 10_000)
    ended = program.result(forks, np.arange(2)).outcomes
    assert ended["end_time"][0] == whole.outcomes["end_time"][0]


def test_the_plot_has_a_row_for_every_ten_points(tmp_path):
    lines = plot_lines(swing(coin(tmp_path), world=0, seed=SEED, precision=0.1))
    assert len(lines) == ROWS + 2
    assert lines[0].startswith(" 100 %")
    assert sum(line.count("●") for line in lines) >= 60
    assert max(map(len, lines)) <= 80


def test_what_cannot_be_asked_is_refused(tmp_path):
    loaded = coin(tmp_path)
    with pytest.raises(RunError, match="precision"):
        swing(loaded, world=0, precision=0.0)
    with pytest.raises(RunError, match="step"):
        swing(loaded, world=0, step=0.001)
    with pytest.raises(RunError, match="world"):
        swing(loaded, world=-1)
    assert math.isfinite(swing(loaded, world=0, precision=0.1).elapsed)

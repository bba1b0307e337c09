"""What bodies do between two looks at the way: turn, arrive, leap, cast about."""

import numpy as np
import pytest

from rearguard.engine.world import Mode
from validity.figures.leaping import gap_map
from validity.figures.plays import crossing, dash
from validity.figures.scent import tracking
from worlds import of, program, track


def test_turning_adds_nothing_to_the_speed():
    t = track(crossing(12.0, 8.0, 34.0, 0.02))
    assert of(t, 1, "speed").max() == pytest.approx(12.0, abs=1e-3)


def test_who_has_come_to_the_place_stops_there():
    text = dash("critical_speed: 4 m/s, sprint: 7 m/s").replace("arrived(runner, g)", "out(runner)")
    t = track(text.replace("30 min", "60 s"))
    late = of(t, 0, "time") > 40.0
    assert of(t, 0, "speed")[late].max() < 0.01
    assert np.ptp(of(t, 0, "x")[late]) < 0.1
    assert of(t, 0, "reserve")[-1] > of(t, 0, "reserve").min() + 0.1


@pytest.mark.parametrize("sprint", [6.0, 7.0, 8.0, 9.5])
def test_a_runner_leaps_from_the_edge_without_stopping_there(sprint):
    t = track(gap_map(3, 4.5, 5.0, sprint))
    mode, speed = of(t, 0, "mode"), of(t, 0, "speed")
    off = int(np.argmax(mode == int(Mode.air)))
    assert of(t, 0, "x")[off - 1] == pytest.approx(12.0, abs=1.2)
    assert speed[5:off].min() > 0.9 * sprint


def test_who_has_lost_the_trail_brakes_and_stays():
    p = program(tracking(0.02))
    world = p.begin(3, np.arange(1))
    off, lost_at = [], 0.0
    for tick in range(2600):
        p.advance(world, 1)
        x, until = float(world.motion.position.numpy()[0, 1, 0]), float(world.mind.lost_until.numpy()[0, 1])
        if 0.1 * tick >= until:
            lost_at = x
        else:
            off.append(x - lost_at)
    # a dog at 4 m/s needs 1.4 m to stop in a forest
    assert len(off) > 100
    assert min(off) > -0.1
    assert max(off) < 2.0

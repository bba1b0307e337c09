"""What goes wrong in crowds, who clears it up, and what runners and crowds are to each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import warp as wp

from crowds import Play, crowd, door, scenario
from rearguard.engine.jams import crowd_hears
from rearguard.engine.model import Model
from rearguard.engine.world import Gait, World
from rearguard.study.fresh import world_at

RUNNER = "  runner: {side: b, at: post, doctrine: go, start: START, body: {critical_speed: 5 m/s, sprint: 7 m/s}}\n"
GO = "  go: {options: [{order: flee, to: far, pace: hard}]}\n"


@wp.kernel(enable_backward=False)
def shout(m: Model, s: World, tick: int, at: wp.vec2, radius: float, freed: wp.array(dtype=int)):
    """What the command voice will do."""
    w = wp.tid()
    freed[w] = crowd_hears(m, s, w, tick, at, radius)


def command(play: Play, at: tuple[float, float], radius: float) -> Any:
    """Shout in every world; returns how many had stopped and walk on."""
    freed = wp.zeros(len(play.ids), dtype=int)
    tick = int(play.state.account.tick.numpy()[0])
    wp.launch(shout, len(play.ids), inputs=[play.program.model, play.state, tick, wp.vec2(*at), radius, freed])
    return freed.numpy()


# ----------------------------------------------------------------------------------------------------- coming and leaving


def test_people_are_spread_over_their_place_without_touching():
    play = Play(scenario(door(1.0, 0.5), crowd(100), 0.5), worlds=3)
    play.on(1)
    assert play.there.all()
    mask = play.ground.places["hall"].mask
    for w in range(3):
        p = play.get("position")[w]
        apart = np.hypot(*(p[:, None] - p[None]).transpose(2, 0, 1)) + 9.0 * np.eye(100)
        assert apart.min() > 0.15  # one tick after they stood 0.3 m apart at least
        assert mask[(p[:, 1] / 0.5).astype(int), (p[:, 0] / 0.5).astype(int)].mean() > 0.95
    halves = (play.get("position")[..., 0] > 4.5).mean()
    assert halves == pytest.approx(0.5, abs=0.12)
    assert np.abs(play.get("position")[0] - play.get("position")[1]).max() > 0.5


def test_speeds_are_drawn_for_each_person():
    play = Play(scenario(door(1.0, 0.5), crowd(100, ", speed: 'normal(1.2, 0.2) m/s'"), 0.5), worlds=8)
    play.on(1)
    pace = play.get("pace")
    assert pace.mean() == pytest.approx(1.2, abs=0.03)
    assert pace.std() == pytest.approx(0.2, abs=0.02)
    assert len(np.unique(pace[0])) > 30


def test_people_come_one_after_the_other_and_from_the_start_time():
    play = Play(scenario(door(1.0, 0.5), crowd(20, ", start: 5 s, over: 10 s"), 0.5))
    play.on(49)
    assert play.get("come")[0, 0] == 0
    play.on(52)
    assert play.get("come")[0, 0] == pytest.approx(10, abs=1)
    play.on(60)
    assert play.get("come")[0, 0] == 20


def test_who_reaches_the_place_has_left_and_the_last_one_is_told():
    play = Play(scenario(door(2.0, 0.5), crowd(12), 0.5), worlds=2)
    play.on(400)
    assert (play.get("gone") == 12).all()
    assert (play.get("presence") == 0).all()
    assert (play.get("gait") == Gait.left).all()
    told = play.events("dispersed")
    assert len(told) == 2
    assert play.program.compiled.names.item_name("dispersed", told["item"][0]) == "crowd"
    steps = play.get("steps")
    assert (steps > 12 * 50).all()
    play.on(100)
    assert np.array_equal(play.get("steps"), steps)


def test_crowds_walk_to_their_own_places_round_what_stands_higher_or_lower():
    rows = ["a" * 8 + "h" * 4 + "." * 12 + "ee", *["a" * 8 + "h" * 4 + "." * 12 + "ee"] * 6, "a" * 8 + "." * 16 + "ee"]
    text = scenario(rows, crowd(15), 0.5).replace("legend: {", "legend: {h: {ground: street, elevation: 0.8 m}, ")
    play = Play(text, worlds=4)
    for _ in range(60):
        play.on(5)
        cells = play.cells()
        assert not ((cells[:, 1] >= 8) & (cells[:, 1] < 12) & (cells[:, 0] < 7)).any()
    assert (play.get("gone") == 15).all()


def test_nothing_is_read_before_it_is_written():
    text = scenario(door(1.0, 0.5), crowd(60, ", stall: 0.02 /s, over: 5 s"), 0.5)
    clean, dirty = Play(text, worlds=2), Play(text, worlds=2)
    for name in ("position", "velocity", "pace", "until", "pressed", "present", "start"):
        array = getattr(dirty.state.crowd, name)
        raw = np.full(array.numpy().nbytes, 0x5A, np.uint8).view(array.numpy().dtype).reshape(array.numpy().shape)
        array.assign(wp.array(raw, dtype=array.dtype))
    for play in (clean, dirty):
        play.on(200)
    for name in ("position", "velocity", "pace", "gait", "gone"):
        assert clean.get(name).tobytes() == dirty.get(name).tobytes(), name


def test_a_pedestrian_takes_little_memory():
    def size(count: int) -> int:
        return Play(scenario(door(1.0, 0.5), crowd(count), 0.5)).program.state_bytes

    assert size(100) - size(50) <= 50 * 36


# ----------------------------------------------------------------------------------------------------------- jams and falls


PASSAGE = door(1.0, 0.5, deep=4.0)


def test_people_who_stop_in_a_passage_jam_it_and_others_do_not():
    calm = Play(scenario(PASSAGE, crowd(60), 0.5), worlds=8)
    frozen = Play(scenario(PASSAGE, crowd(60, ", stall: 0.06 /s, stall_time: 12 s"), 0.5), worlds=8)
    for play in (calm, frozen):
        play.on(700)
    assert len(calm.events("jam")) == 0
    jams, clears = frozen.events("jam"), frozen.events("clear")
    assert len(np.unique(jams["world"])) >= 6
    assert (jams["value"] >= 8).all()
    assert len(clears) > 0
    assert (clears["value"] > 0.5).all()
    assert frozen.get("gone").mean() < 0.8 * calm.get("gone").mean()
    # a jam is told where it begins: in the hall or the passage
    assert ((jams["x"] > 0.5) & (jams["x"] < 13.0)).all()


def test_the_command_frees_those_within_hearing_and_keeps_them_going():
    play = Play(scenario(PASSAGE, crowd(60, ", stall: 0.2 /s, stall_time: 60 s"), 0.5), worlds=4)
    play.on(100)
    stalled = (play.get("gait") == Gait.stall).sum(axis=1)
    assert stalled.min() >= 10
    before = play.get("gone").sum()
    assert (command(play, (100.0, 100.0), 20.0) == 0).all()
    assert (command(play, (6.0, 4.0), 30.0) == stalled).all()
    assert (play.get("gait") != Gait.stall).all()
    for _ in range(9):
        play.on(10)
        assert (play.get("gait") != Gait.stall).all()
    assert play.get("gone").sum() > before + 20
    play.on(100)
    assert (play.get("gait") == Gait.stall).any()


def test_the_command_clears_a_jam():
    text = scenario(PASSAGE, crowd(60, ", stall: 0.06 /s, stall_time: 30 s"), 0.5)
    alone, told = Play(text, worlds=8), Play(text, worlds=8)
    for play, heard in ((alone, False), (told, True)):
        for _ in range(60):
            play.on(10)
            if heard:
                command(play, (9.0, 4.0), 25.0)
    assert told.get("gone").mean() > 1.5 * alone.get("gone").mean()
    assert len(told.events("jam")) < len(alone.events("jam"))


def test_people_fall_in_a_press_only_and_get_up():
    text = scenario(door(1.0, 0.5), crowd(100, ", stumble: 0.02 /s, lie: 3 s"), 0.5)
    packed, loose = Play(text, worlds=4), Play(text.replace("count: 100", "count: 6"), worlds=4)
    lying = 0
    for _ in range(30):
        packed.on(10)
        lying += int((packed.get("gait") == Gait.lie).sum())
    loose.on(300)
    falls = packed.events("stumble")
    assert len(falls) > 20
    assert (falls["actor"] == -1).all()
    assert len(loose.events("stumble")) == 0
    # each lies for 3 s, so that about three of the looks, one a second, see it
    assert lying == pytest.approx(3 * len(falls), rel=0.2)
    packed.on(900)
    assert (packed.get("gone") == 100).all()


# ------------------------------------------------------------------------------------------------------------------ runners


STREET = ["s" + "." * 19 + "a" * 24 + "." * 16 + "tee"] * 8


def run_through(count: int, more: str = "", start: str = "1 s", worlds: int = 4) -> Play:
    people = RUNNER.replace("START", start)
    return Play(scenario(STREET, crowd(count, more), 0.5, people=people, doctrines=GO), worlds=worlds)


def arrival(play: Play, line: float) -> np.ndarray:
    """When the runner comes past ``line`` [m], [worlds]."""
    came = np.full(len(play.ids), np.nan)
    for tick in range(600):
        play.on(1)
        x = play.state.motion.position.numpy()[:, 1, 0]
        came[np.isnan(came) & (x > line)] = 0.1 * (tick + 1)
    return came


def test_a_crowd_takes_speed_from_a_runner_by_its_density():
    # slow walkers, so that they are still there
    slow = ", speed: 0.3 m/s, lie: 60 s"
    times = [arrival(run_through(count, slow), 25.0) for count in (1, 48, 130)]
    assert np.isfinite(times).all()
    assert times[0].mean() + 0.5 < times[1].mean() < times[2].mean() - 2.0


def test_who_is_not_near_a_crowd_is_not_slowed():
    play = run_through(40, ", start: 30 s")
    assert arrival(play, 20.0).max() < 8.0
    assert (play.get("hindrance") == 1.0).all()


def test_a_runner_at_speed_runs_people_over_and_one_who_jogs_does_not():
    fast = run_through(60, ", speed: 0.3 m/s")
    people = RUNNER.replace("START", "1 s").replace(
        "critical_speed: 5 m/s, sprint: 7 m/s", "critical_speed: 1.6 m/s, sprint: 2 m/s"
    )
    jog = Play(
        scenario(STREET, crowd(60, ", speed: 0.3 m/s"), 0.5, people=people, doctrines=GO.replace("hard", "steady")),
        worlds=4,
    )
    for play in (fast, jog):
        play.on(300)
    hit = fast.events("stumble")
    assert len(hit) >= 4
    assert (hit["actor"] == 1).all()
    # what a step cannot catch: 0.96 m/s by the balance of `balance`
    assert hit["value"].min() > 0.9
    assert len(jog.events("stumble")) == 0


def test_people_make_way_sooner_when_told():
    def off_line(told: bool) -> float:
        """How far from the runner's line those are whom it passes [m], on average."""
        play = run_through(16, ", speed: 0.5 m/s", worlds=12)
        found = []
        for _ in range(120):
            play.on(1)
            if told:
                command(play, (20.0, 3.0), 60.0)
            runner = play.state.motion.position.numpy()[:, 1]
            for w in range(12):
                d = play.get("position")[w][play.there[w]] - runner[w]
                found += np.abs(d[np.abs(d[:, 0]) < 0.3, 1]).tolist()
        return float(np.mean(np.minimum(found, 1.0)))

    assert off_line(True) > off_line(False)


def test_people_walk_round_one_who_stands_in_the_way():
    rows = ["a" * 10 + "." * 14 + "ee"] * 7
    rows[3] = "a" * 10 + "." * 6 + "s" + "." * 7 + "ee"
    blocker = "  blocker: {side: b, at: post, doctrine: stay}\n"
    play = Play(scenario(rows, crowd(30), 0.5, people=blocker), worlds=4)
    nearest = 9.0
    for _ in range(250):
        play.on(1)
        p = play.get("position")[play.there]
        at = play.state.motion.position.numpy()[0, 1]
        if len(p):
            nearest = min(nearest, float(np.hypot(*(p - at).T).min()))
    assert nearest > 0.9 * (0.25 + 0.15)
    assert (play.get("gone") == 30).all()
    assert len(play.events("stumble")) == 0


# ------------------------------------------------------------------------------------------------------------- waiting

PASSER = (
    "  runner: {side: b, at: post, doctrine: go, start: 'uniform(5, 60) s', techniques: [yell],"
    " body: {critical_speed: 5 m/s, sprint: 7 m/s}}\n"
)
PASS = "  go: {options: [{order: flee, to: far, pace: hard}, {use: yell, target: self, when: [{input: crowd_near, low: 0, high: 1}]}]}\n"


def passing() -> str:
    """A jam at a door, far from everybody until somebody runs through it at a time of chance, calling out."""
    rows = ["." * 80 + row + "." * 160 for row in door(1.0, 0.5)]
    rows[6] = rows[6][:-10] + "s" + "." * 9
    rows[1] = "t" + rows[1][1:]
    jam = crowd(60, ", stall: 0.05 /s, stall_time: 20 s, stumble: 0.02 /s")
    text = scenario(rows, jam, 0.5, people=PASSER, doctrines=PASS, limit=90)
    return text + "techniques: {yell: {effect: shout, windup: 0.2 s, cooldown: 4 s, loudness: 90 dB}}\n"


def test_a_crowd_that_waited_for_company_is_where_it_would_have_been():
    eager = Play(passing(), worlds=12)
    silent = Play(passing(), worlds=12)
    silent.state = silent.program.begin(1, silent.ids, log=False)
    waited = np.zeros(12, bool)
    met = np.zeros(12, bool)
    for tick in range(1, 901):
        eager.on(1)
        silent.on(1)
        behind = silent.get("walked") < tick
        waited |= behind & eager.there.any(axis=1)
        met |= ~behind & waited
        for name in ("position", "gait", "until"):
            assert (silent.get(name) == eager.get(name))[~behind].all()
        assert (silent.get("hindrance") == eager.get("hindrance")).all()
        assert (silent.state.motion.position.numpy() == eager.state.motion.position.numpy()).all()
    assert waited.all()
    assert met.all()
    assert len(eager.events("shout")) > 5
    assert len(eager.events("stumble")) > 5


def test_a_world_that_is_forked_with_fresh_draws_owes_nothing_of_its_past():
    program = Play(passing()).program
    eager, start = Play(passing()), world_at(program, 1, 0, 300)
    eager.on(300)
    assert start.crowd.walked.numpy()[0] == 300
    assert (start.crowd.position.numpy()[0] == eager.get("position")[0]).all()

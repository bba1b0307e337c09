"""Hearing, presence, scent and sign as behaviour: what is known comes by a sense, and not without it."""

import numpy as np
import pytest

from rearguard.engine import EVENT_KINDS
from rearguard.engine.world import Source
from worlds import program

KINDS = list(EVENT_KINDS)
WIDE = "." * 40

NIGHT = """\
map:
  metres_per_cell: 2 m
  legend: {x: {ground: GROUND}}
  ascii: |
ROWS
time: {limit: 12 s}
SOUND
people:
  ear: {side: a, at: [10, 5], doctrine: stay, senses: {sight: 1 m, hearing: EAR dB}, body: {breath: 0 dB}}
  foot: {side: b, at: [14, 5], doctrine: go, senses: {sight: 1 m}, body: {critical_speed: 3 m/s}}
doctrines:
  stay: {options: [{order: wait}]}
  go: {options: [{order: flee, to: z, pace: hard}]}
ends: {over: {when: 'time > 100 s'}}
"""


def night(sound: str = "sound: {ambient: 20 dB}", ground: str = "street", ear: str = "0") -> str:
    row = "    " + "x" * 40
    rows = "\n".join([row, row, "    " + "x" * 38 + "Zx", row, row])
    return NIGHT.replace("ROWS", rows).replace("SOUND", sound).replace("GROUND", ground).replace("EAR", ear)


def play(text: str, worlds: int = 60):
    return program(text).play(1, np.arange(worlds))


def of_kind(result, kind: str, actor: int | None = None):
    rows = result.events[result.events["kind"] == KINDS.index(kind)]
    return rows if actor is None else rows[rows["actor"] == actor]


def knowledge(text: str, seconds: float, worlds: int = 60):
    """Belief of the first person about the second: error [m], age [s], source; one per world that knows anything."""
    p = program(text)
    state = p.begin(1, np.arange(worlds))
    p.advance(state, round(seconds * 10))
    belief = state.mind.belief.numpy()[:, 0, 1]
    known = belief[:, 2] >= 0.0
    true = state.motion.position.numpy()[:, 1]
    error = np.hypot(*(belief[known, :2] - true[known]).T)
    return error, seconds - belief[known, 2], state.mind.how.numpy()[known, 0, 1]


def test_steps_in_the_dark_are_heard_and_placed_roughly():
    error, age, how = knowledge(night(), 4.0)
    assert len(error) > 50
    assert set(how) == {int(Source.heard)}
    assert age.max() < 3.0
    assert 0.5 < np.median(error) < 12.0
    assert len(of_kind(play(night()), "sight")) == 0


def test_without_hearing_nothing_is_known_in_the_dark():
    text = night() + "mechanics: {hearing: false}\n"
    assert len(knowledge(text, 4.0)[0]) == 0
    assert len(of_kind(play(text), "hear")) == 0


def test_loud_surroundings_mask_steps():
    quiet, loud = play(night()), play(night("sound: {ambient: 70 dB}"))
    assert len(of_kind(quiet, "hear", 0)) > 50
    assert len(of_kind(loud, "hear", 0)) == 0


def test_a_bell_masks_near_it_and_less_beyond_a_hundred_times_the_distance():
    near = "sound: {ambient: 20 dB, sources: {bell: {at: z, loudness: 110 dB}}}"
    assert len(of_kind(play(night(near)), "hear", 0)) == 0
    assert (
        len(of_kind(play(night("sound: {ambient: 20 dB, sources: {bell: {at: z, loudness: 40 dB}}}")), "hear", 0)) > 50
    )


def test_keen_ears_hear_further_and_forest_swallows_sound():
    def last_heard(**kwargs):
        p = program(night(**kwargs))
        state = p.begin(1, np.arange(60))
        p.advance(state, 110)
        return np.median(state.mind.belief.numpy()[:, 0, 1, 2])

    assert last_heard(ear="-15") > last_heard() > last_heard(ear="15")


CARGO = """\
map:
  metres_per_cell: 2 m
  ascii: |
    {row}
    {end}
    {row}
time: {{limit: 40 s}}
people:
  bearer: {{side: a, at: [6, 3], doctrine: bear, nerve: {{composure: 1}}}}
  {who}: {{side: b, at: [{x}, 3], doctrine: stay, senses: {{sight: 1 m, presence: {feels}}}, nerve: {{composure: {composure}}}}}
payloads:
  box:
    carriers: [bearer]
    stages:
      - {{name: calm, lasts: 10 s, presence: {first}}}
      - {{name: stirring, lasts: 25 s, presence: {second}, horror: 4 s}}
      - {{name: loose}}
doctrines:
  bear: {{options: [{{order: wait}}]}}
  stay: {{options: [{{order: wait}}]}}
ends: {{over: {{when: stage(box) is loose}}}}
"""


def cargo(*, x: int = 40, feels: float = 1.0, first: str = "0 m", second: str = "60 m", composure: float = 0.0) -> str:
    return CARGO.format(
        row="." * 60, end="." * 59 + "Z", who="near", x=x, feels=feels, first=first, second=second, composure=composure
    )


def test_a_presence_is_felt_as_far_as_its_stage_reaches_and_gives_a_direction():
    felt = of_kind(play(cargo()), "feel", 1)
    assert len(felt) == 60
    assert felt["time"].min() >= 10.0  # the calm stage has none
    # strength 1/(1 + (34/60)²) at 34 m
    assert felt["value"].mean() == pytest.approx(1.0 / (1.0 + (34.0 / 60.0) ** 2), abs=0.03)
    p = program(cargo())
    state = p.begin(1, np.arange(60))
    p.advance(state, 150)
    how, belief = state.mind.how.numpy()[:, 1, 2], state.mind.belief.numpy()[:, 1, 2]
    assert set(how) == {int(Source.felt)}
    assert np.median(np.abs(belief[:, 0] - 6.0)) < 15.0


def test_far_off_numb_or_without_the_mechanic_nothing_is_felt():
    assert len(of_kind(play(cargo(x=118, second="20 m")), "feel", 1)) == 0
    assert len(of_kind(play(cargo(feels=0.1)), "feel", 1)) == 0
    assert len(of_kind(play(cargo() + "mechanics: {presence: false}\n"), "feel", 1)) == 0


@pytest.mark.parametrize("composure", [0.0, 0.5, 1.0])
def test_horror_costs_as_many_seconds_as_composure_leaves(composure: float):
    result = play(cargo(x=20, composure=composure), worlds=300)
    faltered = of_kind(result, "falter", 1)
    mean = 4.0 * (1.0 - composure)
    if mean == 0.0:
        assert len(faltered) == 0
    else:
        total = faltered["value"].sum() / 300
        assert total == pytest.approx(mean, abs=3.0 * mean / 300**0.5 + 0.05)


def test_without_nerve_nobody_falters():
    assert len(of_kind(play(cargo(x=20) + "mechanics: {nerve: false}\n"), "falter")) == 0


TRAIL = """\
map:
  metres_per_cell: 4 m
  legend: {{m: {{ground: mud}}}}
  ascii: |
    {row}
    {row}
    {mid}
    {row}
    {row}
time: {{limit: 80 s}}
people:
  hare: {{side: a, at: [8, 10], doctrine: run, body: {{critical_speed: 5 m/s, odour: {odour}}}}}
  bearer: {{side: a, at: [8, 10], doctrine: bear, body: {{critical_speed: 5 m/s}}}}
  hound:
    side: b
    at: [4, 10]
    start: 12 s
    doctrine: hunt
    body: {{critical_speed: 5 m/s}}
    senses: {{sight: 1 m, tracking: {eye}, nose: {nose}, tracking_speed: 4 m/s, trail_loss: 40 /km, recast: 4 s, disturbed: 2}}
    scents: [hare]
{extra}payloads:
  box:
    carriers: [bearer]
    stages: [{{name: light, lasts: {lasts}, sign: 0.2}}, {{name: heavy, lasts: 200 s, sign: 0.9{stench}}}, {{name: open, sign: 1}}]
doctrines:
  run: {{options: [{{order: flee, to: z, pace: 1}}]}}
  bear: {{options: [{{order: carry, target: box, to: z, pace: 0.8}}]}}
  hunt: {{options: [{{order: track, target: box, when: [{{input: on_trail}}]}}, {{order: wait, weight: 0.1}}]}}
  along: {{options: [{{order: escort, target: hound, pace: sprint}}]}}
ends: {{over: {{when: stage(box) is open}}}}
"""


def trail(
    *, eye: float = 0.2, nose: float = 0.9, odour: float = 0.9, lasts: str = "20 s", stench: str = "", company: int = 0
) -> str:
    extra = ""
    if company:
        body = "{critical_speed: 5.5 m/s, sprint: 9 m/s}"
        extra = f"  pack: {{side: b, at: [4, 6], start: 12 s, count: {company}, doctrine: along, knows: [hound], body: {body}}}\n"
    row = "m" * 90
    return TRAIL.format(
        row=row, mid="m" * 88 + "Zm", eye=eye, nose=nose, odour=odour, lasts=lasts, stench=stench, extra=extra
    )


def test_a_nose_tells_odours_apart_and_keeps_the_trail_better_than_an_eye():
    by_nose, by_eye = play(trail()), play(trail(nose=0.0))
    hare, hound = 0, 2
    told = of_kind(by_nose, "identify", hound)
    assert {int(t) for t in told["target"]} >= {hare}
    assert len(of_kind(by_eye, "identify")) == 0
    assert len(of_kind(by_nose, "trail_lost", hound)) < 0.7 * len(of_kind(by_eye, "trail_lost", hound))


def test_switched_off_scent_leaves_the_eye():
    off = play(trail() + "mechanics: {scent: false}\n")
    assert len(of_kind(off, "identify")) == 0
    assert len(of_kind(off, "trail_lost", 2)) > 1.4 * len(of_kind(play(trail()), "trail_lost", 2))


def test_company_that_runs_hard_shakes_the_scent_loose():
    alone, crowded = play(trail(eye=0.0, nose=0.6)), play(trail(eye=0.0, nose=0.6, company=4))
    assert len(of_kind(crowded, "trail_lost", 2)) > 1.3 * len(of_kind(alone, "trail_lost", 2))
    assert crowded.people["distance"][:, 2].mean() < alone.people["distance"][:, 2].mean()


def test_deeper_sign_tells_the_tracker_of_the_stage():
    read = of_kind(play(trail()), "read_sign", 2)
    assert len(np.unique(read["world"])) > 50
    assert set(read["item"]) == {1}
    assert read["time"].min() > 20.0  # not before the box has become heavy
    light = play(trail(lasts="200 s"))
    assert len(of_kind(light, "read_sign", 2)) == 0


def test_an_overpowering_source_dulls_the_nose():
    plain, reeking = play(trail(eye=0.0)), play(trail(eye=0.0, stench=", stench: 200 m"))
    assert len(of_kind(plain, "overpowered")) == 0
    assert len(of_kind(reeking, "overpowered", 2)) == 60
    assert len(of_kind(reeking, "trail_lost", 2)) > 1.3 * len(of_kind(plain, "trail_lost", 2))


def test_smoke_hides_and_is_a_ground_of_its_own():
    text = """\
map:
  metres_per_cell: 2 m
  legend: {s: {ground: street, place: murk}}
  ascii: |
    ..........ssssssssss..........
    ..........ssssssssss..........
    ..........ssssssssss..........
time: {limit: 10 s}
SMOKE
people:
  one: {side: a, at: [4, 3], doctrine: stay}
  two: {side: b, at: [56, 3], doctrine: stay}
doctrines: {stay: {options: [{order: wait}]}}
ends: {over: {when: 'time > 100 s'}}
"""
    clear = play(text.replace("SMOKE", ""))
    murky = play(text.replace("SMOKE", "smoke: {fire: {at: murk, extinction: 0.3 /m}}"))
    assert len(of_kind(clear, "sight", 0)) == 60
    assert len(of_kind(murky, "sight", 0)) < 10

"""The swing in accounts: the truth says what the chance was, and everybody else only dwells on what happened as it moved."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from chases import coin
from perceptions import blinded, faults, played, ungrounded
from rearguard.study.folder import RunError
from rearguard.study.stake import Stake
from rearguard.study.statistics import Estimate
from rearguard.study.swing import Moment, Swing, swing
from rearguard.study.swing_jumps import Jump
from rearguard.study.witness import record
from rearguard.tell.story.account import LENGTHS, Account, Teller, tell_story
from rearguard.tell.story.compose import TONES, Composer
from rearguard.tell.story.formats import to_html
from rearguard.tell.story.language import odds
from recordings import prepared, recording, teller

CURVE = {0.0: 0.5, 20.0: 0.5, 25.0: 0.9, 60.0: 0.9, 64.0: 0.333, 120.0: 0.333, 150.0: 0.0}
SHARES = {
    "one in twenty": 1 / 20,
    "one in ten": 1 / 10,
    "one in five": 1 / 5,
    "one in four": 1 / 4,
    "one in three": 1 / 3,
    "two in five": 2 / 5,
    "even": 1 / 2,
    "three in five": 3 / 5,
    "two in three": 2 / 3,
    "three in four": 3 / 4,
    "four in five": 4 / 5,
    "nine in ten": 9 / 10,
    "nineteen in twenty": 19 / 20,
}


def made(world: int = 3) -> Swing:
    """A swing of east-gate with three jumps, the biggest of them down."""
    moments = [Moment(t, Estimate(p, max(p - 0.04, 0.0), min(p + 0.04, 1.0)), 500) for t, p in CURVE.items()]
    jumps = [Jump(60.0, 64.0, -0.567, []), Jump(20.0, 25.0, 0.4, []), Jump(120.0, 150.0, -0.333, [])]
    return Swing(
        scenario="east-gate",
        seed=0,
        world=world,
        overrides=(),
        stake=Stake("gaara", "sand", has_deadline=True, horizon=60.0),
        precision=0.05,
        outcome="lost",
        in_time=False,
        decided=150.0,
        moments=moments,
        jumps=jumps,
        continuations=3500,
        complete=True,
        interrupted=False,
        elapsed=1.0,
    )


def of_chances(account: Account) -> list[str]:
    return [s.text for s in account.sentences if any(rest.startswith("swing:") for rest in s.rests)]


def said_odds(text: str) -> list[str]:
    return re.findall(rf"\b({'|'.join(SHARES)})\b", text)


def test_odds_are_the_nearest_of_those_that_people_use() -> None:
    for k in range(26, 975):
        assert abs(SHARES[odds(k / 1000)] - k / 1000) < 0.06
    assert [odds(p) for p in (0.0, 0.01, 0.99, 1.0)] == ["nothing", "next to nothing", "all but certain", "certain"]


@pytest.mark.parametrize("tone", TONES)
def test_the_truth_says_what_the_chance_was_at_the_moments_of_the_swing(tone: str) -> None:
    account = teller("east-gate", 3).tell("truth", tone=tone, swing=made())
    grounded = [s for s in account.sentences if any(rest.startswith("swing:") for rest in s.rests)]
    assert len({s.rests for s in grounded}) == 1 + len(made().jumps)
    dt = recording("east-gate", 3).dt
    for sentence in grounded:
        asked = [CURVE[round(int(rest.split(":")[1]) * dt, 6)] for rest in sentence.rests]
        for words in said_odds(sentence.text):
            assert min(abs(SHARES[words] - p) for p in asked) < 0.03, sentence.text
        for percent in re.findall(r"([\d.]+) %", sentence.text):
            assert min(abs(float(percent) / 100 - p) for p in asked) < 0.006, sentence.text


def test_the_biggest_change_is_called_so_and_no_other() -> None:
    account = teller("east-gate", 3).tell("truth", swing=made())
    biggest = [s for s in account.sentences if "no other time" in s.text]
    assert [s.time for s in biggest] == [64.0]


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize("length", LENGTHS)
def test_nobody_else_says_a_word_of_chances(tone: str, length: str) -> None:
    tape, moves, by = recording("east-gate", 3), played("east-gate", 3), teller("east-gate", 3)
    for voice in (*tape.names.people, *tape.names.sides):
        account = by.tell(voice, tone=tone, length=length, swing=made())
        assert not of_chances(account)
        assert not list(faults(account, moves, Composer(tape, tone)))
        assert not any(re.search(r"\b(chance|certain|odds)\b", s.text) for s in account.sentences)


def test_a_chance_in_the_mouth_of_a_person_is_found_by_the_check() -> None:
    tape, moves = recording("east-gate", 3), played("east-gate", 3)
    told = teller("east-gate", 3).tell("truth", swing=made())
    sasuke = tape.names.people.index("sasuke")
    stolen = [s for s in told.sentences if any(rest.startswith("swing:") for rest in s.rests)]
    assert stolen
    for sentence in stolen:
        assert any(
            "never perceived swing:" in fault
            for fault in ungrounded(sentence, moves, Composer(tape, "plain"), [sasuke])
        )


def test_what_a_person_did_not_perceive_makes_no_difference_with_a_swing() -> None:
    tape, moves = recording("east-gate", 3), played("east-gate", 3)
    for person in ("sasuke", "temari"):
        blind = Teller(blinded(tape, moves, tape.names.people.index(person)))
        assert blind.tell(person, swing=made()) == teller("east-gate", 3).tell(person, swing=made())


def test_a_person_dwells_on_what_happened_as_the_chance_moved() -> None:
    by, tape = teller("east-gate", 3), recording("east-gate", 3)

    def near(account: Account) -> int:
        return sum(19.5 <= s.time <= 25.0 or 59.5 <= s.time <= 64.0 for s in account.sentences)

    people = [p for p in tape.names.people if not p.startswith("sound")]
    plain, dwelling = (sum(near(by.tell(p, length="paragraph", swing=s)) for p in people) for s in (None, made()))
    assert dwelling > plain


def test_the_swing_of_another_world_is_refused() -> None:
    by = teller("east-gate", 3)
    for other, what in (
        (made(world=4), "world 4"),
        (replace(made(), seed=9), "seed 9"),
        (replace(made(), overrides=("a=1",)), "values a=1"),
        (replace(made(), scenario="alley"), "scenario alley"),
    ):
        with pytest.raises(RunError, match=what):
            by.tell("truth", swing=other)


def test_an_account_asks_for_the_swing_itself(tmp_path: Path) -> None:
    loaded = coin(tmp_path)
    told = tell_story(loaded, world=1, voice="truth", seed=5, swing=True)
    assert told == tell_story(loaded, world=1, voice="truth", seed=5, swing=swing(loaded, world=1, seed=5))
    assert any("at no other time did it move so far" in text.lower() for text in of_chances(told))


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "The {{ 7 * 7 }}"])
def test_the_name_of_what_is_at_stake_is_never_markup(name: str) -> None:
    program, loaded = prepared("east-gate", f"payloads.gaara.title={json.dumps(name)}")
    swing = replace(made(), overrides=tuple(loaded.overrides))
    told = Teller(record(program, loaded, 3, 0)).tell("truth", swing=swing)
    said = [s for s in told.sentences if any(rest.startswith("swing:") for rest in s.rests)]
    assert all(name[1:] in s.text for s in said if "move so far" not in s.text)
    assert "<script" not in to_html(told)

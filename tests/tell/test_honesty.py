"""No sentence of an account says what the one who tells it did not perceive.

What was perceived is worked out once more, from the state of the world, in terms of its own (``perceptions.py``).
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from perceptions import Moves, blinded, faults, played, ungrounded
from rearguard.study.witness import Tape
from rearguard.tell.story.account import Teller
from rearguard.tell.story.compose import TONES, Composer, Sentence
from recordings import recording, teller

WORLDS = [
    ("alley", 0),
    ("alley", 2),
    ("ford.yaml", 1),
    ("small.yaml", 0),
    ("dog-team", 3),
    ("east-gate", 3),
    ("east-gate", 6),
]
LENGTHS = ("line", "paragraph", "full")


@pytest.mark.parametrize(("scenario", "world"), WORLDS)
def test_no_sentence_of_anybody_rests_on_what_was_not_perceived(scenario: str, world: int) -> None:
    tape, moves = recording(scenario, world), played(scenario, world)
    assert moves.ticks == tape.ticks
    by, sentences = teller(scenario, world), 0
    for i, person in enumerate(tape.names.people):
        if not any(moves.is_abroad(i, t) for t in range(moves.ticks)):
            continue
        for tone in TONES:
            for length in LENGTHS:
                account = by.tell(person, length=length, tone=tone)
                assert not list(faults(account, moves, Composer(tape, tone)))
                sentences += len(list(account.sentences))
    assert sentences > 10 * len(tape.names.people)


@pytest.mark.parametrize(("scenario", "world"), WORLDS)
def test_a_side_tells_only_what_one_of_it_perceived(scenario: str, world: int) -> None:
    tape, moves = recording(scenario, world), played(scenario, world)
    by = teller(scenario, world)
    for side in tape.names.sides:
        for tone in TONES:
            for length in LENGTHS:
                account = by.tell(side, length=length, tone=tone)
                assert not list(faults(account, moves, Composer(tape, tone)))


def test_the_check_finds_what_was_not_perceived() -> None:
    tape, moves = recording("east-gate", 3), played("east-gate", 3)
    account = teller("east-gate", 3).tell("temari")
    kankuro = tape.names.people.index("kankuro")
    stolen = list(account.sentences)
    caught = [s for s in stolen if any(ungrounded(s, moves, Composer(tape, "plain"), [kankuro]))]
    assert len(caught) > 0.8 * len(stolen)
    named = replace(stolen[0], text=f"{stolen[0].text} And Asuma laughed.")
    assert any("speaks of Asuma" in fault for fault in faults_of(named, moves, tape))


def faults_of(sentence: Sentence, moves: Moves, tape: Tape) -> list[str]:
    return list(ungrounded(sentence, moves, Composer(tape, "plain"), [tape.names.people.index(str(sentence.who))]))


@pytest.mark.parametrize(("scenario", "world"), WORLDS)
def test_the_truth_rests_on_rows_of_the_log_and_frames_of_the_world(scenario: str, world: int) -> None:
    tape = recording(scenario, world)
    rows = len(played(scenario, world).rows)
    for sentence in teller(scenario, world).tell("truth").sentences:
        assert sentence.rests
        for rest in sentence.rests:
            number = int(rest[1:]) if rest.startswith("e") else int(rest.split(":")[1])
            assert number < rows if rest.startswith("e") else number <= tape.ticks


def test_only_the_truth_knows_how_it_ended() -> None:
    tape = recording("east-gate", 3)
    by, ending = teller("east-gate", 3), "it was carried off"
    assert any(ending in s.text.lower() for s in by.tell("truth").sentences)
    for voice in (*tape.names.people, *tape.names.sides):
        assert not any(ending in s.text.lower() for s in by.tell(voice).sentences)


@pytest.mark.parametrize(("scenario", "world"), [("alley", 2), ("ford.yaml", 1), ("east-gate", 3)])
def test_what_a_person_did_not_perceive_makes_no_difference_to_the_account(scenario: str, world: int) -> None:
    tape, moves = recording(scenario, world), played(scenario, world)
    for who, person in enumerate(tape.names.people):
        blind = Teller(blinded(tape, moves, who))
        for length in LENGTHS:
            assert blind.tell(person, length=length) == teller(scenario, world).tell(person, length=length)

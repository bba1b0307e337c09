"""Accounts as prose: the same every time, of the length asked for, varied, and without slips of grammar."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from rearguard.study.folder import RunError
from rearguard.study.witness import record
from rearguard.tell.story.account import LENGTHS, Account, Teller
from rearguard.tell.story.compose import TONES, template, words
from recordings import prepared, recording, teller

WORLDS = [("alley", 2), ("ford.yaml", 1), ("small.yaml", 0), ("east-gate", 3)]

SLIPS = [
    *[r"\bNone\b", r"[{}~_]", r"  ", r" [,.;:]", r"\.\.", r",,|;;|,;|; ;", r"\b(\w+) \1\b", r", and,"],
    *[
        r"\bthey was\b",
        r"\b(he|she|it) were\b",
        r"\b(an|the) (an|the)\b",
        r"\b(no|zero) (seconds|minutes|metres|times)\b",
    ],
    *[r"(?<!-)\bone (leaps|marks|times|way marks)\b"],
]


def voices(scenario: str, world: int) -> list[str]:
    names = recording(scenario, world).names
    return [*names.people, *names.sides, "truth"]


def told(scenario: str, world: int, voice: str, **how: str) -> Account | None:
    try:
        return teller(scenario, world).tell(voice, **how)
    except RunError as error:
        assert "never entered" in str(error)
        return None


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize(("scenario", "world"), WORLDS)
def test_no_slips_of_grammar(scenario: str, world: int, tone: str) -> None:
    by = teller(scenario, world)
    for voice in voices(scenario, world):
        for length in LENGTHS:
            account = by.tell(voice, length=length, tone=tone)
            for sentence in account.sentences:
                assert re.match(r"[A-Z0-9]", sentence.text), sentence.text
                assert sentence.text.endswith("."), sentence.text
                assert not [slip for slip in SLIPS if re.search(slip, sentence.text)], sentence.text


def test_an_account_is_the_same_every_time_and_another_in_another_world() -> None:
    program, loaded = prepared("alley")
    one, same, other = (Teller(record(program, loaded, w, 0)).tell("anna") for w in (2, 2, 3))
    assert one == same
    assert [s.text for s in one.sentences] != [s.text for s in other.sentences]


@pytest.mark.parametrize(("scenario", "world"), WORLDS)
def test_lengths(scenario: str, world: int) -> None:
    for voice in voices(scenario, world):
        line, paragraph, full = (told(scenario, world, voice, length=length) for length in LENGTHS)
        assert line is not None and paragraph is not None and full is not None
        assert len(list(line.sentences)) == 1
        assert 2 <= len(list(paragraph.sentences)) <= 12
        assert len(list(full.sentences)) >= len(list(paragraph.sentences)) - 1
        assert all(section.title for section in full.sections)


def test_a_full_account_is_cut_into_titled_sections_in_order_of_time() -> None:
    account = teller("east-gate", 3).tell("sasuke")
    titles = [section.title for section in account.sections]
    assert len(titles) >= 4 and len(set(titles)) == len(titles)
    times = [sentence.time for sentence in account.sentences]
    assert times == sorted(times)
    assert times[-1] > 0.95 * account.ended
    assert all(1 <= len(list(p)) <= 10 for section in account.sections for p in section.paragraphs)


def test_neighbouring_sentences_do_not_begin_alike_all_the_time() -> None:
    account = teller("east-gate", 3).tell("temari")
    starts = [" ".join(s.text.split()[:2]) for s in account.sentences]
    assert max(Counter(starts).values()) <= 0.25 * len(starts)
    assert len({s.text for s in account.sentences}) == len(starts)


def test_a_world_without_an_end_says_so() -> None:
    program, loaded = prepared("ford.yaml", "time.limit=4 s")
    tape = record(program, loaded, 0, 0)
    assert tape.outcome == -1
    last = list(Teller(tape).tell("truth").sentences)[-1]
    assert last.text == "Nothing was decided when time ran out."
    for voice in (*tape.names.sides, "truth"):
        (line,) = Teller(tape).tell(voice, length="line").sentences
        assert not [slip for slip in SLIPS if re.search(slip, line.text)], line.text


def test_two_people_tell_two_stories_of_one_world() -> None:
    by = teller("east-gate", 3)
    one, other = ({s.text for s in by.tell(voice).sentences} for voice in ("sasuke", "sylvie"))
    assert len(one & other) == 0


def test_tones_tell_the_same_moments_in_other_words() -> None:
    by = teller("east-gate", 3)
    accounts = [by.tell("temari", tone=tone) for tone in TONES]
    assert len({tuple(dict.fromkeys(r for s in a.sentences for r in s.rests)) for a in accounts}) == 1
    assert len({tuple(s.text for s in a.sentences) for a in accounts}) == len(TONES)


def test_titles_and_pronouns_come_from_the_scenario() -> None:
    account = teller("alley", 2).tell("anna")
    text = " ".join(s.text for s in account.sentences)
    assert "Anna" in text and re.search(r"\b[Ss]he\b", text) and not re.search(r"\banna\b", text)


def test_every_tone_has_only_kinds_that_are_told_plainly_too() -> None:
    plain = words("plain")
    for tone in TONES:
        assert set(words(tone)) == set(plain)
        kinds = set(plain) - {"titles", "clauses", "close", "line", "from"}
        assert all(isinstance(words(tone)[kind], list) and words(tone)[kind] for kind in kinds)


def test_a_voice_that_is_none_is_refused_with_the_nearest_right_thing() -> None:
    by = teller("alley", 2)
    for asked, near in (
        ("ana", "anna"),
        ("thugz", "thugs"),
        ("truh", "truth"),
        ("chest", "payload"),
        ("thug", "thug_1"),
    ):
        with pytest.raises(RunError, match=near):
            by.tell(asked)


def test_errors_of_belief_are_told_by_the_one_who_found_out_and_by_the_truth() -> None:
    by = teller("east-gate", 3)
    sasuke = [s for s in by.tell("sasuke").sentences if any(r.startswith("believes:") for r in s.rests)]
    assert any(any(r.startswith("sees:") for r in s.rests) for s in sasuke)


@pytest.mark.parametrize("tone", TONES)
def test_every_variant_can_be_read_and_leaves_its_verb_to_the_subject(tone: str) -> None:
    for kind, variants in words(tone).items():
        parts = variants.values() if isinstance(variants, dict) else [variants]
        for part in parts:
            for text in [part] if isinstance(part, str) else part:
                assert template(text), kind
                assert not re.search(r"\{\{ he \}\} (was|were)\b", text), text


@pytest.mark.parametrize(("scenario", "world"), WORLDS)
def test_blows_are_not_told_again_by_the_one_who_took_them(scenario: str, world: int) -> None:
    for side in (*recording(scenario, world).names.sides, "truth"):
        told_of: list[set[str]] = []
        for sentence in teller(scenario, world).tell(side).sentences:
            rows = {rest for rest in sentence.rests if rest.startswith("e")}
            whole = re.search(r"\b(fought|busy|attack|attacked|set upon)\b", sentence.text)
            if len(rows) > 2 and not whole and rows not in told_of:
                told_of.append(rows)
        for k, rows in enumerate(told_of):
            assert all(len(rows & other) < 0.8 * min(len(rows), len(other)) for other in told_of[:k])


def test_a_sentence_of_the_fate_does_not_name_the_quarry_twice() -> None:
    for world in (3, 6):
        by = teller("east-gate", world)
        for voice in recording("east-gate", world).names.people:
            try:
                last = by.tell(voice).sections[-1].paragraphs[-1][-2:]
            except RunError:
                continue
            assert sum(s.text.lower().count("the cocoon") for s in last if s.time == last[-1].time) <= 1

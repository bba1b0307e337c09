"""What must hold of a scenario's problems: one for each thing wrong, at its place, with what would have been right."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from rearguard.scenario import source
from rearguard.scenario.errors import Problem, ScenarioError, clean, did_you_mean
from rearguard.scenario.load import load_scenario
from scenario_text import BASE, changed, load, only, problems, spot


def place(problem: Problem) -> tuple[int, int]:
    return problem.line, problem.column


def caret(problem: Problem) -> str:
    """What the caret underlines."""
    shown, mark = str(problem).splitlines()[1:3]
    return shown[mark.index("^") : mark.rindex("^") + 1]


def test_the_right_scenario_loads_without_a_word(tmp_path):
    assert load(tmp_path, BASE).warnings == ()


# --- (what is replaced, by what, code, what the caret points at, what it stands behind, words of message, of the hint)
ONE_MISTAKE = {
    "unknown key": ("mass: 60 kg", "mas: 60 kg", "RG010", "mas", "body: {", "unknown key 'mas'", "'mass'"),
    "unknown key at the top": ("time:", "tiem:", "RG010", "tiem", "", "unknown key 'tiem'", "'time'"),
    "unknown key in the map": ("  legend:", "  legnd:", "RG010", "legnd", "", "unknown key 'legnd'", "'legend'"),
    "unknown key in a legend": ("ground: brush,", "grund: brush,", "RG010", "grund", "", "unknown key", "'ground'"),
    "typo in a doctrine": ("doctrine: chase", "doctrine: chas", "RG020", "chas", "doctrine: ", "doctrine 'chas'", "'chase'"),
    "typo in a place": ("at: b", "at: bb", "RG020", "bb", "at: ", "place 'bb'", "'b'"),
    "typo in an order": ("order: pursue", "order: persue", "RG020", "persue", "", "order 'persue'", "'pursue'"),
    "typo in an input": ("input: always", "input: alwys", "RG020", "alwys", "", "input 'alwys'", "'always'"),
    "typo in a target": ("target: chest", "target: chst", "RG020", "chst", "", "target 'chst'", "'chest'"),
    "typo in a choice": ("choice: stays", "choice: stay", "RG020", "stay", "choice: ", "choice 'stay'", "'stays'"),
    "typo in a goal": ("to: d,", "to: dd,", "RG020", "dd", "to: ", "'dd' does not exist", "'d'"),
    "typo in an acquaintance": ("knows: [bo]", "knows: [bob]", "RG020", "bob", "", "'bob' does not exist", "'bo'"),
    "undefined technique": ("techniques: [gust]", "techniques: [gale]", "RG020", "gale", "", "technique 'gale'", "gust"),
    "wrong dimension": ("sprint: 8 m/s", "sprint: 8 kg", "RG012", "8 kg", "", "is a mass", "m/s"),
    "no unit": ("sprint: 8 m/s", "sprint: 8", "RG012", "8", "sprint: ", "has no unit", "m/s"),
    "minutes or hours": ("lasts: 60 s", "lasts: 1:30", "RG012", "1:30", "", "minutes or hours", "1 min 30 s"),
    "negative mass": ("mass: 60 kg", "mass: -60 kg", "RG012", "-60 kg", "", "too small", "above 0 kg"),
    "infinite": ("mass: 60 kg", "mass: .inf kg", "RG012", ".inf kg", "", "'.inf kg'", "42 kg"),
    "missing key": ("    side: away\n", "", "RG011", "cy", "doctrine: run\n  ", "'side' is missing", "Whose side"),
    "list for text": ("side: away", "side: [away]", "RG012", "[away]", "", "found a list, where text", None),
    "text for a mapping": ("body: {mass: 60 kg, sprint: 8 m/s}", "body: big", "RG012", "big", "", "where a mapping", None),
    "nothing for a mapping": ("time: {tick: 0.1 s, limit: 5 min}", "time:", "RG012", "", "time:", "found nothing", None),
    "truth for text": ("side: away", "side: true", "RG012", "true", "", "found true, where text", "quotes"),
    "wrong word": ("effect: push", "effect: pusch", "RG012", "pusch", "", "'pusch'", "'push'"),
    "wrong pace": ("pace: sprint", "pace: sprnt", "RG012", "sprnt", "", "'sprnt'", "'sprint'"),
    "negative pace": ("pace: sprint", "pace: -2", "RG012", "-2", "", "too small", None),
    "wrong kind of place": ("at: b", "at: 7", "RG012", "7", "at: ", "where text or a list must stand", None),
    "wrong kind of map": ("rearguard: 1", "rearguard: 2", "RG012", "2", "", "format 2", "rearguard: 1"),
    "no number": ("count: 3", "count: many", "RG012", "many", "", "whole number", None),
    "ten thousand people": ("count: 3", "count: 10000", "RG012", "10000", "", "10,000 is too large", "crowds"),
    "impossible tick": ("tick: 0.1 s", "tick: 2 s", "RG012", "2 s", "", "a tick of 2 s", "0.5 s"),
    "tick above the limit": ("limit: 5 min", "limit: 0.05 s", "RG021", "0.05 s", "", "shorter than a tick", None),
    "endless world": ("limit: 5 min", "limit: 3 h", "RG012", "3 h", "", "too long", "6000 s"),
    "bad name": ("  run:\n", "  Run Away:\n", "RG012", "Run Away", "", "cannot be a name", "small letters"),
    "outside the map": ("at: [6 , 3]", "at: [60, 3]", "RG031", "[60, 3]", "", "outside the map", "[48, 10]"),
    "no position at all": ("at: [6 , 3]", "at: [.nan, 3]", "RG031", "[.nan, 3]", "", "outside the map", None),
    "half a position": ("at: [6 , 3]", "at: [6]", "RG012", "[6]", "", "two numbers, found 1", "[x, y]"),
    "inside a wall": ("at: [6 , 3]", "at: [39, 3]", "RG031", "[39, 3]", "", "there is wall", "nearest free ground"),
    "unreachable goal": ("to: b,", "to: c,", "RG031", "c", "hold, to: ", "by 'cy', who starts at 'b'", "leaps"),
    "unknown ground": ("o: rubble", "o: rubbel", "RG030", "rubbel", "", "'rubbel'", "'rubble'"),
    "unknown ground in a block": ("ground: brush", "ground: brsh", "RG030", "brsh", "", "'brsh'", "'brush'"),
    "unknown sign in a drawing": ("#.A...B..", "#.A...B.?", "RG030", "?", "", "does not know '?'", "known are"),
    "ragged drawing": ("#......D....", "#......D...", "RG030", "", "#......D..........#...#", "has 23 cells", "1 too few"),
    "missing map": (BASE[BASE.index("map:") : BASE.index("time:")], "map: no.tmx\n", "RG030", "no.tmx", "", "no map 'no.tmx'", None),
    "a side with nobody": ("contact(away, ", "contact(awya, ", "RG020", "awya", "", "'awya' does not exist", "'away'"),
    "a choice of nobody": ("{side: away, of", "{side: afar, of", "RG020", "afar", "", "side 'afar' does not exist", "away"),
    "choice of a stranger": ("cy_1, cy_2]", "cy_1, ana]", "RG020", "ana", "of: [", "'ana' is nobody of side 'away'", None),
    "default not offered": ("default: nobody", "default: cy_3", "RG020", "cy_3", "", "'cy_3'", "cy_"),
    "carriers apart": ("at: [6 , 3]", "at: [20, 3]", "RG021", "bo", "carriers: [ana, ", "start 15 m apart", "within 5 m"),
    "carriers of two sides": ("carriers: [ana, bo]", "carriers: [ana, cy_1]", "RG021", "cy_1", "carriers", "different sides", None),
    "unknown carrier": ("carriers: [ana, bo]", "carriers: [ana, cy]", "RG020", "cy", "carriers", "person 'cy'", "'cy_1'"),
    "last stage ends": ("{name: open}", "{name: open, lasts: 5 s}", "RG021", "5 s", "name: open", "does not end", "leave"),
    "stage never ends": ("{name: shut, lasts: 60 s}", "{name: shut}", "RG021", "shut", "", "never ends", "lasts: 60 s"),
    "stage twice": ("{name: open}", "{name: shut, lasts: 1 s}\n      - {name: open}", "RG021", "shut", "lasts: 60 s}\n      - {name: ", "stands twice", None),
    "sprint below critical": ("sprint: 8 m/s", "sprint: 3 m/s", "RG021", "3 m/s", "", "below critical speed", None),
    "a group as a target": ("target: chest", "target: cy", "RG021", "cy", "target: ", "a group of 3", "'cy_1'"),
    "neither order nor use": ("order: hold, ", "", "RG021", "{to: b", "", "this is neither", "orders"),
    "no place to flee to": ("order: flee, to: d,", "order: flee,", "RG021", "flee", "", "needs a place", "to: "),
    "factor of nothing": ("techniques.gust.impulse", "techniques.gust.impuls", "RG020", "techniques", "path: ", "no quantity", "'impulse'"),
    "factor of a word": ("techniques.gust.impulse", "techniques.gust.effect", "RG020", "techniques", "path: ", "no quantity", None),
    "factor of another kind": ("100 N s, 600 N s", "100 m, 600 N s", "RG012", "100 m", "", "is a length", "N s"),
    "factor upside down": ("100 N s, 600 N s", "600 N s, 100 N s", "RG021", "[600", "", "600 to 100", "low to high"),
    "factor out of range": ("100 N s, 600 N s", "-5 N s, 600 N s", "RG021", "[-5", "", "leaves what may", "0 to inf"),
    "contact among friends": ("contact(away, chest)", "contact(home, chest)", "RG021", "contact", "", "of one side", "contact(away"),
    "no such stage": ("is open", "is opn", "RG020", "opn", "", "stage 'opn'", "'open'"),
    "no such payload": ("stage(chest)", "stage(chst)", "RG020", "chst", "", "payload 'chst'", "'chest'"),
    "no such condition": ("stage(chest)", "stag(chest)", "RG012", "stag", "opened: {when: ", "'stag'", "'stage'"),
    "ends at once": ("is open", "is shut", "RG021", "shut", "chest) is ", "from the start", "'open'"),
    "doctrine that is like itself": ("  run:\n", "  run:\n    like: run\n", "RG021", "run", "like: ", "circle: run → run", None),
    "doctrine without options": ("  chase:\n", "  idle: {}\n  chase:\n", "RG021", "idle", "", "no options", "options"),
    "leader of oneself": ("    knows: [bo]\n", "    leader: ana\n", "RG021", "ana", "leader: ", "nobody leads", None),
    "technique twice": ("techniques: [gust]", "techniques: [gust, gust]", "RG021", "gust", "[gust, ", "stands twice", None),
    "name of a person and a side": ("  bo:\n", "  away:\n", "RG021", "away", "doctrine: run\n", "names more than one", None),
    "chosen without a choice": ("input: chosen, choice: stays", "input: chosen", "RG021", "chosen", "", "which choice", "stays"),
    "curve without slope": ("low: 9, high: 4", "low: 9, high: 9", "RG021", "9", "low: ", "starts and ends at 9", None),
}  # fmt: skip


@pytest.mark.parametrize("case", ONE_MISTAKE, ids=lambda case: case.replace(" ", "-"))
def test_a_mistake_is_told_once_at_its_place_with_what_is_right(tmp_path, case):
    old, new, code, needle, after, words, hint = ONE_MISTAKE[case]
    text = changed((old, new))
    if case == "name of a person and a side":
        text = text.replace("carriers: [ana, bo]", "carriers: [ana]").replace("knows: [bo]", "knows: []")
    if case == "outside the map":
        text = text.replace("carriers: [ana, bo]", "carriers: [ana]")
    found = [p for p in problems(tmp_path, text) if p.severity == "error"]
    found = [p for p in found if place(p) == spot(text, needle, after)] or found
    problem = found[0]
    assert (problem.code, place(problem)) == (code, spot(text, needle, after)), str(problem)
    assert words in problem.message
    assert hint is None or hint in str(problem.hint) + problem.message
    assert problem.source == text.splitlines()[problem.line - 1]
    assert not needle or caret(problem).startswith(needle[: len(caret(problem))])


ALONE = [
    case
    for case in ONE_MISTAKE
    # far away, a carrier is also apart; an unknown option of a choice is also no default, and so on
    if case not in ("outside the map", "no position at all", "inside a wall", "bad name", "leader of oneself")
]


@pytest.mark.parametrize("case", ALONE, ids=lambda case: case.replace(" ", "-"))
def test_one_mistake_gives_one_problem(tmp_path, case):
    old, new, *_ = ONE_MISTAKE[case]
    text = changed((old, new))
    if case == "name of a person and a side":
        text = text.replace("carriers: [ana, bo]", "carriers: [ana]").replace("knows: [bo]", "knows: []")
    errors = [p for p in problems(tmp_path, text) if p.severity == "error"]
    assert len(errors) == 1, "\n".join(map(str, errors))


def test_all_problems_of_a_file_are_told_at_once_in_its_order(tmp_path):
    text = changed(
        ("o: rubble", "o: rubbel"),
        ("mass: 60 kg", "mass: -60 kg"),
        ("doctrine: chase", "doctrine: chas"),
        ("lasts: 60 s", "last: 60 s"),
        ("effect: push", "effect: pusch"),
        ("order: pursue", "order: persue"),
        ("is open", "is opn"),
    )
    expected = [
        ("RG030", *spot(text, "rubbel")),
        ("RG012", *spot(text, "-60 kg")),
        ("RG020", *spot(text, "chas\n")),
        ("RG010", *spot(text, "last: ")),
        ("RG012", *spot(text, "pusch")),
        ("RG020", *spot(text, "persue")),
        ("RG020", *spot(text, "opn")),
    ]
    assert [(p.code, p.line, p.column) for p in problems(tmp_path, text)] == expected


def test_a_block_that_cannot_be_read_is_not_missed_elsewhere(tmp_path):
    text = changed(("    side: home\n    at: a\n", "    at: a\n"), ("order: pursue", "order: persue"))
    assert [p.code for p in problems(tmp_path, text)] == ["RG011", "RG020"]


def test_a_misspelt_key_is_not_also_reported_as_missing(tmp_path):
    text = changed(("side: away", "sied: away"))
    assert only(tmp_path, text).hint == "did you mean 'side'?"


@pytest.mark.parametrize(
    ("block", "needle", "words"),
    [
        ("map: {ascii: |-4\n", None, "RG002"),
        ("map: {tiled: a.tmx, metres_per_tiel: 2 m}\n", "metres_per_tiel", "'metres_per_tile'"),
        ("map: {asci: '...'}\n", "asci", "'ascii'"),
        ("map: {metres_per_tile: 2 m}\n", "map", "'tiled' is missing"),
        ("map: {ascii: '...', tild: 3}\n", "tild", "unknown key 'tild'"),
        ("map: 5\n", "5", "text or {tiled: FILE} or {ascii: DRAWING}"),
        ("map: [a]\n", "[a]", "text or {tiled: FILE} or {ascii: DRAWING}"),
        ("map:\n", "", "found nothing"),
    ],
)
def test_a_wrong_map_gives_one_problem_about_the_map_that_was_meant(tmp_path, block, needle, words):
    text = changed((BASE[BASE.index("map:") : BASE.index("time:")], block))
    problem = only(tmp_path, text)
    assert words in str(problem)
    if needle:
        assert place(problem) == spot(text, needle, "" if needle == "map" else "map:")


def test_many_people_are_refused_with_the_limit_and_what_was_found(tmp_path):
    more = "".join(f"  crowd{k}: {{side: away, at: b, count: 500, doctrine: chase}}\n" for k in range(20))
    text = changed(("payloads:\n", more + "payloads:\n"))
    problem = only(tmp_path, text)
    assert place(problem) == spot(text, "500")
    assert "10,005 people and 1 payload" in problem.message
    assert "63" in problem.message


def test_a_person_carries_one_payload(tmp_path):
    more = "  sack: {carriers: [bo], stages: [{name: full}]}\n"
    text = changed(
        ("techniques:\n  gust", f"{more}techniques:\n  gust"), ("ends:", "deadline: stage(sack) is full\nends:")
    )
    problem = only(tmp_path, text)
    assert "'bo' already carries 'chest'" in problem.message
    assert place(problem) == spot(text, "bo", "sack: {carriers: [")


# --------------------------------------------------------------------------------------------------------- warnings


@pytest.mark.parametrize(
    ("old", "new", "needle", "words"),
    [
        ("mass: 60 kg", "mass: 'normal(60, 25) kg'", "'normal(60, 25) kg'", "draws below 0 will be cut"),
        ("cost: 10", "cost: 10, heads: 2", "heads", "no meaning for the effect 'push'"),
        ("impulse: 300 N s, ", "impulse: 0 N s, ", "gust:", "does nothing"),
        ("count: 3", "count: 3\n    spacing: uniform(1, 3) m", "uniform", "the same in every world"),
        ("count: 3", "count: 3\n    start: 20 min", "20 min", "after the limit"),
        ("techniques: [gust]", "techniques: []", "gust, target", "nobody who follows 'run'"),
        ("[100 N s", "[400 N s", "[400 N s", "lies outside the range"),
        ("is open}", "is open}\n  late: {when: time > 10 min}", "10 min", "never holds"),
    ],
)
def test_what_is_odd_is_a_warning_and_does_not_fail(tmp_path, old, new, needle, words):
    text = changed((old, new))
    if needle == "gust:":
        text = text.replace("[100 N s", "[0 N s")
    warning = next(iter(load(tmp_path, text).warnings))
    assert words in warning.message
    assert (warning.severity, place(warning)) == ("warning", spot(text, needle))
    assert "warning: " in str(warning)


# ------------------------------------------------------------------------------------------------- files of every kind


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", "RG001", "the file is empty"),
        (b" \n\n\t", "RG001", "the file is empty"),
        (b"# only a comment\n", "RG002", "this is no scenario"),
        (b"\x00\x01\x02\xff\xfe", "RG001", "binary"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "RG001", "binary"),
        ("rearguard: 1\n".encode("utf-16"), "RG001", "UTF-16"),
        (b"name: caf\xe9\n", "RG001", "not UTF-8"),
        (b"just some words\n", "RG002", "this is no scenario"),
        (b"- a\n- b\n", "RG002", "this is no scenario"),
        (b"name: [a\nmap: b\n", "RG002", "not YAML"),
        (b"name: a: b\n", "RG002", "not YAML"),
        (b"\tname: a\n", "RG002", "not YAML"),
        (b"name: 'a\n", "RG002", "not YAML"),
        (b"name: *nobody\n", "RG002", "undefined alias"),
        (b"a: 1\n---\nb: 2\n", "RG002", "second document"),
        (b"a: !!python/object:os.system x\n", "RG002", "tag"),
        (b"a: !secret x\n", "RG002", "tag"),
        (b'a: "\\e[31mred"\n', "RG002", "control characters"),
        (b'a: "\\ud800"\n', "RG002", "control characters"),
        (b"a: \x1b[31mred\n", "RG002", "control character"),
        (b"? [a]\n: b\n", "RG002", "plain word"),
        (b"a: " + b"[" * 5000 + b"]" * 5000, "RG002", "deeper than 40 levels"),
        (b"- " * 5000, "RG002", "deeper than 40 levels"),
        (b"".join(b" " * k + b"a:\n" for k in range(300)), "RG002", "deeper than 40 levels"),
        (b"a: &a [*a]\n", "RG002", "deeper than 40 levels"),
        (b"a: &a\n  <<: *a\n  b: 1\n", "RG002", "`<<` takes a mapping"),
        (b"{" * 3000, "RG002", "not YAML"),
        (b"a: " + b"!" * 30_000, "RG002", "lines up to 20,000 are read"),
    ],
)
def test_what_is_no_scenario_is_refused_in_words(tmp_path, content, code, words):
    file = tmp_path / "odd.yaml"
    file.write_bytes(content)
    with pytest.raises(ScenarioError) as caught:
        load_scenario(file)
    assert caught.value.problems[0].code == code
    assert words in str(caught.value)
    assert not any(c in str(caught.value) for c in "\x1b\x00\ud800")


def test_a_file_of_fifty_megabytes_is_refused_unread_with_the_limit(tmp_path, monkeypatch):
    file = tmp_path / "large.yaml"
    with file.open("wb") as stream:
        stream.truncate(50_000_000)
    monkeypatch.setattr(Path, "open", lambda *_a, **_k: pytest.fail("the file was opened"))
    with pytest.raises(ScenarioError, match=r"50\.0 MB; scenario files are read up to 4 MB"):
        load_scenario(file)


def test_a_file_of_too_many_values_is_refused(tmp_path, monkeypatch):
    assert source.MOST_NODES == 50_000
    monkeypatch.setattr(source, "MOST_NODES", 2_000)
    problem = only(tmp_path, "".join(f"k{k}: 1\n" for k in range(2_100)))
    assert (problem.code, problem.line) == ("RG002", 2_000)
    assert "not YAML: a file of more than 2,000 values is not read" in problem.message


def test_aliases_cannot_blow_a_file_up(tmp_path):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 9)}]" for k in range(1, 12)]
    problem = only(tmp_path, "\n".join(lines))
    assert "more than 50,000 values" in problem.message


def test_a_key_that_stands_twice_is_refused_at_the_second(tmp_path):
    text = changed(("    doctrine: chase\n", "    doctrine: chase\n    at: c\n"))
    problem = only(tmp_path, text)
    assert (problem.code, place(problem)) == ("RG003", spot(text, "at: c"))
    assert f"first on line {spot(text, 'at: b')[0]}" in problem.message


def test_a_folder_a_missing_file_and_a_locked_one_are_refused(tmp_path):
    (tmp_path / "yard.yaml").write_text(BASE)
    with pytest.raises(ScenarioError, match="this is a folder"):
        load_scenario(tmp_path)
    with pytest.raises(ScenarioError, match=r"did you mean '.*yard\.yaml'\?"):
        load_scenario(tmp_path / "yrad.yaml")
    for name in ("no\0name", "x" * 5000, ""):
        with pytest.raises(ScenarioError, match="RG001"):
            load_scenario(name)
    if os.geteuid() != 0:
        (tmp_path / "yard.yaml").chmod(0)
        with pytest.raises(ScenarioError, match="cannot be read"):
            load_scenario(tmp_path / "yard.yaml")


# ------------------------------------------------------------------------------------------------------- how it looks


def test_a_problem_is_shown_with_its_line_a_caret_and_help():
    problem = Problem("RG012", "too small", "a.yaml", 3, 9, 4, "  mass: -5 kg", "above 0 kg")
    assert str(problem).splitlines() == [
        "a.yaml:3:9: RG012 too small",
        "    3 |   mass: -5 kg",
        "      |         ^^^^",
        "      = help: above 0 kg",
    ]


def test_a_very_long_line_is_cut_around_the_caret():
    line = "x" * 50_000 + "HERE" + "y" * 50_000
    shown, mark = str(Problem("RG012", "m", "f", 1, 50_001, 4, line)).splitlines()[1:]
    assert len(shown) < 130
    assert shown[mark.index("^") : mark.rindex("^") + 1] == "HERE"


def test_wide_characters_do_not_push_the_caret_away():
    shown, mark = str(Problem("RG012", "m", "f", 1, 9, 2, "title: 影分身", None)).splitlines()[1:]
    # terminals give each of these signs two columns
    assert len(mark) - len(mark.lstrip(" |")) == len("    1 | ") + len("title: 影") + 1
    assert mark.count("^") == 4
    assert shown.endswith("影分身")


def test_quoted_content_cannot_steer_the_terminal():
    problem = Problem("RG020", "no '\x1b[2J\u202e'", "f\x07", 1, 1, 1, "a\x1b]0;t\x07\tb", "did you mean '\x9b'?")
    assert not set(str(problem)) & set("\x1b\x07\x9b\t\u202e")
    assert len(clean("a\tb\x00")) == 4


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("sprnt", ["sprint", "mass"], "did you mean 'sprint'?"),
        ("Main-Street", ["main_street", "gate"], "did you mean 'main_street'?"),
        ("zzz", ["a", "b"], "there are a, b"),
        ("zzz", ["a"], "there is a"),
        ("zzz", [], "there is none to name"),
    ],
)
def test_a_hint_names_the_nearest_else_what_there_is(name, known, hint):
    assert did_you_mean(name, known) == hint


# ------------------------------------------------------------------------------------------------- whatever comes in

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FEW
@given(st.binary(max_size=400))
def test_no_bytes_raise_anything_else(tmp_path, content):
    file = tmp_path / "bytes.yaml"
    file.write_bytes(content)
    with pytest.raises(ScenarioError):
        load_scenario(file)


@FEW
@given(
    st.lists(
        st.sampled_from(
            [
                "a:",
                "b",
                "-",
                "[",
                "]",
                "{",
                "}",
                ",",
                "#",
                "&",
                "*",
                "!",
                "|",
                ">",
                "'",
                '"',
                "%",
                "@",
                "`",
                "?",
                "\n",
                "\t",
                ":",
                "<<",
                "---",
                "...",
                "\\",
                "é",
                "1",
                "~",
            ]
        ),
        max_size=40,
    )
)
def test_no_text_of_yaml_signs_raises_anything_else(tmp_path, tokens):
    file = tmp_path / "text.yaml"
    file.write_text("rearguard: 1\nname: a\n" + "".join(tokens), encoding="utf-8")
    with pytest.raises(ScenarioError):
        load_scenario(file)


LEAF = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from(["", "a", "3 m", "-1 s", "normal(1, 2) m/s", "contact(home, chest)", "1e400 s", "٣ m", "x" * 300]),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=8),
)
TREE = st.recursive(
    LEAF, lambda t: st.lists(t, max_size=3) | st.dictionaries(st.sampled_from(["a", "at", "side", "of"]) | st.text(max_size=3), t, max_size=3), max_leaves=6
)  # fmt: skip


def _paths(node, here=()):
    yield here
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from _paths(value, (*here, key))


RIGHT = YAML(typ="safe", pure=True).load(BASE)
PATHS = [p for p in _paths(RIGHT) if p]


@settings(FEW, max_examples=150)
@given(st.lists(st.tuples(st.sampled_from(PATHS), TREE), min_size=1, max_size=4))
def test_no_content_of_a_scenario_raises_anything_else(tmp_path, changes):
    import copy
    import json

    data = copy.deepcopy(RIGHT)
    for path, value in changes:
        node = data
        for part in path[:-1]:
            node = (
                node[part]
                if isinstance(node, dict) and part in node
                else node[part]
                if isinstance(node, list) and isinstance(part, int) and part < len(node)
                else {}
            )
        if isinstance(node, dict) or (isinstance(node, list) and isinstance(path[-1], int) and path[-1] < len(node)):
            node[path[-1]] = value
    file = tmp_path / "tree.yaml"
    file.write_text(json.dumps(data), encoding="utf-8")
    try:
        load_scenario(file)
    except ScenarioError as error:
        assert error.problems
        assert all(p.line >= 1 for p in error.problems)

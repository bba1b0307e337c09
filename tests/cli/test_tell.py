"""``rearguard tell``: what it prints, where, and with which exit code."""

from __future__ import annotations

from pathlib import Path

import rearguard
from answers import Ask

FORD = Path(__file__).parents[1] / "data" / "ford.yaml"


def test_an_account_goes_to_stdout(ask: Ask) -> None:
    answer = ask("tell", FORD, "--as", "guard")
    assert answer.code == 0
    assert answer.out.startswith("# Guard: ford, world 0\n\n## ")
    assert "]: report.html#t=0&pov=guard&world=0\n" in answer.out
    assert answer.out == ask("tell", FORD, "--as", "guard").out


def test_length_tone_format_world_and_seed(ask: Ask) -> None:
    line = ask(
        "tell", FORD, "--as", "home", "--length", "line", "--tone", "saga", "--world", "2", "--seed", "4", "--json"
    )
    data = line.data
    assert (data["as"], data["length"], data["tone"], data["world"], data["seed"]) == ("home", "line", "saga", 2, 4)
    assert len(data["sections"]) == 1
    page = ask("tell", FORD, "--as", "truth", "--format", "html").out
    assert page.startswith("<!doctype html>")


def test_with_the_swing_the_truth_rests_on_it(ask: Ask) -> None:
    told = {voice: ask("tell", FORD, "--as", voice, "--swing", "--json").data for voice in ("truth", "guard")}
    rests = {
        voice: {rest for section in data["sections"] for p in section["paragraphs"] for s in p for rest in s["rests"]}
        for voice, data in told.items()
    }
    assert "swing:0" in rests["truth"]
    assert not any(rest.startswith("swing:") for rest in rests["guard"])


def test_values_can_be_set(ask: Ask) -> None:
    named = ask("tell", FORD, "--as", "guard", "--set", "people.guard.title=The Guard", "--length", "line").out
    assert "the Guard" in named


def test_a_run_is_told_with_its_own_seed_and_its_typical_world(ask: Ask, tmp_path: Path) -> None:
    run = rearguard.run(FORD, worlds=6, seed=3, out=tmp_path / "run", overrides=["people.guard.title=Gwen"])
    data = ask("tell", tmp_path / "run", "--as", "guard", "--json").data
    assert (data["seed"], data["world"], data["title"]) == (3, run.typical_world, "Gwen")
    assert ask("tell", tmp_path / "run", "--as", "guard", "--world", "5", "--json").data["world"] == 5
    refused = ask("tell", tmp_path / "run", "--as", "guard", "--seed", "4")
    assert refused.code == 2
    assert "leave --seed and --set out" in refused.err


def test_a_run_whose_scenario_has_changed_is_refused(ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "ford.yaml"
    file.write_text(FORD.read_text(encoding="utf-8"), encoding="utf-8")
    rearguard.run(file, worlds=2, out=tmp_path / "run")
    file.write_text(FORD.read_text(encoding="utf-8").replace("sight: 12 m", "sight: 13 m"), encoding="utf-8")
    refused = ask("tell", tmp_path / "run", "--as", "guard")
    assert refused.code == 2
    assert "has changed since" in refused.err


def test_wrong_names_say_what_would_be_right(ask: Ask) -> None:
    refused = ask("tell", FORD, "--as", "gard")
    assert (refused.code, refused.out) == (2, "")
    assert "guard" in refused.err
    assert ask("tell", FORD, "--as", "guard", "--tone", "epic").code == 2
    assert ask("tell", FORD).code == 2


def test_the_package_offers_it() -> None:
    account = rearguard.tell_story(FORD, voice="truth", world=1, length="paragraph")
    assert account.voice == "truth"
    assert "tell_story" in rearguard.__all__

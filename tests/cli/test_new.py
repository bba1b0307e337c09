"""``rearguard new``: a scenario of one's own from every template."""

from __future__ import annotations

from pathlib import Path

import pytest

from answers import Ask
from rearguard.scenario.load import load_scenario
from rearguard.scenario.source import shipped
from rearguard.study.folder import RunError
from rearguard.templates import begin, check_name, template_file, templates


def test_every_shipped_scenario_and_a_blank_one_are_templates() -> None:
    assert list(templates()) == [*shipped(), "blank"]
    assert all(about.endswith((".", "?")) for about in templates().values())


@pytest.mark.parametrize("template", list(templates()))
def test_a_copy_is_the_template_under_its_new_name(template: str, tmp_path: Path) -> None:
    written = begin("my-own", template, tmp_path / "my-own")
    source = template_file(template)
    assert source is not None
    mine, theirs = load_scenario(tmp_path / "my-own"), load_scenario(source)
    assert [w.message for w in mine.warnings] == [w.message for w in theirs.warnings]
    assert mine.scenario.model_copy(update={"name": template}) == theirs.scenario
    assert mine.map.digest == theirs.map.digest
    assert mine.scenario.name == "my-own"
    assert sorted(written) == sorted(p.name for p in (tmp_path / "my-own").iterdir())
    for name in set(written) - {"scenario.yaml"}:
        assert (tmp_path / "my-own" / name).read_bytes() == (source.parent / name).read_bytes()


def test_the_commands_in_the_comments_name_the_copy(tmp_path: Path) -> None:
    begin("my-own", "alley", tmp_path / "my-own")
    text = (tmp_path / "my-own" / "scenario.yaml").read_text(encoding="utf-8")
    assert "#   rearguard run my-own\n" in text
    assert "rearguard run alley" not in text


def test_what_is_there_is_not_written_over_unless_forced(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    begin("mine", "blank", folder)  # an empty folder is as good as none
    own = folder / "notes.txt"
    own.write_text("keep", encoding="utf-8")
    (folder / "scenario.yaml").write_text("changed", encoding="utf-8")
    with pytest.raises(RunError, match="already and not empty.*--force"):
        begin("mine", "blank", folder)
    assert (folder / "scenario.yaml").read_text(encoding="utf-8") == "changed"
    begin("mine", "blank", folder, force=True)
    assert load_scenario(folder).scenario.name == "mine"
    assert own.read_text(encoding="utf-8") == "keep"


def test_a_file_in_the_way_is_said_also_when_forced(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("", encoding="utf-8")
    with pytest.raises(RunError, match="is a file"):
        begin("mine", "blank", tmp_path / "mine", force=True)


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("My Chase!", "such as my-chase"),
        ("", "small letters"),
        ("..", "small letters"),
        ("a/b", "such as a-b"),
        ("/tmp/x", "such as tmp-x"),
        ("-x", "such as x"),
        ("a_b", "such as a-b"),
        ("a\n", "such as a"),
        ("é", "small letters"),
        ("x" * 61, f"such as {'x' * 60}"),
    ],
)
def test_a_name_that_cannot_be_one_is_refused_with_one_that_can(name: str, better: str) -> None:
    with pytest.raises(RunError, match="cannot name a scenario") as caught:
        check_name(name)
    assert better in str(caught.value)
    assert "\n" not in str(caught.value)


# ------------------------------------------------------------------------------------------------------------- command


def test_new_says_what_it_made_and_what_to_do_next(ask: Ask, tmp_path: Path) -> None:
    made = ask("new", "my-chase")
    assert (made.code, made.out) == (0, "my-chase/ begun from alley: scenario.yaml\n")
    commands = [line.split("  ")[1] for line in made.err.splitlines()]
    assert commands == [
        "rearguard validate my-chase",
        "rearguard run my-chase -n 200",
        "rearguard replay my-chase --world 0",
    ]
    again = ask(*commands[0].split()[1:])
    assert again.code == 0
    assert again.out.startswith("my-chase is valid")


def test_list_names_every_template(ask: Ask) -> None:
    done = ask("new", "--list")
    assert done.code == 0
    assert [line.split()[0] for line in done.out.splitlines()] == list(templates())


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ([], "what shall it be called?"),
        (["Two Words"], "such as two-words"),
        (["mine", "--template", "aley"], "did you mean 'alley'?"),
        (["mine", "--template", "../alley"], "no template is called '../alley'"),
    ],
)
def test_what_cannot_be_done_is_exit_2_with_a_sentence(
    ask: Ask, tmp_path: Path, arguments: list[str], text: str
) -> None:
    done = ask("new", *arguments)
    assert (done.code, done.out) == (2, "")
    assert text in done.err
    assert list(tmp_path.iterdir()) == []

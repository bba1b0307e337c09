"""Accounts in the page: each is that of whoever's eyes they are, and its sentences lead to their times."""

from __future__ import annotations

from pathlib import Path

import pytest

from page_tabs import Opens
from pages import IMAGE, SCRIPT, STRANGER, strange_scenario
from rearguard.scenario.load import load_scenario
from rearguard.study.run import prepare_program
from rearguard.study.witness import record
from rearguard.tell.page import Page, default_against, page_of_worlds, write_page
from rearguard.tell.page_data import world_data
from rearguard.tell.page_pack import pack, unpack
from rearguard.tell.page_stories import tell_all
from rearguard.tell.story.account import Account, Teller
from rearguard.tell.story.formats import link

WORLDS = (3, 5)


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> tuple[Page, Path]:
    """Worlds of a scenario with a stranger, and with markup for names: the page and its file."""
    folder = tmp_path_factory.mktemp("account")
    loaded = load_scenario(strange_scenario(folder))
    page = page_of_worlds(loaded, prepare_program(loaded), 0, [(world, ()) for world in WORLDS])
    write_page(page, folder / "page.html")
    return page, folder / "page.html"


def told(page: Page, voice: str, world: int) -> Account:
    return Teller(record(page.program, page.loaded, world, page.seed)).tell(voice)


def test_a_page_carries_the_account_of_everybody_who_was_there(strange: tuple[Page, Path]) -> None:
    page, _ = strange
    names = page.program.compiled.names
    stories = unpack(pack(world_data(page.program.compiled, page.worlds[0])))["stories"]
    assert set(stories) == {"truth", *(f"side:{side}" for side in names.sides), *names.people}
    account = told(page, "porter", WORLDS[0])
    sentences = [s for section in stories["porter"] for paragraph in section["paragraphs"] for s in paragraph]
    assert [(t, text) for t, text in sentences] == [(s.time, s.text) for s in account.sentences]


def test_a_world_too_large_to_be_kept_while_it_is_told_has_none(strange: tuple[Page, Path]) -> None:
    page, _ = strange
    assert tell_all(page.loaded, page.program, 0, WORLDS[0], 10**7) is None


def test_a_sentence_leads_to_its_time(opens: Opens, strange: tuple[Page, Path]) -> None:
    page, file = strange
    tab = opens(file, "pov=porter")
    tab.page.get_by_role("tab", name="Account").click()
    last = list(told(page, "porter", WORLDS[0]).sentences)[-1]
    tab.page.locator(".account a").last.click()
    assert tab.time == pytest.approx(last.time)
    assert tab.page.locator(".account a").last.inner_text().strip() == last.text
    tab.drawn()
    tab.until("document.querySelector('.account a:last-child.now') !== null")
    assert "pov=porter" in tab.hash


def test_the_account_is_that_of_the_eyes_and_of_the_world(opens: Opens, strange: tuple[Page, Path]) -> None:
    page, file = strange
    tab = opens(file)
    tab.page.get_by_role("tab", name="Account").click()
    for world, key in ((WORLDS[0], "1"), (WORLDS[0], "0"), (WORLDS[1], "n")):
        tab.press(key)
        tab.drawn()
        voice = "porter" if key == "1" else "truth"
        assert (
            tab.page.locator(".account a").first.inner_text().strip() == next(told(page, voice, world).sentences).text
        )


def test_a_key_opens_the_account_and_the_sheet_of_keys_names_it(opens: Opens, strange: tuple[Page, Path]) -> None:
    tab = opens(strange[1])
    account = tab.page.locator(".account")
    tab.press("a")
    tab.drawn()
    assert account.is_visible()
    tab.press("?")
    tab.drawn()
    row = tab.page.locator("dialog dl div", has_text="account or events")
    assert row.locator("kbd").inner_text() == "A"
    tab.press("Escape", "a")
    tab.drawn()
    assert not account.is_visible()


def test_searching_from_the_account_leads_to_the_events(opens: Opens, strange: tuple[Page, Path]) -> None:
    tab = opens(strange[1])
    tab.press("a")
    tab.drawn()
    tab.press("/")
    tab.until("document.activeElement.id === 'search'")
    assert not tab.page.locator(".account").is_visible()


def test_the_key_does_nothing_in_a_world_without_an_account(
    opens: Opens, strange: tuple[Page, Path], tmp_path: Path
) -> None:
    page, _ = strange
    against = default_against(page.program)
    assert len(against) == 1
    write_page(page_of_worlds(page.loaded, page.program, 0, [(3, ())], against=against), tmp_path / "both.html")
    tab = opens(tmp_path / "both.html", "w=1")
    assert tab.page.get_by_role("tab", name="Account").count() == 0
    tab.press("a", "n")
    tab.drawn()
    assert tab.page.get_by_role("tab", name="Events").get_attribute("aria-selected") == "true"


@pytest.mark.parametrize("person", ["porter", "blocker", "runner_1", "runner_2"])
def test_the_account_names_no_stranger_and_no_name_is_markup(
    opens: Opens, strange: tuple[Page, Path], person: str
) -> None:
    page, file = strange
    tab = opens(file, f"pov={person}")
    tab.page.get_by_role("tab", name="Account").click()
    assert STRANGER not in tab.shown()
    assert tab.page.locator(".account a").count() == len(list(told(page, person, WORLDS[0]).sentences))
    tab.press("0")
    tab.drawn()
    text = tab.page.locator(".account").inner_text()
    assert IMAGE in text or SCRIPT in text
    assert tab.js("window.pwned === undefined && document.querySelector('img') === null")


def test_links_of_an_account_open_the_page_at_that_time_through_those_eyes(
    opens: Opens, strange: tuple[Page, Path]
) -> None:
    page, file = strange
    side = page.program.compiled.names.sides[0]
    for voice, pov in (("porter", "pov=porter"), (side, f"pov=side%3A{side}"), ("truth", "")):
        account = told(page, voice, WORLDS[1])
        sentence = list(account.sentences)[-1]
        name, _, state = link(account, sentence.time, file.name).partition("#")
        assert name == file.name
        tab = opens(file, state)
        assert tab.time == pytest.approx(sentence.time, abs=0.051)
        assert "w=1" in tab.hash
        assert pov in tab.hash
        assert ("pov=" in tab.hash) == bool(pov)


def test_a_link_to_a_world_that_the_page_lacks_says_so(opens: Opens, strange: tuple[Page, Path]) -> None:
    _, file = strange
    assert "World 999 is not in this page" in opens(file, "t=1&pov=porter&world=999").page.inner_text(".notes")
    assert "not in this page" not in opens(file, f"t=1&world={WORLDS[1]}").page.inner_text(".notes")

"""The page in a browser, from disk, with the network off."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from page_tabs import Opens
from pages import IMAGE, SCRIPT, SMALL, STRANGER, full_page, strange_scenario
from rearguard.study.ledger import ledger
from rearguard.study.plan import plan
from rearguard.study.run import run
from rearguard.study.swing import swing
from rearguard.tell.page import page_of_run, report, write_page
from rearguard.tell.watch import watch


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a small run, with a swing and a ledger."""
    folder = tmp_path_factory.mktemp("plain")
    result = run(SMALL, worlds=40, out=folder / "run")
    extra = [swing(SMALL, world=result.typical_world, step=10.0, most=128), ledger(SMALL, worlds=32)]
    path, warnings = report(result, extra=extra)
    assert warnings == []
    return path


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a plan and a ledger of a scenario with markup for names, as ``--report`` writes it."""
    folder = tmp_path_factory.mktemp("study")
    file = strange_scenario(folder)
    extra = [plan(file, side="foe", worlds=2 * 64), ledger(file, worlds=32)]
    return watch(file, extra=extra, out=folder / "study.html").path


@pytest.fixture(scope="session")
def strange(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a scenario with a stranger, and with markup for names."""
    folder = tmp_path_factory.mktemp("strange")
    return report(run(strange_scenario(folder), worlds=20, out=folder / "run"))[0]


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a hundred people for twenty minutes."""
    file = tmp_path_factory.mktemp("full") / "full.html"
    assert write_page(full_page(), file) == []
    return file


def test_opens_from_disk_without_a_request(opens: Opens, plain: Path) -> None:
    tab = opens(plain)
    assert tab.page.locator(".stage canvas").count() == 1
    assert tab.page.locator(".roster li").count() >= 4
    blank = tab.js(
        "(() => { const c = document.querySelector('.stage canvas'); const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
        " const seen = new Set(); for (let k = 0; k < d.length; k += 4004) seen.add(d[k] * 65536 + d[k + 1] * 256 + d[k + 2]); return seen.size; })()"
    )
    assert blank > 20, "the picture has been drawn"


def test_summary_reads_without_scripts(opens: Opens, plain: Path) -> None:
    tab = opens(plain, scripts=False)
    text = tab.page.inner_text("body")
    assert "caught" in text
    assert "95 % interval" in text
    assert "Worlds to watch" in text
    assert "Porter" in text


def test_buttons_move_in_time(opens: Opens, plain: Path) -> None:
    tab = opens(plain)

    def click(label: str) -> None:
        tab.page.get_by_role("button", name=label, exact=True).click()

    click("Tick on")
    click("Tick on")
    assert tab.time == pytest.approx(0.2)
    click("Tick back")
    assert tab.time == pytest.approx(0.1)
    click("Next event")
    assert tab.time > 0.1
    click("Event before")
    click("To the end")
    end = tab.time
    assert end > 1.0
    click("To the start")
    assert tab.time == 0.0
    for _ in range(8):
        click("Faster")
    assert "speed=32" in tab.hash
    for _ in range(8):
        click("Slower")
    assert "speed=0.25" in tab.hash
    tab.js("rearguard.seek(2)")
    click("Loop from here")
    tab.js("rearguard.seek(4)")
    click("Loop to here")
    assert "loop=2.0-4.0" in tab.hash
    click("No loop")
    assert "loop" not in tab.hash


def test_plays_to_the_end_and_stops(opens: Opens, plain: Path) -> None:
    tab = opens(plain, "speed=32")
    tab.page.get_by_role("button", name="Play", exact=True).click()
    tab.until("rearguard.time() > 5 && document.querySelector('.play').getAttribute('aria-label') === 'Play'")
    assert tab.time == pytest.approx(
        tab.js("Number(document.querySelector('.axis').getAttribute('aria-valuemax'))"), abs=0.1
    )


def test_loops_a_range(opens: Opens, plain: Path) -> None:
    tab = opens(plain, "t=1&loop=1.0-1.5&speed=4")
    tab.press("Space")
    tab.until("(window.wrapped = window.wrapped || rearguard.time() > 1.3) && rearguard.time() < 1.2")
    tab.press("Space")
    assert 1.0 <= tab.time <= 1.5


def test_every_key_does_something(opens: Opens, plain: Path) -> None:
    tab = opens(plain)
    tab.press("ArrowRight", "ArrowRight", "ArrowLeft")
    assert tab.time == pytest.approx(0.1)
    tab.press("Shift+ArrowRight")
    before = tab.time
    tab.press("Alt+ArrowRight")
    assert tab.time > before + 5.0
    tab.press("Alt+ArrowLeft", ".")
    end = tab.time
    tab.press(",")
    assert tab.time == 0.0 < end
    tab.press("v")
    assert "pov=side" in tab.hash
    tab.press("Shift+V", "1")
    assert "pov=porter" in tab.hash
    assert "follow=porter" in tab.hash
    tab.press("0", "f")
    assert "pov" not in tab.hash
    assert "follow" in tab.hash
    first = tab.hash
    tab.press("n")
    assert "w=1" in tab.hash != first
    tab.press("p", "c")
    assert "with=" in tab.hash
    tab.press("c", "]")
    assert "speed=2" in tab.hash
    tab.press("[", "d")
    assert "theme=dark" in tab.hash
    tab.press("l")
    assert "loop" in tab.hash
    high = tab.js("document.querySelector('.axis').clientHeight")
    tab.press("g")
    tab.drawn()
    assert tab.js("document.querySelector('.axis').clientHeight") < high
    tab.press("+", "-", "r", "ArrowUp", "ArrowDown")
    tab.press("t")
    assert "tab=report" in tab.hash
    tab.press("t", "a")
    assert tab.page.get_by_role("tab", name="Account").get_attribute("aria-selected") == "true"
    tab.press("a")
    assert tab.page.get_by_role("tab", name="Events").get_attribute("aria-selected") == "true"
    tab.press("?")
    tab.drawn()
    assert tab.page.get_by_role("dialog").is_visible()
    tab.press("Escape", "/")
    assert tab.js("document.activeElement.id") == "search"


def test_address_brings_the_same_back(opens: Opens, plain: Path) -> None:
    state = "w=1&t=6.5&pov=runner_1&follow=runner_1&speed=4&loop=5.0-8.0&theme=dark"
    tab = opens(plain, state)
    assert tab.hash == state
    assert tab.js("document.documentElement.dataset.theme") == "dark"
    tab.js("location.hash = 't=3.0&pov=nobody-of-that-name&w=99&speed=7&loop=9-2&follow=nobody'")
    tab.until("rearguard.time() === 3")
    assert tab.hash == "t=3.0", "what makes no sense is left out"


def test_search_and_seek_by_event(opens: Opens, plain: Path) -> None:
    tab = opens(plain)
    rows = tab.page.locator(".events li button")
    before = rows.count()
    tab.page.fill("#search", "sight")
    tab.until(f"document.querySelectorAll('.events li button').length < {before}")
    assert rows.count() > 0
    rows.last.click()
    assert tab.time > 0.0
    tab.page.fill("#search", "no such thing")
    assert tab.page.locator(".events .none").inner_text() == "nothing found"


def test_scrubs_on_the_axis(opens: Opens, plain: Path) -> None:
    tab = opens(plain)
    box = tab.page.locator(".axis").bounding_box()
    tab.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 30)
    tab.page.mouse.down()
    middle = tab.time
    tab.page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 30)
    tab.page.mouse.up()
    assert 0.0 < middle < tab.time


def test_follows_whom_is_clicked_and_zooms(opens: Opens, plain: Path) -> None:
    tab = opens(plain)
    tab.page.locator(".roster button", has_text="Porter").click()
    assert "follow=porter" in tab.hash
    tab.page.mouse.move(300, 300)
    tab.page.mouse.wheel(0, -400)
    tab.page.get_by_role("button", name="Zoom in").click()
    tab.page.get_by_role("button", name="Frame by itself").click()
    tab.drawn()


def test_two_worlds_part(opens: Opens, plain: Path) -> None:
    tab = opens(plain, "with=1")
    assert tab.page.locator(".stage canvas").count() == 2
    assert tab.page.locator(".axis .parting").is_visible()


def test_report_has_every_chart(opens: Opens, plain: Path) -> None:
    tab = opens(plain, "tab=report")
    titles = tab.page.locator(".report h2").all_inner_texts()
    assert titles == [
        "How worlds end", "Time to contact", "Slack", "Gap", "Swing", "Seconds bought", "What each person spent", "Worlds to watch",
        "Where this comes from",
    ]  # fmt: skip
    assert tab.page.locator(".report .uplot").count() == 3
    tab.page.locator(".watch button").last.click()
    assert tab.page.locator(".stage canvas").count() == 1


def test_swing_stands_under_the_axis(opens: Opens, plain: Path) -> None:
    tab = opens(plain)
    rows = "document.querySelector('.axis').getAttribute('aria-description')"
    assert "swing" in tab.js(rows)
    assert "in sight" not in tab.js(rows)
    tab.press("1")
    tab.drawn()
    assert "swing" not in tab.js(rows), "nobody in the world knows the odds"
    assert "in sight" in tab.js(rows)


def test_the_answer_of_a_study_opens_first_with_its_numbers(opens: Opens, study: Path) -> None:
    tab = opens(study)
    assert "tab" not in tab.hash
    assert tab.page.locator(".report h2").all_inner_texts() == ["Which plan", "Seconds bought", "Worlds to watch"]
    bars = tab.page.locator("[data-study=plan] .answer-bars tr")
    assert bars.count() == 2
    for name in ("hermit", "nobody"):
        row = bars.filter(has_text=name)
        assert "%" in row.locator(".value").inner_text()
        width = row.locator(".bars u").evaluate("node => node.getBoundingClientRect().width")
        assert width > 2.0, "the interval is drawn"
    assert tab.page.locator("[data-study=plan] .said").inner_text().startswith("'")
    tab.page.locator(".watch button").first.click()
    assert "tab=replay" in tab.hash
    assert tab.page.locator(".stage canvas").count() == 1
    assert "tab=report" not in opens(study, "tab=report").hash


def test_names_in_an_answer_are_never_markup(opens: Opens, study: Path) -> None:
    tab = opens(study)
    assert SCRIPT in tab.page.locator("[data-study=ledger]").inner_text()
    assert tab.js("window.pwned === undefined && document.querySelector('img') === null")


def test_an_answer_reads_without_scripts(opens: Opens, study: Path) -> None:
    with_scripts = opens(study).page.locator("[data-study=plan] .value").first.inner_text()
    text = opens(study, scripts=False).page.inner_text("#summary")
    assert with_scripts.split(" ")[0] in text
    assert "Which plan" in text
    assert SCRIPT in text


def test_an_answer_fits_a_phone(opens: Opens, study: Path) -> None:
    tab = opens(study, width=360, height=740)
    assert tab.js("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("person", ["porter", "blocker", "runner_1", "runner_2"])
def test_nobody_sees_a_stranger(opens: Opens, strange: Path, person: str) -> None:
    tab = opens(strange, f"pov={person}&follow=hermit")
    end = float(tab.js("document.querySelector('.axis').getAttribute('aria-valuemax')"))
    for t in np.linspace(0.0, end, 6):
        tab.js(f"rearguard.seek({t})")
        tab.drawn()
        text = tab.shown() + tab.js("JSON.stringify(rearguard.knowledge())")
        assert STRANGER not in text
        assert "hermit" not in text
    tab.page.fill("#search", "hermit")
    assert tab.page.locator(".events li button").count() == 0
    tab.press("Escape", "0")
    tab.drawn()
    assert STRANGER in tab.shown(), "the truth does know"


def test_person_knows_only_what_the_engine_says_it_knew(opens: Opens, strange: Path) -> None:
    tab = opens(strange, "pov=runner_1")
    held = tab.js(
        "rearguard.knowledge().bodies.filter(b => !b.own).map(b => [b.name, b.levels.reserve === undefined, b.states.order === undefined])"
    )
    assert held
    assert all(hidden and secret for _, hidden, secret in held)


def test_names_are_never_markup(opens: Opens, strange: Path) -> None:
    tab = opens(strange)
    assert IMAGE in tab.page.locator(".roster").inner_text()
    assert SCRIPT in tab.page.locator(".roster").inner_text()
    tab.press("t")
    assert IMAGE in tab.page.locator(".report").inner_text()
    assert tab.js("window.pwned === undefined && document.querySelector('img') === null")


def test_markup_in_the_summary_is_text(opens: Opens, strange: Path) -> None:
    tab = opens(strange, scripts=False)
    text = tab.page.inner_text("#summary")
    assert IMAGE in text
    assert SCRIPT in text
    assert tab.page.locator("#summary img").count() == 0


def test_fits_a_phone(opens: Opens, plain: Path) -> None:
    for state in ("", "tab=report"):
        tab = opens(plain, state, width=360, height=740, has_touch=True, color_scheme="dark", reduced_motion="reduce")
        assert tab.js("document.documentElement.scrollWidth <= window.innerWidth")
        assert tab.js("document.documentElement.dataset.theme") == "dark"


def test_every_control_has_a_name(opens: Opens, plain: Path) -> None:
    tab = opens(plain)
    tab.press("v", "v")
    tab.page.locator(".chip").click()
    nameless = tab.js(
        "[...document.querySelectorAll('button, select, input, [role=slider], canvas:not([aria-hidden])')]"
        ".filter(n => !(n.ariaLabel || n.innerText.trim() || n.title)).map(n => n.outerHTML)"
    )
    assert nameless == []


def test_hundred_people_for_twenty_minutes(opens: Opens, full: Path) -> None:
    tab = opens(full)
    assert tab.js("rearguard.knowledge().bodies.length") == 101
    frames = tab.js("rearguard.frameTimes.length")
    for t in np.linspace(0.0, 1200.0, 12):
        tab.js(f"rearguard.seek({t})")
        tab.drawn()
    assert tab.js("rearguard.frameTimes.length") >= frames + 11
    tab.press("5")
    tab.drawn()
    assert "pov=runner_4" in tab.hash


def test_a_full_page_opens_and_scrubs_with_little_work(opens: Opens, full: Path) -> None:
    """Measured are 2 s and 8 ms on two busy cores (``bench/page.py``); a page ten times slower must not pass."""
    tab = opens(full)
    ready = tab.js("performance.getEntriesByName('ready')[0].startTime")
    for press in ("", "5"):
        if press:
            tab.press(press)
        tab.js("rearguard.frameTimes.length = 0")
        for t in np.linspace(0.0, 1200.0, 20):
            tab.js(f"rearguard.seek({t})")
            tab.drawn()
        assert np.median(tab.js("rearguard.frameTimes")) < 60.0, "milliseconds of script in a frame"
    assert ready < 15_000.0, "milliseconds from opening to the first picture"


def test_page_of_a_run_shows_worlds_that_are_asked_for(tmp_path: Path) -> None:
    page = page_of_run(run(SMALL, worlds=10, out=tmp_path / "run"), worlds=[7])
    assert page.worlds[0].recording.world == 7
    assert "asked for" in page.worlds[0].tags


def test_a_link_may_name_a_world_by_its_number(opens: Opens, plain: Path) -> None:
    worlds = opens(plain).js("rearguard.worlds()")
    assert len(worlds) > 1
    tab = opens(plain, f"t=2&pov=porter&world={worlds[1]}")
    assert "w=1" in tab.hash
    assert "pov=porter" in tab.hash
    assert "w=" not in opens(plain, "t=2&world=999999").hash

"""A browser for the page: whichever Chromium is found, offline, with every request that is not the page itself refused."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from chromium import NoChromium, chromium
from rearguard.tell import page as pages


@pytest.fixture(scope="session", autouse=True)
def built() -> None:
    """The page must have been built."""
    try:
        pages.assets()
    except pages.PageError as error:
        pytest.skip(f"the page's tests are left out: {error}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Whichever Chromium is found."""
    with contextlib.ExitStack() as stack:
        try:
            found = stack.enter_context(chromium())
        except NoChromium as error:
            pytest.skip(f"the page's tests are left out: {error}")
        yield found


@dataclass
class Tab:
    """An open page, with what went wrong in it so far."""

    page: Any
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def js(self, text: str) -> Any:
        """Value of an expression."""
        return self.page.evaluate(text)

    @property
    def time(self) -> float:
        """Time that is shown [s]."""
        return float(self.js("rearguard.time()"))

    @property
    def hash(self) -> str:
        """The state as the address has it."""
        return str(self.js("rearguard.hash()"))

    def press(self, *keys: str) -> None:
        """Press keys, one after another."""
        for key in keys:
            self.page.keyboard.press(key)

    def drawn(self) -> None:
        """Wait for two frames."""
        self.js("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def until(self, expression: str) -> None:
        """Let frames go by until an expression holds (the page's policy keeps Playwright's own way of waiting out)."""
        for _ in range(900):
            if self.js(expression):
                return
            self.drawn()
        raise AssertionError(f"never came true: {expression}")

    def shown(self) -> str:
        """Everything in the document but its data: what anybody could read on this page."""
        return str(
            self.js(
                "(() => { const copy = document.documentElement.cloneNode(true);"
                " copy.querySelectorAll('script, style').forEach((node) => node.remove());"
                " return copy.outerHTML + document.title + location.hash + rearguard.hash(); })()"
            )
        )


Opens = Callable[..., Tab]


@pytest.fixture
def opens(browser: Any) -> Iterator[Opens]:
    """``opens(file, hash)``: the page over file://, offline; at the end there must have been no error and no request."""
    tabs: list[tuple[Any, Tab]] = []

    def open_page(
        file: Path, state: str = "", *, width: int = 1280, height: int = 800, scripts: bool = True, **options: Any
    ) -> Tab:
        context = browser.new_context(
            viewport={"width": width, "height": height}, offline=True, java_script_enabled=scripts, **options
        )
        tab = Tab(context.new_page())
        url = file.as_uri()

        def judge(route: Any) -> None:
            if route.request.url.split("#")[0] == url:
                route.continue_()
            else:
                route.abort()

        context.route("**/*", judge)
        tab.page.on("console", lambda message: message.type in ("error", "warning") and tab.errors.append(message.text))
        tab.page.on("pageerror", lambda error: tab.errors.append(str(error)))
        tab.page.on("dialog", lambda dialog: (tab.errors.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        tab.page.on("request", lambda r: r.url.split("#")[0] != url and tab.requests.append(r.url))
        tab.page.goto(f"{url}#{state}" if state else url)
        if scripts:
            tab.page.wait_for_selector("html[data-ready]")
            tab.drawn()
        tabs.append((context, tab))
        return tab

    yield open_page
    for context, tab in tabs:
        context.close()
        assert tab.errors == []
        assert tab.requests == []

"""What other studies give to a page: the swing under the time axis of its first world, the ledger in its report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rearguard.study.ledger_result import Ledger
    from rearguard.study.swing import Swing
    from rearguard.tell.page import Page

MOST_ROWS = 24
"""Acts of a ledger that a page lists."""


def swing_data(swing: Swing) -> dict[str, Any]:
    """A swing as the viewer draws it."""
    data = swing.to_dict()
    jumps = [
        {"time": jump["time"], "change": jump["change"], "because": "; ".join(jump["because"])}
        for jump in data["jumps"]
    ]
    return {name: data[name] for name in ("world", "times", "chance", "low", "high")} | {"jumps": jumps}


def ledger_data(ledger: Ledger) -> dict[str, Any]:
    """A ledger as the viewer lists it."""
    data = ledger.to_dict()
    rows = [
        {
            "who": entry["side"],
            "what": entry["title"],
            "seconds": entry["seconds"]["value"],
            "low": entry["seconds"]["low"],
            "high": entry["seconds"]["high"],
        }
        for entry in data["entries"][:MOST_ROWS]
        if entry["seconds"]["value"] is not None
    ]
    note = f"for the side that acts, over {data['worlds']:,} worlds with and without each act; {data['interval']}"
    return {"rows": rows, "note": note}


def with_studies(page: Page, *, swing: bool, ledger: bool, say: Callable[[str], None] | None) -> Page:
    """``page`` with the studies that were asked for. Raises RunError where there is no payload to be reached."""
    extra, worlds = dict(page.extra), list(page.worlds)
    if swing:
        from rearguard.study.swing import swing as ask
        from rearguard.tell.page_stories import tell_all

        first = worlds[0].recording
        found = ask(page.loaded, world=first.world, seed=page.seed, say=say)
        extra["swing"] = swing_data(found)
        told = tell_all(page.loaded, page.program, page.seed, first.world, first.ticks, swing=found)
        worlds[0] = replace(worlds[0], stories=told)
    if ledger:
        from rearguard.study.ledger import ledger as book

        extra["ledger"] = ledger_data(book(page.loaded, seed=page.seed, say=say))
    return replace(page, extra=extra, worlds=worlds)

"""What studies give to a page: their answers for its report, and the swing of a world for the strip under its time axis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rearguard.scenario.load import LoadedScenario
    from rearguard.study.swing import Swing
    from rearguard.tell.answer_blocks import Answer
    from rearguard.tell.page import Page


def swing_data(swing: Swing) -> dict[str, Any]:
    """A swing as the viewer draws it under the time axis."""
    data = swing.to_dict()
    jumps = [
        {"time": jump["time"], "change": jump["change"], "because": "; ".join(jump["because"])}
        for jump in data["jumps"]
    ]
    return {name: data[name] for name in ("world", "times", "chance", "low", "high")} | {"jumps": jumps}


def swings_of(results: Sequence[object]) -> list[dict[str, Any]]:
    """Every swing among results, as the viewer draws it."""
    if not results:
        return []
    from rearguard.study.swing import Swing

    return [swing_data(result) for result in results if isinstance(result, Swing)]


def swings_by_world(results: Sequence[object], loaded: LoadedScenario, seed: int) -> dict[int, Swing]:
    """The swings among results that are of these worlds, for their accounts."""
    if not results:
        return {}
    from rearguard.study.swing import Swing

    of = (loaded.scenario.name, seed, tuple(loaded.overrides))
    return {r.world: r for r in results if isinstance(r, Swing) and (r.scenario, r.seed, r.overrides) == of}


def answers_of(results: Sequence[object]) -> list[Answer]:
    """The answers of results, in their order. Raises TypeError for what no study returns."""
    if not results:
        return []
    from rearguard.tell.answers import answer_of

    return [answer_of(result) for result in results]


def with_studies(page: Page, *, swing: bool, ledger: bool, say: Callable[[str], None] | None) -> Page:
    """``page`` with the studies that were asked for. Raises RunError where there is no payload to be reached."""
    extra, worlds = list(page.extra), list(page.worlds)
    if swing:
        from rearguard.study.swing import swing as ask
        from rearguard.tell.page_stories import tell_all

        first = worlds[0].recording
        found = ask(page.loaded, world=first.world, seed=page.seed, say=say)
        extra.append(found)
        told = tell_all(page.loaded, page.program, page.seed, first.world, first.ticks, swing=found)
        worlds[0] = replace(worlds[0], stories=told)
    if ledger:
        from rearguard.study.ledger import ledger as book

        extra.append(book(page.loaded, seed=page.seed, say=say))
    return replace(page, extra=extra, worlds=worlds)

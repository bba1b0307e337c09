"""Accounts for a page: each shown world as the truth, every side and every person tell it, each under its own eyes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rearguard.study.folder import RunError

if TYPE_CHECKING:
    from rearguard.engine import Program
    from rearguard.scenario.load import LoadedScenario
    from rearguard.study.swing import Swing

LARGEST = 10_000_000
"""Beliefs of a world (ticks × people × entities) above which a page carries no accounts of it: they are kept while it is told."""

Stories = dict[str, list[dict[str, Any]]]


def tell_all(
    loaded: LoadedScenario, program: Program, seed: int, world: int, ticks: int, *, swing: Swing | None = None
) -> Stories | None:
    """Accounts of a world by whose eyes they go with, as the address of the page names them; None for one too large.

    An account is a list of sections: ``title`` and ``paragraphs``, lists of sentences as [time [s], text]. Whoever never
    entered the world has none.
    """
    from rearguard.study.witness import record
    from rearguard.tell.story.account import TRUTH, Teller
    from rearguard.tell.story.formats import eyes

    names = program.compiled.names
    if ticks * len(names.people) * len(names.entities) > LARGEST:
        return None
    teller = Teller(record(program, loaded, world, seed))
    told: Stories = {}
    for voice in (TRUTH, *names.sides, *names.people):
        try:
            account = teller.tell(voice, swing=swing)
        except RunError:  # never entered
            continue
        told[eyes(account)] = [
            {"title": section.title, "paragraphs": [[[s.time, s.text] for s in p] for p in section.paragraphs]}
            for section in account.sections
        ]
    return told

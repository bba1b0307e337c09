"""When a person changed its mind in a world, for what, against what, and what had changed since the decision before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rearguard.study.course import Course, Scene, Step, follow, open_scene
from rearguard.study.folder import RunError
from rearguard.study.reasoning import Channel, Consideration, Option, weigh_channel
from rearguard.study.turning import ORDER, USE

if TYPE_CHECKING:
    from rearguard.scenario.load import LoadedScenario

LEAST_SHIFT = 0.005
"""Change of a response that counts as a reason."""


@dataclass(frozen=True)
class Shift:
    """What had changed since the decision before.

    kind: ``first`` decision; ``freed`` or ``hindered``: an option can be taken up now, or not any more; ``target``: it is
    about somebody else; ``input``: a consideration's response moved; ``none`` of these. option: which option. note: who or
    why, in words. input, of, unit: what moved, from ``before`` to ``after`` [SI], and its response with it.
    """

    kind: str
    option: Option | None = None
    note: str | None = None
    input: str | None = None
    of: str | None = None
    unit: str = ""
    before: float | None = None
    after: float | None = None
    response_before: float | None = None
    response_after: float | None = None


@dataclass(frozen=True)
class Change:
    """A decision that changed something: an order taken up or turned to somebody else, or a technique begun.

    taken: the winning option, None: no order was worth anything. runner_up: the best of the others, None: there was none.
    """

    time: float
    kind: str
    taken: Option | None
    runner_up: Option | None
    shift: Shift


@dataclass(frozen=True)
class Changes:
    """All changes of mind of a person in a world. decisions: how many it made. ended: when the world ended [s]."""

    scenario: str
    world: int
    seed: int
    overrides: tuple[str, ...]
    person: str
    title: str
    doctrine: str
    decisions: int
    ended: float
    outcome: str | None
    changes: list[Change]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for ``--json``."""
        data: dict[str, Any] = {"schema_version": 1, **asdict(self)}
        for change in data["changes"]:
            for key in ("taken", "runner_up"):
                change[key] = _brief(change[key])
            change["shift"]["option"] = _brief(change["shift"]["option"])
        return data


def _brief(option: dict[str, Any] | None) -> dict[str, Any] | None:
    keys = ("number", "kind", "what", "target", "place", "score", "value")
    return None if option is None else {key: option[key] for key in keys}


def changes(
    scenario: str | Path | LoadedScenario,
    *,
    world: int,
    who: str,
    seed: int = 0,
    overrides: Sequence[str] = (),
    say: Callable[[str], None] | None = None,
) -> Changes:
    """When ``who`` changed its mind in a world. Raises RunError and ScenarioError as ``why`` does."""
    scene = open_scene(scenario, who=who, world=world, seed=seed, overrides=overrides, say=say)
    course = follow(scene, 2**31 - 1)
    if not course.steps:
        raise RunError(f"{scene.person} never decides anything in world {world}")
    return Changes(
        scenario=scene.loaded.scenario.name,
        world=world,
        seed=seed,
        overrides=scene.loaded.overrides,
        person=scene.person,
        title=scene.names.titles[scene.agent],
        doctrine=scene.doctrine_name,
        decisions=len(course.steps),
        ended=scene.time_of(course.ticks),
        outcome=scene.names.outcomes[course.outcome] if course.outcome >= 0 else None,
        changes=_changes(scene, course),
    )


def _changes(scene: Scene, course: Course) -> list[Change]:
    """Steps that changed something, each explained beside the step before it."""
    wanted: list[tuple[Step | None, Step]] = []
    before: Step | None = None
    for step in course.steps:
        if before is None or not step.goes_on_from(before) or step.technique >= 0:
            wanted.append((before, step))
        before = step
    ticks = sorted({step.tick for pair in wanted for step in pair if step is not None})
    weighed = _weigh_at(scene, ticks)
    found = []
    for earlier, step in wanted:
        now = weighed[step.tick]
        then = weighed[earlier.tick] if earlier is not None else None
        if earlier is None or not step.goes_on_from(earlier):
            found.append(_change(scene, step.tick, ORDER, now, then))
        if step.technique >= 0:
            found.append(_change(scene, step.tick, USE, now, then))
    return found


def _weigh_at(scene: Scene, ticks: list[int]) -> dict[int, tuple[Channel, Channel]]:
    """Both channels at each of these ticks, in one course of the world."""
    world, at = scene.begin(), 0
    out = {}
    for tick in ticks:
        scene.explainer.program.advance(world, tick - at)
        at = tick
        moment = scene.explainer.explain(world, scene.agent)
        out[tick] = (
            weigh_channel(scene, moment, ORDER, turn=False),
            weigh_channel(scene, moment, USE, turn=False),
        )
    return out


def _change(
    scene: Scene, tick: int, channel: int, now: tuple[Channel, Channel], then: tuple[Channel, Channel] | None
) -> Change:
    current = now[channel]
    return Change(
        time=scene.time_of(tick),
        kind="order" if channel == ORDER else "technique",
        taken=current.option(current.winner),
        runner_up=current.option(current.runner_up),
        shift=find_shift(current, then[channel] if then is not None else None),
    )


def find_shift(now: Channel, then: Channel | None) -> Shift:
    """What made the difference between two decisions in a row: what moved most, for the new option or against the old."""
    if then is None:
        return Shift("first")
    new, old = now.option(now.winner), now.option(then.winner)
    new_then, old_then = then.option(now.winner), then.option(then.winner)
    if new is not None and new_then is not None and not new_then.possible:
        return Shift("freed", new, new_then.why_not)
    if old is not None and not old.possible:
        return Shift("hindered", old, old.why_not)
    if new is not None and new_then is not None and new.number == then.winner and new.target != new_then.target:
        return Shift("target", new, new.target)
    moves: list[tuple[float, Shift]] = []
    for option, earlier, sign in ((new, new_then, 1.0), (old, old_then, -1.0)):
        if option is not None and earlier is not None and (sign > 0.0 or option is not new):
            for after, before in zip(option.considerations, earlier.considerations, strict=True):
                moves.append((sign * (after.response - before.response), _moved(option, before, after)))
    move = max(moves, key=lambda pair: pair[0], default=None)
    if move is None or move[0] < LEAST_SHIFT:
        return Shift("none", new)
    return move[1]


def _moved(option: Option, before: Consideration, after: Consideration) -> Shift:
    return Shift(
        kind="input",
        option=option,
        note=None if after.of == before.of else f"{before.of} before",
        input=after.input,
        of=after.of,
        unit=after.unit,
        before=before.value,
        after=after.value,
        response_before=before.response,
        response_after=after.response,
    )

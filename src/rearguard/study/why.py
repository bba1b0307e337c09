"""Why a person did what it did: goal, knowledge, body, and every option with its reasons, at one decision."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rearguard.study.condition import Body, Known, read_beliefs, read_body
from rearguard.study.course import Course, Scene, follow, open_scene, parse_time
from rearguard.study.folder import RunError
from rearguard.study.reasoning import Channel, Option, weigh_channel
from rearguard.study.turning import ORDER, USE

if TYPE_CHECKING:
    from rearguard.scenario.load import LoadedScenario


@dataclass(frozen=True)
class Goal:
    """What the person is after.

    order, target, place: None: nothing. since: when this order with this target began [s]. kept: it was the order in force
    already. begins, against: the technique begun at this decision, and whom it goes against.
    """

    order: str | None
    target: str | None
    place: str | None
    pace: float | None
    option: int | None
    since: float
    kept: bool
    begins: str | None
    against: str | None


@dataclass(frozen=True)
class Why:
    """One decision, explained.

    asked: the time asked for; time: when the decision was made, the last at or before [s]. decides_every: [s]. meanwhile:
    what befell the person between the two, where it was not on the feet.
    """

    scenario: str
    world: int
    seed: int
    overrides: tuple[str, ...]
    person: str
    title: str
    doctrine: str
    asked: float
    time: float
    decides_every: float
    meanwhile: str | None
    goal: Goal
    body: Body
    knows: list[Known]
    orders: Channel
    techniques: Channel

    @property
    def options(self) -> list[Option]:
        """All options, in the order of the doctrine."""
        return sorted([*self.orders.options, *self.techniques.options], key=lambda o: o.number)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for ``--json``; without the truth where it was left out."""
        data = {"schema_version": 1, **asdict(self)}
        for known in data["knows"]:
            if known["truth"] is None:
                del known["truth"]
        return data


def why(
    scenario: str | Path | LoadedScenario,
    *,
    world: int,
    who: str,
    at: str | float,
    seed: int = 0,
    overrides: Sequence[str] = (),
    truth: bool = True,
    say: Callable[[str], None] | None = None,
) -> Why:
    """Explain the last decision of ``who`` at or before ``at`` ([s], or text such as ``1:05.5``) in a world.

    truth: also say where everybody really is. Raises RunError where there is nothing to explain, ScenarioError for a
    scenario that cannot be played.
    """
    asked = parse_time(at)
    scene = open_scene(scenario, who=who, world=world, seed=seed, overrides=overrides, say=say)
    return explain_at(scene, asked, truth=truth)


def explain_at(scene: Scene, asked: float, *, truth: bool = True) -> Why:
    """Explain the last decision at or before a time [s]."""
    from rearguard.engine.world import Mode

    tick = int(asked / scene.dt + 1.0e-4)
    course = follow(scene, tick + 1)
    check_time(scene, course, asked, tick)
    step = course.steps[-1]
    moment = scene.explain(step.tick)
    orders, techniques = weigh_channel(scene, moment, ORDER), weigh_channel(scene, moment, USE)
    since = step.tick
    for earlier in reversed(course.steps):
        if earlier.what != step.what:
            break
        since = earlier.tick
    mode = Mode(course.modes[-1])
    order, use = orders.option(orders.winner), techniques.option(techniques.winner)
    return Why(
        scenario=scene.loaded.scenario.name,
        world=scene.world,
        seed=scene.seed,
        overrides=scene.loaded.overrides,
        person=scene.person,
        title=scene.names.titles[scene.agent],
        doctrine=scene.doctrine_name,
        asked=asked,
        time=scene.time_of(step.tick),
        decides_every=scene.decides_every,
        meanwhile=None if mode == Mode.feet else mode.name,
        goal=Goal(
            order=order.what if order else None,
            target=order.target if order else None,
            place=order.place if order else None,
            pace=order.pace if order else None,
            option=orders.winner,
            since=scene.time_of(since),
            kept=since < step.tick,
            begins=use.what if use else None,
            against=use.target if use else None,
        ),
        body=read_body(scene, moment),
        knows=read_beliefs(scene, moment, truth=truth),
        orders=orders,
        techniques=techniques,
    )


def check_time(scene: Scene, course: Course, asked: float, tick: int) -> None:
    """Raise RunError where the person decides nothing at a time."""
    from rearguard.engine.world import Mode

    names, world = scene.names, scene.world
    who = scene.person
    if course.ticks <= tick and asked > scene.time_of(course.ticks) + 1.0e-6:
        end = f"world {world} ends at {scene.time_of(course.ticks):.1f} s"
        how = f" ({names.outcomes[course.outcome]})" if course.outcome >= 0 else " (its time limit)"
        raise RunError(f"{end}{how}; ask for a time up to then, found {asked:g} s")
    last = scene.time_of(course.steps[-1].tick) if course.steps else None
    mode = Mode(course.modes[-1])
    if mode == Mode.away or last is None:
        whole = follow(scene, 2**31 - 1)
        if not whole.steps:
            raise RunError(f"{who} never decides anything in world {world}")
        first = scene.time_of(whole.steps[0].tick)
        state = "is not here yet" if mode == Mode.away else "has decided nothing yet"
        raise RunError(f"at {asked:g} s {who} {state} in world {world}; the first decision is at {first:.1f} s")
    if mode == Mode.out:
        out = scene.time_of(course.modes.index(int(Mode.out)))
        raise RunError(f"{who} is out in world {world} since {out:.1f} s; the last decision was at {last:.1f} s")

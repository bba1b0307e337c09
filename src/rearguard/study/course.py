"""One person in one world: who is asked about, and what that person decided from tick to tick."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rearguard.scenario.errors import did_you_mean
from rearguard.scenario.units import DURATION, parse_quantity
from rearguard.study.folder import RunError
from rearguard.study.run import check_seed, prepare_program

if TYPE_CHECKING:
    from rearguard.engine.explain import Explainer, Moment
    from rearguard.scenario.compiled import Names
    from rearguard.scenario.load import LoadedScenario
    from rearguard.scenario.schema import Option

ROOM = 1 << 16
"""Events that a followed world can keep."""

_CLOCK = re.compile(r"(?:(\d+):)?(\d+):(\d\d(?:\.\d+)?)")


def parse_time(text: str | float) -> float:
    """Seconds from ``1:05.5``, ``0:01:05.5``, ``65 s``, ``1 min 5 s`` or a bare number of seconds; raises RunError."""
    clock = _CLOCK.fullmatch(str(text).strip())
    if clock is not None:
        hours, minutes, seconds = clock.groups()
        return 3600.0 * int(hours or 0) + 60.0 * int(minutes) + float(seconds)
    try:
        value = float(text)
    except ValueError:
        try:
            value = parse_quantity(str(text), DURATION).nominal
        except ValueError:
            raise RunError(f"'{text}' is not a time; write one such as 65 s, 1 min 5 s or 1:05.5") from None
    if not 0.0 <= value < 1.0e7:
        raise RunError(f"'{text}' is not a time of a world; worlds begin at 0 s")
    return value


def find_person(names: Names, asked: str) -> int:
    """Index of a person by name or title; raises RunError with the nearest right thing."""

    def plain(text: str) -> str:
        bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
        return re.sub(r"[\s-]+", "_", bare.strip().lower())

    wanted = plain(asked)
    for known in (names.people, names.titles):
        found = [i for i, name in enumerate(known) if plain(name) == wanted]
        if len(found) == 1:
            return found[0]
    members = [name for name, group in zip(names.people, names.groups, strict=True) if plain(group) == wanted]
    if members:
        raise RunError(f"'{asked}' is {len(members)} people: {members[0]} … {members[-1]}; ask for one of them")
    if asked in names.payloads:
        raise RunError(f"'{asked}' is a payload and decides nothing; ask for a person, such as {names.people[0]}")
    raise RunError(f"nobody is called '{asked}'; {did_you_mean(asked, names.people)}")


@dataclass(frozen=True)
class Scene:
    """One person of a scenario, ready to be asked in any world."""

    loaded: LoadedScenario
    explainer: Explainer
    seed: int
    world: int
    agent: int

    @property
    def names(self) -> Names:
        """Names of everything the engine knows by index."""
        names: Names = self.explainer.program.compiled.names
        return names

    @property
    def doctrine(self) -> dict[str, np.ndarray]:
        """The compiled tables of options and considerations."""
        tables: dict[str, np.ndarray] = self.explainer.program.compiled.arrays["doctrine"]
        return tables

    @property
    def dt(self) -> float:
        """Length of a tick [s]."""
        return float(self.explainer.program.compiled.arrays["dt"])

    @property
    def person(self) -> str:
        """The name of the person."""
        return self.names.people[self.agent]

    def time_of(self, tick: int) -> float:
        """Time at the beginning of a tick [s]."""
        return round(tick * self.dt, 6)

    @property
    def decides_every(self) -> float:
        """Time between two decisions of a person [s]."""
        return float(self.explainer.program.compiled.arrays["think_every"]) * self.dt

    @cached_property
    def doctrine_name(self) -> str:
        """The doctrine of the person."""
        from rearguard.scenario.check import expand_people

        return expand_people(self.loaded.scenario)[self.agent][1].doctrine

    @cached_property
    def options(self) -> list[Option]:
        """What the person may decide on, as it was written."""
        return self.loaded.scenario.options_of(self.doctrine_name)

    @property
    def first(self) -> int:
        """Index of the first of these options in the compiled tables."""
        return int(self.doctrine["first"][self.agent])

    def begin(self) -> Any:
        """The world at tick 0, with room for every event."""
        from rearguard.engine.begin import begin

        program = self.explainer.program
        roomy = replace(program.compiled, sizes={**program.compiled.sizes, "events": ROOM})
        return begin(roomy, self.seed, np.array([self.world], np.int64), program.device)

    def explain(self, tick: int) -> Moment:
        """What the person weighs at a tick."""
        world = self.begin()
        self.explainer.program.advance(world, tick)
        return self.explainer.explain(world, self.agent)


def open_scene(
    scenario: str | Path | LoadedScenario,
    *,
    who: str,
    world: int,
    seed: int = 0,
    overrides: Sequence[str] = (),
    say: Callable[[str], None] | None = None,
) -> Scene:
    """Load and compile; raises RunError for a person, world or seed that is none."""
    from rearguard.engine.explain import Explainer
    from rearguard.scenario.load import LoadedScenario, load_scenario

    if not 0 <= world < 2**32:
        raise RunError(f"the world must lie between 0 and 2^32 - 1, found {world}")
    check_seed(seed)
    loaded = scenario if isinstance(scenario, LoadedScenario) else load_scenario(scenario, overrides=overrides)
    program = prepare_program(loaded, "cpu", say)
    agent = find_person(program.compiled.names, who)
    explainer = Explainer(program)
    if say is not None and not explainer.is_compiled:
        say("compiling the kernels that explain decisions (once; cached after) …")
    return Scene(loaded, explainer, seed, world, agent)


@dataclass(frozen=True)
class Step:
    """One decision: when, and what came of it, as indices (-1: none)."""

    tick: int
    option: int
    order: int
    target: int
    technique: int  # begun at this tick
    technique_target: int
    is_about_target: bool  # False for orders such as hold, whose target changes nothing

    @property
    def what(self) -> tuple[int, int]:
        """The order, and whom it is about where that matters."""
        return self.order, self.target if self.is_about_target else -1

    def goes_on_from(self, before: Step) -> bool:
        """True when the decision before came to the same."""
        return (self.option, self.what) == (before.option, before.what)


@dataclass(frozen=True)
class Course:
    """What one person decided in one world, up to some tick.

    modes: the ``Mode`` of the person before each tick that was played. outcome: index of the end, -1: still open.
    """

    steps: list[Step]
    modes: list[int]
    outcome: int

    @property
    def ticks(self) -> int:
        """Ticks that were played."""
        return len(self.modes)


def follow(scene: Scene, ticks: int) -> Course:
    """Play the world for at most ``ticks`` ticks and keep what the person decided."""
    from rearguard.engine.doctrine import needs_target
    from rearguard.engine.events import Event

    world, i = scene.begin(), scene.agent
    # on the CPU these are views: they change as the world goes on
    tick, outcome = world.account.tick.numpy(), world.account.outcome.numpy()
    mind = {name: getattr(world.mind, name).numpy()[0] for name in ("decided", "option", "target")}
    mode = world.motion.mode.numpy()[0]
    rows, count = world.log.rows.numpy()[0], world.log.count.numpy()
    orders = np.append(scene.doctrine["order"], -1)
    steps: list[Step] = []
    modes: list[int] = []
    limit = min(ticks, int(scene.explainer.program.compiled.arrays["limit_ticks"]))
    while outcome[0] < 0 and tick[0] < limit:
        now, seen = int(tick[0]), int(count[0])
        modes.append(int(mode[i]))
        scene.explainer.program.advance(world, 1)
        if mind["decided"][i] == now:
            fresh = rows[seen : count[0]]
            begun = fresh[(fresh["kind"] == int(Event.windup)) & (fresh["actor"] == i)]
            technique, against = (int(begun[0]["item"]), int(begun[0]["target"])) if len(begun) else (-1, -1)
            option = int(mind["option"][i])
            order = int(orders[option])
            about = bool(needs_target(order))
            steps.append(Step(now, option, order, int(mind["target"][i]), technique, against, about))
    return Course(steps, modes, int(outcome[0]))

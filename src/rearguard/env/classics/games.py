"""Four games of pursuit whose answers are known, for checking what a learner has learned.

    play = rearguard.env.classics.games.two_cutters(num_envs=64)
    told = play.reset(seed=1)                        # float64 [worlds, players, 3]: x, y, heading
    told, done = play.step(play.best())              # headings [worlds, players]
    play.time, play.value                            # how long it took, and how long it takes when both play well

``best`` gives the optimal headings of both sides, ``value`` the capture time under optimal play from the start of each
world (inf: never, nan: not known in closed form). The evader wants that time long, the pursuers short.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import warp as wp

from rearguard.engine.arrays import allocate
from rearguard.env.actions import above_zero, whole
from rearguard.env.classics.game_rules import Chase, chase_on
from rearguard.env.rewards import EnvError

Floats = npt.NDArray[np.float64]


class Game:
    """Worlds of one game. Pursuers come first, the evader is last.

    start: rng and count → positions [worlds, players, 2] and headings [worlds, players]. best: positions and headings → the
    optimal headings. value: starting positions and headings → the time of capture under optimal play.
    """

    def __init__(
        self,
        num_envs: int,
        speeds: list[float],
        *,
        start: Callable[[np.random.Generator, int], tuple[Floats, Floats]],
        best: Callable[[Floats, Floats], Floats],
        value: Callable[[Floats, Floats], Floats],
        capture: float,
        turning: list[float] | None = None,
        arena: float = 0.0,
        dt: float = 0.005,
        step: float = 0.01,
        most_time: float = 60.0,
        device: str = "cpu",
    ) -> None:
        self.num_envs, self.players, self.device = whole("num_envs", num_envs, 1), len(speeds), device
        self._start, self._best, self._value = start, best, value
        self._state = allocate(Chase, {"worlds": num_envs, "players": self.players}, device)
        self._state.speed.assign(np.array(speeds, np.float64))
        self._state.turning.assign(np.array(turning or [0.0] * self.players, np.float64))
        self._state.capture, self._state.arena = capture, arena
        self._state.dt, self._state.substeps = dt, max(round(step / dt), 1)
        self._state.most_time = most_time
        self._wanted = wp.zeros((num_envs, self.players), dtype=wp.float64, device=device)
        self._told = wp.zeros((num_envs, self.players, 3), dtype=wp.float64, device=device)
        self.value: Floats = np.zeros(0)

    def reset(
        self, *, seed: int = 0, place: npt.ArrayLike | None = None, heading: npt.ArrayLike | None = None
    ) -> Floats:
        """Begin all worlds; the same seed gives the same worlds. Returns what is told.

        place, heading: where everybody begins [worlds, players, 2] or [players, 2] and toward what [rad, worlds, players] or
        [players], instead of what the seed draws. The value of a game is known where its docstring says so.
        """
        drawn_place, drawn_heading = self._start(np.random.default_rng(seed), self.num_envs)
        place = self._given("place", place, drawn_place)
        heading = self._given("heading", heading, drawn_heading)
        self._state.position.assign(place)
        self._state.heading.assign(heading)
        self._state.time.fill_(0.0)
        self._state.done.fill_(False)
        self.value = self._value(place, heading)
        self._told.assign(np.concatenate([place, heading[..., None]], -1))
        return self.told

    def _given(self, name: str, wanted: npt.ArrayLike | None, drawn: Floats) -> Floats:
        """What a user wants in the place of what was drawn; refused where it does not fit."""
        if wanted is None:
            return drawn
        array = np.asarray(wanted, float)
        if array.shape not in (drawn.shape, drawn.shape[1:]) or not np.isfinite(array).all():
            raise EnvError(f"{name} is not finite numbers of the shape {drawn.shape} or {drawn.shape[1:]}: {wanted}")
        return np.array(np.broadcast_to(array, drawn.shape))

    @property
    def told(self) -> Floats:
        """Place and heading of everybody, [worlds, players, 3]."""
        return np.asarray(self._told.numpy())

    @property
    def time(self) -> Floats:
        """Time that has passed in every world, until the capture."""
        return np.asarray(self._state.time.numpy())

    def best(self) -> Floats:
        """Optimal headings of everybody now, [worlds, players]."""
        return self._best(self.told[..., :2], self.told[..., 2])

    def step(self, headings: npt.NDArray[Any]) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """Run on toward ``headings`` [rad, worlds, players]; returns what is told and which worlds are over.

        A world is over when a pursuer has come within the capture radius, or after ``most_time``; it then stays as it is.
        """
        if not self.value.size:
            raise EnvError("no world has begun; call reset() first")
        wanted = np.asarray(headings, np.float64)
        if wanted.shape != self._wanted.shape or not np.isfinite(wanted).all():
            raise EnvError(f"headings are not finite numbers of the shape {self._wanted.shape}: {headings}")
        self._wanted.assign(wanted)
        inputs = [self._state, self._wanted, self._told]
        block = 1 if self.device == "cpu" else 64
        wp.launch(chase_on, dim=self.num_envs, inputs=inputs, device=self.device, record_tape=False, block_dim=block)
        return self.told, np.asarray(self._state.done.numpy())

    def play(self, choose: Callable[[Game], npt.NDArray[Any]] | None = None) -> Floats:
        """Play every world to its end by ``choose`` (default: optimally); returns the times."""
        done = np.zeros(self.num_envs, bool)
        while not done.all():
            _, done = self.step(self.best() if choose is None else choose(self))
        return self.time


def bearing(a: Floats, b: Floats) -> Floats:
    """Direction from ``a`` to ``b`` [..., 2], in radians."""
    d = b - a
    return np.asarray(np.arctan2(d[..., 1], d[..., 0]))


def check_speeds(pursuer: float, evader: float) -> None:
    """Raises EnvError unless the pursuer is the faster one, without which these games have no capture to tell of."""
    if above_zero("pursuer", pursuer, "lengths per time") <= above_zero("evader", evader, "lengths per time"):
        raise EnvError(f"pursuer is {pursuer}, evader {evader}; the pursuer has to be the faster one")


def straight_chase(
    num_envs: int = 1, *, pursuer: float = 2.0, evader: float = 1.0, capture: float = 0.1, most_time: float = 60.0
) -> Game:
    """One after one in the open: flee straight, chase straight; the gap closes at the difference of the speeds.

    pursuer, evader: speeds. capture: radius. A world is cut off after ``most_time``. The value is known everywhere.
    """
    check_speeds(pursuer, evader)
    above_zero("capture", capture, "lengths")

    def start(rng: np.random.Generator, n: int) -> tuple[Floats, Floats]:
        place = np.zeros((n, 2, 2))
        angle, far = rng.uniform(0, 2 * np.pi, n), rng.uniform(1.0, 5.0, n)
        place[:, 1] = far[:, None] * np.stack([np.cos(angle), np.sin(angle)], -1)
        return place, np.zeros((n, 2))

    def best(place: Floats, _: Floats) -> Floats:
        line = bearing(place[:, 0], place[:, 1])
        return np.stack([line, line], -1)

    def value(place: Floats, _: Floats) -> Floats:
        gap = np.linalg.norm(place[:, 1] - place[:, 0], axis=-1)
        return np.asarray((gap - capture) / (pursuer - evader))

    speeds = [pursuer, evader]
    return Game(num_envs, speeds, start=start, best=best, value=value, capture=capture, most_time=most_time)


def lion_and_man(
    num_envs: int = 1, *, speed: float = 1.0, arena: float = 1.0, capture: float = 1e-3, most_time: float = 60.0
) -> Game:
    """In a round arena, both as fast as each other: the man runs along the wall, the lion stays on his radius.

    From the middle the lion then runs along a half circle of half the arena's size and is at him after a quarter round, at
    pi/2 x arena / speed; its distance from the middle is arena x sin(t x speed / arena) (Littlewood, "A Mathematician's
    Miscellany"). A man who leaves the wall in time is never caught (Besicovitch): the wall is not optimal for him, but it is
    the play for which the answer is known. speed: of both. arena: its radius. capture: radius, smaller than the arena.
    """
    above_zero("speed", speed, "lengths per time")
    if above_zero("capture", capture, "lengths") >= above_zero("arena", arena, "lengths"):
        raise EnvError(f"capture is {capture}, arena {arena}; the lion must not begin with the man caught")

    def start(rng: np.random.Generator, n: int) -> tuple[Floats, Floats]:
        angle = rng.uniform(0, 2 * np.pi, n)
        place = np.zeros((n, 2, 2))
        place[:, 1] = arena * np.stack([np.cos(angle), np.sin(angle)], -1)
        return place, np.zeros((n, 2))

    def best(place: Floats, _: Floats) -> Floats:
        lion, man = place[:, 0], place[:, 1]
        angle = np.arctan2(man[:, 1], man[:, 0])
        far = np.linalg.norm(lion, axis=-1)
        # to stay on his radius the lion spends across it that share of its speed that its distance is of the arena
        return np.stack([angle + np.arcsin(np.clip(far / arena, 0.0, 1.0)), angle + np.pi / 2], -1)

    def value(place: Floats, _: Floats) -> Floats:
        """From anywhere on his radius, sought in the quarter round that leads there from the middle."""
        lion, man = place[:, 0], place[:, 1]
        far = np.linalg.norm(lion, axis=-1)
        on_radius = np.isclose((lion * man).sum(-1), far * arena) & np.isclose(np.linalg.norm(man, axis=-1), arena)
        time = (np.arcsin(1.0 - capture / arena) - np.arcsin(np.clip(far / arena, 0.0, 1.0))) * arena / speed
        return np.where(on_radius, np.maximum(time, 0.0), np.nan)

    pace = 2e-4 * arena / speed
    return Game(
        num_envs, [speed, speed], start=start, best=best, value=value, capture=capture, arena=arena, dt=pace, step=pace,
        most_time=most_time,
    )  # fmt: skip


def two_cutters(num_envs: int = 1, *, pursuer: float = 1.5, evader: float = 1.0, most_time: float = 20.0) -> Game:
    """Two cutters after a slower ship on an open sea (Isaacs' "two cutters and fugitive ship").

    The ship reaches first whatever lies within both Apollonius circles; it runs straight for the farthest point of that, and
    so do the cutters. Worlds begin with the ship between them, where both are needed and that point is where the circles meet.
    ``best`` is optimal against a ship that plays well; one that wavers between two points that are equally far makes the
    cutters waver too, and may gain by it (Isaacs' perpetuated dilemma). pursuer, evader: speeds of the cutters and the ship.
    """
    check_speeds(pursuer, evader)
    ratio = evader / pursuer

    def aim(place: Floats) -> Floats:
        """The farthest point that lies within both circles, [worlds, 2]: on one of them alone, or where they meet."""
        ship = place[:, 2]
        middle = (ship[:, None] - ratio**2 * place[:, :2]) / (1 - ratio**2)
        size = ratio * np.linalg.norm(place[:, :2] - ship[:, None], axis=-1) / (1 - ratio**2)
        line = middle[:, 1] - middle[:, 0]
        d = np.maximum(np.linalg.norm(line, axis=-1), 1e-12)
        along = (d**2 + size[:, 0] ** 2 - size[:, 1] ** 2) / (2 * d)
        up = np.sqrt(np.maximum(size[:, 0] ** 2 - along**2, 0.0))
        line = line / d[:, None]
        foot = middle[:, 0] + along[:, None] * line
        normal = np.stack([-line[:, 1], line[:, 0]], -1)
        both = np.stack([foot + up[:, None] * normal, foot - up[:, None] * normal], 1)
        far = np.linalg.norm(both - ship[:, None], axis=-1)
        goal = both[np.arange(len(both)), far.argmax(1)]
        for k in (0, 1):
            out = middle[:, k] - ship
            alone = middle[:, k] + out * (size[:, k] / np.maximum(np.linalg.norm(out, axis=-1), 1e-12))[:, None]
            within = np.linalg.norm(alone - middle[:, 1 - k], axis=-1) <= size[:, 1 - k]
            goal = np.where(within[:, None], alone, goal)
        return np.asarray(goal)

    def start(rng: np.random.Generator, n: int) -> tuple[Floats, Floats]:
        place = np.zeros((n, 3, 2))
        place[:, 0] = rng.uniform([-4.0, -1.0], [-2.0, 1.0], (n, 2))
        place[:, 1] = rng.uniform([2.0, -1.0], [4.0, 1.0], (n, 2))
        place[:, 2] = rng.uniform([-0.3, 0.2], [0.3, 0.5], (n, 2))
        return place, np.zeros((n, 3))

    def best(place: Floats, _: Floats) -> Floats:
        goal = aim(place)
        return np.stack([bearing(place[:, k], goal) for k in range(3)], -1)

    def value(place: Floats, _: Floats) -> Floats:
        return np.asarray(np.linalg.norm(aim(place) - place[:, 2], axis=-1) / evader)

    speeds = [pursuer, pursuer, evader]
    return Game(
        num_envs, speeds, start=start, best=best, value=value, capture=1e-3, dt=1e-3, step=2e-3, most_time=most_time
    )


def can_always_catch(capture: float, turning: float, pursuer: float, evader: float) -> bool:
    """Whether the homicidal chauffeur catches everybody, from wherever: capture/turning > sqrt(1 - g²) + g asin(g) - 1 (Isaacs)."""
    g = evader / pursuer
    return bool(capture / turning > np.sqrt(1 - g * g) + g * np.arcsin(g) - 1)


def homicidal_chauffeur(
    num_envs: int = 1,
    *,
    pursuer: float = 3.0,
    evader: float = 1.0,
    turning: float = 1.0,
    capture: float = 0.5,
    most_time: float = 60.0,
) -> Game:
    """A car that is fast but cannot turn sharply after one on foot who can. The value is known where nobody has to turn.

    Worlds begin with him ahead of the car, who then runs straight away. ``can_always_catch`` tells which cars can be escaped.
    pursuer, evader: speeds. turning: least radius of the car's turns. capture: radius.
    """
    check_speeds(pursuer, evader)
    above_zero("turning", turning, "lengths")
    above_zero("capture", capture, "lengths")

    def start(rng: np.random.Generator, n: int) -> tuple[Floats, Floats]:
        angle, far = rng.uniform(-np.pi, np.pi, n), rng.uniform(2.0, 6.0, n)
        place = np.zeros((n, 2, 2))
        place[:, 1] = far[:, None] * np.stack([np.cos(angle), np.sin(angle)], -1)
        return place, np.stack([angle, angle], -1)

    def best(place: Floats, heading: Floats) -> Floats:
        line = bearing(place[:, 0], place[:, 1])
        return np.stack([line, line], -1)

    def value(place: Floats, heading: Floats) -> Floats:
        gap = np.linalg.norm(place[:, 1] - place[:, 0], axis=-1)
        ahead = np.cos(bearing(place[:, 0], place[:, 1]) - heading[:, 0]) > 1.0 - 1e-9
        return np.where(ahead, (gap - capture) / (pursuer - evader), np.nan)

    return Game(
        num_envs, [pursuer, evader], start=start, best=best, value=value, capture=capture, turning=[turning, 0.0],
        most_time=most_time,
    )  # fmt: skip

"""Tag (MPE's simple_tag rules) as a model of Mesa: an object per agent, as its users write them."""

from __future__ import annotations

import math
from typing import Any

import mesa

MOVES = ((0.0, 0.0), (-1.0, 0.0), (1.0, 0.0), (0.0, -1.0), (0.0, 1.0))


class Body(mesa.Agent):  # type: ignore[misc]  # Mesa has no types here
    """Somebody, or an obstacle (which has no force)."""

    def __init__(self, model: Any, size: float, force: float, fastest: float, reach: float) -> None:
        super().__init__(model)
        self.size, self.force, self.fastest = size, force, fastest
        self.x, self.y = model.random.uniform(-reach, reach), model.random.uniform(-reach, reach)
        self.vx = self.vy = self.fx = self.fy = 0.0
        self.action = 0
        self.view: list[float] = []
        self.reward = 0.0

    def push(self) -> None:
        """Add up one's own drive and all contacts."""
        fx, fy = MOVES[self.action]
        fx, fy = fx * self.force, fy * self.force
        for other in self.model.bodies:
            if other is not self:
                dx, dy = self.x - other.x, self.y - other.y
                distance = math.hypot(dx, dy) or 1e-12
                over = (self.size + other.size - distance) / 1e-3
                if over > -50.0:
                    depth = max(over, 0.0) + math.log1p(math.exp(-abs(over)))
                    fx, fy = fx + 0.1 * depth * dx / distance, fy + 0.1 * depth * dy / distance
        self.fx, self.fy = fx, fy

    def move(self) -> None:
        """Move by the old velocity, take up the new one."""
        self.x, self.y = self.x + 0.1 * self.vx, self.y + 0.1 * self.vy
        vx, vy = 0.75 * self.vx + 0.1 * self.fx, 0.75 * self.vy + 0.1 * self.fy
        share = min(1.0, self.fastest / (math.hypot(vx, vy) or 1e-12))
        self.vx, self.vy = vx * share, vy * share

    def look(self) -> None:
        """Write down what one sees."""
        view = [self.vx, self.vy, self.x, self.y]
        for other in (*self.model.obstacles, *(b for b in self.model.runners if b is not self)):
            view += [other.x - self.x, other.y - self.y]
        prey = self.model.runners[3]
        self.view = view if prey is self else [*view, prey.vx, prey.vy]


def fine(x: float) -> float:
    """What it costs a prey to be at ``x`` from the middle."""
    x = abs(x)
    return 0.0 if x < 0.9 else (x - 0.9) * 10.0 if x < 1.0 else min(math.exp(2 * x - 2), 10.0)


class TagModel(mesa.Model):  # type: ignore[misc]
    """A world of tag."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed=seed)
        self.runners = [Body(self, 0.075, 3.0, 1.0, 1.0) for _ in range(3)] + [Body(self, 0.05, 4.0, 1.3, 1.0)]
        self.obstacles = [Body(self, 0.2, 0.0, 0.0, 0.9) for _ in range(2)]
        self.bodies = [*self.runners, *self.obstacles]
        self.movers = self.agents.select(lambda body: body.force > 0.0)

    def play(self, actions: list[int]) -> None:
        """One step, with everybody's view and reward."""
        for body, action in zip(self.runners, actions, strict=True):
            body.action = action
        self.movers.do("push")
        self.movers.do("move")
        self.movers.do("look")
        prey = self.runners[3]
        touches = sum(math.hypot(b.x - prey.x, b.y - prey.y) < 0.125 for b in self.runners[:3])
        for body in self.runners[:3]:
            body.reward = 10.0 * touches
        prey.reward = -10.0 * touches - fine(prey.x) - fine(prey.y)

"""Tag (MPE's simple_tag rules) in plain NumPy, batched over worlds: what one writes without a compiler."""

from __future__ import annotations

import numpy as np

SIZE = np.array([0.075, 0.075, 0.075, 0.05, 0.2, 0.2])
FORCE = np.array([3.0, 3.0, 3.0, 4.0])[:, None]
FASTEST = np.array([1.0, 1.0, 1.0, 1.3])
MOVES = np.array([[0, 0], [-1, 0], [1, 0], [0, -1], [0, 1]], float)
OTHERS = np.array([[j for j in range(4) if j != i] for i in range(4)])


class TagArrays:
    """Worlds of tag. place: float64 [worlds, 6, 2], agents then obstacles. velocity: [worlds, 4, 2]."""

    def __init__(self, worlds: int, rng: np.random.Generator) -> None:
        self.place = np.concatenate(
            [rng.uniform(-1, 1, (worlds, 4, 2)), rng.uniform(-0.9, 0.9, (worlds, 2, 2))], axis=1
        )
        self.velocity = np.zeros((worlds, 4, 2))

    def step(self, actions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """One step: observations [worlds, 4, 16] and rewards [worlds, 4]."""
        delta = self.place[:, :4, None] - self.place[:, None]
        distance = np.sqrt((delta**2).sum(-1)) + 1e-12
        depth = np.logaddexp(0.0, (SIZE[:4, None] + SIZE - distance) / 1e-3) * 1e-3
        depth[:, np.arange(4), np.arange(4)] = 0.0
        force = MOVES[actions] * FORCE + ((100.0 * depth / distance)[..., None] * delta).sum(2)
        self.place[:, :4] += self.velocity * 0.1
        v = self.velocity * 0.75 + force * 0.1
        speed = np.sqrt((v**2).sum(-1))
        self.velocity = v * np.minimum(1.0, FASTEST / np.maximum(speed, 1e-12))[..., None]
        return self.views(), self.rewards()

    def rewards(self) -> np.ndarray:
        """Rewards of chasers and prey, [worlds, 4]."""
        prey = self.place[:, 3]
        touches = (np.sqrt(((self.place[:, :3] - prey[:, None]) ** 2).sum(-1)) < 0.125).sum(1)
        out = np.abs(prey)
        fine = np.where(out < 0.9, 0.0, np.where(out < 1.0, (out - 0.9) * 10, np.minimum(np.exp(2 * out - 2), 10)))
        lost = -10.0 * touches - fine.sum(1)
        return np.stack([10.0 * touches] * 3 + [lost], axis=1)

    def views(self) -> np.ndarray:
        """Observations, [worlds, 4, 16]."""
        own = self.place[:, :4]
        worlds = len(own)
        obstacles = (self.place[:, None, 4:] - own[:, :, None]).reshape(worlds, 4, 4)
        others = (own[:, OTHERS] - own[:, :, None]).reshape(worlds, 4, 6)
        prey = np.repeat(self.velocity[:, None, 3], 4, axis=1)
        prey[:, 3] = 0.0
        return np.concatenate([self.velocity, own, obstacles, others, prey], axis=2)

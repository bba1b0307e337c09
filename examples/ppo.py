"""PPO in one file: a pursuer for `alley`, a tagger for `tag`. Needs torch and rearguard[env,plot].

    python examples/ppo.py alley            # the three thugs learn to rob
    python examples/ppo.py tag              # three chasers learn to tag

Agents of one kind share a network. Twenty times on the way the policy plays worlds of another seed by its likeliest actions, as
it will when a scenario names it; the best of these policies is kept. It is then evaluated in worlds of a third seed, beside the
doctrine (in `tag`: chasers that run straight at the prey) in the very same worlds; the difference comes with a 95 % interval
over worlds. Weights go to NAME-SEED.npz, the curve to NAME.csv and NAME.png.

Proximal policy optimisation: Schulman et al. 2017; advantages: Schulman et al. 2015 (GAE).
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

GAMMA, LAMBDA, CLIP, ENTROPY, EPOCHS, PARTS = 0.99, 0.95, 0.2, 0.01, 4, 4
CHECKS, CHECK_WORLDS = 20, 200


class Policy(nn.Module):  # type: ignore[misc]  # torch need not be installed where types are checked
    """Two hidden layers; logits of every choice side by side; and a value of its own."""

    def __init__(self, features: int, choices: list[int], width: int = 64) -> None:
        super().__init__()
        self.choices = choices
        self.body = nn.Sequential(nn.Linear(features, width), nn.Tanh(), nn.Linear(width, width), nn.Tanh())
        self.head = nn.Linear(width, sum(choices))
        self.critic = nn.Sequential(nn.Linear(features, width), nn.Tanh(), nn.Linear(width, width), nn.Tanh())
        self.worth = nn.Linear(width, 1)
        nn.init.orthogonal_(self.head.weight, 0.01)

    def value(self, seen: torch.Tensor) -> torch.Tensor:
        """What the rest of the episode is worth, [batch]."""
        worth: torch.Tensor = self.worth(self.critic(seen)).squeeze(-1)
        return worth

    def heads(self, seen: torch.Tensor, mask: torch.Tensor) -> list[torch.distributions.Categorical]:
        """A distribution per choice; what the mask forbids has no chance."""
        logits = self.head(self.body(seen)).masked_fill(mask == 0, -1e9)
        return [torch.distributions.Categorical(logits=part) for part in logits.split(self.choices, dim=-1)]

    def act(self, seen: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Drawn actions [batch, choices] and their log chance [batch]."""
        heads = self.heads(seen, mask)
        action = torch.stack([head.sample() for head in heads], -1)
        return action, sum(head.log_prob(action[:, k]) for k, head in enumerate(heads))

    def best(self, seen: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """The likeliest actions."""
        return torch.stack([head.logits.argmax(-1) for head in self.heads(seen, mask)], -1)

    def save(self, path: Path) -> None:
        """Write the acting part: weights [in, out] and biases of each layer, and the sizes of the choices."""
        layers = [self.body[0], self.body[2], self.head]
        arrays = {f"weight_{k}": layer.weight.detach().numpy().T for k, layer in enumerate(layers)}
        arrays |= {f"bias_{k}": layer.bias.detach().numpy() for k, layer in enumerate(layers)}
        np.savez(path, choices=np.array(self.choices), **arrays)


@dataclass
class Told:
    """What learners are told, one row per learner. over: the episode has ended; last: what was seen then, if it was cut off."""

    seen: torch.Tensor
    mask: torch.Tensor
    reward: torch.Tensor
    over: torch.Tensor
    cut: torch.Tensor
    last: torch.Tensor


class Alley:
    """The thugs of `alley`: what they earn is the end's worth, with a little for every metre nearer to the chest."""

    unit = "share of worlds in which the chest is robbed"
    width, rollout, worlds, steps = 64, 64, 32, 600_000

    def __init__(self, worlds: int, seed: int, endless: bool = True) -> None:
        from rearguard.env import tensor_env

        autoreset = "same_step" if endless else "disabled"

        self.env = tensor_env(
            "alley", control="thugs", num_envs=worlds, seed=seed, shaping={"closing": 0.02}, autoreset=autoreset,  # type: ignore[arg-type]
        )  # fmt: skip
        self.choices = [int(n) for n in self.env.layout.choices]
        self.features = self.env.layout.features
        observation, self.info = self.env.reset()
        self.seen = self._rows(observation)

    def _rows(self, array: Any) -> torch.Tensor:
        return torch.from_numpy(array.reshape(-1, *array.shape[2:]).copy())

    def begin(self) -> tuple[torch.Tensor, torch.Tensor]:
        """First observations and masks."""
        return self.seen, self._rows(self.info["action_mask"])

    def step(self, action: torch.Tensor) -> Told:
        """One step of all worlds."""
        acts = action.numpy().reshape(self.env.num_envs, -1, len(self.choices))
        observation, reward, terminated, truncated, self.info = self.env.step(acts)
        last = self.info.get("final_observation", observation)
        over = terminated | truncated
        rows = (self._rows(x) for x in (observation, self.info["action_mask"], reward, over, truncated, last))
        return Told(*rows)

    def score(self, policy: Policy) -> np.ndarray:
        """1 for every world of the seed in which the chest is robbed by the likeliest actions."""
        observation, self.info = self.env.reset(seed=self.env.seed)
        seen, mask = self._rows(observation), self._rows(self.info["action_mask"])
        while not self.info["done"].all():
            with torch.no_grad():
                told = self.step(policy.best(seen, mask))
            seen, mask = told.seen, told.mask
        return self._robbed(self.info["outcome"])

    def doctrine(self) -> np.ndarray:
        """The same for their doctrine."""
        played = self.env.program.play(self.env.seed, np.arange(self.env.num_envs), log=False)
        return self._robbed(played.outcomes["outcome"])

    def _robbed(self, outcome: np.ndarray) -> np.ndarray:
        robbed: int = self.env.compiled.names.outcomes.index("robbed")
        return np.where(outcome == robbed, 1.0, 0.0)


def toward(observation: np.ndarray) -> np.ndarray:
    """Chasers that run straight at the prey: along the axis on which it is farther, int [worlds, chasers]."""
    d = observation[..., 12:14]
    sideways = np.abs(d[..., 0]) > np.abs(d[..., 1])
    return np.where(sideways, np.where(d[..., 0] < 0, 1, 2), np.where(d[..., 1] < 0, 3, 4))


def away(observation: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A prey that runs from the nearest chaser and shuns the edge, now and then anywhere: int [worlds]."""
    chasers = observation[:, 8:14].reshape(-1, 3, 2)
    nearest = chasers[np.arange(len(chasers)), (chasers**2).sum(-1).argmin(1)]
    place = observation[:, 2:4]
    wish = -nearest / (0.05 + (nearest**2).sum(-1, keepdims=True)) - 4.0 * place * (np.abs(place) > 0.7)
    sideways = np.abs(wish[:, 0]) > np.abs(wish[:, 1])
    act = np.where(sideways, np.where(wish[:, 0] < 0, 1, 2), np.where(wish[:, 1] < 0, 3, 4))
    return np.where(rng.random(len(act)) < 0.1, rng.integers(0, 5, len(act)), act)


class Tagging:
    """The chasers of `tag`, after a prey that runs away. The reward is the game's own, over ten."""

    unit = "touches in an episode of 50 steps"
    width, rollout, worlds, steps = 64, 50, 64, 1_500_000

    def __init__(self, worlds: int, seed: int, endless: bool = True) -> None:
        from rearguard.env.classics import tag

        self.env, self.rng = tag(worlds, seed=seed, max_steps=50, autoreset=endless), np.random.default_rng(seed)
        self.choices, self.features = [5], self.env.features
        self.observation, _ = self.env.reset()
        self.mask = torch.ones((3 * worlds, 5), dtype=torch.int8)

    def _rows(self, array: Any) -> torch.Tensor:
        return torch.from_numpy(array[:, :3].reshape(-1, *array.shape[2:]).copy())

    def begin(self) -> tuple[torch.Tensor, torch.Tensor]:
        """First observations and masks."""
        return self._rows(self.observation), self.mask

    def play(self, chasers: np.ndarray) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
        """One step, the prey running away: rewards, worlds that are over, info."""
        prey = away(self.observation[:, 3], self.rng)
        self.observation, reward, _, truncated, info = self.env.step(np.concatenate([chasers, prey[:, None]], 1))
        return reward, truncated, info

    def step(self, action: torch.Tensor) -> Told:
        """One step of all worlds."""
        reward, truncated, info = self.play(action.numpy().reshape(-1, 3))
        over = torch.from_numpy(np.repeat(truncated, 3))
        last = self._rows(info["final_observation"])
        return Told(self._rows(self.observation), self.mask, self._rows(reward) / 10.0, over, over, last)

    def score(self, policy: Policy) -> np.ndarray:
        """Touches in an episode of every world of the seed by the likeliest actions."""

        def choose() -> np.ndarray:
            with torch.no_grad():
                best: np.ndarray = policy.best(self._rows(self.observation), self.mask).numpy()
            return best.reshape(-1, 3)

        return self._touches(choose)

    def doctrine(self) -> np.ndarray:
        """The same for chasers that run straight at the prey."""
        return self._touches(lambda: toward(self.observation[:, :3]))

    def _touches(self, choose: Callable[[], np.ndarray]) -> np.ndarray:
        self.observation, _ = self.env.reset(seed=self.env.seed)
        self.rng = np.random.default_rng(self.env.seed)
        touches = np.zeros(self.env.num_envs)
        for _ in range(50):
            touches += self.play(choose())[0][:, 0] / 10.0
        return touches


GAMES: dict[str, Any] = {"alley": Alley, "tag": Tagging}


def update(policy: Policy, optimiser: torch.optim.Optimizer, batch: dict[str, torch.Tensor], entropy: float) -> None:
    """A few passes over what has been gathered."""
    count = len(batch["seen"])
    gain = (batch["gain"] - batch["gain"].mean()) / (batch["gain"].std() + 1e-8)
    for _ in range(EPOCHS):
        for rows in torch.randperm(count).chunk(PARTS):
            heads = policy.heads(batch["seen"][rows], batch["mask"][rows])
            action = batch["action"][rows]
            chance: Any = sum(head.log_prob(action[:, k]) for k, head in enumerate(heads))
            ratio = (chance - batch["chance"][rows]).exp()
            kept = torch.minimum(ratio * gain[rows], ratio.clamp(1 - CLIP, 1 + CLIP) * gain[rows])
            spread: Any = sum(head.entropy() for head in heads)
            missed = (policy.value(batch["seen"][rows]) - batch["goal"][rows]) ** 2
            loss = -kept.mean() + 0.5 * missed.mean() - entropy * spread.mean()
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(policy.parameters(), 0.5)
            optimiser.step()


def train(name: str, seed: int, steps: int, curve: list[tuple[Any, ...]]) -> Policy:
    """Learn for ``steps`` learner-steps; returns the best of the policies that were checked."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)  # networks this small are slower on two
    kind = GAMES[name]
    game, check = kind(kind.worlds, seed), kind(CHECK_WORLDS, 500_003 + seed, endless=False)
    policy = Policy(game.features, game.choices, kind.width)
    optimiser = torch.optim.Adam(policy.parameters(), 7e-4, eps=1e-5)
    seen, mask = game.begin()
    best = (float(check.score(policy).mean()), {key: value.clone() for key, value in policy.state_dict().items()})
    curve.append((seed, 0, "", best[0], 0.0))
    print(f"seed {seed}  untrained: checked {best[0]:7.3f}", flush=True)
    done, started = 0, time.perf_counter()
    while done < steps:
        left = 1.0 - done / steps
        optimiser.param_groups[0]["lr"] = 7e-4 * (0.1 + 0.9 * left)
        store: dict[str, list[torch.Tensor]] = {k: [] for k in ("seen", "mask", "action", "chance", "reward", "worth")}
        ends, after = [], []
        with torch.no_grad():
            for _ in range(kind.rollout):
                action, chance = policy.act(seen, mask)
                told = game.step(action)
                reward = told.reward + GAMMA * torch.where(told.cut, policy.value(told.last), 0.0)
                for key, value in zip(store, (seen, mask, action, chance, reward, policy.value(seen)), strict=True):
                    store[key].append(value)
                ends.append(told.over)
                after.append(told.reward)
                seen, mask = told.seen, told.mask
            gain, gains, worth = torch.zeros(len(seen)), [], policy.value(seen)
            for k in reversed(range(kind.rollout)):
                on = (~ends[k]).float()
                error = store["reward"][k] + GAMMA * worth * on - store["worth"][k]
                gain = error + GAMMA * LAMBDA * on * gain
                gains.append(gain)
                worth = store["worth"][k]
        batch = {key: torch.cat(values) for key, values in store.items()}
        batch["gain"] = torch.cat(gains[::-1])
        batch["goal"] = batch["gain"] + batch["worth"]
        update(policy, optimiser, batch, ENTROPY * left)
        before, done = done, done + kind.rollout * len(seen)
        score: float | str = ""
        if done >= steps or done * CHECKS // steps > before * CHECKS // steps:
            score = float(check.score(policy).mean())
            if score >= best[0]:
                best = (score, {key: value.clone() for key, value in policy.state_dict().items()})
        episodes = max(float(torch.stack(ends).sum()), 1.0)
        reward, seconds = float(torch.stack(after).sum()) / episodes, time.perf_counter() - started
        curve.append((seed, done, round(reward, 4), score, round(seconds, 1)))
        if score != "":
            told = f"reward per episode {reward:8.3f}  checked {score:7.3f}"
            print(f"seed {seed}  {done:>9,} steps  {seconds:6.0f} s  {told}", flush=True)
    policy.load_state_dict(best[1])
    return policy


COLUMNS = ("seed", "steps", "reward_per_episode", "score", "seconds")


def draw(path: Path, name: str, curve: list[tuple[Any, ...]], doctrine: float) -> None:
    """The curve as a picture: what is earned while learning, and how the likeliest actions do beside the doctrine."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4), layout="constrained")
    earned, scored = figure.subplots(1, 2)
    for seed in dict.fromkeys(row[0] for row in curve):
        rows = [row for row in curve if row[0] == seed]
        earned.plot([row[1] for row in rows[1:]], [row[2] for row in rows[1:]], label=f"seed {seed}")
        checked = [row for row in rows if row[3] != ""]
        scored.plot([row[1] for row in checked], [row[3] for row in checked], marker=".", label=f"seed {seed}")
    scored.axhline(doctrine, color="black", linestyle="--", label="doctrine")
    earned.set(title=f"{name}: while learning", xlabel="learner-steps", ylabel="reward per episode")
    scored.set(
        title=f"{name}: likeliest actions, {CHECK_WORLDS} other worlds", xlabel="learner-steps", ylabel=GAMES[name].unit
    )
    for axes in (earned, scored):
        axes.legend()
    figure.savefig(path, dpi=120)


def main() -> None:
    """Train, evaluate, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("game", choices=GAMES)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--steps", type=int, help="learner-steps per seed")
    parser.add_argument("--evaluate", type=int, default=1000, help="worlds of the evaluation")
    parser.add_argument("--out", type=Path, default=Path("."))
    arguments = parser.parse_args()
    kind = GAMES[arguments.game]
    arguments.out.mkdir(parents=True, exist_ok=True)
    curve: list[tuple[Any, ...]] = []
    for seed in arguments.seeds:
        policy = train(arguments.game, seed, arguments.steps or kind.steps, curve)
        policy.save(arguments.out / f"{arguments.game}-{seed}.npz")
        judge = kind(arguments.evaluate, 1_000_003 + seed, endless=False)
        learned, doctrine = judge.score(policy), judge.doctrine()
        difference = learned - doctrine
        half = 1.96 * difference.std(ddof=1) / np.sqrt(len(difference))
        print(
            f"seed {seed}: learned {learned.mean():.3f}, doctrine {doctrine.mean():.3f}, "
            f"difference {difference.mean():+.3f} ({difference.mean() - half:+.3f} to {difference.mean() + half:+.3f}), "
            f"{arguments.evaluate} worlds"
        )
    with (arguments.out / f"{arguments.game}.csv").open("w", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *curve])
    draw(arguments.out / f"{arguments.game}.png", arguments.game, curve, float(doctrine.mean()))


if __name__ == "__main__":
    main()

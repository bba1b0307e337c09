"""Which of several plans is best, from what they came to in the same worlds.

Every plan is compared with the leader world by world (common random numbers). Intervals hold for all plans and at every
number of worlds at once (``study.sequential``, with the error shared out over the pairs of plans), so that plans may be
dropped on the way, and the leader be chosen after the fact, without the intervals losing their level.
The chance of being best is a posterior by the Bayesian bootstrap over worlds (Rubin 1981, "The Bayesian bootstrap"): worlds
are reweighted by Dirichlet(1, ..., 1) draws, and plans that cannot be told apart in a draw share it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rearguard.study.sequential import FEWEST_FOR_MEAN, mean_interval, sample_mean_interval, share_interval
from rearguard.study.statistics import Estimate, Floats

ERROR = 0.05
"""Chance that any interval of a comparison leaves the truth out."""
DRAWS = 2000
"""Draws of the bootstrap."""
MOST_WORLDS = 10**9
"""More worlds than anybody will play."""
_CHUNK = 2_000_000


@dataclass(frozen=True)
class Standing:
    """How one plan stands. Values are natural ones, whichever direction is good.

    worlds: how many it played. value: its mean. behind: mean of the leader minus its own, in the direction that is good,
    in the worlds that both have played; above 0: the leader is better; None for the leader. best: chance of being best.
    differs: share of worlds in which it came to something else than the leader. needed: about how many worlds it would
    take to tell it from the leader; None when it is told apart, or when no number would do: no world differs.
    """

    index: int
    worlds: int
    value: Estimate
    behind: Estimate | None
    best: float
    differs: float
    needed: int | None

    @property
    def is_told_apart(self) -> bool:
        """True when the leader is better for sure, but for the error that is allowed."""
        return self.behind is not None and self.behind.low > 0.0

    @property
    def is_same(self) -> bool:
        """True when no world tells it from the leader."""
        return self.behind is not None and self.differs == 0.0


def rank(values: Sequence[Floats], *, share: bool, high_is_good: bool, seed: int = 0) -> list[Standing]:
    """Standings, best first. values: of each plan, in worlds 0, 1, 2 ...; a plan that was dropped has fewer of them.

    The leader is the best of those that have played the most worlds.
    """
    sign = 1.0 if high_is_good else -1.0
    count = len(values)
    most = max(len(v) for v in values)
    full = [k for k in range(count) if len(values[k]) == most]
    leader = max(full, key=lambda k: (sign * float(values[k].mean()), -k))
    error = ERROR / max(count * (count - 1) // 2, 1)
    chances = chance_of_best(values, leader, sign, seed)
    out = []
    for k, mine in enumerate(values):
        lead = sign * (values[leader][: len(mine)] - mine)
        behind = needed = None
        if k != leader:
            behind = difference(lead, error, share=share)
            needed = None if behind.low > 0.0 or not lead.any() else worlds_needed(lead, error, share=share)
        out.append(
            Standing(
                index=k,
                worlds=len(mine),
                value=own_value(mine, ERROR / count, share=share),
                behind=behind,
                best=float(chances[k]),
                differs=float(np.mean(lead != 0.0)),
                needed=needed,
            )
        )
    return sorted(out, key=lambda s: (s.behind is not None, s.behind.value if s.behind is not None else 0.0, s.index))


def own_value(values: Floats, error: float, *, share: bool) -> Estimate:
    """The mean of a plan with its interval."""
    if share:
        return share_interval(float(values.sum()), float(len(values)), error)
    return sample_mean_interval(values, _reach(values, share), error)


def difference(lead: Floats, error: float, *, share: bool) -> Estimate:
    """Mean of paired differences with its interval."""
    return sample_mean_interval(lead, _reach(lead, share), error)


def _reach(values: Floats, share: bool) -> float:
    return 1.0 if share else max(1.0, float(np.abs(values).max(initial=0.0)))


def worlds_needed(lead: Floats, error: float, *, share: bool, gap: float | None = None) -> int | None:
    """About how many worlds it takes until the interval of a difference is narrower than it, or than ``gap``.

    None: more than anybody will play.
    """
    gap = abs(float(lead.mean())) if gap is None else gap
    spread, reach = float(lead.var()), _reach(lead, share)
    if gap == 0.0:
        return None

    def tells(n: int) -> bool:
        return mean_interval(n, 0.0, (spread * n + reach**2) / (n + 1), error).high < gap

    low, high = FEWEST_FOR_MEAN - 1, FEWEST_FOR_MEAN
    while not tells(high):
        low, high = high, 2 * high
        if high > MOST_WORLDS:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if tells(middle) else (middle, high)
    return high


def chance_of_best(values: Sequence[Floats], leader: int, sign: float, seed: int) -> Floats:
    """Chance that each plan is the best, [plans]; they add up to 1."""
    draws = reweighted(values, leader, sign, seed)
    top = draws.max(axis=1, keepdims=True)
    firsts = draws >= top - 1e-9
    return np.asarray((firsts / firsts.sum(axis=1, keepdims=True)).mean(axis=0), float)


def reweighted(values: Sequence[Floats], leader: int, sign: float, seed: int) -> Floats:
    """Advantage over the leader in every draw of the bootstrap, [draws, plans]; more is better."""
    rng = np.random.default_rng([seed, len(values)])
    most = len(values[leader])
    gains = [sign * (v - values[leader][: len(v)]) for v in values]
    out = np.zeros((DRAWS, len(values)))
    size = max(1, _CHUNK // most)
    for first in range(0, DRAWS, size):
        rows = slice(first, min(first + size, DRAWS))
        weights = rng.standard_exponential((rows.stop - rows.start, most))
        for k, gain in enumerate(gains):
            mine = weights[:, : len(gain)]
            out[rows, k] = mine @ gain / mine.sum(axis=1)
    return out

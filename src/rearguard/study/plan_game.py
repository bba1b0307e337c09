"""Both sides choosing: payoff matrix, the mix that cannot be exploited, and what each plan loses to its best answer.

Every pair of plans plays the same worlds. The value and the mixes are those of the zero-sum game of the mean payoffs, by
linear programming (von Neumann 1928; Dantzig 1951); their intervals come from the Bayesian bootstrap over worlds (Rubin
1981), which reweights a world in all cells at once and solves the game again. Where several mixes are as good, one is
given. Plans that are strictly dominated for sure (intervals of ``study.sequential``, with the error shared out over all
comparisons) stop playing: they take no part in any equilibrium.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rearguard.study.plan_rank import ERROR, difference, own_value
from rearguard.study.result import StudyResult
from rearguard.study.statistics import Estimate, Floats

ROUNDS = 4
"""Parts in which the worlds are played; between them dominated plans are dropped."""
DRAWS = 300
"""Games that the bootstrap solves."""


@dataclass(frozen=True)
class Solution:
    """Value of a zero-sum game for the rows, who want it high, and a mix of each player that secures it."""

    value: float
    rows: Floats
    columns: Floats


@dataclass(frozen=True)
class Game(StudyResult):
    """What comes of every pair of plans; rows are the plans of the side that asks.

    payoff: [rows][columns], natural values with intervals that hold for all cells at once; worlds: played per cell.
    rows_left, columns_left: plans that are not strictly dominated for sure. value, row_mix, column_mix: of the equilibrium,
    with bootstrap intervals. row_loss, column_loss: how much worse than the value a plan does when the other side knows
    it; row_answer, column_answer: with what.
    """

    kind = "game"
    in_table = ("payoff", "worlds")

    rows: list[str]
    columns: list[str]
    payoff: list[list[Estimate]]
    worlds: list[list[int]]
    rows_left: list[int]
    columns_left: list[int]
    value: Estimate
    row_mix: list[Estimate]
    column_mix: list[Estimate]
    row_loss: list[Estimate]
    column_loss: list[Estimate]
    row_answer: list[int]
    column_answer: list[int]

    @property
    def table(self) -> pa.Table:
        """A row per pair of plans."""
        return pa.Table.from_pylist(
            [
                {
                    "plan": row,
                    "answer": column,
                    "worlds": self.worlds[i][j],
                    "value": self.payoff[i][j].value,
                    "low": self.payoff[i][j].low,
                    "high": self.payoff[i][j].high,
                }
                for i, row in enumerate(self.rows)
                for j, column in enumerate(self.columns)
            ]
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""

        def player(
            names: list[str], mix: list[Estimate], loss: list[Estimate], answer: list[int], against: list[str]
        ) -> Any:
            return [
                {"plan": n, "share": m.to_dict(), "loses": x.to_dict(), "best_answer": against[a]}
                for n, m, x, a in zip(names, mix, loss, answer, strict=True)
            ]

        return {
            "value": self.value.to_dict(),
            "plans": player(self.rows, self.row_mix, self.row_loss, self.row_answer, self.columns),
            "answers": player(self.columns, self.column_mix, self.column_loss, self.column_answer, self.rows),
            "dominated_plans": [n for k, n in enumerate(self.rows) if k not in self.rows_left],
            "dominated_answers": [n for k, n in enumerate(self.columns) if k not in self.columns_left],
            "payoff": [[cell.to_dict() for cell in row] for row in self.payoff],
            "worlds": self.worlds,
        }


def solve(payoff: Floats) -> Solution:
    """Value and optimal mixes of a zero-sum game; payoff [rows, columns] to the rows.

    The rows maximise v under mix' payoff >= v in every column; the dual prices of the columns are their mix.
    """
    from scipy.optimize import linprog

    rows, columns = payoff.shape
    cost = np.append(np.zeros(rows), -1.0)
    upper = np.hstack([-payoff.T, np.ones((columns, 1))])
    whole = np.append(np.ones(rows), 0.0)[None]
    bounds = [(0.0, None)] * rows + [(None, None)]
    found = linprog(cost, A_ub=upper, b_ub=np.zeros(columns), A_eq=whole, b_eq=[1.0], bounds=bounds, method="highs")
    assert found.success, "a zero-sum game has a value"
    return Solution(float(found.x[-1]), _mix(found.x[:rows]), _mix(-found.ineqlin.marginals))


def _mix(weights: Floats) -> Floats:
    """Shares that add up to 1."""
    positive = np.clip(weights, 0.0, None)
    return np.asarray(positive / positive.sum(), float)


def play_game(
    rows: list[str],
    columns: list[str],
    values: list[Floats],
    play: Callable[[Sequence[int], int], None],
    *,
    budget: int,
    share: bool,
    high_is_good: bool,
    seed: int,
    stopped: type[BaseException],
    report: Callable[[int, str], None],
) -> Game | None:
    """Play every pair of plans in rounds; values: of cell row * len(columns) + column, filled by ``play``.

    None: stopped before the first round was over.
    """
    sign = 1.0 if high_is_good else -1.0
    r, c = list(range(len(rows))), list(range(len(columns)))
    spent = 0
    for k in range(ROUNDS):
        cells = [i * len(columns) + j for i in r for j in c]
        each = max(1, (budget - spent) // ((ROUNDS - k) * len(cells)))
        try:
            play(cells, each)
        except stopped:
            break
        spent += each * len(cells)
        r, c = undominated(values, len(rows), len(columns), r, c, sign=sign, share=share)
        best = max(r, key=lambda i: min(sign * float(values[i * len(columns) + j].mean()) for j in c))
        report(len(r) * len(c), rows[best])
    if not all(len(v) for v in values):
        return None
    return sum_up(rows, columns, values, r, c, sign=sign, share=share, seed=seed)


def undominated(
    values: Sequence[Floats], rows: int, columns: int, r: list[int], c: list[int], *, sign: float, share: bool
) -> tuple[list[int], list[int]]:
    """Rows and columns that are left when those are gone that another beats for sure, whatever the other side does."""
    error = ERROR / max(1, rows * (rows - 1) * columns + columns * (columns - 1) * rows)

    def beats(a: Sequence[int], b: Sequence[int], way: float) -> bool:
        leads = (way * (values[x][: len(values[y])] - values[y][: len(values[x])]) for x, y in zip(a, b, strict=True))
        return all(difference(lead, error, share=share).low > 0.0 for lead in leads)

    def cells(i: int | None, j: int | None) -> list[int]:
        return [a * columns + b for a in (r if i is None else [i]) for b in (c if j is None else [j])]

    while True:
        gone = [i for i in r if any(beats(cells(k, None), cells(i, None), sign) for k in r if k != i)]
        r = [i for i in r if i not in gone]
        out = [j for j in c if any(beats(cells(None, k), cells(None, j), -sign) for k in c if k != j)]
        c = [j for j in c if j not in out]
        if not gone and not out:
            return r, c


def sum_up(
    rows: list[str],
    columns: list[str],
    values: Sequence[Floats],
    r: list[int],
    c: list[int],
    *,
    sign: float,
    share: bool,
    seed: int,
) -> Game:
    """The game that has been played; the equilibrium is among the rows ``r`` and the columns ``c``."""
    shape = (len(rows), len(columns))
    error = ERROR / (shape[0] * shape[1])
    cells = [own_value(v, error, share=share) for v in values]
    mean = sign * np.array([v.mean() for v in values]).reshape(shape)
    kept = [i * shape[1] + j for i in r for j in c]
    least = min(len(values[k]) for k in kept)
    live = sign * np.stack([values[k][:least] for k in kept])
    found = solve(mean[np.ix_(r, c)])
    draws = _draws(live, (len(r), len(c)), seed)
    lowest, highest = mean.min(axis=1), mean.max(axis=0)
    spread_rows = [_bounds(d.rows[:, k]) for d in [draws] for k in range(len(r))]
    spread_columns = [_bounds(d.columns[:, k]) for d in [draws] for k in range(len(c))]
    value = _bounds(draws.value)
    return Game(
        rows=rows,
        columns=columns,
        payoff=[cells[i * shape[1] : (i + 1) * shape[1]] for i in range(shape[0])],
        worlds=[[len(values[i * shape[1] + j]) for j in range(shape[1])] for i in range(shape[0])],
        rows_left=r,
        columns_left=c,
        value=_natural(found.value, value, sign),
        row_mix=_spread(found.rows, spread_rows, r, shape[0]),
        column_mix=_spread(found.columns, spread_columns, c, shape[1]),
        row_loss=[_loss(found.value - lowest[i], draws.row_loss(r, i)) for i in range(shape[0])],
        column_loss=[_loss(highest[j] - found.value, draws.column_loss(c, j)) for j in range(shape[1])],
        row_answer=[int(a) for a in mean.argmin(axis=1)],
        column_answer=[int(a) for a in mean.argmax(axis=0)],
    )


@dataclass(frozen=True)
class _Draws:
    """Games of the bootstrap: value [draws], mixes [draws, rows] and [draws, columns], payoff [draws, rows, columns]."""

    value: Floats
    rows: Floats
    columns: Floats
    payoff: npt.NDArray[np.float64]

    def row_loss(self, r: list[int], row: int) -> Floats | None:
        """What a row loses in each draw; None for one that was dropped."""
        return self.value - self.payoff[:, r.index(row)].min(axis=1) if row in r else None

    def column_loss(self, c: list[int], column: int) -> Floats | None:
        """What a column loses in each draw; None for one that was dropped."""
        return self.payoff[:, :, c.index(column)].max(axis=1) - self.value if column in c else None


def _draws(live: Floats, shape: tuple[int, int], seed: int) -> _Draws:
    """Solve reweighted games; live: [cells, worlds]."""
    rng = np.random.default_rng([seed, 1])
    weights = rng.standard_exponential((DRAWS, live.shape[1]))
    means = (weights @ live.T / weights.sum(axis=1, keepdims=True)).reshape(DRAWS, *shape)
    solved = [solve(m) for m in means]
    return _Draws(
        np.array([s.value for s in solved]),
        np.stack([s.rows for s in solved]),
        np.stack([s.columns for s in solved]),
        means,
    )


def _bounds(values: Floats) -> tuple[float, float]:
    low, high = np.quantile(values, [0.5 * ERROR, 1.0 - 0.5 * ERROR])
    return float(low), float(high)


def _natural(value: float, bounds: tuple[float, float], sign: float) -> Estimate:
    low, high = sorted(sign * b for b in bounds)
    return Estimate(sign * value, low, high)


def _spread(mix: Floats, bounds: list[tuple[float, float]], kept: list[int], count: int) -> list[Estimate]:
    """Shares of all plans in a mix; those that were dropped have none."""
    out = [Estimate(0.0, 0.0, 0.0)] * count
    for k, where in enumerate(kept):
        out[where] = Estimate(float(mix[k]), *bounds[k])
    return out


def _loss(value: float, draws: Floats | None) -> Estimate:
    low, high = _bounds(draws) if draws is not None else (float("nan"), float("nan"))
    return Estimate(max(float(value), 0.0), low, high)

"""What of the noise that worlds draw decides them: a ranking that costs no trial, from ordinary worlds.

Each quantity with noise is drawn once per world, before the first tick. Its rank correlation (Spearman 1904) with what the
world came to says whether it matters, with Fisher's interval in the form of Bonett & Wright 2000; chances are corrected for
the number of looks (Holm 1979). Together the ranks of all draws explain the share R² of the ranks of the measure (adjusted
for their number); the rest is decided in play, or bends back on itself where ranks cannot see it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from rearguard.study.statistics import Estimate, Floats, normal_quantile

if TYPE_CHECKING:
    from rearguard.scenario.compiled import Compiled

LEVEL = 0.95


@dataclass(frozen=True)
class Look:
    """A drawn quantity and a measure: their rank correlation, and the chance of one this large where there is none."""

    path: str
    correlation: Estimate
    p: float


def drawn(compiled: Compiled, seed: int, worlds: npt.NDArray[np.int64]) -> dict[str, Floats]:
    """Path → what each world draws for it, [worlds]."""
    from rearguard.engine.begin import draw_noise

    tables = draw_noise(compiled, seed, worlds)
    out: dict[str, Floats] = {}
    for noise in compiled.noise:
        cell: tuple[Any, ...] = (slice(None), *noise.cell)
        out[noise.path] = tables[noise.table].astype(float)[cell]
    return out


def ranks(values: Floats) -> Floats:
    """Ranks, ties sharing their mean, less the middle rank."""
    _, where, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    middle = ends - 0.5 * (counts + 1)
    return np.asarray(middle[where] - 0.5 * (len(values) - 1), float)


def correlate(draws: dict[str, Floats], measure: Floats) -> tuple[list[Look], float]:
    """Looks at every draw, and the adjusted R² of all; 0 where the measure is the same in every world."""
    from scipy.special import ndtr

    y = ranks(measure)
    n = len(y)
    if not y.any() or n < 10:
        return [Look(path, Estimate(0.0, float("nan"), float("nan")), 1.0) for path in draws], 0.0
    out = []
    columns = []
    for path, values in draws.items():
        x = ranks(values)
        size = math.sqrt(float(x @ x) * float(y @ y))
        rho = float(x @ y) / size if size > 0.0 else 0.0
        columns.append(x)
        near = math.atanh(min(max(rho, -0.999999), 0.999999))
        half = normal_quantile(LEVEL) * math.sqrt((1.0 + 0.5 * rho * rho) / (n - 3))
        p = 2.0 * float(ndtr(-abs(near) * math.sqrt(n - 3)))
        out.append(Look(path, Estimate(rho, math.tanh(near - half), math.tanh(near + half)), p))
    return out, _explained(np.stack(columns, axis=1), y)


def _explained(x: Floats, y: Floats) -> float:
    """Adjusted R² of a linear fit."""
    n, k = x.shape
    if n <= k + 2:
        return float("nan")
    fit = x @ np.linalg.lstsq(x, y, rcond=None)[0]
    rest = float(((y - fit) ** 2).sum()) / float((y**2).sum())
    return float(1.0 - rest * (n - 1) / (n - k - 1))

"""Figures of what was worth it: the ledger, the swing and its calibration, the plan."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from rearguard.study.figures import (
    BLUE,
    GREY,
    MOST_ROWS,
    PALETTE,
    ROW,
    SKY,
    VERMILION,
    as_percent,
    as_points,
    legend,
    named_dots,
    panels,
    spans,
)

if TYPE_CHECKING:
    from rearguard.study.calibration import Calibration
    from rearguard.study.ledger_event import EventValue
    from rearguard.study.ledger_result import Ledger
    from rearguard.study.plan import PlanResult
    from rearguard.study.plan_game import Game
    from rearguard.study.swing import Swing

MOST_JUMPS = 4
"""Jumps that are marked."""
MOST_CELLS = 12
"""Columns of a payoff matrix whose cells are written out."""


def draw_ledger(found: Ledger) -> Any:
    """Seconds of each act, with their intervals, coloured by side; beside them the chance."""
    entries = found.entries
    sides = {side: PALETTE[k % len(PALETTE)] for k, side in enumerate(dict.fromkeys(e.side for e in entries))}
    title = f"{found.scenario}: what each act was worth to its side, {found.worlds:,} worlds, seed {found.seed}"
    figure, axes = panels(1, 2, 5.2, ROW * max(len(entries), 3) + 0.9, title)
    colours = [sides[e.side] for e in entries]
    names = [e.title for e in entries]
    for one, estimates in zip(axes[0], ([e.seconds for e in entries], [e.chance for e in entries]), strict=True):
        values, reach = spans(estimates)
        places = np.arange(len(entries))
        one.barh(places, values, color=colours, height=0.6, alpha=0.55)
        named_dots(one, names, estimates, colours)
    axes[0][0].set_xlabel("seconds bought, 95 % interval")
    axes[0][1].set_xlabel("points of chance for its side, 95 % interval")
    axes[0][1].set_yticklabels([])
    as_points(axes[0][1].xaxis)
    if sides:
        legend(figure, sides)
    return figure


def draw_event(found: EventValue) -> Any:
    """Seconds and chance that one act of one world bought its side, with their intervals."""
    title = (
        f"{found.scenario}, world {found.world}, seed {found.seed}: what it was worth to {found.side} that "
        f"{found.what}, at {found.time:.1f} s; {found.pairs:,} pairs"
    )
    figure, axes = panels(1, 2, 5.2, ROW + 1.2, title)
    for one, estimate in zip(axes[0], (found.seconds, found.chance), strict=True):
        named_dots(one, [found.act], [estimate], [BLUE])
    axes[0][0].set_xlabel("seconds bought, 95 % interval")
    axes[0][1].set_xlabel("points of chance for its side, 95 % interval")
    axes[0][1].set_yticklabels([])
    as_points(axes[0][1].xaxis)
    return figure


def draw_swing(found: Swing) -> Any:
    """The chance over the time of one world with its interval, its biggest jumps named."""
    ending = "in time" if found.in_time else "not in time"
    title = (
        f"{found.scenario}, world {found.world}, seed {found.seed}: the chance to reach {found.stake.quarry} in time; "
        f"it ended {found.outcome or 'unresolved'}, {ending}"
    )
    figure, axes = panels(1, 1, 9.0, 4.2, title)
    one = axes[0][0]
    times = [m.time for m in found.moments]
    one.fill_between(
        times,
        [m.chance.low for m in found.moments],
        [m.chance.high for m in found.moments],
        color=BLUE,
        alpha=0.2,
        lw=0,
    )
    one.plot(times, [m.chance.value for m in found.moments], color=BLUE, marker="o", markersize=3, lw=1.4)
    one.set_ylim(-0.02, 1.02)
    as_percent(one.yaxis)
    one.set_xlabel("time [s]")
    one.set_ylabel("chance, 95 % interval")
    one.grid(color="0.9", linewidth=0.8)
    notes = []
    for k, jump in enumerate(found.jumps[:MOST_JUMPS], start=1):
        one.axvspan(jump.begin, jump.end, color=VERMILION, alpha=0.15, lw=0)
        middle = 0.5 * (jump.begin + jump.end)
        one.annotate(str(k), (middle, 1.0), xycoords=("data", "axes fraction"), ha="center", va="bottom", fontsize=9)
        because = "; ".join(jump.because) or "nothing that is in the log"
        notes.append(f"{k}: {100.0 * jump.change:+.0f} points at {middle:.1f} s: {because}".replace("-", "−", 1))
    figure.supxlabel(
        "\n".join(textwrap.shorten(n, 120, placeholder=" …") for n in notes), x=0.02, ha="left", fontsize=9
    )
    return figure


def draw_calibration(found: Calibration) -> Any:
    """Observed against predicted success, with intervals; on the diagonal the chances are right."""
    title = (
        f"{found.scenario}: are the chances of a swing right? {found.moments:,} moments of {found.worlds:,} held worlds"
    )
    figure, axes = panels(1, 1, 5.6, 5.0, title)
    one = axes[0][0]
    one.plot([0.0, 1.0], [0.0, 1.0], color="0.3", lw=0.8, label="right")
    values, reach = spans([b.observed for b in found.bins])
    predicted = [b.predicted for b in found.bins]
    one.errorbar(predicted, values, yerr=reach, fmt="none", color=BLUE, capsize=3)
    sizes = [12.0 + 160.0 * b.moments / max(found.moments, 1) for b in found.bins]
    one.scatter(predicted, values, s=sizes, color=BLUE, zorder=3, label="moments (area: how many), 95 % interval")
    one.set_xlim(-0.02, 1.02)
    one.set_ylim(-0.02, 1.02)
    as_percent(one.xaxis)
    as_percent(one.yaxis)
    one.set_xlabel("predicted chance to be in time")
    one.set_ylabel("share that was in time")
    one.grid(color="0.9", linewidth=0.8)
    figure.legend(loc="outside lower center", ncols=2, fontsize=9, frameon=False)
    return figure


def draw_plan(found: PlanResult) -> Any:
    """Every plan's value with its interval, best first; where both sides choose, the payoff matrix beside them."""
    shown = found.standings[:MOST_ROWS]
    names = [f"{found.plans[s.index].name} ({100.0 * s.best:.0f} %)" for s in shown]
    colours = [BLUE if s.behind is None else GREY if s.is_told_apart else SKY for s in shown]
    more = len(found.standings) - len(shown)
    wanted = "high" if found.high_is_good else "low"
    title = f"{found.scenario}: plans of {found.side}, {found.goal.text} wanted {wanted}, seed {found.seed}"
    columns = 1 if found.game is None else 2
    rows = max(len(shown), 4 if found.game is None else len(found.game.rows) + 1)
    figure, axes = panels(1, columns, 6.4, ROW * rows + 1.0, title)
    one = axes[0][0]
    named_dots(one, names, [s.value for s in shown], colours, zero=False)
    met = "" if found.game is None else ", the other side as written"
    left_out = f"; {more} more are left out" if more else ""
    one.set_title(f"plan (chance of being best){met}{left_out}", fontsize=9)
    one.set_xlabel(
        f"{found.goal.text}{f' [{found.goal.unit}]' if found.goal.unit else ''}; the intervals hold together with 95 %"
    )
    if found.goal.is_share:
        as_percent(one.xaxis)
    if found.game is not None:
        _draw_matrix(axes[0][1], found.game, is_share=found.goal.is_share)
    legend(figure, {"leader": BLUE, "cannot be told from it": SKY, "worse for sure": GREY})
    return figure


def draw_game(found: Game) -> Any:
    """The payoff matrix with the mixes of both sides."""
    figure, axes = panels(1, 1, 6.4, ROW * len(found.rows) + 2.0, "every plan against every answer")
    _draw_matrix(axes[0][0], found, is_share=all(0.0 <= cell.value <= 1.0 for row in found.payoff for cell in row))
    return figure


def _draw_matrix(axes: Any, game: Game, *, is_share: bool) -> None:
    """Mean payoffs of pairs of plans; the shares of the mix that cannot be exploited stand with the names."""
    values = np.array([[cell.value for cell in row] for row in game.payoff])
    axes.spines[:].set_visible(False)
    axes.imshow(values, cmap="cividis", aspect="auto")

    def text(value: float) -> str:
        return f"{100.0 * value:.0f} %" if is_share else f"{value:.1f}"

    if len(game.columns) <= MOST_CELLS:
        middle = 0.5 * (float(values.min()) + float(values.max()))
        for i, j in np.ndindex(values.shape):
            colour = "black" if values[i, j] > middle else "white"
            axes.text(j, i, text(float(values[i, j])), ha="center", va="center", color=colour, fontsize=8)
    rows = zip(game.rows, game.row_mix, strict=True)
    columns = zip(game.columns, game.column_mix, strict=True)
    axes.set_yticks(range(len(game.rows)), [_mixed(*row) for row in rows])
    tilt = 0 if len(game.columns) <= 3 and max(map(len, game.columns)) < 16 else 30
    axes.set_xticks(
        range(len(game.columns)), [_mixed(*c) for c in columns], rotation=tilt, ha="center" if tilt == 0 else "right"
    )
    axes.set_title(f"against each answer, and both mixes; value {text(game.value.value)}", fontsize=9)


def _mixed(name: str, share: Any) -> str:
    """A plan's name with its share in the mix."""
    short = textwrap.shorten(name, 36, placeholder=" …")
    return f"{short} ({100.0 * share.value:.0f} %)" if math.isfinite(share.value) else short

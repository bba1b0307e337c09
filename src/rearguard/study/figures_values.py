"""Figures of what values do: tuning, what matters, sweeps, and two scenarios compared."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rearguard.study.figures import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALETTE,
    ROW,
    VERMILION,
    as_percent,
    as_points,
    legend,
    named_dots,
    panels,
    spans,
)
from rearguard.study.statistics import Estimate
from rearguard.study.sweep_tables import MEASURES

if TYPE_CHECKING:
    from rearguard.scenario.expectations import Expectation
    from rearguard.study.diff import Diff
    from rearguard.study.sense import SenseResult
    from rearguard.study.sweep import Sweep
    from rearguard.study.trials import Knob
    from rearguard.study.tune import TuneResult

ACROSS = 3
"""Panels beside one another, where they stand in no grid."""
MOST_NAMES = 12
"""Names in one list."""
MOST_LINES = len(PALETTE)
"""Lines in one panel."""
MOST_AXES = 5
"""Things varied that get panels of their own."""
_NUMBER = re.compile(r"^(?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(?P<unit>[^\d(),]*)$")


# ------------------------------------------------------------------------------------------------------------------ tune


def draw_tune(found: TuneResult) -> Any:
    """What each target comes to as each factor alone moves over its range."""
    pairs = [(target, knob) for target in found.targets for knob in found.knobs]
    columns = len(found.knobs) if len(found.targets) > 1 else min(ACROSS, len(found.knobs))
    rows = -(-len(pairs) // columns)
    title = (
        f"{found.scenario}: each factor alone, the others as today; {found.worlds} worlds a trial, seed {found.seed}"
    )
    figure, axes = panels(rows, columns, 3.4, 2.8, title)
    for one, (target, knob) in zip(axes.flat, pairs, strict=False):
        _draw_curve(one, found, target, knob)
    for one in axes.flat[len(pairs) :]:
        one.set_visible(False)
    legend(figure, {"as it is today": "0.3", "wanted": GREEN, "solutions": VERMILION})
    return figure


def _draw_curve(axes: Any, found: TuneResult, target: Expectation, knob: Knob) -> None:
    which, at = found.targets.index(target), found.knobs.index(knob)
    curve = found.curves[knob.name]
    aims = [trial.aims[which] for trial in curve]
    values, reach = spans([Estimate(a.value, a.value - 1.96 * a.error, a.value + 1.96 * a.error) for a in aims])
    places = [trial.point[at] / knob.scale for trial in curve]
    axes.errorbar(places, values, yerr=reach, color=BLUE, marker="o", markersize=4, capsize=2, lw=1.4)
    low, high = axes.get_ylim()
    if target.is_share:
        low, high = -0.02, 1.02
        as_percent(axes.yaxis)
    axes.axhspan(max(target.band.low, low), min(target.band.high, high), color=GREEN, alpha=0.2, lw=0)
    axes.set_ylim(low, high)
    axes.axvline(knob.today / knob.scale, color="0.3", lw=1.0, ls="--")
    moved = [s.changes[knob.name] / knob.scale for s in found.solutions if knob.name in s.changes]
    if moved:
        axes.plot(moved, [low] * len(moved), "^", color=VERMILION, markersize=8, clip_on=False, zorder=4)
    axes.set_xlabel(f"{knob.name}{f' [{knob.unit}]' if knob.unit else ''}", fontsize=9)
    axes.set_ylabel(textwrap.fill(f"{target.name}{f' [{target.unit}]' if target.unit else ''}", 28), fontsize=9)
    axes.grid(color="0.9", linewidth=0.8)


# ----------------------------------------------------------------------------------------------------------------- sense


def draw_sense(found: SenseResult) -> Any:
    """A row per measure: effects of the factors, their parts in the variance, and ranks of what worlds draw."""
    kinds = [
        (name, parts)
        for name, parts in (("factors", found.screened), ("parts", found.shares), ("draws", found.draws))
        if parts
    ]
    counts = [min(MOST_NAMES, sum(p.measure == g.text for p in parts)) for g in found.goals for _, parts in kinds]
    title = f"{found.scenario}: what decides how worlds end, {found.played:,} worlds, seed {found.seed}"
    figure, axes = panels(len(found.goals), max(len(kinds), 1), 5.0, ROW * max([*counts, 3]) + 1.0, title)
    for goal, row in zip(found.goals, axes, strict=True):
        for one, (kind, parts) in zip(row, kinds, strict=False):
            mine: Any = [p for p in parts if p.measure == goal.text][:MOST_NAMES]
            _draw_parts(one, kind, mine, goal.text, found.units.get(goal.text, ""))
    legend(figure, {"has an effect": BLUE, "no detectable effect": GREY})
    return figure


def _draw_parts(axes: Any, kind: str, parts: Any, measure: str, unit: str) -> None:
    colours = [BLUE if p.is_detectable else GREY for p in parts]
    if kind == "factors":
        named_dots(axes, [p.factor for p in parts], [p.effect.mean for p in parts], colours)
        axes.set_xlabel(f"change over its whole range [{unit or 'points'}], 95 % interval", fontsize=9)
        if not unit:
            as_points(axes.xaxis)
    elif kind == "parts":
        named_dots(axes, [p.factor for p in parts], [p.total for p in parts], colours)
        axes.plot([p.first.value for p in parts], range(len(parts)), "o", mfc="white", mec=ORANGE, zorder=4)
        axes.set_xlabel("part of the variance that the factors cause: in all, and alone (ring)", fontsize=9)
        as_percent(axes.xaxis)
    else:
        named_dots(axes, [p.path for p in parts], [p.look.correlation for p in parts], colours)
        axes.set_xlabel("rank correlation of what worlds draw, interval", fontsize=9)
    axes.set_title(measure, fontsize=9)


# ----------------------------------------------------------------------------------------------------------------- sweep


@dataclass(frozen=True)
class _Setting:
    """What a sweep varies, at every point: as text, and as places on an axis; unit: None where they are no numbers."""

    name: str
    texts: list[str]
    places: list[float]
    unit: str | None


def _settings(found: Sweep) -> list[_Setting]:
    out = []
    for name in found.names:
        texts = [point.settings[name] or "as written" for point in found.points]
        read = [_NUMBER.match(text) for text in texts]
        units = {match["unit"] for match in read if match is not None}
        if all(read) and len(units) == 1:
            places = [float(match["number"]) for match in read if match is not None]
            out.append(_Setting(name, texts, places, units.pop()))
        else:
            kinds = list(dict.fromkeys(texts))
            out.append(_Setting(name, texts, [float(kinds.index(text)) for text in texts], None))
    return out


def draw_sweep(found: Sweep) -> Any:
    """Shares of outcomes and a time over what was varied: lines, where there are few; else a panel per thing varied."""
    measured = _measured(found)
    settings = _settings(found)
    title = f"{found.scenario}: {len(found.points)} points, {found.worlds:,} worlds, seed {found.seed}; 95 % intervals"
    across = max(settings, key=lambda s: (s.unit is not None, len(set(s.texts))))
    others = [s for s in settings if s is not across]
    of = [", ".join(f"{s.name} {s.texts[k]}" for s in others) for k in range(len(found.points))]
    lines = list(dict.fromkeys(of))
    if len(lines) > MOST_LINES:
        shown = settings[:MOST_AXES]
        figure, axes = panels(len(measured), len(shown), 3.2, 2.6, title)
        for row, name in zip(axes, measured, strict=True):
            for one, setting in zip(row, shown, strict=True):
                _draw_estimates(one, found, name, setting, range(len(of)), BLUE, joined=False)
        return figure
    wide = 2 if len(measured) == 4 else min(ACROSS, len(measured))
    figure, axes = panels(-(-len(measured) // wide), wide, 4.0, 3.0, title)
    for one, name in zip(axes.flat, measured, strict=False):
        for line, colour in zip(lines, PALETTE, strict=False):
            rows = [k for k, own in enumerate(of) if own == line]
            _draw_estimates(one, found, name, across, rows, colour, joined=across.unit is not None)
    for one in axes.flat[len(measured) :]:
        one.set_visible(False)
    if others:
        legend(figure, dict(zip(lines, PALETTE, strict=False)))
    return figure


def _measured(found: Sweep) -> list[str]:
    """Columns that are drawn: outcomes that occur, and the slack, else the time to contact."""
    table = found.table
    columns = table.column_names
    estimates = [name for name in columns[columns.index("worlds") + 1 :] if f"{name}_low" in columns]
    outcomes = [name for name in estimates if name not in MEASURES]
    out = [name for name in outcomes if any(table[name].to_pylist())]
    times = [name for name in ("slack", "contact") if any(v is not None for v in table[name].to_pylist())]
    return out + times[:1]


def _draw_estimates(
    axes: Any, found: Sweep, name: str, across: _Setting, rows: Sequence[int], colour: str, *, joined: bool
) -> None:
    """One measure over one setting, at the points ``rows``."""
    low, value, high = (found.table[f"{name}{end}"].to_pylist() for end in ("_low", "", "_high"))
    estimates = [None if value[k] is None else Estimate(value[k], low[k], high[k]) for k in rows]
    places, (values, reach) = np.array([across.places[k] for k in rows]), spans(estimates)
    order = np.argsort(places, kind="stable")
    style = {"color": colour, "marker": "o", "markersize": 4, "capsize": 2, "lw": 1.4, "elinewidth": 1.0}
    axes.errorbar(places[order], values[order], yerr=reach[:, order], ls="-" if joined else "none", **style)
    first, last = min(across.places), max(across.places)
    margin = 0.05 * (last - first) if across.unit is not None and last > first else 0.5
    axes.set_xlim(first - margin, last + margin)
    if across.unit is None:
        kinds = list(dict.fromkeys(across.texts))
        axes.set_xticks(range(len(kinds)), [textwrap.shorten(kind, 20, placeholder=" …") for kind in kinds])
    if name in MEASURES:
        axes.set_ylabel(f"median {name} [s]", fontsize=9)
    else:
        axes.set_ylim(-0.02, 1.02)
        as_percent(axes.yaxis)
        axes.set_ylabel(f"share of worlds: {name}", fontsize=9)
    unit = f" [{across.unit}]" if across.unit else ""
    axes.set_xlabel(f"{textwrap.shorten(across.name, 44, placeholder=' …')}{unit}", fontsize=9)
    axes.grid(color="0.9", linewidth=0.8)


# ------------------------------------------------------------------------------------------------------------------ diff


def draw_diff(found: Diff) -> Any:
    """The change of every figure with its interval: shares in points, times in seconds."""
    groups = [[f for f in found.figures if f.unit == unit] for unit in ("points", "s")]
    title = f"{found.names[1]} compared with {found.names[0]}: {found.worlds:,} worlds, seed {found.seed}"
    figure, axes = panels(1, 2, 5.4, ROW * max(3, *map(len, groups)) + 1.2, title)
    for one, figures, label in zip(axes[0], groups, ("points of share", "seconds"), strict=True):
        named_dots(one, [f.name for f in figures], [f.change for f in figures], [_seen(f.is_seen) for f in figures])
        one.set_xlabel(f"change, {label}; the intervals hold together with 95 %", fontsize=9)
    as_points(axes[0][0].xaxis)
    legend(figure, {"has changed": BLUE, "no change that luck does not explain": GREY})
    return figure


def _seen(is_seen: bool) -> str:
    return BLUE if is_seen else GREY

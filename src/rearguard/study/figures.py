"""Figures of what studies answer with, drawn with Matplotlib (extra ``plot``): intervals always, colours that all can tell.

The palette is that of Okabe & Ito 2008, "Color universal design", which people with colour vision deficiencies can tell
apart; what is drawn in grey is not told apart from chance.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from rearguard.study.folder import RunError, write_atomically
from rearguard.study.statistics import Estimate

BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9"
PALETTE = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY)
GREY = "#8c8c8c"
ROW = 0.3
"""Height of a row of names [inch]."""
MOST_ROWS = 40
"""Names in one list."""

_HOME = {
    "ledger": "figures_acts",
    "event": "figures_acts",
    "swing": "figures_acts",
    "calibration": "figures_acts",
    "plan": "figures_acts",
    "game": "figures_acts",
    "tune": "figures_values",
    "sense": "figures_values",
    "sweep": "figures_values",
    "diff": "figures_values",
}


def figure_of(found: Any) -> Any:
    """The figure of a study's answer. RunError without Matplotlib."""
    _figure_class()
    draw: Callable[[Any], Any] = getattr(import_module(f"rearguard.study.{_HOME[found.kind]}"), f"draw_{found.kind}")
    return draw(found)


def _figure_class() -> Any:
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise RunError("a plot needs Matplotlib: pip install 'rearguard[plot]'") from None
    return Figure


def check_file(path: Path) -> None:
    """Refuse a file that no figure can be written to: RunError without Matplotlib, and for an ending it does not know."""
    known = sorted(_figure_class()().canvas.get_supported_filetypes())
    if path.suffix.removeprefix(".").lower() not in known:
        raise RunError(f"a figure cannot be written to '{path}': its name must end in one of .{', .'.join(known)}")


def save(figure: Any, path: Path) -> None:
    """Write a figure in the format of the file's ending. RunError when it cannot."""
    check_file(path)
    form = path.suffix.removeprefix(".").lower()
    write_atomically(path, lambda file: figure.savefig(file, format=form, dpi=150))


# ------------------------------------------------------------------------------------------------------------- the parts


def panels(rows: int, columns: int, width: float, height: float, title: str) -> tuple[Any, Any]:
    """A figure with a grid of axes [rows, columns], each about ``width`` times ``height`` [inch], under one title."""
    size = (max(width * columns, 5.0), height * rows + 0.6)
    figure = _figure_class()(figsize=size, layout="constrained")
    figure.suptitle(textwrap.fill(title, int(size[0] * 11)), fontsize=11)
    axes = figure.subplots(rows, columns, squeeze=False)
    for one in axes.flat:
        one.spines[["top", "right"]].set_visible(False)
        one.tick_params(labelsize=9)
    return figure, axes


def as_percent(axis: Any) -> None:
    """Label an axis of shares in percent."""
    axis.set_major_formatter(lambda value, place: f"{100.0 * value:.4g} %".replace("-", "−"))


def as_points(axis: Any) -> None:
    """Label an axis of changes of shares in points."""
    axis.set_major_formatter(lambda value, place: f"{100.0 * value:.4g}".replace("-", "−"))


def spans(estimates: Sequence[Estimate | None]) -> tuple[Any, Any]:
    """Values [n] and how far their intervals reach below and above [2, n]; nan where nothing is known."""
    values = np.array([np.nan if e is None else e.value for e in estimates], float)
    ends = np.array([[np.nan, np.nan] if e is None else [e.low, e.high] for e in estimates], float).reshape(-1, 2)
    reach = np.abs(ends.T - values)
    return values, np.where(np.isfinite(reach), reach, 0.0)


def named_dots(
    axes: Any, names: Sequence[str], estimates: Sequence[Estimate | None], colours: Sequence[str], *, zero: bool = True
) -> None:
    """Estimates with their intervals, a row for each name, from the top down."""
    values, reach = spans(estimates)
    places = np.arange(len(names))
    for k, colour in enumerate(colours):
        axes.errorbar(values[k], places[k], xerr=reach[:, [k]], fmt="o", color=colour, capsize=3, markersize=5)
    axes.set_yticks(places, [textwrap.shorten(name, 48, placeholder=" …") for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(axis="x", color="0.9", linewidth=0.8)
    axes.set_axisbelow(True)
    if zero:
        axes.axvline(0.0, color="0.3", linewidth=0.8)


def legend(figure: Any, labels: dict[str, str]) -> None:
    """What colours mean, under the figure: label → colour."""
    from matplotlib.patches import Patch

    handles = [Patch(color=colour, label=label) for label, colour in labels.items()]
    figure.legend(handles=handles, loc="outside lower center", ncols=min(len(handles), 4), fontsize=9, frameon=False)

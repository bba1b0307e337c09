"""The charts of a run, as numbers: shares, times, slack, what people spent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rearguard.study.statistics import kaplan_meier

if TYPE_CHECKING:
    from rearguard.study.run import Run

POINTS = 400
"""Most points of a curve; a longer one is thinned evenly."""
BINS = 40
"""Most bars of a histogram."""
STEPS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0)
"""Widths that a bar may have [s]."""


def contact_curve(run: Run) -> dict[str, Any] | None:
    """Share of worlds in which the payload has been reached by a time [s], Kaplan–Meier with its 95 % band."""
    at = run.outcomes["contact_time"].to_numpy(zero_copy_only=False).astype(float)
    end = run.outcomes["end_time"].to_numpy(zero_copy_only=False).astype(float)
    seen = ~np.isnan(at)
    if not seen.any():
        return None
    curve = kaplan_meier(np.where(seen, at, end), seen)
    low, high = curve.band()
    keep = np.unique(np.linspace(0, len(curve.times) - 1, min(POINTS, len(curve.times))).astype(int))
    last = float(end.max())
    tail = [curve.times[keep[-1]] if last < curve.times[keep[-1]] else last]

    def step(values: Any) -> list[float]:
        shares = 1.0 - np.asarray(values)[keep]
        return [0.0, *shares.round(4).tolist(), round(float(shares[-1]), 4)]

    return {
        "times": [0.0, *curve.times[keep].round(2).tolist(), *[round(float(t), 2) for t in tail]],
        "share": step(curve.surviving),
        "low": step(high),
        "high": step(low),
        "contacts": curve.events,
        "censored": curve.censored,
    }


def slack_histogram(run: Run) -> dict[str, Any] | None:
    """How many worlds had how much slack [s]; bars begin at multiples of their width, so that one begins at 0."""
    slack = run.outcomes["slack"].to_numpy(zero_copy_only=False).astype(float)
    slack = slack[~np.isnan(slack)]
    if not len(slack):
        return None
    span = max(float(slack.max() - slack.min()), 1.0e-6)
    width = next((w for w in STEPS if span / w <= BINS), span / BINS)
    first = int(np.floor(slack.min() / width))
    count = int(np.floor(slack.max() / width)) - first + 1
    counts = np.bincount(np.floor(slack / width).astype(int) - first, minlength=count)
    return {"width": width, "first": round(first * width, 3), "counts": counts.tolist(), "worlds": len(slack)}


def report_data(run: Run) -> dict[str, Any]:
    """Everything the report shows of all worlds."""
    manifest = {key: value for key, value in run.manifest.items() if key not in ("scenario", "done")}
    titles = {p.name: p.title for p in run.summary.people}
    return {
        "summary": run.summary.to_dict(),
        "titles": titles,
        "contact": contact_curve(run),
        "slack": slack_histogram(run),
        "manifest": manifest,
        "status": run.status,
    }

"""Small worlds that are played for the figures, and what is read off them. Plays that several figures share are kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from rearguard.engine import EVENT_KINDS, SliceResult
from worlds import of, program, strip, track

Column = npt.NDArray[Any]

BRISK = "acceleration_time: 0.01 s, reserve: 500 m"
"""A body that is at its speed at once and does not tire."""
GO = "when: [{input: time, curve: step, low: 0.7, high: 1}]"
"""Off at 1 s, when everybody has looked around."""
RUN = "doctrines:\n  go: {options: [{order: flee, to: g, pace: PACE}]}\nends: {there: {when: 'arrived(runner, g)'}}\n"


@cache
def play(text: str, worlds: int = 1) -> SliceResult:
    """Play worlds 0 to ``worlds`` of seed 1."""
    return program(text).play(1, np.arange(worlds))


def events(result: SliceResult, kind: str, actor: int | None = None) -> Column:
    """Rows of the log of one kind, and of one actor."""
    rows: Column = result.events[result.events["kind"] == list(EVENT_KINDS).index(kind)]
    return rows if actor is None else rows[rows["actor"] == actor]


def by_world(rows: Column, column: str, worlds: int, pick: Callable[..., Any]) -> npt.NDArray[np.float64]:
    """``pick`` (np.fmin, np.fmax) of a column over each world's rows; nan in worlds without any."""
    out = np.full(worlds, np.nan)
    pick.at(out, rows["world"], rows[column])  # type: ignore[attr-defined]
    return out


# --------------------------------------------------------------------------------------------------------- one runner


def dash(body: str, pace: str = "sprint", length: int = 24, ground: str = ".", cell: str = "5 m") -> str:
    """A runner on a straight strip of ``length`` cells, from the third cell to the last but two."""
    row = f"    {ground * 2}S{ground * (length - 6)}G{ground * 2}\n"
    blank = f"    {ground * length}\n"
    return (
        f"map:\n  metres_per_cell: {cell}\n  ascii: |\n{blank}{row}{blank}"
        "time: {tick: 0.1 s, limit: 30 min}\n"
        f"people:\n  runner: {{side: a, at: s, doctrine: go, body: {{{body}}}}}\n" + RUN.replace("PACE", pace)
    )


def ramp(body: str, rise: float, pace: str = "steady", ground: str = "street") -> str:
    """A runner on a strip of 2 m cells that climbs by ``rise`` [m] a cell."""
    steps = "abcdefghijklmnopqrstuvw"
    legend = "".join(f"    {c}: {{ground: {ground}, elevation: {k * rise:.3f} m}}\n" for k, c in enumerate(steps, 1))
    rows = (f"    {'.' * 3}{steps}\n", f"    S..{steps[:-1]}G\n", f"    {'.' * 3}{steps}\n")
    return (
        f"map:\n  metres_per_cell: 2 m\n  legend:\n{legend}  ascii: |\n{''.join(rows)}"
        "time: {limit: 5 min}\n"
        f"people:\n  runner: {{side: a, at: s, doctrine: go, body: {{{body}}}}}\n" + RUN.replace("PACE", pace)
    )


def haul(body: str, mass: float, drag: float = 0.0, pace: str = "steady", ground: str = ".", carriers: int = 1) -> str:
    """People who bring a payload along a strip."""
    row = f"    {ground}S{ground * 36}G{ground}\n"
    blank = f"    {ground * 40}\n"
    names = [f"ann_{k + 1}" for k in range(carriers)] if carriers > 1 else ["ann"]
    return (
        f"map:\n  metres_per_cell: 5 m\n  legend: {{b: brush}}\n  ascii: |\n{blank}{row}{blank}"
        "time: {limit: 10 min}\n"
        f"people:\n  ann: {{side: a, at: s, count: {carriers}, spacing: 0.6 m, doctrine: go, body: {{{body}}}}}\n"
        f"payloads: {{box: {{carriers: [{', '.join(names)}], stages: [{{name: only, mass: {mass} kg, drag: {drag}}}]}}}}\n"
        f"doctrines: {{go: {{options: [{{order: carry, target: box, to: g, pace: {pace}}}]}}}}\n"
        "ends: {there: {when: 'arrived(box, g)'}}\n"
    )


def settled_speed(text: str) -> float:
    """Speed [m/s] of the first person in the middle third of its way."""
    t = track(text)
    speed, x = of(t, 0, "speed"), of(t, 0, "x")
    way = (x - x[0]) / (x[-1] - x[0])
    return float(np.median(speed[(way > 0.4) & (way < 0.7)]))


def time_over(text: str, distance: float) -> float:
    """Time [s] in which the first person covers ``distance`` [m], from the tick before it moves."""
    t = track(text)
    times, x = of(t, 0, "time"), of(t, 0, "x")
    begun = times[np.argmax(np.diff(x) > 0)]
    return float(np.interp(distance, x - x[0], times) - begun)


# -------------------------------------------------------------------------------------------------------------- chases


def chasers(vp: float, ve: float, dog: str, fox: str, order: str) -> str:
    """A dog at ``vp`` after a fox at ``ve`` [m/s] that keeps to its order; both see each other throughout."""
    body = f"critical_speed: SPEED m/s, sprint: SPEED m/s, {BRISK}"
    return (
        "people:\n"
        f"  fox: {{side: a, at: {fox}, doctrine: run, senses: {{sight: 3 km}}, knows: [dog, post], body: {{{body.replace('SPEED', str(ve))}}}}}\n"
        f"  dog: {{side: b, at: {dog}, doctrine: chase, senses: {{sight: 3 km}}, knows: [fox], body: {{{body.replace('SPEED', str(vp))}}}}}\n"
        "  post: {side: a, at: [5, 5], doctrine: stay}\n"
        "doctrines:\n"
        "  stay: {options: [{order: wait}]}\n"
        f"  run: {{options: [{{order: wait, weight: 0.1}}, {{{order}, pace: sprint, {GO}}}]}}\n"
        f"  chase: {{options: [{{order: wait, weight: 0.1}}, {{order: pursue, target: fox, pace: sprint, {GO}}}]}}\n"
        "ends: {caught: {when: 'contact(b, fox)'}}\n"
    )


def chase(vp: float, ve: float, gap: float, tick: float = 0.02) -> str:
    """A fox that runs straight away from a dog ``gap`` [m] behind it."""
    people = chasers(vp, ve, "[100, 25]", f"[{100.0 + gap}, 25]", "order: pursue, target: post")
    return f"{strip(300)}time: {{tick: {tick} s, limit: 4 min}}\n{people.replace('at: [5, 5]', 'at: [2990, 25]')}"


def crossing(vp: float, ve: float, side: float, tick: float = 0.1) -> str:
    """A fox that runs straight across the front of a dog ``side`` [m] away."""
    rows = ["." * 60 for _ in range(60)]
    rows[1], rows[58] = "." * 30 + "S" + "." * 29, "." * 30 + "G" + "." * 29
    ascii_map = "".join(f"    {row}\n" for row in rows)
    return f"map:\n  metres_per_cell: 5 m\n  ascii: |\n{ascii_map}time: {{tick: {tick} s, limit: 4 min}}\n" + chasers(
        vp, ve, f"[{152.5 - side}, 7.5]", "[152.5, 7.5]", "order: flee, to: g"
    )


def time_to_catch(text: str) -> float:
    """Time from the start of a chase to contact [s]."""
    result = play(text)
    assert result.outcomes["outcome"][0] == 0
    return float(result.outcomes["end_time"][0]) - 1.0


# --------------------------------------------------------------------------------------------------------------- duels


def duel(
    technique: str, *, distance: float, limit: str = "20 s", people: str = "", bob: str = "", ann: str = ""
) -> str:
    """Ann uses a technique on Bob, who stands ``distance`` [m] away on open ground; keys of theirs and others may be added."""
    return (
        f"{strip(40, rows=5, cell='2 m')}time: {{limit: {limit}}}\n"
        "people:\n"
        f"  ann: {{side: a, at: [10, 5], doctrine: fight, techniques: [blow], knows: [bob]{ann}}}\n"
        f"  bob: {{side: b, at: [{10.0 + distance}, 5], doctrine: stay, knows: [ann]{bob}}}\n{people}"
        f"techniques:\n  blow: {{{technique}}}\n"
        "doctrines:\n"
        "  fight: {options: [{order: wait}, {use: blow, target: nearest_enemy}]}\n"
        "  stay: {options: [{order: wait}]}\n"
        "ends: {over: {when: 'out(bob)'}}\n"
    )

"""An explained decision, and the list of a person's changes of mind, as text of 80 columns."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from rearguard.scenario.errors import cells, clean
from rearguard.scenario.inputs import UNKNOWN, digits_of, scale_of

if TYPE_CHECKING:
    from rearguard.study.changes import Change, Changes, Shift
    from rearguard.study.condition import Body, Known, Position
    from rearguard.study.reasoning import Channel, Consideration, Option
    from rearguard.study.turning import Turning
    from rearguard.study.why import Why

WIDTH = 80
LABEL = 10
"""Width of the labels of the first paragraphs."""
DEEP = 6
"""Indentation of what belongs to an option."""


# ------------------------------------------------------------------------------------------------------------- numbers


def figure(name: str, value: float | None) -> str:
    """A value of an input with its unit."""
    if value is None:
        return "unknown"
    if scale_of(name).kind == "flag":
        return "yes" if value > 0.5 else "no"
    return f"{value:.{digits_of(name, value)}f} {scale_of(name).unit}".rstrip()


def named(name: str, of: str | None) -> str:
    """An input, and whom it is about."""
    return name if of is None else f"{name} ({of})"


def turned(turning: Turning) -> str:
    """The change that turns a decision."""
    was = figure(turning.input, None if turning.before >= UNKNOWN else turning.before)
    if scale_of(turning.input).kind == "flag":
        return f"{named(turning.input, turning.of)} {figure(turning.input, turning.after)} instead of {was}"
    told = f"{turning.told:.{turning.digits}f} {turning.unit}".rstrip()
    return f"{named(turning.input, turning.of)} {told} instead of {was}"


def curve(c: Consideration) -> str:
    """A response curve: where it is 0 and where 1, and its kind unless it is linear."""
    kind = {"linear": "", "step": "step "}.get(c.curve, f"{c.curve} {c.shape:g}: ")
    least = f", least {c.least:g}" if c.least > 0.0 else ""
    return f"{kind}{c.low:g} → {c.high:g} {c.unit}".rstrip() + least


def named_option(o: Option) -> str:
    """An option as an order to somebody."""
    if o.kind == "technique":
        return f"{o.what} against {o.target or o.aim}"
    words = [o.what]
    if o.needs_target or o.what == "carry":
        words.append(o.target or o.aim)
    if o.place is not None and not o.needs_target:
        words.append(o.place if o.what == "hold" else f"to {o.place}")
    return " ".join(words)


# ---------------------------------------------------------------------------------------------------------- paragraphs


def wrapped(text: str, width: int) -> list[str]:
    """Safe text broken at a width, but not between a figure and its unit."""
    kept = re.sub(r"(?<=\d) (?=[A-Za-z%])", "\u00a0", clean(text))
    lines = textwrap.wrap(kept, width, break_long_words=False, break_on_hyphens=False)
    return [line.replace("\u00a0", " ") for line in lines] or [""]


def paragraph(label: str, text: str) -> list[str]:
    """A label and text beside it."""
    return [f"{label if k == 0 else '':<{LABEL}}{line}" for k, line in enumerate(wrapped(text, WIDTH - LABEL))]


def indented(text: str, by: int) -> list[str]:
    """Text, all of it indented."""
    return [" " * by + line for line in wrapped(text, WIDTH - by)]


def columns(rows: list[list[str]], right: tuple[int, ...] = (), gap: int = 2, margin: int = 0) -> list[str]:
    """Rows of cells as lines; ``right``: columns that are flush right. The last column is broken at the width."""
    widths = [max(cells(row[k]) for row in rows) for k in range(len(rows[0]))] if rows else []
    lines = []
    for row in rows:
        parts = []
        for k, (cell, width) in enumerate(zip(row, widths, strict=True)):
            blank = " " * (width - cells(cell))
            parts.append(blank + cell if k in right else cell + blank)
        start = " " * margin + "".join(part + " " * gap for part in parts[:-1])
        room = WIDTH - cells(start)
        last = wrapped(row[-1], room) if room >= 20 else [row[-1]]
        lines.append((start + last[0]).rstrip())
        lines += [" " * cells(start) + more for more in last[1:]]
    return lines


def place_of(p: Position) -> str:
    """Where something is, seen from the person."""
    if p.distance < 0.5:
        return f"here, {_spot(p)}"
    return f"{_metres(p.distance)} {p.direction}, {_spot(p)}"


def _spot(p: Position) -> str:
    if p.place is None:
        return f"({p.x:.0f}, {p.y:.0f}) m"
    return p.place if " from " in p.place else f"at {p.place}"


def _metres(x: float) -> str:
    return f"{x:.1f} m" if x < 20.0 else f"{x:.0f} m"


def _share(part: float, whole: float) -> str:
    return f" ({100.0 * part / whole:.0f} %)" if whole > 0.0 else ""


MODES = {
    "feet": "on the feet",
    "air": "in the air",
    "climb": "climbing",
    "skid": "thrown off the line",
    "down": "down",
    "hang": "hanging from an edge",
    "out": "out",
    "away": "not here yet",
}


def body_text(b: Body) -> str:
    """A body in a sentence."""
    where = _spot(b.position) if b.position.place is not None else f"at {_spot(b.position)}"
    parts = [f"{MODES.get(b.mode, b.mode)} {where}, {b.speed:.1f} m/s"]
    parts.append(f"reserve {b.reserve:.0f} of {b.reserve_full:.0f} m{_share(b.reserve, b.reserve_full)}")
    parts.append(f"power {b.power:.0f} of {b.power_full:.0f}{_share(b.power, b.power_full)}")
    parts.append("unhurt" if b.wound < 0.005 and b.blood < 1.0 else f"wounds {100.0 * b.wound:.0f} % of the capacity")
    if b.blood >= 1.0:
        parts.append(
            f"{b.blood:.0f} mL of blood lost" + (f", {60.0 * b.bleeding:.0f} mL/min" if b.bleeding > 0 else "")
        )
    if b.arm > 0.0 or b.slow > 0.0:
        parts.append(f"after-effect: arm -{100.0 * b.arm:.0f} %, speed -{100.0 * b.slow:.0f} %")
    if b.shock > 0.005:
        parts.append(f"composure shaken by {100.0 * b.shock:.0f} %")
    if b.hesitates_until is not None:
        parts.append(f"hesitates until {b.hesitates_until:.1f} s")
    if b.doing is not None:
        parts.append(b.doing)
    if b.carries is not None:
        parts.append(f"carries {b.carries}")
    if b.holds > 0:
        parts.append(f"holds {b.holds}")
    return "; ".join(parts)


# -------------------------------------------------------------------------------------------------------------- tables


def _learnt(k: Known) -> str:
    how = "in sight" if k.in_sight else "heard" if k.heard and k.source == "heard" else _SOURCES.get(k.source, k.source)
    if k.age is None or (k.in_sight and k.age < 0.05):
        return how
    return f"{how}, {k.age:.1f} s old" if k.age < 100.0 else f"{how}, {k.age:.0f} s old"


_SOURCES = {"given": "known before", "sign": "read from sign", "felt": "felt", "mark": "told by a way mark"}


def known_lines(knows: list[Known]) -> list[str]:
    """What is believed of everybody, and a line for those of whom nothing is known."""
    rows = []
    for k in knows:
        if k.position is not None:
            stage = "" if k.stage is None else f"; {k.stage}"
            rows.append([k.name, k.kind, f"{place_of(k.position)}{stage}", _learnt(k)])
    lines = columns(rows, margin=2)
    unknown = [k.name for k in knows if k.position is None]
    if unknown:
        lines += indented(f"knows nothing of {', '.join(runs(unknown))}", 2)
    return lines


def runs(names: list[str]) -> list[str]:
    """Names, numbered ones that follow one another as from … to."""
    out: list[list[str]] = []
    for name in names:
        stem, _, number = name.rpartition("_")
        follows = out and number.isdigit() and out[-1][-1] == f"{stem}_{int(number) - 1}"
        if follows:
            out[-1].append(name)
        else:
            out.append([name])
    return [", ".join(run) if len(run) < 3 else f"{run[0]} … {run[-1]}" for run in out]


def truth_lines(knows: list[Known]) -> list[str]:
    """Where those really are of whom something is known."""
    rows = []
    for k in knows:
        if k.truth is not None and k.position is not None:
            off = "" if k.truth.error is None else f"{_metres(k.truth.error)} off"
            stage = "" if k.truth.stage is None else f"; {k.truth.stage}"
            rows.append([k.name, place_of(k.truth.position), off, f"{k.truth.state}{stage}"])
    return columns(rows, right=(2,), margin=2)


def _sum(o: Option) -> str:
    """How the value of an option comes about."""
    n = len(o.considerations)
    score = o.score if o.possible else o.supposed
    if n == 0:
        made = "no considerations: score 1"
    elif n == 1:
        made = f"score {score:.2f}"
    else:
        made = f"product {o.product:.2f} of {n}: score {score:.2f}"
    if not o.possible:
        return f"not possible: {o.why_not}" + _supposed(o, score)
    if score <= 0.0:
        return f"{made}, which cannot win"
    rank = f" + 100 × rank {o.rank}" if o.rank else ""
    bonus = f" + inertia {o.bonus:.2f}" if o.bonus > 0.0 else ""
    low = "; too low a score to use it" if o.too_low else ""
    return f"{made} × weight {o.weight:.2f}{bonus}{rank} = {o.value:.2f}{low}"


def _supposed(o: Option, score: float) -> str:
    if o.target is None:
        return ""
    would = "it would have won" if o.would_win else "it would not have won"
    return f"; else score {score:.2f} × weight {o.weight:.2f}, and {would}"


def _standing(o: Option) -> str:
    if o.won:
        return "taken" if o.kind == "order" else "begun"
    if not o.possible:
        return "not possible"
    return "" if o.behind is None else f"{o.behind:.2f} behind"


def channel_lines(channel: Channel) -> list[str]:
    """Every option with its considerations, its sum and what would have made it win."""
    able = [o for o in channel.options if o.hindrance != "unskilled"]
    rows: list[list[str]] = []
    for o in able:
        for c in o.considerations:
            veto = "veto" if c.response <= 0.0 else ""
            rows.append([named(c.input, c.of), figure(c.input, c.value), curve(c), f"{c.response:.2f}", veto])
    laid = iter(columns(rows, right=(1, 3), margin=DEEP))
    lines = []
    for o in able:
        aim = f" ({o.aim})" if o.target is not None and o.target != o.aim and o.needs_target else ""
        head = f"{o.number:>4}  {named_option(o)}{aim}"
        value = f"{o.value:.2f}" if o.possible else "–"
        lines.append(f"{head:<50} {value:>7}  {_standing(o)}".rstrip())
        lines += [next(laid) for _ in o.considerations]
        lines += indented(_sum(o), DEEP)
        if o.possible and not o.won:
            how = turned(o.turning) if o.turning is not None else "none of its inputs alone"
            lines += indented(f"would have won with: {how}", DEEP)
    others = [f"{o.what} ({o.number})" for o in channel.options if o.hindrance == "unskilled"]
    if others:
        lines += indented(f"not among this person's techniques: {', '.join(others)}", DEEP)
    return lines


# --------------------------------------------------------------------------------------------------------------- whole


def _verdict(channel: Channel) -> str:
    """The winner beside the runner-up."""
    won, second = channel.option(channel.winner), channel.option(channel.runner_up)
    if won is None:
        return "nothing"
    return f"{named_option(won)} {won.value:.2f}{_over(won, second)}"


def _over(won: Option | None, second: Option | None) -> str:
    """The runner-up beside the winner, with its number where both are told alike."""
    if second is None:
        return ""
    alike = won is not None and named_option(won) == named_option(second)
    return f" over {named_option(second)}{f' (option {second.number})' if alike else ''} {second.value:.2f}"


def _turn_text(channel: Channel) -> str:
    if channel.turning is None:
        return "no change of one input alone would have turned it"
    other = channel.option(channel.turning.option)
    into = named_option(other) if other is not None else "nothing"
    return f"smallest change that turns it: {turned(channel.turning)}, into {into}"


def clock(seconds: float) -> str:
    """A time as it is asked for."""
    minutes, rest = divmod(round(seconds, 1), 60.0)
    return f"{seconds:.1f} s" if seconds < 60.0 else f"{seconds:.1f} s ({int(minutes)}:{rest:04.1f})"


def why_lines(w: Why) -> list[str]:
    """The whole explanation."""
    lines = [f"{w.scenario}, world {w.world}, seed {w.seed}: why {clean(w.title)}, at {clock(w.asked)}", ""]
    decided = f"at {w.time:.1f} s, the last time before that; people decide every {w.decides_every:g} s, or when they read a wind-up"
    if abs(w.time - w.asked) < 0.01:
        decided = f"at {w.time:.1f} s; people decide every {w.decides_every:g} s, or when they read a wind-up"
    if w.meanwhile is not None:
        decided += f"; {MODES.get(w.meanwhile, w.meanwhile)} at the time asked, and deciding nothing"
    lines += paragraph("decided", decided)
    order = w.orders.option(w.orders.winner)
    if order is None:
        lines += paragraph("goal", "none: no order was worth anything")
    else:
        state = f"since {w.goal.since:.1f} s" if w.goal.kept else "taken up now"
        lines += paragraph(
            "goal", f"{named_option(order)}, {state}; pace {order.pace:g}, option {order.number} of {w.doctrine}"
        )
    lines += paragraph("order", _verdict(w.orders))
    lines += paragraph("", _turn_text(w.orders))
    if w.techniques.options:
        lines += paragraph("technique", _verdict(w.techniques) if w.techniques.winner is not None else "none begun")
        if any(o.possible for o in w.techniques.options):
            lines += paragraph("", _turn_text(w.techniques))
    lines += paragraph("body", body_text(w.body))
    lines += [
        "",
        f"KNOWS: where {clean(w.title)} believes others to be, and how that was learnt",
        *known_lines(w.knows),
    ]
    if any(k.truth is not None for k in w.knows):
        lines += ["", "TRUTH: where they are; no decision sees this", *truth_lines(w.knows)]
    lines += [
        "",
        f"ORDERS of {w.doctrine}, with inputs, curves (from 0 to 1, linear) and responses",
        *channel_lines(w.orders),
    ]
    if w.techniques.options:
        lines += ["", "TECHNIQUES", *channel_lines(w.techniques)]
    return lines


def shift_text(shift: Shift) -> str:
    """What made the difference, in a line."""
    if shift.kind == "first":
        return "first decision"
    option = named_option(shift.option) if shift.option is not None else "it"
    if shift.kind == "freed":
        return f"could not before: {shift.note}"
    if shift.kind == "hindered":
        return f"{option} cannot go on: {shift.note}"
    if shift.kind == "target":
        aim = shift.option.aim.replace("_", " ") if shift.option is not None else "target"
        return f"{aim} is now {shift.note}"
    if shift.input is not None and shift.response_before is not None and shift.response_after is not None:
        moved = f"{figure(shift.input, shift.before)} → {figure(shift.input, shift.after)}"
        gives = f"{shift.response_before:.2f} → {shift.response_after:.2f}"
        note = f" ({shift.note})" if shift.note else ""
        whose = shift.option.what if shift.option is not None else option
        return f"{named(shift.input, shift.of)}{note} {moved}: {gives} for {whose}"
    return "as good as before, and best again"


def change_lines(change: Change) -> list[str]:
    """A change of mind: when, what over what, and why."""
    taken = "nothing worth anything" if change.taken is None else named_option(change.taken)
    value = "" if change.taken is None else f" {change.taken.value:.2f}"
    over = _over(change.taken, change.runner_up)
    mark = "+" if change.kind == "technique" else " "
    first, *more = wrapped(f"{taken}{value}{over}", WIDTH - 12)
    head = [f"{change.time:7.1f} s {mark} {first}", *(" " * 12 + line for line in more)]
    return [*head, *indented(shift_text(change.shift), 14)]


def changes_lines(c: Changes) -> list[str]:
    """All changes of mind."""
    orders = sum(change.kind == "order" for change in c.changes)
    begun = len(c.changes) - orders
    end = f"ended at {clock(c.ended)}: {c.outcome}" if c.outcome is not None else f"was open at {clock(c.ended)}"
    lines = [f"{c.scenario}, world {c.world}, seed {c.seed}: changes of mind of {clean(c.title)}", ""]
    lines += indented(
        f"decisions: {c.decisions}; changes of order or target: {orders}; techniques begun (+): {begun}; the world {end}",
        0,
    )
    lines.append("")
    for change in c.changes:
        lines += change_lines(change)
    return lines


def print_why(w: Why, console: Console) -> None:
    """Print an explained decision."""
    console.print(Text("\n".join(why_lines(w))), soft_wrap=True)


def print_changes(c: Changes, console: Console) -> None:
    """Print a list of changes of mind."""
    console.print(Text("\n".join(changes_lines(c))), soft_wrap=True)

"""The answer of a plan search as text for a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rearguard.tell.verdicts import print_text

if TYPE_CHECKING:
    from rearguard.study.goal import Goal
    from rearguard.study.plan import PlanProgress, PlanResult
    from rearguard.study.plan_game import Game
    from rearguard.study.plan_rank import Standing
    from rearguard.study.statistics import Estimate

MOST_NAMED = 4
"""Plans that a sentence names."""
WIDEST_MATRIX = 8
"""Answers of the other side that are shown side by side."""


def grid(*columns: str, words: int = 1) -> Table:
    """A table without rules; the first ``words`` columns hold words."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=True, header_style="dim")
    for k, name in enumerate(columns):
        table.add_column(name, justify="left" if k < words else "right", no_wrap=True)
    return table


def number(value: float, share: bool) -> str:
    """A value without its unit: shares in percent."""
    if not math.isfinite(value):
        return "–"
    return f"{100.0 * value:.1f}" if share else f"{value:.1f}"


def within(e: Estimate, share: bool) -> str:
    """Low to high."""
    return f"{number(e.low, share)} to {number(e.high, share)}"


def amount(value: float, goal: Goal) -> str:
    """A difference with its unit."""
    return f"{100.0 * value:.1f} points" if goal.is_share else f"{value:.1f} s"


def goal_line(found: PlanResult) -> str:
    """What is measured, and which way is good."""
    what = {
        "in_time": "share of worlds in which the payload is reached in time",
        "slack": f"mean slack; without contact the time of contact is cut at {found.goal.limit:g} s",
        "out": f"share of {found.goal.text[4:-1]} who are out in the end",
        "share": f"share of worlds that end as {found.goal.text[6:-1]}",
    }[found.goal.kind]
    wanted = "high" if found.high_is_good else "low"
    return f"goal {found.goal.text}: {what}; side '{found.side}' wants it {wanted}"


def plan_table(found: PlanResult) -> Table:
    """Every plan, best first."""
    share = found.goal.is_share
    unit = "%" if share else "s"
    picked = [d.name for d in found.decisions if d.side == found.side]
    table = grid("plan" if len(picked) > 1 else picked[0], "worlds", unit, "95 %", "behind", "95 %", "best", "to tell")
    for s in found.standings:
        plan = found.plans[s.index]
        behind = ("", "")
        if s.is_same:
            behind = ("the same", "in every world")
        elif s.behind is not None:
            behind = (number(s.behind.value, share), within(s.behind, share))
        name = f"{plan.name} (as written)" if plan.is_written else plan.name
        chance = f"{100 * s.best:.0f} %"
        table.add_row(
            Text(name), f"{s.worlds:,}", number(s.value.value, share), within(s.value, share), *behind, chance
        )
    return table


def verdict(found: PlanResult) -> list[str]:
    """What may be said of the plans, in sentences."""
    first, rivals = found.leader.name, [s for s in found.standings[1:] if not s.is_told_apart]
    if len(found.standings) == 1:
        return [f"'{first}' is the only plan there is."]
    if not rivals:
        return [f"'{first}' is the best plan: every other one is behind it for sure (all intervals hold at once)."]
    same = [found.plans[s.index].name for s in rivals if s.is_same]
    out = []
    if same:
        worlds = max(s.worlds for s in rivals if s.is_same)
        out.append(f"'{first}' and {_list(same)} come to the same in each of {worlds:,} worlds.")
    unsure = [s for s in rivals if not s.is_same]
    if unsure:
        names = _list([found.plans[s.index].name for s in unsure])
        if len(unsure) > MOST_NAMED:
            names = f"{len(unsure)} other plans"
        out.append(f"'{first}' cannot be told from {names} with so many worlds.")
        out.append(_needed(found, unsure))
    told = len(found.standings) - 1 - len(rivals)
    if told:
        out.append(f"{told} other plan{'s are' if told > 1 else ' is'} behind for sure.")
    return out


def _needed(found: PlanResult, unsure: list[Standing]) -> str:
    """How many worlds it would take."""
    known = [s for s in unsure if s.needed is not None]
    if not known:
        return "They come out even so far, so that no number of worlds can be named that would tell."
    s = max(known, key=lambda s: s.needed or 0)
    assert s.behind is not None, "the leader is not compared with itself"
    gap, name = amount(abs(s.behind.value), found.goal), found.plans[s.index].name
    whom = f"'{name}', the hardest to tell," if len(known) > 1 else f"'{name}'"
    return f"If {whom} differs by the {gap} that it looks like, about {s.needed:,} worlds of each would tell."


def _list(names: list[str]) -> str:
    quoted = [f"'{n}'" for n in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


# ------------------------------------------------------------------------------------------------------------------ game


def payoff_texts(found: PlanResult, game: Game) -> list[list[str]]:
    """The payoff of every pair with its interval, without the unit."""
    share = found.goal.is_share
    return [[f"{number(cell.value, share)} ({within(cell, share)})" for cell in row] for row in game.payoff]


def rivals(found: PlanResult) -> str:
    """The sides that choose too."""
    others = sorted({d.side for d in found.decisions} - {found.side})
    return "side " + " and ".join(f"'{side}'" for side in others)


def game_parts(found: PlanResult, game: Game) -> list[Table | Text]:
    """Both sides choosing: the matrix, the mixes and what each plan loses."""
    share = found.goal.is_share
    parts: list[Table | Text] = [Text(f"{rivals(found)} chooses too", style="bold"), Text("")]
    if len(game.columns) <= WIDEST_MATRIX:
        head = "%" if share else "s"
        table = grid(f"{head}: plan \\ answer", *game.columns)
        for name, row in zip(game.rows, game.payoff, strict=True):
            table.add_row(Text(name), *(number(cell.value, share) for cell in row))
        parts += [table, Text("")]
    return [*parts, *mix_parts(found, game)]


def mix_parts(found: PlanResult, game: Game) -> list[Table | Text]:
    """The value of the game, the mixes that secure it, and what each plan loses when it is known."""
    share = found.goal.is_share
    unit = " %" if share else " s"
    value = f"{number(game.value.value, share)}{unit} ({within(game.value, share)})"
    parts: list[Table | Text] = [
        Text(f"value of the game: {value}; neither side can be held to worse when it mixes as below")
    ]
    if game.value.high > game.value.low:
        parts.append(Text(_sharper(found, game)))
    parts.append(Text(""))
    players = (
        (f"side '{found.side}'", game.rows, game.row_mix, game.row_loss, game.row_answer, game.columns, game.rows_left),
        (
            rivals(found),
            game.columns,
            game.column_mix,
            game.column_loss,
            game.column_answer,
            game.rows,
            game.columns_left,
        ),
    )
    for side, names, mix, loss, answer, against, left in players:
        table = grid(side, "share %", "95 %", "loses", "95 %", "to", "")
        for k, name in enumerate(names):
            table.add_row(
                Text(name),
                number(mix[k].value, True),
                within(mix[k], True),
                number(loss[k].value, share),
                within(loss[k], share) if k in left else "",
                Text(against[answer[k]]),
                "" if k in left else "dominated for sure",
            )
        parts += [table, Text("")]
    note = "loses: how far from the value a plan falls when the other side knows it and answers best"
    return [*parts, Text(note, style="dim")]


def _sharper(found: PlanResult, game: Game) -> str:
    """How many worlds would give the value to a point, or to half a second."""
    half, wanted = 0.5 * (game.value.high - game.value.low), 0.01 if found.goal.is_share else 0.5
    text = "1 point" if found.goal.is_share else "0.5 s"
    if half <= wanted:
        return f"known to better than {text}"
    return f"about {int(found.played * (half / wanted) ** 2):,} worlds in all would give it to {text}"


def head_line(found: PlanResult) -> str:
    """What was played."""
    count = len(found.plans) * (len(found.game.columns) if found.game is not None else 1)
    pairs = "pairs of plans" if found.game is not None else "plans"
    state = ", interrupted" if found.interrupted else ""
    return f"{found.scenario}: {count} {pairs}, {found.played:,} worlds played, seed {found.seed}{state}"


def print_plan(found: PlanResult, console: Console) -> None:
    """The whole answer."""
    parts: list[Table | Text] = [Text(head_line(found), style="bold"), Text(goal_line(found)), Text("")]
    if found.game is not None:
        parts += [*game_parts(found, found.game), Text("")]
        parts += [Text("against the other side as written", style="bold"), Text("")]
    parts += [plan_table(found), Text(""), *(Text(line) for line in verdict(found))]
    if len({s.worlds for s in found.standings}) > 1:
        note = "behind: in the worlds that both have played; plans that were dropped have played fewer"
        parts += [Text(note, style="dim")]
    parts += [Text("best: chance of being the best plan (Bayesian bootstrap over worlds)", style="dim")]
    if any(s.needed is not None for s in found.standings):
        parts += [Text("to tell: worlds of each that would tell it from the first, about", style="dim")]
    print_text(console, *parts)


def progress_line(p: PlanProgress) -> Text:
    """Where a search stands."""
    leader = f", {p.leader} leads" if p.leader else ""
    return Text(f"{p.played:,} of {p.total:,} worlds, {p.left} plans left{leader}", no_wrap=True, overflow="ellipsis")

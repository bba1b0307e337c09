"""What each study's result shows on a page. Texts and tables are those of the terminal; charts are drawn over the same numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import singledispatch

import pyarrow as pa
from rich.table import Table
from rich.text import Text

from rearguard.study.diff import Diff
from rearguard.study.ledger_event import EventValue
from rearguard.study.ledger_result import Ledger
from rearguard.study.plan import PlanResult
from rearguard.study.plan_game import Game
from rearguard.study.sense import SenseResult
from rearguard.study.statistics import Estimate, share
from rearguard.study.sweep import Sweep
from rearguard.study.swing import Swing
from rearguard.study.tune import TuneResult
from rearguard.tell import diff as diff_text
from rearguard.tell import ledger as ledger_text
from rearguard.tell import plan as plan_text
from rearguard.tell import sense as sense_text
from rearguard.tell import sweep as sweep_text
from rearguard.tell import swing as swing_text
from rearguard.tell import tune as tune_text
from rearguard.tell.answer_blocks import Answer, Bar, Bars, Block, Curves, Line, Mark, Matrix, Note, Sheet

MOST_BARS = 24
"""Bars of a chart; the table beside it has all rows."""
FEWEST_FOR_A_CURVE = 3
"""Points along one number that a sweep draws a curve through."""

Result = Ledger | EventValue | Swing | PlanResult | TuneResult | SenseResult | Sweep | Diff


@singledispatch
def answer_of(result: object) -> Answer:
    """The answer of a study's result. Raises TypeError for anything else."""
    raise TypeError(
        "a page shows what ledger, value_event, swing, plan, tune, sense, sweep and diff return; "
        f"found {type(result).__name__}"
    )


def _notes(lines: Sequence[str]) -> list[Block]:
    """Lines of a terminal as sentences: no blank ones, and a colon where a column was."""
    return [Note(re.sub(r" {2,}", ": ", line.strip())) for line in lines if line.strip()]


def _parts(parts: Sequence[Table | Text]) -> list[Block]:
    """What a terminal shows, tables and sentences."""
    out: list[Block] = []
    for part in parts:
        if isinstance(part, Table):
            out.append(Sheet.of("", part))
        else:
            out += _notes([part.plain])
    return out


@answer_of.register(Ledger)
def _ledger(found: Ledger) -> Answer:
    rows = [
        Bar.of(
            e.title, e.seconds, f"{ledger_text.seconds(e.seconds.value)} s ({ledger_text.interval(e.seconds)})", e.side
        )
        for e in found.entries[:MOST_BARS]
    ]
    blocks: list[Block] = [
        *_notes(ledger_text.head_lines(found)),
        Bars("seconds bought for the side that acts, 95 % intervals", rows),
        Sheet.of("every act", ledger_text.ledger_table(found)),
        *(Note(ledger_text.sentence(entry)) for entry in found.entries[:MOST_BARS]),
    ]
    if found.shares is not None:
        blocks += _notes(ledger_text.share_lines(found.shares))
    return Answer("ledger", "Seconds bought", [*blocks, *_notes(ledger_text.foot_lines(found))])


@answer_of.register(EventValue)
def _event(found: EventValue) -> Answer:
    first, second, *rest = ledger_text.event_lines(found)
    return Answer("ledger", "What one act was worth", [Note(first), Note(second, strong=True), *_notes(rest)])


@answer_of.register(Swing)
def _swing(found: Swing) -> Answer:
    moments = [
        [f"{m.time:.1f} s", f"{100 * m.chance.value:.1f} %", swing_text.span(m.chance), f"{m.continuations:,}"]
        for m in found.moments
    ]
    jumps = [
        [f"{j.begin:.1f} to {j.end:.1f} s", swing_text.points(j.change), "; ".join(j.because) or swing_text.UNKNOWN]
        for j in found.jumps
    ]
    chances = [m.chance for m in found.moments]
    curve = Curves(
        "chance at every moment, with its 95 % interval",
        [m.time for m in found.moments],
        "seconds of the world",
        "chance to be in time",
        [_line("chance", chances)],
        share=True,
        marks=[
            Mark(0.5 * (j.begin + j.end), swing_text.points(j.change)) for j in found.jumps[: swing_text.MOST_JUMPS]
        ],
    )
    blocks: list[Block] = [*_notes(swing_text.head_lines(found)), curve]
    if jumps:
        blocks.append(
            Sheet("jumps, the biggest first", ["when", "points", "what happened then"], [False, True, False], jumps)
        )
    head = ["time", "chance", "95 % interval", "continuations"]
    blocks += [*_notes(swing_text.foot_lines(found)), Sheet("every moment", head, [True] * 4, moments, folded=True)]
    return Answer("swing", "Swing", blocks)


def _line(label: str, estimates: Sequence[Estimate | None]) -> Line:
    """A curve with its interval; nothing where there is no estimate."""
    nan = float("nan")
    return Line(
        label,
        [nan if e is None else e.value for e in estimates],
        [nan if e is None else e.low for e in estimates],
        [nan if e is None else e.high for e in estimates],
    )


# ---------------------------------------------------------------------------------------------------------------- plans


@answer_of.register(PlanResult)
def _plan(found: PlanResult) -> Answer:
    goal = found.goal
    unit = " %" if goal.is_share else " s"
    rows = [
        Bar.of(
            found.plans[s.index].name,
            s.value,
            f"{plan_text.number(s.value.value, goal.is_share)}{unit} ({plan_text.within(s.value, goal.is_share)})",
            f"best with a chance of {100 * s.best:.0f} %",
        )
        for s in found.standings[:MOST_BARS]
    ]
    said = plan_text.verdict(found)
    blocks: list[Block] = [
        Note(plan_text.head_line(found)),
        Note(plan_text.goal_line(found)),
        *(Note(line, strong=k == 0) for k, line in enumerate(said)),
        Bars(f"{goal.text} under each plan, best first, 95 % intervals", rows, whole=goal.is_share),
        Sheet.of("every plan", plan_text.plan_table(found)),
    ]
    if found.game is not None:
        blocks += _game(found, found.game)
    return Answer("plan", "Which plan", blocks)


def _game(found: PlanResult, game: Game) -> list[Block]:
    """Both sides choosing."""
    unit = "%" if found.goal.is_share else "s"
    title = f"{found.goal.text} in {unit}: plans of '{found.side}' down, answers of {plan_text.rivals(found)} across"
    values = [[cell.value for cell in row] for row in game.payoff]
    texts = plan_text.payoff_texts(found, game)
    rows = [[name, *row] for name, row in zip(game.rows, texts, strict=True)]
    return [
        Note(f"{plan_text.rivals(found)} chooses too"),
        Matrix(title, game.rows, game.columns, values, texts, found.high_is_good),
        Sheet("payoffs", ["plan", *game.columns], [False, *[True] * len(game.columns)], rows, folded=True),
        *_parts(plan_text.mix_parts(found, game)),
    ]


@answer_of.register(TuneResult)
def _tune(found: TuneResult) -> Answer:
    blocks: list[Block] = [Note(tune_text.head_line(found)), Sheet.of("targets", tune_text.targets_table(found))]
    blocks += _parts(tune_text.answer_parts(found))
    for knob in found.knobs:
        curve = found.curves[knob.name]
        at = [dict(zip((k.name for k in found.knobs), trial.point, strict=True))[knob.name] for trial in curve]
        order = sorted(range(len(at)), key=at.__getitem__)
        solved = [
            Mark(s.changes[knob.name] / knob.scale, f"solution {k}")
            for k, s in enumerate(found.solutions, start=1)
            if knob.name in s.changes
        ]
        for n, target in enumerate(found.targets):
            aims = [curve[k].aims[n] for k in order]
            reach = [1.96 * a.error for a in aims]
            line = Line(
                target.name,
                [a.value for a in aims],
                [a.value - r for a, r in zip(aims, reach, strict=True)],
                [a.value + r for a, r in zip(aims, reach, strict=True)],
            )
            title = f"{target.name} along {knob.name}, the other factors as today, 95 % intervals"
            x_label = f"{knob.name} [{knob.unit}]" if knob.unit else knob.name
            y_label = "share of worlds" if target.is_share else target.unit
            blocks.append(
                Curves(
                    title,
                    [at[k] / knob.scale for k in order],
                    x_label,
                    y_label,
                    [line],
                    share=target.is_share,
                    wanted=(target.band.low, target.band.high),
                    marks=[Mark(knob.today / knob.scale, "today"), *solved],
                )
            )
        title = f"{knob.name} alone, the others as today (* meets the target)"
        blocks.append(Sheet.of(title, tune_text.curve_table(found, knob, curve), folded=True))
    return Answer("tune", "Tuning", blocks)


# ------------------------------------------------------------------------------------------------------- what matters


@answer_of.register(SenseResult)
def _sense(found: SenseResult) -> Answer:
    blocks: list[Block] = [Note(sense_text.head_line(found))]
    for goal in found.goals:
        unit = "points" if goal.is_share else "s"
        screened = [s for s in found.screened if s.measure == goal.text]
        if screened:
            scale = 100.0 if goal.is_share else 1.0
            rows = [
                Bar(
                    s.factor,
                    scale * s.effect.mean.value,
                    scale * s.effect.mean.low,
                    scale * s.effect.mean.high,
                    f"{sense_text.amount(s.effect.mean.value, goal)} {unit} ({sense_text.between(s.effect.mean, goal)})",
                    "" if s.is_detectable else "no detectable effect",
                )
                for s in screened[:MOST_BARS]
            ]
            blocks += [
                Bars(f"on {goal.text}: what each factor does over its whole range, 95 % intervals", rows),
                Sheet.of(f"on {goal.text}: elementary effects", sense_text.screen_table(found, goal)),
            ]
        shares = [s for s in found.shares if s.measure == goal.text]
        if shares:
            rows = [
                Bar.of(s.factor, s.total, f"{sense_text.percent(s.total.value)} ({sense_text.span(s.total)})")
                for s in shares[:MOST_BARS]
            ]
            blocks += [
                Note(sense_text.caused_line(found, goal)),
                Bars(f"on {goal.text}: Sobol' total indices, 95 % intervals", rows, whole=True),
                Sheet.of(f"on {goal.text}: Sobol' indices", sense_text.share_table(found, goal)),
            ]
        drawn = [d for d in found.draws if d.measure == goal.text and d.is_detectable]
        if drawn:
            rows = [Bar.of(d.path, d.look.correlation, f"{d.look.correlation.value:+.2f}") for d in drawn[:MOST_BARS]]
            blocks.append(Bars(f"on {goal.text}: rank correlation with what worlds drew, 95 % intervals", rows))
        if found.draws:
            table, _left = sense_text.draw_table(found, goal)
            blocks += [Note(sense_text.drawn_line(found, goal)), Sheet.of(f"on {goal.text}: drawn per world", table)]
    if not found.draws:
        blocks.append(Note("This scenario draws no noise."))
    return Answer("sense", "What matters", blocks)


# --------------------------------------------------------------------------------------------------- sweeps and changes


@answer_of.register(Sweep)
def _sweep(found: Sweep) -> Answer:
    blocks: list[Block] = [Note(sweep_text.head_line(found)), *_sweep_charts(found)]
    blocks.append(Sheet.of("every point, with 95 % intervals", sweep_text.sweep_table(found)))
    if len(found.points) > sweep_text.MOST_ROWS:
        blocks.append(Note(f"… and {len(found.points) - sweep_text.MOST_ROWS:,} more points in the files"))
    return Answer("sweep", "The sweep", blocks)


def _sweep_charts(found: Sweep) -> list[Block]:
    """Curves over one number that is varied; else bars, while there are not too many points."""
    outcomes = list(dict.fromkeys(o.name for p in found.points for o in p.answer.outcomes if o.worlds))

    def shares(name: str) -> list[Estimate]:
        of = [{o.name: o.share for o in p.answer.outcomes} for p in found.points]
        return [shown.get(name, share(0, p.answer.worlds)) for shown, p in zip(of, found.points, strict=True)]

    column = found.table.column(1)
    if len(found.names) == 1 and pa.types.is_floating(column.type) and not column.null_count:
        at = column.to_pylist()
        if len(at) >= FEWEST_FOR_A_CURVE:
            order = sorted(range(len(at)), key=at.__getitem__)
            lines = [_line(name, [shares(name)[k] for k in order]) for name in outcomes]
            x_label = f"{found.names[0]}, in SI units"
            title = f"how worlds end along {found.names[0]}, 95 % intervals"
            return [Curves(title, [at[k] for k in order], x_label, "share of worlds", lines, share=True)]
    if len(found.points) > MOST_BARS:
        return []
    short = sweep_text.short_names(found.names)
    names = [
        ", ".join(
            f"{n} {'as written' if text is None else text}" for n, text in zip(short, p.settings.values(), strict=True)
        )
        for p in found.points
    ]
    return [
        Bars(
            f"share of worlds that end as {outcome}, 95 % intervals",
            [
                Bar.of(n, e, f"{sweep_text.interval(e, 100.0, narrow=False)} %")
                for n, e in zip(names, shares(outcome), strict=True)
            ],
            whole=True,
        )
        for outcome in outcomes
    ]


@answer_of.register(Diff)
def _diff(found: Diff) -> Answer:
    blocks: list[Block] = [*_notes(diff_text.head_lines(found)), Note(diff_text.verdict(found), strong=True)]
    for unit, scale, title in (("points", 100.0, "change in points"), ("s", 1.0, "change in seconds")):
        rows = [
            Bar(
                f.name,
                scale * f.change.value,
                scale * f.change.low,
                scale * f.change.high,
                f"{diff_text.number(f.change.value, f.unit, sign=True)} ({diff_text.change_interval(f)})",
                "" if f.is_seen else "no difference seen",
            )
            for f in found.figures
            if f.unit == unit
        ]
        if rows:
            blocks.append(Bars(f"{title}, b less a; intervals that hold together with 95 %", rows))
    blocks.append(Sheet.of("figures", diff_text.figure_table(found)))
    if found.changes:
        blocks.append(Sheet.of("in the text", diff_text.change_table(found)))
    blocks += [
        Sheet.of("how worlds moved: outcome in a down, in b across", diff_text.transition_table(found)),
        Note(diff_text.moved_line(found)),
        *(Note(diff_text.example_line(example)) for example in found.examples),
    ]
    return Answer("diff", "What changes", blocks)

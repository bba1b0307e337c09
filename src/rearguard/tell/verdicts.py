"""Expectations and verdicts: text for a terminal, JUnit and GitHub for those who run them unattended."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rearguard.scenario.errors import clean

if TYPE_CHECKING:
    from rearguard.scenario.expectations import Expectation
    from rearguard.study.beats import Beat, Beats
    from rearguard.study.check import CheckProgress, CheckResult, Verdict
    from rearguard.study.prove import Proof, Proofs
    from rearguard.study.statistics import Estimate
    from rearguard.study.why_not import WhyNot


def number(value: float, expectation: Expectation) -> str:
    """A value in the unit of an expectation, without it."""
    if not math.isfinite(value):
        return "–" if math.isnan(value) else "∞" if value > 0 else "-∞"
    if expectation.is_share:
        return f"{100.0 * value:.1f}"
    return f"{value:.1f}" if expectation.unit else f"{value:.2f}"


def unit(expectation: Expectation) -> str:
    """What stands behind a value of an expectation."""
    return " %" if expectation.is_share else f" {expectation.unit}".rstrip()


def interval(estimate: Estimate, expectation: Expectation) -> str:
    """Low to high."""
    return f"{number(estimate.low, expectation)} to {number(estimate.high, expectation)}"


def band(expectation: Expectation) -> str:
    """Where the value must lie."""
    low, high = expectation.band.low, expectation.band.high
    top = 1.0 if expectation.is_share else math.inf
    bottom = 0.0 if expectation.is_share else -math.inf
    if (low > bottom) == (high < top):
        return f"{number(low, expectation)} to {number(high, expectation)}"
    if high < top:
        return f"at most {number(high, expectation)}"
    return f"at least {number(low, expectation)}"


WORDY = ("expectation", "verdict", "proof", "fails")
"""Columns that hold words."""
NAME_WIDTH = 56
"""Characters of an expectation's name before it is broken."""
WIDEST = 400
"""Tables take the room they need: a number that is cut off misleads."""


def _grid(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=True, header_style="dim")
    for name in columns:
        if name == "expectation":
            table.add_column(name, max_width=NAME_WIDTH, overflow="fold")
        else:
            table.add_column(name, justify="left" if name in WORDY else "right", no_wrap=True)
    return table


def print_text(console: Console, *parts: Table | Text) -> None:
    """Print; in a file or a pipe without blanks at the ends of lines."""
    console.width = WIDEST
    with console.capture() as captured:
        for part in parts:
            console.print(part, soft_wrap=True)
    text = captured.get()
    if not console.is_terminal:
        text = "".join(f"{line.rstrip()}\n" for line in text.splitlines())
    console.file.write(text)


def _notes(beat: Beat) -> list[str]:
    """What a reader of an estimate should know."""
    out = []
    if beat.vacuous:
        out.append(f"{beat.vacuous} of the worlds had no occasion")
    if beat.truncated:
        out.append(f"{beat.truncated} logs are cut: raise log.events")
    return out


def print_beats(found: Beats, console: Console) -> None:
    """Every expectation with its estimate, its band and how often it came true."""
    table = _grid("expectation", "worlds", "held", "estimate", "95 % interval", "expected", "", "in world", "not in")
    for beat in found.beats:
        e = beat.expectation
        table.add_row(
            Text(e.name),
            f"{beat.counted:,}",
            f"{beat.held:,}" if e.is_share else "",
            number(beat.estimate.value, e) + unit(e),
            interval(beat.estimate, e),
            band(e) + unit(e),
            Text("" if beat.is_inside else "outside", style="red"),
            "" if beat.example is None else str(beat.example),
            "" if beat.counterexample is None else str(beat.counterexample),
        )
    head = Text(f"{found.scenario}: {found.worlds:,} worlds, seed {found.seed}", style="bold")
    notes = [Text(f"{beat.expectation.name}: {note}") for beat in found.beats for note in _notes(beat)]
    print_text(console, head, Text(""), table, *([Text(""), *notes] if notes else []))


# ------------------------------------------------------------------------------------------------------------- verdicts

_STYLE = {"pass": "green", "fail": "red", "inconclusive": "yellow"}


def chance(value: float) -> str:
    """A chance in per cent, near 0 or near 1 with the digits that tell it from them."""
    if value <= 0.5:
        return f"{100.0 * value:.2g} %"
    digits = max(0, -math.floor(math.log10(100.0 * (1.0 - value))))
    return f"{100.0 * value:.{digits}f} %"


def headline(result: CheckResult) -> str:
    """What a check came to, in a line."""
    counts = [f"{len(found)} {answer}" for answer in ("pass", "fail", "inconclusive") if (found := result.of(answer))]
    return f"{result.scenario}: {', '.join(counts)}; {result.worlds:,} worlds, seed {result.seed}"


def guarantee(result: CheckResult) -> str:
    """What the verdicts are worth."""
    each = result.error / len(result.verdicts)
    return (
        f"the chance that any verdict is wrong is at most {chance(result.error)}; "
        f"intervals hold at every number of worlds, each with {chance(1.0 - each)}"
    )


def finding(verdict: Verdict) -> str:
    """A verdict in a sentence: what was expected, and what was found."""
    e = verdict.expectation
    what = "share of worlds" if e.is_share else "value"
    found = f"the {what} is {number(verdict.estimate.value, e)}{unit(e)} ({interval(verdict.estimate, e)})"
    return f"{e.text}: {found}, expected {band(e)}{unit(e)}; {verdict.counted:,} worlds count"


def remarks(verdict: Verdict) -> list[str]:
    """What a reader of a verdict should know beside its numbers."""
    out = []
    if verdict.why is not None:
        out.append(verdict.why)
    if verdict.vacuous:
        out.append(f"in {verdict.vacuous:,} of {verdict.counted:,} worlds it held for want of an occasion")
    if verdict.replay is not None:
        out.append(f"see a world: {verdict.replay}")
    return out


def certifies(verdict: Verdict) -> str:
    """Width of the narrowest band that the worlds could certify."""
    if not math.isfinite(verdict.certifiable):
        return "–"
    e = verdict.expectation
    return number(verdict.certifiable, e) + (" points" if e.is_share else unit(e))


def print_check(result: CheckResult, console: Console) -> None:
    """Every verdict in a row, and below it what is known about those that do not pass."""
    table = _grid("verdict", "expectation", "worlds", "estimate", "interval", "expected", "certifies")
    for verdict in result.verdicts:
        e = verdict.expectation
        table.add_row(
            Text(verdict.answer, style=_STYLE[verdict.answer]),
            Text(e.name),
            f"{verdict.counted:,}",
            number(verdict.estimate.value, e) + unit(e),
            interval(verdict.estimate, e),
            band(e) + unit(e),
            certifies(verdict),
        )
    below = [
        Text(line)
        for verdict in result.verdicts
        if (lines := remarks(verdict))
        for line in (f"{verdict.answer}: {finding(verdict)}", *(f"    {remark}" for remark in lines))
    ]
    head = Text(headline(result), style="bold")
    tail = [*below, Text("")] if below else []
    print_text(console, head, Text(""), table, Text(""), *tail, Text(guarantee(result)))


def check_lines(p: CheckProgress) -> Text:
    """Where a check stands, in a line."""
    rate = p.done / max(p.seconds, 1e-9)
    counts = ", ".join(f"{p.answers.count(a)} {a}" for a in ("pass", "fail", "inconclusive") if a in p.answers)
    decided = f"{len(p.answers)} of {p.total} decided" + (f" ({counts})" if counts else "")
    line = f"{p.done:,} of at most {p.budget:,} worlds, {rate:,.0f} a second; {decided}"
    return Text(line, no_wrap=True, overflow="ellipsis")


def junit(result: CheckResult) -> str:
    """JUnit XML: a failure for each that fails, an error for each that is not decided."""
    from xml.etree import ElementTree as ET

    suite = ET.Element(
        "testsuite",
        name=f"rearguard check {result.scenario}",
        tests=str(len(result.verdicts)),
        failures=str(len(result.of("fail"))),
        errors=str(len(result.of("inconclusive"))),
        skipped="0",
        time=f"{result.seconds:.3f}",
    )
    for verdict in result.verdicts:
        place = {} if verdict.where is None else {"file": clean(verdict.where.file), "line": str(verdict.where.line)}
        name = clean(verdict.expectation.name)
        case = ET.SubElement(suite, "testcase", {"classname": result.scenario, "name": name, "time": "0", **place})
        if verdict.answer != "pass":
            tag = "failure" if verdict.answer == "fail" else "error"
            node = ET.SubElement(case, tag, type=verdict.answer, message=clean(finding(verdict)))
            node.text = clean("; ".join(remarks(verdict)))
    ET.indent(suite)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suite, encoding="unicode") + "\n"


def github(result: CheckResult) -> str:
    """Workflow commands of GitHub: an annotation for each that does not pass, and a line that sums up."""

    def escape(text: str, *more: str) -> str:
        for sign in ("%", "\r", "\n", *more):
            text = text.replace(sign, f"%{ord(sign):02X}")
        return text

    lines = []
    for verdict in result.verdicts:
        if verdict.answer == "pass":
            continue
        level = "error" if verdict.answer == "fail" else "warning"
        where = verdict.where
        place = "" if where is None else f"file={escape(where.file, ':', ',')},line={where.line},col={where.column},"
        title = escape(f"{verdict.expectation.name}: {verdict.answer}", ":", ",")
        message = "\n".join([finding(verdict), *remarks(verdict)])
        lines.append(f"::{level} {place}title={title}::{escape(message)}")
    lines.append(f"::notice title=rearguard check::{escape(headline(result))}")
    return "\n".join(lines) + "\n"


# ------------------------------------------------------------------------------------------------------------- why not


def print_why_not(found: WhyNot, console: Console) -> None:
    """In how many worlds an expectation does not hold, and which clause broke in how many of them."""
    e = found.expectation
    lines = [Text(f"{e.name}: {e.text}" if e.name != e.text else e.text, style="bold")]
    of = f"{found.counted:,} worlds"
    if found.counted < found.worlds:
        of += f" that count ({found.worlds:,} played)"
    if e.is_share and found.counted:
        held = number(1.0 - found.failing / found.counted, e)
        lines.append(
            Text(f"holds in {held}{unit(e)} of worlds, expected {band(e)}{unit(e)}; not in {found.failing:,} of {of}")
        )
    else:
        lines.append(Text(f"lies outside {band(e)}{unit(e)} in {found.failing:,} of {of}"))
    if found.failing:
        lines.append(Text(""))
    for reason in found.reasons:
        lines.append(Text(f"{reason.clause}"))
        lines.append(Text(f"    {reason.what} in {reason.worlds:,} of {found.failing:,} (e.g. world {reason.example})"))
        lines += [Text(f"    {hint}") for hint in reason.hints]
    if found.replay is not None:
        lines += [Text(""), Text(f"see one: {found.replay}")]
    print_text(console, *lines)


# ------------------------------------------------------------------------------------------------------------- proving


def _fails_at(proof: Proof) -> str:
    """From which shares on a check would call it a failure."""
    e = proof.expectation
    parts = [
        f"{word} {number(value, e)}{unit(e)}"
        for word, value in (("up to", proof.fails_below), ("from", proof.fails_above))
        if value is not None
    ]
    return " and ".join(parts)


def print_proofs(found: Proofs, console: Console) -> None:
    """Which expectations can fail, what it takes, and what is wrong with those that cannot."""
    table = _grid("proof", "expectation", "seen", "expected", "fails")
    for proof in found.proofs:
        e = proof.expectation
        word, style = ("can fail", "green") if proof.holds else ("vacuous", "red")
        seen = number(proof.seen.value, e) + unit(e)
        table.add_row(Text(word, style=style), Text(e.name), seen, band(e) + unit(e), Text(_fails_at(proof)))
    below = []
    for proof in found.proofs:
        if not proof.holds:
            below += [Text(""), Text(f"{proof.expectation.name}: {proof.why}", style="red")]
            below += [
                Text(
                    f"    {a.what}: {number(a.estimate.value, proof.expectation)}{unit(proof.expectation)}, {a.answer}"
                )
                for a in proof.attempts
            ]
    good = sum(proof.holds for proof in found.proofs)
    head = Text(f"{found.scenario}: {good} of {len(found.proofs)} expectations can fail", style="bold")
    tried = f"tried on {found.worlds:,} worlds, seed {found.seed}, for checks of at most {found.budget:,} worlds"
    print_text(console, head, Text(""), table, *below, Text(""), Text(tried))

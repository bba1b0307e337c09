"""docs/validity.md: the figures as a page, and whether a page on disk still says what the engine does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import zip_longest
from math import isfinite

from validity.figures import SECTIONS
from validity.figures.figure import Figure, Section

HEAD = ("quantity", "source", "figure", "tolerance", "ours", "inside")
OURS = HEAD.index("ours")

INTRODUCTION = """\
# Validity

Written by `tools/write_validity.py`; do not edit by hand. Every row is a test (`tests/validity/test_figures.py`).

A row holds a published figure, or a closed form, against what Rearguard makes of it: computed by the engine's own
functions, or, where *ours* is marked ▸, read off worlds that the engine played tick by tick. Shares and means of many
worlds are drawn with a fixed seed and may differ by three standard errors. Sources that were not read again for this
page are quoted by name only. *Derived* and *closed form* mean that the figure follows from the model by calculation.
"""

DEPARTURES = """\
## Where the engine departs from its models

- **Looks through a forest are independent of one another.** Stems stand still, so that in truth a second look along the
  same line sees what the first one saw; here every look draws anew, and somebody who stands still behind trees is found
  sooner than the Poisson forest would have it.
- **Ways beyond 32 m follow travel-time fields**, which know eight directions and run by way of landmarks. On an empty
  field somebody 200 m away is reached up to a fifth later than in a straight line, depending on the bearing.
- **The lead of an interception is cut at 4 s**, so that a long chase across lies between lead and pure pursuit.
- **A load does not lengthen the start.** Top speed falls as measured under 21.6 kg; the time constant of the start stays.
- **Downhill is run as level**: braking, not power, limits it, and no accepted law was found.
- **Below 2.2 m/s people walk** after Pandolf, so that very steep slopes are a little slower than equal power on a run.
- **Bleeding subsides** with a declared time constant of ten minutes; a constant flow would kill sooner.
- **A tracker's pace is an effort, not a speed over ground**: on soft ground it reads the trail more slowly still.
- **Crumbs of a trail lie up to one tick's way further apart** than the 4 m that a loss is reckoned with.
"""

UNUSED = """\
## Models that nothing here uses

Known, and left out until a mechanic needs them:

- paths of least turning radius (Dubins) and the homicidal chauffeur: people turn within a stride;
- lion and man, equal-speed encirclement, several cutters at once: pursuers do not plan together;
- top speed by body mass across animals (Hirt 2017): a top speed is written for every body;
- the integral form of W′ recovery (Skiba 2012) and that of elite cyclists (Bartram): `recovery` scales the one in use;
- graded walking after the Army's load carriage model (LCDA), Tobler's and Irmischer & Clarke's speeds on slopes: power
  by Pandolf and Minetti decides;
- endurance of stretcher bearers (Rice, Knapik): carriers tire by their reserve only;
- standing jumps and the best angle at a given take-off speed; recovery of a lean by age (Wojcik);
- visual range in haze and smoke (Koschmieder, Jin), recognition and identification ranges after Johnson;
- forest attenuation after Hoover and Embleton: they bound the rate that a scenario may set;
- sweep width and coverage of a search (Koopman, Koester): nobody sweeps an area;
- square and linear laws of attrition (Lanchester) and their Markov chains: fights are played blow by blow;
- choice reaction time (Hick–Hyman), armed stand-offs, freezing in disasters;
- queues at a gap, interdiction games, sequential tests, exact (Clopper–Pearson) intervals;
- behaviour trees; Threefry and the 64-bit Philox.
"""

THIN = """\
## Where the literature is thin

No row above makes these valid: they are parameters of a scenario or declared constants, to be varied, not believed.

- How a trail ages, for a dog's nose or a tracker's eye: no accepted curve; half-lives are consistent with themselves only.
- How fast a leashed dog tracks, how loud footsteps are outdoors, how much one's own breath masks: no figure with a source.
- What impulse fells somebody who runs: it follows here from the balance of somebody who stands.
- What blood loss beyond class II does to running: no experiment; capacity goes on falling in proportion.
- How fast a spent reserve comes back: accepted forms differ four- to sevenfold.
- How much a forest swallows: 6 to 23 dB in 100 m at 1 kHz, by author.
- How terrain coefficients for snow depend on depth: a published polynomial leaves its unit open and is not used.
- How often people freeze, and how soon a large vessel bleeds out: statements at second hand.
- How spread out throws are: hits of trained throwers fall more slowly with distance than one fixed angle would have it.
"""


def number(x: float, decimals: int | None = None) -> str:
    """A number as a reader wants it: with ``decimals``, or as it was written."""
    text = f"{x:.10g}" if decimals is None else f"{round(x, decimals) + 0.0:.{decimals}f}"
    return text.replace("-", "−")


def wanted(figure: Figure) -> str:
    """The figure itself, with its unit."""
    unit = f" {figure.unit}" if figure.unit else ""
    if isinstance(figure.expected, str):
        return f"`{figure.expected}`"
    if isinstance(figure.expected, tuple):
        low, high = figure.expected
        return f"{number(low)} to {number(high)}{unit}" if isfinite(high) else f"{number(low)}{unit} or more"
    as_written = number(figure.expected)
    # what a closed form leaves in a long tail of digits is cut at what the tolerance can tell
    return (as_written if len(as_written) < 9 else number(figure.expected, figure.decimals + 1)) + unit


def tolerance(figure: Figure) -> str:
    """How far ours may lie off."""
    if figure.allowed <= 0.0:
        return "–"
    if figure.relative > 0.0 and figure.allowed > figure.tolerance:
        return f"± {100.0 * figure.relative:g} %"
    return f"± {number(float(f'{figure.allowed:.2g}'))}"


def cells(figure: Figure) -> tuple[str, ...]:
    """A row of the table."""
    value = figure.value
    ours = f"`{value}`" if isinstance(value, str) else number(value, figure.decimals)
    inside = "yes" if figure.inside else f"no: {figure.outside}" if figure.outside else "**no**"
    played = "▸ " if figure.played else ""
    return (figure.quantity, figure.source, wanted(figure), tolerance(figure), played + ours, inside)


def unplayed(figure: Figure) -> tuple[str, ...]:
    """A row of the table as far as it can be told without ours."""
    return (figure.quantity, figure.source, wanted(figure), tolerance(figure), "", "")


def outline(text: str) -> str:
    """A page without what is ours in its rows."""
    rows = [line.split(" | ") for line in text.splitlines()]
    return "\n".join(" | ".join(row[:OURS] if len(row) == len(HEAD) else row) for row in rows)


def table(rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def part(section: Section, cells_of: Callable[[Figure], tuple[str, ...]]) -> str:
    """A section of the page."""
    return f"## {section.title}\n\n{section.about}\n\n{table(map(cells_of, section.rows))}\n"


def page(cells_of: Callable[[Figure], tuple[str, ...]] = cells) -> str:
    """The whole page; computes and plays whatever has not been yet, unless ``cells_of`` gives rows without it."""
    rows = [row for section in SECTIONS for row in section.rows]
    inside, played = sum(not row.outside for row in rows), sum(row.played for row in rows)
    count = f"{len(rows)} figures, {played} of them played; {inside} inside, {len(rows) - inside} outside and known.\n"
    return "\n".join([INTRODUCTION, count, *(part(s, cells_of) for s in SECTIONS), DEPARTURES, UNUSED, THIN])


def close(old: str, new: str) -> bool:
    """True for lines that are equal but for one unit in the last digit of ours, which machines may round apart."""
    if old == new:
        return True
    before, after = old.split(" | "), new.split(" | ")
    if len(before) != len(HEAD) or len(after) != len(HEAD):
        return False
    a, b = before.pop(OURS).removeprefix("▸ "), after.pop(OURS).removeprefix("▸ ")
    try:
        gap = abs(float(a.replace("−", "-")) - float(b.replace("−", "-")))
    except ValueError:
        return False
    decimals = len(b.partition(".")[2])
    return before == after and gap < 1.5 * 10.0**-decimals


def stale(old: str, new: str) -> list[str]:
    """Lines of the fresh page that the one on disk does not have."""
    pairs = zip_longest(old.splitlines(), new.splitlines(), fillvalue="")
    return [b or f"(too much) {a}" for a, b in pairs if not close(a, b)]

"""Writes docs/reference.md: orders, inputs, targets, ground types and event kinds, from the code that means them.

python tools/write_reference.py [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path

from rearguard.engine.events import EVENT_KINDS, ITEM_OF
from rearguard.scenario.grounds import BUILT_IN
from rearguard.scenario.schema import INPUTS, ORDERS, TARGETS
from rearguard.scenario.units import DIMENSIONS

FILE = Path(__file__).parent.parent / "docs" / "reference.md"


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def reference() -> str:
    """The whole page."""
    grounds = BUILT_IN.values() if isinstance(BUILT_IN, dict) else BUILT_IN
    parts = [
        "# Reference\n\nWritten by `tools/write_reference.py`; do not edit by hand.",
        "## Units\n\nEvery quantity is written with its unit; `normal(mean, sd)`, `uniform(low, high)`, "
        "`triangular(low, mode, high)` and `choice(a, b, …)` draw one per world.",
        table(
            ("dimension", "units", "examples"),
            [(d.name, ", ".join(u or "–" for u in d.factors), ", ".join(d.examples)) for d in DIMENSIONS],
        ),
        "## Orders",
        table(("order", "what it does"), [(f"`{k}`", v) for k, v in ORDERS.items()]),
        "## Targets\n\n" + ", ".join(f"`{t}`" for t in TARGETS) + ", or the name of a person or payload.",
        "## Inputs of considerations",
        table(("input", "value"), [(f"`{k}`", v) for k, v in INPUTS.items()]),
        "## Ground types\n\nValues of a type can be changed, and types added, under `ground:`.",
        table(
            (
                "type",
                "speed",
                "energy (eta)",
                "cover [1/m]",
                "screen [m]",
                "sign",
                "friction",
                "noise [dB]",
                "muffle [dB/m]",
                "scent half-life [min]",
                "passable",
            ),
            [
                (
                    f"`{g.name}`",
                    f"{g.speed:g}",
                    f"{g.energy:g}",
                    f"{g.cover:g}",
                    f"{g.screen:g}",
                    f"{g.sign:g}",
                    f"{g.friction:g}",
                    f"{g.noise:g}",
                    f"{g.muffle:g}",
                    f"{g.scent / 60:g}",
                    "yes" if g.passable else "no",
                )
                for g in grounds
            ],
        ),
        "## Events",
        table(("kind", "meaning", "item"), [(f"`{k}`", v, ITEM_OF.get(k, "")) for k, v in EVENT_KINDS.items()]),
    ]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Write the page, or with --check say whether it is up to date."""
    if "--check" in sys.argv:
        sys.exit(0 if FILE.is_file() and FILE.read_text(encoding="utf-8") == reference() else 1)
    FILE.write_text(reference(), encoding="utf-8")


if __name__ == "__main__":
    main()

"""What a side can decide, and the plans that it makes up: declared ``choices``, and those generated from what people can do.

A generated decision says who *may* do something; it bars everybody else from it and adds no ability. ``stay``: who may take
up the orders that bar a way (hold, block, screen). ``mark``: who may set way marks. ``scout``: who may follow a trail. The
doctrines are left as they are, so that somebody who may stay still does so only when the doctrine says so; what a doctrine
never does, no plan of these can ask for.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rearguard.engine.columns import Effect
from rearguard.engine.model import Order
from rearguard.engine.variant import Variant
from rearguard.scenario.errors import did_you_mean
from rearguard.study.folder import RunError

if TYPE_CHECKING:
    from rearguard.scenario.compiled import Compiled
    from rearguard.scenario.schema import Scenario

GENERATED: dict[str, tuple[Order, ...]] = {
    "stay": (Order.hold, Order.block, Order.screen),
    "mark": (),
    "scout": (Order.track,),
}
"""Decisions that can be generated, with the orders that each is about; ``mark`` is about techniques."""
EVERYBODY, NOBODY = "everybody", "nobody"
MOST_PLANS = 512
"""Plans of one side; who has more has to say which choices are to be varied."""


@dataclass(frozen=True)
class Decision:
    """Something that a side decides. moves: what each of ``values`` changes in a world; default: index of what is written."""

    name: str
    side: str
    values: tuple[str, ...]
    moves: tuple[Variant, ...]
    default: int


@dataclass(frozen=True)
class Plan:
    """One value for each decision of a side. is_written: all of them are those of the scenario."""

    name: str
    picks: Mapping[str, str]
    variant: Variant
    is_written: bool


def join(parts: Sequence[Variant]) -> Variant:
    """Several changes at once."""
    return Variant(
        choices={k: v for part in parts for k, v in part.choices.items()},
        cells={k: v for part in parts for k, v in part.cells.items()},
        barred_uses=frozenset().union(*(part.barred_uses for part in parts)),
        barred_orders=frozenset().union(*(part.barred_orders for part in parts)),
        absent=frozenset().union(*(part.absent for part in parts)),
    )


def declared(scenario: Scenario, compiled: Compiled, only: Sequence[str] = ()) -> list[Decision]:
    """The scenario's choices; only: names of those to vary, default all. RunError for a name that none has."""
    for name in only:
        if name not in scenario.choices:
            raise RunError(f"no choice is called '{name}'; {did_you_mean(name, scenario.choices)}")
    out = []
    for k, (name, choice) in enumerate(scenario.choices.items()):
        if only and name not in only:
            continue
        moves = tuple(Variant(choices={k: v}) for v in range(len(choice.of)))
        out.append(Decision(name, choice.side, tuple(choice.of), moves, int(compiled.choice_default[k])))
    return out


def generated(what: str, compiled: Compiled) -> list[Decision]:
    """A decision of kind ``what`` for every side that can make it; people of a group go together."""
    if what not in GENERATED:
        raise RunError(f"--generate knows no '{what}'; {did_you_mean(what, GENERATED)}")
    names = compiled.names
    bars = {i: _bar(compiled, i, what) for i in range(len(names.people))}
    able = {i for i, bar in bars.items() if bar.barred_orders or bar.barred_uses}
    out = []
    for k, side in enumerate(names.sides):
        people = [i for i in sorted(able) if names.side_of[i] == k]
        units = list(dict.fromkeys(names.groups[i] for i in people))
        if not units:
            continue
        moves = [Variant(), join([bars[i] for i in people])]
        values = [EVERYBODY, NOBODY]
        if len(units) > 1:
            values += [f"only {unit}" for unit in units]
            moves += [join([bars[i] for i in people if names.groups[i] != unit]) for unit in units]
        out.append(Decision(f"may_{what}", side, tuple(values), tuple(moves), 0))
    if not out:
        orders = ", ".join(order.name for order in GENERATED[what])
        doing = f"take up an order such as {orders}" if orders else "use a technique of the effect `mark`"
        raise RunError(f"--generate {what}: no doctrine of {compiled.name} lets anybody {doing}")
    return out


def _bar(compiled: Compiled, person: int, what: str) -> Variant:
    """What keeps a person from ``what``; empty when the doctrine never does it."""
    doctrine = compiled.arrays["doctrine"]
    first, count = int(doctrine["first"][person]), int(doctrine["count"][person])
    rows = slice(first, first + count)
    orders = {int(o) for o in doctrine["order"][rows]} & {int(o) for o in GENERATED[what]}
    uses: set[int] = set()
    if what == "mark":
        owned = {int(t) for t in compiled.arrays["craft"][person] if t >= 0}
        uses = {t for t in owned & {int(t) for t in doctrine["technique"][rows]} if _is_mark(compiled, t)}
    return Variant(
        barred_orders=frozenset((person, order) for order in orders),
        barred_uses=frozenset((person, technique) for technique in uses),
    )


def _is_mark(compiled: Compiled, technique: int) -> bool:
    return int(np.asarray(compiled.arrays["effect"])[technique]) == int(Effect.mark)


def plans_of(decisions: Sequence[Decision]) -> list[Plan]:
    """Every combination of the values of ``decisions``; RunError when there are too many."""
    count = math.prod(len(d.values) for d in decisions)
    if count > MOST_PLANS:
        sizes = " x ".join(f"{d.name} {len(d.values)}" for d in decisions)
        raise RunError(
            f"{count:,} plans ({sizes}) are more than the {MOST_PLANS} that are compared; name some with --choice"
        )
    out = []
    for picks in itertools.product(*(range(len(d.values)) for d in decisions)):
        chosen = {d.name: d.values[k] for d, k in zip(decisions, picks, strict=True)}
        name = ", ".join(chosen.values()) if len(decisions) == 1 else ", ".join(f"{n} {v}" for n, v in chosen.items())
        variant = join([d.moves[k] for d, k in zip(decisions, picks, strict=True)])
        out.append(Plan(name, chosen, variant, all(d.default == k for d, k in zip(decisions, picks, strict=True))))
    return out

"""What is different in some worlds of a batch from the scenario as written: plans, trials and acts left out.

All of it is state or a cell of a table, so that worlds of many variants play in one launch, share every draw that both
of them make, and compile nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import warp as wp

from rearguard.engine.columns import Body

NEVER = 1.0e9
"""A time that no world reaches [s]."""


@dataclass(frozen=True)
class Variant:
    """A way in which worlds differ from the scenario as written. Indices are those of ``Compiled.names``.

    choices: choice → value in force. cells: path of ``Compiled.cells`` → number in SI units, which replaces the value and
    its noise. barred_uses: (person, technique) pairs that are never begun. barred_orders: (person, Order) pairs that are
    never taken up. absent: people who never come; not carriers.
    """

    choices: Mapping[int, int] = field(default_factory=dict)
    cells: Mapping[str, float] = field(default_factory=dict)
    barred_uses: frozenset[tuple[int, int]] = frozenset()
    barred_orders: frozenset[tuple[int, int]] = frozenset()
    absent: frozenset[int] = frozenset()


AS_WRITTEN = Variant()
"""The scenario as it stands."""


def vary_tables(compiled: Any, tables: dict[str, np.ndarray], variants: Sequence[Variant], which: np.ndarray) -> None:
    """Set the cells of ``variants`` in the tables of worlds, in place; ``which`` [worlds] says whose each is."""
    for k, variant in enumerate(variants):
        rows = np.flatnonzero(which == k)
        for path, value in variant.cells.items():
            table, cell = compiled.cells[path]
            tables[table][(rows, *cell)] = value
        for person in variant.absent:
            tables["body"][rows, person, Body.start] = NEVER


def choices_of(compiled: Any, variants: Sequence[Variant], which: np.ndarray) -> np.ndarray:
    """Values in force, int32 [worlds, choices]."""
    table = np.repeat(compiled.choice_default[None], len(variants), axis=0)
    for k, variant in enumerate(variants):
        for choice, value in variant.choices.items():
            table[k, choice] = value
    return np.asarray(table[which])


def bars_of(compiled: Any, variants: Sequence[Variant], which: np.ndarray) -> dict[str, np.ndarray]:
    """``World.barred_use`` and ``World.barred_order``: uint64 [worlds, agents], a bit per slot or Order."""
    craft = compiled.arrays["craft"]
    uses = np.zeros((len(variants), len(craft)), np.uint64)
    orders = np.zeros_like(uses)
    for k, variant in enumerate(variants):
        for person, technique in variant.barred_uses:
            for slot in np.flatnonzero(craft[person] == technique):
                uses[k, person] |= np.uint64(1) << np.uint64(slot)
        for person, order in variant.barred_orders:
            orders[k, person] |= np.uint64(1) << np.uint64(order)
    return {"barred_use": uses[which], "barred_order": orders[which]}


def vary(compiled: Any, world: Any, variants: Sequence[Variant], which: np.ndarray) -> None:
    """Make worlds that are under way differ by ``variants`` from now on, in place; ``which`` [worlds] says whose each is."""
    tables = {name: getattr(world, name).numpy() for name in compiled.tables}
    vary_tables(compiled, tables, variants, which)
    values = {**tables, **bars_of(compiled, variants, which), "choice": choices_of(compiled, variants, which)}
    for name, value in values.items():
        array = getattr(world, name)
        array.assign(wp.array(np.ascontiguousarray(value), dtype=array.dtype, device=array.device))

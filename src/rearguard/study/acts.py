"""The acts that a ledger values: what each leaves out of the worlds, and which events show that it occurred.

An act that never occurred in a world leaves that world as it is when it is barred: nothing else looks at the bars.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from rearguard.engine import EVENT_NUMBERS, Variant
from rearguard.engine.columns import Effect
from rearguard.engine.model import Order
from rearguard.scenario.errors import did_you_mean
from rearguard.study.folder import RunError

if TYPE_CHECKING:
    from rearguard.scenario.compiled import Compiled
    from rearguard.scenario.load import LoadedScenario

EFFECTS = tuple(effect.name for effect in Effect if effect is not Effect.order)
KINDS = ("technique", "order", "person", "choice", *EFFECTS)
"""Kinds of acts that can be asked for; an effect stands for all techniques of that effect of a side."""
BY_DEFAULT = ("technique",)


@dataclass(frozen=True)
class Act:
    """Something that can be left out of a world.

    name: what it is asked for by. side: whose act it is. variant: the worlds without it. event: kind of event that shows
    it (``windup``, ``order``, ``enter``), or None for what is there from the start. actors, items: whose events, about
    what; items None: any.
    """

    name: str
    title: str
    kind: str
    side: str
    variant: Variant
    event: str | None
    actors: frozenset[int] = frozenset()
    items: frozenset[int] | None = None

    def rows(self, events: npt.NDArray[np.void]) -> npt.NDArray[np.bool_]:
        """Which ``events`` are occurrences of it."""
        if self.event is None:
            return np.zeros(len(events), bool)
        found = (events["kind"] == EVENT_NUMBERS[self.event]) & np.isin(events["actor"], list(self.actors))
        if self.items is not None:
            found &= np.isin(events["item"], list(self.items))
        return np.asarray(found)

    def slots(self, craft: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
        """Which cells of ``craft`` [agents, slots] are techniques that it bars."""
        barred = np.zeros(craft.shape, bool)
        for person, technique in self.variant.barred_uses:
            barred[person] |= craft[person] == technique
        return barred


def find_acts(loaded: LoadedScenario, compiled: Compiled, by: Sequence[str], only: Sequence[str] = ()) -> list[Act]:
    """Every act of the kinds ``by``, or those called ``only`` of whatever kind. RunError for what there is not."""
    for kind in by:
        if kind not in KINDS:
            raise RunError(f"--by takes {', '.join(KINDS)}; found '{kind}'; {did_you_mean(kind, KINDS)}")
    found = {kind: _of_kind(kind, loaded, compiled) for kind in (KINDS if only else dict.fromkeys(by))}
    acts = {act.name: act for kind in found for act in found[kind]}
    for name in only:
        if name not in acts:
            raise RunError(f"no act is called '{name}'; {did_you_mean(name, list(acts))}")
    chosen = [acts[name] for name in only] if only else list(acts.values())
    if not chosen:
        there = [kind for kind in KINDS if _of_kind(kind, loaded, compiled)]
        raise RunError(f"{compiled.name} has no act of this kind: {', '.join(by)}; there is --by {','.join(there)}")
    return chosen


def _of_kind(kind: str, loaded: LoadedScenario, compiled: Compiled) -> list[Act]:
    if kind == "technique":
        return _techniques(compiled)
    if kind == "order":
        return _orders(compiled)
    if kind == "person":
        return _people(compiled)
    if kind == "choice":
        return _choices(loaded, compiled)
    return _effects(Effect[kind], compiled)


def _groups(compiled: Compiled) -> dict[str, list[int]]:
    """People by group, in order; one who is alone is a group of one."""
    groups: dict[str, list[int]] = {}
    for i, group in enumerate(compiled.names.groups):
        groups.setdefault(group, []).append(i)
    return groups


def _side(compiled: Compiled, person: int) -> str:
    return compiled.names.sides[compiled.names.side_of[person]]


def _spoken(name: str) -> str:
    return name.replace("_", " ")


def _owner(compiled: Compiled, group: str, members: list[int]) -> str:
    """A person's title, or the group's name."""
    title = compiled.names.titles[members[0]]
    return title if len(members) == 1 else title.rsplit(" ", 1)[0]


def _uses(compiled: Compiled, members: Sequence[int], techniques: Sequence[int]) -> frozenset[tuple[int, int]]:
    craft = compiled.arrays["craft"]
    return frozenset((i, t) for i in members for t in techniques if (craft[i] == t).any())


def _techniques(compiled: Compiled) -> list[Act]:
    names, craft = compiled.names, compiled.arrays["craft"]
    acts = []
    for group, members in _groups(compiled).items():
        for t in dict.fromkeys(int(t) for i in members for t in craft[i] if t >= 0):
            uses = _uses(compiled, members, [t])
            title = f"{_owner(compiled, group, members)}’s {_spoken(names.techniques[t])}"
            actors, items = frozenset(i for i, _ in uses), frozenset([t])
            variant = Variant(barred_uses=uses)
            side = _side(compiled, members[0])
            acts.append(
                Act(f"{group}.{names.techniques[t]}", title, "technique", side, variant, "windup", actors, items)
            )
    return acts


def _effects(effect: Effect, compiled: Compiled) -> list[Act]:
    names = compiled.names
    techniques = [t for t in range(len(names.techniques)) if compiled.arrays["effect"][t] == int(effect)]
    acts = []
    for k, side in enumerate(names.sides):
        members = [i for i in range(len(names.people)) if names.side_of[i] == k]
        if uses := _uses(compiled, members, techniques):
            actors, items = frozenset(i for i, _ in uses), frozenset(t for _, t in uses)
            title = f"every {effect.name} of {_spoken(side)}"
            variant = Variant(barred_uses=uses)
            acts.append(Act(f"{side}.{effect.name}", title, effect.name, side, variant, "windup", actors, items))
    return acts


def _orders(compiled: Compiled) -> list[Act]:
    doctrine = compiled.arrays["doctrine"]
    acts = []
    for group, members in _groups(compiled).items():
        orders: dict[int, set[int]] = {}
        for i in members:
            first = int(doctrine["first"][i])
            for order in doctrine["order"][first : first + int(doctrine["count"][i])]:
                if order >= 0:
                    orders.setdefault(int(order), set()).add(i)
        for order, actors in sorted(orders.items()):
            name = Order(order).name
            title = f"{_owner(compiled, group, members)}’s order to {_spoken(name)}"
            variant = Variant(barred_orders=frozenset((i, order) for i in actors))
            side = _side(compiled, members[0])
            acts.append(
                Act(f"{group}.{name}", title, "order", side, variant, "order", frozenset(actors), frozenset([order]))
            )
    return acts


def _people(compiled: Compiled) -> list[Act]:
    """Everybody but the carriers, without whom there is no payload."""
    carries = compiled.arrays["carries"]
    acts = []
    for group, members in _groups(compiled).items():
        if all(carries[i] < 0 for i in members):
            people, side = frozenset(members), _side(compiled, members[0])
            title = _owner(compiled, group, members)
            acts.append(Act(group, title, "person", side, Variant(absent=people), "enter", people))
    return acts


def _choices(loaded: LoadedScenario, compiled: Compiled) -> list[Act]:
    acts = []
    for k, (name, values) in enumerate(compiled.names.choices.items()):
        default = int(compiled.choice_default[k])
        for v, value in enumerate(values):
            if v != default:
                title = f"{_spoken(name)} = {values[default]} rather than {value}"
                side = loaded.scenario.choices[name].side
                acts.append(Act(f"{name}={value}", title, "choice", side, Variant(choices={k: v}), None))
    return acts

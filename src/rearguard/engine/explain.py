"""Explaining: what one agent weighs at one moment of one world, read out with the functions that decide.

A copy of the world is brought to the moment of decision: its senses, and the decisions of those who come before the agent
in the same tick. Then every option is weighed as ``doctrine`` weighs it, and what comes out on the way is kept. A second
kernel decides again with one input supposed to be different, for as many suppositions as one likes.

Nothing here changes the world that is explained.
"""

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
import warp as wp

from rearguard.engine.arrays import allocate, array_fields, per
from rearguard.engine.doctrine import (
    Weighed,
    bend,
    bonus_of,
    choose,
    compensated,
    gather_view,
    input_value,
    prefer,
    resolve_target,
    score_option,
    undecided,
    weigh,
    worth,
)
from rearguard.engine.model import Model
from rearguard.engine.program import Program, is_cached
from rearguard.engine.techniques import bond, technique_cost
from rearguard.engine.tick import build_decisions, build_senses
from rearguard.engine.world import PARTS, World

KEPT_PARTS = ("motion", "strength", "act", "mind", "ears", "nerve", "cargo")
"""Parts of the world that a moment keeps."""


@wp.struct
class Reasoning:
    """What an agent weighs. Options and considerations have their index in the doctrine; others' rows stay 0."""

    hindrance: per("options", dtype=wp.int32)  # Hindrance; 0: it can be taken up
    slot: per("options", dtype=wp.int32)  # of the technique it uses, -1: it is an order
    target: per("options", dtype=wp.int32)  # entity, -1: none
    cost: per("options")  # power that its technique takes now
    score: per("options")  # compensated, in [0, 1]; 0 where hindered
    supposed: per("options")  # the same if nothing hindered it
    bonus: per("options")  # inertia of the order in force
    value: per("options")  # with weight, inertia and rank
    input: per("reasons")  # [SI]
    response: per("reasons")  # in [0, 1]
    picked: per("picks", dtype=wp.int32)  # option, its target, option of the technique, its target; -1: none


@wp.func
def explain_one(m: Model, s: World, w: int, tick: int, i: int, r: Reasoning):
    """Weigh all options of agent ``i`` and keep what comes out on the way."""
    time = float(tick) * m.dt
    v = gather_view(m, s, w, i, time)
    bound = bond(s, w, i, time)
    first = m.doctrine.first[i]
    for k in range(m.doctrine.count[i]):
        option = first + k
        o = weigh(m, s, w, i, v, time, bound, option)
        target = resolve_target(m, s, w, i, v, m.doctrine.target[option], m.doctrine.named[option])
        r.hindrance[option] = o.hindrance
        r.slot[option] = o.slot
        r.target[option] = target
        r.score[option] = o.score
        r.supposed[option] = score_option(m, s, w, i, v, time, option, target)
        r.bonus[option] = bonus_of(m, s, w, i, option)
        r.value[option] = o.value
        if o.slot >= 0:
            r.cost[option] = technique_cost(s, w, i, o.slot, m.craft[i, o.slot])
        for n in range(m.doctrine.reason_count[option]):
            reason = m.doctrine.reason_first[option] + n
            x = input_value(m, s, w, i, v, time, m.doctrine.input[reason], option, target, reason)
            r.input[reason] = x
            r.response[reason] = bend(m, reason, x)
    best = choose(m, s, w, i, v, time)
    r.picked[0] = best.option
    r.picked[1] = best.target
    r.picked[2] = best.use
    r.picked[3] = best.use_target


@cache
def build_explain(uses: frozenset[str]) -> Any:
    """The kernel that brings the only world of ``s`` to an agent's decision and explains it."""
    sense = build_senses(uses)
    decide = build_decisions(uses)

    @wp.kernel(module="unique", enable_backward=False)
    def explain(m: Model, s: World, i: int, r: Reasoning):
        tick = s.account.tick[0]
        sense(m, s, 0, tick)
        decide(m, s, 0, tick, i)
        explain_one(m, s, 0, tick, i, r)

    return explain


@wp.kernel(module="unique", enable_backward=False)
def suppose(
    m: Model,
    i: int,
    r: Reasoning,
    reads: wp.array2d(dtype=wp.int32),  # [inputs, reasons] 1 where a consideration reads an input
    which: wp.array(dtype=wp.int32),  # [suppositions] input that is different
    x: wp.array(dtype=wp.float32),  # [suppositions] its value [SI]
    picked: wp.array2d(dtype=wp.int32),  # [suppositions, 2] option of the order, option of the technique
):
    """Decide again with one input different; what hinders an option goes on to hinder it."""
    n = wp.tid()
    best = undecided()
    first = m.doctrine.first[i]
    for k in range(m.doctrine.count[i]):
        option = first + k
        if r.hindrance[option] == 0:
            o = Weighed()
            o.slot = r.slot[option]
            o.target = r.target[option]
            o.value = 0.0
            count = m.doctrine.reason_count[option]
            product = float(1.0)
            for c in range(count):
                reason = m.doctrine.reason_first[option] + c
                y = r.response[reason]
                if reads[which[n], reason] == 1:
                    y = bend(m, reason, x[n])
                product = product * y
            o.score = compensated(product, count)
            if o.score > 0.0:
                o.value = worth(o.score, m.doctrine.weight[option], r.bonus[option], m.doctrine.rank[option])
            best = prefer(best, o, option)
    picked[n, 0] = best.option
    picked[n, 1] = best.use


@dataclass(frozen=True)
class Moment:
    """A decision of one agent.

    tick: when. agent: whose. options, reasons: column of ``Reasoning`` → [options] or [reasons], for the agent's own rows
    ``first_option`` ... and ``first_reason`` ... of the doctrine. order, order_target, use, use_target: what was decided,
    as index in the doctrine and entity; -1: none. state: "part.field" → array of the world at that moment, [agents, ...].
    """

    tick: int
    agent: int
    reasoning: dict[str, np.ndarray]
    state: dict[str, np.ndarray]

    @cached_property
    def read_again(self) -> Any:
        """What was weighed, for the kernel that decides again; put together once for all that is supposed."""
        r = Reasoning()
        for name, annotation in array_fields(Reasoning):
            setattr(r, name, wp.array(self.reasoning[name], dtype=annotation.dtype, device="cpu"))
        return r

    @property
    def order(self) -> int:
        """Option of the order that is taken up or kept; -1: none is worth anything."""
        return int(self.reasoning["picked"][0])

    @property
    def order_target(self) -> int:
        """The entity that order is about."""
        return int(self.reasoning["picked"][1])

    @property
    def use(self) -> int:
        """Option of the technique that is begun; -1: none."""
        return int(self.reasoning["picked"][2])

    @property
    def use_target(self) -> int:
        """The entity that the technique goes against."""
        return int(self.reasoning["picked"][3])


class Explainer:
    """Explains decisions in worlds of a program that runs on the CPU."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.kernel = build_explain(program.compiled.uses)
        doctrine = program.compiled.arrays["doctrine"]
        self.sizes = {"options": len(doctrine["order"]), "reasons": len(doctrine["input"]), "picks": 4}

    @property
    def is_compiled(self) -> bool:
        """True when explaining will not compile."""
        return all(is_cached(kernel, self.program.device) for kernel in (self.kernel, suppose))

    def explain(self, world: Any, agent: int) -> Moment:
        """What ``agent`` weighs at the present tick of ``world`` (one world, which stays as it is)."""
        copy = self.program.fork(world, np.array([0]))
        r = allocate(Reasoning, self.sizes, self.program.device)
        inputs = [self.program.model, copy, agent, r]
        wp.launch(self.kernel, dim=1, inputs=inputs, device=self.program.device, record_tape=False, block_dim=1)
        reasoning = {name: getattr(r, name).numpy().copy() for name, _ in array_fields(Reasoning)}
        state = {
            f"{part}.{name}": getattr(getattr(copy, part), name).numpy()[0].copy()
            for part in KEPT_PARTS
            for name, _ in array_fields(PARTS[part])
        }
        state |= {name: getattr(copy, name).numpy()[0].copy() for name in ("body", "craft", "choice")}
        return Moment(int(world.account.tick.numpy()[0]), agent, reasoning, state)

    def suppose(self, moment: Moment, reads: np.ndarray, which: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Decide again with one input different: options of the order and of the technique, int32 [suppositions, 2].

        reads: [inputs, reasons], 1 where a consideration reads an input. which: [suppositions], the input that is
        different. x: [suppositions], its value [SI].
        """
        device = self.program.device
        picked = wp.zeros((len(x), 2), dtype=wp.int32, device=device)
        inputs = [
            self.program.model,
            moment.agent,
            moment.read_again,
            wp.array(reads, dtype=wp.int32, device=device),
            wp.array(which, dtype=wp.int32, device=device),
            wp.array(x, dtype=wp.float32, device=device),
            picked,
        ]
        wp.launch(suppose, dim=len(x), inputs=inputs, device=device, record_tape=False, block_dim=1)
        found: np.ndarray = picked.numpy()
        return found

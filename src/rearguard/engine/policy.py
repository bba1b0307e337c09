"""Policies: people whose decisions a small neural network makes, from what they know, inside the tick.

A policy is a perceptron with tanh units that has learned through ``env``: it reads the observation of its agent
(``observe``), masks what cannot be done now, and takes the likeliest move, pace and use; the commands that come of it are
carried out as those of a learner are (``control``). It is asked as often as it was when it learned, before the senses of a
tick, which is where an environment hands over.
"""

import warp as wp

from rearguard.engine.control import BY_POLICY, COMPASS, can_take_up, can_use, give_command
from rearguard.engine.doctrine import gather_view, resolve_target
from rearguard.engine.model import Model
from rearguard.engine.observe import tell_agent
from rearguard.engine.techniques import Hindrance, bond
from rearguard.engine.world import Mode, World


@wp.func
def think_through(m: Model, u: wp.array(dtype=wp.float32), first: int, count: int) -> int:
    """Let the numbers at the start of ``u`` go through the layers; returns where the last layer's begin."""
    at = int(0)
    for k in range(first, first + count):
        rows = m.policies.rows[k]
        columns = m.policies.columns[k]
        weight = m.policies.weight_at[k]
        bias = m.policies.bias_at[k]
        to = at + rows
        for c in range(columns):
            u[to + c] = m.policies.number[bias + c]
        for r in range(rows):
            x = u[at + r]
            if x != 0.0:
                row = weight + r * columns
                for c in range(columns):
                    u[to + c] = u[to + c] + x * m.policies.number[row + c]
        if k < first + count - 1:
            for c in range(columns):
                u[to + c] = wp.tanh(u[to + c])
        at = to
    return at


@wp.func
def likeliest_move(m: Model, s: World, w: int, i: int, time: float, u: wp.array(dtype=wp.float32), at: int) -> wp.vec2i:
    """The best move that can be made now, and the option of the doctrine that it is (-1: a direction)."""
    best = int(0)
    chosen = int(-1)
    for k in range(COMPASS):
        if u[at + k] > u[at + best]:
            best = k
    v = gather_view(m, s, w, i, time)
    n = int(COMPASS)
    first = m.doctrine.first[i]
    for k in range(m.doctrine.count[i]):
        option = first + k
        if m.doctrine.order[option] >= 0:
            target = resolve_target(m, s, w, i, v, m.doctrine.target[option], m.doctrine.named[option])
            if u[at + n] > u[at + best]:
                if can_take_up(m, s, w, i, option, target):
                    best = n
                    chosen = option
            n = n + 1
    return wp.vec2i(best, chosen)


@wp.func
def likeliest_use(m: Model, s: World, w: int, i: int, time: float, u: wp.array(dtype=wp.float32), at: int) -> int:
    """The best use of a technique that can be begun now; 0: none."""
    best = int(0)
    if bond(s, w, i, time) == int(Hindrance.none):
        for k in range(m.slots * m.people):
            if u[at + 1 + k] > u[at + best]:
                if can_use(m, s, w, time, i, k // m.people, k % m.people):
                    best = k + 1
    return best


@wp.func
def ask(m: Model, s: World, w: int, i: int, policy: int):
    """Let a policy decide for an agent."""
    u = s.control.units[w]
    tell_agent(m, s, w, i, u)
    at = think_through(m, u, m.policies.first[policy], m.policies.count[policy])
    time = float(s.account.tick[w]) * m.dt
    move = likeliest_move(m, s, w, i, time, u, at)
    at = at + m.policies.moves[policy]
    paces = m.policies.pace.shape[0]
    pace = int(0)
    for k in range(paces):
        if u[at + k] > u[at + pace]:
            pace = k
    use = likeliest_use(m, s, w, i, time, u, at + paces)
    give_command(m, s, w, i, move[0], move[1], m.policies.pace[pace], use)


@wp.func
def consult(m: Model, s: World, w: int, tick: int):
    """Ask the policies whose turn it is; the first turn is that of the first tick in which anybody can act."""
    for i in range(m.people):
        policy = m.policies.of[i]
        if policy >= 0 and s.control.commanded[w, i] == BY_POLICY:
            mode = s.motion.mode[w, i]
            if mode != int(Mode.out) and tick >= 1:
                if (tick - 1) % m.policies.every[policy] == 0:
                    ask(m, s, w, i, policy)

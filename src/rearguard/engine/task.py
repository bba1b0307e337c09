"""Tasks: what learners do in a world, what they are told after every step, and what they earn.

A step of a batch is three launches, none of which leaves the device: ``command`` turns actions into commands, the kernel of
``tick`` plays some ticks, ``report`` fills observations, masks, rewards and ends. One thread is one world.

Rewards come from the ends that the scenario declares and from slack; what shapes them is added only on request.
"""

import warp as wp

from rearguard.engine.arrays import per
from rearguard.engine.control import BY_POLICY, COMPASS, can_take_up, can_use, give_command
from rearguard.engine.doctrine import gather_view, resolve_target
from rearguard.engine.model import Model
from rearguard.engine.observe import flag, tell_agent, tell_state
from rearguard.engine.techniques import Hindrance, bond
from rearguard.engine.world import Mode, World

FAR = wp.constant(1.0e6)


@wp.struct
class Task:
    """What is asked of the learners; the same in every world."""

    person: per("learners", dtype=wp.int32)
    option: per("learners", "orders", dtype=wp.int32)  # options of its doctrine that are orders, -1: no more
    pace: per("paces")
    worth: per("outcomes", "learners")  # reward for an outcome
    slack: per("learners")  # reward per second of slack at the first contact
    second: per("learners")  # shaping: reward per second
    closing: per("learners")  # shaping: reward per metre nearer to the payload of others, or to the nearest enemy
    wound: per("learners")  # shaping: reward per capacity lost
    goal: per("learners", dtype=wp.uint32)  # bit per place at which it is done
    most_ticks: int  # a world is cut off here
    state: int  # 1: tell the state too


@wp.struct
class Report:
    """What learners are told."""

    observation: per("worlds", "learners", "features")
    mask: per("worlds", "learners", "actions", dtype=wp.int8)  # 1: allowed; moves, paces, uses
    reward: per("worlds", "learners")
    terminated: per("worlds", "learners", dtype=wp.bool)  # has left: out, arrived, or the world has ended
    truncated: per("worlds", "learners", dtype=wp.bool)  # the time is over
    done: per("worlds", dtype=wp.bool)  # nobody is left who learns
    present: per("worlds", "learners", dtype=wp.bool)  # still plays
    fresh: per("worlds", dtype=wp.bool)  # has just begun
    gap: per("worlds", "learners")  # distance that closing counts from [m]
    hurt: per("worlds", "learners")  # wound so far
    paid: per("worlds", dtype=wp.int32)  # bit 0: the outcome, bit 1: the contact has been rewarded
    tick: per("worlds", dtype=wp.int32)  # of the report before
    state: per("worlds", "truths")


@wp.func
def tell_mask(m: Model, s: World, t: Task, w: int, learner: int, i: int, a: wp.array(dtype=wp.int8)):
    """What the agent can do now: moves, paces, uses of techniques."""
    time = float(s.account.tick[w]) * m.dt
    for k in range(COMPASS):
        a[k] = wp.int8(1)
    n = int(COMPASS)
    v = gather_view(m, s, w, i, time)
    for k in range(t.option.shape[1]):
        option = t.option[learner, k]
        a[n] = wp.int8(0)
        if option >= 0:
            target = resolve_target(m, s, w, i, v, m.doctrine.target[option], m.doctrine.named[option])
            if can_take_up(m, s, w, i, option, target):
                a[n] = wp.int8(1)
        n = n + 1
    for _k in range(t.pace.shape[0]):
        a[n] = wp.int8(1)
        n = n + 1
    a[n] = wp.int8(1)
    n = n + 1
    free = bond(s, w, i, time) == int(Hindrance.none)
    for slot in range(m.slots):
        for j in range(m.people):
            a[n] = wp.int8(0)
            if free:
                if can_use(m, s, w, time, i, slot, j):
                    a[n] = wp.int8(1)
            n = n + 1


@wp.func
def gap_of(m: Model, s: World, w: int, i: int) -> float:
    """Distance to the nearest payload of another side, else to the nearest enemy on the map [m]; 0 without any."""
    p = s.motion.position[w, i]
    least = float(FAR)
    for k in range(m.payloads):
        if m.payload_side[k] != m.side[i]:
            least = wp.min(least, wp.length(s.cargo.position[w, k] - p))
    if least == FAR:
        for j in range(m.people):
            mode = s.motion.mode[w, j]
            if m.side[j] != m.side[i] and mode != int(Mode.away) and mode != int(Mode.out):
                least = wp.min(least, wp.length(s.motion.position[w, j] - p))
    return wp.where(least == FAR, 0.0, least)


@wp.func
def begin_account(m: Model, s: World, t: Task, r: Report, w: int):
    """A world has just begun: everybody plays, nothing is earned."""
    r.fresh[w] = False
    r.done[w] = False
    r.paid[w] = 0
    r.tick[w] = s.account.tick[w]
    for k in range(t.person.shape[0]):
        i = t.person[k]
        s.control.commanded[w, i] = 1
        s.control.goal[w, i] = t.goal[k]
        r.present[w, k] = True
        r.gap[w, k] = gap_of(m, s, w, i)
        r.hurt[w, k] = s.strength.wound[w, i]


@wp.func
def reckon(m: Model, s: World, t: Task, r: Report, w: int):
    """Rewards of a step, and who has left."""
    outcome = s.account.outcome[w]
    seconds = float(s.account.tick[w] - r.tick[w]) * m.dt
    r.tick[w] = s.account.tick[w]
    ended = outcome >= 0
    cut = not ended and s.account.tick[w] >= t.most_ticks
    paid = r.paid[w]
    now = int(0)
    if ended:
        now = now | 1
    if s.account.contact_time[w] >= 0.0 and s.account.deadline[w] >= 0.0:
        now = now | 2
    r.paid[w] = now
    due = now & ~paid
    left = int(0)
    for k in range(t.person.shape[0]):
        i = t.person[k]
        reward = float(0.0)
        # a copy: Warp joins branches by reading the condition again, which must not change within them
        playing = bool(r.present[w, k])
        if playing:
            gap = gap_of(m, s, w, i)
            reward = t.second[k] * seconds + t.closing[k] * (r.gap[w, k] - gap)
            reward = reward + t.wound[k] * (s.strength.wound[w, i] - r.hurt[w, k])
            r.gap[w, k] = gap
            r.hurt[w, k] = s.strength.wound[w, i]
            if (due & 1) != 0:
                reward = reward + t.worth[outcome, k]
            if (due & 2) != 0:
                reward = reward + t.slack[k] * (s.account.deadline[w] - s.account.contact_time[w])
            gone = ended or s.motion.mode[w, i] == int(Mode.out) or s.control.arrived[w, i] == 1
            r.terminated[w, k] = gone
            r.truncated[w, k] = cut and not gone
            r.present[w, k] = not gone and not cut
            if gone or cut:
                s.control.commanded[w, i] = wp.where(m.policies.of[i] >= 0, BY_POLICY, 0)
            else:
                left = left + 1
        r.reward[w, k] = reward
    r.done[w] = left == 0


AFTER_STEP = wp.constant(0)
"""Report on every world; what has just begun has earned nothing."""
AFTER_RESET = wp.constant(1)
"""Report on those worlds only that have just begun."""
AFTER_END = wp.constant(2)
"""The same, and leave rewards and ends as the last step has left them."""


@wp.kernel(module="unique", enable_backward=False)
def report(m: Model, s: World, t: Task, r: Report, when: int):
    """Fill the report of every world."""
    w = wp.tid()
    fresh = bool(r.fresh[w])
    if not fresh and when != AFTER_STEP:
        return
    if fresh:
        begin_account(m, s, t, r, w)
        if when != AFTER_END:
            for k in range(t.person.shape[0]):
                r.reward[w, k] = 0.0
                r.terminated[w, k] = False
                r.truncated[w, k] = False
    else:
        reckon(m, s, t, r, w)
    for k in range(t.person.shape[0]):
        i = t.person[k]
        tell_agent(m, s, w, i, r.observation[w, k])
        tell_mask(m, s, t, w, k, i, r.mask[w, k])
    if t.state == 1:
        tell_state(m, s, w, r.state[w])


@wp.kernel(module="unique", enable_backward=False)
def command(m: Model, s: World, t: Task, act: wp.array3d(dtype=wp.int32)):
    """Turn discrete actions, int32 [worlds, learners, (move, pace, use)], into commands; what is out of range does nothing."""
    w = wp.tid()
    for k in range(t.person.shape[0]):
        move = act[w, k, 0]
        option = int(-1)
        if move >= COMPASS and move < COMPASS + t.option.shape[1]:
            option = t.option[k, move - COMPASS]
        pace = t.pace[wp.clamp(act[w, k, 1], 0, t.pace.shape[0] - 1)]
        give_command(m, s, w, t.person[k], move, option, pace, act[w, k, 2])


@wp.func
def reachable(m: Model, s: World, w: int, time: float, i: int, slot: int) -> int:
    """The nearest person whom a technique can be begun against now, enemies before friends before oneself; -1: none."""
    best = int(-1)
    least = float(FAR)
    for j in range(m.people):
        if can_use(m, s, w, time, i, slot, j):
            d = wp.length(s.motion.position[w, j] - s.motion.position[w, i])
            if m.side[j] == m.side[i]:
                d = d + 1000.0 + flag(i == j) * 1000.0
            if d < least:
                least = d
                best = j
    return best


@wp.kernel(module="unique", enable_backward=False)
def command_continuous(m: Model, s: World, t: Task, act: wp.array3d(dtype=wp.float32)):
    """Turn continuous actions, float32 [worlds, learners, 2 + slots], into commands.

    The first two are the direction, its length the pace (1: twice the critical pace, a sprint); of the others the largest
    above 0 is the technique that is begun, against the nearest enemy it can reach.
    """
    w = wp.tid()
    time = float(s.account.tick[w]) * m.dt
    for k in range(t.person.shape[0]):
        i = t.person[k]
        direction = wp.vec2(act[w, k, 0], act[w, k, 1])
        length = wp.length(direction)
        s.control.option[w, i] = -1
        s.control.direction[w, i] = wp.vec2(0.0, 0.0)
        if length > 0.05:
            s.control.direction[w, i] = direction / length
        s.control.pace[w, i] = 2.0 * wp.min(length, 1.0)
        best = float(0.0)
        s.control.slot[w, i] = -1
        for slot in range(m.slots):
            if act[w, k, 2 + slot] > best:
                best = act[w, k, 2 + slot]
                s.control.slot[w, i] = slot
        if s.control.slot[w, i] >= 0:
            s.control.target[w, i] = reachable(m, s, w, time, i, s.control.slot[w, i])

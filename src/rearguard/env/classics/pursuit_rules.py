"""The rules of SISL pursuit: pursuers on a grid surround evaders that wander, round a block in the middle.

These are the rules of ``pursuit`` of the SISL family (Gupta, Egorov & Kochenderfer 2017, "Cooperative multi-agent control using
deep reinforcement learning"; kept up as PettingZoo's ``pursuit_v5``). A step: the pursuers move, one cell each, any number to
a cell; evaders whose open neighbour cells all hold a pursuer (or that share their cell with ``n_catch`` of them) are caught and
leave; the other evaders move. A pursuer earns ``tag_reward`` for every evader on its four neighbour cells, counted before the
evaders move and averaged over the moments between the pursuers' moves, which are made in turn; ``catch_reward`` when it helped
to catch; and ``urgency_reward``. On the border a neighbour beyond it counts as the cell itself.
``tests/env/test_pursuit.py`` steps both side by side.

One thread is one world. Cells hold what a view of them tells: wall, pursuers, evaders.
"""

import numpy as np
import warp as wp

from rearguard.engine.arrays import per
from rearguard.engine.rng import Key, Purpose, uniform4

WALL = wp.constant(0)
PURSUERS = wp.constant(1)
EVADERS = wp.constant(2)
ACTIONS = 5
"""Actions of a pursuer: left, right, down, up (x - 1, x + 1, y + 1, y - 1, pictures having y downwards), stay."""
STAY = wp.constant(4)


@wp.struct
class Grid:
    """Worlds of pursuit."""

    cell: per("worlds", "rows", "columns", dtype=wp.vec3)  # wall, pursuers, evaders: [world, y, x]
    pursuer: per("worlds", "pursuers", dtype=wp.vec2i)  # x, y
    evader: per("worlds", "evaders", dtype=wp.vec2i)  # where it is, or was caught
    flight: per("worlds", "evaders", dtype=wp.int32)  # actions of the evaders in the next step
    caught: per("worlds", "evaders", dtype=wp.int32)  # step in which it was caught; 0: it is free
    free: per("worlds", dtype=wp.int32)  # evaders that are
    key: per("worlds", dtype=Key)
    episode: per("worlds", dtype=wp.int32)
    step: per("worlds", dtype=wp.int32)
    most_steps: int
    renew: int  # 1: a world that is over begins anew at once
    half: int  # how far a pursuer sees
    surround: int  # 1: caught when surrounded; 0: by n_catch pursuers on its cell
    n_catch: int
    freeze: int  # 1: evaders stay
    shared: int  # 1: everybody earns the mean
    tag_reward: float
    catch_reward: float
    urgency_reward: float


@wp.struct
class Told:
    """What learners are told after a step. A view is [row, column, (wall, pursuers, evaders)] round a pursuer."""

    observation: per("worlds", "pursuers", "features")
    final: per("worlds", "pursuers", "features")  # the last of the episode that was over last
    reward: per("worlds", "pursuers")
    terminated: per("worlds", dtype=wp.bool)  # all are caught
    truncated: per("worlds", dtype=wp.bool)  # the time is over


def block(columns: int, rows: int) -> np.ndarray:
    """Where the block in the middle stands, bool [rows, columns]."""
    x, y = np.arange(columns) / columns, np.arange(rows) / rows
    return np.asarray(((y > 0.2) & (y < 0.8))[:, None] & ((x > 0.3) & (x < 0.7))[None, :])


@wp.func
def heading(action: int) -> wp.vec2i:
    """Cells that an action moves by."""
    x = wp.where(action == 1, 1, 0) - wp.where(action == 0, 1, 0)
    y = wp.where(action == 2, 1, 0) - wp.where(action == 3, 1, 0)
    return wp.vec2i(x, y)


@wp.func
def is_open(s: Grid, w: int, c: wp.vec2i) -> bool:
    """Whether a cell is on the grid and no wall."""
    if c[0] < 0 or c[1] < 0 or c[0] >= s.cell.shape[2] or c[1] >= s.cell.shape[1]:
        return False
    return s.cell[w, c[1], c[0]][WALL] == 0.0


@wp.func
def count_on(s: Grid, w: int, c: wp.vec2i, layer: int, more: float):
    """Add to the pursuers or evaders on a cell."""
    counts = s.cell[w, c[1], c[0]]
    counts[layer] = counts[layer] + more
    s.cell[w, c[1], c[0]] = counts


@wp.func
def moved(s: Grid, w: int, c: wp.vec2i, action: int, layer: int) -> wp.vec2i:
    """Where somebody is after an action; the counts are kept."""
    to = c + heading(action)
    if not is_open(s, w, to):
        return c
    count_on(s, w, c, layer, -1.0)
    count_on(s, w, to, layer, 1.0)
    return to


@wp.func
def near(s: Grid, w: int, c: wp.vec2i) -> float:
    """Evaders on the four neighbour cells; beyond the border the cell itself counts."""
    evaders = float(0.0)
    neighbours = int(STAY)
    for k in range(neighbours):
        n = c + heading(k)
        x = wp.clamp(n[0], 0, s.cell.shape[2] - 1)
        y = wp.clamp(n[1], 0, s.cell.shape[1] - 1)
        evaders = evaders + s.cell[w, y, x][EVADERS]
    return evaders


@wp.func
def is_caught(s: Grid, w: int, c: wp.vec2i) -> bool:
    """Whether an evader on a cell is caught."""
    if s.surround == 0:
        return s.cell[w, c[1], c[0]][PURSUERS] >= float(s.n_catch)
    neighbours = int(STAY)
    for k in range(neighbours):
        n = c + heading(k)
        if is_open(s, w, n):
            if s.cell[w, n[1], n[0]][PURSUERS] == 0.0:
                return False
    return True


@wp.func
def has_helped(s: Grid, w: int, c: wp.vec2i) -> bool:
    """Whether a pursuer on a cell took part in a catch of this step."""
    reach = wp.where(s.surround == 1, 1, 0)
    for e in range(s.evader.shape[1]):
        if s.caught[w, e] == s.step[w]:
            d = s.evader[w, e] - c
            if wp.abs(d[0]) + wp.abs(d[1]) == reach:
                return True
    return False


@wp.func
def has_room(s: Grid, w: int, who: wp.array(dtype=wp.vec2i), k: int, at: wp.vec2i, apart: int) -> bool:
    """Whether somebody may begin on a cell: it is open and, if that is asked, nobody of the first ``k`` is on it or next to it."""
    if not is_open(s, w, at):
        return False
    if apart == 1:
        for j in range(k):
            d = who[j] - at
            if wp.abs(d[0]) + wp.abs(d[1]) <= 1:
                return False
    return True


@wp.func
def place(s: Grid, w: int, who: wp.array(dtype=wp.vec2i), k: int, u: float, layer: int) -> wp.vec2i:
    """Put somebody on an open cell, evenly among those that neither hold nor touch one of its kind placed before.

    Where there is none left, on any open cell.
    """
    rows = s.cell.shape[1]
    columns = s.cell.shape[2]
    apart = int(1)
    for _attempt in range(2):
        rooms = int(0)
        for c in range(rows * columns):
            if has_room(s, w, who, k, wp.vec2i(c % columns, c // columns), apart):
                rooms = rooms + 1
        if rooms > 0:
            chosen = wp.min(int(u * float(rooms)), rooms - 1)
            for c in range(rows * columns):
                at = wp.vec2i(c % columns, c // columns)
                if has_room(s, w, who, k, at, apart):
                    if chosen == 0:
                        count_on(s, w, at, layer, 1.0)
                        return at
                    chosen = chosen - 1
        apart = 0
    return wp.vec2i(0, 0)


@wp.func
def begin(s: Grid, w: int):
    """A new episode."""
    episode = s.episode[w] + 1
    s.episode[w] = episode
    s.step[w] = 0
    s.free[w] = s.evader.shape[1]
    for y in range(s.cell.shape[1]):
        for x in range(s.cell.shape[2]):
            s.cell[w, y, x] = wp.vec3(s.cell[w, y, x][WALL], 0.0, 0.0)
    for p in range(s.pursuer.shape[1]):
        u = uniform4(s.key[w], episode, p, int(Purpose.START), 0)
        s.pursuer[w, p] = place(s, w, s.pursuer[w], p, u[0], PURSUERS)
    for e in range(s.evader.shape[1]):
        u = uniform4(s.key[w], episode, e, int(Purpose.START), 1)
        s.evader[w, e] = place(s, w, s.evader[w], e, u[0], EVADERS)
        s.caught[w, e] = 0


@wp.func
def look(s: Grid, w: int, views: wp.array2d(dtype=wp.float32)):
    """What every pursuer sees; outside the grid is wall."""
    for p in range(s.pursuer.shape[1]):
        c = s.pursuer[w, p]
        n = int(0)
        for y in range(c[1] - s.half, c[1] + s.half + 1):
            inside = y >= 0 and y < s.cell.shape[1]
            for x in range(c[0] - s.half, c[0] + s.half + 1):
                seen = wp.vec3(1.0, 0.0, 0.0)
                if inside and x >= 0 and x < s.cell.shape[2]:
                    seen = s.cell[w, y, x]
                views[p, n] = seen[0]
                views[p, n + 1] = seen[1]
                views[p, n + 2] = seen[2]
                n = n + 3


@wp.func
def draw_actions(s: Grid, w: int, draw: int, act: wp.array(dtype=wp.int32)):
    """An action for everybody, evenly."""
    for a in range(0, act.shape[0], 4):
        u = uniform4(s.key[w], s.episode[w], s.step[w] * 4096 + a, int(Purpose.PARAMETER), draw)
        for k in range(4):
            if a + k < act.shape[0]:
                act[a + k] = wp.min(int(u[k] * 5.0), 4)


@wp.func
def advance(s: Grid, w: int, act: wp.array(dtype=wp.int32), earn: wp.array(dtype=wp.float32)):
    """One step, with what everybody earns."""
    s.step[w] = s.step[w] + 1
    pursuers = s.pursuer.shape[1]
    for p in range(pursuers):
        before = near(s, w, s.pursuer[w, p])
        s.pursuer[w, p] = moved(s, w, s.pursuer[w, p], act[p], PURSUERS)
        after = near(s, w, s.pursuer[w, p])
        share = float(p) / float(pursuers)  # of the pursuers have moved before
        earn[p] = s.tag_reward * (share * before + (1.0 - share) * after) + s.urgency_reward
    free = s.free[w] + 0  # a copy
    for e in range(s.evader.shape[1]):
        if s.caught[w, e] == 0:
            if is_caught(s, w, s.evader[w, e]):
                s.caught[w, e] = s.step[w]
                s.free[w] = s.free[w] - 1
                count_on(s, w, s.evader[w, e], EVADERS, -1.0)
    mean = float(0.0)
    for p in range(pursuers):
        if s.free[w] < free:
            if has_helped(s, w, s.pursuer[w, p]):
                earn[p] = earn[p] + s.catch_reward
        mean = mean + earn[p] / float(pursuers)
    if s.shared == 1:
        for p in range(pursuers):
            earn[p] = mean
    if s.freeze == 0:
        for e in range(s.evader.shape[1]):
            if s.caught[w, e] == 0:
                s.evader[w, e] = moved(s, w, s.evader[w, e], s.flight[w, e], EVADERS)


@wp.kernel(module="unique", enable_backward=False)
def begin_all(s: Grid, t: Told, which: wp.array(dtype=wp.bool)):
    """Worlds where ``which`` begin anew."""
    w = wp.tid()
    if which[w]:
        begin(s, w)
        look(s, w, t.observation[w])
        t.terminated[w] = False
        t.truncated[w] = False
        for p in range(s.pursuer.shape[1]):
            t.reward[w, p] = 0.0


@wp.kernel(module="unique", enable_backward=False)
def step(s: Grid, t: Told, act: wp.array2d(dtype=wp.int32), drawn: int):
    """One step: actions of pursuers [worlds, pursuers]; drawn: 1: draw those of the evaders."""
    w = wp.tid()
    if drawn == 1:
        draw_actions(s, w, 1, s.flight[w])
    advance(s, w, act[w], t.reward[w])
    t.truncated[w] = s.step[w] >= s.most_steps
    t.terminated[w] = s.free[w] == 0 and not t.truncated[w]
    over = bool(t.truncated[w] or t.terminated[w])
    if over and s.renew == 1:
        look(s, w, t.final[w])
        begin(s, w)
    look(s, w, t.observation[w])


@wp.kernel(module="unique", enable_backward=False)
def roll_out(
    s: Grid,
    steps: int,
    drawn: int,
    act: wp.array3d(dtype=wp.int32),
    views: wp.array4d(dtype=wp.float32),
    rewards: wp.array3d(dtype=wp.float32),
    over: wp.array2d(dtype=wp.bool),
):
    """Many steps; drawn: 1: draw the pursuers' actions too."""
    w = wp.tid()
    for k in range(steps):
        if drawn == 1:
            draw_actions(s, w, 0, act[k, w])
        draw_actions(s, w, 1, s.flight[w])
        advance(s, w, act[k, w], rewards[k, w])
        look(s, w, views[k, w])
        over[k, w] = s.step[w] >= s.most_steps or s.free[w] == 0
        if over[k, w]:
            begin(s, w)

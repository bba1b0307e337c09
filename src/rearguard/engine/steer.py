"""Where to run: the point a body steers for, from its order.

Straight when the way is clear; along a travel-time field toward a place; along the field of the landmark nearest to a
believed position otherwise. A link that leaps, climbs or drops is handed to ``motion`` as a direction code.
"""

import warp as wp

from rearguard.engine.columns import Body
from rearguard.engine.exertion import pace_speed
from rearguard.engine.ground import STEP, cell_of, centre_of, clear_way, direction_of, inside
from rearguard.engine.knowledge import sees
from rearguard.engine.marks import next_mark
from rearguard.engine.model import Model, Order
from rearguard.engine.pursuit import intercept_point
from rearguard.engine.trail import follow_trail, unpack_place
from rearguard.engine.wards import step_wide
from rearguard.engine.world import World

LEAP = wp.constant(8)
"""Bit of a direction code that says the link is a leap."""
LOOK_AHEAD = wp.constant(4)
"""Cells of a field that are taken in one go when the way there is clear."""
LAST_LEG = wp.constant(96)
"""Cells of the way from a landmark that are looked at most."""
BLIND_WALK = wp.constant(32.0)
"""Longest straight line that is tried before the fields are asked [m]."""
LEAD = wp.constant(4.0)
"""How far ahead an interception is planned [s]."""
STATION_LEAD = wp.constant(0.2)
"""Time by which a station is aimed ahead, half of what passes between two looks at the way [s]."""
ANY_SPEED = wp.constant(99.0)
"""Arrival speed of those who do not mean to stop at their mark [m/s]."""
MEET = wp.constant(9.0)
"""Distance at which one who holds a place steps out to meet an enemy [m]."""
GUARD = wp.constant(10.0)
"""Distance at which a screen stands off what it protects, and a block ahead of whom it bars [m]."""


@wp.func
def field_code(m: Model, landmark: int, cls: int, index: int, row: int, column: int) -> int:
    """Direction code of a goal's field (landmark 0) or a landmark's (1) at a cell."""
    if landmark == 1:
        return int(m.paths.landmark[cls, index, row, column])
    return int(m.paths.goal[cls, index, row, column])


@wp.func
def follow_field(m: Model, s: World, w: int, i: int, landmark: int, index: int) -> bool:
    """Set the mark some cells down a field, pulled straight when the way there is clear; False where the field says nothing."""
    p = s.motion.position[w, i]
    cls = m.mobility[i]
    c = cell_of(m.ground, p)
    row = c[0]
    column = c[1]
    here = m.ground.elevation[row, column]
    near = p
    far = p
    s.motion.link[w, i] = -1
    moved = int(0)
    steps = int(LOOK_AHEAD)
    while moved < steps:
        code = field_code(m, landmark, cls, index, row, column)
        if code >= 254:
            break
        d = direction_of(code)
        row = row + d[0]
        column = column + d[1]
        if not inside(m.ground, row, column):
            break
        e = m.ground.elevation[row, column]
        if (code & LEAP) != 0 or wp.abs(e - here) > STEP:
            if moved == 0:
                s.motion.link[w, i] = code
                s.motion.mark[w, i] = centre_of(m.ground, row, column)
                return True
            break
        far = centre_of(m.ground, row, column)
        moved = moved + 1
        if moved == 1:
            near = far
        here = e
    if moved == 0:
        return False
    if moved > 1:
        if not clear_way(m.ground, p, far, 0.3):
            far = near
    s.motion.mark[w, i] = far
    return True


@wp.func
def follow_last_leg(m: Model, s: World, w: int, i: int, goal: wp.vec2) -> bool:
    """Set the mark on the way from the goal's landmark to ``goal``, when one is on it already; False otherwise.

    The way is walked backward from the goal, so the first cell of it that is near and clear is the farthest along.
    """
    g = m.ground
    p = s.motion.position[w, i]
    cls = m.mobility[i]
    here = cell_of(g, p)
    level = g.elevation[here[0], here[1]]
    c = cell_of(g, goal)
    row = int(c[0])
    column = int(c[1])
    ahead = int(-1)
    left = int(LAST_LEG)
    while left > 0:
        left = left - 1
        away = wp.max(wp.abs(row - here[0]), wp.abs(column - here[1]))
        if away == 0 and ahead >= 0:
            d = direction_of(ahead)
            length = ahead >> 3
            at = centre_of(g, row + d[0], column + d[1])
            rise = g.elevation[row + d[0], column + d[1]] - level
            s.motion.mark[w, i] = at
            if length > 1:
                s.motion.link[w, i] = (ahead & 7) | LEAP
            elif wp.abs(rise) > STEP:
                s.motion.link[w, i] = ahead & 7
            return True
        if away > 0 and away < LOOK_AHEAD:
            if wp.abs(g.elevation[row, column] - level) <= STEP * float(away):
                near = centre_of(g, row, column)
                if clear_way(g, p, near, 0.3):
                    s.motion.mark[w, i] = near
                    return True
        code = int(m.paths.arrival[cls, row, column])
        if code >= 254:
            return False
        ahead = code
        back = direction_of(code)
        row = row - back[0] * (code >> 3)
        column = column - back[1] * (code >> 3)
    return False


@wp.func
def find_way(m: Model, s: World, w: int, i: int, goal: wp.vec2, place: int):
    """Set the mark toward ``goal``: by the field of ``place`` when given, straight when clear, else by a landmark's field."""
    p = s.motion.position[w, i]
    s.motion.link[w, i] = -1
    distance = wp.length(goal - p)
    landmark = int(0)
    index = place
    if place < 0:
        if distance < 0.05 or (distance < BLIND_WALK and clear_way(m.ground, p, goal, 0.3)):
            s.motion.mark[w, i] = goal
            return
        s.motion.arrival[w, i] = ANY_SPEED
        if follow_last_leg(m, s, w, i, goal):
            return
        c = cell_of(m.ground, goal)
        landmark = 1
        index = int(m.paths.nearest[m.mobility[i], c[0], c[1]])
    if index >= 0 and follow_field(m, s, w, i, landmark, index):
        return
    if place >= 0 and s.cargo.carried[w, i] < 0:
        # arrived: what is left is to stop there; who brings a payload goes on until it is there too
        s.motion.arrival[w, i] = 0.0
    s.motion.mark[w, i] = p + (goal - p) * wp.min(1.0, 20.0 / wp.max(distance, 1.0e-3))


@wp.func
def velocity_of(m: Model, s: World, w: int, entity: int) -> wp.vec2:
    """Velocity of a person or payload [m/s]."""
    if entity >= m.people:
        return s.cargo.velocity[w, entity - m.people]
    return s.motion.velocity[w, entity]


@wp.func
def believed(m: Model, s: World, w: int, i: int, entity: int) -> wp.vec2:
    """Where ``i`` believes ``entity`` to be [m]: where it is while in sight, else where it was last known."""
    if sees(s, w, i, entity):
        if entity >= m.people:
            return s.cargo.position[w, entity - m.people]
        return s.motion.position[w, entity]
    b = s.mind.belief[w, i, entity]
    return wp.vec2(b[0], b[1])


@wp.func
def nearest_foe(m: Model, s: World, w: int, i: int, point: wp.vec2, horizon: float, time: float) -> int:
    """The enemy believed nearest to ``point`` within ``horizon`` [m] and known of within 20 s; -1: none."""
    best = int(-1)
    least = horizon * horizon
    for j in range(m.people):
        if m.side[j] != m.side[i]:
            b = s.mind.belief[w, i, j]
            if b[2] >= 0.0 and time - b[2] < 20.0:
                d = wp.vec2(b[0], b[1]) - point
                q = wp.dot(d, d)
                if q < least:
                    least = q
                    best = j
    return best


@wp.func
def interception(m: Model, s: World, w: int, i: int, entity: int) -> wp.vec2:
    """Where to run to meet ``entity``: ahead of it while it is seen, else its last known position."""
    goal = believed(m, s, w, i, entity)
    if not sees(s, w, i, entity):
        return goal
    p = s.motion.position[w, i]
    speed = wp.max(wp.length(s.motion.velocity[w, i]), s.body[w, i, int(Body.critical_speed)])
    return intercept_point(p, goal, velocity_of(m, s, w, entity), speed, LEAD)


@wp.func
def barring_point(m: Model, s: World, w: int, i: int, target: int) -> wp.vec2:
    """A point on the target's line: well ahead while it has to be overtaken, nearer once it is barred."""
    foe_at = believed(m, s, w, i, target)
    p = s.motion.position[w, i]
    ahead = wp.vec2(0.0, 0.0)
    if sees(s, w, i, target):
        ahead = velocity_of(m, s, w, target)
    if wp.length(ahead) < 1.0:
        ahead = p - foe_at
    line = wp.normalize(ahead)
    room = float(GUARD)
    if wp.dot(p - foe_at, line) > 0.5 * GUARD:
        room = wp.min(GUARD, 0.7 * wp.length(p - foe_at))
    return foe_at + line * room


@wp.func
def station_point(m: Model, s: World, w: int, i: int, target: int) -> wp.vec2:
    """One's place in the formation around ``target``, a little ahead in time."""
    centre = believed(m, s, w, i, target)
    forward = s.motion.heading[w, i]
    if target < m.people and sees(s, w, i, target):
        forward = s.motion.heading[w, target]
        centre = centre + s.motion.velocity[w, target] * STATION_LEAD
    left = wp.vec2(forward[1], -forward[0])
    return centre + forward * m.station[i][0] + left * m.station[i][1]


@wp.func
def steer(m: Model, s: World, w: int, tick: int, i: int):
    """Turn the order in force into a mark to steer for and a speed to run at.

    Every order comes down to one of: stand, run along the field of a place, meet someone, or go to a point.
    """
    option = s.mind.option[w, i]
    p = s.motion.position[w, i]
    time = float(tick) * m.dt
    goal = p
    place = int(-1)
    meet = int(-1)
    arrival = float(0.0)
    if option >= 0:
        order = m.doctrine.order[option]
        target = s.mind.target[w, i]
        at = m.doctrine.goal_xy[option]
        to = m.doctrine.goal[option]
        wanted = pace_speed(
            m.doctrine.pace[option], s.body[w, i, int(Body.critical_speed)], s.body[w, i, int(Body.sprint)]
        )
        if order == int(Order.flee) or order == int(Order.carry) or order == int(Order.fall_back):
            if order == int(Order.carry) and s.cargo.carried[w, i] < 0 and target >= m.people:
                goal = believed(m, s, w, i, target)
            elif to >= 0:
                place = to
                goal = at
            else:
                foe = nearest_foe(m, s, w, i, p, 40.0, time)
                if foe >= 0:
                    goal = p + wp.normalize(p - believed(m, s, w, i, foe)) * 20.0
        elif order == int(Order.hold):
            post = p
            if to >= 0:
                # a post has room: everybody keeps the offset at which the group was drawn up
                post = at + m.station[i]
            foe = nearest_foe(m, s, w, i, p, MEET, time)
            if foe >= 0 and wp.length(believed(m, s, w, i, foe) - post) < 25.0:
                meet = foe
            else:
                goal = post
                if to >= 0 and wp.length(post - p) > 40.0:
                    place = to
        elif order == int(Order.follow_marks):
            k = next_mark(m, s, w, i, time)
            if k >= 0:
                goal = s.things.mark_at[w, k]
                arrival = ANY_SPEED
        elif target >= 0:
            if order == int(Order.pursue):
                meet = target
            elif order == int(Order.track):
                goal = believed(m, s, w, i, target)
                if follow_trail(m, s, w, tick, i):
                    k = s.mind.trail[w, i]
                    c = s.mind.crumb[w, i]
                    goal = p
                    if time >= s.mind.lost_until[w, i]:
                        arrival = ANY_SPEED
                        goal = unpack_place(m.ground, s.trail.place[w, k, c % s.trail.place.shape[2]])
                        wanted = wp.min(wanted, s.body[w, i, int(Body.tracking_speed)])
            elif order == int(Order.screen):
                goal = believed(m, s, w, i, target)
                foe = nearest_foe(m, s, w, i, goal, 150.0, time)
                if foe >= 0:
                    line = believed(m, s, w, i, foe) - goal
                    goal = goal + wp.normalize(line) * wp.min(GUARD, 0.5 * wp.length(line))
            elif order == int(Order.block):
                goal = barring_point(m, s, w, i, target)
            elif order == int(Order.escort) or order == int(Order.regroup):
                goal = believed(m, s, w, i, target)
                if order == int(Order.escort):
                    goal = station_point(m, s, w, i, target)
                if sees(s, w, i, target):
                    arrival = wp.length(velocity_of(m, s, w, target))
            elif order == int(Order.relieve):
                goal = believed(m, s, w, i, target)
                foe = nearest_foe(m, s, w, i, goal, 20.0, time)
                if foe >= 0 and wp.length(goal - p) < 25.0:
                    meet = foe
        s.motion.speed_wanted[w, i] = wanted
    if meet >= 0:
        goal = interception(m, s, w, i, meet)
    if meet >= 0 or place >= 0:
        arrival = ANY_SPEED
    s.motion.arrival[w, i] = arrival
    find_way(m, s, w, i, goal, place)
    if s.things.wards[w] > 0 and s.motion.link[w, i] < 0:
        s.motion.mark[w, i] = step_wide(m, s, w, tick, i, s.motion.mark[w, i])

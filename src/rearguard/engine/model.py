"""The constant part of a simulation: what a scenario compiles to, as arrays.

Numbers that worlds may differ in (bodies, techniques, stages) are not here but in ``World``, so that noise, factors and
sweeps need neither a new model nor a new compilation.
"""

from enum import IntEnum

import warp as wp

from rearguard.engine.arrays import per


class Order(IntEnum):
    """What an agent is trying to do; same names as ``schema.ORDERS``."""

    wait = 0
    flee = 1
    carry = 2
    pursue = 3
    track = 4
    screen = 5
    block = 6
    hold = 7
    escort = 8
    regroup = 9
    fall_back = 10
    relieve = 11
    follow_marks = 12


class Target(IntEnum):
    """Whom an option is about; same names as ``schema.TARGETS``, then one named person or payload."""

    payload = 0
    carrier = 1
    nearest_enemy = 2
    nearest_friend = 3
    leader = 4
    threat = 5
    friend_in_need = 6
    self = 7
    named = 8
    faltering_friend = 9


class Input(IntEnum):
    """What a consideration looks at; same names as ``schema.INPUTS``."""

    always = 0
    time = 1
    seen = 2
    age = 3
    known = 4
    distance = 5
    closing = 6
    target_down = 7
    target_held = 8
    target_busy = 9
    reserve = 10
    power = 11
    wounds = 12
    carrying = 13
    holding = 14
    threatened = 15
    engaged = 16
    friends_near = 17
    enemies_near = 18
    payload_distance = 19
    payload_stage = 20
    payload_gap = 21
    held_friends = 22
    chosen = 23
    from_post = 24
    on_roof = 25
    on_trail = 26
    marks_known = 27
    bidden = 30
    faltering = 31
    shock = 32
    presence = 33
    noise = 34
    heard = 35
    crowd_near = 36


class Curve(IntEnum):
    """Response curves; same names as ``schema.Consideration.curve``."""

    linear = 0
    power = 1
    logistic = 2
    step = 3


class Check(IntEnum):
    """Conditions of an end; same names as the grammar of ``schema.End.when``."""

    contact = 0
    stage = 1
    arrived = 2
    out = 3
    time = 4


@wp.struct
class Ground:
    """The map. Positions are metres, x to the right, y down; a cell is ``cell`` metres wide."""

    kind: per("rows", "columns", dtype=wp.uint8)  # index into the ground types
    elevation: per("rows", "columns")  # height of the surface [m]
    floor: per("rows", "columns")  # the same where a body can stand, 1e9 where it cannot
    zones: per("rows", "columns", dtype=wp.uint32)  # bit per place
    speed: per("kinds")  # share of the top speed
    energy: per("kinds")  # terrain coefficient eta
    cover: per("kinds")  # stem density times diameter [1/m]
    screen: per("kinds")  # height of the plants [m]
    sign: per("kinds")  # how well it keeps sign
    friction: per("kinds")  # sliding friction coefficient
    passable: per("kinds", dtype=wp.int32)
    noise: per("kinds")  # how much louder steps are than on a street, as a factor on intensity
    muffle: per("kinds")  # sound lost in it [dB/m]
    scent: per("kinds")  # half-life of odours on it [s]
    ambient: per("rows", "columns", dtype=wp.uint8)  # level of the surroundings [0.5 dB]
    cell: float
    cells_per_metre: float
    rows: int
    columns: int


@wp.struct
class Paths:
    """Travel-time fields per mobility class: toward the places of orders, and toward landmarks."""

    goal: per("classes", "goals", "rows", "columns", dtype=wp.uint8)  # direction code of ``scenario.fields``
    landmark: per("classes", "landmarks", "rows", "columns", dtype=wp.uint8)
    nearest: per("classes", "rows", "columns", dtype=wp.int16)  # landmark nearest in time, -1: none
    arrival: per("classes", "rows", "columns", dtype=wp.uint8)  # link by which a cell is entered from that landmark


@wp.struct
class Doctrine:
    """Tables of options and considerations, and who uses which rows."""

    first: per("agents", dtype=wp.int32)  # first option of an agent
    count: per("agents", dtype=wp.int32)
    inertia: per("agents")
    order: per("options", dtype=wp.int32)  # Order, or -1 for the use of a technique
    technique: per("options", dtype=wp.int32)  # index of the technique, or -1
    target: per("options", dtype=wp.int32)  # Target
    named: per("options", dtype=wp.int32)  # entity for Target.named: person, or people + payload
    goal: per("options", dtype=wp.int32)  # index of the goal field, or -1
    goal_xy: per("options", dtype=wp.vec2)  # its place [m]
    pace: per("options")
    rank: per("options", dtype=wp.int32)
    weight: per("options")
    reason_first: per("options", dtype=wp.int32)
    reason_count: per("options", dtype=wp.int32)
    input: per("reasons", dtype=wp.int32)  # Input
    curve: per("reasons", dtype=wp.int32)  # Curve
    low: per("reasons")
    high: per("reasons")
    shape: per("reasons")
    least: per("reasons")
    choice: per("reasons", dtype=wp.int32)
    value: per("reasons", dtype=wp.int32)  # index of the choice's value, -1: the value that names the agent


@wp.struct
class Ends:
    """Rules that end a world. A rule is a run of checks that must all hold."""

    first: per("rules", dtype=wp.int32)
    count: per("rules", dtype=wp.int32)
    after: per("rules")  # how long it must have held [s]
    outcome: per("rules", dtype=wp.int32)
    check: per("checks", dtype=wp.int32)  # Check
    who: per("checks", dtype=wp.uint64)  # people concerned
    whom: per("checks", dtype=wp.uint64)  # people on the other end
    payload: per("checks", dtype=wp.int32)  # payload concerned, or -1
    number: per("checks")  # stage, bit of the place, or seconds


@wp.struct
class Hazards:
    """What falls by chance."""

    at: per("hazards", dtype=wp.vec2)  # middle of the place [m]
    area: per("hazards")  # radius of the disc it falls on [m]
    rate: per("hazards")  # pieces per second
    radius: per("hazards")  # of what a piece hits [m]
    wound: per("hazards")  # share of the capacity lost
    impulse: per("hazards")  # [N s]
    start: per("hazards")  # [s]
    until: per("hazards")  # [s]
    count: int


@wp.struct
class Throng:
    """Crowds and the ways they take. Their pedestrians are numbered crowd by crowd."""

    walls: per("rows", "columns", dtype=wp.uint8)  # bit per direction code: nobody can walk to that neighbour
    way: per("ways", "rows", "columns", dtype=wp.uint8)  # bearing to walk, ARRIVED or NOWHERE
    to_go: per("ways", "rows", "columns", dtype=wp.uint16)  # how far it is, as on a hard street [dm]
    way_of: per("crowds", dtype=wp.int32)  # the way a crowd takes
    first: per("crowds", dtype=wp.int32)  # its first pedestrian
    count: per("crowds", dtype=wp.int32)
    crowd_of: per("pedestrians", dtype=wp.int32)
    pace: per("crowds", "quantiles")  # speeds of its people as shares of the crowd's, equally likely
    spot_first: per("crowds", dtype=wp.int32)  # cells its people are spread over
    spot_count: per("crowds", dtype=wp.int32)
    spot: per("spots", dtype=wp.int32)  # row x columns + column
    crowds: int
    pedestrians: int
    steps: int  # steps of a pedestrian in a tick
    look_every: int  # ticks between two looks around
    judge_every: int  # looks between two counts of the flow
    hazard_every: int  # looks between draws of stalls and falls
    direction: per("bearings", dtype=wp.vec2)  # unit vector of a bearing
    upright: int  # 1: the box below is longer along y than along x
    edge: float  # where the first band begins, across the box [m]
    bands: int  # strips along the box by which pedestrians are sorted
    bands_per_metre: float
    low: wp.vec2  # corners of the box of all ways of the crowds, from where they start to where they leave [m]
    high: wp.vec2


@wp.struct
class Policies:
    """Learned policies: layers of weights, one after another."""

    of: per("agents", dtype=wp.int32)  # policy of an agent, -1: its doctrine decides
    every: per("policies", dtype=wp.int32)  # ticks between two decisions
    moves: per("policies", dtype=wp.int32)  # how many moves it chooses from
    first: per("policies", dtype=wp.int32)  # its first layer
    count: per("policies", dtype=wp.int32)  # its layers
    rows: per("layers", dtype=wp.int32)  # numbers that go in
    columns: per("layers", dtype=wp.int32)  # numbers that come out
    weight_at: per("layers", dtype=wp.int32)  # where weights [rows, columns] begin in ``number``
    bias_at: per("layers", dtype=wp.int32)
    number: per("numbers")
    pace: per("paces")


@wp.struct
class Model:
    """Everything about a scenario that no world changes."""

    ground: Ground
    paths: Paths
    doctrine: Doctrine
    ends: Ends
    hazards: Hazards
    throng: Throng
    policies: Policies
    side: per("agents", dtype=wp.int32)
    mobility: per("agents", dtype=wp.int32)  # mobility class
    leader: per("agents", dtype=wp.int32)  # -1: none
    station: per("agents", dtype=wp.vec2)  # [ahead, left] of the leader [m]
    home: per("agents", dtype=wp.vec2)  # where an agent starts [m]
    scatter: per("agents")  # spread of the start [m]
    knows: per("agents", dtype=wp.uint64)  # entities known at the start
    tracks: per("agents", dtype=wp.int32)  # entity whose trail an agent looks out for, -1: none
    smells: per("agents", dtype=wp.uint32)  # bit per trail whose odour an agent has been given
    craft: per("agents", "slots", dtype=wp.int32)  # techniques of an agent, -1: none
    familiarity: per("agents", "kinds")
    carries: per("agents", dtype=wp.int32)  # payload carried at the start, -1: none
    trail_of: per("entities", dtype=wp.int32)  # trail of a person or payload, -1: leaves none
    trail_owner: per("trails", dtype=wp.int32)  # entity of a trail
    choice_agent: per("choices", "values", dtype=wp.int32)  # agent that a value names, -1: nobody
    effect: per("techniques", dtype=wp.int32)  # Effect
    heads: per("techniques", dtype=wp.int32)
    limit: per("techniques", dtype=wp.int32)  # uses in a world, -1: any number
    bids: per("techniques", dtype=wp.int32)  # Order that a voice bids take up, -1: none
    moving: per("techniques", dtype=wp.int32)  # 1: the user may move during the wind-up
    payload_side: per("payloads", dtype=wp.int32)
    payload_reach: per("payloads")
    payload_tow: per("payloads")
    stage_count: per("payloads", dtype=wp.int32)
    people: int
    payloads: int
    entities: int
    trails: int
    rules: int
    slots: int
    deadline_payload: int  # -1: no deadline
    deadline_stage: int
    dt: float
    limit_ticks: int
    look_every: int  # ticks between looks
    think_every: int  # ticks between decisions
    listen_every: int  # ticks between two listenings
    listens: int  # 0: nobody ever listens
    air: float  # sound lost in air [dB/m]
    patch_columns: int  # patches of ground in a row
    patches_per_metre: float

"""The changing part of a simulation: the state of many worlds, one per row.

A World can be copied, gathered and forked at any tick: nothing about a world lives outside these arrays.
"""

from enum import IntEnum

import warp as wp

from rearguard.engine.arrays import per
from rearguard.engine.rng import Key


class Mode(IntEnum):
    """What a body is doing."""

    away = 0  # has not entered yet
    feet = 1
    air = 2  # leaping, dropping or falling
    climb = 3
    skid = 4  # pushed off its line
    down = 5
    hang = 6  # caught an edge
    out = 7


class ActPhase(IntEnum):
    """How far the use of a technique has come."""

    none = 0
    windup = 1
    lunge = 2
    recovery = 3


class Source(IntEnum):
    """How an agent came by what it knows of an entity."""

    nothing = 0
    given = 1  # known at the start
    seen = 2
    heard = 3
    smelled = 4
    sign = 5  # read from marks on the ground
    felt = 6  # a presence
    told = 7
    mark = 8  # a way mark


@wp.struct
class Motion:
    """Bodies in space."""

    position: per("worlds", "agents", dtype=wp.vec2)  # [m]
    velocity: per("worlds", "agents", dtype=wp.vec2)  # [m/s]
    height: per("worlds", "agents")  # of the feet [m]
    mode: per("worlds", "agents", dtype=wp.int32)  # Mode
    timer: per("worlds", "agents")  # time left in the mode [s]
    landing: per("worlds", "agents", dtype=wp.vec2)  # where a leap or a climb ends [m]
    drop: per("worlds", "agents")  # how much lower the flight in progress ends [m]
    upward: per("worlds", "agents")  # its vertical take-off speed [m/s]
    topples: per("worlds", "agents", dtype=wp.int32)  # 1: the skid in progress ends on the ground
    mark: per("worlds", "agents", dtype=wp.vec2)  # point steered for [m]
    link: per("worlds", "agents", dtype=wp.int32)  # direction code of a leap, climb or drop on the way, -1: none
    speed_wanted: per("worlds", "agents")  # equivalent speed of the pace [m/s]
    arrival: per("worlds", "agents")  # speed meant at the mark [m/s]
    heading: per("worlds", "agents", dtype=wp.vec2)  # unit vector


@wp.struct
class Strength:
    """Reserves and wounds."""

    reserve: per("worlds", "agents")  # D' balance [m]
    spent: per("worlds", "agents", dtype=wp.int32)  # 1: overdrawn, until a tenth is back
    power: per("worlds", "agents")  # second reserve
    wound: per("worlds", "agents")  # share of the capacity lost
    flow: per("worlds", "agents")  # bleeding [mL/s]
    blood: per("worlds", "agents")  # lost [mL]
    arm: per("worlds", "agents")  # share of the arm's use lost
    slow: per("worlds", "agents")  # share of the speed lost
    impaired_until: per("worlds", "agents")  # when arm and slow end [s]


@wp.struct
class Act:
    """Techniques in use."""

    phase: per("worlds", "agents", dtype=wp.int32)  # ActPhase
    slot: per("worlds", "agents", dtype=wp.int32)
    target: per("worlds", "agents", dtype=wp.int32)  # agent, -1: none
    timer: per("worlds", "agents")  # time left in the phase [s]
    aim: per("worlds", "agents", dtype=wp.vec2)  # unit vector
    ready_at: per("worlds", "agents", "slots")  # [s]
    uses: per("worlds", "agents", "slots", dtype=wp.int32)
    threat: per("worlds", "agents", dtype=wp.int32)  # whose wind-up has been read, -1: none
    threat_at: per("worlds", "agents")  # when the reaction takes effect [s]
    held_by: per("worlds", "agents", dtype=wp.int32)  # -1: free
    heads: per("worlds", "agents", dtype=wp.int32)  # how many this one holds


@wp.struct
class Mind:
    """Orders and knowledge. An entity is a person, or ``people`` + a payload."""

    option: per("worlds", "agents", dtype=wp.int32)  # option in force, -1: none yet
    target: per("worlds", "agents", dtype=wp.int32)  # its target entity, -1: none
    score: per("worlds", "agents")
    decided: per("worlds", "agents", dtype=wp.int32)  # tick of the last decision, -1: none yet
    belief: per(
        "worlds", "agents", "entities", dtype=wp.vec3
    )  # x, y [m] and when it was so [s]; below 0: nothing known
    how: per("worlds", "agents", "entities", dtype=wp.int8)  # Source of that belief
    sees: per("worlds", "agents", dtype=wp.uint64)  # bit per entity in sight
    stage: per("worlds", "agents", "payloads", dtype=wp.int8)  # stage of a payload, as believed
    trail: per("worlds", "agents", dtype=wp.int32)  # trail that is followed, -1: none
    crumb: per("worlds", "agents", dtype=wp.int32)  # next crumb of it, -1: none
    depth: per("worlds", "agents")  # depth of the sign that is followed, as read of late, in [0, 1]
    read: per("worlds", "agents", "payloads", dtype=wp.int8)  # farthest stage of a payload that its sign has told
    odours: per("worlds", "agents", dtype=wp.uint32)  # bit per trail whose odour has been told apart
    lost_until: per("worlds", "agents")  # casting about for the trail until [s]


@wp.struct
class Ears:
    """Sound at the ears."""

    volume: per("worlds", "entities")  # intensity at 1 m over that of 0 dB
    burst: per("worlds", "agents")  # the same of a technique or a voice since the last listening
    masker: per("worlds", "agents")  # what hides other sounds at an agent's ears, over that of 0 dB
    around: per("worlds", "agents")  # level of the surroundings that one has grown used to [dB]
    noted: per("worlds", "agents")  # the same when it was last noted [dB]
    heard: per("worlds", "agents", dtype=wp.uint64)  # bit per entity heard at the last listening


@wp.struct
class Nerve:
    """What goes on in a head besides knowledge."""

    shock: per("worlds", "agents")  # share of the composure lost for now
    falters_until: per("worlds", "agents")  # hesitation in progress ends [s]
    stage: per("worlds", "agents", "payloads", dtype=wp.int8)  # latest stage whose horror has been met
    felt: per("worlds", "agents")  # strength of the presence felt now, in [0, 1]
    felt_stage: per("worlds", "agents", dtype=wp.int8)  # stage of the presence felt last, -1: none
    left: per("worlds", "agents", dtype=wp.uint64)  # friends whose leaving has been gone through
    bidden: per("worlds", "agents", dtype=wp.int32)  # order that a friend has bidden, -1: none
    bidden_until: per("worlds", "agents")  # how long that is in the ear [s]
    dulled: per("worlds", "agents")  # share of the nose lost to an overpowering source
    reeked: per("worlds", "agents", dtype=wp.int32)  # bit per payload whose stench has been met


@wp.struct
class Cargo:
    """Payloads."""

    position: per("worlds", "payloads", dtype=wp.vec2)  # [m]
    velocity: per("worlds", "payloads", dtype=wp.vec2)  # [m/s]
    stage: per("worlds", "payloads", dtype=wp.int32)
    stage_ends: per("worlds", "payloads")  # [s]; 1e9 for the last stage
    carriers: per("worlds", "payloads", dtype=wp.int32)  # how many carry it now
    carried: per("worlds", "agents", dtype=wp.int32)  # payload that an agent carries, -1: none


@wp.struct
class Trail:
    """Sign left on the ground: a ring of crumbs per trail."""

    place: per("worlds", "trails", "crumbs", dtype=wp.uint32)  # x and y, 16 bits each over the map's extent
    print: per("worlds", "trails", "crumbs", dtype=wp.uint32)  # time (16 bits of 0.1 s), depth (8), height (8)
    head: per("worlds", "trails", dtype=wp.int32)  # crumbs laid so far
    last: per("worlds", "trails", dtype=wp.vec2)  # where the last one was laid [m]
    traffic: per("worlds", "patches", dtype=wp.uint8)  # how many have passed over a patch of ground
    patch: per("worlds", "agents", dtype=wp.int32)  # patch an agent is on


class Gait(IntEnum):
    """What a pedestrian is doing."""

    away = 0  # has not come yet
    walk = 1
    stall = 2  # has stopped in the middle
    lie = 3
    left = 4


@wp.struct
class Crowd:
    """Pedestrians."""

    position: per("worlds", "pedestrians", dtype=wp.vec2)  # [m]
    velocity: per("worlds", "pedestrians", dtype=wp.vec2)  # [m/s]
    pace: per("worlds", "pedestrians")  # speed with nobody in the way [m/s]
    until: per("worlds", "pedestrians")  # end of standing or lying [s]; walking: told to keep moving until then
    gait: per("worlds", "pedestrians", dtype=wp.uint8)  # Gait
    pressed: per("worlds", "pedestrians", dtype=wp.uint8)  # 1: somebody is close, so that it looks around in every tick
    present: per(
        "worlds", "pedestrians", dtype=wp.int16
    )  # those who are there: the first ``presence``, as ``throng`` sorts
    start: per("worlds", "bands", dtype=wp.int16)  # where a band begins in it
    presence: per("worlds", dtype=wp.int32)
    come: per("worlds", "crowds", dtype=wp.int32)  # how many have come so far
    gone: per("worlds", "crowds", dtype=wp.int32)  # how many have reached their place
    flow: per("worlds", "crowds")  # past the foremost of those who are packed, smoothed [1/s]
    jammed_since: per("worlds", "crowds")  # since when they stand [s]; below 0: they do not
    hindrance: per("worlds", "hindered")  # share of the speed that the crowd leaves an agent
    steps: per("worlds", dtype=wp.int64)  # pedestrian-steps: ticks of a pedestrian that is there
    walked: per("worlds", dtype=wp.int32)  # ticks that the crowds have walked; they may be behind while nobody is near
    low: per("worlds", dtype=wp.vec2)  # corners of the box in which they then stood [m]
    high: per("worlds", dtype=wp.vec2)
    voice: per("worlds", "hindered", dtype=wp.vec3)  # command that an agent has given them: x, y, radius [m]; 0: none


@wp.struct
class Scars:
    """Ground torn up by strikes."""

    spot: per("worlds", "scars", dtype=wp.vec3)  # x, y, radius [m]
    count: per("worlds", dtype=wp.int32)


@wp.struct
class Things:
    """What has been placed or thrown: wards, way marks, missiles in flight."""

    ward_ends: per("worlds", "wards", dtype=wp.vec4)  # x, y of both ends [m]
    ward_until: per("worlds", "wards")  # [s]
    ward_left: per("worlds", "wards")  # strength left, in [0, 1]
    ward_owner: per("worlds", "wards", dtype=wp.int32)
    ward_turned: per("worlds", "wards", dtype=wp.uint64)  # enemies who have gone round
    wards: per("worlds", dtype=wp.int32)  # set so far
    mark_at: per("worlds", "marks", dtype=wp.vec2)  # [m]
    mark_set: per("worlds", "marks")  # when [s]
    mark_until: per("worlds", "marks")  # [s]
    mark_reach: per("worlds", "marks")  # distance at which it is read [m]
    mark_owner: per("worlds", "marks", dtype=wp.int32)
    marks: per("worlds", dtype=wp.int32)  # set so far
    mark_read: per("worlds", "agents", dtype=wp.int32)  # farthest mark read, -1: none
    missile: per("worlds", "missiles", dtype=wp.vec4i)  # thrower (-1: free), target, technique, tick it comes down
    missile_from: per("worlds", "missiles", dtype=wp.vec2)  # [m]
    missile_to: per("worlds", "missiles", dtype=wp.vec2)  # where it was aimed [m]


@wp.struct
class Control:
    """Commands from outside, for those who do not follow their doctrine (``control``)."""

    commanded: per("worlds", "commanded", dtype=wp.int32)  # 1: commands from outside rule, 2: those of a policy
    option: per("worlds", "commanded", dtype=wp.int32)  # option of the doctrine to take up, -1: run in ``direction``
    direction: per("worlds", "commanded", dtype=wp.vec2)  # unit vector; 0: stand
    pace: per("worlds", "commanded")  # as in a doctrine
    slot: per("worlds", "commanded", dtype=wp.int32)  # technique to begin as soon as it can be, -1: none
    target: per("worlds", "commanded", dtype=wp.int32)  # person it goes against
    goal: per("worlds", "commanded", dtype=wp.uint32)  # bit per place at which the person is done
    arrived: per("worlds", "commanded", dtype=wp.int32)  # 1: it has been at one of them
    units: per("worlds", "units")  # where a policy works: its observation, then what comes out of each layer


@wp.struct
class Account:
    """What a world and its people add up to."""

    distance: per("worlds", "agents")  # run [m]
    reserve_spent: per("worlds", "agents")  # D' spent [m]
    power_spent: per("worlds", "agents")
    held_time: per("worlds", "agents")  # [s]
    down_time: per("worlds", "agents")  # off the feet: skidding, down, hanging [s]
    outcome: per("worlds", dtype=wp.int32)  # -1: open
    end_time: per("worlds")  # [s]
    contact_time: per("worlds")  # first contact of the other side with the payload [s]; below 0: none
    deadline: per("worlds")  # when the payload reaches its deadline stage [s]; below 0: none
    rule_since: per("worlds", "rules")  # since when a rule has held [s]; below 0: it does not
    tick: per("worlds", dtype=wp.int32)
    live: per("worlds", dtype=wp.int64)  # agent-steps of people on the ground
    overflow: per("worlds", dtype=wp.int32)  # Overflow bits


@wp.struct
class EventRow:
    """One row of the log."""

    tick: wp.int32
    kind: wp.int32
    actor: wp.int32
    target: wp.int32
    item: wp.int32
    value: float
    x: float
    y: float


@wp.struct
class Log:
    """Events, in order."""

    rows: per("logs", "events", dtype=EventRow)
    count: per("worlds", dtype=wp.int32)  # events so far, also while not kept


@wp.struct
class World:
    """All worlds of a slice."""

    key: per("worlds", dtype=Key)
    body: per("worlds", "agents", "body")  # Body columns
    craft: per("worlds", "techniques", "craft")  # Craft columns
    phase: per("worlds", "payloads", "stages", "phase")  # Phase columns
    walk: per("worlds", "crowds", "walk")  # Walk columns
    choice: per("worlds", "choices", dtype=wp.int32)  # value in force
    barred_use: per("worlds", "agents", dtype=wp.uint64)  # bit per slot: techniques that are not to be begun
    barred_order: per("worlds", "agents", dtype=wp.uint64)  # bit per Order that is not to be taken up
    motion: Motion
    strength: Strength
    act: Act
    mind: Mind
    ears: Ears
    nerve: Nerve
    cargo: Cargo
    trail: Trail
    scars: Scars
    things: Things
    crowd: Crowd
    control: Control
    account: Account
    log: Log
    keep_log: int
    crowds_wait: int  # 1: crowds that nobody is near may walk later (``crowd``)


PARTS = {
    "motion": Motion,
    "strength": Strength,
    "act": Act,
    "mind": Mind,
    "ears": Ears,
    "nerve": Nerve,
    "cargo": Cargo,
    "trail": Trail,
    "scars": Scars,
    "things": Things,
    "crowd": Crowd,
    "control": Control,
    "account": Account,
    "log": Log,
}


class Overflow(IntEnum):
    """Bits of ``Account.overflow``."""

    events = 1
    crumbs = 2
    scars = 4
    things = 8

"""What a person writes: the schema of a scenario file.

Every model forbids unknown keys. Quantities carry units (``units.py``) and may be drawn per world. Names refer to one
another by text; ``check.py`` looks after those references, because it needs the whole file and the map.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from rearguard.scenario.crowds import Crowd as Crowd
from rearguard.scenario.schema_base import NAME_PATTERN, Strict, quantity_of
from rearguard.scenario.schema_surroundings import Hazard, Mechanic, Smoke, Sound, SoundSource
from rearguard.scenario.units import (
    Angle,
    Attenuation,
    Duration,
    Flow,
    Impulse,
    Length,
    Level,
    Mass,
    NonNegative,
    Number,
    PerMetre,
    PositiveDuration,
    PositiveLength,
    PositiveMass,
    PositiveNumber,
    PositiveSpeed,
    Rate,
    Share,
    Speed,
    fixed,
)

__all__ = ["NAME_PATTERN", "SoundSource", "Strict", "quantity_of"]

FORMAT_VERSION = 1

# ---------------------------------------------------------------------------------------------------------- map, time


class TiledMap(Strict):
    """A map drawn in Tiled."""

    tiled: str = Field(description="Path of the .tmx or .tmj file, relative to the scenario file.")
    metres_per_tile: PositiveLength | None = Field(
        default=None, description="Size of a tile on the ground; default: the map's own `metres_per_tile` property."
    )


class AsciiPlace(Strict):
    """What a letter of an ASCII map stands for."""

    ground: str = Field(description="Name of a ground type.")
    elevation: Length = Field(default=fixed(0.0), description="Height of the ground above the street.")
    place: str | None = Field(default=None, pattern=NAME_PATTERN, description="Name of the place these cells form.")


class AsciiMap(Strict):
    """A small map drawn with letters, one per cell."""

    ascii: str = Field(description="The drawing, one line a row, one character a cell.")
    metres_per_cell: PositiveLength = Field(default=fixed(1.0), description="Size of a cell.")
    legend: dict[str, AsciiPlace | str] = Field(
        default_factory=dict,
        description="Character → ground type, or {ground, elevation, place}. Predefined: `.` street, `,` path, "
        '`"` grass, `f` forest, `#` wall (impassable), `=` roof (5 m), `~` water; a capital letter is a place of that '
        "name in lower case, on the ground to its left, or to its right where nobody can stand on the left.",
    )


class Clock(Strict):
    """How time is cut and when a world is given up."""

    tick: PositiveDuration = Field(default=fixed(0.1), description="Step of the simulation, 0.02 s to 0.5 s.")
    limit: PositiveDuration = Field(default=fixed(900.0), description="Worlds still open at this time are unresolved.")


class Ground(Strict):
    """A ground type. Values left out keep those of the built-in type of the same name."""

    like: str | None = Field(default=None, description="Built-in type whose values are the defaults.")
    speed: Share | None = Field(default=None, description="Top speed on it, as a share of that on a hard level street.")
    energy: PositiveNumber | None = Field(
        default=None,
        description="Terrain coefficient of the energy cost (Pandolf's eta; hard street 1.0, loose sand 2.1).",
    )
    cover: NonNegative | None = Field(
        default=None,
        description="Stem density times stem diameter [1/m]: sight through it falls as exp(-cover x distance).",
    )
    screen: Length | None = Field(default=None, description="Height up to which its plants hide what stands in it.")
    sign: Share | None = Field(default=None, description="How well it keeps sign: 0 nothing can be read, 1 soft soil.")
    friction: NonNegative | None = Field(default=None, description="Sliding friction coefficient.")
    noise: Level | None = Field(default=None, description="How much louder steps are on it than on a hard street.")
    muffle: Attenuation | None = Field(default=None, description="Sound lost in it, beyond spreading and air.")
    scent: PositiveDuration | None = Field(default=None, description="Half-life of odours on it.")
    passable: bool | None = Field(default=None, description="False: nobody can enter it.")


# ------------------------------------------------------------------------------------------------------------- people


class Body(Strict):
    """A runner's body."""

    mass: PositiveMass = Field(default=fixed(70.0), description="Body mass, clothes included.")
    radius: PositiveLength = Field(default=fixed(0.25), description="Radius of the space the body takes.")
    eye: Length = Field(default=fixed(1.6), description="Height of the eyes above the ground.")
    critical_speed: PositiveSpeed = Field(
        default=fixed(4.0), description="Fastest level speed that can be kept up without draining the reserve."
    )
    reserve: PositiveLength = Field(
        default=fixed(180.0), description="D': distance that can be run above critical speed before exhaustion."
    )
    recovery: PositiveNumber = Field(
        default=fixed(1.0), description="Multiplies the recovery time constant D'/(CS - v) of the reserve."
    )
    sprint: PositiveSpeed = Field(default=fixed(7.5), description="Top speed on a hard level street.")
    acceleration_time: PositiveDuration = Field(
        default=fixed(1.2), description="Time constant of the start from rest, v = vm (1 - exp(-t/tau))."
    )
    leap: Length = Field(default=fixed(2.5), description="Widest level gap cleared from a full sprint.")
    climb: Length = Field(default=fixed(1.2), description="Highest face that can be climbed.")
    climb_speed: PositiveSpeed = Field(default=fixed(0.6), description="Vertical speed while climbing.")
    drop: Length = Field(default=fixed(2.5), description="Deepest drop landed on the feet.")
    grip: Share = Field(default=fixed(0.3), description="Chance to catch an edge with one hand when going over it.")
    bracing: Share = Field(default=fixed(0.5), description="Share of an impulse taken by a braced stance.")
    step: PositiveLength = Field(default=fixed(0.6), description="Longest recovery step.")
    step_time: PositiveDuration = Field(default=fixed(0.3), description="Time to place a recovery step.")
    power: NonNegative = Field(default=fixed(100.0), description="Second reserve, spent by techniques [its own unit].")
    power_recovery: Rate = Field(default=fixed(0.2), description="Second reserve regained per second.")
    footfall: Level = Field(
        default=fixed(34.0), description="Sound of the steps at 1 m, for 70 kg at 1 m/s on a hard street."
    )
    breath: Level = Field(default=fixed(22.0), description="Sound of the own breath at the ear, at rest.")
    odour: Share = Field(default=fixed(0.8), description="Strength of the scent this body leaves.")
    familiarity: dict[str, PositiveNumber] = Field(
        default_factory=dict, description="Ground type → factor on the speed there (a village known by heart: 1.1)."
    )


class Senses(Strict):
    """What reaches a runner's mind."""

    sight: Length = Field(default=fixed(120.0), description="Range at which a runner in the open is noticed.")
    anticipation: Share = Field(default=fixed(0.2), description="Chance to read a wind-up for what it is.")
    tracking: Share = Field(default=fixed(0.3), description="Skill at reading sign and scent.")
    tracking_speed: Speed = Field(default=fixed(3.0), description="Fastest pace at which a trail is still read.")
    trail_loss: PerMetre = Field(default=fixed(0.004), description="Losses of the trail per metre for a skill of 0.")
    recast: Duration = Field(default=fixed(6.0), description="Time to find a lost trail again.")
    hearing: Level = Field(
        default=fixed(0.0),
        description="How much louder than for others a sound must be to be heard; below 0: a keen ear.",
    )
    presence: Share = Field(default=fixed(1.0), description="How much of a payload's presence is felt.")
    nose: Share = Field(default=fixed(0.0), description="Skill at following scent; 0 for people.")
    disturbed: NonNegative = Field(
        default=fixed(0.5),
        description="Share by which a companion of 70 kg running at 5 m/s within 10 m raises the losses of a nose; it "
        "grows with the mass and the square of the speed.",
    )


class Nerve(Strict):
    """How fast and how steadily a runner answers."""

    reaction: Duration = Field(default=fixed(0.25), description="mu of the ex-Gaussian reaction time.")
    reaction_sd: Duration = Field(default=fixed(0.04), description="sigma of the ex-Gaussian reaction time.")
    reaction_tail: Duration = Field(default=fixed(0.08), description="tau of the ex-Gaussian reaction time.")
    composure: Share = Field(default=fixed(0.5), description="How well hesitation is resisted; 1: nothing unnerves.")
    calm: Duration = Field(default=fixed(45.0), description="Time constant with which shock fades.")
    reluctance: Duration = Field(
        default=fixed(0.0),
        description="Mean hesitation at leaving a friend who fights or is held, for one without any composure.",
    )


class Person(Strict):
    """Someone who runs, or a group of alike ones (`count`)."""

    side: str = Field(pattern=NAME_PATTERN, description="Whose side: any name; those of one side are friends.")
    at: str | list[float] = Field(description="Place of the map, or [x, y] in metres.")
    scatter: Length = Field(default=fixed(0.0), description="Spread of the start around `at`, per world.")
    start: Duration = Field(default=fixed(0.0), description="When this person enters.")
    count: int = Field(
        default=1, ge=1, le=500, description="Number of alike people; they are called NAME_1, NAME_2, ..."
    )
    spacing: Length = Field(default=fixed(2.0), description="Distance between the people of a group.")
    title: str | None = Field(default=None, max_length=80, description="Name as a reader should see it.")
    pronouns: Literal["he", "she", "they", "it"] = "they"
    body: Body = Field(default_factory=Body)
    senses: Senses = Field(default_factory=Senses)
    nerve: Nerve = Field(default_factory=Nerve)
    techniques: list[str] = Field(default_factory=list, max_length=6)
    doctrine: str = Field(description="Name of a doctrine.")
    leader: str | None = Field(default=None, description="Whom this person keeps station on.")
    station: list[float] | None = Field(
        default=None,
        min_length=2,
        max_length=2,
        description="Place in the formation: [ahead, left] of the leader, metres.",
    )
    knows: list[str] = Field(
        default_factory=list, description="People and payloads whose whereabouts this person knows at the start."
    )
    scents: list[str] = Field(
        default_factory=list,
        description="People whose odour this person has been given and can tell apart, besides what it tracks.",
    )


class Stage(Strict):
    """A stage of a payload. The last stage is the point of no return."""

    name: str = Field(pattern=NAME_PATTERN)
    lasts: Duration | None = Field(
        default=None, description="How long until the next stage; left out for the last one."
    )
    mass: Mass = Field(default=fixed(40.0), description="Mass that is carried or dragged.")
    drag: NonNegative = Field(
        default=fixed(0.0), description="Friction coefficient of what drags on the ground; 0: it is carried."
    )
    sign: Share = Field(default=fixed(0.5), description="Depth of the mark it leaves.")
    loudness: Level = Field(default=fixed(0.0), description="Sound level at 1 m; 0 dB: silent.")
    presence: Length = Field(
        default=fixed(0.0), description="Distance at which its presence is half as strong as on the spot; 0: none."
    )
    horror: Duration = Field(
        default=fixed(0.0), description="Mean hesitation of one without any composure on meeting this stage."
    )
    stench: Length = Field(default=fixed(0.0), description="Distance within which it overpowers a nose; 0: none.")


class Payload(Strict):
    """What one side brings toward a point of no return."""

    carriers: list[str] = Field(
        min_length=1,
        description="Who carries it at the start; they stand together. Whoever takes up another order than `carry` lets go.",
    )
    reach: PositiveLength = Field(default=fixed(1.5), description="Distance within which it is touched or picked up.")
    trail: PositiveLength = Field(default=fixed(2.0), description="Length of the tow: how far it follows its carriers.")
    stages: list[Stage] = Field(min_length=1, max_length=8)
    title: str | None = Field(default=None, max_length=80)


# --------------------------------------------------------------------------------------------------------- techniques


class Shape(Strict):
    """Where a technique acts."""

    reach: PositiveLength = Field(default=fixed(1.5), description="How far it reaches.")
    cone: Angle = Field(default=fixed(0.0), description="Full angle; 0 aims at one target.")
    dispersion: Angle = Field(default=fixed(0.0), description="Angular standard deviation of the aim.")


class AfterEffect(Strict):
    """What a technique does to the one who used it."""

    lasts: Duration = Field(default=fixed(0.0))
    arm: Share = Field(default=fixed(0.0), description="Share of the use of the arm that is lost (grip, techniques).")
    speed: Share = Field(default=fixed(0.0), description="Share of the speed that is lost.")


class Technique(Strict):
    """An ability as data. `effect` names the physics, the rest its size."""

    effect: Literal["push", "cut", "strike", "pin", "ward", "mark", "missile", "shout", "taunt", "order"] = Field(
        description="push: an impulse over an area; cut: a wound at range; strike: a committed lunge; pin: holds people; "
        "ward: a line that stops missiles and turns enemies aside; mark: a way mark; missile: a throw; "
        "shout: a voice that steadies friends and moves crowds; taunt: words that make an enemy falter; order: bids a "
        "friend take up an order."
    )
    shape: Shape = Field(default_factory=Shape)
    windup: Duration = Field(default=fixed(0.4), description="Time from the decision to the effect; others can see it.")
    recovery: Duration = Field(default=fixed(0.3), description="Time after the effect before anything else.")
    cooldown: Duration = Field(default=fixed(2.0), description="Time before it can be used again.")
    cost: NonNegative = Field(default=fixed(0.0), description="Taken from the second reserve at each use.")
    cost_growth: NonNegative = Field(default=fixed(0.0), description="Each use makes the next dearer by this share.")
    uses: int | None = Field(default=None, ge=0, le=1000, description="How often in a world; left out: no limit.")
    impulse: Impulse = Field(
        default=fixed(0.0), description="push, strike: momentum given to a body of 70 kg that is hit at no distance."
    )
    wound: Share = Field(default=fixed(0.0), description="cut, strike: share of the capacity lost on a full hit.")
    bleeding: Flow = Field(default=fixed(0.0), description="cut, strike: blood loss on a full hit.")
    speed: Speed = Field(default=fixed(0.0), description="strike: speed of the lunge; missile: of its flight.")
    width: Length = Field(
        default=fixed(0.8), description="strike: how near the lunge must pass to hit; missile: radius of what is hit."
    )
    tears_ground: Length = Field(default=fixed(0.0), description="strike: radius of the ground torn up where it ends.")
    heads: int = Field(default=1, ge=1, le=32, description="pin: how many can be held at once.")
    upkeep: NonNegative = Field(default=fixed(0.0), description="pin: second reserve per second and head.")
    strain: Rate = Field(
        default=fixed(0.0), description="pin: rate at which a held one breaks free when the holder is fresh."
    )
    opposes: dict[Literal["push", "cut", "strike", "pin"], NonNegative] = Field(
        default_factory=dict,
        description="Effect → strength of this technique against one of that effect; so far a push against a strike.",
    )
    loudness: Level = Field(default=fixed(0.0), description="Sound level at 1 m when it takes effect; 0 dB: silent.")
    daze: Duration = Field(default=fixed(0.0), description="taunt: mean hesitation of a hearer without any composure.")
    bids: str | None = Field(default=None, description="order: which order it bids the hearer take up.")
    lasts: Duration = Field(
        default=fixed(0.0), description="order: how long the order stays in the ear; ward, mark: how long it stands."
    )
    length: Length = Field(default=fixed(0.0), description="ward: length of the line.")
    strength: Share = Field(default=fixed(0.0), description="ward: chance that it stops a missile; stopping wears it.")
    while_moving: bool = Field(default=True, description="False: the user stands still during the wind-up.")
    tell: Share = Field(default=fixed(1.0), description="How plainly the wind-up shows.")
    after: AfterEffect = Field(default_factory=AfterEffect)


# ----------------------------------------------------------------------------------------------------------- doctrine

INPUTS = {
    "always": "1.",
    "time": "Time since the world began [s].",
    "seen": "1 while the target is in sight, else 0.",
    "age": "Age of what is known of the target [s]; 1e6 when nothing is.",
    "known": "1 when anything is known of the target.",
    "distance": "Distance to where the target is believed to be [m].",
    "closing": "Seconds until the target, as believed, is reached at the present top speed.",
    "target_down": "1 when the target is known to be out or down.",
    "target_held": "1 when the target is seen held by a pin.",
    "target_busy": "1 when the target is seen in a wind-up or a lunge.",
    "reserve": "Share of the running reserve (D') that is left.",
    "power": "Share of the second reserve that is left.",
    "wounds": "Share of the capacity lost to wounds.",
    "carrying": "1 while carrying a payload.",
    "holding": "Number of enemies held by one's pin.",
    "threatened": "1 when a wind-up aimed this way has been read for what it is.",
    "engaged": "1 while an enemy stands within 6 m.",
    "friends_near": "Friends within 20 m that are known of.",
    "enemies_near": "Enemies within 20 m that are known of.",
    "payload_distance": "Distance to where the payload is believed to be [m].",
    "payload_stage": "Stage of the payload, as believed: 0, 1, 2 ...",
    "payload_gap": "Seconds until the nearest known enemy could reach the payload.",
    "held_friends": "Friends within 40 m that are seen fighting alone or down.",
    "chosen": "1 when the choice named in `choice` has picked this person (or the value named in `value`).",
    "from_post": "Distance to the place of the order [m].",
    "on_roof": "1 while standing more than 2 m above the street.",
    "marks_known": "1 while a way mark that has been read points on to another.",
    "on_trail": "1 while the trail that this person tracks is underfoot.",
    "bidden": "1 while a friend's voice bidding the order of this option is in the ear.",
    "faltering": "1 while the target is seen to hesitate.",
    "shock": "Share of the composure that is lost for now.",
    "presence": "Strength of the presence felt here, in [0, 1].",
    "noise": "Sound level of the surroundings [dB].",
    "crowd_near": "Pedestrians within 12 m.",
    "heard": "1 while the target is heard without being seen.",
}

ORDERS = {
    "wait": "Stay where one is.",
    "flee": "Run to a place by the fastest way.",
    "carry": "Run to a place with the payload, picking it up if it lies near.",
    "pursue": "Run for the target: cut its line while it is seen, else go where it was last.",
    "track": "Follow the trail of the target by sign and scent.",
    "screen": "Stay between the nearest known enemy and the target.",
    "block": "Overtake the target and bar its line.",
    "hold": "Keep a place, and meet whoever comes near.",
    "escort": "Keep one's station on the leader or the target.",
    "regroup": "Go back to the target, a friend.",
    "fall_back": "Break off and run to a place, away from the nearest enemy.",
    "relieve": "Go to the target, a friend in a fight, and meet its enemies.",
    "follow_marks": "Run from way mark to way mark of one's side.",
}

TARGETS = (
    "payload",
    "carrier",
    "nearest_enemy",
    "nearest_friend",
    "leader",
    "threat",
    "friend_in_need",
    "faltering_friend",
    "self",
)


class Consideration(Strict):
    """One reason for or against an option: an input, bent by a response curve into [0, 1]."""

    input: str = Field(description="One of: " + "; ".join(f"`{k}`: {v}" for k, v in INPUTS.items()))
    choice: str | None = Field(default=None, description="For `chosen`: which choice.")
    value: str | None = Field(default=None, description="For `chosen`: the value that counts; default: one's own name.")
    curve: Literal["linear", "power", "logistic", "step"] = Field(
        default="linear",
        description="linear: 0 at `low`, 1 at `high`; power: that to the power `shape`; logistic: steepness `shape` around "
        "the middle; step: 0 below the middle, 1 above. `low` above `high` turns the curve around.",
    )
    low: Number = Field(default=fixed(0.0), description="Input at which the curve is 0 (in the input's SI unit).")
    high: Number = Field(default=fixed(1.0), description="Input at which the curve is 1.")
    shape: Number = Field(default=fixed(2.0), description="Exponent or steepness.")
    least: Share = Field(default=fixed(0.0), description="The curve is lifted into [least, 1], so that it cannot veto.")


class Option(Strict):
    """Something a person may decide on: an order, or the use of a technique."""

    order: str | None = Field(
        default=None, description="One of: " + "; ".join(f"`{k}`: {v}" for k, v in ORDERS.items())
    )
    use: str | None = Field(default=None, description="A technique (this option is about using it).")
    target: str = Field(
        default="nearest_enemy",
        description=f"One of {', '.join(TARGETS)}, the name of a person or of a payload, or `enemy:NAME`-free text thereof.",
    )
    to: str | None = Field(default=None, description="Place for flee, carry, hold and fall_back.")
    pace: Literal["easy", "steady", "hard", "sprint"] | PositiveNumber = Field(
        default="hard",
        description="easy 0.8, steady 1 (critical speed), hard 1.4, sprint 2; between 1 and 2 it goes from critical to top.",
    )
    rank: int = Field(default=0, ge=0, le=7, description="Options of a higher rank that score above 0 go first.")
    weight: PositiveNumber = Field(default=fixed(1.0), description="Multiplies the score.")
    when: list[Consideration] = Field(default_factory=list, max_length=8)


class Doctrine(Strict):
    """A table of options; the best one is taken (utility AI)."""

    like: str | None = Field(default=None, description="Doctrine whose options come first.")
    policy: str | None = Field(
        default=None,
        description="File of a learned policy (.npz, see docs/env.md) that decides instead; the options are the orders it knows.",
    )
    inertia: NonNegative = Field(default=fixed(0.1), description="Bonus of the order in force, against dithering.")
    options: list[Option] = Field(default_factory=list, max_length=24)


# ----------------------------------------------------------------------------------------- choices, factors, outcomes


class Choice(Strict):
    """A decision of a side that a plan search may vary."""

    side: str
    of: list[str] = Field(min_length=1, max_length=32)
    default: str
    about: str | None = None


class Factor(Strict):
    """A knob that a designer may tune."""

    path: str = Field(description="Path of a quantity, such as techniques.gust.impulse.")
    range: list[str | float] = Field(min_length=2, max_length=2)
    about: str | None = None


class End(Strict):
    """How a world ends: the first rule that holds gives the outcome."""

    when: str = Field(
        description="contact(SIDE or NAME, PAYLOAD or NAME), stage(PAYLOAD) is STAGE, arrived(SIDE or NAME or PAYLOAD, PLACE), "
        "out(SIDE or NAME), time > DURATION; joined by `and`."
    )
    after: Duration = Field(default=fixed(0.0), description="How long it must have held.")
    about: str | None = None


class Step(Strict):
    """One step of a chain of events, with its own time."""

    event: str = Field(description="An event pattern, such as `fall of sasuke`.")
    within: PositiveDuration | None = Field(default=None, description="How long after the step before, at most.")


class Expectation(Strict):
    """What the worlds of this scenario must show; `rearguard check` decides it. See docs/expectations.md."""

    name: str | None = Field(default=None, pattern=NAME_PATTERN, description="A name to ask for it by.")
    about: str | None = Field(default=None, description="Why it matters, in a sentence.")
    outcome: str | None = Field(default=None, description="How worlds end: the name of an end.")
    statistic: str | None = Field(
        default=None,
        description="mean, median or p1 ... p99, then slack, duration, contact or `count of EVENT PATTERN`; "
        "such as `median slack`.",
    )
    happens: str | None = Field(default=None, description="An event pattern that occurs.")
    never: str | None = Field(default=None, description="An event pattern that does not occur.")
    first: str | None = Field(default=None, description="The event pattern that a chain begins with.")
    then: str | list[str | Step] | None = Field(default=None, description="What follows it: one step, or several.")
    within: PositiveDuration | None = Field(
        default=None, description="How long after the step before, for every step without a time of its own."
    )
    after: str | None = Field(default=None, description="Where the window opens: an event pattern, or a duration.")
    before: str | None = Field(default=None, description="Where the window closes: an event pattern, or a duration.")
    unless: str | None = Field(default=None, description="An event pattern that excuses: it must not come in between.")
    given: str | None = Field(
        default=None,
        description="Only worlds in which this event pattern occurs are counted; such as `end is reached`.",
    )
    between: list[str | float] | None = Field(
        default=None, min_length=2, max_length=2, description="Lowest and highest value."
    )
    at_least: str | float | None = Field(default=None, description="Lowest value.")
    at_most: str | float | None = Field(default=None, description="Highest value.")
    indifference: str | float | None = Field(
        default=None, description="How far outside the band a value may lie without it mattering."
    )


class Log(Strict):
    """What a world keeps of itself."""

    events: int = Field(default=256, ge=16, le=65536, description="Event rows a world can hold.")
    crumbs: int = Field(default=256, ge=16, le=8192, description="Trail points kept per payload and world.")


class Scenario(Strict):
    """A scenario file."""

    rearguard: Literal[1] = Field(description="Format version.")
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)
    about: str | None = Field(default=None, description="What the scenario is, in a sentence.")
    extends: str | None = Field(
        default=None, description="File whose content comes first; mappings merge, lists replace."
    )
    map: str | TiledMap | AsciiMap = Field(description="A Tiled file, or a map drawn inline.")
    time: Clock = Field(default_factory=Clock)
    ground: dict[str, Ground] = Field(default_factory=dict, description="Ground types: changed or added.")
    sound: Sound | None = Field(default=None, description="How loud the surroundings are.")
    smoke: dict[str, Smoke] = Field(default_factory=dict, description="Smoke or mist over places.")
    hazards: dict[str, Hazard] = Field(default_factory=dict, description="Debris that falls on places.")
    mechanics: dict[Mechanic, bool] = Field(
        default_factory=dict, description="Mechanics switched off (false); all that a scenario asks for are on."
    )
    people: dict[str, Person] = Field(min_length=1)
    crowds: dict[str, Crowd] = Field(default_factory=dict, max_length=16)
    payloads: dict[str, Payload] = Field(default_factory=dict)
    techniques: dict[str, Technique] = Field(default_factory=dict)
    doctrines: dict[str, Doctrine]
    choices: dict[str, Choice] = Field(default_factory=dict)
    factors: dict[str, Factor] = Field(default_factory=dict)
    deadline: str | None = Field(
        default=None,
        description="The moment slack is measured against, `stage(PAYLOAD) is STAGE`; default: the last stage.",
    )
    ends: dict[str, End] = Field(min_length=1, max_length=16)
    log: Log = Field(default_factory=Log)
    expect: list[Expectation] = Field(
        default_factory=list, max_length=200, description="What the worlds must show; decided by `rearguard check`."
    )

    def options_of(self, doctrine: str) -> list[Option]:
        """Options of a doctrine, those it inherits first."""
        table = self.doctrines[doctrine]
        return [*(self.options_of(table.like) if table.like else []), *table.options]

"""Columns of the parameter tables that every world carries its own copy of.

Names equal the schema's field names: the compiler fills a column from the field of its name, draws its noise, and the
same columns are what factors and sweeps may move without a new compilation.
"""

from enum import IntEnum


class Body(IntEnum):
    """Columns of the table [worlds, agents, Body]; SI units, see ``schema.Body``, ``Senses`` and ``Nerve``."""

    mass = 0
    radius = 1
    eye = 2
    critical_speed = 3
    reserve = 4
    recovery = 5
    sprint = 6
    acceleration_time = 7
    leap = 8
    climb = 9
    climb_speed = 10
    drop = 11
    grip = 12
    bracing = 13
    step = 14
    step_time = 15
    power = 16
    power_recovery = 17
    sight = 18
    anticipation = 19
    tracking = 20
    tracking_speed = 21
    trail_loss = 22
    recast = 23
    reaction = 24
    reaction_sd = 25
    reaction_tail = 26
    composure = 27
    start = 28
    footfall = 29
    breath = 30
    hearing = 31
    presence = 32
    nose = 33
    disturbed = 34
    calm = 35
    reluctance = 36
    odour = 37


class Craft(IntEnum):
    """Columns of the table [worlds, techniques, Craft]; see ``schema.Technique``."""

    reach = 0
    cone = 1
    dispersion = 2
    windup = 3
    recovery = 4
    cooldown = 5
    cost = 6
    cost_growth = 7
    impulse = 8
    wound = 9
    bleeding = 10
    speed = 11
    width = 12
    tears_ground = 13
    upkeep = 14
    strain = 15
    tell = 16
    after_lasts = 17
    after_arm = 18
    after_speed = 19
    opposes_push = 20
    opposes_cut = 21
    opposes_strike = 22
    opposes_pin = 23
    loudness = 24
    daze = 25
    lasts = 26
    length = 27
    strength = 28


class Phase(IntEnum):
    """Columns of the table [worlds, payloads, stages, Phase]; see ``schema.Stage``."""

    lasts = 0
    mass = 1
    drag = 2
    sign = 3
    loudness = 4
    presence = 5
    horror = 6
    stench = 7


class Effect(IntEnum):
    """What a technique does, in the order of the schema's names."""

    push = 0
    cut = 1
    strike = 2
    pin = 3
    ward = 4
    mark = 5
    missile = 6
    shout = 7
    taunt = 8
    order = 9


class Walk(IntEnum):
    """Columns of the table [worlds, crowds, Walk]; see ``crowds.Crowd``."""

    start = 0
    over = 1
    speed = 2
    radius = 3
    time_gap = 4
    repulsion = 5
    reach = 6
    stall = 7
    stall_time = 8
    stumble = 9
    lie = 10

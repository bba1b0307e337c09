"""Wounds and blood.

Model: blood volume 70 mL/kg; a constant outflow per open wound; the aerobic ceiling falls in proportion to the share of
blood lost (donation studies: about -9 % for 500 mL), classes of haemorrhage after ATLS: above 40 % the runner is out.
The share of capacity a wound takes at once is a parameter of the technique (declared).
"""

import warp as wp

from rearguard.engine.world import World

BLOOD_PER_KILOGRAM = wp.constant(70.0)
"""Blood volume [mL/kg]."""
FATAL_SHARE = wp.constant(0.4)
"""Share of the blood lost at which a runner is out (class IV)."""
CLOTTING_TIME = wp.constant(600.0)
"""Time constant with which a flow subsides [s] (declared)."""


@wp.func
def blood_share(lost: float, mass: float) -> float:
    """Share of the blood volume lost, from ``lost`` [mL] and body ``mass`` [kg]."""
    return lost / (BLOOD_PER_KILOGRAM * mass)


@wp.func
def capacity(wound: float, lost: float, mass: float) -> float:
    """Share of critical speed that wounds and blood loss leave."""
    return wp.max((1.0 - wound) * (1.0 - blood_share(lost, mass)), 0.0)


@wp.func
def flow_after(flow: float, dt: float) -> float:
    """Bleeding [mL/s] after ``dt``: clotting closes a wound exponentially."""
    return flow * wp.exp(-dt / CLOTTING_TIME)


@wp.func
def hurt(s: World, w: int, i: int, share: float):
    """Take a share of the capacity that is left."""
    s.strength.wound[w, i] = wp.min(s.strength.wound[w, i] + share, 1.0)

"""Load carriage: what carrying and dragging cost, and what speed is left.

Models and sources:
 - walking with a load: Pandolf, Givoni & Goldman 1977, J Appl Physiol 43:577;
 - running with a load: cost in proportion to the total mass moved (Taylor, Heglund, McMahon & Looney 1980,
   J Exp Biol 86:9), on slopes by Minetti 2002 (``slope.py``);
 - dragging: friction work at a muscular efficiency of 0.25 (Margaria), shared among the carriers;
 - sprinting with a load: 30 m in 6.2 → 8.2 s under 21.6 kg (Treloar & Billing 2011, Mil Med 176:1027).
Walking below 2.2 m/s, running above: there the two unloaded curves meet (8.8 and 9.4 W/kg).
"""

import warp as wp

from rearguard.engine.slope import uphill_factor

GRAVITY = wp.constant(9.80665)
GAIT_CHANGE = wp.constant(2.2)
"""Speed at which walking turns into running [m/s]."""
STANDING = wp.constant(1.5)
"""Power at rest [W/kg]."""
LEVEL_COST = wp.constant(3.6)
"""Energy cost of level running [J/(kg m)] (Minetti 2002 at gradient 0)."""
MUSCLE_EFFICIENCY = wp.constant(0.25)
SPRINT_LOAD = wp.constant(1.18)
"""Relative loss of sprint time per load over body mass; 21.6 kg on 79 kg add 32 % (Treloar & Billing 2011)."""


@wp.func
def pandolf_power(mass: float, load: float, speed: float, grade: float, terrain: float) -> float:
    """Metabolic power of walking [W]: body ``mass`` and ``load`` [kg], ``speed`` [m/s], ``grade`` [%], ``terrain`` eta."""
    ratio = load / mass
    return (
        1.5 * mass
        + 2.0 * (mass + load) * ratio * ratio
        + terrain * (mass + load) * (1.5 * speed * speed + 0.35 * speed * grade)
    )


@wp.func
def pandolf_speed(mass: float, load: float, power: float, grade: float, terrain: float) -> float:
    """Walking speed [m/s] at a metabolic ``power`` [W]: the positive root of Pandolf's equation; 0 when none."""
    ratio = load / mass
    a = (power - 1.5 * mass - 2.0 * (mass + load) * ratio * ratio) / (terrain * (mass + load))
    b = 0.35 * grade
    return wp.max((-b + wp.sqrt(wp.max(b * b + 6.0 * a, 0.0))) / 3.0, 0.0)


@wp.func
def drag_power(mass: float, friction: float, speed: float, carriers: float) -> float:
    """Extra metabolic power [W] of each of ``carriers`` who drag ``mass`` [kg] at ``speed`` [m/s]."""
    return friction * mass * GRAVITY * speed / (carriers * MUSCLE_EFFICIENCY)


@wp.func
def metabolic_power(mass: float, load: float, towed: float, speed: float, gradient: float, terrain: float) -> float:
    """Power of a mover [W/kg of body]: ``load`` carried [kg], ``towed`` = friction force over efficiency [N], ``gradient`` ≥ 0 uphill."""
    up = wp.max(gradient, 0.0)
    p = float(0.0)
    if speed < GAIT_CHANGE:
        p = pandolf_power(mass, load, speed, 100.0 * up, terrain) / mass
    else:
        p = STANDING + LEVEL_COST * uphill_factor(up) * terrain * (1.0 + load / mass) * speed
    return p + towed * speed / mass


@wp.func
def level_power(speed: float) -> float:
    """Power of the unloaded body on a hard level street [W/kg]."""
    if speed < GAIT_CHANGE:
        return STANDING + 1.5 * speed * speed
    return STANDING + LEVEL_COST * speed


@wp.func
def equivalent_speed(power: float) -> float:
    """Unloaded level speed [m/s] that takes ``power`` [W/kg]: the scale on which critical speed and reserve are given."""
    running = (power - STANDING) / LEVEL_COST
    if running >= GAIT_CHANGE:
        return running
    return wp.min(wp.sqrt(wp.max(power - STANDING, 0.0) / 1.5), GAIT_CHANGE)


@wp.func
def speed_at_power(mass: float, load: float, towed: float, power: float, gradient: float, terrain: float) -> float:
    """Speed [m/s] that ``power`` [W/kg] pays for: the inverse of ``metabolic_power`` in ``speed``."""
    up = wp.max(gradient, 0.0)
    per_metre = LEVEL_COST * uphill_factor(up) * terrain * (1.0 + load / mass) + towed / mass
    running = (power - STANDING) / per_metre
    if running >= GAIT_CHANGE:
        return running
    ratio = load / mass
    total = terrain * (1.0 + ratio)
    a = 1.5 * total
    b = 35.0 * up * total + towed / mass
    c = STANDING + 2.0 * (1.0 + ratio) * ratio * ratio - power
    walking = (-b + wp.sqrt(wp.max(b * b - 4.0 * a * c, 0.0))) / (2.0 * a)
    return wp.clamp(walking, 0.0, GAIT_CHANGE)


@wp.func
def sprint_factor(mass: float, load: float) -> float:
    """Share of the top speed that is left under a ``load`` [kg]."""
    return 1.0 / (1.0 + SPRINT_LOAD * load / mass)

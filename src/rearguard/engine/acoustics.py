"""Laws of sound outdoors: spreading, absorption by air, what forest takes, levels that add, ambient noise of wind.

Sources: ISO 9613-1 (absorption by relaxation of oxygen and nitrogen), ISO 9613-2 Table A.1 (dense foliage), Boersma 1997,
J Acoust Soc Am 101:2104 (wind over grassland). Levels are dB, distances m, frequencies Hz. Pure functions.
"""

import warp as wp

REFERENCE_TEMPERATURE = wp.constant(293.15)
TRIPLE_POINT = wp.constant(273.16)
REFERENCE_PRESSURE = wp.constant(101.325)
FOLIAGE_CAP = wp.constant(200.0)
"""Longest path through foliage that counts (ISO 9613-2) [m]."""


@wp.func
def atmospheric_absorption(frequency: float, temperature: float, humidity: float, pressure: float) -> float:
    """Absorption by air [dB/m] at ``frequency`` [Hz], ``temperature`` [°C], relative ``humidity`` [%], ``pressure`` [kPa]."""
    kelvin = temperature + 273.15
    p = pressure / REFERENCE_PRESSURE
    t = kelvin / REFERENCE_TEMPERATURE
    saturation = wp.pow(10.0, -6.8346 * wp.pow(TRIPLE_POINT / kelvin, 1.261) + 4.6151)
    h = humidity * saturation / p
    oxygen = p * (24.0 + 4.04e4 * h * (0.02 + h) / (0.391 + h))
    nitrogen = p / wp.sqrt(t) * (9.0 + 280.0 * h * wp.exp(-4.170 * (wp.pow(t, -1.0 / 3.0) - 1.0)))
    f2 = frequency * frequency
    relaxation = 0.01275 * wp.exp(-2239.1 / kelvin) / (oxygen + f2 / oxygen)
    relaxation += 0.1068 * wp.exp(-3352.0 / kelvin) / (nitrogen + f2 / nitrogen)
    return 8.686 * f2 * (1.84e-11 / p * wp.sqrt(t) + wp.pow(t, -2.5) * relaxation)


@wp.func
def spreading_loss(distance: float) -> float:
    """Loss by spherical spreading from 1 m to ``distance`` [dB]; below 0.3 m it grows no smaller."""
    return 20.0 * wp.log10(wp.max(distance, 0.3))


@wp.func
def forest_attenuation(distance: float, per_metre: float) -> float:
    """Attenuation by foliage [dB] over ``distance`` at ``per_metre`` [dB/m]; paths beyond 200 m count as 200 m."""
    return per_metre * wp.min(distance, FOLIAGE_CAP)


@wp.func
def add_levels(a: float, b: float) -> float:
    """Level of two sounds together [dB]: powers add."""
    return 10.0 * wp.log10(wp.pow(10.0, 0.1 * a) + wp.pow(10.0, 0.1 * b))


@wp.func
def received_level(source: float, distance: float, absorption: float, attenuation: float) -> float:
    """Level at ``distance`` of a ``source`` at 1 m, with ``absorption`` by air [dB/m] and other ``attenuation`` [dB]."""
    return source - spreading_loss(distance) - absorption * distance - attenuation


@wp.func
def wind_ambient(speed: float) -> float:
    """Level of wind over grassland that is exceeded 95 % of the time [dB(A)] at ``speed`` [m/s]."""
    return 22.6 * wp.log10(wp.max(speed, 0.1)) + 22.7

"""Sound in the open: how loud it arrives, what hides it, whether it is heard.

Model: L(r) = L1 - 20 log10 r - alpha r - A_forest, with L1 the level at one metre; heard against the louder of the
threshold in quiet and the ambient noise plus a margin; powers add. Levels are dB, of one band or A-weighted throughout.

Sources:
 - alpha: ISO 9613-1 (relaxation of oxygen and nitrogen);
 - forest: ISO 9613-2 table A.1, a rate per metre counted over 200 m at most. At 1 kHz the rate is .06 dB/m there, .10
   after Hoover and .23 after Embleton 1963: a parameter, not a constant;
 - masking: critical ratio, about 18 dB at 1 kHz over the noise's spectrum level (Hawkins & Stevens 1950);
 - wind over grassland: L_A95 = 22.6 log10 v + 22.7 dB(A) (Boersma 1997, J Acoust Soc Am 101:2104).
Levels of footsteps outdoors and of one's own breath have no accepted figure: they are parameters of a scenario, and so
is how soft the threshold is.
"""

import warp as wp

NEAREST = wp.constant(0.3)
"""Distance below which a source grows no louder [m]."""
FOREST_DEPTH = wp.constant(200.0)
"""Length of forest beyond which more of it swallows no more [m] (ISO 9613-2)."""
CALM = wp.constant(0.5)
"""Wind below which the ambient level falls no further [m/s] (declared: the fit ends there)."""


@wp.func
def spreading_loss(distance: float) -> float:
    """Loss [dB] of a point source at ``distance`` [m] against one metre; negative within it."""
    return 20.0 * wp.log10(wp.max(distance, NEAREST))


@wp.func
def atmospheric_absorption(frequency: float, temperature: float, humidity: float, pressure: float) -> float:
    """Absorption of air [dB/m] at ``frequency`` [Hz], ``temperature`` [°C], relative ``humidity`` in [0, 1], ``pressure`` [kPa]."""
    kelvin = temperature + 273.15
    warmth = kelvin / 293.15
    air = pressure / 101.325
    saturation = wp.pow(10.0, 4.6151 - 6.8346 * wp.pow(273.16 / kelvin, 1.261))
    vapour = 100.0 * humidity * saturation / air
    oxygen = air * (24.0 + 4.04e4 * vapour * (0.02 + vapour) / (0.391 + vapour))
    chill = wp.exp(-4.170 * (wp.pow(warmth, -0.33333333) - 1.0))
    nitrogen = air / wp.sqrt(warmth) * (9.0 + 280.0 * vapour * chill)
    f2 = frequency * frequency
    classical = 1.84e-11 * wp.sqrt(warmth) / air
    relaxation = 0.01275 * wp.exp(-2239.1 / kelvin) / (oxygen + f2 / oxygen)
    relaxation += 0.1068 * wp.exp(-3352.0 / kelvin) / (nitrogen + f2 / nitrogen)
    return 8.686 * f2 * (classical + wp.pow(warmth, -2.5) * relaxation)


@wp.func
def forest_attenuation(distance: float, per_metre: float) -> float:
    """Loss [dB] along ``distance`` [m] of forest at a rate ``per_metre`` [dB/m]."""
    return per_metre * wp.clamp(distance, 0.0, FOREST_DEPTH)


@wp.func
def received_level(source: float, distance: float, absorption: float, attenuation: float) -> float:
    """Level [dB] at ``distance`` [m] of a ``source`` given at 1 m; ``absorption`` of air [dB/m], ``attenuation`` on the way [dB]."""
    return source - spreading_loss(distance) - absorption * distance - attenuation


@wp.func
def add_levels(a: float, b: float) -> float:
    """Level [dB] of two sounds together: their powers add."""
    return wp.max(a, b) + 10.0 * wp.log10(1.0 + wp.pow(10.0, -0.1 * wp.abs(a - b)))


@wp.func
def spectrum_level(band_level: float, bandwidth: float) -> float:
    """Level per hertz [dB] of noise whose level in a band of ``bandwidth`` [Hz] is ``band_level``."""
    return band_level - 10.0 * wp.log10(bandwidth)


@wp.func
def masked_threshold(ambient: float, threshold: float, critical_ratio: float) -> float:
    """Least audible level [dB]: the ``threshold`` in quiet or ``critical_ratio`` [dB] over the ``ambient`` spectrum level.

    Where ``ambient`` is the level of a whole band or A-weighted, the ratio is the margin over that level; it may be negative.
    """
    return wp.max(threshold, ambient + critical_ratio)


@wp.func
def hearing_range(source: float, threshold: float) -> float:
    """Distance [m] at which spreading alone brings ``source`` down to ``threshold``: nothing is heard from further away."""
    return wp.max(wp.pow(10.0, 0.05 * (source - threshold)), NEAREST)


@wp.func
def wind_ambient(speed: float) -> float:
    """Ambient level [dB(A)] over grassland in wind of ``speed`` [m/s]."""
    return 22.6 * wp.log10(wp.max(speed, CALM)) + 22.7


@wp.func
def audibility(level: float, threshold: float, spread: float) -> float:
    """Chance to hear a ``level`` [dB] against a masked ``threshold``: one half there, logistic over ``spread`` [dB] (declared)."""
    return 1.0 / (1.0 + wp.exp(wp.clamp((threshold - level) / spread, -60.0, 60.0)))

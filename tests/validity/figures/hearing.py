"""7: sound in the open."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from rearguard.engine.acoustics import (
    add_levels,
    atmospheric_absorption,
    forest_attenuation,
    hearing_range,
    masked_threshold,
    received_level,
    spectrum_level,
    spreading_loss,
    wind_ambient,
)
from validity.figures.figure import Figure

ISO = "ISO 9613-1; ISO 9613-2 table 2"
BANDS = (63, 125, 250, 500, 1000, 2000, 4000, 8000)
AIR = (
    (10.0, 0.7, (0.12, 0.41, 1.04, 1.93, 3.66, 9.66, 32.8, 117.0)),
    (20.0, 0.7, (0.09, 0.34, 1.13, 2.80, 4.98, 9.02, 22.9, 76.6)),
    (15.0, 0.2, (0.27, 0.65, 1.22, 2.70, 8.17, 28.2, 88.8, 202.0)),
)


def shrink(noise: float, power: float) -> float:
    """Range of hearing to a ``power``, with the ambient raised by ``noise`` [dB], over that without."""
    return float((hearing_range(80.0, 20.0 + noise) / hearing_range(80.0, 20.0)) ** power)


def figures() -> Iterator[Figure]:
    """Rows of the page."""
    for temperature, humidity, column in AIR:
        for k, (band, per_km) in enumerate(zip(BANDS, column, strict=True)):
            exact = 1000.0 * 10.0 ** (0.3 * (k - 4))  # the exact middle of the octave, as the standard computes
            yield Figure(
                quantity=f"absorption of air, {band} Hz, {temperature:g} °C, {100 * humidity:g} %",
                source=ISO,
                expected=per_km,
                ours=lambda f=exact, t=temperature, h=humidity: 1000.0 * atmospheric_absorption(f, t, h, 101.325),
                unit="dB/km",
                tolerance=0.005,
                relative=0.02,
            )
    yield Figure(
        quantity="spreading from 1 m to 10 m",
        source="20 log10 r",
        expected=20.0,
        ours=partial(spreading_loss, 10.0),
        unit="dB",
        tolerance=0.001,
    )
    for a, b, together in ((30.0, 30.0, 33.01), (30.0, 40.0, 40.41)):
        yield Figure(
            quantity=f"{a:g} and {b:g} dB together",
            source="powers add",
            expected=together,
            ours=partial(add_levels, a, b),
            unit="dB",
            tolerance=0.005,
        )
    for metres, loss in ((100.0, 6.0), (200.0, 12.0), (500.0, 12.0)):
        yield Figure(
            quantity=f"{metres:g} m of forest at 1 kHz",
            source="ISO 9613-2 table A.1, 0.06 dB/m over 200 m at most",
            expected=loss,
            ours=partial(forest_attenuation, metres, 0.06),
            unit="dB",
            tolerance=0.001,
        )
    yield Figure(
        quantity="shout of 82.3 dB at 100 m through 100 m of forest, 20 °C, 70 %",
        source="sum of the above: 82.3 − 40 − 0.5 − 6",
        expected=35.8,
        ours=lambda: received_level(
            82.3, 100.0, atmospheric_absorption(1000.0, 20.0, 0.7, 101.325), forest_attenuation(100.0, 0.06)
        ),
        unit="dB",
        tolerance=0.01,
    )
    for speed, level in ((1.0, 22.7), (2.0, 29.5), (5.0, 38.5), (10.0, 45.3)):
        yield Figure(
            quantity=f"ambient level in wind of {speed:g} m/s",
            source="Boersma 1997",
            expected=level,
            ours=partial(wind_ambient, speed),
            unit="dB(A)",
            tolerance=0.05,
        )
    yield Figure(
        quantity="area of hearing lost to 3 dB of noise",
        source="spreading alone; NPS: half",
        expected=0.4988,
        ours=lambda: 1.0 - shrink(3.0, 2.0),
        tolerance=2e-4,
    )
    yield Figure(
        quantity="area of hearing lost to 10 dB of noise",
        source="spreading alone; NPS: 90 %",
        expected=0.900,
        ours=lambda: 1.0 - shrink(10.0, 2.0),
        tolerance=2e-4,
    )
    yield Figure(
        quantity="distance of hearing left by 6 dB of noise",
        source="spreading alone; NPS: half",
        expected=0.5012,
        ours=lambda: shrink(6.0, 1.0),
        tolerance=2e-4,
    )
    yield Figure(
        quantity="tone of 1 kHz masked by 40 dB of noise in its octave",
        source="critical ratio 18 dB, Hawkins & Stevens 1950",
        expected=29.5,
        ours=lambda: masked_threshold(spectrum_level(40.0, 707.1), 2.0, 18.0),
        unit="dB",
        tolerance=0.01,
    )

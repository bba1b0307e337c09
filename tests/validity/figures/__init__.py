"""Published and closed-form figures, section by section, against what the engine computes or plays.

A section is a function that yields ``Figure`` rows; adding one here adds it to the tests and to docs/validity.md.
"""

from validity.figures import (
    balancing,
    blood,
    crowding,
    deciding,
    drawing,
    exertion,
    hearing,
    leaping,
    load,
    pursuit,
    reacting,
    reporting,
    scent,
    seeing,
    throwing,
)
from validity.figures.figure import Figure, Section

SECTIONS = (
    Section("Pursuit", "`engine/pursuit`, `steer`, `motion`; chases played tick by tick.", pursuit.figures),
    Section("Exertion", "`engine/exertion`, `motion`.", exertion.figures),
    Section("Load, slope and ground", "`engine/load`, `slope`, `motion`.", load.figures),
    Section("Leaps", "`engine/leap`, `airborne`, `scenario/fields`.", leaping.figures),
    Section("Balance and pushes", "`engine/balance`, `techniques`.", balancing.figures),
    Section("Sight", "`engine/sight`.", seeing.figures),
    Section("Hearing", "`engine/acoustics`.", hearing.figures),
    Section("Scent and sign", "`engine/odour`, `trail`.", scent.figures),
    Section("Rear guards who hold", "`engine/techniques`: every hold breaks at a constant rate.", pursuit.rear_guard),
    Section("Duels", "`engine/techniques`, `doctrine`.", throwing.duels),
    Section("Aim", "`engine/techniques`.", throwing.figures),
    Section("Blood", "`engine/wounds`, `techniques`.", blood.figures),
    Section("Crowds", "`engine/walking`, `throng`, `crowd`; more in [crowd.md](crowd.md).", crowding.figures),
    Section("Reaction", "`engine/nerve`, `techniques`.", reacting.figures),
    Section("Decisions", "`engine/doctrine`.", deciding.figures),
    Section("Estimates", "`study/statistics`.", reporting.figures),
    Section("Random numbers", "`engine/rng`.", drawing.figures),
)

__all__ = ["SECTIONS", "Figure", "Section"]

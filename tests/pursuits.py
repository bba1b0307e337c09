"""A straight chase with factors whose effects have a closed form, for the studies that move factors."""

from __future__ import annotations

CHASE = """rearguard: 1
name: chase
# a straight chase: who comes later, gets there later
map:
  metres_per_cell: 10 m
  ascii: |
    ....................................................
    .H....B...........................................G.
    ....................................................
  legend: {H: {ground: street, place: h}, B: {ground: street, place: b}, G: {ground: street, place: g}}
time: {limit: 90 s}
people:
  porter: {side: home, at: b, doctrine: run, body: {critical_speed: 4 m/s, sprint: 9 m/s}}
  hunter:
    side: foe
    at: h
    start: 2 s          # a pure delay
    doctrine: hunt
    body: {critical_speed: "normal(8, 0.2) m/s", sprint: 12 m/s}
    knows: [chest]
payloads:
  chest: {carriers: [porter], stages: [{name: shut, lasts: 1 min, mass: 0.1 kg}, {name: open}]}
doctrines:
  run: {options: [{order: carry, target: chest, to: g, pace: steady}]}
  hunt: {options: [{order: pursue, target: chest, pace: steady}]}
factors:
  delay: {path: people.hunter.start, range: [0 s, 20 s], about: How late the hunter sets out.}
  pace: {path: people.hunter.body.critical_speed, range: [21.6 km/h, 10 m/s]}
  nerve: {path: people.porter.nerve.composure, range: [0, 1]}
  look: {path: ends.caught.after, range: [0 s, 3 s]}
ends:
  caught: {when: "contact(foe, chest)"}
  opened: {when: "time > 80 s"}
"""


def contact(speed: float, delay: float) -> float:
    """When the hunter has the chest [s]: 50 m, less the length of the tow and his reach, at his speed less hers.

    Both take the same time to get going, which puts all of it off by as much.
    """
    return (50.0 - 2.0 - 1.5 + speed * delay) / (speed - 4.0) + 1.2

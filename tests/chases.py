"""Chases whose answers are known: a chest, somebody who makes for it, and somebody who may hold him up."""

from __future__ import annotations

from pathlib import Path

from rearguard.scenario.load import LoadedScenario, load_scenario

HOLD = 5.0
"""How long the guard's grip lasts [s]: its power over what it costs a second."""

TEXT = """\
rearguard: 1
name: chase
map:
  metres_per_cell: 4 m
  ascii: |
MAP
time: {limit: 80 s}
people:
  porter: {side: home, at: [80, 10], doctrine: PORTER, knows: [runner], body: {critical_speed: 2 m/s, acceleration_time: 0.1 s}}
  guard: {side: home, at: [GUARD], doctrine: guard, techniques: [grip, wave], knows: [runner], body: {power: 20}, senses: {sight: 400 m}}
  runner: {side: foe, at: [10, 10], doctrine: hunt, knows: [chest], body: {critical_speed: "uniform(4, 6) m/s", acceleration_time: 0.1 s}}
payloads:
  chest: {carriers: [porter], trail: 0.5 m, stages: [{name: shut, lasts: 40 s, mass: 1 kg}, {name: open}]}
techniques:
  grip: {effect: pin, shape: {reach: 4 m}, windup: 0.1 s, upkeep: 4, strain: 0 /s, cooldown: 60 s}
  wave: {effect: push, shape: {reach: 200 m, cone: 360 deg}, windup: 0.1 s, cooldown: 3 s, impulse: 0 N s}
doctrines:
  stay: {options: [{order: wait}]}
  go: {options: [{order: carry, target: chest, to: g, pace: 1}]}
  guard:
    options:
      - {order: wait}
      - {use: grip, target: nearest_enemy, rank: 1, when: [{input: chosen, choice: who_guards}]}
      - {use: wave, target: nearest_enemy, when: [{input: time, low: 1, high: 2}]}
  hunt: {options: [{order: pursue, target: chest, pace: 1}]}
choices:
  who_guards: {side: home, of: [nobody, guard], default: guard}
ends:
  caught: {when: "contact(foe, chest)"}
  safe: {when: "stage(chest) is open", after: 30 s}
"""

LANE = "." * 58 + "G."
FIELD = "\n".join("    " + row for row in ["." * 60] * 2 + [LANE] + ["." * 60] * 9)
DEFILE = "\n".join("    " + row for row in ["#" * 60] * 2 + [LANE] + ["#" * 60] * 9)

COIN = """\
rearguard: 1
name: coin
map:
  metres_per_cell: 4 m
  ascii: |
MAP
time: {limit: 80 s}
people:
  porter: {side: home, at: [80, 10], doctrine: stay, knows: [runner], body: {critical_speed: 2 m/s}}
  guard: {side: home, at: [60, 20], doctrine: guard, techniques: [throw], knows: [runner], body: {power: 20}, senses: {sight: 400 m}}
  runner: {side: foe, at: [10, 10], doctrine: hunt, knows: [chest], body: {critical_speed: 5 m/s}, senses: {anticipation: 0}}
payloads:
  chest: {carriers: [porter], trail: 0.5 m, stages: [{name: shut, lasts: 17 s, mass: 1 kg}, {name: open}]}
techniques:
  throw: {effect: cut, shape: {reach: 20 m, dispersion: SPREAD mrad}, wound: 1, windup: 0.2 s, uses: 1}
doctrines:
  stay: {options: [{order: wait}]}
  guard: {options: [{order: wait}, {use: throw, target: nearest_enemy, when: [{input: distance, low: 20, high: 15}]}]}
  hunt: {options: [{order: pursue, target: chest, pace: 1}]}
ends:
  caught: {when: "contact(foe, chest)"}
  safe: {when: "stage(chest) is open", after: 1 s}
"""


def coin(folder: Path, spread: float = 20.0) -> LoadedScenario:
    """A runner whom one throw makes late, or nothing does; ``spread``: of the throw [mrad]."""
    file = folder / "coin.yaml"
    file.write_text(COIN.replace("MAP", FIELD).replace("SPREAD", str(spread)), encoding="utf-8")
    return load_scenario(file)


def chase(folder: Path, *, goes: bool = False, guard: str = "10, 11", ground: str = FIELD) -> LoadedScenario:
    """The chest 70 m from the runner, who starts within the guard's reach; ``goes``: the porter runs from him."""
    text = TEXT.replace("MAP", ground).replace("PORTER", "go" if goes else "stay").replace("GUARD", guard)
    file = folder / "chase.yaml"
    file.write_text(text, encoding="utf-8")
    return load_scenario(file)

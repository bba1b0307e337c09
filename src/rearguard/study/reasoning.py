"""What a person weighed, in names and units: options, their considerations, and what kept some from being taken up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rearguard.scenario.inputs import UNKNOWN, scale_of
from rearguard.study.course import Scene
from rearguard.study.turning import ORDER, USE, Turning, find_turnings, reading_of


@dataclass(frozen=True)
class Consideration:
    """One reason for or against an option.

    input, of: what is measured, and of whom (None: of the person). value: [SI]; None: nothing is known. curve, low, high,
    shape, least: the response curve. response: what it gives, in [0, 1].
    """

    input: str
    of: str | None
    kind: str
    unit: str
    value: float | None
    curve: str
    low: float
    high: float
    shape: float
    least: float
    response: float


@dataclass(frozen=True)
class Option:
    """One option, weighed.

    number: its place in the doctrine, inherited options included, from 1. kind: order or technique; what: which. aim: the
    target as written; target: whom it comes to, None: nobody. place: where to.
    product: of all responses. score: the product compensated for their number, 0 where hindered. bonus: inertia of the
    order in force. value: score x weight + bonus + 100 x rank; 0 where the score is 0.
    possible: whether it could be taken up; too_low: it could, but a technique of such a low score is not used. hindrance:
    what kept it from being taken up, as a code, and why_not in words. supposed: the score it would have had; would_win:
    whether it would have won, but for the hindrance.
    behind: by how much the winner is worth more. turning: the smallest change of one input that would have made it win;
    None: none of its inputs alone.
    """

    number: int
    kind: str
    what: str
    aim: str
    target: str | None
    needs_target: bool
    place: str | None
    pace: float
    considerations: list[Consideration]
    product: float
    supposed: float
    score: float
    weight: float
    bonus: float
    rank: int
    value: float
    possible: bool
    too_low: bool
    hindrance: str | None
    why_not: str | None
    would_win: bool
    won: bool
    behind: float | None
    turning: Turning | None


@dataclass(frozen=True)
class Channel:
    """The options that compete with one another: orders, or techniques.

    winner, runner_up: numbers of options; None: nothing was worth taking up. turning: the smallest change of one input
    that would have turned the decision; None: no input alone.
    """

    options: list[Option]
    winner: int | None
    runner_up: int | None
    turning: Turning | None

    def option(self, number: int | None) -> Option | None:
        """The option of that number."""
        return next((o for o in self.options if o.number == number), None)


def _considerations(scene: Scene, moment: Any, option: int) -> list[Consideration]:
    from rearguard.engine.model import Curve

    d, r = scene.doctrine, moment.reasoning
    out = []
    for k in range(int(d["reason_count"][option])):
        reason = int(d["reason_first"][option]) + k
        name, of = reading_of(scene, moment, option, reason)
        value = float(r["input"][reason])
        out.append(
            Consideration(
                input=name,
                of=of,
                kind=scale_of(name).kind,
                unit=scale_of(name).unit,
                value=None if value >= UNKNOWN else value,
                curve=Curve(int(d["curve"][reason])).name,
                low=float(d["low"][reason]),
                high=float(d["high"][reason]),
                shape=float(d["shape"][reason]),
                least=float(d["least"][reason]),
                response=float(r["response"][reason]),
            )
        )
    return out


def _nobody(aim: str) -> str:
    """Why nobody is the target."""
    about = {
        "payload": "no payload is known of",
        "carrier": "no carrier is known of",
        "nearest_enemy": "no enemy is known of",
        "nearest_friend": "no friend is known of",
        "leader": "there is no leader, or nothing is known of it",
        "threat": "no enemy is known to threaten the payload",
        "friend_in_need": "no friend in need is seen",
        "faltering_friend": "no faltering friend is seen",
    }
    return about.get(aim, f"nothing is known of {aim}")


def why_not(scene: Scene, moment: Any, option: int) -> str:
    """What keeps an option from being taken up, in words."""
    from rearguard.engine.columns import Craft
    from rearguard.engine.techniques import Hindrance

    i, names, state, r = scene.agent, scene.names, moment.state, moment.reasoning
    hindrance = Hindrance(int(r["hindrance"][option]))
    target, slot = int(r["target"][option]), int(r["slot"][option])
    technique = int(scene.doctrine["technique"][option])
    whom = names.entities[target] if target >= 0 else "nobody"
    now = moment.tick * scene.dt
    if hindrance == Hindrance.not_free:
        return busy_with(scene, moment, i) or "not free"
    if hindrance == Hindrance.falters:
        return f"hesitates until {state['nerve.falters_until'][i]:.1f} s"
    if hindrance == Hindrance.cooling:
        ready = float(state["act.ready_at"][i, slot])
        return f"cools down until {ready:.1f} s ({ready - now:.1f} s more)"
    if hindrance == Hindrance.used_up:
        return f"used up: {int(state['act.uses'][i, slot])} times"
    if hindrance == Hindrance.too_dear:
        return f"takes {r['cost'][option]:.0f} power, {state['strength.power'][i]:.0f} is left"
    if hindrance == Hindrance.arm_hurt:
        return f"the arm has lost {100.0 * state['strength.arm'][i]:.0f} % of its use"
    if hindrance == Hindrance.no_target:
        return _nobody(scene.options[option - scene.first].target)
    if hindrance in (Hindrance.out_of_reach, Hindrance.other_level):
        away = float(np.linalg.norm(state["motion.position"][target] - state["motion.position"][i]))
        above = float(state["motion.height"][target] - state["motion.height"][i])
        if hindrance == Hindrance.out_of_reach:
            return f"{whom} is {away:.1f} m away, it reaches {state['craft'][technique, Craft.reach]:.1f} m"
        return f"{whom} is {abs(above):.0f} m {'above' if above > 0 else 'below'}"
    said = {
        Hindrance.unskilled: "does not have this technique",
        Hindrance.no_person: f"{whom} is not a person",
        Hindrance.not_seen: f"{whom} is not in sight",
        Hindrance.target_gone: f"{whom} is not on the ground any more, or not yet",
        Hindrance.target_held: f"{whom} is held already",
    }
    return said.get(hindrance, hindrance.name.replace("_", " "))


def busy_with(scene: Scene, moment: Any, agent: int) -> str | None:
    """What a person is in the middle of, in words; None: nothing."""
    from rearguard.engine.world import ActPhase

    names, state = scene.names, moment.state
    holder = int(state["act.held_by"][agent])
    if holder >= 0:
        return f"held by {names.people[holder]}"
    phase = ActPhase(int(state["act.phase"][agent]))
    if phase == ActPhase.none:
        return None
    craft = scene.explainer.program.compiled.arrays["craft"]
    technique = names.techniques[int(craft[agent, int(state["act.slot"][agent])])]
    doing = {ActPhase.windup: "winds up", ActPhase.lunge: "lunges with", ActPhase.recovery: "recovers from"}[phase]
    left = float(state["act.timer"][agent])
    return f"{doing} {technique}" + (f" for {left:.1f} s more" if left >= 0.05 else "")


def _would_win(scene: Scene, moment: Any, option: int, channel: int) -> bool:
    """Whether a hindered option would have won, had nothing hindered it; False without a target or the technique."""
    if moment.reasoning["target"][option] < 0 or (channel == USE and moment.reasoning["slot"][option] < 0):
        return False
    freed = dict(moment.reasoning)
    freed["hindrance"] = freed["hindrance"].copy()
    freed["hindrance"][option] = 0
    nothing = np.zeros((1, len(scene.doctrine["input"])), np.int32)
    picked = scene.explainer.suppose(replace(moment, reasoning=freed), nothing, np.zeros(1), np.zeros(1))
    return int(picked[0, channel]) == option


def weigh_channel(scene: Scene, moment: Any, channel: int, *, turn: bool = True) -> Channel:
    """All options of a channel, best first, hindered ones last; ``turn``: also find what would have turned the decision."""
    from rearguard.engine.doctrine import LEAST_USE, needs_target
    from rearguard.engine.model import Order
    from rearguard.engine.techniques import Hindrance

    d, r, names = scene.doctrine, moment.reasoning, scene.names
    won = int(r["picked"][2 * channel])
    turnings = find_turnings(scene, moment, channel) if turn else {}
    best = float(r["value"][won]) if won >= 0 else 0.0
    options = []
    for k, written in enumerate(scene.options):
        option = scene.first + k
        if (written.order is not None) != (channel == ORDER):
            continue
        considerations = _considerations(scene, moment, option)
        hindrance = Hindrance(int(r["hindrance"][option]))
        possible = hindrance == Hindrance.none
        target = int(r["target"][option])
        score, value = float(r["score"][option]), float(r["value"][option])
        options.append(
            Option(
                number=k + 1,
                kind="order" if channel == ORDER else "technique",
                what=str(written.order or written.use),
                aim=written.target,
                target=names.entities[target] if target >= 0 else None,
                needs_target=written.order is None or bool(needs_target(int(Order[written.order]))),
                place=written.to,
                pace=float(d["pace"][option]),
                considerations=considerations,
                product=float(np.prod([c.response for c in considerations], dtype=np.float32)),
                supposed=float(r["supposed"][option]),
                score=score,
                weight=float(d["weight"][option]),
                bonus=float(r["bonus"][option]),
                rank=int(d["rank"][option]),
                value=value,
                possible=possible,
                too_low=channel == USE and possible and 0.0 < score < LEAST_USE,
                hindrance=None if possible else hindrance.name,
                why_not=None if possible else why_not(scene, moment, option),
                would_win=not possible and _would_win(scene, moment, option, channel),
                won=option == won,
                behind=best - value if possible and won >= 0 and option != won else None,
                turning=turnings.get(option),
            )
        )
    options.sort(key=lambda o: (not o.won, not o.possible, -o.value, o.number))
    losers = [o for o in options if o.possible and not o.won and not o.too_low and o.value > 0.0]
    return Channel(
        options=options,
        winner=won - scene.first + 1 if won >= 0 else None,
        runner_up=losers[0].number if losers else None,
        turning=min(turnings.values(), key=lambda t: t.size, default=None),
    )

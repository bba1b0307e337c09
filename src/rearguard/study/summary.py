"""What a run says: outcome shares, time to contact, slack, and what each person spent, with intervals."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from rearguard.study.statistics import Estimate, kaplan_meier, median, share

if TYPE_CHECKING:
    from rearguard.scenario.compiled import Compiled

SPENT = ("distance", "reserve_spent", "power_spent", "wound", "blood_lost", "held_time", "down_time")
"""Columns of people.parquet that are summed up by their mean."""


@dataclass(frozen=True)
class OutcomeShare:
    """An outcome: how many worlds ended so and what share that is."""

    name: str
    worlds: int
    share: Estimate


@dataclass(frozen=True)
class PersonSpent:
    """Means over worlds of what a person (or everybody of a group) spent; ``out`` is the share of worlds."""

    name: str
    title: str
    side: str
    means: dict[str, float]
    out: float


def overflow_advice(outcomes: pa.Table, sizes: dict[str, int]) -> list[str]:
    """What to do about worlds that outgrew a capacity."""
    overflow = outcomes["overflow"].to_numpy()
    out = []
    if (full := int(((overflow & 1) > 0).sum())) > 0:
        need = int(np.nanmax(outcomes["events"].to_numpy()))
        out.append(
            f"{full} worlds had more events than fit ({sizes['events']}); what happened is right, but late events are "
            f"missing from the log: set log.events to {need} or more"
        )
    if (full := int(((overflow & 2) > 0).sum())) > 0:
        out.append(
            f"{full} worlds outran their trail memory ({sizes['crumbs']} crumbs); the oldest sign was forgotten: raise log.crumbs"
        )
    if (full := int(((overflow & 4) > 0).sum())) > 0:
        out.append(f"{full} worlds tore up more ground than is kept ({sizes['scars']} spots)")
    return out


@dataclass(frozen=True)
class Answer:
    """What became of worlds: outcome shares, time to contact, slack; None where there is nothing to reach, or no deadline."""

    worlds: int
    outcomes: list[OutcomeShare]
    contact: Estimate | None
    contacts: int
    censored: int
    in_time: Estimate | None
    slack: Estimate | None
    slack_low: float
    slack_high: float

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        contact, in_time, slack = self.contact, self.in_time, self.slack
        return {
            "outcomes": [{"name": o.name, "worlds": o.worlds, "share": o.share.to_dict()} for o in self.outcomes],
            "time_to_contact": None
            if contact is None
            else {
                "median": contact.to_dict(),
                "contacts": self.contacts,
                "censored": self.censored,
                "method": "Kaplan-Meier",
            },
            "in_time": None if in_time is None else in_time.to_dict(),
            "slack": None
            if slack is None
            else {
                "median_of_contacts": slack.to_dict(),
                "p05": _number(self.slack_low),
                "p95": _number(self.slack_high),
            },
        }


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


@dataclass(frozen=True, kw_only=True)
class Summary(Answer):
    """The answer of a run."""

    scenario: str
    seed: int
    limit: float
    people: list[PersonSpent]
    agent_steps: int
    overflow: list[str]

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "scenario": self.scenario,
            "worlds": self.worlds,
            "seed": self.seed,
            **super().to_dict(),
            "people": [
                {"name": p.name, "side": p.side, "out": p.out, **{k: round(v, 4) for k, v in p.means.items()}}
                for p in self.people
            ],
            "agent_steps": self.agent_steps,
            "overflow": self.overflow,
        }


def answer(outcomes: pa.Table, names: list[str], payloads: bool) -> Answer:
    """Sum up worlds. outcomes: a row per world; names: of all outcomes there are; payloads: there is something to reach."""
    n = outcomes.num_rows
    ended = np.array([-1 if x is None else names.index(x) for x in outcomes["outcome"].to_pylist()])
    shares = [
        OutcomeShare(name, int((ended == k).sum()), share(int((ended == k).sum()), n)) for k, name in enumerate(names)
    ]
    if (open_worlds := int((ended < 0).sum())) > 0:
        shares.append(OutcomeShare("unresolved", open_worlds, share(open_worlds, n)))
    contact = in_time = slack = None
    contacts = censored = 0
    low = high = float("nan")
    if payloads:
        at = outcomes["contact_time"].to_numpy(zero_copy_only=False)
        end = outcomes["end_time"].to_numpy(zero_copy_only=False)
        seen = ~np.isnan(at)
        curve = kaplan_meier(np.where(seen, at, end), seen)
        contact, contacts, censored = curve.quantile(0.5), curve.events, curve.censored
        margins = outcomes["slack"].to_numpy(zero_copy_only=False)
        margins = margins[~np.isnan(margins)]
        if not np.isnan(outcomes["deadline"].to_numpy(zero_copy_only=False)).all():
            in_time = share(int((margins > 0).sum()), n)
            slack = median(margins)
            if len(margins):
                low, high = (float(v) for v in np.percentile(margins, [5, 95]))
    return Answer(n, shares, contact, contacts, censored, in_time, slack, low, high)


def summarize(compiled: Compiled, tables: dict[str, pa.Table], manifest: dict[str, Any]) -> Summary:
    """Sum up the merged tables of a run."""
    outcomes = tables["outcomes"]
    found = answer(outcomes, compiled.names.outcomes, bool(compiled.names.payloads))
    return Summary(
        **{f.name: getattr(found, f.name) for f in fields(Answer)},
        scenario=compiled.name,
        seed=manifest["plan"]["seed"],
        limit=compiled.limit,
        people=_spent(compiled, tables["people"]),
        agent_steps=int(outcomes["agent_steps"].to_numpy().sum()),
        overflow=overflow_advice(outcomes, compiled.sizes),
    )


def _spent(compiled: Compiled, people: pa.Table) -> list[PersonSpent]:
    """Means per person; people of a group are taken together."""
    names = compiled.names
    count = len(names.people)
    columns = {c: people[c].to_numpy(zero_copy_only=False).reshape(-1, count).astype(float) for c in (*SPENT, "out")}
    out = []
    for group in dict.fromkeys(names.groups):
        members = [i for i, g in enumerate(names.groups) if g == group]
        title = names.titles[members[0]]
        if len(members) > 1:
            title = f"{title.rsplit(' ', 1)[0]} (each of {len(members)})"
        out.append(
            PersonSpent(
                name=group,
                title=title,
                side=names.sides[names.side_of[members[0]]],
                means={c: float(columns[c][:, members].mean()) for c in SPENT},
                out=float(columns["out"][:, members].mean()),
            )
        )
    return out

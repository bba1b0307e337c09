"""Learned policies that a scenario names: reading their files, checking them, and turning them into arrays.

A file is a NumPy archive (.npz): ``weight_0`` [features, units], ``bias_0`` [units], ``weight_1`` ... for each layer of a
perceptron with tanh between the layers; ``choices`` [3], how many moves, paces and uses the last layer's numbers stand for;
and, if not 0.5, ``step``, the seconds between its decisions. ``examples/ppo.py`` writes such files.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rearguard.engine.control import COMPASS
from rearguard.engine.observe import feature_count
from rearguard.scenario import schema
from rearguard.scenario.errors import Problem
from rearguard.scenario.report import expand_people
from rearguard.scenario.source import Source

PACES = {"easy": 0.8, "steady": 1.0, "hard": 1.4, "sprint": 2.0}
"""Paces of learners: up to 1 shares of the critical speed, from 1 to 2 between that and the top speed."""
LARGEST = 16 * 1024 * 1024
"""Bytes of a policy's file at most."""


class PolicyError(ValueError):
    """A file that holds no policy; the message says why."""


@dataclass(frozen=True)
class Policy:
    """A perceptron. layers: weights [in, out] and biases [out]. choices: moves, paces, uses. step: between decisions [s]."""

    layers: tuple[tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]], ...]
    choices: tuple[int, ...]
    step: float
    digest: str

    @property
    def features(self) -> int:
        """Numbers that it reads."""
        return int(self.layers[0][0].shape[0])


def order_moves(orders: int) -> int:
    """Moves of a learner whose doctrine has so many orders."""
    return int(COMPASS) + orders


def read_policy(path: Path) -> Policy:
    """Read a policy's file; raises PolicyError. Nothing in it is ever executed."""
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise PolicyError(f"it has {size} bytes; {LARGEST} are allowed")
        content = path.read_bytes()
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except OSError as error:
        raise PolicyError(f"it cannot be read: {error.strerror}") from error
    except (ValueError, zipfile.BadZipFile, EOFError) as error:
        raise PolicyError("it is not a NumPy archive") from error
    layers: list[tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]] = []
    while f"weight_{len(layers)}" in arrays:
        k = len(layers)
        weight, bias = arrays[f"weight_{k}"], arrays.get(f"bias_{k}")
        fits = bias is not None and weight.ndim == 2 and bias.shape == (weight.shape[1],)
        if not fits or (layers and layers[-1][1].shape[0] != weight.shape[0]):
            raise PolicyError(f"weight_{k} and bias_{k} do not fit together, or not to the layer before")
        layers.append((np.asarray(weight, np.float32), np.asarray(bias, np.float32)))
    choices = tuple(int(n) for n in np.ravel(arrays.get("choices", np.zeros(0))))
    if not layers or len(choices) != 3 or sum(choices) != layers[-1][1].shape[0]:
        raise PolicyError(
            "it needs weight_0, bias_0 ... and choices, three numbers that add up to the last layer's size"
        )
    if not all(np.isfinite(part).all() for layer in layers for part in layer):
        raise PolicyError("some of its numbers are not finite")
    step = float(np.ravel(arrays.get("step", 0.5))[0])
    if not 0.0 < step <= 60.0:
        raise PolicyError(f"its step is {step} s; it has to be above 0 s and at most 60 s")
    return Policy(tuple(layers), choices, step, hashlib.sha256(content).hexdigest())


def _misfit(scenario: schema.Scenario, doctrine: str, policy: Policy) -> str | None:
    """Why a policy cannot decide in a scenario; None when it can."""
    people = expand_people(scenario)
    slots = max((len(person.techniques) for _, person, *_ in people), default=1) or 1
    features = feature_count(slots, len(people) + len(scenario.payloads))
    if policy.features != features:
        return f"it reads {policy.features} numbers, an observation here has {features}"
    orders = sum(option.order is not None for option in scenario.options_of(doctrine))
    moves, paces, uses = policy.choices
    if paces != len(PACES) or uses != 1 + slots * len(people) or moves < order_moves(orders):
        wanted = f"{order_moves(orders)} moves, {len(PACES)} paces, {1 + slots * len(people)} uses"
        return f"it chooses from {moves} moves, {paces} paces, {uses} uses; there are {wanted} here"
    return None


def policy_file(policy: str, named_in: str, path: Path) -> Path:
    """Where a policy's file lies: beside the file that names it, or beside the scenario at ``path`` when ``--set`` does."""
    return (path if named_in.startswith("--set") else Path(named_in)).parent / policy


def load_policies(scenario: schema.Scenario, source: Source, path: Path) -> tuple[dict[str, Policy], list[Problem]]:
    """The policies that doctrines name, and what is wrong with them. Files are looked for beside the one that names them."""
    found: dict[str, Policy] = {}
    problems: list[Problem] = []
    for name, doctrine in scenario.doctrines.items():
        if doctrine.policy is None:
            continue
        where = source.value(("doctrines", name, "policy"))
        assert where is not None, "the schema has seen it"
        try:
            policy = read_policy(policy_file(doctrine.policy, where.file, path))
        except PolicyError as error:
            hint = "name a file that examples/ppo.py has written, relative to this one"
            problems.append(where.problem("RG032", f"policy '{doctrine.policy}': {error}", hint, found=doctrine.policy))
            continue
        reason = _misfit(scenario, name, policy) if _can_be_counted(scenario, name) else None
        if reason is None:
            found[name] = policy
        else:
            hint = "a policy fits the people, payloads, techniques and options it has learned with"
            problems.append(
                where.problem("RG032", f"policy '{doctrine.policy}': {reason}", hint, found=doctrine.policy)
            )
    return found, problems


def _can_be_counted(scenario: schema.Scenario, name: str) -> bool:
    """False while what the doctrine inherits is missing or goes round in circles."""
    seen: list[str] = []
    at: str | None = name
    while at is not None:
        if at in seen or at not in scenario.doctrines:
            return False
        seen.append(at)
        at = scenario.doctrines[at].like
    return True


def unit_count(policies: Sequence[Policy]) -> int:
    """Numbers that a world needs to work out a policy: the observation and what comes out of every layer."""
    return max((p.features + sum(len(bias) for _, bias in p.layers) for p in policies), default=0)


def compile_policies(policies: Sequence[Policy], of: Sequence[int], dt: float) -> dict[str, Any]:
    """Arrays of ``engine.model.Policies``. of: policy of everybody, -1: none."""
    numbers: list[npt.NDArray[np.float32]] = []
    rows: dict[str, list[int]] = {name: [] for name in ("first", "count", "rows", "columns", "weight_at", "bias_at")}
    at = 0
    for policy in policies:
        rows["first"].append(len(rows["rows"]))
        rows["count"].append(len(policy.layers))
        for weight, bias in policy.layers:
            rows["rows"].append(weight.shape[0])
            rows["columns"].append(weight.shape[1])
            rows["weight_at"].append(at)
            rows["bias_at"].append(at + weight.size)
            numbers += [weight.ravel(), bias]
            at += weight.size + bias.size
    return {
        "of": np.array(of, np.int32),
        "every": np.array([max(round(p.step / dt), 1) for p in policies], np.int32),
        "moves": np.array([p.choices[0] for p in policies], np.int32),
        **{name: np.array(values, np.int32) for name, values in rows.items()},
        "number": np.concatenate(numbers) if numbers else np.zeros(0, np.float32),
        "pace": np.array(list(PACES.values()), np.float32),
    }

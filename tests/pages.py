"""Pages for tests and measurements: a small scenario with strangers and names that are markup, and a very full world."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from rearguard.engine import Program
from rearguard.scenario.load import LoadedScenario, load_scenario
from rearguard.study.run import prepare_program
from rearguard.tell.page import Page
from rearguard.tell.page_data import Shown
from rearguard.tell.page_record import Recording

SMALL = Path(__file__).parent / "data" / "small.yaml"

STRANGER = "Quillon the Hermit"
"""Title of somebody behind walls, whom nobody ever meets."""
IMAGE = "<img src=x onerror=\"window.pwned='image'\">"
SCRIPT = "</script><script>window.pwned='script'</script>"


def strange_scenario(folder: Path) -> Path:
    """The small scenario with titles that are markup, and a hermit in a room without a door."""
    text = SMALL.read_text(encoding="utf-8")
    text = text.replace(
        "#.A.......B....C...............................G.#", "#.A.......B....C............................#.H#G#"
    )
    text = text.replace(
        "#............#########...........................#", "#............#########......................######", 1
    )
    text = text.replace("about: A porter", f"about: '{SCRIPT.replace(chr(39), chr(34))} A porter")
    text = text.replace("come after.\n", "come after.'\n")
    text = text.replace(
        "porter: {side: home,", f"porter: {{title: '{IMAGE.replace(chr(39), chr(39) * 2)}', side: home,"
    )
    text = text.replace(
        "blocker: {side: home,", f"blocker: {{title: '{SCRIPT.replace(chr(39), chr(39) * 2)}', side: home,"
    )
    hermit = f"  hermit: {{title: {STRANGER}, side: foe, at: h, doctrine: sit}}\npayloads:"
    text = text.replace("payloads:", hermit, 1)
    text = text.replace("doctrines:\n", "doctrines:\n  sit: {options: [{order: wait}]}\n")
    text += "choices: {who_waits: {side: foe, of: [nobody, hermit], default: nobody}}\n"
    text = text.replace(
        "{options: [{order: wait}]}",
        "{options: [{order: wait, when: [{input: chosen, choice: who_waits}]}, {order: wait}]}",
    )
    file = folder / "strange.yaml"
    file.write_text(text, encoding="utf-8")
    return file


@cache
def small() -> tuple[LoadedScenario, Program]:
    """The small scenario, ready to play."""
    loaded = load_scenario(SMALL)
    return loaded, prepare_program(loaded)


def full_page(people: int = 100, minutes: float = 20.0) -> Page:
    """A page of one made-up world, fuller and longer than any the engine plays: ``people`` runners all over the map."""
    loaded, program = small()
    compiled = program.compiled
    rng = np.random.default_rng(1)
    dt = float(compiled.arrays["dt"])
    ticks, every = round(minutes * 60 / dt), 5
    frames, samples = ticks + 1, ticks // every + 1
    width, height = compiled.map.width, compiled.map.height
    time = np.arange(frames)[:, None] * dt
    phase, pace = rng.uniform(0, 6.28, (2, people)), rng.uniform(0.01, 0.05, (2, people))
    position = np.zeros((frames, people + 1, 3), np.float32)
    position[:, :people, 0] = width * (0.5 + 0.45 * np.sin(phase[0] + pace[0] * time))
    position[:, :people, 1] = height * (0.5 + 0.3 * np.sin(phase[1] + 3 * pace[1] * time))
    position[:, people] = position[:, 0]
    mode = np.where((np.arange(frames)[:, None] // 50 + np.arange(people)) % 97 == 0, 5, 1)
    steady = {name: np.full((frames, people), -1) for name in ("target", "held_by", "technique", "against")}
    kinds = rng.choice([2, 4, 6, 11, 16, 32, 40], 20_000)
    events = np.zeros(len(kinds), program_events(program))
    events["tick"] = np.sort(rng.integers(0, ticks, len(kinds)))
    events["kind"] = kinds
    events["actor"], events["target"] = rng.integers(0, people, (2, len(kinds)))
    watch = rng.integers(0, 2, (frames // 600 + 1, people)).repeat(600, axis=0)[:frames]
    none = np.zeros((0, 7))
    recording = Recording(
        world=0, variant=0, ticks=ticks, every=every, outcome=0, end=ticks * dt, contact=-1.0, deadline=-1.0,
        position=position,
        states={
            "mode": mode, "order": np.ones((frames, people), int), "carries": np.where(np.arange(people) == 0, 0, -1) + np.zeros((frames, 1), int),
            "phase": np.zeros((frames, people), int), "stage": np.zeros((frames, 1), int), **steady,
        },
        levels={name: rng.uniform(0, 1, (samples, people)) for name in ("reserve", "power", "wound", "felt")},
        sees=(watch * np.uint64(2**40 - 1)).astype(np.uint64),
        beliefs=np.column_stack([
            np.sort(rng.integers(0, samples, 40_000)), rng.integers(0, people, (2, 40_000)).T,
            rng.uniform(0, width, 40_000), rng.uniform(0, height, 40_000), np.zeros(40_000), np.full(40_000, 3),
        ]),
        stages=none[:, :4], sign=none[:, :6], wards=none, marks=none[:, :6], marks_read=none[:, :3],
        crowd=np.zeros((samples, 0, 2)), gait=np.zeros((samples, 0)), events=events,
        body=np.full((people, 40), 60.0), phases=np.zeros((1, 2, 8)),
    )  # fmt: skip
    names = replace(
        compiled.names,
        people=[f"runner_{k}" for k in range(people)],
        titles=[f"Runner {k}" for k in range(people)],
        groups=["runner"] * people,
        side_of=[k % 2 for k in range(people)],
    )
    crowded = SimpleNamespace(compiled=replace(compiled, names=names), device="cpu")
    program_like: Any = crowded
    return Page(loaded, program_like, 0, [Shown(recording, ("full",))])


def program_events(program: Program) -> Any:
    """The layout of a row of the log."""
    return program.begin(0, np.zeros(1, np.int64)).log.rows.numpy().dtype

"""Draws of a world are a function of seed, world and quantity: nothing else moves them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rearguard.engine.begin import draw_noise
from rearguard.scenario.compile import compile_scenario
from rearguard.scenario.load import load_scenario

WORLDS = np.arange(200)


def compiled(text: str, folder: Path) -> Any:
    file = folder / "lane.yaml"
    file.write_text(text, encoding="utf-8")
    return compile_scenario(load_scenario(file))


@pytest.fixture
def text(small: Path) -> str:
    return small.read_text(encoding="utf-8")


def test_each_noisy_quantity_differs_between_worlds_and_stays_in_its_range(text: str, tmp_path: Path) -> None:
    c = compiled(text, tmp_path)
    tables = draw_noise(c, 1, WORLDS)
    assert {item.table for item in c.noise} == {"body", "craft", "phase"}
    for item in c.noise:
        drawn = tables[item.table][(slice(None), *item.cell)]
        assert len(np.unique(drawn)) > 150, item.path
        assert item.low <= drawn.min() and drawn.max() <= item.high


def test_alike_people_draw_apart(text: str, tmp_path: Path) -> None:
    c = compiled(text, tmp_path)
    cells = [i for i in c.noise if i.draw.kind == "uniform" and i.table == "body"]
    assert len(cells) == 2
    one, two = (draw_noise(c, 1, WORLDS)["body"][(slice(None), *i.cell)] for i in cells)
    assert abs(np.corrcoef(one, two)[0, 1]) < 0.25


def test_adding_a_noisy_quantity_leaves_the_other_draws_as_they_were(text: str, tmp_path: Path) -> None:
    before = compiled(text, tmp_path)
    after = compiled(text.replace("sprint: 6.5 m/s", 'sprint: "normal(6.5, 0.5) m/s"'), tmp_path)
    assert len(after.noise) == len(before.noise) + 1
    old, new = draw_noise(before, 1, WORLDS), draw_noise(after, 1, WORLDS)
    differ = [(name, cell) for name in old for cell in np.argwhere((old[name] != new[name]).any(axis=0)).tolist()]
    fresh = [i for i in after.noise if i.path not in {j.path for j in before.noise}]
    assert differ == [(fresh[0].table, list(fresh[0].cell))]


def test_a_world_draws_the_same_whoever_else_is_drawn(text: str, tmp_path: Path) -> None:
    c = compiled(text, tmp_path)
    batch, alone = draw_noise(c, 1, WORLDS), draw_noise(c, 1, np.array([150, 7]))
    for name in batch:
        assert batch[name][[150, 7]].tobytes() == alone[name].tobytes()


def test_another_seed_draws_otherwise(text: str, tmp_path: Path) -> None:
    c = compiled(text, tmp_path)
    one, two = draw_noise(c, 1, WORLDS), draw_noise(c, 2, WORLDS)
    for item in c.noise:
        where = (slice(None), *item.cell)
        assert (one[item.table][where] != two[item.table][where]).mean() > 0.9

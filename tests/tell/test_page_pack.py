"""Arrays of a page come back as they were."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from rearguard.tell.page_data import changes, intervals
from rearguard.tell.page_pack import numbers, pack, quantised, unpack

VIEWER = Path(__file__).parents[2] / "viewer"

grids = arrays(
    np.int64, array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=7), elements=st.integers(-(2**27), 2**27)
)


@given(grids, st.integers(0, 2))
def test_numbers_come_back(values: np.ndarray, differences: int) -> None:
    back = unpack(pack({"a": [numbers(values, differences)], "b": "x"}))
    assert back["b"] == "x"
    assert back["a"][0].shape == values.shape
    assert (back["a"][0] == values).all()


def test_what_is_no_number_is_told_apart() -> None:
    back = unpack(pack({"gap": quantised([1.0, float("nan"), 0.04], 0.1, 0), "none": float("nan")}))
    assert back["gap"].tolist() == [10, -(2**30), 0]
    assert back["none"] is None


def test_numbers_too_large_are_refused() -> None:
    with pytest.raises(ValueError, match="32 bits"):
        pack([numbers([2**40])])


def test_steady_motion_takes_almost_no_room() -> None:
    way = np.arange(20_000)[:, None] * np.array([[3, 5]])
    assert len(pack(numbers(way, 2))) < 1000


def test_viewer_is_tested_on_what_is_written() -> None:
    level, track = numbers([5, 7, 7, -300, 70000], 1), numbers([[0, 100], [10, 90], [20, 80], [30, 71]], 2)
    text = (VIEWER / "test" / "packed.ts").read_text(encoding="utf-8")
    sample = re.search(r'"(.+)"', text)
    assert sample is not None
    ours = unpack(pack({"name": "Kankurō </script>", "level": level, "track": track}))
    theirs = unpack(sample[1])
    assert theirs["name"] == ours["name"]
    assert (theirs["level"] == ours["level"]).all()
    assert (theirs["track"] == ours["track"]).all()


@given(arrays(np.int16, st.tuples(st.integers(1, 9), st.integers(1, 4)), elements=st.integers(-1, 2)))
def test_changes_say_what_holds_at_every_frame(values: np.ndarray) -> None:
    kept = unpack(pack(changes(values)))
    ends = np.cumsum(kept["count"])
    for column in range(values.shape[1]):
        rows = slice(ends[column] - kept["count"][column], ends[column])
        at = np.searchsorted(kept["frame"][rows], np.arange(len(values)), side="right") - 1
        assert (kept["value"][rows][at] == values[:, column]).all()


@given(arrays(np.uint64, st.tuples(st.integers(1, 9), st.integers(1, 3)), elements=st.integers(0, 15)))
def test_intervals_say_who_is_in_sight_at_every_frame(sees: np.ndarray) -> None:
    rows = intervals(sees, 4)
    for frame in range(len(sees)):
        for person in range(sees.shape[1]):
            for entity in range(4):
                inside = (
                    (rows[:, 0] == person) & (rows[:, 1] == entity) & (rows[:, 2] <= frame) & (frame < rows[:, 3])
                ).sum()
                assert inside == (int(sees[frame, person]) >> entity) & 1

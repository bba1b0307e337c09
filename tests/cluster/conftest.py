"""A Ray cluster on this machine whose nodes are processes of their own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from lane import write_lane

os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
cluster_utils = pytest.importorskip("ray.cluster_utils", reason="Ray is not installed: pip install 'rearguard[ray]'")


@contextmanager
def started_cluster() -> Iterator[Any]:
    """Two nodes of one processor each."""
    import ray

    nodes = cluster_utils.Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    try:
        nodes.add_node(num_cpus=1)
        yield nodes
    finally:
        ray.shutdown()
        nodes.shutdown()


@pytest.fixture
def cluster() -> Iterator[Any]:
    """Two nodes of a test's own, so that it can take one away."""
    with started_cluster() as nodes:
        yield nodes


@pytest.fixture(scope="module")
def shared_cluster() -> Iterator[Any]:
    """Two nodes for several tests."""
    with started_cluster() as nodes:
        yield nodes


@pytest.fixture
def lane(small, tmp_path):
    """The small scenario with a choice and factors."""
    return write_lane(tmp_path, small)

"""Where tasks are done changes nothing: threads and Ray give the same numbers; stopping finishes what is under way."""

import importlib.util
import os
import threading

import pytest

import rearguard
from lane import write_lane
from rearguard.study.executor import (
    LocalThreads,
    RayExecutor,
    Stopped,
    gather,
    in_order,
    open_executor,
    told_to_stop,
)
from rearguard.study.folder import RunError

with_ray = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason="Ray is not installed: pip install 'rearguard[ray]'"
)


def doubling():
    """A task; made here so that it travels as a whole and workers need not have this file."""

    def double(shared, number):
        if number == 13:
            raise RunError("thirteen cannot be doubled")
        return shared * number

    return double


@pytest.fixture(scope="module")
def cluster():
    """A Ray cluster of this process."""
    executor = RayExecutor("local")
    yield executor
    executor.close()


def tasks(executor, numbers):
    shared = executor.share(2)
    return ((shared, number) for number in numbers)


def test_threads_do_every_task_and_number_the_results():
    executor = LocalThreads(3)
    assert dict(executor.submit(doubling(), tasks(executor, range(12)))) == {k: 2 * k for k in range(12)}


def test_what_a_task_raises_is_raised():
    executor = LocalThreads(2)
    with pytest.raises(RunError, match="thirteen"):
        list(executor.submit(doubling(), tasks(executor, range(20))))


def test_told_to_stop_it_begins_nothing_new():
    executor, stop, begun = LocalThreads(1), threading.Event(), []

    def task(number):
        begun.append(number)
        return number

    results = []
    for k, _ in executor.submit(task, ((number,) for number in range(100)), stop):
        results.append(k)
        stop.set()
    assert results == begun
    assert len(begun) <= 2


def test_results_come_in_the_order_of_the_tasks_whoever_is_first():
    turn = threading.Event()

    def task(number):
        if number == 0:
            turn.wait(10.0)
        else:
            turn.set()
        return number

    taken = []
    assert gather(LocalThreads(2), task, ((k,) for k in range(6)), take=taken.append) == list(range(6))
    assert taken == list(range(6))


def test_a_task_that_is_told_to_stop_has_no_result_and_nothing_behind_it_counts():
    stop, waiting = threading.Event(), threading.Event()

    def task(number):
        if number == 1:
            waiting.set()
            while not told_to_stop():
                stop.wait(0.01)
            raise Stopped
        if number == 2:
            waiting.wait(10.0)
            stop.set()
        return number

    assert gather(LocalThreads(2), task, ((k,) for k in range(9)), stop) == [0]
    assert not told_to_stop()


def test_who_leaves_early_stops_what_is_under_way():
    ended = []

    def task(number):
        while number and not told_to_stop():
            threading.Event().wait(0.01)
        ended.append(number)
        return number

    results = in_order(LocalThreads(2), task, ((k,) for k in range(9)))
    assert next(results) == 0
    results.close()
    assert len(ended) <= 3


def test_threads_and_a_cluster_do_not_go_together():
    with pytest.raises(RunError, match="leave one of them out"):
        open_executor("local", 2)


def test_tasks_are_asked_for_as_they_are_needed():
    asked = []

    def endless():
        while True:
            asked.append(len(asked))
            yield (2, 3)

    results = LocalThreads(2).submit(doubling(), endless())
    assert next(results)[1] == 6
    assert len(asked) <= 4
    results.close()


@with_ray
def test_ray_does_every_task(cluster):
    assert dict(cluster.submit(doubling(), tasks(cluster, range(12)))) == {k: 2 * k for k in range(12)}


@with_ray
def test_what_a_task_raises_on_a_worker_is_raised_here(cluster):
    with pytest.raises(RunError, match="thirteen"):
        list(cluster.submit(doubling(), tasks(cluster, range(20))))


@with_ray
def test_a_task_whose_worker_dies_is_done_again(cluster, tmp_path):
    died = tmp_path / "died"

    def die_once(number):
        if number == 2 and not died.exists():
            died.touch()
            os.kill(os.getpid(), 9)
        return number

    assert sorted(k for k, _ in cluster.submit(die_once, ((k,) for k in range(4)))) == [0, 1, 2, 3]
    assert died.exists()


@with_ray
def test_a_sweep_on_ray_has_the_numbers_of_this_machine(cluster, small, tmp_path):
    lane = write_lane(tmp_path, small)
    vary = ["who_stays", "people.porter.body.sprint=5.5,6 m/s"]
    there = rearguard.sweep(lane, vary=vary, worlds=10, seed=3, slice_size=8, out=tmp_path / "there", ray="local")
    here = rearguard.sweep(lane, vary=vary, worlds=10, seed=3, out=tmp_path / "here")
    assert there.outcomes.equals(here.outcomes)
    assert there.table.equals(here.table)
    assert there.status == "complete"

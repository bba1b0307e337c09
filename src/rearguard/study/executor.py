"""Where tasks are done: on threads of this process, or on the machines of a Ray cluster.

A task is a function of a module with plain data for arguments; what it returns is plain data. Results come back in the
order in which they are finished, each with the number of its task. Since a world depends on its scenario, its seed and
its number alone, the place and the order change no digit.

A worker of a cluster that is killed loses nothing: its tasks are done again elsewhere.

A task that takes long asks ``told_to_stop`` now and then, and raises ``Stopped`` if so: it then has no result. Only tasks
of this process are told; those of a cluster are finished.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from typing import Any, Protocol, TypeVar

from rearguard.study.folder import RunError

Result = TypeVar("Result")

RETRIES = 8
"""Times that a task is begun again after its worker has died."""
AHEAD = 2
"""Tasks that are handed out for every one that is under way, so that no worker waits for its next."""

PATIENCE = 10.0
"""How long a cluster may take to answer [s]."""


class Stopped(Exception):  # noqa: N818 - as KeyboardInterrupt, it is no error
    """Told to stop before something was finished."""


_ON_DUTY = threading.local()


def told_to_stop() -> bool:
    """Asked within a task: whether nobody waits for its result any more. False on a cluster, where no task is told."""
    return any(event.is_set() for event in getattr(_ON_DUTY, "events", ()))


class Executor(Protocol):
    """Does tasks, several at once. is_here: in this process, so that tasks can take any object as it is."""

    is_here: bool

    def slots(self) -> int:
        """How many tasks are under way at once."""

    def share(self, value: Any) -> Any:
        """A stand-in for data that many tasks take as an argument, so that it travels once."""

    def submit(
        self,
        function: Callable[..., Result],
        tasks: Iterable[tuple[Any, ...]],
        stop: threading.Event | None = None,
    ) -> Generator[tuple[int, Result], None, None]:
        """``function(*task)`` for every task: (number of the task, result) as they come.

        tasks: read as they are needed. stop: once set no task is begun any more, and those under way are finished.
        What a task raises is raised here, but for ``Stopped``.
        """

    def close(self) -> None:
        """Let go of threads and connections."""


class LocalThreads:
    """Threads of this process; the engine lets go of the interpreter's lock while it plays."""

    is_here = True

    def __init__(self, threads: int) -> None:
        if threads < 1:
            raise RunError("threads are a whole number from 1 up")
        self.threads = threads

    def slots(self) -> int:
        """Threads."""
        return self.threads

    def share(self, value: Any) -> Any:
        """Threads share everything as it is."""
        return value

    def submit(
        self,
        function: Callable[..., Result],
        tasks: Iterable[tuple[Any, ...]],
        stop: threading.Event | None = None,
    ) -> Generator[tuple[int, Result], None, None]:
        """As the protocol says."""
        ended, left = stop or threading.Event(), threading.Event()
        numbered = enumerate(tasks)
        pending: dict[Future[Result], int] = {}
        pool = ThreadPoolExecutor(max_workers=self.threads)

        def do(task: tuple[Any, ...]) -> Result:
            _ON_DUTY.events = (ended, left)
            return function(*task)

        try:
            while True:
                while not ended.is_set() and len(pending) < AHEAD * self.threads:
                    if (following := next(numbered, None)) is None:
                        break
                    pending[pool.submit(do, following[1])] = following[0]
                if ended.is_set():
                    pending = {future: k for future, k in pending.items() if not future.cancel()}
                if not pending:
                    return
                for future in wait(pending, return_when=FIRST_COMPLETED).done:
                    number = pending.pop(future)
                    try:
                        result = future.result()
                    except Stopped:
                        continue
                    yield number, result
        finally:
            left.set()
            pool.shutdown(wait=True, cancel_futures=True)

    def close(self) -> None:
        """Threads end with what they were given to do."""


class RayExecutor:
    """The processors of a Ray cluster (extra ``ray``); every task takes one.

    address: as ``ray.init`` takes it, such as ``auto`` or ``host:6379``; ``local`` starts a cluster on this machine.
    Nothing is reported to Ray's makers and no dashboard is started.
    """

    is_here = False

    def __init__(self, address: str) -> None:
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        try:
            import ray
        except ImportError as error:
            raise RunError(f"--ray needs the package Ray: pip install 'rearguard[ray]' ({error})") from error
        self.ray: Any = ray
        self.begun = not ray.is_initialized()
        if self.begun:
            options: dict[str, Any] = {"logging_level": logging.ERROR, "log_to_driver": False}
            if address == "local":
                options["include_dashboard"] = False
            _check_reachable(address)
            try:
                self.ray.init(address=address, **options)
            except (ConnectionError, ValueError, RuntimeError, TimeoutError) as error:
                reason = str(error).splitlines()[0] if str(error) else type(error).__name__
                raise RunError(f"there is no Ray cluster at '{address}': {reason}") from error

    def slots(self) -> int:
        """Processors of the cluster as it stands."""
        return max(1, int(self.ray.cluster_resources().get("CPU", 1)))

    def share(self, value: Any) -> Any:
        """A reference into the cluster's object store: each machine fetches it once."""
        return self.ray.put(value)

    def submit(
        self,
        function: Callable[..., Result],
        tasks: Iterable[tuple[Any, ...]],
        stop: threading.Event | None = None,
    ) -> Generator[tuple[int, Result], None, None]:
        """As the protocol says."""
        ended = stop or threading.Event()
        numbered = enumerate(tasks)
        remote = self.ray.remote(num_cpus=1, max_retries=RETRIES)(function)
        pending: dict[Any, int] = {}
        try:
            while True:
                while not ended.is_set() and len(pending) < AHEAD * self.slots():
                    if (following := next(numbered, None)) is None:
                        break
                    pending[remote.remote(*following[1])] = following[0]
                if not pending:
                    return
                # now and then looks up, to see whether it is told to stop or whether machines have joined
                for reference in self.ray.wait(list(pending), num_returns=1, timeout=1.0)[0]:
                    yield pending.pop(reference), self._get(reference)
        finally:
            for reference in pending:
                self.ray.cancel(reference)

    def _get(self, reference: Any) -> Any:
        errors = self.ray.exceptions
        try:
            return self.ray.get(reference)
        except errors.RayTaskError as error:
            raise error.cause if error.cause is not None else error from None
        except (errors.WorkerCrashedError, errors.NodeDiedError, errors.OutOfMemoryError) as error:
            raise RunError(f"a task was lost {RETRIES + 1} times with its worker: {error}") from error
        except errors.RayError as error:
            reason = str(error).strip().splitlines()[0]
            raise RunError(f"the Ray cluster has lost what it was doing: {reason}") from error

    def close(self) -> None:
        """Leave the cluster; one that was started here ends."""
        if self.begun:
            self.ray.shutdown()


def _check_reachable(address: str) -> None:
    """Refuse an address where nobody answers: Ray itself would try for minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdigit():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE).close()
    except (OSError, OverflowError) as error:
        raise RunError(f"there is no Ray cluster at '{address}': {error}") from error


def in_order(
    executor: Executor,
    function: Callable[..., Result],
    tasks: Iterable[tuple[Any, ...]],
    stop: threading.Event | None = None,
) -> Generator[Result, None, None]:
    """The results of ``executor.submit`` in the order of their tasks; told to stop, those before the first that is missing."""
    early: dict[int, Result] = {}
    following = 0
    with closing(executor.submit(function, tasks, stop)) as results:
        for number, result in results:
            early[number] = result
            while following in early:
                yield early.pop(following)
                following += 1


def gather(
    executor: Executor,
    function: Callable[..., Result],
    tasks: Iterable[tuple[Any, ...]],
    stop: threading.Event | None = None,
    take: Callable[[Result], None] = lambda result: None,
) -> list[Result]:
    """What ``in_order`` gives, as a list; take: called from this thread with every result."""
    out = []
    with closing(in_order(executor, function, tasks, stop)) as results:
        for result in results:
            out.append(result)
            take(result)
    return out


def open_executor(ray: str | None, threads: int | None) -> Executor:
    """The cluster at the address ``ray``, else threads of this process (default: one per core)."""
    if ray is not None:
        if threads is not None:
            raise RunError("threads are of this machine, and --ray plays on a cluster; leave one of them out")
        return RayExecutor(ray)
    from rearguard.study.run import core_count

    return LocalThreads(threads if threads is not None else core_count())

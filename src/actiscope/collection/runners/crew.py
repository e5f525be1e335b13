"""The workers of this machine: threads, whose places are taken by processes."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from functools import partial
from itertools import islice
from queue import Empty, SimpleQueue

from actiscope.collection.memory import give_back
from actiscope.collection.runners import LARGEST, Outcome
from actiscope.collection.runners.batching import Batcher, Build, Register
from actiscope.collection.runners.job import Job
from actiscope.collection.runners.process import Process
from actiscope.collection.runners.reducing import Reducer
from actiscope.collection.settings import Batch, Settings
from actiscope.collection.sources import Item, fetched
from actiscope.errors import NetworkError
from actiscope.networks import Network
from actiscope.networks.streaming import map_ahead, threads_of_each

_SECONDS = 0.25
"""A worker takes as many pictures at a time as it runs in that."""
_FASTEST = 1e-3
"""Seconds that a picture takes at least, as far as clocks tell."""
_SOON = 1.0
"""Seconds after which processes are begun: what has ended by then needs none."""


class Crew:
    """As many workers as are wanted, each of which adds pictures to a batch of its own.

    Parameters
    ----------
    network : Network
        What they run.
    settings : Settings
        What the index is built with.
    job : Job, optional
        What processes are told; None if there are to be none.
    count : int
        How many workers there are at a time.
    """

    def __init__(self, network: Network, settings: Settings, job: Job | None, count: int) -> None:
        threads = threads_of_each(network) if job is None and count > 1 else 1
        self._reducer = Reducer(network, settings, threads=threads)
        self._settings = settings
        self._job = job
        self._count = count
        self._idle: SimpleQueue[Batcher | Process] = SimpleQueue()
        self._begun: SimpleQueue[Process] = SimpleQueue()
        """Processes that have no place yet."""
        self._processes: list[Process] = []
        self._threads = count
        """Workers that are threads."""
        self._at_work = ExitStack()
        self._changing = threading.Lock()
        self._aside = ThreadPoolExecutor(1)
        """Where no interrupt comes between a process and the list of them."""
        self._later = threading.Timer(_SOON, self._begin_beside)
        self._closed = False
        self._pace = _SECONDS
        """Seconds that a picture took."""

    def begin_processes(self) -> None:
        """Begin a process for each worker, and wait until they have opened the network.

        Raises
        ------
        NetworkError
            If they cannot.
        """
        self._aside.submit(self._begin).result()

    def _begin(self) -> None:
        for _ in range(self._count):
            with self._changing:
                if self._closed or self._job is None:
                    return
                self._processes.append(Process(self._job))
        for process in self._processes:
            process.open()
        for process in self._processes:
            process.wait()
            self._begun.put(process)

    def _begin_beside(self) -> None:
        with suppress(NetworkError):  # threads can
            self._begin()

    def run(
        self, items: Iterator[Item], register: Register, write_every: float
    ) -> Iterator[Outcome | Batch]:
        """Do what a `Run` does."""
        build = Build(register, write_every)
        for _ in range(self._count):
            self._idle.put(Batcher(self._reducer, self._settings, build))
        if self._job is not None and not self._processes:
            self._later.start()
        take = partial(self._take, build)
        give_way = self._job is not None  # threads that stay would keep too much memory
        with self._at_work:
            self._at_work.enter_context(self._reducer.at_work(keeps_memory=give_way))
            for outcomes, batches in map_ahead(take, self._groups(fetched(items)), self._count):
                yield from outcomes
                for batch in batches:
                    yield batch
                    give_back()
        while not self._idle.empty():
            yield self._idle.get().give()

    def _groups(self, items: Iterator[Item]) -> Iterator[list[Item]]:
        """Give files as many at a time as are well taken together."""
        while group := list(self._group(items)):
            yield group

    def _group(self, items: Iterator[Item]) -> Iterator[Item]:
        taken = 0
        room = max(1, min(self._reducer.most, int(_SECONDS / max(self._pace, _FASTEST))))
        for item in islice(items, room):
            yield item
            taken += item.size if item.data is None else len(item.data)
            if taken >= LARGEST:
                return

    def _take(self, build: Build, group: list[Item]) -> tuple[list[Outcome], list[Batch]]:
        """Have a worker add pictures; return what became of each, and what is to be written."""
        worker = self._idle.get()
        batches = []
        try:
            if isinstance(worker, Batcher):
                with suppress(Empty, NetworkError):  # it may have ended: a thread can
                    process = self._begun.get_nowait()
                    process.join(build)
                    batches.append(worker.give())
                    worker = process
                    self._retire_thread()
            started = time.monotonic()
            outcomes, batch = worker.take(group)
            self._pace = (time.monotonic() - started) / len(group)
            if batch is not None:
                batches.append(batch)
            return outcomes, batches
        finally:
            self._idle.put(worker)

    def _retire_thread(self) -> None:
        with self._changing:
            self._threads -= 1
            if not self._threads:
                self._at_work.close()

    def close(self) -> None:
        """End the processes."""
        self._later.cancel()
        with self._changing:
            self._closed = True
            for process in self._processes:
                process.kill()
        self._aside.shutdown()
        if self._later.is_alive():
            self._later.join()
        for process in self._processes:
            process.close()

"""Ray Data, on this machine or on all machines of a cluster.

Pictures are read here and sent to the workers, which need no access to them; each group of them
comes back reduced, once, however often Ray had to try.
"""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from actiscope.collection.ledger import Ledger
from actiscope.collection.runners import LARGEST, Outcome, Run, patience
from actiscope.collection.runners.cluster import connected, telling
from actiscope.collection.runners.job import Job
from actiscope.collection.runners.worker import Answer
from actiscope.collection.settings import Batch, Settings
from actiscope.collection.sources import Item, content_id
from actiscope.errors import ActiscopeError, ArgumentError, NetworkError
from actiscope.networks import Network
from actiscope.networks.streaming import map_ahead

if TYPE_CHECKING:
    from actiscope.collection.runners.dataset import Stream

_READERS = 8
"""Threads that read pictures here."""
_AHEAD = 3
"""Groups of pictures on their way for each worker: one that it has, and the next, which come."""
_FEWEST, _MOST = 8, 128
"""Pictures of a group: ever more, so that little is sent back, and the last group is short."""
_PARTS = 16
_PATIENCE = 60.0
"""Seconds in which a worker has to begin."""


class RayRunner:
    """Workers of Ray Data, each with the network, opened from where it was opened here, and a core.

    Parameters
    ----------
    workers : int, optional
        How many; one a core by default.
    address : str, optional
        HOST:PORT of a cluster, or "auto" for the one that this machine is part of. By default Ray
        runs on this machine alone, for as long as the build does; a Ray that this process has
        started or joined already is used as it is.
    """

    def __init__(self, workers: int | None = None, address: str | None = None) -> None:
        self._workers = workers
        self._address = address

    @contextmanager
    def start(self, network: Network, settings: Settings) -> Iterator[Run]:
        """Join Ray, and have it try what the workers are to do.

        Raises
        ------
        ArgumentError
            If there is no such cluster, or it has not so many cores, or all are busy.
        NetworkError
            If a worker cannot open the network, or finds another one.
        MissingExtraError
            If Ray is not installed.
        """
        job = Job.of(network, settings)
        with connected(self._address, self._workers) as workers, telling():
            from actiscope.collection.runners.dataset import Stream

            _check(job)
            yield lambda items, ledger, write_every: _Work(
                Stream(job, workers), workers, settings, ledger, write_every
            ).run(items)


def _check(job: Job) -> None:
    """Have a worker begin, to tell at once what all would."""
    import ray

    begun = ray.remote(num_cpus=1)(Job.problem).remote(job)
    ready, _ = ray.wait([begun], timeout=_PATIENCE)
    if not ready:
        raise ArgumentError(f"no worker began in {_PATIENCE:.0f} s: the cluster's cores are busy")
    if problem := ray.get(begun):
        raise NetworkError(problem)


class _Work:
    """Groups of pictures on their way to the workers and back."""

    def __init__(
        self,
        stream: "Stream",
        workers: int,
        settings: Settings,
        ledger: Ledger,
        write_every: float,
    ) -> None:
        self._stream = stream
        self._workers = workers
        self._settings = settings
        self._ledger = ledger
        self._write_every = write_every
        self._groups: dict[int, list[tuple[Item, int]]] = {}
        """Those under way, by number."""
        self._copies: dict[int, list[Item]] = {}
        """For each picture under way, other files with the same bytes."""
        self._outcomes: list[Outcome] = []
        self._done = 0
        self._started = time.monotonic()
        self._begin()

    def _begin(self) -> None:
        self._batch, self._begun = Batch.empty(self._settings), time.monotonic()

    def run(self, items: Iterator[Item]) -> Iterator[Outcome | Batch]:
        read = map_ahead(_read, items, _READERS)
        with closing(self._stream.answers()) as answers:
            self._send(read)
            yield from self._told()
            while self._groups:
                self._receive(*next(answers))
                self._send(read)
                yield from self._told()
                kept_for = patience(self._begun - self._started, self._write_every)
                if time.monotonic() - self._begun >= kept_for:
                    yield self._batch
                    self._begin()
        yield self._batch

    def _told(self) -> list[Outcome]:
        told, self._outcomes = self._outcomes, []
        self._done += len(told)
        return told

    def _send(self, read: Iterator[tuple[Item, bytes | ActiscopeError | None]]) -> None:
        while len(self._groups) < _AHEAD * self._workers and (group := self._next_group(read)):
            number = self._stream.send([(image, data) for _, image, data in group])
            self._groups[number] = [(item, image) for item, image, _ in group]

    def _next_group(
        self, read: Iterator[tuple[Item, bytes | ActiscopeError | None]]
    ) -> list[tuple[Item, int, bytes]]:
        """Take pictures that are not in the index; files of the others are noted."""
        group = []
        room = min(max(self._done // (_PARTS * self._workers), _FEWEST), _MOST)
        size = 0
        for item, found in read:
            data = _attempt(item) if found is None else found
            if isinstance(data, ActiscopeError):
                self._fail(item, str(data))
                continue
            image = content_id(data)
            if image in self._copies:
                self._copies[image].append(item)
            elif self._ledger.known([image])[0]:
                self._add(item, image, "copies")
            else:
                self._copies[image] = []
                group.append((item, image, data))
                size += len(data)
            if len(group) >= room or size >= LARGEST:
                break
        return group

    def _receive(self, number: int, answer: Answer) -> None:
        if answer.problem:
            raise NetworkError(answer.problem)
        group = self._groups.pop(number, [])  # Ray may repeat what has been answered
        if not group:
            return
        self._batch.merge(answer.batch)
        for item, image in group:
            copies = self._copies.pop(image)
            if image in answer.failures:
                for each in (item, *copies):
                    self._fail(each, answer.failures[image])
            else:
                self._ledger.claim([image])
                self._add(item, image, "added")
                for each in copies:
                    self._add(each, image, "copies")

    def _add(self, item: Item, image: int, outcome: Outcome) -> None:
        self._batch.files.append((item, image))
        self._outcomes.append(outcome)

    def _fail(self, item: Item, reason: str) -> None:
        self._batch.fail(item, reason)
        self._outcomes.append("failed")


def _read(item: Item) -> tuple[Item, bytes | ActiscopeError | None]:
    return item.located(), None if item.size > LARGEST else _attempt(item)


def _attempt(item: Item) -> bytes | ActiscopeError:
    try:
        return item.read()
    except ActiscopeError as error:
        return error

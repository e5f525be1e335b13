"""The cores of this machine."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice

from actiscope.collection.ledger import Ledger
from actiscope.collection.memory import give_back
from actiscope.collection.runners import LARGEST, Outcome, Run, patience
from actiscope.collection.runners.reducing import Reducer
from actiscope.collection.settings import Batch, Settings
from actiscope.collection.sources import Item, content_id, fetched
from actiscope.errors import ActiscopeError
from actiscope.networks import Network
from actiscope.networks.streaming import map_ahead

_SECONDS = 0.25
"""A worker takes as many pictures at a time as it runs in that."""


class LocalRunner:
    """Threads, each with an engine of one thread.

    Parameters
    ----------
    workers : int, optional
        How many; one a core by default.
    """

    def __init__(self, workers: int | None = None) -> None:
        self._workers = workers

    @contextmanager
    def start(self, network: Network, settings: Settings) -> Iterator[Run]:
        """Make ready what the work needs: nothing."""
        yield partial(self._run, network, settings)

    def _run(
        self,
        network: Network,
        settings: Settings,
        items: Iterator[Item],
        ledger: Ledger,
        write_every: float,
    ) -> Iterator[Outcome | Batch]:
        work = _Work(Reducer(network, settings), settings, ledger, write_every)
        for outcomes, batch in map_ahead(work.take, work.groups(fetched(items)), self._workers):
            yield from outcomes
            if batch is not None:
                yield batch
                give_back()
        yield work.rest()


class _Work:
    """A worker reads, runs and reduces some pictures, into a batch that no other worker has."""

    def __init__(
        self, reducer: Reducer, settings: Settings, ledger: Ledger, write_every: float
    ) -> None:
        self._reducer = reducer
        self._settings = settings
        self._ledger = ledger
        self._write_every = write_every
        self._started = time.monotonic()
        self._pace = _SECONDS
        """Seconds that a picture took."""
        self._idle: list[tuple[float, Batch]] = []
        """Batches that no worker has, and when they were begun."""

    def groups(self, items: Iterator[Item]) -> Iterator[list[Item]]:
        """Give files as many at a time as are well taken together."""
        while group := list(self._group(items)):
            yield group

    def _group(self, items: Iterator[Item]) -> Iterator[Item]:
        taken = 0
        for item in islice(items, self._room()):
            yield item
            taken += item.size if item.data is None else len(item.data)
            if taken >= LARGEST:
                return

    def _room(self) -> int:
        return max(1, min(self._reducer.most, int(_SECONDS / self._pace)))

    def take(self, group: list[Item]) -> tuple[list[Outcome], Batch | None]:
        """Add pictures to a batch, and return the batch if it is to be written."""
        try:
            begun, batch = self._idle.pop()
        except IndexError:
            begun, batch = time.monotonic(), Batch.empty(self._settings)
        started = time.monotonic()
        outcomes = self._add(group, batch)
        ended = time.monotonic()
        self._pace = (ended - started) / len(group)
        if ended - begun >= patience(begun - self._started, self._write_every):
            return outcomes, batch
        self._idle.append((begun, batch))
        return outcomes, None

    def _add(self, group: list[Item], batch: Batch) -> list[Outcome]:
        """Add pictures to a batch, unless others have the same bytes."""
        outcomes: list[Outcome] = []
        waiting: list[tuple[Item, int, bytes]] = []
        for item in group:
            try:
                data = item.read()
                image = content_id(data)
                if self._ledger.has(image):
                    batch.files.append((item.located(), image))
                    outcomes.append("copies")
                else:
                    waiting.append((item, image, data))
            except ActiscopeError as error:
                batch.failures.append((item.name, str(error)))
                outcomes.append("failed")
        answers = self._reducer.run([data for _, _, data in waiting])
        for (item, image, _), answer in zip(waiting, answers, strict=True):
            if isinstance(answer, ActiscopeError):
                batch.failures.append((item.name, str(answer)))
                outcomes.append("failed")
                continue
            new = self._ledger.claim(image)
            if new:
                batch.add(image, answer.placement, answer.layers)
            batch.files.append((item.located(), image))
            outcomes.append("added" if new else "copies")
        return outcomes

    def rest(self) -> Batch:
        """Return what no worker has taken to be written."""
        rest = Batch.empty(self._settings)
        for _, batch in self._idle:
            rest.merge(batch)
        return rest

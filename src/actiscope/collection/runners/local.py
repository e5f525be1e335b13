"""The cores of this machine."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from actiscope.collection.ledger import Ledger
from actiscope.collection.runners import Outcome, Run
from actiscope.collection.runners.reducing import Reducer
from actiscope.collection.settings import Batch, Settings
from actiscope.collection.sources import Item, content_id, fetched
from actiscope.errors import ActiscopeError
from actiscope.networks import Network
from actiscope.networks.streaming import map_ahead


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
        for outcome, batch in map_ahead(work.take, fetched(items), self._workers):
            yield outcome
            if batch is not None:
                yield batch
        yield work.rest()


class _Work:
    """A worker reads, runs and reduces one picture at a time, into a batch that no other has."""

    def __init__(
        self, reducer: Reducer, settings: Settings, ledger: Ledger, write_every: float
    ) -> None:
        self._reducer = reducer
        self._settings = settings
        self._ledger = ledger
        self._write_every = write_every
        self._idle: list[tuple[float, Batch]] = []
        """Batches that no worker has, and when they were begun."""

    def take(self, item: Item) -> tuple[Outcome, Batch | None]:
        """Add a picture to a batch, and return the batch if it is to be written."""
        try:
            begun, batch = self._idle.pop()
        except IndexError:
            begun, batch = time.monotonic(), Batch.empty(self._settings)
        try:
            outcome = self._add(item, batch)
        except ActiscopeError as error:
            batch.failures.append((item.name, str(error)))
            outcome = "failed"
        if time.monotonic() - begun >= self._write_every:
            return outcome, batch
        self._idle.append((begun, batch))
        return outcome, None

    def _add(self, item: Item, batch: Batch) -> Outcome:
        """Add a picture to a batch, unless another one has the same bytes."""
        data = item.read()
        image = content_id(data)
        known = self._ledger.has(image)
        added = not known and self._reducer.add(batch, image, data, self._ledger.claim)
        batch.files.append((item.located(), image))
        return "added" if added else "copies"

    def rest(self) -> Batch:
        """Return what no worker has taken to be written."""
        rest = Batch.empty(self._settings)
        for _, batch in self._idle:
            rest.merge(batch)
        return rest

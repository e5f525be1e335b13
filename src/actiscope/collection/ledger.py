"""Which pictures an index has, or is about to have, for all who add some at the same time."""

import threading
import time

from actiscope.collection.settings import Batch
from actiscope.collection.sources import Item
from actiscope.collection.store import Store

_PAUSE = 4
"""How long nothing is written after a writing, as a multiple of the time that it took."""


class Ledger:
    """What keeps a picture from being counted twice; may be asked from several threads.

    Parameters
    ----------
    store : Store
        The index, opened for writing.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._totals = store.accumulators()
        self._is_new = not store.rows("SELECT 1 FROM files LIMIT 1")
        self._claimed: set[int] = set()
        """Pictures that are in a batch."""
        self._unwritten = Batch([])
        self._due = 0.0
        self._lock = threading.Lock()

    def has_file(self, item: Item) -> bool:
        """Say whether a file is in the index and has not changed since."""
        return not self._is_new and self._store.has_file(item)

    def known(self, images: list[int]) -> list[bool]:
        """Say which pictures are in the index, or claimed, by their ids."""
        with self._lock:
            known = self._known(images)
        return [image in known for image in images]

    def claim(self, images: list[int]) -> list[bool]:
        """Say which pictures may be added; the first who asks for one may."""
        free = []
        with self._lock:
            known = self._known(images)
            for image in images:
                free.append(image not in known)
                if free[-1]:
                    known.add(image)
                    self._claimed.add(image)
        return free

    def _known(self, images: list[int]) -> set[int]:
        return self._claimed.intersection(images) | self._store.images_among(images)

    def write(self, batch: Batch, *, last: bool = False) -> None:
        """Add a batch of claimed pictures to the index; as `Store.write`, and with its errors.

        Where many workers come with batches of many layers, one writing is for several of them.
        """
        for total, more in zip(self._totals, batch.accumulators, strict=True):
            total.merge(more)
            total.images.clear()  # they are claimed, then in the store
        self._unwritten.note(batch)
        is_empty = not (self._unwritten.files or self._unwritten.failures)
        started = time.monotonic()
        if not last and (is_empty or started < self._due):
            return
        self._store.write(self._unwritten, self._totals, last=last)
        self._due = time.monotonic() + _PAUSE * (time.monotonic() - started)
        with self._lock:
            self._claimed.difference_update(self._unwritten.placements)
        self._unwritten = Batch([])

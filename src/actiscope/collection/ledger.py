"""Which pictures an index has, or is about to have, for all who add some at the same time."""

import threading

from actiscope.collection.settings import Batch
from actiscope.collection.sources import Item
from actiscope.collection.store import Store


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
        self._claimed: set[int] = set()
        """Pictures that are in a batch."""
        self._lock = threading.Lock()

    def has_file(self, item: Item) -> bool:
        """Say whether a file is in the index and has not changed since."""
        return self._store.has_file(item)

    def has(self, image: int) -> bool:
        """Say whether a picture is in the index, or claimed, by its id."""
        with self._lock:
            return self._has(image)

    def claim(self, image: int) -> bool:
        """Say whether a picture may be added; the first who asks for it may."""
        with self._lock:
            if self._has(image):
                return False
            self._claimed.add(image)
            return True

    def _has(self, image: int) -> bool:
        return image in self._claimed or self._store.has_image(image)

    def write(self, batch: Batch) -> None:
        """Add a batch of claimed pictures to the index; errors as for `Store.write`."""
        if not batch.files and not batch.failures:
            return
        for total, more in zip(self._totals, batch.accumulators, strict=True):
            total.merge(more)
            total.images.clear()  # the store knows them
        self._store.write(batch, self._totals)
        with self._lock:
            self._claimed.difference_update(batch.placements)

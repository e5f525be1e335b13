"""Results that are kept, under a budget of bytes."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from actiscope.web.errors import GoneError

Value = TypeVar("Value")
Key = tuple[str, ...]


class Cache:
    """Results by key, the least recently used dropped first. It belongs to one event loop.

    Parameters
    ----------
    most_bytes : int
        What all results together may take; a larger one is not kept.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._kept: OrderedDict[Key, tuple[Any, int]] = OrderedDict()
        self._coming: dict[Key, asyncio.Future[Any]] = {}
        self.bytes = 0

    def get(self, key: Key) -> Any:
        """Return a result if it is kept, else None."""
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key][0]

    async def once(
        self, key: Key, work: Callable[[], Awaitable[Value]], cost: Callable[[Value], int]
    ) -> Value:
        """Return a result: the one that is kept, the one that is coming, or a new one.

        Parameters
        ----------
        key : tuple of str
            What names it; the first is the picture.
        work : callable
            Gives it. What it raises is raised for all who wait for it, but for `GoneError`: then
            the next of them does the work.
        cost : callable
            Says how many bytes it takes.

        Returns
        -------
        object
            The result.
        """
        while key in self._coming:
            try:
                return await asyncio.shield(self._coming[key])
            except GoneError:
                continue
        kept: Value | None = self.get(key)
        if kept is not None:
            return kept
        coming = self._coming[key] = asyncio.get_running_loop().create_future()
        try:
            value = await work()
        except BaseException as error:
            coming.set_exception(error if isinstance(error, Exception) else GoneError("cancelled"))
            coming.exception()  # nobody has to be waiting for it
            raise
        else:
            coming.set_result(value)
            self.keep(key, value, cost(value))
            return value
        finally:
            del self._coming[key]

    def forget(self, picture: str) -> None:
        """Drop all results of a picture."""
        for key in [key for key in self._kept if key[0] == picture]:
            self.bytes -= self._kept.pop(key)[1]

    def keep(self, key: Key, value: Any, size: int) -> None:
        """Keep a result of some bytes, unless it is larger than the budget."""
        if size > self._most or key in self._kept:
            return
        self._kept[key] = value, size
        self.bytes += size
        while self.bytes > self._most:
            _, (_, freed) = self._kept.popitem(last=False)
            self.bytes -= freed

"""Blocking work, a little at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from actiscope.web.errors import BusyError, GoneError

Result = TypeVar("Result")
Gone = Callable[[], Awaitable[bool]]


class Engine:
    """Runs work in threads: some at a time, some may wait, the rest is refused.

    Parameters
    ----------
    running, waiting : int
        How many run, and how many may wait.
    """

    def __init__(self, running: int, waiting: int) -> None:
        self._pool = ThreadPoolExecutor(running, "actiscope")
        self._free = asyncio.Semaphore(running)
        self._most = running + waiting
        self._asked = 0

    async def run(
        self,
        work: Callable[[], Result],
        gone: Gone,
        on_wait: Callable[[], object] = lambda: None,
    ) -> Result:
        """Do work when its turn comes.

        Parameters
        ----------
        work : callable
            Runs in a thread.
        gone : callable
            Says whether nobody waits for the result any more; asked when the turn comes.

        on_wait : callable
            Called if it has to wait for its turn.

        Returns
        -------
        object
            What the work returned.

        Raises
        ------
        BusyError
            If too many wait already.
        GoneError
            If nobody waits for it any more.
        """
        if self._asked >= self._most:
            raise BusyError(f"{self._most} requests wait already; try again in a second")
        self._asked += 1
        if self._free.locked():
            on_wait()
        try:
            async with self._free:
                if await gone():
                    raise GoneError("the client has gone")
                return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._asked -= 1

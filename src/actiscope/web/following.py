"""Long work that says how far it is, and that ends when nobody waits for it."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable
from typing import Generic, TypeVar

from actiscope.web.engine import Engine, Gone
from actiscope.web.errors import GoneError

Result = TypeVar("Result")
Tell = Callable[[int, int], None]

WAITING = (0, 0)
"""The first step of what has to wait for its turn."""


class Following(Generic[Result]):
    """Work in a thread of an engine, as steps to iterate over: (done, of how many).

    Parameters
    ----------
    engine : Engine
        Where it runs, or is refused.
    work : callable
        Is given a function to call with how much is done and how much there is; where nobody
        follows any more, that raises `GoneError`.
    gone : callable
        As for `Engine.run`.
    """

    def __init__(self, engine: Engine, work: Callable[[Tell], Result], gone: Gone) -> None:
        self._loop = asyncio.get_running_loop()
        self._steps: asyncio.Queue[tuple[int, int] | None] = asyncio.Queue()
        self._left = threading.Event()
        self._task = asyncio.ensure_future(
            engine.run(lambda: work(self._tell), gone, lambda: self._steps.put_nowait(WAITING))
        )
        self._task.add_done_callback(self._end)

    async def __aiter__(self) -> AsyncGenerator[tuple[int, int], None]:
        """Yield how far it is, until it has ended; leaving before that ends it."""
        try:
            while (step := await self._steps.get()) is not None:
                yield step
        finally:
            self._left.set()

    async def result(self) -> Result:
        """Return what the work returned, or raise what it raised, when it has ended."""
        return await self._task

    def _tell(self, done: int, total: int) -> None:
        if self._left.is_set():
            raise GoneError("the client has gone")
        self._loop.call_soon_threadsafe(self._steps.put_nowait, (done, total))

    def _end(self, task: "asyncio.Future[Result]") -> None:
        self._steps.put_nowait(None)
        if not task.cancelled():
            task.exception()  # nobody has to be waiting for it

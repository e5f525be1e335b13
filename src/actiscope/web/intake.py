"""Bodies of requests, under a budget of bytes."""

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from actiscope.web.errors import CrowdedError, TooLargeError


class Intake:
    """Bounds what one request sends, and what all that are not answered yet have sent.

    Parameters
    ----------
    one, together : int
        Bytes of one body, and of all at a time.
    """

    def __init__(self, one: int, together: int) -> None:
        self._one = one
        self._together = together
        self.bytes = 0

    @contextmanager
    def limit(self, scope: Scope, receive: Receive) -> Iterator[Receive]:
        """Count the body of a request for as long as the request lasts.

        It counts for what it says that it has, or for more once more has come: it need not say
        how long it is, nor truly.

        Parameters
        ----------
        scope, receive
            The request.

        Yields
        ------
        callable
            Receives it; like this method, it raises what is listed here.

        Raises
        ------
        TooLargeError
            If it is larger than a body may be.
        CrowdedError
            If all together are.
        """
        counted = received = 0

        def count(size: int) -> None:
            nonlocal counted
            if size > self._one:
                raise TooLargeError(f"a request has at most {self._one:,} bytes")
            more = max(size - counted, 0)
            if more and self.bytes + more > self._together:
                raise CrowdedError("too much is being sent at a time; try again in a second")
            self.bytes += more
            counted += more

        async def counting() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            count(received)
            return message

        try:
            count(_declared(scope))
            yield counting
        finally:
            self.bytes -= counted


def _declared(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "")
    return int(length) if length.isascii() and length.isdecimal() and len(length) < 20 else 0

"""Many pictures through a network, on all cores."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

from actiscope.activations import Activations
from actiscope.checks import Size
from actiscope.errors import ActiscopeError
from actiscope.images import ImageSource
from actiscope.networks.network import LayerKeys, Network

_AHEAD = 2
"""Pictures under way for each worker: memory does not grow with the number of pictures."""


def stream(
    network: Network,
    images: Iterable[ImageSource],
    layers: LayerKeys,
    *,
    size: Size | None = None,
    workers: int | None = None,
    on_error: Callable[[int, ActiscopeError], None] | None = None,
) -> Iterator[tuple[int, dict[str, Activations]]]:
    """Run a network on many pictures; each worker reads, prepares and runs one at a time.

    Meanwhile NumPy's matrix products, with which pictures are resized, take one thread each: as
    many as there are cores in each worker would wait for each other.

    Parameters
    ----------
    network : Network
        The network.
    images : iterable of pictures
        Whatever `actiscope.read_image` reads; taken as they are needed.
    layers : list of str, int or Layer
        Which layers, in one pass.
    size : int or (int, int), optional
        As for `Network.activations`. Without it pictures may differ in size.
    workers : int, optional
        How many threads, each with an engine of one thread; one a core by default.
    on_error : callable, optional
        Called with the number of a picture that cannot be read or run and the reason; it is then
        left out. Without it the first such picture ends the stream.

    Yields
    ------
    int
        Number of the picture, from 0, in order.
    dict of str to Activations
        Its answer, by layer.

    Raises
    ------
    ActiscopeError
        As for `Network.activations`, unless `on_error` is given.
    """
    from threadpoolctl import threadpool_limits

    workers = workers or _cores()
    names = [network.layers.find(layer).name for layer in layers]
    waiting: deque[tuple[int, Future[dict[str, Activations]]]] = deque()
    numbered = enumerate(images)
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(workers) as pool:

        def submit(count: int) -> None:
            for number, image in islice(numbered, count):
                waiting.append((number, pool.submit(answer, image)))

        def answer(image: ImageSource) -> dict[str, Activations]:
            return network.activations(image, names, size=size, threads=1)

        try:
            submit(_AHEAD * workers)
            while waiting:
                number, running = waiting.popleft()
                try:
                    found = running.result()
                except ActiscopeError as error:
                    if on_error is None:
                        raise
                    on_error(number, error)
                else:
                    yield number, found
                submit(1)
        finally:
            for _, running in waiting:
                running.cancel()


def _cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

"""Many pictures through a network, on all cores."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

from actiscope.activations import Activations
from actiscope.checks import Size
from actiscope.errors import ActiscopeError, without_frames
from actiscope.images import ImageSource
from actiscope.networks.cores import cores
from actiscope.networks.network import LayerKeys, Network

Given = TypeVar("Given")
Result = TypeVar("Result")

_AHEAD = 2
"""Calls under way for each worker: memory does not grow with how many there are."""


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
        How many threads, each with an engine of one thread, or of all where runs wait in turn;
        one a core by default.
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
    names = [network.layers.find(layer).name for layer in layers]
    threads = threads_of_each(network)

    def answer(image: ImageSource) -> dict[str, Activations] | ActiscopeError:
        try:
            return network.activations(image, names, size=size, threads=threads)
        except ActiscopeError as error:
            return without_frames(error)

    for number, found in enumerate(run_ahead(network, answer, images, workers)):
        if not isinstance(found, ActiscopeError):
            yield number, found
        elif on_error is None:
            raise found
        else:
            on_error(number, found)


def map_ahead(
    function: Callable[[Given], Result], given: Iterable[Given], workers: int | None = None
) -> Iterator[Result]:
    """Call a function on everything in worker threads, and give the results in order.

    Parameters
    ----------
    function : callable
        What is called, in several threads at once.
    given : iterable
        What it is called on; taken as it is needed.
    workers : int, optional
        How many threads; one a core by default.

    Yields
    ------
    result
        What the function returned. An exception ends the iteration.
    """
    from threadpoolctl import threadpool_limits

    workers = workers or cores()
    coming = iter(given)
    waiting: deque[Future[Result]] = deque()
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(workers) as pool:
        try:
            waiting.extend(pool.submit(function, each) for each in islice(coming, _AHEAD * workers))
            while waiting:
                yield waiting.popleft().result()
                waiting.extend(pool.submit(function, each) for each in islice(coming, 1))
        finally:
            for running in waiting:
                running.cancel()


def run_ahead(
    network: Network,
    function: Callable[[Given], Result],
    given: Iterable[Given],
    workers: int | None = None,
) -> Iterator[Result]:
    """Do what `map_ahead` does with a function that runs a network, which stays where it runs."""
    with network.at_work():
        yield from map_ahead(function, given, workers)


def threads_of_each(network: Network) -> int:
    """Return how many threads each of several runs takes: one, or all where they wait in turn."""
    return 1 if network.is_concurrent else 0

"""Pictures through the network, and what is kept of its answers."""

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from actiscope.activations import Placement, Values
from actiscope.collection.reduction import Reduced, reduce_maps
from actiscope.collection.settings import Settings
from actiscope.errors import ActiscopeError, NetworkError, without_frames
from actiscope.images import read_image
from actiscope.images.pixels import Pixels
from actiscope.networks import Network

Given = TypeVar("Given")
Found = TypeVar("Found")
_Prepared = tuple[Pixels, Placement]

_MOST = 16
_VALUES = 16 << 20
"""Pictures that are run at a time, or as many as give so many bytes of values."""
_PIXELS = 16 << 20
"""Bytes of pictures that are kept until they are resized."""


@dataclass(frozen=True)
class Answer:
    """What a picture adds to an index.

    Parameters
    ----------
    placement : Placement
        Where the network's input lies on the picture.
    layers : list of Reduced
        What the layers of the index answered.
    """

    placement: Placement
    layers: list[Reduced]


class Reducer:
    """Runs a network on pictures, and keeps what an index wants of the values.

    Stage by stage, since each is faster when it follows itself: a processor's caches then hold its
    code, the weights of the network or the tables of the reduction.

    Parameters
    ----------
    network : Network
        The network.
    settings : Settings
        What the index is built with.
    threads : int
        Of the engine, as for `Network.activations`.
    """

    def __init__(self, network: Network, settings: Settings, *, threads: int = 1) -> None:
        self._network = network
        self._threads = threads
        self._settings = settings
        self._names = [layer.name for layer in settings.layers]

    def at_work(self, *, keeps_memory: bool) -> AbstractContextManager[None]:
        """Keep what runs need, between runs, and the memory that they take, if it is to be kept."""
        if not keeps_memory:
            return self._network.at_work()
        nothing = np.zeros((*self._network.input_size, 3), dtype=np.uint8)
        return self._network.at_work(self._place(nothing)[1].input_size)

    @property
    def most(self) -> int:
        """How many pictures are well run at a time: their values are kept until all have been."""
        return max(1, min(_MOST, _VALUES // self._settings.bytes_of_values))

    def run(self, files: Sequence[bytes]) -> list[Answer | ActiscopeError]:
        """Run pictures, given their files, and return what each adds, or why it does not."""
        answers = [_attempt(self._values, picture) for picture in self._prepared(files)]
        return [_attempt(self._reduce, answer) for answer in answers]

    def _prepared(self, files: Sequence[bytes]) -> Iterator[_Prepared | ActiscopeError]:
        """Bring pictures to their size, once so many have been read as are well kept."""
        images: list[Pixels | ActiscopeError] = []
        for data in files:
            images.append(_attempt(read_image, io.BytesIO(data)))
            if sum(image.nbytes for image in images if isinstance(image, np.ndarray)) > _PIXELS:
                yield from [_attempt(self._place, image) for image in images]
                images = []
        yield from [_attempt(self._place, image) for image in images]

    def _place(self, image: Pixels) -> _Prepared:
        return self._network.preparation.place(image, self._settings.size)

    def _values(self, picture: _Prepared) -> tuple[Placement, list[Values]]:
        pixels, placement = picture
        size = placement.input_size
        answers = self._network.activations(pixels, self._names, size=size, threads=self._threads)
        return placement, [answer.maps for answer in answers.values()]

    def _reduce(self, answered: tuple[Placement, list[Values]]) -> Answer:
        placement, values = answered
        found = []
        for layer, maps in zip(self._settings.layers, values, strict=True):
            expected = (layer.channels, layer.rows, layer.cols)
            if maps.shape != expected:
                raise NetworkError(
                    f"layer {layer.name!r} gives values of another size for this picture: "
                    f"{maps.shape} instead of {expected}"
                )
            try:
                found.append(reduce_maps(maps, self._settings.per_image))
            except NetworkError as error:
                raise NetworkError(f"{error}: {layer.name!r} does") from None
        return Answer(placement, found)


def _attempt(
    function: Callable[[Given], Found], given: Given | ActiscopeError
) -> Found | ActiscopeError:
    """Call a function, unless there is an error already."""
    if isinstance(given, ActiscopeError):
        return given
    try:
        return function(given)
    except ActiscopeError as error:
        return without_frames(error)

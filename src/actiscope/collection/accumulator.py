"""What the channels of a layer answered to, over any number of pictures, in bounded memory.

An accumulator takes pictures one by one, or the accumulators of others; the same pictures give the
same bytes in any order and any split.
"""

import io
from typing import Any

import numpy as np
import numpy.typing as npt

from actiscope.activations import Values
from actiscope.collection.histogram import BINS
from actiscope.collection.reduction import Reduced
from actiscope.collection.sums import add_exactly, empty_sums
from actiscope.errors import ArgumentError

_NOWHERE = -1
_CANDIDATES = 64
"""Pictures whose strongest units are sorted in at a time."""
_ADDED = ("units", "active", "sums", "counts")
_RANKED = ("top_values", "top_images", "top_positions")
_Units = tuple[Values, npt.NDArray[np.int64], npt.NDArray[np.int32]]
"""Values, pictures and positions, each (C, n)."""


class Accumulator:
    """Statistics and strongest units of every channel of one layer.

    Parameters
    ----------
    channels : int
        How many channels the layer has.
    top : int
        How many units are kept for each.
    per_image : int
        At most how many of them are of one picture.

    Attributes
    ----------
    images : set of int
        Ids of the pictures in it.
    units : ndarray of int64, ()
        How many values each channel gave.
    active : ndarray of int64, (C,)
        In how many pictures its largest value lies above zero.
    low, high : ndarray of float32, (C,)
        Its smallest and largest value.
    sums : ndarray of int64
        As in `actiscope.collection.sums`, (2, C, pieces): of its values, and of their squares.
    counts : ndarray of int64, (C, BINS)
        As in `actiscope.collection.histogram`.
    top_values, top_images, top_positions : ndarray, (C, top)
        Its strongest units: value, id of the picture, and position in the map in reading order, -1
        where there are fewer. Of equal values the lower id is first, then the lower position.
    """

    def __init__(self, channels: int, *, top: int = 25, per_image: int = 1) -> None:
        if top < 1 or per_image < 1:
            raise ArgumentError("top and per_image are at least 1")
        self.top = top
        self.per_image = per_image
        self.images: set[int] = set()
        self.units = np.zeros((), dtype=np.int64)
        self.active = np.zeros(channels, dtype=np.int64)
        self.low = np.full(channels, np.inf, dtype=np.float32)
        self.high = np.full(channels, -np.inf, dtype=np.float32)
        self.sums = empty_sums(2, channels)
        self.counts = np.zeros((channels, BINS), dtype=np.int64)
        self._candidates: list[_Units] = []
        self.top_values = np.full((channels, top), -np.inf, dtype=np.float32)
        self.top_images = np.full((channels, top), np.iinfo(np.int64).max, dtype=np.int64)
        self.top_positions = np.full((channels, top), _NOWHERE, dtype=np.int32)

    @property
    def channels(self) -> int:
        """How many channels the layer has."""
        return len(self.active)

    def add(self, image: int, answer: Reduced) -> None:
        """Take what the layer answered to a picture; nothing happens if it has been taken.

        Parameters
        ----------
        image : int
            Id of the picture, 64 bits.
        answer : Reduced
            Its values, with `per_image` of the strongest.
        """
        if image in self.images:
            return
        self.images.add(image)
        self.units += answer.units
        self.active += answer.high > 0
        np.minimum(self.low, answer.low, out=self.low)
        np.maximum(self.high, answer.high, out=self.high)
        add_exactly(self.sums, answer.sums)
        np.add.at(self.counts.reshape(-1), answer.cells, answer.times)
        images = np.full(answer.positions.shape, image, dtype=np.int64)
        self._candidates.append((answer.values, images, answer.positions))
        if len(self._candidates) == _CANDIDATES:
            self._settle()

    def _settle(self) -> None:
        """Keep the strongest of those that are kept and of the candidates."""
        if not self._candidates:
            return
        kept = (self.top_values, self.top_images, self.top_positions)
        several = zip(kept, *self._candidates, strict=True)
        values, images, positions = (np.concatenate(each, axis=1) for each in several)
        self._candidates.clear()
        order = np.lexsort((positions, images, -values), axis=1)[:, : self.top]
        self.top_values, self.top_images, self.top_positions = (
            np.take_along_axis(each, order, axis=1) for each in (values, images, positions)
        )

    def merge(self, other: "Accumulator") -> None:
        """Take all that another accumulator has.

        Parameters
        ----------
        other : Accumulator
            Of the same layer, with other pictures.

        Raises
        ------
        ArgumentError
            If it has pictures that are here, too, or other settings.
        """
        if (self.channels, self.top, self.per_image) != (
            other.channels, other.top, other.per_image,
        ):  # fmt: skip
            raise ArgumentError("accumulators of different layers or settings cannot be merged")
        shared = self.images & other.images
        if shared:
            raise ArgumentError(f"{len(shared)} pictures are in both accumulators")
        self.images |= other.images
        for name in _ADDED:
            mine = getattr(self, name)
            np.add(mine, getattr(other, name), out=mine)
        np.minimum(self.low, other.low, out=self.low)
        np.maximum(self.high, other.high, out=self.high)
        other._settle()
        self._candidates.append((other.top_values, other.top_images, other.top_positions))
        self._settle()

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return all that it knows, by name, but for which pictures it has."""
        self._settle()
        return {name: getattr(self, name) for name in (*_ADDED, "low", "high", *_RANKED)}

    def to_bytes(self) -> bytes:
        """Return `arrays` as bytes, the same for the same pictures."""
        buffer = io.BytesIO()
        for array in self.arrays().values():
            np.lib.format.write_array(buffer, array, allow_pickle=False)
        return buffer.getvalue()

    def read(self, data: bytes) -> None:
        """Become what `to_bytes` gave; which pictures are in it is then known elsewhere."""
        buffer = io.BytesIO(data)
        for name in self.arrays():
            setattr(self, name, np.lib.format.read_array(buffer, allow_pickle=False))

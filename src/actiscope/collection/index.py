"""What an index says: of channels, of pictures, and which pictures are alike."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from actiscope.activations import Placement, Values
from actiscope.checks import check_channels
from actiscope.collection.accumulator import Accumulator
from actiscope.collection.ids import hex_id
from actiscope.collection.settings import IndexedLayer
from actiscope.collection.sources import Item
from actiscope.collection.store import Store
from actiscope.collection.summaries import ChannelSummary, summarize
from actiscope.collection.sums import exact_totals
from actiscope.errors import ArgumentError, LayerNotFoundError
from actiscope.geometry import Box
from actiscope.networks import Network

_AT_A_TIME = 4096


@dataclass(frozen=True)
class TopUnit:
    """A unit that answered strongly.

    Parameters
    ----------
    value : float
        Its value.
    image : str
        Id of the picture, 16 hexadecimal digits.
    name : str
        A file that holds the picture; the first by name if there are several.
    row, col : int
        The unit, from 0.
    field : Box
        What it can see of the picture as it was given, in pixels, but for what resizing blends in
        from just beyond its edges.
    """

    value: float
    image: str
    name: str
    row: int
    col: int
    field: Box


class Near(NamedTuple):
    """A picture that is like another one.

    Parameters
    ----------
    cosine : float
        Cosine of the angle between their mean activations, -1 to 1.
    image : str
        Id of the picture.
    name : str
        As for `TopUnit`.
    """

    cosine: float
    image: str
    name: str


class Index:
    """An index, opened to be read.

    Parameters
    ----------
    path : path-like
        The file that `build` made.

    Raises
    ------
    ArgumentError
        If it is none.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.store = Store(path)
        self.settings = self.store.settings
        self._accumulator = lru_cache(maxsize=1)(self.store.accumulator)

    def __enter__(self) -> "Index":
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()

    @property
    def images(self) -> int:
        """How many pictures are in it."""
        return int(self.store.rows("SELECT count(*) FROM images")[0][0])

    @property
    def finished(self) -> bool:
        """Whether the last build came to its end; else it was stopped, or goes on."""
        return bool(self.store.rows("SELECT finished FROM writes")[0][0])

    @property
    def failures(self) -> dict[str, str]:
        """Names of what could not be read or run, and why."""
        return dict(self.store.rows("SELECT name, reason FROM failures ORDER BY name, start"))

    @property
    def layer_names(self) -> list[str]:
        """Names of its layers, in the order that they were named in."""
        return [layer.name for layer in self.settings.layers]

    def check_network(self, network: Network) -> None:
        """Refuse a network that it was not built with.

        Raises
        ------
        ArgumentError
            If it is one.
        """
        self.settings.check_network(network.name, network.fingerprint(), self.store.path)

    def layer(self, name: str) -> IndexedLayer:
        """Return a layer, by any name that the network takes for it.

        Raises
        ------
        LayerNotFoundError
            If it is not in the index.
        """
        return self.settings.layers[self._number(name)]

    def channels(self, layer: str) -> list[ChannelSummary]:
        """Return what all channels of a layer answered, in order.

        Raises
        ------
        LayerNotFoundError
            If it is not in the index.
        ArgumentError
            If there is no picture in the index.
        """
        found = self._known(layer)
        of = self.layer(layer)
        images = int(found.units) // (of.rows * of.cols)
        sums, squares = map(exact_totals, found.sums)
        return [
            summarize(found, channel, images, sums[channel], squares[channel])
            for channel in range(found.channels)
        ]

    def channel(self, layer: str, channel: int) -> ChannelSummary:
        """Return what one channel answered; errors as for `channels` and `top`."""
        self.check_channel(layer, channel)
        return self.channels(layer)[channel]

    def check_channel(self, layer: str, channel: int) -> None:
        """Refuse a channel or a layer that is not there, as `top` does."""
        check_channels([channel], self.layer(layer).channels)

    def histogram(self, layer: str, channel: int) -> npt.NDArray[np.int64]:
        """Return how many values of a channel fell into each bin of `histogram.edges`."""
        self.check_channel(layer, channel)
        return np.asarray(self._known(layer).counts[channel])

    def top(self, layer: str, channel: int) -> list[TopUnit]:
        """Return the units of a channel that answered most strongly.

        Parameters
        ----------
        layer : str
            Its name.
        channel : int
            From 0.

        Returns
        -------
        list of TopUnit
            The strongest first.

        Raises
        ------
        LayerNotFoundError
            If the layer is not in the index.
        ChannelError
            If there is no such channel.
        ArgumentError
            If there is no picture in the index.
        """
        of = self.layer(layer)
        self.check_channel(layer, channel)
        found = self._known(layer)
        ranked = zip(
            found.top_values[channel].tolist(),
            found.top_images[channel].tolist(),
            found.top_positions[channel].tolist(),
            strict=True,
        )
        return [self._unit(of, *each) for each in ranked if each[2] >= 0]

    def answering(self, layer: str, channel: int) -> list[TopUnit]:
        """Return those of `top` that answer to something; errors as for it.

        Zeros do not where nothing lies below: where a ReLU lets nothing pass, all units are alike.
        """
        ranked = self.top(layer, channel)
        is_signed = self._known(layer).low[channel] < 0
        return [unit for unit in ranked if unit.value or is_signed]

    def _unit(self, layer: IndexedLayer, value: float, image: int, position: int) -> TopUnit:
        row, col = divmod(position, layer.cols)
        placement = self.placement(image)
        geometry = placement.on_image(layer.geometry)
        field = geometry.field(row, col, placement.image_size)
        if geometry.is_global:
            field = Box(0, 0, *placement.image_size)
        return TopUnit(value, hex_id(image), self.item(image).name, row, col, field)

    def placement(self, image: int) -> Placement:
        """Return where what the network was fed lies on a picture, by its id."""
        ((text,),) = self.store.rows("SELECT placement FROM images WHERE id = ?", image)
        return Placement(**{name: tuple(pair) for name, pair in json.loads(text).items()})

    def items(self, image: int) -> list[Item]:
        """Return the files that hold a picture, by its id and in the order of their names."""
        query = "SELECT name, path, start, size, stamp FROM files WHERE id = ? ORDER BY name"
        return [
            Item(name, os.fsdecode(path), *rest)
            for name, path, *rest in self.store.rows(query, image)
        ]

    def item(self, image: int) -> Item:
        """Return the first of the files that hold a picture."""
        return self.items(image)[0]

    def nearest(self, layer: str, maps: Values, top: int = 10) -> list["Near"]:
        """Return the pictures whose mean activations are most alike.

        Parameters
        ----------
        layer : str
            Its name.
        maps : ndarray of float32, (C, H, W)
            What the layer answers to a picture.
        top : int
            How many.

        Returns
        -------
        list of Near
            The nearest first.

        Raises
        ------
        LayerNotFoundError
            If the layer is not in the index.
        """
        wanted = _unit_length(maps.mean(axis=(1, 2), dtype=np.float64)[np.newaxis])[0]
        best: list[tuple[float, int]] = []
        for ids, vectors in self._features(layer):
            likeness = _unit_length(vectors) @ wanted
            best += zip((-likeness).tolist(), ids, strict=True)
            best = sorted(best)[:top]
        return [Near(-less, hex_id(image), self.item(image).name) for less, image in best]

    def _features(self, layer: str) -> Iterator[tuple[list[int], npt.NDArray[np.float64]]]:
        number, last = self._number(layer), -(1 << 63)
        query = "SELECT id, vector FROM features WHERE layer = ? AND id {} ? ORDER BY id LIMIT ?"
        rows = self.store.rows(query.format(">="), number, last, _AT_A_TIME)
        while rows:
            vectors = np.frombuffer(b"".join(vector for _, vector in rows), "<f4")
            yield [image for image, _ in rows], vectors.reshape(len(rows), -1).astype(np.float64)
            rows = self.store.rows(query.format(">"), number, rows[-1][0], _AT_A_TIME)

    def _number(self, layer: str) -> int:
        names = self.layer_names
        if layer in names:
            return names.index(layer)
        for number, each in enumerate(self.settings.layers):
            if layer in each.other_names:
                return number
        raise LayerNotFoundError(f"no layer {layer!r} in the index: it has {', '.join(names)}")

    def _known(self, layer: str) -> Accumulator:
        found = self._accumulator(self._number(layer))
        if not found.units:
            raise ArgumentError(f"there is no picture in {self.store.path}")
        return found


def _unit_length(vectors: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(length > 0, length, 1)

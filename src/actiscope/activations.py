"""What running a network gives."""

import io
import json
import os
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from actiscope.checks import check_channels
from actiscope.errors import ArgumentError
from actiscope.files import write_file
from actiscope.geometry import Geometry
from actiscope.layers import Layer, format_size
from actiscope.pictures import Picture, bar_chart, channel_grid, default_tile_size

Values = npt.NDArray[np.float32]
Later = Callable[[], Values]
"""Values that are worked out when they are looked at."""


@dataclass(frozen=True)
class Placement:
    """Where what a network was fed lies on the picture as it was given.

    Parameters
    ----------
    image_size : (int, int)
        Height and width of the picture as it was given.
    input_size : (int, int)
        Height and width of what the network was fed.
    factor : (float, float)
        Pixels given for one pixel after resizing, by rows and columns.
    corner : (int, int)
        Rows and columns that were cut away above and at the left, after resizing.
    """

    image_size: tuple[int, int]
    input_size: tuple[int, int]
    factor: tuple[float, float] = (1.0, 1.0)
    corner: tuple[int, int] = (0, 0)

    def on_image(self, geometry: Geometry) -> Geometry:
        """Return where units look on the picture as given, from where they look on the input."""
        return geometry.shifted(*self.corner).scaled(*self.factor)


class Activations:
    """The values of one layer for one picture, or for several.

    NumPy functions take it as an array: ``np.asarray(activations)`` is `values`.

    Parameters
    ----------
    values : ndarray of float32, or a function that returns it
        (C, H, W) for one picture, (N, C, H, W) for several; other axes as `layer.axes` says.
    layer : Layer
        The layer.
    network : str
        Name of the network.
    placements : tuple of Placement
        Where the input lies on each picture.
    several : bool
        Whether the first axis is that of several pictures.
    """

    def __init__(
        self,
        values: Values | Later,
        layer: Layer,
        network: str,
        placements: tuple[Placement, ...],
        several: bool = False,
    ) -> None:
        self._values = values
        self.layer = layer
        self.network = network
        self.placements = placements
        self.several = several

    @property
    def values(self) -> Values:
        """The values, read-only."""
        self._values = now(self._values)
        self._values.setflags(write=False)
        return self._values

    def __reduce__(self) -> tuple[Any, ...]:
        state = (self.values, self.layer, self.network, self.placements, self.several)
        return type(self), state

    def __array__(
        self, dtype: npt.DTypeLike | None = None, copy: bool | None = None
    ) -> npt.NDArray[Any]:
        return np.array(self.values, dtype=dtype, copy=copy)

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, index: int) -> "Activations":
        """Return the activations of one picture of several, from 0."""
        if not self.several:
            raise ArgumentError("these are activations of one picture; index .values instead")
        if not 0 <= index < len(self.values):
            raise ArgumentError(f"no picture {index}: pictures are 0-{len(self.values) - 1}")
        return Activations(self.values[index], self.layer, self.network, (self.placements[index],))

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of `values`."""
        return self.values.shape

    @cached_property
    def maps(self) -> Values:
        """The values of one picture as maps, (C, H, W), whatever their axes are.

        Tokens lie on their grid, without those that lie nowhere; a sequence is one row, the slices
        of a volume lie side by side, a feature is one pixel.

        Raises
        ------
        ArgumentError
            If there are several pictures, or the layer found nothing in this one.
        """
        if self.several:
            raise ArgumentError("choose one of the pictures first: activations[0]")
        values, layer = self.values, self.layer
        if not values.size:
            raise ArgumentError(f"layer {layer.name!r} gives no values for this picture")
        if layer.axes == "TC":
            rows, cols = layer.grid or (1, len(values))
            return np.asarray(values[-rows * cols :].T.reshape(-1, rows, cols))
        if layer.axes == "CT":
            rows, cols = layer.grid or (1, values.shape[1])
            return np.asarray(values[:, -rows * cols :].reshape(-1, rows, cols))
        if layer.axes == "CDHW":
            channels, depth, height, width = values.shape
            return values.transpose(0, 2, 1, 3).reshape(channels, height, depth * width)
        if values.ndim < 3:
            return values.reshape(len(values) if values.ndim else 1, 1, -1)
        return np.asarray(values.reshape(*values.shape[:2], -1))

    @cached_property
    def geometry(self) -> Geometry:
        """Where the units look on the picture as it was given.

        Raises
        ------
        ArgumentError
            If there are several pictures that were placed differently.
        """
        if len(set(self.placements)) != 1:
            raise ArgumentError("the pictures differ in size: ask for activations[i].geometry")
        return self.placements[0].on_image(self.layer.geometry)

    @property
    def image_size(self) -> tuple[int, int]:
        """Height and width of the (first) picture as it was given."""
        return self.placements[0].image_size

    @property
    def input_size(self) -> tuple[int, int]:
        """Height and width of what the network was fed."""
        return self.placements[0].input_size

    def channel(self, channel: int) -> Values:
        """Return one channel.

        Parameters
        ----------
        channel : int
            From 0.

        Returns
        -------
        ndarray of float32
            (H, W), of `maps`.

        Raises
        ------
        ChannelError
            If there is no such channel.
        """
        (checked,) = check_channels([channel], len(self.maps))
        return np.asarray(self.maps[checked])

    def grid(self, channels: Sequence[int] | None = None, **options: Any) -> Picture:
        """Draw channels side by side; a vector as bars.

        Parameters
        ----------
        channels : sequence of int, optional
            Which channels, from 0; all by default.
        **options
            As for `actiscope.channel_grid`.

        Returns
        -------
        Picture
            uint8.
        """
        if self.maps.shape[1:] == (1, 1) and options.get("image") is None:
            legend = options.get("legend") or self.layer.name
            return bar_chart(self.maps[:, 0, 0], channels, legend=legend)
        shown = len(self.maps) if channels is None else len(channels)
        if options.get("image") is None and not options.get("tile_size"):
            options["tile_size"] = default_tile_size(self.maps.shape[1:], shown, self.image_size)
        return channel_grid(self.maps, channels, **options)

    def describe(self) -> dict[str, Any]:
        """Return what the values are, as plain data.

        Returns
        -------
        dict
            Name, type and shape of the layer, smallest and largest value, and its geometry: stride,
            centre and extent of unit 0 on the picture, in pixels, None where that is everything.
        """
        return {
            "layer": self.layer.name,
            "type": self.layer.type,
            "shape": list(self.shape),
            "axes": self.layer.axes,
            "min": float(self.values.min()),
            "max": float(self.values.max()),
            "geometry": self.geometry.describe(),
        }

    def __repr__(self) -> str:
        low, high = float(self.values.min()), float(self.values.max())
        return (
            f"<Activations of {self.layer.name!r} in {self.network}: "
            f"{format_size(self.shape)}, {low:.6g} to {high:.6g}>"
        )

    def _repr_png_(self) -> bytes | None:
        one = self[0] if self.several else self
        return one.grid(labels=True, legend=self.layer.name)._repr_png_()


def now(values: Values | Later) -> Values:
    """Return values, worked out if they were left until now."""
    return values() if callable(values) else values


def write_npz(path: str | os.PathLike[str], arrays: Mapping[str, npt.NDArray[Any]]) -> Path:
    """Write arrays to an .npz file, whole or not at all. Any name will do.

    Parameters
    ----------
    path : path-like
        The file.
    arrays : mapping of str to ndarray
        What ``numpy.load(path)[name]`` shall give.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    return write_file(path, npz_bytes(arrays))


def npz_bytes(arrays: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """Return arrays as the bytes of an .npz file; any name will do."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)
    return buffer.getvalue()


def as_arrays(
    found: Mapping[str, Activations], about: Mapping[str, Any]
) -> dict[str, npt.NDArray[Any]]:
    """Return the values of layers for an .npz file, and what they are.

    Parameters
    ----------
    found : mapping of str to Activations
        Those of one picture, by name.
    about : mapping
        What is said of network and picture.

    Returns
    -------
    dict of str to ndarray
        The values by name, and as `meta` JSON text with names, shapes and geometry.
    """
    first = next(iter(found.values()))
    meta = {
        **about,
        "input_size": list(first.input_size),
        "layers": {name: activations.describe() for name, activations in found.items()},
    }
    arrays = {name: activations.values for name, activations in found.items()}
    return {**arrays, "meta": np.array(json.dumps(meta))}

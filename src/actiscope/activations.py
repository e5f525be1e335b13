"""What running a network gives."""

import io
import os
import zipfile
from collections.abc import Mapping, Sequence
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
from actiscope.pictures import Picture, channel_grid, default_tile_size

Values = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Activations:
    """The values of one layer for one picture, or for several.

    NumPy functions take it as an array: ``np.asarray(activations)`` is `values`.

    Parameters
    ----------
    values : ndarray of float32
        (C, H, W) for one picture, (N, C, H, W) for several. Read-only.
    layer : Layer
        The layer.
    network : str
        Name of the network.
    input_size : (int, int)
        Height and width of what the network was fed.
    image_sizes : tuple of (int, int)
        Height and width of each picture as it was given.
    """

    values: Values
    layer: Layer
    network: str
    input_size: tuple[int, int]
    image_sizes: tuple[tuple[int, int], ...]

    def __array__(
        self, dtype: npt.DTypeLike | None = None, copy: bool | None = None
    ) -> npt.NDArray[Any]:
        return np.array(self.values, dtype=dtype, copy=copy)

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, index: int) -> "Activations":
        """Return the activations of one picture of several, from 0."""
        if self.values.ndim != 4:
            raise ArgumentError("these are activations of one picture; index .values instead")
        if not 0 <= index < len(self.values):
            raise ArgumentError(f"no picture {index}: pictures are 0-{len(self.values) - 1}")
        return Activations(
            self.values[index],
            self.layer,
            self.network,
            self.input_size,
            (self.image_sizes[index],),
        )

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of `values`."""
        return self.values.shape

    @cached_property
    def geometry(self) -> Geometry:
        """Where the units look on the picture as it was given.

        Raises
        ------
        ArgumentError
            If there are several pictures of different sizes.
        """
        if len(set(self.image_sizes)) != 1:
            raise ArgumentError("the pictures differ in size: ask for activations[i].geometry")
        (height, width), (fed_height, fed_width) = self.image_sizes[0], self.input_size
        return self.layer.geometry.scaled(height / fed_height, width / fed_width)

    @property
    def image_size(self) -> tuple[int, int]:
        """Height and width of the (first) picture as it was given."""
        return self.image_sizes[0]

    def channel(self, channel: int) -> Values:
        """Return one channel.

        Parameters
        ----------
        channel : int
            From 0.

        Returns
        -------
        ndarray of float32
            (H, W), or (N, H, W) for several pictures.

        Raises
        ------
        ChannelError
            If there is no such channel.
        """
        count = self.values.shape[-3]
        (checked,) = check_channels([channel], count)
        return self.values[..., checked, :, :]

    def grid(self, channels: Sequence[int] | None = None, **options: Any) -> Picture:
        """Draw channels side by side.

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
        if self.values.ndim != 3:
            raise ArgumentError("choose one of the pictures first: activations[0].grid()")
        shown = len(self.values) if channels is None else len(channels)
        if options.get("image") is None and not options.get("tile_size"):
            options["tile_size"] = default_tile_size(self.shape[1:], shown, self.image_size)
        return channel_grid(self.values, channels, **options)

    def describe(self) -> dict[str, Any]:
        """Return what the values are, as plain data.

        Returns
        -------
        dict
            Name, type and shape of the layer, smallest and largest value, and its geometry: stride,
            centre and extent of unit 0 on the picture, in pixels, None where that is everything.
        """
        geometry = self.geometry
        return {
            "layer": self.layer.name,
            "type": self.layer.type,
            "shape": list(self.shape),
            "min": float(self.values.min()),
            "max": float(self.values.max()),
            "geometry": None
            if geometry.is_global
            else {
                "stride": list(geometry.stride),
                "centre": [geometry.rows.centre, geometry.cols.centre],
                "start": [_finite(geometry.rows.start), _finite(geometry.cols.start)],
                "receptive_field": [_finite(extent) for extent in geometry.receptive_field],
            },
        }

    def __repr__(self) -> str:
        low, high = float(self.values.min()), float(self.values.max())
        return (
            f"<Activations of {self.layer.name!r} in {self.network}: "
            f"{format_size(self.shape)}, {low:.6g} to {high:.6g}>"
        )

    def _repr_png_(self) -> bytes | None:
        one = self if self.values.ndim == 3 else self[0]
        return one.grid(labels=True, legend=self.layer.name)._repr_png_()


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
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)
    return write_file(path, buffer.getvalue())


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None

"""Activations as bytes that a page can draw: 8 bits a value, and what is true of each channel.

A sprite is little-endian: the length of a JSON header as uint32; the header, padded with spaces to
a multiple of 4 bytes; low, high, mean and energy of each channel as float32; the index of its first
largest unit as int32; then its values, uint8, channel by channel, row by row. A value is
``low + q / 255 * (high - low)``, to half a step.
"""

import json
import struct
from typing import Any

import numpy as np
import numpy.typing as npt

from actiscope.activations import Activations, Values

_BLOCK = 1 << 15
"""Values that are packed at a time: they stay in the cache."""


def pack_layer(activations: Activations) -> bytes:
    """Pack the activations of a layer for one picture.

    Parameters
    ----------
    activations : Activations
        Of one picture.

    Returns
    -------
    bytes
        A sprite of `activations.maps`. Values that are no finite numbers are counted in the header
        (`not_finite`), drawn as the lowest, and left out of every statistic.
    """
    layer = activations.layer
    geometry = activations.geometry.describe()
    if geometry is not None:
        geometry["field"] = geometry.pop("receptive_field")
    header = {
        "layer": layer.index,
        "name": layer.name,
        "type": layer.type,
        "axes": layer.axes,
        "shape": list(activations.shape),
        "image_size": list(activations.image_size),
        "input_size": list(activations.input_size),
        "geometry": geometry,
    }
    return pack_maps(activations.maps, header)


def pack_maps(maps: Values, about: dict[str, Any]) -> bytes:
    """Pack maps.

    Parameters
    ----------
    maps : ndarray of float32, (C, H, W)
        Not empty.
    about : dict
        What the header says beside sizes and statistics.

    Returns
    -------
    bytes
        A sprite.
    """
    channels, height, width = maps.shape
    statistics = np.zeros((4, channels), dtype="<f4")
    peaks = np.zeros(channels, dtype="<i4")
    drawn = np.zeros(maps.shape, dtype=np.uint8)
    step = max(1, _BLOCK // (height * width))
    for start in range(0, channels, step):
        block = slice(start, start + step)
        peaks[block] = _pack_block(maps[block], statistics[:, block], drawn[block])
    finite = maps if np.isfinite(maps).all() else maps[np.isfinite(maps)]
    p1, p99 = np.percentile(finite, (1, 99)) if finite.size else (0.0, 0.0)
    header = {
        **about,
        "channels": channels,
        "height": height,
        "width": width,
        "min": float(finite.min()) if finite.size else 0.0,
        "max": float(finite.max()) if finite.size else 0.0,
        "p1": float(p1),
        "p99": float(p99),
        "not_finite": maps.size - finite.size,
    }
    text = json.dumps(header, allow_nan=False).encode()
    text += b" " * (-len(text) % 4)
    parts = (struct.pack("<I", len(text)), text, statistics.tobytes(), peaks.tobytes())
    return b"".join((*parts, drawn.tobytes()))


def _pack_block(
    maps: Values, statistics: npt.NDArray[np.float32], drawn: npt.NDArray[np.uint8]
) -> npt.NDArray[np.intp]:
    """Fill the statistics and the drawing of some channels; return where their peaks are."""
    values = maps.reshape(len(maps), -1).astype(np.float64)
    finite = np.isfinite(values)
    count = finite.sum(axis=1)
    some = count > 0
    low = np.where(some, values.min(axis=1, where=finite, initial=np.inf), 0.0)
    high = np.where(some, values.max(axis=1, where=finite, initial=-np.inf), 0.0)
    peaks = np.where(finite, values, -np.inf).argmax(axis=1)
    values[~finite] = 0
    statistics[0], statistics[1] = low, high
    statistics[2] = values.sum(axis=1) / np.maximum(count, 1)
    with np.errstate(over="ignore"):  # infinite is then what it is, in float32
        statistics[3] = np.square(values).sum(axis=1)
    span = np.where(high > low, high - low, 1.0)[:, np.newaxis]
    values = np.where(finite, values - low[:, np.newaxis], 0.0)
    drawn[...] = np.rint(values * (255 / span)).reshape(maps.shape)
    return np.asarray(peaks)

"""Look at a picture through all layers of a network, a part of them at a time."""

import math
import re
from collections.abc import Iterator, Sequence

import numpy as np

from actiscope.activations import Activations, Values
from actiscope.errors import ArgumentError
from actiscope.images.pixels import Pixels
from actiscope.layers import Layer
from actiscope.networks import Network
from actiscope.pictures import resize
from actiscope.report.explorer.sprites import pack_maps

THUMBNAIL = 32
"""Rows and columns of a thumbnail."""

SIDES = "([1-9][0-9]{0,4})(?:x([1-9][0-9]{0,4}))?"
"""A size in pixels, as a regular expression: one number, or height and width."""

_MOST_BYTES = 256 * 2**20
"""Values that one pass may give."""


def fed_size(network: Network, picture: Pixels, size: str) -> tuple[int, int] | None:
    """Return the size that a picture goes in at.

    Parameters
    ----------
    network : Network
        The network.
    picture : ndarray of uint8, (H, W, 3)
        The picture.
    size : str
        "own", what the preparation says or else what the network was trained on; "native", that of
        the picture; or a size such as "227" or "227x300", height first.

    Returns
    -------
    (int, int) or None
        Height and width to resize to; None leaves it to the preparation.

    Raises
    ------
    ArgumentError
        If it is none of these.
    """
    if size == "own":
        return network.input_size if network.preparation.size is None else None
    if size == "native":
        return picture.shape[0], picture.shape[1]
    match = re.fullmatch(SIDES, size)
    if not match:
        raise ArgumentError(f"a size is own, native, 227 or 227x300, not {size!r}")
    return int(match[1]), int(match[2] or match[1])


def look(
    network: Network, picture: Pixels, layers: Sequence[Layer], size: tuple[int, int] | None
) -> Iterator[Activations]:
    """Run many layers, in as few passes as memory allows.

    Parameters
    ----------
    network : Network
        The network.
    picture : ndarray of uint8, (H, W, 3)
        The picture.
    layers : sequence of Layer
        Which layers.
    size : (int, int), optional
        As for `Network.activations`.

    Yields
    ------
    Activations
        Those of each layer, in order.
    """
    fed = size or network.preparation.size or (picture.shape[0], picture.shape[1])
    sizes = {layer.name: layer.size for layer in network.layers_at(fed)}
    batch: list[Layer] = []
    room = _MOST_BYTES
    for layer in layers:
        needed = 4 * math.prod(sizes[layer.name])
        if batch and needed > room:
            yield from network.activations(picture, batch, size=size).values()
            batch, room = [], _MOST_BYTES
        batch.append(layer)
        room -= needed
    if batch:
        yield from network.activations(picture, batch, size=size).values()


def thumbnail(activations: Activations) -> Values:
    """Return a small picture of what a layer passes on.

    Parameters
    ----------
    activations : Activations
        Of one picture.

    Returns
    -------
    ndarray of float32, (32, 32)
        Mean over the channels of the absolute values; what is no finite number counts as 0.
    """
    values = np.abs(activations.maps)
    mean = np.where(np.isfinite(values), values, 0).mean(axis=0, dtype=np.float64)
    small = resize(mean, (THUMBNAIL, THUMBNAIL))
    return np.asarray(np.clip(small, 0, None), dtype=np.float32)


def pack_thumbnails(thumbnails: Sequence[Values], of: Activations) -> bytes:
    """Pack the thumbnails of all layers.

    Parameters
    ----------
    thumbnails : sequence of ndarray of float32, (32, 32)
        One for each layer.
    of : Activations
        Any of theirs: it says what the picture was.

    Returns
    -------
    bytes
        A sprite with one map a layer, and -1 as its layer.
    """
    maps = np.stack(thumbnails)
    header = {
        "layer": -1,
        "name": "thumbnails",
        "type": "",
        "axes": "CHW",
        "shape": list(maps.shape),
        "image_size": list(of.image_size),
        "input_size": list(of.input_size),
        "geometry": None,
    }
    return pack_maps(maps, header)

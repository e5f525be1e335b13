"""What the strongest units of an index see, and what their channels answer around there."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from actiscope.activations import Values
from actiscope.collection.index import Index, TopUnit
from actiscope.geometry import Box, Geometry
from actiscope.images.pixels import Pixels
from actiscope.networks import Network
from actiscope.pictures import resize
from actiscope.pictures.gallery import part_shown
from actiscope.pictures.resizing import MAPS

_MOST_CELLS = 32
"""Rows, and columns, of the values that are kept of a patch."""


class Wanted(NamedTuple):
    """A unit of which a patch is wanted: its layer, its channel, and what the index has of it."""

    layer: str
    channel: int
    unit: TopUnit


@dataclass(frozen=True)
class Patch:
    """A part of a picture, with the values of a channel there.

    Parameters
    ----------
    part : Box
        What is shown: what the unit sees, or more if that is small; in pixels of the picture.
    values : ndarray of float32, (h, w), or None
        The channel's, of the units that look there; None where its only unit sees everything.
    place : Box
        Where the values lie on the picture, each in a cell around the centre of its unit.
    """

    part: Box
    values: Values | None
    place: Box


def cut_patches(
    index: Index, network: Network, picture: Pixels, wanted: Sequence[Wanted]
) -> list[Patch]:
    """Run a picture again, and keep what is shown of some units.

    Parameters
    ----------
    index : Index
        The index.
    network : Network
        The network that it was built with.
    picture : ndarray of uint8, (H, W, 3)
        The picture.
    wanted : sequence of Wanted
        Units on that picture.

    Returns
    -------
    list of Patch
        One for each, in order.

    Raises
    ------
    NetworkError
        If the network cannot be run.
    """
    layers = list(dict.fromkeys(each.layer for each in wanted))
    answers = network.activations(picture, layers, size=index.settings.size, threads=1)
    size = picture.shape[0], picture.shape[1]
    patches = []
    for layer, channel, unit in wanted:
        answer = answers[layer]
        part = part_shown(unit.field, size)
        values, place = _values_at(part, np.asarray(answer.channel(channel)), answer.geometry, size)
        patches.append(Patch(part, values if values.size > 1 else None, place))
    return patches


def _values_at(
    part: Box, channel: npt.NDArray[np.float32], geometry: Geometry, size: tuple[int, int]
) -> tuple[Values, Box]:
    """Return the values of the units that look at a part of a picture, and where they lie."""
    if geometry.is_global:
        return _few(channel), Box(0, 0, *size)
    down, across = geometry.stride
    rows, cols = geometry.units_in(part.grown(down, across), channel.shape)
    top, left = geometry.centre(rows.start, cols.start)
    bottom, right = geometry.centre(rows.stop, cols.stop)
    half = down / 2, across / 2
    place = Box(top - half[0], left - half[1], bottom - half[0], right - half[1])
    return _up_to(part, _few(channel[rows, cols]), place)


def _up_to(part: Box, values: Values, place: Box) -> tuple[Values, Box]:
    """Let the outermost values go on to the edges of a part, where no unit has its centre."""
    if not values.size:
        return values, place
    cell = (
        (place.bottom - place.top) / values.shape[0],
        (place.right - place.left) / values.shape[1],
    )
    above, before, below, after = (
        max(math.ceil(missing / cell[axis % 2]), 0)
        for axis, missing in enumerate(
            (
                place.top - part.top,
                place.left - part.left,
                part.bottom - place.bottom,
                part.right - place.right,
            )
        )
    )
    wider = Box(
        place.top - above * cell[0],
        place.left - before * cell[1],
        place.bottom + below * cell[0],
        place.right + after * cell[1],
    )
    return np.pad(values, ((above, below), (before, after)), mode="edge"), wider


def _few(values: Values) -> Values:
    """Make a map smaller if it has more cells than a patch needs."""
    size = min(values.shape[0], _MOST_CELLS), min(values.shape[1], _MOST_CELLS)
    return values if size == values.shape else np.asarray(resize(values, size, axes=MAPS))

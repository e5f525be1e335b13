"""The pictures of the walkthrough, pixel for pixel as MATLAB draws them."""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from actiscope.activations import Activations
from actiscope.images import to_uint8
from actiscope.pictures import Picture, comparison_picture, rescale, resize, tile
from actiscope.pictures.resizing import MAPS
from actiscope.pictures.scaling import Floats
from actiscope.report.tour.run import (
    DEEP,
    DEEP_RELU,
    EYE_CHANNELS,
    FIRST,
    RED_CHANNEL,
    Changed,
    Walk,
)

_BY_NAME: dict[str, Callable[[Walk], npt.ArrayLike]] = {
    "input.png": lambda walk: walk.image,
    "conv1-grid.png": lambda walk: tile(rescale(walk.layers[FIRST]), (8, 8)),
    "conv1-channel-21.png": lambda walk: _beside(walk, FIRST, RED_CHANNEL),
    "conv1-strongest.png": lambda walk: _beside(walk, FIRST, walk.strongest[FIRST].channel),
    "fire6-grid.png": lambda walk: tile(_enlarge(walk.layers[DEEP].values, (64, 64)), (6, 8)),
    "fire6-strongest.png": lambda walk: _one(walk, DEEP, walk.strongest[DEEP].channel),
    "fire6-channels-13-46.png": lambda walk: tile(_eyes(walk, walk.layers[DEEP])),
    "fire6-relu-channels-13-46.png": lambda walk: tile(_eyes(walk, walk.layers[DEEP_RELU])),
}
COMPARISONS = ("changed.png", "composite.png", "comparison.png")
"""Those that need a second picture."""


def tour_pictures(walk: Walk) -> Iterator[tuple[str, npt.ArrayLike]]:
    """Draw the pictures of the walkthrough.

    Parameters
    ----------
    walk : Walk
        What the network answered.

    Yields
    ------
    (str, array)
        Name of the file, and the picture.
    """
    for name, draw in _BY_NAME.items():
        yield name, draw(walk)
    if walk.changed is not None and walk.changed_layer is not None:
        yield COMPARISONS[0], walk.changed.image
        yield COMPARISONS[1], _composite(walk, walk.changed, walk.changed_layer)
        yield COMPARISONS[2], _honest(walk, walk.changed, walk.changed_layer)


def _size(walk: Walk) -> tuple[int, int]:
    return walk.image.shape[0], walk.image.shape[1]


def _enlarge(maps: npt.ArrayLike, size: tuple[int, int]) -> Floats:
    return np.asarray(resize(rescale(maps), size, axes=MAPS))


def _one(walk: Walk, layer: str, channel: int) -> Floats:
    return _enlarge(walk.layers[layer].channel(channel), _size(walk))


def _beside(walk: Walk, layer: str, channel: int) -> Picture:
    return tile([walk.image, _one(walk, layer, channel)])


def _eyes(walk: Walk, activations: Activations) -> Floats:
    """Scale the two channels jointly, then resize them to the picture."""
    return _enlarge(activations.values[list(EYE_CHANNELS)], _size(walk))


def _composite(walk: Walk, changed: Changed, after: Activations) -> Picture:
    first, second = (to_uint8(_eyes(walk, each)) for each in (walk.layers[DEEP_RELU], after))
    return tile([walk.image, *first, changed.image, *second], (2, 3))


def _honest(walk: Walk, changed: Changed, after: Activations) -> Picture:
    before = walk.layers[DEEP_RELU]
    return comparison_picture(
        (walk.image, changed.image),
        (before.values, after.values),
        EYE_CHANNELS,
        geometry=before.geometry,
        regions=walk.regions,
        titles=("first picture", "edited picture" if changed.is_edit else "second picture"),
    )

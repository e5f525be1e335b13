"""What the walkthrough asks of the network."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from actiscope.activations import Activations
from actiscope.errors import ArgumentError, NetworkError
from actiscope.geometry import Box
from actiscope.images.pixels import Pixels
from actiscope.networks import Network, Prediction
from actiscope.pictures import resize
from actiscope.studies import (
    Change,
    ChannelStrength,
    ColourFit,
    changes,
    fit_colours,
    peak_regions,
    strongest,
)

FIRST = "conv1"
DEEP = "fire6-squeeze1x1"
DEEP_RELU = "fire6-relu_squeeze1x1"
RED_CHANNEL = 21
EYE_CHANNELS = (13, 46)
"""The channels that the example looks at. What they do for another picture is to be seen."""

LONGEST_SIDE = 1024
"""Larger pictures are shrunk to it."""

_LAYERS = (FIRST, DEEP, DEEP_RELU)


@dataclass(frozen=True)
class Changed:
    """The second picture of a comparison.

    Parameters
    ----------
    image : ndarray of uint8, (H, W, 3)
        As large as the first picture.
    name : str
        What it is, or where it is from.
    is_edit : bool
        Whether it is an edit of the first picture rather than a photograph of its own.
    regions : mapping of str to Box
        Where to compare; empty to compare around the peaks of the first picture.
    """

    image: Pixels
    name: str
    is_edit: bool = False
    regions: Mapping[str, Box] = field(default_factory=dict)


@dataclass(frozen=True)
class Walk:
    """What the network answered.

    Parameters
    ----------
    network : Network
        The network.
    image : ndarray of uint8, (H, W, 3)
        The picture.
    image_name : str
        What it is, or where it is from.
    given_size : (int, int)
        Height and width of the picture as it was given; larger than `image` if it was shrunk.
    layers : dict of str to Activations
        Its answer, by layer.
    strongest : dict of str to ChannelStrength
        The strongest channel of the layers that are searched for it.
    colour : ColourFit or None
        Which colours channel 21 of conv1 answers to; None for a picture without colour.
    classes : list of Prediction
        What the network sees in it.
    changed : Changed or None
        The second picture.
    changed_layer : Activations or None
        Its answer in the ReLU layer.
    changes : list of Change
        What changed, by channel and region.
    regions : dict of str to Box
        The regions compared.
    """

    network: Network
    image: Pixels
    image_name: str
    given_size: tuple[int, int]
    layers: dict[str, Activations]
    strongest: dict[str, ChannelStrength]
    colour: ColourFit | None
    classes: list[Prediction]
    changed: Changed | None = None
    changed_layer: Activations | None = None
    changes: list[Change] = field(default_factory=list)
    regions: dict[str, Box] = field(default_factory=dict)


def run_walk(
    network: Network, image: Pixels, image_name: str, changed: Changed | None = None
) -> Walk:
    """Ask the network all that the walkthrough shows.

    Parameters
    ----------
    network : Network
        One with SqueezeNet's layers.
    image : ndarray of uint8, (H, W, 3)
        The picture.
    image_name : str
        What it is, or where it is from.
    changed : Changed, optional
        A second picture to compare it with.

    Returns
    -------
    Walk
        The answers.

    Raises
    ------
    NetworkError
        If the network has other layers.
    ArgumentError
        If the pictures differ in size.
    """
    names = {layer.name for layer in network.layers}
    missing = [name for name in _LAYERS if name not in names]
    if missing:
        raise NetworkError(
            f"the walkthrough follows SqueezeNet; {network.name} has no layer {missing[0]!r}"
        )
    given_size = image.shape[0], image.shape[1]
    image = shrink(image)
    layers = network.activations(image, list(_LAYERS))
    walk = Walk(
        network=network,
        image=image,
        image_name=image_name,
        given_size=given_size,
        layers=layers,
        strongest={name: strongest(layers[name])[0] for name in (FIRST, DEEP)},
        colour=fit_colours(layers[FIRST], RED_CHANNEL, image),
        classes=network.classify(image),
    )
    if changed is None:
        return walk
    return _compare(walk, replace(changed, image=shrink(changed.image)))


def shrink(image: Pixels) -> Pixels:
    """Bring a large photograph to a size at which a grid of 64 channels can be looked at.

    Parameters
    ----------
    image : ndarray of uint8, (H, W, 3)
        The picture.

    Returns
    -------
    ndarray of uint8, (h, w, 3)
        The picture itself, or one with 1024 pixels on its longer side.
    """
    height, width = image.shape[:2]
    factor = LONGEST_SIDE / max(height, width)
    if factor >= 1:
        return image
    return resize(image, (max(1, round(height * factor)), max(1, round(width * factor))))


def _compare(walk: Walk, changed: Changed) -> Walk:
    if walk.image.shape != changed.image.shape:
        (height, width, _), (other_height, other_width, _) = walk.image.shape, changed.image.shape
        raise ArgumentError(
            f"both pictures must have one size, these are {height}x{width} "
            f"and {other_height}x{other_width}"
        )
    if np.array_equal(walk.image, changed.image):
        raise ArgumentError("both pictures are the same: there is nothing to compare")
    before = walk.layers[DEEP_RELU]
    after = walk.network.activations(changed.image, DEEP_RELU)
    regions = dict(changed.regions) or peak_regions(before, EYE_CHANNELS)
    return replace(
        walk,
        changed=changed,
        changed_layer=after,
        changes=changes(before, after, EYE_CHANNELS, regions),
        regions=regions,
    )

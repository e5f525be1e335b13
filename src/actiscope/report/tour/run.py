"""What the walkthrough asks of the network."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from actiscope.activations import Activations, Values
from actiscope.errors import ArgumentError, NetworkError
from actiscope.geometry import Box
from actiscope.images.pixels import Pixels
from actiscope.networks import Network, Prediction
from actiscope.pictures import resize
from actiscope.studies import Change, ChannelStrength, changed_region, changes, strongest

FIRST = "conv1"
DEEP = "fire6-squeeze1x1"
DEEP_RELU = "fire6-relu_squeeze1x1"
RED_CHANNEL = 21
EYE_CHANNELS = (13, 46)
"""The channels that the example looks at. What they do for another picture is to be seen."""

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
        Where to compare; empty to compare where the pictures differ.
    """

    image: Pixels
    name: str
    is_edit: bool = False
    regions: Mapping[str, Box] = field(default_factory=dict)


@dataclass(frozen=True)
class ColourFit:
    """A channel as a weighted sum of red, green and blue, by least squares.

    Parameters
    ----------
    red, green, blue : float
        Change of the channel's value for one grey level more of a colour.
    explained : float
        Share of the channel's variance that the sum explains, 0-1.
    """

    red: float
    green: float
    blue: float
    explained: float


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
    missing = [name for name in _LAYERS if not network.layers.has(name)]
    if missing:
        raise NetworkError(
            f"the walkthrough follows SqueezeNet; {network.name} has no layer {missing[0]!r}"
        )
    layers = network.activations(image, list(_LAYERS))
    walk = Walk(
        network=network,
        image=image,
        image_name=image_name,
        layers=layers,
        strongest={name: strongest(layers[name])[0] for name in (FIRST, DEEP)},
        colour=_fit_colour(image, layers[FIRST].channel(RED_CHANNEL)),
        classes=network.classify(image),
    )
    return walk if changed is None else _compare(walk, changed)


def _compare(walk: Walk, changed: Changed) -> Walk:
    box = changed_region(walk.image, changed.image)
    before = walk.layers[DEEP_RELU]
    after = walk.network.activations(changed.image, DEEP_RELU)
    regions = dict(changed.regions)
    if not regions:
        if box is None:
            raise ArgumentError("both pictures are the same: there is nothing to compare")
        rows, cols = before.geometry.stride
        regions = {"where the pictures differ": box.grown(rows / 2, cols / 2)}
    return replace(
        walk,
        changed=changed,
        changed_layer=after,
        changes=changes(before, after, EYE_CHANNELS, regions),
        regions=regions,
    )


def _fit_colour(image: Pixels, channel: Values) -> ColourFit | None:
    """Fit a channel by a weighted sum of red, green and blue, at the units' size."""
    colours = resize(np.moveaxis(image.astype(np.float64), 2, 0), channel.shape)
    wanted = channel.ravel().astype(np.float64)
    if np.ptp(wanted) == 0:
        return None
    columns = np.column_stack([*colours.reshape(3, -1), np.ones(wanted.size)])
    solution, _, rank, _ = np.linalg.lstsq(columns, wanted)
    if rank < columns.shape[1]:
        return None
    rest = wanted - columns @ solution
    red, green, blue = (float(weight) for weight in solution[:3])
    return ColourFit(red, green, blue, explained=1 - float(rest.var() / wanted.var()))

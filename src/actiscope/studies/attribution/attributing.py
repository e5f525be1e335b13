"""What a channel, a unit or a class owes to each part of a picture."""

from collections.abc import Callable
from functools import partial

from actiscope.checks import Size
from actiscope.errors import ArgumentError
from actiscope.images import ImageSource
from actiscope.networks.network import LayerKey, Network
from actiscope.studies.attribution.contributions import contributions
from actiscope.studies.attribution.gradients import gradients
from actiscope.studies.attribution.result import METHODS, Attribution, Method


def attribute(
    network: Network,
    image: ImageSource,
    layer: LayerKey,
    channel: int,
    *,
    method: Method = "integrated-gradients",
    unit: tuple[int, int] | None = None,
    through: LayerKey | None = None,
    steps: int = 64,
    size: Size | None = None,
    on_run: Callable[[int, int], None] | None = None,
) -> Attribution:
    """Ask what a value owes to each part of a picture.

    Parameters
    ----------
    network : Network
        For gradients one that PyTorch can run: see `Network.as_torch`.
    image : picture
        Whatever `actiscope.read_image` reads.
    layer : str, int or Layer
        The layer; `score_layer` for a class.
    channel : int
        From 0; the number of the class there.
    method : "contributions", "integrated-gradients" or "grad-cam"
        Contributions: what each place, and each channel, of an earlier layer adds to the value,
        exactly, where the value is a sum over that layer; without gradients. For a class that is
        scored by the mean of maps these are class activation maps (Zhou et al. 2016).
        Integrated gradients (Sundararajan et al. 2017): gradients along the way from a picture of
        nothing to this one, pixel by pixel.
        Grad-CAM (Selvaraju et al. 2017): the maps of a layer, weighed by their mean gradients.
    unit : (int, int), optional
        Row and column from 0. By default the unit of the channel's largest value; gradients follow
        that wherever it moves.
    through : str, int or Layer, optional
        For contributions, the layer that is divided; by default the earliest, in a row back from
        `layer`, that the value is a sum over.
        For Grad-CAM, the layer whose maps, or tokens on their grid, are weighed; by default the
        last before the last kernel or matrix that leads to `layer`, after the first, and of those
        the last that has a gradient: what a transformer says at the end depends on one token.
    steps : int
        How many gradients are integrated; nothing to the other methods.
    size : int or (int, int), optional
        As for `Network.activations`.
    on_run : callable, optional
        Called with how many gradients, or parts, are done and how many there are.

    Returns
    -------
    Attribution
        The map; with contributions the shares of the channels, too.

    Raises
    ------
    ArgumentError
        If there is no such method or unit, no layer that the value is a sum over, or no maps for
        Grad-CAM.
    ChannelError
        If there is no such channel.
    NetworkError
        If gradients are asked of a network that gives none.
    MissingExtraError
        If gradients are asked for and PyTorch or captum is not installed.

    References
    ----------
    B. Zhou et al., "Learning Deep Features for Discriminative Localization", CVPR 2016;
    M. Sundararajan et al., "Axiomatic Attribution for Deep Networks", 2017; R. R. Selvaraju et al.,
    "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization", 2017; N.
    Kokhlikyan et al., "Captum: A unified and generic model interpretability library for PyTorch",
    2020.
    """
    if method not in METHODS:
        raise ArgumentError(f"a method is {', '.join(METHODS)}, not {method!r}")
    if steps < 1:
        raise ArgumentError(f"steps are at least 1, not {steps}")
    way = (
        contributions
        if method == "contributions"
        else partial(gradients, method=method, steps=steps)
    )
    return way(network, image, layer, channel, unit=unit, through=through, size=size, on_run=on_run)

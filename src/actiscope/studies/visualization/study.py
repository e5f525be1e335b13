"""Paint pictures that a channel answers to most."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from actiscope.checks import Size, check_channels, check_size
from actiscope.errors import ActiscopeError, ArgumentError
from actiscope.images.pixels import Pixels
from actiscope.layers import Layer
from actiscope.networks.network import LayerKey, Network
from actiscope.studies.units import find_unit

if TYPE_CHECKING:
    from actiscope.networks.preparation import Preparation
    from actiscope.networks.pytorch.gradients import Differentiable
    from actiscope.networks.pytorch.network import TorchNetwork

Objective = Literal["channel", "unit"]

OBJECTIVES: tuple[Objective, ...] = get_args(Objective)

_RATE = 0.1
_COARSE_STEPS = 0.3
"""Share of the steps at half the size: what is large comes first."""
_SHIFT, _ZOOM, _TURN = 16, 0.1, 5.0
"""Random views: shifted by a 16th of the side, scaled by 10 %, turned by 5 degrees at most."""
_NEGATIVE = 0.1
"""What a negative value counts: an edge detector's mean is zero whatever the picture is."""
_LOUDER = 1.1
"""How much stronger a picture becomes that the channel does not answer to at all."""
_SAME = ("ReLU", "relu", "relu_", "ReLU6", "relu6", "Dropout", "Identity")
_JOINED = ("cat", "concat", "concatenate")
_FIELDS = 2
"""Fields of a unit along the side of a picture, by default."""
_SMALLEST = 64


@dataclass(frozen=True, eq=False)
class Visualization:
    """A picture that a channel answers to.

    Parameters
    ----------
    picture : ndarray of uint8, (H, W, 3)
        The picture.
    channel : int
        From 0.
    value : float
        The channel's largest value for this picture, as `Network.activations` gives it.
    unit : (int, int)
        Where that is: row and column from 0.
    mean : float
        The channel's mean.
    """

    picture: Pixels
    channel: int
    value: float
    unit: tuple[int, int]
    mean: float


def visualize(
    network: Network,
    layer: LayerKey,
    channels: Sequence[int] | None = None,
    *,
    objective: Objective = "channel",
    steps: int = 256,
    size: Size | None = None,
    seed: int = 0,
    on_step: Callable[[int, int], None] | None = None,
) -> list[Visualization]:
    """Paint, for each of some channels, a picture that it answers to as much as can be.

    The picture lies in the Fourier basis, in decorrelated colours, and is painted by Adam, at half
    its size first, under random views: shifted, enlarged and turned a little. What is reported is
    what the network answers to the finished picture, in whole pixel values.

    Parameters
    ----------
    network : Network
        One that PyTorch can run: see `Network.as_torch`.
    layer : str, int or Layer
        The layer. For a ReLU, what it reads is made large: it gives no gradient where it is zero.
    channels : sequence of int, optional
        From 0; numbers of classes, in the layer of their scores. All by default.
    objective : "channel" or "unit"
        What is made large: the mean of the channel, in which negative values count a tenth, for a
        picture full of what it answers to; or the unit in its middle, for one example.
    steps : int
        How many steps are taken for each.
    size : int or (int, int), optional
        Height and width of the pictures, in pixels that the network is fed. By default twice what a
        unit sees, at least 64, at most what the network was trained on.
    seed : int
        The same seed gives the same pictures, each of which depends on its channel alone.
    on_step : callable, optional
        Called after each step with how many are done and how many there are.

    Returns
    -------
    list of Visualization
        In the order of `channels`.

    Raises
    ------
    ArgumentError
        If there is no such objective, no step, or the layer has no maps.
    ChannelError
        If there is no such channel.
    NetworkError
        If the network gives no gradients, or cannot take pictures of the size.
    MissingExtraError
        If PyTorch is not installed.

    References
    ----------
    C. Olah et al., "Feature Visualization", Distill, 2017,
    https://distill.pub/2017/feature-visualization.
    """
    if objective not in OBJECTIVES:
        raise ArgumentError(f"an objective is {', '.join(OBJECTIVES)}, not {objective!r}")
    if steps < 1:
        raise ArgumentError(f"steps are at least 1, not {steps}")
    found = network.as_torch()
    target = found.layers.find(network.layers.find(layer).name)
    painted = _default_size(found, target) if size is None else check_size(size)
    count = target.size[-1 if target.axes == "TC" else 0]
    chosen = check_channels(range(count) if channels is None else channels, count)
    half = (painted[0] + 1) // 2, (painted[1] + 1) // 2
    coarse_steps = _COARSE_STEPS * steps if _takes(found, half) else 0
    finished = []
    for number, channel in enumerate(chosen):
        climbed, its_channel = _before_relu(found, target, channel)
        with found.differentiable(climbed) as function:
            painting = _Painting(function, found.preparation, painted, seed)
            for step in range(steps):
                now = half if step < coarse_steps else painted
                painting.step(its_channel, objective, now)
                if on_step is not None:
                    on_step(number * steps + step + 1, len(chosen) * steps)
            picture = painting.picture()
        finished.append(_measure(network, target.name, channel, picture))
    return finished


class _Painting:
    """A picture under way."""

    def __init__(
        self,
        function: "Differentiable",
        preparation: "Preparation",
        size: tuple[int, int],
        seed: int,
    ) -> None:
        import torch

        from actiscope.studies.visualization.canvas import Canvas

        self._function = function
        self._preparation = preparation
        self._size = size
        self._generator = torch.Generator().manual_seed(seed)
        self._canvas = Canvas(size, self._generator, function.device)
        self._optimizer = torch.optim.Adam([self._canvas.spectrum], lr=_RATE)

    def step(self, channel: int, objective: Objective, size: tuple[int, int]) -> None:
        """Make a channel answer a little more to the picture at a size, at most its own."""
        import torch
        from torch.nn.functional import leaky_relu

        from actiscope.networks.pytorch.gradients import fed_with
        from actiscope.studies.visualization.canvas import random_view

        view = random_view(
            self._canvas.picture(size),
            self._generator,
            shift=max(1, min(size) // _SHIFT) if objective == "channel" else 1,
            zoom=_ZOOM,
            turn=_TURN,
        )
        maps = self._function(fed_with(self._preparation, 255 * view))[0, channel]
        rows, cols = maps.shape
        value = (
            leaky_relu(maps, _NEGATIVE).mean()
            if objective == "channel"
            else maps[rows // 2, cols // 2]
        )
        spectrum = self._canvas.spectrum
        (spectrum.grad,) = torch.autograd.grad(-value, spectrum)
        if spectrum.grad.any():
            self._optimizer.step()
        else:
            spectrum.data *= _LOUDER

    def picture(self) -> Pixels:
        """Return it in whole pixel values."""
        picture = self._canvas.picture(self._size)[0].detach().permute(1, 2, 0)
        return np.asarray((255 * picture).round().cpu(), dtype=np.uint8)


def _measure(network: Network, layer: str, channel: int, picture: Pixels) -> Visualization:
    answer = network.activations(picture, layer, size=(picture.shape[0], picture.shape[1]))
    row, col = find_unit(answer, channel, None)
    maps = answer.maps[channel]
    return Visualization(picture, channel, float(maps[row, col]), (row, col), float(maps.mean()))


def _before_relu(network: "TorchNetwork", layer: Layer, channel: int) -> tuple[Layer, int]:
    """Return what a ReLU reads, also one within a concatenation: it stops negative values."""
    before = [network.layers.find(name) for name in layer.inputs]
    if layer.type in _SAME and len(before) == 1:
        return _before_relu(network, before[0], channel)
    if layer.type in _JOINED and sum(each.size[0] for each in before) == layer.size[0]:
        for each in before:
            if channel < each.size[0]:
                return _before_relu(network, each, channel)
            channel -= each.size[0]
    return layer, channel


def _default_size(network: "TorchNetwork", layer: Layer) -> tuple[int, int]:
    field = max(layer.geometry.receptive_field)
    side = int(min(max(_FIELDS * field, _SMALLEST), *network.input_size))
    return (side, side) if _takes(network, (side, side)) else network.input_size


def _takes(network: "TorchNetwork", size: tuple[int, int]) -> bool:
    """Say whether a network takes pictures of a size: some take one only."""
    try:
        network.layers_at(size)
    except ActiscopeError:
        return False
    return True

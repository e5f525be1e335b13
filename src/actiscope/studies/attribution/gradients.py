"""What a channel, a unit or a class owes to each part of a picture, by gradients."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from actiscope.checks import Size, check_channels
from actiscope.errors import ArgumentError
from actiscope.extras import require
from actiscope.geometry import Geometry
from actiscope.images import ImageSource, read_image
from actiscope.layers import Layer, Layers
from actiscope.networks.network import LayerKey, Network
from actiscope.studies.attribution.result import Attribution, Method
from actiscope.studies.units import find_unit

if TYPE_CHECKING:
    import torch

    from actiscope.networks.pytorch.gradients import Differentiable
    from actiscope.networks.pytorch.network import TorchNetwork

    Value = Callable[[torch.Tensor], torch.Tensor]


def gradients(
    network: Network,
    image: ImageSource,
    layer: LayerKey,
    channel: int,
    *,
    method: Method,
    unit: tuple[int, int] | None = None,
    through: LayerKey | None = None,
    steps: int,
    size: Size | None = None,
    on_run: Callable[[int, int], None] | None = None,
) -> Attribution:
    """Ask by gradients what a value owes to each part of a picture; captum computes them.

    Parameters, result and errors are those of `attribute`.
    """
    found = network.as_torch()
    require("captum")
    picture, placement = found.preparation.place(read_image(image), size)
    nothing = np.broadcast_to(np.array(found.preparation.nothing, np.uint8), picture.shape)
    whole, empty = (
        network.activations(each, layer, size=placement.input_size) for each in (picture, nothing)
    )
    (channel,) = check_channels([channel], len(whole.maps))
    row, col = find_unit(whole, channel, unit)
    layers = found.layers_at(placement.input_size)
    target = layers.find(whole.layer.name)

    def value_of(maps: "torch.Tensor") -> "torch.Tensor":
        values = maps[:, channel]
        return values[:, row, col] if unit else values.amax((1, 2))

    fed, start = (found.preparation.fed(each) for each in (picture, nothing))
    weighed = None
    if method == "grad-cam":
        candidates = [layers.find(through)] if through is not None else _maps_up_to(layers, target)
        weighed, values = _first_weighed(found, target, candidates, value_of, fed)
    else:
        with found.differentiable(target) as function:
            values = _integrated(function, value_of, fed, start, steps, on_run)
    return Attribution(
        values=values,
        value=float(whole.maps[channel, row, col]),
        baseline=float(empty.maps[channel, row, col] if unit else empty.maps[channel].max()),
        unit=(row, col),
        method=method,
        through=weighed.name if weighed else "",
        geometry=placement.on_image(weighed.geometry if weighed else Geometry()),
    )


def _integrated(
    function: "Differentiable",
    value_of: "Value",
    fed: npt.NDArray[np.float32],
    start: npt.NDArray[np.float32],
    steps: int,
    on_run: Callable[[int, int], None] | None,
) -> npt.NDArray[np.float64]:
    import torch
    from captum.attr import IntegratedGradients

    done = 0

    def follow(pictures: torch.Tensor) -> torch.Tensor:
        nonlocal done
        done += len(pictures)
        if on_run is not None:
            on_run(done, steps)
        return value_of(function(pictures))

    picture, nothing = (torch.from_numpy(each)[None].to(function.device) for each in (fed, start))
    found = IntegratedGradients(follow).attribute(
        picture, nothing, n_steps=steps, internal_batch_size=1
    )
    return np.asarray(found[0].double().sum(0).detach().cpu())


def _first_weighed(
    network: "TorchNetwork",
    target: Layer,
    candidates: Iterable[Layer],
    value_of: "Value",
    fed: npt.NDArray[np.float32],
) -> tuple[Layer, npt.NDArray[np.float64]]:
    """Return the first layer that has a gradient, or else the first, with its map of Grad-CAM."""
    first = None
    for layer in candidates:
        _check_maps(layer)
        with network.differentiable(target, through=layer) as function:
            values = _weighed(function, value_of, fed)
        if values is not None and values.any():
            return layer, values.clip(0)
        if values is not None and first is None:
            first = layer, values
        last = layer
    if first is None:
        raise ArgumentError(f"nothing leads from {last.name!r} to {target.name!r}")
    return first


def _weighed(
    function: "Differentiable", value_of: "Value", fed: npt.NDArray[np.float32]
) -> npt.NDArray[np.float64] | None:
    """Return the map of Grad-CAM, negative values, too; None if nothing leads to the value."""
    import torch
    from captum.attr import LayerGradCam

    picture = torch.from_numpy(fed)[None].to(function.device).requires_grad_()
    method = LayerGradCam(lambda pictures: value_of(function(pictures)), function.gate)
    try:
        found = method.attribute(picture)
    except (AssertionError, RuntimeError):  # captum's, PyTorch's
        return None
    return np.asarray(found[0, 0].double().detach().cpu())


def _maps_up_to(layers: Layers, target: Layer) -> list[Layer]:
    """Return the maps before the last layer with a kernel, or a matrix, up to a target.

    What no kernel leads to is the picture itself, however it was prepared.
    """

    def is_learned(layer: Layer) -> bool:
        return any(_has_kernel(each) for each in _leading_to(layers, layer))

    learned = [layer for layer in _leading_to(layers, target) if _has_kernel(layer)]
    found = [
        layer
        for layer in (_leading_to(layers, learned[0]) if learned else ())
        if layer is not learned[0] and np.prod(_map_size(layer)) > 1 and is_learned(layer)
    ]
    if not found:
        raise ArgumentError(
            f"Grad-CAM weighs maps between the picture and {target.name!r}, and none are known: "
            "choose a later layer, name the maps, or use integrated gradients"
        )
    return found


def _leading_to(layers: Layers, target: Layer) -> Iterator[Layer]:
    """Return a layer and all that it depends on, the last first; all before it if not known."""
    waiting = {target.index}
    while waiting:
        layer = layers[max(waiting)]
        waiting.discard(layer.index)
        waiting.update(layers.find(name).index for name in layer.inputs)
        if not layer.inputs and layer.index:
            waiting.add(layer.index - 1)
        yield layer


def _has_kernel(layer: Layer) -> bool:
    return any(len(shape) > 1 for shape in layer.weights.values())


def _map_size(layer: Layer) -> tuple[int, ...]:
    """Return rows and columns of a layer's maps, or of the grid of its tokens; () if none."""
    if layer.axes in ("TC", "CT"):
        return layer.grid or ()
    return layer.size[1:] if layer.axes == "CHW" else ()


def _check_maps(layer: Layer) -> None:
    if not _map_size(layer) or layer.size[1:] == (1, 1):
        raise ArgumentError(f"Grad-CAM weighs maps, or tokens on a grid; {layer.name!r} has none")

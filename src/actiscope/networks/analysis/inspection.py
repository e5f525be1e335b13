"""What may be wrong with a network: its graph, its weights, its answer to a picture."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from actiscope.errors import ActiscopeError
from actiscope.layers import Layer, Layers
from actiscope.networks.issues import Issue
from actiscope.networks.network import Network

_ANSWERING = (
    "clamp", "clip", "conv", "elu", "hardtanh", "linear", "mish", "norm", "relu", "silu", "swish",
)  # fmt: skip
"""Layers in which a channel can die; others only pass on that it did."""
_SATURATING = ("clamp", "clip", "relu6", "sigmoid", "tanh")
_CONTROL_FLOW = ("If", "Loop", "Scan")
_DEGENERATE = 1e-10
"""A variance below it makes a normalization a huge factor."""


def find_issues(network: Network, layers: Layers, *, image: Any = None) -> list[Issue]:
    """Look for what may be wrong with a network.

    Parameters
    ----------
    network : Network
        The network.
    layers : Layers
        Its layers, at the size that it is analysed for.
    image : picture, optional
        Look at its answer to this picture, too.

    Returns
    -------
    list of Issue
        Errors first, in the order of the layers.
    """
    height, width = layers[0].size[-2:]
    faults = network.faults((height, width))
    found = [*faults, *_of_graph(layers), *_of_fields(layers), *_of_control_flow(layers)]
    if not faults:
        found += _of_sizes(layers)
    for layer in layers:
        found += _of_weights(layer, network.weights_of(layer))
    if image is not None:
        found += _of_answer(network, image, (height, width))
    return sorted(found, key=lambda issue: issue.severity != "error")


def _of_graph(layers: Layers) -> Iterator[Issue]:
    knows_edges = any(layer.inputs for layer in layers)
    for layer in layers:
        if knows_edges and not (layer.inputs or layer.weights or layer.index == 0):
            yield Issue("warning", layer.name, "no layer that is listed leads to it")
        if not layer.used:
            yield Issue("warning", layer.name, "nobody uses what it gives; remove it, or use it")
        if layer.axes == "CHW" and 0 in layer.size[1:]:
            yield Issue("error", layer.name, "it has no units at this input size; enlarge it")


def _of_control_flow(layers: Layers) -> Iterator[Issue]:
    for layer in [layer for layer in layers if layer.type in _CONTROL_FLOW][:1]:
        yield Issue(
            "warning",
            layer.name,
            "conditions and loops are run as a whole: what they have learned is counted, but what "
            "is inside of them is not listed, nor are its multiply-adds",
        )


def _of_sizes(layers: Layers) -> Iterator[Issue]:
    """Tell of what a run on an empty picture gave nothing for; single numbers of modules did."""
    unknown = [layer for layer in layers if layer.tensor and not layer.size]
    for layer in unknown[:1]:
        more = len(unknown) - 1
        subject = f"its size and {more} more do" if more else "its size does"
        yield Issue(
            "warning",
            layer.name,
            f"{subject} not follow from that of the picture: it may depend on what the picture "
            "shows",
        )


def _of_fields(layers: Layers) -> Iterator[Issue]:
    """Tell if objects are not seen whole: not even by what puts places together after the maps."""
    maps = [layer for layer in layers[1:] if _is_bounded_map(layer)]
    if not maps:
        return
    last = max(maps, key=lambda layer: (layer.geometry.receptive_field, layer.index))
    for layer in layers:
        is_further = last.name in layer.inputs and not _is_bounded_map(layer)
        if is_further and math.prod(layer.size) > last.size[0]:
            return
    height, width = layers[0].size[-2:]
    rows, cols = last.geometry.receptive_field
    if rows < height or cols < width:
        yield Issue(
            "warning",
            last.name,
            f"the last map sees {rows:.0f}x{cols:.0f} of {height}x{width} pixels: objects that are "
            "larger are not seen whole",
        )


def _is_bounded_map(layer: Layer) -> bool:
    geometry = layer.geometry
    is_map = layer.axes == "CHW" and not geometry.is_global
    return is_map and bool(np.isfinite(geometry.receptive_field).all())


def _of_weights(layer: Layer, weights: dict[str, npt.NDArray[Any]]) -> Iterator[Issue]:
    for role, values in weights.items():
        if values.dtype.kind != "f":
            continue
        bad = _count_bad(values)
        if bad:
            message = f"{bad} of {values.size} {role} are NaN or infinite; train or load it again"
            yield Issue("error", layer.name, message)
        elif values.ndim == 4 and len(values) > 1:
            yield from _of_filters(layer, values)
        if role == "variance" and (values < _DEGENERATE).any():
            count = int(np.count_nonzero(values < _DEGENERATE))
            yield Issue(
                "warning", layer.name, f"{count} of {values.size} variances are nearly zero: those "
                "channels were constant in training",
            )  # fmt: skip


def _count_bad(values: npt.NDArray[Any]) -> int:
    """Count what is NaN or infinite, with no copy of the values unless there is some."""
    with np.errstate(all="ignore"):
        total = values.sum(dtype=np.float64)
    return 0 if np.isfinite(total) else int(np.count_nonzero(~np.isfinite(values)))


def _of_filters(layer: Layer, kernels: npt.NDArray[Any]) -> Iterator[Issue]:
    flat = kernels.reshape(len(kernels), -1)
    silent = np.flatnonzero(~flat.any(axis=1))
    if silent.size:
        yield Issue("warning", layer.name, f"{_list(silent)} all zero, which answers to nothing")
    rows = {row.tobytes(): index for index, row in reversed([*enumerate(flat)])}
    twins = [index for index, row in enumerate(flat) if rows[row.tobytes()] != index and row.any()]
    if twins:
        yield Issue("warning", layer.name, f"{_list(np.array(twins))} the same as an earlier one")


def _of_answer(network: Network, image: Any, size: Any) -> Iterator[Issue]:
    try:
        answers = network.activations(image, list(network.layers), size=size)
    except ActiscopeError as error:
        yield Issue("error", network.layers[0].name, f"the network cannot be run: {error}")
        return
    for name, answer in answers.items():
        if not answer.values.size:
            continue
        maps = answer.maps
        bad = int(np.count_nonzero(~np.isfinite(maps)))
        if bad:
            yield Issue("error", name, f"{bad} of {maps.size} values are NaN or infinite")
            continue
        if answer.layer.axes != "CHW" or answer.layer.index == 0 or maps[0].size < 2:
            continue
        low, high = maps.min(axis=(1, 2)), maps.max(axis=(1, 2))
        dead = np.flatnonzero((low == high) & (high == 0))
        if dead.size and any(kind in answer.layer.type.lower() for kind in _ANSWERING):
            yield Issue("warning", name, f"{_list(dead, 'channel')} dead in this picture: all zero")
        if any(kind in answer.layer.type.lower() for kind in _SATURATING):
            full = np.flatnonzero((low == high) & (high != 0))
            if full.size:
                yield Issue("warning", name, f"{_list(full, 'channel')} saturated in this picture")


def _list(numbers: npt.NDArray[Any], what: str = "filter") -> str:
    shown = ", ".join(map(str, numbers[:6])) + (", ..." if len(numbers) > 6 else "")
    return f"{what} {shown} is" if len(numbers) == 1 else f"{len(numbers)} {what}s ({shown}) are"

"""What the integers of a quantized tensor stand for."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx

from actiscope.networks.onnx.graph import Graph

Array = npt.NDArray[Any]

_KEEPING = {
    "Concat", "DepthToSpace", "Expand", "Flatten", "Gather", "Identity", "MaxPool", "Pad",
    "Reshape", "Resize", "Slice", "SpaceToDepth", "Split", "Squeeze", "Tile", "Transpose",
    "Unsqueeze", "Upsample",
}  # fmt: skip
"""Operators that pass integers on as they are."""
_OUTPUT_SCALE = {
    "QGemm": 7,
    "QLinearAdd": 6,
    "QLinearAveragePool": 3,
    "QLinearConcat": 0,
    "QLinearConv": 6,
    "QLinearGlobalAveragePool": 3,
    "QLinearLeakyRelu": 3,
    "QLinearMatMul": 6,
    "QLinearMul": 6,
    "QLinearSigmoid": 3,
    "QLinearSoftmax": 3,
    "QLinearWhere": 7,
    "QuantizeLinear": 1,
}
"""Which input of an operator is the scale of its output; the zero point follows it."""


_DYNAMIC = "DynamicQuantizeLinear"
_SUMS = {"ConvInteger", "MatMulInteger"}


def holds_sums(graph: Graph, tensor: str) -> bool:
    """Say whether integers are what a layer with integer weights adds up, not scaled yet."""
    node = _maker(graph, tensor)
    return node is not None and node.op_type in _SUMS


def has_unknown_scale(graph: Graph, tensor: str) -> bool:
    """Say whether it is not known what the integers of a tensor stand for.

    Parameters
    ----------
    graph : Graph
        The model.
    tensor : str
        Name of a tensor of 8-bit integers.

    Returns
    -------
    bool
        False for what is not quantized, too: pixels, say.
    """
    node = _quantizer(graph, tensor)
    return node is not None and _scale_and_zero(graph, tensor, node) is None


def computed_scales(graph: Graph, tensor: str) -> tuple[str, ...]:
    """Return the names of scale and zero point of a tensor that only a run tells, if any."""
    node = _quantizer(graph, tensor)
    names = None if node is None else _scale_and_zero(graph, tensor, node)
    return tuple(name for name in names or () if graph.source(name) is None)


def dequantize(graph: Graph, tensor: str, values: Array, given: Callable[[str], Array]) -> Array:
    """Return the real numbers that a tensor's integers stand for.

    Parameters
    ----------
    graph : Graph
        The model.
    tensor : str
        Name of the tensor.
    values : ndarray
        Its values.
    given : callable
        From the name of one of `computed_scales` to what this run gave.

    Returns
    -------
    ndarray
        ``(values - zero_point) * scale`` for a quantized tensor, else the values themselves.
    """
    if values.dtype not in (np.int8, np.uint8):
        return values
    node = _quantizer(graph, tensor)
    names = None if node is None else _scale_and_zero(graph, tensor, node)
    if node is None or names is None:
        return values
    axis = next((one.i for one in node.attribute if one.name == "axis"), 1)

    def along_channels(name: str) -> Array:
        source = graph.source(name)
        found = (given(name) if source is None else graph.array(source)).astype(np.float32)
        shape = [1] * values.ndim
        if found.size > 1:
            shape[axis] = found.size
        return found.reshape(shape)

    scale, *zeros = map(along_channels, names)
    return (values.astype(np.float32) - sum(zeros)) * scale


def _maker(graph: Graph, tensor: str) -> onnx.NodeProto | None:
    """Return the node that made the integers that a tensor holds, or that are passed on to it."""
    node = graph.producers.get(tensor)
    while node is not None and node.op_type in _KEEPING and node.input:
        tensor = node.input[0]
        node = graph.producers.get(tensor)
    return node if node is not None and tensor == node.output[0] else None


def _quantizer(graph: Graph, tensor: str) -> onnx.NodeProto | None:
    """Return the node that made the integers of a tensor of real numbers."""
    node = _maker(graph, tensor)
    quantizes = node is not None and node.op_type in {*_OUTPUT_SCALE, _DYNAMIC}
    return node if quantizes else None


def _scale_and_zero(graph: Graph, tensor: str, node: onnx.NodeProto) -> tuple[str, ...] | None:
    """Return the names of scale and zero point, one or one for each channel, if they are told."""
    if node.op_type == _DYNAMIC:
        return tuple(node.output[1:])
    position = _OUTPUT_SCALE[node.op_type]
    names = tuple(filter(None, node.input[position : position + 2]))
    scale, *zeros = [graph.source(name) for name in names]
    moved = tensor not in node.output
    if scale is None:
        return None if moved else names
    size = math.prod(scale.dims)
    misfit = any(zero is not None and math.prod(zero.dims) not in (1, size) for zero in zeros)
    return None if misfit or len(scale.dims) > 1 or (moved and size > 1) else names

"""What the integers of a quantized tensor stand for."""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx

from actiscope.networks.onnx.graph import Graph

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


def has_unknown_scale(graph: Graph, tensor: str) -> bool:
    """Say whether a tensor's integers are quantized by what only a run tells.

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


def dequantize(graph: Graph, tensor: str, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the real numbers that a tensor's integers stand for.

    Parameters
    ----------
    graph : Graph
        The model.
    tensor : str
        Name of the tensor.
    values : ndarray
        Its values.

    Returns
    -------
    ndarray
        ``(values - zero_point) * scale`` for a quantized tensor, else the values themselves.
    """
    if values.dtype not in (np.int8, np.uint8):
        return values
    node = _quantizer(graph, tensor)
    found = None if node is None else _scale_and_zero(graph, tensor, node)
    if node is None or found is None:
        return values
    axis = next((one.i for one in node.attribute if one.name == "axis"), 1)
    shape = [1] * values.ndim
    if found[0].size > 1:
        shape[axis] = found[0].size
    scale, zero = (each.astype(np.float32).reshape(shape) for each in found)
    return (values.astype(np.float32) - zero) * scale


def _quantizer(graph: Graph, tensor: str) -> onnx.NodeProto | None:
    """Return the node that made the integers of a tensor of real numbers."""
    node = graph.producers.get(tensor)
    while node is not None and node.op_type in _KEEPING and node.input:
        node = graph.producers.get(node.input[0])
    quantizes = node is not None and node.op_type in {*_OUTPUT_SCALE, "DynamicQuantizeLinear"}
    return node if quantizes else None


def _scale_and_zero(
    graph: Graph, tensor: str, node: onnx.NodeProto
) -> tuple[npt.NDArray[Any], npt.NDArray[Any]] | None:
    """Return scale and zero point, one or one for each channel, if they are known."""
    position = _OUTPUT_SCALE.get(node.op_type)
    if position is None:
        return None
    kept = [graph.source(name) for name in node.input[position : position + 2] if name]
    if None in kept:
        return None
    scale, zero = ([graph.array(each) for each in kept if each is not None] + [np.zeros(1)])[:2]
    moved = scale.size > 1 and tensor not in node.output
    if scale.ndim > 1 or zero.size not in (1, scale.size) or moved:
        return None
    return scale.reshape(-1), np.broadcast_to(zero.reshape(-1), scale.size)

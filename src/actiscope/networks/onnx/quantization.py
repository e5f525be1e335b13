"""What the integers of a quantized tensor stand for."""

from typing import Any

import numpy as np
import numpy.typing as npt

from actiscope.networks.onnx.graph import Graph

_KEEPING = {"Concat", "Flatten", "Identity", "MaxPool", "Reshape", "Slice", "Squeeze", "Transpose"}
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
    "QuantizeLinear": 1,
}
"""Which input of an operator is the scale of its output; the zero point follows it."""


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
    node = graph.producers.get(tensor)
    while node is not None and node.op_type in _KEEPING and node.input:
        node = graph.producers.get(node.input[0])
    if node is None or node.op_type not in _OUTPUT_SCALE:
        return values
    position = _OUTPUT_SCALE[node.op_type]
    scale = graph.constant(node.input[position])
    if scale is None:
        return values
    has_zero = len(node.input) > position + 1 and node.input[position + 1]
    zero = graph.constant(node.input[position + 1]) if has_zero else None
    axis = next((one.i for one in node.attribute if one.name == "axis"), 1)
    shape = [1] * values.ndim
    if scale.size > 1:
        shape[axis] = scale.size
    centred = values.astype(np.float32)
    if zero is not None:
        centred -= zero.astype(np.float32).reshape(shape if zero.size > 1 else ())
    return centred * scale.astype(np.float32).reshape(shape if scale.size > 1 else ())

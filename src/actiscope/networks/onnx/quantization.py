"""What the integers of a quantized tensor stand for."""

from typing import Any

import numpy as np
import numpy.typing as npt

from actiscope.networks.onnx.graph import Graph

_OUTPUT_SCALE = {
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
    while node is not None and node.op_type not in _OUTPUT_SCALE and node.input:
        node = graph.producers.get(node.input[0])
    if node is None or node.op_type not in _OUTPUT_SCALE:
        return values
    position = _OUTPUT_SCALE[node.op_type]
    scale = graph.constant(node.input[position])
    if scale is None or scale.size != 1:
        return values
    zero = graph.constant(node.input[position + 1]) if len(node.input) > position + 1 else None
    centred = values.astype(np.float32) - np.float32(0 if zero is None else zero.item())
    return centred * np.float32(scale.item())

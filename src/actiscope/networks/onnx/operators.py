"""What an ONNX operator is called here, and what it does to the geometry."""

from collections.abc import Sequence

import onnx

from actiscope.geometry import Window

TYPES = {
    "AveragePool": "Average Pooling",
    "BatchNormalization": "Batch Normalization",
    "Concat": "Depth concatenation",
    "Conv": "Convolution",
    "Gemm": "Fully Connected",
    "GlobalAveragePool": "Global Average Pooling",
    "MaxPool": "Max Pooling",
    "Relu": "ReLU",
}

TYPE_KEY = "actiscope.type"
"""Metadata of a node that says what it is called, where its operator does not tell."""

_SLIDING = {"AveragePool", "Conv", "MaxPool"}
_POINTWISE = {"Add", "BatchNormalization", "Concat", "Dropout", "Identity", "Mul", "Relu"}


def type_of(node: onnx.NodeProto) -> str:
    """Return what a node is called in tables."""
    for entry in node.metadata_props:
        if entry.key == TYPE_KEY:
            return str(entry.value)
    return TYPES.get(node.op_type, node.op_type)


def windows_of(
    node: onnx.NodeProto, weights: dict[str, tuple[int, ...]]
) -> tuple[Window, Window] | None:
    """Return the windows that a node slides over rows and columns.

    Parameters
    ----------
    node : onnx.NodeProto
        The node.
    weights : dict of str to tuple of int
        Shapes of the network's weights.

    Returns
    -------
    (Window, Window) or None
        None if each output sees all of the input.
    """
    if node.op_type in _POINTWISE or (node.op_type == "Softmax" and _axis(node) == 1):
        return Window(), Window()
    if node.op_type not in _SLIDING:
        return None
    attributes = {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}
    kernel: Sequence[int] = attributes.get("kernel_shape") or weights[node.input[1]][2:]
    strides = attributes.get("strides") or (1, 1)
    pads = attributes.get("pads") or (0, 0, 0, 0)
    dilations = attributes.get("dilations") or (1, 1)
    ceil = bool(attributes.get("ceil_mode", 0))
    rows, cols = (
        Window(kernel[i], strides[i], pads[i], pads[i + 2], dilations[i], ceil) for i in (0, 1)
    )
    return rows, cols


def _axis(node: onnx.NodeProto) -> int:
    return next((one.i for one in node.attribute if one.name == "axis"), -1)

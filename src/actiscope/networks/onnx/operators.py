"""What ONNX operators are called here, and what they do to where units look."""

from collections.abc import Sequence
from typing import Any

import onnx

from actiscope.geometry import Window
from actiscope.networks.places import Shape

TYPES = {
    "AveragePool": "Average Pooling",
    "BatchNormalization": "Batch Normalization",
    "Conv": "Convolution",
    "ConvInteger": "Convolution",
    "ConvTranspose": "Transposed Convolution",
    "DynamicQuantizeMatMul": "Matrix Multiplication",
    "Gemm": "Fully Connected",
    "GlobalAveragePool": "Global Average Pooling",
    "GlobalMaxPool": "Global Max Pooling",
    "InstanceNormalization": "Instance Normalization",
    "LayerNormalization": "Layer Normalization",
    "MatMul": "Matrix Multiplication",
    "MatMulInteger": "Matrix Multiplication",
    "MatMulIntegerToFloat": "Matrix Multiplication",
    "MaxPool": "Max Pooling",
    "QGemm": "Fully Connected",
    "QLinearConv": "Convolution",
    "QLinearMatMul": "Matrix Multiplication",
    "Relu": "ReLU",
}
TYPE_KEY = "actiscope.type"
"""Metadata of a node that says what it is called, where its operator does not tell."""

_SLIDING = {
    "AveragePool",
    "Conv",
    "ConvInteger",
    "LpPool",
    "MaxPool",
    "QLinearAveragePool",
    "QLinearConv",
}
POINTWISE = {
    "Abs",
    "Add",
    "BatchNormalization",
    "Cast",
    "Ceil",
    "Celu",
    "Clip",
    "Concat",
    "DequantizeLinear",
    "Div",
    "Dropout",
    "Elu",
    "Erf",
    "Exp",
    "Floor",
    "Gelu",
    "HardSigmoid",
    "HardSwish",
    "Identity",
    "LRN",
    "LeakyRelu",
    "Log",
    "Max",
    "Mean",
    "Min",
    "Mish",
    "Mul",
    "Neg",
    "PRelu",
    "Pow",
    "QLinearAdd",
    "QLinearConcat",
    "QLinearLeakyRelu",
    "QLinearMul",
    "QLinearSigmoid",
    "QuantizeLinear",
    "Reciprocal",
    "Relu",
    "Round",
    "Selu",
    "Sigmoid",
    "Sign",
    "Softplus",
    "Softsign",
    "Split",
    "Sqrt",
    "Sub",
    "Sum",
    "Tanh",
    "ThresholdedRelu",
    "Where",
}
"""Operators of which each output reads the inputs at its own place only."""


def type_of(node: onnx.NodeProto) -> str:
    """Return what a node is called in tables."""
    for entry in node.metadata_props:
        if entry.key == TYPE_KEY:
            return str(entry.value)
    attributes = attributes_of(node)
    if node.op_type == "Concat" and attributes.get("axis") == 1:
        return "Depth concatenation"
    if node.op_type == "Conv" and attributes.get("group", 1) > 1:
        return "Grouped Convolution"
    return TYPES.get(node.op_type, node.op_type)


def attributes_of(node: onnx.NodeProto) -> dict[str, Any]:
    """Return the attributes of a node by name."""
    return {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}


def windows_of(
    node: onnx.NodeProto, kernel_shape: Shape | None, sizes: Sequence[int]
) -> tuple[Window, Window] | None:
    """Return the windows that a node slides over rows and columns.

    Parameters
    ----------
    node : onnx.NodeProto
        The node.
    kernel_shape : tuple of int, optional
        Shape of its weights, if it has some.
    sizes : (int, int)
        Rows and columns of what it reads, which automatic padding depends on.

    Returns
    -------
    (Window, Window) or None
        None if it slides none.
    """
    if node.op_type not in _SLIDING:
        return None
    attributes = attributes_of(node)
    kernel = attributes.get("kernel_shape") or (kernel_shape or ())[2:]
    if len(kernel) != 2:
        return None
    strides = attributes.get("strides") or (1, 1)
    dilations = attributes.get("dilations") or (1, 1)
    pads = attributes.get("pads") or (0, 0, 0, 0)
    automatic = attributes.get("auto_pad", b"NOTSET").decode()
    if automatic.startswith("SAME"):
        pads = _same_pads(kernel, strides, dilations, sizes, automatic == "SAME_UPPER")
    elif automatic == "VALID":
        pads = (0, 0, 0, 0)
    ceil = bool(attributes.get("ceil_mode", 0))
    pools = node.op_type.endswith("Pool")
    rows, cols = (
        Window(kernel[i], strides[i], pads[i], pads[i + 2], dilations[i], ceil, pools)
        for i in (0, 1)
    )
    return rows, cols


def _same_pads(
    kernel: Sequence[int],
    strides: Sequence[int],
    dilations: Sequence[int],
    sizes: Sequence[int],
    more_at_the_end: bool,
) -> tuple[int, int, int, int]:
    before, after = [], []
    for extent, stride, dilation, size in zip(kernel, strides, dilations, sizes, strict=True):
        outputs = -(-size // stride)
        total = max((outputs - 1) * stride + (extent - 1) * dilation + 1 - size, 0)
        less, more = total // 2, total - total // 2
        before.append(less if more_at_the_end else more)
        after.append(more if more_at_the_end else less)
    return before[0], before[1], after[0], after[1]

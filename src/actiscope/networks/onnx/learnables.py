"""What the nodes of an ONNX model have learned, and what was measured in training."""

import math
from collections.abc import Iterable

import onnx

from actiscope.networks.onnx.graph import Graph
from actiscope.networks.onnx.scopes import Scope, bodies_of

BYTES = {onnx.TensorProto.INT8, onnx.TensorProto.UINT8}
DATA = {
    onnx.TensorProto.FLOAT, onnx.TensorProto.DOUBLE, onnx.TensorProto.FLOAT16,
    onnx.TensorProto.BFLOAT16, *BYTES,
}  # fmt: skip
"""Types of features and weights, quantized ones included; other integers are shapes and indices."""
_STATE = {"BatchNormalization": {3: "mean", 4: "variance"}}
"""Inputs that were measured in training, not learned."""
_LEARNED: dict[str, dict[int, str]] = {
    "Conv": {1: "weights", 2: "bias"},
    "ConvInteger": {1: "weights"},
    "ConvTranspose": {1: "weights", 2: "bias"},
    "DequantizeLinear": {},
    "DynamicQuantizeLSTM": {1: "weights", 2: "weights", 3: "bias"},
    "DynamicQuantizeMatMul": {1: "weights", 4: "bias"},
    "Gemm": {0: "weights", 1: "weights", 2: "bias"},
    "MatMulInteger": {0: "weights", 1: "weights"},
    "MatMulIntegerToFloat": {1: "weights", 6: "bias"},
    "QGemm": {3: "weights", 6: "bias"},
    "QLinearAdd": {0: "weights", 3: "weights"},
    "QLinearConv": {3: "weights", 8: "bias"},
    "QLinearMatMul": {0: "weights", 3: "weights"},
    "QLinearMul": {0: "weights", 3: "weights"},
    "QuantizeLinear": {},
    "Resize": {},
    "Upsample": {},
}
"""Inputs that are learned, where others (scales, zero points) are not, or integers are."""


def weights_of(graph: Graph, nodes: Iterable[onnx.NodeProto]) -> dict[str, onnx.TensorProto]:
    """Return what nodes have learned, by role; in bodies of conditions and loops, by node, too."""
    found: dict[str, onnx.TensorProto] = {}
    for node in nodes:
        _gather(node, graph.scope, "", found)
    return found


def _gather(
    node: onnx.NodeProto, scope: Scope, within: str, found: dict[str, onnx.TensorProto]
) -> None:
    for position, name in enumerate(node.input):
        tensor = scope.source(name)
        is_first = f"{within}weights" not in found
        role = None if tensor is None else _role(node, position, tensor, is_first=is_first)
        if tensor is None or role is None:
            continue
        role = within + role
        while role in found:
            role += str(position)
        found[role] = tensor
    for body in bodies_of(node):
        inner = scope.within(body)
        for each in body.node:
            _gather(each, inner, f"{within}{each.name or each.op_type}.", found)


def _role(
    node: onnx.NodeProto, position: int, tensor: onnx.TensorProto, *, is_first: bool
) -> str | None:
    size = math.prod(tensor.dims)
    named = _LEARNED.get(node.op_type)
    if named is not None:
        role = named.get(position)
        types = DATA | {onnx.TensorProto.INT32} if role == "bias" else DATA
        return role if size > 0 and tensor.data_type in types else None
    if position in _STATE.get(node.op_type, {}) or size < 2 or tensor.data_type not in DATA:
        return None
    return "weights" if is_first or len(tensor.dims) > 1 else "bias"


def state_of(graph: Graph, nodes: Iterable[onnx.NodeProto]) -> dict[str, onnx.TensorProto]:
    """Return what was measured in training, by role."""
    found = {
        role: graph.constants.get(node.input[position])
        for node in nodes
        for position, role in _STATE.get(node.op_type, {}).items()
        if len(node.input) > position
    }
    return {role: tensor for role, tensor in found.items() if tensor is not None}

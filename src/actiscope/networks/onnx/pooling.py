"""Poolings whose windows the engine, or ONNX's inference, takes otherwise than one would think."""

import onnx

from actiscope.networks.onnx.graph import Graph
from actiscope.networks.onnx.operators import attributes_of
from actiscope.networks.onnx.scopes import bodies_of
from actiscope.networks.places import Shape

_POOLINGS = {"AveragePool", "LpPool", "MaxPool"}
_BLOCKED = {"AveragePool", "MaxPool"}
"""Poolings that the engine does in its fastest layout."""


def is_miscounted(node: onnx.NodeProto) -> bool:
    """Say whether ONNX counts other units of a node than the engine gives.

    For automatic padding the engine takes a window with holes for one without.
    """
    given = attributes_of(node)
    is_same = given.get("auto_pad", b"").startswith(b"SAME")
    has_holes = any(dilation != 1 for dilation in given.get("dilations", ()))
    return node.op_type in _POOLINGS and is_same and has_holes


def rounded_down(node: onnx.NodeProto) -> onnx.NodeProto:
    """Return a node that gives the same number of units and rounds none up.

    Where that is rounded up, a window that begins behind the end is left out, as by PyTorch: ONNX
    counts it. Padding at the end that one more stride would need gives the same, if it is shorter
    than the window.
    """
    given = attributes_of(node)
    kernel = given.get("kernel_shape")
    is_same = given.get("auto_pad", b"").startswith(b"SAME")
    if node.op_type not in _POOLINGS or not given.get("ceil_mode") or not kernel or is_same:
        return node
    rank = len(kernel)
    is_valid = given.get("auto_pad") == b"VALID"
    pads = [0] * 2 * rank if is_valid else given.get("pads") or [0] * 2 * rank
    strides, dilations = (given.get(name) or [1] * rank for name in ("strides", "dilations"))
    after = [
        min(pad + stride - 1, (side - 1) * dilation)
        for pad, stride, side, dilation in zip(pads[rank:], strides, kernel, dilations, strict=True)
    ]
    kept = {"kernel_shape": kernel, "strides": strides, "pads": [*pads[:rank], *after]}
    if "dilations" in given:
        kept["dilations"] = dilations
    return onnx.helper.make_node(node.op_type, node.input, node.output, node.name, **kept)


def may_pool_nothing(graph: Graph, shapes: dict[str, Shape]) -> bool:
    """Say whether a pooling may be left with nothing to pool.

    In its fastest layout the engine divides by the number of units there, which ends the process.

    Parameters
    ----------
    graph : Graph
        The model.
    shapes : dict of str to tuple of int
        Those that follow from the model.

    Returns
    -------
    bool
        True where that does not follow from the model, and of poolings in conditions and loops.
    """
    return any(
        _pools_within(node) or (node.op_type in _BLOCKED and node.output[0] not in shapes)
        for node in graph.nodes
    )


def _pools_within(node: onnx.NodeProto) -> bool:
    return any(
        each.op_type in _BLOCKED or _pools_within(each)
        for body in bodies_of(node)
        for each in body.node
    )

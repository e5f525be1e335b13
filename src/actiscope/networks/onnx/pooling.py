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

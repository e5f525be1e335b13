"""Shapes that follow from a model, by ONNX's shape inference."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import onnx

from actiscope.networks.onnx.graph import SMALL, Graph
from actiscope.networks.onnx.pooling import is_miscounted, rounded_down
from actiscope.networks.onnx.scopes import bodies_of
from actiscope.networks.places import Shape

_FORGETS = {"Shape", "Size"}
"""What gives no part of a picture, whatever it is given."""


class Inferred(NamedTuple):
    """What follows from a model and the shapes of its inputs.

    Parameters
    ----------
    shapes : dict of str to tuple of int
        Shapes of tensors that are known in every dimension.
    types : dict of str to int
        Types that are known, as ``onnx.TensorProto.DataType``.
    hollow : frozenset of str
        What conditions and loops give in which something has less than nothing: a window is larger
        than what it is laid on.
    """

    shapes: dict[str, Shape]
    types: dict[str, int]
    hollow: frozenset[str]


def infer(graph: Graph, fed: dict[str, Shape]) -> Inferred:
    """Return what follows from the shapes of the inputs.

    What slices a picture is held back until it is known that something is left of the picture:
    ONNX's inference ends the process where a slice is taken of less than nothing, which it makes
    of a picture that is smaller than a window. Slices in conditions and loops are left out.

    Parameters
    ----------
    graph : Graph
        The model.
    fed : dict of str to tuple of int
        Shapes of the inputs.

    Returns
    -------
    Inferred
        Shapes and types.
    """
    held = _slices_of_pictures(graph)
    bare = {id(node): rounded_down(_without_inner_slices(node)) for node in graph.nodes}
    while True:
        nodes = [
            bare[id(node)] for node in graph.nodes if not (id(node) in held or is_miscounted(node))
        ]
        try:
            found, hollow = _infer(graph, nodes, fed)
        except Exception:  # what cannot be inferred is found by running
            return Inferred(dict(fed), {}, frozenset())
        waiting = _behind(graph, held)
        ready = {
            key
            for key, name in held.items()
            if name in found and name not in waiting and _is_there(found[name])
        }
        if not ready:
            break
        held = {key: name for key, name in held.items() if key not in ready}
    shapes = {
        name: _dims(kind)
        for name, kind in found.items()
        if kind.HasField("shape") and all(dim.HasField("dim_value") for dim in kind.shape.dim)
    }
    types = {
        name: kind.elem_type for name, kind in found.items() if kind.elem_type and name not in fed
    }
    return Inferred(shapes | fed, types, hollow)


def _slices_of_pictures(graph: Graph) -> dict[int, str]:
    """Return what each node slices that slices a picture, by the id of the node."""
    maps = {name for name, tensor in graph.constants.items() if len(tensor.dims) > 1}
    depending = maps | {info.name for info in graph.inputs}
    slices = {}
    for node in graph.nodes:
        if node.op_type in _FORGETS or depending.isdisjoint(graph.reads[id(node)]):
            continue
        depending.update(node.output)
        if node.op_type == "Slice":
            slices[id(node)] = node.input[0]
    return slices


def _without_inner_slices(node: onnx.NodeProto) -> onnx.NodeProto:
    """Return a node, without the slices in its bodies."""
    if not any(True for _ in bodies_of(node)):
        return node
    copy = onnx.NodeProto()
    copy.CopyFrom(node)
    for body in bodies_of(copy):
        kept = [_without_inner_slices(each) for each in body.node if each.op_type != "Slice"]
        del body.node[:]
        body.node.extend(kept)
    return copy


def _behind(graph: Graph, held: dict[int, str]) -> set[str]:
    """Return what is computed of what nodes that are held back give."""
    names: set[str] = set()
    for node in graph.nodes:
        if id(node) in held or not names.isdisjoint(graph.reads[id(node)]):
            names.update(node.output)
    return names


def _infer(
    graph: Graph, nodes: list[onnx.NodeProto], fed: dict[str, Shape]
) -> tuple[dict[str, onnx.TypeProto.Tensor], frozenset[str]]:
    source = graph.model.graph
    inputs = [
        onnx.helper.make_tensor_value_info(
            info.name, info.type.tensor_type.elem_type, fed[info.name]
        )
        for info in graph.inputs
        if info.name in fed
    ]
    small: list[onnx.TensorProto] = []
    large: list[onnx.TensorProto] = []
    for tensor in source.initializer:
        is_small = math.prod(tensor.dims) <= SMALL and not tensor.external_data
        (small if is_small else large).append(tensor)
    weights = [
        onnx.helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims)
        for tensor in large
    ]
    given = {name for node in nodes for name in node.output}
    answers = [info.name for info in source.output if info.name in given]
    bare = onnx.GraphProto(
        name=source.name or "graph", node=nodes, input=inputs + weights, initializer=small,
        output=[onnx.ValueInfoProto(name=name) for name in answers],
    )  # fmt: skip
    inferred = onnx.shape_inference.infer_shapes(graph.wrap(bare), data_prop=True).graph
    kinds = {
        info.name: info.type.tensor_type
        for info in (*inputs, *inferred.value_info, *inferred.output)
    }
    hollow = {
        name
        for node in inferred.node
        if any(length < 0 for dims in _within(node) for length in dims)
        for name in node.output
    }
    return kinds, frozenset(hollow)


def _within(node: onnx.NodeProto) -> Iterator[Shape]:
    """Yield what is known of the shapes of tensors in the bodies of a node."""
    for body in bodies_of(node):
        for info in (*body.value_info, *body.output):
            yield _dims(info.type.tensor_type)
        for each in body.node:
            yield from _within(each)


def _dims(kind: onnx.TypeProto.Tensor) -> Shape:
    return tuple(dim.dim_value for dim in kind.shape.dim)


def _is_there(kind: onnx.TypeProto.Tensor) -> bool:
    """Say whether no dimension is known to be empty."""
    return not any(dim.HasField("dim_value") and dim.dim_value < 1 for dim in kind.shape.dim)

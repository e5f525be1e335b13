"""Shapes that follow from a model, by ONNX's shape inference."""

import math

import onnx

from actiscope.networks.onnx.graph import SMALL, Graph
from actiscope.networks.places import Shape

_FORGETS = {"Shape", "Size"}
"""What gives no part of a picture, whatever it is given."""


def infer(graph: Graph, fed: dict[str, Shape]) -> tuple[dict[str, Shape], dict[str, int]]:
    """Return the shapes and types of tensors that follow from the shapes of the inputs.

    What slices a picture is held back until it is known that something is left of the picture:
    ONNX's inference ends the process where a slice is taken of less than nothing, which it makes
    of a picture that is smaller than a window.

    Parameters
    ----------
    graph : Graph
        The model.
    fed : dict of str to tuple of int
        Shapes of the inputs.

    Returns
    -------
    shapes : dict of str to tuple of int
        Those that are known in every dimension.
    types : dict of str to int
        Those that are known, as ``onnx.TensorProto.DataType``.
    """
    held = _slices_of_pictures(graph)
    while True:
        nodes = [node for node in graph.nodes if id(node) not in held]
        try:
            found = _infer(graph, nodes, fed)
        except Exception:  # what cannot be inferred is found by running
            return dict(fed), {}
        ready = {key for key, name in held.items() if name in found and _is_there(found[name])}
        if not ready:
            break
        held = {key: name for key, name in held.items() if key not in ready}
    shapes = {
        name: tuple(dim.dim_value for dim in kind.shape.dim)
        for name, kind in found.items()
        if kind.HasField("shape") and all(dim.HasField("dim_value") for dim in kind.shape.dim)
    }
    types = {
        name: kind.elem_type for name, kind in found.items() if kind.elem_type and name not in fed
    }
    return shapes | fed, types


def _slices_of_pictures(graph: Graph) -> dict[int, str]:
    """Return what each node slices that slices a picture, by the id of the node."""
    depending = {info.name for info in graph.inputs}
    slices = {}
    for node in graph.nodes:
        if node.op_type in _FORGETS or depending.isdisjoint(graph.reads[id(node)]):
            continue
        depending.update(node.output)
        if node.op_type == "Slice":
            slices[id(node)] = node.input[0]
    return slices


def _infer(
    graph: Graph, nodes: list[onnx.NodeProto], fed: dict[str, Shape]
) -> dict[str, onnx.TypeProto.Tensor]:
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
    return {
        info.name: info.type.tensor_type
        for info in (*inputs, *inferred.value_info, *inferred.output)
    }


def _is_there(kind: onnx.TypeProto.Tensor) -> bool:
    """Say whether no dimension is known to be empty."""
    return not any(dim.HasField("dim_value") and dim.dim_value < 1 for dim in kind.shape.dim)

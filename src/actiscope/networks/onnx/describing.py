"""The layers of an ONNX model: which tensors they are, and what each is like."""

import ast
import math
from dataclasses import dataclass

import onnx

from actiscope.layers import Layer, Layers
from actiscope.networks.onnx.graph import NOT_GIVEN, Graph, Shape
from actiscope.networks.onnx.operators import type_of
from actiscope.networks.onnx.quantization import has_unknown_scale
from actiscope.networks.onnx.tracing import Tracer

_BYTES = {onnx.TensorProto.INT8, onnx.TensorProto.UINT8}
_DATA = {
    onnx.TensorProto.FLOAT, onnx.TensorProto.DOUBLE, onnx.TensorProto.FLOAT16,
    onnx.TensorProto.BFLOAT16, *_BYTES,
}  # fmt: skip
"""Types of feature maps, quantized ones included; other integers are shapes and indices."""
_STATE = {"BatchNormalization": {3: "mean", 4: "variance"}}
"""Inputs that were measured in training, not learned."""
_SCOPES = "pkg.torch.onnx.name_scopes"


@dataclass(frozen=True)
class Described:
    """The layers of a model for one input size.

    Parameters
    ----------
    layers : Layers
        The layers.
    tensors : dict of str to str
        Name of the tensor of each layer.
    too_small : frozenset of str
        Tensors, of layers or not, that have no units at that size.
    """

    layers: Layers
    tensors: dict[str, str]
    too_small: frozenset[str]


def data_tensors(graph: Graph, tracer: Tracer, types: dict[str, int]) -> list[str]:
    """Return the tensors that depend on the picture and hold features that can be given."""
    return [
        name
        for node in graph.nodes
        for name in node.output
        if name in tracer.places
        and types.get(name, onnx.TensorProto.FLOAT) in _DATA - NOT_GIVEN
        and not (types.get(name) in _BYTES and has_unknown_scale(graph, name))
    ]


def describe(
    graph: Graph, image: str, tracer: Tracer, shapes: dict[str, Shape], types: dict[str, int]
) -> Described:
    """Describe the layers of a model.

    Parameters
    ----------
    graph : Graph
        The model.
    image : str
        Name of the picture's input.
    tracer : Tracer
        Where its tensors' units look.
    shapes, types : dict
        Of its tensors, for one input size.

    Returns
    -------
    Described
        Its layers.
    """
    tensors = [image]
    tensors += [name for name in data_tensors(graph, tracer, types) if shapes.get(name) != ()]
    names = _name(graph, tensors)
    counted: set[str] = set()
    layers = []
    for index, tensor in enumerate(tensors):
        node = graph.producers.get(tensor)
        weights = {} if node is None else weights_of(graph, node)
        learned = {source: shape for _, (source, shape) in weights.items() if source not in counted}
        counted |= learned.keys()
        place = tracer.places[tensor]
        arranged = place.arranged(shapes.get(tensor, ()))
        layers.append(
            Layer(
                index=index,
                name=names[tensor],
                type="Image Input" if node is None else type_of(node),
                inputs=() if node is None else _inputs(node, graph, tracer, names),
                size=arranged.size,
                weights={role: shape for role, (_, shape) in weights.items()},
                state={}
                if node is None
                else {role: tuple(found.dims) for role, found in state_of(graph, node).items()},
                learnables=sum(math.prod(shape) for shape in learned.values()),
                geometry=arranged.geometry,
                axes=arranged.axes,
                grid=arranged.grid,
                module="" if node is None else _module(node),
                channels_last=place.axes == (1, 2) and arranged.axes == "CHW",
                tensor=tensor,
            )
        )
    return Described(
        Layers(layers),
        {names[tensor]: tensor for tensor in tensors},
        frozenset(tracer.too_small),
    )


def _name(graph: Graph, tensors: list[str]) -> dict[str, str]:
    """Name each tensor after its node, or after itself where that is empty or taken."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for tensor in tensors:
        node = graph.producers.get(tensor)
        wanted = tensor
        if node is not None and node.name:
            number = list(node.output).index(tensor)
            wanted = node.name if number == 0 else f"{node.name}:{number}"
        if wanted in taken:
            wanted = tensor
        while wanted in taken:
            wanted += "'"
        taken.add(wanted)
        names[tensor] = wanted
    return names


def _inputs(
    node: onnx.NodeProto, graph: Graph, tracer: Tracer, names: dict[str, str]
) -> tuple[str, ...]:
    """Return the layers that a node reads, directly or through tensors that are no layers."""
    found: dict[str, None] = {}
    pending = _read(node, graph)
    for tensor in pending:
        producer = graph.producers.get(tensor)
        others = () if producer is None else producer.output
        listed = next((name for name in (tensor, *others) if name in names), None)
        if listed is not None:
            found[names[listed]] = None
        elif tensor in tracer.places and producer is not None:
            pending += [name for name in _read(producer, graph) if name not in pending]
    return tuple(found)


def _read(node: onnx.NodeProto, graph: Graph) -> list[str]:
    return [*node.input, *sorted(graph.reads[id(node)] - set(node.input))]


def weights_of(graph: Graph, node: onnx.NodeProto) -> dict[str, tuple[str, Shape]]:
    """Return what a node has learned: where it is kept and its shape, by role."""
    found: dict[str, tuple[str, Shape]] = {}
    for position, name in enumerate(node.input):
        if position in _STATE.get(node.op_type, {}) or not name:
            continue
        tensor = graph.source(name)
        if tensor is None or not tensor.dims or tensor.data_type not in _DATA:
            continue
        shape = tuple(tensor.dims)
        if math.prod(shape) > 1:
            role = "bias" if found and len(shape) == 1 else "weights"
            found[role if role not in found else f"{role}{position}"] = (tensor.name, shape)
    return found


def state_of(graph: Graph, node: onnx.NodeProto) -> dict[str, onnx.TensorProto]:
    """Return what was measured in training, by role."""
    positions = _STATE.get(node.op_type, {})
    found = {
        role: graph.constants.get(node.input[position])
        for position, role in positions.items()
        if len(node.input) > position
    }
    return {role: tensor for role, tensor in found.items() if tensor is not None}


def _module(node: onnx.NodeProto) -> str:
    """Return the module path that PyTorch's exporter left."""
    for entry in node.metadata_props:
        if entry.key == _SCOPES:
            try:
                scopes = ast.literal_eval(entry.value)
            except (ValueError, SyntaxError):
                return ""
            return str(scopes[-2]) if len(scopes) > 1 else ""
    return ""

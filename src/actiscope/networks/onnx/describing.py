"""The layers of an ONNX model: which tensors they are, and what each is like."""

import ast
import math
from dataclasses import dataclass

import onnx

from actiscope.layers import Layer, Layers
from actiscope.networks.connections import follow_back
from actiscope.networks.onnx.graph import NOT_GIVEN, Graph
from actiscope.networks.onnx.learnables import BYTES, DATA, state_of, weights_of
from actiscope.networks.onnx.operators import type_of
from actiscope.networks.onnx.quantization import has_unknown_scale, holds_sums
from actiscope.networks.onnx.tracing import Tracer
from actiscope.networks.places import Shape

_CONVERTING = {"Cast", "DequantizeLinear"}
"""Operators that give the integers of another one as real numbers."""
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
    holders : dict of str to list of onnx.NodeProto
        By layer, the nodes that hold what it has learned: its own, and those before it that give
        no layer, integers, say.
    too_small : frozenset of str
        Tensors, of layers or not, that have no units at that size.
    batch_axes : dict of str to int
        By tensor, along which axis it has several pictures, if they are run at once.
    unsure : bool
        Whether poolings may be left with nothing to pool, for all that the model tells.
    """

    layers: Layers
    tensors: dict[str, str]
    holders: dict[str, list[onnx.NodeProto]]
    too_small: frozenset[str]
    batch_axes: dict[str, int]
    unsure: bool


def data_tensors(graph: Graph, tracer: Tracer, types: dict[str, int]) -> list[str]:
    """Return the tensors that depend on the picture and hold features that can be given."""

    def holds_features(name: str) -> bool:
        kind = types.get(name, onnx.TensorProto.FLOAT)
        if kind in BYTES:
            return not has_unknown_scale(graph, name)
        return kind in DATA - NOT_GIVEN or (
            kind == onnx.TensorProto.INT32 and holds_sums(graph, name)
        )

    produced = (name for node in graph.nodes for name in node.output)
    return [name for name in produced if name in tracer.places and holds_features(name)]


def describe(
    graph: Graph,
    tensors: list[str],
    tracer: Tracer,
    shapes: dict[str, Shape],
    batch_axes: dict[str, int],
    *,
    unsure: bool,
) -> Described:
    """Describe the layers of a model.

    Parameters
    ----------
    graph : Graph
        The model.
    tensors : list of str
        Which are layers, the picture first.
    tracer : Tracer
        Where its tensors' units look.
    shapes : dict of str to tuple of int
        Of its tensors, for one picture.
    batch_axes : dict of str to int
        By tensor, along which axis it has several pictures, if they are run at once.
    unsure : bool
        Whether poolings may be left with nothing to pool.

    Returns
    -------
    Described
        Its layers.
    """
    names = _name(graph, tensors)
    read = graph.read
    counted: set[int] = set()
    layers, holders = [], {}
    for index, tensor in enumerate(tensors):
        node = graph.producers.get(tensor)
        inputs: tuple[str, ...] = ()
        holding: list[onnx.NodeProto] = []
        if node is not None:
            inputs, between = _follow_back(node, graph, tracer, names)
            holding = [node, *(each for each in between if id(each) not in counted)]
            counted.update(map(id, between))
        weights = weights_of(graph, holding)
        learned = {id(found): found.dims for found in weights.values() if id(found) not in counted}
        counted |= learned.keys()
        place = tracer.places[tensor]
        arranged = place.arranged(shapes.get(tensor, ()))
        holders[names[tensor]] = holding
        layers.append(
            Layer(
                index=index,
                name=names[tensor],
                type=_type(holding, graph),
                inputs=inputs,
                size=arranged.size,
                weights={role: tuple(found.dims) for role, found in weights.items()},
                state={role: tuple(found.dims) for role, found in state_of(graph, holding).items()},
                learnables=sum(map(math.prod, learned.values())),
                geometry=arranged.geometry,
                axes=arranged.axes,
                grid=arranged.grid,
                module="" if node is None else _module(node),
                channels_last=arranged.channels_last,
                tensor=tensor,
                used=node is None or not read.isdisjoint(node.output),
            )
        )
    return Described(
        Layers(layers),
        {names[tensor]: tensor for tensor in tensors},
        holders,
        frozenset(tracer.too_small),
        batch_axes,
        unsure,
    )


def _type(holding: list[onnx.NodeProto], graph: Graph) -> str:
    """Return what a layer is called: what only converts, by what it converts."""
    if not holding:
        return "Image Input"
    node, *between = holding
    learning = [each for each in between if weights_of(graph, [each])]
    return type_of(learning[0] if learning and node.op_type in _CONVERTING else node)


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


def _follow_back(
    node: onnx.NodeProto, graph: Graph, tracer: Tracer, names: dict[str, str]
) -> tuple[tuple[str, ...], list[onnx.NodeProto]]:
    """Return the layers that a node reads, and the nodes between that give none."""

    def layers_of(tensor: str) -> list[str]:
        producer = graph.producers.get(tensor)
        given = [tensor, *(() if producer is None else producer.output)]
        return [names[name] for name in given if name in names][:1]

    def read_by(tensor: str) -> list[str]:
        return _read(graph.producers[tensor], graph) if is_followed(tensor) else []

    def is_followed(tensor: str) -> bool:
        return tensor in tracer.places and tensor in graph.producers

    layers, passed = follow_back(_read(node, graph), layers_of, read_by)
    between = {id(found): found for found in map(graph.producers.get, filter(is_followed, passed))}
    return layers, [found for found in between.values() if found is not None]


def _read(node: onnx.NodeProto, graph: Graph) -> list[str]:
    return [*node.input, *sorted(graph.reads[id(node)] - set(node.input))]


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

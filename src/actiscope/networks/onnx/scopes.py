"""What names stand for: in a graph, and in the bodies of its conditions and loops."""

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import onnx

_REWRITES = {"Cast", "DequantizeLinear", "Identity", "Reshape", "Transpose"}


class Scope(NamedTuple):
    """Constants and nodes by the names of what they give."""

    constants: Mapping[str, onnx.TensorProto]
    producers: Mapping[str, onnx.NodeProto]

    def source(self, name: str) -> onnx.TensorProto | None:
        """Return the constant that a tensor is made of, by a cast or a dequantization, say."""
        while name not in self.constants:
            node = self.producers.get(name)
            if node is None or node.op_type not in _REWRITES or not node.input:
                return None
            name = node.input[0]
        return self.constants[name]

    def within(self, body: onnx.GraphProto) -> "Scope":
        """Return what names stand for in a body, which sees what is around it."""
        return Scope(
            ChainMap(constants_of(body), self.constants),  # type: ignore[arg-type]
            ChainMap(producers_of(body.node), self.producers),  # type: ignore[arg-type]
        )


def bodies_of(node: onnx.NodeProto) -> Iterator[onnx.GraphProto]:
    """Yield the graphs that a condition or a loop runs."""
    for attribute in node.attribute:
        if attribute.HasField("g"):
            yield attribute.g
        yield from attribute.graphs


def constants_of(graph: onnx.GraphProto) -> dict[str, onnx.TensorProto]:
    """Return the constants of a graph by name: its initializers, and what Constant nodes hold."""
    found = {tensor.name: tensor for tensor in graph.initializer}
    for node in graph.node:
        for attribute in node.attribute if node.op_type == "Constant" else ():
            if attribute.name == "value":
                attribute.t.name = node.output[0]  # exporters leave it without one
                found[node.output[0]] = attribute.t
    return found


def producers_of(nodes: Iterable[onnx.NodeProto]) -> dict[str, onnx.NodeProto]:
    """Return nodes by the names of what they give."""
    return {name: node for node in nodes for name in node.output if name}

"""Tensors that follow from others, and so need not be computed by the engine.

A convolution whose values are asked for cannot be fused with the ReLU after it, and each tensor
that is asked for is copied. What follows from the others at no cost waits until it is looked at.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx

from actiscope.networks.onnx.graph import Graph
from actiscope.networks.onnx.operators import attributes_of

Array = npt.NDArray[Any]


def needs_engine(graph: Graph, tensors: Iterable[str]) -> tuple[str, ...]:
    """Return those tensors that do not follow from the others.

    Parameters
    ----------
    graph : Graph
        The model.
    tensors : iterable of str
        Names of tensors that are asked for.

    Returns
    -------
    tuple of str
        Some of them, sorted.
    """
    asked = set(tensors)
    return tuple(sorted(name for name in asked if not _follows(graph, name, asked)))


class Deriver:
    """Gives tensors by name: those that were asked for, each derived once.

    Nothing here refers to itself, so that the values go when they are no longer needed.

    Parameters
    ----------
    graph : Graph
        The model.
    computed : dict of str to ndarray
        What the engine gave for `needs_engine`.
    """

    def __init__(self, graph: Graph, computed: dict[str, Array]) -> None:
        self._graph = graph
        self._known = dict(computed)

    def __call__(self, name: str) -> Array:
        """Return the values of a tensor."""
        if name not in self._known:
            node = self._graph.producers[name]
            read = [self(each) for each in node.input if each]
            self._known[name] = _DERIVATIONS[node.op_type](node, read)
        return self._known[name]


def _follows(graph: Graph, name: str, asked: set[str]) -> bool:
    node = graph.producers.get(name)
    return (
        node is not None
        and node.op_type in _DERIVATIONS
        and node.domain in ("", "ai.onnx")
        and name == node.output[0]
        and asked.issuperset(read for read in node.input if read)
    )


def _concatenate(node: onnx.NodeProto, read: list[Array]) -> Array:
    return np.concatenate(read, axis=attributes_of(node)["axis"])


_DERIVATIONS: dict[str, Callable[[onnx.NodeProto, list[Array]], Array]] = {
    "Concat": _concatenate,
    "Identity": lambda _, read: read[0],
    "Relu": lambda _, read: np.maximum(read[0], 0),
}

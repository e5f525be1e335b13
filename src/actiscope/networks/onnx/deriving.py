"""Tensors that follow from others, and so need not be computed by the engine.

A convolution whose values are asked for cannot be fused with the ReLU after it, and each tensor
that is asked for is copied. What follows from the others at no cost waits until it is looked at.
"""

from collections.abc import Callable, Iterable
from functools import cache
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


def deriver(graph: Graph, computed: dict[str, Array]) -> Callable[[str], Array]:
    """Return a function that gives tensors by name.

    Parameters
    ----------
    graph : Graph
        The model.
    computed : dict of str to ndarray
        What the engine gave for `needs_engine`.

    Returns
    -------
    callable
        From the name of a tensor that was asked for to its values, each derived once.
    """

    @cache
    def derive(name: str) -> Array:
        if name in computed:
            return computed[name]
        node = graph.producers[name]
        return _DERIVATIONS[node.op_type](node, [derive(read) for read in node.input if read])

    return derive


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

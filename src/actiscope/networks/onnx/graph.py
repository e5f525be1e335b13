"""An ONNX model as a graph of tensors that can be cut."""

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import onnx

from actiscope.errors import NetworkError
from actiscope.networks.onnx.scopes import Scope, bodies_of, constants_of, producers_of
from actiscope.networks.places import Shape

_REAL = {onnx.TensorProto.FLOAT, onnx.TensorProto.DOUBLE, onnx.TensorProto.FLOAT16}
NOT_GIVEN = {onnx.TensorProto.BFLOAT16}
"""Types that the engine computes with, but does not give."""
SMALL = 1024
"""Constants with more numbers are weights: shapes never depend on them."""


class Given(NamedTuple):
    """A tensor that is not computed but given.

    Parameters
    ----------
    name : str
        What it is called.
    type : int
        Of its elements, as ONNX counts types.
    """

    name: str
    type: int


class Graph:
    """The tensors of an ONNX model: what computes each, and what each needs.

    Parameters
    ----------
    model : onnx.ModelProto
        The model; external data need not be loaded.
    folder : pathlib.Path, optional
        Where its external data lie.
    strict : bool
        Whether a broken graph is refused; else what cannot be computed is left out.

    Attributes
    ----------
    faults : dict of str to str
        What is wrong with nodes that were left out, by name.
    read : set of str
        What is read by a node, left out or not, or is an output.

    Raises
    ------
    NetworkError
        If nodes are not in order, or read what nothing gives.
    """

    def __init__(
        self, model: onnx.ModelProto, folder: Path | None = None, *, strict: bool = True
    ) -> None:
        self.model = model
        self.folder = folder
        self.nodes = list(model.graph.node)
        self.constants = constants_of(model.graph)
        self.reads = {id(node): _reads(node) for node in self.nodes}
        self.faults: dict[str, str] = {}
        self._check_order(strict)
        self.producers = producers_of(self.nodes)
        self.scope = Scope(self.constants, self.producers)
        read = set().union(*self.reads.values())
        self.inputs = [
            info
            for info in model.graph.input
            if info.name not in self.constants and info.name in read
        ]
        self.read = read | {info.name for info in model.graph.output}
        _drop_taken_names(self.nodes)

    @property
    def opset(self) -> int:
        """The version of ONNX's own operators."""
        return max(
            (one.version for one in self.model.opset_import if one.domain in ("", "ai.onnx")),
            default=1,
        )

    @property
    def answers(self) -> dict[str, onnx.NodeProto]:
        """The outputs that are computed, and that the engine can give; with their nodes."""
        return {
            info.name: self.producers[info.name]
            for info in self.model.graph.output
            if info.name in self.producers and info.type.tensor_type.elem_type not in NOT_GIVEN
        }

    def constant(self, name: str) -> npt.NDArray[Any] | None:
        """Return the value of a small constant, None for what is none."""
        tensor = self.constants.get(name)
        if tensor is None or tensor.external_data or math.prod(tensor.dims) > SMALL:
            return None
        return onnx.numpy_helper.to_array(tensor)

    def array(self, tensor: onnx.TensorProto) -> npt.NDArray[Any]:
        """Return the values of a constant; real numbers in a file are read as they are used."""
        external = tensor.data_location == onnx.TensorProto.EXTERNAL
        if not external or tensor.data_type not in _REAL or 0 in tensor.dims:
            return onnx.numpy_helper.to_array(tensor, str(self.folder or ""))
        entries = {entry.key: entry.value for entry in tensor.external_data}
        mapped = np.memmap(
            (self.folder or Path()) / entries["location"],
            onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type),
            "r",
            int(entries.get("offset", 0)),
            tuple(tensor.dims),
        )
        return np.asarray(mapped)

    def shape_of_constant(self, name: str) -> Shape | None:
        """Return the shape of a constant, None for what is none."""
        tensor = self.constants.get(name)
        return None if tensor is None else tuple(tensor.dims)

    def needed(
        self, outputs: Iterable[str], given: Given | None = None
    ) -> tuple[list[onnx.NodeProto], set[str]]:
        """Return the nodes, in order, and the names that outputs need if a tensor is given."""
        names = set(outputs)
        taken = {given.name} if given else set()
        kept = []
        for node in reversed(self.nodes):
            if not names.isdisjoint({*node.output} - taken):
                kept.append(node)
                names.update(self.reads[id(node)])
        return kept[::-1], names

    def cut(self, outputs: Iterable[str], given: Given | None = None) -> bytes:
        """Return a model of only what some outputs need.

        Parameters
        ----------
        outputs : iterable of str
            Names of tensors.
        given : Given, optional
            A tensor that it does not compute, but takes as an input.

        Returns
        -------
        bytes
            A serialized ONNX model with these outputs. External data stay where they are.
        """
        outputs = list(outputs)
        nodes, names = self.needed(outputs, given)
        source = self.model.graph
        inputs = [info for info in self.inputs if info.name in names]
        if given:
            nodes = [_without(node, given.name) for node in nodes]
            inputs.append(onnx.helper.make_tensor_value_info(given.name, given.type, None))
        graph = onnx.GraphProto(
            name=source.name or "graph",
            node=nodes,
            input=inputs,
            output=[onnx.ValueInfoProto(name=name) for name in outputs],
            initializer=[tensor for tensor in source.initializer if tensor.name in names],
            sparse_initializer=source.sparse_initializer,
        )
        return bytes(self.wrap(graph).SerializeToString())

    def external_bytes(self, outputs: Iterable[str]) -> int:
        """Return how much of the external data some outputs need."""
        _, names = self.needed(outputs)
        kept = (tensor for name, tensor in self.constants.items() if name in names)
        return sum(
            math.prod(tensor.dims) * onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type).itemsize
            for tensor in kept
            if tensor.data_location == onnx.TensorProto.EXTERNAL
        )

    def source(self, name: str) -> onnx.TensorProto | None:
        """Return the constant that a tensor is made of, by a cast or a dequantization, say."""
        return self.scope.source(name)

    def wrap(self, graph: onnx.GraphProto) -> onnx.ModelProto:
        """Return a model of another graph, for the same operators."""
        return onnx.ModelProto(
            ir_version=self.model.ir_version,
            opset_import=self.model.opset_import,
            graph=graph,
        )

    def _check_order(self, strict: bool) -> None:
        """Refuse, or leave out, nodes that read what is not there."""
        known = {info.name for info in self.model.graph.input} | set(self.constants) | {""}
        known |= {tensor.values.name for tensor in self.model.graph.sparse_initializer}
        given = {name for node in self.nodes for name in node.output}
        lost: set[str] = set()
        whole = []
        for node in self.nodes:
            missing = sorted(self.reads[id(node)] - known)
            if not missing:
                known.update(node.output)
                whole.append(node)
                continue
            label = node.name or node.op_type
            text = f"reads {missing[0]!r}, " + (
                "which is computed later" if missing[0] in given else "which is missing"
            )
            if strict:
                raise NetworkError(f"the node {label!r} {text}")
            if lost.isdisjoint(missing):
                self.faults[label] = f"it {text}; it and all that needs it are left out"
            lost.update(node.output)
        self.nodes = whole


def _without(node: onnx.NodeProto, output: str) -> onnx.NodeProto:
    """Return a node that gives one of its outputs another name."""
    if output not in node.output:
        return node
    renamed = onnx.NodeProto()
    renamed.CopyFrom(node)
    renamed.output[list(node.output).index(output)] = f"{output}, computed"
    return renamed


def _drop_taken_names(nodes: Iterable[onnx.NodeProto]) -> None:
    """Leave a name to the first node that has it: the engine refuses the second."""
    taken: set[str] = set()
    for node in nodes:
        if node.name in taken:
            node.ClearField("name")
        taken.add(node.name)


def _reads(node: onnx.NodeProto) -> set[str]:
    """Return what a node reads, bodies of control flow included."""
    names = set(node.input)
    for body in bodies_of(node):
        inner = {info.name for info in body.input}
        inner |= {tensor.name for tensor in body.initializer}
        for each in body.node:
            names |= _reads(each) - inner
            inner.update(each.output)
        names |= {info.name for info in body.output} - inner
    return names

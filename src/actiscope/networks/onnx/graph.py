"""An ONNX model as a graph that can be cut."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

import onnx

from actiscope.errors import ImageSizeError
from actiscope.geometry import EVERYTHING, Geometry, Window, merge
from actiscope.layers import Layer, Layers
from actiscope.networks.onnx.operators import type_of, windows_of

_LARGEST_SMALLEST = 4096


class Graph:
    """The layers of an ONNX model: its input, then each of its nodes.

    Parameters
    ----------
    model : onnx.ModelProto
        A model with one picture input, (N, C, H, W); every node is named like its output.
    """

    def __init__(self, model: onnx.ModelProto) -> None:
        self._model = model
        self.input = model.graph.input[0].name
        self._weights = {tensor.name: tensor for tensor in model.graph.initializer}
        self._shapes = {name: tuple(tensor.dims) for name, tensor in self._weights.items()}
        self._windows = {node.name: windows_of(node, self._shapes) for node in model.graph.node}
        self._geometries = self._trace()
        self._lengths = lru_cache(maxsize=256)(self._find_lengths)

    @property
    def nodes(self) -> Iterator[onnx.NodeProto]:
        """The nodes, each after those that it reads."""
        return iter(self._model.graph.node)

    def cut(self, outputs: Iterable[str]) -> bytes:
        """Return a model of only what some outputs need.

        Parameters
        ----------
        outputs : iterable of str
            Names of layers.

        Returns
        -------
        bytes
            A serialized ONNX model with these outputs.
        """
        outputs = list(outputs)
        needed = set(outputs)
        kept = []
        for node in reversed(self._model.graph.node):
            if not needed.isdisjoint(node.output):
                kept.append(node)
                needed.update(node.input)
        graph = onnx.GraphProto(
            name=self._model.graph.name,
            node=reversed(kept),
            input=self._model.graph.input,
            output=[onnx.ValueInfoProto(name=name) for name in outputs],
            initializer=[tensor for name, tensor in self._weights.items() if name in needed],
        )
        cut = onnx.ModelProto(
            ir_version=self._model.ir_version,
            opset_import=self._model.opset_import,
            graph=graph,
        )
        return bytes(cut.SerializeToString())

    def layers_at(self, size: tuple[int, int]) -> Layers:
        """Return the layers for an input of a size.

        Parameters
        ----------
        size : (int, int)
            Height and width of the input.

        Returns
        -------
        Layers
            With the sizes of their activations.

        Raises
        ------
        ImageSizeError
            If a layer would have no units.
        """
        self.check_size([node.name for node in self.nodes], size)
        channels = self._model.graph.input[0].type.tensor_type.shape.dim[1].dim_value
        found = [Layer(0, self.input, "Image Input", (), (channels, *size))]
        sizes = self._infer(size)
        for index, node in enumerate(self.nodes, start=1):
            weights = {
                role: self._shapes[name]
                for role, name in zip(("weights", "bias"), node.input[1:], strict=False)
                if name in self._shapes
            }
            found.append(
                Layer(
                    index=index,
                    name=node.name,
                    type=type_of(node),
                    inputs=tuple(name for name in node.input if name not in self._weights),
                    size=sizes[node.name][1:],
                    weights=weights,
                    learnables=sum(_product(shape) for shape in weights.values()),
                    geometry=self._geometries[node.name],
                )
            )
        return Layers(found)

    def check_size(self, names: Iterable[str], size: tuple[int, int]) -> None:
        """Refuse an input that is too small for a layer.

        Parameters
        ----------
        names : iterable of str
            The layers that will be asked for.
        size : (int, int)
            Height and width of the input.

        Raises
        ------
        ImageSizeError
            It names the smallest size that works.
        """
        rows, cols = (self._lengths(axis, size[axis]) for axis in (0, 1))
        for name in names:
            if rows[name] < 1 or cols[name] < 1:
                height, width = (self._smallest(axis, name) for axis in (0, 1))
                raise ImageSizeError(
                    f"a picture of {size[0]}x{size[1]} is too small for layer {name!r}: "
                    f"it needs at least {height}x{width}"
                )

    def _find_lengths(self, axis: int, length: int) -> dict[str, int]:
        """Return how many units each layer has along an axis, for an input of some length."""
        lengths = {self.input: length}
        for node in self.nodes:
            inputs = min(lengths[name] for name in node.input if name in lengths)
            windows = self._windows[node.name]
            lengths[node.name] = (
                min(inputs, 1) if windows is None else windows[axis].outputs(inputs)
            )
        return lengths

    def _smallest(self, axis: int, name: str) -> int:
        tried = range(1, _LARGEST_SMALLEST)
        return next(length for length in tried if self._lengths(axis, length)[name] > 0)

    def _trace(self) -> dict[str, Geometry]:
        geometries = {self.input: Geometry()}
        for node in self.nodes:
            joined = merge(geometries[name] for name in node.input if name in geometries)
            windows = self._windows[node.name]
            if windows is None:
                joined = Geometry(EVERYTHING, EVERYTHING)
            elif windows != (Window(), Window()):
                joined = joined.through(*windows)
            geometries[node.name] = joined
        return geometries

    def _infer(self, size: tuple[int, int]) -> dict[str, tuple[int, ...]]:
        """Return the shape of every tensor; weights take part by their shape alone."""
        graph = self._model.graph
        fed = onnx.ValueInfoProto()
        fed.CopyFrom(graph.input[0])
        for dim, length in zip(fed.type.tensor_type.shape.dim, (1, 3, *size), strict=True):
            dim.dim_value = length
        shapes = [
            onnx.helper.make_tensor_value_info(name, tensor.data_type, tensor.dims)
            for name, tensor in self._weights.items()
        ]
        bare = onnx.ModelProto(
            ir_version=self._model.ir_version,
            opset_import=self._model.opset_import,
            graph=onnx.GraphProto(
                name=graph.name, node=graph.node, input=[fed, *shapes], output=graph.output
            ),
        )
        inferred = onnx.shape_inference.infer_shapes(bare).graph
        return {
            info.name: tuple(dim.dim_value for dim in info.type.tensor_type.shape.dim)
            for info in (*inferred.value_info, *inferred.output)
        }


def _product(shape: tuple[int, ...]) -> int:
    total = 1
    for length in shape:
        total *= length
    return total

"""Where the units of each tensor of an ONNX model look on the picture."""

from collections.abc import Set as AbstractSet
from typing import Any

import numpy as np
import onnx

from actiscope.geometry import Geometry, Window
from actiscope.networks.onnx.graph import Graph
from actiscope.networks.onnx.operators import POINTWISE, attributes_of, windows_of
from actiscope.networks.places import Place, Shape, joined, pooled, unknown

_SOFTMAX_BY_AXIS = 13
"""The opset from which softmax works along its axis alone."""


class Tracer:
    """Follows units through a graph, node by node.

    Parameters
    ----------
    graph : Graph
        The graph.
    shapes : dict of str to tuple of int
        Shapes of its tensors, as far as they are known.
    image : str
        Name of the picture's input.
    axes : (int, int)
        Which of its axes are rows and columns.
    hollow : set of str
        Tensors that are known to have no units, whatever their shapes.

    Attributes
    ----------
    places : dict of str to Place
        Of the tensors that depend on the picture.
    too_small : set of str
        Tensors that have no units.
    """

    def __init__(
        self,
        graph: Graph,
        shapes: dict[str, Shape],
        image: str,
        axes: tuple[int, int],
        hollow: AbstractSet[str] = frozenset(),
    ) -> None:
        self.places = {image: Place(Geometry(), axes).remembering(shapes.get(image))}
        self.too_small: set[str] = set()
        self._graph = graph
        self._shapes = shapes
        self._hollow = hollow
        for node in graph.nodes:
            self._follow(node)

    def _follow(self, node: onnx.NodeProto) -> None:
        if node.op_type in ("Shape", "Size"):
            return
        read = [name for name in node.input if name in self.places]
        if not read:
            if self._graph.reads[id(node)] & self.places.keys():
                self._set(node, unknown())
            return
        self._set(node, self._place(node, read))
        if any(name in self.too_small for name in read):
            self.too_small.update(node.output)

    def _place(self, node: onnx.NodeProto, read: list[str]) -> Place:
        if node.op_type in POINTWISE and not attributes_of(node).get("training_mode"):
            after = self._shapes.get(node.output[0])
            place = joined([(self.places[name], self._shapes.get(name)) for name in read], after)
            return place.normalized(self._along(node, after), len(after or ()))
        main = next((name for name in read if self.places[name].axes is not None), read[0])
        method = getattr(self, f"_{node.op_type.lower()}", self._sliding)
        followed: Place = method(node, main)
        return followed

    @staticmethod
    def _along(node: onnx.NodeProto, after: Shape | None) -> list[int]:
        """Return the axis along which tensors are strung together or taken apart."""
        if node.op_type not in ("Concat", "QLinearConcat", "Split") or not after:
            return []
        return [int(attributes_of(node).get("axis", 0))]

    def _set(self, node: onnx.NodeProto, place: Place) -> None:
        for name in filter(None, node.output):
            shape = self._shapes.get(name)
            is_empty = shape is not None and any(length < 1 for length in shape)
            if is_empty or name in self._hollow:
                self.too_small.add(name)
            self.places[name] = place.remembering(shape)

    def _sliding(self, node: onnx.NodeProto, main: str) -> Place:
        place, before = self.places[main], self._shapes.get(main)
        size = place.size_in(before)
        position = 3 if node.op_type == "QLinearConv" else 1
        kernel = (
            self._graph.shape_of_constant(node.input[position])
            if len(node.input) > position
            else None
        )
        windows = windows_of(node, kernel, size or (0, 0))
        if windows is None or place.axes != (2, 3):
            return place.mixed(before, self._shapes.get(node.output[0]))
        if size is not None and any(
            window.outputs(length) < 1 for window, length in zip(windows, size, strict=True)
        ):
            self.too_small.update(node.output)
        return place.slid(*windows)

    def _softmax(self, node: onnx.NodeProto, main: str) -> Place:
        if self._graph.opset < _SOFTMAX_BY_AXIS:
            return self.places[main].everywhere()
        axis = int(attributes_of(node).get("axis", -1))
        return self.places[main].normalized([axis], len(self._shapes.get(main, ())))

    _logsoftmax = _softmax

    def _layernormalization(self, node: onnx.NodeProto, main: str) -> Place:
        rank = len(self._shapes.get(main, ()))
        first = int(attributes_of(node).get("axis", -1)) % rank if rank else 0
        place = self.places[main]
        return place if place.axes is None else place.normalized(range(first, rank), rank)

    def _matmul(self, node: onnx.NodeProto, main: str) -> Place:
        """Follow a matrix of weights, which mixes the last axis, or a product of two tensors."""
        place, rank = self.places[main], len(self._shapes.get(main, ()))
        if node.input[0] == main and self._graph.source(node.input[1]) is not None:
            return place if place.axes is None else place.normalized([-1], rank)
        return place.mixed(self._shapes.get(main), self._shapes.get(node.output[0]))

    def _transpose(self, node: onnx.NodeProto, main: str) -> Place:
        rank = len(self._shapes.get(main, ()))
        return self.places[main].permuted(attributes_of(node).get("perm", range(rank)[::-1]))

    def _reshape(self, node: onnx.NodeProto, main: str) -> Place:
        return self.places[main].reshaped(self._shapes.get(main), self._shapes.get(node.output[0]))

    _flatten = _squeeze = _unsqueeze = _reshape

    def _pad(self, node: onnx.NodeProto, main: str) -> Place:
        place = self.places[main]
        given = attributes_of(node)
        pads: Any = given.get("pads")
        if pads is None and len(node.input) > 1:
            pads = self._graph.constant(node.input[1])
        if pads is None or len(node.input) > 3 or given.get("mode", b"constant") != b"constant":
            return place.everywhere()
        return place.cut({axis: (-int(pads[axis]), 1) for axis in range(len(pads) // 2)})

    def _slice(self, node: onnx.NodeProto, main: str) -> Place:
        place, shape = self.places[main], self._shapes.get(main)
        given = attributes_of(node)
        starts, axes, steps = (given.get(name) for name in ("starts", "axes", "steps"))
        if starts is None:
            constants = [self._graph.constant(name) for name in node.input[1:]]
            starts, _, axes, steps = (constants + [None] * 4)[:4]
        if starts is None or shape is None:
            return place.mixed(shape, self._shapes.get(node.output[0]))
        axes = np.arange(len(starts)) if axes is None else axes
        steps = np.ones(len(starts), dtype=int) if steps is None else steps
        cuts = {}
        for start, axis, step in zip(starts, axes, steps, strict=True):
            length = shape[int(axis) % len(shape)]
            first = int(start) + (length if start < 0 else 0)
            cuts[int(axis) % len(shape)] = (min(max(first, 0), max(length - 1, 0)), int(step))
        return place.cut(cuts)

    def _depthtospace(self, node: onnx.NodeProto, main: str) -> Place:
        before, after = self._shapes.get(main), self._shapes.get(node.output[0])
        place = self.places[main]
        if place.axes != (2, 3):
            return place.mixed(before, after)
        return place.resized(before, after, asymmetric=True)

    def _spacetodepth(self, node: onnx.NodeProto, main: str) -> Place:
        place, block = self.places[main], int(attributes_of(node)["blocksize"])
        if place.axes != (2, 3):
            return place.mixed(self._shapes.get(main), self._shapes.get(node.output[0]))
        return place.slid(Window(block, block), Window(block, block))

    def _convtranspose(self, node: onnx.NodeProto, main: str) -> Place:
        place = self.places[main]
        given = attributes_of(node)
        weight = self._graph.shape_of_constant(node.input[1])
        kernel = given.get("kernel_shape") or (weight or ())[2:]
        if place.axes != (2, 3) or len(kernel) != 2 or "output_shape" in given:
            return place.resized(
                self._shapes.get(main), self._shapes.get(node.output[0])
            ).everywhere()
        return place.transposed(
            kernel,
            given.get("strides") or (1, 1),
            given.get("pads") or (0, 0, 0, 0),
            given.get("dilations") or (1, 1),
        )

    def _resize(self, node: onnx.NodeProto, main: str) -> Place:
        given = attributes_of(node)
        how = given.get("coordinate_transformation_mode", b"half_pixel")
        if how == b"tf_crop_and_resize":
            return self.places[main].everywhere()
        return self.places[main].resized(
            self._shapes.get(main),
            self._shapes.get(node.output[0]),
            cubic=given.get("mode") == b"cubic",
            align_corners=how == b"align_corners",
            asymmetric=how == b"asymmetric" or node.op_type == "Upsample",
        )

    _upsample = _resize

    def _globalaveragepool(self, _: onnx.NodeProto, main: str) -> Place:
        return pooled(self.places[main])

    _globalmaxpool = _globallppool = _globalaveragepool

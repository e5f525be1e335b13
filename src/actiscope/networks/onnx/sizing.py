"""What an ONNX model gives for pictures of a size."""

from collections.abc import Set as AbstractSet
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx

from actiscope.networks.onnx.batching import batch_axis, find_batch_axis, shape_of_one
from actiscope.networks.onnx.describing import Described, data_tensors, describe
from actiscope.networks.onnx.graph import Graph
from actiscope.networks.onnx.inferring import Inferred, infer
from actiscope.networks.onnx.inputs import ImageInput
from actiscope.networks.onnx.pooling import may_pool_nothing
from actiscope.networks.onnx.tracing import Tracer
from actiscope.networks.onnx.trials import Trials
from actiscope.networks.places import Shape


def describe_at(
    graph: Graph,
    image: ImageInput,
    others: dict[str, npt.NDArray[Any]],
    trials: Trials,
    size: tuple[int, int],
) -> Described:
    """Describe the layers of a model for pictures of a size.

    Parameters
    ----------
    graph : Graph
        The model.
    image : ImageInput
        The input that takes the picture.
    others : dict of str to ndarray
        What its other inputs are fed.
    trials : Trials
        Tell the sizes that do not follow from the model.
    size : (int, int)
        Height and width.

    Returns
    -------
    Described
        Its layers.
    """
    inferred = _infer(graph, image, others, size)
    shapes, types = _complete(inferred, graph, image, trials)
    axes = _batch_axes(inferred.hollow, graph, image, trials, shapes, types)
    shapes |= {name: shape_of_one(shapes[name], axis, image.batch) for name, axis in axes.items()}
    tracer = Tracer(graph, shapes, image.name, image.axes, inferred.hollow)
    found = data_tensors(graph, tracer, types)
    tensors = [image.name, *(name for name in found if shapes.get(name) != ())]
    unsure = may_pool_nothing(graph, inferred.shapes)
    return describe(graph, tensors, tracer, shapes, axes, unsure=unsure)


def too_small_at(
    graph: Graph, image: ImageInput, others: dict[str, npt.NDArray[Any]], size: tuple[int, int]
) -> set[str]:
    """Return the tensors that have no units for pictures of a size, as far as the model tells."""
    inferred = _infer(graph, image, others, size)
    return Tracer(graph, inferred.shapes, image.name, image.axes, inferred.hollow).too_small


def _infer(
    graph: Graph, image: ImageInput, others: dict[str, npt.NDArray[Any]], size: tuple[int, int]
) -> Inferred:
    fed = {name: array.shape for name, array in others.items()}
    return infer(graph, fed | {image.name: image.shape(size)})


def _complete(
    inferred: Inferred, graph: Graph, image: ImageInput, trials: Trials
) -> tuple[dict[str, Shape], dict[str, int]]:
    """Return shapes and types: those that do not follow from the model are found by running it."""
    shapes, types = dict(inferred.shapes), dict(inferred.types)
    tracer = Tracer(graph, shapes, image.name, image.axes, inferred.hollow)
    unknown = [
        name
        for name in data_tensors(graph, tracer, types)
        if name not in tracer.too_small and (name not in shapes or name not in types)
    ]
    found, _ = trials.try_out(unknown)
    for name, value in found.items():
        if isinstance(value, np.ndarray):
            if value.size:  # how much is found in a picture follows from no other picture
                shapes[name] = value.shape
            types[name] = onnx.helper.np_dtype_to_tensor_dtype(value.dtype)
    return shapes, types


def _batch_axes(
    hollow: AbstractSet[str],
    graph: Graph,
    image: ImageInput,
    trials: Trials,
    shapes: dict[str, Shape],
    types: dict[str, int],
) -> dict[str, int]:
    """Return along which axis tensors have several pictures, by name; nothing if it is one."""
    if image.batch < 2:
        return {}
    tracer = Tracer(graph, shapes, image.name, image.axes, hollow)
    depending = {name: shapes[name] for name in tracer.places if shapes.get(name)}
    axes = {name: batch_axis(shape, image.batch) for name, shape in depending.items()}
    unclear = [
        name
        for name in data_tensors(graph, tracer, types)
        if axes.get(name, 0) is None and name not in tracer.too_small
    ]
    found, _ = trials.try_out(unclear, noise=True)
    for name, value in found.items():
        axes[name] = find_batch_axis(value, image.batch)
    return {name: axis for name, axis in axes.items() if axis is not None}

"""What an ONNX model gives for pictures of a size."""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx

from actiscope.networks.onnx.describing import Described, data_tensors, describe
from actiscope.networks.onnx.engine import Engine
from actiscope.networks.onnx.graph import Graph
from actiscope.networks.onnx.inputs import ImageInput
from actiscope.networks.onnx.tracing import Tracer


def describe_at(
    graph: Graph,
    image: ImageInput,
    others: dict[str, npt.NDArray[Any]],
    engine: Engine,
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
    engine : Engine
        Tells the sizes that do not follow from the model.
    size : (int, int)
        Height and width.

    Returns
    -------
    Described
        Its layers.
    """
    fed = {name: array.shape for name, array in others.items()}
    shapes, types = graph.infer(fed | {image.name: image.shape(size)})
    tracer = Tracer(graph, shapes, image.name, image.axes)
    unknown = [
        name
        for name in data_tensors(graph, tracer, types)
        if name not in shapes or name not in types
    ]
    if unknown:
        for name, value in engine.try_out(unknown, size).items():
            if isinstance(value, np.ndarray):
                if value.size:  # how much is found in a picture follows from no other picture
                    shapes[name] = value.shape
                types[name] = onnx.helper.np_dtype_to_tensor_dtype(value.dtype)
        tracer = Tracer(graph, shapes, image.name, image.axes)
    return describe(graph, image.name, tracer, shapes, types)

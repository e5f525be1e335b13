"""An ONNX model with its weights drawn anew."""

import numpy as np
import onnx

from actiscope.errors import NetworkError
from actiscope.networks.onnx.graph import Graph
from actiscope.networks.onnx.learnables import weights_of
from actiscope.networks.redrawing import redraw

_REAL = {onnx.TensorProto.FLOAT, onnx.TensorProto.DOUBLE, onnx.TensorProto.FLOAT16}


def randomize(graph: Graph, seed: int) -> Graph:
    """Return a copy of a model, each learned tensor of real numbers drawn anew.

    Parameters
    ----------
    graph : Graph
        The model; it stays as it is.
    seed : int
        Of the random numbers.

    Returns
    -------
    Graph
        The same nodes, other weights.

    Raises
    ------
    NetworkError
        If no weights are real numbers.
    """
    model = onnx.ModelProto()
    model.CopyFrom(graph.model)
    copied = Graph(model, graph.folder, strict=False)
    learned = (each for node in copied.nodes for each in weights_of(copied, [node]).values())
    tensors = list({id(each): each for each in learned if each.data_type in _REAL}.values())
    if not tensors:
        raise NetworkError("the network has no weights that are real numbers to draw anew")
    rng = np.random.default_rng(seed)
    for tensor in tensors:
        drawn = redraw(copied.array(tensor), rng)
        kind = onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type)
        tensor.CopyFrom(onnx.numpy_helper.from_array(drawn.astype(kind), tensor.name))
    return copied

"""Tiny networks whose values can be worked out by hand."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from actiscope import Network, open_network

FLOAT = TensorProto.FLOAT
RAW = {"mean": (0.0,), "std": (1.0,), "scale": 1.0}
"""Pixels as they are."""


def model(
    nodes: Sequence[onnx.NodeProto],
    weights: dict[str, np.ndarray],
    *,
    inputs: dict[str, tuple[int, list]] | None = None,
    outputs: Sequence[str] | None = None,
    opset: int = 17,
) -> onnx.ModelProto:
    """Make an ONNX model; by default its input is x, (N, 3, H, W)."""
    inputs = inputs or {"x": (FLOAT, ["N", 3, "H", "W"])}
    outputs = outputs or [nodes[-1].output[0]]
    graph = helper.make_graph(
        list(nodes),
        "tiny",
        [helper.make_tensor_value_info(name, *kind) for name, kind in inputs.items()],
        [onnx.ValueInfoProto(name=name) for name in outputs],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def filters(count: int = 4, size: int = 3, seed: int = 0) -> np.ndarray:
    """Random kernels (count, 3, size, size)."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, 3, size, size)).astype(np.float32)


def convolution(stride: int = 2) -> onnx.ModelProto:
    """A convolution, a ReLU and a pooling, on pictures of any size."""
    return model(
        [
            helper.make_node("Conv", ["x", "w"], ["a"], "conv", strides=[stride, stride]),
            helper.make_node("Relu", ["a"], ["b"], "relu"),
            helper.make_node("MaxPool", ["b"], ["c"], "pool", kernel_shape=[2, 2], strides=[2, 2]),
        ],
        {"w": filters()},
    )


def convolve(image: np.ndarray, kernels: np.ndarray, stride: int = 2) -> np.ndarray:
    """Convolve a picture (3, H, W) with kernels, the long way."""
    size = kernels.shape[2]
    rows = range(0, image.shape[1] - size + 1, stride)
    cols = range(0, image.shape[2] - size + 1, stride)
    return np.array(
        [
            [[(image[:, r : r + size, c : c + size] * kernel).sum() for c in cols] for r in rows]
            for kernel in kernels
        ],
        dtype=np.float32,
    )


def opened(folder: Path, model: onnx.ModelProto, **options: Any) -> Network:
    """Save a model and open it, with pixels as they are."""
    path = folder / "model.onnx"
    onnx.save(model, path)
    return open_network(path, **{**RAW, **options})

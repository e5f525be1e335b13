"""SqueezeNet v1.1 as an ONNX model of MATLAB's 68 named layers."""

from collections.abc import Iterator, Sequence

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from actiscope.networks.onnx.operators import TYPE_KEY
from actiscope.networks.squeezenet.weights import Weights

INPUT_SIZE = (227, 227)
MEAN_RGB = (123.0, 117.0, 104.0)
POOL_BEFORE_FIRE = {4: "pool3", 6: "pool5"}

_OPSET = 13
_IR_VERSION = 10
_POOL = {"kernel_shape": [3, 3], "strides": [2, 2]}
_PAD_BELOW_AND_RIGHT = {"pads": [0, 0, 1, 1]}


def build_model(weights: Weights) -> onnx.ModelProto:
    """Build the network.

    Parameters
    ----------
    weights : dict of str to (ndarray, ndarray)
        As `read_weights` returns them: (H, W, in, out), in BGR order.

    Returns
    -------
    onnx.ModelProto
        Input "data", (N, 3, H, W), RGB minus the mean; every node is named like its output.
    """
    nodes = list(_nodes())
    graph = helper.make_graph(
        nodes,
        "squeezenet",
        [helper.make_tensor_value_info("data", TensorProto.FLOAT, ["N", 3, "H", "W"])],
        [helper.make_tensor_value_info(nodes[-1].name, TensorProto.FLOAT, ["N", 1000, 1, 1])],
        list(_initializers(weights)),
    )
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION
    )


def by_layer(weights: Weights) -> Weights:
    """Return the weights by name of the layer, kernels (out, in, H, W) in RGB order.

    Parameters
    ----------
    weights : dict of str to (ndarray, ndarray)
        As `read_weights` returns them.

    Returns
    -------
    dict of str to (ndarray, ndarray)
        Kernel and bias of each convolution.
    """
    found = {}
    for key, (kernel, bias) in weights.items():
        name = key.replace("/", "-")
        if name == "conv1":
            kernel = kernel[:, :, ::-1]
        found[name] = np.ascontiguousarray(kernel.transpose(3, 2, 0, 1)), bias
    return found


def _nodes() -> Iterator[onnx.NodeProto]:
    yield _convolution("conv1", "data", strides=[2, 2])
    yield _node("Relu", "relu_conv1", ["conv1"])
    yield _node("MaxPool", "pool1", ["relu_conv1"], **_POOL)
    last = "pool1"
    for number in range(2, 10):
        if number in POOL_BEFORE_FIRE:
            pool = POOL_BEFORE_FIRE[number]
            yield _node("MaxPool", pool, [last], **_POOL, **_PAD_BELOW_AND_RIGHT)
            last = pool
        yield from _fire(f"fire{number}", last)
        last = f"fire{number}-concat"
    yield _node("Dropout", "drop9", [last])
    yield _convolution("conv10", "drop9")
    yield _node("Relu", "relu_conv10", ["conv10"])
    yield _node("GlobalAveragePool", "pool10", ["relu_conv10"])
    yield _node("Softmax", "prob", ["pool10"], axis=1)
    output = _node("Identity", "ClassificationLayer_predictions", ["prob"])
    output.metadata_props.add(key=TYPE_KEY, value="Classification Output")
    yield output


def _fire(fire: str, source: str) -> Iterator[onnx.NodeProto]:
    squeezed = f"{fire}-relu_squeeze1x1"
    yield _convolution(f"{fire}-squeeze1x1", source)
    yield _node("Relu", squeezed, [f"{fire}-squeeze1x1"])
    yield _convolution(f"{fire}-expand1x1", squeezed)
    yield _node("Relu", f"{fire}-relu_expand1x1", [f"{fire}-expand1x1"])
    yield _convolution(f"{fire}-expand3x3", squeezed, pads=[1, 1, 1, 1])
    yield _node("Relu", f"{fire}-relu_expand3x3", [f"{fire}-expand3x3"])
    expanded = [f"{fire}-relu_expand1x1", f"{fire}-relu_expand3x3"]
    yield _node("Concat", f"{fire}-concat", expanded, axis=1)


def _node(
    operator: str, name: str, inputs: Sequence[str], **attributes: int | list[int]
) -> onnx.NodeProto:
    node = helper.make_node(operator, inputs, [name], name)
    node.attribute.extend(helper.make_attribute(key, value) for key, value in attributes.items())
    return node


def _convolution(name: str, source: str, **attributes: int | list[int]) -> onnx.NodeProto:
    return _node("Conv", name, [source, f"{name}.weights", f"{name}.bias"], **attributes)


def _initializers(weights: Weights) -> Iterator[onnx.TensorProto]:
    for name, (kernel, bias) in by_layer(weights).items():
        yield numpy_helper.from_array(kernel, f"{name}.weights")
        yield numpy_helper.from_array(bias, f"{name}.bias")

"""Inputs that take several pictures at once, or one without a batch: each picture's own values."""

import numpy as np
import onnxruntime
import pytest
from onnx import helper
from tests.networks import tiny
from tests.networks.tiny import opened

from actiscope import NetworkError

COUNT = 4
SIZE = 12


def engine(model, fed):
    """Plain ONNX Runtime's answer, every tensor by name."""
    whole = type(model)()
    whole.CopyFrom(model)
    given = {info.name for info in whole.graph.output}
    for node in whole.graph.node:
        for name in set(node.output) - given:
            whole.graph.output.add(name=name)
    session = onnxruntime.InferenceSession(whole.SerializeToString())
    names = [info.name for info in session.get_outputs()]
    return dict(zip(names, session.run(names, {"x": fed}), strict=True))


def pictures(picture):
    planes = picture[:SIZE, :SIZE].transpose(2, 0, 1).astype(np.float32)
    others = np.random.default_rng(5).normal(size=(COUNT - 1, 3, SIZE, SIZE)).astype(np.float32)
    return np.concatenate([planes[np.newaxis], others])


def recurrent():
    """A convolution, columns as time steps, a recurrent layer, and attention in windows."""
    rng = np.random.default_rng(0)
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["a"], "conv", strides=[2, 2]),
        helper.make_node("ReduceMean", ["a"], ["m"], "rows", axes=[2], keepdims=0),
        helper.make_node("Transpose", ["m"], ["t"], "steps", perm=[2, 0, 1]),
        helper.make_node("RNN", ["t", "wi", "wr"], ["r"], "recurrent", hidden_size=8),
        helper.make_node("Squeeze", ["r", "one"], ["s"], "squeezed"),
        helper.make_node("Reshape", ["x", "windows"], ["v"], "windows"),
        helper.make_node("Softmax", ["v"], ["p"], "attention"),
        helper.make_node("Flatten", ["a"], ["f"], "flat"),
    ]
    weights = {
        "w": tiny.filters(),
        "wi": rng.normal(size=(1, 8, 4)).astype(np.float32) / 100,
        "wr": rng.normal(size=(1, 8, 8)).astype(np.float32),
        "one": np.array([1]),
        "windows": np.array([COUNT * 2, COUNT, 9, 6]),
    }
    inputs = {"x": (tiny.FLOAT, [COUNT, 3, SIZE, SIZE])}
    return tiny.model(nodes, weights, inputs=inputs, outputs=["s", "p", "f"])


def test_a_fixed_number_of_pictures(tmp_path, picture):
    model = recurrent()
    wanted = engine(model, pictures(picture))
    net = opened(tmp_path, model)
    assert net.input_size == (SIZE, SIZE)
    acts = net.activations(picture[:SIZE, :SIZE], list(net.layers))
    parts = {
        "conv": wanted["a"][0],
        "rows": wanted["m"][0],
        "steps": wanted["t"][:, :1],
        "recurrent": wanted["r"][:, :, :1],
        "squeezed": wanted["s"][:, :1],
        "windows": wanted["v"][:2],
        "attention": wanted["p"][:2],
        "flat": wanted["f"][0],
    }
    for name, part in parts.items():
        np.testing.assert_allclose(acts[name].values, part, rtol=1e-4, atol=1e-4, err_msg=name)
        assert net.layers[name].size == part.shape
    assert acts["conv"].geometry.receptive_field == (3, 3)


def test_each_picture_of_several_has_its_own_values(tmp_path, picture):
    model = tiny.convolution()
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = COUNT
    net = opened(tmp_path, model)
    given = [picture[:SIZE, :SIZE], picture[:SIZE, :SIZE][::-1]]
    fed = np.stack([each.transpose(2, 0, 1) for each in given] * 2).astype(np.float32)
    wanted = engine(model, fed)
    acts = net.activations(given, ["conv", "relu", "pool"])
    for name, tensor in {"conv": "a", "relu": "b", "pool": "c"}.items():
        np.testing.assert_array_equal(acts[name].values, wanted[tensor][:2])
    assert net.analyze(size=SIZE).multiply_adds == 27 * 4 * 5 * 5


def without_batch(layout):
    fixed = [3, SIZE, SIZE] if layout == "NCHW" else [SIZE, SIZE, 3]
    order = [0, 1, 2] if layout == "NCHW" else [2, 0, 1]
    nodes = [
        helper.make_node("Mul", ["x", "two"], ["d"], "twice"),
        helper.make_node("Transpose", ["d"], ["t"], "planes", perm=order),
        helper.make_node("Unsqueeze", ["t", "zero"], ["u"], "batch"),
        helper.make_node("Conv", ["u", "w"], ["a"], "conv", strides=[2, 2]),
        helper.make_node("Squeeze", ["a", "zero"], ["y"], "one"),
    ]
    weights = {"two": np.float32([2]), "zero": np.array([0]), "w": tiny.filters()}
    return tiny.model(nodes, weights, inputs={"x": (tiny.FLOAT, fixed)})


@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
def test_no_batch(tmp_path, picture, layout):
    model = without_batch(layout)
    cut = picture[:SIZE, :SIZE].astype(np.float32)
    wanted = engine(model, cut.transpose(2, 0, 1) if layout == "NCHW" else cut)
    net = opened(tmp_path, model)
    acts = net.activations(picture[:SIZE, :SIZE], list(net.layers))
    planes = cut.transpose(2, 0, 1)
    np.testing.assert_array_equal(acts["x"].values, planes)
    np.testing.assert_array_equal(acts["twice"].values, 2 * planes)
    np.testing.assert_array_equal(acts["conv"].values, wanted["a"][0])
    np.testing.assert_array_equal(acts["one"].values, wanted["y"])
    for name in ("twice", "planes", "batch", "conv", "one"):
        layer = net.layers[name]
        assert layer.axes == "CHW"
        assert layer.size == acts[name].shape
        assert layer.geometry.receptive_field == ((3, 3) if name in ("conv", "one") else (1, 1))


def test_an_input_for_one_picture_is_preferred(tmp_path):
    nodes = [helper.make_node("Add", ["x", "offsets"], ["y"], "sum")]
    inputs = {
        "offsets": (tiny.FLOAT, [3, SIZE, SIZE]), "x": (tiny.FLOAT, [1, 3, SIZE, SIZE]),
    }  # fmt: skip
    offsets = np.ones((3, SIZE, SIZE), np.float32)
    net = opened(tmp_path, tiny.model(nodes, {}, inputs=inputs), others={"offsets": offsets})
    assert net.layers[0].name == "x"
    with pytest.raises(NetworkError, match="also takes 'offsets'"):
        opened(tmp_path, tiny.model(nodes, {}, inputs=inputs))


def test_quantized_layers_of_a_fixed_number_of_pictures(tmp_path, picture):
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "s", "z"], ["q"], "quantize"),
        helper.make_node("DequantizeLinear", ["q", "s", "z"], ["y"], "real"),
    ]
    inputs = {"x": (tiny.FLOAT, [COUNT, 3, SIZE, SIZE])}
    model = tiny.model(nodes, {"s": np.float32(2), "z": np.uint8(7)}, inputs=inputs)
    acts = opened(tmp_path, model).activations(picture[:SIZE, :SIZE], ["quantize", "real"])
    wanted = engine(model, pictures(picture))["y"][0]
    np.testing.assert_array_equal(acts["quantize"].values, wanted)
    np.testing.assert_array_equal(acts["real"].values, wanted)

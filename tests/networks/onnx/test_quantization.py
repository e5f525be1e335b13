"""Layers of quantized networks hold real numbers, and what they have learned."""

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper
from tests.networks import tiny
from tests.networks.tiny import opened


def test_quantized_operators_give_real_numbers(tmp_path, picture):
    scale, zero = np.float32(0.5), np.uint8(10)
    kernels = np.round(tiny.filters() * 20).clip(-127, 127).astype(np.int8)
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "xs", "xz"], ["q"], "quantize"),
        helper.make_node(
            "QLinearConv", ["q", "xs", "xz", "w", "ws", "wz", "ys", "yz"], ["a"], "qconv"
        ),
        helper.make_node("MaxPool", ["a"], ["p"], "qpool", kernel_shape=[2, 2]),
        helper.make_node("DequantizeLinear", ["p", "ys", "yz"], ["y"], "dequantize"),
    ]
    weights = {
        "xs": np.float32(1), "xz": np.uint8(0), "w": kernels, "ws": np.float32(0.05),
        "wz": np.int8(0), "ys": scale * 100, "yz": zero * np.uint8(12),
    }  # fmt: skip
    net = opened(tmp_path, tiny.model(nodes, weights))
    acts = net.activations(picture, ["quantize", "qconv", "qpool", "dequantize"])
    planes = picture.transpose(2, 0, 1).astype(np.float32)
    np.testing.assert_array_equal(acts["quantize"].values, planes)
    exact = tiny.convolve(planes, kernels * np.float32(0.05), stride=1)
    seen = np.clip(exact, -120 * 50, 135 * 50)
    np.testing.assert_allclose(acts["qconv"].values, seen, atol=26)
    np.testing.assert_array_equal(acts["qpool"].values, acts["dequantize"].values)


def plain(model, picture, tensors):
    """Plain ONNX Runtime's answer to pixels as they are."""
    shown = onnx.ModelProto()
    shown.CopyFrom(model)
    for name in set(tensors) - {info.name for info in shown.graph.output}:
        shown.graph.output.add(name=name)
    session = onnxruntime.InferenceSession(shown.SerializeToString())
    fed = picture.transpose(2, 0, 1)[np.newaxis].astype(np.float32)
    return session.run(list(tensors), {"x": fed})


def test_integers_that_a_layer_adds_up_are_a_layer(tmp_path, picture):
    kernels = np.round(tiny.filters() * 20).clip(-127, 127).astype(np.int8)
    nodes = [
        helper.make_node("Relu", ["x"], ["r"], "relu"),
        helper.make_node("DynamicQuantizeLinear", ["r"], ["q", "scale", "zero"], "quantize"),
        helper.make_node("ConvInteger", ["q", "w", "zero"], ["i"], "integers", strides=[2, 2]),
        helper.make_node("Cast", ["i"], ["c"], "cast", to=TensorProto.FLOAT),
        helper.make_node("Mul", ["c", "scale"], ["y"], "rescale"),
    ]
    model = tiny.model(nodes, {"w": kernels})
    net = opened(tmp_path, model)
    assert net.edges == [
        ("x", "relu"), ("relu", "quantize"), ("quantize", "integers"), ("integers", "cast"),
        ("cast", "rescale"), ("quantize", "rescale"),
    ]  # fmt: skip
    assert net.layers["integers"].geometry.stride == (2, 2)
    integers, scaled = plain(model, picture, ["i", "y"])
    acts = net.activations(picture, ["integers", "rescale"])
    np.testing.assert_array_equal(acts["integers"].values, integers[0])
    np.testing.assert_array_equal(acts["rescale"].values, scaled[0])
    wanted = tiny.convolve(picture.transpose(2, 0, 1).astype(np.float32), kernels)
    act = net.activations(picture, "rescale")
    np.testing.assert_allclose(act.values, wanted, rtol=0, atol=0.01 * np.abs(wanted).max())
    assert not net.analyze(image=picture).issues


QUANTIZE = helper.make_node("QuantizeLinear", ["x", "s", "z"], ["q"], "quantize")
SCALE = {"s": np.float32(2), "z": np.uint8(7)}
PASSING = {
    "Split": (["q"], ["y", "rest"], {"axis": 2}),
    "Unsqueeze": (["q", "first"], ["y"], {}),
    "Resize": (["q", "", "", "size"], ["y"], {"mode": "nearest"}),
    "Pad": (["q", "pads"], ["y"], {"mode": "edge"}),
    "Gather": (["q", "first"], ["y"], {"axis": 1}),
    "Expand": (["q", "size"], ["y"], {}),
    "Tile": (["q", "repeats"], ["y"], {}),
    "SpaceToDepth": (["q"], ["y"], {"blocksize": 3}),
    "DepthToSpace": (["d"], ["y"], {"blocksize": 3}),
}


@pytest.mark.parametrize("operator", PASSING)
def test_operators_that_pass_integers_on_give_real_numbers(tmp_path, picture, operator):
    read, given, attributes = PASSING[operator]
    nodes = [
        QUANTIZE,
        helper.make_node("SpaceToDepth", ["q"], ["d"], "deep", blocksize=3),
        helper.make_node(operator, read, given, "passed", **attributes),
        helper.make_node("DequantizeLinear", ["y", "s", "z"], ["r"], "real"),
    ]
    constants = {
        "first": np.array([0]), "size": np.array([1, 3, 12, 15]), "repeats": np.array([1, 1, 2, 1]),
        "pads": np.array([0, 0, 1, 1, 0, 0, 1, 1]),
    }  # fmt: skip
    net = opened(tmp_path, tiny.model(nodes, SCALE | constants))
    acts = net.activations(picture, ["passed", "real"])
    assert acts["real"].values.max() > 240
    np.testing.assert_array_equal(acts["passed"].values, acts["real"].values)


CONTRIBUTED = {
    "QLinearSoftmax": (["q", "s", "z", "s2", "z2"], {"axis": 1, "opset": 13}),
    "QLinearWhere": (["where", "q", "s", "z", "q", "s", "z", "s2", "z2"], {}),
    "QLinearSigmoid": (["q", "s", "z", "s2", "z2"], {}),
}


@pytest.mark.parametrize("operator", CONTRIBUTED)
def test_operators_of_the_engine_give_real_numbers(tmp_path, picture, operator):
    read, attributes = CONTRIBUTED[operator]
    nodes = [
        QUANTIZE,
        helper.make_node(operator, read, ["y"], "made", domain="com.microsoft", **attributes),
        helper.make_node("DequantizeLinear", ["y", "s2", "z2"], ["r"], "real"),
    ]
    constants = {"s2": np.float32(0.03), "z2": np.uint8(3), "where": np.array([True])}
    model = tiny.model(nodes, SCALE | constants)
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    acts = opened(tmp_path, model).activations(picture, ["made", "real"])
    assert acts["real"].values.any()
    np.testing.assert_array_equal(acts["made"].values, acts["real"].values)


def test_integers_whose_scale_is_found_in_each_run_give_real_numbers(tmp_path, picture):
    nodes = [
        helper.make_node("DynamicQuantizeLinear", ["x"], ["q", "scale", "zero"], "quantize"),
        helper.make_node("MaxPool", ["q"], ["p"], "pool", kernel_shape=[2, 2]),
        helper.make_node("DequantizeLinear", ["p", "scale", "zero"], ["y"], "real"),
        helper.make_node("DequantizeLinear", ["q", "scale", "zero"], ["z"], "all"),
    ]
    model = tiny.model(nodes, {}, outputs=["y", "z"])
    net = opened(tmp_path, model)
    assert [layer.name for layer in net.layers] == ["x", "quantize", "pool", "real", "all"]
    wanted = dict(zip(["pool", "quantize"], plain(model, picture, ["y", "z"]), strict=True))
    for name, values in net.activations(picture, list(wanted)).items():
        np.testing.assert_allclose(values, wanted[name][0], rtol=1e-6)
        alone = net.activations(picture, name)
        np.testing.assert_array_equal(alone.values, values)


def test_a_scale_that_the_graph_computes(tmp_path, picture):
    nodes = [
        helper.make_node("ReduceMax", ["x"], ["s"], "scale", axes=[0, 2, 3], keepdims=0),
        helper.make_node("Div", ["s", "levels"], ["t"], "step"),
        helper.make_node("QuantizeLinear", ["x", "t", "z"], ["q"], "quantize"),
        helper.make_node("Transpose", ["q"], ["m"], "moved", perm=[0, 2, 1, 3]),
        helper.make_node("DequantizeLinear", ["q", "t", "z"], ["y"], "real"),
        helper.make_node("DequantizeLinear", ["m", "t", "z"], ["n"], "moved_real", axis=2),
    ]
    constants = {"levels": np.float32(255), "z": np.zeros(3, np.uint8)}
    model = tiny.model(nodes, constants, outputs=["y", "n"])
    net = opened(tmp_path, model)
    assert "moved" not in net.layers
    found = net.activations(picture, "quantize").values
    np.testing.assert_array_equal(found, plain(model, picture, ["y"])[0][0])


def test_a_scale_for_each_channel_is_kept_by_them_alone(tmp_path, picture):
    nodes = [
        QUANTIZE,
        helper.make_node("Transpose", ["q"], ["t"], "moved", perm=[0, 2, 1, 3]),
        helper.make_node("DequantizeLinear", ["t", "s", "z"], ["y"], "real", axis=2),
    ]
    scales = {"s": np.float32([1, 2, 4]), "z": np.uint8([0, 5, 9])}
    net = opened(tmp_path, tiny.model(nodes, scales))
    assert net.edges == [("x", "quantize"), ("quantize", "real")]
    acts = net.activations(picture, ["quantize", "real"])
    np.testing.assert_array_equal(acts["quantize"].values, acts["real"].values.transpose(1, 0, 2))


KERNELS = np.round(tiny.filters() * 20).clip(-127, 127).astype(np.int8)
MATRIX = np.arange(5 * 6, dtype=np.int8).reshape(5, 6)
PER_CHANNEL = {"ws": np.full(4, 0.1, np.float32), "wz": np.zeros(4, np.int8)}
BIAS = {"b": np.arange(4, dtype=np.int32)}
LEARNING = {
    "QLinearConv": (
        [
            QUANTIZE,
            helper.make_node(
                "QLinearConv", ["q", "s", "z", "w", "ws", "wz", "s", "z", "b"], ["y"], "it"
            ),
        ],
        {"w": KERNELS, **PER_CHANNEL, **BIAS},
        {"weights": KERNELS, "bias": BIAS["b"]},
        "Convolution",
    ),
    "dequantized": (
        [
            helper.make_node("DequantizeLinear", ["w", "ws", "wz"], ["v"], axis=0),
            helper.make_node("DequantizeLinear", ["b", "ws"], ["c"], axis=0),
            helper.make_node("Conv", ["x", "v", "c"], ["y"], "it"),
        ],
        {"w": KERNELS, **PER_CHANNEL, **BIAS},
        {"weights": KERNELS, "bias": BIAS["b"]},
        "Convolution",
    ),
    "ConvInteger": (
        [
            helper.make_node("DynamicQuantizeLinear", ["x"], ["q", "scale", "zero"]),
            helper.make_node("ConvInteger", ["q", "w", "zero"], ["i"], "it"),
            helper.make_node("Cast", ["i"], ["y"], "cast", to=TensorProto.FLOAT),
            helper.make_node("Neg", ["i"], ["n"], "negative"),
            helper.make_node("Cast", ["n"], ["again"], "again", to=TensorProto.FLOAT),
        ],
        {"w": KERNELS},
        {"weights": KERNELS},
        "Convolution",
    ),
    "MatMulInteger": (
        [
            helper.make_node("DynamicQuantizeLinear", ["x"], ["q", "scale", "zero"]),
            helper.make_node("MatMulInteger", ["q", "m", "zero"], ["i"], "it"),
            helper.make_node("Cast", ["i"], ["y"], "cast", to=TensorProto.FLOAT),
        ],
        {"m": MATRIX},
        {"weights": MATRIX},
        "Matrix Multiplication",
    ),
}


@pytest.mark.parametrize("form", LEARNING)
def test_what_was_learned_is_counted_once_and_without_scales(tmp_path, form):
    nodes, constants, learned, called = LEARNING[form]
    inputs = {"x": (tiny.FLOAT, [1, 3, 5, 5])}
    net = opened(tmp_path, tiny.model(nodes, SCALE | constants, inputs=inputs))
    layer = net.layers["it"]
    assert layer.type == called
    found = net.weights_of(layer)
    assert found.keys() == layer.weights.keys() == learned.keys()
    for role, values in learned.items():
        np.testing.assert_array_equal(found[role], values)
    analysis = net.analyze()
    assert analysis.layers.learnables == layer.learnables == sum(map(np.size, learned.values()))
    per_unit = 27 if called == "Convolution" else 5
    assert analysis.multiply_adds == per_unit * np.prod(layer.size)


def test_scales_of_a_resize_are_not_learned_and_a_single_bias_is(tmp_path):
    nodes = [
        helper.make_node("Conv", ["x", "w", "b"], ["a"], "conv"),
        helper.make_node("Resize", ["a", "", "scales"], ["y"], "larger"),
    ]
    weights = {
        "w": tiny.filters(1), "b": np.float32([1]), "scales": np.float32([1, 1, 2, 2])
    }  # fmt: skip
    layers = opened(tmp_path, tiny.model(nodes, weights)).layers
    assert [layer.learnables for layer in layers] == [0, 28, 0]

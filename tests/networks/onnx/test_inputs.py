"""The input that takes the picture: found or named, of any layout and type, or told."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from tests.networks import tiny
from tests.networks.tiny import opened

from actiscope import ArgumentError, ImageSizeError, NetworkError, open_network

KINDS = [
    TensorProto.FLOAT16, TensorProto.DOUBLE, TensorProto.UINT8, TensorProto.INT32,
    TensorProto.INT64,
]  # fmt: skip


def test_channels_last(tmp_path, picture):
    nodes = [
        helper.make_node("Mul", ["x", "two"], ["twice"], "twice"),
        helper.make_node("Transpose", ["twice"], ["t"], "to_nchw", perm=[0, 3, 1, 2]),
        helper.make_node("Conv", ["t", "w"], ["a"], "conv", strides=[2, 2]),
        helper.make_node("Transpose", ["a"], ["back"], "to_nhwc", perm=[0, 2, 3, 1]),
    ]
    weights = {"w": tiny.filters(), "two": np.float32([2])}
    inputs = {"x": (tiny.FLOAT, ["N", "H", "W", 3])}
    net = opened(tmp_path, tiny.model(nodes, weights, inputs=inputs))
    acts = net.activations(picture, ["x", "twice", "conv", "to_nhwc"])
    planes = picture.transpose(2, 0, 1).astype(np.float32)
    np.testing.assert_array_equal(acts["x"].values, planes)
    np.testing.assert_array_equal(acts["twice"].values, 2 * planes)
    np.testing.assert_array_equal(acts["to_nhwc"].values, acts["conv"].values)
    assert net.layers_at((12, 15))["to_nhwc"].size == acts["to_nhwc"].shape == (4, 5, 7)
    assert acts["to_nhwc"].geometry == acts["conv"].geometry


@pytest.mark.parametrize("kind", KINDS)
def test_other_types_of_input(tmp_path, picture, kind):
    nodes = [
        helper.make_node("Cast", ["x"], ["f"], "cast", to=TensorProto.FLOAT),
        helper.make_node("Conv", ["f", "w"], ["a"], "conv", strides=[2, 2]),
        helper.make_node("Cast", ["a"], ["h"], "half", to=TensorProto.FLOAT16),
    ]
    inputs = {"x": (kind, ["N", 3, "H", "W"])}
    net = opened(tmp_path, tiny.model(nodes, {"w": tiny.filters()}, inputs=inputs))
    wanted = tiny.convolve(picture.transpose(2, 0, 1).astype(np.float32), tiny.filters())
    acts = net.activations(picture, ["conv", "half"])
    np.testing.assert_allclose(acts["conv"].values, wanted, rtol=1e-3, atol=1)
    assert acts["half"].values.dtype == np.float32
    if kind not in (TensorProto.FLOAT16, TensorProto.DOUBLE):
        plain = open_network(tmp_path / "model.onnx")
        assert not plain.preparation.guessed
        assert np.array_equal(plain.activations(picture, "conv").values, acts["conv"].values)


def test_fixed_sizes_are_kept(tmp_path, picture):
    model = tiny.convolution()
    for dim, length in zip(
        model.graph.input[0].type.tensor_type.shape.dim, (1, 3, 16, 24), strict=True
    ):
        dim.dim_value = length
    net = opened(tmp_path, model)
    assert net.input_size == (16, 24)
    act = net.activations(picture, "conv")
    assert act.shape == (4, 7, 11)
    assert act.geometry.stride == (2 * 12 / 16, 2 * 15 / 24)
    with pytest.raises(ImageSizeError, match="takes pictures of 16x24 only"):
        net.activations(picture, "conv", size=20)
    with pytest.raises(ImageSizeError, match="takes pictures of 16x24 only, not 20x20"):
        opened(tmp_path, model, size=20)


def test_grey_input(tmp_path, picture):
    nodes = [helper.make_node("Identity", ["x"], ["y"], "same")]
    net = opened(tmp_path, tiny.model(nodes, {}, inputs={"x": (tiny.FLOAT, [1, 1, "H", "W"])}))
    luma = picture @ np.array([0.299, 0.587, 0.114])
    np.testing.assert_allclose(net.activations(picture, "same").values[0], luma, rtol=1e-5)


@pytest.mark.parametrize("shape", [[1, 12, 15], [12, 15, 1], [1, "H", "W"], ["H", "W", 1]])
def test_grey_input_without_a_batch(tmp_path, picture, shape):
    nodes = [helper.make_node("Identity", ["x"], ["y"], "same")]
    net = opened(tmp_path, tiny.model(nodes, {}, inputs={"x": (tiny.FLOAT, shape)}))
    luma = picture @ np.array([0.299, 0.587, 0.114])
    act = net.activations(picture, "same")
    np.testing.assert_allclose(act.values, luma[np.newaxis], rtol=1e-5)
    assert act.layer.axes == "CHW"
    assert net.layers_at((12, 15))["same"].size == (1, 12, 15)


def test_a_mask_without_a_batch_is_not_taken_for_the_picture(tmp_path, picture):
    nodes = [helper.make_node("Mul", ["x", "mask"], ["y"], "masked")]
    inputs = {"mask": (tiny.FLOAT, [1, 12, 15]), "x": (tiny.FLOAT, [3, 12, 15])}
    mask = np.full((1, 12, 15), 2, np.float32)
    model = tiny.model(nodes, {}, inputs=inputs)
    with pytest.raises(NetworkError, match="also takes 'mask'"):
        opened(tmp_path, model)
    act = opened(tmp_path, model, others={"mask": mask}).activations(picture, "masked")
    np.testing.assert_array_equal(act.values, 2 * picture.transpose(2, 0, 1).astype(np.float32))


def test_a_sequence_may_be_said_to_be_grey(tmp_path):
    nodes = [helper.make_node("Identity", ["x"], ["y"], "same")]
    model = tiny.model(nodes, {}, inputs={"x": (tiny.FLOAT, [1, "T", 16])})
    assert opened(tmp_path, model, order="GRAY").layers_at((8, 16))["same"].size == (1, 8, 16)


def test_grey_input_of_integers(tmp_path, picture):
    nodes = [helper.make_node("Cast", ["x"], ["y"], "real", to=TensorProto.FLOAT)]
    model = tiny.model(nodes, {}, inputs={"x": (TensorProto.UINT8, [1, 1, "H", "W"])})
    onnx.save(model, tmp_path / "m.onnx")
    net = open_network(tmp_path / "m.onnx")
    luma = np.rint(picture @ np.array([0.299, 0.587, 0.114]))
    assert np.array_equal(net.activations(picture, "real").values[0], luma)


def test_an_order_that_the_input_does_not_take(tmp_path, picture):
    nodes = [helper.make_node("Identity", ["x"], ["y"], "same")]
    any_number = tiny.model(nodes, {}, inputs={"x": (tiny.FLOAT, ["N", "C", "H", "W"])})
    assert opened(tmp_path, any_number, order="GRAY").activations(picture, "same").shape[0] == 1
    assert opened(tmp_path, any_number).activations(picture, "same").shape[0] == 3
    with pytest.raises(NetworkError, match="'x' takes 3 channels, not the 1 of GRAY"):
        opened(tmp_path, tiny.convolution(), order="GRAY")


@pytest.mark.parametrize(
    ("kind", "shape", "message"),
    [
        (tiny.FLOAT, [1, 4, 16, 16], r"'x' \(1, 4, 16, 16\) float takes 4 channels: only 3 or 1"),
        (TensorProto.INT8, [1, 3, 16, 16], "int8 has a type that pixels cannot be turned into"),
        (tiny.FLOAT, [80, 16, 16], r"no input takes a picture .* 'x' \(80, 16, 16\) float"),
        (tiny.FLOAT, [1, "T", 768], r"no input takes a picture .* 'x' \(1, T, 768\) float"),
    ],
)
def test_inputs_that_take_no_picture_say_why(tmp_path, kind, shape, message):
    nodes = [helper.make_node("Identity", ["x"], ["y"], "same")]
    with pytest.raises(NetworkError, match=message):
        opened(tmp_path, tiny.model(nodes, {}, inputs={"x": (kind, shape)}))


def test_other_inputs_are_given(tmp_path, picture):
    nodes = [helper.make_node("Mul", ["x", "gain"], ["y"], "gained")]
    inputs = {"gain": (tiny.FLOAT, [1]), "x": (tiny.FLOAT, [1, 3, "H", "W"])}
    model = tiny.model(nodes, {}, inputs=inputs)
    net = opened(tmp_path, model, others={"gain": np.float32([3])})
    planes = picture.transpose(2, 0, 1).astype(np.float32)
    np.testing.assert_allclose(net.activations(picture, "gained").values, 3 * planes)
    with pytest.raises(NetworkError, match=r"also takes 'gain' \(1\) float.*--feed gain=FILE"):
        opened(tmp_path, model)
    with pytest.raises(NetworkError, match="no input 'gin' beside 'x'"):
        opened(tmp_path, model, others={"gin": np.float32([3])})


def test_the_picture_input_is_found_or_named(tmp_path):
    nodes = [helper.make_node("Concat", ["x", "y"], ["z"], "both", axis=1)]
    kind = (tiny.FLOAT, [1, 3, 8, 8])
    model = tiny.model(nodes, {}, inputs={"x": kind, "y": kind})
    with pytest.raises(NetworkError, match="several inputs could take the picture"):
        opened(tmp_path, model)
    net = opened(tmp_path, model, input="y", others={"x": np.zeros((1, 3, 8, 8), np.float32)})
    assert net.activations(np.full((8, 8, 3), 9, np.uint8), "both").values.max() == 9
    with pytest.raises(NetworkError, match="no input 'z'; its inputs are 'x'"):
        opened(tmp_path, model, input="z")
    sound = tiny.model(
        [helper.make_node("Identity", ["s"], ["t"])], {}, inputs={"s": (tiny.FLOAT, [1, 16000])}
    )
    with pytest.raises(NetworkError, match=r"no input takes a picture .* 's' \(1, 16000\) float"):
        opened(tmp_path, sound)


def two_pictures(tmp_path, **options):
    nodes = [
        helper.make_node("Mul", ["x", "gain"], ["g"], "gained"),
        helper.make_node("Concat", ["g", "mask"], ["y"], "masked", axis=1),
        helper.make_node("Gather", ["y", "which"], ["z"], "chosen", axis=1),
    ]
    inputs = {
        "x": (tiny.FLOAT, [1, 3, 8, 8]), "mask": (tiny.FLOAT, [1, 1, 8, 8]),
        "gain": (tiny.FLOAT, [1, 1]), "which": (TensorProto.INT64, ["K"]),
    }  # fmt: skip
    return opened(tmp_path, tiny.model(nodes, {}, inputs=inputs), **options)


OTHERS = {
    "mask": np.full((1, 1, 8, 8), 0.5), "gain": np.float32([[2]]), "which": np.array([3, 0]),
}  # fmt: skip


def test_what_is_given_is_no_candidate_for_the_picture(tmp_path):
    with pytest.raises(NetworkError) as told:
        two_pictures(tmp_path)
    assert str(told.value).endswith("name one of 'x' (1, 3, 8, 8) float, 'mask' (1, 1, 8, 8) float")
    act = two_pictures(tmp_path, others=OTHERS).activations(np.ones((8, 8, 3), np.uint8), "chosen")
    np.testing.assert_array_equal(act.values[:, 0, 0], [0.5, 2])


@pytest.mark.parametrize(
    ("name", "value", "error", "message"),
    [
        ("which", [1], ArgumentError, r"others\['which'\] is an array, not \[1\]"),
        ("gain", np.float32([2]), NetworkError, r"'gain' takes \(1, 1\) float, not \(1\) float32"),
        ("gain", np.ones((1, 2)), NetworkError, r"takes \(1, 1\) float, not \(1, 2\) float64"),
        ("which", np.array([0.5]), NetworkError, r"takes \(K\) int64, not \(1\) float64"),
    ],
)
def test_what_does_not_fit_another_input_is_told(tmp_path, name, value, error, message):
    with pytest.raises(error, match=message):
        two_pictures(tmp_path, others=OTHERS | {name: value})

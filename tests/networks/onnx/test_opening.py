"""ONNX files of all kinds open, and give right values."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tests.networks import tiny

from actiscope import ArgumentError, ImageSizeError, NetworkError, open_network

RAW = {"mean": (0.0,), "std": (1.0,), "scale": 1.0}
"""Pixels as they are."""


KINDS = [
    TensorProto.FLOAT16, TensorProto.DOUBLE, TensorProto.UINT8, TensorProto.INT32,
    TensorProto.INT64,
]  # fmt: skip


@pytest.fixture
def picture():
    return np.random.default_rng(1).integers(0, 256, (12, 15, 3), dtype=np.uint8)


def opened(tmp_path, model, **options):
    path = tmp_path / "model.onnx"
    onnx.save(model, path)
    return open_network(path, **{**RAW, **options})


def test_values_are_those_worked_out_by_hand(tmp_path, picture):
    net = opened(tmp_path, tiny.convolution())
    wanted = tiny.convolve(picture.transpose(2, 0, 1).astype(np.float32), tiny.filters())
    acts = net.activations(picture, ["conv", "relu", "pool"])
    np.testing.assert_allclose(acts["conv"].values, wanted, rtol=1e-4, atol=1e-2)
    np.testing.assert_allclose(acts["relu"].values, np.maximum(wanted, 0), rtol=1e-4, atol=1e-2)
    assert [layer.name for layer in net.layers] == ["x", "conv", "relu", "pool"]
    assert net.layers["conv"].learnables == 4 * 3 * 9
    assert net.layers["pool"].geometry.stride == (4, 4)


@pytest.mark.parametrize("opset", [7, 8, 9, 11, 13, 17, 21])
def test_old_and_new_opsets(tmp_path, picture, opset):
    model = tiny.convolution()
    model.opset_import[0].version = opset
    assert opened(tmp_path, model).activations(picture, "pool").shape == (4, 2, 3)


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


def test_grey_input(tmp_path, picture):
    nodes = [helper.make_node("Identity", ["x"], ["y"], "same")]
    net = opened(tmp_path, tiny.model(nodes, {}, inputs={"x": (tiny.FLOAT, [1, 1, "H", "W"])}))
    luma = picture @ np.array([0.299, 0.587, 0.114])
    np.testing.assert_allclose(net.activations(picture, "same").values[0], luma, rtol=1e-5)


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
        (
            tiny.FLOAT,
            [8, 3, 16, 16],
            r"'x' \(8, 3, 16, 16\) float takes 8 pictures at once: export",
        ),
        (tiny.FLOAT, [1, 4, 16, 16], r"'x' \(1, 4, 16, 16\) float takes 4 channels: only 3 or 1"),
        (TensorProto.INT8, [1, 3, 16, 16], "int8 has a type that pixels cannot be turned into"),
        (tiny.FLOAT, [3, 16, 16], r"no input takes a picture .* 'x' \(3, 16, 16\) float"),
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


def test_names_that_are_missing_ugly_or_taken(tmp_path, picture):
    nodes = [
        helper.make_node("Relu", ["x"], ["a"]),
        helper.make_node("Relu", ["a"], ["/b:0"], "twice"),
        helper.make_node("Relu", ["/b:0"], ["c"], "twice"),
        helper.make_node("Split", ["c"], ["d", "e"], "halves", axis=2),
    ]
    net = opened(tmp_path, tiny.model(nodes, {}, outputs=["d", "e"]))
    assert [layer.name for layer in net.layers] == ["x", "a", "twice", "c", "halves", "halves:1"]
    assert net.layers["c"].inputs == ("twice",)
    acts = net.activations(picture, ["halves", "halves:1"])
    assert np.array_equal(acts["halves:1"].values, picture.transpose(2, 0, 1)[:, 6:])


def test_shapes_and_indices_are_no_layers(tmp_path, picture):
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["a"], "conv"),
        helper.make_node("Shape", ["a"], ["s"], "shape"),
        helper.make_node("Slice", ["s", "zero", "two"], ["n"], "first"),
        helper.make_node("Concat", ["n", "minus"], ["t"], "target", axis=0),
        helper.make_node("Reshape", ["a", "t"], ["flat"], "reshape"),
        helper.make_node("ArgMax", ["flat"], ["i"], "index", axis=2),
        helper.make_node("ReduceMean", ["flat"], ["y"], "mean", axes=[2], keepdims=0),
    ]
    weights = {"w": tiny.filters()}
    weights |= {name: np.array([n]) for name, n in (("zero", 0), ("two", 2), ("minus", -1))}
    net = opened(tmp_path, tiny.model(nodes, weights, outputs=["i", "y"]))
    assert [layer.name for layer in net.layers] == ["x", "conv", "reshape", "mean"]
    acts = net.activations(picture, ["conv", "reshape", "mean"])
    assert acts["reshape"].layer.axes == "CT"
    np.testing.assert_array_equal(acts["reshape"].maps, acts["conv"].values)
    np.testing.assert_allclose(
        acts["mean"].values, acts["conv"].values.mean(axis=(1, 2)), rtol=1e-4
    )
    assert acts["mean"].maps.shape == (4, 1, 1)


def test_control_flow_shows_its_outside_and_what_it_reads_is_kept(tmp_path, picture):
    def branch(name, operator):
        node = helper.make_node(operator, ["a"], [name])
        return helper.make_graph([node], name, [], [helper.make_tensor_value_info(name, 1, None)])

    nodes = [
        helper.make_node("Conv", ["x", "w"], ["a"], "conv"),
        helper.make_node("If", ["yes"], ["y"], "choice", then_branch=branch("t", "Relu"),
                         else_branch=branch("e", "Neg")),
    ]  # fmt: skip
    net = opened(tmp_path, tiny.model(nodes, {"w": tiny.filters(), "yes": np.array(True)}))
    acts = net.activations(picture, ["conv", "choice"])
    np.testing.assert_array_equal(acts["choice"].values, np.maximum(acts["conv"].values, 0))
    assert net.layers["choice"].inputs == ("conv",)
    assert net.layers["choice"].geometry.is_global


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


def test_external_data(tmp_path, picture):
    model = tiny.convolution()
    plain = opened(tmp_path, model).activations(picture, "pool").values
    path = tmp_path / "apart.onnx"
    onnx.save(model, path, save_as_external_data=True, location="apart.bin", size_threshold=0)
    apart = open_network(path, **RAW)
    assert np.array_equal(apart.activations(picture, "pool").values, plain)
    assert apart.layers.learnables == 108
    (tmp_path / "apart.bin").unlink()
    with pytest.raises(NetworkError, match=r"'apart\.bin', which is missing"):
        open_network(path)


def test_external_data_outside_of_the_folder_are_refused(tmp_path):
    model = tiny.convolution()
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../../etc/passwd")
    with pytest.raises(NetworkError, match="kept outside of its folder"):
        opened(tmp_path, model)


def test_preparation_is_a_stated_guess_or_what_is_said(tmp_path, picture):
    onnx.save(tiny.convolution(), tmp_path / "m.onnx")
    guessed = open_network(tmp_path / "m.onnx")
    assert guessed.preparation.guessed
    assert "a guess" in guessed.preparation.source
    fed = guessed.activations(picture, "x").values
    wanted = (picture / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
    np.testing.assert_allclose(fed, wanted.transpose(2, 0, 1), atol=1e-5)
    said = open_network(tmp_path / "m.onnx", mean=(0.5,), std=(0.5,), order="BGR", size=(20, 30))
    assert said.activations(picture, "x").shape == (3, 20, 30)
    assert "mean, order, size, std as given" in said.preparation.source
    for wrong in ({"mean": (1.0, 2.0)}, {"std": (0.0,)}, {"scale": 0.0}):
        with pytest.raises(ArgumentError):
            open_network(tmp_path / "m.onnx", **wrong)
    with pytest.raises(NetworkError, match="unexpected keyword argument 'colour'"):
        open_network(tmp_path / "m.onnx", colour="RGB")


def test_pytorch_module_paths_are_shown(tmp_path):
    model = tiny.convolution()
    scopes = str(["", "features", "features.0", "conv2d"])
    model.graph.node[0].metadata_props.add(key="pkg.torch.onnx.name_scopes", value=scopes)
    net = opened(tmp_path, model)
    assert net.layers["conv"].module == "features.0"
    assert net.layers["features"] is net.layers["conv"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: m.graph.ClearField("node"), "without nodes"),
        (lambda m: m.graph.ClearField("initializer"), "reads 'w', which is missing"),
        (lambda m: m.graph.node.reverse(), "which is computed later"),
        (lambda m: m.graph.node[0].input.__setitem__(0, "c"), "which is computed later"),
        (lambda m: m.graph.initializer[0].dims.__setitem__(0, 10**12), "their shape needs"),
        (lambda m: m.graph.initializer[0].dims.__setitem__(0, -4), "impossible shape"),
        (lambda m: m.graph.initializer[0].__setattr__("raw_data", b"abcd"), "hold 1 numbers"),
        (lambda m: m.opset_import[0].__setattr__("version", 6), "its opset is 6"),
        (lambda m: m.graph.node[0].__setattr__("op_type", "Konv"), "cannot be run"),
    ],
)
def test_broken_models_are_told(tmp_path, picture, change, message):
    model = tiny.convolution()
    change(model)
    with pytest.raises(NetworkError, match=message):
        opened(tmp_path, model).activations(picture, "pool")


def test_weights_in_constant_nodes_and_typed_lists(tmp_path, picture):
    kernels = tiny.filters()
    constant = helper.make_node(
        "Constant", [], ["w"], value=helper.make_tensor("w", 1, kernels.shape, kernels.ravel())
    )
    nodes = [constant, helper.make_node("Conv", ["x", "w"], ["a"], "conv", strides=[2, 2])]
    net = opened(tmp_path, tiny.model(nodes, {}))
    wanted = opened(tmp_path, tiny.convolution()).activations(picture, "conv").values
    assert np.array_equal(net.activations(picture, "conv").values, wanted)
    assert net.layers["conv"].learnables == 108
    assert numpy_helper.to_array(constant.attribute[0].t).shape == kernels.shape


def test_same_padding_upsampling_and_slices_keep_units_where_they_look(tmp_path):
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["a"], "same", auto_pad="SAME_UPPER", strides=[2, 2]),
        helper.make_node(
            "ConvTranspose", ["a", "v"], ["b"], "up", strides=[2, 2], pads=[1, 1, 1, 1]
        ),
        helper.make_node("Resize", ["b", "", "scales"], ["c"], "resized", mode="linear"),
        helper.make_node("Pad", ["c", "pads"], ["d"], "padded"),
        helper.make_node("Slice", ["d", "start", "end", "axes", "step"], ["e"], "sliced"),
    ]
    rng = np.random.default_rng(0)
    weights = {
        "w": tiny.filters(), "v": rng.normal(size=(4, 2, 4, 4)).astype(np.float32),
        "scales": np.float32([1, 1, 2, 2]), "pads": np.array([0, 0, 3, 1, 0, 0, 2, 2]),
        "start": np.array([5, -40]), "end": np.array([999, 999]), "axes": np.array([2, 3]),
        "step": np.array([2, 3]),
    }  # fmt: skip
    net = opened(tmp_path, tiny.model(nodes, weights))
    noise = rng.integers(0, 256, (30, 30, 3), dtype=np.uint8)
    for name in ("same", "up", "resized", "padded", "sliced"):
        act = net.activations(noise, name)
        _, height, width = act.shape
        row, col = height // 2, width // 2
        top, left, bottom, right = act.geometry.field(row, col, (30, 30))
        rows = slice(int(np.floor(top)), int(np.ceil(bottom)))
        cols = slice(int(np.floor(left)), int(np.ceil(right)))
        assert rows.stop - rows.start < 15
        outside = rng.integers(0, 256, noise.shape, dtype=np.uint8)
        outside[rows, cols] = noise[rows, cols]
        moved = net.activations(outside, name).values[:, row, col]
        np.testing.assert_allclose(moved, act.values[:, row, col], rtol=1e-5, err_msg=name)
        inside = outside.copy()
        inside[rows, cols] = 255 - noise[rows, cols]
        assert not np.allclose(net.activations(inside, name).values[:, row, col], moved)

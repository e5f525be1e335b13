"""ONNX files of all kinds open, and give right values."""

import sys
import tracemalloc

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tests.networks import tiny
from tests.networks.tiny import RAW, opened

from actiscope import ArgumentError, NetworkError, open_network


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


def test_external_data(tmp_path, picture):
    model = tiny.convolution()
    plain = opened(tmp_path, model).activations(picture, "pool").values
    path = tmp_path / "apart.onnx"
    onnx.save(model, path, save_as_external_data=True, location="apart.bin", size_threshold=0)
    apart = open_network(path, **RAW)
    assert np.array_equal(apart.activations(picture, "pool").values, plain)
    assert apart.layers.learnables == 108
    assert np.array_equal(apart.weights_of(apart.layers["conv"])["weights"], tiny.filters())
    (tmp_path / "apart.bin").write_bytes(b"short")
    with pytest.raises(NetworkError, match=r"end at byte 432 of 'apart\.bin', which has 5"):
        open_network(path)
    (tmp_path / "apart.bin").unlink()
    with pytest.raises(NetworkError, match=r"'apart\.bin', which is missing"):
        open_network(path)


def test_large_external_data_are_not_copied(tmp_path, picture):
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["a"], "conv", strides=[2, 2]),
        helper.make_node("GlobalAveragePool", ["a"], ["b"], "pool"),
        helper.make_node("Flatten", ["b"], ["c"], "flat"),
        helper.make_node("Gemm", ["c", "large"], ["y"], "answer"),
    ]
    model = tiny.model(nodes, {"w": tiny.filters()})
    size = 64 * 2**20
    kept = model.graph.initializer.add(name="large", data_type=TensorProto.FLOAT)
    kept.dims.extend([4, size // 16])
    kept.data_location = TensorProto.EXTERNAL
    kept.external_data.add(key="location", value="large.bin")
    kept.external_data.add(key="length", value=str(size))
    with (tmp_path / "large.bin").open("wb") as file:
        file.truncate(size)
    tracemalloc.start()
    try:
        net = opened(tmp_path, model)
        act = net.activations(picture, "conv")
        issues = net.analyze(size=12).issues
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    wanted = opened(tmp_path, tiny.convolution()).activations(picture, "conv").values
    assert np.array_equal(act.values, wanted)
    assert "answer" not in {issue.layer for issue in issues}
    assert peak < size / 4


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


def test_a_size_that_cannot_be_run_is_told_with_one_that_can(tmp_path, picture):
    nodes = [
        helper.make_node("MaxPool", ["x"], ["half"], "half", kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Resize", ["half", "", "scales"], ["again"], "again"),
        helper.make_node("Concat", ["x", "again"], ["y"], "joined", axis=1),
    ]
    net = opened(tmp_path, tiny.model(nodes, {"scales": np.float32([1, 1, 2, 2])}))
    with pytest.raises(NetworkError, match=r"cannot be run on 3x75x90: .*; try a size of 64x96$"):
        net.activations(picture, "joined", size=(75, 90))
    assert net.activations(picture, "joined", size=(64, 96)).shape == (6, 64, 96)


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


def test_types_that_the_engine_does_not_give_are_no_layers(tmp_path, picture):
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["a"], "conv"),
        helper.make_node("Cast", ["a"], ["b"], "short", to=TensorProto.BFLOAT16),
        helper.make_node("Cast", ["b"], ["c"], "back", to=TensorProto.DOUBLE),
        helper.make_node("Mul", ["c", "k"], ["d"], "huge"),
    ]
    net = opened(tmp_path, tiny.model(nodes, {"w": tiny.filters(), "k": np.array([1e300])}))
    assert [layer.inputs for layer in net.layers] == [(), ("x",), ("conv",), ("back",)]
    assert np.isinf(net.activations(picture, "huge").values).all()


@pytest.mark.skipif(sys.platform != "linux", reason="it is a file of Linux")
def test_a_file_that_cannot_be_read_is_told():
    with pytest.raises(NetworkError, match=r"^cannot read /proc/self/mem: Input/output error$"):
        open_network("/proc/self/mem")

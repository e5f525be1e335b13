"""Fields of odd operations: pixels outside of a unit's field never change it."""

import numpy as np
import onnx
import pytest
import torch
from onnx import helper
from torch import nn
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

from actiscope import open_network
from tests.networks import tiny

SIZE = 32


def units(maps):
    height, width = maps.shape[1:]
    return {(0, 0), (height - 1, width - 1), (height // 2, width // 2), (0, width // 2)}


def check(network, size=SIZE, fewest=1):
    """Perturb what lies outside of the field of four units of every map."""
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (size, size, 3), dtype=np.uint8)
    bounded = 0
    for act in network.activations(noise, list(network.layers)).values():
        if act.layer.geometry.is_global or not np.isfinite(act.geometry.receptive_field).all():
            continue
        bounded += 1
        scale = np.abs(act.maps).max()
        for row, col in units(act.maps):
            top, left, bottom, right = act.geometry.field(row, col, (size, size))
            rows = slice(int(np.floor(top)), int(np.ceil(bottom)))
            cols = slice(int(np.floor(left)), int(np.ceil(right)))
            outside = rng.integers(0, 256, noise.shape, dtype=np.uint8)
            outside[rows, cols] = noise[rows, cols]
            moved = network.activations(outside, act.layer).maps[:, row, col]
            np.testing.assert_allclose(
                moved, act.maps[:, row, col], rtol=0, atol=1e-5 * scale, err_msg=act.layer.name
            )
    assert bounded >= fewest


def conv(**options):
    torch.manual_seed(0)
    return nn.Conv2d(3, 4, 3, padding=1, **options)


class Of(nn.Module):
    """A convolution, and something done to what it gives."""

    def __init__(self, function, **options):
        super().__init__()
        self.conv, self.function = conv(**options), function
        self.mix = nn.Linear(64, 64)
        self.kernel = nn.Parameter(torch.randn(2, 4, 3, 3))

    def forward(self, x):
        return self.function(self, self.conv(x))


def shuffle(_, x):
    return x.view(1, 4, 4, 8, 4, 8).permute(0, 1, 3, 2, 5, 4).reshape(1, 4, 32, 32)


def mix_tokens(self, x):
    x = F.avg_pool2d(x, 4)
    return self.mix(x.flatten(2)).view(1, 4, 8, 8)


MODULES = {
    "dilated": Of(lambda _, x: F.relu(x), dilation=2),
    "strided": Of(lambda _, x: F.max_pool2d(x, 3, 2, 1), stride=2),
    "ceil": Of(lambda _, x: F.max_pool2d(x, 3, 2, ceil_mode=True)),
    "transposed": Of(lambda _, x: F.relu(x).transpose(2, 3)),
    "shuffled": Of(shuffle),
    "mixed tokens": Of(mix_tokens),
    "joined along rows": Of(lambda _, x: torch.cat([x, x], 2)),
    "split along columns": Of(lambda _, x: x.chunk(2, 3)[1]),
    "split along channels": Of(lambda _, x: x.chunk(2, 1)[1]),
    "broadcast": Of(lambda _, x: F.max_pool2d(x, 2) + x.mean((2, 3), keepdim=True)),
    "broadcast along rows": Of(lambda _, x: x + x[:, :, :1]),
    "circular": Of(lambda _, x: x, padding_mode="circular"),
    "reflected": Of(lambda _, x: F.pad(x, (2, 2, 2, 2), mode="reflect")),
    "padded": Of(lambda _, x: F.max_pool2d(F.pad(x, (1, 2, 3, 0)), 2)),
    "cropped": Of(lambda _, x: F.pad(x, (-3, 0, -2, -1))),
    "zero padded": nn.Sequential(nn.ZeroPad2d((1, 2, 3, 0)), conv()),
    "functional": Of(lambda self, x: F.conv2d(x, self.kernel, None, 2, 1, 2)),
    "bilinear": Of(lambda _, x: F.interpolate(x, scale_factor=2, mode="bilinear")),
    "shrunk": Of(lambda _, x: F.interpolate(x, size=(10, 11), mode="bilinear", antialias=True)),
    "bicubic": Of(lambda _, x: F.interpolate(x, size=(50, 70), mode="bicubic")),
    "aligned": Of(
        lambda _, x: F.interpolate(x, size=(50, 70), mode="bilinear", align_corners=True)
    ),
    "sliced": Of(lambda _, x: x[:, :, 3:, 1::2]),
    "normalized": Of(lambda _, x: F.layer_norm(x.permute(0, 2, 3, 1), (4,)).permute(0, 3, 1, 2)),
    "softmax": Of(lambda _, x: x.softmax(1) + x.softmax(2)),
    "group": nn.Sequential(conv(), nn.GroupNorm(2, 4)),
    "pool of a skip": Of(lambda _, x: x + F.interpolate(F.avg_pool2d(x, 2), scale_factor=2)),
}


@pytest.mark.parametrize("name", MODULES)
def test_modules(name):
    check(open_network(MODULES[name], size=(SIZE, SIZE)))


def node(kind, *inputs, output="y", **options):
    return helper.make_node(kind, ["a", *inputs], [output], output, **options)


ONNX = {
    "pad reflect": ([node("Pad", "p", mode="reflect")], {"p": np.array([0, 0, 2, 2, 0, 0, 2, 2])}),
    "pad edge": ([node("Pad", "p", mode="edge")], {"p": np.array([0, 0, 2, 2, 0, 0, 2, 2])}),
    "pad": ([node("Pad", "p")], {"p": np.array([0, 0, 2, 1, 0, 0, 0, 3])}),
    "concat rows": ([node("Concat", "a", axis=2)], {}),
    "split rows": ([helper.make_node("Split", ["a"], ["y", "z"], "y", axis=2)], {}),
    "transpose": ([node("Transpose", perm=[0, 1, 3, 2])], {}),
    "resize nearest": (
        [node("Resize", "", "s", coordinate_transformation_mode="asymmetric")],
        {"s": np.float32([1, 1, 1.7, 2.3])},
    ),
    "resize down": ([node("Resize", "", "s", mode="linear")], {"s": np.float32([1, 1, 0.4, 0.6])}),
    "resize cubic": ([node("Resize", "", "s", mode="cubic")], {"s": np.float32([1, 1, 1.5, 2])}),
    "quantized": (
        [
            helper.make_node("DynamicQuantizeLinear", ["a"], ["q", "s", "z"], "q"),
            helper.make_node("DequantizeLinear", ["q", "s", "z"], ["y"], "y"),
        ],
        {},
    ),
    "tokens": (
        [
            node("Reshape", "flat", output="t"),
            helper.make_node("MatMul", ["t", "m"], ["u"], "u"),
            helper.make_node("Reshape", ["u", "map"], ["y"], "y"),
        ],
        {
            "flat": np.array([1, 4, -1]), "map": np.array([1, 4, 30, 30]),
            "m": np.random.default_rng(0).normal(size=(900, 900)).astype(np.float32),
        },
    ),
    "depth to space": ([node("DepthToSpace", blocksize=2)], {}),
    "space to depth": ([node("SpaceToDepth", blocksize=3)], {}),
    "softmax of columns": ([node("Softmax", axis=3)], {}),
    "pooling": ([node("AveragePool", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)], {}),
}  # fmt: skip


@pytest.mark.parametrize("name", ONNX)
def test_onnx(name, tmp_path):
    nodes, weights = ONNX[name]
    first = helper.make_node("Conv", ["x", "w"], ["a"], "a")
    onnx.save(tiny.model([first, *nodes], {"w": tiny.filters(), **weights}), tmp_path / "m.onnx")
    check(open_network(tmp_path / "m.onnx"))


@pytest.mark.parametrize(
    ("between", "shape"),
    [
        (node("DepthToSpace", blocksize=2), (1, 60, 60)),
        (node("SpaceToDepth", blocksize=2), (16, 15, 15)),
        (node("Einsum", "e", equation="nchw,hk->nckw"), (4, 7, 30)),
    ],
    ids=["DepthToSpace", "SpaceToDepth", "Einsum"],
)
def test_channels_are_followed_to_the_last_axis(between, shape, tmp_path):
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["a"], "a"),
        between,
        helper.make_node("Transpose", ["y"], ["t"], "back", perm=[0, 2, 3, 1]),
        helper.make_node("Tanh", ["t"], ["z"], "tanh"),
    ]
    weights = {"w": tiny.filters(), "e": np.ones((30, 7), np.float32)}
    onnx.save(tiny.model(nodes, weights), tmp_path / "m.onnx")
    net = open_network(tmp_path / "m.onnx", size=SIZE)
    assert [net.layers[name].size for name in ("y", "back", "tanh")] == [shape] * 3
    acts = net.activations(np.zeros((SIZE, SIZE, 3), np.uint8), ["y", "back", "tanh"])
    np.testing.assert_array_equal(acts["back"].values, acts["y"].values)
    assert acts["tanh"].shape == shape
    check(net)


def test_old_softmax_mixes_all(tmp_path):
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["a"], "a"),
        helper.make_node("Softmax", ["a"], ["y"], "y"),
    ]
    onnx.save(tiny.model(nodes, {"w": tiny.filters()}, opset=11), tmp_path / "m.onnx")
    net = open_network(tmp_path / "m.onnx")
    check(net)
    assert not np.isfinite(net.layers["y"].geometry.receptive_field).all()

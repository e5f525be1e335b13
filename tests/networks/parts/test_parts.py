"""A picture in parts gives what the whole picture gives."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from onnx import helper

from actiscope import (
    ArgumentError,
    ImageSizeError,
    LayerNotFoundError,
    NetworkError,
    open_network,
)
from tests.networks import tiny

CHANNELS = 3


@pytest.fixture(scope="module")
def picture():
    return np.random.default_rng(5).integers(0, 256, (53, 41, 3), dtype=np.uint8)


def put_together(parts):
    whole = np.full(parts.shape, np.nan, dtype=np.float32)
    for part in parts:
        there = whole[:, part.rows, part.cols]
        assert there.shape == part.values.shape
        assert np.isnan(there).all(), "no unit is given twice"
        there[:] = part.values
    return whole


def in_small_parts(network, picture, layer, times=1.0):
    """Return parts of hardly more than the least memory, or some times that."""
    memory = 1 << 10
    while True:
        try:
            network.in_parts(picture, layer, memory=memory)
        except ArgumentError:
            memory = memory * 5 // 4
        else:
            return network.in_parts(picture, layer, memory=int(times * memory))


pads = st.lists(st.integers(0, 2), min_size=4, max_size=4)
pairs = st.lists(st.integers(1, 3), min_size=2, max_size=2)


@st.composite
def windows(draw):
    """A convolution or a pooling: strides, dilations, padding on either side, rounding up."""
    kind = draw(st.sampled_from(["Conv", "MaxPool", "AveragePool"]))
    kernel = draw(pairs)
    options = {"kernel_shape": kernel, "strides": draw(pairs)}
    if kind != "Conv":  # the engine does not bear windows beyond the end
        options["strides"] = [min(pair) for pair in zip(kernel, options["strides"], strict=True)]
    if kind != "AveragePool":
        options["dilations"] = draw(pairs)
    how = draw(st.sampled_from(["pads", "SAME_UPPER", "SAME_LOWER", "VALID"]))
    if how == "pads":
        options["pads"] = [
            min(pad, side - 1) for pad, side in zip(draw(pads), kernel * 2, strict=True)
        ]
        if kind != "Conv":
            options["ceil_mode"] = draw(st.integers(0, 1))
    elif "dilations" not in options:
        options["auto_pad"] = how
    if kind == "AveragePool":
        options["count_include_pad"] = draw(st.integers(0, 1))
    return kind, options


@st.composite
def enlargements(draw):
    kernel, strides = draw(pairs), draw(st.lists(st.integers(1, 2), min_size=2, max_size=2))
    options = {"kernel_shape": kernel, "strides": strides}
    options["pads"] = [min(pad, side - 1) for pad, side in zip(draw(pads), kernel * 2, strict=True)]
    return "ConvTranspose", options


others = st.sampled_from([
    ("Relu", {}), ("Sigmoid", {}), ("Resize", {"mode": "nearest"}), ("Resize", {"mode": "linear"}),
    ("Slice", {}), ("Pad", {}), ("Concat", {}),
])  # fmt: skip


def build(operations):
    rng = np.random.default_rng(0)
    weights = {
        "scales": np.array([1, 1, 2, 2], dtype=np.float32),
        "around": np.array([0, 0, 1, 2, 0, 0, 0, 3]),
        "one": np.ones(CHANNELS, dtype=np.float32),
        "firsts": np.array([3, 1]), "lasts": np.array([-1, -2]), "axes": np.array([2, 3]),
    }  # fmt: skip
    nodes, last, channels = [], "x", CHANNELS
    for number, (kind, options) in enumerate(operations):
        reads, gives = [last], f"t{number}"
        if kind in ("Conv", "ConvTranspose"):
            weights[f"w{number}"] = rng.normal(size=(channels, channels, *options["kernel_shape"]))
            weights[f"w{number}"] = weights[f"w{number}"].astype(np.float32)
            reads.append(f"w{number}")
        reads += {
            "Resize": ["", "scales"], "Pad": ["around"], "Slice": ["firsts", "lasts", "axes"],
            "Concat": [last], "InstanceNormalization": ["one", "one"],
        }.get(kind, [])  # fmt: skip
        if kind == "Concat" and not options:
            options, channels = {"axis": 1}, 2 * channels
        nodes.append(helper.make_node(kind, reads, [gives], f"{kind}{number}", **options))
        last = gives
    return tiny.model(nodes, weights)


@given(
    st.lists(windows() | windows() | enlargements() | others, min_size=1, max_size=6),
    st.floats(1, 6),
)
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_parts_of_any_local_network_are_the_whole(tmp_path, picture, operations, times):
    note(operations)
    network = tiny.opened(tmp_path, build(operations))
    layer = network.layers[len(network.layers) - 1]
    try:
        whole = network.activations(picture, layer).values
    except (ImageSizeError, NetworkError):  # too small, or the engine cannot
        return
    try:
        parts = in_small_parts(network, picture, layer, times)
    except ImageSizeError:  # a pooling that is wider than what it pools gives ONNX Runtime a unit
        assert 1 in whole.shape[1:]
        return
    rounding = 1e-5 * np.abs(whole).max()  # of products of a few numbers, by other sums
    np.testing.assert_allclose(put_together(parts), whole, rtol=0, atol=rounding)


@pytest.mark.parametrize("layer", ["conv1", "pool1", "fire2-concat", "fire6-squeeze1x1", "conv10"])
@pytest.mark.parametrize("memory", [12, 18])
def test_parts_of_squeezenet_are_the_whole_bit_for_bit(net, coffee, layer, memory):
    picture = np.concatenate([coffee, coffee[::-1]])[:700, :500]
    parts = net.in_parts(picture, layer, memory=memory * 2**20)
    assert len(parts) > 1
    whole = net.activations(picture, layer)
    np.testing.assert_array_equal(put_together(parts), whole.values)
    assert parts.seam == 0
    assert parts.shape == whole.shape
    assert parts.geometry == whole.geometry


@pytest.mark.parametrize("layer", ["up", "skip"])
def test_parts_of_a_module_are_the_whole(picture, layer):
    import torch
    from torch import nn

    class Joined(nn.Module):
        """Halves a picture twice, enlarges it again, and joins it with what it was."""

        def __init__(self):
            super().__init__()
            self.down = nn.Sequential(
                nn.Conv2d(3, 4, 3, 2, 1), nn.MaxPool2d(3, 2, 1), nn.ReLU(True)
            )
            self.skip = nn.Conv2d(3, 4, 5, 4, dilation=2, padding=4)
            self.up = nn.ConvTranspose2d(8, 4, 4, 2, 1)

        def forward(self, x):
            return self.up(torch.cat([self.down(x), self.skip(x)], 1))

    torch.manual_seed(0)
    network = open_network(Joined())
    whole = network.activations(picture, layer, size=picture.shape[:2]).values
    parts = in_small_parts(network, picture, layer, 2)
    assert len(parts) > 1
    rounding = 1e-5 * np.abs(whole).max()
    np.testing.assert_allclose(put_together(parts), whole, rtol=0, atol=rounding)


@pytest.mark.parametrize(
    ("operations", "culprit"),
    [
        ([("GlobalAveragePool", {})], "Global Average Pooling"),
        ([("InstanceNormalization", {})], "Instance Normalization"),
        ([("Concat", {"axis": 2})], "Concat"),
        ([("Softmax", {"axis": 3})], "Softmax"),
        ([("Pad", {"mode": "reflect"}), ("Relu", {})], "Pad"),
    ],
)
def test_what_sees_the_whole_picture_is_refused_by_name(tmp_path, picture, operations, culprit):
    network = tiny.opened(tmp_path, build(operations))
    with pytest.raises(NetworkError, match=f"in parts: .*{culprit}.* sees all of the picture"):
        network.in_parts(picture, len(network.layers) - 1)


def test_what_depends_on_the_size_of_the_picture_is_refused(tmp_path, picture):
    sizes = np.array([1, 3, 40, 30])
    resized = tiny.model(
        [helper.make_node("Resize", ["x", "", "", "sizes"], ["a"], "resized", mode="nearest")],
        {"sizes": sizes},
    )
    with pytest.raises(NetworkError, match="'resized' lies on them depends on their size"):
        tiny.opened(tmp_path, resized).in_parts(picture, "resized")


def test_what_depends_on_where_a_part_lies_is_found_at_the_first_seam(tmp_path, picture):
    knows_rows = tiny.model(
        [
            helper.make_node("Shape", ["x"], ["shape"], start=2, end=3),
            helper.make_node("Squeeze", ["shape"], ["height"]),
            helper.make_node("Range", ["zero", "height", "one"], ["rows"]),
            helper.make_node("Unsqueeze", ["rows", "axis"], ["column"]),
            helper.make_node("Cast", ["column"], ["numbers"], to=tiny.FLOAT),
            helper.make_node("Add", ["x", "numbers"], ["a"], "numbered"),
        ],
        {"zero": np.array(0), "one": np.array(1), "axis": np.array([1])},
    )
    parts = in_small_parts(tiny.opened(tmp_path, knows_rows), picture, "numbered", 20)
    with pytest.raises(NetworkError, match=r"'numbered' cannot .* where two of them meet"):
        list(parts)


def test_what_cannot_be_done_is_told(net, picture):
    with pytest.raises(ArgumentError, match="the smallest takes 9 MiB"):
        net.in_parts(np.zeros((3000, 500)), "fire9-concat", memory=2**20)
    with pytest.raises(ImageSizeError, match="too small for layer 'pool5'"):
        net.in_parts(np.zeros((9, 9)), "pool5")
    with pytest.raises(LayerNotFoundError):
        net.in_parts(picture, "conv99")


def test_the_plan_of_a_huge_picture_keeps_to_its_memory(net):
    huge = np.broadcast_to(np.uint8(7), (20_000, 20_000, 3))
    parts = net.in_parts(huge, "fire6-squeeze1x1", memory=64 * 2**20)
    assert parts.shape == (48, 1249, 1249)
    first = next(iter(parts))
    np.testing.assert_array_equal(
        first.values[:, :8, :8],
        net.activations(np.full((227, 227, 3), 7, np.uint8), "fire6-squeeze1x1").values[:, :8, :8],
    )

"""What a value is the sum of."""

import warnings

import numpy as np
import onnx
import pytest
import torch
from tests.networks import tiny
from torch import nn

from actiscope import ArgumentError, ChannelError, open_network
from actiscope.studies import attribute, score_layer

RAW = {"mean": (100.0,), "std": (1.0,), "scale": 1.0, "size": (24, 30)}


@pytest.fixture(scope="module")
def picture():
    return np.random.default_rng(3).integers(0, 256, (24, 30, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def module():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 6, 3, stride=2), nn.ReLU(True), nn.Conv2d(6, 5, 3, padding=1), nn.ReLU(True),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(5, 4), nn.Softmax(dim=1),
    ).eval()  # fmt: skip


@pytest.fixture(scope="module", params=["module", "onnx"])
def net(request, module, tmp_path_factory):
    if request.param == "module":
        return open_network(module, **RAW)
    path = tmp_path_factory.mktemp("contributions") / "net.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(module, (torch.zeros(1, 3, 24, 30),), path, dynamo=False)
    return open_network(path, **RAW)


FIRST, RELU, SECOND, SECOND_RELU, POOL = range(1, 6)
"""Indices of layers, the same in both."""


def test_of_a_convolution_they_are_its_weights_times_the_values(net, module, picture):
    target = net.layers[SECOND]
    found = attribute(net, picture, target, 2, unit=(4, 5), method="contributions")
    maps = np.maximum(net.activations(picture, net.layers[FIRST]).values, 0)
    products = module[2].weight[2].detach().numpy() * maps[:, 3:6, 4:7]
    wanted = np.zeros(maps.shape[1:])
    wanted[3:6, 4:7] = products.sum(0)
    assert found.through == net.layers[FIRST].name
    np.testing.assert_allclose(found.values, wanted, atol=1e-3)
    np.testing.assert_allclose(found.channels, products.sum((1, 2)), atol=1e-3)
    assert found.baseline == pytest.approx(module[2].bias[2].item(), abs=1e-6)
    assert found.value == net.activations(picture, target).values[2, 4, 5]


def test_of_a_score_they_are_the_class_activation_map(net, module, picture):
    found = attribute(net, picture, score_layer(net), 3, method="contributions")
    maps = np.maximum(net.activations(picture, net.layers[SECOND]).values, 0)
    weights = module[6].weight[3].detach().numpy() / maps[0].size
    assert found.through == net.layers[SECOND].name
    np.testing.assert_allclose(found.values, np.tensordot(weights, maps, 1), atol=1e-5)
    np.testing.assert_allclose(found.channels, weights * maps.sum((1, 2)), atol=1e-4)
    assert found.baseline == pytest.approx(module[6].bias[3].item(), abs=1e-6)
    assert found.geometry == net.layers[SECOND].geometry


def test_of_the_first_layer_they_are_those_of_the_picture(net, module, picture):
    found = attribute(net, picture, net.layers[FIRST], 1, method="contributions")
    row, col = found.unit
    fed = picture.transpose(2, 0, 1)[:, 2 * row : 2 * row + 3, 2 * col : 2 * col + 3] - 100.0
    wanted = module[0].weight[1].detach().numpy() * fed
    np.testing.assert_allclose(found.channels, wanted.sum((1, 2)), atol=1e-3)
    assert found.values.shape == (24, 30)
    assert np.count_nonzero(found.values) == 9


def test_what_is_passed_on_is_what_it_was_before(net, picture):
    before, after = (
        attribute(net, picture, index, 0, method="contributions") for index in (SECOND, SECOND_RELU)
    )
    assert (before.value, before.unit, before.through) == (after.value, after.unit, after.through)
    assert np.array_equal(before.channels, after.channels)


def test_a_layer_that_is_named_is_divided(net, picture):
    target, pool = score_layer(net), net.layers[POOL]
    found = attribute(net, picture, target, 3, method="contributions", through=pool)
    whole = attribute(net, picture, target, 3, method="contributions")
    assert found.through == pool.name
    np.testing.assert_allclose(found.channels, whole.channels, atol=1e-4)
    assert found.values.ravel() == pytest.approx(whole.values.sum(), rel=1e-4)


def test_what_is_no_sum_is_refused(net, picture):
    first = net.layers[FIRST]
    with pytest.raises(ArgumentError, match="to rounding, no sum of parts"):
        attribute(net, picture, score_layer(net), 3, method="contributions", through=first)
    with pytest.raises(ArgumentError, match="no sum of parts"):
        attribute(net, picture, net.layers[len(net.layers) - 1], 3, method="contributions")
    with pytest.raises(ChannelError):
        attribute(net, picture, first, 6, method="contributions")


def test_a_layer_that_does_not_come_before_is_refused(net, picture):
    for through in (SECOND, POOL):
        with pytest.raises(ArgumentError, match="does not come before"):
            attribute(net, picture, SECOND, 0, method="contributions", through=through)


def model_of(folder, nodes, **weights):
    onnx.save(tiny.model(nodes, weights), folder / "net.onnx")
    return open_network(folder / "net.onnx", **tiny.RAW)


def make(kind, inputs, output, **attributes):
    return onnx.helper.make_node(kind, inputs.split(), output.split(), output, **attributes)


def test_halves_that_miss_what_matters_do_not_hide_the_layer_that_does(tmp_path, picture):
    rng = np.random.default_rng(1)
    net = model_of(
        tmp_path,
        [make("Conv", "x w", "c"), make("Relu", "c", "r"), make("Conv", "r v", "y")],
        w=rng.normal(size=(2, 3, 1, 1)).astype(np.float32),
        v=rng.normal(size=(2, 2, 1, 1)).astype(np.float32),
    )
    values = net.activations(picture, "y").values[0]
    for row, col in np.argwhere(values)[:40]:
        unit = int(row), int(col)
        found = attribute(net, picture, "y", 0, method="contributions", unit=unit)
        assert found.through in ("x", "c")


def test_what_is_lost_beside_a_large_bias_is_no_share(tmp_path, picture):
    rng = np.random.default_rng(1)
    net = model_of(
        tmp_path,
        [make("Conv", "x w", "c"), make("Relu", "c", "r"), make("Conv", "r v b", "y")],
        w=rng.normal(size=(4, 3, 1, 1)).astype(np.float32) / 100,
        v=rng.normal(size=(2, 4, 1, 1)).astype(np.float32),
        b=np.float32([2e4, 2e4]),
    )
    asked = {"method": "contributions", "unit": (3, 3)}
    assert attribute(net, picture, "y", 0, **asked).through == "c"
    with pytest.raises(ArgumentError, match="to rounding, no sum"):
        attribute(net, picture, "y", 0, through="x", **asked)


def test_what_is_no_number_is_no_share(tmp_path, picture):
    net = model_of(
        tmp_path,
        [make("Abs", "x", "c"), make("Log", "c", "l"), make("Conv", "l w", "y")],
        w=np.ones((2, 3, 1, 1), dtype=np.float32),
    )
    bright = np.maximum(picture, 1)
    assert attribute(net, bright, "y", 0, method="contributions").through == "l"
    with pytest.raises(ArgumentError, match="no sum"):
        attribute(net, bright, "y", 0, method="contributions", through="c")


def test_joined_branches_are_divided_at_the_layer_that_joins_them(coffee):
    net = open_network("squeezenet")
    found = attribute(net, coffee, "conv10", 967, method="contributions", size=227)
    weights = net.weights_of(net.layers["conv10"])["weights"][967, :, 0, 0]
    row, col = found.unit
    maps = net.activations(coffee, "fire9-concat", size=227).values
    assert found.through == "fire9-concat"
    np.testing.assert_allclose(found.channels, weights * maps[:, row, col], atol=1e-3)
    assert np.argwhere(found.values).tolist() == [[row, col]]


def test_progress_is_told_to_its_end(tmp_path, picture):
    onnx.save(tiny.convolution(), tmp_path / "tiny.onnx")
    told = []
    network = open_network(tmp_path / "tiny.onnx")
    target = network.layers[1]
    attribute(
        network, picture, target, 0, method="contributions",
        on_run=lambda *counts: told.append(counts),
    )  # fmt: skip
    assert told
    assert told[-1][0] == told[-1][1] > 3

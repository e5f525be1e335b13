"""Other values in the place of an earlier layer's."""

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from actiscope import NetworkError, open_network
from tests.networks import tiny


class Branches(nn.Module):
    """Two halves, of which one goes on by itself."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, x):
        first, second = self.conv(x).chunk(2, 1)
        return torch.cat([first.relu(), second], 1)


def branches(folder):
    nodes = [
        onnx.helper.make_node("Conv", ["x", "w"], ["c"], "conv"),
        onnx.helper.make_node("Split", ["c"], ["first", "second"], "chunk", axis=1),
        onnx.helper.make_node("Relu", ["first"], ["r"], "relu"),
        onnx.helper.make_node("Concat", ["r", "second"], ["y"], "cat", axis=1),
    ]
    onnx.save(tiny.model(nodes, {"w": tiny.filters()}), folder / "net.onnx")
    return open_network(folder / "net.onnx")


@pytest.mark.parametrize("kind", ["module", "onnx"])
def test_one_of_several_values_of_an_operation_is_replaced(kind, tmp_path, coffee):
    net = open_network(Branches()) if kind == "module" else branches(tmp_path)
    halves = [each for each in net.layers if each.size[0] == 2 and each.type != "ReLU"][:2]
    fed, last = net.preparation.fed(coffee[:40, :50]), net.layers[len(net.layers) - 1]
    own = net.activations(coffee[:40, :50], last).values
    values = np.full((2, *net.activations(coffee[:40, :50], halves[1]).shape), 7, np.float32)
    for given in net.run_patched(fed, halves[1], values, last):
        assert np.array_equal(given[2:], values[0])
        np.testing.assert_allclose(given[:2], own[:2], atol=1e-4)


class Mixes(nn.Module):
    """A softmax along what is the batch where there are several."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, x):
        return self.conv(x).mean((2, 3)).squeeze().softmax(0).reshape(-1, 4)


def test_values_that_a_batch_would_mix_are_run_alone(coffee):
    net = open_network(Mixes())
    conv, last = net.layers[1], net.layers[len(net.layers) - 1]
    picture = coffee[:40, :50]
    fed, own = net.preparation.fed(picture), net.activations(picture, conv).values
    given = net.run_patched(fed, conv, np.stack([own, 0 * own, own]), last)
    np.testing.assert_allclose(given[2].ravel(), net.activations(picture, last).values.ravel())
    np.testing.assert_allclose(given[1].ravel(), 0.25)


def test_integers_are_neither_replaced_nor_told(tmp_path, coffee):
    nodes = [
        onnx.helper.make_node("Conv", ["x", "w"], ["c"], "conv"),
        onnx.helper.make_node("QuantizeLinear", ["c", "s", "z"], ["q"], "quantized"),
        onnx.helper.make_node("DequantizeLinear", ["q", "s", "z"], ["y"], "again"),
    ]
    weights = {"w": tiny.filters(), "s": np.float32(0.5), "z": np.uint8(128)}
    onnx.save(tiny.model(nodes, weights), tmp_path / "net.onnx")
    net = open_network(tmp_path / "net.onnx")
    picture = coffee[:40, :50]
    fed = net.preparation.fed(picture)
    for at, layer in (("quantized", "again"), ("conv", "quantized")):
        layers = net.layers.find(at), net.layers.find(layer)
        values = net.activations(picture, at).values[np.newaxis]
        with pytest.raises(NetworkError, match="integers"):
            net.run_patched(fed, layers[0], values, layers[1])

"""Modules that take one picture without a batch."""

import numpy as np
import pytest
import torch
from tests.networks.tiny import RAW
from torch import nn

from actiscope import open_network
from actiscope.studies import attribute


class Traced(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, stride=2)
        self.pool = nn.MaxPool2d(2)

    def forward(self, x):
        return self.pool(torch.relu(self.conv(x.permute(0, 1, 2))))


class Hooked(Traced):
    def forward(self, x):
        channels, _, _ = x.shape
        return super().forward(x[:channels])


@pytest.fixture(params=[Traced, Hooked])
def module(request):
    torch.manual_seed(0)
    return request.param()


@pytest.fixture
def image():
    return np.random.default_rng(0).integers(0, 256, (16, 20, 3), dtype=np.uint8)


def test_values_are_those_of_the_module(module, image):
    net = open_network(module, size=(16, 20), **RAW)
    acts = net.activations(image, ["conv", "pool"])
    fed = torch.from_numpy(image.transpose(2, 0, 1).astype(np.float32))
    with torch.no_grad():
        wanted = module.conv(fed)
        last = module(fed)
    np.testing.assert_allclose(acts["conv"].values, wanted.numpy(), rtol=1e-5, atol=1e-3)
    np.testing.assert_allclose(acts["pool"].values, last.numpy(), rtol=1e-5, atol=1e-3)
    for name in ("conv", "pool"):
        assert net.layers[name].axes == "CHW"
        assert net.layers[name].size == acts[name].shape
    if type(module) is Traced:
        assert net.layers["conv"].geometry.receptive_field == (3, 3)
        assert net.layers["pool"].geometry.stride == (4, 4)


def test_gradients(module, image):
    net = open_network(module, size=(16, 20), **RAW)
    found = attribute(net, image, "pool", channel=1)
    assert found.values.sum() == pytest.approx(found.value - found.baseline, rel=0.02)
    weighed = attribute(net, image, "pool", channel=1, method="grad-cam", through="conv")
    assert weighed.values.shape == (7, 9)
    assert weighed.values.max() > 0

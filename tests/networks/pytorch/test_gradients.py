"""Networks as functions that gradients go through, and modules that are left as they were."""

import numpy as np
import pytest
import torch
from tests.networks import tiny
from tests.networks.pytorch.test_network import RAW, InPlace, Untraceable
from torch import nn

from actiscope import NetworkError, open_network
from actiscope.networks import Preparation
from actiscope.networks.pytorch.gradients import fed_with


@pytest.fixture(scope="module")
def built_in():
    return open_network("squeezenet", order="BGR")


@pytest.fixture(scope="module")
def twin(built_in):
    return built_in.as_torch()


@pytest.mark.parametrize("size", [(227, 227), (150, 214)])
def test_pytorch_gives_what_onnx_runtime_gives_on_every_layer(built_in, twin, astronaut, size):
    net = built_in
    picture = astronaut[: size[0], 80 : 80 + size[1]]
    names = [layer.name for layer in net.layers]
    wanted, found = net.activations(picture, names), twin.activations(picture, names)
    assert list(found) == names
    for name in names:
        values = wanted[name].values
        atol = 1e-5 * np.abs(values).max()
        np.testing.assert_allclose(found[name].values, values, rtol=0, atol=atol)
    for layer, other in zip(net.layers_at(size), twin.layers_at(size), strict=True):
        assert (layer.name, layer.size, layer.inputs) == (other.name, other.size, other.inputs)
        assert layer.geometry == other.geometry


def test_both_forms_are_of_one_network(built_in, twin):
    assert twin.layers.learnables == built_in.layers.learnables
    assert twin.preparation == built_in.preparation
    assert twin.classes == built_in.classes


def test_a_module_is_its_own_form_and_an_onnx_file_has_none(tmp_path):
    network = open_network(InPlace(), **RAW)
    assert network.as_torch() is network
    with pytest.raises(NetworkError, match="open the PyTorch module that it was exported from"):
        tiny.opened(tmp_path, tiny.convolution()).as_torch()


@pytest.mark.parametrize("kind", [InPlace, Untraceable])
@pytest.mark.parametrize("layer", ["conv", "relu"])
def test_values_and_gradients_before_an_in_place_relu_are_right(kind, layer):
    module = kind(inplace=True)
    picture = torch.randn(1, 3, 16, 20, requires_grad=True)
    with open_network(module, **RAW).differentiable(layer) as function:
        found = function(picture)
        (gradient,) = torch.autograd.grad(found[0, 1].sum(), picture)
    before = nn.functional.conv2d(picture, module.conv.weight, module.conv.bias, stride=2)
    wanted = before if layer == "conv" else before.relu()
    torch.testing.assert_close(found, wanted)
    torch.testing.assert_close(gradient, torch.autograd.grad(wanted[0, 1].sum(), picture)[0])


@pytest.mark.parametrize("kind", [InPlace, Untraceable])
def test_a_module_is_left_as_it_was(kind):
    module = kind().train()
    module.conv.bias.requires_grad_(False)
    before = {name: each.clone() for name, each in module.state_dict().items()}
    network = open_network(module, **RAW)
    picture = torch.randn(1, 3, 16, 20, requires_grad=True)
    with torch.no_grad(), network.differentiable("pool", through="relu") as function:
        torch.autograd.grad(function(picture).sum(), picture)
    assert module.training
    assert module.conv.training
    assert module.conv.weight.requires_grad
    assert not module.conv.bias.requires_grad
    assert all(each.grad is None for each in module.parameters())
    assert not module.conv._forward_hooks
    for name, each in module.state_dict().items():
        assert torch.equal(each, before[name])
    assert torch.is_grad_enabled()


def test_a_layer_that_gives_no_gradient_is_told():
    class Stopped(InPlace):
        def forward(self, x):
            return super().forward(x.detach())

    def gradient():
        with open_network(Stopped(), **RAW).differentiable("relu") as function:
            picture = torch.ones(1, 3, 16, 20, requires_grad=True)
            torch.autograd.grad(function(picture).sum(), picture)

    with pytest.raises(NetworkError, match="no gradient gets from 'relu' to the picture"):
        gradient()


def test_a_size_that_does_not_go_through_is_told():
    with (
        open_network(InPlace(), **RAW).differentiable("pool") as function,
        pytest.raises(NetworkError, match="the module cannot be run at 2x2"),
    ):
        function(torch.ones(1, 3, 2, 2))


@pytest.mark.parametrize(
    "preparation",
    [
        Preparation((123.0, 117.0, 104.0)),
        Preparation((0.5, 0.4, 0.3), (0.2, 0.3, 0.25), 1 / 255, "BGR"),
        Preparation((0.1,), (0.7,), 1 / 255, "GRAY"),
    ],
)
def test_pictures_are_prepared_alike_for_gradients(preparation):
    picture = np.random.default_rng(0).integers(0, 256, (9, 11, 3), dtype=np.uint8)
    planes = torch.tensor(picture.transpose(2, 0, 1)[None].astype(np.float32))
    found = fed_with(preparation, planes)[0].numpy()
    np.testing.assert_allclose(found, preparation.fed(picture), rtol=1e-5, atol=1e-5)

"""Real architectures with random weights: every layer, its field, and parity of the kinds."""

import warnings
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

from actiscope import open_network

MODELS = [
    "convnext_tiny", "densenet121", "googlenet", "mobilenet_v3_small", "resnet18",
    "shufflenet_v2_x0_5", "squeezenet1_1", "swin_t", "vit_b_16",
]  # fmt: skip


def module_of(torchvision, name):
    torch.manual_seed(0)
    options = {"init_weights": True, "aux_logits": False} if name == "googlenet" else {}
    return torchvision.models.get_model(name, weights=None, **options)


@pytest.mark.parametrize("name", MODELS)
def test_every_layer_has_values_a_picture_and_its_learnables(torchvision, coffee, name):
    module = module_of(torchvision, name)
    net = open_network(module, size=(224, 224))
    assert net.layers.learnables == sum(each.numel() for each in module.parameters())
    acts = net.activations(coffee, [layer.name for layer in net.layers])
    for layer in net.layers:
        act = acts[layer.name]
        assert act.shape == layer.size
        assert act.grid(range(min(2, len(act.maps)))).size
        assert act.geometry


@pytest.mark.parametrize("name", ["convnext_tiny", "densenet121", "resnet18", "shufflenet_v2_x0_5"])
def test_fields_by_perturbation(torchvision, name):
    net = open_network(module_of(torchvision, name), size=(160, 160))
    check_fields(net, 160)


def check_fields(net, size):
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (size, size, 3), dtype=np.uint8)
    acts = net.activations(noise, [layer.name for layer in net.layers])
    checked = 0
    for act in list(acts.values())[::4]:
        if act.layer.axes != "CHW" or act.layer.geometry.is_global:
            continue
        row, col = (length // 2 for length in act.shape[1:])
        top, left, bottom, right = act.geometry.field(row, col, (size, size))
        rows = slice(int(np.floor(top)), int(np.ceil(bottom)))
        cols = slice(int(np.floor(left)), int(np.ceil(right)))
        if rows.stop - rows.start == size == cols.stop - cols.start:
            continue
        outside = rng.integers(0, 256, noise.shape, dtype=np.uint8)
        outside[rows, cols] = noise[rows, cols]
        moved = net.activations(outside, act.layer.name).values[:, row, col]
        scale = np.abs(act.values).max()
        np.testing.assert_allclose(moved, act.values[:, row, col], rtol=0, atol=1e-5 * scale)
        checked += 1
    assert checked >= 5


def export(module, path, size, *, dynamo, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        example = (torch.zeros(1, 3, size, size),)
        torch.onnx.export(module, example, path, dynamo=dynamo, verbose=False, **options)


def check_agreement(first, second, picture):
    """Compare two forms of a network: nearly all layers of the second are in the first."""
    ours = first.activations(picture, [layer.name for layer in first.layers])
    theirs = second.activations(picture, [layer.name for layer in second.layers])
    agreed = 0
    for act in theirs.values():
        scale = np.abs(act.values).max()
        agreed += any(
            each.shape == act.shape
            and np.allclose(each.values, act.values, rtol=0, atol=1e-4 * scale)
            for each in ours.values()
        )
    assert agreed >= 0.9 * len(theirs)
    np.testing.assert_allclose(
        list(ours.values())[-1].values, list(theirs.values())[-1].values, rtol=1e-3, atol=1e-4
    )


@pytest.mark.parametrize("dynamo", [False, True])
@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v3_small"])
def test_a_module_and_its_onnx_file_agree(torchvision, coffee, tmp_path, name, dynamo):
    module = module_of(torchvision, name).eval()
    path = tmp_path / f"{name}.onnx"
    export(module, path, 224, dynamo=dynamo)
    second = open_network(path)
    check_agreement(open_network(module, size=(224, 224)), second, coffee)
    check_fields(second, 224) if name == "resnet18" else None


class UNet(nn.Module):
    """Goes down three times and up again, joining at each scale what was there before."""

    def __init__(self):
        super().__init__()
        widths = [4, 8, 16]
        self.downs = nn.ModuleList(
            self.twice(before, after) for before, after in pairwise([3, *widths])
        )
        self.bottom = self.twice(16, 32)
        self.ups = nn.ModuleList(
            nn.ConvTranspose2d(2 * width, width, 2, 2) for width in reversed(widths)
        )
        self.joins = nn.ModuleList(self.twice(2 * width, width) for width in reversed(widths))
        self.answer = nn.Conv2d(4, 2, 1)

    @staticmethod
    def twice(before, after):
        layers = [nn.Conv2d(before, after, 3, padding=1), nn.ReLU(inplace=True)]
        layers += [nn.Conv2d(after, after, 3, padding=1), nn.ReLU(inplace=True)]
        return nn.Sequential(*layers)

    def forward(self, x):
        skips = []
        for down in self.downs:
            skips.append(down(x))
            x = F.max_pool2d(skips[-1], 2)
        x = self.bottom(x)
        for up, join in zip(self.ups, self.joins, strict=True):
            x = join(torch.cat([skips.pop(), up(x)], 1))
        return self.answer(x)


@pytest.fixture(scope="module")
def unet():
    torch.manual_seed(0)
    return UNet().eval()


def test_skip_connections_of_a_u_net(unet, coffee):
    net = open_network(unet, size=(160, 160))
    check_fields(net, 160)
    joined = [layer for layer in net.layers if layer.type == "cat"]
    assert [layer.size for layer in joined] == [(32, 40, 40), (16, 80, 80), (8, 160, 160)]
    acts = net.activations(coffee, [layer.name for layer in net.layers])
    for layer, skip in zip(joined, (2, 1, 0), strict=True):
        assert layer.inputs == (f"downs.{skip}.3", f"ups.{2 - skip}")
        values = [acts[name].values for name in layer.inputs]
        np.testing.assert_array_equal(acts[layer.name].values, np.concatenate(values))
        fields = [net.layers[name].geometry.receptive_field[0] for name in layer.inputs]
        assert layer.geometry.receptive_field[0] == max(fields) > min(fields)
    assert net.outputs == ("answer",)


@pytest.mark.parametrize("dynamo", [False, True])
def test_a_u_net_and_its_onnx_file_agree(unet, coffee, tmp_path, dynamo):
    path = tmp_path / "unet.onnx"
    export(unet, path, 160, dynamo=dynamo)
    second = open_network(path)
    check_agreement(open_network(unet, size=(160, 160)), second, coffee)
    check_fields(second, 160)

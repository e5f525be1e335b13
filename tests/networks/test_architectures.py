"""Real architectures with random weights: every layer, its field, and parity of the kinds."""

import warnings

import numpy as np
import pytest
import torch

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


@pytest.mark.parametrize("dynamo", [False, True])
@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v3_small"])
def test_a_module_and_its_onnx_file_agree(torchvision, coffee, tmp_path, name, dynamo):
    module = module_of(torchvision, name).eval()
    path = tmp_path / f"{name}.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module, (torch.zeros(1, 3, 224, 224),), path, dynamo=dynamo, verbose=False
        )
    first, second = open_network(module, size=(224, 224)), open_network(path)
    ours = first.activations(coffee, [layer.name for layer in first.layers])
    theirs = second.activations(coffee, [layer.name for layer in second.layers])
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
    check_fields(second, 224) if name == "resnet18" else None

"""Modules from files, packages and catalogues."""

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from actiscope import NetworkError, open_network

FACTORY = """
from __future__ import annotations
from dataclasses import dataclass
from torch import nn
from beside import CHANNELS

def build():
    return nn.Sequential(nn.Conv2d(3, CHANNELS, 3), nn.ReLU())

def wrong():
    return 3

def imports_later():
    import later
    return later.net()

def leaves():
    raise SystemExit(3)

@dataclass
class Config:
    width: int = 2

def fails():
    raise ValueError("no luck")

ready = nn.Sequential(nn.Conv2d(3, 2, 1))
"""


@pytest.fixture
def source(tmp_path):
    (tmp_path / "net.py").write_text(FACTORY)
    (tmp_path / "beside.py").write_text("CHANNELS = 5")
    (tmp_path / "later.py").write_text("from torch import nn\ndef net(): return nn.Conv2d(3, 2, 3)")
    return tmp_path / "net.py"


def test_functions_in_files(source):
    assert open_network(f"{source}:build").layers["0"].size == (5, 222, 222)
    assert open_network(f"{source}:imports_later").layers
    assert open_network(f"{source}:ready").layers["0"].size[0] == 2
    for name, message in (
        ("none", "has no 'none'"),
        ("wrong", r"returns a int, not a torch\.nn\.Module"),
        ("fails", "ValueError: no luck"),
        ("leaves", "SystemExit: 3"),
    ):
        with pytest.raises(NetworkError, match=message):
            open_network(f"{source}:{name}")
    with pytest.raises(NetworkError, match="there is no file"):
        open_network("none.py:build")
    with pytest.raises(NetworkError, match="name the function"):
        open_network(source)


def test_functions_in_packages():
    assert open_network("torch.nn:Identity").layers[0].name == "input"
    with pytest.raises(NetworkError, match="cannot import 'no_such_package'"):
        open_network("no_such_package:build")


def test_weights(source, tmp_path):
    module = torch.nn.Sequential(torch.nn.Conv2d(3, 5, 3), torch.nn.ReLU())
    torch.save(module.state_dict(), tmp_path / "w.pt")
    save_file(module.state_dict(), tmp_path / "w.safetensors")
    image = np.random.default_rng(0).integers(0, 256, (9, 9, 3), dtype=np.uint8)
    wanted = open_network(module).activations(image, "0").values
    for name in ("w.pt", "w.safetensors"):
        net = open_network(f"{source}:build", weights=tmp_path / name)
        assert np.array_equal(net.activations(image, "0").values, wanted)


def test_weights_that_are_none(source, tmp_path):
    torch.save(torch.nn.Linear(2, 2), tmp_path / "whole.pt")
    torch.save({"a": torch.zeros(1)}, tmp_path / "other.pt")
    (tmp_path / "junk.safetensors").write_bytes(b"junk")
    for name, message in (
        ("none.pt", "no file of weights"),
        ("whole.pt", "more than tensors, which is not safe"),
        ("other.pt", "does not fit Sequential"),
        ("junk.safetensors", "holds no weights"),
    ):
        with pytest.raises(NetworkError, match=message):
            open_network(f"{source}:build", weights=tmp_path / name)


def test_weights_alone_are_told_for_what_they_are(tmp_path):
    torch.save({"a": torch.zeros(1)}, tmp_path / "w.pt")
    save_file({"a": torch.zeros(1)}, tmp_path / "w.safetensors")
    with pytest.raises(NetworkError, match="weights of PyTorch without a module"):
        open_network(tmp_path / "w.pt")
    with pytest.raises(NetworkError, match="weights of a safetensors file"):
        open_network(tmp_path / "w.safetensors")


def test_torchvision_names_bring_their_preparation(torchvision, coffee):
    net = open_network("torchvision/resnet18", weights="random")
    assert net.preparation.shorter == 256
    assert net.preparation.size == (224, 224)
    assert not net.preparation.guessed
    assert len(net.classes) == 1000
    transform = torchvision.models.ResNet18_Weights.DEFAULT.transforms()
    from PIL import Image

    wanted = transform(Image.fromarray(coffee)).numpy()
    got = net.activations(coffee, "x")
    np.testing.assert_allclose(got.values, wanted, atol=2 / 255 / 0.224)
    assert got.geometry.stride == pytest.approx((400 / 256, 600 / 384))
    assert got.geometry.field(0, 0)[:2] == pytest.approx((16 * 400 / 256, 80 * 600 / 384))


def test_timm_names_bring_their_preparation(torchvision, coffee):
    assert torchvision
    net = open_network("timm/resnet10t", weights="random")
    assert "timm" in net.preparation.source
    assert net.activations(coffee, "layer4").shape[0] == 512


def test_names_that_are_none(torchvision):
    assert torchvision
    for name in ("torchvision/resnet1", "timm/resnet1"):
        with pytest.raises(NetworkError, match="has no model 'resnet1'"):
            open_network(name)

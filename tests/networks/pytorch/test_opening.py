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


class Digits(torch.nn.Module):
    """Has its convolutions in another order than that in which they run."""

    def __init__(self, channels):
        super().__init__()
        self.second = torch.nn.Conv2d(4, 3, 3)
        self.first = torch.nn.Conv2d(channels, 4, 3)

    def forward(self, x):
        return self.second(self.first(x).relu()).mean((2, 3))


def test_a_module_of_one_channel_is_fed_grey(coffee):
    module = Digits(1)
    net = open_network(module)
    assert net.preparation.guessed
    assert "grey 0-1, a guess" in net.preparation.source
    luma = (coffee @ np.array([0.299, 0.587, 0.114]) / 255).astype(np.float32)
    acts = net.activations(coffee, ["x", "first"])
    np.testing.assert_allclose(acts["x"].values[0], luma, atol=1e-6)
    wanted = module.first(torch.from_numpy(luma)[None]).detach().numpy()
    np.testing.assert_allclose(acts["first"].values, wanted, atol=1e-5)
    assert not module.first._forward_pre_hooks
    said = open_network(module, mean=(0.1307,), std=(0.3081,), size=28).activations(coffee, "x")
    assert said.values.min() == pytest.approx((0 - 0.1307) / 0.3081, abs=0.1)
    assert open_network(module, order="GRAY").preparation.mean == net.preparation.mean


def test_a_module_that_makes_grey_itself_is_fed_colour():
    class Itself(Digits):
        def forward(self, x):
            return super().forward(x.mean(1, keepdim=True))

    net = open_network(Itself(1))
    assert net.preparation.order == "RGB"
    assert net.layers["x"].size[0] == 3


@pytest.mark.parametrize(
    ("channels", "order", "message"),
    [
        (4, None, "'first' takes 4 channels, not the 3 of RGB; put a module before it"),
        (2, "GRAY", "'first' takes 2 channels, not the 1 of GRAY; put a module before it"),
        (1, "BGR", "'first' takes 1 channels, not the 3 of BGR; give it the order GRAY"),
        (3, "GRAY", "'first' takes 3 channels, not the 1 of GRAY; give it the order RGB or BGR"),
    ],
)
def test_other_numbers_of_channels_are_told(channels, order, message):
    with pytest.raises(NetworkError, match=message):
        open_network(Digits(channels), order=order)


def test_a_module_of_one_size_asks_for_it():
    flat = torch.nn.Sequential(
        torch.nn.Conv2d(1, 2, 3), torch.nn.Flatten(), torch.nn.Linear(1352, 10)
    )
    with pytest.raises(NetworkError, match=r"at 224x224: .* takes one size only, give it as size$"):
        open_network(flat)
    with pytest.raises(NetworkError, match=r"at 27x27: .*multiplied .*10\)$"):
        open_network(flat, size=27)
    assert len(open_network(flat, size=28).classify(np.zeros((28, 28, 3), np.uint8), top=10)) == 10


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

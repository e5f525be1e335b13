"""What was opened from somewhere can be opened again from any folder."""

import numpy as np
import onnx
import pytest

from actiscope import open_network, squeezenet
from actiscope.networks.catalogue import reopen_network
from tests.networks.tiny import convolution

FACTORY = """
import torch
def build():
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.ReLU())
"""


@pytest.mark.parametrize(
    ("source", "options"),
    [
        ("squeezenet", {"size": 100}),
        ("tiny.onnx", {"mean": 3.0, "std": 2.0, "scale": 1.0}),
        ("net.py:build", {"size": (30, 40), "weights": "weights.pt"}),
    ],
)
def test_the_same_network_is_opened_again(tmp_path, monkeypatch, source, options):
    import torch

    onnx.save(convolution(), tmp_path / "tiny.onnx")
    (tmp_path / "net.py").write_text(FACTORY)
    weights = {"0.weight": torch.ones(4, 3, 3, 3), "0.bias": torch.ones(4)}
    torch.save(weights, tmp_path / "weights.pt")
    monkeypatch.chdir(tmp_path)
    network = open_network(source, **options)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    again = reopen_network(network.origin)
    assert again.fingerprint() == network.fingerprint()
    picture = np.full((50, 60, 3), 7, dtype=np.uint8)
    layer = len(network.layers) - 1
    expected = network.activations(picture, layer).values
    assert np.array_equal(again.activations(picture, layer).values, expected)


def test_what_was_made_in_this_process_has_no_origin():
    import torch

    module = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3))
    assert open_network(module, size=20).origin is None
    assert squeezenet().randomized().origin is None

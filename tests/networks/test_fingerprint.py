"""A fingerprint tells networks apart whose layers may give other values."""

import subprocess
import sys

import onnx
import pytest
import torch

from actiscope import open_network
from tests.networks.tiny import RAW, convolution, opened


def module(slope=0.1):
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.LeakyReLU(slope))


def test_it_is_the_same_in_every_process(tmp_path):
    mine = opened(tmp_path, convolution()).fingerprint()
    code = (
        "import sys; from actiscope import open_network; "
        "print(open_network(sys.argv[1], mean=(0.,), std=(1.,), scale=1.).fingerprint())"
    )
    command = [sys.executable, "-c", code, tmp_path / "model.onnx"]
    other = subprocess.run(command, capture_output=True, text=True, check=True)
    assert other.stdout.strip() == mine
    assert len(mine) == 64


def test_it_does_not_depend_on_where_the_weights_lie(tmp_path):
    inside = opened(tmp_path, convolution()).fingerprint()
    path = tmp_path / "external.onnx"
    onnx.save(
        convolution(),
        path,
        save_as_external_data=True,
        location="weights.bin",
        size_threshold=0,
    )
    assert open_network(path, **RAW).fingerprint() == inside


@pytest.mark.parametrize("change", ["a weight", "a stride", "the preparation"])
def test_it_changes_with(tmp_path, change):
    before = opened(tmp_path, convolution()).fingerprint()
    changed = convolution(stride=3 if change == "a stride" else 2)
    if change == "a weight":
        weights = changed.graph.initializer[0]
        values = onnx.numpy_helper.to_array(weights).copy()
        values[3, 2, 2, 2] += 1e-6
        weights.CopyFrom(onnx.numpy_helper.from_array(values, weights.name))
    options = {"mean": (1.0,)} if change == "the preparation" else {}
    assert opened(tmp_path, changed, **options).fingerprint() != before


def test_modules_differ_by_weights_and_by_settings():
    first = open_network(module(), size=32, **RAW).fingerprint()
    assert open_network(module(), size=32, **RAW).fingerprint() == first
    assert open_network(module(slope=0.2), size=32, **RAW).fingerprint() != first
    other = module()
    with torch.no_grad():
        other[0].bias[0] += 1
    assert open_network(other, size=32, **RAW).fingerprint() != first

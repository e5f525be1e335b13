"""A folder with pictures, a network and an index, and the commands as a person gives them."""

import json

import numpy as np
import onnx
import pytest
from PIL import Image

from tests.cli.calling import caller
from tests.networks.tiny import convolution

NETWORK = ["--mean", "0", "--std", "1", "--pixel-scale", "1"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli")
    onnx.save(convolution(), folder / "tiny.onnx")
    rng = np.random.default_rng(1)
    (folder / "photos").mkdir()
    for number in range(6):
        pixels = rng.integers(0, 256, (30, 30, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / "photos" / f"{number}.png")
    (folder / "photos" / "notes.md").write_text("no picture")
    return folder


@pytest.fixture
def actiscope(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)

    return caller(capsys, "index")


@pytest.fixture
def built(actiscope):
    code, out, _ = actiscope(
        "build", "photos", "--network", "tiny.onnx", *NETWORK, "--layers", "conv,relu",
        "--size", 24, "-o", "i.index", "--json",
    )  # fmt: skip
    assert code == 0
    return json.loads(out)

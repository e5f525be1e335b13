"""A small collection, and a tiny network to run on it."""

import numpy as np
import onnx
import pytest
from PIL import Image

from actiscope import open_network
from tests.networks.tiny import RAW, convolution

LAYERS = ["conv", "pool"]


@pytest.fixture(scope="session")
def model_path(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "tiny.onnx"
    onnx.save(convolution(), path)
    return path


@pytest.fixture(scope="session")
def tiny(model_path):
    return open_network(model_path, **RAW)


@pytest.fixture(scope="session")
def photos(tmp_path_factory):
    """Sixty pictures of several sizes and kinds."""
    folder = tmp_path_factory.mktemp("photos")
    rng = np.random.default_rng(0)
    for number in range(60):
        pixels = rng.integers(0, 256, (20 + number % 7, 24 + number % 5, 3), dtype=np.uint8)
        suffix = ("png", "jpg")[number % 2]
        (folder / f"{number % 4}").mkdir(exist_ok=True)
        Image.fromarray(pixels).save(folder / f"{number % 4}" / f"{number:02}.{suffix}")
    return folder

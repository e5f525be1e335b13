"""A small collection, a tiny network to run on it, and the index that comes of them."""

import sys

import numpy as np
import onnx
import pytest
from PIL import Image

from actiscope import open_network
from actiscope.collection.build import build
from actiscope.collection.store import Store
from tests.networks.tiny import RAW, convolution

LAYERS = ["conv", "pool"]
OPTIONS = {"size": (22, 26), "top": 7, "per_image": 2}
_SCRIPT = """
import sys, time
from actiscope import open_network
from actiscope.collection.build import build
from actiscope.collection.runners.local import LocalRunner
from actiscope.collection.runners.ray import RayRunner
model, photos, path, runner = sys.argv[1:]
net = open_network(model, mean=(0.,), std=(1.,), scale=1.)
print("ready", flush=True)
build(net, [photos], path, ["conv", "pool"], size=(22, 26), top=7, per_image=2,
      runner=RayRunner(2) if runner == "ray" else LocalRunner(2, processes=runner == "processes"),
      write_every=0.0,
      on_progress=lambda _: print("more", flush=True) or time.sleep(0.05))
"""


def build_command(model, photos, path, runner="local", first=""):
    """Return the command of a slow build that prints a line a picture."""
    return [sys.executable, "-c", first + _SCRIPT, str(model), str(photos), str(path), runner]


def digest(path):
    with Store(path) as store:
        return store.digest()


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


@pytest.fixture(scope="session")
def whole(tiny, photos, tmp_path_factory):
    """The index of all pictures."""
    path = tmp_path_factory.mktemp("whole") / "index.db"
    done = build(tiny, [photos], path, LAYERS, **OPTIONS)
    assert (done.added, done.failed) == (60, 0)
    return path

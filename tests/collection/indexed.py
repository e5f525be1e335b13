"""An index of a small collection by a tiny network, with a dead and an always active channel."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
from PIL import Image

from actiscope import Network, open_network
from actiscope.collection.build import build
from tests.networks.tiny import RAW, filters, model

DEAD, ALWAYS_ON = 1, 2
SIZE = (48, 64)
BROKEN = "broken <b>.jpg"


class Indexed(NamedTuple):
    """A network, the folder of its collection, and the index."""

    network: Network
    folder: Path
    path: Path


def make_index(folder: Path, pictures: int = 14) -> Indexed:
    """Make pictures, a network and an index of its layers conv and relu."""
    rng = np.random.default_rng(7)
    (folder / "set").mkdir()
    for number in range(pictures):
        blocks = rng.integers(0, 256, (6, 8 + number % 3, 3), dtype=np.uint8)
        pixels = blocks.repeat(15, axis=0).repeat(15, axis=1)
        Image.fromarray(pixels).save(folder / "set" / f"{number:02}.png")
    (folder / "set" / BROKEN).write_text("no picture")
    kernels = filters()
    kernels[DEAD], kernels[ALWAYS_ON] = -np.abs(kernels[DEAD]), np.abs(kernels[ALWAYS_ON])
    nodes = [
        onnx.helper.make_node("Conv", ["x", "w"], ["a"], "conv", strides=[2, 2]),
        onnx.helper.make_node("Relu", ["a"], ["b"], "relu"),
    ]
    onnx.save(model(nodes, {"w": kernels}), folder / "tiny.onnx")
    network = open_network(folder / "tiny.onnx", **RAW)
    build(network, [folder / "set"], folder / "set.index", ["conv", "relu"], size=SIZE, top=9)
    return Indexed(network, folder / "set", folder / "set.index")

"""What tests share: the real network, a real face, and independently computed truth."""

import json
from pathlib import Path
from typing import Any

import hypothesis
import numpy as np
import pytest

from actiscope import Network, open_network
from actiscope.images import read_image
from actiscope.images.samples import close_right_eye, face

hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def net() -> Network:
    return open_network("squeezenet")


@pytest.fixture(scope="session")
def a1() -> np.ndarray:
    """The face of case A1, 227 x 227."""
    return face()


@pytest.fixture(scope="session")
def closed(a1: np.ndarray) -> np.ndarray:
    """The face with one eye edited away."""
    return close_right_eye(a1)


@pytest.fixture(scope="session")
def patched(a1: np.ndarray) -> np.ndarray:
    """The face with a flat patch over one eye, as the oracle has it."""
    picture = a1.copy()
    picture[93:114, 120:155] = (230, 197, 175)
    return picture


@pytest.fixture(scope="session")
def astronaut() -> np.ndarray:
    import skimage

    return read_image(Path(skimage.__file__).parent / "data" / "astronaut.png")


@pytest.fixture(scope="session")
def coffee() -> np.ndarray:
    import skimage

    return read_image(Path(skimage.__file__).parent / "data" / "coffee.png")


@pytest.fixture(scope="session")
def oracle() -> Any:
    def load(name: str) -> Any:
        return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))

    return load


@pytest.fixture(scope="session")
def figures() -> Any:
    """A thousand samples of each figure of the example, and their shapes."""
    return np.load(DATA / "figures_A1_227.npz")


@pytest.fixture(scope="session")
def true_composite() -> np.ndarray:
    return read_image(DATA / "composite_A1_227.png")


@pytest.fixture(scope="session")
def torchvision() -> Any:
    """Torchvision, which beside a CPU build of PyTorch may lack its operators."""
    import torch

    signature = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
    for name in ("nms", "qnms"):
        if not hasattr(torch.ops.torchvision, name):
            torch.library.define(f"torchvision::{name}", signature)
    import torchvision

    return torchvision

"""What tests of ONNX files share."""

import numpy as np
import pytest


@pytest.fixture
def picture():
    return np.random.default_rng(1).integers(0, 256, (12, 15, 3), dtype=np.uint8)

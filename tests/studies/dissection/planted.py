"""Pictures with a pattern planted in some, and a network with one kernel that matches it."""

import numpy as np
from onnx import helper
from PIL import Image
from tests.networks import tiny

from actiscope import Box

PATTERN = np.array([
    [1, -1, -1, 1, 1],
    [-1, 1, 1, -1, 1],
    [-1, 1, -1, 1, -1],
    [1, -1, 1, 1, -1],
    [1, 1, -1, -1, -1],
])  # fmt: skip
DETECTOR = 5
KERNELS = 12
SIZE = 24


def network(folder):
    """Random kernels without a mean, and a detector of the pattern among them."""
    kernels = np.random.default_rng(8).normal(size=(KERNELS, 3, 5, 5))
    kernels -= kernels.mean(axis=(1, 2, 3), keepdims=True)
    kernels[DETECTOR] = PATTERN
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["a"], "conv"),
        helper.make_node("Relu", ["a"], ["b"], "relu"),
        helper.make_node("GlobalMaxPool", ["b"], ["c"], "pool"),
    ]
    model = tiny.model(nodes, {"w": kernels.astype(np.float32)})
    return tiny.opened(folder, model, size=SIZE)


def pictures(folder, *, having=12, rest=28, seed=0):
    """Noise, grey; in those called pattern-N.png one pattern, whose box is returned."""
    folder.mkdir(exist_ok=True)
    rng = np.random.default_rng(seed)
    boxes = {}
    for number in range(having + rest):
        pixels = rng.integers(80, 177, (SIZE, SIZE))
        name = f"noise-{number}.png"
        if number < having:
            name = f"pattern-{number}.png"
            row, col = (int(each) for each in rng.integers(0, SIZE - 5, 2))
            pixels[row : row + 5, col : col + 5] = 128 + 36 * PATTERN
            boxes[name] = Box(row, col, row + 5, col + 5)
        Image.fromarray(np.repeat(pixels[:, :, np.newaxis], 3, 2).astype(np.uint8)).save(
            folder / name
        )
    return boxes

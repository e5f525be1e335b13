"""Slices of pictures of which windows leave nothing: ONNX's inference would end the process."""

import numpy as np
import pytest
from onnx import helper
from tests.networks import tiny

from actiscope import ImageSizeError


def model(step):
    """Slice, pool, slice and pool: rows and columns become fewer, and then too few."""
    begin, end = ([1, 1], [-1, -1]) if step > 0 else ([-1, -1], [-99, -99])
    weights = {
        "one": np.array([1, 1]), "last": np.array([-1, -1]), "axes": np.array([2, 3]),
        "begin": np.array(begin), "end": np.array(end), "step": np.array([step, step]),
    }  # fmt: skip
    window = {"kernel_shape": [3, 3], "strides": [1, 1]}
    nodes = [
        helper.make_node("Slice", ["x", "one", "last", "axes"], ["a"], "first"),
        helper.make_node("MaxPool", ["a"], ["b"], "pool", **window),
        helper.make_node("Slice", ["b", "begin", "end", "axes", "step"], ["c"], "second"),
        helper.make_node("MaxPool", ["c"], ["d"], "last", **window),
        helper.make_node("Slice", ["d", "begin", "end", "axes", "step"], ["e"], "third"),
    ]
    return tiny.model(nodes, weights)


@pytest.mark.parametrize(("step", "least"), [(1, 11), (-1, 7)])
def test_a_picture_that_is_too_small_is_told(tmp_path, picture, step, least):
    net = tiny.opened(tmp_path, model(step))
    for size in range(1, least):
        with pytest.raises(ImageSizeError, match=f"it needs at least {least}x{least}"):
            net.activations(picture[:size, :size], "third")
    answer = net.activations(picture[:least, :least], "third")
    assert answer.shape == (3, 1, 1)
    edge = (least - 5) // 2  # what is left in the end sees 5 rows and columns
    seen = picture[edge : edge + 5, edge : edge + 5]
    assert answer.values[:, 0, 0].tolist() == seen.max(axis=(0, 1)).tolist()

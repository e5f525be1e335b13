"""Poolings that are wider than what they pool: what ONNX Runtime does with them."""

import numpy as np
import onnxruntime
import pytest
from onnx import helper
from tests.networks import tiny

from actiscope import ImageSizeError

POOLINGS = ["MaxPool", "AveragePool", "LpPool"]


def answer_of_the_engine(model, picture):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    fed = picture.transpose(2, 0, 1)[np.newaxis].astype(np.float32)
    try:
        session = onnxruntime.InferenceSession(model.SerializeToString(), options)
        return session.run(None, {"x": fed})[0][0]
    except onnxruntime.capi.onnxruntime_pybind11_state.Fail:
        return np.empty((3, 0, 0), np.float32)


@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("kernel", [3, 5])
@pytest.mark.parametrize("stride", [1, 2, 3, 4])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 6])
def test_units_are_those_of_the_engine(tmp_path, picture, pooling, kernel, stride, size):
    window = {"kernel_shape": [kernel, kernel], "strides": [stride, stride]}
    model = tiny.model([helper.make_node(pooling, ["x"], ["y"], "pool", **window)], {})
    net = tiny.opened(tmp_path, model)
    small = picture[:size, :size]
    wanted = answer_of_the_engine(model, small)
    if wanted.size == 0:
        with pytest.raises(ImageSizeError, match="too small for layer 'pool'"):
            net.activations(small, "pool")
        return
    found = net.activations(small, "pool")
    np.testing.assert_array_equal(found.values, wanted)
    assert net.layers_at(size)["pool"].size == found.shape
    assert found.geometry.field(0, 0, (size, size)) == (0, 0, min(kernel, size), min(kernel, size))


@pytest.mark.parametrize("pooling", ["MaxPool", "AveragePool"])
@pytest.mark.parametrize("kernel", [1, 2, 3])
@pytest.mark.parametrize("stride", [2, 3, 4, 5])
@pytest.mark.parametrize("pad", [0, 1])
@pytest.mark.parametrize("automatic", ["NOTSET", "VALID"])
def test_windows_behind_the_end_are_not_counted(
    tmp_path, picture, pooling, kernel, stride, pad, automatic
):
    """ONNX counts one that begins behind the end where the number of units is rounded up."""
    window = {"kernel_shape": [kernel, kernel], "strides": [stride, stride], "ceil_mode": 1}
    if automatic == "NOTSET":
        window["pads"] = [min(pad, kernel - 1)] * 4
    model = tiny.model(
        [helper.make_node(pooling, ["x"], ["y"], "pool", auto_pad=automatic, **window)], {}
    )
    net = tiny.opened(tmp_path, model)
    for size in range(1, 12):
        small = picture[:size, :size]
        wanted = answer_of_the_engine(model, small)
        if wanted.size == 0:
            with pytest.raises(ImageSizeError, match="too small for layer 'pool'"):
                net.layers_at(size)
            continue
        assert net.layers_at(size)["pool"].size == wanted.shape
        np.testing.assert_array_equal(net.activations(small, "pool").values, wanted)

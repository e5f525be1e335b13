"""What is drawn anew, and what is kept."""

import numpy as np
import onnx
import pytest
from onnx import helper
from tests.networks import tiny

from actiscope import NetworkError


def test_running_statistics_and_single_numbers_are_kept(tmp_path):
    weights = {
        "w": tiny.filters(),
        "gain": np.array([1, 2, 3, 4], np.float32),
        "shift": np.array([4, 3, 2, 1], np.float32),
        "mean": np.array([5, 6, 7, 8], np.float32),
        "variance": np.array([1, 4, 9, 16], np.float32),
        "epsilon": np.array([0.5], np.float32),
    }
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["a"], "conv"),
        helper.make_node(
            "BatchNormalization", ["a", "gain", "shift", "mean", "variance"], ["b"], "norm"
        ),
        helper.make_node("Add", ["b", "epsilon"], ["c"], "add"),
    ]
    net = tiny.opened(tmp_path, tiny.model(nodes, weights))
    control = net.randomized()
    learned = control.weights_of(control.layers["norm"])
    assert np.array_equal(learned["mean"], weights["mean"])
    assert np.array_equal(learned["variance"], weights["variance"])
    assert not np.array_equal(learned["weights"], weights["gain"])
    assert not np.array_equal(learned["bias"], weights["shift"])


def test_weights_in_constant_nodes_and_of_half_precision_are_drawn_too(tmp_path):
    half = tiny.filters().astype(np.float16)
    nodes = [
        helper.make_node("Constant", [], ["h"], value=onnx.numpy_helper.from_array(half)),
        helper.make_node("Cast", ["h"], ["w"], to=tiny.FLOAT),
        helper.make_node("Conv", ["x", "w"], ["a"], "conv"),
    ]
    net = tiny.opened(tmp_path, tiny.model(nodes, {}))
    assert np.array_equal(net.weights_of(net.layers["conv"])["weights"], half)
    drawn = net.randomized()
    image = np.full((8, 8, 3), 99, np.uint8)
    assert not np.array_equal(
        net.activations(image, "conv").values, drawn.activations(image, "conv").values
    )


def test_a_network_that_learned_nothing_has_no_control(tmp_path):
    net = tiny.opened(tmp_path, tiny.model([helper.make_node("Relu", ["x"], ["a"], "relu")], {}))
    with pytest.raises(NetworkError, match="no weights"):
        net.randomized()

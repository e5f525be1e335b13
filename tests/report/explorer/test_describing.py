"""A network as a page is told of it."""

import base64
import json

import numpy as np
import onnx
import pytest
from onnx import helper
from tests.networks import tiny

from actiscope import open_network, palette
from actiscope.report.explorer.describing import count_classes, describe_network


@pytest.fixture(scope="module")
def told(net):
    return describe_network(net)


def test_the_network_of_the_example(told, net):
    assert told["name"] == net.name
    assert told["input_size"] == [227, 227]
    assert told["classes"] == 1000
    assert told["learnables"] == 1_235_496
    assert told["sizes"] == ["own", "native"]
    assert json.loads(json.dumps(told, allow_nan=False)) == told


def test_layers_name_what_they_read_by_index(told, net):
    edges = {(i, layer["index"]) for layer in told["layers"] for i in layer["inputs"]}
    named = {(net.layers[a].index, net.layers[b].index) for a, b in net.edges}
    assert edges == named
    assert len(edges) == 75


def test_layers_say_how_far_they_see(told):
    by_name = {layer["name"]: layer for layer in told["layers"]}
    assert by_name["conv1"]["field"] == [3, 3]
    assert by_name["conv1"]["stride"] == [2, 2]
    assert by_name["pool10"]["field"] is None
    assert by_name["pool10"]["stride"] is None
    families = {name: by_name[name]["family"] for name in ("conv1", "pool1", "relu_conv1")}
    assert families == {"conv1": "weights", "pool1": "pool", "relu_conv1": "pointwise"}
    assert by_name["fire2-concat"]["family"] == "join"


def test_colour_maps_are_those_of_the_pictures(told):
    for name, table in told["colormaps"].items():
        colours = np.frombuffer(base64.b64decode(table), np.uint8).reshape(256, 3)
        assert np.array_equal(colours, palette(name)), name


def test_a_network_of_one_size_offers_no_other(tmp_path):
    nodes = [helper.make_node("Conv", ["x", "w"], ["a"], "conv")]
    inputs = {"x": (tiny.FLOAT, [1, 3, 12, 15])}
    onnx.save(tiny.model(nodes, {"w": tiny.filters()}, inputs=inputs), tmp_path / "fixed.onnx")
    network = open_network(tmp_path / "fixed.onnx")
    assert describe_network(network)["sizes"] == ["own"]
    assert count_classes(network) == 0

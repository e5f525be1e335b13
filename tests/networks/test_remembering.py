"""What is remembered of a network opens the same one again, and JSON holds it."""

import json

import numpy as np
import onnx
import pytest
from onnx import helper

from actiscope import open_network
from actiscope.errors import ArgumentError
from actiscope.networks.remembering import open_again, recall, remember
from tests.networks.tiny import convolution


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    onnx.save(convolution(), "tiny.onnx")


def again(network, source=None, **said):
    kept = json.loads(json.dumps(remember(network.origin)))
    return open_again(recall(kept), source, said, of="it")


@pytest.mark.parametrize(
    ("source", "options"),
    [
        ("squeezenet", {"size": 100, "mean": (1.5, 2.5, 0.1)}),
        ("tiny.onnx", {"mean": 3.0, "std": 2.0, "scale": 1.0, "order": "BGR", "layout": "NCHW"}),
    ],
)
def test_the_same_network_is_opened_again_from_any_folder(monkeypatch, source, options):
    network = open_network(source, **options)
    monkeypatch.chdir("/")
    found = again(network)
    assert found.fingerprint() == network.fingerprint()
    assert found.preparation == network.preparation


def test_what_other_inputs_are_fed_is_remembered():
    model = convolution()
    model.graph.input.append(helper.make_tensor_value_info("b", onnx.TensorProto.FLOAT, [4, 1, 1]))
    model.graph.node.append(
        helper.make_node("Add", [model.graph.node[0].output[0], "b"], ["c"], "sum")
    )
    onnx.save(model, "two.onnx")
    given = np.float32([0.1, -2, 3e-9, 1]).reshape(4, 1, 1)
    network = open_network("two.onnx", input="x", others={"b": given})
    found = again(network).origin.options.others["b"]
    assert found.dtype == given.dtype
    np.testing.assert_array_equal(found, given)


def test_what_is_said_goes_before_what_is_remembered():
    network = open_network("tiny.onnx", mean=3.0, scale=1.0)
    assert again(network, mean=5.0).preparation.mean == (5.0,) * 3
    assert again(network, mean=5.0).preparation.scale == 1
    assert again(network, source="tiny.onnx").preparation == network.preparation
    onnx.save(convolution(stride=1), "other.onnx")
    assert again(network, source="other.onnx").preparation.guessed


def test_a_network_of_no_source_has_to_be_named():
    with pytest.raises(ArgumentError, match="it does not say where its network came from"):
        open_again(None, None, {}, of="it")

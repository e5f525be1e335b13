"""Broken networks are analysed as far as they go."""

import numpy as np
import onnx
import pytest
import torch
from onnx import helper

from actiscope import open_network
from actiscope.errors import NetworkError
from tests.networks.tiny import filters, model

CONV = helper.make_node("Conv", ["x", "w"], ["a"], "conv")
LAST = helper.make_node("Relu", ["b"], ["c"], "relu")
BROKEN = {
    "missing weights": (
        helper.make_node("Conv", ["a", "gone"], ["b"], "broken"),
        "reads 'gone', which is missing",
    ),
    "a cycle": (
        helper.make_node("Add", ["a", "c"], ["b"], "broken"),
        "reads 'c', which is computed later",
    ),
    "a size mismatch": (
        helper.make_node("Conv", ["a", "w7"], ["b"], "broken"),
        "Input channels C is not equal to kernel channels",
    ),
    "an operator that the engine lacks": (
        helper.make_node("Fancy", ["a"], ["b"], "broken"),
        "Fancy",
    ),
}


@pytest.fixture
def path(tmp_path, request):
    weights = {"w": filters(), "w7": np.ones((4, 7, 3, 3), np.float32)}
    onnx.save(model([CONV, BROKEN[request.param][0], LAST], weights), tmp_path / "broken.onnx")
    return tmp_path / "broken.onnx"


@pytest.mark.parametrize(
    ("path", "why"), [(key, BROKEN[key][1]) for key in BROKEN], indirect=["path"]
)
def test_a_broken_file_is_analysed_up_to_where_it_breaks(path, why):
    analysis = open_network(path, strict=False).analyze(size=32)
    (error,) = [issue for issue in analysis.issues if issue.severity == "error"]
    assert error.layer == "broken"
    assert why in error.message
    assert analysis.layers["conv"].size == (4, 30, 30)


@pytest.mark.parametrize("path", ["missing weights", "a cycle"], indirect=True)
def test_a_broken_graph_is_refused_where_values_are_wanted(path):
    with pytest.raises(NetworkError, match="the node 'broken' reads"):
        open_network(path)


@pytest.mark.parametrize(
    ("read", "axis", "where"), [("d", 1, "mismatched"), ("c", 9, "index"), ("c", 1, None)]
)
def test_what_leads_to_integers_only_is_tried_too(tmp_path, read, axis, where):
    nodes = [
        CONV,
        helper.make_node("Relu", ["a"], ["c"], "relu"),
        helper.make_node("Conv", ["c", "w7"], ["d"], "mismatched"),
        helper.make_node("ArgMax", [read], ["i"], "index", axis=axis),
    ]
    nodes = [node for node in nodes if read == "d" or node.name != "mismatched"]
    weights = {"w": filters(), "w7": np.ones((4, 7, 3, 3), np.float32)}
    onnx.save(model(nodes, weights), tmp_path / "index.onnx")
    found = open_network(tmp_path / "index.onnx", strict=False).faults(32)
    assert [issue.layer for issue in found] == ([where] if where else [])


def test_a_second_fault_before_the_first_is_found(tmp_path):
    nodes = [
        CONV,
        helper.make_node("Conv", ["a", "w7"], ["b"], "mismatched"),
        helper.make_node("Conv", ["b", "gone"], ["c"], "lost"),
    ]
    weights = {"w": filters(), "w7": np.ones((4, 7, 3, 3), np.float32)}
    onnx.save(model(nodes, weights), tmp_path / "twice.onnx")
    found = open_network(tmp_path / "twice.onnx", strict=False).faults(32)
    assert [issue.layer for issue in found] == ["lost", "mismatched"]


class Mismatched(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first = torch.nn.Conv2d(3, 4, 3)
        self.second = torch.nn.Conv2d(5, 4, 3)

    def forward(self, x):
        return self.second(self.first(x))


def test_a_broken_module_is_analysed_up_to_where_it_breaks():
    analysis = open_network(Mismatched(), strict=False).analyze(size=32)
    (error,) = [issue for issue in analysis.issues if issue.severity == "error"]
    assert error.layer == "first"
    assert "expected input[1, 4, 30, 30] to have 5 channels" in error.message
    assert analysis.layers["first"].size == (4, 30, 30)
    with pytest.raises(NetworkError, match="cannot be run"):
        open_network(Mismatched())

"""A network that finds objects: scores and boxes at two scales, in every form of an answer."""

import numpy as np
import pytest
import torch
from onnx import helper
from torch import nn

from actiscope import ArgumentError, NetworkError, open_network
from tests.networks import tiny
from tests.networks.test_architectures import export

SIZE = 64
NAMES = ["scores_8", "scores_16", "boxes_8", "boxes_16"]
"""What the tensors are called in the ONNX file, after the pixels from cell to cell."""


class Detector(nn.Module):
    def __init__(self, form, *, traceable=True):
        super().__init__()
        torch.manual_seed(0)
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 4, 1), nn.ReLU(inplace=True))
        self.downs = nn.ModuleList(
            nn.Sequential(nn.Conv2d(8, 8, 3, 2, 1), nn.ReLU(inplace=True)) for _ in range(2)
        )
        self.scores = nn.Conv2d(8, 5, 3, padding=1)
        self.boxes = nn.Conv2d(8, 4, 3, padding=1)
        self.form, self.traceable = form, traceable

    def forward(self, x):
        if not self.traceable and x.isnan().any():
            raise ValueError("no picture")
        x, scores, boxes = self.stem(x), [], []
        for down in self.downs:
            x = down(x)
            scores.append(self.scores(x).sigmoid())
            boxes.append(self.boxes(x))
        return {
            "dict": {"scores": scores, "boxes": boxes},
            "list": [*scores, *boxes],
            "tuple": (*zip(scores, boxes, strict=True),),
        }[self.form]


def tensors(answer):
    if isinstance(answer, torch.Tensor):
        return [answer[0].numpy()]
    parts = answer.values() if isinstance(answer, dict) else answer
    return [each for part in parts for each in tensors(part)]


def check(net, module, coffee):
    """Look at every layer, and compare the outputs with what the module gives."""
    acts = net.activations(coffee, [layer.name for layer in net.layers])
    for layer in net.layers:
        act = acts[layer.name]
        assert act.shape == layer.size
        assert act.grid(labels=True).size
    with torch.no_grad():
        wanted = tensors(module.eval()(torch.tensor(acts[net.layers[0].name].values)[None]))
    assert len(net.outputs) == len(wanted) == 4
    for each in wanted:
        found = [acts[name].values for name in net.outputs if acts[name].shape == each.shape]
        assert [np.allclose(values, each, rtol=1e-4, atol=1e-5) for values in found] == [True]
    analysis = net.analyze(image=coffee)
    assert not [issue for issue in analysis.issues if issue.severity == "error"]
    assert not [issue for issue in analysis.issues if "nobody uses" in issue.message]
    with pytest.raises(NetworkError, match=r"is no classifier: it gives .* \(5, 8, 8\), "):
        net.classify(coffee)


@pytest.mark.parametrize("form", ["dict", "list", "tuple"])
@pytest.mark.parametrize("traceable", [True, False])
def test_a_module(form, traceable, coffee):
    module = Detector(form, traceable=traceable)
    net = open_network(module, size=SIZE)
    check(net, module, coffee)
    if form == "dict" and not traceable:
        assert net.outputs[0] == "output:scores:0"


@pytest.mark.parametrize("dynamo", [False, True])
def test_an_onnx_file(dynamo, coffee, tmp_path):
    module = Detector("list").eval()
    path = tmp_path / "detector.onnx"
    export(module, path, SIZE, dynamo=dynamo, output_names=NAMES)
    net = open_network(path)
    check(net, module, coffee)
    assert {net.layers[name].name for name in NAMES} == set(net.outputs)
    assert net.activations(coffee, "scores_16").shape == (5, 4, 4)


def test_one_vector_among_several_outputs_is_the_answer(coffee):
    class WithMaps(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.answer = nn.Conv2d(3, 4, 3), nn.Linear(4, 6)

        def forward(self, x):
            maps = self.conv(x)
            return self.answer(maps.mean((2, 3))), maps

    assert len(open_network(WithMaps()).classify(coffee, top=9)) == 6


def test_outputs_are_not_taken_for_what_is_only_called_so(coffee):
    class Misleading(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.output = nn.Conv2d(3, 4, 3), nn.Linear(4, 6)
            self.output_norm = nn.LayerNorm(4)

        def forward(self, x):
            if x.isnan().any():
                raise ValueError("no picture")
            return self.output(self.output_norm(self.conv(x).mean((2, 3))))

    net = open_network(Misleading())
    assert net.outputs == (net.layers[len(net.layers) - 1].name,)
    assert len(net.classify(coffee, top=9)) == 6


def test_boxes_are_as_many_as_are_found_in_the_picture(tmp_path):
    """A box for each cell whose mean is above 100, and none on the empty picture of a listing."""
    nodes = [
        helper.make_node("AveragePool", ["x"], ["p"], "cells", kernel_shape=[8, 8], strides=[8, 8]),
        helper.make_node("Conv", ["p", "mean"], ["m"], "means"),
        helper.make_node("Reshape", ["m", "row"], ["scores"], "scores"),
        helper.make_node("Conv", ["p", "sides"], ["s"], "sides"),
        helper.make_node("Reshape", ["s", "rows"], ["r"], "rows"),
        helper.make_node("Transpose", ["r"], ["boxes"], "boxes", perm=[0, 2, 1]),
        helper.make_node("NonMaxSuppression", ["boxes", "scores", "most", "overlap", "least"],
                         ["found"], "found"),
        helper.make_node("Gather", ["found", "last"], ["numbers"], "numbers", axis=1),
        helper.make_node("Gather", ["boxes", "numbers"], ["y"], "kept", axis=1),
    ]  # fmt: skip
    weights = {
        "mean": np.full((1, 3, 1, 1), 1 / 3, np.float32), "row": np.array([1, 1, -1]),
        "sides": np.random.default_rng(0).normal(size=(4, 3, 1, 1)).astype(np.float32),
        "rows": np.array([1, 4, -1]), "most": np.array([9]), "overlap": np.float32([1]),
        "least": np.float32([100]), "last": np.array(2),
    }  # fmt: skip
    net = tiny.opened(tmp_path, tiny.model(nodes, weights))
    assert net.layers["kept"].inputs == ("boxes", "scores")
    picture = np.zeros((32, 32, 3), np.uint8)
    picture[:8, 8:24] = 200
    acts = net.activations(picture, ["boxes", "kept"])
    np.testing.assert_array_equal(acts["kept"].values, acts["boxes"].values[1:3])
    assert acts["kept"].grid().size
    nothing = net.activations(np.zeros_like(picture), "kept")
    assert nothing.shape == (0, 4)
    with pytest.raises(ArgumentError, match="'kept' gives no values for this picture"):
        nothing.grid()
    for each in (picture, np.zeros_like(picture)):
        issues = net.analyze(image=each, size=32).issues
        assert not [issue for issue in issues if issue.severity == "error"]

"""Models at which ONNX's inference or the engine would end the process: they run, or are told."""

import subprocess
import sys

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from tests.networks import tiny

RUN = """
import sys
import numpy as np
from actiscope import ActiscopeError, open_network

size = int(sys.argv[2])
try:
    net = open_network(sys.argv[1], mean=(0,), std=(1,), scale=1)
    answer = net.activations(np.full((size, size, 3), 7, np.uint8), len(net.layers) - 1, size=size)
    print(*answer.shape)
    print(net.analyze(size=size).issues)
except ActiscopeError as error:
    print(error)
"""
BEGIN, END, ROWS = (
    helper.make_node("Constant", [], [name], value_ints=[value])
    for name, value in (("one", 1), ("last", -1), ("rows", 2))
)


def answer(folder, model, size):
    """Run a model in a process of its own, and return the first line that this writes."""
    path = folder / "model.onnx"
    onnx.save(model, path)
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(path), str(size)], capture_output=True, text=True
    )
    assert done.returncode == 0, (done.returncode, done.stderr[-500:])
    return done.stdout.splitlines()[0]


def pooled_and_sliced(reads, gives, side=4):
    return [
        helper.make_node("MaxPool", [reads], ["pooled"], "inner", kernel_shape=[side, side]),
        BEGIN, END, ROWS,
        helper.make_node("Slice", ["pooled", "one", "last", "rows"], [gives], "cut"),
    ]  # fmt: skip


def choosing(then, constants=None):
    """Convolve a picture, and choose what becomes of it: some nodes from 'a' to 't', or nothing."""
    tensor = helper.make_tensor_value_info
    branches = [
        helper.make_graph(nodes, name, [], [tensor(name, TensorProto.FLOAT, None)])
        for name, nodes in (("t", then), ("e", [helper.make_node("Neg", ["a"], ["e"])]))
    ]
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["a"], "conv"),
        helper.make_node("ReduceMean", ["a"], ["mean"], "mean", keepdims=0),
        helper.make_node("Greater", ["mean", "threshold"], ["is_high"], "is_high"),
        helper.make_node(
            "If", ["is_high"], ["y"], "choice", then_branch=branches[0], else_branch=branches[1]
        ),
    ]
    weights = {"w": tiny.filters(16, 1), "threshold": np.float32(-1e9), **(constants or {})}
    return tiny.model(nodes, weights)


@pytest.mark.parametrize(("size", "told"), [(8, "16 3 5"), (2, "too small for layer 'choice'")])
def test_slices_in_conditions(tmp_path, size, told):
    assert told in answer(tmp_path, choosing(pooled_and_sliced("a", "t")), size)


@pytest.mark.parametrize(("size", "told"), [(8, "3 3 5"), (2, "it needs at least 6x6")])
def test_slices_in_functions_of_the_model(tmp_path, size, told):
    model = tiny.model([helper.make_node("cut", ["x"], ["y"], "call", domain="own")], {})
    opsets = [helper.make_opsetid("", 17)]
    nodes = pooled_and_sliced("a", "b")
    model.functions.append(helper.make_function("own", "cut", ["a"], ["b"], nodes, opsets))
    model.opset_import.append(helper.make_opsetid("own", 1))
    assert told in answer(tmp_path, model, size)


@pytest.mark.parametrize("fixed", [False, True])
def test_a_slice_behind_what_was_known_before_it_was(tmp_path, fixed):
    """The type of a cast is known even where its shape is not: behind a slice that waits."""
    nodes = [
        BEGIN, END, ROWS,
        helper.make_node("Slice", ["x", "one", "last", "rows"], ["a"], "first"),
        helper.make_node("MaxPool", ["a"], ["b"], "pool", kernel_shape=[5, 5]),
        helper.make_node("Cast", ["b"], ["c"], "cast", to=TensorProto.FLOAT),
        helper.make_node("Slice", ["c", "one", "last", "rows"], ["d"], "second"),
    ]  # fmt: skip
    inputs = {"x": (TensorProto.FLOAT, [1, 3, 5, 5])} if fixed else None
    told = answer(tmp_path, tiny.model(nodes, {}, inputs=inputs), 5)
    assert "too small for layer 'second'" in told
    assert fixed or "it needs at least 9x9" in told


def test_a_pooling_of_nothing_in_a_condition(tmp_path):
    """In the engine's fastest layout, which follows a convolution, it divides by nothing."""
    then = [
        helper.make_node("Conv", ["a", "v"], ["b"], "inner"),
        helper.make_node("MaxPool", ["b"], ["t"], "pool", kernel_shape=[5, 5]),
    ]
    model = choosing(then, {"v": np.ones((16, 16, 1, 1), np.float32)})
    assert answer(tmp_path, model, 8) == "16 4 4"
    assert answer(tmp_path, model, 4) == "16 0 0"


def test_automatic_padding_of_windows_with_holes_that_are_apart(tmp_path):
    options = {"strides": [4, 5], "dilations": [2, 2], "auto_pad": "SAME_LOWER"}
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["a"], "conv"),
        helper.make_node("MaxPool", ["a"], ["b"], "pool", kernel_shape=[2, 3], **options),
    ]
    assert answer(tmp_path, tiny.model(nodes, {"w": tiny.filters(16, 1)}), 30) == "16 7 5"


def test_a_pooling_of_nothing_that_only_a_picture_tells(tmp_path):
    """What is pooled depends on what the picture shows: four rows in an empty one, three here."""
    nodes = [
        helper.make_node("Greater", ["x", "zero"], ["found"]),
        helper.make_node("Cast", ["found"], ["marks"], to=TensorProto.INT64),
        helper.make_node("ReduceMax", ["marks"], ["any"], axes=[0, 1, 2, 3], keepdims=0),
        helper.make_node("Sub", ["four", "any"], ["count"]),
        helper.make_node("Unsqueeze", ["count", "first"], ["end"]),
        helper.make_node("Slice", ["x", "first", "end", "rows"], ["a"], "upper"),
        helper.make_node("Conv", ["a", "w"], ["b"], "conv"),
        helper.make_node("MaxPool", ["b"], ["c"], "pool", kernel_shape=[4, 4]),
    ]
    constants = {
        "zero": np.float32(0), "four": np.array(4), "first": np.array([0]), "rows": np.array([2]),
    }  # fmt: skip
    model = tiny.model(nodes, {"w": tiny.filters(16, 1), **constants})
    assert answer(tmp_path, model, 8) == "16 0 5"


def test_a_layer_that_no_picture_is_large_enough_for_is_told_at_once(tmp_path):
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["a"], "conv"),
        helper.make_node("Split", ["a"], ["b", "c"], "split", axis=0, num_outputs=2),
        helper.make_node("Relu", ["c"], ["d"], "relu"),
    ]
    model = tiny.model(nodes, {"w": tiny.filters(64)}, opset=18)
    assert answer(tmp_path, model, 9) == "a picture of 9x9 is too small for layer 'relu'"

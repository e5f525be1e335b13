"""Networks with conditions and loops: their outer graph, with right values."""

import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper
from tests.networks import tiny
from tests.networks.tiny import opened

from actiscope import NetworkError
from actiscope.networks.onnx import trials

CONV = helper.make_node("Conv", ["x", "w"], ["a"], "conv", strides=[2, 2])
AFTER = helper.make_node("Conv", ["y", "v"], ["z"], "after")
WEIGHTS = {
    "w": tiny.filters(),
    "v": np.random.default_rng(2).normal(size=(2, 4, 2, 2)).astype(np.float32),
}


def check_after(acts, before):
    wanted = tiny.convolve(acts[before].values, WEIGHTS["v"], stride=1)
    scale = np.abs(wanted).max()
    np.testing.assert_allclose(acts["after"].values, wanted, rtol=0, atol=1e-5 * scale)


def check_told(analysis, layer):
    told = [issue for issue in analysis.issues if "run as a whole" in issue.message]
    assert [(issue.layer, issue.severity) for issue in told] == [(layer, "warning")]


def branch(name, operator):
    node = helper.make_node(operator, ["a"], [name])
    return helper.make_graph([node], name, [], [helper.make_tensor_value_info(name, 1, None)])


@pytest.mark.parametrize("threshold", [-1e9, 1e9])
def test_a_condition_that_depends_on_the_picture(tmp_path, picture, threshold):
    nodes = [
        CONV,
        helper.make_node("ReduceMean", ["a"], ["mean"], "mean", keepdims=0),
        helper.make_node("Greater", ["mean", "threshold"], ["is_high"], "is_high"),
        helper.make_node("If", ["is_high"], ["y"], "choice", then_branch=branch("t", "Relu"),
                         else_branch=branch("e", "Neg")),
        AFTER,
    ]  # fmt: skip
    net = opened(tmp_path, tiny.model(nodes, {**WEIGHTS, "threshold": np.float32(threshold)}))
    assert [layer.name for layer in net.layers] == ["x", "conv", "choice", "after"]
    assert net.layers["choice"].inputs == ("conv",)
    assert net.layers["choice"].geometry.is_global
    acts = net.activations(picture, ["conv", "choice", "after"])
    conv = acts["conv"].values
    wanted = np.maximum(conv, 0) if threshold < 0 else -conv
    np.testing.assert_array_equal(acts["choice"].values, wanted)
    check_after(acts, "choice")
    check_told(net.analyze(image=picture), "choice")


def test_a_loop(tmp_path, picture):
    """Its body halves a state and adds the convolution, three times; the halves are gathered."""
    body = helper.make_graph(
        [
            helper.make_node("Mul", ["state", "half"], ["halved"], "halve"),
            helper.make_node("Add", ["halved", "a"], ["next"], "add"),
            helper.make_node("Identity", ["go"], ["go_on"], "same"),
            helper.make_node("Identity", ["halved"], ["gathered"], "gather"),
        ],
        "body",
        [
            helper.make_tensor_value_info("count", TensorProto.INT64, []),
            helper.make_tensor_value_info("go", TensorProto.BOOL, []),
            helper.make_tensor_value_info("state", TensorProto.FLOAT, None),
        ],
        [
            helper.make_tensor_value_info("go_on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("next", TensorProto.FLOAT, None),
            helper.make_tensor_value_info("gathered", TensorProto.FLOAT, None),
        ],
    )
    nodes = [
        CONV,
        helper.make_node("Loop", ["times", "", "a"], ["y", "all"], "loop", body=body),
        AFTER,
        helper.make_node("ReduceSum", ["all", "first"], ["sum"], "sum", keepdims=0),
    ]
    constants = {"times": np.array(3), "half": np.float32(0.5), "first": np.array([0])}
    net = opened(tmp_path, tiny.model(nodes, WEIGHTS | constants, outputs=["z", "sum"]))
    assert [layer.name for layer in net.layers] == ["x", "conv", "loop", "loop:1", "after", "sum"]
    assert net.layers["loop"].inputs == ("conv",)
    assert net.outputs == ("after", "sum")
    acts = net.activations(picture, [layer.name for layer in net.layers])
    conv = acts["conv"].values
    np.testing.assert_allclose(acts["loop"].values, 1.875 * conv, rtol=1e-5)
    np.testing.assert_allclose(acts["sum"].values, (0.5 + 0.75 + 0.875) * conv, rtol=1e-5)
    assert acts["loop:1"].shape == (3, 1, *conv.shape)
    check_after(acts, "loop")
    assert not np.isfinite(net.layers["loop"].geometry.receptive_field).any()
    check_told(net.analyze(image=picture), "loop")


KERNELS = np.random.default_rng(3).normal(size=(2, 5, 4, 1, 1)).astype(np.float32)


def learned_branch(name, kernels, *, as_constant):
    """Convolve with kernels of its own, and add what stands outside."""
    tensor = numpy_helper.from_array(kernels, "own")
    nodes = [
        helper.make_node("Conv", ["a", "own"], ["c"], "inner"),
        helper.make_node("Add", ["c", "shared"], [name], "shift"),
    ]
    if as_constant:
        nodes.insert(0, helper.make_node("Constant", [], ["own"], value=tensor))
    outputs = [helper.make_tensor_value_info(name, 1, None)]
    return helper.make_graph(nodes, name, [], outputs, [] if as_constant else [tensor])


@pytest.fixture
def choosing():
    shared = np.random.default_rng(4).normal(size=(1, 5, 1, 1)).astype(np.float32)
    nodes = [
        CONV,
        helper.make_node("ReduceMean", ["a"], ["mean"], "mean", keepdims=0),
        helper.make_node("Greater", ["mean", "threshold"], ["is_high"], "is_high"),
        helper.make_node(
            "If", ["is_high"], ["y"], "choice",
            then_branch=learned_branch("t", KERNELS[0], as_constant=True),
            else_branch=learned_branch("e", KERNELS[1], as_constant=False),
        ),
    ]  # fmt: skip
    weights = {"w": WEIGHTS["w"], "shared": shared, "threshold": np.float32(-1e9)}
    return tiny.model(nodes, weights)


def test_what_was_learned_within_is_counted(tmp_path, picture, choosing):
    net = opened(tmp_path, choosing)
    layer = net.layers["choice"]
    assert layer.learnables == 2 * 5 * 4 + 5
    assert net.analyze().layers.learnables == layer.learnables + WEIGHTS["w"].size
    found = net.weights_of(layer)
    assert found.keys() == layer.weights.keys()
    np.testing.assert_array_equal(found["inner.weights1"], KERNELS[0])
    np.testing.assert_array_equal(found["inner.weights"], KERNELS[1])
    session = onnxruntime.InferenceSession(choosing.SerializeToString())
    fed = picture.transpose(2, 0, 1)[np.newaxis].astype(np.float32)
    answer = net.activations(picture, "choice").values
    np.testing.assert_array_equal(answer, session.run(None, {"x": fed})[0][0])
    drawn = net.randomized()
    kernels = drawn.weights_of(drawn.layers["choice"])["inner.weights1"]
    assert not np.array_equal(kernels, KERNELS[0])


def test_damage_within_is_told(tmp_path, choosing):
    chosen = next(node for node in choosing.graph.node if node.op_type == "If")
    branches = {attribute.name: attribute.g for attribute in chosen.attribute}
    branches["else_branch"].initializer[0].raw_data = b"short"
    with pytest.raises(NetworkError, match="'own' hold 1 numbers, their shape needs 20"):
        opened(tmp_path, choosing)


@pytest.fixture
def endless():
    body = helper.make_graph(
        [
            helper.make_node("Relu", ["state"], ["next"]),
            helper.make_node("Identity", ["go"], ["go_on"]),
        ],
        "body",
        [
            helper.make_tensor_value_info("count", TensorProto.INT64, []),
            helper.make_tensor_value_info("go", TensorProto.BOOL, []),
            helper.make_tensor_value_info("state", TensorProto.FLOAT, None),
        ],
        [
            helper.make_tensor_value_info("go_on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("next", TensorProto.FLOAT, None),
        ],
    )
    loop = helper.make_node("Loop", ["times", "", "a"], ["y"], "loop", body=body)
    return tiny.model([CONV, loop, AFTER], WEIGHTS | {"times": np.array(10**12)})


def test_a_loop_that_does_not_end(tmp_path, picture, endless, monkeypatch):
    monkeypatch.setattr(trials, "TRIAL_SECONDS", 0.5)
    with pytest.raises(NetworkError, match="its loop 'loop' may never end, or is slow here; try"):
        opened(tmp_path, endless)
    net = opened(tmp_path, endless, strict=False)
    assert net.layers["loop"].size == net.layers["after"].size == ()
    conv = net.activations(picture, "conv").values
    assert conv.shape == net.layers_at(picture.shape[:2])["conv"].size
    monkeypatch.setattr(trials, "TRIAL_SECONDS", 6.0)
    (issue,) = net.faults(32)
    assert (issue.layer, issue.severity) == ("loop", "warning")
    assert "a trial run at 32x32 was stopped after" in issue.message


def test_what_is_only_slow_is_opened(tmp_path, picture, choosing, monkeypatch):
    monkeypatch.setattr(trials, "TRIAL_SECONDS", 0.0)
    net = opened(tmp_path, choosing)
    (issue,) = net.faults(32)
    assert (issue.layer, issue.severity) == ("conv", "warning")
    assert "it is slow here" in issue.message
    assert net.activations(picture, "choice").values.ndim == 3

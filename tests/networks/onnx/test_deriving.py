"""What follows from other tensors is what the engine would have given."""

import gc
import pickle
import weakref

import numpy as np
import onnxruntime
import pytest

from actiscope import open_network
from actiscope.networks.onnx.deriving import needs_engine


@pytest.fixture(scope="module")
def net():
    return open_network("squeezenet")


def test_every_layer_of_all_is_what_the_layer_alone_is(net, coffee):
    names = [layer.name for layer in net.layers]
    for name, act in net.activations(coffee, names, size=227).items():
        alone = net.activations(coffee, name, size=227)
        np.testing.assert_allclose(act.values, alone.values, rtol=0, atol=1e-5 * alone.values.max())


def test_relu_and_concatenation_are_left_where_what_they_read_is_asked_for(net):
    tensors = net._describe((227, 227)).tensors
    block = [tensors[f"fire2-{part}"] for part in ("expand1x1", "relu_expand1x1")]
    assert needs_engine(net._graph, block) == (block[0],)
    assert needs_engine(net._graph, block[1:]) == (block[1],)
    assert needs_engine(net._graph, [tensors["fire2-concat"]]) == (tensors["fire2-concat"],)


def test_several_pictures_and_copies_hold_what_was_left_until_later(net, coffee, monkeypatch):
    keys = ["conv1", "relu_conv1"]
    acts = net.activations([coffee, coffee[:, ::-1]], keys, size=64)["relu_conv1"]
    monkeypatch.setattr(onnxruntime.InferenceSession, "run", None)
    copied = pickle.loads(pickle.dumps(acts))
    np.testing.assert_array_equal(copied.values, acts.values)
    assert acts.shape == (2, 64, 31, 31)
    assert acts.values.min() == 0
    assert not acts.values.flags.writeable


def test_values_go_when_they_are_no_longer_needed(net, coffee):
    acts = net.activations(coffee, ["conv1", "relu_conv1"])
    assert acts["relu_conv1"].values.max() > 0
    kept = weakref.ref(acts["conv1"].values.base)
    gc.disable()
    try:
        del acts
        assert kept() is None
    finally:
        gc.enable()

"""What Ultralytics' exports say of themselves is used."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from tests.networks import tiny

from actiscope import open_network

SAID = {"author": "Ultralytics", "task": "detect", "imgsz": "[24, 32]", "names": "{0: 'a', 1: 'b'}"}


def saying(tmp_path, said, model=None):
    model = model or tiny.convolution()
    helper.set_model_props(model, said)
    onnx.save(model, tmp_path / "m.onnx")
    return open_network(tmp_path / "m.onnx")


def test_pixels_are_brought_to_the_size_and_range_that_are_stated(tmp_path, picture):
    net = saying(tmp_path, SAID)
    assert net.input_size == (24, 32)
    assert not net.preparation.guessed
    assert net.classes == ("a", "b")
    fed = net.activations(np.full((50, 50, 3), 51, np.uint8), "x").values
    np.testing.assert_allclose(fed, np.full((3, 24, 32), 0.2), atol=1e-6)
    assert net.activations(picture, "x", size=20).shape == (3, 20, 20)


def test_classifiers_are_shown_the_centre(tmp_path):
    net = saying(tmp_path, SAID | {"task": "classify", "imgsz": "[24, 24]"})
    wide = np.zeros((24, 48, 3), np.uint8)
    wide[:, 12:36] = 255
    assert net.activations(wide, "x").values.min() == 1


@pytest.mark.parametrize(
    "said",
    [
        SAID | {"author": "somebody"},
        SAID | {"imgsz": "[24, 0]"},
        SAID | {"imgsz": "[24,"},
        SAID | {"imgsz": "24"},
        {"author": "Ultralytics"},
        {},
    ],
)
def test_what_is_not_stated_is_a_guess(tmp_path, said):
    assert saying(tmp_path, said).preparation.guessed


@pytest.mark.parametrize("names", ["", "{1: 'b'}", "{0: 'a'", "['a']", "{'a': 0}", "{(): 0, 1: 2}"])
def test_classes_that_are_none(tmp_path, names):
    assert saying(tmp_path, SAID | {"names": names}).classes == ()


def test_an_input_that_takes_something_else_is_believed(tmp_path):
    nodes = [helper.make_node("Cast", ["x"], ["y"], "real", to=TensorProto.FLOAT)]
    fixed = tiny.model(nodes, {}, inputs={"x": (tiny.FLOAT, [1, 3, 40, "W"])})
    assert saying(tmp_path, SAID, fixed).input_size == (40, 32)
    pixels = tiny.model(nodes, {}, inputs={"x": (TensorProto.UINT8, [1, 3, "H", "W"])})
    assert saying(tmp_path, SAID, pixels).preparation.scale == 1

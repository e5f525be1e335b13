"""A damaged ONNX file is one clear error: no crash of the interpreter, no hang."""

import subprocess
import sys

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from tests.networks import tiny

from actiscope import NetworkError, open_network

MUTATE = """
import sys, random
from pathlib import Path
import numpy as np
from actiscope import ActiscopeError, open_network

data, path = Path(sys.argv[1]).read_bytes(), Path(sys.argv[2])
image = np.zeros((24, 24, 3), np.uint8)
random.seed(0)
told = right = 0
for number in range(int(sys.argv[3])):
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 5, 20))):
        changed[random.randrange(len(changed))] = random.randrange(256)
    if random.random() < 0.1:
        del changed[random.randrange(len(changed)):]
    path.write_bytes(changed)
    try:
        net = open_network(path)
        net.activations(image, len(net.layers) - 1)
        right += 1
    except ActiscopeError as error:
        assert str(error) and "\\n" not in str(error), error
        told += 1
print(told, right)
"""


def test_random_mutations(tmp_path):
    good = tmp_path / "good.onnx"
    onnx.save(tiny.convolution(), good)
    done = subprocess.run(
        [sys.executable, "-c", MUTATE, str(good), str(tmp_path / "bad.onnx"), "1500"],
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    told, right = map(int, done.stdout.splitlines()[-1].split())
    assert told > 100
    assert right > 100


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.onnx", b"", "empty"),
        ("a.onnx", b"not a model at all", "no ONNX model"),
        ("a.h5", b"\x89HDF\r\n\x1a\n", "convert it with tf2onnx"),
        ("a.tflite", b"\x1c\0\0\0TFL3", "TensorFlow Lite"),
        ("a.pkl", b"\x80\x04\x95", "a pickle, which is not safe"),
        ("a.png", b"\x89PNG\r\n", "a picture"),
        ("a.onnx", b"version https://git-lfs.github.com", "Git LFS pointer"),
        ("a.py", b"import torch", "name the function"),
        ("a.html", b"<html>", "a web page"),
    ],
)
def test_what_a_file_is_instead(tmp_path, name, data, message):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(NetworkError, match=message):
        open_network(tmp_path / name)


def test_truncated_models(tmp_path):
    data = tiny.convolution().SerializeToString()
    for length in (10, len(data) // 2, len(data) - 3):
        (tmp_path / "a.onnx").write_bytes(data[:length])
        with pytest.raises(NetworkError):
            open_network(tmp_path / "a.onnx")


def test_folders(tmp_path):
    with pytest.raises(NetworkError, match="a folder, not a network"):
        open_network(tmp_path)
    (tmp_path / "saved_model.pb").write_bytes(b"")
    with pytest.raises(NetworkError, match="TensorFlow SavedModel; convert it with tf2onnx"):
        open_network(tmp_path)
    with pytest.raises(NetworkError, match="there is no file"):
        open_network(tmp_path / "none.onnx")


def test_weights_of_another_number_than_their_shape(tmp_path):
    model = tiny.convolution()
    weights = numpy_helper.from_array(np.ones((4, 3, 3, 2), np.float32), "w")
    weights.dims[3] = 1
    model.graph.initializer[0].CopyFrom(weights)
    net = tiny.opened(tmp_path, model)
    with pytest.raises(NetworkError, match="damaged: cannot reshape array of size 72"):
        net.weights_of(net.layers["conv"])

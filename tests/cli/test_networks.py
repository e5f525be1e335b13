"""Every command on networks that people bring."""

import json

import numpy as np
import onnx
import pytest
from onnx import helper
from PIL import Image

from tests.cli.test_cli import run
from tests.networks import tiny

FACTORY = (
    "from torch import nn\ndef build():\n    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())"
)


@pytest.fixture
def place(tmp_path, a1):
    Image.fromarray(a1).save(tmp_path / "face.png")
    onnx.save(tiny.convolution(), tmp_path / "net.onnx")
    (tmp_path / "net.py").write_text(FACTORY)
    return tmp_path


@pytest.mark.parametrize(("network", "layer"), [("net.onnx", "conv"), ("net.py:build", "0")])
def test_all_commands(place, network, layer):
    chosen = ("--network", network, "--layer", layer)
    listed = json.loads(run("layers", network, "--json", cwd=place).stdout)
    assert layer in [each["name"] for each in listed["layers"]]
    shown = run("show", "face.png", *chosen, "--labels", "-o", "a.png", cwd=place)
    assert shown.returncode == 0, shown.stderr
    assert "a guess" in shown.stderr
    told = json.loads(run("strongest", "face.png", *chosen, "--json", cwd=place).stdout)
    assert told["preparation"]["guessed"] is True
    assert run("activations", "face.png", *chosen, "-o", "a.npz", cwd=place).returncode == 0
    with np.load(place / "a.npz") as values:
        assert json.loads(str(values["meta"]))["preparation"]["guessed"] is True
        assert values[layer].ndim == 3


def test_what_is_said_is_used(place):
    said = ("--mean", "0", "--std", "1", "--pixel-scale", "1", "--order", "BGR")
    chosen = ("--network", "net.onnx", "--layer", "x", *said)
    done = run("activations", "face.png", *chosen, "-o", "a.npz", cwd=place)
    assert done.returncode == 0, done.stderr
    with np.load(place / "a.npz") as values:
        wanted = np.asarray(Image.open(place / "face.png").convert("RGB")).transpose(2, 0, 1)
        assert np.array_equal(values["x"], wanted[::-1])


def test_other_inputs_are_fed(place):
    nodes = [helper.make_node("Mul", ["x", "gain"], ["y"], "gained")]
    inputs = {"x": (tiny.FLOAT, [1, 3, "H", "W"]), "gain": (tiny.FLOAT, [1])}
    onnx.save(tiny.model(nodes, {}, inputs=inputs), place / "gain.onnx")
    np.save(place / "gain.npy", np.float32([2]))
    missing = run("layers", "gain.onnx", cwd=place)
    assert missing.returncode == 1
    assert "--feed gain=FILE.npy" in missing.stderr
    fed = run("layers", "gain.onnx", "--feed", "gain=gain.npy", cwd=place)
    assert "gained" in fed.stdout
    for wrong in ("gain", "gain=none.npy"):
        assert run("layers", "gain.onnx", "--feed", wrong, cwd=place).returncode == 2


def test_outputs_that_are_vectors_are_classified(place):
    nodes = [
        helper.make_node("GlobalAveragePool", ["x"], ["p"], "pool"),
        helper.make_node("Flatten", ["p"], ["f"], "flat"),
    ]
    onnx.save(tiny.model(nodes, {}), place / "mean.onnx")
    told = json.loads(
        run("classify", "face.png", "--network", "mean.onnx", "--json", cwd=place).stdout
    )
    assert len(told["classes"]) == 3
    assert sum(each["probability"] for each in told["classes"]) == pytest.approx(1)
    assert told["classes"][0]["name"].startswith("class ")
    refused = run("classify", "face.png", "--network", "net.onnx", cwd=place)
    assert refused.returncode == 1
    assert "is no classifier" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["layers", "face.png"], "is a picture"),
        (["layers", "none.onnx"], "there is no file none.onnx"),
        (["layers", "net.py"], "name the function that builds the network: net.py:function"),
        (["layers", "net.py:nothing"], "net.py has no 'nothing'"),
        (["layers", "net.onnx", "--device", "cuda"], "has no cuda here"),
        (["layers", "net.onnx", "--input", "y"], "the model has no input 'y'"),
        (["tour", "--network", "squeezenet2", "-o", "t"], "did you mean 'squeezenet'"),
    ],
)
def test_networks_that_cannot_be_had(place, arguments, message):
    done = run(*arguments, cwd=place)
    assert done.returncode == 1
    told = [line for line in done.stderr.splitlines() if not line.startswith("opening")]
    assert len(told) == 1, done.stderr
    assert message in told[0]


@pytest.mark.parametrize("command", ["layers", "analyze"])
def test_a_network_is_an_argument_or_an_option(place, command):
    argued, named = (
        run(command, *how, "net.onnx", "--json", cwd=place) for how in ((), ("--network",))
    )
    assert argued.returncode == named.returncode == 0
    assert argued.stdout == named.stdout
    assert "conv" in argued.stdout
    twice = run(command, "net.onnx", "--network", "net.onnx", cwd=place)
    assert (twice.returncode, "named twice" in twice.stderr) == (2, True)

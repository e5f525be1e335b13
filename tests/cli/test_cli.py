"""The command as a user runs it: a process, its output, its exit code, its files."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import tifffile
import zarr
from PIL import Image

from actiscope import read_image
from actiscope.cli.main import main

ACTISCOPE = str(Path(sys.executable).with_name("actiscope"))


def run(*arguments, cwd, **options):
    environment = {**os.environ, "PYTHONWARNINGS": "default", "COLUMNS": "100"}
    return subprocess.run(
        [ACTISCOPE, *map(str, arguments)],
        cwd=cwd, env=environment, capture_output=True, text=True, **options,
    )  # fmt: skip


@pytest.fixture
def place(tmp_path, a1, closed):
    Image.fromarray(a1).save(tmp_path / "face.png")
    Image.fromarray(closed).save(tmp_path / "closed.png")
    return tmp_path


def test_tour(place):
    done = run("tour", "-o", "out", "--json", cwd=place)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told == json.loads((place / "out" / "tour.json").read_text())
    assert len(told["files"]) == len(list((place / "out").iterdir())) == 13


def test_tour_of_two_files(place):
    done = run("tour", "--image", "face.png", "--changed", "closed.png", "-o", "out", cwd=place)
    assert done.returncode == 0, done.stderr
    assert "around unit 5, 8" in done.stdout
    alone = run("tour", "--image", "face.png", "-o", "alone", cwd=place)
    assert alone.returncode == 0
    assert "--changed" in alone.stdout


def test_large_photographs_are_shrunk_for_the_tour(place):
    Image.new("RGB", (2048, 1024), "teal").save(place / "large.png")
    done = run("tour", "--image", "large.png", "-o", "out", cwd=place)
    assert done.returncode == 0, done.stderr
    assert "shrunk to 512 × 1024 pixels" in done.stderr


def test_layers(place):
    table = run("layers", cwd=place).stdout
    assert table.splitlines()[-1] == "68 layers, 75 connections, 1,235,496 learnables"
    assert len(table.splitlines()) == 71
    told = json.loads(run("layers", "--size", "282x334", "--json", cwd=place).stdout)
    assert told["layers"][3]["size"] == [64, 69, 82]


def test_show_is_what_matlab_draws(place, net, a1):
    done = run("show", "face.png", "--layer", "conv1", "--grid", "8x8", "-o", "a.png", cwd=place)
    assert done.returncode == 0, done.stderr
    pixels = read_image(place / "a.png")[:, :, 0]
    assert pixels.shape == (904, 904)
    values = net.activations(a1, "conv1").values.astype(np.float64)
    wanted = np.round(255 * (values - values.min()) / np.ptp(values))
    cell = pixels[2 * 113 : 3 * 113, 5 * 113 : 6 * 113]
    assert np.abs(cell - wanted[21]).max() <= 1


def test_show_with_everything(place):
    done = run(
        "show", "face.png", "--layer", "fire6-relu_squeeze1x1", "--channels", "13,46", "--overlay",
        "--labels", "--colorbar", "--scale", "channel", "--colormap", "magma", "-o", "a.png",
        cwd=place,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert read_image(place / "a.png").shape[1] > 2 * 227


def test_a_layer_of_a_large_picture_goes_to_zarr(place, net, coffee):
    large = np.concatenate([coffee, coffee[::-1]])
    tifffile.imwrite(place / "large.tif", large, tile=(64, 64), photometric="rgb")
    asked = ("activations", "large.tif", "--layer", "fire6-squeeze1x1", "--memory", 24)
    done = run(*asked, "--channels", "13,46", "-o", "a.zarr", cwd=place)
    assert done.returncode == 0, done.stderr
    assert "a.zarr: fire6-squeeze1x1, 2 × 49 × 37, in 4 parts" in done.stderr
    assert "agree bit for bit" in done.stderr
    whole = net.activations(large, "fire6-squeeze1x1").values[[13, 46]]
    np.testing.assert_array_equal(zarr.open_array(place / "a.zarr", mode="r")[:], whole)


def test_what_a_large_picture_cannot_have_is_told(place):
    for arguments, code, told in (
        (("--layer", "prob"), 1, "'pool10' (Global Average Pooling) sees all of the picture"),
        (("--layer", "conv1", "--size", "99"), 2, "one --layer, no --size"),
        (("--layer", "conv1", "--layer", "pool1"), 2, "one --layer, no --size"),
        (("--layer", "conv1", "--channels", "64"), 2, "MATLAB's 64 is 63 here"),
    ):
        done = run("activations", "face.png", *arguments, "-o", "a.zarr", cwd=place)
        assert done.returncode == code, done.stderr
        assert told in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert not [path for path in place.iterdir() if "zarr" in path.name]


@pytest.mark.skipif(os.name != "posix", reason="signals and limits are those of POSIX")
def test_an_end_before_the_end_leaves_nothing(place):
    noise = np.random.default_rng(0).integers(0, 256, (2500, 2500, 3), dtype=np.uint8)
    Image.fromarray(noise).save(place / "large.bmp")
    asked = [ACTISCOPE, "activations", "large.bmp", "--layer", "conv1", "--memory", "40"]
    before = sorted(place.iterdir())
    running = subprocess.Popen(
        [*asked, "-o", "a.zarr"], cwd=place, stderr=subprocess.PIPE, text=True
    )
    while not [*place.glob(".actiscope-*/c/*/*/*")]:
        assert running.poll() is None
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    assert running.communicate()[1].endswith("actiscope: interrupted\n")
    assert running.returncode == 130
    assert sorted(place.iterdir()) == before

    full = f"ulimit -f 500; exec {' '.join(asked)} -o a.zarr"  # half a megabyte, as if no more fits
    done = subprocess.run(["bash", "-c", full], cwd=place, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "actiscope: cannot write a.zarr: File too large\n")
    assert sorted(place.iterdir()) == before


def test_strongest(place, net, a1):
    told = json.loads(
        run("strongest", "face.png", "--layer", "conv1", "--top", 3, "--json", cwd=place).stdout
    )
    values = net.activations(a1, "conv1").values
    assert next(one["channel"] for one in told["strongest"]) == 0
    assert told["strongest"][0]["value"] == float(values.max()), "full precision"
    assert "channel" in run("strongest", "face.png", "--layer", 1, cwd=place).stdout


def test_activations(place, net, a1):
    done = run(
        "activations", "face.png", "--layer", "conv1", "--layer", "prob", "-o", "a.npz", cwd=place
    )
    assert done.returncode == 0, done.stderr
    with np.load(place / "a.npz") as loaded:
        assert set(loaded) == {"conv1", "prob", "meta"}
        assert np.array_equal(loaded["conv1"], net.activations(a1, "conv1").values)
        meta = json.loads(str(loaded["meta"]))
    assert meta["layers"]["conv1"]["shape"] == [64, 113, 113]
    assert meta["image"] == {"path": "face.png", "size": [227, 227]}


def test_classify(place, net, a1, coffee):
    told = json.loads(run("classify", "face.png", "--json", cwd=place).stdout)
    assert told["classes"][0]["name"] == "wig"
    assert told["classes"][0]["probability"] == net.classify(a1)[0].probability
    Image.fromarray(coffee).save(place / "coffee.png")
    native = run("classify", "coffee.png", cwd=place)
    assert "own size is 227x227" in native.stderr
    assert "espresso" in run("classify", "coffee.png", "--size", 227, cwd=place).stdout


def test_picture_from_standard_input(place):
    with (place / "face.png").open("rb") as file:
        done = subprocess.run(
            [ACTISCOPE, "classify", "-", "--json"], stdin=file, capture_output=True, text=True
        )
    assert json.loads(done.stdout)["classes"][0]["name"] == "wig"


@pytest.mark.parametrize("command", ["", *main.commands])
def test_help_has_examples(place, command):
    done = run(*command.split(), "--help", cwd=place)
    assert done.returncode == 0
    assert "Examples:" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100


BAD = {
    "no such file": (1, ["show", "none.png", "--layer", "conv1", "-o", "x.png"]),
    "a folder": (1, ["show", ".", "--layer", "conv1", "-o", "x.png"]),
    "an empty file": (1, ["show", "empty.png", "--layer", "conv1", "-o", "x.png"]),
    "a truncated file": (1, ["show", "half.png", "--layer", "conv1", "-o", "x.png"]),
    "a text": (1, ["show", "text.jpg", "--layer", "conv1", "-o", "x.png"]),
    "no name": (2, ["show", "", "--layer", "conv1", "-o", "x.png"]),
    "a tiny picture": (1, ["show", "dot.png", "--layer", "conv1", "-o", "x.png"]),
    "a wrong layer": (2, ["show", "face.png", "--layer", "fire6", "-o", "x.png"]),
    "a wrong index": (2, ["show", "face.png", "--layer", "68", "-o", "x.png"]),
    "no layer": (2, ["show", "face.png", "-o", "x.png"]),
    "a wrong channel": (2, ["show", "face.png", "--layer", "1", "--channels", "64", "-o", "x.png"]),
    "a negative channel": (2, ["show", "face.png", "--layer", "1", "--channels=-1", "-o", "x.png"]),
    "odd channels": (2, ["show", "face.png", "--layer", "1", "--channels", "a,b", "-o", "x.png"]),
    "an odd grid": (2, ["show", "face.png", "--layer", "1", "--grid", "0x8", "-o", "x.png"]),
    "an odd scale": (2, ["show", "face.png", "--layer", "1", "--scale", "loud", "-o", "x.png"]),
    "NaN limits": (2, ["show", "face.png", "--layer", "1", "--scale", "nan:1", "-o", "x.png"]),
    "a wrong colour map": (
        2, ["show", "face.png", "--layer", "1", "--colormap", "nope", "-o", "x.png"],
    ),
    "an odd size": (2, ["show", "face.png", "--layer", "1", "--size", "0", "-o", "x.png"]),
    "no output": (2, ["show", "face.png", "--layer", "1"]),
    "another format": (2, ["show", "face.png", "--layer", "1", "-o", "x.jpg"]),
    "the picture itself": (2, ["show", "face.png", "--layer", "1", "-o", "face.png"]),
    "an enormous size": (1, ["classify", "face.png", "--size", "100000"]),
    "an enormous grid": (
        2, ["show", "face.png", "--layer", "1", "--grid", "9999x9999", "-o", "x.png"],
    ),
    "a missing folder": (1, ["show", "face.png", "--layer", "1", "-o", "no/x.png"]),
    "a file as folder": (1, ["show", "face.png", "--layer", "1", "-o", "face.png/x.png"]),
    "a folder as file": (1, ["show", "face.png", "--layer", "1", "-o", "folder.png"]),
    "a wrong network": (1, ["layers", "resnet"]),
    "no classes wanted": (2, ["classify", "face.png", "--top", "0"]),
    "a wrong measure": (2, ["strongest", "face.png", "--layer", "1", "--by", "size"]),
    "no layers": (2, ["activations", "face.png", "-o", "x.npz"]),
    "npz in a folder": (1, ["activations", "face.png", "--layer", "1", "-o", "no/x.npz"]),
    "a tour over a file": (1, ["tour", "-o", "face.png"]),
    "a tour in a full folder": (1, ["tour", "-o", "."]),
    "a tour of two sizes": (2, ["tour", "--image", "face.png", "--changed", "dot.png", "-o", "t"]),
    "changed alone": (2, ["tour", "--changed", "face.png", "-o", "t"]),
    "a wrong command": (2, ["shw"]),
    "a wrong option": (2, ["layers", "--sizes", "3"]),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_clear_line_and_leaves_nothing(place, case):
    code, arguments = BAD[case]
    data = (place / "face.png").read_bytes()
    (place / "empty.png").write_bytes(b"")
    (place / "half.png").write_bytes(data[: len(data) // 2])
    (place / "text.jpg").write_text("<html>not found</html>")
    Image.new("RGB", (2, 2)).save(place / "dot.png")
    (place / "folder.png").mkdir()
    before = {path: path.is_file() and path.read_bytes() for path in place.rglob("*")}
    done = run(*arguments, cwd=place)
    told = [
        line for line in done.stderr.splitlines() if not line.startswith(("opening", "running"))
    ]
    assert done.returncode == code, done.stderr
    assert len(told) == 1, done.stderr
    assert told[0].startswith("actiscope: ")
    assert not done.stdout
    after = {path: path.is_file() and path.read_bytes() for path in place.rglob("*")}
    assert after == before


def test_a_closed_pipe_is_no_error():
    done = subprocess.run(f"{ACTISCOPE} layers | head -1", shell=True, capture_output=True)
    assert not done.stderr


def test_an_output_that_cannot_be_written_is_told():
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([ACTISCOPE, "layers"], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    assert done.stderr == "actiscope: cannot write the output: No space left on device\n"


def test_small_grids_are_noted(place):
    done = run("show", "face.png", "--layer", 1, "--grid", "2x2", "-o", "a.png", cwd=place)
    assert "2 × 2 tiles hold the first of 64 channels" in done.stderr

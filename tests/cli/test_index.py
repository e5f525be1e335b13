"""The commands of an index, as a process or as a person would use them."""

import json

import numpy as np
import onnx
import pytest
from PIL import Image

from actiscope import read_image
from actiscope.cli.main import run
from tests.networks.tiny import convolution

NETWORK = ["--mean", "0", "--std", "1", "--pixel-scale", "1"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli")
    onnx.save(convolution(), folder / "tiny.onnx")
    rng = np.random.default_rng(1)
    (folder / "photos").mkdir()
    for number in range(6):
        pixels = rng.integers(0, 256, (30, 30, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / "photos" / f"{number}.png")
    (folder / "photos" / "notes.md").write_text("no picture")
    return folder


@pytest.fixture
def actiscope(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)

    def call(*arguments):
        with pytest.raises(SystemExit) as ended:
            run(["index", *map(str, arguments)])
        told = capsys.readouterr()
        return ended.value.code, told.out, told.err

    return call


@pytest.fixture
def built(actiscope):
    code, out, _ = actiscope(
        "build", "photos", "--network", "tiny.onnx", *NETWORK, "--layers", "conv,relu",
        "--size", 24, "-o", "i.index", "--json",
    )  # fmt: skip
    assert code == 0
    return json.loads(out)


def test_build_tells_what_was_done_and_what_failed(actiscope, built):
    assert built["images"] == 6
    assert list(built["failures"]) == ["photos/notes.md"]
    code, out, err = actiscope(
        "build", "photos", "--network", "tiny.onnx", *NETWORK, "--layers", "conv,relu",
        "--size", 24, "-o", "i.index",
    )  # fmt: skip
    assert (code, out) == (0, "")
    assert "6 pictures; 0 new, 6 known, 0 copies, 1 failed" in err
    assert "photos/notes.md: the file is no picture that can be read" in err


@pytest.mark.usefixtures("built")
def test_show_prints_and_draws_a_card(actiscope, folder):
    arguments = ("show", "i.index", "--layer", "conv", "--channel", 2)
    code, out, _ = actiscope(*arguments)
    assert code == 0
    assert out.startswith("conv, channel 2: 6 pictures, active in ")
    code, out, _ = actiscope(
        *arguments, "--json", "-o", "card.png", "--network", "tiny.onnx", *NETWORK
    )
    assert code == 0
    found = json.loads(out)
    assert len(found["top"]) == 6
    assert found["top"][0]["value"] == found["high"]
    assert read_image(folder / "card.png").shape[1] > 400


@pytest.mark.usefixtures("built")
def test_channels_are_listed_and_sorted(actiscope):
    code, out, _ = actiscope("channels", "i.index", "--layer", "relu", "--sort", "high", "--json")
    assert code == 0
    high = [one["high"] for one in json.loads(out)["channels"]]
    assert len(high) == 4
    assert high == sorted(high, reverse=True)
    code, out, err = actiscope("channels", "i.index", "--layer", "relu")
    assert code == 0
    assert len(out.splitlines()) == 5
    assert "dead" in err


@pytest.mark.usefixtures("built")
def test_search_finds_the_picture_itself(actiscope):
    code, out, _ = actiscope(
        "search", "i.index", "photos/3.png", "--layer", "relu", "--network", "tiny.onnx", *NETWORK,
        "--json",
    )  # fmt: skip
    assert code == 0
    first = json.loads(out)[0]
    assert first["name"] == "photos/3.png"
    assert first["cosine"] == pytest.approx(1)


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("show", "gone", "--layer", "conv", "--channel", 0), 2, "there is no index gone"),
        (("show", "i.index", "--layer", "fc", "--channel", 0), 2, "it has conv, relu"),
        (("show", "i.index", "--layer", "conv", "--channel", 4), 2, "channels are 0-3"),
        (("channels", "tiny.onnx", "--layer", "conv"), 2, "tiny.onnx is no index"),
        (("search", "i.index", "photos/3.png", "--layer", "conv"), 2, "another network"),
        (("build", "gone", "-o", "new.index"), 2, "there is no file or folder gone"),
        (("build", "photos", "-o", "gone/new.index"), 1, "cannot write gone/new.index"),
        (("build", "photos", "-o", "i.index"), 2, "was built with another network"),
    ],
)
def test_errors_are_one_line(actiscope, arguments, code, message):
    ended, out, err = actiscope(*arguments)
    assert (ended, out) == (code, "")
    assert message in err
    assert len(err.splitlines()) == 1

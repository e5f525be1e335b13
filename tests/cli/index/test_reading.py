"""What the commands of an index say and draw."""

import json
import sqlite3

import numpy as np
import onnx
import pytest
from PIL import Image

from actiscope import read_image
from tests.cli.index.conftest import NETWORK
from tests.networks.tiny import model


@pytest.mark.usefixtures("built")
def test_show_prints_and_draws_a_card(actiscope, folder):
    arguments = ("show", "i.index", "--layer", "conv", "--channel", 2)
    code, out, _ = actiscope(*arguments)
    assert code == 0
    assert out.startswith("conv, channel 2: 6 pictures, active in ")
    assert actiscope(*arguments, "-o", "card.png")[1] == out
    code, out, _ = actiscope(*arguments, "--json", "-o", "card.png")
    assert code == 0
    found = json.loads(out)
    assert len(found["top"]) == 6
    assert found["top"][0]["value"] == found["high"]
    assert read_image(folder / "card.png").shape[1] > 400


@pytest.mark.usefixtures("built")
def test_channels_are_listed_sorted_and_drawn(actiscope, folder):
    code, out, _ = actiscope("channels", "i.index", "--layer", "relu", "--sort", "high", "--json")
    assert code == 0
    high = [one["high"] for one in json.loads(out)["channels"]]
    assert len(high) == 4
    assert high == sorted(high, reverse=True)
    code, out, err = actiscope("channels", "i.index", "--layer", "relu")
    assert code == 0
    assert len(out.splitlines()) == 5
    assert "dead" in err
    code, drawn, err = actiscope("channels", "i.index", "--layer", "relu", "-o", "sheet.png")
    assert (code, drawn) == (0, out)
    assert "always on" in err
    assert read_image(folder / "sheet.png").shape[1] > 3 * 96


@pytest.mark.usefixtures("built")
def test_search_finds_and_draws_the_picture_itself(actiscope, folder):
    code, out, _ = actiscope(
        "search", "i.index", "photos/3.png", "--layer", "relu", "--json", "-o", "found.png",
    )  # fmt: skip
    drawn = read_image(folder / "found.png")[81:197]
    assert np.array_equal(drawn[:, 12:144], drawn[:, 150:282])
    assert not np.array_equal(drawn[:, 12:144], drawn[:, 288:420])
    assert code == 0
    first = json.loads(out)[0]
    assert first["name"] == "photos/3.png"
    assert first["cosine"] == pytest.approx(1)
    arguments = ("search", "i.index", "photos/3.png", "--layer", "relu")
    table = actiscope(*arguments)[1]
    assert table.splitlines()[1] == "1.0000  photos/3.png"
    assert actiscope(*arguments, "-o", "found.png")[1] == table


@pytest.mark.usefixtures("built")
def test_a_report_is_one_page_of_the_layers_that_are_named(actiscope, folder):
    code, out, err = actiscope(
        "report", "i.index", "--layers", " relu , relu", "-o", "page.html",
    )  # fmt: skip
    assert (code, out) == (0, "")
    assert "page.html: 0." in err
    page = (folder / "page.html").read_text(encoding="utf-8")
    assert '<option value="relu">' in page
    assert '<option value="conv">' not in page
    assert "photos/notes.md" in page


@pytest.mark.usefixtures("built")
def test_info_says_what_is_in_an_index(actiscope, built):
    code, out, err = actiscope("info", "i.index")
    assert (code, out.splitlines()[0]) == (0, "6 pictures at 24x24, 1 failed")
    assert [line.split()[0] for line in out.splitlines()[-2:]] == ["conv", "relu"]
    assert "photos/notes.md: the file is no picture" in err
    told = json.loads(actiscope("info", "i.index", "--json")[1])
    assert [layer["name"] for layer in told["layers"]] == built["layers"] == ["conv", "relu"]
    assert told["failures"] == built["failures"]


def test_zeros_are_no_answers(actiscope, folder):
    nodes = [onnx.helper.make_node("Relu", ["x"], ["a"], "clipped")]
    onnx.save(model(nodes, {}), folder / "relu.onnx")
    (folder / "few").mkdir()
    for number in range(4):
        pixels = np.full((8, 8, 3), (40 * (number > 1), 0, number), np.uint8)
        Image.fromarray(pixels).save(folder / "few" / f"{number}.png")
    chosen = ("--network", "relu.onnx", *NETWORK, "--layers", "clipped", "--size", 8)
    assert actiscope("build", "few", *chosen, "-o", "t.index")[0] == 0
    arguments = ("show", "t.index", "--layer", "clipped", "--channel")
    told = [json.loads(actiscope(*arguments, channel, "--json")[1]) for channel in (0, 1)]
    assert [[bool(unit["value"]) for unit in one["top"]] for one in told] == [
        [True, True, False, False], [False] * 4,
    ]  # fmt: skip
    out = actiscope(*arguments, 0)[1]
    assert len(out.splitlines()) == 2 + 2
    assert actiscope(*arguments, 1)[1].splitlines()[1] == (
        "It answers to nothing: all of its values are zero."
    )


@pytest.mark.usefixtures("built")
def test_an_index_that_is_not_finished_or_lost_pictures_says_so(actiscope, folder):
    moved = folder / "photos" / "5.png"
    moved.rename(folder / "5.png")
    with sqlite3.connect(folder / "i.index") as connection:
        connection.execute("UPDATE writes SET finished = FALSE")
    arguments = ("--layer", "conv", "--channel", 2, "-o", "card.png")
    code, out, err = actiscope("show", "i.index", *arguments)
    told = "1 picture cannot be shown; photos/5.png: its file has gone or changed"
    for others in (
        ("channels", "i.index", "--layer", "conv", "-o", "sheet.png"),
        ("search", "i.index", "photos/3.png", "--layer", "conv", "-o", "found.png"),
        ("report", "i.index", "-o", "page.html"),
    ):
        assert told in actiscope(*others)[2]
    (folder / "5.png").rename(moved)
    assert code == 0
    assert "note: i.index is not finished" in err
    assert told in err
    assert "photos/5.png" in out
    for others in (
        ("show", "i.index", *arguments),
        ("channels", "i.index", "--layer", "conv"),
        ("info", "i.index"),
    ):
        assert json.loads(actiscope(*others, "--json")[1])["finished"] is False


def test_a_layer_has_the_names_that_the_network_has_for_it(actiscope, folder):
    (folder / "net.py").write_text(
        "from collections import OrderedDict\nimport torch\nfrom torch import nn\n"
        "def build():\n    torch.manual_seed(0)\n"
        "    block = nn.Sequential(OrderedDict(conv=nn.Conv2d(3, 4, 3), relu=nn.ReLU()))\n"
        "    return nn.Sequential(OrderedDict(stem=block, last=nn.Conv2d(4, 2, 1)))\n"
    )
    chosen = ("--network", "net.py:build", "--size", 24, "--layers", "stem,last")
    assert actiscope("build", "photos", *chosen, "-o", "names.index")[0] == 0
    for name in ("stem", "stem.relu", "2"):
        code, out, _ = actiscope("channels", "names.index", "--layer", name, "--json")
        assert (code, json.loads(out)["layer"]) == (0, "stem.relu")
    layer = ("--layer", "stem", "--network", "net.py:build", "--json")
    code, out, _ = actiscope("show", "names.index", "--channel", 0, *layer)
    assert (code, json.loads(out)["layer"]) == (0, "stem.relu")
    assert actiscope("search", "names.index", "photos/1.png", *layer)[0] == 0
    code, _, err = actiscope("channels", "names.index", "--layer", "stem.conv")
    assert (code, "no layer 'stem.conv' in the index" in err) == (2, True)

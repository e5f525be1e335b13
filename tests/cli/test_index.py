"""The commands of an index, as a process or as a person would use them."""

import json
import os
import sqlite3
import subprocess
import sys

import numpy as np
import onnx
import pytest
from PIL import Image

from actiscope import read_image
from actiscope.cli.main import run
from tests.networks.tiny import convolution, model

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
@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("show", "gone", "--layer", "conv", "--channel", 0), 2, "there is no index gone"),
        (("show", "i.index", "--layer", "fc", "--channel", 0), 2, "it has conv, relu"),
        (("show", "i.index", "--layer", "conv", "--channel", 4), 2, "channels are 0-3"),
        (("channels", "tiny.onnx", "--layer", "conv"), 2, "tiny.onnx is no index"),
        (
            ("search", "i.index", "photos/3.png", "--layer", "conv", "--network", "squeezenet"),
            2,
            "another network",
        ),
        (("report", "i.index", "--network", "squeezenet", "-o", "p.html"), 2, "another network"),
        (("report", "i.index", "-o", "p.pdf"), 2, "must end in .html"),
        (("build", "empty", "-o", "new.index"), 2, "there is no picture in empty"),
        (("build", "gone", "-o", "new.index"), 2, "there is no file or folder gone"),
        (("build", "photos", "-o", "gone/new.index"), 1, "cannot write gone/new.index"),
        (("build", "photos", "-o", "photos"), 1, "cannot write photos: it is a folder"),
        (("build", "", "-o", "new.index"), 2, "the name of a source is empty"),
        (("build", "foo://x", "-o", "new.index"), 2, "Protocol not known: foo"),
        (("build", "photos", "-o", "i.index", "--mean", 7), 2, "was built with another network"),
        (("build", "photos", "-o", "i.index", "--top", 7), 2, "top 25, this is 7"),
        (("build", "photos", "-o", "i.index", "--layers", "conv"), 2, "other layers: conv, relu"),
    ],
)
def test_errors_are_one_line(actiscope, folder, arguments, code, message):
    (folder / "empty").mkdir(exist_ok=True)
    ended, out, err = actiscope(*arguments)
    assert (ended, out) == (code, "")
    assert message in err
    assert len(err.splitlines()) == 1
    assert not (folder / "new.index").exists()


def test_pictures_that_can_all_not_be_read_are_no_success(actiscope):
    code, out, err = actiscope("build", "photos/notes.md", "--layers", "conv1", "-o", "no.index")
    assert (code, out) == (2, "")
    assert err.splitlines()[0] == "1 layer: conv1"
    assert "photos/notes.md: the file is no picture that can be read" in err.splitlines()[2]
    assert "no.index has no picture" in err.splitlines()[-1]


@pytest.mark.usefixtures("built")
def test_a_build_that_is_interrupted_says_how_to_go_on(folder):
    script = (
        "import os, signal, sys\n"
        "from actiscope.cli.index import build as command\n"
        "from actiscope.cli.main import run\n"
        "command.show_building = lambda: lambda _: os.kill(os.getpid(), signal.SIGINT)\n"
        "run(['index', 'build', 'photos', '--layers', 'conv1', '-o', 'stopped.index'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 130
    assert done.stderr.splitlines() == [
        "",
        "actiscope: interrupted; stopped.index keeps all but the last seconds; "
        "build again to go on",
    ]


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


@pytest.mark.usefixtures("built")
def test_an_index_knows_its_network_in_any_folder(actiscope, folder, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    sources, path = folder / "photos", folder / "i.index"
    code, _, err = actiscope("build", sources / "3.png", "-o", path)
    assert code == 0
    assert "6 pictures; 0 new, 0 known, 1 copy" in err
    for network in ([], ["--network", folder / "tiny.onnx"], ["--device", "cpu"]):
        code, out, _ = actiscope(
            "search", path, sources / "3.png", "--layer", "relu", "--json", *network
        )
        assert code == 0
        assert json.loads(out)[0]["cosine"] == pytest.approx(1)


def test_an_index_runs_no_code_that_it_names(actiscope, folder):
    (folder / "net.py").write_text(
        "import torch\nfrom torch import nn\n"
        "def build():\n    open('ran', 'a').close()\n    torch.manual_seed(0)\n"
        "    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())\n"
    )
    chosen = ("--network", "net.py:build", "--mean", "9", "--size", 24)
    assert actiscope("build", "photos", *chosen, "-o", "code.index")[0] == 0
    (folder / "ran").unlink()
    code, out, err = actiscope("search", "code.index", "photos/3.png", "--layer", "0")
    assert (code, out) == (2, "")
    assert f"--network {folder}/net.py:build" in err
    assert len(err.splitlines()) == 1
    assert not (folder / "ran").exists()
    code, out, err = actiscope(
        "search",
        "code.index",
        "photos/3.png",
        "--layer",
        "0",
        "--network",
        "net.py:build",
        "--json",
    )
    assert (code, err) == (0, "")
    assert json.loads(out)[0]["name"] == "photos/3.png"


@pytest.mark.usefixtures("built")
def test_names_that_the_terminal_cannot_show_are_escaped(folder, tmp_path):
    photo = tmp_path / "写真.png"
    photo.write_bytes((folder / "photos" / "1.png").read_bytes())
    path = tmp_path / "i.index"
    for arguments in (
        ("build", photo, "--layers", "conv1", "-o", path),
        ("show", path, "--layer", "conv1", "--channel", "3"),
    ):
        code = "from actiscope.cli.main import run; run()"
        done = subprocess.run(
            [sys.executable, "-c", code, "index", *arguments],
            capture_output=True, env={**os.environ, "PYTHONIOENCODING": "ascii"},
        )  # fmt: skip
        assert (done.returncode, b"internal" in done.stderr) == (0, False)
    assert b"\\u5199\\u771f.png" in done.stdout

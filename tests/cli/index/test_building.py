"""Indexes are built, as a process or as a person would do it."""

import json
import os
import subprocess
import sys

import pytest

from tests.cli.index.conftest import NETWORK


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

import hashlib
import json
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from actiscope.errors import ArgumentError, OutputError
from actiscope.images.samples import EYES
from actiscope.report.tour import Changed, run_walk, write_tour
from actiscope.report.tour.pictures import tour_pictures

PLAIN = [
    "input.png", "conv1-grid.png", "conv1-channel-21.png", "conv1-strongest.png", "fire6-grid.png",
    "fire6-strongest.png", "fire6-channels-13-46.png", "fire6-relu-channels-13-46.png",
]  # fmt: skip


class Sources(HTMLParser):
    """Everything that a page refers to, and its text."""

    def __init__(self):
        super().__init__()
        self.found, self.text = set(), ""

    def handle_starttag(self, _tag, attrs):
        self.found |= {value for name, value in attrs if name in ("src", "href")}

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def walk(net, a1, closed):
    return run_walk(net, a1, "face", Changed(closed, "one eye closed", is_edit=True, regions=EYES))


@pytest.fixture(scope="module")
def folder(walk, tmp_path_factory):
    path = tmp_path_factory.mktemp("tour") / "out"
    write_tour(walk, path, str)
    return path


@pytest.mark.parametrize(
    ("name", "truth"),
    [
        ("conv1-grid.png", "conv1_grid"),
        ("fire6-grid.png", "fire6_grid"),
        ("conv1-channel-21.png", "ch22_pair"),
        ("fire6-relu-channels-13-46.png", "relu_pair"),
    ],
)
def test_pictures_are_the_figures_of_the_example(walk, folder, figures, name, truth):
    drawn = np.asarray(dict(tour_pictures(walk))[name])
    index, value = figures[f"{truth}_index"], figures[f"{truth}_value"]
    assert drawn.shape == tuple(figures[f"{truth}_shape"])
    np.testing.assert_allclose(drawn[tuple(index)], value, rtol=0, atol=1e-5)
    with Image.open(folder / name) as image:
        pixels = np.asarray(image)
    wanted = np.floor(255 * np.clip(value.astype(np.float64), 0, 1) + 0.5)
    assert np.abs(pixels[tuple(index)] - wanted).max() <= 1


def test_composite_is_that_of_the_example(net, a1, patched, true_composite):
    walk = run_walk(net, a1, "face", Changed(patched, "patched"))
    drawn = np.asarray(dict(tour_pictures(walk))["composite.png"])
    assert drawn.dtype == np.uint8
    assert np.abs(drawn.astype(int) - true_composite).max() <= 1


def test_numbers(folder, a1, net):
    told = json.loads((folder / "tour.json").read_text())
    assert told["network"]["layers"] == 68
    assert told["network"]["connections"] == 75
    assert told["network"]["learnables"] == 1_235_496
    assert told["image"]["sha256"] == hashlib.sha256(a1.tobytes()).hexdigest()
    assert (told["image"]["height"], told["image"]["width"]) == (227, 227)
    act = net.activations(a1, "fire6-squeeze1x1")
    layer = told["layers"]["fire6-squeeze1x1"]
    assert layer["shape"] == [48, 14, 14]
    assert layer["max"] == float(act.values.max())
    best = told["strongest"]["fire6-squeeze1x1"]
    assert (best["channel"], best["row"], best["col"]) == (13, 5, 5)
    assert best["value"] == float(act.values[13, 5, 5])
    assert told["comparison"]["is_edit"] is True
    assert len(told["comparison"]["changes"]) == 6
    assert len(told["classes"]) == 5
    assert sorted(told["files"]) == sorted(path.name for path in folder.iterdir())


def test_page_refers_only_to_what_lies_beside_it(folder):
    page = Sources()
    page.feed((folder / "index.html").read_text())
    assert page.found <= {path.name for path in folder.iterdir()}
    assert {*PLAIN, "composite.png", "comparison.png"} <= page.found
    told = json.loads((folder / "tour.json").read_text())
    assert f"{told['strongest']['fire6-squeeze1x1']['value']:.0f}" in page.text
    assert "edit" in page.text


def test_without_a_second_picture_nothing_is_compared(net, a1, folder):
    told = write_tour(run_walk(net, a1, "<b>odd & name</b>.jpg"), folder.parent / "alone", str)
    assert told["comparison"] is None
    assert "comparison.png" not in told["files"]
    page = (folder.parent / "alone" / "index.html").read_text()
    assert "--changed" in page
    assert "<b>odd" not in page


def test_a_new_walk_replaces_the_old(net, a1, walk, tmp_path):
    write_tour(walk, tmp_path / "out", str)
    write_tour(run_walk(net, a1, "face"), tmp_path / "out", str)
    assert not (tmp_path / "out" / "comparison.png").exists()


def test_pictures_of_other_shapes_and_colours(net, coffee, tmp_path):
    grey = coffee[:150, :99].mean(axis=2).astype(np.uint8)
    image = np.repeat(grey[:, :, np.newaxis], 3, axis=2)
    other = image.copy()
    other[40:60, 40:60] = 0
    walk = run_walk(net, image, "grey", Changed(other, "a dark square"))
    assert walk.colour is None
    told = write_tour(walk, tmp_path / "grey", str)
    assert all(region.startswith("around unit") for region in told["comparison"]["regions"])


def test_large_pictures_are_shrunk_and_that_is_said(net, coffee, tmp_path):
    large = np.repeat(np.repeat(coffee, 2, axis=0), 2, axis=1)
    told = write_tour(run_walk(net, large, "large"), tmp_path / "large", str)
    assert told["image"]["height"] == round(800 * 1024 / 1200)
    assert (told["image"]["given_height"], told["image"]["given_width"]) == (800, 1200)
    assert "shrunk from 800 × 1200" in (tmp_path / "large" / "index.html").read_text()


def test_a_folder_with_other_files_is_left_alone(walk, tmp_path):
    (tmp_path / "input.png").write_bytes(b"precious")
    with pytest.raises(OutputError, match="holds files that are not of a walkthrough"):
        write_tour(walk, tmp_path, str)
    assert (tmp_path / "input.png").read_bytes() == b"precious"


def test_pictures_that_cannot_be_compared(net, a1):
    with pytest.raises(ArgumentError, match="one size"):
        run_walk(net, a1, "face", Changed(a1[:100], "cut"))
    with pytest.raises(ArgumentError, match="both pictures are the same"):
        run_walk(net, a1, "face", Changed(a1, "same"))

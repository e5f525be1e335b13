"""Regions that a page begins with: the view, and what changed in them layer by layer."""

import json
from urllib.parse import parse_qs

import numpy as np
import pytest

from actiscope import ArgumentError, Box
from actiscope.report.explorer.marking import region_changes, region_view
from actiscope.report.explorer.slides import Slide
from actiscope.studies import selectivity

LAYERS = ("conv1", "fire6-relu_squeeze1x1", "pool10")
EYES = {"right = eye & brow": Box(72, 120, 136, 184), "left eye": Box(72, 56.1, 136, 120)}


@pytest.fixture(scope="module")
def slides(a1, closed):
    return Slide("face", a1), Slide("closed", closed)


def test_the_view_names_the_regions_as_the_page_reads_them(slides):
    view = region_view(EYES, slides)
    asked = parse_qs(view["address"].removeprefix("?"))
    (regions,) = asked["regions"]
    read = [json.loads(f"[{each.rpartition('=')[2]}]") for each in regions.split(";")]
    assert [each.rpartition("=")[0] for each in regions.split(";")] == list(EYES)
    assert read == [[box.left, box.top, box.right, box.bottom] for box in EYES.values()]
    assert asked["sort"] == ["selective"]
    assert "sort" not in region_view(EYES, slides[:1])["address"]
    assert region_view({}, slides) is None


def test_regions_that_cannot_be_marked_are_told(slides):
    with pytest.raises(ArgumentError, match="'far' lies outside the picture"):
        region_view({"far": Box(0, 227, 9, 300)}, slides[:1])
    with pytest.raises(ArgumentError, match="has no ';'"):
        region_view({"a;b": Box(0, 0, 9, 9)}, slides)


def test_changes_are_those_of_each_layer_that_has_places(net, slides):
    steps = []
    layers = [net.layers[name] for name in LAYERS]
    found = region_changes(net, slides, layers, "own", EYES, lambda: steps.append(1))
    assert len(steps) == 3
    assert [each["layer"] for each in found] == [layer.index for layer in layers[:2]]
    before, after = (net.activations(each.pixels, LAYERS[1]) for each in slides)
    for told, (name, ranked) in zip(
        found[1]["found"], selectivity(before, after, EYES).items(), strict=True
    ):
        assert told["name"] == name
        assert [one["rank"] for one in told["channels"]] == [one.rank for one in ranked]
    assert (found[1]["a"], found[1]["b"]) == (slides[0].id, slides[1].id)


def test_of_pictures_that_differ_in_size_nothing_is_told(net, slides, a1):
    smaller = Slide("smaller", np.ascontiguousarray(a1[:200]))
    layers = [net.layers["conv1"]]
    assert region_changes(net, (slides[0], smaller), layers, "own", EYES, lambda: None) == []

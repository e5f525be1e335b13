"""The cards of an index as one page: every channel, every picture once, and what is missing."""

import base64
import json
import re

import numpy as np
import pytest
from tests.collection.indexed import ALWAYS_ON, BROKEN, DEAD, SIZE, make_index

from actiscope import read_image
from actiscope.collection.index import Index
from actiscope.collection.store import Store
from actiscope.errors import ArgumentError, LayerNotFoundError
from actiscope.report.cards import collecting
from actiscope.report.cards.collecting import collect_cards
from actiscope.report.cards.page import render_index


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_index(tmp_path_factory.mktemp("cards"))


@pytest.fixture(scope="module")
def index(made):
    with Index(made.path) as opened:
        yield opened


@pytest.fixture(scope="module")
def cards(made, index):
    return collect_cards(index, made.network)


@pytest.fixture(scope="module")
def page(made, index):
    return render_index(index, made.network)


def patch_of(cards, layer, channel, rank=0):
    return cards["layers"][layer][channel]["patches"][rank]


def levels_of(patch):
    return np.frombuffer(base64.b64decode(patch["levels"]), np.uint8).reshape(patch["shape"])


def test_cards_say_what_the_index_says(index, cards):
    assert list(cards["layers"]) == ["conv", "relu"]
    for layer, found in cards["layers"].items():
        for card, summary in zip(found, index.channels(layer), strict=True):
            assert (card["channel"], card["dead"]) == (summary.channel, summary.dead)
            assert (card["mean"], card["high"]) == (summary.mean, summary.high)
            assert dict(card["quantiles"]) == summary.quantiles
            units = [unit for unit in index.top(layer, summary.channel) if unit.value != 0]
            assert [patch["value"] for patch in card["patches"]] == [one.value for one in units]
    relu = cards["layers"]["relu"]
    assert [card["channel"] for card in relu if card["dead"]] == [DEAD]
    assert not relu[DEAD]["patches"]
    assert ALWAYS_ON in [card["channel"] for card in relu if card["always_on"]]


def test_the_values_over_a_patch_lie_where_the_network_has_them(made, cards):
    patch = patch_of(cards, "conv", 0)
    high = cards["layers"]["conv"][0]["high"]
    answer = made.network.activations(made.folder / patch["name"], "conv", size=SIZE)
    values = np.asarray(answer.channel(0))
    assert values[patch["row"], patch["col"]] == patch["value"] == high
    levels = levels_of(patch)
    top, left, bottom, right = patch["place"]
    row, col = answer.geometry.centre(patch["row"], patch["col"])
    assert levels[
        int((row - top) / (bottom - top) * levels.shape[0]),
        int((col - left) / (right - left) * levels.shape[1]),
    ] == levels.max() == 255  # fmt: skip
    part = patch["part"]
    assert top <= part[0] and left <= part[1] and bottom >= part[2] and right >= part[3]  # noqa: PT018


def test_pictures_are_there_once_and_small(made, cards, page):
    found = [card for listed in cards["layers"].values() for card in listed]
    shown = {patch["image"] for card in found for patch in card["patches"]}
    assert set(cards["pictures"]) == shown
    patch = patch_of(cards, "relu", ALWAYS_ON)
    address = cards["pictures"][patch["image"]]
    assert page.count(address) == 1
    small = read_image(base64.b64decode(address.partition(",")[2]))
    large = read_image(made.folder / patch["name"])
    assert list(large.shape[:2]) == patch["size"]
    assert np.abs(small.astype(int) - large).mean() < 12


def test_fewer_patches_where_all_would_show_too_many_pictures(made, index, monkeypatch):
    whole = collect_cards(index, made.network)
    monkeypatch.setattr(collecting, "_MOST_PICTURES", len(whole["pictures"]) - 1)
    less = collect_cards(index, made.network)
    assert less["patches"] < whole["patches"] == 9
    assert len(less["pictures"]) < len(whole["pictures"])
    monkeypatch.setattr(collecting, "_MOST_PICTURES", 1)
    with pytest.raises(ArgumentError, match="name fewer --layers"):
        collect_cards(index, made.network)


def test_pictures_that_have_gone_are_said_to_be_and_statistics_stay(tmp_path):
    made = make_index(tmp_path)
    with Index(made.path) as index:
        name = index.top("conv", 0)[0].name
        before = collect_cards(index, made.network)
        (made.folder / name.rpartition("/")[2]).unlink()
        after = collect_cards(index, made.network)
        told = {}
        page = render_index(index, made.network, on_lost=told.__setitem__)
    assert told == {name: "its file has gone or changed"}
    lost = patch_of(after, "conv", 0)
    assert lost == {
        "value": patch_of(before, "conv", 0)["value"], "image": lost["image"],
        "name": name.rpartition("/")[2], "row": lost["row"], "col": lost["col"],
        "trouble": "its file has gone or changed",
    }  # fmt: skip
    assert lost["image"] not in after["pictures"]
    for key in ("mean", "high", "bars", "active"):
        assert after["layers"]["conv"][0][key] == before["layers"]["conv"][0][key]
    assert re.search(r"\d+ patches are blank", page)


def test_a_page_says_whether_all_pictures_are_in_it(made, page):
    told = "Not all pictures are in it"
    assert told not in page
    with Index(made.path) as index:
        settings = index.settings
    with Store(made.path, settings) as store:
        store.begin_build([])
    with Index(made.path) as index:
        assert told in render_index(index, made.network)


def test_layers_are_named_as_the_network_takes_them(made, index):
    number = made.network.layers.find("relu").index
    assert list(collect_cards(index, made.network, [str(number)])["layers"]) == ["relu"]


def test_the_page_needs_nothing_else_and_lists_what_was_not_read(page):
    assert not re.search(r"""(?:src|href)\s*=\s*["']?(?:/|https?:)""", page)
    imports = json.loads(re.search(r'<script type="importmap">(.*?)</script>', page, re.S)[1])
    assert all(url.startswith("data:text/javascript;") for url in imports["imports"].values())
    assert f"<b>{BROKEN}" not in page
    assert "broken &lt;b&gt;.jpg" in page
    assert "no picture that can be read" in page


def test_layers_can_be_chosen_and_the_network_has_to_be_the_same(made, index, net):
    assert list(collect_cards(index, made.network, ["relu"])["layers"]) == ["relu"]
    with pytest.raises(LayerNotFoundError, match="it has conv, relu"):
        collect_cards(index, made.network, ["fc"])
    with pytest.raises(ArgumentError, match="another network"):
        collect_cards(index, net)

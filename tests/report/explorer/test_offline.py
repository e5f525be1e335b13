"""The explorer in one file."""

import base64
import json
import re
import zlib

import pytest
from tests.unpacking import unpack

from actiscope import read_image
from actiscope.report.explorer.describing import describe_network
from actiscope.report.explorer.offline import render_report
from actiscope.report.explorer.page import inline_scripts, render_page, static_files
from actiscope.report.explorer.slides import Slide
from actiscope.report.explorer.sprites import pack_layer


def data_of(page):
    return json.loads(re.search(r'type="application/json" id="data">(.*?)</script>', page)[1])


def opened(text):
    return zlib.decompress(base64.b64decode(text))


@pytest.fixture(scope="module")
def page(net, a1, closed):
    slides = [Slide("face </script><b>", a1), Slide("closed", closed)]
    chosen = [net.layers["conv1"], net.layers["prob"]]
    return render_report(net, slides, layers=chosen)


def test_sprites_are_those_of_the_server(page, net, a1, closed):
    data = data_of(page)
    first, second = (one["id"] for one in data["pictures"])
    assert sorted(data["sprites"]) == sorted(f"{i}/{k}" for i in (first, second) for k in (1, 66))
    assert opened(data["sprites"][f"{second}/1"]) == pack_layer(net.activations(closed, "conv1"))
    assert opened(data["sprites"][f"{first}/66"]) == pack_layer(net.activations(a1, "prob"))


def test_everything_else_is_there_too(page, net, a1):
    data = data_of(page)
    first = data["pictures"][0]
    assert first["name"] == "face </script><b>"
    assert (read_image(base64.b64decode(first["png"])) == a1).all()
    assert data["network"] == {**describe_network(net), "can_edit": False}
    assert data["size"] == "own"
    assert data["classes"][first["id"]][0]["index"] == net.classify(a1)[0].index
    thumbnails = unpack(opened(data["thumbnails"][first["id"]]))
    assert thumbnails.drawn.shape == (68, 32, 32)


def test_the_page_needs_nothing_else(page):
    assert not re.search(r"""(?:src|href)\s*=\s*["']?(?:/|https?:)""", page)
    imports = json.loads(re.search(r'<script type="importmap">(.*?)</script>', page, re.S)[1])
    assert all(url.startswith("data:text/javascript;") for url in imports["imports"].values())
    assert "{{" not in page


def test_the_same_modules_are_in_the_file_and_on_the_server(page):
    live, frozen = (
        json.loads(re.search(r'<script type="importmap">(.*?)</script>', each, re.S)[1])["imports"]
        for each in (render_page(), page)
    )
    assert set(live) == set(frozen)
    for name, url in frozen.items():
        file = name.removeprefix("actiscope/")
        assert live[name] == f"/static/{file}"
        assert base64.b64decode(url.partition(",")[2]) == static_files()[file].read_bytes()


def test_all_layers_of_the_example_are_a_small_file(net, a1):
    told = []
    page = render_report(net, [Slide("face", a1)], tell=lambda: told.append(1))
    assert len(told) == 68
    assert len(data_of(page)["sprites"]) == 68
    assert len(page.encode()) <= 8_000_000


def test_data_are_no_scripts(page):
    assert len(inline_scripts(page)) == len(inline_scripts(render_page()))
    assert "application/json" not in "".join(inline_scripts(page))


def test_another_size(net, coffee):
    page = render_report(net, [Slide("coffee", coffee)], layers=[net.layers[1]], size="100x120")
    sprite = next(iter(data_of(page)["sprites"].values()))
    assert opened(sprite) == pack_layer(net.activations(coffee, "conv1", size=(100, 120)))


def test_a_large_photo_is_shown_smaller(net, coffee):
    photo = coffee.repeat(2, axis=0).repeat(2, axis=1)
    data = data_of(render_report(net, [Slide("photo", photo)], layers=[net.layers["prob"]]))
    (told,) = data["pictures"]
    assert (told["height"], told["width"]) == (800, 1200)
    assert read_image(base64.b64decode(told["png"])).shape == (667, 1000, 3)
    assert (
        data["classes"][told["id"]][0]["probability"]
        == net.classify(photo, size=227)[0].probability
    )

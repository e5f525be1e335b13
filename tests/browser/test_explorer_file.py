"""The explorer as one file, from the disk, with the network cut."""

import base64
import zlib
from dataclasses import asdict

import pytest
from playwright.sync_api import expect

from actiscope.images import encode_png
from actiscope.report.explorer.describing import describe_network
from actiscope.report.explorer.evidence import NO_EVIDENCE
from actiscope.report.explorer.looking import pack_thumbnails, thumbnail
from actiscope.report.explorer.page import render_page
from actiscope.report.explorer.sprites import pack_layer
from actiscope.web import Slide
from tests.browser.explorer import Explorer, digits

LAYER = "fire6-squeeze1x1"
LAYERS = ("conv1", LAYER, "prob")


@pytest.fixture(scope="module")
def file(net, a1, closed, tmp_path_factory):
    """Where the file of two pictures and three layers is."""
    slides = [Slide("face", a1), Slide("closed", closed)]
    data = {
        "network": {**describe_network(net), "can_edit": False},
        "pictures": [
            {**each.describe(), "png": base64.b64encode(encode_png(each.pixels)).decode()}
            for each in slides
        ],
        "size": "own",
        "sprites": {},
        "thumbnails": {},
        "classes": {},
        "evidence": NO_EVIDENCE,
    }
    for slide in slides:
        answers = net.activations(slide.pixels, list(net.layers))
        small = [thumbnail(each) for each in answers.values()]
        for name in LAYERS:
            key = f"{slide.id}/{net.layers.find(name).index}"
            data["sprites"][key] = compress(pack_layer(answers[name]))
        data["thumbnails"][slide.id] = compress(pack_thumbnails(small, answers[LAYER]))
        data["classes"][slide.id] = [asdict(one) for one in net.classify(slide.pixels, top=5)]
    path = tmp_path_factory.mktemp("file") / "explorer.html"
    path.write_text(render_page(data), encoding="utf-8")
    return path.as_uri()


def compress(sprite):
    return base64.b64encode(zlib.compress(sprite)).decode()


@pytest.fixture
def saved(page, file):
    page.context.set_offline(True)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    yield Explorer(page, file, exact=False).open()
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []


def test_it_opens_with_the_pictures_that_are_in_it(saved):
    expect(saved.page.locator("#title b")).to_have_text("conv1")
    assert [saved.id(picture) is not None for picture in "ab"] == [True, True]
    expect(saved.page.locator("#classes li")).to_have_count(10)
    for control in ("#edit", "#live", ".add"):
        expect(saved.page.locator(control)).not_to_be_visible()


def test_values_are_read_off_to_within_what_a_sprite_holds(saved, net, a1, closed):
    saved.choose_layer(LAYER)
    saved.choose_channel(13)
    before, after = (net.activations(picture, LAYER).values for picture in (a1, closed))
    assert saved.value == pytest.approx(before[13].max())
    low = min(before.min(), after.min())
    assert saved.limits == (digits(low), digits(max(before.max(), after.max())))
    saved.hover(*net.activations(a1, LAYER).geometry.centre(6, 8))
    step = (before[13].max() - before[13].min()) / 255
    assert saved.value == pytest.approx(before[13, 6, 8], abs=0.51 * float(step))


def test_the_channel_that_changed_most_comes_first(saved):
    page = saved.page
    saved.choose_layer(LAYER)
    page.get_by_role("button", name="B − A").click()
    page.select_option("#sort", "change")
    saved.choose_first()
    assert saved.heading == "channel 13"


def test_layers_without_data_cannot_be_chosen(saved):
    page = saved.page
    row = page.locator(".layer", has=page.get_by_text("pool1", exact=True))
    expect(row).to_have_attribute("aria-disabled", "true")
    row.click(force=True)
    expect(page.locator("#title b")).to_have_text("conv1")
    page.keyboard.press("j")
    expect(page.locator("#title b")).to_have_text(LAYER)
    saved.wait()


def test_the_grid_is_taken_away_from_a_file_too(saved):
    saved.page.get_by_text("Take away").click()
    expect(saved.page.locator("#save button")).to_have_count(1)
    with saved.page.expect_download() as download:
        saved.page.get_by_role("button", name="Picture of the grid").click()
    assert download.value.path().read_bytes().startswith(b"\x89PNG")


def test_the_page_is_frozen_with_the_view_that_was_on_the_screen(explorer, page, tmp_path):
    explorer.open("?layer=fire6-squeeze1x1&channel=13&scale=channel&map=viridis&sort=strongest")
    explorer.take_away(tmp_path / "frozen.html")
    page.wait_for_selector("#readout b")
    assert page.locator("#title b").inner_text() == "fire6-squeeze1x1"
    assert page.locator("#focus h2 span").inner_text() == "channel 13"
    assert page.locator("#scale").input_value() == "channel"
    assert page.locator("#map").input_value() == "viridis"
    assert page.locator("#sort").input_value() == "strongest"

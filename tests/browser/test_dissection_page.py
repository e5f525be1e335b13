"""The page of a dissection, as a person opens it."""

import pytest

from actiscope.report.dissection import render_dissection, wanted_pictures
from actiscope.studies import dissect, read_examples
from actiscope.studies.dissection import look
from tests.studies.dissection import planted


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    place = tmp_path_factory.mktemp("dissection")
    planted.pictures(place / "set", having=9, rest=12)
    net = planted.network(place)
    found = dissect(net, read_examples(place / "set"), "conv", "pattern")
    path = place / "page.html"
    path.write_text(
        render_dissection(found, look(net, found, wanted_pictures(found, 2))), encoding="utf-8"
    )
    return path


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_is_wider_than_the_screen(page, file, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("figure").count() >= 16
    assert page.evaluate("[...document.images].every((image) => image.naturalWidth > 0)")


def test_a_box_takes_the_channels_off_the_pictures(page, file):
    page.goto(file.as_uri())
    over = page.locator(".over").first
    assert over.evaluate("(image) => getComputedStyle(image).opacity") == "1"
    page.get_by_label("the pictures alone").check()
    assert over.evaluate("(image) => getComputedStyle(image).opacity") == "0"

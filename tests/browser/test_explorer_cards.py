"""The cards of a collection beside the channels, as a person sees them."""

import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from actiscope.collection.build import build
from actiscope.collection.index import Index
from actiscope.report.explorer.offline import render_report
from actiscope.web import Slide, create_app
from tests.browser.explorer import Explorer
from tests.browser.serving import serve

LAYER = "fire6-squeeze1x1"


@pytest.fixture(scope="module")
def index(net, a1, astronaut, coffee, tmp_path_factory):
    folder = tmp_path_factory.mktemp("index")
    (folder / "set").mkdir()
    for name, pixels in (("face", a1), ("astronaut", astronaut), ("coffee", coffee)):
        Image.fromarray(pixels).save(folder / "set" / f"{name}.png")
    build(net, [folder / "set"], folder / "set.index", [LAYER])
    with Index(folder / "set.index") as opened:
        yield opened


@pytest.fixture
def explorer(page, net, a1, index):
    with serve(create_app(net, [Slide("face", a1)], index=index)) as address:
        yield Explorer(page, address)
        page.goto("about:blank")  # what it would still ask for is not missed


def open_card(explorer, channel):
    explorer.open(f"?layer={LAYER}&channel={channel}")
    expect(explorer.page.locator("#cards")).to_have_attribute(
        "data-channel", re.compile(rf"\d+ {channel}$")
    )


def test_the_card_of_the_chosen_channel_is_shown(explorer, index):
    open_card(explorer, 13)
    cards = explorer.page.locator("#cards")
    units = index.top(LAYER, 13)
    values = cards.locator("button span").all_inner_texts()
    assert [float(value) for value in values] == pytest.approx([u.value for u in units], rel=1e-3)
    for canvas in cards.locator("button canvas").all():
        expect(canvas).to_have_attribute("data-painted", canvas.get_attribute("data-asked"))
    explorer.choose_channel(14)
    expect(cards.locator("button span").first).to_have_text(
        f"{float(f'{index.top(LAYER, 14)[0].value:.4g}'):g}"
    )


@pytest.mark.parametrize("language", ["en", "ja"])
def test_nothing_is_wider_than_its_place_on_a_small_screen(explorer, language):
    explorer.page.set_viewport_size({"width": 1024, "height": 768})
    explorer.open(f"?layer={LAYER}&channel=13&lang={language}")
    painted = explorer.page.locator("#cards button canvas").first
    expect(painted).to_have_attribute("data-painted", re.compile("."))
    focus = explorer.page.locator("#focus")
    assert focus.evaluate("place => place.scrollWidth - place.clientWidth") <= 0


def test_a_patch_opens_its_picture_with_its_unit(explorer, index):
    open_card(explorer, 13)
    unit = index.top(LAYER, 13)[1]
    explorer.page.locator("#cards button").nth(1).click()
    expect(explorer.page.locator(".picture[data-role=A] button").first).to_have_attribute(
        "aria-label", unit.name.rpartition("/")[2]
    )
    readout = explorer.page.locator("#readout")
    expect(readout).to_contain_text(f"row {unit.row}, column {unit.col}")
    assert explorer.value == pytest.approx(unit.value, rel=1e-5)


def test_channels_are_sorted_by_how_often_they_are_active(explorer, index):
    open_card(explorer, 0)
    found = index.channels(LAYER)
    explorer.page.select_option("#sort", "active")
    first, second, *_ = sorted(range(48), key=lambda each: (-found[each].active, each))
    assert explorer.tile(first) < explorer.tile(second)
    last = min(range(48), key=lambda each: (found[each].active, -each))
    assert explorer.tile(last)[1] > explorer.tile(first)[1]


def test_a_layer_without_cards_says_so(explorer):
    explorer.open("?layer=pool5&sort=active")
    expect(explorer.page.locator("#cards")).to_contain_text("This layer is not in the index")
    assert explorer.page.locator("#sort").input_value() == "index"


def test_without_an_index_there_is_no_place_for_it(page, address):
    Explorer(page, address).open()
    expect(page.locator("#cards")).to_be_hidden()


def test_the_page_in_one_file_has_the_cards(page, net, a1, index, tmp_path):
    chosen = [net.layers[LAYER], net.layers["conv1"]]
    path = tmp_path / "report.html"
    path.write_text(render_report(net, [Slide("face", a1)], layers=chosen, index=index), "utf-8")
    explorer = Explorer(page, path.as_uri(), exact=False)
    explorer.open()
    expect(page.locator("#cards")).to_contain_text("This layer is not in the index")
    explorer.choose_layer(LAYER)
    first = page.locator("#cards button").first
    expect(first.locator("span")).to_have_text(f"{float(f'{index.top(LAYER, 0)[0].value:.4g}'):g}")
    expect(first).to_be_disabled()
    expect(first.locator("canvas")).to_have_attribute("data-painted", re.compile("."))


def test_an_explorer_with_an_index_opens_at_a_layer_of_it(explorer):
    explorer.open()
    assert explorer.page.locator("#title b").inner_text() == LAYER

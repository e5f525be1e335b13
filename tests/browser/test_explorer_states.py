"""The explorer where things are large, odd, lost or gone."""

import re
from urllib.parse import urlsplit

import numpy as np
import onnx
import pytest
from onnx import helper
from playwright.sync_api import expect

from actiscope import open_network
from actiscope.web import Slide, create_app
from tests.browser.explorer import Explorer
from tests.browser.serving import serve
from tests.networks import tiny

LAYER = "fire6-squeeze1x1"
BLOCKS = 333


@pytest.fixture(scope="module")
def odd():
    """Pictures of odd sizes: noise."""
    rng = np.random.default_rng(0)
    sizes = {"wide": (200, 3000), "tall": (1500, 60), "one": (1, 1)}
    return [
        Slide(name, rng.integers(0, 256, (*size, 3), dtype=np.uint8))
        for name, size in sizes.items()
    ]


@pytest.fixture
def quiet(browser):
    """A page that may see requests fail."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    errors = []
    context.on("weberror", lambda failed: errors.append(str(failed.error)))
    yield context.new_page()
    context.close()
    assert not errors


@pytest.fixture(scope="module")
def large(tmp_path_factory, a1):
    """Where the explorer of a thousand layers is."""
    nodes, last = [], "x"
    for block in range(BLOCKS):
        names = [f"stage{block // 37}/block{block}/{kind}" for kind in ("relu", "sigmoid", "add")]
        nodes += [
            helper.make_node("Relu", [last], [names[0]], names[0]),
            helper.make_node("Sigmoid", [names[0]], [names[1]], names[1]),
            helper.make_node("Add", [last, names[1]], [names[2]], names[2]),
        ]
        last = names[2]
    path = tmp_path_factory.mktemp("large") / "large.onnx"
    inputs = {"x": (tiny.FLOAT, ["N", 3, 16, 16])}
    onnx.save(tiny.model(nodes, {}, inputs=inputs), path)
    with serve(create_app(open_network(path, **tiny.RAW), [Slide("face", a1)])) as address:
        yield address


def test_a_thousand_layers_open_folded_and_are_searched(page, large):
    explorer = Explorer(page, large).open()
    assert 5 < page.locator(".layer").count() < 60
    page.get_by_label("Search layers").fill("block321/")
    expect(page.locator(".layer")).to_have_count(3)
    page.keyboard.press("Enter")
    expect(page.locator("#title b")).to_have_text("stage8/block321/relu")
    page.keyboard.press("Escape")
    expect(page.locator(".layer[aria-selected=true]")).to_be_in_viewport()
    explorer.wait()


def test_a_folded_block_is_opened_and_closed(page, large):
    Explorer(page, large).open()
    before = page.locator(".layer").count()
    page.locator(".layer", has_text="stage3").get_by_role("button").click()
    expect(page.locator(".layer")).to_have_count(before + 3 * 37 - 1)
    page.locator(".layer", has_text="stage3/block111/relu").get_by_role("button").click()
    expect(page.locator(".layer")).to_have_count(before)


@pytest.mark.parametrize("name", ["wide", "tall"])
def test_pictures_of_any_shape_are_shown(page, net, odd, name):
    with serve(create_app(net, odd)) as address:
        explorer = Explorer(page, address).open(f"?layer={LAYER}&size=native")
        page.get_by_label(name, exact=True).click()
        explorer.wait()
        pixels = {slide.name: slide.pixels for slide in odd}[name]
        answers = net.activations(pixels, LAYER, size=pixels.shape[:2])
        assert explorer.value == answers.values[0].max()
        explorer.hover(*answers.geometry.centre(3, 1))
        assert explorer.value == answers.values[0, 3, 1]
        page.goto("about:blank")  # what it would still ask for is not missed


def test_a_picture_on_its_way_takes_its_place_once_it_is_there(page, net, odd):
    with serve(create_app(net, odd)) as address:
        explorer = Explorer(page, address).open(f"?layer={LAYER}&size=native")
        canvas = page.locator("[data-picture=a] canvas")
        before = canvas.bounding_box()
        held = []
        page.route(re.compile(r"/api/pictures/\w+$"), lambda route: held.append(route))
        page.get_by_label("tall", exact=True).click()
        tall = net.activations(odd[1].pixels, LAYER, size=odd[1].pixels.shape[:2])
        told = page.locator("#readout b")
        expect(told).to_have_attribute("data-value", str(float(tall.values[0].max())))
        explorer.wait_for_drawing()
        assert canvas.get_attribute("data-painted") is None
        assert canvas.bounding_box() == before
        held[0].continue_()
        explorer.wait()
        after = canvas.bounding_box()
        assert after["height"] > after["width"]
        page.goto("about:blank")  # what it would still ask for is not missed


def test_a_picture_that_is_too_small_is_a_message_and_another_is_shown_again(quiet, net, odd):
    with serve(create_app(net, odd)) as address:
        explorer = Explorer(quiet, address).open(f"?layer={LAYER}&size=native")
        quiet.get_by_label("one", exact=True).click()
        told = quiet.get_by_role("status")
        expect(told).to_contain_text("a picture of 1x1 is too small")
        expect(quiet.locator("#bar")).not_to_be_visible()
        quiet.select_option("#size", "own")
        explorer.wait()
        expect(told).not_to_contain_text("too small")


def test_a_server_that_went_is_missed_until_it_is_back(quiet, net, odd):
    app = create_app(net, odd)
    with serve(app) as address:
        explorer = Explorer(quiet, address).open()
        quiet.wait_for_load_state("networkidle")
    quiet.keyboard.press("j")
    told = quiet.get_by_role("status")
    expect(told).to_contain_text("The server does not answer")
    with serve(create_app(net, odd), urlsplit(address).port):
        expect(told).not_to_contain_text("The server does not answer")
        expect(quiet.locator("#title b")).to_have_text("relu_conv1")
        assert explorer.value > 0


def test_a_picture_that_is_not_there_is_said_and_the_first_one_shown(explorer, net, a1):
    explorer.open(f"?layer={LAYER}&a=0123456789abcdef")
    expect(explorer.page.get_by_role("status")).to_contain_text("is not here")
    assert explorer.value == net.activations(a1, LAYER).values[0].max()


@pytest.mark.parametrize(
    "wrong", ["layer=nothing", "channel=99999", "map=none", "pins=a:b,conv1:x"]
)
def test_an_address_that_is_wrong_opens_all_the_same(explorer, wrong):
    explorer.open(f"?{wrong}")
    expect(explorer.page.locator("#title b")).to_have_text("conv1")


def test_a_layer_of_single_values_shows_all_of_them(explorer, net, a1):
    explorer.open("?layer=prob&sort=strongest")
    best = int(net.activations(a1, "prob").values.argmax())
    page = explorer.page
    explorer.choose_first()
    assert explorer.heading == f"channel {best}"
    assert explorer.value == net.activations(a1, "prob").values.max()
    expect(page.locator("#numbers")).to_contain_text("1 of 1000 by strength")


@pytest.mark.parametrize(("width", "height"), [(1024, 700), (1440, 900), (1920, 1080)])
def test_everything_has_its_place_in_a_window(explorer, width, height):
    page = explorer.page
    page.set_viewport_size({"width": width, "height": height})
    explorer.open(f"?layer={LAYER}")
    page.get_by_label("closed: Compare with this picture").click()
    explorer.wait()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate("document.documentElement.scrollHeight") == height
    boxes = [tool.bounding_box() for tool in page.locator("#tools > *").all()]
    middles = [box["y"] + box["height"] / 2 for box in boxes]
    assert max(middles) - min(middles) < 2 or width < 1440
    for control in ("#edit", "#save", "#keys", "#pin", "#map", "#tile"):
        expect(page.locator(control)).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_its_text_can_be_read_in_both_colour_schemes(explorer, scheme):
    page = explorer.page
    page.emulate_media(color_scheme=scheme)
    explorer.open(f"?layer={LAYER}")
    for selector, ground in (
        ("#title span", "body"),
        ("#tools label", "body"),
        (".layer .size", "nav"),
        ("#numbers dt", "#focus"),
        ("#focus h2 small", "#focus"),
        ("#name small", "body"),
        (".picture b", ".picture b"),
    ):
        ink = luminance(page, selector, "color")
        darker, lighter = sorted((ink, luminance(page, ground, "backgroundColor")))
        assert (lighter + 0.05) / (darker + 0.05) > 4.5, selector


def luminance(page, selector, what):
    """Return the relative luminance of a colour, after WCAG 2.2."""
    style = page.locator(selector).first.evaluate(
        "(element, what) => getComputedStyle(element)[what]", what
    )
    parts = [int(part) / 255 for part in re.findall(r"\d+", style)[:3]]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
